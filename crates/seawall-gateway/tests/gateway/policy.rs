//! A policy service that is asked for each request: only a whole `allow` in time lets it pass.

use crate::world::{CANARY, World, body, claim, party, person, whole, window};
use hyper::StatusCode;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the service does.
#[derive(Clone, Debug)]
enum Deed {
    /// Answers by these bytes.
    Answer(Vec<u8>),
    /// Takes the question, and never answers.
    Wait,
    /// Answers on and on.
    Flood,
    /// Breaks off.
    Leave,
}

struct Service {
    address: String,
    deed: Arc<Mutex<Deed>>,
    /// What it was asked: the heads and the bodies.
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

fn answer(status: &str, body: &str) -> Deed {
    let length = body.len();
    Deed::Answer(format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").into())
}

fn allow() -> Deed {
    answer("200 OK", r#"{"verdict":"allow"}"#)
}

/// One question of a connection, if there is another.
async fn question(stream: &mut TcpStream) -> Option<(String, Value)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|word| word == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1)?.lines().next()?;
            let length: usize = length.trim().parse().ok()?;
            while bytes.len() < end + 4 + length {
                stream.read_buf(&mut bytes).await.ok().filter(|count| *count > 0)?;
            }
            return Some((head, serde_json::from_slice(&bytes[end + 4..]).ok()?));
        }
        stream.read_buf(&mut bytes).await.ok().filter(|count| *count > 0)?;
    }
}

async fn attend(
    mut stream: TcpStream,
    deed: Arc<Mutex<Deed>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
) {
    while let Some(question) = question(&mut stream).await {
        asked.lock().unwrap().push(question);
        let deed = deed.lock().unwrap().clone();
        match deed {
            Deed::Answer(bytes) => drop(stream.write_all(&bytes).await),
            Deed::Wait => std::future::pending().await,
            Deed::Leave => return,
            Deed::Flood => {
                let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n";
                let _ = stream.write_all(head).await;
                while stream.write_all(&[b' '; 4096]).await.is_ok() {}
                return;
            }
        }
    }
}

impl Service {
    async fn begin() -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/ask", listener.local_addr().unwrap());
        let (deed, asked) = (Arc::new(Mutex::new(allow())), Arc::default());
        let shared = (Arc::clone(&deed), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(attend(stream, Arc::clone(&shared.0), Arc::clone(&shared.1)));
            }
        });
        Service { address, deed, asked }
    }

    fn does(&self, deed: Deed) {
        *self.deed.lock().unwrap() = deed;
    }

    /// A gateway that asks it.
    async fn world(&self, timeout_ms: u64) -> World {
        let section = format!(
            "[policy]\naddress = \"{}\"\ntimeout_ms = {timeout_ms}\nkey_file = \"policy.key\"\n\
             [prices.early]\nin = \"1.00\"\nout = \"2.00\"\n",
            self.address
        );
        let files = [("policy.key", "policy-key-77".to_owned())];
        let world = World::made(1_000_000, &section, &files, |_, _| whole(5, 3)).await;
        world.lease(600).await;
        world
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_who_and_how_much_and_never_what() {
    let service = Service::begin().await;
    let world = service.world(20_000).await;
    assert_eq!(world.chat(&body(CANARY)).await.0, StatusCode::OK);
    let asked = service.asked.lock().unwrap().clone();
    let [(head, question)] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(head.starts_with("post /ask http/1.1"), "{head}");
    assert!(head.contains("authorization: bearer policy-key-77"), "{head}");
    assert!(!question.to_string().contains(CANARY), "{question}");
    for (name, expected) in [
        ("window", Value::from(window().to_string())),
        ("party", party().to_string().into()),
        ("person", person().to_string().into()),
        ("claim", claim().to_string().into()),
        ("purpose", "patch".into()),
        ("endpoint", "chat".into()),
        ("model", "early".into()),
        ("streaming", "whole".into()),
        ("output_tokens_max", 1000.into()),
    ] {
        assert_eq!(question[name], expected, "{question}");
    }
    let bytes = question["body_bytes"].as_u64().unwrap();
    assert_eq!(question["cost_micros_max"].as_u64(), Some(bytes + 2_000), "{question}");
    world.until_written(r#""policy":"allowed""#, 1).await;
    let intent = world.written();
    assert!(intent.contains(question["request"].as_str().unwrap()), "one id in both");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_no_whole_allow_refuses_and_is_written_down() {
    let service = Service::begin().await;
    let world = service.world(20_000).await;
    let redirect =
        format!("HTTP/1.1 307 Moved\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", service.address);
    let deny = r#"{"verdict":"deny","reason":"off_hours"}"#;
    let cases = [
        (answer("200 OK", deny), "denied: off_hours"),
        (answer("500 Oh", r#"{"verdict":"allow"}"#), "no answer: it answered with another status"),
        (answer("204 No", ""), "no answer: it answered with another status"),
        (Deed::Answer(redirect.into()), "no answer: it answered with another status"),
        (answer("200 OK", "yes"), "no answer: its answer is no verdict"),
        (answer("200 OK", ""), "no answer: its answer is no verdict"),
        (answer("200 OK", r#"{"verdict":"allow","x":1}"#), "no answer: its answer is no verdict"),
        (Deed::Answer(b"\x00\xff\r\n\r\n".to_vec()), "no answer: it cannot be reached"),
        (Deed::Leave, "no answer: it cannot be reached"),
        (Deed::Flood, "no answer: its answer broke off, or is too long"),
    ];
    for (number, (deed, reason)) in cases.into_iter().enumerate() {
        service.does(deed.clone());
        let (status, told) = world.chat(&body("a")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{deed:?}: {told}");
        assert!(told.contains(reason), "{deed:?}: {told}");
        world.until_written(r#""kind":"policy""#, number + 1).await;
    }
    assert!(world.sent.lock().unwrap().is_empty(), "nothing was sent on");
    service.does(allow());
    assert_eq!(world.chat(&body("a")).await.0, StatusCode::OK, "and it goes on");
    // What was refused has used nothing.
    let text = world.written();
    assert_eq!(text.matches(r#""kind":"intent""#).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_late_or_gone_has_said_no() {
    let service = Service::begin().await;
    let world = service.world(300).await;
    service.does(Deed::Wait);
    let (status, told) = world.chat(&body("a")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(told.contains("it did not come in time"), "{told}");
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let gone = Service { address, ..service };
    let world = gone.world(20_000).await;
    let text = body("a");
    let asked = tokio::time::timeout(Duration::from_secs(60), world.chat(&text));
    let (status, told) = asked.await.unwrap();
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(told.contains("it cannot be reached"), "{told}");
    assert!(world.sent.lock().unwrap().is_empty());
}
