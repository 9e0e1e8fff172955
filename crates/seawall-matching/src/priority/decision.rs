//! The row for what is known, with everything it rests on.
//!
//! Days are calendar days, the clock starts at the earlier of the listing as known exploited and
//! the detection on the asset, and nothing is cached: ask again whenever an input changes. Every
//! input is shown with its source, a default always by name.

use super::bod_26_04::{Deadline, Inputs, Row, bod_26_04};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where an input comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// CISA's catalogue of known exploited vulnerabilities.
    Kev,
    /// An SSVC decision point that was published for the flaw.
    Ssvc,
    /// The operator said so.
    OperatorAnswer,
    /// Nobody said so; the named rule supplies it.
    Default(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Kev => f.write_str("the catalogue of known exploited vulnerabilities"),
            Source::Ssvc => f.write_str("published SSVC"),
            Source::OperatorAnswer => f.write_str("the operator's answer"),
            Source::Default(rule) => write!(f, "default: {rule}"),
        }
    }
}

/// Exposure in doubt counts as exposed.
pub const EXPOSED_IN_DOUBT: Source =
    Source::Default("an asset of which nobody said otherwise counts as exposed");

/// Where no catalogue of known exploited flaws is loaded, a flaw counts as not listed.
pub const NOT_LISTED_IN_DOUBT: Source =
    Source::Default("no catalogue of known exploited flaws is loaded here, so it is not listed");

/// Without metadata a flaw that is not known exploited counts as not automatable.
pub const NOT_AUTOMATABLE_IN_DOUBT: Source =
    Source::Default("a flaw not known exploited and without SSVC counts as not automatable");

/// Without metadata a flaw that is not known exploited counts as total.
pub const TOTAL_IN_DOUBT: Source =
    Source::Default("a flaw not known exploited and without SSVC counts as total impact");

/// Where a listed flaw lacks its metadata, the strictest row stands in until somebody supplies it.
pub const STRICTEST_IN_LACK: Source = Source::Default(
    "this listed flaw lacks the metadata that the directive demands: ask CISA; the strictest \
     answer stands in until it is there",
);

/// What is known of a flaw and of the asset that has it, before any default.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Known {
    /// When the flaw was listed as known exploited, if it was.
    pub kev_listed: Option<Timestamp>,
    /// Whether the catalogue of known exploited flaws was looked into at all.
    pub kev_loaded: bool,
    /// Published SSVC Automatable.
    pub automatable: Option<bool>,
    /// Published SSVC Technical Impact: total.
    pub total: Option<bool>,
    /// The operator's answer whether the asset is exposed.
    pub exposed: Option<bool>,
}

/// Inputs are missing for which the directive allows no default.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Lacking {
    /// A listed flaw must be judged by CISA's own metadata.
    #[error("cannot find the row for a known exploited flaw: SSVC `Automatable` is missing")]
    Automatable,
    /// A listed flaw must be judged by CISA's own metadata.
    #[error("cannot find the row for a known exploited flaw: SSVC `Technical Impact` is missing")]
    TechnicalImpact,
}

/// What started the clock.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartedBy {
    /// The listing as known exploited came first.
    KevListing,
    /// The detection on the asset came first, or is all there is.
    Detection,
}

/// An answer of the table with everything it rests on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Decision {
    /// The row.
    pub row: Row,
    /// Where `exposed` comes from.
    pub exposed_from: Source,
    /// Where `in_kev` comes from.
    pub in_kev_from: Source,
    /// Where `automatable` comes from.
    pub automatable_from: Source,
    /// Where `total` comes from.
    pub total_from: Source,
    /// When the clock started.
    pub started_at: Timestamp,
    /// What started it.
    pub started_by: StartedBy,
    /// When it is due; `None` when the fix may wait for the next upgrade.
    pub due_at: Option<Timestamp>,
}

