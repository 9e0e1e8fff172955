//! `seawall advisories update`: sources followed by their addresses, and the list of them.

use super::super::{block_on, print_json, print_text};
use super::replace;
use crate::advisories::follow::address::Source;
use crate::advisories::follow::client::Retry;
use crate::advisories::follow::{self, Delivery, Fetched, Take, list as followed};
use crate::advisories::gather::Without;
use crate::advisories::{installed, open};
use anyhow::Context;
use seawall_matching::set::SourceNote;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Sources that are open to everybody, as a suggestion: nothing is asked that was not named.
const SUGGESTED: [&str; 5] = [
    "osv:https://osv-vulnerabilities.storage.googleapis.com#ECOSYSTEM",
    "kev:https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    "epss:https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    "cve:https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip",
    "csaf:DOMAIN, of each of your vendors",
];

/// What is fetched, and how patiently.
#[derive(clap::Args)]
pub struct Arguments {
    /// The sources, which need not be followed; without any, all that are followed.
    sources: Vec<Source>,
    /// Fetch everything, not only what changed.
    #[arg(long)]
    whole: bool,
    /// How often a request that failed is tried again.
    #[arg(long, default_value_t = 4)]
    retries: u32,
    /// The pause before the first further try; each further one is twice as long.
    #[arg(long, default_value_t = 1_000, value_name = "MILLISECONDS")]
    retry_pause: u64,
}

/// Fetches what changed and puts it into the set at once.
pub fn run(data: &Path, json: bool, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let sources = match arguments.sources.as_slice() {
        [] => followed::read(data)?,
        named => named.to_vec(),
    };
    if sources.is_empty() {
        eprintln!("no source is followed, and nothing was asked; `follow` adds some, such as");
        SUGGESTED.iter().for_each(|source| eprintln!("    {source}"));
        return Ok(ExitCode::from(2));
    }
    let alone = follow::alone(data)?;
    let retry =
        Retry { times: arguments.retries, pause: Duration::from_millis(arguments.retry_pause) };
    let take = match arguments.whole {
        true => Take::Whole,
        false => Take::Changes,
    };
    let before = notes(data)?;
    let fetched = block_on(follow::fetch(data, &sources, &before, retry, take))?;
    let is_new = fetched.iter().any(|one| *one.delivery() != Delivery::Unchanged);
    let after = match is_new {
        true => {
            let report = replace(data, |gathering| {
                let old = installed(data).exists().then(|| open(&installed(data))).transpose();
                let old = old.context("cannot add to the set; `import --fresh` makes a new one")?;
                follow::gather(gathering, old.as_ref(), &fetched)
            })?;
            report.warn();
            report.sources
        }
        false => before,
    };
    fetched.iter().try_for_each(Fetched::settle)?;
    drop(alone);
    let told: Vec<Value> = fetched.iter().map(|one| tell(one, &after)).collect();
    match json {
        true => print_json(&json!({ "sources": told }))?,
        false => told.iter().try_for_each(say)?,
    }
    let failed = fetched.iter().filter(|one| one.error().is_some()).count();
    let is_whole = fetched.iter().all(|one| one.error().is_none() && one.refused().is_empty());
    Ok(match (is_whole, failed == fetched.len()) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(2),
        (false, false) => ExitCode::from(1),
    })
}

/// What the installed set says of its sources; nothing where none is installed.
fn notes(data: &Path) -> anyhow::Result<Vec<SourceNote>> {
    match installed(data).exists() {
        true => Ok(open(&installed(data))?.sources()?),
        false => Ok(Vec::new()),
    }
}

/// What came of one source, in stable keys.
fn tell(one: &Fetched, notes: &[SourceNote]) -> Value {
    let name = one.source.to_string();
    let note = notes.iter().find(|note| note.name == name);
    let records = note.map_or(0, |note| note.records.values().sum::<u64>());
    let changed = match one.delivery() {
        Delivery::Unchanged => 0,
        Delivery::Whole(_) => records,
        Delivery::Documents(files) => files.len() as u64,
    };
    json!({
        "name": name, "changed": changed, "unchanged": records.saturating_sub(changed),
        "fetched_bytes": one.fetched_bytes, "records": records,
        "as_of": note.and_then(|note| note.as_of).map(|at| at.to_string()),
        "refused": one.refused(), "notes": one.notes(), "error": one.error(),
    })
}

/// Says what came on standard output, and what did not on standard error.
fn say(told: &Value) -> anyhow::Result<()> {
    let name = told["name"].as_str().unwrap_or_default();
    for (list, word) in [("refused", "not taken"), ("notes", "note")] {
        for line in told[list].as_array().into_iter().flatten().filter_map(Value::as_str) {
            eprintln!("{name}: {word}: {line}");
        }
    }
    if let Some(error) = told["error"].as_str() {
        eprintln!("{name}: {error}");
        return Ok(());
    }
    print_text(&format!(
        "{name}: {} changed, {} as they were; as of {}; {} bytes fetched\n",
        told["changed"],
        told["unchanged"],
        told["as_of"].as_str().unwrap_or("no date"),
        told["fetched_bytes"],
    ))
}

/// Adds sources to those that are followed.
pub fn follow(data: &Path, json: bool, sources: &[Source]) -> anyhow::Result<ExitCode> {
    let mut all = followed::read(data)?;
    for source in sources {
        if !all.contains(source) {
            all.push(source.clone());
        }
    }
    followed::write(data, &all)?;
    show(&all, json)
}

/// Takes sources off the list.
pub fn unfollow(
    data: &Path,
    json: bool,
    sources: &[Source],
    remove: bool,
) -> anyhow::Result<ExitCode> {
    let alone = follow::alone(data)?;
    let mut all = followed::read(data)?;
    if let Some(unknown) = sources.iter().find(|source| !all.contains(source)) {
        anyhow::bail!("{unknown} is not followed");
    }
    if remove && installed(data).exists() {
        replace(data, |gathering| {
            let mut without = Without::default();
            sources.iter().for_each(|source| without.source(source.to_string()));
            gathering.set(&open(&installed(data))?, &without)
        })?;
    }
    all.retain(|source| !sources.contains(source));
    followed::write(data, &all)?;
    sources.iter().try_for_each(|source| follow::forget(data, source))?;
    drop(alone);
    show(&all, json)
}

/// Lists the sources that are followed.
pub fn list(data: &Path, json: bool) -> anyhow::Result<ExitCode> {
    show(&followed::read(data)?, json)
}

fn show(sources: &[Source], json: bool) -> anyhow::Result<ExitCode> {
    let names: Vec<String> = sources.iter().map(ToString::to_string).collect();
    match json {
        true => print_json(&json!({ "sources": names }))?,
        false => print_text(&names.iter().map(|name| format!("{name}\n")).collect::<String>())?,
    }
    Ok(ExitCode::SUCCESS)
}
