//! The partner's side: a small proxy on the partner's own machine that proves the key with each
//! request, or by the certificate of its connections, so that any client of the provider's
//! interfaces works through a gateway unchanged.
//!
//! The key stays in this process. The access token is asked for anew for each request, because it
//! lasts for minutes: whoever attaches renews it, or reads it from a file that is renewed. Bodies
//! are passed on as they come, in both directions.

use crate::checkpoints::{self, KEPT, Told};
use crate::credential::{Bound, prove};
use crate::kept::{Kept, Unkept};
use crate::tls::{Identity, Trust};
use crate::{Chance, Clock};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use hyper::http::request::Builder;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use seawall_ledger::sign::SigningKey;
use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long a checkpoint may take to come.
const CHECKPOINT_TIME_MAX: Duration = Duration::from_secs(60);
/// The longest answer with a checkpoint, in bytes.
const CHECKPOINT_BYTES_MAX: usize = 64 << 10;

/// Gives the access token that is good now, or says why there is none.
pub type TokenSource = Arc<dyn Fn() -> Result<String, String> + Send + Sync>;

/// What an attached proxy needs.
pub struct Attached {
    /// The gateway's address, as its proofs name it.
    pub gateway: String,
    /// Where the access token comes from.
    pub token: TokenSource,
    /// How the holder proves itself.
    pub holder: Holder,
    /// The certificates to trust instead of the system's: a PEM file.
    pub roots: Option<PathBuf>,
    /// Where checkpoints of the gateway's journal are kept, if they are.
    pub keeping: Option<Keeping>,
    /// What requests are for.
    pub purpose: String,
    /// The claim on what they look at.
    pub claim: Option<String>,
    /// Tells the time.
    pub clock: Clock,
    /// Makes numbers that are used once.
    pub chance: Chance,
}

/// Where checkpoints are kept.
pub struct Keeping {
    /// The folder.
    pub kept: Kept,
    /// How long to wait between two.
    pub every: Duration,
}

/// Why an attached proxy ends by itself.
#[derive(Debug, thiserror::Error)]
pub enum Detached {
    /// Its own side.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The gateway's journal was written anew, or what it signs does not hold.
    #[error(transparent)]
    Unkept(#[from] Unkept),
}

/// How whoever attaches proves to be the one whom the token is bound to.
pub enum Holder {
    /// By a proof over each request, signed by this key (RFC 9449).
    Key(Box<SigningKey>),
    /// By the certificate of its connections (RFC 8705).
    Certificate(Identity),
}

type Body = BoxBody<Bytes, hyper::Error>;
type Provider = Client<HttpsConnector<HttpConnector>, Incoming>;
type Asking = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Proxies until the future ends, or until a checkpoint of the gateway does not go on from those
/// that were kept.
pub async fn attach(
    listener: TcpListener,
    attached: Attached,
    until: impl Future<Output = ()>,
) -> Result<(), Detached> {
    let Attached { gateway, token, holder, roots, keeping, purpose, claim, clock, chance } =
        attached;
    let (key, identity) = match holder {
        Holder::Key(key) => (Some(key), None),
        Holder::Certificate(identity) => (None, Some(identity)),
    };
    let https = crate::upstream::https(Trust { roots, identity }).map_err(io::Error::other)?;
    let client: Provider = Client::builder(TokioExecutor::new()).build(https.clone());
    let asking: Asking = Client::builder(TokioExecutor::new()).build(https);
    let caller = Caller { gateway, token, key, purpose, claim, clock, chance };
    let shared = Arc::new((caller, client));
    let mut until = std::pin::pin!(until);
    let keeper = Arc::clone(&shared);
    let mut keeping = std::pin::pin!(async move {
        match keeping {
            Some(keeping) => keep(&keeper.0, &asking, keeping).await,
            None => std::future::pending().await,
        }
    });
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = tokio::select! {
            () = &mut until => break,
            unkept = &mut keeping => return Err(unkept.into()),
            accepted = listener.accept() => accepted?,
        };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(pass(&shared.0, &shared.1, request).await) }
            });
            // A client that goes away is no fault.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
    connections.shutdown().await;
    Ok(())
}

