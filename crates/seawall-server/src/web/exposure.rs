//! What operators look at: what to fix today, what is due, and their inventories.

mod interview;
mod plan;
mod today;

use super::flaws;
use super::guest::{Guest, link, page};
use super::sent::{Sent, back_to};
use super::words::{tag, when};
use crate::extract::Asked;
use crate::pages::due::{Due, Input, Row};
use crate::pages::form::{FieldKind, Weight};
use crate::pages::inventory::{Exposure as Line, Inventory as Page, List, News, State as Stands};
use crate::pages::{Form, Shell, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use seawall_domain::exposure::{Cause, Standing};
use seawall_domain::inventory::Inventory;
use seawall_domain::time::Timestamp;
use seawall_services::exposure::{self, Brief};
use seawall_services::inventory as inventories;
use seawall_services::today::{self as services, Due as Owed};

/// The name of a system whose inventory was sent without one.
const LABEL: &str = "main";

/// What an address says behind its question mark: names and values, each as often as it stands.
type Pairs = Vec<(String, String)>;

/// What to fix today, and what of it in the hours that the address names.
pub async fn today(
    State(site): State<Site>,
    guest: Guest,
    Asked(asked): Asked<Pairs>,
) -> Result<Response, Refused> {
    let briefs = exposure::briefs(&site.desk, &guest.actor()).await?;
    let list = services::today(&site.desk, &guest.actor()).await?;
    let shown = today::shown(&guest, &list, &briefs, &plan::Wish::of(&asked));
    let mut response = page(&shown)?;
    if shown.time.fault.is_some() {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// The interview about whether strangers can reach a system.
pub async fn interview(guest: Guest, Asked(asked): Asked<Pairs>) -> Result<Response, Refused> {
    let replies = interview::replies(&asked);
    let held = services::interview(&guest.actor(), replies.iter().copied())?;
    page(&interview::shown(&guest, &held, &replies))
}

/// What is due under the directive.
pub async fn due(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let now = site.desk.now();
    let due = services::due(&site.desk, &guest.actor()).await?;
    page(&Due {
        shell: guest.shell("What is due"),
        agency: guest.party(),
        directive: "BOD 26-04".to_owned(),
        as_of: when(now),
        rows: due.iter().map(|owed| owes(owed, now)).collect(),
        csv: link("Download as CSV", "/v1/due.csv"),
    })
}

/// The inventories, and which advisories meet them.
pub async fn inventory(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let mut briefs = exposure::briefs(&site.desk, &guest.actor()).await?;
    briefs.sort_by_cached_key(|brief| {
        (brief.exposure.standing != Standing::Open, brief.name.clone(), brief.exposure.id)
    });
    let lists = inventories::list(&site.desk, &guest.actor()).await?;
    let shell = guest.shell("Inventory");
    let news = exposure::news(&briefs, site.desk.now());
    page(&Page {
        news: news.into_iter().filter_map(told).collect(),
        upload: Some(upload(&shell)),
        lists: lists.iter().map(list).collect(),
        exposures: briefs.iter().map(line).collect(),
        shell,
    })
}

/// Takes in an inventory: a file, or its text pasted.
pub async fn receive(State(site): State<Site>, sent: Sent) -> Result<Response, Refused> {
    let bytes = match sent.bytes("file").is_empty() {
        true => sent.bytes("text"),
        false => sent.bytes("file"),
    };
    let label = Some(sent.text("name")).filter(|label| !label.trim().is_empty()).unwrap_or(LABEL);
    inventories::receive(&site.desk, sent.actor(), label, None, bytes).await?;
    Ok(back_to("/inventory"))
}

fn owes(owed: &Owed, now: Timestamp) -> Row {
    let (decision, exposure) = (&owed.decision, &owed.exposure);
    let overdue = decision.due_at.is_some_and(|due| due < now);
    let outcome = match decision.row.deadline.days() {
        Some(_) => format!("within {}", decision.row.deadline),
        None => decision.row.deadline.to_string(),
    };
    let started = when(decision.started_at).text;
    Row {
        component: component(&exposure.spot.component, exposure.version.as_ref()),
        place: exposure.spot.label.clone(),
        advisory: link(&owed.advisory, page_of(&exposure.spot.cause, &owed.advisory)),
        inputs: today::inputs(decision)
            .into_iter()
            .map(|(name, value, source)| Input { name, value, source })
            .collect(),
        row: format!(
            "Row {} of the published table. The clock started {started}.",
            decision.row.number
        ),
        outcome,
        due: decision.due_at.map(when),
        state: if overdue { tag("overdue", Tone::Bad) } else { tag("open", Tone::Warn) },
        evidence: None,
    }
}

/// The page of what tells of a flaw.
fn page_of(cause: &Cause, name: &str) -> String {
    match cause {
        Cause::Advisory(_) => format!("/advisories/{name}"),
        Cause::Flaw(_) => flaws::address(name),
    }
}

fn component(name: &str, version: Option<&seawall_domain::package::Version>) -> String {
    match version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

fn told(brief: &Brief) -> Option<News> {
    let exposure = &brief.exposure;
    let told = exposure.told.as_ref()?;
    Some(News {
        at: when(told.at),
        component: component(&exposure.spot.component, exposure.version.as_ref()),
        place: exposure.spot.label.clone(),
        advisory: link(&brief.name, page_of(&exposure.spot.cause, &brief.name)),
        due: match told.due_at {
            Some(due) => format!("due {} (row {})", when(due).text, told.row),
            None => format!("with the next upgrade (row {})", told.row),
        },
    })
}

fn line(brief: &Brief) -> Line {
    let exposure = &brief.exposure;
    Line {
        component: component(&exposure.spot.component, exposure.version.as_ref()),
        place: exposure.spot.label.clone(),
        advisory: link(
            match brief.title.as_str() {
                "" => brief.name.clone(),
                title => format!("{}: {title}", brief.name),
            },
            page_of(&exposure.spot.cause, &brief.name),
        ),
        state: match &exposure.standing {
            Standing::Open => Stands::Open,
            Standing::NotAffected { .. } => Stands::NotAffected {
                issuer: brief.issuer.clone().unwrap_or_default(),
                why: "it is not affected".to_owned(),
            },
            Standing::NotAffectedOutside { issuer } => {
                Stands::NotAffected { issuer: issuer.clone(), why: "it is not affected".to_owned() }
            }
            Standing::Retracted { at } => Stands::Retracted { at: when(*at) },
            Standing::Fixed { evidence, .. } => Stands::Fixed { evidence: evidence.to_string() },
        },
    }
}

fn list(inventory: &Inventory) -> List {
    List {
        name: inventory.label.clone(),
        format: match inventory.shape.as_str() {
            "cyclonedx" => "CycloneDX",
            "spdx" => "SPDX",
            "csv" => "CSV",
            "debian" => "Debian packages",
            other => other,
        }
        .to_owned(),
        taken: when(inventory.received_at),
        components: inventory.components.into(),
        unknown: inventory.components.saturating_sub(inventory.known).into(),
        digest: format!("SHA-256 {}", inventory.digest),
    }
}

fn upload(shell: &Shell) -> Form {
    let hint = "The same name each time for the same system, such as “patient portal”.";
    let kinds = "CycloneDX or SPDX as JSON, a Debian package list, or a CSV of products.";
    Form::post(shell, "/inventory", "Send it")
        .says("It is kept encrypted, is seen by you alone, and is compared at once.")
        .weight(Weight::Main)
        .field(FieldKind::Line, "name", "Name of the system", hint)
        .field(FieldKind::File, "file", "File", kinds)
        .field(FieldKind::Text, "text", "Or paste its text", "")
}
