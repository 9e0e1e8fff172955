//! What crosses from a classified side to the other: three values, and nothing beside them.
//!
//! There is no link between the two sides; a file is carried across, one way. It holds the receipt
//! of a question, the root of the protocol that was sealed for it, and the outcome once there is
//! one (FRONTIER 3.4, F27), and is signed by the side that writes it, with a key that the other has
//! pinned. What two digests might hide no schema can tell: both are checked against what the other
//! side has already, its receipt and the public log.

use crate::digest::Digest;
use crate::evaluation::decision::Outcome;

/// What crosses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Crossing {
    /// The receipt that the developer was given.
    pub receipt: Digest,
    /// The root of the sealed protocol.
    pub root: Digest,
    /// The outcome, once there is one.
    pub outcome: Option<Outcome>,
}
