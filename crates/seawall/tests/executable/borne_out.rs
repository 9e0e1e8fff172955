//! What bears a determination out beside its logs: canaries of a register, a network guard's log,
//! and the limits that attempts ran under; by `determine`, and again by `verify`.

use crate::folder::Folder;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_testkit::evaluation::{End, TASK, log, protocol};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;

const ONE: &str = "26b5c67b-86cc-4b5c-9d0e-0123456789ab";
const TWO: &str = "deadbeef-0000-4000-8000-00000000cafe";

fn register(task: &str) -> String {
    let task = |number: u32, canary: &str| {
        json!({
            "id": format!("{task}-{number}"), "family": null, "files": {"a": "ab".repeat(32)},
            "oracle": null, "minutes": null, "created": null, "exposure": null,
            "canary": canary, "twin": null, "verified_at": null,
        })
    };
    let tasks = [task(16, ONE), task(17, TWO)];
    json!({"schema": "seawall/registry/v1", "battery": "b", "tasks": tasks}).to_string()
}

/// A log in which the model says the canary of task 16 unprompted, and that of 17 after a tool.
fn said(now: Timestamp) -> Value {
    let mut written = log(now, &[], |_, _| End::Failed);
    let message = |role: &str, text: &str| json!({"role": role, "content": text});
    for sample in written["samples"].as_array_mut().unwrap() {
        let first = sample["epoch"] == 1;
        match sample["id"].as_str().unwrap().rsplit('-').next().unwrap() {
            "16" if first => {
                sample["messages"] = json!([message("assistant", &ONE.to_uppercase())]);
            }
            "17" if first => {
                let (tool, model) = (message("tool", TWO), message("assistant", TWO));
                sample["messages"] = json!([tool, model]);
            }
            _ => {}
        }
    }
    written
}

#[test]
fn a_canary_that_was_not_shown_is_told_and_bears_a_task_out_that_is_left_out() {
    let folder = Folder::new();
    let signers = [folder.key("one.key"), folder.key("two.key")];
    let (day, now) = (SignedDuration::from_hours(24), Timestamp::now());
    fs::write(folder.path("register.json"), register(TASK)).unwrap();
    fs::write(folder.path("other.json"), register("another")).unwrap();
    let mut terms = protocol([&signers[0], &signers[1]], now - day, now + day);
    terms["batteries"][0]["digest"] = folder.json("registry @register.json", 0)["digest"].clone();
    terms["exclusion"] = json!(["canary_seen"]);
    terms["elicitation_min"] = "E0".into();
    fs::write(folder.path("terms.json"), terms.to_string()).unwrap();
    fs::write(folder.path("log.json"), said(now).to_string()).unwrap();
    let plain = folder.json("ingest @log.json", 0);
    assert_eq!(plain["findings"], json!([]));
    let read = folder.json("ingest @log.json --registry @register.json", 0);
    let what = format!(
        "task `{TASK}-16` epoch 1: it says the canary of `{TASK}-16`, which it was not shown"
    );
    assert_eq!(read["findings"], json!([{"code": "canary", "detail": what}]));
    let determine = |more: &str, out: &str| {
        format!("determine @log.json --protocol @terms.json {more}--out @{out}")
    };
    let without = folder.json(&determine("", "without.record"), 0);
    assert_eq!((&without["outcome"], &without["canaries"]), (&"not_covered".into(), &Value::Null));
    assert!(!folder.text("without.record").contains("canaries"));
    let with = "--registry @register.json ";
    folder.run(&determine("--registry @other.json ", "other.record"), 1);
    let found = folder.json(&determine(with, "with.record"), 0);
    assert_eq!(found["outcome"], "not_covered");
    assert_eq!(found["canaries"], json!({"attempts": 1, "left_in": 1, "unsupported": 0}));
    let exclude = |number: u32| {
        let exclude = "exclude task @list.json --protocol @terms.json --battery canary-battery";
        folder.run(
            &format!("{exclude} --task str:{TASK}-{number} --rule canary_seen --reason seen"),
            0,
        );
        for key in ["one", "two"] {
            folder.run(&format!("exclude sign @list.json --key @{key}.key"), 0);
        }
    };
    let listed = format!("{with}--exclusions @list.json ");
    exclude(16);
    let found = folder.json(&determine(&listed, "supported.record"), 0);
    assert_eq!(found["outcome"], "not_covered");
    assert_eq!(found["canaries"], json!({"attempts": 1, "left_in": 0, "unsupported": 0}));
    exclude(17);
    let found = folder.json(&determine(&listed, "unsupported.record"), 0);
    assert_eq!(found["outcome"], "inconclusive");
    assert_eq!(found["canaries"], json!({"attempts": 1, "left_in": 0, "unsupported": 1}));
    let reasons = &found["verdict"]["rule"]["parts"][0]["reasons"];
    let unproven = json!({"reason": "unproven", "demand": "canary"});
    assert!(reasons.as_array().unwrap().contains(&unproven), "{reasons}");
    // Without the register it is the word of those who signed.
    let by_word = folder.json(&determine("--exclusions @list.json ", "word.record"), 0);
    assert_eq!(by_word["outcome"], "not_covered");
    for record in ["with", "supported", "unsupported"] {
        let verify = format!("verify @{record}.record --opening @terms.json --logs @log.json");
        folder.run(&verify, 3);
        folder.run(&format!("{verify} --registry @register.json"), 0);
        let text = folder.text(&format!("{record}.record")).to_lowercase();
        assert!(![ONE, TWO, "26b5c67b", "cafe"].iter().any(|part| text.contains(part)), "{text}");
    }
    let altered = folder.text("with.record").replacen(
        "\"epoch\":1,\"log\":0,\"of\"",
        "\"epoch\":2,\"log\":0,\"of\"",
        1,
    );
    assert_ne!(altered, folder.text("with.record"));
    fs::write(folder.path("with.record"), altered).unwrap();
    let verify = "verify @with.record --opening @terms.json --logs @log.json";
    folder.run(&format!("{verify} --registry @register.json"), 1);
}

