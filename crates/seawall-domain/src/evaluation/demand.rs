//! What must be borne out by files before an ability may be found absent.
//!
//! A protocol names what it asks for. What it asks for and no file shows stands against "not
//! covered" and never against "covered": a shown ability is there, whoever measured it.

use super::protocol::Terms;
use super::run::{Placing, Run};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something that a protocol asks to be shown.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// The program that computes the statistic is the one that was sealed.
    Analyser,
    /// Each run notes the digest of its battery, and it is the sealed one.
    Battery,
    /// Each run notes what its network let out: the log's digest, and how much was denied. Only
    /// where the protocol's condition `network` is `none`.
    Egress,
    /// Two people looked for cheating.
    Review,
    /// The logs were searched for the canaries of every battery's register, and bear out each task
    /// that is left out because one was seen.
    Canary,
}

/// The note in a log's metadata that carries the digest of the battery's files.
pub const BATTERY_NOTE: &str = "seawall_battery";

/// The note that carries the SHA-256 of what the network's guard wrote down.
pub const EGRESS_LOG_NOTE: &str = "egress_log";

/// The note that carries how many connections the network's guard denied.
pub const EGRESS_DENIED_NOTE: &str = "egress_denied";

/// The condition that says which network a run had, and its value for none.
const NETWORK: (&str, &str) = ("network", "none");

/// Whether a battery's files are held to what was sealed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// Every log of it notes the sealed digest.
    AsSealed,
    /// Some log of it notes none, so nothing was compared.
    Unbound,
}

/// What the log of a network's guard shows, as it was read and counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// SHA-256 of its bytes.
    #[serde(rename = "sha256")]
    pub log: Digest,
    /// How many connections it let through.
    pub allowed: u64,
    /// How many it denied.
    pub denied: u64,
}

/// What the logs show of what left their networks.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Egress {
    /// How many connections were denied, in all runs together.
    pub denied: u64,
}

/// What the logs of a determination show of that to which they are bound.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Each battery, in the protocol's order.
    pub batteries: Vec<Binding>,
    /// What left the network; none where some log does not say.
    pub egress: Option<Egress>,
}

/// Whether something was done, or is as it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shown {
    /// It is.
    Yes,
    /// It is not, or nobody can tell.
    No,
}

/// What a search for canaries says of the tasks that are left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sought {
    /// Every battery's register was at hand, and nothing contradicts it.
    Everywhere,
    /// Not every battery's register was at hand.
    Not,
    /// A task is left out because a canary was seen, and the logs show none.
    Contradicts,
}

/// What is shown by other things than the logs' notes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Done {
    /// Whether the program is the sealed one.
    pub analyser: Shown,
    /// Whether two people looked for cheating and signed.
    pub review: Shown,
    /// What a search for canaries says.
    pub canaries: Sought,
}

impl From<bool> for Shown {
    fn from(is: bool) -> Shown {
        if is { Shown::Yes } else { Shown::No }
    }
}

impl Bound {
    /// What the logs show. Where neither the protocol asks for anything nor a log notes anything,
    /// there is nothing to say.
    pub fn of(terms: &Terms, runs: &[Run], places: &[Placing]) -> Option<Bound> {
        let noted =
            runs.iter().any(|run| run.battery_noted().is_some() || run.egress_noted().is_some());
        if terms.statistic.demands.is_empty() && !noted {
            return None;
        }
        let binding = |battery: usize| {
            let mut of_it = runs.iter().zip(places).filter(|(_, place)| place.battery == battery);
            let sealed = terms.batteries.get(battery).map(|battery| battery.digest);
            match of_it.all(|(run, _)| run.battery_noted() == sealed) {
                true => Binding::AsSealed,
                false => Binding::Unbound,
            }
        };
        let denied: Option<u64> = runs
            .iter()
            .map(Run::egress_noted)
            .try_fold(0_u64, |sum, denied| Some(sum.saturating_add(denied?)));
        Some(Bound {
            batteries: (0..terms.batteries.len()).map(binding).collect(),
            egress: denied
                .map(|denied| Egress { denied: denied.min(super::determination::COUNT_MAX) }),
        })
    }

