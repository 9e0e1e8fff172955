//! The grade of elicitation by files, the register of a battery, and a picture of its figures.

use crate::folder::Folder;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_testkit::evaluation::{End, TASK, TASKS, log, protocol};
use serde_json::{Value, json};
use std::fs;

/// The easiest task passes always, the second mostly.
fn weak(number: usize, epoch: u32) -> End {
    if number == 0 || (number == 1 && epoch < 4) { End::Passed } else { End::Failed }
}

/// A protocol with items, twins, a sweep and the developer's key, in plain.
fn terms(developer: &str) -> Value {
    let (day, now) = (SignedDuration::from_hours(24), Timestamp::now());
    let mut terms = protocol([&"aa".repeat(32), &"bb".repeat(32)], now - day, now + day);
    for number in 0..TASKS {
        let difficulty = format!("{}", number as i64 - 1);
        terms["tasks"][number]["item"] = json!({"discrimination": "1", "difficulty": difficulty});
        terms["tasks"][number]["twin"] = json!(format!("str:{TASK}-{number:02}-twin"));
    }
    terms["statistic"]["elicitation"] = json!({
        "sweep": ["500"], "framing_margin": "0.05", "developer_key": developer,
    });
    terms["extension"] = Value::Null;
    terms
}

fn keep(folder: &Folder, name: &str, change: impl Fn(&mut Value)) {
    let mut written = log(Timestamp::now(), &[], weak);
    change(&mut written);
    fs::write(folder.path(name), written.to_string()).unwrap();
}

#[test]
fn a_grade_comes_from_logs_and_a_signature_and_from_nothing_typed() {
    let folder = Folder::new();
    let developer = folder.key("developer.key");
    folder.key("other.key");
    fs::write(folder.path("terms.json"), terms(&developer).to_string()).unwrap();
    folder.run("protocol check @terms.json", 0);
    keep(&folder, "main.json", |_| {});
    keep(&folder, "swept.json", |log| log["eval"]["config"]["token_limit"] = 500.into());
    keep(&folder, "scaffold.json", |log| log["eval"]["solver"] = "another".into());
    keep(&folder, "twins.json", |log| {
        for sample in log["samples"].as_array_mut().unwrap() {
            sample["id"] = format!("{}-twin", sample["id"].as_str().unwrap()).into();
        }
        for id in log["eval"]["dataset"]["sample_ids"].as_array_mut().unwrap() {
            *id = format!("{}-twin", id.as_str().unwrap()).into();
        }
    });
    let determine = |besides: &str, out: &str, status: i32| {
        let protocol = "--protocol @terms.json";
        folder.json(&format!("determine @main.json {protocol} {besides}--out @{out}"), status)
    };
    let bare = determine("", "bare.json", 0);
    assert_eq!(
        (&bare["outcome"], &bare["verdict"]["grade"]),
        (&"inconclusive".into(), &"E0".into())
    );
    // What somebody types is no option any more.
    folder.run("determine @main.json --protocol @terms.json --elicitation @x --out @no.json", 2);
    let besides = "--sweep @swept.json --scaffold @scaffold.json --twins @twins.json ";
    let found = determine(besides, "found.json", 0);
    assert_eq!(
        (&found["outcome"], &found["verdict"]["grade"]),
        (&"not_covered".into(), &"E2".into())
    );
    let wrong = determine("--scaffold @swept.json ", "no.json", 1);
    assert_eq!(wrong["refused"][0]["code"], "other_limits");
    let name = wrong["refused"][0]["log"].as_str().unwrap();
    assert!(name.ends_with("swept.json"), "{wrong}");

    // The developer's word counts by the developer's key alone.
    fs::write(folder.path("words.txt"), "tuned on what is like it").unwrap();
    let state = "statement --protocol @terms.json --model maker/model --added fine_tuned \
                 --text @words.txt";
    folder.run(&format!("{state} --key @other.key --out @forged.dsse"), 0);
    folder.run(&format!("{state} --key @developer.key --out @stated.dsse"), 0);
    let told = determine(&format!("{besides}--statement @forged.dsse "), "no.json", 1);
    assert!(told["error"].as_str().unwrap().contains("another key"), "{told}");
    let tuned = determine(&format!("{besides}--statement @stated.dsse "), "tuned.json", 0);
    assert_eq!(tuned["verdict"]["grade"], "E3");

    let logs = "--logs @main.json @swept.json @scaffold.json @twins.json";
    let verify = |record: &str, logs: &str, status: i32| {
        folder.json(&format!("verify @{record} --opening @terms.json {logs}"), status)
    };
    assert_eq!(verify("tuned.json", logs, 0)["verified"], true);
    verify("found.json", "--logs @main.json", 1);
    let record = folder.text("found.json");
    assert!(!record.contains(TASK));
    let typed = record.replacen("\"scaffolds\":2", "\"scaffolds\":3", 1);
    assert_ne!(typed, record);
    fs::write(folder.path("typed.json"), typed).unwrap();
    verify("typed.json", logs, 1);
}

