//! The protocol that the handbook prints: what a draft of the practice battery becomes, and what
//! leads from the sealing to a record that verifies, by the commands that stand there.

use crate::folder::Folder;
use crate::practice::inspect;
use seawall_domain::time::Timestamp;
use seawall_testkit::evaluation::{ATTEMPTS, End, log};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

const HANDBOOK: &str = include_str!("../../../../docs/determination.md");
const BATTERY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../practice");

/// What of the example is decided by people, and what is the reader's own.
const DECIDED: [&str; 4] = ["attempts", "budgets", "conditions", "rule"];
const OWN: [&str; 3] = ["analyser", "signers", "validity"];

/// The example, and the commands of the step that it is in.
fn step() -> (Value, Vec<String>) {
    let (_, step) = HANDBOOK.split_once("**1. Write the protocol**").unwrap();
    let (step, _) = step.split_once("**2. ").unwrap();
    let (before, fenced) = step.split_once("```json\n").unwrap();
    let (example, _) = fenced.split_once("```").unwrap();
    let joined = before.replace("\\\n", " ");
    let commands = joined.lines().filter_map(|line| line.strip_prefix("    seawall "));
    (serde_json::from_str(example).unwrap(), commands.map(str::to_owned).collect())
}

/// Does a command of the handbook in the folder, by a shell; gives its status and what it said.
fn shell(folder: &Folder, command: &str) -> (Option<i32>, String) {
    let output = Command::new("sh")
        .args(["-c", &format!("\"$SEAWALL\" {command}")])
        .env("SEAWALL", crate::corridor::PROGRAM)
        .current_dir(folder.path("."))
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// The example as its reader has it: with what the draft says of the reader's own.
fn written(folder: &Folder) -> Value {
    let (mut example, commands) = step();
    std::os::unix::fs::symlink(BATTERY, folder.path("practice")).unwrap();
    let (last, before) = commands.split_last().unwrap();
    for command in before {
        let (status, said) = shell(folder, command);
        assert_eq!(status, Some(0), "{command}: {said}");
    }
    assert_eq!(last, "evaluation protocol check protocol.json");
    let (status, said) = shell(folder, last);
    assert!(status == Some(1) && said.contains("/rule/"), "a draft has no rule: {said}");
    let draft: Value = serde_json::from_str(&folder.text("protocol.json")).unwrap();
    let names = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&draft), names(&example));
    for (name, drafted) in draft.as_object().unwrap() {
        let is_known = !DECIDED.contains(&name.as_str()) && !OWN.contains(&name.as_str());
        assert!(
            !is_known || example[name] == *drafted,
            "docs/determination.md prints another `{name}` than a draft has: {drafted}"
        );
    }
    // It is valid as it stands, and with what is the reader's own.
    folder.keep("protocol.json", &example.to_string());
    folder.run("protocol check @protocol.json", 0);
    OWN.into_iter().for_each(|name| example[name] = draft[name].clone());
    folder.keep("protocol.json", &example.to_string());
    let told = shell(folder, last);
    assert!(told.0 == Some(0) && told.1.contains("practice: 14 tasks"), "{}", told.1);
    example
}

/// From the sealing to a record that verifies; `ran` makes the log, by the token that is there.
fn verified(folder: &Folder, ran: impl Fn(&Folder) -> String) -> Value {
    let book = "--tokens @sealed/tokens.json --commitment @sealed/commitment.json";
    folder.seal_among_three();
    folder.run("sign @sealed/commitment.json --key @one.key", 0);
    folder.run("sign @sealed/commitment.json --key @two.key", 0);
    folder.run(&format!("token issue {book} --out @run.token"), 0);
    let log = ran(folder);
    folder.run(&format!("token return --tokens @sealed/tokens.json {log}"), 0);
    let open = "open @sealed/share-1.txt @sealed/share-3.txt --sealed @sealed/opening.sealed";
    let open = format!("{open} --commitment @sealed/commitment.json --out @opening.json");
    folder.run(&open, 0);
    let determine = format!("determine {log} --protocol @opening.json {book} --out @record.json");
    let found = folder.json(&determine, 0);
    folder.key("official.key");
    folder.run("concur @record.json --official Official --key @official.key --out @final.json", 0);
    let verify = format!("verify @final.json --logs {log} --opening @opening.json {book}");
    assert_eq!(folder.json(&verify, 0)["verified"], true);
    found
}

/// A log of a run under the example, of which two tasks were not solved.
fn made(folder: &Folder, example: &Value) -> String {
    let tasks = example["tasks"].as_array().unwrap();
    let name = |task: &Value| task["id"].as_str().unwrap().trim_start_matches("str:").to_owned();
    let names: Vec<String> = tasks.iter().map(name).collect();
    let number = |text: &Value| text.as_str().unwrap().parse::<u64>().unwrap();
    let (attempts, token) = (number(&example["attempts"]), folder.text("run.token"));
    let notes = [("seawall_run_token", token.trim()), ("network", "host")];
    let end = |task: usize, _| if task < 2 { End::Failed } else { End::Passed };
    let mut log = log(Timestamp::now(), &notes, end);
    let samples = log["samples"].as_array_mut().unwrap();
    samples.truncate(names.len() * ATTEMPTS as usize);
    samples.retain(|sample| sample["epoch"].as_u64().unwrap() <= attempts);
    for (sample, task) in samples.iter_mut().zip(0..) {
        sample["id"] = json!(names[task / usize::try_from(attempts).unwrap()]);
    }
    log["eval"]["dataset"]["samples"] = json!(names.len());
    log["eval"]["dataset"]["sample_ids"] = json!(names);
    log["eval"]["config"]["epochs"] = json!(attempts);
    log["eval"]["config"]["token_limit"] = json!(number(&example["budgets"]["tokens"]));
    fs::write(folder.path("run.json"), log.to_string()).unwrap();
    "@run.json".to_owned()
}

#[test]
fn the_protocol_of_the_handbook_leads_to_a_record_that_verifies() {
    let folder = Folder::new();
    let example = written(&folder);
    let found = verified(&folder, |folder| made(folder, &example));
    assert_eq!(found["standing"], "sealed", "{found}");
}

#[test]
fn the_protocol_of_the_handbook_serves_a_run_by_inspect() {
    let Some(inspect) = inspect("the_protocol_of_the_handbook_serves_a_run_by_inspect") else {
        return;
    };
    let folder = Folder::new();
    written(&folder);
    let found = verified(&folder, |folder| by_inspect(folder, &inspect));
    assert_eq!(
        (&found["standing"], &found["bound"]["batteries"]),
        (&json!("sealed"), &json!(["as_sealed"])),
        "{found}"
    );
}

/// The practice battery, as the handbook runs it.
fn by_inspect(folder: &Folder, inspect: &Path) -> String {
    let (_, run) = HANDBOOK.split_once("    seawall evaluation run practice ").unwrap();
    let (run, _) = run.split_once("\n\n").unwrap();
    let run = run.replace("\\\n", " ");
    let command = format!("evaluation run practice {run} --inspect {}", inspect.display());
    let (status, said) = shell(folder, &command);
    assert_eq!(status, Some(0), "{command}: {said}");
    let mut logs = fs::read_dir(folder.path("run/logs")).unwrap();
    let log = logs.next().unwrap().unwrap().file_name();
    format!("@run/logs/{}", log.to_str().unwrap())
}
