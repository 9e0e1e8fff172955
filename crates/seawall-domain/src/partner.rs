//! Trusted partners: who may use a model in its partners' window, and by which open rules.
//!
//! A rubric that anybody can read says what counts. Conflicts of interest force people out of a
//! panel; a lottery that nobody can steer draws those that remain; each of them looks alone, and
//! sees the others' marks only once all have filed. What follows from the marks is computed. It takes
//! effect when both the developer and the clearinghouse sign, ends within a year, comes with
//! reasons, and can be appealed to other people. A stop takes effect at the next request
//! (FRONTIER 5, MISSION C61-C63).
//!
//! The developer can keep anybody from its own model, and nobody can force a partner on it.

use crate::digest::Digest;
use crate::id::{PartnerId, PartyId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

pub mod appeal;
pub mod assessment;
pub mod concentration;
pub mod conflict;
pub mod decision;
pub mod lottery;
pub mod reach;
pub mod rubric;
pub mod seat;

/// An application to become a partner for one developer's models.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its id, which becomes the partner's.
    pub id: PartnerId,
    /// Who applies.
    pub party: PartyId,
    /// For whose models.
    pub developer: PartyId,
    /// The rubric in force when it was filed; a later one does not apply to it.
    pub rubric: u32,
    /// SHA-256 of the evidence that came with it.
    pub evidence: Digest,
    /// When it was filed.
    pub filed_at: Timestamp,
}
