//! Exposures, what to fix today, and what is due.

use crate::auth::Known;
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use seawall_domain::exposure::{Exposure, Standing};
use seawall_domain::id::ExposureId;
use seawall_matching::today::{Dated, Item, Language, Line, Step};
use seawall_services::{exposure, today};
use serde::Serialize;
use utoipa::ToSchema;

/// An exposure.
#[derive(Serialize, ToSchema)]
#[schema(as = Exposure)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// The operator's system.
    pub label: String,
    /// The component.
    pub component: String,
    /// Its version.
    pub version: Option<String>,
    /// The flaw: the id of an advisory that was published here, or the name by which outside
    /// sources know it, such as `CVE-2024-3094`.
    pub cause: String,
    /// `open`, `not_affected`, `retracted` or `fixed`.
    pub state: &'static str,
    /// The evidence of a closure: SHA-256 of an inventory, or the issuer of a statement.
    pub evidence: Option<String>,
    /// Why it matched.
    pub rule: String,
    /// Since when.
    pub opened_at: String,
    /// The deadline that was told last.
    pub told: Option<ToldOf>,
}

/// A deadline that was told.
#[derive(Serialize, ToSchema)]
#[schema(as = Told)]
pub struct ToldOf {
    /// The row of the table of BOD 26-04.
    pub row: u8,
    /// When it is due; none when the fix may wait for the next upgrade.
    pub due_at: Option<String>,
    /// When it was told.
    pub at: String,
}

fn shown(exposure: &Exposure) -> Shown {
    let evidence = match &exposure.standing {
        Standing::Open | Standing::Retracted { .. } => None,
        Standing::NotAffected { issuer, .. } => Some(issuer.to_string()),
        Standing::NotAffectedOutside { issuer } => Some(issuer.clone()),
        Standing::Fixed { evidence, .. } => Some(evidence.to_string()),
    };
    Shown {
        id: exposure.id.to_string(),
        label: exposure.spot.label.clone(),
        component: exposure.spot.component.clone(),
        version: exposure.version.as_ref().map(ToString::to_string),
        cause: exposure.spot.cause.to_string(),
        state: exposure.standing.name(),
        evidence,
        rule: exposure.rule.clone(),
        opened_at: exposure.opened_at.to_string(),
        told: exposure.told.as_ref().map(|told| ToldOf {
            row: told.row,
            due_at: told.due_at.map(|due| due.to_string()),
            at: told.at.to_string(),
        }),
    }
}

/// One's own exposures.
#[utoipa::path(get, path = "/v1/exposures", tag = "exposures",
    responses((status = 200, body = Vec<Shown>), (status = 401)))]
pub async fn list(State(site): State<Site>, known: Known) -> Result<Json<Vec<Shown>>, Refused> {
    let exposures = exposure::list(&site.desk, &known.0.actor).await?;
    Ok(Json(exposures.iter().map(shown).collect()))
}

/// What must be fixed today.
#[derive(Serialize, ToSchema)]
pub struct TodayList {
    /// At most ten items, most urgent first, in plain words.
    pub items: Vec<TodayItem>,
    /// How many more there are.
    pub more: usize,
    /// The components that cannot be told.
    pub unknown: Vec<String>,
    /// The sources that were asked beside what is published here, each with its oldest copy.
    pub sources: Vec<TodaySource>,
}

/// A source, and the day of the copy that was used.
#[derive(Serialize, ToSchema)]
pub struct TodaySource {
    /// `osv`, `csaf`, `cve`, `kev`, `epss` or `ssvc`.
    pub kind: &'static str,
    /// When the copy was current.
    pub as_of: String,
}

/// A step to take when something cannot be fixed.
#[derive(Serialize, ToSchema)]
pub struct TodayStep {
    /// `isolate`, `configure`, `shield` or `ask`.
    #[schema(value_type = String)]
    pub step: Step,
    /// What the step is called.
    pub label: &'static str,
    /// What to do.
    pub text: &'static str,
}

