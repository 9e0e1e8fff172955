//! What is due when: the remediation table of CISA's Binding Operational Directive 26-04 as data
//! (capability C43), and the same table as advice for those whom it does not bind.
//!
//! The table is that of `cisa:DT_BOD2604:1.0.0` in the SSVC repository, row for row. Days are
//! calendar days, the clock starts at the earlier of the listing as known exploited and the
//! detection on the asset, and nothing is cached: ask again whenever an input changes. Every input
//! is shown with its source, a default always by name.

use jiff::{SignedDuration, Timestamp};
use seawall_domain::range::Basis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The four inputs of the table.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    /// The asset can be reached by anybody over public networks.
    pub exposed: bool,
    /// The flaw is listed as known exploited.
    pub in_kev: bool,
    /// An attacker can automate the attack (SSVC Automatable).
    pub automatable: bool,
    /// The attack gives total control (SSVC Technical Impact).
    pub total: bool,
}

/// What the table says.
// INVARIANT: the variants stand in the order of urgency, most urgent first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// Within three days, and look for signs of a break-in.
    ThreeDaysForensic,
    /// Within three days.
    ThreeDays,
    /// Within fourteen days.
    FourteenDays,
    /// Within sixty days.
    SixtyDays,
    /// At the next planned upgrade of the system.
    FixOnUpgrade,
}

impl Deadline {
    /// The number of days, where there is one.
    pub const fn days(self) -> Option<i64> {
        match self {
            Deadline::ThreeDaysForensic | Deadline::ThreeDays => Some(3),
            Deadline::FourteenDays => Some(14),
            Deadline::SixtyDays => Some(60),
            Deadline::FixOnUpgrade => None,
        }
    }
}

impl Deadline {
    /// Whether signs of a break-in must be looked for.
    pub const fn is_forensic(self) -> bool {
        match self {
            Deadline::ThreeDaysForensic => true,
            Deadline::ThreeDays
            | Deadline::FourteenDays
            | Deadline::SixtyDays
            | Deadline::FixOnUpgrade => false,
        }
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deadline::ThreeDaysForensic => "3 days and forensic triage",
            Deadline::ThreeDays => "3 days",
            Deadline::FourteenDays => "14 days",
            Deadline::SixtyDays => "60 days",
            Deadline::FixOnUpgrade => "fix on system upgrade",
        })
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its number, from 1 to 16, in the order of the published table.
    pub number: u8,
    /// The inputs it is for.
    pub inputs: Inputs,
    /// The deadline it gives.
    pub deadline: Deadline,
}

/// The published table: known exploited, exposed, automatable, total, and the deadline.
const TABLE: [(bool, bool, bool, bool, Deadline); 16] = [
    (false, false, false, false, Deadline::FixOnUpgrade),
    (true, false, false, false, Deadline::FourteenDays),
    (false, true, false, false, Deadline::SixtyDays),
    (false, false, true, false, Deadline::SixtyDays),
    (false, false, false, true, Deadline::FixOnUpgrade),
    (true, true, false, false, Deadline::FourteenDays),
    (true, false, true, false, Deadline::FourteenDays),
    (false, true, true, false, Deadline::FourteenDays),
    (true, false, false, true, Deadline::FourteenDays),
    (false, true, false, true, Deadline::FourteenDays),
    (false, false, true, true, Deadline::SixtyDays),
    (true, true, true, false, Deadline::ThreeDays),
    (true, true, false, true, Deadline::ThreeDaysForensic),
    (true, false, true, true, Deadline::ThreeDaysForensic),
    (false, true, true, true, Deadline::ThreeDays),
    (true, true, true, true, Deadline::ThreeDaysForensic),
];

/// The sixteen rows, in the order of the published table.
pub fn rows() -> impl Iterator<Item = Row> {
    TABLE.into_iter().zip(1..).map(|((in_kev, exposed, automatable, total, deadline), number)| {
        Row { number, inputs: Inputs { exposed, in_kev, automatable, total }, deadline }
    })
}

