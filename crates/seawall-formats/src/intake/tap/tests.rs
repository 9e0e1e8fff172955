mod bounds;
mod multipart;

use self::multipart::{REPORT, body_of, check_parts, part};
use super::{MALFORMED_JSON, TapReport, VALIDATION, media, read, read_json};
use crate::intake::Notify;
use crate::problem::{BLANK, Problem};
use proptest::prelude::*;
use seawall_domain::claim::AttachmentKind;
use serde_json::{Value, json};

/// `202`, `202 warned:exploit`, `400 malformed`, `415`, or the status with `code:field+also_field`
/// for each violation.
fn shown(result: &Result<TapReport, Problem>) -> String {
    match result {
        Ok(report) => report.warnings.iter().fold("202".to_owned(), |shown, warning| {
            assert_eq!(warning.code, "deprecated_field");
            format!("{shown} warned:{}", warning.field)
        }),
        Err(problem) if problem.kind == MALFORMED_JSON => format!("{} malformed", problem.status),
        Err(problem) if problem.kind == BLANK => problem.status.to_string(),
        Err(problem) => {
            assert_eq!(problem.kind, VALIDATION);
            problem.errors.iter().fold(problem.status.to_string(), |shown, error| {
                let also = error.also_field.iter().map(|field| format!("+{field}"));
                format!("{shown} {}:{}{}", error.code, error.field, also.collect::<String>())
            })
        }
    }
}

#[track_caller]
fn check(body: &str, expected: &str) {
    assert_eq!(shown(&read_json(body.as_bytes())), expected, "{:.300}", body);
}

/// A valid report with some fields more.
fn with(more: Value) -> String {
    let mut report = json!({ "purl": "pkg:npm/a@1" });
    if let (Some(report), Value::Object(more)) = (report.as_object_mut(), more) {
        report.extend(more);
    }
    report.to_string()
}

fn text_file(name: &str) -> Value {
    json!({ "filename": name, "data": "x", "content_type": "text/plain" })
}

