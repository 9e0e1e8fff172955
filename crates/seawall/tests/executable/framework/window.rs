//! From the offer to the certificate: a partner gets a seat and uses the model through a gateway,
//! until the developer withdraws in the middle of it.

use super::gateway::{Gateway, Use};
use super::place::{House, PATIENCE, Person, Process};
use super::provider::{Provider, SAID};
use seawall_domain::digest::Digest;
use seawall_domain::partner::rubric::{Criterion, Gate};
use serde_json::{Value, json};
use sha2::Digest as _;
use std::time::{Duration, Instant};

/// What a partner asks, and what must be kept nowhere.
pub const PROMPT: &str = "canary-prompt-9b77";
/// Within it everything ends (FRONTIER F31).
const AT_ONCE: Duration = Duration::from_secs(1);
/// How many streams are open when the developer withdraws.
const STREAMS: usize = 3;

/// The seat of the partner, whose id is the last part of its path.
fn id(path: &str) -> &str {
    path.rsplit_once('/').unwrap().1
}

/// Everybody who takes part in it.
pub struct Cast {
    pub developer: Person,
    pub officials: [Person; 2],
    /// Who sets the threshold, countersigns, runs, scores, and keeps a part of the key.
    pub evaluators: [Person; 5],
    pub partner: Person,
    /// Another developer, who has no part in it.
    pub rival: Person,
}

/// Both sides commit to a number and reveal it, each from its own command line.
fn drawn_by_both(house: &House, sides: [&Person; 2], id: &str) -> Value {
    let part = |step: &str, side: &Person| {
        let file = format!("side-{}", side.id);
        let asking = house.asking(&file);
        let command = format!("partner {step} {id} --json --number @{file}.number {asking}");
        house.folder.said_by(&command, 0)
    };
    for side in sides {
        house.key(side, &format!("side-{}", side.id));
        part("commit", side);
    }
    let told = sides.map(|side| part("reveal", side));
    serde_json::from_str(&told[1]).unwrap()
}

/// The partner applies, two people who were drawn look, both sides sign, and it has a seat.
pub async fn seat(house: &House, cast: &Cast) -> String {
    let application = json!({
        "developer": cast.developer.party, "parent": cast.partner.party, "sector": "water",
        "size": "small", "protects": [1], "evidence": "We keep the pumps of nine towns.",
    });
    let filed = house.done(&cast.partner, "/v1/partners", Some(application)).await;
    let path = format!("/v1/partners/{}", filed["id"].as_str().unwrap());
    let steps = format!("{path}/steps");
    let take = async |who: &Person, step: Value| house.done(who, &steps, Some(step)).await;
    let [official, deputy] = &cast.officials;
    let pool: Vec<&String> = cast.evaluators.iter().map(|it| &it.id).collect();
    take(official, json!({"step": "begin_draw", "pool": pool, "wanted": 2})).await;
    let told = drawn_by_both(house, [&cast.developer, official], id(&path));
    let drawn = told["panel"].as_array().unwrap();
    assert_eq!(drawn.len(), 2, "{told}");
    let yes = json!({"met": "yes", "evidence": "04".repeat(32)});
    let gates: serde_json::Map<String, Value> =
        Gate::ALL.into_iter().map(|gate| (word(gate), yes.clone())).collect();
    let marks: serde_json::Map<String, Value> =
        Criterion::ALL.into_iter().map(|criterion| (word(criterion), 3.into())).collect();
    let drawn = |it: &&Person| drawn.iter().any(|person| *person == *it.id);
    for evaluator in cast.evaluators.iter().filter(drawn) {
        let filing = json!({"gates": gates, "marks": marks});
        take(evaluator, json!({"step": "mark", "filing": filing})).await;
    }
    take(official, json!({"step": "conclude", "rivalry": "none", "days": 365})).await;
    take(&cast.developer, json!({"step": "sign"})).await;
    take(deputy, json!({"step": "sign"})).await;
    let seated = take(&cast.partner, json!({"step": "seat", "people": [cast.partner.id]})).await;
    assert_eq!(seated["stage"], "seated", "{seated}");
    path
}

