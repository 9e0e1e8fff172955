//! `seawall evaluation` on the logs of the shared data, as people run it: what is answered, and the
//! status with it.

use crate::corridor::PROGRAM;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn logs(test: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| default.to_owned());
    let logs = Path::new(&folder).join("inspect-logs");
    if !logs.is_dir() {
        println!("skipped: {test}: no SEAWALL_DATA");
        return None;
    }
    Some(logs)
}

fn run(arguments: &[&str], logs: &[PathBuf]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("evaluation").args(arguments).args(logs).output().unwrap()
}

/// The documents that a run answered, one for each log.
fn documents(output: &Output) -> Vec<Value> {
    let read = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    read.map(|document| document.unwrap()).collect()
}

#[test]
fn every_log_is_one_document_and_the_worst_gives_the_status() {
    let Some(folder) = logs("every_log_is_one_document_and_the_worst_gives_the_status") else {
        return;
    };
    let log = |name: &str| folder.join(name);
    let check = |names: &[&str], status: i32, complete: &[bool]| {
        let logs: Vec<PathBuf> = names.iter().map(|name| log(name)).collect();
        let output = run(&["ingest", "--json"], &logs);
        assert_eq!(output.status.code(), Some(status), "{names:?}");
        let documents = documents(&output);
        let told: Vec<bool> =
            documents.iter().filter_map(|one| one["complete"].as_bool()).collect();
        assert_eq!(told, complete, "{names:?}");
        documents
    };
    let plain = check(&["dev-plain.eval"], 0, &[true]);
    assert_eq!((&plain[0]["tasks"], &plain[0]["status"]), (&15.into(), &"success".into()));
    check(&["dev-agent.json"], 0, &[true]);
    check(&["dev-errors.eval"], 1, &[false]);
    let both = check(&["dev-nan.eval", "dev-errors.eval"], 1, &[true, false]);
    let ids: Vec<&Value> =
        both[0]["attempts"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert!(ids.contains(&&"4".into()) && ids.contains(&&5.into()), "{ids:?}");
    // A table of contents is no log, and the others are answered all the same.
    let three = check(&["truth.json", "dev-plain.eval"], 2, &[true]);
    assert!(three[0]["error"].as_str().is_some_and(|error| error.contains("no member `eval`")));
}

#[test]
fn logs_are_listed_by_their_headers_the_oldest_first() {
    let Some(folder) = logs("logs_are_listed_by_their_headers_the_oldest_first") else { return };
    let output = run(&["list", "--json"], std::slice::from_ref(&folder));
    assert_eq!(output.status.code(), Some(0));
    let listed = &documents(&output)[0];
    let name =
        |one: &Value| Path::new(one["log"].as_str().unwrap()).file_name().unwrap().to_owned();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(name).collect();
    // `truth.json` is JSON and no log, and nobody named it.
    assert_eq!(names, ["dev-plain.eval", "dev-errors.eval", "dev-agent.json", "dev-nan.eval"]);
    assert_eq!((&listed[0]["tasks"], &listed[0]["epochs"]), (&15.into(), &4.into()));
    let read = String::from_utf8(run(&["list"], std::slice::from_ref(&folder)).stdout).unwrap();
    assert!(read.contains("success, ctf_plain by mockllm/model, 15 tasks of 4"), "{read}");
    // One that was named is told of, and the others with it; a cut one in a folder too.
    let place = tempfile::tempdir().unwrap();
    let cut = place.path().join("cut.eval");
    std::fs::write(&cut, b"PK\x03\x04").unwrap();
    let check = |places: &[PathBuf], count: usize| {
        let output = run(&["list", "--json"], places);
        assert_eq!(output.status.code(), Some(2), "{places:?}");
        let listed = documents(&output).remove(0);
        assert_eq!(listed.as_array().unwrap().len(), count, "{places:?}");
        assert!(listed[0]["error"].is_string(), "{listed}");
    };
    check(&[place.path().to_owned()], 1);
    check(&[folder.join("truth.json"), folder.join("dev-nan.eval")], 2);
    let empty = place.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let none = run(&["list"], &[empty]);
    assert_eq!((none.status.code(), &none.stdout[..]), (Some(0), &b"There is no log here.\n"[..]));
}

/// What stands in a header is compared, whatever of it was changed or taken out.
#[test]
fn a_header_that_was_changed_ends_with_status_one_and_says_what() {
    const NAME: &str = "a_header_that_was_changed_ends_with_status_one_and_says_what";
    let Some(folder) = logs(NAME) else { return };
    let sound: Value =
        serde_json::from_slice(&std::fs::read(folder.join("dev-agent.json")).unwrap()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("changed.json");
    let check = |change: fn(&mut Value), status: i32, parts: &[&str]| {
        let mut log = sound.clone();
        change(&mut log);
        std::fs::write(&path, log.to_string()).unwrap();
        let output = run(&["ingest", "--json"], std::slice::from_ref(&path));
        assert_eq!(output.status.code(), Some(status), "{parts:?}");
        let findings = documents(&output)[0]["findings"].clone();
        let told: Vec<&str> = findings
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["code"] == "header_mismatch")
            .map(|one| one["detail"].as_str().unwrap())
            .collect();
        assert_eq!(told.is_empty(), parts.is_empty(), "{told:?}");
        assert!(parts.iter().all(|part| told.join("; ").contains(part)), "{told:?} {parts:?}");
    };
    check(|_| {}, 0, &[]);
    // Metric and both values are named.
    check(
        |log| log["results"]["scores"][0]["metrics"]["accuracy"]["value"] = 0.9.into(),
        1,
        &["`accuracy` says 0.9, the attempts give 0.3333"],
    );
    check(
        |log| log["stats"]["model_usage"]["mockllm/model"]["total_tokens"] = 1.into(),
        1,
        &["total_tokens says 1, the attempts give 30060"],
    );
    let lacks = "it has no result of `flag_match`, which scored 6 attempts";
    check(|log| log["results"] = Value::Null, 1, &[lacks]);
    check(|log| log["results"]["scores"] = serde_json::json!([]), 1, &[lacks]);
}

#[test]
fn people_get_a_table() {
    let Some(folder) = logs("people_get_a_table") else { return };
    let output = run(&["ingest"], &[folder.join("dev-errors.eval")]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("pass 10, fail 6, infra_error 4"), "{text}");
    assert!(text.contains("It cannot serve a determination as it is."), "{text}");
}

#[test]
fn runs_under_other_conditions_are_not_comparable() {
    let Some(folder) = logs("runs_under_other_conditions_are_not_comparable") else { return };
    let check = |one: &str, other: &str, status: i32| {
        let logs = [folder.join(one), folder.join(other)];
        let output = run(&["compare", "--json"], &logs);
        assert_eq!(output.status.code(), Some(status), "{one} {other}");
        documents(&output).remove(0)
    };
    let same = check("dev-plain.eval", "dev-plain.eval", 0);
    assert_eq!(same["verdict"], "comparable");
    let other = check("dev-plain.eval", "dev-errors.eval", 1);
    let verdict = other["verdict"].as_str().unwrap();
    assert!(verdict.starts_with("not comparable: ") && verdict.contains("epochs"), "{verdict}");
}
