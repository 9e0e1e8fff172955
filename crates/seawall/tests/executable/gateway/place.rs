//! A provider, a gateway before it, and somebody attached.

use crate::folder::Folder;
use crate::framework::place::{PATIENCE, Process};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub const PARTY: &str = "00000000-0000-0000-0000-000000000022";
const PERSON: &str = "00000000-0000-0000-0000-000000000033";
/// How many tokens come out in each answer.
pub const ANSWERED_OUT: u64 = 2;
const ANSWER: &str = "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";

/// A provider that answers every request with the same, and keeps their heads.
#[derive(Clone)]
pub struct Provider {
    pub address: String,
    pub heads: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    pub fn new() -> Provider {
        Provider::with("http", serve::<TcpStream>)
    }

    /// One that speaks TLS; its certificate goes into that file.
    pub fn secured(file: &std::path::Path) -> Provider {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        fs::write(file, cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        Provider::with("https", move |stream, kept| {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            serve(rustls::StreamOwned::new(session, stream), kept);
        })
    }

    /// One that does with each connection what it is told, and keeps the heads of requests.
    pub fn with(
        scheme: &str,
        serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + Sync + 'static,
    ) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, serve) = (Arc::clone(&heads), Arc::new(serve));
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (kept, serve) = (Arc::clone(&kept), Arc::clone(&serve));
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        Provider { address, heads }
    }

    pub fn asked(&self) -> usize {
        self.heads.lock().unwrap().len()
    }
}

fn serve<S: Read + Write>(stream: S, kept: &Mutex<Vec<String>>) {
    answer(stream, |head| {
        kept.lock().unwrap().push(head);
        true
    });
}

/// Answers each request on a connection whose head is taken; holds the first other one for ever.
pub fn answer<S: Read + Write>(stream: S, takes: impl Fn(String) -> bool) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let lower = line.trim_end().to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
            head += &line;
            if lower.is_empty() {
                break;
            }
        }
        if reader.read_exact(&mut vec![0; length]).is_err() {
            return;
        }
        if !takes(head) {
            let _ = reader.read(&mut [0]);
            return;
        }
        let length = ANSWER.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n\
             {ANSWER}"
        );
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// What a command says on standard output.
#[track_caller]
pub fn said(folder: &Folder, command: &str) -> String {
    let made = folder.output(command);
    assert!(made.status.success(), "{command}: {made:?}");
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

/// A gateway that serves.
pub struct Gate {
    pub folder: Folder,
    pub provider: Provider,
    pub serving: Option<Process>,
    pub address: String,
    /// The key that signs its checkpoints.
    pub signer: String,
    starts: usize,
}

impl Gate {
    /// The settings and keys of a gateway; `upstream` and `more` stand in its settings.
    pub fn new(upstream: &str, more: &str) -> Gate {
        Gate::before(|_| Provider::new(), upstream, more)
    }

    /// The same before another provider.
    pub fn before(provider: impl FnOnce(&Folder) -> Provider, upstream: &str, more: &str) -> Gate {
        let folder = Folder::new();
        let provider = provider(&folder);
        let now = jiff::Timestamp::now();
        let ends = now + jiff::SignedDuration::from_hours(24);
        let window = uuid::Uuid::new_v4();
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata = \"data\"\n\
             [window]\nid = \"{window}\"\nsnapshot = \"{}\"\nends = \"{ends}\"\nterms = \"{}\"\n\
             developer = \"{}\"\nissuer = \"{}\"\n\
             [scope]\nendpoints = [\"chat\"]\ntools = \"none\"\noutput_tokens_max = 100\n\
             streaming = \"whole\"\n[scope.models]\nearly = \"internal\"\n\
             [[quota]]\nparty = \"{PARTY}\"\nrequests = 1000\ntokens_in = 1000000\n\
             tokens_out = 1000000\nconcurrent = 2\n{more}\n\
             [upstream]\naddress = \"{}\"\n{upstream}\n",
            "ef".repeat(32),
            "ab".repeat(32),
            said(&folder, "gateway key @developer.key"),
            said(&folder, "gateway key @issuer.key"),
            provider.address,
        );
        fs::write(folder.path("gateway.toml"), text).unwrap();
        fs::write(folder.path("holder"), said(&folder, "gateway key @holder.key")).unwrap();
        let (address, signer) = (String::new(), String::new());
        Gate { folder, provider, serving: None, address, signer, starts: 0 }
    }

    /// Begins to serve.
    pub fn serve(&mut self) {
        let command = self.folder.command("gateway serve --settings @gateway.toml");
        self.serve_by(command);
    }

    /// The same by this command.
    pub fn serve_by(&mut self, command: std::process::Command) {
        self.starts += 1;
        let name = format!("serving-{}", self.starts);
        let mut serving = Process::spawn(&self.folder, &name, command);
        self.address = format!("http://{}", serving.says("the gateway listens on "));
        self.signer = serving.says("whoever keeps its checkpoints verifies them by ");
        self.serving = Some(serving);
    }

    pub fn stop(&mut self) {
        self.serving.take().unwrap().stop();
    }

    /// What the developer does; gives what was said.
    #[track_caller]
    pub fn developer(&self, what: &str, status: i32) -> String {
        let address = &self.address;
        let command = format!(
            "gateway {what} --settings @gateway.toml --key @developer.key --gateway {address}"
        );
        self.folder.said_by(&command, status)
    }

    /// Whether it is open, and if not, why.
    pub fn state(&self) -> String {
        let (_, text) = http(&self.address, "GET /gateway/state", "");
        text
    }

    /// Somebody attaches, with more on the command line.
    pub fn attach(&mut self, more: &str) -> Process {
        let holder = self.folder.text("holder");
        let granted = said(
            &self.folder,
            &format!(
                "gateway grant --settings @gateway.toml --key @issuer.key --holder {holder} \
                 --person {PERSON} --party {PARTY} --purpose evaluate"
            ),
        );
        fs::write(self.folder.path("token"), granted).unwrap();
        self.starts += 1;
        let command = format!(
            "gateway attach --gateway {} --token @token --key @holder.key --purpose evaluate \
             --listen 127.0.0.1:0{more}",
            self.address
        );
        Process::start(&self.folder, &format!("attached-{}", self.starts), &command)
    }
}

/// One request of a partner at the address to which it is attached: the status, 0 where it broke
/// off before one came, and the answer.
pub fn ask(address: &str, canary: &str) -> (u16, String) {
    let body = format!(
        "{{\"model\":\"early\",\"messages\":[{{\"role\":\"user\",\"content\":\"{canary}\"}}]}}"
    );
    http(address, "POST /v1/chat/completions", &body)
}

fn http(address: &str, what: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
    let length = body.len();
    write!(
        stream,
        "{what} HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    // What broke off before its head was whole has no status.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
    (status, body.to_owned())
}

/// Waits until it is so.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
