//! `seawall evaluation transcripts`: what was said in runs of public batteries, for the developer.
//!
//! All of it or nothing: as long as one task of a log is not public by its registers, nothing is
//! written (FRONTIER 3.6).

use super::papers::{self, Readers};
use super::{Watched, custody, plain, registry};
use crate::command::{count, print_json, say};
use anyhow::{Context, bail};
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::demand::BATTERY_NOTE;
use seawall_domain::evaluation::log::Log;
use seawall_domain::evaluation::registry::{NotPublic, Registry, public};
use seawall_formats::inspect::{self, Transcript};
use seawall_ledger::canonical::canonical;
use seawall_services::evaluation::determination::hash;
use seawall_services::evaluation::registry::digest;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the index says of itself.
const SCHEMA: &str = "seawall/transcripts/v1";

/// The index.
const INDEX: &str = "index.json";

/// What stands in place of messages that are not there.
const NO_MESSAGES: &str = "[The log holds no messages here.]\n";

/// Where it is written down what was shown, beside the folder.
const DISCLOSURES: &str = "disclosures.jsonl";

/// The most tasks that a refusal names, and the longest name of one, in characters.
const NAMED_MAX: usize = 20;
const NAME_LEN_MAX: usize = 60;

/// Which logs, by which registers, and where what was said goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The logs.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// The registers of their batteries, or the batteries' folders; where a log notes its battery's
    /// digest, it must be that of one of them.
    #[arg(long, required = true, num_args = 1.., value_name = "REGISTER")]
    registry: Vec<PathBuf>,
    /// A folder that is made for it.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Writes all, or nothing.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let shown = arguments.to.display();
    if arguments.to.symlink_metadata().is_ok() {
        bail!("cannot make {shown}: it is there already");
    }
    let registers: Vec<Registry> =
        arguments.registry.iter().map(|path| registry::of(path)).collect::<anyhow::Result<_>>()?;
    let digests = registers.iter().map(digest).collect::<Result<Vec<Digest>, _>>()?;
    let mut held = Held { registers: &registers, refused: BTreeMap::new() };
    let mut logs = Vec::new();
    for path in &arguments.logs {
        let (log, bytes) = papers::log(path)?;
        if !is_of(&log, &digests) {
            return refused(arguments, "a log notes another battery than these registers are of");
        }
        held.look_at(&log);
        logs.push((path.as_path(), bytes));
    }
    if !held.refused.is_empty() {
        return told(arguments, &held.refused);
    }
    match stage(arguments, &logs, &digests, &mut held)? {
        Some((count, index)) if arguments.json => {
            print_json(&json!({"attempts": count, "index": index}))?;
        }
        Some((number, index)) => {
            say!("what was said in {}; {INDEX} is {index}", count(number, "attempt"));
        }
        None => return told(arguments, &held.refused),
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes into a folder that nobody knows yet, which comes to its place at once; nothing comes
/// where a task turns out not to be public. It is written down before.
fn stage(
    arguments: &Arguments,
    logs: &[(&Path, Digest)],
    registers: &[Digest],
    held: &mut Held<'_>,
) -> anyhow::Result<Option<(usize, Digest)>> {
    let shown = arguments.to.display();
    let parent = arguments.to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let staged = tempfile::Builder::new()
        .prefix(".transcripts-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(parent);
    let staged = staged.with_context(|| format!("cannot make {shown}"))?;
    let mut written =
        Written { folder: staged.path(), entries: Vec::new(), places: BTreeMap::new() };
    for (path, bytes) in logs {
        written.log(path, *bytes, held)?;
    }
    if !held.refused.is_empty() {
        return Ok(None);
    }
    let count = written.entries.len();
    let of: Vec<Digest> = logs.iter().map(|(_, bytes)| *bytes).collect();
    let index = json!({
        "schema": SCHEMA, "logs": of, "registers": registers, "attempts": written.entries,
    });
    let index = canonical(&index)?;
    papers::keep(&staged.path().join(INDEX), &index, Readers::Owner)?;
    let line = json!({
        "at": Timestamp::now(), "what": "transcripts", "logs": of, "registers": registers,
        "attempts": count, "sha256": hash(&index),
    });
    custody::note(&arguments.to, DISCLOSURES, &line)?;
    fs::rename(staged.path(), &arguments.to).with_context(|| format!("cannot make {shown}"))?;
    // Nothing is at the old place any more for it to be taken away.
    let _ = staged.keep();
    Ok(Some((count, hash(&index))))
}

/// Whether a log is of one of these batteries, or does not say of which.
fn is_of(log: &Log, batteries: &[Digest]) -> bool {
    let noted = log.header.spec.metadata.get(BATTERY_NOTE);
    let known: Vec<String> = batteries.iter().map(|digest| json!(digest).to_string()).collect();
    noted.is_none_or(|noted| known.contains(noted))
}

/// The tasks, held against the registers.
struct Held<'a> {
    registers: &'a [Registry],
    refused: BTreeMap<TaskId, NotPublic>,
}

impl Held<'_> {
    /// Every task that a log plans, holds an attempt at or tells of in a summary.
    fn look_at(&mut self, log: &Log) {
        let planned = [Some(&log.header.spec), log.header.started_as.as_ref()];
        let planned = planned.into_iter().flatten().filter_map(|spec| spec.tasks.as_ref());
        planned.flat_map(|tasks| tasks.iter()).for_each(|task| self.task(task));
        log.observations.iter().for_each(|seen| self.task(&seen.task));
        log.summaries.iter().flatten().for_each(|told| self.task(&told.task));
    }

    fn task(&mut self, task: &TaskId) {
        if let Err(why) = public(self.registers, task) {
            self.refused.insert(task.clone(), why);
        }
    }
}