/// The partner says what it looks at, which others see without its name.
async fn claim(house: &House, partner: &Person) -> String {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let wanted = json!({
        "target": "pkg:generic/pump@1.0", "technique": "model review", "until": until.to_string(),
    });
    let claimed = house.done(partner, "/v1/scan-claims", Some(wanted)).await;
    claimed["claim"]["id"].as_str().unwrap().to_owned()
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// The developer offers, the official accepts, the developer begins; gives the window.
pub async fn open(house: &House, cast: &Cast, engagement: &str, snapshot: &str) -> String {
    open_to(house, cast, (engagement, snapshot), "partners").await
}

/// The same for a ring.
pub async fn open_to(
    house: &House,
    cast: &Cast,
    (engagement, snapshot): (&str, &str),
    ring: &str,
) -> String {
    let answer_by = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let offer = json!({
        "step": "offer", "ring": ring, "seconds": 86_400, "snapshot": snapshot,
        "terms": TERMS, "answer_by": answer_by,
    });
    house.done(&cast.developer, &format!("{engagement}/steps"), Some(offer)).await;
    house.step(&cast.officials[0], engagement, "accept").await;
    let begun = house.step(&cast.developer, engagement, "begin").await;
    assert_eq!(begun["window"], "active", "{begun}");
    begun["window_id"].as_str().unwrap().to_owned()
}

/// The terms of access.
pub const TERMS: &str = "For defence; nothing is kept.";

/// The partner asks through the gateway; in mid-stream the developer withdraws, at the
/// clearinghouse.
pub async fn used_and_withdrawn(
    house: &House,
    provider: &Provider,
    cast: &Cast,
    engagement: &str,
    (window, seat): (&str, &str),
) {
    let claim = claim(house, &cast.partner).await;
    let gateway = handed_over(house, provider, cast, engagement, (window, seat)).await;
    let how = Use { who: &cast.partner, purpose: "patch", claim: Some(&claim) };
    let (attached, address) = gateway.attach_from_seat(house, id(seat), &how);
    let follow = format!(
        "gateway follow --settings @window.toml --gateway {} --engagement {} --every 50 {}",
        gateway.address,
        id(engagement),
        house.asking("account.key"),
    );
    let mut following = Process::start(&house.folder, "window-following", &follow);
    let second = Second::open(house, provider, cast, engagement, window).await;

    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let before = provider.asked().len();
    extended(house, engagement, &mut following);
    stopped_and_started(house, cast, &address, seat).await;
    let asked = provider.asked().len();
    let body = json!({
        "model": "early", "stream": true, "max_tokens": 100,
        "messages": [{"role": "user", "content": PROMPT}],
    });
    let ask = || http.post(format!("{address}/v1/chat/completions")).json(&body).send();
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        let mut stream = ask().await.unwrap();
        assert_eq!(stream.status(), 200);
        let first = stream.chunk().await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&first).contains(SAID));
        streams.push(stream);
    }
    let sent = &provider.asked()[asked];
    assert!(sent.key.contains(super::PROVIDER_KEY) && sent.body.to_string().contains(PROMPT));
    assert_eq!(sent.body["model"], "internal-7");

    let withdrawal = format!("{engagement}/withdrawal");
    let withdrawn = house.done(&cast.developer, &withdrawal, Some(json!({}))).await;
    assert_eq!(withdrawn["window"], "ended");
    let begun = Instant::now();
    for stream in &mut streams {
        while let Ok(Some(_)) = stream.chunk().await {}
    }
    let ended = begun.elapsed();
    println!("{STREAMS} streams ended {ended:?} after the withdrawal was answered");
    assert!(ended < AT_ONCE, "{ended:?}");
    following.ends();
    second.ended().await;
    let after = ask().await.unwrap();
    assert_eq!(after.status(), 503);
    let lease = format!(
        "gateway lease --settings @window.toml --key @window-developer.key --gateway {}",
        gateway.address
    );
    house.folder.said_by(&lease, 2);
    assert_eq!(ask().await.unwrap().status(), 503, "no lease opens it again");
    assert_eq!(provider.asked().len(), asked + STREAMS, "nothing was sent on");
    attached.stop();
    let journal = gateway.verified(house);
    // Whatever was under way when the partner was stopped may have been cut as well.
    let sent = asked + STREAMS - before;
    let of = |told: &Value| usize::try_from(told.as_u64().unwrap()).unwrap();
    let (told, cut) = (of(&journal["sent"]), of(&journal["ended"]["cut"]));
    assert!((sent..=sent + 1).contains(&told), "{sent}: {journal}");
    assert!((STREAMS..=STREAMS + 1).contains(&cut), "{journal}");
}

