//! A determination: every planned attempt in one table, and what the sealed rule finds in it.
//!
//! The table names tasks and families by number only, and each attempt by its class. All else
//! (figures, grade, outcome) is a function of the table, the protocol and the checklist, so whoever
//! has these three computes it again, bit for bit, with or without the logs (FRONTIER 3, F25). What
//! an official thinks of the outcome is not here: it changes nothing.

mod ranges;
mod verdict;

pub use ranges::Range;
pub use verdict::{Tally, Unfounded, Verdict};

use super::attempt::{Attempt, Class, Steps, TaskId, is_not};
use super::battery::{Battery, Profile, Task};
use super::decimal::Decimal;
use super::decision::Look;
use super::protocol::{Domain, Exclusion, Protocol, Score, TaskTerms, Terms};
use super::reducer::SOLVED;
use super::review::Opinion;
use super::run::{Placing, Run};
use crate::digest::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::{BTreeMap, BTreeSet};

/// The largest whole number that every reader of JSON keeps exact (RFC 7493); a count of tokens
/// above it is cut to it.
pub const COUNT_MAX: u64 = (1 << 53) - 1;

/// A number of floating point as a text that reads back as the same bits, in the fewest digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure(pub f64);

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Figure, D::Error> {
        let text = String::deserialize(from)?;
        let number: Option<f64> = text.parse().ok();
        let number = number.filter(|number| number.is_finite() && number.to_string() == text);
        number.map(Figure).ok_or_else(|| de::Error::custom("a figure has one spelling"))
    }
}

/// One planned attempt, as it counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// The log that it is in, by its place among the logs.
    pub log: u32,
    /// Which try at the task, from 1.
    pub epoch: u32,
    /// Its class by the log; broken where it was started again more often than the protocol allows,
    /// unscored where its score was turned after the run, by the original score where an edit calls
    /// it cheated.
    pub class: Class,
    /// Its class after people looked, where that is another one: unscored where an edit alone calls
    /// a success cheated, and no review says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Class>,
    /// The tokens that were spent on it.
    pub tokens: u64,
    /// How often it was started again after the machinery broke.
    pub retries: u32,
    /// How far it came, where the protocol counts steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
    /// Whether it ran under a limit that its task set, and not under the sealed one.
    #[serde(default, skip_serializing_if = "is_not")]
    pub own_limit: bool,
}

/// One task: which it is stays in the protocol, whose order the rows have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The battery, by its place in the protocol.
    pub battery: u32,
    /// The family, by its place among the families' names.
    pub family: u32,
    /// How long people take for it, in minutes; none where nobody says.
    pub minutes: Option<Figure>,
    /// How much it weighs.
    pub weight: Decimal,
    /// Its attempts, the first look's first.
    pub tried: Vec<Tried>,
    /// By which of the protocol's reasons it is left out, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<Exclusion>,
}

/// Every attempt of a determination.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What each battery measures.
    pub domains: Vec<Domain>,
    /// Where each log belongs.
    pub places: Vec<Placing>,
    /// The tasks, in the protocol's order.
    pub rows: Vec<Row>,
}

/// By which classes attempts are counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reading {
    /// As the harness scored them, every task.
    Scored,
    /// With what was confirmed to be cheated counted as failed, and without the tasks that are left
    /// out.
    Clean,
}

/// An attempt, wherever it is named: its log, its task, and which try at it.
pub type Place = (Digest, TaskId, u32);

impl Tried {
    /// Its class in a reading.
    pub fn class_in(&self, reading: Reading) -> Class {
        match reading {
            Reading::Scored => self.class,
            Reading::Clean => self.reviewed.unwrap_or(self.class),
        }
    }
}

impl Table {
    /// Puts the attempts of all logs into one table. `reviewed` is what the review for cheating
    /// holds of attempts.
    pub fn of(
        protocol: &Protocol,
        runs: &[Run],
        places: &[Placing],
        reviewed: &BTreeMap<Place, Opinion>,
    ) -> Table {
        let terms = protocol.terms();
        let profiles: Vec<Profile> = profiles(terms, runs, places);
        let names: BTreeSet<&str> =
            profiles.iter().filter_map(|profile| profile.family.as_deref()).collect();
        let numbers: BTreeMap<&str, u32> = names.into_iter().zip(0..).collect();
        let tried = Tries::of(runs, places, terms.statistic.score);
        let row = |(task, profile): (&TaskTerms, &Profile)| {
            let battery = battery_of(terms, task);
            let family = profile.family.as_deref().and_then(|name| numbers.get(name));
            Row {
                battery: battery as u32,
                family: family.copied().unwrap_or_default(),
                minutes: profile.minutes.map(Figure),
                weight: task.weight.clone(),
                excluded: None,
                tried: tried.at(battery, &task.id, terms.missing.reruns_max.0, reviewed),
            }
        };
        Table {
            domains: terms.batteries.iter().map(|battery| battery.domain).collect(),
            places: places.to_vec(),
            rows: terms.tasks.iter().zip(&profiles).map(row).collect(),
        }
    }

