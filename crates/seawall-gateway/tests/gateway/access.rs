//! Who gets through, and when.

use crate::world::{CANARY, PROVIDER_KEY, World, body, developer, issuer, key, whole, window};
use hyper::StatusCode;
use jiff::SignedDuration;
use seawall_domain::engagement::grant::Cut;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::id::{PersonId, WindowId};
use seawall_gateway::control::{CLOSING, CUT, Closing, CutWord, STOPS, Stops};
use seawall_gateway::record::CutOff;
use std::sync::atomic::Ordering;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn it_is_closed_unless_a_fresh_lease_of_the_developer_says_otherwise() {
    let world = World::new(|_, _| whole(5, 3)).await;
    let asked = async || world.chat(&body("hello")).await.0;
    assert_eq!(asked().await, StatusCode::SERVICE_UNAVAILABLE, "no lease");
    assert_eq!(world.lease_by(&key(5), 60, 10).await, StatusCode::FORBIDDEN, "somebody else's");
    assert_eq!(world.lease_by(&developer(), 601, 10).await, StatusCode::CONFLICT, "too long");
    assert_eq!(asked().await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.lease_by(&developer(), 60, 10).await, StatusCode::OK);
    assert_eq!(asked().await, StatusCode::OK);
    assert_eq!(world.lease_by(&developer(), 60, 10).await, StatusCode::CONFLICT, "replayed");
    assert_eq!(asked().await, StatusCode::OK);
    world.moved.store(61, Ordering::Relaxed);
    assert_eq!(asked().await, StatusCode::SERVICE_UNAVAILABLE, "ended");
    assert_eq!(world.lease_by(&developer(), 60, 11).await, StatusCode::OK);
    assert_eq!(asked().await, StatusCode::OK);
    assert_eq!(world.withdraw().await, StatusCode::OK);
    assert_eq!(asked().await, StatusCode::SERVICE_UNAVAILABLE, "withdrawn");
    assert_eq!(world.lease_by(&developer(), 60, 12).await, StatusCode::CONFLICT, "for good");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clearinghouse_says_that_a_window_is_over() {
    let world = World::new(|_, _| whole(5, 3)).await;
    assert_eq!(world.lease(600).await, StatusCode::OK);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    let closing = |id| serde_json::to_vec(&Closing { window: id }).unwrap();
    let word = closing(window());
    assert_eq!(world.word(CLOSING, &key(5), word.clone()).await, StatusCode::FORBIDDEN);
    let other = closing(WindowId::new(Uuid::from_u128(99)));
    assert_eq!(world.word(CLOSING, &issuer(), other).await, StatusCode::CONFLICT);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    assert_eq!(world.word(CLOSING, &issuer(), word).await, StatusCode::OK);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::SERVICE_UNAVAILABLE, "over");
    assert_eq!(world.lease(600).await, StatusCode::CONFLICT, "for good");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_stopped_starts_again_by_the_clearinghouses_word_and_by_no_other() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.lease(600).await;
    let list = |world: &World, people: &[PersonId], back: i64| {
        let at = world.now() - SignedDuration::from_secs(back);
        let people = people.iter().copied().collect();
        let cut = Cut { people, ..Cut::default() };
        serde_json::to_vec(&Stops { window: window(), at, cut }).unwrap()
    };
    let me = [crate::world::person()];
    let asked = async |world: &World| world.chat(&body("a")).await.0;
    assert_eq!(asked(&world).await, StatusCode::OK);
    let old = list(&world, &[], 0);
    for who in [key(5), developer()] {
        let word = list(&world, &me, 0);
        assert_eq!(world.word(STOPS, &who, word).await, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.word(STOPS, &issuer(), list(&world, &me, 0)).await, StatusCode::OK);
    assert_eq!(asked(&world).await, StatusCode::FORBIDDEN, "stopped");
    assert_eq!(world.word(STOPS, &issuer(), old).await, StatusCode::OK);
    assert_eq!(asked(&world).await, StatusCode::FORBIDDEN, "an old list starts nobody");
    let world = world.again().await;
    assert_eq!(asked(&world).await, StatusCode::FORBIDDEN, "over a restart too");
    assert_eq!(world.word(STOPS, &issuer(), list(&world, &[], 0)).await, StatusCode::OK);
    assert_eq!(asked(&world).await, StatusCode::OK, "started again");
    // What a word of its own cut off stays so, and so does a withdrawal.
    let word = CutWord { window: window(), who: CutOff::Person(crate::world::person()) };
    let word = serde_json::to_vec(&word).unwrap();
    assert_eq!(world.word(CUT, &developer(), word).await, StatusCode::OK);
    assert_eq!(world.word(STOPS, &issuer(), list(&world, &[], 0)).await, StatusCode::OK);
    assert_eq!(asked(&world).await, StatusCode::FORBIDDEN, "by the developer, for good");
    let withdrawn = World::new(|_, _| whole(5, 3)).await;
    withdrawn.lease(600).await;
    assert_eq!(withdrawn.withdraw().await, StatusCode::OK);
    let nobody = list(&withdrawn, &[], 0);
    assert_eq!(withdrawn.word(STOPS, &issuer(), nobody).await, StatusCode::OK);
    assert_eq!(asked(&withdrawn).await, StatusCode::SERVICE_UNAVAILABLE, "withdrawn for good");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_closes_when_the_clock_goes_back() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.moved.store(100, Ordering::Relaxed);
    assert_eq!(world.lease(600).await, StatusCode::OK);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    world.moved.store(97, Ordering::Relaxed);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK, "a little is what clocks do");
    world.moved.store(80, Ordering::Relaxed);
    world.until_written("lost_time", 1).await;
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    world.moved.store(101, Ordering::Relaxed);
    assert_eq!(
        world.chat(&body("a")).await.0,
        StatusCode::SERVICE_UNAVAILABLE,
        "a new lease first"
    );
    assert_eq!(world.lease(600).await, StatusCode::OK);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_once_stays_used_over_a_restart() {
    let world = World::new(|_, _| whole(5, 3)).await;
    assert_eq!(world.lease_by(&developer(), 600, 10).await, StatusCode::OK);
    let world = world.again().await;
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK, "the lease goes on");
    assert_eq!(world.lease_by(&developer(), 600, 10).await, StatusCode::CONFLICT);
    assert_eq!(world.withdraw().await, StatusCode::OK);
    let world = world.again().await;
    assert_eq!(world.lease_by(&developer(), 600, 11).await, StatusCode::CONFLICT);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_holds_the_key_and_says_what_for() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.lease(600).await;
    let path = "/v1/chat/completions";
    let token = world.token(600);
    let ask =
        async |headers: Vec<(String, String)>| world.ask("POST", path, &headers, body("a")).await.0;
    let without = |name: &str| {
        let mut headers = world.proof(&token, path);
        headers.retain(|(other, _)| other != name);
        headers
    };
    let with = |name: &str, value: &str| {
        let mut headers = without(name);
        headers.push((name.to_owned(), value.to_owned()));
        headers
    };
    assert_eq!(ask(world.proof(&token, path)).await, StatusCode::OK);
    let once = world.proof(&token, path);
    assert_eq!(ask(once.clone()).await, StatusCode::OK);
    assert_eq!(ask(once).await, StatusCode::UNAUTHORIZED, "a proof is good once");
    for (headers, expected) in [
        (Vec::new(), StatusCode::UNAUTHORIZED),
        (without("dpop"), StatusCode::UNAUTHORIZED),
        (with("authorization", &format!("Bearer {token}")), StatusCode::UNAUTHORIZED),
        (world.proof(&token, "/v1/messages"), StatusCode::UNAUTHORIZED),
        (without("seawall-purpose"), StatusCode::FORBIDDEN),
        (with("seawall-purpose", "evaluate"), StatusCode::FORBIDDEN),
        (without("seawall-claim"), StatusCode::FORBIDDEN),
        (with("seawall-claim", "00000000-0000-4000-8000-000000000000"), StatusCode::FORBIDDEN),
        (world.proof(&world.token(901), path), StatusCode::FORBIDDEN),
        (world.proof(&world.token(0), path), StatusCode::FORBIDDEN),
        (world.proof(&world.token_for(600, Purpose::Detect), path), StatusCode::FORBIDDEN),
    ] {
        assert_eq!(ask(headers.clone()).await, expected, "{headers:?}");
    }
    let word =
        CutWord { window: crate::world::window(), who: CutOff::Person(crate::world::person()) };
    let word = serde_json::to_vec(&word).unwrap();
    assert_eq!(world.word(CUT, &key(5), word.clone()).await, StatusCode::FORBIDDEN);
    assert_eq!(ask(world.proof(&token, path)).await, StatusCode::OK);
    assert_eq!(world.word(CUT, &crate::world::issuer(), word).await, StatusCode::OK);
    assert_eq!(ask(world.proof(&token, path)).await, StatusCode::FORBIDDEN, "cut off");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_on_is_what_was_checked_and_nothing_else() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.lease(600).await;
    let path = "/v1/chat/completions";
    let mut headers = world.proof(&world.token(600), path);
    headers.push(("cookie".into(), "a=b".into()));
    headers.push(("x-mine".into(), CANARY.into()));
    let answer = world.open("POST", path, &headers, body("hello")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers().get("set-cookie").is_none(), "nothing of the provider's own");
    let sent = world.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].path, path);
    assert!(sent[0].body.contains(r#""model":"internal-7""#), "{}", sent[0].body);
    let names: Vec<&str> = sent[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["cookie", "x-mine", "dpop", "seawall-purpose", "seawall-claim"] {
        assert!(!names.contains(&name), "{names:?}");
    }
    let bearer = ("authorization".to_owned(), format!("Bearer {PROVIDER_KEY}"));
    assert!(sent[0].headers.contains(&bearer));
    for (bad, why) in [
        (r#"{"model":"internal-7","messages":[]}"#, "the provider's own name"),
        (r#"{"model":"early","model":"internal-7","messages":[]}"#, "twice"),
        (r#"{"model":"early","messages":[],"logprobs":true}"#, "what gives the model away"),
        (r#"{"model":"early","messages":[],"n":2}"#, "many answers"),
        (r#"{"model":"early","messages":[],"max_tokens":1000000}"#, "too much"),
        ("{", "nothing"),
    ] {
        let (status, _) = world.chat(bad).await;
        assert!(status.is_client_error(), "{why}: {status}");
    }
    let (status, _) = world.ask("POST", "/v1/chat/completions?x=1", &[], body("a")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(world.sent.lock().unwrap().len(), 1, "none of them was sent");
    let models = world.proof(&world.token(600), "/v1/models");
    let (status, list) = world.ask("GET", "/v1/models", &models, String::new()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(list.contains("early") && !list.contains("internal-7"), "{list}");
}
