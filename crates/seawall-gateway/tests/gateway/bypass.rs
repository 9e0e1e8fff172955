//! Ways around the scope, tried over the wire by somebody whose credential is good: each is
//! refused, none reaches the provider, and each is in the journal (F33).

use crate::world::{World, body, claim, key, whole};
use seawall_gateway::credential::{self, Bound};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CHAT: &str = "/v1/chat/completions";

/// One attempt: method, target, a header of its own, body.
type Attempt<'a> = (&'a str, &'a str, &'a str, String);

/// Sends it as it is, with a fresh proof; the status of what comes back.
async fn send(world: &World, number: usize, (method, target, header, body): &Attempt<'_>) -> u16 {
    let path = target
        .split_once("://")
        .map_or(*target, |(_, rest)| rest.find('/').map_or("/", |at| rest.split_at(at).1));
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let address = format!("{}{path}", world.address);
    let token = world.token(600);
    let (bound, once) = (Bound { method, address: &address }, format!("bypass-{number}"));
    let proof = credential::prove(&key(9), &token, bound, &once, world.now()).unwrap();
    let kind = "content-type: application/json\r\n";
    let kind = if header.starts_with("content-type") { "" } else { kind };
    let text = format!(
        "{method} {target} HTTP/1.1\r\nhost: {}\r\nauthorization: DPoP {token}\r\ndpop: {proof}\r\n\
         seawall-purpose: patch\r\nseawall-claim: {}\r\n{kind}{header}connection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        world.listen,
        claim(),
        body.len()
    );
    let mut stream = TcpStream::connect(world.listen).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

/// The usual body with a field more.
fn with(field: &str) -> String {
    format!("{},{field}}}", body("hello").strip_suffix('}').unwrap())
}

fn attempts() -> Vec<Attempt<'static>> {
    let bodies = [
        with(r#""model":"internal-9""#),
        with(r#""mod\u0065l":"internal-9""#),
        with(r#""Model":"internal-9""#),
        with(r#""models":["internal-9"]"#),
        with(r#""logprobs":true"#),
        with(r#""top_logprobs":5"#),
        with(r#""logit_bias":{"50256":-100}"#),
        with(r#""n":2"#),
        with(r#""n":1.0"#),
        with(r#""best_of":4"#),
        with(r#""store":true"#),
        with(r#""max_tokens":1001"#),
        with(r#""max_tokens":-1"#),
        with(r#""service_tier":"priority""#),
        with(r#""web_search_options":{}"#),
        with(r#""tools":[{"type":"code_interpreter"}]"#),
        body("hello").replace("early", "internal-7"),
        body("hello").replace("early", "EARLY"),
        body("hello").replace("\"hello\"", r#"[{"type":"file","file":{"file_id":"f"}}]"#),
        format!("{0}{0}", body("hello")),
        "[".repeat(5_000),
        String::new(),
    ];
    let bodies = bodies.into_iter().map(|body| ("POST", CHAT, "", body));
    let targets = [
        "/v1/embeddings",
        "/v1/files",
        "/v1/batches",
        "/v1/fine_tuning/jobs",
        "/v1/messages/batches",
        "/v1/models/early",
        "/v1/chat/completions/",
        "/v1//chat/completions",
        "//v1/chat/completions",
        "/v1/./chat/completions",
        "/v1/files/../chat/completions",
        "/v1/chat/completions?api-version=1",
        "/v1/chat%2Fcompletions",
        "/v1/chat/completion%73",
        "/V1/chat/completions",
        "/v1/chat/completions;x",
        "http://x.invalid/v1/chat/completions",
        "https://x.invalid/v1/chat/completions",
        "/v1/responses",
    ];
    let targets = targets.into_iter().map(|target| ("POST", target, "", body("hello")));
    let methods = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "post"];
    let methods = methods.into_iter().map(|method| (method, CHAT, "", body("hello")));
    let headers = [
        "content-type: text/plain\r\n",
        "content-type: multipart/form-data\r\n",
        "content-encoding: gzip\r\n",
        "openai-organization: org-x\r\n",
        "openai-beta: assistants=v2\r\n",
        "anthropic-beta: files-api-2025-04-14\r\n",
    ];
    let headers = headers.into_iter().map(|header| ("POST", CHAT, header, body("hello")));
    bodies.chain(targets).chain(methods).chain(headers).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_around_the_scope_is_refused_and_written_down() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.lease(600).await;
    let attempts = attempts();
    assert!(attempts.len() >= 40, "{}", attempts.len());
    for (number, attempt) in attempts.iter().enumerate() {
        let status = send(&world, number, attempt).await;
        assert!((400..500).contains(&status) && status != 401, "{status}: {attempt:?}");
        // A refusal is written soon and not before it is told.
        world.until_written("\"kind\":\"refused\"", number + 1).await;
    }
    assert!(world.sent.lock().unwrap().is_empty(), "the provider heard of it");
    let text = world.written();
    assert_eq!(text.matches("\"kind\":\"refused\"").count(), attempts.len());
    assert!(!text.contains("internal-9") && !text.contains("hello"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_proves_nothing_writes_nothing() {
    let world = World::new(|_, _| whole(5, 3)).await;
    world.lease(600).await;
    let before = world.written();
    for path in ["/v1/files", CHAT, "/x"] {
        let (status, _) = world.ask("POST", path, &[], body("hello")).await;
        assert!(status.is_client_error(), "{path}: {status}");
    }
    // The list of models is told, and that it was told is written down.
    let headers = world.proof(&world.token(600), "/v1/models");
    let (status, _) = world.ask("GET", "/v1/models", &headers, String::new()).await;
    assert_eq!(status, 200);
    world.until_written("\"kind\":\"told\"", 1).await;
    let text = world.written();
    assert_eq!(text.lines().count(), before.lines().count() + 1);
}
