//! What was found, line by line: for people, for machines, and for the formats of other tools.

use super::Found;
use seawall_domain::component::Component;
use seawall_domain::record::Score;
use seawall_formats::exposure::{Line, Rating};
use seawall_formats::purl::{Purl, Reading};
use seawall_formats::{cvss, purl};
use seawall_matching::assess::{Affected, Verdict};
use seawall_matching::flaw::{Flaw, Sourced, ssvc_of};
use seawall_matching::priority::{Authority, Decision, Lacking};
use seawall_matching::ranges::refuge;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The purl of a component in canonical spelling: the inventory's own, else that of its package.
fn purl_of(component: &Component) -> Option<String> {
    let own = || component.package.as_ref().map(|p| purl::write(p, component.version.as_ref()));
    let canonical = |text: &String| match Purl::parse(text, Reading::Tolerant) {
        Ok(purl) => purl.to_string(),
        Err(_) => text.clone(),
    };
    component.purl.as_ref().map(canonical).or_else(own)
}

fn version_of(component: &Component) -> Option<String> {
    let product = component.product.as_ref().map(|product| product.version.clone());
    component.version.as_ref().map(|version| version.0.clone()).or(product)
}

/// Why a record matches, in words.
fn reason(component: &Component, affected: &Affected) -> String {
    let version = version_of(component).unwrap_or_else(|| "?".to_owned());
    if let Some(commit) = &affected.hit.commit {
        return format!("commit {commit} holds what brought the flaw, and not what mended it");
    }
    match (&affected.hit.interval, affected.hit.listed, &affected.hit.product) {
        (Some(interval), _, _) => format!("version {version} lies in: {interval}"),
        (None, true, _) => format!("version {version} is listed as affected"),
        (None, false, Some(product)) => match &product.remedy {
            Some(remedy) => format!("its vendor says that this product is affected: {remedy}"),
            None => "its vendor says that this product is affected".to_owned(),
        },
        (None, false, None) => format!("version {version} is affected"),
    }
}

fn flaw_of(affected: &Affected) -> Option<&Flaw> {
    affected.flaws.first().map(|flaw| &**flaw)
}

fn summary(affected: &Affected) -> String {
    let summary = flaw_of(affected).and_then(|flaw| flaw.summary.as_ref());
    summary.map(|summary| summary.value.clone()).unwrap_or_default()
}

fn fixed(affected: &Affected) -> Vec<String> {
    affected.hit.fixed.iter().map(|version| version.0.clone()).collect()
}

/// One record that hits one component, with stable keys.
pub(super) fn finding(found: &Found, affected: &Affected) -> Value {
    let Some((file, component)) = found.components.get(affected.component) else {
        return Value::Null;
    };
    let hit = &affected.hit;
    let mut by = Vec::new();
    by.extend(hit.interval.as_ref().map(|_| "range"));
    by.extend(hit.listed.then_some("versions"));
    by.extend(hit.product.as_ref().map(|_| "product"));
    by.extend(hit.commit.as_ref().map(|_| "commits"));
    let flaws: Vec<&str> = affected.flaws.iter().map(|flaw| flaw.name()).collect();
    let mut told = json!({
        "file": found.files.get(*file),
        "component": component.label,
        "component_purl": purl_of(component),
        "version": version_of(component),
        "advisory_id": affected.meta.id,
        "source": affected.meta.kind,
        "document": affected.meta.document,
        "aliases": affected.meta.aliases,
        "flaws": flaws,
        "summary": summary(affected),
        "informational": affected.meta.informational,
        "matched_by": by,
        "reason": reason(component, affected),
        "basis": hit.basis,
        "fixed_versions": fixed(affected),
        "verdict": affected.standing.verdict,
        "vex": affected.standing.stated,
        "priority": null,
    });
    told["priority"] = priority(found, affected);
    told
}

