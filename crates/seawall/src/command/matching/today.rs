//! What to fix today, from what was found: on paper, on a screen, or as JSON.

use super::Found;
use seawall_domain::component::Component;
use seawall_domain::record::SourceKind;
use seawall_matching::assess::Affected;
use seawall_matching::priority::Inputs;
use seawall_matching::ranges::refuge;
use seawall_matching::today::{Dated, Language, Open, Subject, Today, playbook, today};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The list as it is printed on one sheet.
pub(super) fn text(found: &Found, spanish: bool) -> String {
    let (list, language) = (list(found), language(spanish));
    list.sheet(jiff::Timestamp::now(), language).lines.join("\n") + "\n"
}

/// The list with stable keys.
pub(super) fn json(found: &Found, spanish: bool) -> Value {
    let (list, language) = (list(found), language(spanish));
    let items: Vec<Value> = list
        .items
        .iter()
        .map(|item| {
            let words = item.words(language);
            let steps = playbook(item.kind, language).map(|line| line.text);
            json!({
                "number": item.number, "what": words.what, "why": words.why, "how": words.how,
                "how_long": words.how_long, "by_when": words.by_when,
                "authority": words.authority, "otherwise": words.otherwise,
                "if_it_cannot_be_fixed": steps, "due_at": item.due_at.map(|at| at.to_string()),
                "advisories": item.advisories, "flaws": item.flaws,
                "installed": item.installed, "exploited": item.exploited,
            })
        })
        .collect();
    json!({
        "headline": list.headline(language), "items": items, "more": list.more,
        "more_within_three_days": list.more_within_three_days,
        "cannot_be_told": found.unknown.len(),
        "sources": list.ages(jiff::Timestamp::now(), language),
    })
}

/// The language of the answer.
pub(super) fn language(spanish: bool) -> Language {
    if spanish { Language::Spanish } else { Language::English }
}

fn list(found: &Found) -> Today<usize> {
    today(&open_all(found))
}

/// Everything that is open, as lists and plans are made from it.
pub(super) fn open_all(found: &Found) -> Vec<Open<usize>> {
    let sources = sources(found);
    (0..)
        .zip(found.open())
        .filter_map(|(number, affected)| open(found, number, affected, &sources))
        .collect()
}

/// The kinds of sources, each with its oldest copy.
fn sources(found: &Found) -> Vec<Dated> {
    let mut oldest: BTreeMap<SourceKind, jiff::Timestamp> = BTreeMap::new();
    for note in found.set.sources().unwrap_or_default() {
        let as_of = note.as_of.unwrap_or(note.imported_at);
        for kind in note.records.keys() {
            let known = oldest.entry(*kind).or_insert(as_of);
            *known = (*known).min(as_of);
        }
    }
    oldest.into_iter().map(|(kind, as_of)| Dated { kind, as_of }).collect()
}

fn open(
    found: &Found,
    exposure: usize,
    affected: &Affected,
    sources: &[Dated],
) -> Option<Open<usize>> {
    // What an ecosystem calls unmaintained or unsound is no flaw that somebody can fix today.
    if affected.meta.informational.is_some() {
        return None;
    }
    let component = found.component(affected)?;
    let flaw = affected.flaws.first();
    let (inputs, due_at) = match &affected.decision {
        Ok(decision) => (decision.row.inputs, decision.due_at),
        // Attacked and without the metadata that the table wants: the strictest row stands in,
        // since waiting for the metadata would be the one wrong answer.
        Err(_) => {
            let worst = Inputs { exposed: true, in_kev: true, automatable: true, total: true };
            (worst, None)
        }
    };
    let installed = component.version.clone();
    let installed = installed
        .or_else(|| component.product.as_ref().map(|product| product.version.as_str().into()))?;
    let way_out = component
        .package
        .as_ref()
        .and_then(|package| refuge(&package.ecosystem, &affected.hit.intervals, &installed));
    Some(Open {
        exposure,
        advisory: affected.meta.id.clone(),
        subject: subject(component)?,
        installed,
        refuge: way_out,
        weakness: flaw.and_then(|flaw| flaw.weakness.as_ref()).map(|weakness| weakness.value),
        inputs,
        due_at,
        authority: found.authority,
        basis: affected.hit.basis,
        flaws: affected.flaws.iter().map(|flaw| flaw.name().to_owned()).collect(),
        epss_ppm: flaw.and_then(|flaw| flaw.epss.as_ref()).map(|epss| epss.value.probability_ppm),
        kind: None,
        sources: sources.to_vec(),
    })
}

fn subject(component: &Component) -> Option<Subject> {
    match (&component.package, &component.product) {
        (Some(package), _) => Some(Subject::Package(package.clone())),
        (None, Some(product)) => Some(Subject::Product(product.clone())),
        (None, None) => None,
    }
}
