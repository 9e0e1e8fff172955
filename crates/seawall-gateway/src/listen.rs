//! Connections in: HTTP/1.1, over TLS where there is a certificate, each request to one of a few
//! paths, byte for byte.

use crate::body::Answer;
use crate::gateway::{Gateway, State};
use crate::{checkpoints, control, forward, tls};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use seawall_domain::engagement::scope::Endpoint;
use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How many connections there are at most; more wait in the system's own queue.
const CONNECTIONS_MAX: usize = 4096;
/// How long a request's head may take to come.
const HEAD_TIME_MAX: Duration = Duration::from_secs(20);
/// How long to wait after an accept that failed: the system may have no file to spare.
const ACCEPT_PAUSE: Duration = Duration::from_millis(250);

/// How long what goes out is waited for once the gate has closed.
const CLOSED_PAUSE: Duration = Duration::from_millis(700);

/// Serves until the future ends; connections are then broken off.
pub async fn serve(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    until: impl Future<Output = ()>,
) -> io::Result<()> {
    // It ends with this future, however that ends.
    let mut ticking = tokio::task::JoinSet::new();
    ticking.spawn(Arc::clone(&gateway).tick());
    let rooms = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut until = std::pin::pin!(until);
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok(room) = Arc::clone(&rooms).acquire_owned().await else { break };
        let accepted = tokio::select! {
            () = &mut until => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let gateway = Arc::clone(&gateway);
                connections.spawn(async move {
                    greet(stream, gateway).await;
                    drop(room);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    ticking.shutdown().await;
    connections.shutdown().await;
    Ok(())
}

/// Shakes hands where the gateway has a certificate, and attends.
async fn greet(stream: TcpStream, gateway: Arc<Gateway>) {
    // What is written goes out at once: a piece of a stream waits for no other.
    let _ = stream.set_nodelay(true);
    let Some(config) = gateway.tls.clone() else { return attend(stream, gateway, None).await };
    // Freed once it is done: a connection lasts longer than its handshake.
    let Some(stream) = Box::pin(shaken(config, stream)).await else { return };
    let certificate = tls::shown(&stream);
    attend(stream, gateway, certificate).await;
}

/// Shakes hands, where that succeeds in time. What a connection is has one place, and is not moved
/// about.
async fn shaken(config: Arc<ServerConfig>, stream: TcpStream) -> Option<Box<TlsStream<TcpStream>>> {
    let shaking = TlsAcceptor::from(config).accept(stream);
    match tokio::time::timeout(HEAD_TIME_MAX, shaking).await {
        Ok(Ok(stream)) => return Some(Box::new(stream)),
        Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
    None
}

async fn attend(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    gateway: Arc<Gateway>,
    certificate: Option<[u8; 32]>,
) {
    let closed = closed_for_good(Arc::clone(&gateway));
    let service = service_fn(move |request| {
        let gateway = Arc::clone(&gateway);
        // Freed once it has answered: a stream that stays open needs none of it.
        Box::pin(async move { Ok::<_, Infallible>(answer(&gateway, request, certificate).await) })
    });
    // Each is made where it stays: what is moved before it is waited for takes its room twice.
    let serving = pin!(server().serve_connection(TokioIo::new(stream), service));
    let closed = pin!(closed);
    tokio::select! {
        served = serving => if let Err(error) = served {
            tracing::debug!(%error, "a connection was broken off");
        },
        () = closed => {}
    }
}

fn server() -> http1::Builder {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME_MAX).max_headers(64);
    server
}

/// Waits until the gate has closed and stayed closed for a moment. A stream whose reader is slow is
/// not asked for its next piece, and so cannot end by itself.
async fn closed_for_good(gateway: Arc<Gateway>) {
    let mut state = gateway.watch();
    loop {
        let open = |state: &State| state.gate.admits(gateway.now()).is_ok();
        if state.wait_for(|state| open(state)).await.is_err()
            || state.wait_for(|state| !open(state)).await.is_err()
        {
            return;
        }
        tokio::time::sleep(CLOSED_PAUSE).await;
        if gateway.passes().is_err() {
            return;
        }
    }
}

async fn answer(
    gateway: &Arc<Gateway>,
    request: Request<Incoming>,
    certificate: Option<[u8; 32]>,
) -> Response<Answer> {
    // Another authority than ours is another place (RFC 9112 section 3.2.2), and so is a query.
    let is_plain = request.uri().query().is_none() && request.uri().authority().is_none();
    let path = Some(request.uri().path()).filter(|_| is_plain);
    if let Some(endpoint) = Endpoint::ALL.into_iter().find(|it| Some(it.path()) == path) {
        return match (endpoint, request.method()) {
            (Endpoint::Models, &Method::GET)
            | (Endpoint::Chat | Endpoint::Responses | Endpoint::Messages, &Method::POST) => {
                forward::forward(gateway, endpoint, request, certificate).await
            }
            (_, _) => forward::elsewhere(gateway, Some(endpoint), &request, certificate).await,
        };
    }
    match (request.method(), path) {
        (&Method::POST, Some("/gateway/word")) => control::take(gateway, request).await,
        (&Method::GET, Some("/gateway/state")) => control::state(gateway),
        (&Method::GET, Some(checkpoints::PATH)) => {
            checkpoints::told(gateway, &request, certificate).await
        }
        (_, _) => forward::elsewhere(gateway, None, &request, certificate).await,
    }
}