    /// What a protocol asks for and nothing shows, in the order of the demands; and a search for
    /// canaries that contradicts what is left out, whether it was asked for or not.
    pub fn unmet(bound: Option<&Bound>, terms: &Terms, done: Done) -> Vec<Demand> {
        let batteries = bound.is_some_and(|bound| {
            bound.batteries.len() == terms.batteries.len()
                && bound.batteries.iter().all(|it| *it == Binding::AsSealed)
        });
        let cut_off = terms.conditions.get(NETWORK.0).is_some_and(|value| value == NETWORK.1);
        let egress = !cut_off || bound.is_some_and(|bound| bound.egress.is_some());
        let shown = |demand: &Demand| match demand {
            Demand::Analyser => done.analyser,
            Demand::Battery => batteries.into(),
            Demand::Egress => egress.into(),
            Demand::Review => done.review,
            Demand::Canary => (done.canaries == Sought::Everywhere).into(),
        };
        let mut unmet: Vec<Demand> = terms.statistic.demands.clone();
        unmet.retain(|demand| shown(demand) == Shown::No);
        if done.canaries == Sought::Contradicts && !unmet.contains(&Demand::Canary) {
            unmet.push(Demand::Canary);
        }
        unmet.sort();
        unmet
    }
}

impl Run {
    /// The digest of the battery's files, as whoever started the run noted it.
    pub fn battery_noted(&self) -> Option<Digest> {
        self.noted_digest(BATTERY_NOTE)
    }

    /// How many connections were denied: as the guard's log was counted, or else as it is noted;
    /// none unless the log of the network's guard is named too.
    pub fn egress_noted(&self) -> Option<u64> {
        self.guard.map(|guard| guard.denied).or_else(|| self.guard_noted().map(|(_, it)| it))
    }

    /// The digest of the guard's log and the count, as whoever started the run noted them.
    fn guard_noted(&self) -> Option<(Digest, u64)> {
        let log = self.noted_digest(EGRESS_LOG_NOTE)?;
        Some((log, self.notes.get(EGRESS_DENIED_NOTE)?.parse().ok()?))
    }

    /// Sets what a guard's log shows beside these logs. Nothing is set, and it is false, where one
    /// of them is not among the runs, or notes another guard's log or another count.
    pub fn take_guard(runs: &mut [Run], logs: &BTreeSet<Digest>, guard: Guard) -> bool {
        let is_there = |log: &Digest| runs.iter().any(|run| run.log == *log);
        let agrees = |run: &Run| {
            let noted = run.guard_noted().is_none_or(|noted| noted == (guard.log, guard.denied));
            noted && run.guard.is_none_or(|other| other == guard)
        };
        let of_it = |run: &&Run| logs.contains(&run.log);
        if logs.is_empty() || !logs.iter().all(is_there) || !runs.iter().filter(of_it).all(agrees) {
            return false;
        }
        let of_it = runs.iter_mut().filter(|run| logs.contains(&run.log));
        of_it.for_each(|run| run.guard = Some(guard));
        true
    }

    /// Sets what a guard's log shows beside every run that names it; false where none does, or one
    /// has another count.
    pub fn take_guard_of_notes(runs: &mut [Run], guard: Guard) -> bool {
        let names = |run: &&Run| {
            let noted = run.noted_digest(EGRESS_LOG_NOTE);
            noted.or(run.guard.map(|guard| guard.log)) == Some(guard.log)
        };
        let logs = runs.iter().filter(names).map(|run| run.log).collect();
        Run::take_guard(runs, &logs, guard)
    }

    fn noted_digest(&self, name: &str) -> Option<Digest> {
        let text = self.notes.get(name)?;
        text.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
    }
}

#[cfg(test)]
mod tests;
