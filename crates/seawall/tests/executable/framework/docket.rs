//! What the installation has of an evaluation: the docket in which two people seal the protocol,
//! the letter that tells the developer its root, and the file that crosses.

use super::evaluating::terms;
use super::place::House;
use super::window::Cast;
use seawall_testkit::evaluation::SEALED;
use serde_json::json;

/// Two people seal the protocol, an evaluator names it, and the developer is told its root before
/// anything runs.
pub async fn sealed_and_named(house: &House, cast: &Cast, engagement: &str) {
    let [first, second] = &cast.evaluators;
    let official = &cast.officials[0];
    let opened = house.done(official, "/v1/evaluations", Some(json!({}))).await;
    let docket = format!("/v1/evaluations/{}", opened["id"].as_str().unwrap());
    let steps = format!("{docket}/steps");
    for (person, duty) in [(first, "set_threshold"), (second, "countersign")] {
        let give = json!({"step": "give", "person": person.id, "duty": duty});
        house.done(official, &steps, Some(give)).await;
    }
    let terms = terms([&first.signs_as, &second.signs_as]);
    let drafted = house.done(first, &format!("{docket}/protocols"), Some(terms)).await;
    let root = drafted["root"].as_str().unwrap();
    let sign = || Some(json!({"step": "sign", "root": root}));
    house.done(first, &steps, sign()).await;
    assert_eq!(house.ask(Some(first), &steps, sign()).await.0, 409, "two people sign");
    let name = || Some(json!({"step": "name_protocol", "root": root}));
    let named = format!("{engagement}/steps");
    assert_eq!(house.ask(Some(second), &named, name()).await.0, 409, "it is not sealed yet");
    assert_eq!(house.done(second, &steps, sign()).await["seal"], "sealed");
    house.done(second, &named, name()).await;
    let letters = house.done(&cast.developer, &format!("{engagement}/letters"), None).await;
    let letters = letters.to_string();
    assert!(letters.contains(root) && letters.contains("3 tasks"), "{letters}");
    assert!(SEALED.iter().all(|number| !letters.contains(number)), "{letters}");
    assert_eq!(house.ask(Some(&cast.developer), &docket, None).await.0, 404);
}

/// What crosses has three values, one of them the outcome, and is read on the other side.
pub async fn crosses(house: &House, cast: &Cast, engagement: &str, outcome: &str) {
    let path = format!("{engagement}/crossing");
    let crossed = house.done(&cast.evaluators[0], &path, None).await;
    let read = house.done(&cast.evaluators[1], &path, Some(crossed)).await;
    assert_eq!(read["outcome"], outcome, "{read}");
    assert_eq!(read.as_object().unwrap().len(), 3);
}
