//! The order of a list that starts with what to do first.

use super::bod_26_04::{Deadline, Inputs, bod_26_04};
use seawall_domain::range::Basis;
use serde::{Deserialize, Serialize};

/// Whether a deadline binds the reader.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The directive binds this operator.
    Rule,
    /// The directive binds others; for this operator its table is good advice.
    Advice,
}

/// The place of a flaw in a list that starts with what to do first. It sorts by the deadline of
/// the table, then by what is exploited, exposed, total and automatable, then by what was run
/// rather than stated. It is advice: nothing but the deadline comes from the directive.
pub fn rank(inputs: Inputs, basis: Basis) -> Rank {
    let Inputs { exposed, in_kev, automatable, total } = inputs;
    Rank {
        deadline: bod_26_04(inputs).deadline,
        calm: [!in_kev, !exposed, !total, !automatable],
        stated: basis == Basis::Stated,
    }
}

/// A place in the list of what to do first; smaller comes first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Rank {
    deadline: Deadline,
    calm: [bool; 4],
    stated: bool,
}
