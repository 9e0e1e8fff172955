//! Decisions: what follows from a panel's findings, with reasons; in force when both sides sign.
//!
//! What a decision says is computed from the marks, so anybody with the marks gets the same. People
//! can only withhold their signature, and then there is no access; nobody can sign in what the
//! rubric does not give. What no marks tell, whether the applicant competes, one person of the
//! clearinghouse states and another one signs for.

use super::appeal::APPEAL_WORKING_DAYS;
use super::assessment::Findings;
use super::calendar::Calendar;
use super::rubric::{Criterion, Gate, RubricText};
use crate::id::PersonId;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The longest life of a decision in days: 12 months.
pub const DECISION_DAYS_MAX: i64 = 365;

/// What was decided.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Admitted.
    Admit,
    /// Admitted under conditions.
    AdmitWithConditions {
        /// Which.
        conditions: BTreeSet<Condition>,
    },
    /// Not yet: something must be settled first.
    Defer,
    /// Not admitted.
    Decline,
}

impl Outcome {
    /// Whether access is given under this condition.
    pub fn is_bound_by(&self, condition: Condition) -> bool {
        match self {
            Outcome::AdmitWithConditions { conditions } => conditions.contains(&condition),
            Outcome::Admit | Outcome::Defer | Outcome::Decline => false,
        }
    }
}

/// A condition of access.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Nothing that measures the model itself.
    NoModelProbing,
    /// A part of the usual quota.
    SmallQuota,
    /// Only people who are named one by one; no machines.
    NamedPeopleOnly,
}

/// A reason; it has no free text, and whoever applied is told each of them.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// Everybody found this gate not met.
    GateUnmet {
        /// Which.
        gate: Gate,
    },
    /// The panel does not agree on this gate.
    GateDisputed {
        /// Which.
        gate: Gate,
    },
    /// The panel's marks for this are too far apart.
    MarksApart {
        /// Which.
        criterion: Criterion,
    },
    /// The score.
    Score {
        /// In thousandths.
        thousandths: u32,
        /// From which on one is admitted.
        admits_from: u32,
    },
    /// A mark that weighed against it.
    Weak {
        /// Which.
        criterion: Criterion,
        /// The mean mark in tenths.
        tenths: u32,
    },
    /// It develops models that compete with this one.
    Competitor,
}

/// Whether the applicant develops models that compete.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rivalry {
    /// It does not.
    None,
    /// It does.
    Competitor,
}

/// Whether an applicant develops models that compete, with who says so: no rule computes it, so two
/// people of the clearinghouse stand behind it. Another one signs the decision.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stated {
    /// What.
    pub rivalry: Rivalry,
    /// By whom.
    pub by: PersonId,
}

/// A decision, signed or not.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What.
    pub outcome: Outcome,
    /// Why; there is always at least one reason.
    pub reasons: Vec<Reason>,
    /// Which rubric.
    pub rubric: u32,
    /// Who looked.
    pub panel: BTreeSet<PersonId>,
    /// When it was made.
    pub decided_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Until when one may appeal, by the calendar when it was made; not written down by earlier
    /// versions of this program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal_by: Option<Timestamp>,
    /// Who stated whether the applicant competes; not written down by earlier versions of this
    /// program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_by: Option<PersonId>,
    developer: Option<PersonId>,
    clearinghouse: Option<PersonId>,
}

/// For whom somebody signs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "side", content = "person", rename_all = "snake_case")]
pub enum Side {
    /// For the developer whose model it is.
    Developer(PersonId),
    /// For the clearinghouse.
    Clearinghouse(PersonId),
}

/// Why something was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// A decision lasts a year at most.
    #[error("a decision lasts from 1 to {DECISION_DAYS_MAX} days")]
    Life,
    /// One person cannot sign for both.
    #[error("cannot sign for both sides")]
    SecondPersonNeeded,
    /// That side has signed.
    #[error("cannot sign twice")]
    Twice,
    /// Somebody of the panel signs nothing.
    #[error("cannot sign: somebody of the panel signs nothing")]
    OfPanel,
    /// Whoever stated something of the decision does not sign it.
    #[error(
        "cannot sign: whoever stated whether the applicant competes does not sign the decision; \
         another person must"
    )]
    OwnStatement,
    /// Somebody of the panel states nothing besides its marks.
    #[error("cannot state whether the applicant competes: somebody of the panel does not")]
    StatedOfPanel,
    /// It is over.
    #[error("cannot sign: the decision has ended")]
    Over,
}

