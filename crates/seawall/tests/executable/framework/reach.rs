//! What is counted: what a gateway signed, against whom the partners protect and how many operators
//! there are; and a seat in the government's window. All by the command line.

use super::gateway::{Gateway, Use};
use super::place::{House, PATIENCE, Person, Process};
use super::provider::Provider;
use super::window::{Cast, TERMS};
use seawall_domain::digest::Digest;
use serde_json::{Value, json};
use sha2::Digest as _;
use std::time::{Duration, Instant};

/// One group is the partner's, the other nobody's.
const TABLE: &str = "group,name,sector,size,region,operators,source,as_of\n\
    1,small water systems,water,small,KS,900,a register,2026-01-31\n\
    2,rural clinics,health,small,,40,a survey,2025-12-31\n";

/// The gateway's journal is summed up, signed and brought in; the shares of tokens follow from it.
pub async fn counted(house: &House, cast: &Cast, engagement: &str, window: &str) {
    let id = engagement.rsplit_once('/').unwrap().1;
    let (folder, asking) = (&house.folder, house.asking("account.key"));
    house.key(&cast.officials[0], "official.key");
    let official = house.asking("official.key");
    let shares = || {
        let told = folder.said_by(&format!("partner concentration --json {official}"), 0);
        serde_json::from_str::<Value>(&told).unwrap()
    };
    let before = shares();
    assert_eq!((&before["index"], &before["uncounted"]), (&Value::Null, &json!(1)), "{before}");
    let count = "gateway count --settings @window.toml";
    let signed = folder.said_by(count, 0);
    std::fs::write(folder.path("count.json"), signed).unwrap();
    let bring = format!("engagement count {id} @count.json {asking}");
    folder.said_by(&bring, 2);
    let key = folder.said_by(&format!("{count} --show-key"), 0);
    folder.said_by(&format!("engagement gateway {id} --public {} {asking}", key.trim()), 0);
    let told = folder.said_by(&bring, 0);
    assert!(told.contains(window) && told.contains(&cast.partner.party), "{told}");
    folder.said_by(&bring, 2);
    let after = shares();
    assert_eq!((&after["index"], &after["uncounted"]), (&json!(10_000), &json!(0)), "{after}");
    assert_eq!(after["parents"][0]["tokens"], 1_000, "{after}");
}

/// What the gateway held is deleted, and its certificate goes into the engagement: the developer
/// and the partner see that it is gone.
pub async fn delivered(house: &House, cast: &Cast, engagement: &str, seat: &str) {
    let id = engagement.rsplit_once('/').unwrap().1;
    let (folder, asking) = (&house.folder, house.asking("account.key"));
    let gateways = || {
        let told = folder.said_by(&format!("engagement gateways {id} --json {asking}"), 0);
        serde_json::from_str::<Value>(&told).unwrap()[0].clone()
    };
    let before = gateways();
    assert_eq!((&before["is_over"], &before["all_destroyed"]), (&json!(true), &json!(false)));
    assert_eq!(before["gateways"][0]["named_by"], "developer", "{before}");
    let checkpoint = format!("engagement checkpoint {id} @window-data/checkpoint {asking}");
    folder.said_by(&checkpoint, 0);
    folder.said_by(&checkpoint, 2);
    let destroy = format!("gateway destroy @window-data --yes --send {id} {asking}");
    let told = folder.said_by(&destroy, 0);
    assert!(told.contains("1 of 1") || told.contains("2 of 2"), "{told}");
    // It was brought in; what is there once more is not taken again.
    folder.said_by(&destroy, 2);
    let after = gateways();
    let gone = &after["gateways"][0]["destruction"];
    assert!(after["all_destroyed"] == true && gone["objects"].as_u64() > Some(0), "{after}");
    let shown = house.done(&cast.partner, &format!("{seat}/destructions"), None).await;
    assert_eq!(shown[0]["gateways"][0]["destruction"], *gone, "{shown}");
    let letters = folder.said_by(&format!("engagement letters {id} {asking}"), 0);
    assert!(letters.contains("Everything that was held in it is certified to be gone"));
}

