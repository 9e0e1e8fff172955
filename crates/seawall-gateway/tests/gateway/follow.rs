//! What follows the engagement while the gateway runs: a later end, and quotas of later seats.

use crate::world::{World, body, developer, issuer, key, party, stream, streamed, whole, window};
use hyper::StatusCode;
use jiff::{SignedDuration, Timestamp};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::quota::{Amount, Limit};
use seawall_domain::engagement::window::Ring;
use seawall_domain::id::{PartyId, WindowId};
use seawall_gateway::control::{EXTENSION, Extension, QUOTAS, Quota, Quotas};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::SigningKey;
use std::sync::atomic::Ordering;
use uuid::Uuid;

const HOUR: i64 = 3_600;
/// More than the ceiling.
const MANY: u64 = 1_000_000_000;
const FOLLOW: &str = "
[follow]
end = true
[follow.quota]
requests = 2
tokens_in = 1000000
tokens_out = 1000000
concurrent = 20
";

async fn world(more: &str) -> World {
    World::made(1_000_000, more, &[], |_, _| whole(5, 3)).await
}

fn later(world: &World, seq: u64, hours: i64) -> Extension {
    let now = world.now();
    Extension {
        window: window(),
        snapshot: Digest::new([7; 32]),
        ring: Ring::Government,
        begins: now - SignedDuration::from_hours(24),
        until: now + SignedDuration::from_hours(hours),
        seq,
    }
}

async fn said(world: &World, word: &Extension, keys: &[SigningKey]) -> StatusCode {
    let mut envelope = Envelope::new(EXTENSION, serde_json::to_vec(word).unwrap());
    keys.iter().for_each(|key| envelope.sign(key));
    world.ask("POST", "/gateway/word", &[], envelope.to_json()).await.0
}

