//! Settings, keys, a lease, and requests with fresh proofs.

use crate::client::Address;
use jiff::{SignedDuration, Timestamp};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Bearer, Grant, Proof, Purpose};
use seawall_domain::engagement::lease::Lease;
use seawall_domain::id::{PartyId, PersonId, WindowId};
use seawall_gateway::control::{LEASE, WITHDRAWAL, Withdrawal};
use seawall_gateway::credential::{self, Bound};
use seawall_gateway::settings::Settings;
use seawall_gateway::tls::{Identity, Trust};
use seawall_gateway::{Chance, Clock, Gateway};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws;
use seawall_ledger::sign::SigningKey;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_rustls::TlsConnector;
use uuid::Uuid;

const PATH: &str = "/v1/chat/completions";

/// What somebody needs who asks.
pub struct Papers {
    pub settings: PathBuf,
    /// How the gateway is asked over TLS, with a certificate; without it, by signed proofs.
    pub tls: Option<TlsConnector>,
    window: WindowId,
    token: String,
    once: AtomicU64,
}

/// A certificate that signs itself, of the gateway and of its caller alike.
fn certificate(path: &Path) -> Identity {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let text = format!("{}{}", made.signing_key.serialize_pem(), made.cert.pem());
    std::fs::write(path, text).unwrap();
    Identity::read(path, path).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

impl Papers {
    pub fn write(folder: &Path, upstream: &str, certified: bool) -> Papers {
        std::fs::create_dir(folder).unwrap();
        let pem = folder.join("both.pem");
        let identity = certified.then(|| certificate(&pem));
        let shown = identity.as_ref().and_then(Identity::confirmation);
        let more = if certified {
            format!("[tls]\ncertificate = \"{0}\"\nkey = \"{0}\"\n", pem.display())
        } else {
            String::new()
        };
        let trust = Trust { roots: Some(pem), identity };
        let tls = certified.then(|| TlsConnector::from(Arc::new(trust.config().unwrap())));
        let window = WindowId::new(Uuid::from_u128(1));
        let party = PartyId::new(Uuid::from_u128(2));
        let now = Timestamp::now();
        let (ends, terms) = (now + SignedDuration::from_hours(1), Digest::new([8; 32]));
        let settings = folder.join("gateway.toml");
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata = \"data\"\n\
             [upstream]\naddress = \"http://{upstream}\"\n\
             [window]\nid = \"{window}\"\nsnapshot = \"{}\"\nends = \"{ends}\"\n\
             terms = \"{terms}\"\ndeveloper = \"{}\"\nissuer = \"{}\"\n\
             [scope]\nendpoints = [\"chat\"]\ntools = \"none\"\noutput_tokens_max = 1000\n\
             streaming = \"streamed\"\n[scope.models]\nearly = \"m\"\n\
             [[quota]]\nparty = \"{party}\"\nrequests = 1000000000\ntokens_in = 1000000000000\n\
             tokens_out = 1000000000000\nconcurrent = 4000\n{more}",
            Digest::new([7; 32]),
            key(1).public(),
            key(2).public()
        );
        std::fs::write(&settings, text).unwrap();
        let from = Timestamp::from_second(now.as_second()).unwrap();
        let own = || jws::thumbprint(key(9).public());
        let grant = Grant {
            bearer: Bearer::Person { person: PersonId::new(Uuid::from_u128(3)) },
            party,
            window,
            key: Digest::new(shown.map_or_else(own, |shown| shown.print())),
            proof: if certified { Proof::Certificate } else { Proof::Signature },
            purposes: BTreeSet::from([Purpose::Evaluate]),
            claims: BTreeMap::new(),
            terms,
            from,
            until: from + SignedDuration::from_secs(900),
        };
        let token = credential::issue(&key(2), &grant).unwrap();
        Papers { settings, tls, window, token, once: AtomicU64::new(0) }
    }

    /// A request with a proof of its own.
    pub fn proven(&self, gateway: &Address) -> Vec<u8> {
        self.with_proof(gateway, body(""))
    }

    /// The same for a stream.
    pub fn streamed(&self, gateway: &Address) -> Vec<u8> {
        self.with_proof(gateway, body(r#""stream":true,"#))
    }

    fn with_proof(&self, gateway: &Address, body: String) -> Vec<u8> {
        if self.tls.is_some() {
            let bearer = format!("authorization: Bearer {}\r\n", self.token);
            return request(&format!("{bearer}seawall-purpose: evaluate\r\n"), body);
        }
        let once = self.once.fetch_add(1, Ordering::Relaxed).to_string();
        let address = format!("http://{}{PATH}", gateway.text);
        let bound = Bound { method: "POST", address: &address };
        let proof = credential::prove(&key(9), &self.token, bound, &once, Timestamp::now());
        let headers = format!(
            "authorization: DPoP {}\r\ndpop: {}\r\nseawall-purpose: evaluate\r\n",
            self.token,
            proof.unwrap()
        );
        request(&headers, body)
    }

    /// The developer opens the gateway for so long; tells until when.
    pub async fn lease(&self, gateway: &Address, seconds: i64) -> Timestamp {
        let settings = Settings::read(&self.settings).unwrap();
        let not_after = Timestamp::now() + SignedDuration::from_secs(seconds);
        let lease = Lease {
            window: self.window,
            snapshot: settings.window.snapshot,
            scope: settings.scope,
            not_after,
            seq: self.once.fetch_add(1, Ordering::Relaxed) + 1,
        };
        self.word(gateway, LEASE, serde_json::to_vec(&lease).unwrap()).await;
        not_after
    }

    /// The developer withdraws.
    pub async fn withdraw(&self, gateway: &Address) {
        let word = Withdrawal { window: self.window };
        self.word(gateway, WITHDRAWAL, serde_json::to_vec(&word).unwrap()).await;
    }

    async fn word(&self, gateway: &Address, kind: &str, word: Vec<u8>) {
        let mut envelope = Envelope::new(kind, word);
        envelope.sign(&key(1));
        let body = envelope.to_json();
        let text = format!(
            "POST /gateway/word HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = crate::client::Connection::open(gateway).await;
        connection.ask(text.as_bytes()).await;
    }
}

fn body(more: &str) -> String {
    let words = "word ".repeat(20);
    format!(r#"{{{more}"model":"early","messages":[{{"role":"user","content":"{words}"}}]}}"#)
}

fn request(headers: &str, body: String) -> Vec<u8> {
    format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request without a proof, for whoever asks for none.
pub fn bare() -> Vec<u8> {
    request(&bearer(), body(""))
}

/// The same for a stream.
pub fn bare_stream() -> Vec<u8> {
    request(&bearer(), body(r#""stream":true,"#))
}

/// The one credential that the peers ask for; nginx and the provider pass it over.
fn bearer() -> String {
    format!("authorization: Bearer {}\r\n", crate::litellm::KEY)
}

/// The gateway, on one thread (its journal has its own).
pub fn gate(settings: &str) {
    let settings = Settings::read(Path::new(settings)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(settings.listen).await.unwrap();
        let listen = listener.local_addr().unwrap();
        let address = settings.own_address(listen);
        let clock: Clock = Arc::new(|| Some(Timestamp::now()));
        let chance: Chance = Arc::new(|| {
            let mut bytes = [0; 32];
            aws_lc_rs::rand::fill(&mut bytes).unwrap();
            bytes
        });
        let (gateway, _journal) = Gateway::begin(settings, address, clock, chance).unwrap();
        println!("{listen}");
        seawall_gateway::serve(listener, gateway, std::future::pending()).await.unwrap();
    });
}
