//! `cargo xtask bench osv-query`: the OSV query interface of a real server over loopback, with the
//! advisories of `SEAWALL_DATA/osv`, beside a canned answer of the same web framework as the floor.
//!
//! The server has one thread, the clients have another: queries a second are those of one core.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use axum::Router;
use axum::routing::post;
use seawall_server::listen;
use seawall_server::site::{Site, router};
use seawall_testkit::database::Fresh;
use seawall_testkit::world::World;
use serde_json::{Value, json};
use std::future::pending;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

/// How many connections ask at the same time.
const CONNECTIONS: [usize; 2] = [1, 16];
/// How many queries each measurement sends in all.
const QUERIES: usize = 100_000;
/// How many queries a batch has, and how many batches are sent.
const BATCH: (usize, usize) = (1_000, 50);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 << 20;

fn main() {
    let Some(records) = records() else {
        println!("skipped: osv_query: no SEAWALL_DATA");
        return;
    };
    let queries = queries(&records);
    let usual = listed().unwrap_or_default();
    println!(
        "{} records; {} queries that records name, {} components of real lock files",
        records.len(),
        queries.len(),
        usual.len()
    );
    let (ready, bound) = mpsc::channel();
    std::thread::spawn(move || serve(&records, &ready));
    let address = bound.recv().expect("the server listens");
    let clients = Builder::new_current_thread().enable_all().build().expect("a runtime");
    clients.block_on(async {
        let (floor, query) = ("/canned", "/v1/query");
        for connections in CONNECTIONS {
            for _ in 0..2 {
                load(&address, "floor", floor, connections, &queries).await;
                load(&address, "named by records", query, connections, &queries).await;
                load(&address, "real lock files", query, connections, &usual).await;
            }
        }
        batches(&address, "named by records", &queries).await;
        batches(&address, "real lock files", &usual).await;
    });
}

/// The records of Python, Go and Rust, as they are stored.
fn records() -> Option<Vec<String>> {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| here.to_owned());
    let mut records = Vec::new();
    for name in ["pypa", "go", "rustsec"] {
        let path = format!("{folder}/osv/{name}.jsonl.zst");
        let unpacked = Command::new("zstd").args(["-dc", &path]).output().ok()?;
        if !unpacked.status.success() {
            return None;
        }
        let text = String::from_utf8(unpacked.stdout).ok()?;
        records.extend(text.lines().map(str::to_owned));
    }
    Some(records)
}

/// One query for each component of the lock files among the shared data, by package URL.
fn listed() -> Option<Vec<String>> {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| here.to_owned());
    let path = format!("{folder}/matching/lock-sboms.tar.zst");
    let unpacked = Command::new("tar").args(["--zstd", "-xOf", &path]).output().ok()?;
    let documents = serde_json::Deserializer::from_slice(&unpacked.stdout).into_iter::<Value>();
    let mut queries = Vec::new();
    for document in documents {
        for component in document.ok()?["components"].as_array().into_iter().flatten() {
            if let Some(purl) = component["purl"].as_str() {
                queries.push(json!({"package": {"purl": purl}}).to_string());
            }
        }
    }
    Some(queries)
}

/// One query for each package that a record names, in the version before the last that it lists,
/// and one that nothing speaks of for every three of them.
fn queries(records: &[String]) -> Vec<String> {
    let mut queries = Vec::new();
    for record in records {
        let record: Value = serde_json::from_str(record).expect("a record");
        for affected in record["affected"].as_array().into_iter().flatten() {
            let package = &affected["package"];
            let listed = affected["versions"].as_array().and_then(|all| all.iter().rev().nth(1));
            let version = listed.and_then(Value::as_str).unwrap_or("0.1.0");
            let package = json!({"name": package["name"], "ecosystem": package["ecosystem"]});
            queries.push(json!({"package": package, "version": version}).to_string());
            if queries.len().is_multiple_of(4) {
                let package = json!({"name": "nothing-speaks-of-it", "ecosystem": "PyPI"});
                queries.push(json!({"package": package, "version": "1.0"}).to_string());
            }
        }
    }
    // A walk by a step that has no divisor in common with it mixes the ecosystems.
    let many = queries.len();
    (0..many).map(|index| queries[index * 7_919 % many].clone()).collect()
}