#[test]
fn what_a_protocol_asks_to_be_shown_is_said_to_be_lacking() {
    let folder = Folder::new();
    let mut terms = terms(&"cc".repeat(32));
    terms["statistic"]["demands"] = json!(["battery", "egress", "review"]);
    fs::write(folder.path("terms.json"), terms.to_string()).unwrap();
    keep(&folder, "main.json", |_| {});
    let determine = "determine @main.json --protocol @terms.json --out";
    let said = folder.run(&format!("{determine} @one.json"), 0);
    for expected in [
        "not reviewed",
        "the program is not the one whose digest was sealed",
        "not held to the sealed digest: 1 batteries",
        "no evidence of what left the network",
        "unproven (battery)",
        "unproven (egress)",
        "unproven (review)",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    keep(&folder, "main.json", |log| {
        log["eval"]["metadata"]["seawall_battery"] = "ac".repeat(32).into()
    });
    let refused = folder.json(&format!("{determine} @two.json"), 1);
    assert_eq!(refused["refused"][0]["code"], "other_battery");
    keep(&folder, "main.json", |log| {
        let metadata = &mut log["eval"]["metadata"];
        metadata["seawall_battery"] = "ab".repeat(32).into();
        metadata["egress_log"] = "ee".repeat(32).into();
        metadata["egress_denied"] = 3.into();
    });
    let said = folder.run(&format!("{determine} @three.json"), 0);
    assert!(said.contains("every run notes the digest of its battery"), "{said}");
    assert!(said.contains("connections that were denied: 3"), "{said}");
}

#[test]
fn a_register_has_every_task_of_the_practice_battery_and_its_files() {
    let folder = Folder::new();
    let practice = concat!(env!("CARGO_MANIFEST_DIR"), "/../../practice");
    let said = folder.json(&format!("registry {practice} --out @register.json"), 0);
    let tasks = said["registry"]["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 14);
    let one = tasks.iter().find(|task| task["id"] == "find-the-flaw").unwrap();
    assert_eq!((&one["family"], &one["oracle"]), (&"code-review".into(), &"flag".into()));
    assert_eq!(one["minutes"], json!({"value": "20", "known": "estimate", "people": null}));
    assert_eq!(one["variants"], json!(["practice", "solution"]));
    for file in ["archive.py", "eval.yaml", "setup.sh", "solution/solution.sh", "../compose.yaml"] {
        assert!(one["files"].get(file).is_some(), "{file}: {one}");
    }
    assert!(said["registry"]["shared"].get("battery.py").is_some());
    assert!(!folder.text("register.json").contains("flag{"));
    // The register alone has the same digest as the folder.
    let again = folder.json("registry @register.json", 0);
    assert_eq!(again["digest"], said["digest"]);
    folder.run("registry @nowhere", 2);

    // Other tasks of the field, and one that is altered.
    for (name, text) in [
        ("ctf/test/2023/pwn/small/challenge.json", r#"{"name":"s","category":"pwn","flag":"f"}"#),
        ("ctf/test/2023/pwn/small/server.py", "x"),
        ("ctf/poc/poc.json", r#"{"task_id":"arvo:7","vulnerable":"a","fixed":"b","level":1}"#),
    ] {
        fs::create_dir_all(folder.path(name).parent().unwrap()).unwrap();
        fs::write(folder.path(name), text).unwrap();
    }
    let said = folder.json("registry @ctf", 0);
    let ids: Vec<&Value> =
        said["registry"]["tasks"].as_array().unwrap().iter().map(|task| &task["id"]).collect();
    assert_eq!(ids, ["arvo:7", "test/2023/pwn/small"]);
    fs::write(folder.path("ctf/test/2023/pwn/small/server.py"), "y").unwrap();
    assert_ne!(folder.json("registry @ctf", 0)["digest"], said["digest"]);
}

#[test]
fn figures_are_drawn_into_a_new_file() {
    let folder = Folder::new();
    keep(&folder, "main.json", |_| {});
    folder.json("statistics @main.json --draws 50 --plot @figures.svg", 0);
    let drawn = folder.text("figures.svg");
    assert!(drawn.starts_with("<svg") && drawn.contains("maker/model"), "{drawn}");
    // Twenty tasks, the end of the curve, and the score.
    assert_eq!(drawn.matches("<circle").count(), TASKS + 2);
    assert!(!drawn.contains(TASK));
    folder.run("statistics @main.json --draws 50 --plot @figures.svg", 2);
}
