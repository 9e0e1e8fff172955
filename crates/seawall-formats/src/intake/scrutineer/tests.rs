use super::read;
use crate::intake::{Intake, Notify};
use proptest::collection::vec;
use proptest::prelude::*;
use seawall_domain::claim::AttachmentKind;
use serde_json::{Value, json};

/// A bundle of one finding.
fn bundle() -> Value {
    json!({
        "repository": "https://forge.invalid/acme/ini",
        "commit": "0123456789abcdef",
        "tool": "finder 3",
        "generated_at": "2026-08-01T00:00:00Z",
        "findings": [{
            "title": "Sections can be named __proto__",
            "description": "A section named `__proto__` writes to every object.",
            "severity": "high",
            "cwe": "CWE-1321",
            "location": "./ini.js:66:3",
            "sinks": "decode, unsafe",
            "affected": "pkg:npm/ini@1.3.5, pkg:npm/other",
            "boundary": "The text comes from a file.",
            "validation": "Run it.\n```recipe.toml\nversion = 1\n```\nDone.",
            "patch": "skip the name",
            "cve_id": "CVE-2020-7788",
            "cvss_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "suggested_recipients": "m@ini.invalid",
            "notes": [{ "by": "robot" }, { "by": "c@finder.invalid", "body": "x" }],
            "references": [{ "url": "https://ini.invalid/1" }, { "tags": "x" }],
        }],
    })
}

fn one(bundle: &Value) -> Intake {
    let mut intakes = read(bundle.to_string().as_bytes()).unwrap();
    assert_eq!(intakes.len(), 1);
    intakes.remove(0)
}

#[track_caller]
fn check(key: &str, value: Value, show: fn(&Intake) -> String, expected: &str) {
    let mut bundle = bundle();
    bundle["findings"][0][key] = value;
    assert_eq!(show(&one(&bundle)), expected, "{key}");
}

#[track_caller]
fn check_fault(bundle: Value, expected: &str) {
    let fault = read(bundle.to_string().as_bytes()).unwrap_err().to_string();
    assert!(fault.contains(expected), "{fault}");
}

#[test]
fn a_finding_becomes_a_complete_claim() {
    let Intake { claim, files, notify } = one(&bundle());
    assert_eq!(claim.missing(), []);
    assert_eq!(claim.package.map(|package| package.to_string()).as_deref(), Some("npm/ini"));
    assert_eq!(claim.versions.iter().map(|version| &*version.0).collect::<Vec<_>>(), ["1.3.5"]);
    assert_eq!(claim.title, "Sections can be named __proto__");
    let expected = "A section named `__proto__` writes to every object.\n\n\
        Boundary: The text comes from a file.\n\nValidation: Run it.\nDone.";
    assert_eq!(claim.description, expected);
    assert_eq!(claim.location.file.as_deref(), Some("ini.js"));
    assert_eq!(
        (claim.location.function.as_deref(), claim.location.line),
        (Some("decode"), Some(66))
    );
    assert_eq!(claim.tooling.tool.as_deref(), Some("finder 3"));
    assert_eq!(claim.tooling.contact.as_deref(), Some("c@finder.invalid"));
    assert_eq!(claim.upstream_ids, ["CVE-2020-7788"]);
    assert_eq!(claim.references, ["https://ini.invalid/1"]);
    assert!(claim.severity.is_some());
    assert_eq!(notify, Notify::Milestones);
    let shown: Vec<_> = files.iter().map(|file| (&*file.attachment.name, file.text())).collect();
    let expected =
        [("recipe.toml", Some("version = 1\n")), ("suggested.patch", Some("skip the name"))];
    assert_eq!(shown, expected);
    assert_eq!(files[0].attachment.kind, AttachmentKind::Reproducer);
    assert_eq!(files[1].attachment.kind, AttachmentKind::Patch);
}

#[test]
fn each_part_has_its_sources() {
    let package: fn(&Intake) -> String = |intake| format!("{:?}", intake.claim.package);
    let place: fn(&Intake) -> String = |intake| format!("{:?}", intake.claim.location.file);
    let contact: fn(&Intake) -> String = |intake| format!("{:?}", intake.claim.tooling.contact);
    let title: fn(&Intake) -> String = |intake| intake.claim.title.clone();
    check("affected", json!(">=1"), package, "None");
    check("location", json!(""), place, "None");
    check("contact", json!("x@y.invalid"), contact, r#"Some("x@y.invalid")"#);
    check("notes", json!([]), contact, "None");
    check("title", json!(""), title, "A section named `__proto__` writes to every object.");
    check("title", json!(7), title, "A section named `__proto__` writes to every object.");
    let mut bundle = bundle();
    bundle["findings"][0]["affected"] = json!(null);
    bundle["repository"] = json!("pkg:npm/ini@1.3.5");
    assert!(one(&bundle).claim.package.is_some());
    bundle["tool"] = json!(null);
    bundle["findings"] = json!([{}]);
    let claim = one(&bundle).claim;
    assert_eq!(claim.tooling.tool.as_deref(), Some("manual"));
    assert_eq!(claim.title, "untitled finding");
    assert_eq!(claim.missing().len(), 6);
}

#[test]
fn faults_name_the_place() {
    check_fault(json!([]), "/findings: there is no list");
    check_fault(json!({ "findings": [] }), "/findings: the list is empty");
    check_fault(json!({ "findings": [1] }), "/findings/0: a finding is an object");
    check_fault(json!({ "findings": vec![json!({}); 501] }), "more than 500 findings");
    check_fault(json!({ "findings": [{ "affected": "pkg:x" }] }), "/findings/0/affected: ");
    check_fault(json!({ "findings": [{}], "repository": "pkg:x" }), "/repository: ");
    let open = json!({ "findings": [{ "validation": "a\n```b.toml\n" }] });
    check_fault(open, "/findings/0/validation: line 2: the file `b.toml` has no closing fence");
    assert!(read(br#"{"findings":[{"title":"a","title":"b"}]}"#).is_err());
    assert!(read(&vec![b' '; crate::intake::REPORT_BYTES_MAX + 1]).is_err());
}

proptest! {
    #[test]
    fn never_panics(bytes in vec(any::<u8>(), 0..200), at in 0usize..2_000, byte: u8) {
        let _ = read(&bytes);
        let mut body = bundle().to_string().into_bytes();
        let length = body.len();
        body[at % length] = byte;
        let _ = read(&body);
    }

    #[test]
    fn never_panics_on_any_text(text in "(pkg:|:|`{3}|\n|[0-9]|é|\\PC){0,30}") {
        let finding = json!({ "title": text, "affected": text, "location": text, "sinks": text,
            "validation": text, "cwe": text, "cvss_vector": text, "patch": text });
        let _ = read(json!({ "findings": [finding] }).to_string().as_bytes());
    }
}
