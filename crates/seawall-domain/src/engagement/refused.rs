//! Why a step of an engagement was refused.

use super::lineage::{PARTNERS_DAYS_MAX, WINDOW_DAYS_MAX};
use super::seat;
use crate::refusal::Refusal;

/// Why a step was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Somebody else does this.
    #[error("cannot do this: it is for somebody else to do")]
    NotYours,
    /// The state does not have this step.
    #[error("cannot do this in the state that it is in: look where it stands first")]
    NotNow,
    /// A timer came too early.
    #[error("nothing is due yet")]
    NothingDue,
    /// An answer must be awaited for a while, and not for ever.
    #[error("cannot wait until then: name a time that lies ahead, by {days_max} days at most")]
    WaitOutOfBounds {
        /// The bound in days.
        days_max: i64,
    },
    /// The windows of this model have used all days that there are.
    #[error("cannot open or extend a window: its {days_max} days over all windows are used")]
    NoDaysLeft {
        /// The bound in days.
        days_max: i64,
    },
    /// A window lies before the release that it precedes.
    #[error("cannot open or extend a window beyond the reported release")]
    AfterRelease,
    /// A window does not end before it begins, or sooner than it was to.
    #[error(
        "cannot set that end: a window ends after now and no sooner than it was to, and lasts \
         {WINDOW_DAYS_MAX} days at most for the government, {PARTNERS_DAYS_MAX} for partners"
    )]
    BadEnd,
    /// The weights are open: there is nothing that access could be given to or taken from.
    #[error("cannot open a window on open weights: there is advice only")]
    AdviceOnly,
    /// The snapshot is not of this model's line.
    #[error("cannot offer a snapshot that the engagement does not name")]
    OtherSnapshot,
    /// A name that is in use.
    #[error("cannot use that name again")]
    Known,
    /// One person signs once.
    #[error("cannot sign again: a second person must sign")]
    SecondPersonNeeded,
    /// Nothing runs before it is named what it runs under: no outcome could follow.
    #[error(
        "cannot begin the runs: no protocol is named for this question; first name a sealed one"
    )]
    UnnamedProtocol,
    /// No outcome is signed under rules that nobody sealed beforehand.
    #[error(
        "cannot sign an outcome: no sealed protocol was named for this question, and none can be \
         named once runs have begun; decline the question, and name a protocol first when the \
         developer asks anew"
    )]
    NoProtocol,
    /// There is no outcome that a record could be about.
    #[error("cannot keep a record yet: first the official signs what the rule found")]
    NotIssued,
    /// There is one.
    #[error("cannot keep another record: one is kept, and it stays")]
    RecordKept,
    /// No gateway with that key was named.
    #[error("cannot take this: no gateway with that key was named here for that window")]
    NoGateway,
    /// The engagement has not had that window.
    #[error("cannot take this: this engagement has not had that window")]
    NoWindow,
    /// A newer count is there, or this one.
    #[error("cannot take this: what is there of that journal is as new or newer")]
    OlderCount,
    /// Two words about one journal do not agree.
    #[error(
        "cannot take this: it does not agree with what the same gateway signed before about the \
         same journal"
    )]
    OtherJournal,
    /// It is there already.
    #[error("cannot take this: the certificate of that gateway is there")]
    Delivered,
    /// It was made before the window began, or is not yet made.
    #[error("cannot take this: it says a time before the window began, or one that is not yet")]
    BadTime,
    /// Its parties are not in order, each once, or too many.
    #[error("cannot take this count: it names each party once, in order, and not too many")]
    BadCount,
    /// By the rules of seats in a government's window.
    #[error(transparent)]
    Seat(#[from] seat::Refused),
    /// A bound is reached.
    #[error("cannot keep more than {0}")]
    Full(usize),
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        Refusal::ByRule(refused.to_string())
    }
}
