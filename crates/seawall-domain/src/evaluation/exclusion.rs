//! Tasks that are left out, each by a reason that the protocol named before the run.
//!
//! Two of the keys that sign the protocol say which task, by which of its reasons, and why. A task
//! that is left out stays in the table: what it would have come to is shown beside the score
//! (FRONTIER 3.5). Whether it was left out before anybody saw a score, no file can show.

use super::protocol::{Exclusion, Protocol, TEXT_LEN_MAX};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A task that is left out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    /// The task, by its place in the protocol, from 0.
    pub task: u32,
    /// Which of the protocol's reasons.
    pub rule: Exclusion,
    /// What was seen, in words.
    pub reason: String,
}

/// Why tasks are not left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unplanned {
    /// The protocol does not name the reason.
    #[error("cannot leave a task out for a reason that the protocol does not name")]
    Rule,
    /// There is no such task.
    #[error("cannot leave a task out that the protocol does not have")]
    Task,
    /// A task is there twice.
    #[error("cannot leave a task out twice")]
    Twice,
    /// What was seen is not said.
    #[error("cannot leave a task out without saying in one line what was seen")]
    Reason,
}

/// Holds what is to be left out against the protocol; gives the reason by the task's place.
pub fn planned(
    protocol: &Protocol,
    excluded: &[Excluded],
) -> Result<BTreeMap<usize, Exclusion>, Unplanned> {
    let terms = protocol.terms();
    let mut planned = BTreeMap::new();
    for one in excluded {
        let (place, reason) = (one.task as usize, one.reason.trim());
        if !terms.exclusion.contains(&one.rule) {
            return Err(Unplanned::Rule);
        }
        if place >= terms.tasks.len() {
            return Err(Unplanned::Task);
        }
        let is_long = reason.chars().count() > TEXT_LEN_MAX;
        if reason.is_empty() || is_long || reason.contains(char::is_control) {
            return Err(Unplanned::Reason);
        }
        if planned.insert(place, one.rule).is_some() {
            return Err(Unplanned::Twice);
        }
    }
    Ok(planned)
}
