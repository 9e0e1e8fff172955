//! The determination: is the model a covered frontier model? A developer asks; nobody must.

use super::{Refused, Who, awaited, developer};
use crate::digest::Digest;
use crate::evaluation::decision::Outcome;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How long an answer can be awaited, in days.
pub const ANSWER_DAYS_MAX: i64 = 180;

/// Whether the official agrees with what the rule found. The outcome is the rule's either way; that
/// somebody sees it otherwise is a field of its own, so that rule and judgement can be compared
/// later (FRONTIER 3.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case")]
pub enum Concurrence {
    /// It does.
    Concurs,
    /// It does not, for reasons that are written down.
    Differs {
        /// SHA-256 of the reasons.
        reasons: Digest,
    },
}

/// How far a determination has come.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Determination {
    /// Nothing was asked yet.
    Draft {
        /// When waiting for the question ends.
        answer_by: Timestamp,
    },
    /// The developer asked.
    Submitted {
        /// When waiting for an answer ends.
        answer_by: Timestamp,
    },
    /// A place is found for the runs.
    Scheduled {
        /// When waiting for an answer ends.
        answer_by: Timestamp,
    },
    /// Batteries run.
    Running {
        /// When waiting for an answer ends.
        answer_by: Timestamp,
    },
    /// The statistic is computed; the official has not signed.
    Analysed {
        /// When waiting for an answer ends.
        answer_by: Timestamp,
    },
    /// Answered.
    Issued {
        /// The answer, by the rule.
        outcome: Outcome,
        /// Whether the official agrees.
        concurrence: Concurrence,
        /// When.
        at: Timestamp,
    },
    /// The developer ended it.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// No answer came in time; no determination was made.
    Lapsed {
        /// When.
        at: Timestamp,
    },
    /// There is no room for it.
    Declined {
        /// When.
        at: Timestamp,
    },
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The developer asks, and says until when it waits.
    Submit {
        /// Until when.
        answer_by: Timestamp,
    },
    /// An evaluator finds a place for the runs.
    Schedule,
    /// An evaluator begins.
    Start,
    /// An evaluator has computed the statistic.
    Analyse,
    /// The official signs what the rule found, and says whether it agrees.
    Issue {
        /// What the rule found.
        outcome: Outcome,
        /// Whether the official agrees.
        concurrence: Concurrence,
    },
    /// The developer ends it: always possible, without a reason.
    Withdraw,
    /// There is no room for it.
    Decline,
    /// A timer looks whether waiting is over.
    Tick,
}

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each arm is what its event asked for")]
pub enum DeterminationFact {
    Submitted { answer_by: Timestamp },
    Scheduled,
    Started,
    Analysed,
    Issued { outcome: Outcome, concurrence: Concurrence },
    Withdrawn,
    Declined,
    Lapsed,
}

impl Determination {
    /// Decides what follows from an event.
    pub fn decide(
        &self,
        event: Event,
        who: Who,
        now: Timestamp,
    ) -> Result<DeterminationFact, Refused> {
        let fact = match event {
            Event::Submit { answer_by } => {
                developer(who)?;
                awaited(answer_by, now, ANSWER_DAYS_MAX)?;
                DeterminationFact::Submitted { answer_by }
            }
            Event::Withdraw => {
                developer(who)?;
                DeterminationFact::Withdrawn
            }
            Event::Schedule => by_evaluator(who, DeterminationFact::Scheduled)?,
            Event::Start => by_evaluator(who, DeterminationFact::Started)?,
            Event::Analyse => by_evaluator(who, DeterminationFact::Analysed)?,
            Event::Issue { outcome, concurrence } => match who {
                Who::Official(_) => DeterminationFact::Issued { outcome, concurrence },
                Who::Developer(_) | Who::Evaluator(_) | Who::DutyOfficer(_) | Who::Clock => {
                    return Err(Refused::NotYours);
                }
            },
            Event::Decline => match who {
                Who::Official(_) | Who::Evaluator(_) => DeterminationFact::Declined,
                Who::Developer(_) | Who::DutyOfficer(_) | Who::Clock => {
                    return Err(Refused::NotYours);
                }
            },
            Event::Tick => match (who, self.answer_by()) {
                (Who::Clock, Some(answer_by)) if now >= answer_by => DeterminationFact::Lapsed,
                (Who::Clock, _) => return Err(Refused::NothingDue),
                (
                    Who::Developer(_) | Who::Evaluator(_) | Who::Official(_) | Who::DutyOfficer(_),
                    _,
                ) => return Err(Refused::NotYours),
            },
        };
        self.after(fact, now).map(|_| fact).ok_or(Refused::NotNow)
    }

