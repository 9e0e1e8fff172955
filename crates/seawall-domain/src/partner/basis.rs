//! The basis: what an installation has brought in to judge and to count by. The rubric in force,
//! how many operators there are in each group, and which days are off.
//!
//! A rubric and a table take two different people: the first signature waits, and is shown; the
//! second, by whoever brings the same in, puts it in force. What is judged and counted by is
//! nobody's own. Days off take one: they judge nobody, and move no end that was fixed.
//!
//! There is one basis for each installation, it begins with its first change, and nothing is taken
//! out of it: a new rubric or a new table takes the place of the one before, which stays in the
//! record and keeps what was judged by it. Facts hold digests and numbers; the texts lie in blobs.

use super::calendar::{Calendar, DAYS_OFF_MAX};
use super::reach::Table;
use super::rubric::Rubric;
use crate::digest::Digest;
use crate::fact::{Aggregate, Subject, facts_of};
use crate::id::PersonId;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The id of the one basis that an installation has: `seawall-basis` as ASCII, in a UUID of
/// version 8 (RFC 9562).
pub const ID: Uuid = Uuid::from_u128(0x7365_6177_616c_8c2d_a261_7369_7300_0001);

/// The version of the rubric that is there before an installation publishes one.
pub const FIRST_RUBRIC: u32 = 1;

/// The most rubrics that an installation publishes.
pub const RUBRICS_MAX: usize = 1_000;

/// A table of operators that was brought in, without its lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Brought {
    /// SHA-256 of the table as it was sent.
    pub table: Digest,
    /// How many groups it has.
    pub groups: u32,
    /// How many operators are in all of them.
    pub operators: u64,
    /// When.
    pub at: Timestamp,
}

/// What takes two people.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Change {
    /// A rubric.
    Rubric {
        /// Its version.
        version: u32,
        /// SHA-256 of it as it was sent.
        text: Digest,
    },
    /// A table of operators.
    Operators {
        /// SHA-256 of it as it was sent.
        table: Digest,
        /// How many groups it has.
        groups: u32,
        /// How many operators are in all of them.
        operators: u64,
    },
}

impl Change {
    /// What was sent, by its digest.
    pub fn digest(self) -> Digest {
        match self {
            Change::Rubric { text, .. } => text,
            Change::Operators { table, .. } => table,
        }
    }

    /// Whether both are of one kind, so that one takes the other's place.
    fn is_like(self, other: Change) -> bool {
        match self {
            Change::Rubric { .. } => matches!(other, Change::Rubric { .. }),
            Change::Operators { .. } => matches!(other, Change::Operators { .. }),
        }
    }
}

/// A change that a first person signed, and that waits for a second one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// What.
    pub change: Change,
    /// Who signed first.
    pub by: PersonId,
}

/// What an installation has brought in.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// SHA-256 of each rubric that was published, by its version; the first is not among them.
    pub rubrics: BTreeMap<u32, Digest>,
    /// The table in force.
    pub operators: Option<Brought>,
    /// Which days are off.
    pub calendar: Calendar,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asked: Vec<Asked>,
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum BasisFact {
    ChangeAsked {
        asked: Asked,
    },
    RubricPublished {
        version: u32,
        text: Digest,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<[PersonId; 2]>,
    },
    OperatorsBrought {
        table: Digest,
        groups: u32,
        operators: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<[PersonId; 2]>,
    },
    DaysOffNamed {
        calendar: Calendar,
    },
}
facts_of!(BasisFact in Basis);

/// Why something was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Another version than the one that comes next.
    #[error("cannot publish this rubric as version {given}: the next one is {next}")]
    Version {
        /// The one it has.
        given: u32,
        /// The one it must have.
        next: u32,
    },
    /// The same person signed first.
    #[error("cannot put this in force alone: it waits for a second person to bring the same in")]
    SecondPersonNeeded,
    /// It is the table in force.
    #[error("cannot bring this table in: it is the one in force")]
    Same,
    /// Too many days.
    #[error("cannot name more than {DAYS_OFF_MAX} days off")]
    DaysOff,
    /// A bound is reached.
    #[error("cannot publish more than {RUBRICS_MAX} rubrics")]
    Full,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        Refusal::ByRule(refused.to_string())
    }
}

