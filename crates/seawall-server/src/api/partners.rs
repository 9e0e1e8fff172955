//! Trusted partners: applications, panels, decisions, seats; the register of ties; and what of all
//! this anybody may see.

mod step;
pub(crate) mod token;

pub use step::Step;

use super::word;
use crate::auth::Known;
use crate::extract::{Document, Id};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use seawall_domain::id::{PartnerId, PartyId, PersonId, TieId};
use seawall_domain::partner::Declared;
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_domain::partner::conflict::{Entry, TieKind};
use seawall_domain::partner::reach::Group;
use seawall_domain::partner::seat::Extent;
use seawall_services::partner::{self, Dossier, Held, Lottery, SeatView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// How many applications one list shows.
const LIST_MAX: i64 = 500;

/// An application, as far as the asker may see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Partner)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// The applicant's party.
    pub party: String,
    /// The developer's party.
    pub developer: String,
    /// The rubric that it is marked by.
    pub rubric: u32,
    /// When it was filed.
    pub filed_at: String,
    /// `filed`, `drawn_for`, `assessed`, `decided`, `seated` or `over`.
    pub stage: &'static str,
    /// `admit`, `admit_with_conditions`, `defer` or `decline`.
    pub outcome: Option<String>,
    /// The letter about the decision, with every reason.
    pub letter: Option<String>,
    /// Whether it develops models that compete, as it was stated: `none` or `competitor`.
    pub rivalry: Option<String>,
    /// Who stated that; another official signs. Not for the applicant.
    pub stated_by: Option<String>,
    /// Whether the developer has signed.
    pub developer_signed: bool,
    /// Whether the clearinghouse has signed.
    pub clearinghouse_signed: bool,
    /// The draw of a panel that is under way; not for the applicant.
    pub draw: Option<Drawing>,
    /// Who looks; not for the applicant.
    pub panel: Vec<String>,
    /// Who of the pool was left out of the draw, because the account was closed by then; not for
    /// the applicant.
    pub left_out: Vec<String>,
    /// Until when an appeal is answered that waits for it.
    pub appeal_answer_by: Option<String>,
    /// Whether that has passed.
    pub appeal_overdue: bool,
    /// When the seat ends.
    pub seat_expires_at: Option<String>,
    /// How many people have the seat.
    pub seat_people: usize,
    /// Whether everybody is stopped, for now or for good.
    pub seat_stopped: bool,
    /// Who cannot use the model in this seat now, and by which keys nobody can.
    pub seat_cut_off: Option<CutOff>,
    /// What of that came over from the party's seats before.
    pub seat_came_over: Option<CutOff>,
    /// The machines that get tokens, by the ids of their accounts.
    pub machines: Vec<String>,
    /// Whom it protects, as far as that is known; not in lists.
    pub protects: Option<Protects>,
}

/// A draw that is under way.
#[derive(Serialize, ToSchema)]
#[schema(as = Draw)]
pub struct Drawing {
    /// The parties that have not committed to a number yet.
    pub uncommitted: Vec<String>,
    /// The parties that have not revealed it yet: both sides, until all have committed.
    pub unrevealed: Vec<String>,
    /// Which of the sides is your own party.
    pub own: Option<String>,
    /// How many people are drawn.
    pub wanted: u8,
    /// From how many, without those who stay out because of a tie.
    pub pool: usize,
    /// When it is void unless it is finished.
    pub until: String,
}

fn drawing(it: &Lottery) -> Drawing {
    let parties = |it: &BTreeSet<PartyId>| it.iter().map(ToString::to_string).collect();
    Drawing {
        uncommitted: parties(&it.uncommitted),
        unrevealed: parties(&it.unrevealed),
        own: it.own.map(|party| party.to_string()),
        wanted: it.wanted,
        pool: it.pool.difference(&it.recused).count(),
        until: it.until.to_string(),
    }
}

/// Who is cut off in a seat.
#[derive(Serialize, ToSchema)]
pub struct CutOff {
    /// Who is stopped: people by their ids, or `organisation`. Two people start each again.
    pub stopped: Vec<String>,
    /// Who was stopped for good: two people start each again, the developer among them.
    pub revoked: Vec<String>,
    /// The keys that were lost; none of them is good any more.
    pub lost_keys: Vec<String>,
}

