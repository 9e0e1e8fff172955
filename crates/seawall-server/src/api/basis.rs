//! What partners are judged and counted by: rubrics, how many operators there are in each group,
//! days off; and what of the operators is covered, and who has which share.

use super::word;
use crate::auth::Known;
use crate::extract::{Asked, Document, Whole};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use seawall_domain::partner::basis::{Brought, Change};
use seawall_domain::partner::calendar::Calendar;
use seawall_domain::partner::concentration::{Report, Share};
use seawall_domain::partner::reach::{Count, Covered, Line, Table};
use seawall_formats::operators::TABLE_BYTES_MAX;
use seawall_formats::rubric::RUBRIC_BYTES_MAX;
use seawall_services::partner::{self, Concentration, Reach, Standing, Waiting};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// Which rubric.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Version {
    /// Its version; without one, that of the rubric in force.
    pub version: Option<u32>,
}

/// The rubric by which applications of partners are marked, for everybody: the one in force, or an
/// earlier one, which those that were filed under it keep.
#[utoipa::path(get, path = "/v1/rubric", tag = "framework", params(Version),
    responses((status = 200, body = Object), (status = 404)))]
pub async fn rubric(
    State(site): State<Site>,
    Asked(asked): Asked<Version>,
) -> Result<Json<serde_json::Value>, Refused> {
    let rubric = match asked.version {
        Some(version) => partner::rubric_of(&site.desk, version).await?,
        None => partner::rubric(&site.desk).await?,
    };
    Ok(Json(serde_json::to_value(rubric.text()).unwrap_or_default()))
}

/// What became of something that was brought in and takes two people.
#[derive(Serialize, ToSchema)]
#[schema(as = BroughtIn)]
pub struct Taken {
    /// `waits` until another official brings the same in, or `in_force`.
    pub standing: &'static str,
    /// SHA-256 of it as it was sent.
    pub sha256: String,
}

fn taken(it: &partner::Taken) -> (StatusCode, Json<Taken>) {
    let (status, standing) = match it.standing {
        Standing::Waits => (StatusCode::ACCEPTED, "waits"),
        Standing::InForce => (StatusCode::CREATED, "in_force"),
    };
    (status, Json(Taken { standing, sha256: it.digest.to_string() }))
}

/// Signs for the installation's next rubric, TOML or JSON: it is in force when another official has
/// sent the same.
#[utoipa::path(post, path = "/v1/rubric", tag = "framework",
    request_body(content((Object = "application/json"), (String = "application/toml"))),
    responses((status = 201, body = Taken), (status = 202, body = Taken), (status = 401),
        (status = 404), (status = 409), (status = 413), (status = 422)))]
pub async fn publish_rubric(
    State(site): State<Site>,
    known: Known,
    Whole(body): Whole<RUBRIC_BYTES_MAX>,
) -> Result<(StatusCode, Json<Taken>), Refused> {
    Ok(taken(&partner::publish_rubric(&site.desk, &known.0.actor, &body).await?))
}

/// What an official brought in, and what waits for another one.
#[derive(Serialize, ToSchema)]
#[schema(as = BasisWaiting)]
pub struct Waits {
    /// `rubric` or `operators`.
    pub what: &'static str,
    /// SHA-256 of it as it was sent.
    pub sha256: String,
    /// The person who signed first.
    pub signed_by: String,
    /// The text as it was sent.
    pub text: String,
}

fn waits(it: Waiting) -> Waits {
    let what = match it.asked.change {
        Change::Rubric { .. } => "rubric",
        Change::Operators { .. } => "operators",
    };
    let (sha256, signed_by) = (it.asked.change.digest().to_string(), it.asked.by.to_string());
    Waits { what, sha256, signed_by, text: it.text }
}

/// The rubric and the table that wait for a second official, who brings the same in.
#[utoipa::path(get, path = "/v1/basis", tag = "framework",
    responses((status = 200, body = Vec<Waits>), (status = 401), (status = 404)))]
