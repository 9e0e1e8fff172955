//! What was said in runs of public batteries goes to the developer, all of it or nothing; and what
//! a developer attests stands among the conditions.

use crate::folder::Folder;
use seawall_domain::time::Timestamp;
use seawall_testkit::evaluation::{End, TASK, TASKS, log};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// A register of the log's tasks and some more, each with who may have seen it.
fn register(more: &[(&str, Value)], change: impl Fn(usize, &mut Value)) -> Value {
    let entry = |id: &str, exposure: &Value| {
        json!({
            "id": id, "variants": ["easy"], "family": null, "files": {"a": "01".repeat(32)},
            "oracle": "flag", "minutes": null, "created": null, "exposure": exposure,
            "canary": null, "twin": null, "verified_at": null,
        })
    };
    let mut tasks: Vec<Value> =
        (0..TASKS).map(|at| entry(&format!("{TASK}-{at:02}"), &json!("public"))).collect();
    tasks.iter_mut().enumerate().for_each(|(at, task)| change(at, task));
    tasks.extend(more.iter().map(|(id, exposure)| entry(id, exposure)));
    tasks.sort_by(|one, other| one["id"].as_str().cmp(&other["id"].as_str()));
    json!({"schema": "seawall/registry/v1", "battery": "practice", "shared": {}, "tasks": tasks})
}

/// Ids that would lead elsewhere if anything were named by them.
const HOSTILE: [&str; 3] = ["../../escape", "/etc/passwd\u{202e}", "a b?#%2e (easy)"];

fn run() -> Value {
    log(Timestamp::now(), &[], |_, _| End::Passed)
}

