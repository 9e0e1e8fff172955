//! The release: something that the developer does and may report. Nothing here can refuse it.
//!
//! The state of a determination or a window is no argument of anything in this file, so no report
//! can depend on one (FRONTIER 4.2, I1).

use super::{Refused, Who, developer};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What the developer has reported.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Release {
    /// Nothing.
    Unreported,
    /// A release to other trusted partners, past or planned.
    PartnersReported {
        /// When.
        at: Timestamp,
    },
    /// A release to everybody, past or planned.
    GeneralReported {
        /// When partners have it, where that was reported.
        partners: Option<Timestamp>,
        /// When everybody has it.
        at: Timestamp,
    },
}

/// A report: of what has happened or is planned. A later one takes the place of an earlier one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Report {
    /// To other trusted partners.
    Partners {
        /// When.
        at: Timestamp,
    },
    /// To everybody.
    Everybody {
        /// When.
        at: Timestamp,
    },
}

/// What happened: the report itself.
pub type ReleaseFact = Report;

impl Release {
    /// Takes a report. The only question is whether it is the developer's.
    pub fn decide(&self, report: Report, who: Who) -> Result<ReleaseFact, Refused> {
        developer(who).map(|_| report)
    }

    /// The state after a report: there is one for every report in every state.
    pub fn after(&self, fact: ReleaseFact) -> Release {
        match (fact, *self) {
            (Report::Partners { at }, Release::Unreported | Release::PartnersReported { .. }) => {
                Release::PartnersReported { at }
            }
            (Report::Partners { at: partners }, Release::GeneralReported { at, .. }) => {
                Release::GeneralReported { partners: Some(partners), at }
            }
            (Report::Everybody { at }, state) => {
                Release::GeneralReported { partners: state.partners(), at }
            }
        }
    }

    fn partners(&self) -> Option<Timestamp> {
        match self {
            Release::Unreported => None,
            Release::PartnersReported { at } => Some(*at),
            Release::GeneralReported { partners, .. } => *partners,
        }
    }

    /// The instant before which the government's window lies: when others have the model.
    pub fn ends_government_window(&self) -> Option<Timestamp> {
        let general = self.ends_partners_window();
        self.partners().into_iter().chain(general).min()
    }

    /// The instant before which the partners' window lies: when everybody has the model.
    pub fn ends_partners_window(&self) -> Option<Timestamp> {
        match self {
            Release::Unreported | Release::PartnersReported { .. } => None,
            Release::GeneralReported { at, .. } => Some(*at),
        }
    }
}