/// Two officials bring in how many operators there are, and see what is covered.
pub fn covered(house: &House, cast: &Cast) {
    let (folder, official) = (&house.folder, house.asking("official.key"));
    house.key(&cast.officials[1], "deputy.key");
    let deputy = house.asking("deputy.key");
    let reach = || folder.said_by(&format!("partner reach {official}"), 0);
    let none = reach();
    assert!(none.contains("covered: not known"), "{none}");
    std::fs::write(folder.path("bad.csv"), TABLE.replace("40,", "4o,")).unwrap();
    folder.said_by(&format!("partner bring-operators @bad.csv {official}"), 2);
    std::fs::write(folder.path("operators.csv"), TABLE).unwrap();
    // One official signs, another brings the same in.
    let bring = "partner bring-operators @operators.csv";
    let told = folder.said_by(&format!("{bring} {official}"), 0);
    assert!(told.contains("it waits"), "{told}");
    folder.said_by(&format!("{bring} {official}"), 2);
    assert!(reach().contains("covered: not known"));
    let waits = folder.said_by(&format!("partner waiting {deputy}"), 0);
    assert!(waits.contains("operators, signed first by") && waits.contains("a survey"), "{waits}");
    assert_eq!(folder.said_by(&format!("{bring} {deputy}"), 0).trim(), "in force");
    let told = reach();
    for line in ["operators: 940", "covered: 900", "not covered: 40"] {
        assert!(told.lines().any(|it| it == line), "{line}: {told}");
    }
    assert!(told.contains("rural clinics") && told.contains("a survey"), "{told}");
    let rubric = folder.said_by(&format!("partner rubric {official}"), 0);
    let mut next: Value = serde_json::from_str(&rubric).unwrap();
    next["version"] = json!(2);
    std::fs::write(folder.path("rubric.json"), next.to_string()).unwrap();
    let publish = "partner publish-rubric @rubric.json";
    assert!(folder.said_by(&format!("{publish} {official}"), 0).contains("it waits"));
    assert_eq!(folder.said_by(&format!("{publish} {deputy}"), 0).trim(), "in force");
    let days = format!("partner name-days-off 2026-12-24 2026-12-31 {official}");
    let told = folder.said_by(&days, 0);
    assert!(told.contains("federal") && told.contains("2026-12-24"), "{told}");
}

/// A person of the evaluating body is seated in the government's window, uses it through a gateway,
/// and is stopped by the developer, to whom it stays so.
pub async fn seated(
    house: &House,
    provider: &Provider,
    cast: &Cast,
    engagement: &str,
    window: &str,
) {
    let id = engagement.rsplit_once('/').unwrap().1;
    house.key(&cast.developer, "maker.key");
    let (folder, developer) = (&house.folder, house.asking("maker.key"));
    let person: &Person = &cast.evaluators[0];
    house.key(&cast.officials[0], "official.key");
    house.key(person, "evaluator.key");
    let (official, own) = (house.asking("official.key"), house.asking("evaluator.key"));
    let made = folder.output("gateway key @window-developer.key");
    let public = String::from_utf8(made.stdout).unwrap();
    folder.said_by(&format!("engagement key {id} --public {} {developer}", public.trim()), 0);
    folder.said_by(&format!("engagement seat {id} {} {official}", person.id), 0);
    let gateway = Gateway::from_engagement(house, provider, id);
    let settings = format!("gateway settings --engagement {id} {developer}");
    let settings = folder.said_by(&settings, 0);
    assert!(settings.contains(&person.party), "{settings}");
    let terms = Digest::new(sha2::Sha256::digest(TERMS).into()).to_string();
    let shown = folder.said_by(&format!("engagement windows {id} {own}"), 0);
    assert!(shown.contains(TERMS) && shown.contains(&terms) && shown.contains(window), "{shown}");
    let accept = format!("engagement accept-terms {id} --window {window} --terms {terms} {own}");
    folder.said_by(&accept, 0);
    let how = Use { who: person, purpose: "evaluate", claim: None };
    let place = format!("--engagement {id} {own}");
    let (attached, address) = gateway.attach_at(house, &place, &how);
    let follow = format!(
        "gateway follow --settings @window.toml --gateway {} --engagement {id} --every 50 \
         {developer}",
        gateway.address,
    );
    let following = Process::start(folder, "window-following", &follow);
    until(&address, 200).await;
    folder.said_by(&format!("engagement stop {id} {} {developer}", person.id), 0);
    until(&address, 403).await;
    folder.said_by(&format!("engagement seat {id} {} {official}", person.id), 2);
    folder.said_by(&format!("engagement lift {id} {} {developer}", person.id), 0);
    until(&address, 200).await;
    let told = folder.said_by(&format!("engagement tokens {id} {developer}"), 0);
    assert!(told.contains(&person.id), "{told}");
    folder.said_by(&format!("engagement withdraw {id} {developer}"), 0);
    following.ends();
    attached.stop();
    gateway.verified(house);
}

/// Asks until the answer has that status.
async fn until(address: &str, status: u16) {
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let body = json!({"model": "early", "messages": [{"role": "user", "content": "hello"}]});
    let begun = Instant::now();
    loop {
        let asked = http.post(format!("{address}/v1/chat/completions")).json(&body).send();
        let answer = asked.await.unwrap();
        let told = answer.status().as_u16();
        answer.bytes().await.unwrap();
        if told == status {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it stays {told}, and not {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
