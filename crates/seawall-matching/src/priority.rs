//! What is due when, and what comes first (capability C43).
//!
//! Binding Operational Directive 26-04 is the rule in force, and good advice for those whom it does
//! not bind. [`bod_22_01`] is what went before it, kept for comparison only. [`ssvc`] holds the
//! decision tables by which coordinators, suppliers and deployers order their work.

mod bod_22_01;
mod bod_26_04;
mod decision;
mod rank;
pub mod ssvc;

pub use bod_22_01::{Change, bod_22_01, change};
pub use bod_26_04::{Deadline, Inputs, Row, bod_26_04, rows};
pub use decision::{
    Decision, EXPOSED_IN_DOUBT, Known, Lacking, NOT_AUTOMATABLE_IN_DOUBT, NOT_LISTED_IN_DOUBT,
    STRICTEST_IN_LACK, Source, StartedBy, TOTAL_IN_DOUBT, decide, decide_strictly, due, started,
};
pub use rank::{Authority, Rank, rank};

#[cfg(test)]
mod tests;
