//! `seawall evaluation run`: a battery against a model, by Inspect, and what its log is evidence
//! of.
//!
//! Inspect does the running; this starts it, watches it, ends it, and reads what it leaves. It runs
//! in a place of its own: an environment that is listed, one way to the model, secrets in files
//! that are gone once it has read them, and nothing of it that outlives it (FRONTIER 2.1, F17).

mod account;
pub mod attend;
mod behind;
mod guard;
mod plan;
mod voice;
mod watch;

use super::{flags, ingest, letter};
use crate::command::{block_on, told_to_end};
use account::Account;
use anyhow::{Context, bail};
use guard::Guard;
use jiff::Timestamp;
use plan::Plan;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::letter::Safeguards;
use seawall_domain::evaluation::demand::Guard as Network;
use seawall_domain::evaluation::finding::Finding;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use voice::Voice;
use watch::Watch;

/// What is run, how, and where it goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A file with tasks of Inspect, or a battery's folder: one with `battery.py`, or one with
    /// tasks of Inspect Cyber (`eval.yaml`).
    task: PathBuf,
    /// The model, as Inspect names it: `openai/NAME`, `anthropic/NAME`, `mockllm/model`.
    #[arg(long)]
    model: String,
    /// The folder for everything that comes of it; it must not be there, or be empty.
    #[arg(long)]
    out: PathBuf,
    /// The gateway, as `seawall gateway attach` tells its address; for OpenAI's shape with `/v1`.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The gateway's folder: its own count is held against the log's.
    #[arg(long, value_name = "FOLDER", requires = "base_url")]
    journal: Option<PathBuf>,
    /// The person in the gateway's journal whose requests these are; everybody's by default.
    #[arg(long, value_name = "ID", requires = "journal")]
    person: Option<seawall_domain::id::PersonId>,
    /// The file with the token of this run.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The file with the key that flags are made from: 64 hexadecimal digits.
    #[arg(long, value_name = "FILE")]
    flags_key: Option<PathBuf>,
    /// The protocol: attempts, budgets and reruns are its.
    #[arg(long, value_name = "FILE")]
    protocol: Option<PathBuf>,
    /// SHA-256 of the developer's snapshot; the log notes it, and a letter names it.
    #[arg(long, value_name = "DIGEST")]
    snapshot: Option<Digest>,
    /// Which guards the model has: `production`, `reduced` or `helpful_only`; the log notes it, and
    /// a letter names it.
    #[arg(long, value_parser = letter::safeguards)]
    safeguards: Option<Safeguards>,
    /// The developer's attestation of the snapshot, as `attest` signed it; the log notes its digest
    /// and who signed it.
    #[arg(long, value_name = "FILE")]
    attestation: Option<PathBuf>,
    /// An evaluator, by an id that names nobody; the log notes it. Once for each.
    #[arg(long, value_name = "ID", value_parser = behind::pseudonym)]
    evaluator: Vec<String>,
    /// What tokens of the models cost, as Inspect reads it: a budget of money needs it.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    #[command(flatten)]
    limits: plan::Limits,
    /// An argument of the task, which anybody may see.
    #[arg(long = "task-arg", value_name = "NAME=VALUE", value_parser = plan::pair)]
    task_args: Vec<(String, String)>,
    /// More of Inspect's run configuration, JSON: sampling, roles, solver.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What the network's guard wrote: its log, which is read when the run has ended (a JSON object
    /// a line, with `verdict`: `allowed` or `denied`); or notes on it (`egress_log`,
    /// `egress_denied`).
    #[arg(long, value_name = "FILE")]
    egress: Option<PathBuf>,
    /// Inspect's program.
    #[arg(long, default_value = "inspect")]
    inspect: PathBuf,
    /// A variable of the environment that it gets besides those that it needs; none that looks like
    /// a secret.
    #[arg(long, value_name = "NAME")]
    pass: Vec<String>,
    /// Let programs that ask for a proxy reach the network, for a task that fetches its data.
    #[arg(long)]
    reach: bool,
    /// End it after so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = plan::DEADLINE_SECONDS)]
    deadline: u64,
    /// How long it may take to write its log when it is told to end.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    grace: u64,
    /// Events and reports on standard output, one JSON document a line.
    #[arg(long)]
    json: bool,
}