#[test]
fn what_a_guards_log_shows_is_no_ones_word() {
    let folder = Folder::new();
    let (day, now) = (SignedDuration::from_hours(24), Timestamp::now());
    let mut terms = protocol([&"aa".repeat(32), &"bb".repeat(32)], now - day, now + day);
    terms["elicitation_min"] = "E0".into();
    terms["statistic"]["demands"] = json!(["egress"]);
    fs::write(folder.path("terms.json"), terms.to_string()).unwrap();
    let written = log(now, &[], |_, _| End::Failed).to_string();
    fs::write(folder.path("log.json"), &written).unwrap();
    let sha256 = |text: &str| -> String {
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let guard = "{\"verdict\":\"denied\"}\n{\"verdict\":\"denied\"}\n";
    fs::write(folder.path("guard.jsonl"), guard).unwrap();
    let run = |name: &str, denied: u64| {
        let egress = json!({"sha256": sha256(guard), "allowed": 0, "denied": denied});
        let run = json!({"logs": [{"sha256": sha256(&written)}], "egress": egress});
        fs::write(folder.path(name), run.to_string()).unwrap();
    };
    run("run.json", 2);
    run("wrong.json", 0);
    let determine = |more: &str, out: &str| {
        format!("determine @log.json --protocol @terms.json {more}--out @{out}")
    };
    assert_eq!(folder.json(&determine("", "none.record"), 0)["outcome"], "inconclusive");
    let found = folder.json(&determine("--run @run.json ", "with.record"), 0);
    assert_eq!(
        (&found["outcome"], &found["bound"]["egress"]["denied"]),
        (&"not_covered".into(), &2.into())
    );
    folder.run(&determine("--run @run.json --egress @guard.jsonl ", "read.record"), 0);
    folder.run(&determine("--run @wrong.json --egress @guard.jsonl ", "wrong.record"), 2);
    folder.run(&determine("--egress @guard.jsonl ", "nobody.record"), 2);
    let verify = "verify @with.record --opening @terms.json --logs @log.json";
    assert!(folder.run(verify, 0).contains("stated  what left the network"));
    let read = folder.run(&format!("{verify} --egress @guard.jsonl"), 0);
    assert!(read.contains("holds   what left the network"), "{read}");
    // Whoever changes a line changes the digest, and a record that counts otherwise fails.
    folder.run(&determine("--run @wrong.json ", "other.record"), 0);
    let other = "verify @other.record --opening @terms.json --logs @log.json --egress @guard.jsonl";
    folder.run(other, 1);
}

#[test]
fn a_limit_that_a_task_sets_for_itself_stands_against_absence() {
    let folder = Folder::new();
    let (day, now) = (SignedDuration::from_hours(24), Timestamp::now());
    let mut terms = protocol([&"aa".repeat(32), &"bb".repeat(32)], now - day, now + day);
    terms["elicitation_min"] = "E0".into();
    fs::write(folder.path("terms.json"), terms.to_string()).unwrap();
    let check = |end: End, limit: u64, expected: &str, own: bool| {
        let mut written = log(now, &[], |_, _| end);
        written["samples"][7]["token_limit"] = limit.into();
        fs::write(folder.path("log.json"), written.to_string()).unwrap();
        let _ = fs::remove_file(folder.path("one.record"));
        let found = folder.json("determine @log.json --protocol @terms.json --out @one.record", 0);
        assert_eq!(found["outcome"], expected);
        assert_eq!(folder.text("one.record").contains("own_limit"), own, "{limit}");
        folder.run("verify @one.record --opening @terms.json --logs @log.json", 0);
        found["verdict"]["rule"]["parts"][0]["reasons"].clone()
    };
    check(End::Failed, 1000, "not_covered", false);
    let reasons = check(End::Failed, 400, "inconclusive", true);
    let own = json!({"reason": "own_limits", "attempts": 1});
    assert!(reasons.as_array().unwrap().contains(&own), "{reasons}");
    check(End::Passed, 400, "covered", true);
}