    /// The same with tasks left out, each for the reason at its place.
    pub fn excluding(mut self, excluded: &BTreeMap<usize, Exclusion>) -> Table {
        for (place, row) in self.rows.iter_mut().enumerate() {
            row.excluded = excluded.get(&place).copied();
        }
        self
    }

    /// The battery of a part (one domain, or everything), by the attempts up to a look.
    pub fn battery(&self, part: Option<Domain>, look: Look, reading: Reading) -> Battery {
        let within = |row: &Row| {
            let domain = self.domains.get(row.battery as usize).copied();
            row.counts_in(reading) && (part.is_none() || domain == part)
        };
        let rows = (0..).zip(&self.rows).filter(|(_, row)| within(row));
        Battery { tasks: rows.map(|(number, row)| self.task(number, row, look, reading)).collect() }
    }

    fn task(&self, number: i64, row: &Row, look: Look, reading: Reading) -> Task {
        let profile = Profile {
            // The order of the names is that of the numbers, since sums are taken in it.
            family: Some(format!("{:08}", row.family)),
            minutes: row.minutes.map(|minutes| minutes.0),
            weight: Some(row.weight.nearest()),
        };
        let id = TaskId::Number(number);
        let of_look = self.up_to(row, look);
        let attempts: Vec<Attempt> = of_look.map(|tried| attempt(&id, tried, reading)).collect();
        let battery = Battery::of(&attempts, &BTreeMap::from([(id.clone(), profile.clone())]));
        battery.tasks.into_iter().next().unwrap_or_else(|| Task::untried(&id, &profile))
    }

    /// The attempts at a task up to a look.
    fn up_to<'a>(&'a self, row: &'a Row, look: Look) -> impl Iterator<Item = &'a Tried> {
        let within = move |tried: &&Tried| {
            let place = self.places.get(tried.log as usize);
            match look {
                Look::First => place.is_some_and(|place| place.look == Look::First),
                Look::Second => place.is_some(),
            }
        };
        row.tried.iter().filter(within)
    }

    /// Whether it has the tasks of a protocol as it weighs them, each tried as often as it plans by
    /// the last look that there are logs of.
    pub fn is_planned(&self, protocol: &Protocol) -> bool {
        let terms = protocol.terms();
        let more = terms.extension.as_ref().map(|extension| extension.attempts_more.0);
        let is_second = self.places.iter().any(|place| place.look == Look::Second);
        let all = terms.attempts.0.saturating_add(more.filter(|_| is_second).unwrap_or_default());
        let count = |row: &Row, look: Look| self.up_to(row, look).count() as u64;
        let is_row = |(row, task): (&Row, &TaskTerms)| {
            row.battery as usize == battery_of(terms, task)
                && row.weight == task.weight
                && count(row, Look::First) == terms.attempts.0
                && count(row, Look::Second) == all
                && row.tried.len() as u64 == all
        };
        self.rows.len() == terms.tasks.len()
            && self.domains.iter().eq(terms.batteries.iter().map(|battery| &battery.domain))
            && self.rows.iter().zip(&terms.tasks).all(is_row)
    }

    /// Every attempt.
    pub fn tried(&self) -> impl Iterator<Item = &Tried> {
        self.rows.iter().flat_map(|row| &row.tried)
    }

    /// Whether people found any attempt to be other than its log says, or left a task out.
    pub fn is_reviewed(&self) -> bool {
        self.rows.iter().any(|row| row.excluded.is_some())
            || self.tried().any(|tried| tried.reviewed.is_some())
    }
}

impl Row {
    /// Whether it counts in a reading.
    pub fn counts_in(&self, reading: Reading) -> bool {
        match reading {
            Reading::Scored => true,
            Reading::Clean => self.excluded.is_none(),
        }
    }
}

fn attempt(task: &TaskId, tried: &Tried, reading: Reading) -> Attempt {
    Attempt {
        task: task.clone(),
        epoch: tried.epoch,
        class: tried.class_in(reading),
        value: None,
        original: None,
        tokens: tried.tokens,
        retries: tried.retries,
        steps: tried.steps,
        scored: None,
        own_limit: tried.own_limit,
    }
}

fn battery_of(terms: &Terms, task: &TaskTerms) -> usize {
    let place = terms.batteries.iter().position(|battery| battery.name == task.battery);
    place.unwrap_or_default()
}

