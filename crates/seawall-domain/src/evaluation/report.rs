//! A log's report: every attempt with its class, what the scores add up to, and what is to be said.
//!
//! Nothing is taken over from the log's header or summaries; they are compared with what the
//! attempts give, and where they say something else that is a finding.

mod claims;
mod estimates;
mod notes;
mod summaries;

use super::attempt::{Attempt, Class, Steps, TaskId};
use super::classify::{classify, scored};
use super::conditions::Conditions;
use super::finding::{self, Code, Finding};
use super::log::{Log, Observation, Status, Usage};
use super::statistics::range::STEPS_MAX;
use super::value::{Given, Scalar};
use super::word::Word;
use serde::Serialize;
use std::collections::BTreeSet;

/// How many attempts a log may plan; the largest known have some 200,000.
pub const PLANNED_MAX: usize = 2_000_000;

/// The field of a sample's metadata that names its family where the log names no other.
pub const FAMILY_FIELD: &str = "task_family";

/// What a log comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How the run ended, by its own word.
    pub status: Status,
    /// Whether the run ended well and every planned attempt is there and was not broken.
    pub complete: bool,
    /// How many tasks there are.
    pub tasks: usize,
    /// Every attempt: those planned in the plan's order, then any others.
    pub attempts: Vec<Attempt>,
    /// The scores by name, the first scorer's first.
    pub scores: Vec<Estimate>,
    /// What is to be said beside the numbers.
    pub findings: Vec<Finding>,
    /// What was spent on all attempts that are in the log.
    pub usage: Usage,
}

/// What the attempts come to by one scorer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The scorer's name, or that of one of its values; with `/reducer` where that is not the mean.
    #[serde(skip)]
    pub name: String,
    /// The mean over tasks of what their attempts come to; tasks without a score are left out.
    pub mean: Option<f64>,
    /// The standard error of that mean by the central limit theorem; none below two tasks.
    pub stderr: Option<f64>,
    /// The same, clustered by family; none below two families, or where a task has none.
    pub stderr_clustered: Option<f64>,
    /// The mean over all planned tasks if every attempt whose outcome is not known had failed, and
    /// if it had succeeded; none where scores leave the range from 0 to 1.
    pub bounds: Option<[f64; 2]>,
}

impl Report {
    /// Makes the report of a log.
    pub fn of(log: &Log) -> Report {
        let settled = Settled::of(log);
        let columns = Column::all(log, &settled);
        // What takes room for every attempt is not there at one time.
        let claims = claims::compare(log, &settled);
        let summaries = summaries::compare(log, &settled);
        let attempts = settled.attempts(columns.first(), &log.header.conditions);
        let mut findings = log.findings.clone();
        findings.extend(notes::of(log, &settled, &attempts));
        findings.extend(claims);
        findings.extend(summaries);
        let gone = |attempt: &Attempt| matches!(attempt.class, Class::Missing | Class::InfraError);
        Report {
            status: log.header.status.clone(),
            complete: log.header.status == Status::Success
                && !attempts.is_empty()
                && !attempts.iter().any(gone)
                && !settled.is_short(log),
            tasks: settled.tasks.len(),
            scores: estimates::of(log, &settled, &columns, &attempts),
            findings: finding::cut(findings),
            usage: settled.kept.iter().fold(Usage::default(), |sum, one| sum.plus(one.usage)),
            attempts,
        }
    }

    /// Whether the log can serve a determination as it is: it is complete, and nothing in it
    /// contradicts itself.
    pub fn can_serve(&self) -> bool {
        self.complete && !self.findings.iter().any(|finding| finding.code.bars_use())
    }
}

/// The attempts of a log: of those that are told more than once, the last.
struct Settled<'a> {
    /// The tasks in order: as planned, then others that were met.
    tasks: Vec<&'a TaskId>,
    /// How many of them were planned.
    planned_tasks: usize,
    /// The planned attempts at each task.
    epochs: u32,
    /// The last observation of each attempt, in the log's order.
    kept: Vec<&'a Observation>,
    /// The same in the order of task and epoch.
    by_key: Vec<&'a Observation>,
    /// Earlier observations of the same attempts.
    superseded: Vec<&'a Observation>,
}

