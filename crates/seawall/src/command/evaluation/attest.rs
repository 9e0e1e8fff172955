//! `seawall evaluation attest`: what a developer signs of a snapshot and of how it is served.

use super::papers::{self, Readers};
use crate::command::gateway::papers::secret;
use crate::command::{print_json, say};
use anyhow::Context;
use seawall_domain::digest::Digest;
use seawall_services::evaluation::attestation::{Attested, attest, read};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Of what, and by whom.
#[derive(clap::Args)]
pub struct Arguments {
    /// The model, as the logs name it: `maker/model`.
    #[arg(long)]
    model: String,
    /// The snapshot's digest, 64 hexadecimal digits.
    #[arg(long)]
    snapshot: Digest,
    /// A file with how it is served, an object of JSON.
    #[arg(long)]
    serving: PathBuf,
    /// The file with the developer's key, made by `seawall gateway key`.
    #[arg(long)]
    key: PathBuf,
    /// Where the signed attestation goes, a DSSE envelope.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Signs.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let shown = arguments.serving.display();
    let serving: Map<String, Value> = serde_json::from_slice(&papers::read(&arguments.serving)?)
        .with_context(|| format!("cannot use {shown}: it is no JSON object"))?;
    let key = secret(&arguments.key)?;
    let envelope = attest(&arguments.model, arguments.snapshot, serving, &key)?;
    let noted = read(envelope.as_bytes())?.noted;
    papers::keep(&arguments.out, envelope.as_bytes(), Readers::Anybody)?;
    match arguments.json {
        true => print_json(&json!(noted))?,
        false => say!("attested as {}, signed by {}", noted.sha256, noted.signed_by),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads an attestation whose signature holds.
pub(super) fn attested(path: &Path) -> anyhow::Result<Attested> {
    let read = read(&papers::read(path)?);
    read.with_context(|| format!("cannot use {}", path.display()))
}
