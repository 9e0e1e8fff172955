//! The query interface of OSV, over HTTP: what is refused and in which words, what is found, and
//! how answers look, to the byte.

use crate::office::{Answer, Office};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// Records of other databases, as they are stored, one a line.
const RECORDS: &str = include_str!("osv.jsonl");

fn records() -> Vec<&'static str> {
    RECORDS.lines().collect()
}

async fn office() -> Office {
    let office = Office::new().await;
    office.records.install(&records());
    office.desk.advisories.refresh();
    office
}

async fn ask(office: &Office, path: &str, body: impl Into<Body>) -> Answer {
    // Clients send any media type, or none.
    office.send(Request::post(path).body(body.into()).unwrap()).await
}

fn query(name: &str, ecosystem: &str, version: &str) -> Value {
    json!({"package": {"name": name, "ecosystem": ecosystem}, "version": version})
}

#[tokio::test]
async fn a_bad_query_is_refused_in_the_interface_s_words() {
    let office = office().await;
    let package = json!({"name": "flask-door", "ecosystem": "PyPI"});
    let purl = "pkg:pypi/flask-door@1.0";
    for (body, message) in [
        (json!(null), "no query provided"),
        (json!({}), "invalid query"),
        (json!({"commit": ""}), "invalid hash"),
        (json!({"commit": "xyz1"}), "invalid hash"),
        (json!({"commit": "abc"}), "invalid hash"),
        (json!({"version": "1"}), "invalid query"),
        (json!({"package": {}}), "invalid query"),
        (json!({"package": {"name": "x"}}), "invalid query"),
        (json!({"package": {"ecosystem": "PyPI"}}), "invalid query"),
        (json!({"package": {"ecosystem": "PyPI", "name": ""}}), "invalid query"),
        (json!({"package": {"ecosystem": "Nowhere"}}), "invalid ecosystem"),
        (query("x", "pypi", "1"), "invalid ecosystem"),
        (query("x", "Generic", "1"), "invalid ecosystem"),
        (
            json!({"package": {"purl": purl, "name": "x", "ecosystem": "y"}}),
            "name specified in a PURL query",
        ),
        (
            json!({"package": {"purl": "x", "ecosystem": "y"}}),
            "ecosystem specified in a PURL query",
        ),
        (
            json!({"package": {"purl": purl}, "version": "1"}),
            "version specified in params and PURL query",
        ),
        (json!({"package": package, "page_token": "x"}), "invalid cursor"),
        (json!({"package": package, "page_token": "C:"}), "invalid cursor"),
    ] {
        let answer = ask(&office, "/v1/query", body.to_string()).await;
        let expected = json!({"code": 3, "message": message}).to_string();
        assert_eq!((answer.status, answer.text()), (400, expected), "{body}");
        assert_eq!(answer.header("content-type"), "application/json", "{body}");
        // A batch names the query.
        let batch = json!({"queries": [{"package": package, "version": "9"}, body]}).to_string();
        let answer = ask(&office, "/v1/querybatch", batch).await;
        let message = format!("error in query at index 1: {message}");
        let expected = json!({"code": 3, "message": message}).to_string();
        assert_eq!((answer.status, answer.text()), (400, expected), "{body}");
    }
}