impl<'a> Settled<'a> {
    fn of(log: &'a Log) -> Settled<'a> {
        let seen = &log.observations;
        let key = |place: &u32| seen.get(*place as usize).map(Observation::key);
        let mut order: Vec<u32> = (0..).take(seen.len()).collect();
        order.sort_unstable_by(|one, other| key(one).cmp(&key(other)).then(one.cmp(other)));
        let mut counts = vec![false; seen.len()];
        for same in order.chunk_by(|one, other| key(one) == key(other)) {
            let last = same.last().and_then(|place| counts.get_mut(*place as usize));
            last.into_iter().for_each(|counts| *counts = true);
        }
        order.retain(|place| counts.get(*place as usize).is_some_and(|counts| *counts));
        let by_key: Vec<&Observation> =
            order.iter().filter_map(|place| seen.get(*place as usize)).collect();
        drop(order);
        let mut kept = Vec::with_capacity(by_key.len());
        kept.extend(seen.iter().zip(&counts).filter(|(_, counts)| **counts).map(|(one, _)| one));
        let others = seen.iter().zip(&counts).rev().filter(|(_, counts)| !**counts);
        let superseded = others.map(|(one, _)| one).collect();
        let spec = &log.header.spec;
        let mut known: BTreeSet<&TaskId> = BTreeSet::new();
        let planned = spec.tasks.iter().flat_map(|tasks| tasks.iter());
        let mut tasks: Vec<&TaskId> = planned.filter(|task| known.insert(task)).collect();
        let planned_tasks = tasks.len();
        tasks.extend(kept.iter().map(|one| &one.task).filter(|task| known.insert(task)));
        let planned_tasks = if spec.tasks.is_some() { planned_tasks } else { tasks.len() };
        let fits = tasks.len().checked_mul(spec.epochs as usize).is_some_and(|n| n <= PLANNED_MAX);
        let epochs = if fits { spec.epochs } else { 0 };
        Settled { tasks, planned_tasks, epochs, kept, by_key, superseded }
    }

    /// How many attempts were planned.
    fn planned(&self) -> usize {
        self.planned_tasks.saturating_mul(self.epochs as usize)
    }

    /// Whether the log plans more attempts than can be listed here.
    fn is_too_long(&self, log: &Log) -> bool {
        self.epochs != log.header.spec.epochs
    }

    /// Whether the log says that there are more tasks than it lists or holds.
    fn is_short(&self, log: &Log) -> bool {
        let size = log.header.spec.size.unwrap_or(0);
        self.is_too_long(log) || (log.header.spec.tasks.is_none() && size > self.tasks.len() as u64)
    }

    /// Whether two of the tasks have ids that differ only in their types.
    fn tasks_look_alike(&self) -> bool {
        let number = |task: &&&TaskId| matches!(task, TaskId::Number(_));
        let texts: BTreeSet<String> =
            self.tasks.iter().filter(number).map(|task| task.to_string()).collect();
        let alike = |task: &TaskId| matches!(task, TaskId::Text(text) if texts.contains(&**text));
        self.tasks.iter().any(|task| alike(task))
    }

    /// The observation of an attempt.
    fn get(&self, task: &TaskId, epoch: u32) -> Option<&'a Observation> {
        let place = self.by_key.binary_search_by(|one| one.key().cmp(&(task, epoch)));
        place.ok().and_then(|place| self.by_key.get(place)).copied()
    }

    /// Whether an attempt was planned.
    fn is_planned(&self, place: usize, epoch: u32) -> bool {
        place < self.planned_tasks && (1..=self.epochs).contains(&epoch)
    }

    /// Every attempt with its class, by what the first column says.
    fn attempts(&self, column: Option<&Column>, conditions: &Conditions) -> Vec<Attempt> {
        let attempt = |task: &TaskId, epoch: u32, seen: Option<&Observation>| {
            let own = seen.is_some_and(|seen| !seen.own_limits(conditions).is_empty());
            Attempt { own_limit: own, ..attempt(task, epoch, seen, column) }
        };
        let mut attempts = Vec::with_capacity(self.planned().max(self.kept.len()));
        for (place, task) in self.tasks.iter().enumerate() {
            if place < self.planned_tasks {
                let epochs = 1..=self.epochs;
                attempts.extend(epochs.map(|n| attempt(task, n, self.get(task, n))));
            }
            let start = self.by_key.partition_point(|one| one.task < **task);
            let others = self.by_key.iter().skip(start).take_while(|one| one.task == **task);
            let others = others.filter(|one| !self.is_planned(place, one.epoch));
            attempts.extend(others.map(|one| attempt(task, one.epoch, Some(one))));
        }
        attempts
    }
}

