//! Connections to the provider into which a key is written that no request holds.
//!
//! A request has a mark in the key's place. Here, behind everything that keeps requests and before
//! TLS, the mark is left out and the key written straight from where it is held. Where it is held
//! no longer, the connection breaks, and nothing more of the request is sent.

use super::supplied::Supplied;
use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::net::TcpStream;
use tower_service::Service;

type Https = HttpsConnector<HttpConnector>;
type Plain = MaybeHttpsStream<TokioIo<TcpStream>>;
type Connecting =
    Pin<Box<dyn Future<Output = Result<Writing<Plain>, <Https as Service<Uri>>::Error>> + Send>>;

/// Connects, and writes the key where there is one to write.
#[derive(Clone)]
pub(crate) struct Connector {
    pub inner: Https,
    pub supplied: Option<Arc<Supplied>>,
}

impl Service<Uri> for Connector {
    type Response = Writing<Plain>;
    type Error = <Https as Service<Uri>>::Error;
    type Future = Connecting;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        let (connecting, supplied) = (self.inner.call(uri), self.supplied.clone());
        Box::pin(async move { Ok(Writing { inner: connecting.await?, supplied, at: None }) })
    }
}

/// A connection.
pub(crate) struct Writing<T> {
    inner: T,
    supplied: Option<Arc<Supplied>>,
    /// How much of the key is written, and of which lease's.
    at: Option<(u64, usize)>,
}

impl<T: Write + Unpin> Writing<T> {
    /// Writes the key in the place of the mark.
    fn key(&mut self, context: &mut Context<'_>, supplied: &Supplied) -> Poll<io::Result<usize>> {
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the provider's key is gone");
        loop {
            let at = self.at;
            let inner = Pin::new(&mut self.inner);
            let written = supplied.with(|seq, key| {
                let (lease, done) = at.unwrap_or((seq, 0));
                let left = key.get(done..).filter(|_| lease == seq);
                let poll = inner.poll_write(context, left?);
                Some((poll, seq, done, key.len()))
            });
            let (poll, seq, done, length) = written.flatten().ok_or_else(gone)?;
            let done = done + ready!(poll)?;
            if at == Some((seq, done)) {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.at = Some((seq, done)).filter(|_| done < length);
            if self.at.is_none() {
                return Poll::Ready(Ok(supplied.mark().len()));
            }
        }
    }
}

impl<T: Write + Unpin> Write for Writing<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let Some(supplied) = this.supplied.clone() else {
            return Pin::new(&mut this.inner).poll_write(context, bytes);
        };
        match supplied.find(bytes) {
            Some(0) => this.key(context, &supplied),
            Some(before) => {
                let before = bytes.get(..before).unwrap_or_default();
                Pin::new(&mut this.inner).poll_write(context, before)
            }
            None => Pin::new(&mut this.inner).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }

    /// In one piece where a key is written, so that a mark is never in two.
    fn is_write_vectored(&self) -> bool {
        self.supplied.is_none() && self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.supplied.is_none() {
            return Pin::new(&mut self.get_mut().inner).poll_write_vectored(context, pieces);
        }
        let first = pieces.iter().find(|piece| !piece.is_empty());
        self.poll_write(context, first.map_or(&[], |piece| piece))
    }
}

impl<T: Read + Unpin> Read for Writing<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(context, room)
    }
}

impl<T: Connection> Connection for Writing<T> {
    fn connected(&self) -> Connected {
        self.inner.connected()
    }
}

#[cfg(test)]
mod tests;
