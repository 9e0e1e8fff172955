//! The embargo machine (EM): agreed silence, with clocks and ways out.

use crate::project::ClockBasis;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One clock: who set it, from what it counts, and when it ends the embargo.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// From what it counts.
    pub basis: ClockBasis,
    /// Who set it.
    pub by: String,
    /// When it ends the embargo; unknown while it waits for a fix.
    pub until: Option<Timestamp>,
}

/// The embargo of a case. Once exited it never comes back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Embargo {
    /// There is none: the project treats such flaws as public.
    None,
    /// Proposed to the maintainer with the report; kept by us meanwhile.
    Proposed {
        /// The clocks.
        clocks: Vec<Clock>,
    },
    /// Agreed: only the participants may know.
    Active {
        /// The clocks; conflicts between them are shown, never resolved silently.
        clocks: Vec<Clock>,
    },
    /// Over.
    Exited {
        /// When.
        at: Timestamp,
        /// Why.
        why: Exit,
    },
}

/// Why an embargo ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// A checked fix was released and the advisory published.
    Published,
    /// The public learnt of it otherwise.
    PublicAware,
}

impl Embargo {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Embargo::None => "none",
            Embargo::Proposed { .. } => "proposed",
            Embargo::Active { .. } => "active",
            Embargo::Exited { .. } => "exited",
        }
    }
}

/// The earliest end among the clocks that have one.
pub(super) fn binding(clocks: &[Clock]) -> Option<Timestamp> {
    clocks.iter().filter_map(|clock| clock.until).min()
}