/// What follows from findings.
pub fn derive(
    findings: &Findings,
    rubric: &RubricText,
    rivalry: Rivalry,
) -> (Outcome, Vec<Reason>) {
    let mut reasons: Vec<Reason> =
        findings.unmet.iter().map(|gate| Reason::GateUnmet { gate: *gate }).collect();
    reasons.extend(findings.disputed.iter().map(|gate| Reason::GateDisputed { gate: *gate }));
    reasons.extend(findings.apart.iter().map(|of| Reason::MarksApart { criterion: *of }));
    let (thousandths, admits_from) = (findings.score, rubric.admits_from);
    reasons.push(Reason::Score { thousandths, admits_from });
    reasons.extend(
        findings.weak.iter().map(|(of, tenths)| Reason::Weak { criterion: *of, tenths: *tenths }),
    );
    if rivalry == Rivalry::Competitor {
        reasons.push(Reason::Competitor);
    }
    let mut conditions = BTreeSet::new();
    if rivalry == Rivalry::Competitor {
        conditions.insert(Condition::NoModelProbing);
    }
    let unsettled = !findings.disputed.is_empty() || !findings.apart.is_empty();
    let outcome = match (findings.unmet.is_empty(), unsettled) {
        (false, _) => Outcome::Decline,
        (true, true) => Outcome::Defer,
        (true, false) if findings.score < rubric.conditions_from => Outcome::Decline,
        (true, false) => {
            if findings.score < rubric.admits_from {
                conditions.extend([Condition::SmallQuota, Condition::NamedPeopleOnly]);
            }
            match conditions.is_empty() {
                true => Outcome::Admit,
                false => Outcome::AdmitWithConditions { conditions },
            }
        }
    };
    (outcome, reasons)
}

impl Decision {
    /// A decision that lasts so many days.
    pub fn make(
        derived: (Outcome, Vec<Reason>),
        rubric: u32,
        panel: BTreeSet<PersonId>,
        days: i64,
        now: Timestamp,
    ) -> Result<Decision, Refused> {
        if !(1..=DECISION_DAYS_MAX).contains(&days) {
            return Err(Refused::Life);
        }
        let life = SignedDuration::from_hours(24 * days);
        let expires_at = now.checked_add(life).map_err(|_| Refused::Life)?;
        let (outcome, reasons) = derived;
        Ok(Decision {
            outcome,
            reasons,
            rubric,
            panel,
            decided_at: now,
            expires_at,
            appeal_by: None,
            stated_by: None,
            developer: None,
            clearinghouse: None,
        })
    }

    /// The same, with the end of the time for an appeal fixed by the calendar in force.
    pub fn open_to_appeal(self, calendar: &Calendar) -> Decision {
        let appeal_by = calendar.working_days_after(self.decided_at, APPEAL_WORKING_DAYS);
        Decision { appeal_by: Some(appeal_by), ..self }
    }

    /// The same, with who stated whether the applicant competes: nobody of the panel.
    pub fn stated(self, by: PersonId) -> Result<Decision, Refused> {
        match self.panel.contains(&by) {
            true => Err(Refused::StatedOfPanel),
            false => Ok(Decision { stated_by: Some(by), ..self }),
        }
    }

    /// Whether the applicant competes, as it was stated: if so, that is one of the reasons.
    pub fn rivalry(&self) -> Rivalry {
        match self.reasons.contains(&Reason::Competitor) {
            true => Rivalry::Competitor,
            false => Rivalry::None,
        }
    }

    /// Until when one may appeal: as it was fixed, or else by this calendar.
    pub fn appeal_until(&self, calendar: &Calendar) -> Timestamp {
        let counted = || calendar.working_days_after(self.decided_at, APPEAL_WORKING_DAYS);
        self.appeal_by.unwrap_or_else(counted)
    }

    /// A side signs.
    pub fn sign(&self, side: Side, now: Timestamp) -> Result<Decision, Refused> {
        let (Side::Developer(person) | Side::Clearinghouse(person)) = side;
        if now >= self.expires_at {
            return Err(Refused::Over);
        }
        if self.panel.contains(&person) {
            return Err(Refused::OfPanel);
        }
        if self.stated_by == Some(person) {
            return Err(Refused::OwnStatement);
        }
        let (own, other) = match side {
            Side::Developer(_) => (self.developer, self.clearinghouse),
            Side::Clearinghouse(_) => (self.clearinghouse, self.developer),
        };
        if own.is_some() {
            return Err(Refused::Twice);
        }
        if other == Some(person) {
            return Err(Refused::SecondPersonNeeded);
        }
        let mut next = self.clone();
        match side {
            Side::Developer(_) => next.developer = Some(person),
            Side::Clearinghouse(_) => next.clearinghouse = Some(person),
        }
        Ok(next)
    }

    /// Who has signed, for the developer and for the clearinghouse.
    pub fn signed(&self) -> (Option<PersonId>, Option<PersonId>) {
        (self.developer, self.clearinghouse)
    }

    /// The conditions under which there is access at that instant; none where there is no access.
    pub fn gives_access(&self, now: Timestamp) -> Option<BTreeSet<Condition>> {
        let signed = self.developer.is_some() && self.clearinghouse.is_some();
        if !signed || now < self.decided_at || now >= self.expires_at {
            return None;
        }
        match &self.outcome {
            Outcome::Admit => Some(BTreeSet::new()),
            Outcome::AdmitWithConditions { conditions } => Some(conditions.clone()),
            Outcome::Defer | Outcome::Decline => None,
        }
    }
}

#[cfg(test)]
mod tests;
