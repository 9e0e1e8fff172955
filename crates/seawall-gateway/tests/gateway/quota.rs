//! Quotas: never overshot by requests at the same time, never lost.

use crate::world::{World, body, stream, streamed, whole};
use hyper::StatusCode;
use std::sync::Arc;

/// A request that asks for so many tokens at most.
fn asking(tokens: u64) -> String {
    let body = body("a");
    format!(r#"{},"max_tokens":{tokens}}}"#, body.strip_suffix('}').unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_the_same_time_use_no_more_than_there_is() {
    // Each may use 100 and uses 100: ten fit into 1,050.
    let world = Arc::new(World::with(1_050, |_, _| whole(1, 100)).await);
    world.lease(600).await;
    let asked: Vec<_> = (0..200)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.chat(&asking(100)).await.0 })
        })
        .collect();
    let mut passed = 0;
    for asked in asked {
        match asked.await.unwrap() {
            StatusCode::OK => passed += 1,
            other => assert_eq!(other, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    assert_eq!(passed, 10);
    assert_eq!(world.sent.lock().unwrap().len(), 10);
    world.until_written(r#""kind":"outcome""#, 10).await;
    // The journal has the order of the book, whichever request came first to be written.
    let world = Arc::into_inner(world).unwrap().again().await;
    assert_eq!(world.chat(&asking(100)).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.chat(&asking(50)).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_before_the_answer_leaves_nothing_open() {
    let world = World::with(1_500, |_, _| whole(1, 100)).await;
    world.lease(600).await;
    let hang = body("hang");
    let asked = tokio::time::timeout(std::time::Duration::from_secs(2), world.chat(&hang)).await;
    assert!(asked.is_err(), "nobody answers");
    world.until_written(r#""ended":"left""#, 1).await;
    // It counts in full, because nobody knows what the provider did; but it is over.
    assert_eq!(world.chat(&asking(600)).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.chat(&asking(400)).await.0, StatusCode::OK);
    let world = world.again().await;
    assert_eq!(world.chat(&asking(500)).await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_used_is_given_back() {
    let world = World::with(1_050, |_, _| whole(1, 10)).await;
    world.lease(600).await;
    for round in 1..=50 {
        assert_eq!(world.chat(&asking(100)).await.0, StatusCode::OK, "round {round}");
        world.until_written(r#""kind":"outcome""#, round).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_under_way_at_a_crash_counts_in_full() {
    let world = World::with(1_000, |_, body| {
        let (sender, answer) = stream();
        if body.windows(6).any(|word| word == b"stream") {
            // It stays open, and nobody ever says what it used.
            std::mem::forget(sender);
            answer
        } else {
            whole(1, 1)
        }
    })
    .await;
    world.lease(600).await;
    // It asks for nothing in particular, so all that the scope allows is set aside.
    let headers = world.proof(&world.token(600), "/v1/chat/completions");
    let answer = world.open("POST", "/v1/chat/completions", &headers, streamed()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(world.chat(&asking(1)).await.0, StatusCode::TOO_MANY_REQUESTS);
    // As a crash leaves it: the intent is there, and no outcome.
    let journal = std::fs::read(world.journal()).unwrap();
    drop(answer);
    world.until_written(r#""kind":"outcome""#, 1).await;
    std::fs::write(world.journal().with_extension("kept"), &journal).unwrap();
    let kept = world.journal().with_extension("kept");
    let path = world.journal();
    let world = world.after(move || std::fs::rename(kept, path).unwrap()).await;
    assert_eq!(world.chat(&asking(1)).await.0, StatusCode::TOO_MANY_REQUESTS);
    world.until_written(r#""ended":"unknown""#, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_was_set_aside_is_marked_and_told() {
    let world = World::with(1_050, |_, body| {
        let is_more = body.windows(4).any(|word| word == b"more");
        if is_more { whole(1_000_000, 30) } else { whole(5, 10) }
    })
    .await;
    assert_eq!(world.lease(600).await, StatusCode::OK);
    for (round, canary) in ["a", "more", "b", "more"].into_iter().enumerate() {
        assert_eq!(world.chat(&body(canary)).await.0, StatusCode::OK);
        world.until_written(r#""kind":"outcome""#, round + 1).await;
    }
    let text = world.written();
    assert_eq!(text.matches(r#""overrun":{"requests":0,"tokens_in":9"#).count(), 2, "{text}");
    let folder = world.folder.path().join("data");
    let used = seawall_gateway::usage::usage(&folder, None).unwrap().quotas;
    assert_eq!((used.len(), used[0].overruns.requests), (1, 2));
    assert!(used[0].overruns.by.tokens_in > 1_999_000, "{used:?}");
    assert_eq!(used[0].overruns.by.tokens_out, 0);
    let summary = seawall_gateway::verify(&world.journal(), None).unwrap();
    assert_eq!(summary.overruns, used[0].overruns);
    // The developer hears it with each lease, after a restart too.
    let world = world.again().await;
    let said = world.leased().await;
    assert_eq!(said["overruns"]["requests"], 2, "{said}");
    assert!(said["journal"]["checkpoint"].is_string(), "{said}");
    // Whoever only asks whether it is open does not.
    let (_, state) = world.ask("GET", "/gateway/state", &[], String::new()).await;
    assert_eq!(state, r#"{"state":"open"}"#);
}
