//! `seawall inspect stack` against the stack traces of ClusterFuzz's own tests: class, address, key
//! and security flag of each that does not hang on a fuzzer's settings.

use crate::corridor::PROGRAM;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where an answer is another than ClusterFuzz's, with the reason.
const DEVIATIONS: [(&str, &str, &str); 2] = [
    (
        "stack_filtering.txt",
        "state",
        "one line of the key has 83 characters, where every other trace has them cut to 80",
    ),
    (
        "check_file_line.txt",
        "state",
        "frames with their file in brackets are frames here; ClusterFuzz passes over them and keys \
         the crash by the message loop, where most of Chromium's crashes meet",
    ),
];

/// Traces whose settings say that running out of memory or time is a crash; by default it is none.
const EXHAUSTED: [&str; 2] = ["Out-of-memory", "Timeout"];

fn unpacked(test: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| default.to_owned());
    let archive = Path::new(&folder).join("crash/clusterfuzz-stacks.tar.zst");
    if !archive.is_file() {
        println!("skipped: {test}: no SEAWALL_DATA");
        return None;
    }
    let into =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("stacks-{}", std::process::id()));
    std::fs::create_dir_all(&into).unwrap();
    let tar =
        Command::new("tar").arg("--zstd").arg("-xf").arg(archive).arg("-C").arg(&into).status();
    assert!(tar.unwrap().success());
    Some(into)
}

#[test]
fn keys_are_those_of_clusterfuzz() {
    let Some(folder) = unpacked("keys_are_those_of_clusterfuzz") else { return };
    let rows = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let files: Vec<PathBuf> =
        rows.iter().map(|row| folder.join(row["file"].as_str().unwrap())).collect();
    let output = Command::new(PROGRAM).args(["inspect", "stack"]).args(&files).output().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> =
        answers.lines().map(|one| serde_json::from_str(one).unwrap()).collect();
    assert_eq!(answers.len(), rows.len());
    let mut compared = 0;
    for (row, answer) in rows.iter().zip(&answers) {
        let file = row["file"].as_str().unwrap();
        for case in row["expected"].as_array().unwrap() {
            let by_setting = case["needs_env"] == true;
            if by_setting && EXHAUSTED.iter().any(|class| case["type"] == *class) {
                continue;
            }
            for (key, wanted) in [
                ("type", &case["type"]),
                ("address", &case["address"]),
                ("state", &case["state"]),
                ("security", &case["security_flag"]),
            ] {
                let known = DEVIATIONS.iter().any(|(at, of, _)| (*at, *of) == (file, key));
                if wanted.is_null() || (by_setting && key == "security") {
                    continue;
                }
                assert_eq!(answer[key] != *wanted, known, "{file}: {key} {answer}, not {wanted}");
                compared += 1;
            }
        }
    }
    println!("compared with ClusterFuzz: {compared}, of them other: {}", DEVIATIONS.len());
    std::fs::remove_dir_all(folder).unwrap();
}
