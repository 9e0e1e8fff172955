//! The practice battery by the real Inspect and its mock model: every task can be solved, none
//! solves itself, and an answer from elsewhere is found.

use crate::corridor::PROGRAM;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const BATTERY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../practice");
/// How many tasks it has.
const TASKS: usize = 14;

/// Inspect's program, which `cargo xtask test` brings.
pub fn inspect(test: &str) -> Option<PathBuf> {
    let program = std::env::var_os("SEAWALL_INSPECT").map(PathBuf::from);
    if program.is_none() {
        println!("skipped: {test}: no SEAWALL_INSPECT");
    }
    program
}

fn folder(test: &str) -> PathBuf {
    let name = format!("practice-{test}-{}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("flags.key"), "5a".repeat(32)).unwrap();
    folder
}

/// Runs the battery; gives the report on its log.
fn run(inspect: &Path, folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(PROGRAM)
        .args(["evaluation", "run", BATTERY, "--json", "--model", "mockllm/model", "--inspect"])
        .arg(inspect)
        .arg("--out")
        .arg(folder.join("out"))
        .arg("--flags-key")
        .arg(folder.join("flags.key"))
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}");
    let mut events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let report = events.find(|event| event["event"] == "report");
    report.unwrap_or_else(|| panic!("{said}"))["report"].clone()
}

/// The classes of the attempts, each once, and how many attempts there are.
fn classes(report: &Value) -> (Vec<String>, usize) {
    let attempts = report["attempts"].as_array().unwrap();
    let mut classes: Vec<String> =
        attempts.iter().map(|one| one["class"].as_str().unwrap().to_owned()).collect();
    classes.sort();
    classes.dedup();
    (classes, attempts.len())
}

#[test]
fn every_task_is_solved_by_its_solution() {
    let test = "every_task_is_solved_by_its_solution";
    let Some(inspect) = inspect(test) else { return };
    let folder = folder("solution");
    let report = run(&inspect, &folder, &["--task-arg", "play=solution"]);
    assert_eq!(classes(&report), (vec!["pass".to_owned()], TASKS), "{report}");
    assert_eq!((&report["complete"], report["tasks"].as_u64()), (&true.into(), Some(TASKS as u64)));
    assert_eq!(report["scores"]["flag_of_attempt"]["mean"], 1.0);
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    assert_eq!(report["usage"]["total_tokens"], 120 * TASKS as u64);
    // What is known of the tasks serves the statistics.
    let log = report["log"].as_str().unwrap();
    let output = Command::new(PROGRAM)
        .args(["evaluation", "statistics", "--json", "--draws", "10", log])
        .output()
        .unwrap();
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&figures["tasks"], &figures["families"]), (&14.into(), &8.into()), "{figures}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn nothing_is_solved_by_who_solves_nothing() {
    let test = "nothing_is_solved_by_who_solves_nothing";
    let Some(inspect) = inspect(test) else { return };
    let folder = folder("nothing");
    let report = run(&inspect, &folder, &["--task-arg", "play=nothing"]);
    assert_eq!(classes(&report), (vec!["fail".to_owned()], TASKS), "{report}");
    assert_eq!(report["scores"]["flag_of_attempt"]["mean"], 0.0);
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_answer_of_another_attempt_is_contamination() {
    let test = "an_answer_of_another_attempt_is_contamination";
    let Some(inspect) = inspect(test) else { return };
    let folder = folder("stale");
    let only = "only=read-the-log,find-the-flaw";
    let arguments = ["--task-arg", "play=stale", "--task-arg", only, "--epochs", "2"];
    let report = run(&inspect, &folder, &arguments);
    assert_eq!(classes(&report), (vec!["fail".to_owned(), "pass".to_owned()], 4), "{report}");
    let findings = report["findings"].as_array().unwrap();
    let told: Vec<&str> = findings.iter().map(|one| one["detail"].as_str().unwrap()).collect();
    let expected = ["read-the-log", "find-the-flaw"].map(|task| {
        format!("`{task} (practice)` try 2 emits the flag of `{task} (practice)` try 1")
    });
    assert_eq!(told, expected);
    assert!(findings.iter().all(|one| one["code"] == "contamination"), "{report}");
    assert!(!report.to_string().contains("flag{"), "{report}");
    // With another key they are flags of nobody.
    std::fs::write(folder.join("other.key"), "5b".repeat(32)).unwrap();
    let check = |key: &str, status: i32, says: &str| {
        let output = Command::new(PROGRAM)
            .args(["evaluation", "flags"])
            .arg(folder.join("out"))
            .arg("--key")
            .arg(folder.join(key))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(status), "{text}");
        assert!(text.contains(says), "{text}");
    };
    check("flags.key", 1, "try 2 emits the flag of");
    check("other.key", 1, "not made for this run");
    std::fs::remove_dir_all(folder).unwrap();
}

/// What Inspect Cyber makes of the folders, and whether their public flags are as they would be
/// written anew.
const CYBER: &str = r#"
import shutil, subprocess, sys
from pathlib import Path
from inspect_cyber import create_agentic_eval_dataset
battery, copy = Path(sys.argv[1]).resolve(), Path(sys.argv[2]) / "copy"
shutil.copytree(battery, copy)
subprocess.run([sys.executable, "-B", str(copy / "battery.py")], check=True)
for path in battery.glob("*/setup.sh"):
    assert path.read_text() == (copy / path.relative_to(battery)).read_text(), path
samples = list(create_agentic_eval_dataset(battery))
names = {sample.metadata["eval_name"] for sample in samples}
solved = [one for one in samples if "solution.sh" in one.files]
minutes = [s.metadata["human_minutes"] for s in samples if s.metadata["first_solve_time"] > 0]
assert all(sample.target.startswith("flag{") and sample.setup for sample in samples)
print(len(names), len(samples), len(solved), len(minutes), min(minutes), max(minutes))
"#;

#[test]
fn inspect_cyber_reads_every_task() {
    let Some(inspect) = inspect("inspect_cyber_reads_every_task") else { return };
    let folder = folder("cyber");
    let output = Command::new(inspect.with_file_name("python"))
        .args(["-B", "-c", CYBER, BATTERY])
        .arg(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(text.trim(), "14 28 14 28 5 60", "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}
