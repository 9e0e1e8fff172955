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
    let compare = |ecosystem: &str, a: &str, b: &str| json!({"op": "compare", "ecosystem": ecosystem, "a": a, "b": b});
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
    let row = |action: &str, days: Option<u32>, forensic, row| json!({"action": action, "days": days, "forensic_triage": forensic, "row": row});
    check(
        "bod-26-04",
        &[
            (case(true, true, true, "total"), row("3 days and forensic triage", Some(3), true, 15)),
            (case(false, false, false, "partial"), row("fix on system upgrade", None, false, 0)),
            (case(true, true, true, "huge"), json!("error")),
        ],
    );
}
