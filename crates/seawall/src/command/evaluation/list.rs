//! `seawall evaluation list`: which logs there are, by what their headers say.

use super::plain;
use crate::command::{count, print_json, print_text};
use anyhow::{Context, bail};
use seawall_domain::evaluation::log::Header;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How deep folders are searched.
const DEPTH_MAX: usize = 16;
/// How many logs are listed.
const LOGS_MAX: usize = 100_000;

/// Which logs, and how to say it.
#[derive(clap::Args)]
pub struct Arguments {
    /// Logs of Inspect (`.eval` or `.json`), and folders that have some, however deep.
    #[arg(default_value = ".")]
    places: Vec<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// One log.
struct Listed {
    path: PathBuf,
    header: Result<Header, String>,
}

/// Lists them, the oldest first, and answers with status 2 when one cannot be read.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut listed = Vec::new();
    for place in &arguments.places {
        match place.is_dir() {
            true => search(place, &mut listed)?,
            false => listed.push(read(place)),
        }
    }
    listed.sort_by_cached_key(|one| {
        let created = one.header.as_ref().map(|header| header.spec.created.clone());
        (created.unwrap_or_default(), one.path.clone())
    });
    match arguments.json {
        true => print_json(&Value::from(listed.iter().map(document).collect::<Vec<_>>()))?,
        false => print_text(&text(&listed))?,
    }
    let is_read = listed.iter().all(|one| one.header.is_ok());
    Ok(if is_read { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Reads the logs of a folder and of those in it. A JSON file that is no log is passed over.
fn search(folder: &Path, into: &mut Vec<Listed>) -> anyhow::Result<()> {
    for path in files(folder)? {
        let one = read(&path);
        if path.extension().is_some_and(|end| end == "eval") || one.header.is_ok() {
            into.push(one);
        }
    }
    Ok(())
}

/// What may be a log in a folder and in those in it, by name; links are not followed.
pub(super) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, DEPTH_MAX, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, depth: usize, into: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let unread = || format!("cannot read {}", folder.display());
    for entry in folder.read_dir().with_context(unread)? {
        let entry = entry.with_context(unread)?;
        let (path, kind) = (entry.path(), entry.file_type().with_context(unread)?);
        if kind.is_dir() && depth > 0 {
            collect(&path, depth - 1, into)?;
        }
        let is_log = path.extension().is_some_and(|end| end == "eval" || end == "json");
        if kind.is_file() && is_log {
            into.push(path);
        }
        if into.len() > LOGS_MAX {
            bail!("there are more than {LOGS_MAX} logs; name a folder with fewer");
        }
    }
    Ok(())
}

fn read(path: &Path) -> Listed {
    let header = super::regular(path).map_err(|error| error.to_string());
    let header = header.and_then(|file| inspect::read_header(file).map_err(|it| it.to_string()));
    Listed { path: path.to_owned(), header }
}

fn document(one: &Listed) -> Value {
    let log = one.path.display().to_string();
    match &one.header {
        Err(error) => json!({"log": log, "error": error}),
        Ok(header) => json!({
            "log": log,
            "created": header.spec.created,
            "status": header.status.word(),
            "battery": header.spec.task,
            "model": header.spec.model,
            "tasks": header.spec.size,
            "epochs": header.spec.epochs,
            "invalidated": header.invalidated,
            "updates": header.updates.len(),
            "conditions": inspect::conditions_digest(&header.conditions).to_string(),
        }),
    }
}

/// The list as people read it.
fn text(listed: &[Listed]) -> String {
    let mut said = String::new();
    for one in listed {
        // Writing to a text cannot fail.
        let _ = writeln!(said, "{}", line(one));
    }
    if listed.is_empty() {
        return "There is no log here.\n".to_owned();
    }
    let read = listed.iter().filter(|one| one.header.is_ok()).count();
    let logs = count(read, "log");
    let unread = match listed.len() - read {
        0 => String::new(),
        unread => format!("; {unread} not read"),
    };
    let further = "by what their headers say. `seawall evaluation ingest` reads what is in them.";
    let _ = writeln!(said, "\n{logs}{unread}, {further}");
    said
}

fn line(one: &Listed) -> String {
    let path = plain(&one.path.display().to_string());
    let header = match &one.header {
        Err(error) => return format!("{:<20} {path}\n{:<20} {}", "not read", "", plain(error)),
        Ok(header) => header,
    };
    let spec = &header.spec;
    let created: String = plain(&spec.created).chars().take(19).collect();
    let tasks = spec.size.map_or_else(|| "? tasks".to_owned(), |size| count(size, "task"));
    let changed = match header.updates.len() {
        0 => String::new(),
        count => format!(", changed {count} times since"),
    };
    format!(
        "{created:<20} {path}\n{:<20} {}, {} by {}, {tasks} of {}{changed}",
        "",
        plain(header.status.word()),
        plain(&spec.task),
        plain(&spec.model),
        spec.epochs,
    )
}
