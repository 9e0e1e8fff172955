//! Advisories: public, for anybody.

use crate::extract::Id;
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use seawall_domain::publication::AdvisoryNumber;
use seawall_services::advisory::{self, Out};
use serde::Serialize;
use utoipa::ToSchema;

/// How many advisories one list shows.
const LIST_MAX: i64 = 1_000;

/// A published advisory in brief.
#[derive(Serialize, ToSchema)]
#[schema(as = Advisory)]
pub struct Shown {
    /// Its public name.
    pub id: String,
    /// One line.
    pub title: String,
    /// Its latest revision, from 1.
    pub revision: usize,
    /// When that came out.
    pub updated_at: String,
    /// The affected packages.
    pub affected: Vec<Affected>,
    /// Where its CSAF document is.
    pub csaf: String,
    /// Where its OSV record is.
    pub osv: String,
}

/// One affected package.
#[derive(Serialize, ToSchema)]
pub struct Affected {
    /// As a purl.
    pub package: String,
    /// The affected intervals, in words.
    pub ranges: Vec<String>,
    /// `run` or `stated`.
    pub basis: String,
}

fn shown(out: &Out) -> Shown {
    let affected = out.publication.affected.iter().map(|affected| Affected {
        package: seawall_formats::purl::write(&affected.package, None),
        ranges: affected.ranges.iter().map(ToString::to_string).collect(),
        basis: format!("{:?}", affected.basis).to_lowercase(),
    });
    Shown {
        id: out.number.to_string(),
        title: out.publication.title.clone(),
        revision: out.publication.revisions.len(),
        updated_at: out
            .publication
            .revisions
            .last()
            .map(|revision| revision.at.to_string())
            .unwrap_or_default(),
        affected: affected.collect(),
        csaf: format!("/.well-known/{}", out.csaf_path),
        osv: format!("/public/{}", out.osv_path),
    }
}

/// What was published, newest first.
#[utoipa::path(get, path = "/v1/advisories", tag = "advisories",
    responses((status = 200, body = Vec<Shown>)))]
pub async fn list(State(site): State<Site>) -> Result<Json<Vec<Shown>>, Refused> {
    let out = advisory::list_out(&site.desk, LIST_MAX).await?;
    Ok(Json(out.iter().map(shown).collect()))
}

/// One published advisory.
#[utoipa::path(get, path = "/v1/advisories/{number}", tag = "advisories",
    params(("number" = String, Path)), responses((status = 200, body = Shown), (status = 404)))]
pub async fn show(
    State(site): State<Site>,
    Id(number): Id<AdvisoryNumber>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&advisory::by_number(&site.desk, number).await?)))
}