fn cut_off(held: Held<'_>) -> Option<CutOff> {
    let lost_keys = held.lost_keys.iter().map(ToString::to_string).collect();
    let (stopped, revoked) = (named(&held.stopped), named(&held.revoked));
    (!held.is_empty()).then_some(CutOff { stopped, revoked, lost_keys })
}

fn named(extents: &[Extent]) -> Vec<String> {
    let name = |extent: &Extent| match extent {
        Extent::Person(person) => person.to_string(),
        Extent::Organisation => "organisation".to_owned(),
    };
    extents.iter().map(name).collect()
}

/// Whom a partner protects.
#[derive(Serialize, ToSchema)]
#[schema(as = Protected)]
pub struct Protects {
    /// How many groups of operators it declares.
    pub groups: usize,
    /// How many operators are in them, by the table in force; none where none was brought in.
    pub operators: Option<u64>,
    /// In how many of the groups the number is not known.
    pub unknown: usize,
}

pub(crate) fn shown(it: &Dossier) -> Shown {
    let outcome = it.outcome.as_ref().map(|outcome| {
        let value = serde_json::to_value(outcome).unwrap_or_default();
        value["outcome"].as_str().unwrap_or_default().to_owned()
    });
    let seat = it.seat.as_ref();
    Shown {
        id: it.application.id.to_string(),
        party: it.application.party.to_string(),
        developer: it.application.developer.to_string(),
        rubric: it.application.rubric,
        filed_at: it.application.filed_at.to_string(),
        stage: it.progress.name(),
        outcome,
        letter: it.letter.clone(),
        rivalry: it.rivalry.as_ref().map(word),
        stated_by: it.stated_by.map(|person| person.to_string()),
        developer_signed: it.signed.0,
        clearinghouse_signed: it.signed.1,
        draw: it.lottery.as_ref().map(drawing),
        panel: it.panel.iter().map(ToString::to_string).collect(),
        left_out: it.left_out.iter().map(ToString::to_string).collect(),
        appeal_answer_by: it.appeal.map(|appeal| appeal.by.to_string()),
        appeal_overdue: it.appeal.is_some_and(|appeal| appeal.is_overdue),
        seat_expires_at: seat.map(|view| view.seat.expires_at.to_string()),
        seat_people: seat.map_or(0, |view| view.seat.people().len()),
        seat_stopped: seat.is_some_and(|view| view.is_stopped),
        seat_cut_off: seat.and_then(|view| cut_off(view.held())),
        seat_came_over: seat.and_then(|view| cut_off(view.came_over())),
        machines: seat.map_or_else(Vec::new, machines),
        protects: it.protects.map(|it| Protects {
            groups: it.groups,
            operators: it.operators,
            unknown: it.unknown,
        }),
    }
}

fn machines(view: &SeatView) -> Vec<String> {
    view.seat.access().machines().map(|(machine, _)| machine.to_string()).collect()
}

/// The applications one may know of.
#[utoipa::path(get, path = "/v1/partners", tag = "partners",
    responses((status = 200, body = Vec<Shown>), (status = 401), (status = 404)))]
pub async fn list(State(site): State<Site>, known: Known) -> Result<Json<Vec<Shown>>, Refused> {
    let found = partner::list(&site.desk, &known.0.actor, LIST_MAX).await?;
    Ok(Json(found.iter().map(shown).collect()))
}

/// An application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// For whose models: the developer's party.
    #[schema(value_type = String)]
    pub developer: PartyId,
    /// Who owns the applicant in the end: a party, itself or another.
    #[schema(value_type = String)]
    pub parent: PartyId,
    /// What it is in.
    #[schema(value_type = String)]
    pub sector: Sector,
    /// `small`, `medium` or `large`.
    #[schema(value_type = String)]
    pub size: Size,
    /// The groups of operators that it protects.
    #[schema(value_type = Vec<u32>)]
    pub protects: BTreeSet<Group>,
    /// What shows that the gates are met.
    pub evidence: String,
}