/// Keeps checkpoints, again and again, until one does not hold. That the gateway is not reached is
/// said, once for each reason, and no end.
async fn keep(caller: &Caller, client: &Asking, mut keeping: Keeping) -> Unkept {
    let mut said = None;
    loop {
        let asked = ask(caller, client, keeping.kept.lines());
        let asked = tokio::time::timeout(CHECKPOINT_TIME_MAX, asked).await;
        let told = asked.unwrap_or_else(|_| Err("it took too long".into()));
        let told =
            told.and_then(|told| Ok((told, (caller.clock)().ok_or("nobody knows the time")?)));
        match told {
            Ok((told, now)) => match keeping.kept.take(&told, now) {
                Ok(_) => said = None,
                Err(unkept) => return unkept,
            },
            Err(why) => {
                if said.as_ref() != Some(&why) {
                    tracing::warn!(%why, "no checkpoint was given");
                    said = Some(why);
                }
            }
        }
        tokio::time::sleep(keeping.every).await;
    }
}

/// Asks for the newest checkpoint.
async fn ask(caller: &Caller, client: &Asking, kept: Option<u64>) -> Result<Told, String> {
    let mut request = caller.head("GET", checkpoints::PATH, checkpoints::PATH)?;
    if let Some(lines) = kept {
        request = request.header(KEPT, lines);
    }
    let request = request.body(Full::default()).map_err(|error| error.to_string())?;
    let answer = client.request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), CHECKPOINT_BYTES_MAX).collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    match status {
        StatusCode::OK => serde_json::from_slice(&body).map_err(|error| error.to_string()),
        other => Err(format!("the gateway answers {other}")),
    }
}

/// What is sent with each request.
struct Caller {
    gateway: String,
    token: TokenSource,
    /// The key that signs proofs; none where connections prove it.
    key: Option<Box<SigningKey>>,
    purpose: String,
    claim: Option<String>,
    clock: Clock,
    chance: Chance,
}

async fn pass(caller: &Caller, client: &Provider, request: Request<Incoming>) -> Response<Body> {
    let request = match caller.proven(request) {
        Ok(request) => request,
        Err(why) => return said(StatusCode::BAD_GATEWAY, why),
    };
    match client.request(request).await {
        Ok(answer) => answer.map(BodyExt::boxed),
        Err(error) => said(StatusCode::BAD_GATEWAY, format!("cannot reach the gateway: {error}")),
    }
}

impl Caller {
    /// The same request to the gateway, with a proof; whatever the client sent as its own
    /// credential stays here.
    fn proven(&self, request: Request<Incoming>) -> Result<Request<Incoming>, String> {
        let (head, body) = request.into_parts();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let mut new = self.head(head.method.as_str(), target, head.uri.path())?;
        for (name, value) in kept(&head.headers) {
            new = new.header(name, value);
        }
        new.body(body).map_err(|error| error.to_string())
    }

    /// What says who asks, and what for.
    fn head(&self, method: &str, target: &str, path: &str) -> Result<Builder, String> {
        let token = (self.token)()?;
        let token = token.trim();
        let mut new = Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.gateway))
            .header("seawall-purpose", &self.purpose);
        new = match &self.key {
            Some(key) => {
                let proof = self.proof(key, token, (method, path))?;
                new.header(AUTHORIZATION, format!("DPoP {token}")).header("dpop", proof)
            }
            None => new.header(AUTHORIZATION, format!("Bearer {token}")),
        };
        if let Some(claim) = &self.claim {
            new = new.header("seawall-claim", claim);
        }
        Ok(new)
    }

    fn proof(
        &self,
        key: &SigningKey,
        token: &str,
        (method, path): (&str, &str),
    ) -> Result<String, String> {
        let now = (self.clock)().ok_or("nobody knows the time")?;
        let address = format!("{}{path}", self.gateway);
        let bound = Bound { method, address: &address };
        let once: String = (self.chance)().iter().map(|byte| format!("{byte:02x}")).collect();
        prove(key, token, bound, &once, now).map_err(|fault| fault.to_string())
    }
}

/// The headers that go on: what the body is, and the version of the interface.
fn kept(
    headers: &HeaderMap,
) -> impl Iterator<Item = (&hyper::header::HeaderName, &hyper::header::HeaderValue)> {
    headers.iter().filter(|(name, _)| {
        *name == CONTENT_TYPE || *name == CONTENT_LENGTH || name.as_str() == "anthropic-version"
    })
}

fn said(status: StatusCode, why: String) -> Response<Body> {
    let body = Full::new(Bytes::from(why)).map_err(|never| match never {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
