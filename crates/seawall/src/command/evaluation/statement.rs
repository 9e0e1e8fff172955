//! `seawall evaluation statement`: what a developer signs of an elicitation of its own.

use super::papers::{self, Readers};
use super::seal::commitment;
use crate::command::gateway::papers::secret;
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_formats::determination::{Added, STATEMENT_SCHEMA, Statement};
use seawall_services::evaluation::determination::{hash, sign_statement};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// About what, and by whom.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("about").required(true))]
pub struct Arguments {
    /// What was published of the protocol.
    #[arg(long, group = "about")]
    commitment: Option<PathBuf>,
    /// The plain protocol of a rehearsal.
    #[arg(long, group = "about")]
    protocol: Option<PathBuf>,
    /// The model, as the logs name it: `maker/model`.
    #[arg(long)]
    model: String,
    /// What was added: elicitation by `fine_tuned`, or a `statement`.
    #[arg(long, value_parser = added)]
    added: Added,
    /// A file with what the developer says of it.
    #[arg(long)]
    text: PathBuf,
    /// The file with the developer's key, made by `seawall gateway key`.
    #[arg(long)]
    key: PathBuf,
    /// Where the signed statement goes, a DSSE envelope.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output: the statement, and the SHA-256 by which a protocol
    /// names its key.
    #[arg(long)]
    json: bool,
}

fn added(word: &str) -> Result<Added, String> {
    match word {
        "fine_tuned" => Ok(Added::FineTuned),
        "statement" => Ok(Added::Statement),
        _ => Err("there is `fine_tuned` and `statement`".to_owned()),
    }
}

/// Signs.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let protocol: Digest = match (&arguments.commitment, &arguments.protocol) {
        (Some(path), _) => commitment(path)?.root()?,
        (None, Some(path)) => hash(&papers::read(path)?),
        (None, None) => bail!("a statement is about a protocol"),
    };
    let shown = arguments.text.display();
    let text = String::from_utf8(papers::read(&arguments.text)?);
    let text = text.with_context(|| format!("cannot use {shown}"))?;
    let key = secret(&arguments.key)?;
    let statement = Statement {
        schema: STATEMENT_SCHEMA.to_owned(),
        protocol,
        model: arguments.model.clone(),
        added: arguments.added,
        text: text.trim().to_owned(),
        key: key.public().to_string(),
    };
    let envelope = sign_statement(&statement, &key)?;
    papers::keep(&arguments.out, envelope.as_bytes(), Readers::Anybody)?;
    let named = key.public().digest_hex();
    match arguments.json {
        true => print_json(&json!({"statement": statement, "signed_as": named}))?,
        false => say!("a protocol names the key that signed as {named}"),
    }
    Ok(ExitCode::SUCCESS)
}
