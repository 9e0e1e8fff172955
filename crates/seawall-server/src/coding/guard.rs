//! Who gets through to a queue's pages: whoever has its address, from its own pages, and nobody
//! else. Everybody else gets one and the same answer.

use super::Queue;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use seawall_services::desk::digest;

/// Nothing from elsewhere, no script at all, no framing, forms only to us.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
    script-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every answer carries.
const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Not `no-referrer`: with that, browsers send our own forms with `Origin: null`.
    ("referrer-policy", "same-origin"),
];

/// The files that pages need are no secret, and everything else is below the token.
const OPEN: &str = "assets";

/// Lets a request through, or does not.
pub(super) async fn pass(State(queue): State<Queue>, request: Request, next: Next) -> Response {
    let is_theirs = is_here(&queue, request.headers())
        && is_ours(&queue, request.method(), request.headers())
        && knows(&queue, request.uri().path());
    let mut response = match is_theirs {
        true => next.run(request).await,
        false => nothing_here().await,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let kept = headers.entry(header::CACHE_CONTROL);
    kept.or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The answer to whatever is not there, and to whoever may not know whether it is.
pub(super) async fn nothing_here() -> Response {
    (StatusCode::NOT_FOUND, "nothing here by that name\n").into_response()
}

/// The request means this address and no name that somebody let point to it.
fn is_here(queue: &Queue, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (host, other) = (hosts.next(), hosts.next());
    other.is_none() && host.is_some_and(|host| names(queue).iter().any(|name| host == name))
}

/// How the address may be called.
fn names(queue: &Queue) -> [String; 2] {
    let address = queue.0.address;
    [address.to_string(), format!("localhost:{}", address.port())]
}

/// The request comes from no other page than ours; what changes something says so.
fn is_ours(queue: &Queue, method: &Method, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        return true;
    }
    let origin = headers.get(header::ORIGIN);
    origin.is_some_and(|origin| names(queue).iter().any(|it| *origin == format!("http://{it}")))
}

/// The path begins with the token. Digests are compared: how long that takes says nothing of it.
fn knows(queue: &Queue, path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    first == OPEN || digest(first.as_bytes()) == digest(queue.0.token.as_bytes())
}