/// The row of BOD 26-04 for these inputs.
pub fn bod_26_04(inputs: Inputs) -> Row {
    // The table has each of the sixteen combinations once (a test counts them), so the strictest
    // row below is never taken.
    let strictest = Row { number: 16, inputs, deadline: Deadline::ThreeDaysForensic };
    rows().find(|row| row.inputs == inputs).unwrap_or(strictest)
}

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
pub fn decide(known: &Known, detected_at: Timestamp) -> Result<Decision, Lacking> {
    let in_kev = known.kev_listed.is_some();
    let (automatable, automatable_from) = match known.automatable {
        Some(automatable) => (automatable, Source::Ssvc),
        None if in_kev => return Err(Lacking::Automatable),
        None => (false, NOT_AUTOMATABLE_IN_DOUBT),
    };
    let (total, total_from) = match known.total {
        Some(total) => (total, Source::Ssvc),
        None if in_kev => return Err(Lacking::TechnicalImpact),
        None => (true, TOTAL_IN_DOUBT),
    };
    let (exposed, exposed_from) = match known.exposed {
        Some(exposed) => (exposed, Source::OperatorAnswer),
        None => (true, EXPOSED_IN_DOUBT),
    };
    let row = bod_26_04(Inputs { exposed, in_kev, automatable, total });
    let (started_at, started_by) = started(known.kev_listed, detected_at);
    Ok(Decision {
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
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// `exposed, in_kev, automatable, total` as letters; the row of the published table.
    const PINNED: [(&str, u8, Deadline); 16] = [
        ("e k a t", 16, Deadline::ThreeDaysForensic),
        ("e k a -", 12, Deadline::ThreeDays),
        ("e k - t", 13, Deadline::ThreeDaysForensic),
        ("e k - -", 6, Deadline::FourteenDays),
        ("e - a t", 15, Deadline::ThreeDays),
        ("e - a -", 8, Deadline::FourteenDays),
        ("e - - t", 10, Deadline::FourteenDays),
        ("e - - -", 3, Deadline::SixtyDays),
        ("- k a t", 14, Deadline::ThreeDaysForensic),
        ("- k a -", 7, Deadline::FourteenDays),
        ("- k - t", 9, Deadline::FourteenDays),
        ("- k - -", 2, Deadline::FourteenDays),
        ("- - a t", 11, Deadline::SixtyDays),
        ("- - a -", 4, Deadline::SixtyDays),
        ("- - - t", 5, Deadline::FixOnUpgrade),
        ("- - - -", 1, Deadline::FixOnUpgrade),
    ];

    fn inputs(text: &str) -> Inputs {
        Inputs {
            exposed: text.contains('e'),
            in_kev: text.contains('k'),
            automatable: text.contains('a'),
            total: text.contains('t'),
        }
    }

    fn check(inputs: Inputs, number: u8, deadline: Deadline) {
        assert_eq!(bod_26_04(inputs), Row { number, inputs, deadline });
    }

    #[test]
    fn all_sixteen_rows_are_pinned() {
        for (text, number, deadline) in PINNED {
            check(inputs(text), number, deadline);
        }
        let numbers: BTreeSet<u8> = PINNED.iter().map(|(_, number, _)| *number).collect();
        assert_eq!(numbers, (1..=16).collect());
    }

    #[test]
    fn all_sixteen_rows_are_those_of_the_published_file() {
        let folder = std::env::var("SEAWALL_DATA")
            .unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned());
        let path = format!("{folder}/ssvc/cisa_bod_26_04_1_0_0.csv");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: all_sixteen_rows_are_those_of_the_published_file: no SEAWALL_DATA");
            return;
        };
        let mut rows = 0;
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let [number, in_kev, exposed, automatable, impact, outcome] = fields[..] else {
                panic!("unexpected row {line}");
            };
            let inputs = Inputs {
                exposed: exposed == "yes",
                in_kev: in_kev == "yes",
                automatable: automatable == "yes",
                total: impact == "total",
            };
            let deadline = match outcome {
                "3 days & forensic investigation" => Deadline::ThreeDaysForensic,
                "3 days" => Deadline::ThreeDays,
                "14 days" => Deadline::FourteenDays,
                "60 days" => Deadline::SixtyDays,
                "fix on system upgrade" => Deadline::FixOnUpgrade,
                other => panic!("unknown outcome {other}"),
            };
            check(inputs, number.parse::<u8>().unwrap() + 1, deadline);
            rows += 1;
        }
        assert_eq!(rows, 16);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_clock_starts_at_the_earlier_event() {
        let (early, late) = (at("2026-11-01T00:00:00Z"), at("2026-11-20T12:00:00Z"));
        for (kev_listed, detected, expected, by) in [
            (None, late, late, StartedBy::Detection),
            (Some(early), late, early, StartedBy::KevListing),
            (Some(late), early, early, StartedBy::Detection),
            (Some(late), late, late, StartedBy::KevListing),
        ] {
            assert_eq!(started(kev_listed, detected), (expected, by));
        }
        assert_eq!(due(early, Deadline::ThreeDays), Some(at("2026-11-04T00:00:00Z")));
        assert_eq!(due(late, Deadline::FourteenDays), Some(at("2026-12-04T12:00:00Z")));
        assert_eq!(due(late, Deadline::FixOnUpgrade), None);
        assert_eq!(due(Timestamp::MAX, Deadline::SixtyDays), None);
    }

    #[test]
    fn defaults_are_named_and_only_where_the_directive_has_them() {
        let now = at("2026-11-20T12:00:00Z");
        let nothing = decide(&Known::default(), now).unwrap();
        assert_eq!(nothing.row.number, 10);
        assert_eq!(nothing.exposed_from, EXPOSED_IN_DOUBT);
        assert_eq!(nothing.in_kev_from, NOT_LISTED_IN_DOUBT);
        assert_eq!(nothing.automatable_from, NOT_AUTOMATABLE_IN_DOUBT);
        assert_eq!(nothing.total_from, TOTAL_IN_DOUBT);
        let listed = Known { kev_listed: Some(now), ..Known::default() };
        assert_eq!(decide(&listed, now), Err(Lacking::Automatable));
        let half = Known { automatable: Some(true), ..listed };
        assert_eq!(decide(&half, now), Err(Lacking::TechnicalImpact));
        let full = Known { total: Some(true), exposed: Some(false), ..half };
        let decision = decide(&full, now).unwrap();
        assert_eq!(decision.row.number, 14);
        assert_eq!(decision.total_from, Source::Ssvc);
        assert_eq!(decision.exposed_from, Source::OperatorAnswer);
    }

    #[test]
    fn the_explanation_names_row_inputs_sources_and_clock() {
        let now = at("2026-11-20T12:00:00Z");
        let known = Known {
            exposed: Some(false),
            automatable: Some(true),
            kev_loaded: true,
            ..Known::default()
        };
        assert_eq!(
            decide(&known, now).unwrap().explanation(),
            "row 11 of BOD 26-04: 60 days.\n\
             publicly exposed: no (the operator's answer).\n\
             known exploited: no (the catalogue of known exploited vulnerabilities).\n\
             automatable: yes (published SSVC).\n\
             technical impact: total (default: a flaw not known exploited and without SSVC counts \
             as total impact).\n\
             the clock started at 2026-11-20T12:00:00Z with the detection on the asset; \
             due at 2027-01-19T12:00:00Z."
        );
    }

    #[test]
    fn the_advice_starts_with_the_most_urgent() {
        let mut sorted = PINNED;
        sorted.sort_by_key(|(text, _, _)| rank(inputs(text), Basis::Run));
        let numbers: Vec<u8> = sorted.iter().map(|(_, number, _)| *number).collect();
        assert_eq!(numbers, [16, 13, 14, 12, 15, 6, 9, 7, 2, 10, 8, 3, 11, 4, 5, 1]);
        let run = rank(inputs("e k a t"), Basis::Run);
        assert!(run < rank(inputs("e k a t"), Basis::Stated));
    }
}
