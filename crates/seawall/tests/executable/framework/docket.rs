//! What the installation has of an evaluation: the docket, in which two people seal the protocol,
//! which gives out its token, takes its log back and is opened by a quorum; the record that comes
//! into the engagement; and the file that crosses.

use super::evaluating;
use super::place::{House, Person};
use super::window::Cast;
use seawall_testkit::evaluation::SEALED;
use serde_json::{Value, json};

/// Two people seal the protocol, an evaluator names it, and the developer is told its root before
/// anything runs. Gives the docket; what is published of it is in the folder.
pub async fn sealed_and_named(house: &House, cast: &Cast, engagement: &str) -> String {
    let [first, second, runner, scorer, keeper] = &cast.evaluators;
    let [official, deputy] = &cast.officials;
    let opened = house.done(official, "/v1/evaluations", Some(json!({}))).await;
    let docket = format!("/v1/evaluations/{}", opened["id"].as_str().unwrap());
    let steps = format!("{docket}/steps");
    let duties = [
        (first, "set_threshold"),
        (second, "countersign"),
        (runner, "run"),
        (scorer, "score"),
        (keeper, "custody"),
        (deputy, "custody"),
        (official, "concur"),
    ];
    for (person, duty) in duties {
        let give = json!({"step": "give", "person": person.id, "duty": duty});
        house.done(official, &steps, Some(give)).await;
    }
    let commitment = format!("{docket}/commitment");
    assert_eq!(house.ask(Some(scorer), &commitment, None).await.0, 409, "nothing is sealed");
    let terms = evaluating::written(&house.folder, [&first.signs_as, &second.signs_as]);
    let protocols = format!("{docket}/protocols?quorum=2");
    assert_eq!(house.ask(Some(first), &protocols, Some(terms.clone())).await.0, 409, "no keys");
    let key = house.folder.run("custodian @keeper.key", 0);
    house.done(keeper, &steps, Some(json!({"step": "bring_key", "key": key.trim()}))).await;
    // The deputy does all of it at a command line.
    house.key(deputy, "deputy-account.key");
    let key = house.folder.run("custodian @deputy.key", 0);
    by_command(house, &docket, &format!("key --key {}", key.trim()));
    let plain = format!("{docket}/protocols");
    assert_eq!(house.ask(Some(first), &plain, Some(terms.clone())).await.0, 409, "it is said how");
    let drafted = house.done(first, &protocols, Some(terms)).await;
    assert_eq!(drafted["custody"]["quorum"], 2, "{drafted}");
    let root = drafted["root"].as_str().unwrap();
    let sign = || Some(json!({"step": "sign", "root": root}));
    house.done(first, &steps, sign()).await;
    assert_eq!(house.ask(Some(first), &steps, sign()).await.0, 409, "two people sign");
    let name = || Some(json!({"step": "name_protocol", "root": root}));
    let named = format!("{engagement}/steps");
    assert_eq!(house.ask(Some(second), &named, name()).await.0, 409, "it is not sealed yet");
    assert_eq!(house.ask(Some(runner), &format!("{docket}/tokens"), None).await.0, 409);
    assert_eq!(house.done(second, &steps, sign()).await["seal"], "sealed");
    house.fetch(scorer, &commitment, "commitment.json").await;
    house.done(second, &named, name()).await;
    let letters = house.done(&cast.developer, &format!("{engagement}/letters"), None).await;
    let letters = letters.to_string();
    assert!(letters.contains(root) && letters.contains("3 tasks"), "{letters}");
    assert!(SEALED.iter().all(|number| !letters.contains(number)), "{letters}");
    for path in [&docket, &commitment] {
        assert_eq!(house.ask(Some(&cast.developer), path, None).await.0, 404);
    }
    docket
}

/// The runner gets a token, and no second one before it is known what became of it.
pub async fn token(house: &House, cast: &Cast, docket: &str) {
    let runner = &cast.evaluators[2];
    let path = format!("{docket}/tokens");
    let issued = house.done(runner, &path, Some(json!({}))).await;
    house.folder.keep("run.token", issued["token"].as_str().unwrap());
    assert_eq!(house.ask(Some(runner), &path, Some(json!({}))).await.0, 409);
}

