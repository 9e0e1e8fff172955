//! The basis: what an installation has brought in to judge and to count by. The rubric in force,
//! how many operators there are in each group, and which days are off.
//!
//! There is one for each installation, it begins with its first change, and nothing is taken out of
//! it: a new rubric or a new table takes the place of the one before, which stays in the record and
//! keeps what was judged by it. Facts hold digests and numbers; the texts lie in blobs.

use super::calendar::{Calendar, DAYS_OFF_MAX};
use super::reach::Table;
use super::rubric::Rubric;
use crate::digest::Digest;
use crate::fact::{Aggregate, Subject, facts_of};
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

/// What an installation has brought in.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// SHA-256 of each rubric that was published, by its version; the first is not among them.
    pub rubrics: BTreeMap<u32, Digest>,
    /// The table in force.
    pub operators: Option<Brought>,
    /// Which days are off.
    pub calendar: Calendar,
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum BasisFact {
    RubricPublished { version: u32, text: Digest },
    OperatorsBrought { table: Digest, groups: u32, operators: u64 },
    DaysOffNamed { calendar: Calendar },
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

    /// Publishes a rubric; `text` is SHA-256 of it as it is kept. Applications that were filed
    /// before keep theirs.
    pub fn publish_rubric(&self, rubric: &Rubric, text: Digest, now: Timestamp) -> Decided {
        let (given, next) = (rubric.text().version, self.rubric().saturating_add(1));
        if given != next {
            return Err(Refused::Version { given, next });
        }
        if self.rubrics.len() >= RUBRICS_MAX {
            return Err(Refused::Full);
        }
        self.becomes(BasisFact::RubricPublished { version: given, text }, now)
    }

    /// Brings a table of operators in; `digest` is SHA-256 of it as it was sent.
    pub fn bring_operators(&self, table: &Table, digest: Digest, now: Timestamp) -> Decided {
        if self.operators.is_some_and(|brought| brought.table == digest) {
            return Err(Refused::Same);
        }
        let groups = u32::try_from(table.lines().len()).unwrap_or(u32::MAX);
        let operators = table.operators();
        self.becomes(BasisFact::OperatorsBrought { table: digest, groups, operators }, now)
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
            BasisFact::RubricPublished { version, text } => {
                next.rubrics.insert(*version, *text);
            }
            BasisFact::OperatorsBrought { table, groups, operators } => {
                let (table, groups, operators) = (*table, *groups, *operators);
                next.operators = Some(Brought { table, groups, operators, at });
            }
            BasisFact::DaysOffNamed { calendar } => next.calendar = calendar.clone(),
        }
        next
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
