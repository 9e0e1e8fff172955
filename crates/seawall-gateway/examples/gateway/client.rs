//! A client that asks again as soon as it was answered, on connections that are kept.

use crate::papers::Papers;
use crate::process::Process;
use jiff::Timestamp;
use memchr::memmem;
use rustls_pki_types::ServerName;
use std::cell::RefCell;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What was measured of one proxy.
pub struct Measured {
    /// Requests a second.
    pub rate: f64,
    /// Processor time of its process a request.
    pub cpu_micros: f64,
    pub p50_micros: f64,
    pub p99_micros: f64,
}

/// Where somebody listens, and how to shake hands there.
#[derive(Clone)]
pub struct Address {
    pub text: String,
    pub tls: Option<TlsConnector>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// One connection.
pub struct Connection {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: &Address) -> Connection {
        let stream = TcpStream::connect(&address.text).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let stream: Box<dyn Stream> = match &address.tls {
            None => Box::new(stream),
            Some(connector) => {
                let name = ServerName::try_from("127.0.0.1").unwrap();
                Box::new(connector.connect(name, stream).await.unwrap())
            }
        };
        Connection { stream, buffer: Vec::with_capacity(8192) }
    }

    /// Asks, and reads the whole answer, whose status must be 200: its head and as many bytes as it
    /// says, or its last chunk.
    pub async fn ask(&mut self, request: &[u8]) {
        self.send(request).await;
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "it was broken off: {}", String::from_utf8_lossy(&self.buffer));
            if is_whole(&self.buffer) {
                let is_well = self.buffer.starts_with(b"HTTP/1.1 200");
                return assert!(is_well, "{}", String::from_utf8_lossy(&self.buffer));
            }
        }
    }

    async fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.stream.flush().await.unwrap();
        self.buffer.clear();
    }

    /// Asks, and reads the first piece of a stream.
    async fn begin(&mut self, request: &[u8]) {
        self.send(request).await;
        while !self.buffer.windows(6).any(|word| word == b"data: ") {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "it was broken off: {}", String::from_utf8_lossy(&self.buffer));
        }
    }

    /// Reads until the other side ends it.
    async fn ended(&mut self) {
        loop {
            self.buffer.clear();
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

/// What a client does takes no more of the machine than it must: all share its processors.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = memmem::find(bytes, b"\r\n\r\n") else { return false };
    let (head, body) = bytes.split_at(end + 4);
    match head.split(|byte| *byte == b'\n').find_map(length) {
        Some(length) => body.len() >= length,
        None => body.ends_with(b"0\r\n\r\n"),
    }
}

/// The length of a body, where that is what a line says.
fn length(line: &[u8]) -> Option<usize> {
    let (name, value) = line.split_at_checked(b"content-length: ".len())?;
    let is_it = name.eq_ignore_ascii_case(b"content-length: ");
    is_it.then(|| std::str::from_utf8(value).unwrap().trim().parse().unwrap())
}

/// So many requests a second are made before the clock starts, for each second of a measurement: a
/// client that signs meanwhile would take the processor from what it measures.
const STOCK_RATE: u64 = 16_000;

/// Asks for so long by so many connections.
pub async fn measure(
    process: &Process,
    connections: usize,
    time: Duration,
    request: &dyn Fn() -> Vec<u8>,
) -> Measured {
    let stock = time.as_secs() * STOCK_RATE;
    let stock = RefCell::new((0..stock).map(|_| request()).collect::<Vec<_>>());
    let request = || stock.borrow_mut().pop().unwrap_or_else(request);
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::open(&process.address).await;
        connection.ask(&request()).await;
        open.push(connection);
    }
    let (begun, cpu) = (Instant::now(), process.cpu());
    let request = &request;
    let asking = open.into_iter().map(|mut connection| async move {
        let mut taken = Vec::new();
        while begun.elapsed() < time {
            let words = request();
            let asked = Instant::now();
            connection.ask(&words).await;
            taken.push(asked.elapsed().as_secs_f64() * 1e6);
        }
        taken
    });
    let mut taken: Vec<f64> = futures_util::future::join_all(asking).await.concat();
    let passed = begun.elapsed().as_secs_f64();
    taken.sort_by(f64::total_cmp);
    let count = taken.len() as f64;
    let at = |share: f64| taken[((count - 1.0) * share) as usize];
    Measured {
        rate: count / passed,
        cpu_micros: (process.cpu() - cpu) / count * 1e6,
        p50_micros: at(0.5),
        p99_micros: at(0.99),
    }
}

/// How many streams are opened for [`first_piece`].
const FIRST_PIECES: usize = 300;

/// How long the first piece of a stream takes, one stream after another and each on a connection
/// that has asked before, at the median in microseconds.
pub async fn first_piece(
    address: &Address,
    before: &dyn Fn() -> Vec<u8>,
    request: &dyn Fn() -> Vec<u8>,
) -> f64 {
    let mut taken = Vec::new();
    for _ in 0..FIRST_PIECES {
        let mut connection = Connection::open(address).await;
        connection.ask(&before()).await;
        let words = request();
        let asked = Instant::now();
        connection.begin(&words).await;
        taken.push(asked.elapsed().as_secs_f64() * 1e6);
    }
    taken.sort_by(f64::total_cmp);
    taken[FIRST_PIECES / 2]
}

/// How streams live and end.
pub struct Streams {
    /// Memory with all of them open.
    pub resident_mib: f64,
    /// How long after their lease the last of some was ended.
    pub late_millis: f64,
    /// How long after the withdrawal began the last of all was ended.
    pub withdrawn_millis: f64,
}

/// How many streams outlive their lease.
const OUTLIVING: usize = 50;
/// How long that lease lasts.
const LEASE_SECONDS: i64 = 3;

/// Opens streams, some under a short lease and all until a withdrawal.
pub async fn streams(papers: &Papers, gate: &Process, number: usize) -> Streams {
    let ends = papers.lease(&gate.address, LEASE_SECONDS).await;
    let mut some = open(papers, gate, OUTLIVING).await;
    end(&mut some).await;
    let late_millis = Timestamp::now().duration_since(ends).as_secs_f64() * 1e3;
    papers.lease(&gate.address, 600).await;
    let before = gate.resident_mib();
    let mut all = open(papers, gate, number).await;
    let resident_mib = gate.resident_mib();
    let begun = Instant::now();
    papers.withdraw(&gate.address).await;
    end(&mut all).await;
    let withdrawn_millis = begun.elapsed().as_secs_f64() * 1e3;
    let each = (resident_mib - before) * 1024.0 / number as f64;
    println!("{number} open streams: {each:.1} kB each");
    Streams { resident_mib, late_millis, withdrawn_millis }
}

async fn open(papers: &Papers, gate: &Process, number: usize) -> Vec<Connection> {
    let mut open = Vec::new();
    for _ in 0..number {
        let mut connection = Connection::open(&gate.address).await;
        connection.begin(&papers.streamed(&gate.address)).await;
        open.push(connection);
    }
    open
}

async fn end(open: &mut [Connection]) {
    for connection in open {
        connection.ended().await;
    }
}
