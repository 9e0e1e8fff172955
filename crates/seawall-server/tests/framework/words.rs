//! The words of the framework for models, over its routes, schemas, tables and pages: none of those
//! that would make a voluntary one something else.

use super::asking::House;
use serde_json::Value;
use std::path::Path;

/// Parts of words that are never said, in whatever form.
const NEVER: [&str; 5] = ["approv", "licen", "clearance", "permi", "review"];

/// Files that the three subjects are made of above the domain, below `crates/`.
const FILES: [&str; 54] = [
    "seawall-store/migrations/0005_framework.sql",
    "seawall-store/migrations/0006_basis.sql",
    "seawall-store/src/queries/engagement.rs",
    "seawall-store/src/queries/evaluation.rs",
    "seawall-store/src/queries/partner.rs",
    "seawall-services/src/engagement.rs",
    "seawall-formats/src/gateway/count.rs",
    "seawall-formats/src/operators.rs",
    "seawall-formats/src/rubric.rs",
    "seawall-services/src/engagement/counts.rs",
    "seawall-services/src/engagement/custody.rs",
    "seawall-services/src/engagement/emptied.rs",
    "seawall-services/src/engagement/figures.rs",
    "seawall-services/src/engagement/gateway.rs",
    "seawall-services/src/engagement/letters.rs",
    "seawall-services/src/engagement/record.rs",
    "seawall-services/src/engagement/seats.rs",
    "seawall-services/src/engagement/steps.rs",
    "seawall-services/src/evaluation/docket.rs",
    "seawall-services/src/evaluation/docket/papers.rs",
    "seawall-services/src/partner.rs",
    "seawall-services/src/partner/basis.rs",
    "seawall-services/src/partner/panel.rs",
    "seawall-services/src/partner/reach.rs",
    "seawall-services/src/partner/read.rs",
    "seawall-services/src/partner/register.rs",
    "seawall-services/src/partner/seat.rs",
    "seawall-services/src/partner/token.rs",
    "seawall-server/src/api/basis.rs",
    "seawall-server/src/api/engagements.rs",
    "seawall-server/src/api/engagements/count.rs",
    "seawall-server/src/api/engagements/destruction.rs",
    "seawall-server/src/api/engagements/gateway.rs",
    "seawall-server/src/api/engagements/seat.rs",
    "seawall-server/src/api/engagements/step.rs",
    "seawall-server/src/api/evaluations.rs",
    "seawall-server/src/api/evaluations/step.rs",
    "seawall-server/src/api/framework.rs",
    "seawall-server/src/api/partners.rs",
    "seawall-server/src/api/partners/step.rs",
    "seawall-server/src/api/partners/token.rs",
    "seawall-server/src/web/engagement.rs",
    "seawall-server/src/web/engagement/acts.rs",
    "seawall-server/src/web/engagement/counts.rs",
    "seawall-server/src/web/engagement/seats.rs",
    "seawall-server/src/web/engagement/stands.rs",
    "seawall-server/src/web/evaluation.rs",
    "seawall-server/src/web/partner.rs",
    "seawall-server/src/web/partner/acts.rs",
    "seawall-server/src/web/partner/record.rs",
    "seawall-server/src/web/reach.rs",
    "seawall-server/templates/matter.html",
    "seawall-server/templates/matters.html",
    "seawall-server/templates/framework.html",
];

#[track_caller]
fn check(place: &str, text: &str) {
    let text = text.to_lowercase();
    for word in NEVER {
        let line = text.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "{place} says `{word}`");
    }
}

#[test]
fn no_file_of_the_three_subjects_says_a_word_of_admission() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for file in FILES {
        let text = std::fs::read_to_string(crates.join(file));
        check(file, &text.unwrap_or_else(|error| panic!("{file}: {error}")));
    }
}

/// Everything of the document that belongs to these tags, with the schemas that it refers to.
fn parts(document: &Value) -> Vec<(String, Value)> {
    let tags = ["engagements", "evaluations", "partners", "ties", "framework"];
    let mut parts = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("there are paths") {
        for (method, operation) in operations.as_object().expect("there are operations") {
            if tags.iter().any(|tag| operation["tags"][0] == *tag) {
                parts.push((format!("{method} {path}"), operation.clone()));
            }
        }
    }
    let schemas = document["components"]["schemas"].as_object().expect("there are schemas");
    let mut named: Vec<String> = Vec::new();
    loop {
        let text = serde_json::to_string(&parts.iter().map(|it| &it.1).collect::<Vec<_>>());
        let text = text.expect("it can be written");
        let new = schemas.iter().filter(|(name, _)| {
            text.contains(&format!("#/components/schemas/{name}\"")) && !named.contains(name)
        });
        let new: Vec<(String, Value)> = new.map(|(name, it)| (name.clone(), it.clone())).collect();
        if new.is_empty() {
            return parts;
        }
        named.extend(new.iter().map(|it| it.0.clone()));
        parts.extend(new);
    }
}

#[tokio::test]
async fn no_route_and_no_schema_says_a_word_of_admission() {
    let house = House::open().await;
    let document = house.ask("GET /v1/openapi.json", "*/*", "", "").await;
    let (_, body) = document.split_once('\n').expect("it has a body");
    let document: Value = serde_json::from_str(body).expect("it is JSON");
    let parts = parts(&document);
    assert!(parts.len() > 30, "{}", parts.len());
    for (place, part) in parts {
        check(&place, &format!("{place} {part}"));
    }
}

#[tokio::test]
async fn no_page_says_a_word_of_admission() {
    let house = House::open().await;
    let engagement = house.framework.engage(&house.world, 1).await.id;
    for (role, actor) in house.framework.everybody() {
        let cookie = house.cookie(&actor).await;
        let pages =
            ["/framework", "/engagements", "/evaluations", "/partners", "/reach", "/developers"];
        let one = format!("/engagements/{engagement}");
        for page in pages.into_iter().chain([one.as_str()]) {
            let answer = house.ask(&format!("GET {page}"), "text/html", &cookie, "").await;
            check(&format!("{page} for {role}"), &answer);
        }
    }
}
