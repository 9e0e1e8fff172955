//! What crosses from a classified side to the other: four values, and nothing beside them.
//!
//! There is no link between the two sides; a file is carried across, one way. It holds the receipt
//! of a question, the root of the protocol that was sealed for it, and once there is one the
//! outcome, with whether its record is kept (FRONTIER 3.4, F27); it is signed by the side that
//! writes it, with a key that the other has pinned. What two digests might hide no schema can tell:
//! both are checked against what the other side has already, its receipt and the public log. The
//! record has no digest here, because the other side has nothing to hold one against.

use super::{Engagement, UNRECORDED};
use crate::digest::Digest;
use crate::evaluation::decision::Outcome;

/// What crosses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Crossing {
    /// The receipt that the developer was given.
    pub receipt: Digest,
    /// The root of the sealed protocol.
    pub root: Digest,
    /// The answer, once there is one.
    pub answer: Option<Answer>,
}

/// An outcome, and what it stands on when the file is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Answer {
    /// What the official signed.
    pub outcome: Outcome,
    /// Whether its record is kept.
    pub record: Standing,
}

/// Whether the record of an outcome is kept.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Standing {
    /// It is.
    Kept,
    /// It is not: only the official's word is there.
    NotKept,
}

impl Crossing {
    /// What crosses of an engagement whose question has this receipt; none before a sealed protocol
    /// is named.
    pub fn of(engagement: &Engagement, receipt: Digest) -> Option<Crossing> {
        let record = engagement.record.map_or(Standing::NotKept, |_| Standing::Kept);
        let issued = engagement.determination.issued();
        let answer = issued.map(|(outcome, _)| Answer { outcome, record });
        Some(Crossing { receipt, root: engagement.protocol?, answer })
    }

    /// What is said beside an outcome whose record was not kept when the file was written; none
    /// where there is no outcome, or its record was.
    pub fn unrecorded(&self) -> Option<&'static str> {
        match self.answer?.record {
            Standing::Kept => None,
            Standing::NotKept => Some(UNRECORDED),
        }
    }
}