pub async fn waiting(State(site): State<Site>, known: Known) -> Result<Json<Vec<Waits>>, Refused> {
    let found = partner::waiting(&site.desk, &known.0.actor).await?;
    Ok(Json(found.into_iter().map(waits).collect()))
}

/// Which days are off, beside Saturdays and Sundays.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaysOff {
    /// `federal`: the federal holidays, and these days besides; `named`: these days and no others.
    pub rule: String,
    /// The days, such as `2026-12-24`.
    #[schema(value_type = Vec<String>)]
    pub days: BTreeSet<Date>,
}

fn days_off_shown(calendar: &Calendar) -> DaysOff {
    let rule = match calendar {
        Calendar::Federal { .. } => "federal",
        Calendar::Named { .. } => "named",
    };
    DaysOff { rule: rule.to_owned(), days: calendar.named().clone() }
}

/// Reads a calendar as somebody sends it.
pub(crate) fn calendar(rule: &str, days: BTreeSet<Date>) -> Result<Calendar, Refused> {
    match rule {
        "federal" => Ok(Calendar::Federal { besides: days }),
        "named" => Ok(Calendar::Named { days }),
        _ => {
            let said = "the rule is `federal` or `named`";
            Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, said))
        }
    }
}

/// Which days are off, for everybody: the time for an appeal is counted by them.
#[utoipa::path(get, path = "/v1/days-off", tag = "framework",
    responses((status = 200, body = DaysOff)))]
pub async fn days_off(State(site): State<Site>) -> Result<Json<DaysOff>, Refused> {
    Ok(Json(days_off_shown(&partner::days_off(&site.desk).await?)))
}

/// Names the days off from now on; ends that were fixed before stay.
#[utoipa::path(post, path = "/v1/days-off", tag = "framework", request_body = DaysOff,
    responses((status = 200, body = DaysOff), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub async fn name_days_off(
    State(site): State<Site>,
    known: Known,
    Document(sent): Document<DaysOff>,
) -> Result<Json<DaysOff>, Refused> {
    let calendar = calendar(&sent.rule, sent.days)?;
    let named = partner::name_days_off(&site.desk, &known.0.actor, calendar).await?;
    Ok(Json(days_off_shown(&named)))
}

/// A table of operators that was brought in.
#[derive(Serialize, ToSchema)]
#[schema(as = OperatorTable)]
pub struct Told {
    /// SHA-256 of it as it was sent.
    pub sha256: String,
    /// When it was brought in.
    pub brought_at: String,
    /// How many groups it has.
    pub groups: u32,
    /// How many operators are in all of them.
    pub operators: u64,
}

fn told(it: &Brought) -> Told {
    Told {
        sha256: it.table.to_string(),
        brought_at: it.at.to_string(),
        groups: it.groups,
        operators: it.operators,
    }
}

/// One group of operators.
#[derive(Serialize, ToSchema)]
#[schema(as = OperatorGroup)]
pub struct Group {
    /// Its number, by which partners declare it.
    pub group: u32,
    /// What it is.
    pub name: String,
    /// What its operators are in.
    pub sector: String,
    /// How large each of them is.
    pub size: String,
    /// Where they are; empty where the group is not of one region.
    pub region: String,
    /// How many there are.
    pub operators: u64,
    /// Who counted them.
    pub source: String,
    /// As of when.
    pub as_of: String,
}

fn group(line: &Line) -> Group {
    Group {
        group: line.group.0,
        name: line.name.clone(),
        sector: word(&line.sector),
        size: word(&line.size),
        region: line.region.clone(),
        operators: line.operators,
        source: line.source.clone(),
        as_of: line.as_of.to_string(),
    }
}

/// How many operators there are in each group.
#[derive(Serialize, ToSchema)]
pub struct Operators {
    /// The table in force; none where none was brought in: then nothing is known.
    pub table: Option<Told>,
    /// Its lines.
    pub lines: Vec<Group>,
}

/// How many operators there are in each group, as they were counted and brought in.
#[utoipa::path(get, path = "/v1/operators", tag = "framework",
    responses((status = 200, body = Operators), (status = 401), (status = 404)))]
