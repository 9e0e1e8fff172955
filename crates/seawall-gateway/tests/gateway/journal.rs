//! The journal: no content, and no change that is not found.

use crate::world::{CANARY, PROVIDER_KEY, World, body, whole};
use hyper::StatusCode;
use seawall_gateway::verify;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::note::Note;

async fn used() -> World {
    let world = World::new(|_, _| {
        let mut answer = whole(5, 3);
        answer.headers_mut().insert("x-answer", CANARY.parse().unwrap());
        answer
    })
    .await;
    world.lease(600).await;
    for _ in 0..3 {
        assert_eq!(world.chat(&body(CANARY)).await.0, StatusCode::OK);
    }
    let bad = format!(r#"{{"model":"{CANARY}","{CANARY}":1,"messages":[]}}"#);
    assert!(world.chat(&bad).await.0.is_client_error());
    world.until_written(r#""kind":"outcome""#, 3).await;
    world.until_written(r#""kind":"refused""#, 1).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_what_was_asked_or_the_providers_key() {
    let world = used().await;
    let files = world.files();
    assert!(files.len() >= 3, "{}", files.len());
    for (name, bytes) in files {
        for secret in [CANARY, PROVIDER_KEY] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_found_at_its_line() {
    let world = used().await;
    let summary = verify(&world.journal(), None).unwrap();
    assert_eq!((summary.sent, summary.refused), (3, 1));
    assert_eq!(summary.ended["whole"], 3);
    assert_eq!(summary.purposes["patch"], 3);
    let text = world.written();
    let lines: Vec<&str> = text.lines().collect();
    let file = world.folder.path().join("changed.jsonl");
    let found = |text: &str| {
        std::fs::write(&file, text).unwrap();
        verify(&file, None).err().map(|error| error.to_string())
    };
    assert_eq!(found(&text), None);
    // Each line but the last with one figure changed, left out, or changed with its neighbour.
    for at in 0..lines.len() - 1 {
        let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        changed[at] =
            changed[at].replacen("2026", "2025", 1).replacen("\"at\":\"2", "\"at\":\"1", 1);
        let said = found(&(changed.join("\n") + "\n")).expect("a change is found");
        assert!(said.contains(&format!("line {}", at + 1)), "{said}");
        let mut left: Vec<&str> = lines.clone();
        left.remove(at);
        assert!(found(&(left.join("\n") + "\n")).is_some(), "line {at} left out");
        let mut moved = lines.clone();
        moved.swap(at, at + 1);
        assert!(found(&(moved.join("\n") + "\n")).is_some(), "line {at} moved");
    }
    assert!(found(&format!("{text}{{}}\n")).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_was_kept_finds_an_end_that_was_cut_off() {
    let world = used().await;
    let folder = world.folder.path().join("data");
    // A gateway that ends signs where it stands.
    let world = world.again().await;
    let note = std::fs::read(folder.join("checkpoint")).unwrap();
    let read: Checkpoint = Note::parse(&note).unwrap().text().parse().unwrap();
    assert!(read.size >= 9, "{}", read.size);
    let seed: [u8; 32] = std::fs::read(folder.join("gateway.key")).unwrap().try_into().unwrap();
    let key = seawall_ledger::note::VerifierKey::new(
        read.origin.clone(),
        seawall_ledger::note::KeyKind::Note,
        seawall_ledger::sign::SigningKey::from_seed(seed).public(),
    );
    let summary = verify(&world.journal(), Some((&note, &key))).unwrap();
    assert_eq!(summary.vouched, Some(read.size));
    let text = world.written();
    let cut: String = text.lines().take(5).map(|line| format!("{line}\n")).collect();
    let file = world.folder.path().join("cut.jsonl");
    std::fs::write(&file, cut).unwrap();
    assert!(verify(&file, None).is_ok(), "by itself it holds");
    assert!(verify(&file, Some((&note, &key))).is_err());
}
