//! `seawall match`: inventories against the advisory set, at home. Reads files, sends nothing.

mod lines;
mod plan;
mod today;

use super::advisories::describe;
use super::{print_json, print_text};
use crate::advisories::{self, AdvisorySet};
use crate::clones::Clones;
use crate::installation::default_data;
use anyhow::{Context, bail};
use clap::ValueEnum;
use seawall_domain::component::Component;
use seawall_domain::record::VexRecord;
use seawall_formats::exposure::{csv, cyclonedx, sarif};
use seawall_formats::{feed, inventory};
use seawall_matching::assess::{Affected, Circumstances, assess_with};
use seawall_matching::exposure::Unknown;
use seawall_matching::plan::Budget;
use seawall_matching::priority::Authority;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// What is matched with what.
#[derive(clap::Args)]
pub struct Arguments {
    /// Inventories: CycloneDX, SPDX, lock files, package lists, tables of products.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Advisories instead of the installed ones: files, archives and folders of OSV, CSAF, CVE,
    /// KEV, EPSS and VEX (a copy of a public folder will do), or one compiled set.
    #[arg(long, num_args = 1..)]
    advisories: Vec<PathBuf>,
    /// The folder of the installed advisories.
    #[arg(long, env = "SEAWALL_DATA_DIR", default_value_os_t = default_data())]
    data: PathBuf,
    /// What vendors state about their products: OpenVEX, CSAF or CycloneDX documents.
    #[arg(long, num_args = 1..)]
    vex: Vec<PathBuf>,
    /// Clones of repositories: their history tells whether components that are commits or tags of
    /// them are affected. A folder, or `ADDRESS=FOLDER`.
    #[arg(long = "repository", value_name = "FOLDER", num_args = 1..)]
    repositories: Vec<String>,
    /// Whether anybody can reach these systems over the Internet; in doubt they count as exposed.
    #[arg(long)]
    exposed: Option<Answer>,
    /// These systems belong to a federal civilian agency, so that BOD 26-04 binds.
    #[arg(long)]
    agency: bool,
    /// What to fix today, in plain words.
    #[arg(long)]
    today: bool,
    #[command(flatten)]
    time: plan::Time,
    /// In Spanish.
    #[arg(long)]
    spanish: bool,
    /// How to say it.
    #[arg(long, default_value = "table", conflicts_with_all = ["json", "today", "hours"])]
    format: Format,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Answer {
    Yes,
    No,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    /// One line for each component and flaw.
    Table,
    /// The same as `--json`.
    Json,
    /// RFC 4180, for spreadsheets.
    Csv,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
    /// CycloneDX 1.6 with vulnerabilities.
    Cyclonedx,
}

/// Everything that was found out.
pub(crate) struct Found {
    /// The components of all inventories, and the file of each.
    components: Vec<(usize, Component)>,
    /// The files, as they were named.
    files: Vec<String>,
    affected: Vec<Affected>,
    unknown: Vec<(usize, Unknown)>,
    set: AdvisorySet,
    authority: Authority,
}

impl Found {
    fn component(&self, affected: &Affected) -> Option<&Component> {
        self.components.get(affected.component).map(|(_, component)| component)
    }

