//! `seawall evaluation letter`: what the developer is told of a determination.

use super::papers::{self, Readers};
use super::record;
use crate::command::{print_json, print_text, say};
use anyhow::{Context, bail};
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::letter::{
    Completeness, Conditions, Extent, Letter, Safeguards, Subject, Trend,
};
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::evaluation::determination::Tally;
use seawall_domain::id::EngagementId;
use seawall_formats::determination::{Body, Record, Standing, Sweep};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

/// Of which record, and to whom.
#[derive(clap::Args)]
pub struct Arguments {
    /// The record.
    record: PathBuf,
    /// The engagement that it is about.
    #[arg(long)]
    engagement: Uuid,
    /// SHA-256 of the developer's snapshot, where the logs do not note it as `snapshot`.
    #[arg(long)]
    snapshot: Option<Digest>,
    /// Which guards the model had (`production`, `reduced`, `helpful_only`), where the logs do not
    /// note it as `safeguards`.
    #[arg(long)]
    safeguards: Option<String>,
    /// Where the letter goes; without it, to standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The letter as one JSON document.
    #[arg(long)]
    json: bool,
}

/// Writes the letter.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let record = record(&arguments.record)?;
    if record.body.standing == Standing::Rehearsal {
        say!("cannot write a letter: this is a rehearsal, and no determination");
        return Ok(ExitCode::from(1));
    }
    let letter = letter(arguments, &record)?;
    let text = match arguments.json {
        true => format!("{}\n", serde_json::to_string_pretty(&letter)?),
        false => letter.text(),
    };
    match (&arguments.out, arguments.json) {
        (Some(path), _) => papers::keep(path, text.as_bytes(), Readers::Owner)?,
        (None, true) => print_json(&letter)?,
        (None, false) => print_text(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn letter(arguments: &Arguments, record: &Record) -> anyhow::Result<Letter> {
    let body = &record.body;
    let Some(outcome) = read::<Outcome>(&body.verdict["rule"]["outcome"]) else {
        bail!("cannot write a letter: the record names no outcome");
    };
    let tally: Tally = read(&body.figures["tally"]).context("the record has no tally")?;
    let trend = match read::<Sweep>(&body.figures["by_budget"]["trend"]) {
        Some(Sweep::Rising) => Trend::Rising,
        Some(Sweep::Level | Sweep::Falling) | None => Trend::Level,
    };
    let told = &body.told;
    let tasks = usize::try_from(told.tasks).unwrap_or(usize::MAX);
    Ok(Letter {
        engagement: EngagementId::new(arguments.engagement),
        at: Timestamp::now(),
        subject: Subject::Determined {
            outcome,
            extent: Extent { domains: told.domains.clone(), tasks },
            conditions: conditions(arguments, body)?,
            completeness: Completeness {
                planned: tally.planned,
                counted: tally.counted,
                errors: tally.errors,
                refusals: tally.refusals,
                fallbacks: tally.fallbacks,
                limits: tally.limits,
            },
            trend,
        },
    })
}

fn conditions(arguments: &Arguments, body: &Body) -> anyhow::Result<Conditions> {
    let noted = body.model.snapshot.as_deref().and_then(|text| text.parse().ok());
    let Some(snapshot) = noted.or(arguments.snapshot) else {
        bail!("cannot write a letter: no log notes the snapshot's digest, so `--snapshot` must");
    };
    let noted = body.model.safeguards.as_ref().or(arguments.safeguards.as_ref());
    let safeguards = noted.and_then(|word| read::<Safeguards>(&Value::String(word.clone())));
    let Some(safeguards) = safeguards else {
        bail!("cannot write a letter: no log notes the safeguards, so `--safeguards` must");
    };
    let told = &body.told;
    let (attempts, tokens, seconds) = (told.attempts, told.tokens, told.seconds);
    Ok(Conditions { snapshot, safeguards, attempts, tokens, seconds })
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}