/// Serves on a free port, on this thread only.
fn serve(records: &[String], ready: &mpsc::Sender<String>) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let world = World::open(Arc::new(Fresh::sqlite())).await;
        world.records.install(records);
        world.desk.advisories.refresh();
        let site = Site { desk: world.desk.clone(), claim_check_salt: None };
        let canned = Router::new().route("/canned", post(|_: axum::body::Bytes| async { "{}" }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        ready.send(listener.local_addr().expect("an address").to_string()).expect("somebody waits");
        let routes = canned.merge(router(site));
        listen::serve(listener, None, routes, pending()).await.expect("the server serves");
    });
}

async fn load(address: &str, name: &str, path: &str, connections: usize, queries: &[String]) {
    let each = QUERIES / connections;
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for connection in 0..connections {
        let own = queries.iter().cycle().skip(connection * each).take(each);
        let requests: Vec<Vec<u8>> = own.map(|body| request(path, body)).collect();
        let address = address.to_owned();
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(&address).await;
            let (mut times, mut bytes) = (Vec::with_capacity(requests.len()), 0);
            for request in &requests {
                let sent = Instant::now();
                bytes += client.ask(request).await;
                times.push(sent.elapsed());
            }
            (times, bytes)
        }));
    }
    let (mut times, mut bytes) = (Vec::new(), 0);
    let prepared = begin.elapsed();
    for task in tasks {
        let (own, read) = task.await.expect("a client ends");
        times.extend(own);
        bytes += read;
    }
    let took = begin.elapsed() - prepared;
    let size = bytes / times.len();
    times.sort_unstable();
    let rate = times.len() as f64 / took.as_secs_f64();
    println!(
        "{name:<17} {connections:>3} connections: p50 {:>7.3} ms  p99 {:>7.3} ms  \
         {rate:>7.0} a second  {size} bytes an answer",
        at(&times, 50),
        at(&times, 99),
    );
}

async fn batches(address: &str, name: &str, queries: &[String]) {
    let mut client = Client::connect(address).await;
    let (many, rounds) = BATCH;
    let mut times = Vec::new();
    for round in 0..rounds {
        let own = queries.iter().cycle().skip(round * many).take(many);
        let body = format!("{{\"queries\":[{}]}}", own.cloned().collect::<Vec<_>>().join(","));
        let request = request("/v1/querybatch", &body);
        let sent = Instant::now();
        client.ask(&request).await;
        times.push(sent.elapsed());
    }
    times.sort_unstable();
    let (middle, slow) = (at(&times, 50), at(&times, 99));
    println!("{name:<17} {many} queries a batch: p50 {middle:.3} ms  p99 {slow:.3} ms");
}

fn at(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[place].as_secs_f64() * 1e3
}

fn request(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// One connection that asks again and again.
struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    async fn connect(address: &str) -> Client {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Client { stream, read: Vec::with_capacity(1 << 20) }
    }

    /// Sends a request and reads the answer; gives the length of its body.
    async fn ask(&mut self, request: &[u8]) -> usize {
        self.stream.write_all(request).await.expect("the server reads");
        self.read.clear();
        loop {
            assert!(self.stream.read_buf(&mut self.read).await.expect("an answer") > 0, "it ended");
            assert!(self.read.len() < ANSWER_BYTES_MAX, "too long");
            let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&self.read[..end]).expect("a head");
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok())?
            });
            let length: usize = length.expect("a length");
            while self.read.len() < end + 4 + length {
                let more = self.stream.read_buf(&mut self.read).await.expect("the rest");
                assert!(more > 0, "it ended");
            }
            return length;
        }
    }
}
