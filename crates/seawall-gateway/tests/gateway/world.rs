//! A provider that answers as it is told, a gateway before it, and callers with keys.

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use jiff::{SignedDuration, Timestamp};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Bearer, Grant, Proof, Purpose};
use seawall_domain::engagement::lease::Lease;
use seawall_domain::id::{PartyId, PersonId, ScanId, WindowId};
use seawall_gateway::control::{LEASE, WITHDRAWAL, Withdrawal};
use seawall_gateway::credential::{self, Bound};
use seawall_gateway::settings::Settings;
use seawall_gateway::{Chance, Clock, Gateway};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws;
use seawall_ledger::sign::SigningKey;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// What nobody may find in any file.
pub const CANARY: &str = "canary-prompt-41c0";
/// The provider's key.
pub const PROVIDER_KEY: &str = "provider-key-9d1f";

type Answer = Response<BoxBody<Bytes, Infallible>>;
type Script = dyn Fn(&str, Bytes) -> Answer + Send + Sync;

/// What the provider was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub struct World {
    pub folder: tempfile::TempDir,
    pub gateway: Arc<Gateway>,
    pub address: String,
    pub listen: SocketAddr,
    /// Seconds by which the clock is moved.
    pub moved: Arc<AtomicI64>,
    pub sent: Arc<Mutex<Vec<Sent>>>,
    pub settings: Settings,
    tasks: Tasks,
    journal: Option<std::thread::JoinHandle<()>>,
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

pub fn developer() -> SigningKey {
    key(1)
}

pub fn issuer() -> SigningKey {
    key(2)
}

pub fn window() -> WindowId {
    WindowId::new(Uuid::from_u128(0x11))
}

pub fn party() -> PartyId {
    PartyId::new(Uuid::from_u128(0x22))
}

pub fn person() -> PersonId {
    PersonId::new(Uuid::from_u128(0x33))
}

pub fn claim() -> ScanId {
    ScanId::new(Uuid::from_u128(0x44))
}

/// Whole JSON with a usage.
pub fn whole(tokens_in: u64, tokens_out: u64) -> Answer {
    let usage =
        format!(r#""usage":{{"prompt_tokens":{tokens_in},"completion_tokens":{tokens_out}}}"#);
    let body = format!(r#"{{"id":"x","choices":[],{usage}}}"#);
    let mut answer = Response::new(Full::new(Bytes::from(body)).boxed());
    answer.headers_mut().insert("content-type", "application/json".parse().unwrap());
    answer.headers_mut().insert("set-cookie", "secret=1".parse().unwrap());
    answer
}

/// A stream of pieces, each as it is sent; it ends when the sender goes.
pub fn stream() -> (mpsc::UnboundedSender<Bytes>, Answer) {
    let (sender, receiver) = mpsc::unbounded_channel::<Bytes>();
    let pieces = futures(receiver);
    let mut answer = Response::new(StreamBody::new(pieces).boxed());
    answer.headers_mut().insert("content-type", "text/event-stream".parse().unwrap());
    (sender, answer)
}

fn futures(
    receiver: mpsc::UnboundedReceiver<Bytes>,
) -> impl futures_util::Stream<Item = Result<Frame<Bytes>, Infallible>> + Send + Sync {
    futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (Ok(Frame::data(piece)), receiver))
    })
}

async fn provide(listener: TcpListener, script: Arc<Script>, sent: Arc<Mutex<Vec<Sent>>>) {
    loop {
        let Ok((connection, _)) = listener.accept().await else { return };
        let (script, sent) = (Arc::clone(&script), Arc::clone(&sent));
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let (script, sent) = (Arc::clone(&script), Arc::clone(&sent));
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await.unwrap().to_bytes();
                    let text =
                        |value: &hyper::header::HeaderValue| value.to_str().unwrap().to_owned();
                    // A provider that never answers.
                    if body.windows(4).any(|word| word == b"hang") {
                        std::future::pending::<()>().await;
                    }
                    let headers = head.headers.iter();
                    let headers = headers.map(|(name, value)| (name.to_string(), text(value)));
                    let path = head.uri.path().to_owned();
                    sent.lock().unwrap().push(Sent {
                        path: path.clone(),
                        headers: headers.collect(),
                        body: String::from_utf8_lossy(&body).into_owned(),
                    });
                    Ok::<_, Infallible>(script(&path, body))
                }
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
        });
    }
}

impl World {
    pub async fn new(script: impl Fn(&str, Bytes) -> Answer + Send + Sync + 'static) -> World {
        World::with(1_000_000, script).await
    }

    /// A world in which the party may use so many tokens out.
    pub async fn with(
        tokens_out: u64,
        script: impl Fn(&str, Bytes) -> Answer + Send + Sync + 'static,
    ) -> World {
        World::made(tokens_out, "", &[], script).await
    }

    /// A world in which the provider's key comes with leases.
    pub async fn supplied(script: impl Fn(&str, Bytes) -> Answer + Send + Sync + 'static) -> World {
        World::keyed("key = \"lease\"", (1_000_000, ""), &[], script).await
    }

