//! What anybody may see of the framework for models.

use super::guest::{Guest, page};
use super::words::when;
use crate::pages::framework::{Criterion, Framework, Gate};
use crate::pages::home::Figure;
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_services::{engagement, partner};

/// The public page.
pub async fn show(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let counts = engagement::counts(&site.desk).await?;
    let rubric = partner::rubric(&site.desk).await?;
    let text = rubric.text();
    let few = format!("fewer than {}", engagement::COUNTED_FROM);
    let figure = |count: Option<u64>, label: &str| Figure {
        number: count.map_or_else(|| few.clone(), |count| format!("{count} or more")),
        label: label.to_owned(),
    };
    page(&Framework {
        shell: guest.shell("Early access"),
        as_of: when(counts.as_of),
        figures: vec![
            figure(counts.engagements, "engagements of developers"),
            figure(counts.applications, "applications of partners"),
        ],
        version: text.version,
        limits: (text.admits_from, text.conditions_from),
        gates: text
            .gates
            .iter()
            .map(|it| Gate { asks: it.asks.clone(), evidence: it.evidence.clone() })
            .collect(),
        criteria: text
            .criteria
            .iter()
            .map(|it| Criterion {
                name: it.criterion.words().into_owned(),
                weight: it.weight,
                marks: it.anchors.to_vec(),
            })
            .collect(),
    })
}