    /// Those that no issuer clears.
    fn open(&self) -> impl Iterator<Item = &Affected> {
        self.affected.iter().filter(|affected| affected.standing.verdict.is_open())
    }
}

/// Matches, and answers with status 1 when something is affected.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let budget = arguments.time.budget()?;
    let found = find(&arguments)?;
    let format = if arguments.json { Format::Json } else { arguments.format };
    let version = env!("CARGO_PKG_VERSION");
    match (arguments.today || budget.is_some(), format) {
        (true, _) => advise(&arguments, &found, budget.as_ref())?,
        (false, Format::Table) => print_text(&text(&found))?,
        (false, Format::Json) => print_json(&json(&found)?)?,
        (false, Format::Csv) => print_text(&csv(&lines::all(&found)))?,
        (false, Format::Sarif) => print_text(&sarif(&lines::all(&found), version))?,
        (false, Format::Cyclonedx) => print_text(&cyclonedx(&lines::all(&found), version))?,
    }
    let affected = found.open().next().is_some();
    Ok(if affected { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// What to do, in plain words: the list for today, the plan for some hours, or both.
fn advise(arguments: &Arguments, found: &Found, budget: Option<&Budget>) -> anyhow::Result<()> {
    let plan = budget.map(|budget| plan::planned(found, budget)).transpose()?;
    let (list, spanish) = (arguments.today, arguments.spanish);
    if arguments.json {
        let mut document = if list { today::json(found, spanish) } else { json!({}) };
        if let Some(plan) = &plan {
            document["plan"] = plan::json(plan, spanish);
            document["cannot_be_told"] = json!(found.unknown.len());
        }
        return print_json(&document);
    }
    let list = list.then(|| today::text(found, spanish));
    let plan = plan.map(|plan| plan::text(&plan, spanish));
    print_text(&list.into_iter().chain(plan).collect::<Vec<_>>().join("\n"))
}

fn find(arguments: &Arguments) -> anyhow::Result<Found> {
    let set = match arguments.advisories.is_empty() {
        true => advisories::open_installed(&arguments.data)?,
        false => advisories::of(&arguments.advisories)?,
    };
    let mut statements = Vec::new();
    for path in &arguments.vex {
        statements.extend(stated(path)?);
    }
    let circumstances = Circumstances {
        exposed: arguments.exposed.map(|answer| answer == Answer::Yes),
        detected_at: jiff::Timestamp::now(),
        statements,
    };
    let mut clones = Clones::open(&arguments.repositories)?;
    let mut found = Found {
        components: Vec::new(),
        files: Vec::new(),
        affected: Vec::new(),
        unknown: Vec::new(),
        set,
        authority: if arguments.agency { Authority::Rule } else { Authority::Advice },
    };
    for (number, path) in arguments.files.iter().enumerate() {
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let read = inventory::read(&name, None, &bytes)
            .with_context(|| format!("cannot use {}", path.display()))?;
        read.warnings.iter().for_each(|warning| eprintln!("{}: {warning}", path.display()));
        clones.prepare(&read.components)?.iter().for_each(|said| eprintln!("{said}"));
        let assessed = assess_with(&found.set, &read.components, &circumstances, &clones)?;
        let before = found.components.len();
        found.affected.extend(assessed.affected.into_iter().map(|mut affected| {
            affected.component += before;
            affected
        }));
        found.unknown.extend(assessed.unknown.into_iter().map(|(at, why)| (at + before, why)));
        found.components.extend(read.components.into_iter().map(|one| (number, one)));
        found.files.push(path.display().to_string());
    }
    Ok(found)
}

fn stated(path: &PathBuf) -> anyhow::Result<Vec<VexRecord>> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {shown}"))?;
    let read = feed::read(&bytes).with_context(|| format!("cannot use {shown}"))?;
    match read {
        Some(read) if !read.statements.is_empty() => Ok(read.statements),
        Some(_) | None => {
            bail!("{shown} states nothing about a product: it must be a VEX document")
        }
    }
}

fn json(found: &Found) -> anyhow::Result<serde_json::Value> {
    let findings: Vec<_> = found.open().map(|one| lines::finding(found, one)).collect();
    let cleared = found.affected.iter().filter(|one| !one.standing.verdict.is_open());
    let cleared: Vec<_> = cleared.map(|one| lines::finding(found, one)).collect();
    let unknown: Vec<_> = found
        .unknown
        .iter()
        .filter_map(|(at, why)| {
            let (file, component) = found.components.get(*at)?;
            Some(json!({
                "file": found.files.get(*file), "component": component.label,
                "purl": component.purl, "why": why,
            }))
        })
        .collect();
    let set = describe(found.set.sources()?, found.set.records(), found.set.flaws());
    let mut told = json!({
        "findings": null, "not_affected": cleared, "unknown": unknown,
        "components": found.components.len(), "advisory_set": set,
    });
    // `json!` copies what is written into it; the long list is put in its place as it is.
    told["findings"] = findings.into();
    Ok(told)
}

/// A flaw is shown once for each component, whatever number of records speak of it.
fn text(found: &Found) -> String {
    let mut lines = lines::people(found);
    let open = lines.len();
    let cleared = found.affected.len() - found.open().count();
    lines.push(format!(
        "{open} to deal with in {} components; {} cannot be told{}",
        found.components.len(),
        found.unknown.len(),
        match cleared {
            0 => String::new(),
            many => format!("; {many} cleared by their vendors"),
        },
    ));
    lines.extend(lines::ages(found));
    lines.join("\n") + "\n"
}