    /// The state after a fact; none when it cannot follow.
    pub fn after(&self, fact: DeterminationFact, at: Timestamp) -> Option<Determination> {
        use Determination::{Analysed, Draft, Running, Scheduled, Submitted};
        let open = self.answer_by();
        match (fact, *self) {
            // Withdrawing succeeds in every state. What has ended stays as it ended.
            (DeterminationFact::Withdrawn, state) => {
                Some(open.map_or(state, |_| Determination::Withdrawn { at }))
            }
            (DeterminationFact::Lapsed, _) => open.map(|_| Determination::Lapsed { at }),
            (DeterminationFact::Declined, _) => open.map(|_| Determination::Declined { at }),
            (DeterminationFact::Submitted { answer_by }, Draft { .. }) => {
                Some(Submitted { answer_by })
            }
            (DeterminationFact::Scheduled, Submitted { answer_by }) => {
                Some(Scheduled { answer_by })
            }
            (DeterminationFact::Started, Scheduled { answer_by }) => Some(Running { answer_by }),
            (DeterminationFact::Analysed, Running { answer_by }) => Some(Analysed { answer_by }),
            (DeterminationFact::Issued { outcome, concurrence }, Analysed { .. }) => {
                Some(Determination::Issued { outcome, concurrence, at })
            }
            (
                DeterminationFact::Submitted { .. }
                | DeterminationFact::Scheduled
                | DeterminationFact::Started
                | DeterminationFact::Analysed
                | DeterminationFact::Issued { .. },
                _,
            ) => None,
        }
    }

    /// What was found, and what the official said of it, once that is issued.
    pub fn issued(&self) -> Option<(Outcome, Concurrence)> {
        match *self {
            Determination::Issued { outcome, concurrence, .. } => Some((outcome, concurrence)),
            Determination::Draft { .. }
            | Determination::Submitted { .. }
            | Determination::Scheduled { .. }
            | Determination::Running { .. }
            | Determination::Analysed { .. }
            | Determination::Withdrawn { .. }
            | Determination::Lapsed { .. }
            | Determination::Declined { .. } => None,
        }
    }

    /// The digest of why the official differs, where it does.
    pub fn reasons(&self) -> Option<Digest> {
        match self.issued()?.1 {
            Concurrence::Differs { reasons } => Some(reasons),
            Concurrence::Concurs => None,
        }
    }

    /// Until when an answer is awaited; none once it has ended.
    pub fn answer_by(&self) -> Option<Timestamp> {
        match self {
            Determination::Draft { answer_by }
            | Determination::Submitted { answer_by }
            | Determination::Scheduled { answer_by }
            | Determination::Running { answer_by }
            | Determination::Analysed { answer_by } => Some(*answer_by),
            Determination::Issued { .. }
            | Determination::Withdrawn { .. }
            | Determination::Lapsed { .. }
            | Determination::Declined { .. } => None,
        }
    }

    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Determination::Draft { .. } => "draft",
            Determination::Submitted { .. } => "submitted",
            Determination::Scheduled { .. } => "scheduled",
            Determination::Running { .. } => "running",
            Determination::Analysed { .. } => "analysed",
            Determination::Issued { .. } => "issued",
            Determination::Withdrawn { .. } => "withdrawn",
            Determination::Lapsed { .. } => "lapsed",
            Determination::Declined { .. } => "declined",
        }
    }
}

fn by_evaluator(who: Who, fact: DeterminationFact) -> Result<DeterminationFact, Refused> {
    match who {
        Who::Evaluator(_) => Ok(fact),
        Who::Developer(_) | Who::Official(_) | Who::DutyOfficer(_) | Who::Clock => {
            Err(Refused::NotYours)
        }
    }
}
