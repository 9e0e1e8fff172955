//! `seawall evaluation exclude`: tasks left out by the protocol's own reasons, signed by two.

use super::papers::{self, Readers};
use crate::command::gateway::papers::secret;
use crate::command::{count, say};
use anyhow::{Context, bail};
use clap::Subcommand;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::exclusion::{Excluded, planned};
use seawall_domain::evaluation::protocol::{Exclusion, Protocol};
use seawall_formats::exclusions::{self, Exclusions, SCHEMA};
use seawall_services::evaluation::determination::{hash, sign_exclusions};
use seawall_services::evaluation::sealing;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Put a task on the list, which is made where it is not there yet. It is to be signed anew.
    Task(TaskArguments),
    /// Sign the list; two of the keys that the protocol names do.
    Sign {
        /// The list; the signature is added to the file.
        list: PathBuf,
        /// The file with the key that signs, made by `seawall gateway key`.
        #[arg(long)]
        key: PathBuf,
    },
}

#[derive(clap::Args)]
struct TaskArguments {
    /// The list.
    list: PathBuf,
    /// The protocol's opening; or a plain protocol, for a rehearsal.
    #[arg(long)]
    protocol: PathBuf,
    /// What was published, with an opening.
    #[arg(long)]
    commitment: Option<PathBuf>,
    /// The battery's name.
    #[arg(long)]
    battery: String,
    /// The task's id as the protocol writes it: `str:name` or `int:4`.
    #[arg(long)]
    task: String,
    /// The protocol's reason: foreign_flag, canary_seen, write_up_fetched, solution_broken.
    #[arg(long, value_parser = rule)]
    rule: Exclusion,
    /// What was seen.
    #[arg(long)]
    reason: String,
}

fn rule(word: &str) -> Result<Exclusion, String> {
    serde_json::from_value(Value::String(word.to_owned())).map_err(|_| {
        "there is foreign_flag, canary_seen, write_up_fetched and solution_broken".to_owned()
    })
}

/// Does one of them.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.act {
        Act::Task(arguments) => task(arguments),
        Act::Sign { list, key } => sign(list, key),
    }
}

/// Reads a list.
pub(super) fn list(path: &Path) -> anyhow::Result<Exclusions> {
    let read = exclusions::read(&papers::read(path)?);
    read.with_context(|| format!("cannot use {}", path.display()))
}

fn keep(path: &Path, list: &Exclusions) -> anyhow::Result<()> {
    papers::replace(path, &serde_json::to_vec(list)?, Readers::Owner)
}

fn task(arguments: &TaskArguments) -> anyhow::Result<ExitCode> {
    let (protocol, named_by) = protocol(&arguments.protocol, arguments.commitment.as_deref())?;
    let tasks = &protocol.terms().tasks;
    let is_it = |it: &seawall_domain::evaluation::protocol::TaskTerms| {
        let id = format!("{}:{}", it.id.kind(), it.id);
        it.battery == arguments.battery && id == arguments.task
    };
    let place = tasks.iter().position(is_it).and_then(|place| u32::try_from(place).ok());
    let Some(place) = place else { bail!("the protocol has no such task in that battery") };
    let _turn = papers::turn(&arguments.list)?;
    let mut listed = match arguments.list.exists() {
        true => list(&arguments.list)?,
        false => Exclusions {
            schema: SCHEMA.to_owned(),
            protocol: named_by,
            excluded: Vec::new(),
            signatures: Vec::new(),
        },
    };
    if listed.protocol != named_by {
        bail!("{} is for another protocol", arguments.list.display());
    }
    let (rule, reason) = (arguments.rule, arguments.reason.clone());
    listed.excluded.push(Excluded { task: place, rule, reason });
    listed.signatures.clear();
    planned(&protocol, &listed.excluded)?;
    keep(&arguments.list, &listed)?;
    let tasks = count(listed.excluded.len(), "task");
    say!("{tasks} to be left out; two of the protocol's keys sign it");
    Ok(ExitCode::SUCCESS)
}

fn protocol(path: &Path, commitment: Option<&Path>) -> anyhow::Result<(Protocol, Digest)> {
    let bytes = papers::read(path)?;
    let shown = || format!("cannot use {}", path.display());
    match commitment {
        Some(commitment) => {
            let root = super::seal::commitment(commitment)?.root()?;
            Ok((sealing::reopen(&bytes, root).with_context(shown)?, root))
        }
        None => {
            let read = seawall_formats::protocol::read(&bytes).with_context(shown)?;
            Ok((read, hash(&bytes)))
        }
    }
}

fn sign(path: &Path, key: &Path) -> anyhow::Result<ExitCode> {
    let _turn = papers::turn(path)?;
    let signed = sign_exclusions(&list(path)?, &secret(key)?)?;
    keep(path, &signed)?;
    say!("{} of at least 2 people have signed it", signed.signatures.len());
    Ok(ExitCode::SUCCESS)
}
