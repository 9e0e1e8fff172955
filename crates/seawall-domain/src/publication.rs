//! What an advisory says, before it becomes a document: one source, many formats (capability C35).

use crate::claim::Cwe;
use crate::package::Package;
use crate::range::{Basis, Interval, Tested};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The public name of an advisory, such as `SW-2026-0042` (`x_SW-2026-0042` in OSV until a prefix
/// is registered), given out only on publication.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AdvisoryNumber {
    year: i16,
    serial: u32,
}

impl AdvisoryNumber {
    /// The `serial`-th advisory (counted from 1) of a year.
    pub const fn new(year: i16, serial: u32) -> Self {
        Self { year, serial }
    }

    /// The year of first publication.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The running number within the year, from 1.
    pub const fn serial(self) -> u32 {
        self.serial
    }
}

/// The text is not an advisory number.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read advisory number `{0}`: it must look like `SW-2026-0042`")]
pub struct NotANumber(pub String);

impl FromStr for AdvisoryNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let parts = text.strip_prefix("SW-").and_then(|rest| rest.split_once('-'));
        let number = parts.and_then(|(year, serial)| {
            Some(Self { year: year.parse().ok()?, serial: serial.parse().ok()? })
        });
        number
            .filter(|number| number.to_string() == text)
            .ok_or_else(|| NotANumber(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for AdvisoryNumber {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        text.parse()
    }
}

impl From<AdvisoryNumber> for String {
    fn from(number: AdvisoryNumber) -> String {
        number.to_string()
    }
}

impl fmt::Display for AdvisoryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW-{:04}-{:04}", self.year, self.serial)
    }
}

/// One package that the flaw affects, and how that is known.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct AffectedPackage {
    /// The package.
    pub package: Package,
    /// The affected versions as a set of intervals, in version order.
    pub ranges: Vec<Interval>,
    /// Run here, or stated by somebody.
    pub basis: Basis,
    /// Who stated it (the name of a party), when it was not run here.
    pub stated_by: Option<String>,
    /// The releases that were run, in version order; empty when stated.
    pub tested: Vec<Tested>,
}

/// One revision of the advisory.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// Counted from 1.
    pub number: u32,
    /// When it was published.
    pub at: Timestamp,
    /// What changed, in one sentence.
    pub summary: String,
}

/// What the advisory says. Everything a document needs stands here; nothing is looked up later.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// The public number.
    pub number: AdvisoryNumber,
    /// One line.
    pub title: String,
    /// What goes wrong and who gains, in plain words.
    pub summary: String,
    /// What an operator should do, in plain words.
    pub remedy: String,
    /// What an operator can do who cannot update, in plain words.
    pub workaround: String,
    /// The weakness class.
    pub weakness: Option<Cwe>,
    /// A CVSS vector, where one was assigned; never invented.
    pub severity: Option<String>,
    /// Names by other bodies, such as `CVE-2020-7788`.
    pub aliases: Vec<String>,
    /// Links.
    pub references: Vec<String>,
    /// The packages it affects.
    pub affected: Vec<AffectedPackage>,
    /// Who found it, as names of parties.
    pub credits: Vec<String>,
    /// Something every reader must know first, such as the notice of a replay.
    pub notice: Option<String>,
    /// The revisions, oldest first; never empty.
    pub revisions: Vec<Revision>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        for text in ["SW-2026-0042", "SW-2026-12345"] {
            assert_eq!(text.parse::<AdvisoryNumber>().map(|n| n.to_string()), Ok(text.into()));
        }
        for text in ["SW-2026-42", "sw-2026-0042", "SW-2026-", "SW-26-0042", ""] {
            assert!(text.parse::<AdvisoryNumber>().is_err(), "{text}");
        }
    }
}
