//! A run as evidence: one log, held against the protocol that was sealed before it.
//!
//! A log that contradicts itself, that is not all there, or that was made under other terms than
//! the protocol's is refused by name, and no number of it counts (FRONTIER 3.4, F16). Condition and
//! limit are named in a refusal, their values never.

mod placing;

pub(super) use placing::battery_of;
pub use placing::{Placed, Placing, Unplaced, place, place_with};

use super::attempt::{Attempt, Class, Evidence, TaskId};
use super::battery::Profile;
use super::conditions::Conditions;
use super::demand::Guard;
use super::finding::Code;
use super::log::{Log, Status, Usage};
use super::protocol::{Score, Terms};
use super::report::{FAMILY_FIELD, Report};
use super::tally::{Account, Tally};
use crate::digest::Digest;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The note in a log's metadata that carries the run token.
pub const TOKEN_NOTE: &str = "seawall_run_token";

/// The field of a sample's metadata that says how long people take.
pub const MINUTES_FIELD: &str = "human_minutes";

/// The most logs of one determination.
pub const RUNS_MAX: usize = 128;

/// A log, as far as a determination needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// SHA-256 of the log's bytes.
    pub log: Digest,
    /// SHA-256 of the token that it carries.
    pub token: Option<Digest>,
    /// When the run began, as the log says; none where that is no instant.
    pub created: Option<Timestamp>,
    /// The name of what was run.
    pub task: String,
    /// The model under test.
    pub model: String,
    /// The notes of whoever started the run, each value as JSON.
    pub notes: BTreeMap<String, String>,
    /// How the run ended, by its own word.
    pub status: Status,
    /// Whether nothing of it is missing or broke.
    pub complete: bool,
    /// Which kinds of finding there are, and how many of each.
    pub findings: BTreeMap<Code, usize>,
    /// The conditions under which it ended.
    pub conditions: Conditions,
    /// The planned attempts at each task.
    pub epochs: u32,
    /// Every attempt.
    pub attempts: Vec<Attempt>,
    /// What the samples' metadata say of the tasks.
    pub profiles: BTreeMap<TaskId, Profile>,
    /// What was spent, by the log.
    pub spent: Usage,
    /// What was spent, by a gateway beside the logs; none where no gateway's count was given.
    pub account: Option<Account>,
    /// What the log of the network's guard shows; none where it was not read.
    pub guard: Option<Guard>,
}

impl Run {
    /// Takes over what counts of a log. The digests are the caller's: of the bytes, and of the text
    /// that stands as the log's token.
    pub fn of(log: &Log, bytes: Digest, token: Option<Digest>) -> Run {
        let report = Report::of(log);
        let spec = &log.header.spec;
        let mut findings: BTreeMap<Code, usize> = BTreeMap::new();
        for finding in &report.findings {
            *findings.entry(finding.code).or_default() += 1;
        }
        // Told here and not of the log alone: it is about the run's settings, which are held
        // against what was sealed.
        let own_limits = report.attempts.iter().filter(|attempt| attempt.own_limit).count();
        if own_limits > 0 {
            findings.insert(Code::OwnLimit, own_limits);
        }
        Run {
            log: bytes,
            token,
            created: spec.created.parse().ok(),
            task: spec.task.clone(),
            model: spec.model.clone(),
            notes: spec.metadata.clone(),
            status: report.status,
            complete: report.complete,
            findings,
            conditions: log.header.conditions.clone(),
            epochs: spec.epochs,
            attempts: report.attempts,
            profiles: log.profiles(FAMILY_FIELD, MINUTES_FIELD),
            spent: report.usage,
            account: None,
            guard: None,
        }
    }

    /// Sets a gateway's count beside the logs of one start of the harness. Nothing is set, and it
    /// is false, where one of them is not among the runs.
    pub fn take_account(runs: &mut [Run], logs: &BTreeSet<Digest>, gateway: Tally) -> bool {
        let is_there = |log: &Digest| runs.iter().any(|run| run.log == *log);
        if logs.is_empty() || !logs.iter().all(is_there) {
            return false;
        }
        let mut of_it: Vec<&mut Run> =
            runs.iter_mut().filter(|run| logs.contains(&run.log)).collect();
        let spent = of_it.iter().fold(Usage::default(), |sum, run| sum.plus(run.spent));
        let account = Account::of(&spent, gateway);
        of_it.iter_mut().for_each(|run| run.account = Some(account));
        true
    }