/// The basis after a step, and what happened; or why not.
pub type Decided = Result<(Basis, BasisFact), Refused>;

impl Basis {
    /// The version of the rubric in force.
    pub fn rubric(&self) -> u32 {
        self.rubrics.last_key_value().map_or(FIRST_RUBRIC, |(version, _)| *version)
    }

    /// Signs for a rubric; `text` is SHA-256 of it as it is kept. Applications that were filed
    /// before it is in force keep theirs.
    pub fn publish_rubric(
        &self,
        rubric: &Rubric,
        text: Digest,
        by: PersonId,
        now: Timestamp,
    ) -> Decided {
        let (given, next) = (rubric.text().version, self.rubric().saturating_add(1));
        if given != next {
            return Err(Refused::Version { given, next });
        }
        if self.rubrics.len() >= RUBRICS_MAX {
            return Err(Refused::Full);
        }
        self.sign(Change::Rubric { version: given, text }, by, now)
    }

    /// Signs for a table of operators; `digest` is SHA-256 of it as it was sent.
    pub fn bring_operators(
        &self,
        table: &Table,
        digest: Digest,
        by: PersonId,
        now: Timestamp,
    ) -> Decided {
        if self.operators.is_some_and(|brought| brought.table == digest) {
            return Err(Refused::Same);
        }
        let groups = u32::try_from(table.lines().len()).unwrap_or(u32::MAX);
        let operators = table.operators();
        self.sign(Change::Operators { table: digest, groups, operators }, by, now)
    }

    /// The first signature waits, in the place of another one of that kind; the second, by another
    /// person for the same, puts it in force.
    fn sign(&self, change: Change, by: PersonId, now: Timestamp) -> Decided {
        let first = self.asked.iter().find(|asked| asked.change == change);
        let fact = match (first, change) {
            (Some(first), _) if first.by == by => return Err(Refused::SecondPersonNeeded),
            (None, _) => BasisFact::ChangeAsked { asked: Asked { change, by } },
            (Some(first), Change::Rubric { version, text }) => {
                BasisFact::RubricPublished { version, text, by: Some([first.by, by]) }
            }
            (Some(first), Change::Operators { table, groups, operators }) => {
                let by = Some([first.by, by]);
                BasisFact::OperatorsBrought { table, groups, operators, by }
            }
        };
        self.becomes(fact, now)
    }

    /// What waits for a second person.
    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// Names the days off from now on. What was fixed before stays.
    pub fn name_days_off(&self, calendar: Calendar, now: Timestamp) -> Decided {
        if calendar.named().len() > DAYS_OFF_MAX {
            return Err(Refused::DaysOff);
        }
        self.becomes(BasisFact::DaysOffNamed { calendar }, now)
    }

    fn becomes(&self, fact: BasisFact, now: Timestamp) -> Decided {
        Ok((self.after(&fact, now), fact))
    }

    fn after(&self, fact: &BasisFact, at: Timestamp) -> Basis {
        let mut next = self.clone();
        match fact {
            BasisFact::ChangeAsked { asked } => {
                next.settle(asked.change);
                next.asked.push(*asked);
            }
            BasisFact::RubricPublished { version, text, .. } => {
                next.rubrics.insert(*version, *text);
                next.settle(Change::Rubric { version: *version, text: *text });
            }
            BasisFact::OperatorsBrought { table, groups, operators, .. } => {
                let (table, groups, operators) = (*table, *groups, *operators);
                next.operators = Some(Brought { table, groups, operators, at });
                next.settle(Change::Operators { table, groups, operators });
            }
            BasisFact::DaysOffNamed { calendar } => next.calendar = calendar.clone(),
        }
        next
    }

    /// Nothing of that kind waits any more.
    fn settle(&mut self, change: Change) {
        self.asked.retain(|asked| !asked.change.is_like(change));
    }
}

impl Aggregate for Basis {
    const SUBJECT: Subject = Subject::Basis;
    type Fact = BasisFact;

    fn uuid(&self) -> Uuid {
        ID
    }

    fn apply(prior: Option<Self>, fact: &BasisFact, at: Timestamp) -> Option<Self> {
        Some(prior.unwrap_or_default().after(fact, at))
    }
}

#[cfg(test)]
mod tests;
