//! `seawall evaluation compare`: whether two runs can be compared, by what they were run under.

use super::{Watched, plain};
use crate::command::{print_json, say};
use anyhow::Context;
use seawall_domain::evaluation::conditions::{Conditions, Difference};
use seawall_formats::inspect;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Which logs, and how to say it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The one log.
    one: PathBuf,
    /// The other.
    other: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Compares, and answers with status 1 when the runs are not comparable.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (one, other) = (conditions(&arguments.one)?, conditions(&arguments.other)?);
    let comparison = one.compare(&other);
    if arguments.json {
        let digest = |one: &Conditions| inspect::conditions_digest(one).to_string();
        print_json(&json!({
            "comparable": comparison.is_comparable(),
            "verdict": comparison.verdict(),
            "logs": [arguments.one.display().to_string(), arguments.other.display().to_string()],
            "conditions": [digest(&one), digest(&other)],
            "differ": comparison.differ,
            "noted": comparison.noted,
        }))?;
    } else {
        say!("{}", plain(&comparison.verdict()));
        comparison.differ.iter().for_each(|difference| line("  ", difference));
        if !comparison.noted.is_empty() {
            say!("also different:");
            comparison.noted.iter().for_each(|difference| line("  ", difference));
        }
    }
    Ok(if comparison.is_comparable() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn line(indent: &str, difference: &Difference) {
    let shown = |value: &Option<String>| plain(value.as_deref().unwrap_or("not set"));
    let [one, other] = &difference.values;
    say!("{indent}{}: {} | {}", plain(&difference.field), shown(one), shown(other));
}

fn conditions(path: &Path) -> anyhow::Result<Conditions> {
    let header = inspect::read_header(Watched::open(path)?);
    let header = header.with_context(|| format!("cannot use {}", path.display()))?;
    Ok(header.conditions)
}