/// What comes first and why: the table's row, its inputs with their sources, and the scores beside.
fn priority(found: &Found, affected: &Affected) -> Value {
    let flaw = affected.flaws.first();
    let binding = found.authority == Authority::Rule;
    let mut told = json!({
        "bod_26_04": null,
        "kev": flaw.and_then(|flaw| flaw.kev.as_ref()),
        "epss": flaw.and_then(|flaw| flaw.epss.as_ref()).map(|epss| json!({
            "probability": f64::from(epss.value.probability_ppm) / 1e6,
            "percentile": f64::from(epss.value.percentile_ppm) / 1e6,
        })),
        "cvss": null,
        "ssvc": flaw.map(|flaw| ssvc_of(flaw)),
        "conflicts": flaw.map(|flaw| &flaw.conflicts),
    });
    told["bod_26_04"] = match &affected.decision {
        Ok(decision) => row(decision, binding),
        Err(lacking) => lacks(lacking, binding),
    };
    told["cvss"] = flaw.map(|flaw| scores(flaw)).into();
    told
}

fn scores(flaw: &Flaw) -> Vec<Value> {
    let told = |one: &Sourced<Score>| {
        let score = cvss::score(&one.value.vector).ok()?;
        Some(json!({
            "vector": one.value.vector, "version": score.version, "base": score.base,
            "overall": score.overall(), "severity": score.severity, "by": one.value.by,
            "from": one.origin.to_string(),
        }))
    };
    flaw.scores.iter().filter_map(told).collect()
}

fn row(decision: &Decision, binding: bool) -> Value {
    let inputs = decision.row.inputs;
    let deadline = decision.row.deadline;
    json!({
        "action": deadline.to_string(), "days": deadline.days(),
        "forensic_triage": deadline.is_forensic(), "row": decision.row.number,
        "binding": binding,
        "inputs": {
            "in_kev": {"value": inputs.in_kev, "from": decision.in_kev_from.to_string()},
            "exposed": {"value": inputs.exposed, "from": decision.exposed_from.to_string()},
            "automatable": {
                "value": inputs.automatable, "from": decision.automatable_from.to_string(),
            },
            "impact": {
                "value": if inputs.total { "total" } else { "partial" },
                "from": decision.total_from.to_string(),
            },
        },
        "clock_started_at": decision.started_at.to_string(),
        "clock_started_by": decision.started_by,
        "due_at": decision.due_at.map(|at| at.to_string()),
    })
}

fn lacks(lacking: &Lacking, binding: bool) -> Value {
    json!({"error": lacking.to_string(), "binding": binding})
}

/// The severity vectors of a flaw with the scores that they come to. What is no vector is left out.
fn ratings(flaw: &Flaw) -> Vec<Rating> {
    let rating = |vector: &str| {
        let score = cvss::score(vector).ok()?;
        Some(Rating {
            vector: vector.to_owned(),
            version: score.version.number().to_owned(),
            tenths: score.overall().tenths().into(),
            severity: score.severity.word().to_lowercase(),
        })
    };
    flaw.scores.iter().filter_map(|score| rating(&score.value.vector)).collect()
}

/// Every record that hits a component, for the formats of other tools.
pub(super) fn all(found: &Found) -> Vec<Line> {
    found.affected.iter().filter_map(|affected| line(found, affected)).collect()
}

fn line(found: &Found, affected: &Affected) -> Option<Line> {
    let (file, component) = found.components.get(affected.component)?;
    let flaw = flaw_of(affected);
    let stated = affected.standing.stated.first();
    let decision = affected.decision.as_ref().ok();
    Some(Line {
        file: found.files.get(*file).cloned().unwrap_or_default(),
        component: component.label.clone(),
        purl: purl_of(component),
        version: version_of(component),
        advisory: affected.meta.id.clone(),
        aliases: affected.meta.aliases.clone(),
        summary: summary(affected),
        scores: flaw.map(ratings).unwrap_or_default(),
        cwe: flaw.and_then(|flaw| flaw.weakness.as_ref()).map(|weakness| weakness.value.0),
        fixed: fixed(affected),
        reason: reason(component, affected),
        status: match affected.standing.verdict {
            Verdict::Affected | Verdict::NotAffected | Verdict::Fixed => stated.map(|s| s.status),
            Verdict::Disputed => Some(seawall_domain::statement::Status::UnderInvestigation),
        },
        justification: stated.and_then(|statement| statement.justification.clone()),
        deadline: decision.map(|decision| decision.row.deadline.to_string()),
        due: decision.and_then(|decision| decision.due_at).map(|due| due.to_string()),
        exploited: flaw.is_some_and(|flaw| flaw.kev.is_some()),
    })
}