#[tokio::test]
async fn what_is_no_query_at_all_is_refused_with_a_status() {
    let office = office().await;
    let many = json!({"queries": vec![query("x", "PyPI", "1"); 1_001]}).to_string();
    for (path, body, status, says) in [
        ("/v1/query", String::new(), 400, "no query provided"),
        ("/v1/querybatch", " ".into(), 400, "no query provided"),
        ("/v1/querybatch", "null".into(), 400, "no query provided"),
        ("/v1/query", "{".into(), 400, "cannot read"),
        ("/v1/query", "[]".into(), 400, "cannot read"),
        ("/v1/query", r#"{"Version":"1"}"#.into(), 400, "unknown field `Version`"),
        ("/v1/query", r#"{"version":1}"#.into(), 400, "invalid type"),
        ("/v1/query", r#"{"package":["x","PyPI"]}"#.into(), 400, "invalid type"),
        ("/v1/querybatch", r#"{"queries":[["00"]]}"#.into(), 400, "invalid type"),
        ("/v1/query", r#"{"package":{"name":"x","nam":"y"}}"#.into(), 400, "unknown field"),
        ("/v1/query", r#"{"commit":"00","version":"1"}"#.into(), 400, "commit and version"),
        ("/v1/query", r#"{"package":{"purl":"door"}}"#.into(), 400, "cannot read purl"),
        ("/v1/query", "{} {}".into(), 400, "cannot read"),
        ("/v1/query", format!("{{{}}}", " ".repeat(70_000)), 413, "at most"),
        ("/v1/query", "[".repeat(60_000), 400, "cannot read"),
        ("/v1/querybatch", many, 400, "too many queries"),
        ("/v1/querybatch", r#"{"queries":{}}"#.into(), 400, "cannot read"),
    ] {
        let answer = ask(&office, path, body.clone()).await;
        let start = body.get(..body.len().min(60)).unwrap();
        assert_eq!(answer.status, status, "{start}: {}", answer.text());
        assert_eq!(answer.json()["code"], 3, "{start}");
        assert!(answer.text().contains(says), "{start}: {}", answer.text());
    }
    let request = Request::post("/v1/query").header("content-encoding", "gzip");
    let packed = office.send(request.body(Body::from("{}")).unwrap()).await;
    assert_eq!((packed.status, &packed.json()["code"]), (415, &json!(3)));
}

fn ids(vulns: &Value) -> String {
    let ids = vulns["vulns"].as_array().into_iter().flatten();
    ids.map(|one| one["id"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_speaks_of_a_package() {
    let office = office().await;
    let purl = |text: &str| json!({"package": {"purl": text}});
    let mut batch = (Vec::new(), Vec::new());
    for (body, expected) in [
        (query("flask-door", "PyPI", "1.4"), "GHSA-1 PYSEC-1"),
        (query("Flask.Door", "PyPI", "1.4.0"), "GHSA-1 PYSEC-1"),
        (query("flask-door", "PyPI", "1.5"), ""),
        (query("flask-door", "PyPI", ""), "GHSA-1 PYSEC-1"),
        (query("flask-door", "PyPI", "no version"), ""),
        (query("door", "PyPI", "1"), ""),
        (json!({"package": {"name": "flask-door", "ecosystem": "PyPI"}}), "GHSA-1 PYSEC-1"),
        (json!({"package": {"name": "flask-door"}, "version": "v1.4"}), "PYSEC-1"),
        (json!({"package": {"name": "door"}, "version": "1-r0"}), "ALPINE-1"),
        (json!({"package": null, "version": null, "commit": "00ff"}), ""),
        (json!({"commit": "00ff", "package": {"name": "flask-door"}}), ""),
        (query("door", "Debian", "1"), "DSA-1 DSA-2"),
        (query("door", "Debian:12", "1"), "DSA-1"),
        (query("door", "Debian:12", "2-1"), ""),
        (query("door", "Debian", "2-1"), "DSA-2"),
        (query("door", "Alpine", "1.5-r0"), ""),
        (query("door", "Alpine", "1-r0"), "ALPINE-1"),
        (query("door", "Alpine:v3.20", "1.5-r0"), "ALPINE-1"),
        (query("https://git.invalid/door/wall", "GIT", "1.0"), "GIT-1"),
        (query("git.invalid/door/wall.git", "GIT", "wall-1.0"), "GIT-1"),
        (query("https://git.invalid/door/wall", "GIT", "2.0"), ""),
        (query("door", "OSS-Fuzz", "v2-0"), "OSV-1"),
        (query("github.com/Door/Wall", "Go", "1.1.0"), "GO-1"),
        (query("github.com/door/wall", "Go", "1.1.0"), ""),
        (purl("pkg:golang/github.com/Door/Wall@1.1.0"), "GO-1"),
        (purl("pkg:pypi/Flask_Door@1.4"), "GHSA-1 PYSEC-1"),
        (purl("pkg:pypi/flask-door"), "GHSA-1 PYSEC-1"),
        (json!({"package": {"purl": "pkg:pypi/flask-door"}, "version": "1.4"}), "GHSA-1 PYSEC-1"),
        (purl("pkg:deb/debian/door@1?arch=source"), "DSA-1 DSA-2"),
        (purl("pkg:deb/debian/door@1?distro=bookworm"), "DSA-1"),
        (purl("pkg:apk/alpine/door@1.5-r0?distro=3.20"), ""),
        (purl("pkg:generic/door@2.0"), "OSV-1"),
        (purl("pkg:conda/door@2.0"), ""),
        (purl("pkg:no-such-type/door"), ""),
    ] {
        let answer = ask(&office, "/v1/query", body.to_string()).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        assert_eq!(ids(&answer.json()), expected, "{body}");
        assert_eq!(expected.is_empty(), answer.text() == "{}", "{body}: {}", answer.text());
        batch.0.push(body);
        batch.1.push(expected);
    }
    let (queries, expected) = batch;
    let answer = ask(&office, "/v1/querybatch", json!({ "queries": queries }).to_string()).await;
    let results = answer.json()["results"].as_array().unwrap().clone();
    assert_eq!(results.iter().map(ids).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn answers_to_the_byte() {
    let office = office().await;
    let asked = query("flask-door", "PyPI", "1.4");
    // A stored document goes out letter for letter, without what the schema does not have.
    let stripped = records()[1].replace(r#""colour":{"x":[1]},"#, "").replace("y\" : ", "y\":");
    let answer = ask(&office, "/v1/query", asked.to_string()).await;
    assert_eq!(answer.text(), format!("{{\"vulns\":[{stripped},{}]}}", records()[0]));
    let batch = json!({"queries": [{"commit": "00"}, asked]});
    let answer = ask(&office, "/v1/querybatch", batch.to_string()).await;
    let found = [
        r#"{"id":"GHSA-1","modified":"2026-01-02T00:00:00.500Z"}"#,
        r#"{"id":"PYSEC-1","modified":"2026-01-01T00:00:00Z"}"#,
    ];
    assert_eq!(answer.text(), format!(r#"{{"results":[{{}},{{"vulns":[{}]}}]}}"#, found.join(",")));
    assert_eq!(ask(&office, "/v1/querybatch", r#"{"queries":[]}"#).await.text(), "{}");
    let aliased = "but the following aliases were: GHSA-1 PYSEC-1";
    let aliased = format!(r#"{{"code":5,"message":"Vulnerability not found, {aliased}"}}"#);
    for (id, status, expected) in [
        ("GHSA-1", 200, stripped.as_str()),
        ("PYSEC-1", 200, records()[0]),
        ("PYSEC-9", 200, records()[2]),
        ("ghsa-1", 404, r#"{"code":5,"message":"Vulnerability not found"}"#),
        ("%ff", 404, r#"{"code":5,"message":"Vulnerability not found"}"#),
        ("..%2fx", 404, r#"{"code":5,"message":"Vulnerability not found"}"#),
        ("CVE-1", 404, &aliased),
    ] {
        let answer = office.get("public", &format!("/v1/vulns/{id}")).await;
        assert_eq!((answer.status, answer.text().as_str()), (status, expected), "{id}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let long = office.get("public", &format!("/v1/vulns/{}", "x".repeat(101))).await;
    assert_eq!(long.text(), r#"{"code":3,"message":"ID is too long"}"#);
}

#[tokio::test]
async fn pages_end() {
    let office = Office::new().await;
    let record = |number: u32, size: usize| {
        let details = "x".repeat(size);
        let package = json!({"ecosystem": "npm", "name": "door"});
        json!({
            "id": format!("A-{number:05}"), "modified": "2026-01-01T00:00:00Z", "details": details,
            "affected": [{"package": package, "versions": ["1.0.0"]}],
        })
        .to_string()
    };
    for (many, size) in [(2_500, 0), (40, 1 << 20), (1_000, 0)] {
        let records: Vec<String> = (0..many).map(|number| record(number, size)).collect();
        office.records.install(&records);
        office.desk.advisories.refresh();
        for path in ["/v1/query", "/v1/querybatch"] {
            let (mut seen, mut asked, mut pages) = (Vec::new(), query("door", "npm", "1.0.0"), 0);
            // To ask from the start may be said in so many words.
            asked["page_token"] = json!("RklSU1RfUEFHRV9UT0tFTg==");
            loop {
                let body = match path {
                    "/v1/query" => asked.clone(),
                    _ => json!({"queries": [asked]}),
                };
                let answer = ask(&office, path, body.to_string()).await;
                assert!(answer.body.len() < 12 << 20, "{}", answer.body.len());
                let answer = answer.json();
                let page = answer["results"].get(0).unwrap_or(&answer);
                seen.extend(ids(page).split(' ').map(str::to_owned));
                pages += 1;
                match page.get("next_page_token") {
                    Some(token) => asked["page_token"] = token.clone(),
                    None => break,
                }
            }
            assert_eq!(seen.len(), many as usize, "{path}");
            assert!(seen.is_sorted() && pages <= 5, "{path}: {pages} pages");
            assert_eq!(pages > 1, many > 1_000 || size > 0 && path == "/v1/query", "{path} {many}");
        }
    }
    // A batch that grows too long goes on with tokens; the queries with tokens are asked again.
    let records: Vec<String> = (0..1_000).map(|number| record(number, 0)).collect();
    office.records.install(&records);
    office.desk.advisories.refresh();
    let queries = vec![query("door", "npm", "1.0.0"); 1_000];
    let answer = ask(&office, "/v1/querybatch", json!({ "queries": queries }).to_string()).await;
    let results = answer.json()["results"].as_array().unwrap().clone();
    let undone = json!({"next_page_token": "RklSU1RfUEFHRV9UT0tFTg=="});
    assert_eq!((results.len(), results.last().unwrap()), (1_000, &undone));
    assert!(
        results.iter().all(|one| *one == undone || one["vulns"].as_array().unwrap().len() == 1_000)
    );
}

#[tokio::test]
async fn what_was_published_here_is_answered_too() {
    let office = office().await;
    office.open_case("door").await;
    let asked = json!({"package": {"purl": "pkg:generic/door@1.1"}}).to_string();
    assert_eq!(ask(&office, "/v1/query", asked.clone()).await.text(), "{}", "embargoed");
    office.publish().await;
    let answer = ask(&office, "/v1/query", asked).await.json();
    assert_eq!(ids(&answer), "x_SW-2026-0001");
    let file = office.get("public", "/public/osv/x_SW-2026-0001.json").await;
    assert_eq!(answer["vulns"][0], file.json());
    let named = office.get("public", "/v1/vulns/x_SW-2026-0001").await;
    assert_eq!(named.json(), file.json());
}

#[tokio::test]
async fn without_a_set_nothing_is_known_and_with_a_damaged_one_nothing_is_said() {
    let office = Office::new().await;
    let asked = query("flask-door", "PyPI", "1.4").to_string();
    assert_eq!(ask(&office, "/v1/query", asked.clone()).await.text(), "{}");
    office.records.put(b"seawall advisory, cut off".to_vec());
    office.desk.advisories.refresh();
    for path in ["/v1/query", "/v1/querybatch"] {
        let body =
            if path == "/v1/query" { asked.clone() } else { format!("{{\"queries\":[{asked}]}}") };
        let answer = ask(&office, path, body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (503, &json!(14)), "{}", answer.text());
        assert_eq!(answer.header("retry-after"), "5");
    }
    assert_eq!(office.get("public", "/v1/vulns/GHSA-1").await.status, 503);
    assert!(office.desk.advisories.current().trouble.is_some());
    // Damage behind a whole footer shows when a page is looked at, and stays until the set changes.
    let (mut bytes, _) = seawall_services::advisory_set::compile("a test", &records());
    bytes[2_000] ^= 1;
    office.records.put(bytes);
    office.desk.advisories.refresh();
    assert_eq!(office.desk.advisories.current().trouble, None);
    let statuses = [
        ask(&office, "/v1/query", asked.clone()).await.status,
        office.get("public", "/v1/vulns/OSV-1").await.status,
    ];
    assert_eq!(statuses, [503, 503]);
    assert!(office.desk.advisories.current().trouble.as_ref().unwrap().contains("damaged"));
    office.records.install(&records());
    office.desk.advisories.refresh();
    assert_eq!(ask(&office, "/v1/query", asked).await.status, 200);
}
