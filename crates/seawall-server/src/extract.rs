//! What handlers take out of a request, with refusals in our own words: a path part, an id, a
//! query, a JSON document, the whole body. Bodies are bounded in size and time and are never
//! decompressed.

use crate::refuse::Refused;
use axum::RequestExt;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use std::str::FromStr;
use std::time::Duration;

/// The largest JSON document that steers something, in bytes: a page of text, not an archive.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// How long a body may take to arrive.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(60);

/// The one variable part of a path. What is not even text names nothing here.
#[derive(Debug)]
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Name, Refused> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(name)| Name(name)).map_err(|_| Refused::hidden())
    }
}

/// The id that the one variable part of a path is. What is no id names nothing here.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, Refused> {
        let Name(name) = Name::from_request_parts(parts, state).await?;
        name.parse().map(Id).map_err(|_| Refused::hidden())
    }
}

/// The query of an address.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Refused> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(asked)| Asked(asked)).map_err(|rejection| {
            Refused::new(StatusCode::BAD_REQUEST, format!("cannot read the query: {rejection}"))
        })
    }
}

/// A body, whole, as it was sent.
#[derive(Debug)]
pub struct Whole<const BYTES_MAX: usize>(pub Bytes);

impl<S: Send + Sync, const BYTES_MAX: usize> FromRequest<S> for Whole<BYTES_MAX> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Whole<BYTES_MAX>, Refused> {
        refuse_encoded(request.headers())?;
        read(request.into_body(), BYTES_MAX).await.map(Whole)
    }
}

/// A JSON document: exactly one, without unknown or repeated keys.
#[derive(Debug)]
pub struct Document<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Document<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Document<T>, Refused> {
        if !is_json(request.headers()) {
            let said = "send application/json";
            return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, said));
        }
        let body: Whole<DOCUMENT_BYTES_MAX> = request.extract_with_state(state).await?;
        serde_json::from_slice(&body.0).map(Document).map_err(|error| {
            // A document of the wrong shape is read but not understood; anything else is no JSON.
            let status = match error.classify() {
                serde_json::error::Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
                serde_json::error::Category::Syntax
                | serde_json::error::Category::Eof
                | serde_json::error::Category::Io => StatusCode::BAD_REQUEST,
            };
            Refused::new(status, format!("cannot read the JSON document: {error}"))
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = text.and_then(|text| text.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Refuses a body that would have to be decompressed: a small bomb must not become a large one.
pub fn refuse_encoded(headers: &HeaderMap) -> Result<(), Refused> {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    match encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        true => Ok(()),
        false => {
            let said = "send the body as it is, without Content-Encoding";
            Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, said))
        }
    }
}

/// Reads a whole body up to a bound; more is refused before it is kept.
pub async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Refused> {
    let too_large = || {
        let said = format!("the body holds at most {bytes_max} bytes");
        Refused::new(StatusCode::PAYLOAD_TOO_LARGE, said)
    };
    if body.size_hint().lower() > u64::try_from(bytes_max).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    let arrived = tokio::time::timeout(BODY_TIME_MAX, to_bytes(body, bytes_max)).await;
    match arrived {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_large(&error) => Err(too_large()),
        Ok(Err(_)) => {
            let said = "cannot read the body: it ends before its end; nothing was kept";
            Err(Refused::new(StatusCode::BAD_REQUEST, said))
        }
        Err(_) => {
            let said = "the body came too slowly; nothing was kept, send it again";
            Err(Refused::new(StatusCode::REQUEST_TIMEOUT, said))
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
