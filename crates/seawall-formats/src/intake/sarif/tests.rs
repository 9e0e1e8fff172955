use super::read;
use crate::intake::{FILE_BYTES_MAX, Intake, Notify};
use proptest::collection::vec;
use proptest::prelude::*;
use seawall_domain::claim::AttachmentKind;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A log with one run of one result, in the words of a scanner.
fn log() -> Value {
    json!({
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "finder 2", "rules": [
                { "id": "other" },
                {
                    "id": "R1",
                    "name": "SlowComment",
                    "shortDescription": { "text": "Slow comments\nsecond line" },
                    "fullDescription": { "text": "Long story." },
                    "messageStrings": { "m": { "text": "In {0}: {1}" } },
                    "properties": { "tags": ["security", "external/cwe/cwe-01333"] },
                },
            ] } },
            "properties": { "purl": "pkg:pypi/sqlparse@0.4.1", "contact": "a@finder.invalid" },
            "artifacts": [
                { "location": { "uri": "proofs/recipe.toml" },
                  "contents": { "text": "version = 1\n" } },
                { "location": { "uri": "input.bin" }, "contents": { "binary": "AAEC" } },
                { "location": { "uri": "a%20b/lexer.py" } },
            ],
            "results": [{
                "ruleId": "R1",
                "level": "error",
                "message": { "text": "Stripping a comment takes exponential time." },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": "sqlparse/filters/others.py" },
                        "region": { "startLine": 21, "startColumn": 5 },
                    },
                    "logicalLocations": [{
                        "name": "process",
                        "fullyQualifiedName": "sqlparse.filters.others.process",
                    }],
                }],
                "attachments": [
                    { "artifactLocation": { "index": 0 } },
                    { "artifactLocation": { "uri": "input.bin" } },
                ],
            }],
        }],
    })
}

fn one(log: &Value) -> Intake {
    let mut intakes = read(log.to_string().as_bytes()).unwrap();
    assert_eq!(intakes.len(), 1);
    intakes.remove(0)
}

/// Expects the fault after replacing the value at a pointer.
#[track_caller]
fn check_fault(pointer: &str, value: Value, expected: &str) {
    let mut log = log();
    *log.pointer_mut(pointer).unwrap() = value;
    let fault = read(log.to_string().as_bytes()).unwrap_err().to_string();
    assert!(fault.contains(expected), "{fault}");
}

/// Expects what `show` makes of the claim after replacing the value at a pointer.
#[track_caller]
fn check(pointer: &str, value: Value, show: fn(&Intake) -> String, expected: &str) {
    let mut log = log();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match log.pointer_mut(parent).unwrap() {
        Value::Object(map) => {
            map.insert(key.to_owned(), value);
        }
        parent => parent[key.parse::<usize>().unwrap()] = value,
    }
    assert_eq!(show(&one(&log)), expected, "{pointer}");
}

#[test]
fn a_result_becomes_a_complete_claim() {
    let Intake { claim, files, notify } = one(&log());
    assert_eq!(claim.missing(), []);
    assert_eq!(claim.package.map(|package| package.to_string()).as_deref(), Some("PyPI/sqlparse"));
    assert_eq!(claim.versions[0].0, "0.4.1");
    assert_eq!(claim.title, "Slow comments");
    assert_eq!(claim.description, "Stripping a comment takes exponential time.");
    assert_eq!(claim.weakness.map(|cwe| cwe.0), Some(1333));
    assert_eq!(claim.location.file.as_deref(), Some("sqlparse/filters/others.py"));
    assert_eq!(
        (claim.location.function.as_deref(), claim.location.line),
        (Some("process"), Some(21))
    );
    assert_eq!(claim.tooling.tool.as_deref(), Some("finder 2"));
    assert_eq!(claim.tooling.contact.as_deref(), Some("a@finder.invalid"));
    assert_eq!(notify, Notify::Milestones);
    assert_eq!(
        (&*files[0].attachment.name, files[0].text()),
        ("recipe.toml", Some("version = 1\n"))
    );
    assert_eq!(files[0].attachment.kind, AttachmentKind::Reproducer);
    assert_eq!((&*files[1].attachment.name, &*files[1].bytes), ("input.bin", &[0u8, 1, 2][..]));
}