    /// The same with more in its settings, and files beside them.
    pub async fn made(
        tokens_out: u64,
        more: &str,
        files: &[(&str, String)],
        script: impl Fn(&str, Bytes) -> Answer + Send + Sync + 'static,
    ) -> World {
        World::keyed("key_file = \"provider.key\"", (tokens_out, more), files, script).await
    }

    async fn keyed(
        key: &str,
        (tokens_out, more): (u64, &str),
        files: &[(&str, String)],
        script: impl Fn(&str, Bytes) -> Answer + Send + Sync + 'static,
    ) -> World {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let provider = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = provider.local_addr().unwrap();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let providing = tokio::spawn(provide(provider, Arc::new(script), Arc::clone(&sent)));
        std::fs::write(folder.path().join("provider.key"), PROVIDER_KEY).unwrap();
        let ends = Timestamp::now() + SignedDuration::from_hours(48);
        let text = format!(
            r#"
data = "data"
[upstream]
address = "http://{upstream}"
{key}
[window]
id = "{}"
snapshot = "{}"
ends = "{ends}"
terms = "{}"
developer = "{}"
issuer = "{}"
[scope]
endpoints = ["chat", "messages", "models"]
tools = "functions"
output_tokens_max = 1000
streaming = "streamed"
[scope.models]
early = "internal-7"
[[quota]]
party = "{}"
requests = 1000000
tokens_in = 1000000000
tokens_out = {tokens_out}
concurrent = 1000
{more}"#,
            window(),
            Digest::new([7; 32]),
            Digest::new([8; 32]),
            developer().public(),
            issuer().public(),
            party()
        );
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, text).unwrap();
        let settings = Settings::read(&file).unwrap();
        let moved = Arc::new(AtomicI64::new(0));
        let (gateway, address, listen, serving, journal) =
            begin(settings.clone(), Arc::clone(&moved)).await;
        let tasks = Tasks(vec![providing, serving]);
        let journal = Some(journal);
        World { folder, gateway, address, listen, moved, sent, settings, tasks, journal }
    }

    /// Takes the gateway down as a crash would, and begins another on the same folder.
    pub async fn again(self) -> World {
        self.after(|| {}).await
    }

    /// Takes the gateway down for good; gives what it left.
    pub async fn stopped(mut self) -> tempfile::TempDir {
        drop(self.tasks);
        drop(self.gateway);
        let journal = self.journal.take().unwrap();
        tokio::task::spawn_blocking(move || journal.join()).await.unwrap().unwrap();
        self.folder
    }

    /// The same, with something done in between.
    pub async fn after(mut self, between: impl FnOnce()) -> World {
        self.tasks.0.pop().unwrap().abort();
        let gone = self.gateway;
        let settings = self.settings.clone();
        let journal = self.journal.take().unwrap();
        drop(gone);
        // The writer ends when the last stream has let go of it.
        tokio::task::spawn_blocking(move || journal.join()).await.unwrap().unwrap();
        between();
        let (gateway, address, listen, serving, journal) =
            begin(settings.clone(), Arc::clone(&self.moved)).await;
        self.tasks.0.push(serving);
        World {
            folder: self.folder,
            gateway,
            address,
            listen,
            moved: self.moved,
            sent: self.sent,
            settings,
            tasks: self.tasks,
            journal: Some(journal),
        }
    }

    pub fn now(&self) -> Timestamp {
        now(&self.moved)
    }

    pub fn token(&self, seconds: i64) -> String {
        self.token_for(seconds, Purpose::Patch)
    }

    /// A token for somebody of another party.
    pub fn token_of(&self, party: PartyId) -> String {
        self.token_with(600, Purpose::Patch, |grant| grant.party = party)
    }

    pub fn token_for(&self, seconds: i64, purpose: Purpose) -> String {
        self.token_with(seconds, purpose, |_| {})
    }

    /// The same, with something else in it.
    pub fn token_with(
        &self,
        seconds: i64,
        purpose: Purpose,
        change: impl FnOnce(&mut Grant),
    ) -> String {
        let from = Timestamp::from_second(self.now().as_second()).unwrap();
        let until = from + SignedDuration::from_secs(seconds);
        let mut grant = Grant {
            bearer: Bearer::Person { person: person() },
            party: party(),
            window: window(),
            key: Digest::new(jws::thumbprint(key(9).public())),
            proof: Proof::Signature,
            purposes: BTreeSet::from([purpose]),
            claims: BTreeMap::from([(claim(), until)]),
            terms: Digest::new([8; 32]),
            from,
            until,
        };
        change(&mut grant);
        credential::issue(&issuer(), &grant).unwrap()
    }

    /// The headers of somebody who holds the key.
    pub fn proof(&self, token: &str, path: &str) -> Vec<(String, String)> {
        static ONCE: AtomicU64 = AtomicU64::new(0);
        let once = ONCE.fetch_add(1, Ordering::Relaxed).to_string();
        let address = format!("{}{path}", self.address);
        let method = if path == "/v1/models" { "GET" } else { "POST" };
        let bound = Bound { method, address: &address };
        let proof = credential::prove(&key(9), token, bound, &once, self.now()).unwrap();
        [
            ("authorization", format!("DPoP {token}")),
            ("dpop", proof),
            ("seawall-purpose", "patch".to_owned()),
            ("seawall-claim", claim().to_string()),
            ("content-type", "application/json".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    pub async fn lease(&self, seconds: i64) -> StatusCode {
        self.lease_by(&developer(), seconds, self.now().as_microsecond().unsigned_abs()).await
    }

    /// Leases; gives what the gateway answers.
    pub async fn leased(&self) -> serde_json::Value {
        let not_after = self.now() + SignedDuration::from_secs(600);
        let (scope, seq) = (self.settings.scope.clone(), self.now().as_microsecond());
        let (snapshot, seq) = (Digest::new([7; 32]), seq.unsigned_abs());
        let lease = Lease { window: window(), snapshot, scope, not_after, seq };
        let mut envelope = Envelope::new(LEASE, serde_json::to_vec(&lease).unwrap());
        envelope.sign(&developer());
        let (status, text) = self.ask("POST", "/gateway/word", &[], envelope.to_json()).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn lease_by(&self, key: &SigningKey, seconds: i64, seq: u64) -> StatusCode {
        let not_after = self.now() + SignedDuration::from_secs(seconds);
        let scope = self.settings.scope.clone();
        let lease =
            Lease { window: window(), snapshot: Digest::new([7; 32]), scope, not_after, seq };
        self.word(LEASE, key, serde_json::to_vec(&lease).unwrap()).await
    }

    pub async fn withdraw(&self) -> StatusCode {
        let word = serde_json::to_vec(&Withdrawal { window: window() }).unwrap();
        self.word(WITHDRAWAL, &developer(), word).await
    }

    pub async fn word(&self, kind: &str, key: &SigningKey, word: Vec<u8>) -> StatusCode {
        let mut envelope = Envelope::new(kind, word);
        envelope.sign(key);
        let (status, _) = self.ask("POST", "/gateway/word", &[], envelope.to_json()).await;
        status
    }

    /// A request of the partner, with a fresh proof; its status and its body.
    pub async fn chat(&self, body: &str) -> (StatusCode, String) {
        let headers = self.proof(&self.token(600), "/v1/chat/completions");
        self.ask("POST", "/v1/chat/completions", &headers, body.to_owned()).await
    }

    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: String,
    ) -> (StatusCode, String) {
        let answer = self.open(method, path, headers, body).await;
        let status = answer.status();
        let body = answer.into_body().collect().await;
        let body = body.map_or_else(
            |error| format!("broken: {error}"),
            |body| String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        );
        (status, body)
    }

    pub async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: String,
    ) -> Response<Incoming> {
        let client: Client<HttpConnector, Full<Bytes>> =
            Client::builder(TokioExecutor::new()).build_http();
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("http://{}{path}", self.listen));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        client.request(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap()
    }

    /// Everything that lies in the folder, but the provider's key.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(self.folder.path().join("data")).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
            .collect()
    }

    /// The lines of the journal, without the room behind them.
    pub fn written(&self) -> String {
        let text = std::fs::read_to_string(self.journal()).unwrap_or_default();
        text.trim_end_matches('\0').to_owned()
    }

    pub fn journal(&self) -> std::path::PathBuf {
        self.folder.path().join("data/journal.jsonl")
    }

    /// Waits until the journal says this.
    pub async fn until_written(&self, what: &str, times: usize) {
        let begun = Instant::now();
        loop {
            let text = self.written();
            if text.matches(what).count() >= times {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{what} {times}: {text}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Tasks that end with the world.
pub struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

pub fn body(canary: &str) -> String {
    format!(r#"{{"model":"early","messages":[{{"role":"user","content":"{canary}"}}]}}"#)
}

pub fn streamed() -> String {
    r#"{"model":"early","stream":true,"messages":[{"role":"user","content":"a"}]}"#.to_owned()
}

fn now(moved: &AtomicI64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(moved.load(Ordering::Relaxed))
}

pub async fn begin(
    settings: Settings,
    moved: Arc<AtomicI64>,
) -> (Arc<Gateway>, String, SocketAddr, JoinHandle<()>, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = listener.local_addr().unwrap();
    let address = settings.own_address(listen);
    let clock: Clock = Arc::new(move || Some(now(&moved)));
    let chance: Chance = Arc::new(|| {
        let (one, two) = (Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes());
        std::array::from_fn(|at| if at < 16 { one[at] } else { two[at - 16] })
    });
    let (gateway, journal) = Gateway::begin(settings, address.clone(), clock, chance).unwrap();
    let served = Arc::clone(&gateway);
    let serving = tokio::spawn(async move {
        seawall_gateway::serve(listener, served, std::future::pending()).await.unwrap();
    });
    (gateway, address, listen, serving, journal)
}
