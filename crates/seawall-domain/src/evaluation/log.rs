//! What a log of an evaluation tells, as values: nothing of it is believed here.
//!
//! An [`Observation`] is what the log holds about one attempt. Everything that the log says about
//! itself as a whole (its header, summaries, reductions) is a claim, kept apart from the
//! observations and compared with them in [`super::report`].

use super::attempt::{LimitKind, TaskId};
use super::battery::Profile;
use super::conditions::Conditions;
use super::finding::Finding;
use super::value::{Given, Scalar};
use super::word::Word;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// By how many fields of samples' metadata a log may cluster; more of them are not looked at.
pub const FIELDS_MAX: usize = 16;

/// The setting of a run that bounds generations.
const TURNS: &str = "turn_limit";

/// A log as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// What it says of the run as a whole.
    pub header: Header,
    /// What it holds about attempts, in its own order; of one attempt the last counts.
    pub observations: Vec<Observation>,
    /// What its summaries say of the attempts; none where it has no summaries.
    pub summaries: Option<Vec<Summary>>,
    /// What it says the attempts at each task come to; none where it says nothing.
    pub reductions: Option<Vec<Reduction>>,
    /// What the reader found wrong with its shape.
    pub findings: Vec<Finding>,
}

impl Header {
    /// The fields of samples' metadata by which it clusters standard errors, and no more of them
    /// than [`FIELDS_MAX`].
    pub fn clusters(&self) -> BTreeSet<&str> {
        let claims = self.results.iter().flat_map(|results| &results.claims);
        let claimed = claims.flat_map(|claim| &claim.metrics);
        let claimed = claimed.filter_map(|metric| metric.cluster.as_deref());
        let planned = [Some(&self.spec), self.started_as.as_ref()].into_iter().flatten();
        let planned = planned.filter_map(|spec| spec.cluster.as_deref());
        let mut fields = BTreeSet::new();
        for field in planned.chain(claimed) {
            if fields.len() < FIELDS_MAX {
                fields.insert(field);
            }
        }
        fields
    }
}

impl Log {
    /// What is known of the tasks, from the members `family` and `minutes` of their metadata. The
    /// first attempt that says it counts.
    pub fn profiles(&self, family: &str, minutes: &str) -> BTreeMap<TaskId, Profile> {
        let mut profiles: BTreeMap<TaskId, Profile> = BTreeMap::new();
        for observation in &self.observations {
            let profile = profiles.entry(observation.task.clone()).or_default();
            if profile.family.is_none() {
                profile.family = observation.cluster(family).map(Cow::into_owned);
            }
            if profile.minutes.is_none() {
                let told = observation.fact(minutes).and_then(Scalar::number);
                profile.minutes = told.filter(|minutes| *minutes > 0.0);
            }
        }
        profiles
    }
}

/// How a run ended, by its own word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// It began, and the log says nothing of its end.
    Started,
    /// It ended; attempts may still have broken.
    Success,
    /// It was called off.
    Cancelled,
    /// It broke.
    Error,
    /// A word that this edition does not know.
    Unknown(String),
}

impl Status {
    /// The status by its word.
    pub fn of(word: &str) -> Status {
        match word {
            "started" => Status::Started,
            "success" => Status::Success,
            "cancelled" => Status::Cancelled,
            "error" => Status::Error,
            other => Status::Unknown(other.to_owned()),
        }
    }

    /// Its word.
    pub fn word(&self) -> &str {
        match self {
            Status::Started => "started",
            Status::Success => "success",
            Status::Cancelled => "cancelled",
            Status::Error => "error",
            Status::Unknown(word) => word,
        }
    }
}

/// What a log says of the run as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// How it ended.
    pub status: Status,
    /// What was to be done, by the last word on it.
    pub spec: Spec,
    /// What was to be done, as it was written when the run began; none where only the last word is
    /// kept.
    pub started_as: Option<Spec>,
    /// The conditions under which it ended: those of the start with what was changed meanwhile.
    pub conditions: Conditions,
    /// What it says came out.
    pub results: Option<Results>,
    /// The tokens that it says were spent on the whole run; none where it does not tell.
    pub spent: Option<Usage>,
    /// Whether it says that attempts were struck out; none where it does not tell.
    pub invalidated: Option<bool>,
    /// What was changed after the run, or during it: one line of words for each.
    pub updates: Vec<Update>,
}

/// A change of the log's own data, or of the run's limits while it ran.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Update {
    /// What was changed, in words.
    pub what: String,
    /// Who, when and why.
    pub by: Provenance,
}

