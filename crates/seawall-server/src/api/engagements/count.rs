//! What gateways of an engagement's windows counted, as they signed it.

use crate::auth::Known;
use crate::extract::{Id, Whole};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::count::{Kept, Used};
use seawall_domain::id::EngagementId;
use seawall_formats::gateway::count::COUNT_BYTES_MAX;
use seawall_services::engagement;
use serde::Serialize;
use utoipa::ToSchema;

/// What one party used.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayUse)]
pub struct OfParty {
    /// Which party.
    pub party: String,
    /// Requests that were sent on.
    pub requests: u64,
    /// Tokens that went in.
    pub tokens_in: u64,
    /// Tokens that came out.
    pub tokens_out: u64,
}

/// The newest count of one gateway.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayCount)]
pub struct Counted {
    /// In which window.
    pub window: String,
    /// The gateway, by its key.
    pub gateway: String,
    /// SHA-256 of the signed statement.
    pub statement: String,
    /// How many lines its journal had.
    pub lines: u64,
    /// When it was brought in.
    pub at: String,
    /// What each party used.
    pub parties: Vec<OfParty>,
}

/// The gateways that are known, and what they counted.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayCounts)]
pub struct Shown {
    /// The keys of the gateways.
    pub gateways: Vec<String>,
    /// What each of them counted in each window.
    pub counts: Vec<Counted>,
}

fn counted(it: &Kept) -> Counted {
    let used = |it: &Used| OfParty {
        party: it.party.to_string(),
        requests: it.requests,
        tokens_in: it.tokens_in,
        tokens_out: it.tokens_out,
    };
    Counted {
        window: it.window.to_string(),
        gateway: engagement::gateway_text(&it.key),
        statement: it.newest.statement.to_string(),
        lines: it.newest.lines,
        at: it.newest.at.to_string(),
        parties: it.newest.parties.iter().map(used).collect(),
    }
}

fn shown(it: &Engagement) -> Shown {
    Shown {
        gateways: it.gateway_keys().iter().map(engagement::gateway_text).collect(),
        counts: it.counts.kept().iter().map(counted).collect(),
    }
}

/// The gateways that are known, and what they counted, for the developer and the official.
#[utoipa::path(get, path = "/v1/engagements/{id}/counts", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn counts(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&engagement::gateways(&site.desk, &known.0.actor, id).await?)))
}

/// Brings in what a gateway counted, as `seawall gateway count` wrote and signed it (DSSE).
#[utoipa::path(post, path = "/v1/engagements/{id}/counts", tag = "engagements",
    params(("id" = String, Path)), request_body(content((Object = "application/json"))),
    responses((status = 201, body = Shown), (status = 401), (status = 404), (status = 409),
        (status = 413), (status = 422)))]
pub async fn bring_count(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Whole(body): Whole<COUNT_BYTES_MAX>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let after = engagement::bring_count(&site.desk, &known.0.actor, id, &body).await?;
    Ok((StatusCode::CREATED, Json(shown(&after))))
}