#[test]
fn each_part_has_its_sources_in_order() {
    let title: fn(&Intake) -> String = |intake| intake.claim.title.clone();
    let story: fn(&Intake) -> String = |intake| intake.claim.description.clone();
    let place: fn(&Intake) -> String = |intake| format!("{:?}", intake.claim.location.file);
    let function: fn(&Intake) -> String = |intake| format!("{:?}", intake.claim.location.function);
    let cwe: fn(&Intake) -> String =
        |intake| format!("{:?}", intake.claim.weakness.map(|cwe| cwe.0));
    let versions: fn(&Intake) -> String =
        |intake| intake.claim.versions.iter().map(|version| format!("{version} ")).collect();
    let tool: fn(&Intake) -> String = |intake| format!("{:?}", intake.claim.tooling.tool);
    let package: fn(&Intake) -> String =
        |intake| intake.claim.package.as_ref().map(ToString::to_string).unwrap_or_default();
    let result = "/runs/0/results/0";
    let rule = "/runs/0/tool/driver/rules/1";
    let at = |tail: &str| format!("{result}/{tail}");
    check(&format!("{rule}/shortDescription"), json!(null), title, "SlowComment");
    check(&at("ruleId"), json!("none"), title, "Stripping a comment takes exponential time.");
    check(&at("ruleId"), json!(null), title, "Stripping a comment takes exponential time.");
    check(&at("message"), json!({}), story, "Long story.");
    check(&at("message"), json!({ "id": "m", "arguments": ["a", "b"] }), story, "In a: b");
    check(&at("message"), json!({ "id": "x" }), story, "Long story.");
    check(&at("locations"), json!([]), place, "None");
    let uri = |uri: &str| json!([{ "physicalLocation": { "artifactLocation": { "uri": uri } } }]);
    check(&at("locations"), uri("./a%20b/c.py?x#y"), place, r#"Some("a b/c.py")"#);
    check(&at("locations"), uri("%zz/%"), place, r#"Some("%zz/%")"#);
    let index = json!([{ "physicalLocation": { "artifactLocation": { "index": 2 } } }]);
    check(&at("locations"), index, place, r#"Some("a b/lexer.py")"#);
    let named = json!([{ "logicalLocations": [{ "fullyQualifiedName": "a.b(c)" }] }]);
    check(&at("locations"), named, function, r#"Some("a.b")"#);
    check(&format!("{rule}/properties"), json!({ "cwe": "CWE-20" }), cwe, "Some(20)");
    check(&at("properties"), json!({ "tags": ["x"], "cwe": "79" }), cwe, "Some(1333)");
    check(&at("properties"), json!({ "versions": ["0.4.0", "0.4.1"] }), versions, "0.4.1 0.4.0 ");
    check(&at("properties"), json!({ "purl": "pkg:npm/ini@1" }), package, "npm/ini");
    check("/runs/0/properties", json!({}), package, "");
    check("/runs/0/tool", json!({}), tool, r#"Some("sarif")"#);
    check(&at("ruleIndex"), json!(0), title, "Slow comments");
    let mut log = log();
    log["runs"][0]["tool"]["driver"]["rules"][1]["properties"] = json!({});
    log["runs"][0]["results"][0]["taxa"] =
        json!([{ "id": "89", "toolComponent": { "name": "CWE" } }]);
    assert_eq!(cwe(&one(&log)), "Some(89)");
}

#[test]
fn faults_name_the_place() {
    check_fault("/version", json!("1.0.0"), "/version: only SARIF 2.1.0");
    check_fault("/runs", json!({}), "/runs: there is no list of runs");
    check_fault("/runs/0/results", json!([]), "/runs: no run has a result");
    check_fault("/runs/0/properties/purl", json!("x"), "/runs/0/results/0/properties/purl");
    let attachment = "/runs/0/results/0/attachments/0";
    check_fault(&format!("{attachment}/artifactLocation"), json!({ "index": 9 }), "no artifact");
    check_fault(&format!("{attachment}/artifactLocation"), json!({ "index": 2 }), "no content");
    check_fault(&format!("{attachment}/artifactLocation"), json!({ "index": 1 }), "stands twice");
    check_fault("/runs/0/artifacts/0/location/uri", json!("a/.."), "names no file");
    check_fault("/runs/0/artifacts/1/contents/binary", json!("?"), "not base64");
    let large = "x".repeat(FILE_BYTES_MAX + 1);
    check_fault("/runs/0/artifacts/0/contents/text", json!(large), "larger than");
    let many = vec![json!({}); super::RESULTS_LEN_MAX + 1];
    check_fault("/runs/0/results", json!(many), "there are more than 500 results");
    let link = json!({ "artifactLocation": { "index": 0 } });
    check_fault("/runs/0/results/0/attachments", json!(vec![link; 17]), "stands twice");
    for (body, expected) in [
        ("", "the document"),
        ("[1]", "/runs"),
        (r#"{"runs":[],"runs":[]}"#, "key `runs` stands twice"),
    ] {
        assert!(read(body.as_bytes()).unwrap_err().to_string().contains(expected), "{body}");
    }
    // One large artifact under many results is not unfolded without end.
    let mut log = log();
    log["runs"][0]["artifacts"][0]["contents"]["text"] = json!("x".repeat(1_000_000));
    let result = json!({ "attachments": [{ "artifactLocation": { "index": 0 } }] });
    log["runs"][0]["results"] = json!(vec![result; 400]);
    let fault = read(log.to_string().as_bytes()).unwrap_err().to_string();
    assert!(fault.contains("larger than the report may be"), "{fault}");
}

#[test]
fn real_logs_of_many_tools_are_read() {
    let name = "real_logs_of_many_tools_are_read";
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| default.to_owned());
    let folder = Path::new(&folder).join("sarif");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: {name}: no SEAWALL_DATA");
        return;
    };
    let (mut read_fine, mut refused, mut claims) = (0, 0, 0);
    for entry in entries.flatten().map(|entry| entry.path()) {
        let Some(unpacked) = unpack(&entry) else {
            println!("skipped: {name}: no zstd or tar");
            return;
        };
        for document in unpacked {
            match read(&document) {
                Ok(intakes) => {
                    read_fine += 1;
                    claims += intakes.len();
                    assert!(intakes.iter().all(|intake| !intake.claim.title.is_empty()));
                }
                Err(fault) => {
                    refused += 1;
                    println!("{fault}");
                }
            }
        }
    }
    println!("{read_fine} logs read, {claims} claims, {refused} refused");
    assert!(read_fine >= 80, "{read_fine}");
}

/// The `.sarif` files of a packed folder, or `None` where the programs for it are missing.
fn unpack(packed: &Path) -> Option<Vec<Vec<u8>>> {
    let name = packed.file_name()?.to_string_lossy().replace('.', "-");
    let folder = std::env::temp_dir().join(format!("seawall-sarif-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    let mut zstd =
        Command::new("zstd").arg("-dc").arg(packed).stdout(Stdio::piped()).spawn().ok()?;
    let tar = Command::new("tar")
        .arg("-xf")
        .arg("-")
        .arg("-C")
        .arg(&folder)
        .stdin(zstd.stdout.take()?)
        .status();
    zstd.wait().ok()?;
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![folder.clone()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).ok()?.flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|ending| ending == "sarif") {
            found.push(std::fs::read(&path).ok()?);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    tar.is_ok_and(|status| status.success()).then_some(found)
}

proptest! {
    #[test]
    fn never_panics(bytes in vec(any::<u8>(), 0..200), at in 0usize..4_000, byte: u8) {
        let _ = read(&bytes);
        let mut body = log().to_string().into_bytes();
        let length = body.len();
        body[at % length] = byte;
        let _ = read(&body);
    }

    #[test]
    fn never_panics_on_wrong_types(pick in 0usize..200, kind in 0usize..6) {
        let mut log = log();
        let values = json!([null, -1, 1e300, "é%e", [[]], { "": {} }]);
        let mut count = 0;
        replace(&mut log, pick, &values[kind], &mut count);
        let _ = read(log.to_string().as_bytes());
    }
}

/// Replaces the `pick`-th value of a document, counted from the outside in.
fn replace(value: &mut Value, pick: usize, by: &Value, count: &mut usize) {
    if *count == pick {
        *value = by.clone();
    }
    *count += 1;
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| replace(value, pick, by, count)),
        Value::Array(list) => list.iter_mut().for_each(|value| replace(value, pick, by, count)),
        _ => {}
    }
}
