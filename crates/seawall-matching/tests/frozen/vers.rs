//! Containment cases of the VERS suite, for the constraints that intervals can say.

use crate::support::read;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Interval;
use seawall_matching::ranges::{contains, equal, to_vers};
use serde_json::Value;

/// Reads constraints that are sorted, without `>` and `!=`; alternating bounds pair up.
fn intervals(constraints: &str) -> Option<Vec<Interval>> {
    let empty = || Interval { introduced: None, fixed: None, last_affected: None };
    let mut intervals = Vec::new();
    let mut open: Option<Interval> = None;
    for constraint in constraints.split('|') {
        if let Some(version) = constraint.strip_prefix(">=") {
            intervals.extend(open.take());
            open = Some(Interval { introduced: Some(version.into()), ..empty() });
        } else if let Some(version) = constraint.strip_prefix("<=") {
            let interval = open.take().unwrap_or_else(empty);
            intervals.push(Interval { last_affected: Some(version.into()), ..interval });
        } else if let Some(version) = constraint.strip_prefix('<') {
            let interval = open.take().unwrap_or_else(empty);
            intervals.push(Interval { fixed: Some(version.into()), ..interval });
        } else if constraint == "*" {
            intervals.push(empty());
        } else if constraint.starts_with(['>', '!']) {
            return None;
        } else {
            let version = Some(Version::from(constraint));
            let interval = Interval { introduced: version.clone(), ..empty() };
            intervals.push(Interval { last_affected: version, ..interval });
        }
    }
    intervals.extend(open);
    Some(intervals)
}

fn check(test: &str, ecosystem: &Ecosystem, file: &str) {
    let archive = "vers/vers-spec.tar.zst";
    let Some(text) = read(test, &["tar", "--zstd", "-xO", file, "-f"], archive) else {
        return;
    };
    let suite: Value = serde_json::from_str(&text).unwrap();
    let mut cases = 0;
    for case in suite["tests"].as_array().unwrap() {
        let text = case["input"]["vers"].as_str().unwrap();
        let (_, constraints) = text.split_once('/').unwrap();
        // The suite's `<=1.0.0|>=2.0.0` is two half-open ranges, and lists may be unsorted.
        let Some(intervals) = intervals(constraints) else {
            continue;
        };
        let version = Version::from(case["input"]["version"].as_str().unwrap());
        let expected = case["expected_output"].as_bool().unwrap();
        assert_eq!(contains(ecosystem, &intervals, &version), expected, "{version} in {text}");
        cases += 1;
    }
    println!("{file}: {cases} cases");
    assert!(cases > 0);
}

#[test]
fn containment() {
    check("containment", &Ecosystem::PyPi, "tests/pypi_range_containment_test.json");
    check("containment", &Ecosystem::Npm, "tests/npm_range_containment_test.json");
}

#[test]
fn what_is_written_reads_back() {
    let package = Package { ecosystem: Ecosystem::PyPi, name: "x".into() };
    for text in ["<0.2|>=1.0|<1.2|>=2.0", ">=1.0|<=2.0", "1.0|>=2.0", "*", "<=3"] {
        let found = intervals(text).unwrap();
        let written = to_vers(&package, &found);
        let again = intervals(written.strip_prefix("vers:pypi/").unwrap()).unwrap();
        assert!(equal(&Ecosystem::PyPi, &found, &again), "{text} {written}");
    }
}
