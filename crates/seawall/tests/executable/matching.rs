//! `seawall match`: at home, offline, from a copy of published records; it sends nothing.

use crate::corridor::PROGRAM;
use crate::house::{INVENTORY, seawall};
use seawall_testkit::database::Fresh;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FIXED: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
    {"type":"library","name":"door","version":"2.0","purl":"pkg:generic/door@2.0"}]}"#;

/// A folder with inventories and a published record about `door` below 2.0.
struct Home {
    folder: Fresh,
}

impl Home {
    fn new() -> Home {
        let home = Home { folder: Fresh::sqlite() };
        let record = json!({
            "schema_version": "1.7.0", "id": "x_SW-2026-0001", "modified": "2026-11-21T12:00:00Z",
            "summary": "a flaw", "details": "a flaw", "affected": [{
                "package": {"ecosystem": "npm", "name": "door", "purl": "pkg:npm/door"},
                "ranges": [{
                    "type": "SEMVER",
                    "events": [{"introduced": "1.0.0"}, {"fixed": "2.0.0"}],
                }],
            }],
        });
        std::fs::create_dir(home.path("osv")).unwrap();
        for (name, text) in [
            ("osv/x_SW-2026-0001.json", record.to_string()),
            ("affected.json", INVENTORY.replace("generic", "npm").replace("1.1", "1.1.0")),
            ("fixed.json", FIXED.replace("generic", "npm").replace("2.0", "2.0.0")),
            ("unreadable.json", "{".into()),
        ] {
            std::fs::write(home.path(name), text).unwrap();
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.dir().join(name)
    }

    fn arguments(&self, inventory: &str, more: &[&str]) -> Vec<String> {
        let inventory = self.path(inventory).display().to_string();
        let records = self.path("osv").display().to_string();
        let named = ["match".to_owned(), inventory, "--advisories".to_owned(), records];
        named.into_iter().chain(more.iter().map(|text| (*text).to_owned())).collect()
    }

    fn run(&self, inventory: &str, more: &[&str]) -> Output {
        let arguments = self.arguments(inventory, more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        seawall(Path::new(PROGRAM), &arguments)
    }
}

#[test]
fn affected_is_one_clear_is_zero_and_unreadable_is_two() {
    let home = Home::new();
    for (inventory, status) in
        [("affected.json", 1), ("fixed.json", 0), ("unreadable.json", 2), ("absent.json", 2)]
    {
        for more in [
            &[][..],
            &["--today"],
            &["--json"],
            &["--today", "--spanish"],
            &["--hours", "6"],
            &["--hours", "1.5", "--window", "night=1", "--json"],
            &["--today", "--hours", "6", "--spanish"],
        ] {
            let output = home.run(inventory, more);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(status), "{inventory} {more:?}: {said}");
            assert_eq!(said.is_empty(), status < 2, "{inventory} {more:?}: {said}");
        }
    }
}

#[test]
fn what_matched_is_told_by_name_and_how_to_fix_it() {
    let home = Home::new();
    let said: Value =
        serde_json::from_slice(&home.run("affected.json", &["--json"]).stdout).unwrap();
    let findings = said["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{said}");
    assert_eq!(findings[0]["component_purl"], "pkg:npm/door@1.1.0");
    assert_eq!(findings[0]["advisory_id"], "x_SW-2026-0001");
    assert_eq!(findings[0]["fixed_versions"], json!(["2.0.0"]));
    assert_eq!(said["advisory_set"]["records"], 1);
    let today = String::from_utf8(home.run("affected.json", &["--today"]).stdout).unwrap();
    assert!(today.contains("door") && today.contains("2.0.0"), "{today}");
    assert!(!today.contains("doorbell"), "{today}");
}

#[test]
fn hours_make_a_plan_that_says_what_is_left() {
    let home = Home::new();
    for (inventory, more, says) in [
        (
            "affected.json",
            &["--hours", "6"][..],
            &[
                "In 6 hours you can do 1 of 1 things. They take 4 hours.",
                "0 of 100 parts of the risk stay",
                "1. Update door 1.1.0. It takes 4 hours. So far: 4 hours.",
            ][..],
        ),
        (
            "affected.json",
            &["--hours", "1,5"],
            &[
                "In 1 hour and 30 minutes you can do 0 of 1 things.",
                "100 of 100 parts of the risk stay, and you know it",
                "Left: Update door 1.1.0.",
                "It takes 4 hours, more than you have.",
            ],
        ),
        (
            "affected.json",
            &["--hours", "6", "--spanish"],
            &[
                "En 6 horas puede hacer 1 de 1 cosas.",
                "1. Actualice door 1.1.0. Tarda 4 horas. Hasta aquí: 4 horas.",
            ],
        ),
        ("affected.json", &["--today", "--hours", "6"], &["There is 1 thing to fix.", "So far:"]),
        ("fixed.json", &["--hours", "6"], &["There is nothing to do."]),
    ] {
        let said = String::from_utf8(home.run(inventory, more).stdout).unwrap();
        for words in says {
            assert!(said.contains(words), "{more:?}: {words}: {said}");
        }
    }
}

#[test]
fn what_must_stop_needs_a_window() {
    let home = Home::new();
    let record = json!({
        "schema_version": "1.7.0", "id": "DSA-1-1", "modified": "2026-11-21T12:00:00Z",
        "summary": "a flaw", "details": "a flaw", "affected": [{
            "package": {"ecosystem": "Debian:12", "name": "linux"},
            "ranges": [{
                "type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "6.1.100-1"}],
            }],
        }],
    });
    let inventory =
        INVENTORY.replace("generic/door", "deb/debian/linux").replace("1.1", "6.1.90-1");
    let inventory = inventory.replace("6.1.90-1\"", "6.1.90-1?distro=debian-12\"");
    std::fs::write(home.path("osv/DSA-1-1.json"), record.to_string()).unwrap();
    std::fs::write(home.path("linux.json"), inventory).unwrap();
    for (more, says) in [
        (&["--hours", "6"][..], &["no window is that long", "Name one: --window night=2"][..]),
        (&["--hours", "6", "--spanish"], &["no hay una pausa tan larga", "--window noche=2"]),
        (&["--hours", "6", "--window", "night=0.5"], &["no window is that long"]),
        (
            &["--hours", "6", "--window", "night=0.5", "--window", "Sunday=1"],
            &["1. Update linux 6.1.90-1 in this window: Sunday. It takes 1 hour."],
        ),
    ] {
        let output = home.run("linux.json", more);
        let said = String::from_utf8(output.stdout).unwrap();
        let wrong = String::from_utf8(output.stderr).unwrap();
        for words in says {
            assert!(said.contains(words), "{more:?}: {words}: {said}{wrong}");
        }
    }
}

#[test]
fn a_plan_has_stable_keys() {
    let home = Home::new();
    let more = ["--hours", "5", "--window", "Saturday night=2", "--json"];
    let said: Value = serde_json::from_slice(&home.run("affected.json", &more).stdout).unwrap();
    let plan = &said["plan"];
    for (key, value) in [
        ("minutes", json!(240)),
        ("budget_minutes", json!(300)),
        ("windows", json!([{"name": "Saturday night", "minutes": 120}])),
        ("left", json!([])),
        ("remains_percent", json!(0)),
        ("urgent_left", json!(0)),
        ("proof", json!("best")),
    ] {
        assert_eq!(plan[key], value, "{key}: {plan}");
    }
    assert!(plan["risk"].as_u64() > Some(0) && plan["risk"] == plan["removed"], "{plan}");
    let step = &plan["steps"][0];
    for (key, value) in [
        ("number", json!(1)),
        ("name", json!("door 1.1.0")),
        ("action", json!("update")),
        ("minutes", json!(240)),
        ("minutes_so_far", json!(240)),
        ("window", Value::Null),
        ("advisories", json!(["x_SW-2026-0001"])),
    ] {
        assert_eq!(step[key], value, "{key}: {step}");
    }
    let more = ["--hours", "0", "--json", "--today"];
    let said: Value = serde_json::from_slice(&home.run("affected.json", &more).stdout).unwrap();
    assert_eq!(said["plan"]["left"][0]["why"], "too_long");
    assert_eq!(said["plan"]["remains_percent"], 100);
    assert_eq!(said["items"].as_array().unwrap().len(), 1, "the list stands beside the plan");
}

/// What is told of the time differs between two runs: the clock of a deadline starts now.
fn timeless(mut told: Value) -> Value {
    told["advisory_set"]["sources"] = Value::Null;
    for finding in told["findings"].as_array_mut().unwrap() {
        let decision = &mut finding["priority"]["bod_26_04"];
        decision["clock_started_at"] = Value::Null;
        decision["due_at"] = Value::Null;
    }
    told
}

/// In a network namespace of its own there is no interface that is up: whatever would be sent
/// could not be, and the answer is the same.
#[test]
fn nothing_is_needed_from_outside() {
    let test = "nothing_is_needed_from_outside";
    let alone = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--net", program]);
        command
    };
    if !alone("true").status().is_ok_and(|status| status.success()) {
        println!("skipped: {test}: this host makes no network namespace (`unshare --net`)");
        return;
    }
    let home = Home::new();
    let arguments = home.arguments("affected.json", &["--json"]);
    let output = alone(PROGRAM).args(&arguments).output().unwrap();
    let open = home.run("affected.json", &["--json"]);
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(1), &b""[..]));
    let read = |bytes: &[u8]| timeless(serde_json::from_slice(bytes).unwrap());
    assert_eq!(read(&output.stdout), read(&open.stdout));
}

/// Every system call that has to do with a network is traced: there is none.
#[test]
fn nothing_is_sent() {
    let test = "nothing_is_sent";
    let home = Home::new();
    for more in [&["--today"][..], &["--json"], &["--format", "csv"], &["--hours", "6"]] {
        let trace = home.path("trace");
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-e", "trace=%network", "-o"]).arg(&trace).arg(PROGRAM);
        let Ok(output) = command.args(home.arguments("affected.json", more)).output() else {
            println!("skipped: {test}: no strace");
            return;
        };
        assert_eq!(output.status.code(), Some(1), "{more:?}: {output:?}");
        let traced = std::fs::read_to_string(&trace).unwrap();
        let calls: Vec<&str> = traced.lines().filter(|line| !line.contains("+++")).collect();
        assert!(calls.is_empty(), "{more:?}: {calls:#?}");
    }
}
