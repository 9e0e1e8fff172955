//! Listening: TLS with a certificate that this test makes, a real client, clients that are silent
//! or rude, and what reaches the server as bytes rather than as a request.

use crate::csaf_provider::Folder;
use crate::office::Office;
use seawall_server::listen;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// A server on a free port of this machine, which ends with this value.
struct Listening {
    address: SocketAddr,
    certificate: Option<PathBuf>,
    office: Office,
    _stop: oneshot::Sender<()>,
    _folder: Folder,
}

/// Whether a client closes its side before the server has answered.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Ends {
    Early,
    Never,
}

enum Over {
    Tls,
    Plain,
}

/// Serves an office; over TLS only where this machine can make a certificate.
async fn listening(test: &str, over: Over) -> Option<Listening> {
    let office = Office::new().await;
    let folder = Folder::new("tls");
    let certificate = match over {
        Over::Plain => None,
        Over::Tls => match certificate(&folder) {
            Some(path) => Some(path),
            None => {
                println!("skipped: {test}: no openssl");
                return None;
            }
        },
    };
    let config = certificate.as_ref().map(|path| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        listen::tls(path, &folder.0.join("key.pem")).unwrap()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async move { drop(stopped.await) };
    tokio::spawn(listen::serve(listener, config, office.router.clone(), until));
    Some(Listening { address, certificate, office, _stop: stop, _folder: folder })
}

fn certificate(folder: &Folder) -> Option<PathBuf> {
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem";
    let mut openssl = Command::new("openssl");
    openssl.args(arguments.split_whitespace()).current_dir(&folder.0);
    let made = openssl.output().ok()?.status.success();
    made.then(|| folder.0.join("cert.pem"))
}

impl Listening {
    /// Asks with curl, which checks the certificate; nothing when this machine has no curl.
    async fn curl(&self, path: &str, more: &[&str]) -> Option<Output> {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--max-time", "8", "--noproxy", "*"]).args(more);
        if let Some(certificate) = &self.certificate {
            curl.arg("--cacert").arg(certificate);
        }
        curl.arg(format!("{scheme}://{}{path}", self.address));
        tokio::task::spawn_blocking(move || curl.output()).await.unwrap().ok()
    }

    /// Sends bytes and reads whatever comes until the server closes.
    async fn bytes(&self, bytes: &[u8], ends: Ends) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may close before it has read everything.
        let _ = stream.write_all(bytes).await;
        if ends == Ends::Early {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        let _ = tokio::time::timeout(Duration::from_secs(8), reading).await.expect("it closes");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

const PLAIN: &[u8] = b"GET /v1/advisories HTTP/1.1\r\nHost: h.invalid\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_client_is_served_over_tls() {
    let test = "a_real_client_is_served_over_tls";
    let Some(listening) = listening(test, Over::Tls).await else { return };
    for version in ["--tlsv1.2", "--tlsv1.3"] {
        let Some(output) = listening.curl("/v1/advisories", &[version]).await else {
            println!("skipped: {test}: no curl");
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, "[]", "{}", String::from_utf8_lossy(&output.stderr));
    }
    // Plain HTTP on the same port is no HTTP: it is neither answered nor redirected.
    let said = listening.bytes(PLAIN, Ends::Never).await;
    assert!(!said.contains("HTTP/1.1"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_silent_keep_nobody_waiting() {
    let test = "the_silent_keep_nobody_waiting";
    let Some(listening) = listening(test, Over::Tls).await else { return };
    let mut silent = Vec::new();
    for number in 0..100 {
        let mut stream = TcpStream::connect(listening.address).await.unwrap();
        match number % 3 {
            0 => {}
            1 => stream.write_all(&[0x16, 3, 1]).await.unwrap(),
            _ => stream.write_all(b"\0\xff not a handshake").await.unwrap(),
        }
        silent.push(stream);
    }
    let begun = Instant::now();
    let Some(output) = listening.curl("/v1/advisories", &[]).await else {
        println!("skipped: {test}: no curl");
        return;
    };
    assert_eq!(output.stdout, b"[]", "{}", String::from_utf8_lossy(&output.stderr));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    drop(silent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_is_turned_away_and_leaves_nothing() {
    let test = "what_is_no_request_is_turned_away_and_leaves_nothing";
    let Some(listening) = listening(test, Over::Plain).await else { return };
    let key = &listening.office.keys["finder"];
    let head = |more: &str| {
        format!(
            "POST /v1/reports HTTP/1.1\r\nHost: h.invalid\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nConnection: close\r\n{more}\r\n"
        )
    };
    let body = r#"{"purl":"pkg:npm/a@1"}"#;
    let huge = format!("X-Long: {}\r\n", "a".repeat(2 * 1024 * 1024));
    let many: String = (0..2_000).map(|n| format!("X-{n}: a\r\n")).collect();
    let truncated = format!("{}{body}", head("Content-Length: 500\r\n"));
    let chunked = format!("{}5\r\n{{\"pu", head("Transfer-Encoding: chunked\r\n"));
    let claims_much = format!("{}{body}", head("Content-Length: 99999999999\r\n"));
    let cases: [(&str, Vec<u8>, &[&str]); 11] = [
        ("truncated", truncated.into(), &["400", ""]),
        ("truncated chunks", chunked.into(), &["400", ""]),
        ("a huge claim", claims_much.into(), &["413", "400"]),
        ("a huge header", head(&huge).into(), &["431", ""]),
        ("many headers", head(&many).into(), &["431", ""]),
        ("a NUL in a header", head("X-A: a\0b\r\n").into(), &["400"]),
        ("a NUL in the path", b"GET /v1/\0 HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(), &["400"]),
        ("two lengths", head("Content-Length: 1\r\nContent-Length: 2\r\n").into(), &["400"]),
        ("no version", b"GET /\r\n\r\n".to_vec(), &["400", ""]),
        ("another protocol", b"\x16\x03\x01\x02\0\x01\0".to_vec(), &["400", ""]),
        ("a long path", format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(99_999)).into(), &["414"]),
    ];
    let before = listening.office.rows().await;
    for (of, bytes, statuses) in cases {
        let ends = if of.starts_with("truncated") { Ends::Early } else { Ends::Never };
        let said = listening.bytes(&bytes, ends).await;
        let status = said.split(' ').nth(1).unwrap_or_default();
        assert!(statuses.contains(&status), "{of}: {}", said.get(..200).unwrap_or(&said));
        assert_eq!(listening.office.rows().await, before, "{of}: something was kept");
    }
    let good = format!("{}{body}", head(&format!("Content-Length: {}\r\n", body.len())));
    let said = listening.bytes(good.as_bytes(), Ends::Never).await;
    assert!(said.starts_with("HTTP/1.1 202"), "{said}");
}