#[test]
fn every_vector_of_the_contract() {
    check(r#"{"purl":"pkg:npm/left-trim@2.0.1"}"#, "202");
    check(r#"{"software":"tinyserver"}"#, "400 missing_field:ecosystem");
    let mismatch = "400 purl_ecosystem_mismatch:purl+ecosystem";
    check(r#"{"purl":"pkg:npm/a@1","ecosystem":"PyPI"}"#, mismatch);
    check(r#"{"purl":"pkg:npm/a@1","purl":"pkg:npm/b@1"}"#, "400 malformed");
    check(r#"{"purl":"pkg:npm/a@1","colour":"red"}"#, "400 malformed");
    check(r#"{"purl":"pkg:npm/a@1"} {}"#, "400 malformed");
    let versions: Vec<String> = (0..65).map(|n| format!("2.{n}")).collect();
    check(&with(json!({ "versions": versions })), "413 too_many_items:versions");
    check(&with(json!({ "notify": "all" })), "400 missing_field:email");
    check(
        &with(json!({ "attachments": [text_file("poc"), text_file("POC.TXT")] })),
        "400 invalid_filename:attachments[1].filename+attachments[0].filename",
    );
    let zip = json!({ "filename": "a", "data": "@@", "content_type": "application/zip" });
    check(&with(json!({ "attachments": [zip] })), "400 invalid_base64:attachments[0].data");
    let charset = "text/plain; charset=utf-8";
    let file = json!({ "filename": "a", "data": "x", "content_type": charset });
    let refused = "400 invalid_content_type:attachments[0].content_type";
    check(&with(json!({ "attachments": [file] })), refused);
    check_parts(&[REPORT, &part("attachment; name=attachment; filename=a", charset, "x")], "202");
    assert_eq!(media("multipart/form-data; boundary=x").unwrap_err().status, 415);
    check(
        r#"{"purl":"pkg:npm/a@1","exploit":"x","exploit_content_type":"text/plain"}"#,
        "202 warned:exploit",
    );
}

#[test]
fn malformed_json_is_told_from_violations() {
    for (body, expected) in [
        ("", "400 malformed"),
        ("[]", "400 malformed"),
        ("null", "400 malformed"),
        (r#"{"purl":1}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","versions":"1"}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","versions":[1]}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","affected_symbol":{"line":1.5}}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","affected_symbol":{"column":1}}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","affected_symbol":{"line":1,"line":1}}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","attachments":[{"x":1}]}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","attachments":[1]}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","attachments":[{"data":"x","data":"y"}]}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","enrichment":[]}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","enrichment":{"x":{"k":1,"k":2}}}"#, "400 malformed"),
        (r#"{"purl":"pkg:npm/a","email":null,"versions":null,"enrichment":null}"#, "202"),
        ("{\"purl\":\"pkg:npm/a\"}\n\n", "202"),
        ("{}", "400 missing_field:purl"),
        (r#"{"purl":""}"#, "400 missing_field:purl"),
        (r#"{"ecosystem":"npm"}"#, "400 missing_field:software"),
        (r#"{"ecosystem":"npm","software":"a"}"#, "202"),
    ] {
        check(body, expected);
    }
    assert_eq!(shown(&read_json(b"{\"purl\":\"pkg:npm/\xff\"}")), "400 malformed");
    let problem = read_json(br#"{"purl":"pkg:npm/a","versions":[1]}"#).unwrap_err();
    assert_eq!(problem.detail, "wrong type: `versions[0]` must be a string");
}

#[test]
fn every_field_has_its_rules() {
    for (more, expected) in [
        (json!({ "purl": "npm/a" }), "400 invalid_purl:purl"),
        (json!({ "purl": "pkg:cobol/a" }), "400 invalid_purl:purl"),
        (json!({ "ecosystem": "COBOL" }), "400 unknown_ecosystem:ecosystem"),
        (json!({ "ecosystem": "OSS-Fuzz" }), "202"),
        (json!({ "ecosystem": "npm" }), "202"),
        (json!({ "software": " " }), "400 degenerate_value:software"),
        (json!({ "software": "a\nb" }), "400 control_characters:software"),
        (json!({ "software": "a\u{85}b" }), "400 control_characters:software"),
        (json!({ "versions": ["1", " ", "", "1"] }), "202"),
        (json!({ "versions": ["1", "\t1"] }), "202"),
        (json!({ "versions": ["1", "a\tb"] }), "400 control_characters:versions[1]"),
        (
            json!({ "affected_symbol": { "line": -1 } }),
            "400 invalid_symbol_line:affected_symbol.line",
        ),
        (json!({ "affected_symbol": { "line": 0 } }), "202"),
        (
            json!({ "affected_symbol": { "file": "a\tb" } }),
            "400 control_characters:affected_symbol.file",
        ),
        (json!({ "references": ["https://a.invalid/x?y#z", "HTTP://b.invalid:80"] }), "202"),
        (json!({ "references": ["ftp://a.invalid"] }), "400 invalid_reference:references[0]"),
        (
            json!({ "references": ["https://", "/a"] }),
            "400 invalid_reference:references[0] invalid_reference:references[1]",
        ),
        (json!({ "references": ["https://a.invalid/ x"] }), "400 invalid_reference:references[0]"),
        (
            json!({ "upstream_ids": ["CVE-2021-0001", "GHSA-aaaa-1b2c-cccc", "PYSEC-2021-1"] }),
            "202",
        ),
        (json!({ "upstream_ids": ["CVE-2021-001"] }), "400 invalid_upstream_id:upstream_ids[0]"),
        (json!({ "upstream_ids": ["GHSA-aaaa-cccc"] }), "400 invalid_upstream_id:upstream_ids[0]"),
        (json!({ "upstream_ids": ["OSV-"] }), "400 invalid_upstream_id:upstream_ids[0]"),
        (json!({ "upstream_ids": ["X-1"] }), "400 invalid_upstream_id:upstream_ids[0]"),
        (json!({ "introduced_commit": "abcdef0" }), "202"),
        (json!({ "introduced_commit": "abcdef" }), "400 invalid_commit:introduced_commit"),
        (json!({ "fixed_commit": "g".repeat(40) }), "400 invalid_commit:fixed_commit"),
        (json!({ "fixed_commit": "a".repeat(65) }), "400 invalid_commit:fixed_commit"),
        (
            json!({ "package_repo_url": "git://a.invalid/x" }),
            "400 invalid_repo_url:package_repo_url",
        ),
        (json!({ "package_repo_url": "https://a.invalid/x.git" }), "202"),
        (json!({ "email": "a@b.invalid" }), "202"),
        (json!({ "email": "a b@c.invalid" }), "400 invalid_email:email"),
        (json!({ "notify": "off" }), "202"),
        (json!({ "notify": "loud" }), "400 invalid_notify:notify"),
        (json!({ "notify": "all", "email": "a@b.invalid" }), "202"),
        (json!({ "enrichment": { "cwe": "CWE-79", "anything": [1, { "x": null }] } }), "202"),
        (json!({ "enrichment": { "x": "a\nb" } }), "400 control_characters:enrichment"),
        (json!({ "enrichment": { "a\u{1}": 1 } }), "400 control_characters:enrichment"),
        (json!({ "exploit": "x" }), "400 missing_field:exploit_content_type"),
        (json!({ "raw_content_type": "text/plain" }), "400 missing_field:raw"),
        (json!({ "raw": "e", "raw_content_type": "Text/Markdown" }), "202 warned:raw"),
    ] {
        check(&with(more), expected);
    }
}

#[test]
fn every_rule_of_attachments() {
    let file = |name: &str, content_type: &str, data: &str| {
        with(json!({ "attachments":
            [{ "filename": name, "content_type": content_type, "data": data }] }))
    };
    for (name, content_type, data, expected) in [
        ("a", "application/zip", "UEs=", "202"),
        ("a", "APPLICATION/ZIP", "UE\r\ns=\n", "202"),
        ("a", "application/zip", "UEs", "400 invalid_base64:attachments[0].data"),
        ("a", "application/zip", "U-_=", "400 invalid_base64:attachments[0].data"),
        ("a", "application/zip", "\n", "400 invalid_base64:attachments[0].data"),
        ("a", "text/html", "x", "400 invalid_content_type:attachments[0].content_type"),
        ("a", "", "x", "400 missing_field:attachments[0].content_type"),
        ("", "text/plain", "x", "400 missing_field:attachments[0].filename"),
        ("a", "text/plain", "", "400 missing_field:attachments[0].data"),
        ("a/b", "text/plain", "x", "400 invalid_filename:attachments[0].filename"),
        ("a\\b", "text/plain", "x", "400 invalid_filename:attachments[0].filename"),
        ("..", "text/plain", "x", "400 invalid_filename:attachments[0].filename"),
        ("a\u{202e}b", "text/plain", "x", "400 invalid_filename:attachments[0].filename"),
        ("a\tb", "text/plain", "x", "400 control_characters:attachments[0].filename"),
        (
            "/",
            "x",
            "",
            "400 invalid_content_type:attachments[0].content_type \
             invalid_filename:attachments[0].filename missing_field:attachments[0].data",
        ),
    ] {
        check(&file(name, content_type, data), expected);
    }
    let more = |key: &str, value: &str| {
        let mut file = text_file("a");
        file[key] = json!(value);
        with(json!({ "attachments": [file] }))
    };
    check(&more("type", "threat-model"), "202");
    check(&more("type", "Patch"), "400 invalid_attachment_type:attachments[0].type");
    check(&more("description", "a\nb"), "400 control_characters:attachments[0].description");
    check(&more("description", "a\u{200b}b"), "400 control_characters:attachments[0].description");
    let pair =
        |one: &str, two: &str| with(json!({ "attachments": [text_file(one), text_file(two)] }));
    let collision = "400 invalid_filename:attachments[1].filename+attachments[0].filename";
    check(&pair("stra\u{df}e", "b"), "202");
    check(&pair("caf\u{e9}", "CAFE\u{301}"), collision);
    check(&pair("\u{fb01}x", "fix.txt"), collision);
    check(
        &with(json!({ "attachments": [text_file("Exploit")], "exploit": "x",
                      "exploit_content_type": "text/plain" })),
        "400 invalid_filename:attachments[0].filename+exploit",
    );
}

#[test]
fn becomes_a_claim() {
    let body = json!({
        "purl": "pkg:npm/INI@1.3.5",
        "versions": ["1.3.4", "1.3.5", "1.3.4"],
        "affected_symbol": { "file": "./ini.js", "function": "decode(str)", "line": 66 },
        "references": ["https://ini.invalid/1"],
        "upstream_ids": ["CVE-2020-7788"],
        "discovery_method": "ai-discovered",
        "discovery_tooling": "finder 1",
        "email": "finder@lab.invalid",
        "enrichment": {
            "cwe": "CWE-1321: prototype pollution",
            "cvss_vector": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        },
        "attachments": [
            { "filename": "recipe.toml", "content_type": "text/plain", "type": "reproducer",
              "data": "version = 1\n" },
            { "filename": "story.md", "content_type": "text/markdown",
              "data": "# What\nA section named `__proto__` reaches every object." },
        ],
    });
    let TapReport { intake, warnings } = read_json(body.to_string().as_bytes()).unwrap();
    let claim = intake.claim;
    assert!(warnings.is_empty() && claim.missing().is_empty(), "{:?}", claim.missing());
    let versions: Vec<&str> = claim.versions.iter().map(|version| version.0.as_str()).collect();
    assert_eq!(versions, ["1.3.5", "1.3.4"]);
    assert_eq!(claim.title, "npm/ini: decode");
    assert_eq!(claim.description, "# What\nA section named `__proto__` reaches every object.");
    assert_eq!(claim.weakness.map(|cwe| cwe.0), Some(1321));
    assert!(claim.severity.is_some_and(|vector| vector.starts_with("CVSS:4.0/")));
    assert_eq!(claim.location.file.as_deref(), Some("ini.js"));
    assert_eq!(
        (claim.location.function.as_deref(), claim.location.line),
        (Some("decode"), Some(66))
    );
    assert_eq!(intake.notify, Notify::Milestones);
    let names: Vec<_> = claim.attachments.iter().map(|file| (&*file.name, file.kind)).collect();
    let kinds = [AttachmentKind::Reproducer, AttachmentKind::Other];
    assert_eq!(names, [("recipe.toml.txt", kinds[0]), ("story.md", kinds[1])]);
    let digest = intake.files[0].attachment.digest.to_string();
    assert_eq!(digest, "dbab12665d98aef021ba64953c61b0ed8a908cfb56a1c01e2fcb4b052b71a2a1");
    let bare =
        read_json(br#"{"ecosystem":"npm","software":"x","code_path":"a.js:7","notify":"off"}"#);
    let claim = bare.unwrap().intake.claim;
    assert_eq!((claim.location.file.as_deref(), claim.location.line), (Some("a.js"), Some(7)));
}

/// Both media types say the same thing.
#[test]
fn json_and_multipart_mean_the_same() {
    let sent = json!({ "filename": "a.bin", "content_type": "application/octet-stream",
        "type": "reproducer", "description": "d", "data": "AAEC" });
    let body = with(json!({ "attachments": [sent], "raw": "r", "raw_content_type": "text/plain" }));
    let file = "Content-Disposition: attachment; name=attachment; filename=a.bin\r\n\
        Content-Type: application/octet-stream\r\nContent-Akrites-Type: reproducer\r\n\
        Content-Description: d\r\n\r\n\u{0}\u{1}\u{2}";
    let raw = part("attachment; name=raw", "text/plain", "r");
    let parts = body_of(&[&raw, REPORT, file]);
    let read_parts = read("multipart/mixed; boundary=b", parts.as_bytes());
    assert_eq!(read_parts, read_json(body.as_bytes()));
    assert_eq!(shown(&read_parts), "202 warned:raw");
}

proptest! {
    #[test]
    fn never_panics_on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_json(&bytes);
        let _ = read("multipart/mixed; boundary=b", &bytes);
        let _ = media(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn never_panics_on_mutated_reports(at in 0usize..2_000, byte: u8, cut in 0usize..2_000) {
        let file = part("attachment; name=attachment; filename=\"a\"", "text/plain", "data");
        let mut body = body_of(&[REPORT, &file]).into_bytes();
        let length = body.len();
        body[at % length] = byte;
        let _ = read("multipart/mixed; boundary=b", &body);
        body.truncate(cut % length);
        let _ = read("multipart/mixed; boundary=b", &body);
        let mut body = with(json!({ "attachments": [text_file("a")], "email": "a@b.invalid",
            "enrichment": { "cwe": "CWE-1" }, "affected_symbol": { "line": 1 } })).into_bytes();
        let length = body.len();
        body[at % length] = byte;
        let _ = read_json(&body);
    }

    #[test]
    fn never_panics_on_any_strings(purl in ".{0,40}", text in ".{0,40}", name in ".{0,20}") {
        let body = json!({ "purl": purl, "software": text, "ecosystem": text, "code_path": text,
            "references": [text], "upstream_ids": [text], "email": text, "versions": [text],
            "affected_symbol": { "file": text, "function": text },
            "enrichment": { "cwe": text, "title": text, "cvss_vector": text },
            "attachments": [{ "filename": name, "data": text, "content_type": "text/plain" }] });
        let _ = read_json(body.to_string().as_bytes());
        let symbol = json!({ "file": text });
        let body = json!({ "purl": "pkg:npm/a", "code_path": text, "affected_symbol": symbol });
        let _ = read_json(body.to_string().as_bytes());
    }
}