#[test]
fn what_was_said_at_public_tasks_goes_out_whole_with_an_index() {
    let folder = Folder::new();
    let mut log = run();
    for (at, id) in HOSTILE.iter().enumerate() {
        log["samples"][at]["id"] = json!(id);
    }
    // The same attempt again, the last of which counts.
    let mut again = log["samples"][10].clone();
    again["messages"][0]["content"] = json!("--- system\nthe later one");
    log["samples"].as_array_mut().unwrap().push(again);
    fs::write(folder.path("run.json"), log.to_string()).unwrap();
    let hostile = [
        (HOSTILE[0], json!("public")),
        (HOSTILE[1], json!("public")),
        ("a b?#%2e", json!("public")),
    ];
    fs::write(folder.path("register.json"), register(&hostile, |_, _| {}).to_string()).unwrap();
    let before: Vec<_> = folder.files();
    let ask = "transcripts @run.json --registry @register.json --to @out";
    let said = folder.json(ask, 0);
    assert_eq!(said["attempts"], 100);
    let names: Vec<String> = fs::read_dir(folder.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 101);
    let is_numbered = |name: &String| {
        name == "index.json"
            || name.strip_suffix(".txt").is_some_and(|it| it.parse::<u32>().is_ok())
    };
    assert!(names.iter().all(is_numbered), "{names:?}");
    assert_eq!(folder.files().len(), before.len() + 102, "and a line of what was shown");
    let mode = fs::metadata(folder.path("out")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
    let bytes = fs::read(folder.path("out/index.json")).unwrap();
    let digest = |bytes: &[u8]| {
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(said["index"], digest(&bytes));
    let index: Value = serde_json::from_slice(&bytes).unwrap();
    for entry in index["attempts"].as_array().unwrap() {
        let file = format!("out/{}", entry["file"].as_str().unwrap());
        let text = fs::read(folder.path(&file)).unwrap();
        assert_eq!(entry["sha256"], digest(&text), "{file}");
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("flag_match"), "{text}");
    }
    assert_eq!(index["attempts"][0]["task"], HOSTILE[0]);
    assert!(folder.text("out/000011.txt").contains("\n --- system\nthe later one\n"));
    let noted: Value = serde_json::from_str(&folder.text("disclosures.jsonl")).unwrap();
    assert_eq!((&noted["sha256"], &noted["attempts"]), (&said["index"], &json!(100)));
    // It is there already, and stays as it is.
    folder.run(ask, 2);
}

#[test]
fn one_task_that_is_not_public_keeps_everything_back() {
    let check = |more: &[(&str, Value)],
                 change: fn(usize, &mut Value),
                 second: Option<Value>,
                 says: &str| {
        let folder = Folder::new();
        let mut log = run();
        log["samples"][99]["messages"][0]["content"] = json!("THE-SECRET");
        fs::write(folder.path("run.json"), log.to_string()).unwrap();
        fs::write(folder.path("one.json"), register(more, change).to_string()).unwrap();
        let mut ask = "transcripts @run.json --to @out --registry @one.json".to_owned();
        if let Some(second) = second {
            fs::write(folder.path("two.json"), second.to_string()).unwrap();
            ask += " @two.json";
        }
        let before = folder.files().len();
        let said = folder.run(&ask, 1);
        assert!(said.contains("nothing is written") && said.contains(says), "{said}");
        assert!(!said.contains("THE-SECRET") && !said.contains("Solve it"), "{said}");
        let refused = folder.json(&ask, 1);
        assert!(refused["error"].as_str().unwrap().contains("nothing is written"));
        assert_eq!(folder.files().len(), before, "nothing is there, not even a line");
        assert!(!folder.path("out").exists());
    };
    let last = format!("{TASK}-19");
    let exposed = |at: usize, task: &mut Value| {
        if at == 19 {
            task["exposure"] = json!("limited");
        }
    };
    check(&[], exposed, None, &format!("`{last}`: it is not public"));
    let unsaid = |at: usize, task: &mut Value| {
        if at == 19 {
            task["exposure"] = Value::Null;
        }
    };
    check(&[], unsaid, None, "does not say who may have seen it");
    let unknown = |at: usize, task: &mut Value| {
        if at == 19 {
            task["id"] = json!("another");
        }
    };
    check(&[], unknown, None, "it is in no register");
    let enclosed = |at: usize, task: &mut Value| {
        if at == 19 {
            task["exposure"] = json!("enclosed");
        }
    };
    check(&[], |_, _| {}, Some(register(&[], enclosed)), "registers contradict each other");
}

#[test]
fn a_log_that_notes_another_battery_keeps_everything_back() {
    let folder = Folder::new();
    fs::write(folder.path("one.json"), register(&[], |_, _| {}).to_string()).unwrap();
    let digest = folder.json("registry @one.json", 0)["digest"].as_str().unwrap().to_owned();
    for (noted, status) in [(digest.as_str(), 0), (&"ab".repeat(32), 1)] {
        let log = log(Timestamp::now(), &[("seawall_battery", noted)], |_, _| End::Passed);
        fs::write(folder.path("run.json"), log.to_string()).unwrap();
        let to = format!("@out-{status}");
        folder.run(&format!("transcripts @run.json --registry @one.json --to {to}"), status);
        assert_eq!(folder.path(&to[1..]).exists(), status == 0);
    }
    // A number is in no register, and a header may plan what no attempt is there of.
    for change in
        [(|log: &mut Value| log["samples"][0]["id"] = json!(4)) as fn(&mut Value), |log| {
            log["eval"]["dataset"]["sample_ids"][3] = json!("secret task")
        }]
    {
        let mut log = run();
        change(&mut log);
        fs::write(folder.path("run.json"), log.to_string()).unwrap();
        let ask = "transcripts @run.json --registry @one.json --to @out";
        assert!(folder.run(ask, 1).contains("it is in no register"));
    }
}

#[test]
fn an_attestation_and_the_evaluators_stand_among_the_conditions_and_bind_nothing() {
    let folder = Folder::new();
    let signer = folder.key("developer.key");
    let snapshot = "ef".repeat(32);
    fs::write(folder.path("serving.json"), r#"{"guards": "reduced", "context": 200000}"#).unwrap();
    let of = |model: &str, out: &str| {
        let of = format!("--model {model} --snapshot {snapshot} --serving @serving.json");
        format!("attest {of} --key @developer.key --out @{out}")
    };
    let noted = folder.json(&of("maker/model", "good.dsse"), 0);
    assert_eq!(noted["signed_by"], signer);
    folder.json(&of("maker/other", "other.dsse"), 0);
    let write = |name: &str, metadata: Value| {
        let mut log = log(Timestamp::now(), &[("snapshot", &snapshot)], |_, _| End::Passed);
        log["eval"]["created"] = json!("2026-11-01T10:00:00Z");
        for (key, value) in metadata.as_object().unwrap() {
            log["eval"]["metadata"][key] = value.clone();
        }
        fs::write(folder.path(name), log.to_string()).unwrap();
    };
    write("bare.json", json!({}));
    write(
        "noted.json",
        json!({
            "attestation": noted["sha256"], "attested_by": signer, "evaluators": ["e-1", "e-2"],
        }),
    );
    write(
        "elsewhere.json",
        json!({
            "attestation": noted["sha256"], "attested_by": signer, "snapshot": "ab".repeat(32),
        }),
    );
    let ingested = folder.json("ingest @noted.json --attestation @good.dsse", 0);
    assert_eq!(ingested["attestation"], json!({"holds": true, "why": null}));
    let fields = &ingested["conditions"]["fields"];
    assert_eq!(fields["metadata.evaluators"], r#"["e-1","e-2"]"#);
    assert_eq!(fields["metadata.attestation"], json!(noted["sha256"].to_string()));
    assert_eq!(fields["metadata.attested_by"], format!("\"{signer}\""));
    let said = folder.run("ingest @noted.json --attestation @good.dsse", 0);
    assert!(said.contains("The attestation holds") && said.contains("e-2"), "{said}");
    for (log, attestation, says) in [
        ("bare.json", "good.dsse", "notes none"),
        ("noted.json", "other.dsse", "notes another one"),
        ("elsewhere.json", "good.dsse", "another snapshot"),
    ] {
        let told = folder.json(&format!("ingest @{log} --attestation @{attestation}"), 1);
        assert!(told["attestation"]["why"].as_str().unwrap().contains(says), "{told}");
    }
    // They decide nothing of what is compared, and what binds has the same digest.
    let compared = folder.json("compare @bare.json @noted.json", 0);
    assert_eq!(compared["conditions"][0], compared["conditions"][1]);
    assert_eq!(compared["noted"].as_array().map(Vec::len), Some(3), "{compared}");
    let altered = folder.text("good.dsse").replacen("payload\":\"ey", "payload\":\"fy", 1);
    fs::write(folder.path("altered.dsse"), altered).unwrap();
    folder.run("ingest @noted.json --attestation @altered.dsse", 2);
}
