//! Every route by every role, pinned in `access.txt`, which is written for people to read.
//!
//! The test makes its own table by asking, and compares; to change a right, change the rule and
//! then the table, and let whoever answers for it read the difference.

use crate::office::{ASKERS, Office, report};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::partner::rubric::Rubric;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PINNED: &str = include_str!("access.txt");

/// What is asked: the route as the OpenAPI document names it, what is special about this row, and
/// what is sent.
struct Row {
    route: &'static str,
    note: &'static str,
    sends: Sends,
}

enum Sends {
    Nothing,
    Json(fn(&Cell) -> Value),
    Text(&'static str, fn(&Cell) -> String),
}

/// What the rows are filled with: things of others that exist, made anew where asking uses them up.
struct Cell {
    number: usize,
    receipt: String,
    finding: String,
    case: String,
    advisory: String,
    party: String,
    scan: String,
    engagement: String,
    evaluation: String,
    partner: String,
    tie: String,
}

const ABSENT: &str = "11111111-2222-4333-8444-555555555555";

const fn row(route: &'static str, note: &'static str, sends: Sends) -> Row {
    Row { route, note, sends }
}

const ROWS: &[Row] = &[
    row("POST /v1/reports", "", Sends::Json(|cell| report(&format!("new-{}", cell.number)))),
    row("POST /v1/reports:import", "", Sends::Text("message/rfc822", mail)),
    row("GET /v1/submissions/{receipt}", "receipt held", Sends::Nothing),
    row("GET /v1/findings", "", Sends::Nothing),
    row("GET /v1/findings", "?receipt={receipt}", Sends::Nothing),
    row("GET /v1/findings/{id}", "", Sends::Nothing),
    row("GET /v1/work", "", Sends::Nothing),
    row("GET /v1/cases", "", Sends::Nothing),
    row("GET /v1/cases/{id}", "under embargo", Sends::Nothing),
    row("POST /v1/cases/{id}/participants", "", Sends::Json(|cell| json!({ "party": cell.party }))),
    row("POST /v1/cases/{id}/ranges", "", Sends::Json(range)),
    row("GET /v1/advisories", "", Sends::Nothing),
    row("GET /v1/advisories/{number}", "", Sends::Nothing),
    row("POST /v1/scan-claims", "", Sends::Json(lease)),
    row("GET /v1/scan-claims", "", Sends::Nothing),
    row("POST /v1/scan-claims/{id}/end", "the finder's", Sends::Json(|_| json!({"findings": 0}))),
    row("POST /v1/inventories", "", Sends::Text("application/json", inventory)),
    row("GET /v1/inventories", "", Sends::Nothing),
    row("GET /v1/exposures", "", Sends::Nothing),
    row("GET /v1/today", "", Sends::Nothing),
    row("GET /v1/due.csv", "", Sends::Nothing),
    row("POST /v1/statements", "", Sends::Text("application/json", |cell| vex(cell.number))),
    row("POST /v1/query", "", Sends::Json(|_| json!({"package": {"purl": "pkg:generic/door"}}))),
    row("POST /v1/querybatch", "", Sends::Json(|_| json!({"queries": [{"commit": "00"}]}))),
    row("GET /v1/vulns/{id}", "", Sends::Nothing),
    row("PUT /api/v1/bom", "", Sends::Json(bom)),
    row("POST /api/v1/bom", "", Sends::Text("multipart/form-data; boundary=x", form)),
    row("GET /api/v1/event/token/{uuid}", "", Sends::Nothing),
    row("GET /api/v1/bom/token/{uuid}", "", Sends::Nothing),
    row("GET /api/v1/project/lookup", "?name=gate&version=1", Sends::Nothing),
    row("GET /api/v1/project", "", Sends::Nothing),
    row("GET /api/version", "", Sends::Nothing),
    row("POST /claim-check", "", Sends::Json(|_| json!({ "hash": "0".repeat(64) }))),
    row("GET /v1/framework", "", Sends::Nothing),
    row("GET /v1/rubric", "", Sends::Nothing),
    row("POST /v1/rubric", "", Sends::Json(rubric)),
    row("GET /v1/basis", "", Sends::Nothing),
    row("GET /v1/days-off", "", Sends::Nothing),
    row("POST /v1/days-off", "", Sends::Json(|_| json!({"rule": "named", "days": []}))),
    row("POST /v1/operators", "", Sends::Text("text/csv", operators)),
    row("GET /v1/operators", "", Sends::Nothing),
    row("GET /v1/reach", "", Sends::Nothing),
    row("GET /v1/concentration", "", Sends::Nothing),
    row("POST /v1/engagements", "", Sends::Json(opening)),
    row("GET /v1/engagements", "", Sends::Nothing),
    row("GET /v1/engagements/{id}", "", Sends::Nothing),
    row("GET /v1/engagements/{id}/letters", "", Sends::Nothing),
    row("GET /v1/engagements/{id}/certificates", "", Sends::Nothing),
    row("GET /v1/engagements/{id}/documents", "", Sends::Nothing),
    row("GET /v1/engagements/{id}/stops", "", Sends::Nothing),
    row("GET /v1/engagements/{id}/gateway", "", Sends::Nothing),
    row("POST /v1/engagements/{id}/steps", "ask", Sends::Json(submitting)),
    row("POST /v1/engagements/{id}/steps", "advise", Sends::Json(advising)),
    row("POST /v1/engagements/{id}/steps", "report", Sends::Json(reporting)),
    row("POST /v1/engagements/{id}/steps", "lease key", Sends::Json(keying)),
    row("POST /v1/engagements/{id}/steps", "gateway key", Sends::Json(naming)),
    row("POST /v1/engagements/{id}/steps", "seat", Sends::Json(seating)),
    row("POST /v1/engagements/{id}/steps", "stop", Sends::Json(stopping)),
    row("POST /v1/engagements/{id}/steps", "terms", Sends::Json(accepting)),
    row("GET /v1/engagements/{id}/windows", "", Sends::Nothing),
    row("POST /v1/engagements/{id}/tokens", "", Sends::Json(wanting)),
    row("GET /v1/engagements/{id}/tokens", "", Sends::Nothing),
    row("POST /v1/engagements/{id}/counts", "", Sends::Json(|_| json!({}))),
    row("GET /v1/engagements/{id}/counts", "", Sends::Nothing),
    row("GET /v1/engagements/{id}/gateways", "", Sends::Nothing),
    row("POST /v1/engagements/{id}/destructions", "", Sends::Json(|_| json!({}))),
    row("POST /v1/engagements/{id}/checkpoints", "", Sends::Json(|_| json!({}))),
    row("GET /v1/engagements/{id}/crossing", "", Sends::Nothing),
    row("POST /v1/engagements/{id}/crossing", "", Sends::Json(|_| json!({}))),
    row("POST /v1/engagements/{id}/objects", "", Sends::Text("application/json", vexing)),
    row("GET /v1/engagements/{id}/record", "", Sends::Nothing),
    row("POST /v1/engagements/{id}/record", "", Sends::Json(|_| json!({}))),
    row("POST /v1/engagements/{id}/withdrawal", "", Sends::Nothing),
    row("POST /v1/evaluations", "", Sends::Nothing),
    row("GET /v1/evaluations", "", Sends::Nothing),
    row("GET /v1/evaluations/{id}", "", Sends::Nothing),
    row("POST /v1/evaluations/{id}/protocols", "", Sends::Json(|_| json!({}))),
    row("POST /v1/evaluations/{id}/steps", "agree", Sends::Json(|_| json!({"step": "agree"}))),
    row("GET /v1/evaluations/{id}/commitment", "", Sends::Nothing),
    row("GET /v1/evaluations/{id}/tokens", "", Sends::Nothing),
    row("POST /v1/evaluations/{id}/tokens", "", Sends::Nothing),
    row("GET /v1/evaluations/{id}/opening", "", Sends::Nothing),
    row("GET /v1/evaluations/{id}/share", "", Sends::Nothing),
    row("POST /v1/partners", "", Sends::Json(applying)),
    row("GET /v1/partners", "", Sends::Nothing),
    row("GET /v1/partners/{id}", "", Sends::Nothing),
    row("GET /v1/partners/{id}/evidence", "", Sends::Nothing),
    row("POST /v1/partners/{id}/steps", "sign", Sends::Json(|_| json!({"step": "sign"}))),
    row("POST /v1/partners/{id}/steps", "terms", Sends::Json(accepting)),
    row("GET /v1/partners/{id}/windows", "", Sends::Nothing),
    row("GET /v1/partners/{id}/destructions", "", Sends::Nothing),
    row("POST /v1/partners/{id}/tokens", "", Sends::Json(wanting)),
    row("GET /v1/partners/{id}/tokens", "", Sends::Nothing),
    row("POST /v1/ties", "", Sends::Json(tying)),
    row("GET /v1/ties", "", Sends::Nothing),
    row("POST /v1/ties/{id}/end", "", Sends::Nothing),
];

fn opening(cell: &Cell) -> Value {
    json!({"weights": "held", "snapshot": format!("{:064x}", cell.number)})
}

fn submitting(_: &Cell) -> Value {
    json!({"step": "submit", "answer_by": "2026-12-24T00:00:00Z"})
}

fn advising(_: &Cell) -> Value {
    json!({"step": "advise", "opinion": "Tell users first."})
}

fn reporting(_: &Cell) -> Value {
    json!({"step": "report", "to": "everybody", "at": "2026-12-24T00:00:00Z"})
}

fn keying(_: &Cell) -> Value {
    json!({"step": "name_lease_key", "key": KEY})
}

fn naming(_: &Cell) -> Value {
    json!({"step": "name_gateway", "key": KEY})
}

fn seating(_: &Cell) -> Value {
    json!({"step": "seat_person", "account": ABSENT})
}

fn stopping(_: &Cell) -> Value {
    json!({"step": "stop_person", "person": ABSENT})
}

/// The next rubric.
fn rubric(_: &Cell) -> Value {
    let mut text = Rubric::first().unwrap().text().clone();
    text.version = 2;
    serde_json::to_value(text).unwrap()
}

fn operators(_: &Cell) -> String {
    "group,name,sector,size,operators,source,as_of\n1,wells,water,small,9,a survey,2025-12-31\n"
        .into()
}

fn accepting(_: &Cell) -> Value {
    json!({"step": "accept_terms", "window": ABSENT, "terms": "ab".repeat(32)})
}

fn wanting(_: &Cell) -> Value {
    json!({"window": ABSENT, "key": KEY, "purposes": ["evaluate"]})
}

/// A public key (RFC 8037, appendix A.2).
const KEY: &str = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn vexing(_: &Cell) -> String {
    "an object".into()
}

fn applying(cell: &Cell) -> Value {
    json!({"developer": cell.party, "parent": cell.party, "sector": "water", "size": "small",
        "protects": [1], "evidence": "see the register"})
}

fn tying(cell: &Cell) -> Value {
    json!({"person": ABSENT, "party": cell.party, "kind": "equity"})
}

fn mail(cell: &Cell) -> String {
    let subject = format!("flaw {}", cell.number);
    format!(
        "From: f@finder.invalid\r\nSubject: {subject}\r\n\r\nPackage: pkg:generic/x\r\n\r\nhm\r\n"
    )
}

fn range(_: &Cell) -> Value {
    json!({"package": "pkg:deb/debian/door", "ranges": [{"introduced": "1", "fixed": "2"}]})
}

fn lease(_: &Cell) -> Value {
    let until = "2026-11-25T00:00:00Z";
    json!({"target": "pkg:generic/door", "technique": "fuzzing", "until": until})
}

fn inventory(cell: &Cell) -> String {
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": format!("n{}", cell.number),
        "components": [{"type": "library", "name": "door", "version": "1.1",
            "purl": "pkg:generic/door@1.1"}],
    })
    .to_string()
}

