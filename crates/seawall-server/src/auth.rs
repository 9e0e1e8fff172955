//! Who asks: a machine by its key, a person by the session of a login link, or the public.

use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use seawall_domain::access::Actor;
use seawall_services::account::{self, Visitor};
use std::convert::Infallible;

/// The name of the session's cookie.
pub const COOKIE: &str = "seawall_session";

/// Somebody who presented a good key or session.
#[derive(Clone, Debug)]
pub struct Known(pub Visitor);

impl FromRequestParts<Site> for Known {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Known, Refused> {
        refuse_cross_origin(&parts.headers)?;
        let key = key(&parts.headers)?;
        let visitor = match (&key, session(&parts.headers)) {
            (Some(key), _) => account::by_key(&site.desk, key).await?,
            (None, Some(session)) => account::by_session(&site.desk, session).await?,
            (None, None) => None,
        };
        visitor.map(Known).ok_or_else(unauthorised)
    }
}

/// Missing, unknown, expired, revoked or suspended: one and the same answer (TAP section 2).
fn unauthorised() -> Refused {
    Refused::new(StatusCode::UNAUTHORIZED, "present a key that is good now")
}

impl OptionalFromRequestParts<Site> for Known {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        site: &Site,
    ) -> Result<Option<Known>, Infallible> {
        Ok(<Known as FromRequestParts<Site>>::from_request_parts(parts, site).await.ok())
    }
}

/// As whom somebody acts, known or not.
pub fn actor(known: &Option<Known>) -> Actor {
    known.as_ref().map_or_else(Actor::public, |known| known.0.actor.clone())
}

/// The key in the request: the bearer token, or the header of an interface that has its own (TAP's
/// older one, Dependency-Track's); several only when they are equal.
fn key(headers: &HeaderMap) -> Result<Option<String>, Refused> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let sent = [bearer, text("tap-submission-token"), text("x-api-key")];
    let mut tokens = sent.into_iter().flatten();
    let first = tokens.next();
    match tokens.any(|other| Some(other) != first) {
        true => Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "two different tokens: send `Authorization` only",
        )),
        false => Ok(first.map(str::to_owned)),
    }
}

/// The session's secret in the request's cookies.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Refuses what a page elsewhere makes a browser send (TAP section 2).
pub fn refuse_cross_origin(headers: &HeaderMap) -> Result<(), Refused> {
    let from = headers.get_all("sec-fetch-site").iter();
    let site = from.map(HeaderValue::as_bytes).any(|s| s != b"same-origin" && s != b"none");
    // A browser names the origin of whatever it is made to send; it must be the host asked.
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    let mut origins = headers.get_all(header::ORIGIN).iter().map(HeaderValue::as_bytes);
    let origin = origins.any(|origin| {
        let named = origin.strip_prefix(b"https://").or_else(|| origin.strip_prefix(b"http://"));
        named.is_none() || named != host
    });
    match site || origin {
        true => Err(Refused::new(StatusCode::FORBIDDEN, "this request comes from another site")),
        false => Ok(()),
    }
}
