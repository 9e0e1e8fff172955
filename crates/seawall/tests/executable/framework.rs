//! The whole framework for models before their release, by the executable: from a protocol that two
//! people seal to a public log that tells nothing of it.
//!
//! The protocol is sealed once, in the docket, whose papers serve the runs and the determination by
//! files; the record comes into the engagement, and the developer's letter from it. The window's
//! gateway is set up from the engagement, access tokens come from the seat, and stops and the
//! withdrawal reach the gateway by themselves (`seawall gateway follow`).
//!
//! What is handed over by hand: the gateway through which the runs go, because it belongs to no
//! engagement.

mod canaries;
mod docket;
mod evaluating;
mod gateway;
pub mod place;
mod provider;
mod reach;
mod window;

use canaries::Watch;
use place::House;
use provider::Provider;
use seawall_testkit::database::{Fresh, TEST_POSTGRES};
use serde_json::json;
use window::Cast;

/// The provider's key.
const PROVIDER_KEY: &str = "canary-provider-key-3f08";
/// The key of the flags.
const FLAGS_KEY: &str = "c0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eed0001";
/// What an evaluator holds while the window is open.
const HELD: &str = "canary-transcript-77aa";

/// Everybody who takes part.
async fn cast(house: &House) -> Cast {
    let developer = house.party("A model maker", &["developer"]);
    let institute = house.party("An institute", &["evaluator"]);
    let office = house.party("The office", &["official"]);
    let partner = house.party("A water association", &["partner", "finder"]);
    let rival = house.party("Another maker", &["developer"]);
    house.machine(&developer, "the gateway's account", "account.key");
    Cast {
        developer: house.person(&developer, "developer").await,
        officials: [
            house.person(&office, "official one").await,
            house.person(&office, "official two").await,
        ],
        evaluators: [
            house.person(&institute, "evaluator one").await,
            house.person(&institute, "evaluator two").await,
            house.person(&institute, "runner").await,
            house.person(&institute, "scorer").await,
            house.person(&institute, "custodian").await,
        ],
        partner: house.person(&partner, "partner").await,
        rival: house.person(&rival, "rival").await,
    }
}

