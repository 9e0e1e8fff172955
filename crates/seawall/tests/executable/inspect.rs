//! `seawall inspect`: one JSON case a line in, one answer a line out, in order.

use crate::corridor::PROGRAM;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// Sends cases to an engine on standard input and compares the answers.
fn check(engine: &str, rows: &[(Value, Value)]) {
    let mut child = Command::new(PROGRAM)
        .args(["inspect", engine, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for (case, _) in rows {
        writeln!(input, "{case}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), rows.len(), "{engine}");
    let mut invalid = false;
    for ((case, expected), answer) in rows.iter().zip(&answers) {
        if expected == "error" {
            invalid = true;
            assert!(answer["error"].is_string(), "{case}: {answer}");
        } else {
            assert_eq!(answer, expected, "{case}");
        }
    }
    assert_eq!(output.status.code(), Some(i32::from(invalid)), "{engine}");
}

#[test]
fn versions_are_compared_by_ecosystem() {
    fn compare(ecosystem: &str, a: &str, b: &str) -> Value {
        json!({"op": "compare", "ecosystem": ecosystem, "a": a, "b": b})
    }
    check(
        "version",
        &[
            (compare("PyPI", "1.0", "1.0rc1"), json!({"result": 1})),
            (compare("npm", "1.0.0", "1.0.0+build"), json!({"result": 0})),
            (compare("Debian:12", "1.0~rc1-1", "1.0-1"), json!({"result": -1})),
            (compare("Alpine:v3.20", "1.2_rc1", "1.2"), json!({"result": -1})),
            (compare("Red Hat", "1:1.0-1.el9", "2.0-1.el9"), json!({"result": 1})),
            (compare("Nowhere", "1", "2"), json!("error")),
            (compare("PyPI", "", "2"), json!("error")),
            (json!({"op": "dance"}), json!("error")),
        ],
    );
}

#[test]
fn ranges_are_answered() {
    let sorted = json!({"op": "sort", "scheme": "deb", "versions": ["1.0", "1.0~rc1", "0.9"]});
    check(
        "vers",
        &[
            (
                json!({"op": "contains", "vers": "vers:npm/>=1|<2", "version": "1.2.3"}),
                json!({"result": true}),
            ),
            (sorted, json!({"result": ["0.9", "1.0~rc1", "1.0"]})),
            (
                json!({"op": "equal", "scheme": "nuget", "a": "1.0", "b": "1.0.0"}),
                json!({"result": true}),
            ),
            (
                json!({"op": "from_native", "scheme": "npm", "range": "^1.2.3"}),
                json!({"result": "vers:npm/>=1.2.3|<2.0.0"}),
            ),
            (
                json!({"op": "parse", "vers": "vers:pypi/>=1.0|<2.0"}),
                json!({
                    "scheme": "pypi", "version_constraints": [[">=", "1.0"], ["<", "2.0"]],
                    "canonical": "vers:pypi/>=1.0|<2.0",
                }),
            ),
            (json!({"op": "parse", "vers": "vers:pypi/"}), json!("error")),
        ],
    );
}

#[test]
fn purls_are_parsed_and_built() {
    let core = json!({
        "type": "npm", "namespace": "@babel", "name": "core", "version": "7.0.0",
        "qualifiers": null, "subpath": null, "canonical": "pkg:npm/%40babel/core@7.0.0",
    });
    check(
        "purl",
        &[
            (json!({"op": "parse", "purl": "pkg:npm/%40babel/core@7.0.0"}), core.clone()),
            (
                json!({
                    "op": "build", "type": "npm", "namespace": "@babel", "name": "core",
                    "version": "7.0.0", "qualifiers": null, "subpath": null,
                }),
                core,
            ),
            (json!({"op": "parse", "purl": "npm/core"}), json!("error")),
        ],
    );
}

#[test]
fn vectors_are_scored() {
    let score = |vector: &str| json!({"op": "score", "vector": vector});
    check(
        "cvss",
        &[
            (
                score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
                json!({
                    "version": "3.1", "base": 9.8, "temporal": 9.8, "environmental": null,
                    "severity": "Critical",
                }),
            ),
            (
                score("AV:N/AC:L/Au:N/C:P/I:P/A:P"),
                json!({
                    "version": "2.0", "base": 7.5, "temporal": null, "environmental": null,
                    "severity": "High",
                }),
            ),
            (score("CVSS:3.1/AV:N"), json!("error")),
        ],
    );
}

#[test]
fn the_table_of_the_directive_is_asked() {
    let case = |in_kev, exposed, automatable, impact: &str| {
        json!({
            "in_kev": in_kev, "exposed": exposed, "automatable": automatable, "impact": impact,
        })
    };
    fn row(action: &str, days: Option<u32>, forensic: bool, row: u32) -> Value {
        json!({"action": action, "days": days, "forensic_triage": forensic, "row": row})
    }
    check(
        "bod-26-04",
        &[
            (case(true, true, true, "total"), row("3 days and forensic triage", Some(3), true, 15)),
            (case(false, false, false, "partial"), row("fix on system upgrade", None, false, 0)),
            (case(true, true, true, "huge"), json!("error")),
        ],
    );
}

/// Gives one whole report to the engine on standard input.
fn stack(report: &str) -> (Value, Option<i32>) {
    let mut child = Command::new(PROGRAM)
        .args(["inspect", "stack", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(report.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    (serde_json::from_str(&text).unwrap(), output.status.code())
}

#[test]
fn a_crash_report_is_one_case() {
    let report = "\
==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x4f6b79
READ of size 8 at 0x602000000010 thread T0
    #0 0x4f6b78 in strlen (/usr/bin/demo+0x4f6b78)
    #1 0x4f6c08 in demo::Parser::next(char const*) src/parser.cc:76:7
    #2 0x4f6c38 in demo::read() src/read.cc:87:7
    #3 0x4f6cd3 in LLVMFuzzerTestOneInput src/read_fuzzer.cc:100:6
";
    let (answer, status) = stack(report);
    let keys = ["type", "state", "severity", "security", "address"];
    let told: Vec<&Value> = keys.iter().map(|key| &answer[*key]).collect();
    let expected = [
        json!("Heap-use-after-free\nREAD 8"),
        json!("demo::Parser::next\ndemo::read\nread_fuzzer.cc\n"),
        json!("High"),
        json!(true),
        json!("0x602000000010"),
    ];
    assert_eq!(told, expected.iter().collect::<Vec<&Value>>());
    assert_eq!(answer["frames"][1]["line"], 76);
    assert_eq!(status, Some(0));
    let (answer, status) = stack("all is well\n");
    assert_eq!((&answer["type"], &answer["state"]), (&json!(""), &json!("")));
    assert_eq!((&answer["severity"], status), (&Value::Null, Some(0)));
}

#[test]
fn a_report_that_is_not_there_is_answered_with_an_error() {
    let output =
        Command::new(PROGRAM).args(["inspect", "stack", "no/such/report"]).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["error"].is_string(), "{answer}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn every_line_has_an_answer_also_an_empty_one() {
    let mut child = Command::new(PROGRAM)
        .args(["inspect", "t-quantile", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let case = r#"{"p":0.95,"df":4}"#;
    let cases = format!("{case}\n\n  \t\n{case}\n");
    child.stdin.take().unwrap().write_all(cases.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> =
        answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((answers.len(), output.status.code()), (4, Some(1)));
    assert_eq!(answers[0], answers[3]);
    assert_eq!(answers[1]["error"], "cannot read the case: line 2 is empty");
    assert_eq!(answers[2]["error"], "cannot read the case: line 3 is empty");
}

#[test]
fn single_figures_of_evaluations() {
    check(
        "pass-at",
        &[
            (json!({"n": 4, "c": 1, "k": 2}), json!({"pass_at": 0.5, "pass_all": 0.0})),
            (
                json!({"attempts": 4, "passes": 4, "k": 5}),
                json!({"pass_at": null, "pass_all": null}),
            ),
            (json!({"n": 1, "c": 2, "k": 1}), json!("error")),
            (json!({"n": -1, "c": 2, "k": 1}), json!("error")),
        ],
    );
    check(
        "t-quantile",
        &[
            (json!({"p": 0.5, "df": 3}), json!({"t": 0.0})),
            (json!({"p": 1, "df": 3}), json!("error")),
            (json!({"p": 0.5}), json!("error")),
            (json!("no object"), json!("error")),
        ],
    );
    // At a level of one half Wilson's bounds are the share itself; of nothing, zero is exact.
    let none = json!({
        "lower": 0.0, "upper": 0.0, "clopper_pearson": {"lower": 0.0, "upper": 0.5},
        "two_sided": {
            "lower": 0.0, "upper": 0.3126847440825833,
            "clopper_pearson": {"lower": 0.0, "upper": 0.75},
        },
    });
    check(
        "proportion",
        &[
            (json!({"successes": 0, "trials": 1, "alpha": 0.5}), none),
            (json!({"passes": 1, "attempts": 0, "alpha": 0.05}), json!("error")),
            (json!({"passes": 1, "attempts": 2, "alpha": 0.6}), json!("error")),
            (json!({"passes": 1, "attempts": 2, "sides": 3}), json!("error")),
            (json!({"passes": 1.5, "attempts": 2}), json!("error")),
        ],
    );
}
