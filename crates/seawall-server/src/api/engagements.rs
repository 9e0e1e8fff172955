//! Engagements: a developer's voluntary dealings about one model. No route and no field here says
//! whether a model may be released; a release is reported, and withdrawing always succeeds.

pub(crate) mod count;
pub(crate) mod destruction;
pub(crate) mod gateway;
pub(crate) mod seat;
mod step;

pub use step::{Step, To};

use super::word;
use crate::auth::Known;
use crate::extract::{Document, Id, Whole};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::determination::Concurrence;
use seawall_domain::engagement::release::Release;
use seawall_domain::engagement::window::Window;
use seawall_domain::engagement::{Engagement, Weights};
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::id::EngagementId;
use seawall_formats::crossing::CROSSING_BYTES_MAX;
use seawall_services::engagement::{self, What};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many engagements one list shows.
const LIST_MAX: i64 = 500;
/// The largest object that is held.
const OBJECT_BYTES_MAX: usize = engagement::OBJECT_BYTES_MAX;
/// The largest record that is kept.
const RECORD_BYTES_MAX: usize = engagement::RECORD_BYTES_MAX;

/// An engagement: its three machines, side by side.
#[derive(Serialize, ToSchema)]
#[schema(as = Engagement)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// The developer's party.
    pub developer: String,
    /// When it was opened.
    pub opened_at: String,
    /// `held` or `open`.
    pub weights: String,
    /// How far the determination has come.
    pub determination: &'static str,
    /// Until when an answer is awaited.
    pub answer_by: Option<String>,
    /// `covered`, `not_covered` or `inconclusive`.
    pub outcome: Option<&'static str>,
    /// `concurs` or `differs`: what the official says of the outcome.
    pub official: Option<&'static str>,
    /// Beside an outcome whose record is not kept yet: that it is not, and that no letter was sent.
    pub unrecorded: Option<&'static str>,
    /// How far the window has come.
    pub window: &'static str,
    /// Which window it is, or was.
    pub window_id: Option<String>,
    /// When the offer or the window ends by itself.
    pub window_due: Option<String>,
    /// Why it ended.
    pub window_ended: Option<String>,
    /// What is left of the government's thirty days, in seconds.
    pub left_seconds: i64,
    /// When partners have the model, as reported.
    pub partner_release: Option<String>,
    /// When everybody has it, as reported.
    pub general_release: Option<String>,
    /// The snapshots that are this model.
    pub snapshots: Vec<String>,
    /// The root of the protocol that runs are under.
    pub protocol: Option<String>,
    /// SHA-256 of the record of the determination.
    pub record: Option<String>,
    /// SHA-256 of each opinion.
    pub advice: Vec<String>,
    /// Who is seated in the government's window, or stopped there.
    pub seats: Vec<seat::Seated>,
    /// SHA-256 of each object that is still held.
    pub held: Vec<String>,
}

pub(crate) fn shown(it: &Engagement) -> Shown {
    let (outcome, official) = it.determination.issued().unzip();
    let (window_id, window_ended) = match it.window {
        Window::Ended { window, why, .. } => (Some(window), Some(word(&why))),
        Window::None | Window::Offered { .. } | Window::Accepted { .. } | Window::Active { .. } => {
            (it.window.offer().map(|offer| offer.window), None)
        }
    };
    let (partner_release, general_release) = releases(&it.release);
    Shown {
        id: it.id.to_string(),
        developer: it.developer.to_string(),
        opened_at: it.opened_at.to_string(),
        weights: word(&it.weights),
        determination: it.determination.name(),
        answer_by: it.determination.answer_by().map(|at| at.to_string()),
        outcome: outcome.map(Outcome::word),
        official: official.map(|concurrence| match concurrence {
            Concurrence::Concurs => "concurs",
            Concurrence::Differs { .. } => "differs",
        }),
        unrecorded: it.unrecorded(),
        window: it.window.name(),
        window_id: window_id.map(|id| id.to_string()),
        window_due: it.window.due().map(|at| at.to_string()),
        window_ended,
        left_seconds: it.lineage.left().as_secs(),
        partner_release,
        general_release,
        snapshots: it.lineage.snapshots().map(ToString::to_string).collect(),
        protocol: it.protocol.map(|root| root.to_string()),
        record: it.record.map(|record| record.to_string()),
        advice: it.advice.iter().map(ToString::to_string).collect(),
        seats: seat::seated(&it.seats),
        held: it.custody.held().iter().map(ToString::to_string).collect(),
    }
}

