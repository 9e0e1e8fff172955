//! Assessment: at least two people look at an application, each alone, and see nothing of each
//! other until all have filed.

use super::rubric::{Criterion, Gate, Marks, Rubric, Unfit};
use crate::digest::Digest;
use crate::id::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The fewest people who look.
pub const ASSESSORS_MIN: usize = 2;

/// The most.
pub const ASSESSORS_MAX: usize = 5;

/// From this distance on, two marks are too far apart to be averaged.
pub const APART: u8 = 2;

/// An answer at a gate.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "met", rename_all = "snake_case")]
pub enum Answer {
    /// It is so.
    Yes {
        /// SHA-256 of what shows it.
        evidence: Digest,
    },
    /// It is not, or nothing shows it.
    No,
}

/// What one person filed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// The answer at each gate.
    pub gates: BTreeMap<Gate, Answer>,
    /// The mark for each criterion.
    pub marks: Marks,
}

/// Why something was not taken or shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Too few or too many people.
    #[error("a panel has at least {ASSESSORS_MIN} and at most {ASSESSORS_MAX} people")]
    Size,
    /// The person is not of the panel.
    #[error("cannot file: not of this panel")]
    NotOfPanel,
    /// It filed already.
    #[error("cannot file twice")]
    Twice,
    /// A gate or a criterion is missing, or a mark is none.
    #[error("cannot file: each gate has an answer and each criterion a mark from 0 to 4")]
    Incomplete,
    /// A further person is for marks that are too far apart.
    #[error("cannot have one more person look: no marks are too far apart")]
    NotApart,
    /// The others have not filed yet.
    #[error("cannot see this before everybody has filed")]
    Blind,
}

/// The people who look at one application, and what they filed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    members: BTreeSet<PersonId>,
    filed: BTreeMap<PersonId, Filing>,
}

/// What a panel found, once everybody has filed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Findings {
    /// Gates that everybody answered with no.
    pub unmet: Vec<Gate>,
    /// Gates at which the answers differ.
    pub disputed: Vec<Gate>,
    /// Criteria whose marks are too far apart.
    pub apart: Vec<Criterion>,
    /// Criteria with a mean mark below one, in tenths.
    pub weak: Vec<(Criterion, u32)>,
    /// The mean score, in thousandths, rounded down.
    pub score: u32,
}

impl Panel {
    /// A panel of people who were drawn.
    pub fn of(members: impl IntoIterator<Item = PersonId>) -> Result<Panel, Refused> {
        let members: BTreeSet<PersonId> = members.into_iter().collect();
        match (ASSESSORS_MIN..=ASSESSORS_MAX).contains(&members.len()) {
            true => Ok(Panel { members, filed: BTreeMap::new() }),
            false => Err(Refused::Size),
        }
    }

    /// Who is in it.
    pub fn members(&self) -> &BTreeSet<PersonId> {
        &self.members
    }

    /// A person files; afterwards it cannot change a mark.
    pub fn file(&self, by: PersonId, filing: Filing, rubric: &Rubric) -> Result<Panel, Refused> {
        let answered = filing.gates.keys().copied().eq(rubric.gates());
        if !answered || rubric.score(&filing.marks).is_err() {
            return Err(Refused::Incomplete);
        }
        self.with(by, filing)
    }

    /// The panel with a filing that is known to be complete.
    pub(super) fn with(&self, by: PersonId, filing: Filing) -> Result<Panel, Refused> {
        if !self.members.contains(&by) {
            return Err(Refused::NotOfPanel);
        }
        if self.filed.contains_key(&by) {
            return Err(Refused::Twice);
        }
        let mut next = self.clone();
        next.filed.insert(by, filing);
        Ok(next)
    }

    /// Somebody joins because marks were too far apart; it sees no more than the others did.
    pub fn join(&self, person: PersonId) -> Result<Panel, Refused> {
        if self.members.contains(&person) {
            return Err(Refused::Twice);
        }
        let mut next = Panel::of(self.members.iter().copied().chain([person]))?;
        next.filed.clone_from(&self.filed);
        Ok(next)
    }

    /// What a person of the panel sees: its own filing, and all of them once everybody has filed.
    pub fn seen_by(&self, person: PersonId) -> Vec<(PersonId, &Filing)> {
        let filings = self.filed.iter().map(|(by, filing)| (*by, filing));
        match (self.members.contains(&person), self.is_complete()) {
            (false, _) => Vec::new(),
            (true, true) => filings.collect(),
            (true, false) => filings.filter(|(by, _)| *by == person).collect(),
        }
    }

    /// Whether everybody has filed.
    pub fn is_complete(&self) -> bool {
        self.filed.len() == self.members.len()
    }

    /// What the panel found; nothing before everybody has filed.
    pub fn findings(&self, rubric: &Rubric) -> Result<Findings, Refused> {
        if !self.is_complete() {
            return Err(Refused::Blind);
        }
        let count = self.filed.len().max(1) as u32;
        let noes = |gate: &Gate| {
            let answers = self.filed.values().filter_map(|filing| filing.gates.get(gate));
            answers.filter(|answer| **answer == Answer::No).count()
        };
        let (unmet, split): (Vec<Gate>, Vec<Gate>) = rubric
            .gates()
            .filter(|gate| noes(gate) > 0)
            .partition(|gate| noes(gate) == self.filed.len());
        let scores: Result<Vec<u32>, Unfit> =
            self.filed.values().map(|filing| rubric.score(&filing.marks)).collect();
        let sum: u32 = scores.map_err(|_| Refused::Incomplete)?.iter().sum();
        let mean = |criterion: &Criterion| {
            self.marks(*criterion).map(|mark| 10 * u32::from(mark)).sum::<u32>() / count
        };
        Ok(Findings {
            unmet,
            disputed: split,
            apart: rubric.criteria().filter(|it| self.is_apart(*it)).collect(),
            weak: rubric.criteria().map(|it| (it, mean(&it))).filter(|it| it.1 < 10).collect(),
            score: sum / count,
        })
    }

    fn marks(&self, criterion: Criterion) -> impl Iterator<Item = u8> + '_ {
        self.filed.values().filter_map(move |filing| filing.marks.get(&criterion).copied())
    }

    /// With a third person the middle mark counts for being apart: one outlier does not block.
    fn is_apart(&self, criterion: Criterion) -> bool {
        let mut marks: Vec<u8> = self.marks(criterion).collect();
        marks.sort_unstable();
        let neighbours = marks.windows(2).map(|pair| pair[1] - pair[0]);
        match marks.len() {
            0..=2 => neighbours.max().is_some_and(|gap| gap >= APART),
            _ => neighbours.min().is_some_and(|gap| gap >= APART),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
