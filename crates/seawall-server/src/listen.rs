//! Listening: plain HTTP on loopback, TLS wherever a certificate is given.

use axum::Router;
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Serves until the future ends; a request under way is finished.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    router: Router,
    until: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    match tls {
        Some(config) => {
            let listener = TlsListener::new(listener, TlsAcceptor::from(config))?;
            axum::serve(listener, router).with_graceful_shutdown(until).await
        }
        None => axum::serve(listener, router).with_graceful_shutdown(until).await,
    }
}

/// The TLS configuration of a certificate chain and its key, both PEM files.
pub fn tls(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let said = |what: &Path, error: &dyn std::fmt::Display| {
        format!("cannot read {}: {error}", what.display())
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| said(certificate, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| said(key, &error))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, private);
    config.map(Arc::new).map_err(|error| said(certificate, &error))
}

/// How many handshakes are under way at most; more wait in the system's own queue.
const HANDSHAKES_MAX: usize = 256;
/// How long a handshake may take.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// How many connections that shook hands wait for the server.
const READY_MAX: usize = 64;
/// How long to wait after an accept that failed: the system may have no file to spare.
const ACCEPT_PAUSE: Duration = Duration::from_millis(250);

/// A connection that shook hands, and from where.
type Ready = (TlsStream<TcpStream>, SocketAddr);

/// Accepts TCP connections and shakes hands over TLS, many side by side: a client that is slow or
/// silent keeps nobody else waiting. A failed handshake is dropped.
struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<Ready>,
    greeter: JoinHandle<()>,
}

impl TlsListener {
    fn new(listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<TlsListener> {
        let address = listener.local_addr()?;
        let (shaken, ready) = mpsc::channel(READY_MAX);
        let greeter = tokio::spawn(greet(listener, acceptor, shaken));
        Ok(TlsListener { address, ready, greeter })
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.greeter.abort();
    }
}

/// Accepts connections for as long as somebody takes them, each greeted by a task of its own.
async fn greet(listener: TcpListener, acceptor: TlsAcceptor, shaken: mpsc::Sender<Ready>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    while let Ok(place) = places.clone().acquire_owned().await {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (acceptor, shaken) = (acceptor.clone(), shaken.clone());
        tokio::spawn(async move {
            let shaking = tokio::time::timeout(HANDSHAKE_TIME_MAX, acceptor.accept(stream));
            if let Ok(Ok(stream)) = shaking.await {
                // Nobody takes it any more when the server is ending.
                let _ = shaken.send((stream, address)).await;
            }
            drop(place);
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // The greeter ends only with us; until then there is nothing to give.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