/// Who changed something, when and why, by their own word.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Provenance {
    /// Who; empty where it is not told.
    pub author: String,
    /// When, as the log writes it.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// What was to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The log's own id of this evaluation.
    pub eval_id: String,
    /// The id of the run that it belongs to.
    pub run_id: String,
    /// When it was made, as the log writes it.
    pub created: String,
    /// The battery's name.
    pub task: String,
    /// The model under test.
    pub model: String,
    /// The tasks; none where the log does not list them.
    pub tasks: Option<Arc<[TaskId]>>,
    /// How many tasks there are; none where the log does not tell.
    pub size: Option<u64>,
    /// How often each was to be tried.
    pub epochs: u32,
    /// The scorers by name, in order.
    pub scorers: Vec<String>,
    /// The field of a sample's metadata by which standard errors are clustered.
    pub cluster: Option<String>,
    /// The reducers by name; an empty list means that attempts are not reduced.
    pub reducers: Option<Vec<String>>,
    /// The conditions under which the run was started.
    pub conditions: Conditions,
    /// What whoever started it noted, each value as JSON.
    pub metadata: BTreeMap<String, String>,
}

/// What a log says came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// How many attempts there were to be.
    pub total: Option<u64>,
    /// How many ended without an error.
    pub completed: Option<u64>,
    /// The scores.
    pub claims: Vec<Claim>,
}

/// A score by its own word.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Its name: the scorer's, or that of one of the scorer's values.
    pub name: String,
    /// The scorer.
    pub scorer: String,
    /// How the attempts at a task are reduced; none is the mean, or no reduction.
    pub reducer: Option<String>,
    /// How many tasks have a score.
    pub scored: Option<u64>,
    /// How many have none.
    pub unscored: Option<u64>,
    /// The metrics.
    pub metrics: Vec<Claimed>,
}

/// A metric by its own word.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The key under which it stands.
    pub key: String,
    /// Which metric.
    pub name: String,
    /// What it says.
    pub value: f64,
    /// The field by which it is clustered.
    pub cluster: Option<String>,
    /// Whether it has parameters beyond that, or is one part of a metric with several values.
    pub special: bool,
}

/// What the attempts at each task come to, by the log's own word.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// The scorer.
    pub scorer: String,
    /// How they were reduced; none is the mean.
    pub reducer: Option<String>,
    /// The tasks with what they come to.
    pub tasks: Vec<(TaskId, Given)>,
}

/// What a log holds about one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The task.
    pub task: TaskId,
    /// Which try at it, from 1.
    pub epoch: u32,
    /// What the scorers gave, in the log's order.
    pub scores: Vec<Score>,
    /// Of the simple members of the sample's metadata those that the reader was asked for.
    pub facts: Arc<[(Arc<str>, Scalar)]>,
    /// What the model's last answer was.
    pub answer: Answer,
    /// What stopped it.
    pub limit: Option<LimitKind>,
    /// The limits that it ran under; none where its log does not tell.
    pub ceilings: Option<Arc<Ceilings>>,
    /// How many generations there were; none where its log does not tell.
    pub turns: Option<u32>,
    /// Whether an error ended it.
    pub broken: bool,
    /// How often it was started again after an error.
    pub retries: u32,
    /// By whom it was struck out.
    pub invalidated: Option<Box<Provenance>>,
    /// The models that answered in place of the one that was asked.
    pub fallbacks: Box<[Fallback]>,
    /// What was spent.
    pub usage: Usage,
}

/// The limits that an attempt ran under, by its own record, and the one that stopped it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ceilings {
    /// Tokens.
    pub tokens: Option<u64>,
    /// Messages.
    pub messages: Option<u64>,
    /// Seconds by the clock.
    pub seconds: Option<u64>,
    /// At how much it was stopped, in the unit of the limit that stopped it.
    pub stopped_at: Option<f64>,
}

impl Observation {
    /// The limits that a task set for itself: each that is not the run's, by its name. What a log
    /// does not tell is no limit of an attempt's own; one that was lifted shows only by turns.
    pub fn own_limits(&self, conditions: &Conditions) -> BTreeSet<&'static str> {
        let of_run = |name: &str| -> Option<f64> {
            conditions.fields.get(name).and_then(|one| one.value.parse().ok())
        };
        let ceilings = self.ceilings.as_deref().copied().unwrap_or_default();
        let told = [
            ("token_limit", ceilings.tokens),
            ("message_limit", ceilings.messages),
            ("time_limit", ceilings.seconds),
        ];
        let whole = told.into_iter().filter_map(|(name, told)| Some((name, told? as f64)));
        let stopped = self.limit.zip(ceilings.stopped_at).and_then(|(kind, at)| {
            let at = Some(at).filter(|at| *at >= 0.0)?;
            Some((kind.setting()?, at))
        });
        let other = whole.chain(stopped).filter(|(name, told)| of_run(name) != Some(*told));
        let mut own: BTreeSet<&'static str> = other.map(|(name, _)| name).collect();
        if self.limit == Some(LimitKind::Custom) {
            own.insert("custom");
        }
        let most = of_run(TURNS);
        if self.turns.zip(most).is_some_and(|(turns, most)| f64::from(turns) > most) {
            own.insert(TURNS);
        }
        own
    }

    /// Which attempt it is about.
    pub fn key(&self) -> (&TaskId, u32) {
        (&self.task, self.epoch)
    }

    /// One of the simple members of the sample's metadata.
    pub fn fact(&self, name: &str) -> Option<&Scalar> {
        self.facts.iter().find(|(key, _)| **key == *name).map(|(_, value)| value)
    }

    /// A member of the metadata as the name of a cluster: a text as it is, a number in figures.
    pub fn cluster(&self, field: &str) -> Option<Cow<'_, str>> {
        match self.fact(field)? {
            Scalar::Text(text) => Some(Cow::Borrowed(text)),
            Scalar::Number(number) if number.is_finite() => Some(Cow::Owned(number.to_string())),
            Scalar::Flag(flag) => Some(Cow::Owned(flag.to_string())),
            Scalar::Number(_) | Scalar::Null => None,
        }
    }

    /// What a scorer gave.
    pub fn score(&self, scorer: &str) -> Option<&Score> {
        self.scores.iter().find(|score| score.scorer == *scorer)
    }
}

