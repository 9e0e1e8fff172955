//! `seawall evaluation protocol draft`: the beginning of a protocol, from a battery.

use crate::command::evaluation::papers::{self, Readers};
use crate::command::evaluation::{plain, registry};
use crate::command::{count, print_json, say};
use jiff::{SignedDuration, Timestamp};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::protocol::{Domain, Validity};
use seawall_domain::time::whole_second;
use seawall_formats::protocol::draft::{Beginning, LEFT_OPEN, OPEN, draft};
use seawall_ledger::sign::VerifyingKey;
use seawall_services::evaluation::registry::digest;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// How long runs may take place under a draft, in days.
const VALID_DAYS: i64 = 90;

/// Which battery, for whom, and where it goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A folder with tasks, or its register.
    battery: PathBuf,
    /// What the battery measures, such as `discovery` or `patching`.
    #[arg(long, value_parser = domain)]
    domain: Domain,
    /// In which variant its tasks are run, where they have some.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// The model line that it is about.
    #[arg(long, value_name = "TEXT")]
    model_line: String,
    /// Who signs, once for each: a public key `ed25519:…`, or the SHA-256 that an account signs as.
    #[arg(long = "signer", value_name = "KEY", required = true, value_parser = signer)]
    signers: Vec<Digest>,
    /// Where it goes. It is for its owner only, since the rule will stand in it.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Writes it, and says what is left to decide.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let registry = registry::of(&arguments.battery)?;
    let digest = digest(&registry)?;
    let from = whole_second(Timestamp::now());
    let until = from.checked_add(SignedDuration::from_hours(24 * VALID_DAYS))?;
    let written = draft(&Beginning {
        registry: &registry,
        digest,
        domain: arguments.domain,
        variant: arguments.variant.as_deref(),
        model_line: &arguments.model_line,
        analyser: papers::program()?,
        signers: &arguments.signers,
        validity: Validity { from, until },
    })?;
    papers::keep(&arguments.out, written.as_bytes(), Readers::Owner)?;
    let (tasks, out) = (registry.tasks.len(), arguments.out.display());
    if arguments.json {
        print_json(&json!({"battery": digest, "tasks": tasks, "open": LEFT_OPEN}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let tasks = count(tasks, "task");
    say!("{out}: {tasks} of {}, digest {digest}", plain(&registry.battery));
    say!("left open       {}: `{OPEN}` stands there", LEFT_OPEN.join(", "));
    say!("to be looked at attempts, budgets, conditions, missing, refusals, validity");
    Ok(ExitCode::SUCCESS)
}

fn domain(text: &str) -> Result<Domain, String> {
    let word = |domain: &Domain| json!(domain).as_str().unwrap_or_default().to_owned();
    let found = Domain::ALL.into_iter().find(|domain| word(domain) == text);
    let known = || Domain::ALL.iter().map(word).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("it is one of {}", known()))
}

fn signer(text: &str) -> Result<Digest, String> {
    let key = text.parse::<VerifyingKey>().map(VerifyingKey::digest_hex);
    let named = key.unwrap_or_else(|_| text.to_owned()).parse();
    named.map_err(|_| "it is neither `ed25519:…` nor a SHA-256 of 64 digits".to_owned())
}
