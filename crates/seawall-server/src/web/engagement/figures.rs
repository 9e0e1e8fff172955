//! The figures of a determination on a page, for those who may read its record.

use super::super::guest::{Guest, link, page};
use super::super::words::{count, fact, known, short};
use crate::extract::Id;
use crate::pages::Fact;
use crate::pages::figures::{Figures, Listed};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use seawall_domain::id::EngagementId;
use seawall_formats::determination::{Body, Standing};
use seawall_formats::plot::{self, Picture};
use seawall_services::engagement::{self, Depicted};
use serde_json::Value;

/// The most lines of one table.
const ROWS_MAX: usize = 200;

/// The page.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Id(id): Id<EngagementId>,
) -> Result<Response, Refused> {
    let depicted = engagement::depicted(&site.desk, &guest.actor(), id).await?;
    page(&shown(&guest, id, &depicted))
}

/// The picture, which the page names.
pub async fn picture(
    State(site): State<Site>,
    guest: Guest,
    Id(id): Id<EngagementId>,
) -> Result<Response, Refused> {
    let depicted = engagement::depicted(&site.desk, &guest.actor(), id).await?;
    let head = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-store")];
    Ok((head, plot::svg(&depicted.picture)).into_response())
}

fn shown(guest: &Guest, id: EngagementId, depicted: &Depicted) -> Figures {
    let (picture, body) = (&depicted.picture, &depicted.record.body);
    let here = format!("/engagements/{id}");
    Figures {
        shell: guest.shell("Figures of the determination"),
        over: link(format!("Engagement {}", short(id)), here.clone()),
        model: body.model.name.clone(),
        picture: format!("{here}/figures.svg"),
        words: plot::words(picture),
        facts: facts(picture, body),
        tables: tables(picture, body),
        conditions: conditions(body),
        digests: digests(depicted),
    }
}

fn facts(picture: &Picture, body: &Body) -> Vec<Fact> {
    let clean = &body.figures["clean"];
    let text = |name: &str| clean[name].as_str().and_then(|text| text.parse().ok());
    let number = |name: &str| clean[name].as_u64();
    let range = |(low, high): (f64, f64)| format!("{} to {}", plot::share(low), plot::share(high));
    let interval = picture.interval.map(range);
    let both = text("worst").zip(text("best")).map(range);
    let half = picture.fit.and_then(|fit| fit.half).map(plot::count);
    let outcome = body.verdict["rule"]["outcome"].as_str().map(|word| word.replace('_', " "));
    let named = format!("{} interval", picture.level);
    [
        known("What the sealed rule finds", outcome),
        picture.score.is_finite().then(|| fact("Score", plot::share(picture.score))),
        known(&named, interval),
        known("Every unknown attempt failed, or passed", both),
        known("Tasks", number("tasks")),
        known("Families", number("families")),
        known("Half pass at so many human minutes", half),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn tables(picture: &Picture, body: &Body) -> Vec<Listed> {
    let classes = body.figures["classes"].as_object();
    let class = |(name, count): (&String, &Value)| (name.replace('_', " "), count.to_string());
    let points = |points: &[(f64, f64)]| {
        points.iter().map(|(at, share)| (plot::count(*at), plot::share(*share))).collect()
    };
    vec![
        listed(
            ("classes", "Classes of all attempts"),
            ["Class", "Attempts"],
            classes.into_iter().flatten().map(class).collect(),
        ),
        listed(
            ("budget", "Success by budget"),
            ["Tokens", "Share of attempts passed within them"],
            points(&picture.budget),
        ),
        listed(
            ("minutes", "Success by human minutes"),
            ["Minutes of a task", "Share of its attempts passed"],
            points(&picture.tasks),
        ),
    ]
}

fn listed(
    (id, heading): (&'static str, &'static str),
    columns: [&'static str; 2],
    mut rows: Vec<(String, String)>,
) -> Listed {
    let more = rows.len().saturating_sub(ROWS_MAX);
    rows.truncate(ROWS_MAX);
    Listed { id, heading, columns, rows, more }
}

fn conditions(body: &Body) -> Vec<Fact> {
    let told = &body.told;
    let mut facts = vec![fact("Model", body.model.name.clone())];
    facts.extend(known("Snapshot", body.model.snapshot.as_ref()));
    facts.extend(known("Safeguards", body.model.safeguards.as_ref()));
    facts.push(fact("Attempts at each task", told.attempts.to_string()));
    facts.extend(known("Tokens for an attempt", told.tokens));
    facts.extend(known("Seconds for an attempt", told.seconds));
    facts
}

fn digests(depicted: &Depicted) -> Vec<Fact> {
    let body = &depicted.record.body;
    let standing = match body.standing {
        Standing::Sealed => "a protocol that was sealed before the runs",
        Standing::Rehearsal => "a rehearsal, and no determination",
    };
    let mut facts = vec![fact("Standing", standing)];
    facts.extend(known("Root of the protocol", body.protocol.root));
    facts.push(fact("The record", depicted.file.to_string()));
    facts.push(fact("Its body", depicted.record.sha256.to_string()));
    let logs = body.logs.iter().take(ROWS_MAX).zip(1..);
    facts.extend(logs.map(|(log, at)| fact(&format!("Log {at}"), log.sha256.to_string())));
    if body.logs.len() > ROWS_MAX {
        facts.push(fact("Logs in all", count(body.logs.len(), "log")));
    }
    facts
}
