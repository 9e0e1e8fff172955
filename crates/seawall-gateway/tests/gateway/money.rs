//! Money: limited like tokens, settled like tokens, and in whole millionths of a dollar.

use crate::world::{World, body, party, stream, streamed, whole};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::StatusCode;
use seawall_domain::engagement::quota::Holder;
use seawall_gateway::settings::Settings;
use seawall_gateway::usage::usage;
use std::sync::Arc;

/// What goes in costs nothing, a token that comes out a thousandth of a dollar.
fn costs(money: &str) -> String {
    format!("money = \"{money}\"\n[prices.early]\nin = \"0\"\nout = \"1000.00\"\n")
}

/// A request that asks for so many tokens at most.
fn asking(tokens: u64) -> String {
    let body = body("a");
    format!(r#"{},"max_tokens":{tokens}}}"#, body.strip_suffix('}').unwrap())
}

/// What the party has used, in millionths of a dollar.
fn spent(world: &World) -> u64 {
    let used = usage(world.journal().parent().unwrap(), Some(party())).unwrap().quotas;
    let of = used.iter().find(|used| used.holder == Holder::Party(party())).unwrap();
    of.account.settled.cost_micros
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_the_same_time_spend_no_more_than_there_is() {
    // Each may cost 0.10 and costs 0.10: ten fit into 1.05.
    let world = World::made(1_000_000, &costs("1.05"), &[], |_, _| whole(1, 100)).await;
    let world = Arc::new(world);
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
    let world = Arc::into_inner(world).unwrap().again().await;
    assert_eq!(spent(&world), 1_000_000);
    assert_eq!(world.chat(&asking(51)).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.chat(&asking(50)).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_spent_is_given_back_and_what_a_cache_had_costs_less() {
    let prices = "money = \"1000.00\"\n[prices.early]\nin = \"3.00\"\nout = \"15.00\"\n\
                  cached = \"0.30\"\n";
    let world = World::made(1_000_000, prices, &[], |_, _| {
        let mut answer = whole(1, 1);
        let usage = r#"{"usage":{"prompt_tokens":1000,"completion_tokens":10,
            "prompt_tokens_details":{"cached_tokens":400}}}"#;
        *answer.body_mut() = Full::new(Bytes::from(usage)).boxed();
        answer
    })
    .await;
    world.lease(600).await;
    assert_eq!(world.chat(&asking(1_000)).await.0, StatusCode::OK);
    world.until_written(r#""kind":"outcome""#, 1).await;
    assert_eq!(spent(&world), 600 * 3 + 120 + 10 * 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_loses_nothing_that_was_spent_and_counts_what_was_under_way() {
    let world = World::made(1_000_000, &costs("1.50"), &[], |_, body| {
        let (sender, answer) = stream();
        if body.windows(6).any(|word| word == b"stream") {
            // It stays open, and nobody ever says what it used.
            std::mem::forget(sender);
            answer
        } else {
            whole(1, 100)
        }
    })
    .await;
    world.lease(600).await;
    assert_eq!(world.chat(&asking(100)).await.0, StatusCode::OK);
    world.until_written(r#""kind":"outcome""#, 1).await;
    // All that the scope allows is set aside for it: a whole dollar.
    let headers = world.proof(&world.token(600), "/v1/chat/completions");
    let answer = world.open("POST", "/v1/chat/completions", &headers, streamed()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    // As a kill leaves it: the intent is there, and no outcome.
    let kept = world.journal().with_extension("kept");
    std::fs::copy(world.journal(), &kept).unwrap();
    drop(answer);
    world.until_written(r#""kind":"outcome""#, 2).await;
    let path = world.journal();
    let world = world.after(move || std::fs::rename(kept, path).unwrap()).await;
    world.until_written(r#""ended":"unknown""#, 1).await;
    assert_eq!(spent(&world), 1_100_000);
    assert_eq!(world.chat(&asking(401)).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.chat(&asking(400)).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_is_limited_needs_prices_in_decimal() {
    let world = World::new(|_, _| whole(1, 1)).await;
    let file = world.folder.path().join("gateway.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let check = |more: &str, expected: &str| {
        std::fs::write(&file, format!("{text}{more}")).unwrap();
        let told = Settings::read(&file).map_or_else(|bad| bad.to_string(), |_| "reads".into());
        assert!(told.contains(expected), "{more}: {told}");
    };
    check(&costs("1.05"), "reads");
    check("money = \"1.05\"\n", "does not name `early`");
    check("[prices.early]\nin = \"1\"\nout = \"2\"\n", "reads");
    check("[prices.early]\nin = \"1\"\n", "missing field `out`");
    check("[prices.early]\nin = 1.5\nout = \"2\"\n", "a string");
    check("[prices.early]\nin = \"1e3\"\nout = \"2\"\n", "decimal");
    check("money = 1.05\n", "a string");
    let ceiling = "[follow.quota]\nrequests = 1\ntokens_in = 1\ntokens_out = 1\nconcurrent = 1\n";
    check(ceiling, "reads");
    check(&format!("{ceiling}money = \"1\"\n"), "does not name `early`");
}