async fn asked(world: &World) -> StatusCode {
    world.chat(&body("a")).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_end_takes_the_developer_and_the_clearinghouse_and_outlasts_a_restart() {
    // The settings say that it ends in 48 hours.
    let world = world(FOLLOW).await;
    let both = [developer(), issuer()];
    let word = later(&world, 7, 72);
    for (keys, expected) in [
        (vec![developer()], StatusCode::FORBIDDEN),
        (vec![issuer()], StatusCode::FORBIDDEN),
        (vec![issuer(), key(5)], StatusCode::FORBIDDEN),
        (vec![], StatusCode::FORBIDDEN),
    ] {
        assert_eq!(said(&world, &word, &keys).await, expected, "{}", keys.len());
    }
    for (word, why) in [
        (Extension { window: WindowId::new(Uuid::from_u128(9)), ..word }, "another window"),
        (Extension { snapshot: Digest::new([9; 32]), ..word }, "another snapshot"),
        (later(&world, 7, 24 * 29 + 1), "more than thirty days"),
        (later(&world, 7, 47), "a sooner end"),
    ] {
        assert_eq!(said(&world, &word, &both).await, StatusCode::CONFLICT, "{why}");
    }
    assert_eq!(said(&world, &word, &both).await, StatusCode::OK);
    assert_eq!(said(&world, &word, &both).await, StatusCode::OK, "said again");
    let old = Extension { until: word.until + SignedDuration::from_hours(1), ..word };
    assert_eq!(said(&world, &old, &both).await, StatusCode::CONFLICT, "no newer number");
    world.until_written(r#""why":"extended""#, 1).await;
    let begun = world.written();
    assert_eq!(begun.matches("extended").count(), 1, "said again is not written again");
    world.moved.store(49 * HOUR, Ordering::Relaxed);
    assert_eq!(world.lease(600).await, StatusCode::OK, "beyond the end of the settings");
    assert_eq!(asked(&world).await, StatusCode::OK);
    let world = world.again().await;
    assert_eq!(asked(&world).await, StatusCode::OK, "over a restart too");
    world.moved.store(73 * HOUR, Ordering::Relaxed);
    assert_eq!(asked(&world).await, StatusCode::SERVICE_UNAVAILABLE, "over");
    let late = later(&world, 8, 24);
    assert_eq!(said(&world, &late, &both).await, StatusCode::CONFLICT, "an end is for good");
    world.until_written(r#""why":"over""#, 1).await;
    // A clock that is turned back before the next start opens nothing.
    world.moved.store(60 * HOUR, Ordering::Relaxed);
    let world = world.again().await;
    let late = later(&world, 9, 24);
    assert_eq!(said(&world, &late, &both).await, StatusCode::CONFLICT, "over a restart too");
    assert_eq!(world.lease(600).await, StatusCode::CONFLICT);
    assert_eq!(asked(&world).await, StatusCode::SERVICE_UNAVAILABLE);
    seawall_gateway::verify(&world.journal(), None).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_opens_what_was_withdrawn_or_what_the_settings_keep() {
    let withdrawn = world(FOLLOW).await;
    withdrawn.lease(600).await;
    assert_eq!(withdrawn.withdraw().await, StatusCode::OK);
    let both = [developer(), issuer()];
    let word = later(&withdrawn, 7, 72);
    assert_eq!(said(&withdrawn, &word, &both).await, StatusCode::CONFLICT, "withdrawn for good");
    let closed = world("").await;
    assert_eq!(said(&closed, &word, &both).await, StatusCode::CONFLICT, "it may not follow");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_beyond_the_old_end() {
    let senders = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&senders);
    let world = World::made(1_000_000, FOLLOW, &[], move |_, _| {
        let (sender, answer) = stream();
        kept.lock().unwrap().push(sender);
        answer
    })
    .await;
    world.moved.store(48 * HOUR - 100, Ordering::Relaxed);
    assert_eq!(world.lease(600).await, StatusCode::OK);
    let headers = world.proof(&world.token(600), "/v1/chat/completions");
    let path = "/v1/chat/completions";
    let mut answer = world.open("POST", path, &headers, streamed()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let word = later(&world, 7, 72);
    assert_eq!(said(&world, &word, &[developer(), issuer()]).await, StatusCode::OK);
    world.moved.store(48 * HOUR + 100, Ordering::Relaxed);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    use http_body_util::BodyExt as _;
    let sender = senders.lock().unwrap().pop().unwrap();
    sender.send(bytes::Bytes::from_static(b"data: 1\n\n")).unwrap();
    assert!(answer.frame().await.unwrap().is_ok());
}

/// A list of quotas as it is signed.
fn list(at: Timestamp, parties: &[PartyId]) -> Vec<u8> {
    let whole = Amount { requests: MANY, tokens_in: MANY, tokens_out: MANY, cost_micros: u64::MAX };
    let limit = Limit { whole, concurrent: 1_000 };
    let quotas = parties.iter().map(|party| Quota { party: *party, limit }).collect();
    serde_json::to_vec(&Quotas { window: window(), at, quotas }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_given_later_has_its_quota_up_to_the_ceiling_and_no_longer_than_it_stands() {
    let world = world(FOLLOW).await;
    world.lease(600).await;
    let new = PartyId::new(Uuid::from_u128(0x99));
    let asked = async |world: &World| {
        let token = world.token_of(new);
        let headers = world.proof(&token, "/v1/chat/completions");
        world.ask("POST", "/v1/chat/completions", &headers, body("a")).await.0
    };
    let old = list(world.now(), &[new]);
    assert_eq!(asked(&world).await, StatusCode::TOO_MANY_REQUESTS, "nobody named it");
    for who in [developer(), key(5)] {
        let word = list(world.now(), &[new]);
        assert_eq!(world.word(QUOTAS, &who, word).await, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.word(QUOTAS, &issuer(), list(world.now(), &[new])).await, StatusCode::OK);
    assert_eq!(world.word(QUOTAS, &issuer(), old.clone()).await, StatusCode::CONFLICT, "older");
    assert_eq!(asked(&world).await, StatusCode::OK);
    let world = world.again().await;
    assert_eq!(world.word(QUOTAS, &issuer(), old).await, StatusCode::CONFLICT, "still older");
    assert_eq!(asked(&world).await, StatusCode::OK, "it has it over a restart");
    assert_eq!(asked(&world).await, StatusCode::TOO_MANY_REQUESTS, "two are the ceiling");
    // What the settings name is theirs, whatever a list says; the new one is over.
    assert_eq!(world.word(QUOTAS, &issuer(), list(world.now(), &[party()])).await, StatusCode::OK);
    for _ in 0..3 {
        assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    }
    assert_eq!(asked(&world).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.word(QUOTAS, &issuer(), list(world.now(), &[new])).await, StatusCode::OK);
    assert_eq!(asked(&world).await, StatusCode::TOO_MANY_REQUESTS, "what was used stays used");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_settings_name_no_longer_may_use_nothing() {
    let mut world = world("").await;
    world.lease(600).await;
    let word = list(world.now(), &[PartyId::new(Uuid::from_u128(0x99))]);
    assert_eq!(world.word(QUOTAS, &issuer(), word).await, StatusCode::CONFLICT, "none may follow");
    assert_eq!(asked(&world).await, StatusCode::OK);
    world.settings.quota.clear();
    let world = world.again().await;
    assert_eq!(asked(&world).await, StatusCode::TOO_MANY_REQUESTS);
}
