//! `seawall evaluation statistics` against what was planned before the example logs were written.

use crate::corridor::PROGRAM;
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};

fn folder(test: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| default.to_owned());
    let folder = PathBuf::from(folder).join("inspect-logs");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {test}: no SEAWALL_DATA");
    None
}

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(["evaluation", "statistics"]).args(arguments).output().unwrap()
}

fn document(arguments: &[&str]) -> Value {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn near(said: &Value, place: &str, expected: f64, within: f64) {
    let value = said.pointer(place).and_then(Value::as_f64);
    let value = value.unwrap_or_else(|| panic!("no {place} in {said}"));
    assert!((value - expected).abs() <= within, "{place}: {value} instead of {expected}");
}

#[test]
fn a_plain_log_has_its_planned_figures() {
    let Some(folder) = folder("a_plain_log_has_its_planned_figures") else { return };
    let log = folder.join("dev-plain.eval");
    let log = log.to_str().unwrap();
    let truth = std::fs::read(folder.join("truth.json")).unwrap();
    let truth: Value = serde_json::from_slice(&truth).unwrap();
    let truth = &truth["logs"]["dev-plain.eval"]["truth"];
    let said = document(&[log, "--family", "task_family", "--alpha", "0.05", "--json"]);
    for (place, planned) in [
        ("/mean", "mean_over_tasks"),
        ("/stderr_clt", "se_clt_over_tasks"),
        ("/stderr_clustered", "se_clustered_by_family_fpc"),
    ] {
        near(&said, place, truth[planned].as_f64().unwrap(), 1e-14);
    }
    for kind in ["pass_at", "pass_all"] {
        for k in ["1", "2", "3", "4"] {
            near(&said, &format!("/{kind}/{k}"), truth[kind][k].as_f64().unwrap(), 1e-14);
        }
    }
    assert_eq!((&said["tasks"], &said["families"]), (&15.into(), &5.into()));
    assert_eq!(said, document(&[log, "--json"]), "the same again");
}

#[test]
fn a_field_that_no_sample_has_is_said_aloud() {
    let Some(folder) = folder("a_field_that_no_sample_has_is_said_aloud") else { return };
    let log = folder.join("dev-plain.eval");
    let check = |field: &str, families: u64, nameless: u64, part: &str| {
        let output = run(&[log.to_str().unwrap(), "--family", field, "--json"]);
        assert!(output.status.success());
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["families"], families);
        assert_eq!(said["tasks_without_family"], nameless);
        let warned = String::from_utf8_lossy(&output.stderr);
        assert!(warned.contains(part) && (nameless > 0 || warned.is_empty()), "{warned}");
    };
    check("task_family", 5, 0, "");
    check("nope", 15, 15, "15 of 15 tasks have no `nope`");
}

#[test]
fn errors_lie_between_their_bounds() {
    let Some(folder) = folder("errors_lie_between_their_bounds") else { return };
    let log = folder.join("dev-errors.eval");
    let said = document(&[log.to_str().unwrap(), "--json"]);
    near(&said, "/worst", 0.5, 1e-14);
    near(&said, "/best", 0.7, 1e-14);
    assert_eq!((&said["unknown"], &said["complete"]), (&4.into(), &false.into()));
}

#[test]
fn what_cannot_be_estimated_is_told() {
    let Some(folder) = folder("what_cannot_be_estimated_is_told") else { return };
    let name = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let check = |arguments: &[&str], status: i32, part: &str| {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains(part), "{said}");
    };
    check(&[&name("dev-plain.eval"), "--alpha", "0.7"], 2, "at most 0.5");
    check(&[&name("absent.eval")], 2, "cannot open");
    check(&[&name("truth.json")], 2, "cannot use");
    let plain = name("dev-plain.eval");
    check(&[&plain, &plain], 2, "the very same log was given before");
    check(&[&plain, "--draws", "1000000000"], 2, "of 15 tasks 33333333 is the most");
    check(&[folder.to_str().unwrap()], 2, "it is a folder; `seawall evaluation list` shows");
    check(&["/dev/zero"], 2, "it is no file");
}