/// The same window without an evaluation, which needs Inspect: a window needs none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_is_handed_over_from_engagement_to_gateway_to_partner() {
    let house = House::open();
    let cast = cast(&house).await;
    std::fs::write(house.folder.path("provider.key"), PROVIDER_KEY).unwrap();
    let provider = Provider::start(Vec::new());
    let opening = json!({"weights": "held", "snapshot": evaluating::SNAPSHOT});
    let opened = house.done(&cast.developer, "/v1/engagements", Some(opening)).await;
    let engagement = format!("/v1/engagements/{}", opened["id"].as_str().unwrap());
    let window = window::open(&house, &cast, &engagement, evaluating::SNAPSHOT).await;
    let seat = window::seat(&house, &cast).await;
    let of = (window.as_str(), seat.as_str());
    window::used_and_withdrawn(&house, &provider, &cast, &engagement, of).await;
    reach::counted(&house, &cast, &engagement, &window).await;
    reach::delivered(&house, &cast, &engagement, &seat).await;
    reach::covered(&house, &cast);
    // Once more, by nothing but the key of an account of the developer's.
    let withdraw = format!("engagement withdraw {}", house.asking("account.key"));
    let told = house.folder.said_by(&withdraw, 0);
    assert!(told.starts_with("withdrawn: "), "{told}");
    let token = house.folder.text("window.token");
    house.folder.only_in(token.trim(), &["window.token"]);
    let (_, verified) = house.close().await;
    assert_eq!(verified["faults"], json!([]), "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_who_is_seated_uses_the_governments_window() {
    let house = House::open();
    let cast = cast(&house).await;
    std::fs::write(house.folder.path("provider.key"), PROVIDER_KEY).unwrap();
    let provider = Provider::start(Vec::new());
    let opening = json!({"weights": "held", "snapshot": evaluating::SNAPSHOT});
    let opened = house.done(&cast.developer, "/v1/engagements", Some(opening)).await;
    let engagement = format!("/v1/engagements/{}", opened["id"].as_str().unwrap());
    let of = (engagement.as_str(), evaluating::SNAPSHOT);
    let window = window::open_to(&house, &cast, of, "government").await;
    reach::seated(&house, &provider, &cast, &engagement, &window).await;
    let (_, verified) = house.close().await;
    assert_eq!(verified["faults"], json!([]), "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_sealed_protocol_to_a_certificate_of_destruction() {
    let test = "from_a_sealed_protocol_to_a_certificate_of_destruction";
    match std::env::var("SEAWALL_INSPECT") {
        Ok(inspect) => whole(House::open(), &inspect).await,
        Err(_) => println!("skipped: {test}: no SEAWALL_INSPECT"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_sealed_protocol_to_a_certificate_of_destruction_on_postgresql() {
    let test = "from_a_sealed_protocol_to_a_certificate_of_destruction";
    match (std::env::var("SEAWALL_INSPECT"), Fresh::postgres().await) {
        (Ok(inspect), Some(fresh)) => whole(House::on(Some(fresh)), &inspect).await,
        (_, None) => println!("skipped: {test} on PostgreSQL: {TEST_POSTGRES} is not set"),
        (Err(_), Some(_)) => println!("skipped: {test} on PostgreSQL: no SEAWALL_INSPECT"),
    }
}

async fn whole(house: House, inspect: &str) {
    let watch = Watch::start();
    let before = canaries::public(&house).await;
    let cast = cast(&house).await;
    std::fs::write(house.folder.path("provider.key"), PROVIDER_KEY).unwrap();
    std::fs::write(house.folder.path("flags.key"), FLAGS_KEY).unwrap();
    let provider = Provider::start(evaluating::scripts());

    // The question.
    let opening = json!({"weights": "held", "snapshot": evaluating::SNAPSHOT});
    let opened = house.done(&cast.developer, "/v1/engagements", Some(opening)).await;
    let engagement = format!("/v1/engagements/{}", opened["id"].as_str().unwrap());
    let answer_by = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 60);
    let submit = json!({"step": "submit", "answer_by": answer_by});
    house.done(&cast.developer, &format!("{engagement}/steps"), Some(submit)).await;
    let evaluator = &cast.evaluators[0];
    house.step(evaluator, &engagement, "schedule").await;
    let docket = docket::sealed_and_named(&house, &cast, &engagement).await;

    // The answer.
    house.step(evaluator, &engagement, "start").await;
    docket::token(&house, &cast, &docket).await;
    evaluating::run(&house, &provider, &cast.evaluators[2], inspect);
    docket::returned_and_opened(&house, &cast, &docket).await;
    let outcome = evaluating::determine(&house.folder);
    house.step(evaluator, &engagement, "analyse").await;
    let issue = json!({"step": "issue", "outcome": outcome, "differs": null});
    house.done(&cast.officials[0], &format!("{engagement}/steps"), Some(issue)).await;
    let told = house.done(&cast.developer, &engagement, None).await;
    assert_eq!((&told["determination"], &told["outcome"]), (&"issued".into(), &json!(outcome)));
    docket::crosses(&house, &cast, &engagement, (&outcome, false)).await;
    docket::record_kept(&house, &cast, &engagement, &outcome).await;
    docket::crosses(&house, &cast, &engagement, (&outcome, true)).await;
    let id = opened["id"].as_str().unwrap();

    // The window.
    let snapshot = evaluating::SNAPSHOT;
    let window = window::open(&house, &cast, &engagement, snapshot).await;
    let seat = window::seat(&house, &cast).await;
    let held = house.hold(evaluator, &engagement, HELD).await;
    let of = (window.as_str(), seat.as_str());
    window::used_and_withdrawn(&house, &provider, &cast, &engagement, of).await;
    window::certified(&house, &cast, &engagement, &window, &held).await;

    // What is left of it.
    for outsider in [&cast.rival, &cast.partner] {
        assert_eq!(house.ask(Some(outsider), &engagement, None).await.0, 404);
    }
    let after = canaries::public(&house).await;
    assert_eq!(before, after, "the public sees what it saw before anybody took part");
    let parties = [&cast.developer, &cast.officials[0], evaluator, &cast.partner];
    let ids = parties.iter().flat_map(|it| [it.id.clone(), it.party.clone()]);
    let ids: Vec<String> = ids.chain([id.to_owned(), window]).collect();
    let others = [&cast.officials[1], &cast.rival];
    let people = parties.into_iter().chain(others).chain(&cast.evaluators[1..]);
    let sessions = people.map(place::Person::session).collect();
    let told = canaries::Told { flags: provider.flags(), sessions };
    let (folder, verified) = house.close().await;
    assert_eq!(verified["faults"], json!([]), "{verified}");
    canaries::public_folder(&folder, &ids);
    canaries::sought(&folder, inspect, &watch.seen(), &told);
}