fn releases(release: &Release) -> (Option<String>, Option<String>) {
    match release {
        Release::Unreported => (None, None),
        Release::PartnersReported { at } => (Some(at.to_string()), None),
        Release::GeneralReported { partners, at } => {
            (partners.map(|at| at.to_string()), Some(at.to_string()))
        }
    }
}

/// The engagements one may know of.
#[utoipa::path(get, path = "/v1/engagements", tag = "engagements",
    responses((status = 200, body = Vec<Shown>), (status = 401), (status = 404)))]
pub async fn list(State(site): State<Site>, known: Known) -> Result<Json<Vec<Shown>>, Refused> {
    let found = engagement::list(&site.desk, &known.0.actor, LIST_MAX).await?;
    Ok(Json(found.iter().map(shown).collect()))
}

/// What an engagement begins with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// `held` or `open`.
    #[schema(value_type = String)]
    pub weights: Weights,
    /// SHA-256 of the snapshot.
    #[schema(value_type = String)]
    pub snapshot: Digest,
}

/// Opens an engagement about the model of a snapshot.
#[utoipa::path(post, path = "/v1/engagements", tag = "engagements", request_body = Opening,
    responses((status = 201, body = Shown), (status = 401), (status = 404), (status = 422)))]
pub async fn open(
    State(site): State<Site>,
    known: Known,
    Document(opening): Document<Opening>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let Opening { weights, snapshot } = opening;
    let opened = engagement::open(&site.desk, &known.0.actor, weights, snapshot).await?;
    Ok((StatusCode::CREATED, Json(shown(&opened))))
}

/// One engagement.
#[utoipa::path(get, path = "/v1/engagements/{id}", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn show(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&engagement::show(&site.desk, &known.0.actor, id).await?)))
}

/// Takes one step of one of the three machines.
#[utoipa::path(post, path = "/v1/engagements/{id}/steps", tag = "engagements",
    request_body = Step, params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn step(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Document(step): Document<Step>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&step.take(&site.desk, &known.0.actor, id).await?)))
}

/// Ends everything at once: the question, the offer and the window. It succeeds in every state, and
/// nobody is told a reason.
#[utoipa::path(post, path = "/v1/engagements/{id}/withdrawal", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn withdraw(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&engagement::withdraw(&site.desk, &known.0.actor, id).await?)))
}

/// A letter to the developer.
#[derive(Serialize, ToSchema)]
#[schema(as = EngagementLetter)]
pub struct Written {
    /// When it was written.
    pub at: String,
    /// Its text.
    pub text: String,
}

