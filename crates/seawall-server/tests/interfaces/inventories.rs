//! Inventories and statements in, over HTTP, in every shape.

use crate::access::vex;
use crate::office::Office;
use serde_json::json;

const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
    {"type":"library","name":"door","version":"1.1","purl":"pkg:generic/door@1.1"},
    {"type":"library","name":"wall","version":"3","purl":"pkg:generic/wall@3"}]}"#;
const SPDX: &str = r#"{"spdxVersion":"SPDX-2.3","name":"n","SPDXID":"SPDXRef-DOCUMENT",
    "packages":[{"name":"door","SPDXID":"SPDXRef-1","versionInfo":"1.1","externalRefs":[
    {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
    "referenceLocator":"pkg:generic/door@1.1"}]}]}"#;
const CSV: &str = "vendor,product,version\nAcme,Pump controller,4.1\n";
const DEBIAN: &str = "Package: door\nStatus: install ok installed\nVersion: 1.1-1\n\
    Architecture: amd64\nMaintainer: m <m@d.invalid>\nDescription: a door\n";

#[tokio::test]
async fn every_shape_is_told_from_its_bytes() {
    let office = Office::new().await;
    for (media, body, format, components, known) in [
        ("application/json", CYCLONEDX, "CycloneDX", 2, 2),
        ("application/json", SPDX, "SPDX", 1, 1),
        ("text/csv", CSV, "table of products", 1, 0),
        ("text/plain", DEBIAN, "Debian package list", 1, 1),
        ("application/octet-stream", CYCLONEDX, "CycloneDX", 2, 2),
    ] {
        let line = format!("POST /v1/inventories?label={}-{}", components, media.len());
        let answer = office.ask("operator", &line, media, body).await;
        assert_eq!(answer.status, 201, "{format}: {}", answer.text());
        let said = answer.json();
        let told = (&said["format"], &said["components"], &said["known"], &said["serial"]);
        assert_eq!(
            told,
            (&json!(format), &json!(components), &json!(known), &json!(1)),
            "{format}"
        );
        assert_eq!(said["sha256"].as_str().map(str::len), Some(64));
    }
}

#[tokio::test]
async fn a_system_has_a_history_and_the_same_bytes_are_no_news() {
    let office = Office::new().await;
    let next = CYCLONEDX.replace("\"1.1\"", "\"2.0\"");
    for (body, serial) in [(CYCLONEDX, 1), (CYCLONEDX, 1), (next.as_str(), 2)] {
        let (line, media) = ("POST /v1/inventories", "application/json");
        let answer = office.ask("operator", line, media, body.to_owned()).await;
        assert_eq!(answer.json()["serial"], serial);
    }
    let current = office.get("operator", "/v1/inventories").await.json();
    assert_eq!((current.as_array().unwrap().len(), &current[0]["serial"]), (1, &json!(2)));
    assert_eq!(office.get("operator-two", "/v1/inventories").await.json(), json!([]));
}

#[tokio::test]
async fn labels_are_short_text_of_one_line() {
    let office = Office::new().await;
    let long = "x".repeat(65);
    for (label, status) in [
        ("ward+7", 201),
        ("%F0%9F%8F%A5", 201),
        ("", 422),
        ("%20", 422),
        ("a%0Ab", 422),
        ("a%00b", 422),
        ("%ff", 422),
        (long.as_str(), 422),
    ] {
        let before = office.rows().await;
        let line = format!("POST /v1/inventories?label={label}");
        let answer = office.ask("operator", &line, "application/json", CYCLONEDX).await;
        let unreadable = label == "%ff" && [201, 400].contains(&answer.status);
        assert!(answer.status == status || unreadable, "{label}: {}", answer.text());
        if answer.status != 201 {
            answer.expect_problem(answer.status, label);
            assert_eq!(office.rows().await, before, "{label}: something was kept");
        }
    }
}

#[tokio::test]
async fn what_is_published_meets_what_runs_and_a_later_inventory_closes_it() {
    let office = Office::new().await;
    let line = "POST /v1/inventories";
    office.ask("operator", line, "application/json", CYCLONEDX).await;
    office.ask("agency", line, "application/json", CYCLONEDX).await;
    office.open_case("door").await;
    assert_eq!(office.get("operator", "/v1/exposures").await.json(), json!([]), "embargoed");
    assert_eq!(office.get("public", "/v1/advisories").await.json(), json!([]), "embargoed");
    office.publish().await;
    let open = office.get("operator", "/v1/exposures").await.json();
    assert_eq!((open.as_array().unwrap().len(), &open[0]["state"]), (1, &json!("open")));
    let today = office.get("operator", "/v1/today").await.json();
    assert_eq!(today["items"].as_array().unwrap().len(), 1, "{today}");
    assert_eq!(today["sources"], json!([]), "no list from outside was asked");
    let item = &today["items"][0];
    let mut keys: Vec<&String> = item.as_object().unwrap().keys().collect();
    keys.sort();
    let expected = [
        "advisories",
        "authority",
        "by_when",
        "exploited",
        "flaws",
        "how",
        "how_long",
        "minutes_max",
        "minutes_min",
        "notes",
        "otherwise",
        "playbook",
        "sources",
        "what",
        "why",
    ];
    assert_eq!(keys, expected);
    assert_eq!((&item["exploited"], &item["sources"]), (&json!(false), &json!([])));
    assert!(item["how_long"].as_str().unwrap().starts_with("Estimate:"), "{item}");
    let steps = item["playbook"].as_array().unwrap().iter();
    let steps: Vec<&str> = steps.map(|line| line["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["isolate", "configure", "shield", "ask"]);
    let due = office.get("agency", "/v1/due.csv").await;
    assert_eq!(due.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(due.text().matches("SW-2026-0001").count(), 1, "{}", due.text());
    let next = CYCLONEDX.replace("1.1", "2.0");
    let closed = office.ask("operator", line, "application/json", next).await.json();
    office.settle().await;
    let fixed = office.get("operator", "/v1/exposures").await.json();
    let told = (&fixed[0]["state"], &fixed[0]["evidence"]);
    assert_eq!(told, (&json!("fixed"), &closed["sha256"]));
    assert_eq!(office.get("operator-two", "/v1/exposures").await.json(), json!([]));
}

#[tokio::test]
async fn a_statement_is_taken_in_once() {
    let office = Office::new().await;
    let line = "POST /v1/statements";
    let first = office.ask("vendor", line, "application/json", vex(1)).await;
    assert_eq!((first.status, &first.json()["entries"]), (201, &json!(1)));
    let again = office.ask("vendor", line, "application/json", vex(1)).await;
    assert_eq!(again.json()["id"], first.json()["id"]);
}
