//! Scan claims: who looks where.

use crate::auth::Known;
use crate::extract::{Document, Id};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use seawall_domain::id::ScanId;
use seawall_domain::scan::{Scan, Standing};
use seawall_services::scan;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many leases one list shows.
const LIST_MAX: i64 = 200;

/// A lease that an agent wants to take.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What is looked at, as a purl.
    pub target: String,
    /// How: `fuzzing`, `static analysis`, `model review` …
    pub technique: String,
    /// Until when, RFC 3339, at most 14 days from now.
    pub until: String,
}

/// A lease.
#[derive(Serialize, ToSchema)]
pub struct Lease {
    /// Its id.
    pub id: String,
    /// What is looked at, as a purl.
    pub target: String,
    /// How.
    pub technique: String,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// `claimed` or `ended`.
    pub state: &'static str,
    /// How many findings came of it, once ended; zero is coverage too.
    pub findings: Option<u32>,
}

/// The lease that was taken, and those of others on the same target.
#[derive(Serialize, ToSchema)]
pub struct Taken {
    /// The lease.
    pub claim: Lease,
    /// The others, held now: they are not refused, but both shall know.
    pub overlaps: Vec<Lease>,
}

fn lease(scan: &Scan) -> Lease {
    let (state, findings) = match scan.standing {
        Standing::Claimed => ("claimed", None),
        Standing::Ended { findings, .. } => ("ended", Some(findings)),
    };
    Lease {
        id: scan.id.to_string(),
        target: seawall_formats::purl::write(&scan.package, None),
        technique: scan.technique.clone(),
        from: scan.from.to_string(),
        until: scan.until.to_string(),
        state,
        findings,
    }
}

/// Takes a lease on a target and tells who else is there.
#[utoipa::path(post, path = "/v1/scan-claims", tag = "scans", request_body = Wanted,
    responses((status = 201, body = Taken), (status = 401), (status = 422)))]
pub async fn claim(
    State(site): State<Site>,
    known: Known,
    Document(wanted): Document<Wanted>,
) -> Result<(StatusCode, Json<Taken>), Refused> {
    let unreadable = |said: String| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, said);
    let (package, _, _) =
        seawall_formats::purl::read(&wanted.target).map_err(|e| unreadable(e.to_string()))?;
    let until =
        wanted.until.parse().map_err(|_| unreadable("`until` must be an RFC 3339 time".into()))?;
    let actor = &known.0.actor;
    let taken = scan::claim(&site.desk, actor, package, wanted.technique, until).await?;
    let overlaps = taken.overlaps.iter().map(lease).collect();
    Ok((StatusCode::CREATED, Json(Taken { claim: lease(&taken.scan), overlaps })))
}

/// How a lease ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// How many findings came of it; zero is coverage too.
    pub findings: u32,
}

/// Ends a lease.
#[utoipa::path(post, path = "/v1/scan-claims/{id}/end", tag = "scans", request_body = Ended,
    params(("id" = String, Path)),
    responses((status = 200, body = Lease), (status = 401), (status = 404), (status = 409)))]
pub async fn end(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<ScanId>,
    Document(ended): Document<Ended>,
) -> Result<Json<Lease>, Refused> {
    let scan = scan::end(&site.desk, &known.0.actor, id, ended.findings).await?;
    Ok(Json(lease(&scan)))
}

/// The newest leases.
#[utoipa::path(get, path = "/v1/scan-claims", tag = "scans",
    responses((status = 200, body = Vec<Lease>), (status = 401)))]
pub async fn list(State(site): State<Site>, known: Known) -> Result<Json<Vec<Lease>>, Refused> {
    let scans = scan::list(&site.desk, &known.0.actor, LIST_MAX).await?;
    Ok(Json(scans.iter().map(lease).collect()))
}
