//! `seawall evaluation ingest`: one log, one report.

use super::{Watched, attest, canaries, plain};
use crate::command::{count, print_text};
use anyhow::Context;
use seawall_domain::evaluation::attempt::{Attempt, Class, Steps, TaskId};
use seawall_domain::evaluation::finding::Finding;
use seawall_domain::evaluation::log::Log;
use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use seawall_services::evaluation::determination::Searched;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Which logs, and how to say it.
#[derive(clap::Args)]
pub struct Arguments {
    /// Logs of Inspect: `.eval` or `.json`.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// A register of a battery, or a battery's folder: what the models said is searched for its
    /// canaries.
    #[arg(long, value_name = "FILE")]
    registry: Vec<PathBuf>,
    /// The developer's attestation, as `attest` signed it: it must hold for every log.
    #[arg(long, value_name = "FILE")]
    attestation: Option<PathBuf>,
    /// One JSON document for each log on standard output; of several logs one a line.
    #[arg(long)]
    json: bool,
}

/// Reads every log, and answers for the worst of them.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let searched = canaries::searched(&arguments.registry)?;
    let mut worst = 0;
    let attested = arguments.attestation.as_deref().map(attest::attested).transpose()?;
    for path in &arguments.logs {
        let status = match with_canaries(path, searched.as_ref()) {
            Ok((log, report)) => {
                let held = attested.as_ref().map(|it| it.holds_for(&log.header.spec));
                let held = held.map(|held| held.map_err(|fault| fault.to_string()));
                match arguments.json {
                    true => {
                        let mut document = document(path, &log, &report);
                        document.attestation = held
                            .as_ref()
                            .map(|it| json!({"holds": it.is_ok(), "why": it.as_ref().err()}));
                        print(arguments, &document)?;
                    }
                    false => print_text(&format!(
                        "{}{}",
                        text(path, &report),
                        behind(&log, held.as_ref())
                    ))?,
                }
                u8::from(!report.can_serve() || held.is_some_and(|held| held.is_err()))
            }
            Err(error) => {
                eprintln!("seawall: {error:#}");
                if arguments.json {
                    let name = path.display().to_string();
                    print(arguments, &json!({"log": name, "error": format!("{error:#}")}))?;
                }
                2
            }
        };
        worst = worst.max(status);
    }
    Ok(ExitCode::from(worst))
}

/// Prints the document of a log: of several logs one a line.
fn print(arguments: &Arguments, document: &impl Serialize) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = match arguments.logs.len() {
        1 => serde_json::to_writer_pretty(&mut out, document),
        _ => serde_json::to_writer(&mut out, document),
    };
    let written = written.map_err(std::io::Error::from);
    match written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        // Whoever reads it may stop reading whenever they like.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Reads a log, and searches it for the canaries of registers.
fn with_canaries(path: &Path, searched: Option<&Searched>) -> anyhow::Result<(Log, Report)> {
    let (log, mut report) = read(path)?;
    if let Some(searched) = searched {
        report.findings.extend(canaries::of_log(searched, path)?);
    }
    Ok((log, report))
}

/// Reads a log and makes its report.
pub(super) fn read(path: &Path) -> anyhow::Result<(Log, Report)> {
    let log = inspect::read(Watched::open(path)?);
    let log = log.with_context(|| format!("cannot use {}", path.display()))?;
    let report = Report::of(&log);
    Ok((log, report))
}

/// A report as a document.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    log: String,
    status: &'a str,
    complete: bool,
    tasks: usize,
    attempts: Rows<'a>,
    scores: Map<String, Value>,
    findings: &'a [Finding],
    usage: Value,
    conditions: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation: Option<Value>,
}

/// The report as a document.
pub(super) fn document<'a>(path: &Path, log: &'a Log, report: &'a Report) -> Document<'a> {
    let scores = report.scores.iter().map(|score| (score.name.clone(), json!(score))).collect();
    let conditions = &log.header.conditions;
    let fields: BTreeMap<&String, &String> =
        conditions.fields.iter().map(|(name, condition)| (name, &condition.value)).collect();
    let usage = &report.usage;
    Document {
        log: path.display().to_string(),
        status: report.status.word(),
        complete: report.complete,
        tasks: report.tasks,
        attempts: Rows { attempts: &report.attempts, limits: limits(log) },
        scores,
        findings: &report.findings,
        usage: json!({
            "input_tokens": usage.input,
            "output_tokens": usage.output,
            "input_tokens_cache_read": usage.cache_read,
            "input_tokens_cache_write": usage.cache_write,
            "reasoning_tokens": usage.reasoning,
            "total_tokens": usage.total,
        }),
        conditions: json!({
            "digest": inspect::conditions_digest(conditions).to_string(),
            "fields": fields,
        }),
        attestation: None,
    }
}

