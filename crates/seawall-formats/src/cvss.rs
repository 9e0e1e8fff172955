//! CVSS vectors, versions 2.0, 3.0, 3.1 and 4.0, with the scores that their metrics give.
//!
//! Every calculation is exact: decimal numbers as integers ([`decimal`]), so that a score that lies
//! on the edge of rounding is the specification's on every machine. Versions 2 and 3 have up to
//! three scores; version 4.0 has one, and its nomenclature says which groups of metrics it rests
//! on. What no score depends on (supplemental metrics) is checked and left alone.
//!
//! The specifications are FIRST's; each version's file names the sections. A vector's metrics are
//! read in any order: only version 3 allows that, and no order has another meaning.

mod decimal;
mod v2;
mod v3;
mod v4;
mod vector;

use crate::fault::quote;
use serde::Serialize;
use std::fmt;
use vector::Vector;

/// The longest vector that is read, in bytes; one with every metric of version 4.0 has about 220.
pub const VECTOR_BYTES_MAX: usize = 512;

/// A version of CVSS.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum CvssVersion {
    /// CVSS 2.0, whose vectors do not name it.
    #[serde(rename = "2.0")]
    V2,
    /// CVSS 3.0.
    #[serde(rename = "3.0")]
    V30,
    /// CVSS 3.1.
    #[serde(rename = "3.1")]
    V31,
    /// CVSS 4.0.
    #[serde(rename = "4.0")]
    V4,
}

impl CvssVersion {
    /// Its number.
    pub const fn number(self) -> &'static str {
        match self {
            CvssVersion::V2 => "2.0",
            CvssVersion::V30 => "3.0",
            CvssVersion::V31 => "3.1",
            CvssVersion::V4 => "4.0",
        }
    }
}

/// A score from 0.0 to 10.0, kept in tenths.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Points(u8);

impl Points {
    /// The score in tenths, from 0 to 100.
    pub const fn tenths(self) -> u8 {
        self.0
    }

    /// The score as a number.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// A number, such as `9.8`.
impl Serialize for Points {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.number())
    }
}

/// The qualitative rating of a score; version 2.0 knows neither `None` nor `Critical`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Severity {
    /// 0.0.
    None,
    /// Below 4.0.
    Low,
    /// Below 7.0.
    Medium,
    /// Below 9.0; in version 2.0 all from 7.0 on.
    High,
    /// From 9.0 on.
    Critical,
}

impl Severity {
    /// The rating of a score.
    pub const fn of(version: CvssVersion, points: Points) -> Severity {
        match (version, points.0) {
            (CvssVersion::V2, 70..) => Severity::High,
            (CvssVersion::V30 | CvssVersion::V31 | CvssVersion::V4, 0) => Severity::None,
            (_, ..40) => Severity::Low,
            (_, 40..70) => Severity::Medium,
            (_, 70..90) => Severity::High,
            (_, 90..) => Severity::Critical,
        }
    }

    /// The rating as CVSS writes it in text, such as `High`.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::None => "None",
            Severity::Low => "Low",
            Severity::Medium => "Medium",
            Severity::High => "High",
            Severity::Critical => "Critical",
        }
    }
}

/// Which groups of metrics a score of version 4.0 rests on (specification, section 1.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub enum Nomenclature {
    /// Base metrics only.
    #[serde(rename = "CVSS-B")]
    Base,
    /// Base and threat metrics.
    #[serde(rename = "CVSS-BT")]
    BaseThreat,
    /// Base and environmental metrics.
    #[serde(rename = "CVSS-BE")]
    BaseEnvironmental,
    /// All three groups.
    #[serde(rename = "CVSS-BTE")]
    BaseThreatEnvironmental,
}

/// The scores of a vector.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Score {
    /// The version of CVSS.
    pub version: CvssVersion,
    /// The base score; in version 4.0 the one score that all metrics together give.
    pub base: Points,
    /// The temporal score. Version 3 defines it even without a temporal metric, and it is the base
    /// score then; version 2.0 has one where a metric is set, version 4.0 never.
    pub temporal: Option<Points>,
    /// The environmental score, where an environmental metric is set; version 4.0 has none.
    pub environmental: Option<Points>,
    /// The rating of `base`.
    pub severity: Severity,
    /// What a score of version 4.0 rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nomenclature: Option<Nomenclature>,
    /// The set of vectors to which a vector of version 4.0 belongs, such as `112101`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macrovector: Option<String>,
}

impl Score {
    /// The score that rests on most: environmental, else temporal, else base.
    pub fn overall(&self) -> Points {
        self.environmental.or(self.temporal).unwrap_or(self.base)
    }
}

