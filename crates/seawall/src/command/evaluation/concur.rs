//! `seawall evaluation concur`: what the named official says of an outcome, which stays the rule's.

use super::papers::{self, Readers};
use super::{determine, record};
use crate::command::gateway::papers::secret;
use crate::command::print_json;
use anyhow::bail;
use jiff::Timestamp;
use seawall_domain::time::micros;
use seawall_formats::determination::{Concurrence, View};
use seawall_services::evaluation::determination::{concur, to_bytes};
use std::path::PathBuf;
use std::process::ExitCode;

/// How long reasons may be, in bytes.
const REASONS_BYTES_MAX: usize = 64 << 10;

/// How long a name may be, in characters.
const NAME_LEN_MAX: usize = 200;

/// Whose word, and about what.
#[derive(clap::Args)]
pub struct Arguments {
    /// The record.
    record: PathBuf,
    /// The official's name.
    #[arg(long, value_name = "NAME", value_parser = name)]
    official: String,
    /// A file with the reasons why they differ; without one, they concur.
    #[arg(long, value_name = "REASONS")]
    differs: Option<PathBuf>,
    /// The file with the key that signs, made by `seawall gateway key`.
    #[arg(long)]
    key: Option<PathBuf>,
    /// Where the record with their word goes; only its owner may read it.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Adds the official's word.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let record = record(&arguments.record)?;
    if record.concurrence.is_some() {
        bail!("cannot add to {}: an official has spoken", arguments.record.display());
    }
    let reasons = match &arguments.differs {
        None => None,
        Some(path) => match String::from_utf8(papers::read(path)?) {
            Ok(text) if !text.trim().is_empty() && text.len() <= REASONS_BYTES_MAX => Some(text),
            Ok(_) | Err(_) => bail!("cannot use {}: it holds no reasons", path.display()),
        },
    };
    let concurrence = Concurrence {
        official: arguments.official.clone(),
        view: if reasons.is_some() { View::Differs } else { View::Concurs },
        reasons,
        at: micros(Timestamp::now()),
        over: record.sha256,
        signature: None,
    };
    let key = arguments.key.as_deref().map(secret).transpose()?;
    let record = concur(&record, concurrence, key.as_ref())?;
    papers::keep(&arguments.out, &to_bytes(&record)?, Readers::Owner)?;
    match arguments.json {
        true => print_json(&determine::document(&record))?,
        false => determine::tell(&record),
    }
    Ok(ExitCode::SUCCESS)
}

/// Whose word it is: something that can be read, on one line.
fn name(text: &str) -> Result<String, String> {
    let is_said = text.chars().any(char::is_alphanumeric);
    let fits = text.chars().count() <= NAME_LEN_MAX && !text.chars().any(char::is_control);
    match is_said && fits {
        true => Ok(text.trim().to_owned()),
        false => Err(format!("a name has letters, on one line, and {NAME_LEN_MAX} at most")),
    }
}
