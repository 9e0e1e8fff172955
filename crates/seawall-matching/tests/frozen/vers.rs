//! The VERS suite (package-url/vers-spec): every case of every file.

use crate::support::read;
use seawall_domain::package::{Ecosystem, Package};
use seawall_domain::range::Interval;
use seawall_matching::ranges::to_vers;
use seawall_matching::vers::{Range, equal, from_native, sort};
use serde_json::{Value, json};

const ARCHIVE: &str = "vers/vers-spec.tar.zst";
const FILES: [&str; 21] = [
    "alpine_version_cmp_test",
    "alpm_version_cmp_test",
    "conan_range_from_native_basic_test",
    "conan_range_from_native_test",
    "conan_version_cmp_test",
    "datetime_version_cmp_test",
    "gem_range_from_native_test",
    "gentoo_version_cmp_test",
    "lexicographic-test",
    "maven_version_cmp_test",
    "nginx_range_from_native_test",
    "npm_range_containment_test",
    "npm_range_from_native_test",
    "nuget_range_from_native_test",
    "nuget_version_cmp_test",
    "openssl_range_from_native_test",
    "openssl_version_cmp_test",
    "pypi_range_containment_test",
    "pypi_range_from_native_test",
    "pypi_range_validate_test",
    "vers_canonical_parse_test",
];

/// What we answer to a case, in the suite's shape; faults as their message.
fn answer(case: &Value) -> Result<Value, String> {
    let input = &case["input"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let versions = || input["versions"].as_array().unwrap().iter().map(text).collect::<Vec<_>>();
    let found = match case["test_type"].as_str().unwrap() {
        "comparison" => sort(&text(&input["input_scheme"]), &versions()).map(|it| json!(it)),
        "equality" => {
            let versions = versions();
            equal(&text(&input["input_scheme"]), &versions[0], &versions[1]).map(|it| json!(it))
        }
        "from_native" => {
            from_native(&text(&input["scheme"]), &text(&input["native_range"])).map(|it| json!(it))
        }
        "containment" => Range::read(&text(&input["vers"]))
            .map(|range| json!(range.contains(&text(&input["version"])))),
        "validate" => Range::read(&text(input)).map(|range| json!(range.to_string())),
        "parse" => Range::parse(&text(input)).map(|range| {
            let constraints: Vec<Value> = range
                .constraints()
                .iter()
                .map(|it| json!([it.comparator().symbol(), it.version()]))
                .collect();
            json!({"scheme": range.vers_type(), "version_constraints": constraints})
        }),
        other => panic!("unknown type of test {other}"),
    };
    found.map_err(|fault| fault.to_string())
}

#[test]
fn every_case_of_the_suite() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for file in FILES {
        let path = format!("tests/{file}.json");
        let Some(text) =
            read("every_case_of_the_suite", &["tar", "--zstd", "-xO", &path, "-f"], ARCHIVE)
        else {
            return;
        };
        let suite: Value = serde_json::from_str(&text).unwrap();
        for case in suite["tests"].as_array().unwrap() {
            cases += 1;
            let expected = match case["expected_failure"].as_bool() {
                Some(true) => Err(case["expected_message"].as_str().unwrap().to_owned()),
                Some(false) | None => Ok(case["expected_output"].clone()),
            };
            let found = answer(case);
            if found != expected {
                wrong.push(format!("{file}: {}: {found:?}, not {expected:?}", case["input"]));
            }
        }
    }
    println!("{} of {cases} cases as expected", cases - wrong.len());
    assert_eq!(cases, 2171);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_written_reads_back() {
    let bound = |text: &str| (!text.is_empty()).then(|| text.into());
    for (intervals, inside, outside) in [
        (&[("", "0.2", ""), ("1.0", "1.2", ""), ("2.0", "", "")][..], "0.1 1.0 1.1 3", "0.2 1.2"),
        (&[("1.0", "", "2.0")], "1.0 2.0", "2.1"),
        (&[("1.0", "", "1.0")], "1.0 1.0.0", "1.1"),
        (&[("", "", "")], "1.0", ""),
        (&[], "", "1.0"),
    ] {
        let intervals: Vec<Interval> = intervals
            .iter()
            .map(|(introduced, fixed, last)| Interval {
                introduced: bound(introduced),
                fixed: bound(fixed),
                last_affected: bound(last),
            })
            .collect();
        let package = Package { ecosystem: Ecosystem::PyPi, name: "x".into() };
        let range = Range::parse(&to_vers(&package, &intervals)).unwrap();
        for (versions, expected) in [(inside, true), (outside, false)] {
            for version in versions.split_whitespace() {
                assert_eq!(range.contains(version), expected, "{version} in {range}");
            }
        }
    }
}