    /// The text that stands as a log's token.
    pub fn token_of(log: &Log) -> Option<&str> {
        let note = log.header.spec.metadata.get(TOKEN_NOTE)?;
        note.strip_prefix('"')?.strip_suffix('"')
    }

    /// The tasks that were tried.
    pub fn tasks(&self) -> BTreeSet<&TaskId> {
        self.attempts.iter().map(|attempt| &attempt.task).collect()
    }

    /// Why the log cannot serve by what it is, whatever the protocol. Attempts that broke or are
    /// missing stand in the way unless they are to be counted both ways.
    pub fn flaws(&self, gaps: Gaps) -> Vec<Why> {
        let codes = self.findings.keys().copied().filter(|code| code.bars_use());
        let codes = codes.filter(|code| *code != Code::Incomplete).map(Why::Log);
        let by_gateway = self.account.is_some_and(|account| !account.agrees());
        let codes = codes.chain(by_gateway.then_some(Why::Log(Code::UsageMismatch)));
        let ended = self.status == Status::Success && !self.attempts.is_empty();
        let gone = |attempt: &Attempt| matches!(attempt.class, Class::Missing | Class::InfraError);
        let gaps_only = ended && self.attempts.iter().any(gone);
        let whole = match gaps {
            Gaps::Refused => self.complete && !self.findings.contains_key(&Code::Incomplete),
            Gaps::Counted => ended && (self.complete || gaps_only),
        };
        codes.chain((!whole).then_some(Why::Log(Code::Incomplete))).collect()
    }

    /// Why the log is not one of a run as the protocol fixes it. Tasks and attempts are looked at
    /// where logs are put in their places.
    pub fn strays(&self, terms: &Terms) -> Vec<Why> {
        let mut strays: Vec<Why> =
            self.other_limits(terms).into_iter().map(Why::OtherLimits).collect();
        for (name, value) in &terms.conditions {
            if self.condition(name).as_deref() != Some(value) {
                strays.push(Why::OtherConditions(name.clone()));
            }
        }
        if terms.statistic.score == Score::MeanSteps && !self.tells_steps() {
            strays.push(Why::NoSteps);
        }
        strays
    }

    /// Whether every attempt that says something says how far it came: to the end where it passed
    /// and only there, at each task of as many steps.
    fn tells_steps(&self) -> bool {
        let mut lengths: BTreeMap<&TaskId, u32> = BTreeMap::new();
        self.attempts.iter().filter(|one| one.class.evidence() != Evidence::Nothing).all(|one| {
            let Some(steps) = one.steps else { return false };
            // By what was scored: an edit that calls it cheated may have turned the score.
            let is_as_scored = steps.is_complete() == (one.as_scored() == Class::Pass);
            is_as_scored && *lengths.entry(&one.task).or_insert(steps.of()) == steps.of()
        })
    }

    /// How many tokens an attempt had, if that was bounded.
    pub fn token_limit(&self) -> Option<u64> {
        self.conditions.fields.get("token_limit")?.value.parse().ok()
    }

    /// A condition's value as the protocol writes it: a text as it is, anything else as JSON. A
    /// note of whoever started the run counts by its own name.
    fn condition(&self, name: &str) -> Option<String> {
        let fields = &self.conditions.fields;
        let found = fields.get(name).or_else(|| fields.get(&format!("metadata.{name}")));
        let note = || self.notes.get(name).map(String::as_str);
        let value = found.map(|condition| condition.value.as_str()).or_else(note)?;
        Some(plain(value))
    }

    /// Every limit that is not as the protocol fixes it; one that it does not name must not bind.
    fn other_limits(&self, terms: &Terms) -> Vec<&'static str> {
        let budgets = &terms.budgets;
        let whole = |count: Option<super::decimal::Count>| count.map(|count| count.0 as f64);
        let cost = budgets.cost_micros.map(|micros| micros.0 as f64 / 1e6);
        let named = [
            ("token_limit", whole(budgets.tokens)),
            ("turn_limit", whole(budgets.turns)),
            ("time_limit", whole(budgets.wall_seconds)),
            ("working_limit", whole(budgets.working_seconds)),
            ("cost_limit", cost),
            ("message_limit", None),
        ];
        let mut others = Vec::new();
        for (name, expected) in named {
            let by_condition = terms.conditions.contains_key(name);
            let limit = self.conditions.fields.get(name);
            let limit = limit.map(|one| one.value.parse().unwrap_or(f64::NAN));
            if !by_condition && limit != expected {
                others.push(name);
            }
        }
        let kind = self.condition("token_limit_type").unwrap_or_else(|| ALL_TOKENS.to_owned());
        if budgets.token_kind.as_ref().is_some_and(|expected| *expected != kind) {
            others.push("token_limit_type");
        }
        let handed_in = self.condition("attempts").and_then(|text| text.parse::<u64>().ok());
        if budgets.submissions.is_some_and(|count| handed_in != Some(count.0)) {
            others.push("attempts");
        }
        others
    }
}

