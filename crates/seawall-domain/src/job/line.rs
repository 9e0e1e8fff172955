//! The line of waiting jobs: what is urgent comes first, and between equally urgent jobs the
//! parties take turns, so that whoever sends a flood waits behind their own.
//!
//! The store claims by the same keys in SQL; its tests compare what it hands out with [`order`].
//! What became moot while it waited is said here too.

use super::Job;
use crate::finding::Standing;
use crate::id::{JobId, PartyId};
use crate::time::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Whoever has waited for so many hours stands with the most urgent: urgency never starves others.
pub const PATIENCE_HOURS: i64 = 6;

/// What is known of the finding that a job is about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Known {
    /// A source says that the flaw is used in attacks.
    pub attacked: bool,
    /// When an embargo on it ends that is proposed or agreed, where there is one with an end.
    pub embargo_until: Option<Timestamp>,
}

/// Why a job comes before others, or after them.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Urgency {
    /// The flaw is used in attacks.
    Attacked,
    /// An embargo on it has a deadline.
    Embargo,
    /// Nothing special.
    Usual,
    /// Nobody waits for it: later releases are watched.
    Later,
}

impl Urgency {
    /// Every urgency, the first to come first.
    pub const ALL: [Urgency; 4] =
        [Urgency::Attacked, Urgency::Embargo, Urgency::Usual, Urgency::Later];

    /// Its number in the queue; lower comes first, and 0 is usual.
    pub const fn rank(self) -> i64 {
        match self {
            Urgency::Attacked => -20,
            Urgency::Embargo => -10,
            Urgency::Usual => 0,
            Urgency::Later => 10,
        }
    }

    /// The urgency of a number in the queue.
    pub fn of_rank(rank: i64) -> Urgency {
        Urgency::ALL.into_iter().find(|urgency| rank <= urgency.rank()).unwrap_or(Urgency::Later)
    }

    /// Its name, as machines are told it.
    pub fn name(self) -> &'static str {
        match self {
            Urgency::Attacked => "attacked",
            Urgency::Embargo => "embargo",
            Urgency::Usual => "usual",
            Urgency::Later => "later",
        }
    }
}

impl Job {
    /// How urgent it is, by what is known of the finding that it is about.
    pub fn urgency(&self, known: &Known) -> Urgency {
        match self {
            Job::Watch(_) => Urgency::Later,
            Job::Gate(_)
            | Job::Locate(_)
            | Job::Group(_)
            | Job::Reproduce(_)
            | Job::TestNewest(_)
            | Job::FindRange(_)
            | Job::Settle(_)
            | Job::Promote(_)
            | Job::OpenCase(_)
            | Job::SendReport(_)
            | Job::ReleaseBundle(_)
            | Job::SendBundle(_)
            | Job::CheckFix(_)
            | Job::Draft(_)
            | Job::Publish(_)
            | Job::Export(_)
            | Job::MatchAdvisory(_)
            | Job::Announce(_) => match known {
                Known { attacked: true, .. } => Urgency::Attacked,
                Known { embargo_until: Some(_), .. } => Urgency::Embargo,
                Known { attacked: false, embargo_until: None } => Urgency::Usual,
            },
            Job::MatchInventory(_)
            | Job::ApplyStatement(_)
            | Job::MatchSet(_)
            | Job::EndWaiting(_)
            | Job::Destroy(_)
            | Job::EndSeat(_) => Urgency::Usual,
        }
    }

    /// Whether running it would be for nothing, now that its finding stands so. Jobs that run no
    /// foreign code look for themselves, and cost nothing.
    pub fn is_moot(&self, finding: &Standing) -> bool {
        match self {
            Job::Locate(_) => !matches!(finding, Standing::Complete),
            Job::Reproduce(_) | Job::TestNewest(_) | Job::FindRange(_) => {
                !matches!(finding, Standing::Leading { .. })
            }
            Job::Gate(_)
            | Job::Group(_)
            | Job::Settle(_)
            | Job::Promote(_)
            | Job::OpenCase(_)
            | Job::SendReport(_)
            | Job::ReleaseBundle(_)
            | Job::SendBundle(_)
            | Job::CheckFix(_)
            | Job::Draft(_)
            | Job::Publish(_)
            | Job::Export(_)
            | Job::MatchAdvisory(_)
            | Job::Announce(_)
            | Job::MatchInventory(_)
            | Job::ApplyStatement(_)
            | Job::MatchSet(_)
            | Job::Watch(_)
            | Job::EndWaiting(_)
            | Job::Destroy(_)
            | Job::EndSeat(_) => false,
        }
    }
}

/// A job that waits and is due.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// The job.
    pub id: JobId,
    /// Whose turn it takes; none for what belongs to nobody.
    pub party: Option<PartyId>,
    /// Its number in the queue ([`Urgency::rank`]).
    pub rank: i64,
    /// Since when it is due.
    pub due: Timestamp,
}

/// The order in which waiting jobs of one role are handed out, one after the other, if none comes
/// meanwhile. `served` says when each party had its last turn: a number that grows with each turn,
/// none for who never had one.
pub fn order(
    waiting: &[Waiting],
    served: &BTreeMap<Option<PartyId>, i64>,
    now: Timestamp,
) -> Vec<JobId> {
    let mut turns = served.clone();
    let mut next_turn = turns.values().copied().max().unwrap_or(0);
    let mut queues: BTreeMap<Option<PartyId>, Vec<&Waiting>> = BTreeMap::new();
    for job in waiting {
        queues.entry(job.party).or_default().push(job);
    }
    for queue in queues.values_mut() {
        // The last of each is its head, so that taking it moves nothing.
        queue.sort_by_key(|job| std::cmp::Reverse((job.rank, job.due, job.id)));
    }
    let mut order = Vec::with_capacity(waiting.len());
    loop {
        let heads = queues.iter().filter_map(|(party, queue)| Some((*party, *queue.last()?)));
        let turn = |party: &Option<PartyId>| turns.get(party).copied().unwrap_or(0);
        let next = heads
            .min_by_key(|(party, job)| (aged(job.rank, job.due, now), turn(party), job.due, job.id))
            .map(|(party, job)| (party, job.id));
        let Some((party, id)) = next else { return order };
        next_turn += 1;
        turns.insert(party, next_turn);
        if let Some(queue) = queues.get_mut(&party) {
            queue.pop();
        }
        order.push(id);
    }
}

/// A job's number in the queue once its patience is counted in.
fn aged(rank: i64, due: Timestamp, now: Timestamp) -> i64 {
    match due <= patient_since(now) {
        true => rank.min(Urgency::Attacked.rank()),
        false => rank,
    }
}

/// What is due since then or longer stands with the most urgent.
pub fn patient_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(PATIENCE_HOURS)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
