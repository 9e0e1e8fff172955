//! Inventories by the interface of Dependency-Track, as the plug-ins of build pipelines send them.

use crate::office::{Answer, Office};
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
    {"type":"library","name":"door","version":"1.1","purl":"pkg:generic/door@1.1"}]}"#;

/// What the plug-in for GitHub's pipelines sends, with its text for a boolean.
fn sent(name: &str, version: &str) -> Value {
    json!({
        "projectName": name, "projectVersion": version, "autoCreate": true,
        "isLatestProjectVersion": "true", "projectTags": [{"name": "x"}],
        "bom": STANDARD.encode(CYCLONEDX),
    })
}

async fn put(office: &Office, body: &Value) -> Answer {
    let key = &office.keys["operator"];
    let request = Request::put("/api/v1/bom")
        .header("x-api-key", key)
        .header("content-type", "application/json");
    office.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// What the plug-in for Jenkins sends: plain fields, without file names and media types.
async fn post(office: &Office, parts: &[(&str, &str)]) -> Answer {
    let part = |(name, text): &(&str, &str)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let body = format!("{}--x--\r\n", parts.iter().map(part).collect::<String>());
    let request = Request::post("/api/v1/bom")
        .header("X-API-Key", &office.keys["operator"])
        .header("accept", "application/json")
        .header("content-type", "multipart/form-data; boundary=x");
    office.send(request.body(Body::from(body)).unwrap()).await
}

async fn get(office: &Office, path: &str) -> Answer {
    let request = Request::get(path).header("x-api-key", &office.keys["operator"]);
    office.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_project_s_version_is_one_of_the_operator_s_systems() {
    let office = Office::new().await;
    let first = put(&office, &sent("shop", "1.0")).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.header("x-powered-by"), "Dependency-Track v4.14.3");
    let project = first.json()["projectUuid"].as_str().unwrap().to_owned();
    let token = first.json()["token"].as_str().unwrap().to_owned();
    for path in ["/api/v1/event/token", "/api/v1/bom/token"] {
        for token in [token.as_str(), "unknown"] {
            let answer = get(&office, &format!("{path}/{token}")).await;
            assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"processing":false}"#));
        }
    }
    let inventories = office.get("operator", "/v1/inventories").await.json();
    assert_eq!(inventories[0]["label"], "shop@1.0");
    // By name as a form, and by the id that was answered: the same system.
    let other = CYCLONEDX.replace("1.1", "1.2");
    let fields = [("projectName", "shop"), ("projectVersion", " 1.0 "), ("bom", &other)];
    let form = post(&office, &fields).await;
    assert_eq!((form.status, &form.json()["projectUuid"]), (200, &json!(project)));
    let by_id =
        put(&office, &json!({"project": project, "bom": STANDARD.encode("\u{feff}{}")})).await;
    assert_eq!(by_id.status, 400, "{}", by_id.text());
    let by_id = json!({"project": project, "bom": STANDARD.encode(format!("\u{feff}{CYCLONEDX}"))});
    assert_eq!(put(&office, &by_id).await.status, 200);
    let found = get(&office, "/api/v1/project/lookup?name=shop&version=1.0").await.json();
    assert_eq!((&found["uuid"], &found["active"]), (&json!(project), &json!(true)));
    assert_eq!((&found["name"], &found["version"]), (&json!("shop"), &json!("1.0")));
    assert_eq!(office.get("operator", "/v1/inventories").await.json()[0]["serial"], 3);
    assert_eq!(office.get("operator-two", "/api/v1/project").await.text(), "[]");
}

#[tokio::test]
async fn names_of_any_length_are_told_apart() {
    let office = Office::new().await;
    let long = "n".repeat(200);
    let names = [(long.as_str(), "1"), (&long, "2"), ("é", "1"), ("a@b", "c"), ("@scope/x", "1")];
    for (name, version) in names {
        let answer = put(&office, &sent(name, version)).await;
        assert_eq!(answer.status, 200, "{name} {version}: {}", answer.text());
    }
    let all = get(&office, "/api/v1/project?limit=500&excludeInactive=true&page=1").await;
    assert_eq!(all.header("x-total-count"), names.len().to_string());
    let all = all.json().as_array().unwrap().clone();
    assert_eq!(all.len(), names.len());
    let has = |name: &str, version: &str| {
        all.iter().any(|one| one["name"] == name && one["version"] == version)
    };
    assert!(has("a@b", "c") && has("@scope/x", "1") && has("é", "1"), "{all:?}");
    let look = |version: &str| format!("/api/v1/project/lookup?name={long}&version={version}");
    let (one, two) = (get(&office, &look("1")).await, get(&office, &look("2")).await);
    assert_ne!(one.json()["uuid"], two.json()["uuid"]);
    let page = get(&office, "/api/v1/project?limit=2&page=3").await;
    assert_eq!((page.json().as_array().unwrap().len(), page.header("x-total-count")), (1, "5"));
    let none = get(&office, "/api/v1/project?limit=0&page=18446744073709551615").await;
    assert_eq!((none.status, none.text().as_str()), (200, "[]"));
}

