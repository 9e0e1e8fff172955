//! `seawall advisories`: the local advisory set, imported from files and followed by address.

use super::print_json;
use crate::advisories::gather::{Gathering, Keep, PIECE_BYTES, Report};
use crate::advisories::{installed, open, open_installed};
use crate::installation::default_data;
use anyhow::{Context, bail};
use clap::Subcommand;
use seawall_matching::set::SourceNote;
use serde_json::{Value, json};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do with the set.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder in which the set lies.
    #[arg(long, env = "SEAWALL_DATA_DIR", default_value_os_t = default_data(), global = true)]
    data: PathBuf,
    /// One JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add sources: files, archives and folders of OSV, CSAF, CVE, KEV, EPSS, OpenVEX, CycloneDX.
    Import {
        /// The sources; one that was imported before under the same name is replaced.
        #[arg(required = true)]
        sources: Vec<PathBuf>,
        /// Start with nothing: what was there before is left out.
        #[arg(long)]
        fresh: bool,
    },
    /// Say what the set holds and how old each source is.
    Show,
    /// Check every page of the set.
    Check,
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { data, json, command } = arguments;
    match command {
        Command::Import { sources, fresh } => {
            let report = import(&data, &sources, fresh)?;
            report.warn();
            tell(&report, json)?;
            Ok(if report.unread > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
        }
        Command::Show => {
            let set = open_installed(&data)?;
            let told = describe(set.sources()?, set.records(), set.flaws());
            if json {
                print_json(&told)?
            } else {
                say(&told)
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Check => {
            let set = open_installed(&data)?;
            let pages = set.check()?;
            match json {
                true => print_json(&json!({"pages": pages, "records": set.records()}))?,
                false => println!("every one of {pages} pages is whole"),
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn import(data: &Path, sources: &[PathBuf], fresh: bool) -> anyhow::Result<Report> {
    for source in sources {
        if !source.exists() {
            bail!("there is no {}", source.display());
        }
    }
    replace(data, |gathering| {
        let path = installed(data);
        let named: Vec<String> = sources.iter().map(|path| path.display().to_string()).collect();
        if path.exists() && !fresh {
            let told = open(&path).and_then(|set| gathering.set(&set, &named));
            told.context("cannot add to the set; --fresh makes a new one from these sources")?;
        }
        sources.iter().try_for_each(|source| gathering.place(source))
    })
}

/// Makes the set anew beside the old one and puts it in its place at once: whoever reads meanwhile
/// has the old one whole.
pub fn replace(
    data: &Path,
    fill: impl FnOnce(&mut Gathering<BufWriter<tempfile::NamedTempFile>>) -> anyhow::Result<()>,
) -> anyhow::Result<Report> {
    std::fs::create_dir_all(data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;
    let file = tempfile::Builder::new().prefix(".advisories-").tempfile_in(data)?;
    let mut gathering =
        Gathering::begin(BufWriter::with_capacity(PIECE_BYTES, file), Keep::Documents)?;
    fill(&mut gathering)?;
    if gathering.is_empty() {
        bail!("there is no advisory in these sources; the set is left as it was");
    }
    let (mut out, report) = gathering.finish()?;
    out.flush()?;
    let file = out.into_inner().map_err(|error| error.into_error())?;
    file.as_file().sync_all()?;
    file.persist(installed(data)).context("cannot put the new set in its place")?;
    Ok(report)
}

fn tell(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        return print_json(&json!({
            "records": report.records, "unread": report.unread,
            "passed_over": report.passed_over,
            "sources": report.sources.iter().map(source).collect::<Vec<_>>(),
        }));
    }
    say(&json!({
        "records": report.records,
        "sources": report.sources.iter().map(source).collect::<Vec<_>>(),
    }));
    Ok(())
}

/// A set in stable keys, with the age of each source.
pub fn describe(sources: Vec<SourceNote>, records: u32, flaws: u32) -> Value {
    let sources: Vec<Value> = sources.iter().map(source).collect();
    json!({"records": records, "flaws": flaws, "sources": sources})
}

fn source(note: &SourceNote) -> Value {
    let since = note.as_of.unwrap_or(note.imported_at);
    let age_days = (jiff::Timestamp::now().as_second() - since.as_second()).max(0) / 86_400;
    json!({
        "name": note.name, "records": note.records, "statements": note.statements,
        "unread": note.unread, "as_of": note.as_of.map(|at| at.to_string()),
        "imported_at": note.imported_at.to_string(), "age_days": age_days,
    })
}

fn say(told: &Value) {
    for source in told["sources"].as_array().into_iter().flatten() {
        let kinds = source["records"].as_object().into_iter().flatten();
        let kinds: Vec<String> = kinds.map(|(kind, many)| format!("{many} {kind}")).collect();
        let as_of = source["as_of"].as_str().map_or("no date", |at| at.get(..10).unwrap_or(at));
        let statements = match source["statements"].as_u64() {
            None | Some(0) => String::new(),
            Some(many) => format!(", {many} statements"),
        };
        println!(
            "{}: {}{statements}; as of {as_of}, {} days old",
            source["name"].as_str().unwrap_or_default(),
            kinds.join(", "),
            source["age_days"],
        );
    }
    println!("{} records in all", told["records"]);
}
