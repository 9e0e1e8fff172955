//! The remediation table of Binding Operational Directive 26-04, row for row that of
//! `cisa:DT_BOD2604:1.0.0` in the SSVC repository.

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
    /// Its number in the published table, which counts from 0 to 15.
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
    TABLE.into_iter().zip(0..).map(|((in_kev, exposed, automatable, total, deadline), number)| {
        Row { number, inputs: Inputs { exposed, in_kev, automatable, total }, deadline }
    })
}

/// The row of BOD 26-04 for these inputs.
pub fn bod_26_04(inputs: Inputs) -> Row {
    // The table has each of the sixteen combinations once (a test counts them), so the strictest
    // row below is never taken.
    let strictest = Row { number: 15, inputs, deadline: Deadline::ThreeDaysForensic };
    rows().find(|row| row.inputs == inputs).unwrap_or(strictest)
}
