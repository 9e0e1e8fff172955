//! The partner's side: a small proxy on the partner's own machine that proves the key with each
//! request, so that any client of the provider's interfaces works through a gateway unchanged.
//!
//! The key stays in this process. The access token is asked for anew for each request, because it
//! lasts for minutes: whoever attaches renews it, or reads it from a file that is renewed. Bodies
//! are passed on as they come, in both directions.

use crate::credential::{Bound, prove};
use crate::{Chance, Clock};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use seawall_ledger::sign::SigningKey;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Gives the access token that is good now, or says why there is none.
pub type TokenSource = Arc<dyn Fn() -> Result<String, String> + Send + Sync>;

/// What an attached proxy needs.
pub struct Attached {
    /// The gateway's address, as its proofs name it.
    pub gateway: String,
    /// Where the access token comes from.
    pub token: TokenSource,
    /// The holder's key.
    pub key: SigningKey,
    /// What requests are for.
    pub purpose: String,
    /// The claim on what they look at.
    pub claim: Option<String>,
    /// Tells the time.
    pub clock: Clock,
    /// Makes numbers that are used once.
    pub chance: Chance,
}

type Body = BoxBody<Bytes, hyper::Error>;
type Provider = Client<HttpsConnector<HttpConnector>, Incoming>;

/// Proxies until the future ends.
pub async fn attach(
    listener: TcpListener,
    attached: Attached,
    until: impl Future<Output = ()>,
) -> Result<(), io::Error> {
    let client: Provider = crate::upstream::client().map_err(io::Error::other)?;
    let shared = Arc::new((attached, client));
    let mut until = std::pin::pin!(until);
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = tokio::select! {
            () = &mut until => break,
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

async fn pass(
    attached: &Attached,
    client: &Provider,
    request: Request<Incoming>,
) -> Response<Body> {
    let request = match attached.proven(request) {
        Ok(request) => request,
        Err(why) => return said(StatusCode::BAD_GATEWAY, why),
    };
    match client.request(request).await {
        Ok(answer) => answer.map(BodyExt::boxed),
        Err(error) => said(StatusCode::BAD_GATEWAY, format!("cannot reach the gateway: {error}")),
    }
}

impl Attached {
    /// The same request to the gateway, with a proof; whatever the client sent as its own
    /// credential stays here.
    fn proven(&self, request: Request<Incoming>) -> Result<Request<Incoming>, String> {
        let token = (self.token)()?;
        let token = token.trim();
        let now = (self.clock)().ok_or("nobody knows the time")?;
        let (head, body) = request.into_parts();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let address = format!("{}{}", self.gateway, head.uri.path());
        let bound = Bound { method: head.method.as_str(), address: &address };
        let once: String = (self.chance)().iter().map(|byte| format!("{byte:02x}")).collect();
        let proof =
            prove(&self.key, token, bound, &once, now).map_err(|fault| fault.to_string())?;
        let mut new = Request::builder()
            .method(head.method.clone())
            .uri(format!("{}{target}", self.gateway))
            .header(AUTHORIZATION, format!("DPoP {token}"))
            .header("dpop", proof)
            .header("seawall-purpose", &self.purpose);
        if let Some(claim) = &self.claim {
            new = new.header("seawall-claim", claim);
        }
        for (name, value) in kept(&head.headers) {
            new = new.header(name, value);
        }
        new.body(body).map_err(|error| error.to_string())
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
