//! `seawall evaluation letter`: what the developer is told of a determination.

use super::papers::{self, Readers};
use super::record;
use crate::command::{print_json, print_text, say};
use anyhow::anyhow;
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::letter::{Letter, Safeguards};
use seawall_domain::id::EngagementId;
use seawall_services::evaluation::determination::{self, Said, Untold};
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
    #[arg(long, value_parser = safeguards)]
    safeguards: Option<Safeguards>,
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
    let subject = match determination::letter(&record, said(arguments)) {
        Ok(subject) => subject,
        Err(why @ (Untold::Rehearsal | Untold::Unspoken)) => {
            say!("{why}");
            return Ok(ExitCode::from(1));
        }
        Err(why @ Untold::Snapshot) => return Err(anyhow!("{why}, so `--snapshot` must")),
        Err(why @ Untold::Safeguards) => return Err(anyhow!("{why}, so `--safeguards` must")),
        Err(why @ (Untold::Outcome | Untold::Tally)) => return Err(why.into()),
    };
    let engagement = EngagementId::new(arguments.engagement);
    let letter = Letter { engagement, at: Timestamp::now(), subject };
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

fn said(arguments: &Arguments) -> Said {
    Said { snapshot: arguments.snapshot, safeguards: arguments.safeguards }
}

/// Reads which guards a model had, by the word that logs note.
pub(super) fn safeguards(word: &str) -> Result<Safeguards, String> {
    serde_json::from_value(Value::from(word))
        .map_err(|_| "there is `production`, `reduced` and `helpful_only`".to_owned())
}