/// Which tokens a limit counts where the log names no kind.
const ALL_TOKENS: &str = "all";

/// A JSON text without its quotes where it needs no escapes; anything else as it stands.
fn plain(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains(['"', '\\']) => inner.to_owned(),
        Some(_) | None => value.to_owned(),
    }
}

/// What is done about planned attempts that broke or are missing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Gaps {
    /// The log is refused.
    #[default]
    Refused,
    /// They are counted as failed and as passed, and an outcome must be the same under both.
    Counted,
}

/// Why a log is not taken.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Why {
    /// By what it is.
    Log(Code),
    /// It carries no token.
    NoToken,
    /// Its token was not given out under this protocol.
    ForeignToken,
    /// Its token came with another log before.
    ReusedToken,
    /// It began before the protocol was sealed or its token given out, or does not say when.
    EarlyRun,
    /// It begins after now.
    FutureRun,
    /// The protocol was not in force when it began.
    NotInForce,
    /// It ran other tasks than a battery of the protocol has.
    OtherTasks,
    /// It made another number of attempts, or one more look than was planned.
    OtherAttempts,
    /// A limit is another one; which.
    OtherLimits(&'static str),
    /// A condition is another one; which.
    OtherConditions(String),
    /// It does not say of every attempt how many steps it reached, or not without contradiction.
    NoSteps,
    /// Neither the protocol nor the log says of some task which family it is of, and the rule
    /// counts families.
    NoFamily,
    /// It is about another model than the logs before it.
    OtherModel,
    /// It notes that the files of its battery are others than the sealed ones.
    OtherBattery,
    /// It is not what it was handed in for: no sealed budget, no other scaffold.
    OtherPurpose,
    /// A battery has no log of what this one was handed in for.
    NotWhole,
    /// The same log is there twice.
    Twice,
}

impl Why {
    /// The reason's word.
    pub fn word(&self) -> &'static str {
        match self {
            Why::Log(code) => code.word(),
            Why::NoToken => "no_token",
            Why::ForeignToken => "foreign_token",
            Why::ReusedToken => "reused_token",
            Why::EarlyRun => "early_run",
            Why::FutureRun => "future_run",
            Why::NotInForce => "not_in_force",
            Why::OtherTasks => "other_tasks",
            Why::OtherAttempts => "other_attempts",
            Why::OtherLimits(_) => "other_limits",
            Why::OtherConditions(_) => "other_conditions",
            Why::NoSteps => "no_steps",
            Why::NoFamily => "no_family",
            Why::OtherModel => "other_model",
            Why::OtherBattery => "other_battery",
            Why::OtherPurpose => "other_purpose",
            Why::NotWhole => "not_whole",
            Why::Twice => "same_log_twice",
        }
    }

    /// Which limit or condition it is about.
    pub fn about(&self) -> Option<&str> {
        match self {
            Why::OtherLimits(name) => Some(name),
            Why::OtherConditions(name) => Some(name),
            Why::Log(_)
            | Why::NoToken
            | Why::ForeignToken
            | Why::ReusedToken
            | Why::EarlyRun
            | Why::FutureRun
            | Why::NotInForce
            | Why::OtherTasks
            | Why::OtherAttempts
            | Why::NoSteps
            | Why::NoFamily
            | Why::OtherModel
            | Why::OtherBattery
            | Why::OtherPurpose
            | Why::NotWhole
            | Why::Twice => None,
        }
    }
}

/// Why one of the logs is not taken.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Objection {
    /// Which log, by its place among those given.
    pub run: usize,
    /// Why.
    pub why: Why,
}

#[cfg(test)]
mod tests;