pub async fn operators(State(site): State<Site>, known: Known) -> Result<Json<Operators>, Refused> {
    let found = partner::operators(&site.desk, &known.0.actor).await?;
    let lines = |table: &Table| table.lines().iter().map(group).collect();
    Ok(Json(Operators {
        table: found.as_ref().map(|(brought, _)| told(brought)),
        lines: found.as_ref().map_or_else(Vec::new, |(_, table)| lines(table)),
    }))
}

/// Signs for such a table, CSV or JSON: all of it, or nothing. It is in force when another official
/// has sent the same, and takes the place of the one before, which stays in the record.
#[utoipa::path(post, path = "/v1/operators", tag = "framework",
    request_body(content((String = "text/csv"), (Object = "application/json"))),
    responses((status = 201, body = Taken), (status = 202, body = Taken), (status = 401),
        (status = 404), (status = 409), (status = 413), (status = 422)))]
pub async fn bring_operators(
    State(site): State<Site>,
    known: Known,
    Whole(body): Whole<TABLE_BYTES_MAX>,
) -> Result<(StatusCode, Json<Taken>), Refused> {
    Ok(taken(&partner::bring_operators(&site.desk, &known.0.actor, &body).await?))
}

/// Operators that exist, and what of them is covered.
#[derive(Serialize, ToSchema)]
#[schema(as = ReachSum)]
pub struct Sum {
    /// Of which sector, size or region; empty for a region that is not told.
    pub of: String,
    /// How many there are.
    pub existing: u64,
    /// How many are covered.
    pub covered: u64,
    /// How many nobody covers.
    pub uncovered: u64,
}

fn sum(of: String, count: &Count) -> Sum {
    let Count { existing, covered } = *count;
    Sum { of, existing, covered, uncovered: count.uncovered() }
}

/// One group, and who covers it.
#[derive(Serialize, ToSchema)]
#[schema(as = ReachLine)]
pub struct Reached {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// How many partners cover it.
    pub partners: usize,
    /// How many of its operators nobody covers.
    pub uncovered: u64,
}

fn reached(it: &Covered) -> Reached {
    Reached { group: group(&it.line), partners: it.partners, uncovered: it.count().uncovered() }
}

/// What the partners cover together. Where no table of operators was brought in, numbers of
/// operators are not known, and there are none.
#[derive(Serialize, ToSchema)]
#[schema(as = Reach)]
pub struct Shown {
    /// How many partners' seats stand.
    pub partners: usize,
    /// How many groups they cover together.
    pub groups: usize,
    /// The table in force.
    pub table: Option<Told>,
    /// How many operators there are.
    pub existing: Option<u64>,
    /// How many of them are covered.
    pub covered: Option<u64>,
    /// How many nobody covers.
    pub uncovered: Option<u64>,
    /// Groups that are covered, and whose number of operators is not known.
    pub unknown: Vec<u32>,
    /// By sector.
    pub sectors: Vec<Sum>,
    /// By size.
    pub sizes: Vec<Sum>,
    /// By region.
    pub regions: Vec<Sum>,
    /// Group by group.
    pub lines: Vec<Reached>,
}