/// One thing to do.
#[derive(Serialize, ToSchema)]
pub struct TodayItem {
    /// What to do.
    pub what: String,
    /// Why.
    pub why: String,
    /// How.
    pub how: String,
    /// How long that takes: an estimate of our own, which nobody measured.
    pub how_long: String,
    /// The same in minutes, when all goes well.
    pub minutes_min: u32,
    /// The same in minutes, when it does not.
    pub minutes_max: u32,
    /// By when.
    pub by_when: String,
    /// Whether that is a rule or advice.
    pub authority: String,
    /// What if it cannot be done.
    pub otherwise: String,
    /// What to do, step by step, if it cannot be fixed.
    pub playbook: Vec<TodayStep>,
    /// What else is known of it, one sentence or two each.
    pub notes: Vec<String>,
    /// The advisories behind it.
    pub advisories: Vec<String>,
    /// What the flaws are called elsewhere, such as `CVE-2024-3094`.
    pub flaws: Vec<String>,
    /// Whether one of the flaws is known to be attacked.
    pub exploited: bool,
    /// The sources that were asked about it.
    pub sources: Vec<TodaySource>,
}

fn sources(sources: &[Dated]) -> Vec<TodaySource> {
    let shown =
        |source: &Dated| TodaySource { kind: source.kind.name(), as_of: source.as_of.to_string() };
    sources.iter().map(shown).collect()
}

fn item(item: &Item<ExposureId>) -> TodayItem {
    let (words, estimate) = (item.words(Language::English), item.estimate());
    let step = |line: &Line| TodayStep {
        step: line.step,
        label: line.step.label(Language::English),
        text: line.text,
    };
    TodayItem {
        what: words.what,
        why: words.why,
        how: words.how,
        how_long: words.how_long,
        minutes_min: estimate.minutes_min,
        minutes_max: estimate.minutes_max,
        by_when: words.by_when,
        authority: words.authority,
        otherwise: words.otherwise,
        playbook: words.playbook.iter().map(step).collect(),
        notes: words.notes,
        advisories: item.advisories.clone(),
        flaws: item.flaws.clone(),
        exploited: item.exploited,
        sources: sources(&item.sources),
    }
}

/// What of one's own systems must be fixed today.
#[utoipa::path(get, path = "/v1/today", tag = "exposures",
    responses((status = 200, body = TodayList), (status = 401)))]
pub async fn today(State(site): State<Site>, known: Known) -> Result<Json<TodayList>, Refused> {
    let list = today::today(&site.desk, &known.0.actor).await?;
    Ok(Json(TodayList {
        items: list.today.items.iter().map(item).collect(),
        more: list.today.more,
        unknown: list.unknown,
        sources: sources(&list.today.sources),
    }))
}

/// What is due when under BOD 26-04, as CSV, for agencies.
#[utoipa::path(get, path = "/v1/due.csv", tag = "exposures",
    responses((status = 200, content_type = "text/csv"), (status = 401), (status = 404)))]
pub async fn due(State(site): State<Site>, known: Known) -> Result<Response, Refused> {
    let mut csv = String::from("due,component,version,system,advisory,row,deadline,explanation\n");
    for due in today::due(&site.desk, &known.0.actor).await? {
        let fields = [
            due.decision.due_at.map(|at| at.to_string()).unwrap_or_default(),
            due.exposure.spot.component.clone(),
            due.exposure.version.as_ref().map(ToString::to_string).unwrap_or_default(),
            due.exposure.spot.label.clone(),
            due.advisory,
            due.decision.row.number.to_string(),
            due.decision.row.deadline.to_string(),
            due.decision.explanation(),
        ];
        let line: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        csv.push_str(&line.join(","));
        csv.push('\n');
    }
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"due.csv\""),
    ];
    Ok((head, csv).into_response())
}

/// One CSV field (RFC 4180); what a spreadsheet would take for a formula is told apart by a quote.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}
