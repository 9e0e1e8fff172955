//! The dumps of OSV for clients that match offline: archives and lists, and the hash that those
//! clients ask for before they download an archive again.

use crate::extract::Name;
use crate::refuse::Refused;
use crate::site::Site;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::{Frame, SizeHint};
use seawall_services::osv::dump::{Dump, DumpFault, dump};
use seawall_services::outcome::Denied;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};

/// How much of a file is sent at once, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// The routes of the dumps.
pub fn router() -> Router<Site> {
    Router::new().route("/osv/{*path}", get(show))
}

async fn show(State(site): State<Site>, Name(path): Name) -> Result<Response<Body>, Refused> {
    let (body, sum) = match dump(&site.desk, &path).await? {
        None => return Err(Refused::hidden()),
        Some(Dump::Record(document)) => (Body::from(document), None),
        Some(Dump::File { file, length, sum }) => {
            (Body::new(Sent { file: file.into(), left: length, chunk: Vec::new() }), sum)
        }
    };
    let media_type = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("zip") => "application/zip",
        Some("csv") => "text/csv; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/json",
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let hash = sum.map(|sum| format!("crc32c={}", STANDARD.encode(sum.to_be_bytes())));
    if let Some(hash) = hash.and_then(|hash| HeaderValue::try_from(hash).ok()) {
        headers.insert("x-goog-hash", hash);
    }
    Ok(response)
}

impl From<DumpFault> for Refused {
    fn from(fault: DumpFault) -> Refused {
        match fault {
            DumpFault::Unusable(unusable) => {
                Refused::new(StatusCode::SERVICE_UNAVAILABLE, unusable.to_string())
            }
            DumpFault::Broken(fault) => Denied::from(fault).into(),
        }
    }
}

/// A file on its way out, of a length that is said beforehand.
struct Sent {
    file: tokio::fs::File,
    left: u64,
    chunk: Vec<u8>,
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Sent { file, left, chunk } = self.get_mut();
        let wanted = usize::try_from(*left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        if wanted == 0 {
            return Poll::Ready(None);
        }
        chunk.resize(wanted, 0);
        let mut buffer = ReadBuf::new(chunk);
        ready!(Pin::new(file).poll_read(context, &mut buffer))?;
        let read = Bytes::copy_from_slice(buffer.filled());
        if read.is_empty() {
            // A file that shrank must not look whole.
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        *left -= read.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(read))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
