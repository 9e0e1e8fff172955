//! `seawall advisories`: the local advisory set, imported from files and followed by address.

mod update;

use super::{print_json, print_text};
use crate::advisories::follow::address::Source;
use crate::advisories::gather::{Gathering, Keep, PIECE_BYTES, Report, Without};
use crate::advisories::{installed, open, open_installed};
use crate::installation::default_data;
use anyhow::{Context, bail};
use clap::Subcommand;
use seawall_matching::set::SourceNote;
use serde_json::{Value, json};
use std::fs::File;
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
    /// Fetch what changed at the sources that are followed, or at the ones named here.
    Update(update::Arguments),
    /// Follow sources: osv:URL#ECOSYSTEM, kev:URL, epss:URL, csaf:URL or csaf:DOMAIN, cve:URL.
    Follow {
        /// The sources. They alone are asked, and nothing is asked before `update`.
        #[arg(required = true)]
        sources: Vec<Source>,
    },
    /// Follow sources no longer; what the set has of them stays unless --remove.
    Unfollow {
        /// The sources, as `sources` lists them.
        #[arg(required = true)]
        sources: Vec<Source>,
        /// Take what the set has of them out of it.
        #[arg(long)]
        remove: bool,
    },
    /// List the sources that are followed.
    Sources,
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
        Command::Update(arguments) => update::run(&data, json, &arguments),
        Command::Follow { sources } => update::follow(&data, json, &sources),
        Command::Unfollow { sources, remove } => update::unfollow(&data, json, &sources, remove),
        Command::Sources => update::list(&data, json),
        Command::Show => {
            let set = open_installed(&data)?;
            let told = describe(set.sources()?, set.records(), set.flaws());
            if json {
                print_json(&told)?
            } else {
                print_text(&text(&told))?
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Check => {
            let set = open_installed(&data)?;
            let pages = set.check()?;
            match json {
                true => print_json(&json!({"pages": pages, "records": set.records()}))?,
                false => print_text(&format!("every one of {pages} pages is whole\n"))?,
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
            let mut without = Without::default();
            named.into_iter().for_each(|name| without.source(name));
            let told = open(&path).and_then(|set| gathering.set(&set, &without));
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
    // One at a time, or the later would lose what the earlier put in.
    let alone = File::create(data.join("advisories.lock")).context("cannot lock the set")?;
    alone.lock().context("cannot lock the set")?;
    remove_leavings(data)?;
    let file = tempfile::Builder::new().prefix(LEAVING).tempfile_in(data)?;
    let out = BufWriter::with_capacity(PIECE_BYTES, file);
    let mut gathering = Gathering::begin(out, Keep::Documents)?;
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

/// How a set in the making is called.
const LEAVING: &str = ".advisories-";

/// Removes what a killed program left of a set in the making.
fn remove_leavings(data: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(LEAVING) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn tell(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        return print_json(&json!({
            "records": report.records, "unread": report.unread,
            "passed_over": report.passed_over,
            "sources": report.sources.iter().map(source).collect::<Vec<_>>(),
        }));
    }
    print_text(&text(&json!({
        "records": report.records,
        "sources": report.sources.iter().map(source).collect::<Vec<_>>(),
    })))
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

fn text(told: &Value) -> String {
    let mut text = String::new();
    for source in told["sources"].as_array().into_iter().flatten() {
        let kinds = source["records"].as_object().into_iter().flatten();
        let mut kinds: Vec<String> = kinds.map(|(kind, many)| format!("{many} {kind}")).collect();
        let statements = source["statements"].as_u64().filter(|many| *many > 0);
        kinds.extend(statements.map(|many| format!("{many} statements")));
        let as_of = source["as_of"].as_str().map_or("no date", |at| at.get(..10).unwrap_or(at));
        text += &format!(
            "{}: {}; as of {as_of}, {} days old\n",
            source["name"].as_str().unwrap_or_default(),
            kinds.join(", "),
            source["age_days"],
        );
    }
    text += &format!("{} records in all\n", told["records"]);
    text
}