/// Finds the row for what is known, from the day the flaw was detected on the asset.
///
/// # Errors
///
/// [`Lacking`] when a listed flaw has not the metadata that the directive demands.
pub fn decide(known: &Known, detected_at: Timestamp) -> Result<Decision, Lacking> {
    let in_kev = known.kev_listed.is_some();
    let automatable = match known.automatable {
        Some(automatable) => (automatable, Source::Ssvc),
        None if in_kev => return Err(Lacking::Automatable),
        None => (false, NOT_AUTOMATABLE_IN_DOUBT),
    };
    let total = match known.total {
        Some(total) => (total, Source::Ssvc),
        None if in_kev => return Err(Lacking::TechnicalImpact),
        None => (true, TOTAL_IN_DOUBT),
    };
    Ok(decided(known, automatable, total, detected_at))
}

/// The same for a list that must not lose anything: where [`decide`] says what is lacking, that is
/// taken as strictly as can be, and said to be.
pub fn decide_strictly(known: &Known, detected_at: Timestamp) -> Decision {
    let strictly = |point: Option<bool>| match point {
        Some(known) => (known, Source::Ssvc),
        None => (true, STRICTEST_IN_LACK),
    };
    decide(known, detected_at).unwrap_or_else(|_| {
        decided(known, strictly(known.automatable), strictly(known.total), detected_at)
    })
}

fn decided(
    known: &Known,
    (automatable, automatable_from): (bool, Source),
    (total, total_from): (bool, Source),
    detected_at: Timestamp,
) -> Decision {
    let in_kev = known.kev_listed.is_some();
    let (exposed, exposed_from) = match known.exposed {
        Some(exposed) => (exposed, Source::OperatorAnswer),
        None => (true, EXPOSED_IN_DOUBT),
    };
    let row = bod_26_04(Inputs { exposed, in_kev, automatable, total });
    let (started_at, started_by) = started(known.kev_listed, detected_at);
    Decision {
        row,
        exposed_from,
        in_kev_from: match in_kev || known.kev_loaded {
            true => Source::Kev,
            false => NOT_LISTED_IN_DOUBT,
        },
        automatable_from,
        total_from,
        started_at,
        started_by,
        due_at: due(started_at, row.deadline),
    }
}

/// The earlier of the listing and the detection.
pub fn started(kev_listed: Option<Timestamp>, detected_at: Timestamp) -> (Timestamp, StartedBy) {
    match kev_listed {
        Some(listed) if listed <= detected_at => (listed, StartedBy::KevListing),
        Some(_) | None => (detected_at, StartedBy::Detection),
    }
}

/// The end of the deadline, in calendar days of 24 hours; `None` when it has no number of days.
pub fn due(started_at: Timestamp, deadline: Deadline) -> Option<Timestamp> {
    let days = deadline.days()?;
    started_at.checked_add(SignedDuration::from_hours(24 * days)).ok()
}

impl Decision {
    /// The decision in sentences, for the person who has to answer for it.
    pub fn explanation(&self) -> String {
        let Inputs { exposed, in_kev, automatable, total } = self.row.inputs;
        let word = |yes: bool| if yes { "yes" } else { "no" };
        let started_by = match self.started_by {
            StartedBy::KevListing => "the listing as known exploited",
            StartedBy::Detection => "the detection on the asset",
        };
        let due = match self.due_at {
            Some(due) => format!("due at {due}"),
            None => "without a date".to_owned(),
        };
        format!(
            "row {} of BOD 26-04: {}.\n\
             publicly exposed: {} ({}).\n\
             known exploited: {} ({}).\n\
             automatable: {} ({}).\n\
             technical impact: {} ({}).\n\
             the clock started at {} with {started_by}; {due}.",
            self.row.number,
            self.row.deadline,
            word(exposed),
            self.exposed_from,
            word(in_kev),
            self.in_kev_from,
            word(automatable),
            self.automatable_from,
            if total { "total" } else { "partial" },
            self.total_from,
            self.started_at,
        )
    }
}
