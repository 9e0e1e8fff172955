//! Access tokens from a seat: the windows that are open to it, a token, and what was given.

use super::word;
use crate::auth::Known;
use crate::extract::{Document, Id};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use seawall_domain::engagement::grant::{Bearer, Purpose};
use seawall_domain::id::{PartnerId, ScanId, WindowId};
use seawall_services::partner::{self, Given, Noted, Open, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// How many tokens one list shows.
const LIST_MAX: i64 = 500;

/// A window that is open to a seat.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenWindow)]
pub struct Shown {
    /// Its id.
    pub window: String,
    /// When it ends.
    pub ends: String,
    /// SHA-256 of its terms of access.
    pub terms: String,
    /// The terms.
    pub text: String,
    /// Whether you have accepted them, or whoever answers for you.
    pub accepted: bool,
}

pub(crate) fn shown(it: &Open) -> Shown {
    Shown {
        window: it.window.to_string(),
        ends: it.ends.to_string(),
        terms: it.terms.to_string(),
        text: it.text.clone(),
        accepted: it.accepted,
    }
}

/// The windows that are open to a seat: for its people, and the machines that they answer for.
#[utoipa::path(get, path = "/v1/partners/{id}/windows", tag = "partners",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<Shown>), (status = 401), (status = 404)))]
pub async fn windows(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<PartnerId>,
) -> Result<Json<Vec<Shown>>, Refused> {
    let open = partner::windows(&site.desk, &known.0.actor, id).await?;
    Ok(Json(open.iter().map(shown).collect()))
}

/// A public key: as text, or as a JWK (Ed25519 by RFC 8037, P-256 by RFC 7518).
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum PublicKey {
    /// `ed25519:` and base64, as `seawall gateway key` prints it.
    Text(String),
    /// A JWK.
    Jwk(serde_json::Map<String, serde_json::Value>),
}

impl PublicKey {
    fn text(self) -> String {
        match self {
            PublicKey::Text(text) => text,
            PublicKey::Jwk(jwk) => serde_json::Value::Object(jwk).to_string(),
        }
    }
}

/// What a token is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenRequest)]
pub struct Asked {
    /// For which window.
    #[schema(value_type = String)]
    pub window: WindowId,
    /// The public half of the key that every request will prove: `ed25519:` and base64, or a JWK.
    #[schema(value_type = Object)]
    pub key: PublicKey,
    /// What for: `find_own`, `find_agreed`, `patch`, `detect`, `respond`, `evaluate`.
    #[schema(value_type = Vec<String>)]
    pub purposes: BTreeSet<Purpose>,
    /// Scan claims of the partner's own that may be looked at.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub claims: BTreeSet<ScanId>,
}

impl Asked {
    /// The key, and what is asked for, into which the key goes.
    pub(crate) fn request<'r>(self) -> (String, Request<'r>) {
        let Asked { window, key, purposes, claims } = self;
        (key.text(), Request { window, key: "", purposes, claims })
    }
}

/// A token, told once: it is kept nowhere.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessToken)]
pub struct Told {
    /// The token (RFC 9068), for `Authorization: DPoP` (RFC 9449).
    pub token: String,
    /// For which window.
    pub window: String,
    /// The thumbprint of the key (RFC 7638), in hexadecimal.
    pub key: String,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
}

impl Told {
    fn of(Given { token, grant }: Given) -> Told {
        Told {
            token,
            window: grant.window.to_string(),
            key: grant.key.to_string(),
            from: grant.from.to_string(),
            until: grant.until.to_string(),
        }
    }
}

/// Gives a person of a seat, or a machine for which one answers, an access token for minutes.
#[utoipa::path(post, path = "/v1/partners/{id}/tokens", tag = "partners", request_body = Asked,
    params(("id" = String, Path)),
    responses((status = 201, body = Told), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn give(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<PartnerId>,
    Document(asked): Document<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let (key, request) = asked.request();
    let request = Request { key: &key, ..request };
    Ok(told(partner::give(&site.desk, &known.0.actor, id, request).await?))
}

/// A token as an answer that nobody keeps.
pub(crate) fn told(given: Given) -> impl IntoResponse {
    let kept_by_nobody = [(header::CACHE_CONTROL, "no-store")];
    (StatusCode::CREATED, kept_by_nobody, Json(Told::of(given)))
}

/// That a token was given: never the token.
#[derive(Serialize, ToSchema)]
#[schema(as = GivenToken)]
pub struct Record {
    /// When.
    pub at: String,
    /// The person who answers for what is asked with it.
    pub person: String,
    /// SHA-256 of the machine's name, where a machine has it.
    pub machine: Option<String>,
    /// For which window.
    pub window: String,
    /// The thumbprint of the key (RFC 7638), in hexadecimal.
    pub key: String,
    /// For what.
    pub purposes: Vec<String>,
    /// Until when.
    pub until: String,
}

pub(crate) fn record(Noted { at, issued }: &Noted) -> Record {
    Record {
        at: at.to_string(),
        person: issued.bearer.person().to_string(),
        machine: match issued.bearer {
            Bearer::Workload { name, .. } => Some(name.to_string()),
            Bearer::Person { .. } => None,
        },
        window: issued.window.to_string(),
        key: issued.key.to_string(),
        purposes: issued.purposes.iter().map(word).collect(),
        until: issued.until.to_string(),
    }
}

/// Which tokens were given, the newest first: to whom, for which key, until when.
#[utoipa::path(get, path = "/v1/partners/{id}/tokens", tag = "partners",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<Record>), (status = 401), (status = 404)))]
pub async fn issued(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<PartnerId>,
) -> Result<Json<Vec<Record>>, Refused> {
    let noted = partner::issued(&site.desk, &known.0.actor, id, LIST_MAX).await?;
    Ok(Json(noted.iter().map(record).collect()))
}
