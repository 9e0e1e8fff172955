//! Two installations from one seed and one clock, one in which developers and partners take part
//! and one in which nobody does: every outsider gets the same bytes from every route and every
//! page, through the whole life of the framework (MISSION C56).
//!
//! Nothing is taken out of an answer before it is compared. What would be by chance is the same by
//! chance: whoever takes part draws from a sequence of its own, and each question is asked at one
//! instant in both. Two routes are not asked with a session: `POST /logout`, which ends it, and
//! `POST /login/{link}`, which begins one.

use super::asking::House;
use super::pair::Pair;
use seawall_domain::access::Actor;
use seawall_services::partner;
use seawall_testkit::world::{life, must, person_of};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_outsider_gets_the_same_bytes_through_the_whole_life_of_the_framework() {
    let mut pair = Pair::open().await;
    let mut compared = 0;
    pair.ordinary(0).await;
    pair.turn();
    life::questions(&pair.busy.world, &pair.busy.framework, &mut pair.left).await;
    life::dockets(&pair.busy.world, &pair.busy.framework, &mut pair.left).await;
    pair.turn();
    pair.reach("2026-03-03T08:00:00Z").await;
    pair.ordinary(1).await;
    compared += pair.compare("asked and answered").await;
    pair.turn();
    life::windows(&pair.busy.world, &pair.busy.framework, &mut pair.left).await;
    life::applications(&pair.busy.world, &pair.busy.framework, &pair.more, &mut pair.left).await;
    pair.turn();
    pair.reach("2026-03-03T12:00:00Z").await;
    pair.ordinary(2).await;
    compared += pair.compare("offered, open, ended; decided, seated, stopped").await;
    // Windows expire and end with a release, questions lapse, appeals are overdue.
    pair.reach("2026-03-26T12:00:00Z").await;
    pair.turn();
    life::certificates(&pair.busy.world, &pair.busy.framework, &pair.left).await;
    life::later_appeals(&pair.busy.world, &pair.busy.framework, &pair.more, &pair.left).await;
    pair.turn();
    pair.reach("2026-03-27T12:00:00Z").await;
    pair.ordinary(3).await;
    compared += pair.compare("lapsed, expired, destroyed, appealed").await;
    assert!(compared > 10_000, "{compared}");
    // The test can see: whoever takes part does get something else, and each state was reached.
    let developer = pair.busy.framework.developer.1.clone();
    let cookie = pair.busy.cookie(&developer).await;
    for (name, says) in REACHED {
        let line = format!("GET /v1/engagements/{}", pair.left.engagement(name));
        let told = pair.busy.ask(&line, "*/*", &cookie, "").await;
        assert!(told.contains(says), "{name}: {told}");
    }
}

/// What became of engagements, by a part of what its developer reads of it.
const REACHED: [(&str, &str); 3] =
    [("covered", "covered"), ("lapses", "lapsed"), ("expires", "expired")];

/// The two that nobody takes part in by asking.
fn two(house: &House) -> Vec<(&'static str, Actor)> {
    vec![("public", Actor::public()), ("rival", house.framework.rival.1.clone())]
}

/// Where the counts are.
const COUNTS: [&str; 2] = ["/framework", "/v1/framework"];

#[tokio::test]
async fn counts_are_told_on_one_page_only_and_from_ten_on() {
    let mut pair = Pair::open().await;
    let (nine, tenth) = pair.more.guilds.split_at(9);
    let (nine, tenth, later) = (nine.to_vec(), tenth[..1].to_vec(), tenth[1].clone());
    pair.turn();
    life::many(&pair.busy.world, &pair.busy.framework, &pair.more, &nine).await;
    pair.turn();
    pair.reach("2026-04-02T12:00:00Z").await;
    let people = |pair: &Pair| [two(&pair.quiet), two(&pair.busy)];
    // A quarter later nine of each are nothing, on the page of the counts too.
    let nobody = pair.asked("nine", people(&pair), |_| true).await;
    assert!(nobody > 350, "{nobody}");
    pair.turn();
    life::many(&pair.busy.world, &pair.busy.framework, &pair.more, &tenth).await;
    let waits = life::signed(&pair.busy.world, &pair.busy.framework, &pair.more, &later).await;
    pair.turn();
    // A tenth is seen only when the quarter is over.
    pair.reach("2026-06-30T12:00:00Z").await;
    pair.asked("ten, in their quarter", people(&pair), |path| COUNTS.contains(&path)).await;
    pair.reach("2026-07-01T12:00:00Z").await;
    pair.asked("ten", people(&pair), |path| !COUNTS.contains(&path)).await;
    pair.align();
    let (without, with) = (counted(&pair.quiet).await, counted(&pair.busy).await);
    assert_eq!(without["engagements"], Value::Null);
    assert_eq!(without["applications"], Value::Null);
    assert_eq!((&with["engagements"], &with["applications"]), (&json!(10), &json!(10)));
    assert!(with["concentration"].is_object() && without["concentration"].is_null());
    assert!(!with.to_string().contains("Guild"), "{with}");
    // Nothing else of the document differs than these counts and to whom seats go, in shares.
    for document in [&without, &with] {
        let members = document.as_object().expect("it is an object").keys();
        assert_eq!(members.collect::<Vec<_>>(), MEMBERS);
    }
    // What happens within the quarter moves nothing: a seat that is taken now, and those that end.
    let people = BTreeSet::from([person_of(&later.1)]);
    pair.turn();
    must(partner::seat(&pair.busy.world.desk, &later.1, waits, people).await);
    pair.turn();
    assert_eq!(counted(&pair.busy).await, with, "a seat was taken since");
    pair.reach("2026-09-30T12:00:00Z").await;
    assert_eq!(counted(&pair.busy).await, with);
    pair.reach("2026-10-01T12:00:00Z").await;
    let told = counted(&pair.busy).await;
    assert_ne!(told["concentration"], with["concentration"], "eleven have one by now");
    // Their year is over within a quarter: until its end they are told of as before.
    pair.reach("2027-01-02T12:00:00Z").await;
    let before = counted(&pair.busy).await;
    pair.reach("2027-03-31T12:00:00Z").await;
    assert_eq!(counted(&pair.busy).await, before, "most seats have ended since");
    pair.reach("2027-04-01T12:00:00Z").await;
    assert!(counted(&pair.busy).await["concentration"].is_null());
}

/// What the document of the counts says.
const MEMBERS: [&str; 4] = ["as_of", "engagements", "applications", "concentration"];

async fn counted(house: &House) -> Value {
    let told = house.ask("GET /v1/framework", "*/*", "", "").await;
    let (_, body) = told.split_once('\n').expect("it has a body");
    serde_json::from_str(body).expect("it is JSON")
}
