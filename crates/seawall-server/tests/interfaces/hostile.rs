//! Bad input at every interface: a clear problem that names what is wrong, and nothing stored half.

use crate::office::{Office, report};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// A request that must be refused with one of these statuses, leaving no row behind.
struct Bad {
    asker: &'static str,
    line: String,
    media: &'static str,
    body: Vec<u8>,
    statuses: &'static [u16],
    says: &'static str,
}

fn bad(
    asker: &'static str,
    line: &str,
    body: impl Into<Vec<u8>>,
    status: &'static [u16],
    says: &'static str,
) -> Bad {
    let (line, body) = (line.to_owned(), body.into());
    Bad { asker, line, media: "application/json", body, statuses: status, says }
}

async fn check(office: &Office, bads: Vec<Bad>) {
    for bad in bads {
        let before = office.rows().await;
        let start = String::from_utf8_lossy(bad.body.get(..bad.body.len().min(60)).unwrap());
        let of = format!("{} {}: {start}", bad.line, bad.media);
        let answer = office.ask(bad.asker, &bad.line, bad.media, bad.body.clone()).await;
        assert!(bad.statuses.contains(&answer.status), "{of}: {} {}", answer.status, answer.text());
        let problem = answer.expect_problem(answer.status, &of);
        let said = problem.to_string();
        assert!(said.contains(bad.says), "{of}: {said}");
        assert!(said.len() < 20_000, "{of}: a problem of {} bytes", said.len());
        let shown = said.bytes().all(|byte| byte >= b' ' && byte != 0x7f);
        assert!(shown, "{of}: control characters in {said}");
        assert_eq!(office.rows().await, before, "{of}: something was kept");
    }
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Every route that takes a JSON document to steer something, with a good body.
async fn steered(office: &Office) -> Vec<(&'static str, String, Value)> {
    office.open_case("door").await;
    let case = office.get("analyst", "/v1/cases").await.json()[0]["id"].clone();
    let case = case.as_str().unwrap().to_owned();
    let until = "2026-11-25T00:00:00Z";
    let lease = json!({"target": "pkg:generic/door", "technique": "t", "until": until});
    let taken = office.post("finder", "/v1/scan-claims", &lease).await.json();
    let scan = taken["claim"]["id"].as_str().unwrap().to_owned();
    let guest = office.parties["vendor"].id.to_string();
    vec![
        ("finder", "POST /v1/scan-claims".into(), lease),
        ("finder", format!("POST /v1/scan-claims/{scan}/end"), json!({"findings": 1})),
        ("analyst", format!("POST /v1/cases/{case}/participants"), json!({ "party": guest })),
        (
            "distributor",
            format!("POST /v1/cases/{case}/ranges"),
            json!({"package": "pkg:deb/debian/door", "ranges": []}),
        ),
    ]
}

#[tokio::test]
async fn steering_documents_are_exactly_one_document() {
    let office = Office::new().await;
    for (asker, line, good) in steered(&office).await {
        let text = good.to_string();
        let (key, value) = good.as_object().unwrap().iter().next().unwrap();
        let mut unknown = good.clone();
        unknown["colour"] = json!("red");
        let twice = text.replacen('{', &format!("{{{}:{value},", json!(key)), 1);
        let huge = format!("{text}{}", " ".repeat(300 * 1024));
        let half = text.get(..text.len() / 2).unwrap().to_owned();
        let mut mojibake = text.clone().into_bytes();
        mojibake.insert(3, 0xff);
        let wrong: Value =
            good.as_object().unwrap().keys().map(|k| (k.clone(), json!([{}]))).collect();
        let mut bads = vec![
            bad(asker, &line, "", &[400], "JSON"),
            bad(asker, &line, half, &[400], "JSON"),
            bad(asker, &line, format!("{text} {text}"), &[400], "trailing"),
            bad(asker, &line, "null", &[422], "JSON"),
            bad(asker, &line, "[]", &[422], "JSON"),
            bad(asker, &line, wrong.to_string(), &[422], "invalid type"),
            bad(asker, &line, unknown.to_string(), &[422], "unknown field `colour`"),
            bad(asker, &line, twice, &[422], "duplicate field"),
            bad(asker, &line, huge, &[413], "at most"),
            bad(asker, &line, mojibake, &[400, 422], "JSON"),
            bad(asker, &line, nested(100_000), &[400, 422], "JSON"),
            bad(asker, &line, b"\xef\xbb\xbf{}".to_vec(), &[400], "JSON"),
        ];
        let mut form = bad(asker, &line, text, &[415], "application/json");
        form.media = "application/x-www-form-urlencoded";
        bads.push(form);
        check(&office, bads).await;
    }
}

#[tokio::test]
async fn values_that_are_text_but_make_no_sense() {
    let office = Office::new().await;
    let lines = steered(&office).await;
    let lease = |target: &str, until: &str| {
        json!({"target": target, "technique": "t", "until": until}).to_string()
    };
    let claim = "POST /v1/scan-claims";
    let soon = "2026-11-25T00:00:00Z";
    let participants = lines[2].1.clone();
    check(
        &office,
        vec![
            bad("finder", claim, lease("", soon), &[422], "purl"),
            bad("finder", claim, lease("../../etc", soon), &[422], "purl"),
            bad("finder", claim, lease("pkg:generic/<b>\u{0}", soon), &[422], ""),
            bad("finder", claim, lease("pkg:generic/x", "tomorrow"), &[422], "until"),
            bad("finder", claim, lease("pkg:generic/x", "2020-01-01T00:00:00Z"), &[422], "lease"),
            bad("finder", claim, lease("pkg:generic/x", "2027-11-25T00:00:00Z"), &[422], "14"),
            bad("finder", claim, lease("pkg:generic/x", &"9".repeat(9_999)), &[422], "until"),
            bad("analyst", &participants, r#"{"party":"me"}"#, &[404], "nothing here"),
            bad("analyst", &participants, json!({"party": "0".repeat(99)}).to_string(), &[404], ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn reports_of_a_hostile_finder() {
    let office = Office::new().await;
    let line = "POST /v1/reports";
    let with = |key: &str, value: Value| {
        let mut report = report("door");
        report[key] = value;
        report.to_string()
    };
    let named = |name: &str| {
        let attachment = json!([{"filename": name, "content_type": "text/plain", "data": "x"}]);
        with("attachments", attachment)
    };
    let deep = (0..50).fold(json!("x"), |inner, _| json!({ "a": inner }));
    let wide: Value = (0..70_000).map(|n| (format!("k{n}"), json!(1))).collect();
    let mut cut = report("door").to_string().into_bytes();
    cut.truncate(200);
    let mut bads = vec![
        bad("finder", line, cut, &[400], "malformed-json"),
        bad("finder", line, nested(200_000), &[400], "malformed-json"),
        bad("finder", line, "[".repeat(200_000), &[400], "malformed-json"),
        bad("finder", line, r#"{"purl":"pkg:npm/a@1\u0000"}"#, &[400], "purl"),
        bad("finder", line, r#"{"purl":"\ud800"}"#, &[400], "malformed-json"),
        bad("finder", line, b"{\"purl\":\"pkg:npm/\xff\"}".to_vec(), &[400], "malformed-json"),
        bad("finder", line, with("enrichment", deep), &[413], "structure_too_deep"),
        bad("finder", line, with("enrichment", wide), &[413], "field_too_large"),
        bad("finder", line, with("email", json!("a\r\nBcc: x@y.invalid")), &[400], "email"),
        bad(
            "finder",
            line,
            with("references", json!(["javascript:alert(1)"])),
            &[400],
            "references",
        ),
        bad("finder", line, with("software", json!("x".repeat(300))), &[413], "software"),
    ];
    for name in ["../x", "a/b", "a\\b", "..", ".", "", "a\u{202e}gpj.exe", "a\nb", "a\0b"] {
        bads.push(bad("finder", line, named(name), &[400], "attachments[0].filename"));
    }
    check(&office, bads).await;
    // Of 3 MiB of faults the answer names each, but it stays an answer.
    let many: Vec<Value> = (0..16).map(|_| json!("x")).collect();
    let answer =
        office.post("finder", "/v1/reports", &json!({"purl": "x", "references": many})).await;
    assert_eq!(answer.expect_problem(400, "many")["errors"].as_array().unwrap().len(), 17);
}

#[tokio::test]
async fn other_shapes_of_a_hostile_finder() {
    let office = Office::new().await;
    let sarif = "POST /v1/reports:import?format=sarif";
    let scrutineer = "POST /v1/reports:import?format=scrutineer";
    let mail = "POST /v1/reports:import?format=mail";
    let html = "From: a@b.invalid\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<b>hm</b>\r\n";
    let results: Vec<Value> = (0..501).map(|_| json!({"message": {"text": "x"}})).collect();
    let log = json!({"version": "2.1.0", "runs": [{"results": results}]}).to_string();
    check(
        &office,
        vec![
            bad("finder", "POST /v1/reports:import?format=tap", "{}", &[422], "format"),
            bad("finder", "POST /v1/reports:import?format=x", "{}", &[422], "format"),
            bad("finder", "POST /v1/reports:import", "hello", &[422], "format"),
            bad("finder", sarif, "", &[422], ""),
            bad("finder", sarif, "{}", &[422], "/runs"),
            bad("finder", sarif, log, &[422], "500"),
            bad("finder", sarif, nested(100_000), &[422], ""),
            bad("finder", sarif, r#"{"runs":[],"runs":[]}"#, &[422], ""),
            bad("finder", scrutineer, "[[[", &[422], ""),
            bad("finder", scrutineer, nested(100_000), &[422], ""),
            bad("finder", mail, "no headers at all", &[422], "headers"),
            bad("finder", mail, html, &[422], "plain text"),
            bad("finder", mail, vec![0; 4 * 1024 * 1024], &[413], "at most"),
            bad("finder", mail, vec![0xff; 1024], &[422], ""),
        ],
    )
    .await;
}

/// The start of a gzip of nothing but zeros, and of a zip: what a bomb looks like at the door.
const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xed, 0xc1, 1, 1, 0, 0, 0, 0x82, 0x20];
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0bomb";

#[tokio::test]
async fn inventories_and_statements_of_a_hostile_sender() {
    let office = Office::new().await;
    let inventories = "POST /v1/inventories";
    let statements = "POST /v1/statements";
    let deep = format!(r#"{{"bomFormat":"CycloneDX","components":{}}}"#, nested(100_000));
    let csv = format!("vendor,product,version\n{}", "\"".repeat(9_999));
    let oversized = vec![b' '; 33 * 1024 * 1024];
    check(
        &office,
        vec![
            bad("operator", inventories, "", &[422], ""),
            bad("operator", inventories, "{", &[422], ""),
            bad("operator", inventories, "{}", &[422], ""),
            bad("operator", inventories, deep, &[422], ""),
            bad("operator", inventories, csv, &[422], ""),
            bad("operator", inventories, GZIP, &[422], ""),
            bad("operator", inventories, ZIP, &[422], ""),
            bad("operator", inventories, vec![0; 4096], &[422], ""),
            bad("operator", inventories, oversized.clone(), &[413], "at most"),
            bad("operator", "POST /v1/inventories?label=a&label=b", "{}", &[400], "query"),
            bad("vendor", statements, "", &[422], ""),
            bad("vendor", statements, "{}", &[422], ""),
            bad("vendor", statements, nested(100_000), &[422], ""),
            bad("vendor", statements, GZIP, &[422], ""),
            bad("vendor", statements, oversized, &[413], "at most"),
        ],
    )
    .await;
}

#[tokio::test]
async fn nothing_is_decompressed() {
    let office = Office::new().await;
    for (asker, path, media) in [
        ("finder", "/v1/reports", "application/json"),
        ("finder", "/v1/reports:import", "application/json"),
        ("finder", "/v1/scan-claims", "application/json"),
        ("operator", "/v1/inventories", "application/json"),
        ("vendor", "/v1/statements", "application/json"),
        ("public", "/claim-check", "application/json"),
    ] {
        for encoding in ["gzip", "br", "zstd", "deflate", "identity, gzip", "x"] {
            let before = office.rows().await;
            let mut request = Request::post(path)
                .header("content-type", media)
                .header("content-encoding", encoding);
            if let Some(key) = office.keys.get(asker) {
                request = request.header("authorization", format!("Bearer {key}"));
            }
            let answer = office.send(request.body(Body::from(GZIP)).unwrap()).await;
            answer.expect_problem(415, path);
            assert_eq!(office.rows().await, before, "{path}: something was kept");
        }
    }
}

#[tokio::test]
async fn paths_that_name_nothing_are_one_answer() {
    let office = Office::new().await;
    let absent = office.get("public", "/no/such/path").await;
    absent.expect_problem(404, "absent");
    let long = format!("/v1/advisories/{}", "a".repeat(20_000));
    for path in [
        "/v1",
        "/v1/",
        "/v1/reports/",
        "/v1/advisories/SW-2026-9999",
        "/v1/advisories/SW-2026-",
        "/v1/advisories/%ff",
        "/v1/advisories/%00",
        "/v1/advisories/..%2f..%2fseawall.db",
        "/v1/submissions/%c0%ae%c0%ae",
        "/public/../seawall.db",
        "/public/%2e%2e/seawall.db",
        "/public/..%2fseawall.db",
        "/public/%ff",
        "/public/.hidden",
        "/public/a%00b",
        "/public/%5c..%5cx",
        "/public//etc/passwd",
        "/public/%2fetc%2fpasswd",
        "/.well-known/csaf/..%2f..%2fkeys%2froot.key",
        "/.well-known/csaf/",
        "/.well-known/%2e%2e/keys/root.key",
        long.as_str(),
    ] {
        let answer = office.get("public", path).await;
        assert_eq!(answer, absent, "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_which_are_right() {
    let office = Office::new().await;
    for (line, allow) in [
        ("DELETE /v1/reports", "POST"),
        ("GET /v1/reports", "POST"),
        ("PUT /v1/inventories", "GET,HEAD,POST"),
        ("PATCH /v1/findings", "GET,HEAD"),
        ("OPTIONS /v1/reports", "POST"),
        ("TRACE /v1/today", "GET,HEAD"),
        ("POST /v1/openapi.json", "GET,HEAD"),
        ("PUT /.well-known/csaf/provider-metadata.json", "GET,HEAD"),
    ] {
        let answer = office.ask("finder", line, "", "").await;
        answer.expect_problem(405, line);
        let mut allowed: Vec<&str> = answer.header("allow").split(',').collect();
        allowed.sort();
        assert_eq!(allowed.join(","), allow, "{line}");
    }
}

#[tokio::test]
async fn markup_in_texts_comes_back_as_text() {
    let office = Office::new().await;
    let script = "<script>alert(1)</script>";
    let label = "%3Cscript%3Ealert(1)%3C/script%3E";
    let sbom = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
        {"type":"library","name":"<b>=1+1</b>","version":"1"}]}"#;
    let line = format!("POST /v1/inventories?label={label}");
    let answer = office.ask("operator", &line, "application/json", sbom).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["label"], script);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    let today = office.get("operator", "/v1/today").await;
    assert_eq!(today.header("content-type"), "application/json");
}

#[tokio::test]
async fn the_claim_check_tells_one_bit_or_what_is_wrong() {
    let office = Office::new().await;
    let good = json!({"hash": "0".repeat(64)}).to_string();
    let padded = format!("{good}{}", " ".repeat(4096));
    for (body, status, said) in [
        (good.clone(), 200, r#"{"match":false}"#),
        ("{}".into(), 400, ""),
        (json!({"hash": "xyz"}).to_string(), 400, "hash"),
        (padded, 400, "too large"),
        (" ".repeat(100_000), 413, "at most"),
        (nested(60_000), 413, ""),
        (nested(2_000), 400, ""),
    ] {
        let answer = office.ask("public", "POST /claim-check", "application/json", body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains(said), "{}", answer.text());
    }
}
