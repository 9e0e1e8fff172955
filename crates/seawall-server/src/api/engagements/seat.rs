//! Seats in a government's window: the window that is open to one, a token, and what was given.

use crate::api::partners::token::{Asked, Record, Shown as Open, Told, record, shown, told};
use crate::auth::Known;
use crate::extract::{Document, Id};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use seawall_domain::engagement::Who;
use seawall_domain::engagement::seat::Seats;
use seawall_domain::id::EngagementId;
use seawall_services::engagement;
use serde::Serialize;
use utoipa::ToSchema;

/// How many tokens one list shows.
const LIST_MAX: i64 = 500;

/// A person who is seated in the government's window, or stopped there.
#[derive(Serialize, ToSchema)]
#[schema(as = GovernmentSeat)]
pub struct Seated {
    /// Who.
    pub person: String,
    /// Of which party; none for somebody who was refused and is not seated.
    pub party: Option<String>,
    /// `developer` or `clearinghouse`, where it is stopped.
    pub stopped_by: Option<&'static str>,
    /// Who signed first for ending the clearinghouse's stop; a second person is missing.
    pub lift_signed_by: Option<String>,
}

pub(super) fn seated(seats: &Seats) -> Vec<Seated> {
    let stops: Vec<_> = seats.stops().collect();
    let by = |by: &Who| match by {
        Who::Developer(_) => "developer",
        Who::Evaluator(_) | Who::Official(_) | Who::DutyOfficer(_) | Who::Clock => "clearinghouse",
    };
    let signed = |person| seats.asked(person).and_then(Who::person).map(|it| it.to_string());
    let people = seats.people().map(|(person, party)| Seated {
        person: person.to_string(),
        party: Some(party.to_string()),
        stopped_by: stops.iter().find(|(whom, _)| *whom == person).map(|(_, who)| by(who)),
        lift_signed_by: signed(person),
    });
    let refused = stops.iter().filter(|(person, _)| seats.holds(*person).is_none());
    let refused = refused.map(|(person, who)| Seated {
        person: person.to_string(),
        party: None,
        stopped_by: Some(by(who)),
        lift_signed_by: signed(*person),
    });
    people.chain(refused).collect()
}

/// The government's window that is open to whoever asks and is seated in it, with its terms.
#[utoipa::path(get, path = "/v1/engagements/{id}/windows", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<Open>), (status = 401), (status = 404)))]
pub async fn windows(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Vec<Open>>, Refused> {
    let open = engagement::windows(&site.desk, &known.0.actor, id).await?;
    Ok(Json(open.iter().map(shown).collect()))
}

/// Gives a person who is seated in the government's window an access token for minutes.
#[utoipa::path(post, path = "/v1/engagements/{id}/tokens", tag = "engagements",
    request_body = Asked, params(("id" = String, Path)),
    responses((status = 201, body = Told), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn give(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Document(asked): Document<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let (key, request) = asked.request();
    let request = engagement::Request { key: &key, ..request };
    Ok(told(engagement::give(&site.desk, &known.0.actor, id, request).await?))
}

/// Which tokens were given for the government's windows, the newest first: to whom, for which key,
/// until when.
#[utoipa::path(get, path = "/v1/engagements/{id}/tokens", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<Record>), (status = 401), (status = 404)))]
pub async fn issued(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Vec<Record>>, Refused> {
    let noted = engagement::issued(&site.desk, &known.0.actor, id, LIST_MAX).await?;
    Ok(Json(noted.iter().map(record).collect()))
}
