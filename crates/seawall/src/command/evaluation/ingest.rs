//! `seawall evaluation ingest`: one log, one report.

use super::{Watched, plain};
use crate::command::{print_json, print_text};
use anyhow::Context;
use seawall_domain::evaluation::attempt::{Attempt, Class, TaskId};
use seawall_domain::evaluation::log::Log;
use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Which logs, and how to say it.
#[derive(clap::Args)]
pub struct Arguments {
    /// Logs of Inspect: `.eval` or `.json`.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// One JSON document for each log on standard output; of several logs one a line.
    #[arg(long)]
    json: bool,
}

/// Reads every log, and answers for the worst of them.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut worst = 0;
    for path in &arguments.logs {
        let (document, status) = match read(path) {
            Ok((log, report)) => {
                let status = u8::from(!report.can_serve());
                match arguments.json {
                    true => (Some(json(path, &log, &report)), status),
                    false => {
                        print_text(&text(path, &report))?;
                        (None, status)
                    }
                }
            }
            Err(error) => {
                eprintln!("seawall: {error:#}");
                let name = path.display().to_string();
                let said = json!({"log": name, "error": format!("{error:#}")});
                (arguments.json.then_some(said), 2)
            }
        };
        if let Some(document) = document {
            match arguments.logs.len() {
                1 => print_json(&document)?,
                _ => print_text(&format!("{document}\n"))?,
            }
        }
        worst = worst.max(status);
    }
    Ok(ExitCode::from(worst))
}

fn read(path: &Path) -> anyhow::Result<(Log, Report)> {
    let log = inspect::read(Watched::open(path)?);
    let log = log.with_context(|| format!("cannot use {}", path.display()))?;
    let report = Report::of(&log);
    Ok((log, report))
}

fn json(path: &Path, log: &Log, report: &Report) -> Value {
    let scores: Map<String, Value> =
        report.scores.iter().map(|score| (score.name.clone(), json!(score))).collect();
    let conditions = &log.header.conditions;
    let fields: BTreeMap<&String, &String> =
        conditions.fields.iter().map(|(name, condition)| (name, &condition.value)).collect();
    let usage = &report.usage;
    let limits = limits(log);
    let attempts: Vec<Value> = report.attempts.iter().map(|one| attempt(one, &limits)).collect();
    json!({
        "log": path.display().to_string(),
        "status": report.status.word(),
        "complete": report.complete,
        "tasks": report.tasks,
        "attempts": attempts,
        "scores": scores,
        "findings": report.findings,
        "usage": {
            "input_tokens": usage.input,
            "output_tokens": usage.output,
            "input_tokens_cache_read": usage.cache_read,
            "input_tokens_cache_write": usage.cache_write,
            "reasoning_tokens": usage.reasoning,
            "total_tokens": usage.total,
        },
        "conditions": {
            "digest": inspect::conditions_digest(conditions).to_string(),
            "fields": fields,
        },
    })
}

/// What stopped each attempt that was stopped, whatever its class; the last word on it counts.
fn limits(log: &Log) -> BTreeMap<(&TaskId, u32), &'static str> {
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

fn attempt(attempt: &Attempt, limits: &BTreeMap<(&TaskId, u32), &'static str>) -> Value {
    json!({
        "id": attempt.task,
        "id_type": attempt.task.kind(),
        "epoch": attempt.epoch,
        "class": attempt.class,
        "value": attempt.value,
        "original_value": attempt.original,
        "tokens": attempt.tokens,
        "retries": attempt.retries,
        "limit": limits.get(&(&attempt.task, attempt.epoch)),
    })
}

/// How many tasks the table shows.
const TASKS_SHOWN_MAX: usize = 200;

fn text(path: &Path, report: &Report) -> String {
    let mut said = String::new();
    // Writing to a text cannot fail.
    let _ = put(&mut said, path, report);
    said
}

fn put(said: &mut String, path: &Path, report: &Report) -> std::fmt::Result {
    let complete = if report.complete { "complete" } else { "not complete" };
    let (name, status) = (plain(&path.display().to_string()), plain(report.status.word()));
    let (tasks, attempts) = (report.tasks, report.attempts.len());
    writeln!(said, "{name}: {status}, {complete}; {tasks} tasks, {attempts} attempts")?;
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
fn attempts_table(said: &mut String, attempts: &[Attempt]) -> std::fmt::Result {
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

fn scores_table(said: &mut String, report: &Report) -> std::fmt::Result {
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