/// Applies for one developer's models.
#[utoipa::path(post, path = "/v1/partners", tag = "partners", request_body = Application,
    responses((status = 201, body = Shown), (status = 401), (status = 404), (status = 422)))]
pub async fn apply(
    State(site): State<Site>,
    known: Known,
    Document(sent): Document<Application>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let Application { developer, parent, sector, size, protects, evidence } = sent;
    let declared = Declared { parent, sector, size, protects };
    let (desk, actor) = (&site.desk, &known.0.actor);
    let filed = partner::apply(desk, actor, developer, declared, evidence.as_bytes()).await?;
    let dossier = partner::dossier(desk, actor, filed.application.id).await?;
    Ok((StatusCode::CREATED, Json(shown(&dossier))))
}

/// One application.
#[utoipa::path(get, path = "/v1/partners/{id}", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn show(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<PartnerId>,
) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&partner::dossier(&site.desk, &known.0.actor, id).await?)))
}

/// The evidence that came with an application.
#[utoipa::path(get, path = "/v1/partners/{id}/evidence", tag = "partners",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401), (status = 404)))]
pub async fn evidence(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<PartnerId>,
) -> Result<impl IntoResponse, Refused> {
    let bytes = partner::evidence(&site.desk, &known.0.actor, id).await?;
    let kept = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"evidence\""),
    ];
    Ok((kept, bytes))
}

/// Takes one step of an application or a seat.
#[utoipa::path(post, path = "/v1/partners/{id}/steps", tag = "partners", request_body = Step,
    params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn step(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<PartnerId>,
    Document(step): Document<Step>,
) -> Result<Json<Shown>, Refused> {
    step.take(&site.desk, &known.0.actor, id).await?;
    Ok(Json(shown(&partner::dossier(&site.desk, &known.0.actor, id).await?)))
}

/// A tie in the register of conflicts.
#[derive(Serialize, ToSchema)]
#[schema(as = Tie)]
pub struct Tied {
    /// Its id.
    pub id: String,
    /// Who.
    pub person: String,
    /// To whom.
    pub party: String,
    /// What kind.
    pub kind: String,
    /// When it ended.
    pub ended_at: Option<String>,
}

fn tied(entry: &Entry) -> Tied {
    Tied {
        id: entry.id.to_string(),
        person: entry.tie.person.to_string(),
        party: entry.tie.party.to_string(),
        kind: word(&entry.tie.kind),
        ended_at: entry.tie.ended_at.map(|at| at.to_string()),
    }
}

/// The register of ties.
#[utoipa::path(get, path = "/v1/ties", tag = "ties",
    responses((status = 200, body = Vec<Tied>), (status = 401), (status = 404)))]
pub async fn ties(State(site): State<Site>, known: Known) -> Result<Json<Vec<Tied>>, Refused> {
    let found = partner::ties(&site.desk, &known.0.actor).await?;
    Ok(Json(found.iter().map(tied).collect()))
}

/// A tie as it is declared.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTie {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// To whom.
    #[schema(value_type = String)]
    pub party: PartyId,
    /// What kind.
    #[schema(value_type = String)]
    pub kind: TieKind,
}

/// Puts a tie into the register.
#[utoipa::path(post, path = "/v1/ties", tag = "ties", request_body = NewTie,
    responses((status = 201, body = Tied), (status = 401), (status = 404), (status = 422)))]
pub async fn declare(
    State(site): State<Site>,
    known: Known,
    Document(new): Document<NewTie>,
) -> Result<(StatusCode, Json<Tied>), Refused> {
    let NewTie { person, party, kind } = new;
    let entry = partner::declare(&site.desk, &known.0.actor, person, party, kind).await?;
    Ok((StatusCode::CREATED, Json(tied(&entry))))
}

/// Records that a tie has ended; it counts for a while yet.
#[utoipa::path(post, path = "/v1/ties/{id}/end", tag = "ties", params(("id" = String, Path)),
    responses((status = 200, body = Tied), (status = 401), (status = 404), (status = 409)))]
pub async fn end_tie(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<TieId>,
) -> Result<Json<Tied>, Refused> {
    Ok(Json(tied(&partner::end(&site.desk, &known.0.actor, id).await?)))
}