/// What one scorer gave for one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The scorer.
    pub scorer: Word,
    /// What it gave, by the last word on it.
    pub value: Given,
    /// What was made of it since; none where nobody touched it.
    pub edited: Option<Box<Edits>>,
    /// Why it is not an ordinary score, by the scorer's word.
    pub cause: Cause,
}

/// What was made of a score after the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// What the scorer gave before anybody edited it; none where nobody did, or where it gave
    /// nothing.
    pub original: Option<Given>,
    /// Who edited it.
    pub by: Vec<Provenance>,
    /// Whether an edit says that people confirmed cheating.
    pub cheated: bool,
}

impl Score {
    /// What the scorer gave before anybody edited it; none where nobody did, or where it gave
    /// nothing.
    pub fn original(&self) -> Option<&Given> {
        self.edited.as_ref()?.original.as_ref()
    }

    /// Who edited it.
    pub fn edits(&self) -> &[Provenance] {
        self.edited.as_ref().map(|edited| edited.by.as_slice()).unwrap_or_default()
    }

    /// Whether an edit says that people confirmed cheating.
    pub fn is_cheated(&self) -> bool {
        self.edited.as_ref().is_some_and(|edited| edited.cheated)
    }

    /// What the scorer gave, whatever was made of it since; none where there was no score before
    /// somebody edited it.
    pub fn given(&self) -> Option<&Given> {
        if self.edits().is_empty() { Some(&self.value) } else { self.original() }
    }
}

/// Why a score is not an ordinary one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Cause {
    /// It is an ordinary one, or for a reason that says nothing about the class.
    #[default]
    None,
    /// The model refused.
    Refusal,
    /// The model said nothing.
    NoResponse,
}

/// What the model's last answer was.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Answer {
    /// The log does not tell.
    #[default]
    NotTold,
    /// The provider's filter stood in for it.
    Filtered,
    /// It was a refusal in words (see [`super::declined`]).
    Declined,
    /// It was empty: no words, and no call of a tool.
    Empty,
    /// It was something else.
    Given,
}

/// Another model answered in place of the one that was asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fallback {
    /// The one that was asked.
    pub asked: String,
    /// The one that answered.
    pub answered: String,
    /// How often.
    pub count: u64,
}

/// Tokens that were spent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Read at the full rate.
    pub input: u64,
    /// Written.
    pub output: u64,
    /// Read from a cache.
    pub cache_read: u64,
    /// Written to a cache.
    pub cache_write: u64,
    /// Written while reasoning; most providers count them among the written.
    pub reasoning: u64,
    /// All together, by the harness's count.
    pub total: u64,
}

impl Usage {
    /// Each count, by the name that a log has for it.
    pub fn kinds(self) -> [(&'static str, u64); 6] {
        [
            ("input_tokens", self.input),
            ("output_tokens", self.output),
            ("input_tokens_cache_read", self.cache_read),
            ("input_tokens_cache_write", self.cache_write),
            ("reasoning_tokens", self.reasoning),
            ("total_tokens", self.total),
        ]
    }

    /// Both together.
    pub fn plus(self, other: Usage) -> Usage {
        Usage {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            reasoning: self.reasoning.saturating_add(other.reasoning),
            total: self.total.saturating_add(other.total),
        }
    }
}

/// What a summary says of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The task.
    pub task: TaskId,
    /// Which try at it.
    pub epoch: u32,
    /// What the scorers gave.
    pub scores: Arc<[(Word, Given)]>,
    /// Whether an error ended it.
    pub broken: bool,
    /// What stopped it.
    pub limit: Option<LimitKind>,
    /// The tokens that were spent; none where it does not tell.
    pub tokens: Option<u64>,
}
