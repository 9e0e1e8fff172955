//! Streams: byte for byte, and over within a second.

use crate::world::{World, stream, streamed, whole};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

type Senders = Arc<Mutex<Vec<UnboundedSender<Bytes>>>>;

async fn streaming() -> (World, Senders) {
    let senders: Senders = Arc::default();
    let kept = Arc::clone(&senders);
    let world = World::new(move |_, _| {
        let (sender, answer) = stream();
        kept.lock().unwrap().push(sender);
        answer
    })
    .await;
    (world, senders)
}

const PATH: &str = "/v1/chat/completions";
/// Seconds that are soon over, and long enough for a busy machine to begin a stream in.
const SHORT: i64 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_comes_as_it_was_sent() {
    let (world, senders) = streaming().await;
    world.lease(600).await;
    let headers = world.proof(&world.token(600), PATH);
    let mut answer = world.open("POST", PATH, &headers, streamed()).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let pieces: Vec<Bytes> = vec![
        Bytes::from_static(b": a comment\r\n\r\n"),
        Bytes::from_static("data: {\"x\":\"\u{00fc}\"}".as_bytes()).slice(..13),
        Bytes::from_static(b"\xbc\"}\n\n"),
        Bytes::from(vec![b'x'; 10 << 20]),
        Bytes::from_static(b"\x00\xff\xfe"),
        Bytes::from_static(b"data: [DONE]\n\n"),
    ];
    let sender = senders.lock().unwrap().remove(0);
    let (mut expected, mut came) = (Vec::new(), Vec::new());
    for piece in pieces {
        expected.extend_from_slice(&piece);
        sender.send(piece).unwrap();
        // A slow reader: each piece is there before the next one is sent.
        while came.len() < expected.len() {
            let frame = answer.frame().await.unwrap().unwrap();
            came.extend_from_slice(frame.data_ref().unwrap());
        }
        assert!(came == expected, "{} bytes", came.len());
    }
    drop(sender);
    assert!(answer.frame().await.is_none());
    world.until_written(r#""ended":"whole""#, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_ends_five_hundred_streams() {
    const STREAMS: usize = 500;
    let (world, senders) = streaming().await;
    world.lease(600).await;
    let mut open = Vec::new();
    for _ in 0..STREAMS {
        let headers = world.proof(&world.token(600), PATH);
        let answer = world.open("POST", PATH, &headers, streamed()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        open.push(answer);
    }
    for sender in senders.lock().unwrap().iter() {
        sender.send(Bytes::from_static(b"data: 1\n\n")).unwrap();
    }
    for answer in &mut open {
        assert!(answer.frame().await.unwrap().is_ok());
    }
    let begun = Instant::now();
    assert_eq!(world.withdraw().await, StatusCode::OK);
    for answer in &mut open {
        let last = tokio::time::timeout(Duration::from_secs(60), answer.frame()).await;
        assert!(last.expect("it ends").unwrap().is_err(), "broken off, not ended as if whole");
    }
    // How soon is measured by `cargo xtask bench frontier`, with a bar.
    println!("{STREAMS} streams ended {:?} after the withdrawal began", begun.elapsed());
    assert_eq!(world.chat(&streamed()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    world.until_written(r#""ended":"cut""#, STREAMS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_lease_and_with_its_grant() {
    let (world, senders) = streaming().await;
    for (lease, grant) in [(SHORT, 600), (600, SHORT)] {
        world.lease(lease).await;
        let headers = world.proof(&world.token(grant), PATH);
        let begun = Instant::now();
        let mut answer = world.open("POST", PATH, &headers, streamed()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let last = tokio::time::timeout(Duration::from_secs(60), answer.frame()).await;
        assert!(last.expect("it ends").unwrap().is_err());
        println!("ended after {:?}, of {SHORT} s", begun.elapsed());
    }
    // A lease that is renewed lets a stream go on.
    world.lease(SHORT).await;
    let headers = world.proof(&world.token(600), PATH);
    let mut answer = world.open("POST", PATH, &headers, streamed()).await;
    world.lease(600).await;
    tokio::time::sleep(Duration::from_secs(SHORT.unsigned_abs() + 1)).await;
    let sender = senders.lock().unwrap().pop().unwrap();
    sender.send(Bytes::from_static(b"data: 1\n\n")).unwrap();
    assert!(answer.frame().await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_points_elsewhere_or_is_gone_is_no_answer() {
    let world = World::new(|_, body| {
        let mut answer = whole(1, 1);
        if body.windows(5).any(|word| word == b"leave") {
            *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            answer.headers_mut().insert("location", "http://127.0.0.1:1/".parse().unwrap());
        } else {
            *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            answer.headers_mut().insert("retry-after", "7".parse().unwrap());
        }
        answer
    })
    .await;
    world.lease(600).await;
    assert_eq!(world.chat(&crate::world::body("leave")).await.0, StatusCode::BAD_GATEWAY);
    let headers = world.proof(&world.token(600), PATH);
    let answer = world.open("POST", PATH, &headers, crate::world::body("stay")).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "its refusals come back");
    assert_eq!(answer.headers()["retry-after"], "7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_nobody_reads_ends_too() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (world, senders) = streaming().await;
    world.lease(600).await;
    let headers = world.proof(&world.token(600), PATH);
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let body = streamed();
    let mut caller = tokio::net::TcpStream::connect(world.listen).await.unwrap();
    let head = format!("POST {PATH} HTTP/1.1\r\nhost: x\r\n{headers}");
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    caller.write_all(request.as_bytes()).await.unwrap();
    world.until_written(r#""kind":"intent""#, 1).await;
    let sender = loop {
        if let Some(sender) = senders.lock().unwrap().pop() {
            break sender;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    // More than every buffer on the way holds.
    for _ in 0..64 {
        sender.send(Bytes::from(vec![b'x'; 1 << 20])).unwrap();
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(world.withdraw().await, StatusCode::OK);
    world.until_written(r#""ended":"cut""#, 1).await;
    let mut rest = Vec::new();
    let _ = caller.read_to_end(&mut rest).await;
    assert!(rest.len() < 64 << 20, "it was broken off: {}", rest.len());
}