/// One line for each component and flaw, most urgent first, in the words of a person.
pub(super) fn people(found: &Found) -> Vec<String> {
    let mut rows: BTreeMap<(usize, Vec<&str>), Vec<&Affected>> = BTreeMap::new();
    for affected in found.open() {
        // Records about the same flaws are one line.
        let names: Vec<&str> = affected.flaws.iter().map(|flaw| flaw.name()).collect();
        rows.entry((affected.component, names)).or_default().push(affected);
    }
    let mut lines: Vec<_> = rows
        .into_iter()
        .filter_map(|((_, names), records)| {
            let first = records.first()?;
            let deadline = first.decision.as_ref().ok().map(|decision| decision.row.deadline);
            Some((deadline, person(found, &names, &records)?))
        })
        .collect();
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn person(found: &Found, names: &[&str], records: &[&Affected]) -> Option<String> {
    let first = records.first()?;
    let component = found.component(first)?;
    let label = match (&component.package, version_of(component)) {
        (Some(package), Some(version)) => format!("{} {version}", package.name),
        (Some(package), None) => package.name.clone(),
        (None, _) => component.label.clone(),
    };
    let due = match &first.decision {
        Ok(decision) => decision.row.deadline.to_string(),
        Err(lacking) => format!("attacked now; {lacking}"),
    };
    let known = flaw_of(first).is_some_and(|flaw| flaw.kev.is_some());
    let known = if known { ", attacked now" } else { "" };
    let kind = match first.meta.informational.as_deref() {
        Some(kind) => format!(" ({kind})"),
        None => String::new(),
    };
    let fixed = records.iter().find_map(|one| nearest_fix(component, one));
    let fixed = fixed.map_or("no fix yet".to_owned(), |version| format!("fixed in {version}"));
    let disputed = match first.standing.verdict {
        Verdict::Disputed => ", vendors disagree",
        Verdict::Affected | Verdict::NotAffected | Verdict::Fixed => "",
    };
    let summary = summary(first);
    let summary = summary.lines().next().unwrap_or_default();
    let summary: String = summary.chars().take(SUMMARY_LEN_MAX).collect();
    Some(format!("{label}: {}{kind}: {fixed}; {due}{known}{disputed}. {summary}", names.join(", ")))
}

/// The nearest version that is safe, where one is known.
fn nearest_fix(component: &Component, affected: &Affected) -> Option<String> {
    let (package, version) = (component.package.as_ref()?, component.version.as_ref()?);
    let way_out = refuge(&package.ecosystem, &affected.hit.intervals, version);
    way_out.map(|way_out| way_out.nearest.0).or_else(|| fixed(affected).last().cloned())
}

/// How much of a summary fits a line.
const SUMMARY_LEN_MAX: usize = 100;

/// How old each source is, in words.
pub(super) fn ages(found: &Found) -> Vec<String> {
    let now = jiff::Timestamp::now().as_second();
    let notes = found.set.sources().unwrap_or_default();
    notes
        .into_iter()
        .map(|note| match note.as_of {
            Some(at) => {
                let days = (now - at.as_second()).max(0) / 86_400;
                format!("{}: newest word {days} days old", note.name)
            }
            None => format!("{}: it does not say how old it is", note.name),
        })
        .collect()
}
