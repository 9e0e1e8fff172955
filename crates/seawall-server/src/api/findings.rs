//! Findings: where they stand, and exactly what is missing.

use crate::auth::Known;
use crate::extract::{Asked, Id};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use seawall_domain::finding::{Finding, Standing};
use seawall_domain::id::FindingId;
use seawall_services::finding;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many findings one list shows.
const LIST_MAX: i64 = 500;

/// Which findings are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindingQuery {
    /// Those that came with this receipt.
    pub receipt: Option<String>,
}

/// A finding, as its finder and the analysts see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: &'static str,
    /// Its package, as a purl.
    pub package: Option<String>,
    /// When it came.
    pub received_at: String,
    /// When its state last changed.
    pub changed_at: String,
    /// What it lacks, when it lacks something.
    pub missing: Vec<Lack>,
    /// The finding whose group it joined.
    pub joined: Option<String>,
    /// Why: the reasons of a join, or the ground of a rejection.
    pub reasons: Vec<String>,
}

/// One thing a report lacks.
#[derive(Serialize, ToSchema)]
pub struct Lack {
    /// Its name.
    pub what: String,
    /// What to do.
    pub advice: &'static str,
}

pub(super) fn shown(finding: &Finding) -> Shown {
    let mut shown = Shown {
        id: finding.id.to_string(),
        state: finding.standing.name(),
        package: finding
            .essence
            .package
            .as_ref()
            .map(|p| seawall_formats::purl::write(p, finding.essence.version.as_ref())),
        received_at: finding.received_at.to_string(),
        changed_at: finding.changed_at.to_string(),
        missing: Vec::new(),
        joined: None,
        reasons: Vec::new(),
    };
    match &finding.standing {
        Standing::NeedsInfo { missing } => {
            shown.missing = missing
                .iter()
                .map(|m| Lack { what: m.name().to_owned(), advice: m.advice() })
                .collect();
        }
        Standing::Joined { lead, reasons, .. } => {
            shown.joined = Some(lead.to_string());
            shown.reasons = reasons.clone();
        }
        Standing::Rejected { why } => shown.reasons = vec![why.to_string()],
        Standing::AlreadyFixed { newest } => {
            shown.reasons = vec![format!("the newest release {newest} is not affected")];
        }
        Standing::Received
        | Standing::Complete
        | Standing::Located { .. }
        | Standing::Leading { .. }
        | Standing::Reproduced
        | Standing::NotReproduced
        | Standing::Flaky
        | Standing::Waiting => {}
    }
    shown
}

/// The findings one may know of, or those of a receipt.
#[utoipa::path(get, path = "/v1/findings", tag = "findings", params(FindingQuery),
    responses((status = 200, body = Vec<Shown>), (status = 401), (status = 404)))]
pub async fn list(
    State(site): State<Site>,
    known: Known,
    Asked(query): Asked<FindingQuery>,
) -> Result<Json<Vec<Shown>>, Refused> {
    let actor = &known.0.actor;
    let findings = match &query.receipt {
        Some(receipt) => finding::by_receipt(&site.desk, actor, receipt).await?,
        None => finding::list(&site.desk, actor, LIST_MAX).await?,
    };
    Ok(Json(findings.iter().map(shown).collect()))
}

/// One finding.
#[utoipa::path(get, path = "/v1/findings/{id}", tag = "findings", params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn show(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<FindingId>,
) -> Result<Json<Shown>, Refused> {
    let dossier = finding::dossier(&site.desk, &known.0.actor, id).await?;
    Ok(Json(shown(&dossier.finding)))
}