/// Runs it, and answers with status 1 when what came of it cannot serve.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let plan = Plan::of(arguments)?;
    let voice = Voice::new(arguments.json);
    let ended = block_on(carry_out(arguments, &plan, &voice));
    plan.forget();
    let ended = ended?;
    voice.ended(&ended);
    let watch = Watch::of(&plan.logs());
    let logs = watch.logs()?;
    let seen = plan.seen(arguments);
    let network = seen.as_ref().ok().copied().flatten();
    plan::record(&plan, &ended, &logs, None, network)?;
    if logs.is_empty() {
        bail!("cannot find a log: Inspect {}, and said:\n{}", ended.words(), plan.last_words());
    }
    let mut serves = ended.by_itself();
    for log in &logs {
        serves &= report(arguments, &plan, &voice, log)?;
    }
    serves &= voice.guarded(seen)?;
    serves &= compare(arguments, &plan, &voice, &ended, (&logs, network))?;
    Ok(if serves { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Reads a log, says what is to be said of it, and answers whether it can serve.
fn report(
    arguments: &Arguments,
    plan: &Plan,
    voice: &Voice,
    path: &std::path::Path,
) -> anyhow::Result<bool> {
    let (log, mut report) = ingest::read(path)?;
    report.findings.extend(plan.mismatch(&log.header.spec));
    if let Some(key) = &arguments.flags_key {
        let found = flags::of_run(key, &arguments.out, &[], path)?;
        report.findings.extend(found);
    }
    voice.report(path, &log, &report)?;
    Ok(report.can_serve())
}

/// Holds the gateway's count against the logs', and keeps both.
fn compare(
    arguments: &Arguments,
    plan: &Plan,
    voice: &Voice,
    ended: &Ended,
    (logs, network): (&[PathBuf], Option<Network>),
) -> anyhow::Result<bool> {
    let Some(folder) = &arguments.journal else { return Ok(true) };
    let account = Account { folder, person: arguments.person, ended };
    let told = account.reconcile(logs)?;
    plan::record(plan, ended, logs, Some(&told), network)?;
    let finding: Option<Finding> = told.finding();
    voice.reconciled(&told, finding.as_ref())?;
    Ok(finding.is_none())
}

/// Why a run was told to end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stop {
    /// Somebody said so.
    Asked,
    /// Its time was over.
    Deadline,
}

impl Stop {
    fn word(self) -> &'static str {
        match self {
            Stop::Asked => "asked",
            Stop::Deadline => "deadline",
        }
    }
}

/// How a run ended.
struct Ended {
    began: Timestamp,
    end: Timestamp,
    seconds: f64,
    /// Inspect's own status; none when a signal ended it.
    status: Option<i32>,
    stop: Option<Stop>,
    /// How many processes it left behind, which were ended.
    left: usize,
}

impl Ended {
    fn by_itself(&self) -> bool {
        self.stop.is_none() && self.status == Some(0)
    }

    fn words(&self) -> String {
        let how = match self.status {
            Some(status) => format!("ended with status {status}"),
            None => "was ended by a signal".to_owned(),
        };
        match self.stop {
            Some(Stop::Asked) => format!("was told to end, and {how}"),
            Some(Stop::Deadline) => format!("had no time left, and {how}"),
            None => how,
        }
    }

    fn document(&self) -> serde_json::Value {
        json!({
            "event": "ended",
            "status": self.status,
            "stopped": self.stop.map(Stop::word),
            "seconds": self.seconds,
            "left_over": self.left,
        })
    }
}

/// How often the logs are looked at.
const LOOK: Duration = Duration::from_millis(500);

async fn carry_out(arguments: &Arguments, plan: &Plan, voice: &Voice) -> anyhow::Result<Ended> {
    let told = told_to_end().context("cannot listen for signals")?;
    tokio::pin!(told);
    let (began, start) = (Timestamp::now(), Instant::now());
    let mut guard = Guard::start(plan)?;
    voice.started(plan);
    let mut watch = Watch::of(&plan.logs());
    let mut look = tokio::time::interval(LOOK);
    let deadline = tokio::time::sleep(Duration::from_secs(arguments.deadline));
    let grace = tokio::time::sleep(Duration::from_secs(arguments.deadline));
    tokio::pin!(deadline, grace);
    let (mut stop, mut killed) = (None, false);
    let (status, left) = loop {
        let why = tokio::select! {
            ended = guard.ended() => break ended,
            () = &mut told, if stop.is_none() => Stop::Asked,
            () = &mut deadline, if stop.is_none() => Stop::Deadline,
            () = &mut grace, if stop.is_some() && !killed => {
                killed = true;
                guard.kill();
                continue;
            }
            _ = look.tick() => {
                if watch.look() {
                    // It has read what it needs when its log begins.
                    plan.forget();
                    voice.progress(&watch);
                }
                continue;
            }
        };
        voice.stopping(why);
        stop = Some(why);
        guard.interrupt().await;
        grace.as_mut().reset(tokio::time::Instant::now() + Duration::from_secs(arguments.grace));
    };
    let seconds = start.elapsed().as_secs_f64();
    Ok(Ended { began, end: Timestamp::now(), seconds, status, stop, left })
}
