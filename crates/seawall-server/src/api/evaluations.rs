//! Evaluations: dockets with ids, digests and numbers. What is sealed passes in once and out only
//! after enough custodians agreed.

mod step;

pub use step::Step;

use super::word;
use crate::auth::Known;
use crate::extract::{Asked, Document, Id, Whole};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::docket::Docket;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::evaluation::token::{Book, Entry, Fate};
use seawall_domain::id::EvaluationId;
use seawall_services::evaluation::docket::{self, Keeping};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many evaluations one list shows.
const LIST_MAX: i64 = 500;
/// The largest protocol that this route takes, in bytes.
const PROTOCOL_BYTES_MAX: usize = 16_000_000;

/// An evaluation's docket.
#[derive(Serialize, ToSchema)]
#[schema(as = Evaluation)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// `empty`, `drafted`, `signed_once` or `sealed`.
    pub seal: String,
    /// The root that is being sealed, or was last.
    pub root: Option<String>,
    /// Every root that two people sealed, oldest first.
    pub revisions: Vec<String>,
    /// How often the protocol was amended.
    pub amendments: usize,
    /// The tokens of the newest sealed protocol.
    pub tokens: Vec<Token>,
    /// Whether an opening was asked for, and whether it may be opened.
    pub opening: &'static str,
    /// How often it was shown to somebody since.
    pub shown: usize,
    /// Who has which duty.
    pub duties: Vec<Held>,
    /// Whose parts of a key open what is being sealed, or was last; none where it lies under the
    /// installation's own key, for a rehearsal.
    pub custody: Option<Custody>,
}

/// A duty that somebody has.
#[derive(Serialize, ToSchema)]
#[schema(as = EvaluationDuty)]
pub struct Held {
    /// `set_threshold`, `countersign`, `run`, `score`, `concur`, `custody` or `audit`.
    pub duty: String,
    /// The person.
    pub person: String,
    /// Of a custodian, whether it has brought a key: nothing is sealed before each has.
    pub key: Option<bool>,
}

/// Among whom the key of a protocol is split.
#[derive(Serialize, ToSchema)]
#[schema(as = EvaluationCustody)]
pub struct Custody {
    /// How many of them open it together.
    pub quorum: usize,
    /// The custodians.
    pub custodians: Vec<String>,
}

/// A token in the book; the token itself is told once, to whoever runs.
#[derive(Serialize, ToSchema)]
#[schema(as = RunToken)]
pub struct Token {
    /// The run.
    pub run: String,
    /// When it was given out.
    pub issued_at: String,
    /// `issued`, `used`, `completed`, `failed` or `abandoned`.
    pub fate: &'static str,
    /// Why the run does not count.
    pub why: Option<String>,
}

pub(crate) fn shown(it: &Evaluation) -> Shown {
    let docket = &it.docket;
    let state = docket.seal.as_ref().map(|seal| {
        let value = serde_json::to_value(seal).unwrap_or_default();
        value["state"].as_str().unwrap_or_default().to_owned()
    });
    let tokens = docket.book.iter().flat_map(Book::entries).map(token).collect();
    let opening = match (&docket.opening, docket.opened()) {
        (None, _) => "not_asked",
        (Some(_), None) => "asked",
        (Some(_), Some(_)) => "opened",
    };
    Shown {
        id: it.id.to_string(),
        seal: state.unwrap_or_else(|| "empty".to_owned()),
        root: it.root().map(|root| root.to_string()),
        revisions: docket.revisions.all().iter().map(|it| it.root.to_string()).collect(),
        amendments: docket.revisions.amendments(),
        tokens,
        opening,
        shown: it.shown.len(),
        duties: DUTIES.into_iter().flat_map(|duty| held(docket, duty)).collect(),
        custody: docket.custody().map(|custody| Custody {
            quorum: custody.quorum(),
            custodians: custody.custodians().map(|person| person.to_string()).collect(),
        }),
    }
}

/// Every duty, in the order in which each is needed.
const DUTIES: [Duty; 7] = [
    Duty::SetThreshold,
    Duty::Countersign,
    Duty::Custody,
    Duty::Run,
    Duty::Score,
    Duty::Concur,
    Duty::Audit,
];

fn held(docket: &Docket, duty: Duty) -> impl Iterator<Item = Held> + '_ {
    docket.duties.with(duty).map(move |person| Held {
        duty: word(&duty),
        person: person.to_string(),
        key: (duty == Duty::Custody).then(|| docket.key_of(person).is_some()),
    })
}

fn token(entry: &Entry) -> Token {
    let (fate, why) = match &entry.fate {
        Fate::Issued => ("issued", None),
        Fate::Used { .. } => ("used", None),
        Fate::Completed { .. } => ("completed", None),
        Fate::Failed { why, .. } => ("failed", Some(word(why))),
        Fate::Abandoned { why } => ("abandoned", Some(word(why))),
    };
    let (run, issued_at) = (entry.run.to_string(), entry.issued_at.to_string());
    Token { run, issued_at, fate, why }
}

/// The evaluations.
#[utoipa::path(get, path = "/v1/evaluations", tag = "evaluations",
    responses((status = 200, body = Vec<Shown>), (status = 401), (status = 404)))]
