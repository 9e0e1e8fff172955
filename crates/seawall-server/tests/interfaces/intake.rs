//! The TAP Intake API over HTTP: the vectors of its section 14, the statuses of section 10, the
//! order of its checks, the receipt and the status.

use crate::office::{Answer, Office, report};
use axum::body::{Body, Bytes};
use axum::http::Request;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MALFORMED: &str = "tag:akrites.dev,2026-07:problem/malformed-json";
const VALIDATION: &str = "tag:akrites.dev,2026-07:problem/validation";

/// What a vector expects: taken in with so many warnings, or a problem with its first violation.
enum Expected {
    Taken { warnings: usize },
    Malformed,
    Invalid { status: u16, code: &'static str, field: &'static str, also: Option<&'static str> },
}

use Expected::{Invalid, Malformed, Taken};

const fn invalid(code: &'static str, field: &'static str) -> Expected {
    Invalid { status: 400, code, field, also: None }
}

fn check(answer: &Answer, expected: &Expected, of: &str) {
    match expected {
        Taken { warnings } => {
            assert_eq!(answer.status, 202, "{of}: {}", answer.text());
            let said = answer.json();
            let told = said["warnings"].as_array().map_or(0, Vec::len);
            assert_eq!(told, *warnings, "{of}");
            is_receipt(answer);
        }
        Malformed => {
            let problem = answer.expect_problem(400, of);
            assert_eq!(problem["type"], MALFORMED, "{of}");
        }
        Invalid { status, code, field, also } => {
            let problem = answer.expect_problem(*status, of);
            assert_eq!(problem["type"], VALIDATION, "{of}");
            let first = &problem["errors"][0];
            assert_eq!((&first["code"], &first["field"]), (&json!(code), &json!(field)), "{of}");
            assert_eq!(first.get("also_field"), also.map(|field| json!(field)).as_ref(), "{of}");
        }
    }
}

/// What a client demands of a `202` (sections 8 and 12): media type, members, receipt, link.
fn is_receipt(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/json");
    let said = answer.json();
    assert_eq!(said["message"], "accepted; poll /v1/submissions/{receipt} for status");
    let receipt = said["receipt"].as_str().unwrap().to_owned();
    let rest = receipt.strip_prefix("SUB-").unwrap();
    assert!((18..=128).contains(&rest.len()), "{receipt}");
    assert!(rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{receipt}");
    assert_eq!(answer.header("link"), format!("</v1/submissions/{receipt}>; rel=\"monitor\""));
    receipt
}

#[tokio::test]
async fn the_vectors_of_section_14() {
    let office = Office::new().await;
    let many = json!({"purl": "pkg:npm/a@1", "versions": vec!["1.0.0"; 65]
        .iter().enumerate().map(|(n, v)| format!("{v}-{n}")).collect::<Vec<_>>()});
    let pair = json!({"purl": "pkg:npm/a@1", "attachments": [
        {"filename": "poc", "content_type": "text/plain", "data": "x"},
        {"filename": "POC.TXT", "content_type": "text/plain", "data": "y"}]});
    let undecodable = json!({"purl": "pkg:npm/a@1", "attachments": [
        {"filename": "poc", "content_type": "application/zip", "data": "@@"}]});
    let parameter = json!({"purl": "pkg:npm/a@1", "attachments": [
        {"filename": "poc", "content_type": "text/plain; charset=utf-8", "data": "x"}]});
    let collision = Invalid {
        status: 400,
        code: "invalid_filename",
        field: "attachments[1].filename",
        also: Some("attachments[0].filename"),
    };
    let mismatch = Invalid {
        status: 400,
        code: "purl_ecosystem_mismatch",
        field: "purl",
        also: Some("ecosystem"),
    };
    let too_many = Invalid { status: 413, code: "too_many_items", field: "versions", also: None };
    let vectors: [(String, Expected); 14] = [
        (r#"{"purl":"pkg:npm/left-trim@2.0.1"}"#.into(), Taken { warnings: 0 }),
        (r#"{"software":"tinyserver"}"#.into(), invalid("missing_field", "ecosystem")),
        (r#"{"purl":"pkg:npm/a@1","ecosystem":"PyPI"}"#.into(), mismatch),
        (r#"{"purl":"pkg:npm/a@1","purl":"pkg:npm/b@1"}"#.into(), Malformed),
        (r#"{"purl":"pkg:npm/a@1","colour":"red"}"#.into(), Malformed),
        (r#"{"purl":"pkg:npm/a@1"} {}"#.into(), Malformed),
        (r#"{"purl":7}"#.into(), Malformed),
        (r#"{"purl":"#.into(), Malformed),
        (many.to_string(), too_many),
        (r#"{"purl":"pkg:npm/a@1","notify":"all"}"#.into(), invalid("missing_field", "email")),
        (pair.to_string(), collision),
        (undecodable.to_string(), invalid("invalid_base64", "attachments[0].data")),
        (parameter.to_string(), invalid("invalid_content_type", "attachments[0].content_type")),
        (
            r#"{"purl":"pkg:npm/a@1","exploit":"x","exploit_content_type":"text/plain"}"#.into(),
            Taken { warnings: 1 },
        ),
    ];
    for (body, expected) in vectors {
        let before = office.rows().await;
        let sent = body.clone();
        let answer = office.ask("finder", "POST /v1/reports", "application/json", sent).await;
        check(&answer, &expected, &body);
        if answer.status != 202 {
            assert_eq!(office.rows().await, before, "{body}: something was kept");
        }
    }
}

fn parts(parts: &[(&str, &str)]) -> String {
    let one = |(head, body): &(&str, &str)| format!("--cut\r\n{head}\r\n\r\n{body}\r\n");
    format!("{}--cut--\r\n", parts.iter().map(one).collect::<String>())
}

#[tokio::test]
async fn reports_of_many_parts() {
    let office = Office::new().await;
    let report = (
        "Content-Disposition: attachment; name=report\r\nContent-Type: application/json",
        r#"{"purl":"pkg:npm/a@1"}"#,
    );
    let attachment = "Content-Disposition: attachment; name=attachment; filename=\"poc\"\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Akrites-Type: reproducer";
    let form = "Content-Disposition: form-data; name=report\r\nContent-Type: application/json";
    let with_payload = r#"{"purl":"pkg:npm/a@1","attachments":[]}"#;
    for (body, status) in [
        (parts(&[report]), 202),
        (parts(&[report, (attachment, "text")]), 202),
        (parts(&[(attachment, "text"), report]), 202),
        (parts(&[report, report]), 400),
        (parts(&[(attachment, "text")]), 400),
        (parts(&[(form, report.1)]), 400),
        (parts(&[(report.0, with_payload)]), 400),
        (parts(&[report]).replace("--cut--", ""), 400),
        (String::new(), 400),
    ] {
        let before = office.rows().await;
        let media = "multipart/mixed; boundary=cut";
        let answer = office.ask("finder", "POST /v1/reports", media, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        if status != 202 {
            answer.expect_problem(status, &body);
            assert_eq!(office.rows().await, before, "{body}: something was kept");
        }
    }
}

/// Headers of a request.
type Headers<'a> = &'a [(&'a str, &'a str)];

/// A body that notes whether anybody began to read it.
fn watched() -> (Body, Arc<AtomicBool>) {
    let touched = Arc::new(AtomicBool::new(false));
    let seen = touched.clone();
    let body = Full::new(Bytes::from_static(b"{}")).map_frame(move |frame| {
        seen.store(true, Ordering::SeqCst);
        frame
    });
    (Body::new(body), touched)
}

#[tokio::test]
async fn what_is_judged_before_the_body_is_read() {
    let office = Office::new().await;
    let key = format!("Bearer {}", office.keys["finder"]);
    let json = ("content-type", "application/json");
    let good = ("authorization", key.as_str());
    let bad = ("authorization", "Bearer tap_v1_bad");
    let elsewhere = ("origin", "https://elsewhere.invalid");
    let rows: [(Headers<'_>, &str, u16); 18] = [
        (&[json], "POST", 401),
        (&[json, bad], "POST", 401),
        (&[json, good, elsewhere], "POST", 403),
        (&[json, bad, elsewhere], "POST", 403),
        (&[json, good, ("origin", "null")], "POST", 403),
        (&[json, good, ("sec-fetch-site", "cross-site")], "POST", 403),
        (&[json, good, ("sec-fetch-site", "same-site")], "POST", 403),
        (&[json, good, ("tap-submission-token", "tap_v1_other")], "POST", 400),
        (&[good, ("content-type", "text/plain")], "POST", 415),
        (&[good], "POST", 415),
        (&[good, ("content-type", "multipart/form-data; boundary=cut")], "POST", 415),
        (&[good, ("content-type", "multipart/mixed")], "POST", 400),
        (&[good, ("content-type", "application/json; charset")], "POST", 400),
        (&[json, good, ("content-encoding", "gzip")], "POST", 415),
        (&[("content-type", "text/plain"), bad], "POST", 401),
        (&[json, good], "PUT", 405),
        (&[json], "DELETE", 405),
        (&[json, elsewhere], "GET", 405),
    ];
    for (headers, method, status) in rows {
        let (body, touched) = watched();
        let mut request = Request::builder().method(method).uri("/v1/reports");
        request = request.header("host", "seawall.invalid");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = office.send(request.body(body).unwrap()).await;
        let of = format!("{method} {headers:?}");
        answer.expect_problem(status, &of);
        assert!(!touched.load(Ordering::SeqCst), "{of}: the body was read");
        if status == 405 {
            assert_eq!(answer.header("allow"), "POST", "{of}");
        }
    }
}

#[tokio::test]
async fn a_body_up_to_three_mebibytes_is_taken_and_one_byte_more_is_not() {
    let office = Office::new().await;
    let largest = 3 * 1024 * 1024;
    for (size, status) in [(largest, 202), (largest + 1, 413), (4 * largest, 413)] {
        let before = office.rows().await;
        // White space is no part of the report, and is counted all the same.
        let report = r#"{"purl":"pkg:npm/a@1"}"#;
        let body = format!("{report}{}", " ".repeat(size - report.len()));
        let answer = office.ask("finder", "POST /v1/reports", "application/json", body).await;
        assert_eq!(answer.status, status, "{size}");
        if status == 413 {
            assert_eq!(answer.expect_problem(413, "size")["type"], "about:blank");
            assert_eq!(office.rows().await, before, "{size}: something was kept");
        }
    }
}

#[tokio::test]
async fn the_older_header_is_accepted_and_both_must_agree() {
    let office = Office::new().await;
    let key = office.keys["finder"].clone();
    for (bearer, older, status) in [
        (None, Some(key.as_str()), 202),
        (Some(key.as_str()), Some(key.as_str()), 202),
        (Some("tap_v1_other"), Some(key.as_str()), 400),
    ] {
        let mut request = Request::post("/v1/reports").header("content-type", "application/json");
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if let Some(older) = older {
            request = request.header("tap-submission-token", older);
        }
        let body = Body::from(r#"{"purl":"pkg:npm/b@1"}"#);
        let answer = office.send(request.body(body).unwrap()).await;
        assert_eq!(answer.status, status, "{bearer:?} {older:?}");
        if status == 400 {
            assert_eq!(answer.expect_problem(400, "two tokens")["type"], "about:blank");
        }
    }
}

#[tokio::test]
async fn the_same_bytes_are_the_same_receipt_and_only_for_the_same_member() {
    let office = Office::new().await;
    let body = report("door");
    let first = is_receipt(&office.post("finder", "/v1/reports", &body).await);
    let rows = office.rows().await;
    assert_eq!(is_receipt(&office.post("finder", "/v1/reports", &body).await), first);
    assert_eq!(office.rows().await, rows);
    assert_ne!(is_receipt(&office.post("finder-two", "/v1/reports", &body).await), first);
    let mut other = body.clone();
    other["code_path"] = Value::from("keep.py:1");
    assert_ne!(is_receipt(&office.post("finder", "/v1/reports", &other).await), first);
}

#[tokio::test]
async fn a_status_is_one_of_three_words_for_whoever_holds_the_receipt() {
    let office = Office::new().await;
    office.project("door").await;
    let receipt = is_receipt(&office.post("finder", "/v1/reports", &report("door")).await);
    for word in ["queued", "done"] {
        let answer = office.get("public", &format!("/v1/submissions/{receipt}")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        let said = answer.json();
        assert_eq!(said["receipt"], receipt);
        assert_eq!(said["status"], word);
        assert!(said["at"].as_str().unwrap().ends_with('Z'));
        assert_eq!(said.as_object().unwrap().len(), 3);
        office.settle().await;
    }
    let upper = receipt.to_uppercase();
    for other in ["SUB-000000000000000000000000", "SUB-", "x", "%ff", "%00", &upper] {
        let answer = office.get("public", &format!("/v1/submissions/{other}")).await;
        answer.expect_problem(404, other);
    }
    let wrong = office.ask("public", &format!("POST /v1/submissions/{receipt}"), "", "").await;
    wrong.expect_problem(405, "POST");
    assert_eq!(wrong.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn what_is_missing_is_told_to_the_finder_alone() {
    let office = Office::new().await;
    let body = json!({"purl": "pkg:npm/a@1", "email": "finder@finder.invalid"});
    let receipt = is_receipt(&office.post("finder", "/v1/reports", &body).await);
    office.settle().await;
    let uri = format!("/v1/findings?receipt={receipt}");
    let said = office.get("finder", &uri).await.json();
    assert_eq!(said[0]["state"], "needs_info");
    let missing: Vec<&str> = said[0]["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["what"].as_str().unwrap())
        .collect();
    assert_eq!(missing, ["weakness", "file", "function", "description", "recipe", "tool"]);
    assert!(!office.get("finder", &uri).await.text().contains("finder@finder.invalid"));
    office.get("finder-two", &uri).await.expect_problem(404, "another finder");
}

#[tokio::test]
async fn each_result_of_a_sarif_log_gets_a_receipt_of_its_own() {
    let office = Office::new().await;
    let result = |line: u32| {
        json!({"ruleId": "r", "message": {"text": "the same words"}, "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": "a.py"},
                "region": {"startLine": line}}}]})
    };
    let log = json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}},
        "results": [result(1), result(2)]}]});
    let answer = office.post("finder", "/v1/reports:import", &log).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let said = answer.json();
    assert_eq!(said["format"], "sarif");
    let receipts = said["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), 2);
    assert_ne!(receipts[0], receipts[1], "two results are two findings");
}
