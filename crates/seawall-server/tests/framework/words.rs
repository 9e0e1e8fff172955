//! The words of the framework for models, over what it answers: tables and columns, facts, routes
//! and schemas, pages of everything in every state, letters and refusals. What it is written in,
//! file by file, a test of the domain looks through.

use super::asking::House;
use super::pair::{Pair, Sent, ask, questions, sessions, with_ids};
use super::routes::{is_own, routes};
use seawall_testkit::words::said;
use seawall_testkit::world::{World, life, must};
use serde_json::Value;

/// Where something else is meant: a part of the place, the part of a word, and what it is there.
const MEANT: [(&str, &str, &str); 6] = [
    ("/record", "review", "in a record: people looked blindly at what a model said, for cheating"),
    ("fact", "review", "a technique by which flaws are looked for"),
    ("schema of wanted", "review", "a technique by which flaws are looked for"),
    ("/v1/openapi.json", "review", "the same, where it is described"),
    ("/v1/openapi.json", "licen", "the terms of this program"),
    ("/v1/scan-claims", "review", "a technique by which flaws are looked for"),
];

/// What is said at a place and not meant otherwise.
fn unmeant(place: &str, text: &str) -> Vec<String> {
    let meant = |word: &str| MEANT.iter().any(|(at, said, _)| place.contains(at) && *said == word);
    let found = said(text).into_iter().filter(|(word, _)| !meant(word));
    found.map(|(word, line)| format!("{place} says `{word}`: {line}")).collect()
}

#[track_caller]
fn check(place: &str, text: &str) {
    assert_eq!(unmeant(place, text), Vec::<String>::new());
}

#[test]
fn a_planted_word_is_found() {
    let check = |place: &str, text: &str, expected: usize| {
        assert_eq!(unmeant(place, text).len(), expected, "{place}: {text}");
    };
    check("GET /engagements for developer", "<p>Approved.</p>", 1);
    check("GET /engagements for developer", "<p>The permit, after a review.</p>", 2);
    check("GET /v1/engagements/1/record for auditor", "{\"review\":null}", 0);
    check("GET /v1/engagements/1/record for auditor", "{\"licence\":null}", 1);
    check("column engagement.clearance", "engagement.clearance", 1);
}

#[tokio::test]
async fn no_table_and_no_column_says_a_word_of_admission() {
    let house = House::open().await;
    let database = house.world.desk.store.database();
    let sql = "SELECT name, COALESCE(sql, '') AS made FROM sqlite_master ORDER BY name";
    let rows = must(database.fetch(sql, Vec::new()).await);
    assert!(rows.len() > 40, "{}", rows.len());
    for row in rows {
        let (name, made) = (must(row.text("name")), must(row.text("made")));
        check(&format!("table {name}"), &format!("{name} {made}"));
    }
}

#[tokio::test]
async fn no_route_and_no_schema_says_a_word_of_admission() {
    let house = House::open().await;
    for (method, path) in routes(&house.router) {
        check(&format!("route {path}"), &format!("{method} {path}"));
    }
    let document = house.ask("GET /v1/openapi.json", "*/*", "", "").await;
    let (_, body) = document.split_once('\n').expect("it has a body");
    let document: Value = serde_json::from_str(body).expect("it is JSON");
    let paths = document["paths"].as_object().expect("there are paths");
    assert!(paths.keys().filter(|path| is_own(path)).count() > 30);
    for (path, operations) in paths {
        check(path, &operations.to_string());
    }
    let schemas = document["components"]["schemas"].as_object().expect("there are schemas");
    for (name, schema) in schemas {
        check(&format!("schema of {}", name.to_lowercase()), &format!("{name} {schema}"));
    }
}

/// Everything has happened: everybody is shown everything of it, then refused everything.
async fn lived() -> Pair {
    let mut pair = Pair::open().await;
    pair.ordinary(0).await;
    {
        let (world, cast): (&World, _) = (&pair.busy.world, &pair.busy.framework);
        life::questions(world, cast, &mut pair.left).await;
        life::dockets(world, cast, &mut pair.left).await;
        life::windows(world, cast, &mut pair.left).await;
        life::applications(world, cast, &pair.more, &mut pair.left).await;
    }
    pair.reach("2026-03-26T12:00:00Z").await;
    life::certificates(&pair.busy.world, &pair.busy.framework, &pair.left).await;
    pair
}

#[tokio::test]
async fn nothing_that_is_answered_in_any_state_says_a_word_of_admission() {
    let pair = lived().await;
    let house = &pair.busy;
    let sessions = sessions(house, &house.framework.everybody()).await;
    let mut asked = questions(house).await;
    // What is read first, since what is sent may change what is read.
    asked.sort_by_key(|question| !matches!(question.body, Sent::Nothing));
    let (mut answers, mut pages) = (0, 0);
    for question in &asked {
        for session in &sessions {
            for (name, line) in with_ids(&pair.left, &question.line) {
                let told = ask(house, session, &line, &question.body).await;
                check(&format!("{line} ({name}) for {}", session.role), &told);
                answers += 1;
                pages += usize::from(told.starts_with("200") && told.contains("<main"));
            }
        }
    }
    assert!(answers > 5_000 && pages > 250, "{answers} answers, {pages} pages");
    for fact in house.world.facts().await {
        check("fact", &fact);
    }
}