pub async fn list(State(site): State<Site>, known: Known) -> Result<Json<Vec<Shown>>, Refused> {
    let found = docket::list(&site.desk, &known.0.actor, LIST_MAX).await?;
    Ok(Json(found.iter().map(shown).collect()))
}

/// Opens an evaluation with an empty docket.
#[utoipa::path(post, path = "/v1/evaluations", tag = "evaluations",
    responses((status = 201, body = Shown), (status = 401), (status = 404)))]
pub async fn open(
    State(site): State<Site>,
    known: Known,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let opened = docket::open(&site.desk, &known.0.actor).await?;
    Ok((StatusCode::CREATED, Json(shown(&opened))))
}

/// One evaluation.
#[utoipa::path(get, path = "/v1/evaluations/{id}", tag = "evaluations",
    params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn show(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&docket::show(&site.desk, &known.0.actor, id).await?)))
}

/// How what a protocol says is kept until it is opened; one of the two is said.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// How many of the custodians open it together.
    quorum: Option<usize>,
    /// Whether it lies under the installation's own key, for practice.
    rehearsal: Option<bool>,
}

impl Kept {
    fn keeping(self) -> Option<Keeping> {
        match (self.quorum, self.rehearsal) {
            (Some(quorum), None | Some(false)) => Some(Keeping::Split { quorum }),
            (None, Some(true)) => Some(Keeping::Rehearsal),
            (Some(_), Some(true)) | (None, None | Some(false)) => None,
        }
    }
}

/// Commits to a protocol, or to an amendment; what is answered is its root. What it says is
/// encrypted to the custodians, of whom each has brought a key, so that `quorum` of them open it
/// together.
#[utoipa::path(post, path = "/v1/evaluations/{id}/protocols", tag = "evaluations",
    params(("id" = String, Path), ("quorum" = Option<usize>, Query),
        ("rehearsal" = Option<bool>, Query)), request_body(content((Object = "application/json"))),
    responses((status = 201, body = Shown), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn commit(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
    Asked(kept): Asked<Kept>,
    Whole(body): Whole<PROTOCOL_BYTES_MAX>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let (keeping, actor) = (kept.keeping(), &known.0.actor);
    let committed = docket::commit(&site.desk, actor, id, &body, keeping).await?;
    Ok((StatusCode::CREATED, Json(shown(&committed))))
}

/// Takes one step in the docket.
#[utoipa::path(post, path = "/v1/evaluations/{id}/steps", tag = "evaluations",
    request_body = Step, params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn step(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
    Document(step): Document<Step>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&step.take(&site.desk, &known.0.actor, id).await?)))
}

/// A token for a run, told once.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedToken)]
pub struct Issued {
    /// The run.
    pub run: String,
    /// The token, for the metadata of the log.
    pub token: String,
}

/// What is published of the protocol that is being sealed, or was last: its root, its time, and the
/// signatures. It is the `commitment.json` of the command line.
#[utoipa::path(get, path = "/v1/evaluations/{id}/commitment", tag = "evaluations",
    params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 401), (status = 404), (status = 409)))]
pub async fn commitment(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
) -> Result<impl IntoResponse, Refused> {
    let bytes = docket::commitment(&site.desk, &known.0.actor, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes))
}

/// The book of tokens, with the plan of the runs and without the key. It is the `tokens.json` of
/// the command line, to determine and to verify with.
#[utoipa::path(get, path = "/v1/evaluations/{id}/tokens", tag = "evaluations",
    params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 401), (status = 404), (status = 409)))]
pub async fn book(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
) -> Result<impl IntoResponse, Refused> {
    let bytes = docket::book(&site.desk, &known.0.actor, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes))
}

/// Gives out a token for a run.
#[utoipa::path(post, path = "/v1/evaluations/{id}/tokens", tag = "evaluations",
    params(("id" = String, Path)),
    responses((status = 201, body = Issued), (status = 401), (status = 404), (status = 409)))]
pub async fn issue(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
) -> Result<(StatusCode, Json<Issued>), Refused> {
    let issued = docket::issue(&site.desk, &known.0.actor, id).await?;
    let issued = Issued { run: issued.run.to_string(), token: issued.token };
    Ok((StatusCode::CREATED, Json(issued)))
}

/// The share of a custodian in what is being opened, sealed, or was last, encrypted to its own key.
/// `seawall evaluation share` takes it out; what the shares open is not with it.
#[utoipa::path(get, path = "/v1/evaluations/{id}/share", tag = "evaluations",
    params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 401), (status = 404), (status = 409)))]
pub async fn share(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
) -> Result<impl IntoResponse, Refused> {
    let bytes = docket::share(&site.desk, &known.0.actor, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes))
}

/// What of an opened protocol is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// One field, as a JSON pointer; the whole without it.
    field: Option<String>,
}

/// Shows the opened protocol to whoever scores or audits, whole or one field of it with its proof.
#[utoipa::path(get, path = "/v1/evaluations/{id}/opening", tag = "evaluations",
    params(("id" = String, Path), ("field" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 401), (status = 404), (status = 409)))]
pub async fn reveal(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EvaluationId>,
    Asked(part): Asked<Part>,
) -> Result<impl IntoResponse, Refused> {
    let field = part.field.as_deref();
    let bytes = docket::reveal(&site.desk, &known.0.actor, id, field).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes))
}
