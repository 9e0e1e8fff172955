//! The rules saying no: exhaustive, shown to the caller, and never a fault of the machinery.

use crate::time::Timestamp;

/// Why something was refused. "There is no such thing" and "you may not know of it" are one arm.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing here for this actor.
    #[error("nothing here by that name")]
    Hidden,
    /// The actor may know of it but may not do this.
    #[error("your role does not allow this here")]
    Forbidden,
    /// The state does not allow the step.
    #[error("cannot {step} while {subject} is {state}")]
    NotNow {
        /// What was attempted, as a verb.
        step: &'static str,
        /// The subject.
        subject: &'static str,
        /// The state it is in.
        state: &'static str,
    },
    /// The same person may not sign twice.
    #[error("cannot sign revision {revision} again: a second person must sign it")]
    SecondPersonNeeded {
        /// The revision.
        revision: u32,
    },
    /// Somebody decided to keep it private, and that beats every clock.
    #[error("cannot publish: a person decided to keep this private")]
    KeptPrivate,
    /// The embargo binds.
    #[error("cannot publish before {until}: the embargo is active")]
    EmbargoActive {
        /// When the earliest binding clock ends it.
        until: Timestamp,
    },
    /// A lease must lie in the future and be bounded.
    #[error("cannot take this lease: it must end after it starts and within {days_max} days")]
    LeaseOutOfBounds {
        /// The longest lease in days.
        days_max: i64,
    },
    /// A rule of the subject says no; the text says which.
    #[error("{0}")]
    ByRule(String),
    /// Something somebody sent cannot be read; the text says what and where.
    #[error("{0}")]
    Unreadable(String),
    /// A bound was reached; try again later.
    #[error("cannot take more {what} now: the bound is {bound}")]
    Full {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        bound: u64,
    },
}
