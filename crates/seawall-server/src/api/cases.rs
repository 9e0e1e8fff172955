//! Cases, for those who take part.

use crate::auth::Known;
use crate::extract::{Document, Id};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use seawall_domain::case::Case;
use seawall_domain::id::CaseId;
use seawall_domain::package::Version;
use seawall_domain::range::Interval;
use seawall_services::case;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many cases one list shows.
const LIST_MAX: i64 = 500;

/// A case, as a participant sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// The finding that led to it.
    pub finding: String,
    /// RM: `received`, `valid`, `accepted`, `invalid`, `deferred`, `closed`.
    pub report: &'static str,
    /// EM: `none`, `proposed`, `active`, `exited`.
    pub embargo: &'static str,
    /// CS: the six letters vfdpxa, capital when true.
    pub flaw: String,
    /// When it was opened.
    pub opened_at: String,
    /// How many letters went to and fro.
    pub letters: usize,
}

fn shown(case: &Case) -> Shown {
    Shown {
        id: case.id.to_string(),
        finding: case.finding.to_string(),
        report: case.report.name(),
        embargo: case.embargo.name(),
        flaw: case.flaw.letters(),
        opened_at: case.opened_at.to_string(),
        letters: case.letters.len(),
    }
}

/// The cases one may know of.
#[utoipa::path(get, path = "/v1/cases", tag = "cases",
    responses((status = 200, body = Vec<Shown>), (status = 401)))]
pub async fn list(State(site): State<Site>, known: Known) -> Result<Json<Vec<Shown>>, Refused> {
    let cases = case::list(&site.desk, &known.0.actor, LIST_MAX).await?;
    Ok(Json(cases.iter().map(shown).collect()))
}

/// One case.
#[utoipa::path(get, path = "/v1/cases/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn show(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<CaseId>,
) -> Result<Json<Shown>, Refused> {
    let dossier = case::dossier(&site.desk, &known.0.actor, id).await?;
    Ok(Json(shown(&dossier.case)))
}

/// Who is invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The party's id.
    pub party: String,
}

/// Invites a party to a case; from then on it may know.
#[utoipa::path(post, path = "/v1/cases/{id}/participants", tag = "cases",
    request_body = Invitation, params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404), (status = 409)))]
pub async fn invite(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<CaseId>,
    Document(invitation): Document<Invitation>,
) -> Result<Json<Shown>, Refused> {
    let party = invitation.party.parse().map_err(|_| Refused::hidden())?;
    Ok(Json(shown(&case::invite(&site.desk, &known.0.actor, id, party).await?)))
}

/// What a distributor states of its own packages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The package, as a purl without version.
    pub package: String,
    /// The affected intervals.
    pub ranges: Vec<StatedInterval>,
}

/// One interval.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedInterval {
    /// The first affected version.
    pub introduced: Option<String>,
    /// The first version that is not.
    pub fixed: Option<String>,
}

/// A participant that distributes packages states their affected range: stated, not run.
#[utoipa::path(post, path = "/v1/cases/{id}/ranges", tag = "cases", request_body = Stated,
    params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404), (status = 422)))]
pub async fn state_range(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<CaseId>,
    Document(stated): Document<Stated>,
) -> Result<Json<Shown>, Refused> {
    let (package, _, _) = seawall_formats::purl::read(&stated.package)
        .map_err(|fault| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, fault.to_string()))?;
    let ranges = stated
        .ranges
        .into_iter()
        .map(|range| Interval {
            introduced: range.introduced.map(Version),
            fixed: range.fixed.map(Version),
            last_affected: None,
        })
        .collect();
    let actor = &known.0.actor;
    Ok(Json(shown(&case::state_range(&site.desk, actor, id, package, ranges).await?)))
}