/// The log comes back and counts, custodians open the protocol, and whoever scores has all papers.
pub async fn returned_and_opened(house: &House, cast: &Cast, docket: &str) {
    let [_, _, runner, scorer, keeper] = &cast.evaluators;
    let steps = format!("{docket}/steps");
    let log = evaluating::log(&house.folder);
    house.folder.run(&format!("token return {log} --out @return.json"), 0);
    let back: Value = serde_json::from_str(&house.folder.text("return.json")).unwrap();
    let used = house.done(runner, &steps, Some(back.clone())).await;
    assert_eq!(house.ask(Some(runner), &steps, Some(back)).await.0, 409, "a token is used once");
    let complete = json!({"step": "complete", "run": used["tokens"][0]["run"]});
    house.done(scorer, &steps, Some(complete)).await;
    let opening = format!("{docket}/opening");
    house.done(scorer, &steps, Some(json!({"step": "ask_opening"}))).await;
    let agree = || Some(json!({"step": "agree"}));
    assert_eq!(house.ask(Some(keeper), &steps, agree()).await.0, 409, "without a part");
    brings_share(house, keeper, docket).await;
    assert_eq!(house.ask(Some(scorer), &opening, None).await.0, 409, "one is too few");
    by_command(house, docket, "agree --key @deputy.key");
    house.fetch(scorer, &opening, "opening.json").await;
    house.fetch(scorer, &format!("{docket}/tokens"), "tokens.json").await;
}

/// A custodian takes its share out at home, and brings it.
async fn brings_share(house: &House, custodian: &Person, docket: &str) {
    house.fetch(custodian, &format!("{docket}/share"), "keeper.sealed").await;
    house.folder.run("share --sealed @keeper.sealed --key @keeper.key --out @keeper.share", 0);
    let agree = json!({"step": "agree", "share": house.folder.text("keeper.share").trim()});
    house.done(custodian, &format!("{docket}/steps"), Some(agree)).await;
}

/// The deputy does something in the docket at a command line.
fn by_command(house: &House, docket: &str, what: &str) {
    let (act, rest) = what.split_once(' ').unwrap();
    let (_, id) = docket.rsplit_once('/').unwrap();
    let asking = house.asking("deputy-account.key");
    house.folder.run(&format!("docket {act} {id} {rest} {asking}"), 0);
}

/// The official brings the record, and the developer is told of it what a letter tells.
pub async fn record_kept(house: &House, cast: &Cast, engagement: &str, outcome: &str) {
    let official = &cast.officials[0];
    let path = format!("{engagement}/record");
    let bytes = |file: &str| house.folder.text(file).into_bytes();
    for other in [&cast.developer, &cast.evaluators[3], &cast.rival] {
        assert_eq!(house.send(other, &path, bytes("final.json")).await.0, 404);
    }
    let (status, said) = house.send(official, &path, bytes("record.json")).await;
    assert!(status == 409 && said.contains("no official has signed it"), "{status} {said}");
    let altered = house.folder.text("final.json").replacen("\"planned\":", "\"planned\": ", 1);
    assert_eq!(house.send(official, &path, altered.into_bytes()).await.0, 422);
    let (status, said) = house.send(official, &path, bytes("final.json")).await;
    assert_eq!(status, 201, "{said}");
    let (status, said) = house.send(official, &path, bytes("final.json")).await;
    assert!(status == 409 && said.contains("one is kept"), "{status} {said}");
    let (status, read) = house.ask(Some(&cast.evaluators[3]), &path, None).await;
    assert!(status == 200 && read == house.folder.text("final.json"), "whoever scores reads it");
    assert_eq!(house.ask(Some(&cast.developer), &path, None).await.0, 404);
    let letters = house.done(&cast.developer, &format!("{engagement}/letters"), None).await;
    let letter = letters.as_array().unwrap().last().unwrap()["text"].as_str().unwrap();
    let words = format!("A determination was made: {}.", outcome.replace('_', " "));
    assert!(letter.contains(&words) && letter.contains("Nothing is required"), "{letter}");
    // By files it is the same letter, whatever its day.
    let id = engagement.rsplit_once('/').unwrap().1;
    let by_files = house.folder.run(&format!("letter @final.json --engagement {id}"), 0);
    let body = |text: &str| text.split_once("\n\n").unwrap().1.trim_end().to_owned();
    assert_eq!(body(letter), body(&by_files));
    let letters = letters.to_string();
    let tasks = evaluating::TASKS.map(|(name, _)| name);
    for secret in SEALED.into_iter().chain(tasks).chain(["canary"]) {
        assert!(!letters.contains(secret), "{secret}: {letters}");
    }
    let shown = house.done(&cast.developer, engagement, None).await;
    assert_eq!(shown["record"].as_str().map(str::len), Some(64), "{shown}");
}

/// What crosses is read on the other side: the outcome, and beside it whether its record is kept.
pub async fn crosses(house: &House, cast: &Cast, engagement: &str, (outcome, kept): (&str, bool)) {
    let path = format!("{engagement}/crossing");
    let crossed = house.done(&cast.evaluators[0], &path, None).await;
    assert_eq!(crossed["record"], if kept { "kept" } else { "not_kept" }, "{crossed}");
    let read = house.done(&cast.evaluators[1], &path, Some(crossed)).await;
    assert_eq!((&read["outcome"], read["unrecorded"].is_null()), (&json!(outcome), kept), "{read}");
    assert_eq!(read.as_object().unwrap().len(), 4);
}