fn shown(it: &Reach) -> Shown {
    let coverage = it.known.as_ref().map(|(_, coverage)| coverage);
    let whole = coverage.map(|coverage| coverage.whole);
    let unknown = coverage.map_or(&it.groups, |coverage| &coverage.unknown);
    Shown {
        partners: it.partners,
        groups: it.groups.len(),
        table: it.known.as_ref().map(|(brought, _)| told(brought)),
        existing: whole.map(|whole| whole.existing),
        covered: whole.map(|whole| whole.covered),
        uncovered: whole.map(|whole| whole.uncovered()),
        unknown: unknown.iter().map(|group| group.0).collect(),
        sectors: coverage.map_or_else(Vec::new, |coverage| {
            coverage.sectors.iter().map(|(of, count)| sum(word(of), count)).collect()
        }),
        sizes: coverage.map_or_else(Vec::new, |coverage| {
            coverage.sizes.iter().map(|(of, count)| sum(word(of), count)).collect()
        }),
        regions: coverage.map_or_else(Vec::new, |coverage| {
            coverage.regions.iter().map(|(of, count)| sum(of.clone(), count)).collect()
        }),
        lines: coverage.map_or_else(Vec::new, |it| it.lines.iter().map(reached).collect()),
    }
}

/// What the partners cover whose seats stand; for a developer, those for its own models.
#[utoipa::path(get, path = "/v1/reach", tag = "framework",
    responses((status = 200, body = Shown), (status = 401), (status = 404)))]
pub async fn reach(State(site): State<Site>, known: Known) -> Result<Json<Shown>, Refused> {
    Ok(Json(shown(&partner::reach(&site.desk, &known.0.actor).await?)))
}

/// One share.
#[derive(Serialize, ToSchema)]
#[schema(as = ConcentrationShare)]
pub struct Shared {
    /// Whose: a party's id, a sector, a size.
    pub of: String,
    /// The party's name; empty for a sector or a size.
    pub name: String,
    /// How many parents are in it.
    pub parents: usize,
    /// Of all seats, in thousandths.
    pub seats: u32,
    /// Of all tokens that were counted, in thousandths; none where they are not known.
    pub tokens: Option<u32>,
}

/// Which share of seats and tokens goes to whom.
#[derive(Serialize, ToSchema)]
#[schema(as = Concentration)]
pub struct Shares {
    /// By parent, the largest share of tokens first.
    pub parents: Vec<Shared>,
    /// By sector.
    pub sectors: Vec<Shared>,
    /// By size.
    pub sizes: Vec<Shared>,
    /// The Herfindahl-Hirschman index of tokens by parent, from 0 to 10,000; none where they are
    /// not known.
    pub index: Option<u32>,
    /// How many partners there are whose tokens are not known.
    pub uncounted: usize,
}

fn shares(it: &Concentration) -> Shares {
    let Report { parents, sectors, sizes, index, uncounted } = &it.report;
    let name = |share: &Share<_>| share.group.and_then(|id| it.names.get(&id)).cloned();
    Shares {
        parents: parents
            .iter()
            .map(|share| shared(share, share.group.map(|id| id.to_string()), name(share)))
            .collect(),
        sectors: sectors
            .iter()
            .map(|share| shared(share, share.group.map(|of| word(&of)), None))
            .collect(),
        sizes: sizes
            .iter()
            .map(|share| shared(share, share.group.map(|of| word(&of)), None))
            .collect(),
        index: *index,
        uncounted: *uncounted,
    }
}

fn shared<K>(share: &Share<K>, of: Option<String>, name: Option<String>) -> Shared {
    Shared {
        of: of.unwrap_or_default(),
        name: name.unwrap_or_default(),
        parents: share.parents,
        seats: share.seats,
        tokens: share.tokens,
    }
}

/// Which share of seats, and of tokens where gateways' counts were brought in, goes to which
/// parent, sector and size; for a developer, of partners for its own models.
#[utoipa::path(get, path = "/v1/concentration", tag = "framework",
    responses((status = 200, body = Shares), (status = 401), (status = 404)))]
pub async fn concentration(
    State(site): State<Site>,
    known: Known,
) -> Result<Json<Shares>, Refused> {
    Ok(Json(shares(&partner::concentration(&site.desk, &known.0.actor).await?)))
}