/// The developer signs for a later end, by the key of its leases, and the gateway has it.
fn extended(house: &House, engagement: &str, following: &mut Process) {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let extend = format!("engagement extend {} --until {until}", id(engagement));
    // A machine's account ends things, and extends nothing.
    let machine = house.asking("account.key");
    house.folder.said_by(&format!("{extend} --key @window-developer.key {machine}"), 2);
    let developer = house.asking("maker.key");
    // Another key's signature is not taken, and changes nothing.
    house.folder.said_by("gateway key @stranger.key", 0);
    house.folder.said_by(&format!("{extend} --key @stranger.key {developer}"), 2);
    house.folder.said_by(&format!("{extend} --key @window-developer.key {developer}"), 0);
    assert_eq!(following.says("the window ends later: "), until.to_string());
    let journal = std::fs::read_to_string(house.folder.path("window-data/journal.jsonl")).unwrap();
    assert!(journal.contains(r#""why":"extended""#) && journal.contains(r#""kind":"quotas""#));
}

/// A gateway of the same window whose issuer is a key of its operator's: what the clearinghouse
/// signs it does not believe, and whoever follows says it by that key.
struct Second {
    gateway: Gateway,
    following: Process,
    address: String,
    _attached: Process,
}

impl Second {
    async fn open(
        house: &House,
        provider: &Provider,
        cast: &Cast,
        engagement: &str,
        window: &str,
    ) -> Second {
        let told = house.done(&cast.developer, engagement, None).await;
        let snapshot = told["snapshots"][0].as_str().unwrap();
        let terms = Digest::new(sha2::Sha256::digest(TERMS).into()).to_string();
        let window = super::gateway::Window { name: "second", id: window, snapshot, terms: &terms };
        let gateway = Gateway::open(house, provider, &window, &cast.partner);
        let follow = format!(
            "gateway follow --settings @second.toml --gateway {} --engagement {} --every 50 \
             --key @second-issuer.key {}",
            gateway.address,
            id(engagement),
            house.asking("account.key"),
        );
        let following = Process::start(&house.folder, "second-following", &follow);
        let how = Use { who: &cast.partner, purpose: "evaluate", claim: None };
        let (_attached, address) = gateway.attach(house, &how);
        assert_eq!(asked(&address).await, 200);
        Second { gateway, following, address, _attached }
    }

    /// Whoever was stopped stays so here, whatever was lifted; the window's end closes it for good.
    async fn ended(self) {
        let Second { gateway, following, address, _attached } = self;
        following.ends();
        assert_eq!(asked(&address).await, 403, "still cut off");
        assert!(gateway.state().await.contains("the developer withdrew"));
        let journal = std::fs::read_to_string(gateway.journal()).unwrap();
        assert!(journal.contains(r#""kind":"cut""#) && !journal.contains(r#""kind":"stops""#));
    }
}

/// Somebody asks something by that address; the status of the answer.
async fn asked(address: &str) -> u16 {
    let body = json!({"model": "early", "messages": [{"role": "user", "content": PROMPT}]});
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let asked = http.post(format!("{address}/v1/chat/completions")).json(&body).send();
    let answer = asked.await.unwrap();
    let status = answer.status().as_u16();
    answer.bytes().await.unwrap();
    status
}

/// What the gateway and the partner need comes from the clearinghouse: the settings from the
/// engagement, and the terms, whose acceptance a token needs, from the seat.
async fn handed_over(
    house: &House,
    provider: &Provider,
    cast: &Cast,
    engagement: &str,
    (window, seat): (&str, &str),
) -> Gateway {
    let (engagement, seat) = (id(engagement), id(seat));
    let made = house.folder.output("gateway key @window-developer.key");
    let public = String::from_utf8(made.stdout).unwrap();
    house.key(&cast.developer, "maker.key");
    let developer = house.asking("maker.key");
    let named = format!("engagement key {engagement} --public {} {developer}", public.trim());
    house.folder.said_by(&named, 0);
    let gateway = Gateway::from_engagement(house, provider, engagement);
    house.key(&cast.partner, "partner.key");
    let partner = house.asking("partner.key");
    let terms = Digest::new(sha2::Sha256::digest(TERMS).into()).to_string();
    let early = format!("partner token {seat} --holder {} --purpose evaluate", public.trim());
    house.folder.said_by(&format!("{early} {partner}"), 2);
    let shown = house.folder.said_by(&format!("partner windows {seat} {partner}"), 0);
    assert!(shown.contains(TERMS) && shown.contains(&terms) && shown.contains(window), "{shown}");
    let accept = format!("partner accept {seat} --window {window} --terms {terms} {partner}");
    house.folder.said_by(&accept, 0);
    gateway
}

/// The developer stops the partner's person, and what passed passes no more; both sides start it
/// again, and it passes again, by what the clearinghouse signed.
async fn stopped_and_started(house: &House, cast: &Cast, address: &str, seat: &str) {
    let until = async |status: u16| {
        let begun = Instant::now();
        loop {
            let told = asked(address).await;
            if told == status {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "it stays {told}, and not {status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    until(200).await;
    let steps = format!("{seat}/steps");
    let extent = json!({"whole": "person", "person": cast.partner.id});
    let stop = json!({"step": "suspend", "extent": extent, "why": "leak_suspected"});
    let told = house.done(&cast.developer, &steps, Some(stop)).await;
    assert_eq!(told["seat_cut_off"]["stopped"], json!([cast.partner.id]), "{told}");
    until(403).await;
    let start = || Some(json!({"step": "change", "to": {"change": "resume", "extent": extent}}));
    house.done(&cast.partner, &steps, start()).await;
    house.done(&cast.developer, &steps, start()).await;
    until(200).await;
}

/// Nothing is held any more, two officials say so, and the developer has their certificate.
pub async fn certified(house: &House, cast: &Cast, engagement: &str, window: &str, object: &str) {
    house.until(&cast.developer, engagement, |it| it["held"] == json!([])).await;
    let certify = || Some(json!({"step": "certify", "window": window}));
    let steps = format!("{engagement}/steps");
    house.done(&cast.officials[0], &steps, certify()).await;
    let (status, _) = house.ask(Some(&cast.officials[0]), &steps, certify()).await;
    assert_eq!(status, 409, "one person signs once");
    house.done(&cast.officials[1], &steps, certify()).await;
    let path = format!("{engagement}/certificates");
    let signed = house.done(&cast.developer, &path, None).await;
    let payload = signed[0]["payload"].as_str().unwrap();
    use base64::Engine as _;
    let payload = base64::engine::general_purpose::STANDARD.decode(payload).unwrap();
    assert!(String::from_utf8(payload).unwrap().contains(object), "{signed}");
}