fn attempt(
    task: &TaskId,
    epoch: u32,
    seen: Option<&Observation>,
    column: Option<&Column>,
) -> Attempt {
    let score = column.zip(seen).and_then(|(column, seen)| {
        Some((column, seen.scores.iter().find(|score| score.scorer == column.scorer)?))
    });
    let number = |column: &Column, given: &Given| column.of(given).and_then(Scalar::number);
    let value = score.and_then(|(column, score)| number(column, &score.value));
    let original = score.and_then(|(column, score)| number(column, score.original()?));
    let is_edited = |seen: &&Observation| seen.scores.iter().any(|score| !score.edits().is_empty());
    let by_scorers = |seen: &Observation| {
        let given = score.and_then(|(column, score)| number(column, score.given()?));
        scored(seen, given)
    };
    Attempt {
        task: task.clone(),
        epoch,
        class: classify(seen, value),
        scored: seen.filter(is_edited).map(by_scorers),
        value,
        original,
        tokens: seen.map_or(0, |seen| seen.usage.total),
        retries: seen.map_or(0, |seen| seen.retries),
        steps: seen.and_then(steps),
        own_limit: false,
    }
}

/// The values by which a scorer says how far an attempt came, and how far it could.
const STEPS_REACHED: &str = "steps_reached";
const STEPS_TOTAL: &str = "steps_total";

/// How far an attempt came, by the first scorer that names both values. What somebody changed after
/// the run counts as not told.
fn steps(seen: &Observation) -> Option<Steps> {
    let told = |given: &Given| {
        let whole = |key: &str| {
            let number = given.part(Some(key)).and_then(Scalar::number)?;
            let fits = (0.0..=f64::from(STEPS_MAX)).contains(&number) && number.fract() == 0.0;
            fits.then_some(number as u32)
        };
        Steps::new(whole(STEPS_REACHED)?, whole(STEPS_TOTAL)?)
    };
    let (score, steps) = seen.scores.iter().find_map(|score| Some((score, told(&score.value)?)))?;
    let is_changed = score.original().is_some_and(|given| told(given) != Some(steps));
    (!is_changed).then_some(steps)
}

/// One score: a scorer, or one of the values that it names.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Column {
    scorer: Word,
    key: Option<String>,
}

/// How many scores of a log are looked at.
const COLUMNS_MAX: usize = 200;

impl Column {
    /// The scores of a log: scorers as they were planned, their values as they are met.
    fn all(log: &Log, settled: &Settled<'_>) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        let mut add = |scorer: &str, key: Option<&str>| {
            let known = columns
                .iter()
                .any(|column| column.scorer == *scorer && column.key.as_deref() == key);
            if !known && columns.len() < COLUMNS_MAX {
                columns.push(Column { scorer: scorer.into(), key: key.map(str::to_owned) });
            }
        };
        for score in settled.kept.iter().flat_map(|seen| &seen.scores) {
            match &score.value {
                Given::One(value) if value.is_unscored() => {}
                Given::One(_) | Given::List(_) => add(&score.scorer, None),
                Given::Named(parts) => parts.iter().for_each(|(key, _)| {
                    add(&score.scorer, Some(key));
                }),
            }
        }
        // A scorer that never gave anything is a score all the same.
        for score in settled.kept.iter().flat_map(|seen| &seen.scores) {
            if !columns.iter().any(|column| column.scorer == score.scorer) {
                columns.push(Column { scorer: score.scorer.clone(), key: None });
            }
        }
        columns.truncate(COLUMNS_MAX);
        let planned = &log.header.spec.scorers;
        columns.sort_by_key(|column| {
            planned.iter().position(|name| column.scorer == **name).unwrap_or(planned.len())
        });
        columns
    }

    /// What the scorer gave in this column.
    fn of<'g>(&self, given: &'g Given) -> Option<&'g Scalar> {
        given.part(self.key.as_deref())
    }

    /// The name, with the scorer's where the value's alone would be that of another column too.
    fn name(&self, among: &[Column]) -> String {
        let plain = |column: &Column| column.key.as_deref().unwrap_or(&column.scorer).to_owned();
        let name = plain(self);
        let alike = among.iter().filter(|column| plain(column) == name).count();
        match &self.key {
            Some(key) if alike > 1 => format!("{}/{key}", self.scorer),
            Some(_) | None => name,
        }
    }
}

/// A task in words: a number as it is, a text in backticks.
fn told(task: &TaskId) -> String {
    match task {
        TaskId::Number(number) => number.to_string(),
        TaskId::Text(text) => finding::quote(text),
    }
}

/// A finding about one attempt.
fn about(code: Code, task: &TaskId, epoch: u32, what: &str) -> Finding {
    Finding::new(code, format!("task {} epoch {epoch}: {what}", told(task)))
}

#[cfg(test)]
mod tests;
