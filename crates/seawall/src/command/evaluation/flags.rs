//! `seawall evaluation flags`: whether an answer came from another attempt, or another run.
//!
//! Flags are made anew for each attempt from a key that stays here; a run is given a key of its
//! own, made from it. What the model emitted is held against the flags of every run that is named.

use super::{Watched, plain};
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::finding::{self, Finding};
use seawall_domain::evaluation::flag::{Flag, Issued, Part, Place, contamination};
use seawall_domain::id::RunId;
use seawall_formats::inspect;
use seawall_ledger::flag::{FlagKey, Purpose};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The record of a run, beside its logs.
pub(super) const RECORD: &str = "run.json";
/// How many decoys an attempt may show beside its flag.
const DECOYS: u32 = 8;

/// Which runs, and by which key.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of a run, as `seawall evaluation run` left it.
    run: PathBuf,
    /// The file with the key that its flags were made from.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The folder of another run with the same battery, whose flags are known then.
    #[arg(long = "other", value_name = "FOLDER")]
    others: Vec<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Looks, and answers with status 1 when a flag came from elsewhere.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let record = Record::read(&arguments.run)?;
    let mut findings = Vec::new();
    for log in record.logs(&arguments.run) {
        findings.extend(of_run(&arguments.key, &arguments.run, &arguments.others, &log)?);
    }
    if arguments.json {
        print_json(&json!({"run": record.run, "findings": findings}))?;
    } else {
        for finding in &findings {
            say!("{:<18} {}", finding.code.word(), plain(&finding.detail));
        }
        if findings.is_empty() {
            say!("every flag that was emitted is of its own attempt");
        }
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What a run is given so that it can plant its flags.
pub(super) struct Planted {
    /// The run's key and nonce.
    pub(super) document: Value,
    /// The nonce, which is no secret afterwards.
    pub(super) nonce: String,
}

/// Makes a run's key.
pub(super) fn plant(key: &Path, run: RunId) -> anyhow::Result<Planted> {
    let own = key_of(key)?.of_run(run.uuid().into_bytes())?;
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let document = json!({"key": own.reveal(), "nonce": nonce});
    Ok(Planted { document, nonce })
}

/// The findings about one log of a run.
pub(super) fn of_run(
    key: &Path,
    run: &Path,
    others: &[PathBuf],
    log: &Path,
) -> anyhow::Result<Vec<Finding>> {
    let key = key_of(key)?;
    let record = Record::read(run)?;
    let emitted = inspect::emitted_flags(Watched::open(log)?);
    let emitted = emitted.with_context(|| format!("cannot use {}", log.display()))?;
    if emitted.iter().all(|attempt| attempt.flags.is_empty()) {
        return Ok(Vec::new());
    }
    let mut issued = Issued::default();
    for folder in std::iter::once(run).chain(others.iter().map(PathBuf::as_path)) {
        let record = Record::read(folder)?;
        for log in record.logs(folder) {
            record.issue(&key, &log, &mut issued)?;
        }
    }
    Ok(finding::cut(contamination(record.run, &emitted, &issued)))
}

fn key_of(file: &Path) -> anyhow::Result<FlagKey> {
    let text =
        crate::command::read_text(file).with_context(|| format!("reading {}", file.display()))?;
    match text.trim().parse::<Digest>() {
        Ok(key) => Ok(FlagKey::new(*key.bytes())),
        // What is in the file is never repeated.
        Err(_) => bail!("{} holds no key: 64 hexadecimal digits", file.display()),
    }
}

/// What is known of a run.
struct Record {
    run: RunId,
    nonce: [u8; 16],
    files: Vec<PathBuf>,
}

impl Record {
    fn read(folder: &Path) -> anyhow::Result<Record> {
        let path = folder.join(RECORD);
        let shown = path.display();
        let text = fs::read(&path).with_context(|| format!("reading {shown}"))?;
        let record: Value =
            serde_json::from_slice(&text).with_context(|| format!("{shown} is no record"))?;
        let field = |name: &str| record[name].as_str().unwrap_or_default();
        let run = field("run").parse().with_context(|| format!("{shown} names no run"))?;
        let Ok(nonce) = uuid::Uuid::try_parse(field("flags_nonce")) else {
            bail!("{shown}: the run had no flags of its own");
        };
        let files = record["logs"].as_array().into_iter().flatten();
        let files = files.filter_map(|log| Some(PathBuf::from(log["file"].as_str()?))).collect();
        Ok(Record { run, nonce: nonce.into_bytes(), files })
    }

    fn logs(&self, folder: &Path) -> Vec<PathBuf> {
        self.files.iter().map(|file| folder.join(file)).collect()
    }

    /// Makes the flags of every attempt that a log plans or holds.
    fn issue(&self, key: &FlagKey, log: &Path, into: &mut Issued) -> anyhow::Result<()> {
        let shown = log.display();
        let header = inspect::read_header(Watched::open(log)?);
        let spec = header.with_context(|| format!("cannot use {shown}"))?.spec;
        let key = key.of_run(self.run.uuid().into_bytes())?;
        let tasks: BTreeSet<TaskId> =
            spec.tasks.iter().flat_map(|tasks| tasks.iter().cloned()).collect();
        for task in tasks {
            let text = task.to_string();
            for epoch in 1..=spec.epochs {
                for part in 0..=DECOYS {
                    let purpose = Purpose { task: &text, epoch, part, nonce: self.nonce };
                    let flag = Flag::new(key.flag(&purpose)?);
                    let place = Place { run: self.run, task: task.clone(), epoch };
                    let part = if part == 0 { Part::Answer } else { Part::Decoy };
                    if !into.add(flag, place, part) {
                        bail!("cannot look at {shown}: there are too many flags");
                    }
                }
            }
        }
        Ok(())
    }
}
