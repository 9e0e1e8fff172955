//! CVSS 3.0 and 3.1 vectors with the base score that CSAF wants beside them.
//!
//! CSAF 2.0 has no place for CVSS 4.0; such a vector goes into a note. The arithmetic is that of
//! the CVSS 3.1 specification, section 7.1 and appendix A; only base metrics are scored.

use serde_json::{Value, json};

/// The vector with its version, score and rating as CSAF's schema wants them; none when it is no
/// vector of base metrics. The metrics spelt out in words are optional there and left out.
pub(super) fn of(vector: &str) -> Option<Value> {
    let rest = vector.strip_prefix("CVSS:")?;
    let (version, metrics) = rest.split_once('/')?;
    if !["3.0", "3.1"].contains(&version) {
        return None;
    }
    let base = base(metrics, version)?;
    let rating = match base {
        0.0 => "NONE",
        score if score < 4.0 => "LOW",
        score if score < 7.0 => "MEDIUM",
        score if score < 9.0 => "HIGH",
        _ => "CRITICAL",
    };
    Some(json!({
        "baseScore": base,
        "baseSeverity": rating,
        "vectorString": vector,
        "version": version,
    }))
}

/// Whether the effect stays within the authority that holds the flaw (metric `S`).
#[derive(Clone, Copy, Eq, PartialEq)]
enum Scope {
    Unchanged,
    Changed,
}

/// The weight of one base metric's value in a scope.
fn weight(metric: &str, value: &str, scope: Scope) -> Option<f64> {
    Some(match (metric, value) {
        ("AV", "N") => 0.85,
        ("AV", "A") => 0.62,
        ("AV", "L") => 0.55,
        ("AV", "P") => 0.2,
        ("AC", "L") => 0.77,
        ("AC", "H") => 0.44,
        ("PR", "N") => 0.85,
        ("PR", "L") if scope == Scope::Changed => 0.68,
        ("PR", "L") => 0.62,
        ("PR", "H") if scope == Scope::Changed => 0.5,
        ("PR", "H") => 0.27,
        ("UI", "N") => 0.85,
        ("UI", "R") => 0.62,
        ("C" | "I" | "A", "H") => 0.56,
        ("C" | "I" | "A", "L") => 0.22,
        ("C" | "I" | "A", "N") => 0.0,
        _ => return None,
    })
}

fn base(metrics: &str, version: &str) -> Option<f64> {
    let pairs: Vec<(&str, &str)> =
        metrics.split('/').map(|part| part.split_once(':')).collect::<Option<_>>()?;
    // Temporal and environmental metrics would need their own scores: such a vector is no base.
    if pairs.len() != 8 {
        return None;
    }
    let value = |name: &str| pairs.iter().find(|(metric, _)| *metric == name).map(|(_, v)| *v);
    let scope = match value("S")? {
        "C" => Scope::Changed,
        "U" => Scope::Unchanged,
        _ => return None,
    };
    let weigh = |name: &str| weight(name, value(name)?, scope);
    let impact = 1.0 - (1.0 - weigh("C")?) * (1.0 - weigh("I")?) * (1.0 - weigh("A")?);
    let impact = match scope {
        Scope::Changed => 7.52 * (impact - 0.029) - 3.25 * (impact - 0.02).powi(15),
        Scope::Unchanged => 6.42 * impact,
    };
    let ease = 8.22 * weigh("AV")? * weigh("AC")? * weigh("PR")? * weigh("UI")?;
    if impact <= 0.0 {
        return Some(0.0);
    }
    let sum = match scope {
        Scope::Changed => 1.08 * (impact + ease),
        Scope::Unchanged => impact + ease,
    };
    Some(round_up(sum.min(10.0), version))
}

/// One decimal, upwards: 3.1 defines it on whole numbers so that every machine agrees.
fn round_up(score: f64, version: &str) -> f64 {
    if version == "3.0" {
        return (score * 10.0).ceil() / 10.0;
    }
    let whole = (score * 100_000.0).round();
    if whole % 10_000.0 == 0.0 {
        whole / 100_000.0
    } else {
        ((whole / 10_000.0).floor() + 1.0) / 10.0
    }
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