/// The text is no CVSS vector.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read CVSS vector {text}: {reason}")]
pub struct CvssFault {
    /// What was found, cut and in backticks.
    pub text: String,
    /// Which rule it breaks.
    pub reason: String,
}

/// Reads a vector and computes its scores.
pub fn score(text: &str) -> Result<Score, CvssFault> {
    read(text).map_err(|reason| CvssFault { text: quote(text), reason })
}

fn read(text: &str) -> Result<Score, String> {
    if text.len() > VECTOR_BYTES_MAX {
        return Err(format!("it is longer than {VECTOR_BYTES_MAX} bytes"));
    }
    let Some(versioned) = text.strip_prefix("CVSS:") else {
        return Ok(v2::score(&Vector::read(&v2::METRICS, text)?));
    };
    match versioned.split_once('/') {
        Some(("3.0", metrics)) => {
            Ok(v3::score(&Vector::read(&v3::METRICS, metrics)?, v3::Minor::Zero))
        }
        Some(("3.1", metrics)) => {
            Ok(v3::score(&Vector::read(&v3::METRICS, metrics)?, v3::Minor::One))
        }
        Some(("4.0", metrics)) => Ok(v4::score(&Vector::read(&v4::METRICS, metrics)?)),
        Some((version, _)) => Err(format!("version {} is not known", quote(version))),
        None => Err("it has no metrics".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `base/temporal/environmental severity`, or the reason why not.
    fn check(vector: &str, expected: &str) {
        let shown = |points: Option<Points>| points.map_or("-".to_owned(), |p| p.to_string());
        let told = match score(vector) {
            Ok(score) => format!(
                "{}/{}/{} {}",
                score.base,
                shown(score.temporal),
                shown(score.environmental),
                score.severity.word()
            ),
            Err(fault) => fault.reason,
        };
        assert_eq!(told, expected, "{vector}");
    }

    #[test]
    fn scores_every_version() {
        for (vector, expected) in [
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", "10.0/-/- High"),
            (
                "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M",
                "6.2/4.9/7.5 Medium",
            ),
            ("AV:A/AC:L/Au:N/C:N/I:P/A:P/CDP:ND/TD:ND/CR:ND/IR:ND/AR:ND", "4.8/-/- Medium"),
            ("AV:N/AC:L/Au:N/C:N/I:N/A:N", "0.0/-/- Low"),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "0.0/0.0/- None"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "9.8/9.8/- Critical"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N/E:P/MS:U", "6.1/5.8/5.1 Medium"),
            ("CVSS:3.1/A:N/I:L/C:L/S:C/UI:R/PR:N/AC:L/AV:N", "6.1/6.1/- Medium"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "9.3/-/- Critical"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", "0.0/-/- None"),
        ] {
            check(vector, expected);
        }
    }

    #[test]
    fn refuses_what_is_no_vector() {
        for (vector, expected) in [
            ("", "a metric is not written `name:value`"),
            ("CVSS:3.1", "it has no metrics"),
            ("CVSS:9.9/AV:N", "version `9.9` is not known"),
            ("AV:N/AC:L/Au:N/C:C/I:C", "the metric `A` is missing"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C/A:C", "the metric `A` stands there twice"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:H", "the metric `A` has no value `H`"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C/ZZ:N", "`ZZ` is no metric of this version"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C/", "a metric is not written `name:value`"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:h", "the metric `A` has no value `h`"),
        ] {
            check(vector, expected);
        }
        check(&"A".repeat(VECTOR_BYTES_MAX + 1), "it is longer than 512 bytes");
    }

    #[test]
    fn is_told_in_five_words() {
        let told = |vector: &str| serde_json::to_string(&score(vector).unwrap()).unwrap();
        assert_eq!(
            told("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            "{\"version\":\"3.1\",\"base\":9.8,\"temporal\":9.8,\"environmental\":null,\
             \"severity\":\"Critical\"}"
        );
        assert_eq!(
            told("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/CR:X"),
            "{\"version\":\"4.0\",\"base\":8.1,\"temporal\":null,\"environmental\":null,\
             \"severity\":\"High\",\"nomenclature\":\"CVSS-BT\",\"macrovector\":\"000220\"}"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,80}", tail in "(/[A-Z]{1,3}:[A-Z]{1,2}){0,20}") {
            drop(score(&text));
            for version in ["CVSS:3.0", "CVSS:3.1", "CVSS:4.0", "AV:N"] {
                drop(score(&format!("{version}{tail}")));
            }
        }
    }
}
