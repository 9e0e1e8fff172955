//! What a gateway of an engagement's window is set up with, and what it is told.

use super::word;
use crate::auth::Known;
use crate::extract::{Asked, Id};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use seawall_domain::engagement::quota::Limit;
use seawall_domain::id::{EngagementId, PartyId, WindowId};
use seawall_services::engagement::{self, Setup};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a gateway of a window must know.
#[derive(Serialize, ToSchema)]
#[schema(as = Stops)]
pub struct Stopped {
    /// The window that stands; none once it is over.
    pub window: Option<String>,
    /// People who are cut off.
    pub people: Vec<String>,
    /// Parties that are cut off, with everybody in them.
    pub parties: Vec<String>,
    /// Keys that were lost, by the SHA-256 of the public half.
    pub keys: Vec<String>,
    /// The same as a word that the gateway believes, signed by the clearinghouse (DSSE).
    #[schema(value_type = Option<Object>)]
    pub signed: Option<serde_json::Value>,
}

/// Which window the gateway serves.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Served {
    /// The window that the gateway serves: once it is over, the signed word says so.
    #[param(value_type = Option<String>)]
    pub window: Option<WindowId>,
}

/// Whether the window stands, and who is cut off from it: for `seawall gateway follow`.
#[utoipa::path(get, path = "/v1/engagements/{id}/stops", tag = "engagements",
    params(("id" = String, Path), Served),
    responses((status = 200, body = Stopped), (status = 401), (status = 404)))]
pub async fn stops(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Asked(served): Asked<Served>,
) -> Result<Json<Stopped>, Refused> {
    let told = engagement::stops(&site.desk, &known.0.actor, id, served.window).await?;
    let cut = told.cut;
    Ok(Json(Stopped {
        window: told.window.map(|id| id.to_string()),
        people: cut.people.iter().map(ToString::to_string).collect(),
        parties: cut.parties.iter().map(ToString::to_string).collect(),
        keys: cut.keys.iter().map(ToString::to_string).collect(),
        signed: told.signed.and_then(|envelope| serde_json::from_str(&envelope).ok()),
    }))
}

/// What a gateway of the window is set up with.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewaySetup)]
pub struct Shown {
    /// The window.
    pub window: String,
    /// `government` or `partners`.
    pub ring: String,
    /// SHA-256 of the model's snapshot.
    pub snapshot: String,
    /// When it began.
    pub begins: String,
    /// When it ends.
    pub ends: String,
    /// SHA-256 of the terms of access.
    pub terms: String,
    /// The key by which the developer signs leases, where it has named one.
    pub developer: Option<String>,
    /// The key by which the clearinghouse signs access tokens and its words.
    pub issuer: String,
    /// What each partner whose seat stands may use, to begin with.
    pub quotas: Vec<Quota>,
    /// The same as a word that the gateway believes, signed by the clearinghouse (DSSE).
    #[schema(value_type = Option<Object>)]
    pub signed: Option<serde_json::Value>,
    /// The end as a word that the gateway believes, where the developer signed it as a later one:
    /// signed by the developer and by the clearinghouse (DSSE).
    #[schema(value_type = Option<Object>)]
    pub extension: Option<serde_json::Value>,
}

/// One partner's quota.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayQuota)]
pub struct Quota {
    /// The partner's party.
    pub party: String,
    /// Requests over the whole window.
    pub requests: u64,
    /// Tokens that go in.
    pub tokens_in: u64,
    /// Tokens that come out.
    pub tokens_out: u64,
    /// Requests at the same time.
    pub concurrent: u32,
}

fn quota((party, limit): &(PartyId, Limit)) -> Quota {
    Quota {
        party: party.to_string(),
        requests: limit.whole.requests,
        tokens_in: limit.whole.tokens_in,
        tokens_out: limit.whole.tokens_out,
        concurrent: limit.concurrent,
    }
}

fn shown(it: &Setup) -> Shown {
    Shown {
        window: it.window.to_string(),
        ring: word(&it.ring),
        snapshot: it.snapshot.to_string(),
        begins: it.begins.to_string(),
        ends: it.ends.to_string(),
        terms: it.terms.to_string(),
        developer: it.developer.map(|key| key.to_string()),
        issuer: it.issuer.to_string(),
        quotas: it.quotas.iter().map(quota).collect(),
        signed: serde_json::from_str(&it.signed).ok(),
        extension: it.extension.as_deref().and_then(|word| serde_json::from_str(word).ok()),
    }
}

/// What goes into the settings of a gateway of the window that is open: for `seawall gateway
/// settings`.
#[utoipa::path(get, path = "/v1/engagements/{id}/gateway", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404), (status = 409)))]
pub async fn setup(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&engagement::setup(&site.desk, &known.0.actor, id).await?)))
}
