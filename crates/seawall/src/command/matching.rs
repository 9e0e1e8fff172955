//! `seawall match`: an inventory against published advisories, at home. Reads files, sends nothing.

use anyhow::{Context, bail};
use seawall_domain::range::Basis;
use seawall_domain::record::Record;
use seawall_formats::{inventory, osv};
use seawall_matching::exposure::{AffectedRange, Answer, Index, Rule};
use seawall_matching::priority::{Authority, Known, decide};
use seawall_matching::ranges::refuge;
use seawall_matching::today::{Language, Open, Subject, today};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is matched with what.
#[derive(clap::Args)]
pub struct Arguments {
    /// Inventories: CycloneDX, SPDX, CSV, Debian package lists.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Published advisories: OSV records, or folders of them (a copy of a public folder will do).
    #[arg(long, required = true, num_args = 1..)]
    advisories: Vec<PathBuf>,
    /// What to fix today, in plain words.
    #[arg(long)]
    today: bool,
    /// In Spanish.
    #[arg(long)]
    spanish: bool,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

struct Hit {
    component: seawall_domain::component::Component,
    advisory: String,
    rule: Rule,
}

/// Matches, and answers with status 1 when something is affected.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mut advisories = BTreeMap::new();
    for path in &arguments.advisories {
        collect(path, &mut advisories)?;
    }
    if advisories.is_empty() {
        bail!("there is no OSV record in the places given with --advisories");
    }
    let index = Index::new(advisories.values().flat_map(|advisory| {
        advisory.affected.iter().map(|affected| AffectedRange {
            advisory: advisory.id.clone(),
            package: affected.package.clone(),
            intervals: affected.intervals.clone(),
            versions: affected.versions.clone(),
            basis: affected.basis.unwrap_or(Basis::Run),
        })
    }));
    let (mut hits, mut unknown) = (Vec::new(), Vec::new());
    for file in &arguments.files {
        let bytes =
            std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        for component in inventory::read(&name, None, &bytes)?.components {
            match index.answer(&component) {
                Answer::Hit(matches) => hits.extend(matches.into_iter().map(|hit| Hit {
                    component: component.clone(),
                    advisory: hit.key,
                    rule: hit.rule,
                })),
                Answer::Clear => {}
                Answer::Unknown(why) => unknown.push((component.label, why)),
            }
        }
    }
    match (arguments.json, arguments.today) {
        (true, _) => print(&hits, &unknown, &advisories)?,
        (false, true) => say_today(&hits, &advisories, arguments.spanish),
        (false, false) => say(&hits, unknown.len()),
    }
    Ok(if hits.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn collect(path: &Path, into: &mut BTreeMap<String, Record>) -> anyhow::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let path = entry?.path();
            let json = path.extension().is_some_and(|ending| ending == "json");
            if path.is_dir() || json {
                collect(&path, into)?;
            }
        }
        return Ok(());
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    // A public folder holds other JSON too: what is no OSV record is passed over there.
    if let Ok(advisory) = osv::read(&bytes)
        && advisory.withdrawn.is_none()
    {
        into.insert(advisory.id.clone(), advisory);
    }
    Ok(())
}

fn print(
    hits: &[Hit],
    unknown: &[(String, seawall_matching::exposure::Unknown)],
    advisories: &BTreeMap<String, Record>,
) -> anyhow::Result<()> {
    let findings: Vec<_> = hits
        .iter()
        .map(|hit| {
            let package = hit.component.package.as_ref();
            let purl = package
                .map(|p| seawall_formats::purl::write(p, hit.component.version.as_ref()))
                .unwrap_or_else(|| hit.component.label.clone());
            let advisory = advisories.get(&hit.advisory);
            let fixed: Vec<_> = advisory
                .into_iter()
                .flat_map(|advisory| &advisory.affected)
                .filter(|affected| Some(&affected.package) == package)
                .flat_map(|affected| affected.intervals.iter().filter_map(|i| i.fixed.clone()))
                .collect();
            json!({
                "component_purl": purl, "advisory_id": hit.advisory,
                "aliases": advisory.map(|a| a.aliases.clone()).unwrap_or_default(),
                "matched_by": hit.rule, "fixed_versions": fixed,
            })
        })
        .collect();
    let unknown: Vec<_> =
        unknown.iter().map(|(label, why)| json!({"component": label, "why": why})).collect();
    let set = json!({"records": advisories.len()});
    super::print_json(&json!({"findings": findings, "unknown": unknown, "advisory_set": set}))
}

fn say(hits: &[Hit], unknown: usize) {
    for hit in hits {
        println!("{}: {}", hit.component.label, hit.advisory);
    }
    println!("{} affected, {unknown} cannot be told", hits.len());
}

fn say_today(hits: &[Hit], advisories: &BTreeMap<String, Record>, spanish: bool) {
    let language = if spanish { Language::Spanish } else { Language::English };
    let now = seawall_domain::time::Timestamp::now();
    let open: Vec<Open<usize>> = (0..)
        .zip(hits)
        .filter_map(|(number, hit)| {
            let advisory = advisories.get(&hit.advisory)?;
            let package = hit.component.package.clone()?;
            let installed = hit.component.version.clone()?;
            let affected = advisory.affected.iter().find(|a| a.package == package)?;
            let decision = decide(&Known::default(), now).ok()?;
            Some(Open {
                exposure: number,
                advisory: advisory.id.clone(),
                refuge: refuge(&package.ecosystem, &affected.intervals, &installed),
                subject: Subject::Package(package),
                installed,
                weakness: advisory.weaknesses.first().copied(),
                inputs: decision.row.inputs,
                due_at: decision.due_at,
                authority: Authority::Advice,
                basis: affected.basis.unwrap_or(Basis::Run),
            })
        })
        .collect();
    let list = today(&open);
    println!("{}\n", list.headline(language));
    for item in &list.items {
        println!("{}. {}\n", item.number, item.text(language));
    }
}