/// The letters, oldest first.
#[utoipa::path(get, path = "/v1/engagements/{id}/letters", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<Written>), (status = 401), (status = 404)))]
pub async fn letters(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Vec<Written>>, Refused> {
    let letters = engagement::letters(&site.desk, &known.0.actor, id).await?;
    let written = letters.iter().map(|it| Written { at: it.at.to_string(), text: it.text() });
    Ok(Json(written.collect()))
}

/// A text that somebody wrote.
#[derive(Serialize, ToSchema)]
#[schema(as = EngagementDocument)]
pub struct Text {
    /// `terms`, `opinion` or `reasons`.
    pub what: &'static str,
    /// SHA-256 of it, as facts have it.
    pub sha256: String,
    /// The text.
    pub text: String,
}

/// The terms of the offer, opinions, and, not for the developer, why the official differs.
#[utoipa::path(get, path = "/v1/engagements/{id}/documents", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<Text>), (status = 401), (status = 404)))]
pub async fn documents(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Vec<Text>>, Refused> {
    let texts = engagement::documents(&site.desk, &known.0.actor, id).await?;
    let shown = texts.into_iter().map(|(what, digest, text)| Text {
        what: match what {
            What::Terms => "terms",
            What::Opinion => "opinion",
            What::Reasons => "reasons",
        },
        sha256: digest.to_string(),
        text,
    });
    Ok(Json(shown.collect()))
}

/// The certificates that what was held is gone, each as a signed envelope (DSSE).
#[utoipa::path(get, path = "/v1/engagements/{id}/certificates", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<Object>), (status = 401), (status = 404)))]
pub async fn certificates(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Vec<serde_json::Value>>, Refused> {
    let signed = engagement::certificates(&site.desk, &known.0.actor, id).await?;
    let read = signed.iter().filter_map(|envelope| serde_json::from_str(envelope).ok());
    Ok(Json(read.collect()))
}

/// Holds an object of the developer's while a window is open; it is erased with the window.
#[utoipa::path(post, path = "/v1/engagements/{id}/objects", tag = "engagements",
    params(("id" = String, Path)), request_body(content((Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Shown), (status = 401), (status = 404), (status = 409)))]
pub async fn hold(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Whole(body): Whole<OBJECT_BYTES_MAX>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let held = engagement::hold(&site.desk, &known.0.actor, id, &body).await?;
    Ok((StatusCode::CREATED, Json(shown(&held))))
}

/// Keeps the record of the determination, as `seawall evaluation concur` wrote it. It is computed
/// again as far as that goes without the logs; the developer gets a letter about it.
#[utoipa::path(post, path = "/v1/engagements/{id}/record", tag = "engagements",
    params(("id" = String, Path)), request_body(content((Object = "application/json"))),
    responses((status = 201, body = Shown), (status = 401), (status = 404), (status = 409),
        (status = 413), (status = 422)))]
pub async fn receive_record(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Whole(body): Whole<RECORD_BYTES_MAX>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let record = body.to_vec();
    let kept = engagement::receive_record(&site.desk, &known.0.actor, id, record).await?;
    Ok((StatusCode::CREATED, Json(shown(&kept))))
}

/// The record of the determination, for whoever scores or audits under its protocol.
#[utoipa::path(get, path = "/v1/engagements/{id}/record", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 401), (status = 404), (status = 409)))]
pub async fn record(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<impl IntoResponse, Refused> {
    let bytes = engagement::record(&site.desk, &known.0.actor, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes))
}

/// The file that crosses to the other side: the receipt, the root, and the outcome with whether its
/// record is kept.
#[utoipa::path(get, path = "/v1/engagements/{id}/crossing", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 401), (status = 404), (status = 409)))]
pub async fn cross(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<impl IntoResponse, Refused> {
    let crossed = engagement::cross(&site.desk, &known.0.actor, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], crossed.bytes))
}

/// What a file that crossed says.
#[derive(Serialize, ToSchema)]
#[schema(as = Crossing)]
pub struct Read {
    /// The receipt of the question.
    pub receipt: String,
    /// The root of the sealed protocol.
    pub root: String,
    /// The outcome, once there is one.
    pub outcome: Option<&'static str>,
    /// Beside an outcome whose record was not kept when the file was written: that it was not, and
    /// that no letter was sent.
    pub unrecorded: Option<&'static str>,
}

/// Reads a file that crossed, and holds it against what this side has.
#[utoipa::path(post, path = "/v1/engagements/{id}/crossing", tag = "engagements",
    params(("id" = String, Path)), request_body(content((Object = "application/json"))),
    responses((status = 200, body = Read), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn receive_crossing(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Whole(body): Whole<CROSSING_BYTES_MAX>,
) -> Result<Json<Read>, Refused> {
    let read = engagement::receive_crossing(&site.desk, &known.0.actor, id, &body).await?;
    let (receipt, root) = (read.receipt.to_string(), read.root.to_string());
    let outcome = read.answer.map(|answer| answer.outcome.word());
    Ok(Json(Read { receipt, root, outcome, unrecorded: read.unrecorded() }))
}