#[tokio::test]
async fn a_project_is_made_only_when_that_is_asked_for() {
    let office = Office::new().await;
    for (flag, status) in [
        (json!(null), 404),
        (json!(false), 404),
        (json!("false"), 404),
        (json!("no"), 404),
        (json!(1), 404),
        (json!("TRUE"), 200),
        (json!(false), 200),
    ] {
        let mut body = sent("shop", "1.0");
        body["autoCreate"] = flag.clone();
        let before = office.rows().await;
        let answer = put(&office, &body).await;
        assert_eq!(answer.status, status, "{flag}: {}", answer.text());
        if status == 404 {
            assert_eq!(answer.text(), "The project could not be found.", "{flag}");
            assert_eq!(office.rows().await, before, "{flag}");
        }
    }
    let body = json!({"project": "11111111-2222-4333-8444-555555555555",
        "autoCreate": true, "bom": STANDARD.encode(CYCLONEDX)});
    assert_eq!(put(&office, &body).await.text(), "The project could not be found.");
    let lookup = get(&office, "/api/v1/project/lookup?name=shop&version=2").await;
    assert_eq!((lookup.status, lookup.text().as_str()), (404, "The project could not be found."));
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_interface_s_shapes() {
    let office = Office::new().await;
    let with = |key: &str, value: Value| {
        let mut body = sent("shop", "1.0");
        body[key] = value;
        body
    };
    for (body, path, message) in [
        (with("projectName", json!(" ")), "projectName", "must not be blank"),
        (with("projectVersion", json!(null)), "projectVersion", "must not be blank"),
        (with("projectName", json!("a\u{7}")), "projectName", "printable"),
        (with("projectName", json!("x".repeat(256))), "projectName", "at most 255"),
        (with("project", json!("ABC")), "project", "UUID"),
        (with("project", json!("11111111-2222-4333-8444-55555555555A")), "project", "UUID"),
        (with("bom", json!("")), "bom", "must not be empty"),
        (with("bom", json!("e30")), "bom", "base64"),
        (with("bom", json!("e30=\n")), "bom", "base64"),
        (with("bom", json!("A".repeat(20_000_004))), "bom", "at most 20000000"),
    ] {
        let before = office.rows().await;
        let answer = put(&office, &body).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        let field = answer.json()[0].clone();
        assert_eq!(field["path"], path, "{field}");
        assert!(field["message"].as_str().unwrap().contains(message), "{field}");
        assert!(field.get("messageTemplate").is_some() && field.get("invalidValue").is_some());
        assert_eq!(office.rows().await, before, "{path}: something was kept");
    }
    for bom in ["{}", "{", "no document", ""] {
        let answer = put(&office, &with("bom", json!(STANDARD.encode(format!("{bom} "))))).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{bom}");
        let problem = answer.json();
        assert_eq!((answer.status, &problem["status"]), (400, &json!(400)), "{bom}");
        assert_eq!(problem["title"], "The uploaded BOM is invalid", "{bom}");
        assert!(problem["errors"][0].is_string() && problem["detail"].is_string(), "{bom}");
    }
    let named = [("projectName", "shop"), ("projectVersion", "1"), ("autoCreate", "true")];
    let none = post(&office, &named).await;
    assert_eq!((none.status, none.text().as_str()), (400, "The form has no part `bom`"));
    let many: Vec<(&str, &str)> = (0..70).map(|_| ("x", "y")).collect();
    assert_eq!(post(&office, &many).await.status, 400);
    // Of several documents the first one counts.
    let twice = [&named[..], &[("bom", CYCLONEDX), ("bom", "no document")]].concat();
    assert_eq!(post(&office, &twice).await.status, 200);
    for body in ["", "[]", "null", "{", "[[[[", r#"{"projectName":1}"#] {
        let line = "PUT /api/v1/bom";
        let answer = office.ask("operator", line, "application/json", body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
    }
    let broken =
        office.ask("operator", "POST /api/v1/bom", "multipart/form-data; boundary=x", "--x");
    assert_eq!(broken.await.status, 400);
    let other = office.ask("operator", "POST /api/v1/bom", "application/json", "{}").await;
    assert_eq!(other.status, 400, "{}", other.text());
}

#[tokio::test]
async fn a_compressed_document_is_refused() {
    let office = Office::new().await;
    let body = "--x\r\nContent-Disposition: form-data; name=\"bom\"; filename=\"b\"\r\n\
        Content-Type: application/gzip\r\n\r\n\u{1f}\r\n--x--\r\n";
    let media = "multipart/form-data; boundary=x";
    let answer = office.ask("operator", "POST /api/v1/bom", media, body).await;
    answer.expect_problem(415, "gzip");
}

#[tokio::test]
async fn who_asks_is_known_by_the_header_of_the_interface() {
    let office = Office::new().await;
    let version = office.get("public", "/api/version").await;
    assert_eq!(version.header("x-powered-by"), "Dependency-Track v4.14.3");
    assert_eq!(version.json()["application"], "Dependency-Track");
    assert_eq!(version.json()["framework"]["name"], "Seawall");
    let key = &office.keys["operator"];
    let bearer = |key: &str| format!("Bearer {key}");
    for (api_key, authorization, status) in [
        (Some(key.as_str()), None, 200),
        (Some(key.as_str()), Some(bearer(key)), 200),
        (None, Some(bearer(key)), 200),
        (Some("wrong"), None, 401),
        (None, None, 401),
        (Some("wrong"), Some(bearer(key)), 400),
    ] {
        let mut request = Request::get("/api/v1/project");
        if let Some(api_key) = api_key {
            request = request.header("x-api-key", api_key);
        }
        if let Some(authorization) = &authorization {
            request = request.header("authorization", authorization);
        }
        let answer = office.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{api_key:?} {authorization:?}");
    }
}
