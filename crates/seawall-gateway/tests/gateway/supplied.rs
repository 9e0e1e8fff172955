//! The provider's key by lease: used under that lease, and under no other.

use crate::world::{World, body, developer, whole, window};
use hyper::StatusCode;
use jiff::SignedDuration;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::lease::Lease;
use seawall_domain::recipient::Recipient;
use seawall_formats::gateway::lease::{Leased, Sealing, UpstreamKey};
use seawall_gateway::control::LEASE;
use seawall_gateway::supply;
use seawall_ledger::dsse::Envelope;
use std::sync::atomic::{AtomicU64, Ordering};

const KEY: &str = "supplied-key-77d2";

/// A world whose provider's key comes with leases.
async fn world() -> World {
    World::supplied(|_, _| whole(5, 3)).await
}

async fn state(world: &World) -> serde_json::Value {
    let (_, text) = world.ask("GET", "/gateway/state", &[], String::new()).await;
    serde_json::from_str(&text).unwrap()
}

/// To whom it is to be encrypted, as the gateway's key says.
async fn recipient(world: &World) -> Recipient {
    let state = state(world).await;
    let envelope = Envelope::from_json(state["sealing"].as_str().unwrap().as_bytes()).unwrap();
    let said = envelope.verify(&[world.gateway.verifier().key()], 1).unwrap();
    let sealing: Sealing = serde_json::from_slice(said.payload).unwrap();
    assert_eq!(sealing.window, window());
    sealing.to
}

fn lease(world: &World, seconds: i64) -> Lease {
    static ONCE: AtomicU64 = AtomicU64::new(1);
    Lease {
        window: window(),
        snapshot: Digest::new([7; 32]),
        scope: world.settings.scope.clone(),
        not_after: world.now() + SignedDuration::from_secs(seconds),
        seq: ONCE.fetch_add(1, Ordering::Relaxed),
    }
}

async fn say(
    world: &World,
    lease: Lease,
    upstream_key: Option<UpstreamKey>,
) -> (StatusCode, String) {
    let word = serde_json::to_vec(&Leased { lease, upstream_key }).unwrap();
    let mut envelope = Envelope::new(LEASE, word);
    envelope.sign(&developer());
    world.ask("POST", "/gateway/word", &[], envelope.to_json()).await
}

/// Leases with a key; gives what was said.
async fn with_key(world: &World, seconds: i64) -> (UpstreamKey, StatusCode) {
    let lease = lease(world, seconds);
    let key = supply(recipient(world).await, &lease, KEY.as_bytes(), [5; 32]).unwrap();
    let (status, _) = say(world, lease, Some(key.clone())).await;
    (key, status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_serves_under_its_lease_and_no_other() {
    let world = world().await;
    assert_eq!(say(&world, lease(&world, 600), None).await.0, StatusCode::OK);
    let why = state(&world).await["why"].clone();
    assert!(why.as_str().unwrap().contains("brings no key"), "{why}");
    let (status, said) = world.chat(&body("a")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(said.contains("brings no key"), "{said}");

    let (key, status) = with_key(&world, 600).await;
    assert_eq!(status, StatusCode::OK);
    for _ in 0..3 {
        assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    }
    let sent = world.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 3);
    for sent in sent {
        let keys: Vec<_> = sent.headers.iter().filter(|it| it.0 == "authorization").collect();
        assert_eq!(keys, [&("authorization".to_owned(), format!("Bearer {KEY}"))]);
    }
    // For that lease alone, and once.
    assert_eq!(say(&world, lease(&world, 600), Some(key)).await.0, StatusCode::CONFLICT);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK, "the last lease stays");
    // The next lease brings none.
    assert_eq!(say(&world, lease(&world, 600), None).await.0, StatusCode::OK);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(with_key(&world, 600).await.1, StatusCode::OK);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    // It is over with the lease.
    world.moved.fetch_add(601, Ordering::Relaxed);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(with_key(&world, 600).await.1, StatusCode::OK);
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    for (name, bytes) in world.files() {
        assert!(!bytes.windows(KEY.len()).any(|it| it == KEY.as_bytes()), "in {name}");
    }
    world.withdraw().await;
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    // Another start knows neither the key nor to whom it was encrypted.
    let before = recipient(&world).await;
    let world = world.again().await;
    assert_ne!(recipient(&world).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_with_a_file_wants_no_key() {
    let world = World::new(|_, _| whole(5, 3)).await;
    assert!(state(&world).await.get("sealing").is_none());
    let lease = lease(&world, 600);
    let key = supply(Recipient::new([9; 32]), &lease, KEY.as_bytes(), [5; 32]).unwrap();
    let (status, said) = say(&world, lease, Some(key)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(said.contains("from a file"), "{said}");
}