/// A transcript in the index.
#[derive(Serialize)]
struct Entry {
    file: String,
    sha256: Digest,
    log: Digest,
    task: TaskId,
    epoch: u32,
    messages: u64,
}

/// What is written so far.
struct Written<'a> {
    folder: &'a Path,
    entries: Vec<Entry>,
    places: BTreeMap<(Digest, TaskId, u32), usize>,
}

impl Written<'_> {
    fn log(&mut self, path: &Path, log: Digest, held: &mut Held<'_>) -> anyhow::Result<()> {
        let mut kept = Ok(());
        let read = inspect::transcripts(Watched::open(path)?, &mut |said| {
            held.task(&said.task);
            if kept.is_ok() && held.refused.is_empty() {
                kept = self.keep(log, &said);
            }
        });
        read.with_context(|| format!("cannot use {}", path.display()))?;
        kept
    }

    /// Writes one, by its number. Of an attempt that is there twice the last counts, and takes the
    /// place of the first.
    fn keep(&mut self, log: Digest, said: &Transcript) -> anyhow::Result<()> {
        let place = (log, said.task.clone(), said.epoch);
        let at = self.places.get(&place).copied();
        let number = at.unwrap_or(self.entries.len()) + 1;
        let file = format!("{number:06}.txt");
        let head =
            format!("attempt {number}: {}, try {}\n\n", plain(&said.task.to_string()), said.epoch);
        let text = match said.messages {
            0 => head + NO_MESSAGES,
            _ => head + said.text.as_str(),
        };
        let write = if at.is_some() { papers::replace } else { papers::keep };
        write(&self.folder.join(&file), text.as_bytes(), Readers::Owner)?;
        let (sha256, messages) = (hash(text.as_bytes()), said.messages);
        let (task, epoch) = (said.task.clone(), said.epoch);
        let entry = Entry { file, sha256, log, task, epoch, messages };
        match at.and_then(|at| self.entries.get_mut(at)) {
            Some(earlier) => *earlier = entry,
            None => {
                self.places.insert(place, self.entries.len());
                self.entries.push(entry);
            }
        }
        Ok(())
    }
}

/// Which tasks are not public, by their ids and nothing else of them.
fn told(arguments: &Arguments, tasks: &BTreeMap<TaskId, NotPublic>) -> anyhow::Result<ExitCode> {
    if arguments.json {
        let of = |(task, why): (&TaskId, &NotPublic)| json!({"task": task, "why": why.to_string()});
        let listed: Vec<_> = tasks.iter().take(NAMED_MAX).map(of).collect();
        let error = "nothing is written: not every task is public";
        print_json(&json!({"error": error, "count": tasks.len(), "tasks": listed}))?;
        return Ok(ExitCode::from(1));
    }
    say!("nothing is written: not public are {}", count(tasks.len(), "task"));
    for (task, why) in tasks.iter().take(NAMED_MAX) {
        let name: String = plain(&task.to_string()).chars().take(NAME_LEN_MAX).collect();
        say!("  `{name}`: {why}");
    }
    if tasks.len() > NAMED_MAX {
        say!("  … and {} more", tasks.len() - NAMED_MAX);
    }
    Ok(ExitCode::from(1))
}

fn refused(arguments: &Arguments, why: &str) -> anyhow::Result<ExitCode> {
    match arguments.json {
        true => print_json(&json!({"error": format!("nothing is written: {why}")}))?,
        false => say!("nothing is written: {why}"),
    }
    Ok(ExitCode::from(1))
}