/// What is known of each task: by the protocol, or else by the first log of its battery that says
/// it. A task without a family is one by itself.
fn profiles(terms: &Terms, runs: &[Run], places: &[Placing]) -> Vec<Profile> {
    let of = |task: &TaskTerms| {
        let battery = battery_of(terms, task);
        let logs = runs.iter().zip(places).filter(|(_, place)| place.battery == battery);
        let told: Vec<&Profile> = logs.filter_map(|(run, _)| run.profiles.get(&task.id)).collect();
        let own = || format!("{}/{}:{}", task.battery, task.id.kind(), task.id);
        let family = task.family.clone();
        let family = family.or_else(|| told.iter().find_map(|profile| profile.family.clone()));
        let minutes = task.minutes.as_ref().map(Decimal::nearest);
        Profile {
            family: Some(family.unwrap_or_else(own)),
            minutes: minutes.or_else(|| told.iter().find_map(|profile| profile.minutes)),
            weight: None,
        }
    };
    terms.tasks.iter().map(of).collect()
}

/// The class by which an attempt counts, and the one after people looked, where that is another.
///
/// What was started again too often says nothing, nor does what somebody scored the other way after
/// the run. An edit that calls a success cheated is one person's word: with a review that says so
/// it is a failure, with one that says otherwise a success, and without one it may help neither
/// side. Where nothing had succeeded, such an edit takes nothing away and changes nothing.
fn counted(attempt: &Attempt, reruns_max: u64, opinion: Option<Opinion>) -> (Class, Option<Class>) {
    let (class, scored) = (attempt.class, attempt.as_scored());
    if u64::from(attempt.retries) > reruns_max {
        return (Class::InfraError, None);
    }
    let is_marked = class == Class::CheatingConfirmed;
    if !is_marked && is_turned(attempt) {
        return (Class::Unscored, None);
    }
    let reviewed = match opinion.filter(|_| scored == Class::Pass) {
        Some(Opinion::Cheating) => Some(Class::CheatingConfirmed),
        Some(Opinion::Clean) => None,
        Some(Opinion::Unclear) | None => {
            (is_marked && scored == Class::Pass).then_some(Class::Unscored)
        }
    };
    (scored, reviewed)
}

/// Whether an edit made another thing of an attempt than its scorers did.
fn is_turned(attempt: &Attempt) -> bool {
    let solved = |value: Option<f64>| value.is_some_and(|value| value >= SOLVED);
    let is_other = attempt.original.is_some() && solved(attempt.original) != solved(attempt.value);
    is_other || attempt.as_scored().evidence() != attempt.class.evidence()
}

/// Attempts by battery and task.
struct Tries<'a> {
    by_task: BTreeMap<(usize, &'a TaskId), Vec<Try<'a>>>,
    /// Whether steps are counted.
    score: Score,
}

/// An attempt with its look, the number of its log, and that log's digest.
type Try<'a> = (Look, u32, Digest, &'a Attempt);

impl<'a> Tries<'a> {
    fn of(runs: &'a [Run], places: &[Placing], score: Score) -> Tries<'a> {
        let mut by_task: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((run, place), log) in runs.iter().zip(places).zip(0..) {
            for attempt in &run.attempts {
                let tries = by_task.entry((place.battery, &attempt.task)).or_default();
                tries.push((place.look, log, run.log, attempt));
            }
        }
        for tries in by_task.values_mut() {
            tries.sort_by_key(|(look, log, _, attempt)| {
                (*look == Look::Second, *log, attempt.epoch)
            });
        }
        Tries { by_task, score }
    }

    fn at(
        &self,
        battery: usize,
        task: &TaskId,
        reruns_max: u64,
        reviewed: &BTreeMap<Place, Opinion>,
    ) -> Vec<Tried> {
        let tries = self.by_task.get(&(battery, task)).map(Vec::as_slice).unwrap_or_default();
        let tried = |(_, log, digest, attempt): &Try<'_>| {
            let opinion = reviewed.get(&(*digest, task.clone(), attempt.epoch)).copied();
            let (class, reviewed) = counted(attempt, reruns_max, opinion);
            Tried {
                log: *log,
                epoch: attempt.epoch,
                class,
                reviewed,
                tokens: attempt.tokens.min(COUNT_MAX),
                retries: attempt.retries,
                steps: match self.score {
                    Score::WeightedMean => None,
                    Score::MeanSteps => attempt.steps,
                },
                own_limit: attempt.own_limit,
            }
        };
        tries.iter().map(tried).collect()
    }
}

#[cfg(test)]
mod tests;
