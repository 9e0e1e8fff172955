//! Crash reports against the stack traces of ClusterFuzz's own tests: class and address of each.
//! Their keys are compared where reading and rules meet, in the executable's tests.

use crate::shared::unpack;
use seawall_formats::crash::{Exhaustion, FRAMES_MAX, read};
use serde_json::Value;
use std::time::{Duration, Instant};

#[test]
fn classes_and_addresses_are_those_of_clusterfuzz() {
    let archive = "crash/clusterfuzz-stacks.tar.zst";
    let Some(data) = unpack("classes_and_addresses_are_those_of_clusterfuzz", archive) else {
        return;
    };
    let expected = String::from_utf8(data.read("expected.jsonl")).expect("UTF-8");
    let (mut compared, mut faults) = ([0, 0], Vec::new());
    for row in expected.lines() {
        let row: Value = serde_json::from_str(row).expect("JSON");
        let file = row["file"].as_str().expect("a file");
        let bytes = data.read(file);
        let text = String::from_utf8_lossy(&bytes);
        for case in row["expected"].as_array().expect("cases") {
            // Whether running out of memory or time is a crash is a setting of the fuzzer.
            let exhaustion = match case["needs_env"].as_bool() {
                Some(true) => Exhaustion::Reported,
                Some(false) | None => Exhaustion::PassedOver,
            };
            let crash = read(&text, exhaustion).expect("a report");
            let told = [("type", &crash.class), ("address", &crash.address)];
            for ((key, told), compared) in told.into_iter().zip(&mut compared) {
                let Some(wanted) = case[key].as_str() else { continue };
                *compared += 1;
                if wanted != told {
                    faults.push(format!("{file}: {key} {told:?}, not {wanted:?}"));
                }
            }
        }
    }
    println!("classes and addresses compared: {compared:?}");
    assert_eq!(compared, [166, 165]);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_report_takes_milliseconds_whatever_is_in_it() {
    let archive = "crash/clusterfuzz-stacks.tar.zst";
    let Some(data) = unpack("a_report_takes_milliseconds_whatever_is_in_it", archive) else {
        return;
    };
    let files = data.files();
    let texts: Vec<String> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".txt"))
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    let size_bytes: usize = texts.iter().map(String::len).sum();
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let before = Instant::now();
        for text in &texts {
            let crash = read(text, Exhaustion::PassedOver).expect("a report");
            assert!(crash.frames.len() <= FRAMES_MAX);
        }
        best = best.min(before.elapsed());
    }
    println!("{} reports, {size_bytes} bytes: {best:?}", texts.len());
    // A hundred times the measured time of an optimised build, for slow machines and debug builds.
    assert!(best < Duration::from_secs(3), "{best:?}");
}
