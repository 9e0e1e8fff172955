//! Checkpoints of the journal: with each lease to the developer, and to partners who ask.

use crate::world::{World, body, key, window};
use crate::world::{issuer, whole};
use hyper::StatusCode;
use jiff::Timestamp;
use seawall_gateway::checkpoints::{ASKED_MAX, KEPT, PATH, Told};
use seawall_gateway::control::{CUT, CutWord};
use seawall_gateway::credential::{self, Bound};
use seawall_gateway::kept::{Kept, Unkept, hold};
use seawall_gateway::record::CutOff;
use seawall_ledger::dsse::Envelope;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A partner asks, with a fresh proof.
async fn ask(world: &World, kept: Option<u64>) -> (StatusCode, String) {
    static ONCE: AtomicU64 = AtomicU64::new(0);
    let once = format!("checkpoint-{}", ONCE.fetch_add(1, Ordering::Relaxed));
    let (token, address) = (world.token(600), format!("{}{PATH}", world.address));
    let bound = Bound { method: "GET", address: &address };
    let proof = credential::prove(&key(9), &token, bound, &once, world.now()).unwrap();
    let mut headers = vec![
        ("authorization".to_owned(), format!("DPoP {token}")),
        ("dpop".to_owned(), proof),
        ("seawall-purpose".to_owned(), "patch".to_owned()),
        ("seawall-claim".to_owned(), crate::world::claim().to_string()),
    ];
    headers.extend(kept.map(|kept| (KEPT.to_owned(), kept.to_string())));
    world.ask("GET", PATH, &headers, String::new()).await
}

async fn keep(world: &World, folder: &Path) -> Result<u64, Unkept> {
    let mut kept = Kept::open(folder, Some(world.gateway.verifier()), Some(window()))?;
    let (status, text) = ask(world, kept.lines()).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let told: Told = serde_json::from_str(&text).unwrap();
    kept.take(&told, Timestamp::now())
}

/// The same journal with a word in it changed, each line bound to the one before again.
fn anew(text: &str, from: &str, to: &str) -> String {
    let mut before = String::new();
    let mut written = String::new();
    for line in text.lines() {
        let (head, rest) = line.split_once("\"before\":\"").unwrap();
        let (was, rest) = rest.split_at(64);
        let bound = if before.is_empty() { was } else { &before };
        let line = format!("{head}\"before\":\"{bound}\"{}", &rest[1..]).replace(from, to);
        before = Sha256::digest(&line).iter().map(|byte| format!("{byte:02x}")).collect();
        written += &line;
        written.push('\n');
    }
    written
}

#[tokio::test(flavor = "multi_thread")]
async fn partners_keep_what_goes_on_and_find_what_was_written_anew() {
    let world = World::new(|_, _| whole(5, 3)).await;
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    // No lease is needed to be told, and nothing is written by being told.
    let first = keep(&world, &kept).await.unwrap();
    assert_eq!(keep(&world, &kept).await.unwrap(), first);
    world.lease(600).await;
    for round in 1..=3 {
        assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
        world.until_written(r#""kind":"outcome""#, round).await;
    }
    assert_eq!(keep(&world, &kept).await.unwrap(), first + 7);
    assert_eq!(hold(&world.journal(), &kept, None).unwrap().checkpoints, 2);
    // Whoever runs the gateway has its key, and writes everything anew.
    let journal = world.journal();
    let text = world.written();
    let changed = anew(&text, "\"purpose\":\"patch\"", "\"purpose\":\"respond\"");
    assert_ne!(text, changed);
    let path = journal.clone();
    let world = world.after(move || std::fs::write(path, changed).unwrap()).await;
    assert!(seawall_gateway::verify(&journal, None).is_ok(), "by itself it holds");
    let why = hold(&journal, &kept, None).unwrap_err().to_string();
    assert!(why.contains(&format!("line {first} is the first that differs")), "{why}");
    world.lease(600).await;
    let why = keep(&world, &kept).await.unwrap_err();
    assert!(matches!(why, Unkept::Rewritten { .. }), "{why}");
    assert!(why.to_string().contains("WRITTEN ANEW"), "{why}");
    let again = Kept::open(&kept, None, None);
    assert!(matches!(again, Err(Unkept::Conflicted { .. })), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_proves_nothing_or_is_cut_off_is_told_nothing() {
    let world = World::new(|_, _| whole(5, 3)).await;
    let (status, _) = world.ask("GET", PATH, &[], String::new()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    // A proof for a request of the model is none for this.
    let headers = world.proof(&world.token(600), "/v1/models");
    assert_eq!(world.ask("GET", PATH, &headers, String::new()).await.0, StatusCode::UNAUTHORIZED);
    let mut last = (StatusCode::OK, String::new());
    for _ in 0..=2 * ASKED_MAX {
        last = ask(&world, Some(1)).await;
        if last.0 != StatusCode::OK {
            break;
        }
    }
    assert_eq!(last.0, StatusCode::TOO_MANY_REQUESTS, "{}", last.1);
    // It counted as no request.
    world.lease(600).await;
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK);
    let who = CutOff::Party(crate::world::party());
    let word = serde_json::to_vec(&CutWord { window: window(), who }).unwrap();
    let mut envelope = Envelope::new(CUT, word);
    envelope.sign(&issuer());
    let (status, _) = world.ask("POST", "/gateway/word", &[], envelope.to_json()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ask(&world, None).await.0, StatusCode::FORBIDDEN);
    world.until_written(r#""kind":"refused""#, 1).await;
}
