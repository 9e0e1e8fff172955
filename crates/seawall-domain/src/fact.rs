//! Facts: what happened, in the past tense, with identifiers, digests and numbers only.
//!
//! A fact is decided by a pure function, written in the same transaction as the state it leads to,
//! and folded back into that state by [`Aggregate::apply`]: replaying a subject's facts gives the
//! stored state (STYLE section 6). Free text and personal data live in blobs beside it.

use crate::time::Timestamp;
use crate::{account, advisory, case, engagement, evaluation, exposure, finding, fix, inventory};
use crate::{partner, party, project, reproduction, scan, statement};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use uuid::Uuid;

/// A subject, in the order in which subjects may name each other.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "each arm is the subject of that name")]
pub enum Subject {
    Party,
    Account,
    Project,
    Scan,
    Finding,
    Reproduction,
    Case,
    Fix,
    Advisory,
    Inventory,
    Statement,
    Exposure,
    Evaluation,
    Engagement,
    Tie,
    Basis,
    Partner,
}

impl Subject {
    /// Every subject, in order.
    pub const ALL: [Subject; 17] = [
        Subject::Party,
        Subject::Account,
        Subject::Project,
        Subject::Scan,
        Subject::Finding,
        Subject::Reproduction,
        Subject::Case,
        Subject::Fix,
        Subject::Advisory,
        Subject::Inventory,
        Subject::Statement,
        Subject::Exposure,
        Subject::Evaluation,
        Subject::Engagement,
        Subject::Tie,
        Subject::Basis,
        Subject::Partner,
    ];

    /// The name, as stored and as the name of its table (a case's table is `flaw_case`).
    pub fn name(self) -> &'static str {
        match self {
            Subject::Party => "party",
            Subject::Account => "account",
            Subject::Project => "project",
            Subject::Scan => "scan",
            Subject::Finding => "finding",
            Subject::Reproduction => "reproduction",
            Subject::Case => "case",
            Subject::Fix => "fix",
            Subject::Advisory => "advisory",
            Subject::Inventory => "inventory",
            Subject::Statement => "statement",
            Subject::Exposure => "exposure",
            Subject::Evaluation => "evaluation",
            Subject::Engagement => "engagement",
            Subject::Tie => "tie",
            Subject::Basis => "basis",
            Subject::Partner => "partner",
        }
    }
}

/// Any subject's fact, as it is stored: `{"subject":"finding","fact":{"kind":"joined",…}}`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "subject", content = "fact", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each arm is the fact of the subject of that name")]
pub enum Fact {
    Party(party::PartyFact),
    Account(account::AccountFact),
    Project(project::ProjectFact),
    Scan(scan::ScanFact),
    Finding(finding::FindingFact),
    Reproduction(reproduction::ReproductionFact),
    Case(case::CaseFact),
    Fix(fix::FixFact),
    Advisory(advisory::AdvisoryFact),
    Inventory(inventory::InventoryFact),
    Statement(statement::StatementFact),
    Exposure(exposure::ExposureFact),
    Evaluation(evaluation::EvaluationFact),
    Engagement(engagement::EngagementFact),
    Tie(partner::conflict::TieFact),
    Basis(partner::basis::BasisFact),
    Partner(partner::PartnerFact),
}

impl Fact {
    /// Whether the fact belongs in the public log: only what publishes something does. Nothing of
    /// an evaluation, an engagement or a partner is public, not even that there is one.
    pub fn is_public(&self) -> bool {
        matches!(self, Fact::Advisory(advisory::AdvisoryFact::Published { .. }))
    }
}

/// A subject's history does not fit together: a fact met a state it cannot follow.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a fact of {subject} `{id}` cannot follow what came before")]
pub struct BrokenHistory {
    /// The subject's name.
    pub subject: &'static str,
    /// Its id.
    pub id: Uuid,
}

/// A subject's state, folded from its facts.
pub trait Aggregate: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send {
    /// Which subject it is.
    const SUBJECT: Subject;
    /// Its facts.
    type Fact: Clone + Debug + Into<Fact> + Serialize + DeserializeOwned + Send;

    /// Its identifier.
    fn uuid(&self) -> Uuid;

    /// The state after the fact, from the state before it (`None` before the first).
    fn apply(prior: Option<Self>, fact: &Self::Fact, at: Timestamp) -> Option<Self>;
}

/// Folds a subject's facts, oldest first.
pub fn replay<T: Aggregate>(
    id: Uuid,
    facts: impl IntoIterator<Item = (T::Fact, Timestamp)>,
) -> Result<Option<T>, BrokenHistory> {
    let mut state = None;
    for (fact, at) in facts {
        let next = T::apply(state, &fact, at);
        state = Some(next.ok_or(BrokenHistory { subject: T::SUBJECT.name(), id })?);
    }
    Ok(state)
}

/// The state a fact starts, with the fact: for constructors, whose first fact always applies.
pub(crate) fn begun<T: Aggregate>(fact: T::Fact, at: Timestamp) -> Option<(T, T::Fact)> {
    T::apply(None, &fact, at).map(|state| (state, fact))
}

/// The state a decided fact leads to, with the fact; `refusal` when the fold does not follow.
pub(crate) fn becomes<T: Aggregate>(
    prior: T,
    fact: T::Fact,
    at: Timestamp,
    refusal: crate::refusal::Refusal,
) -> Result<(T, T::Fact), crate::refusal::Refusal> {
    match T::apply(Some(prior), &fact, at) {
        Some(state) => Ok((state, fact)),
        None => Err(refusal),
    }
}

/// Writes the boilerplate of an aggregate: its conversion into [`Fact`].
macro_rules! facts_of {
    ($fact:ident in $arm:ident) => {
        impl From<$fact> for $crate::fact::Fact {
            fn from(fact: $fact) -> $crate::fact::Fact {
                $crate::fact::Fact::$arm(fact)
            }
        }
    };
}
pub(crate) use facts_of;