/// Who stands behind a run, as people read it; nothing where the log notes nobody.
fn behind(log: &Log, attested: Option<&Result<(), String>>) -> String {
    let mut said = String::new();
    for name in ["attestation", "attested_by", "evaluators"] {
        if let Some(noted) = log.header.spec.metadata.get(name) {
            said += &format!("{name:<18} {}\n", plain(noted));
        }
    }
    match attested {
        None => {}
        Some(Ok(())) => said += "The attestation holds for this log.\n",
        Some(Err(why)) => said += &format!("The attestation does not hold: {}\n", plain(why)),
    }
    if said.is_empty() { said } else { said + "\n" }
}

/// What stopped each attempt that was stopped, whatever its class; the last word on it counts.
type Limits<'a> = BTreeMap<(&'a TaskId, u32), &'static str>;

fn limits(log: &Log) -> Limits<'_> {
    let mut limits = BTreeMap::new();
    for seen in &log.observations {
        let key = (&seen.task, seen.epoch);
        match seen.limit {
            Some(limit) => limits.insert(key, limit.word()),
            None => limits.remove(&key),
        };
    }
    limits
}

/// The attempts, written one by one: a log may have hundreds of thousands.
struct Rows<'a> {
    attempts: &'a [Attempt],
    limits: Limits<'a>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a TaskId,
    id_type: &'static str,
    epoch: u32,
    class: Class,
    value: Option<f64>,
    original_value: Option<f64>,
    tokens: u64,
    retries: u32,
    limit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Steps>,
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.collect_seq(self.attempts.iter().map(|attempt| Row {
            id: &attempt.task,
            id_type: attempt.task.kind(),
            epoch: attempt.epoch,
            class: attempt.class,
            value: attempt.value,
            original_value: attempt.original,
            tokens: attempt.tokens,
            retries: attempt.retries,
            limit: self.limits.get(&(&attempt.task, attempt.epoch)).copied(),
            steps: attempt.steps,
        }))
    }
}

/// How many tasks the table shows.
const TASKS_SHOWN_MAX: usize = 200;

/// The report as people read it.
pub(super) fn text(path: &Path, report: &Report) -> String {
    let mut said = String::new();
    // Writing to a text cannot fail.
    let _ = put(&mut said, path, report);
    said
}

fn put(said: &mut dyn fmt::Write, path: &Path, report: &Report) -> fmt::Result {
    let complete = if report.complete { "complete" } else { "not complete" };
    let (name, status) = (plain(&path.display().to_string()), plain(report.status.word()));
    let (tasks, attempts) = (report.tasks, report.attempts.len());
    let (tasks, attempts) = (count(tasks, "task"), count(attempts, "attempt"));
    writeln!(said, "{name}: {status}, {complete}; {tasks}, {attempts}")?;
    let mut classes: BTreeMap<Class, usize> = BTreeMap::new();
    for attempt in &report.attempts {
        *classes.entry(attempt.class).or_default() += 1;
    }
    let classes: Vec<String> =
        classes.iter().map(|(class, count)| format!("{class} {count}")).collect();
    writeln!(said, "{}\n", classes.join(", "))?;
    attempts_table(said, &report.attempts)?;
    scores_table(said, report)?;
    for finding in &report.findings {
        writeln!(said, "{:<18} {}", finding.code.word(), finding.detail)?;
    }
    let verdict = match report.can_serve() {
        true => "It can serve a determination.",
        false => "It cannot serve a determination as it is.",
    };
    writeln!(said, "{verdict}\n")
}

/// A line for each task, with the class of each attempt.
fn attempts_table(said: &mut dyn fmt::Write, attempts: &[Attempt]) -> fmt::Result {
    let tasks: Vec<&[Attempt]> = attempts.chunk_by(|one, other| one.task == other.task).collect();
    for same in tasks.iter().take(TASKS_SHOWN_MAX) {
        let Some(first) = same.first() else { continue };
        let name: String = plain(&first.task.to_string()).chars().take(60).collect();
        let classes: Vec<&str> = same.iter().map(|one| one.class.word()).collect();
        writeln!(said, "{name:<24} {}", classes.join(" "))?;
    }
    if let Some(more) = tasks.len().checked_sub(TASKS_SHOWN_MAX).filter(|more| *more > 0) {
        writeln!(said, "… and {more} more tasks; --json has them all")?;
    }
    writeln!(said)
}

fn scores_table(said: &mut dyn fmt::Write, report: &Report) -> fmt::Result {
    if report.scores.is_empty() {
        return writeln!(said, "No attempt has a score.\n");
    }
    let heads = ["mean", "stderr", "clustered", "worst", "best"];
    let [mean, error, clustered, worst, best] = heads.map(|head| format!("{head:>10}"));
    writeln!(said, "{:<32}{mean}{error}{clustered}{worst}{best}", "score")?;
    for score in &report.scores {
        let name: String = plain(&score.name).chars().take(31).collect();
        let [worst, best] = score.bounds.map_or([None, None], |both| both.map(Some));
        let numbers = [score.mean, score.stderr, score.stderr_clustered, worst, best];
        let numbers = numbers.map(|number| match number {
            Some(number) => format!("{number:>10.4}"),
            None => format!("{:>10}", "-"),
        });
        writeln!(said, "{name:<32}{}", numbers.concat())?;
    }
    writeln!(said)
}