fn bom(cell: &Cell) -> Value {
    let document = STANDARD.encode(inventory(cell));
    json!({"projectName": "gate", "projectVersion": "1", "autoCreate": true, "bom": document})
}

fn form(cell: &Cell) -> String {
    let parts = [("projectName", "gate"), ("projectVersion", "1"), ("autoCreate", "true")];
    let document = inventory(cell);
    let parts = parts.into_iter().chain([("bom", document.as_str())]);
    let part = |(name, text): (&str, &str)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    format!("{}--x--\r\n", parts.map(part).collect::<String>())
}

pub fn vex(number: impl std::fmt::Display) -> String {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("https://v.invalid/{number}"),
        "author": "vendor", "timestamp": "2026-11-20T00:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": {"name": "CVE-1999-0001"},
            "products": [{"@id": "pkg:generic/elsewhere@1"}],
            "status": "not_affected", "justification": "component_not_present",
        }],
    })
    .to_string()
}

/// The office in which the table is made: one flaw published, one under embargo with the
/// distributor invited, an operator and an agency with an inventory each.
async fn furnished() -> (Office, Cell) {
    let office = Office::new().await;
    office.open_case("door").await;
    office.publish().await;
    let receipt = office.open_case("gate").await;
    let finding = office.get("finder", &format!("/v1/findings?receipt={receipt}")).await;
    let finding = finding.json()[0]["id"].as_str().unwrap().to_owned();
    let cases = office.get("analyst", "/v1/cases").await.json();
    let case = cases.as_array().unwrap().iter().find(|case| case["finding"] == *finding).unwrap();
    let case = case["id"].as_str().unwrap().to_owned();
    let advisories = office.get("public", "/v1/advisories").await.json();
    let advisory = advisories[0]["id"].as_str().unwrap().to_owned();
    let party = office.parties["distributor"].id.to_string();
    let (scan, engagement, evaluation) = (String::new(), String::new(), String::new());
    let (partner, tie) = (String::new(), String::new());
    let mut cell = Cell {
        number: 0,
        receipt,
        finding,
        case,
        advisory,
        party,
        scan,
        engagement,
        evaluation,
        partner,
        tie,
    };
    let invitation = json!({ "party": cell.party });
    let participants = format!("/v1/cases/{}/participants", cell.case);
    let invited = office.post("analyst", &participants, &invitation).await;
    assert_eq!(invited.status, 200, "{}", invited.text());
    for operator in ["operator", "agency"] {
        let sent = inventory(&cell);
        let answer = office.ask(operator, "POST /v1/inventories", "application/json", sent).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    framework(&office, &mut cell).await;
    office.settle().await;
    (office, cell)
}

/// Something of each kind in the framework for models.
async fn framework(office: &Office, cell: &mut Cell) {
    let made = async |asker: &str, path: &str, body: Value| {
        let answer = office.post(asker, path, &body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let guest = cell.party.clone();
    cell.party = office.parties["developer"].id.to_string();
    cell.engagement = made("developer", "/v1/engagements", opening(cell)).await;
    cell.evaluation = made("official", "/v1/evaluations", json!({})).await;
    cell.partner = made("partner", "/v1/partners", applying(cell)).await;
    cell.tie = made("official", "/v1/ties", tying(cell)).await;
    cell.party = guest;
}

impl Cell {
    /// The address of a row's route for things that exist.
    fn line(&self, row: &Row) -> String {
        let vulnerability = format!("x_{}", self.advisory);
        let id = match row.route {
            route if route.contains("vulns") => &vulnerability,
            route if route.contains("findings") => &self.finding,
            route if route.contains("cases") => &self.case,
            route if route.contains("engagements") => &self.engagement,
            route if route.contains("evaluations") => &self.evaluation,
            route if route.contains("partners") => &self.partner,
            route if route.contains("ties") => &self.tie,
            _ => &self.scan,
        };
        let query = row.note.strip_prefix('?').map(|query| format!("?{query}"));
        format!("{}{}", row.route, query.unwrap_or_default())
            .replace("{id}", id)
            .replace("{receipt}", &self.receipt)
            .replace("{number}", &self.advisory)
            .replace("{uuid}", ABSENT)
    }

    fn body(&self, row: &Row) -> (&'static str, String) {
        match &row.sends {
            Sends::Nothing => ("", String::new()),
            Sends::Json(make) => ("application/json", make(self).to_string()),
            Sends::Text(media, make) => (media, make(self)),
        }
    }
}

/// One word for an answer.
fn word(status: u16, body: &[u8]) -> String {
    let empty: [&[u8]; 2] = [b"[]", br#"{"items":[],"more":0,"unknown":[],"sources":[]}"#];
    match StatusCode::from_u16(status).unwrap() {
        StatusCode::UNAUTHORIZED => "sign-in".into(),
        StatusCode::NOT_FOUND => "hidden".into(),
        code if code.is_success() && empty.contains(&body) => "nothing".into(),
        code if code.is_success() => "yes".into(),
        code => code.as_str().to_owned(),
    }
}

#[tokio::test]
async fn every_route_by_every_role_is_as_pinned() {
    let (office, mut cell) = furnished().await;
    let mut table = String::new();
    for row in ROWS {
        let name = match row.note {
            "" => row.route.to_owned(),
            note if note.starts_with('?') => format!("{}{note}", row.route),
            note => format!("{} ({note})", row.route),
        };
        table.push_str(&format!("{name:<45}"));
        for asker in ASKERS {
            cell.number += 1;
            if row.route == "POST /v1/partners" || row.route == "POST /v1/ties" {
                cell.party = office.parties["developer"].id.to_string();
            }
            if row.route.contains("participants") {
                cell.party = office.party("guest", &[]).await.id.to_string();
            }
            if row.route.contains("scan-claims/{id}/end") {
                let taken = office.post("finder", "/v1/scan-claims", &lease(&cell)).await;
                cell.scan = taken.json()["claim"]["id"].as_str().unwrap().to_owned();
            }
            let (media, body) = cell.body(row);
            let answer = office.ask(asker, &cell.line(row), media, body).await;
            let own_errors = ["POST /claim-check", "GET /api/v1/project/lookup"];
            if answer.status >= 400 && !own_errors.contains(&row.route) {
                answer.expect_problem(answer.status, row.route);
            }
            table.push_str(&format!(" {:<12}", word(answer.status, &answer.body)));
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    let pinned = PINNED.rsplit("\n\n").next().unwrap();
    let head: String = ASKERS.iter().map(|asker| format!(" {asker:<12}")).collect();
    let table = format!("{}\n{table}", format!("{:<45}{head}", "route").trim_end());
    assert!(table == pinned, "the table is now:\n{table}");
}

#[tokio::test]
async fn every_documented_route_is_in_the_table() {
    let office = Office::new().await;
    let document = office.get("public", "/v1/openapi.json").await.json();
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let listed: BTreeSet<String> = ROWS.iter().map(|row| row.route.to_owned()).collect();
    assert_eq!(documented, listed);
}

#[tokio::test]
async fn absent_and_hidden_are_the_same_bytes() {
    let (office, cell) = furnished().await;
    let other = office.post("finder-two", "/v1/scan-claims", &lease(&cell)).await;
    let scan = other.json()["claim"]["id"].as_str().unwrap().to_owned();
    let guest = json!({ "party": cell.party });
    let none = json!({"findings": 0});
    let cases = [
        ("GET", "/v1/findings/{}", &cell.finding, Value::Null),
        ("GET", "/v1/findings?receipt={}", &cell.receipt, Value::Null),
        ("GET", "/v1/cases/{}", &cell.case, Value::Null),
        ("POST", "/v1/cases/{}/participants", &cell.case, guest),
        ("POST", "/v1/cases/{}/ranges", &cell.case, range(&cell)),
        ("POST", "/v1/scan-claims/{}/end", &scan, none),
        ("GET", "/v1/engagements/{}", &cell.engagement, Value::Null),
        ("GET", "/v1/engagements/{}/letters", &cell.engagement, Value::Null),
        ("POST", "/v1/engagements/{}/withdrawal", &cell.engagement, Value::Null),
        ("POST", "/v1/engagements/{}/steps", &cell.engagement, advising(&cell)),
        ("GET", "/v1/evaluations/{}", &cell.evaluation, Value::Null),
        ("POST", "/v1/evaluations/{}/steps", &cell.evaluation, json!({"step": "agree"})),
        ("GET", "/v1/partners/{}", &cell.partner, Value::Null),
        ("POST", "/v1/partners/{}/steps", &cell.partner, json!({"step": "sign"})),
        ("GET", "/v1/engagements/{}/gateway", &cell.engagement, Value::Null),
        ("GET", "/v1/partners/{}/windows", &cell.partner, Value::Null),
        ("GET", "/v1/partners/{}/tokens", &cell.partner, Value::Null),
        ("POST", "/v1/partners/{}/tokens", &cell.partner, wanting(&cell)),
        ("POST", "/v1/ties/{}/end", &cell.tie, Value::Null),
    ];
    for (method, path, there, body) in cases {
        for asker in ASKERS {
            let ask = |name: &str| {
                let line = format!("{method} {}", path.replace("{}", name));
                let media = if body.is_null() { "" } else { "application/json" };
                (line, media, body.to_string())
            };
            let (line, media, sent) = ask(there);
            let hidden = office.ask(asker, &line, media, sent).await;
            if ![401, 404].contains(&hidden.status) {
                continue;
            }
            for absent in [ABSENT, "no-such-thing", "%00", "%ff", "..%2f.."] {
                let (line, media, sent) = ask(absent);
                // A query may hold any text; what is no text at all is no query.
                if absent == "%ff" && path.contains('?') {
                    continue;
                }
                let answer = office.ask(asker, &line, media, sent).await;
                assert_eq!(answer, hidden, "{asker}: {line}");
            }
        }
    }
}

#[tokio::test]
async fn whoever_is_suspended_expired_or_unknown_is_told_one_thing() {
    let office = Office::new().await;
    let missing = office.get("public", "/v1/findings").await;
    missing.expect_problem(401, "no key");
    assert_eq!(missing.header("www-authenticate"), "Bearer");
    for header in [
        "Bearer tap_v1_00000000000000000000000000000000",
        "Bearer ",
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "bearer x y",
        "",
    ] {
        let request = axum::http::Request::get("/v1/findings").header("authorization", header);
        let answer = office.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer, missing, "{header}");
    }
}
