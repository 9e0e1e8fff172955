//! CVSS 3.0 and 3.1 vectors with the scores that CSAF wants beside them.
//!
//! CSAF 2.0 has no place for CVSS 4.0; such a vector goes into a note. The arithmetic is
//! `crate::cvss`.

use crate::cvss::{self, CvssVersion, Points, Severity};
use serde_json::{Value, json};

/// The vector with its version, scores and ratings as CSAF's schema wants them; none when it is no
/// vector of version 3. The metrics spelt out in words are optional there and left out.
pub(super) fn of(vector: &str) -> Option<Value> {
    let score = cvss::score(vector).ok()?;
    match score.version {
        CvssVersion::V30 | CvssVersion::V31 => {}
        CvssVersion::V2 | CvssVersion::V4 => return None,
    }
    let rating = |points| Severity::of(score.version, points).word().to_uppercase();
    let mut told = json!({
        "baseScore": score.base,
        "baseSeverity": rating(score.base),
        "vectorString": vector,
        "version": score.version,
    });
    let mut tell = |kind: &str, points: Option<Points>| {
        if let Some(points) = points {
            told[format!("{kind}Score")] = json!(points);
            told[format!("{kind}Severity")] = json!(rating(points));
        }
    };
    // A temporal score that is the base score says nothing new.
    tell("temporal", score.temporal.filter(|points| *points != score.base));
    tell("environmental", score.environmental);
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(vector: &str, expected: Option<(f64, &str)>) {
        let told = of(vector);
        let told = told.as_ref().map(|score| (&score["baseScore"], &score["baseSeverity"]));
        let expected = expected.map(|(score, rating)| (json!(score), json!(rating)));
        assert_eq!(told, expected.as_ref().map(|(s, r)| (s, r)), "{vector}");
    }

    #[test]
    fn scores_the_base_metrics() {
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some((9.8, "CRITICAL")));
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Some((7.5, "HIGH")));
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some((6.1, "MEDIUM")));
        check("CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L", Some((1.8, "LOW")));
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some((0.0, "NONE")));
        let all = of("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N/E:P/MS:U");
        let whole = all.as_ref().map(|score| {
            (&score["baseScore"], &score["temporalScore"], &score["environmentalSeverity"])
        });
        assert_eq!(whole, Some((&json!(6.1), &json!(5.8), &json!("MEDIUM"))));
        for bad in [
            "",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:N/AV:N/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "AV:N/AC:L/Au:N/C:P/I:P/A:P",
        ] {
            check(bad, None);
        }
    }
}
