//! The front page, and the page for developers of models.

use super::advisory::line;
use super::guest::{Guest, page};
use super::words::when;
use crate::pages::developers::Developers;
use crate::pages::home::{Figure, Home, corridor};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::access::Action;
use seawall_domain::figures::Figures;
use seawall_services::advisory::{self, Out};
use seawall_services::{scan, statistics};

/// How many advisories the front page shows.
const NEWEST_LEN_MAX: usize = 4;

/// The front page.
pub async fn home(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let out = advisory::list_out(&site.desk, super::advisory::LIST_MAX).await?;
    let figures = match guest.may(Action::ReadStatistics) {
        true => Some(statistics::figures(&site.desk, &guest.actor()).await?),
        false => None,
    };
    let scans = scan::list(&site.desk, &guest.actor(), super::scan::LIST_MAX).await?;
    let scans = figures.map(|_| scans.len() as u64);
    page(&Home {
        shell: guest.shell("Home"),
        corridor: corridor(stops(&out, scans, figures.as_ref())),
        newest: out.iter().take(NEWEST_LEN_MAX).map(line).collect(),
        figures: published(&out),
        as_of: when(site.desk.now()),
    })
}

/// The page for developers of models: the same for everybody.
pub async fn developers(guest: Guest) -> Result<Response, Refused> {
    page(&Developers { shell: guest.shell("For developers of models") })
}

/// The counts along the corridor, for those who may know them.
fn stops(out: &[Out], scans: Option<u64>, figures: Option<&Figures>) -> [Option<u64>; 6] {
    [
        scans,
        figures.map(|figures| figures.findings_received),
        figures.map(|figures| figures.cases),
        figures.map(|_| out.len() as u64),
        figures.map(|figures| figures.exposures_open),
        figures.map(|figures| figures.exposures_fixed),
    ]
}

/// What anybody can count in the public log.
fn published(out: &[Out]) -> Vec<Figure> {
    let revisions: usize = out.iter().map(|out| out.publication.revisions.len()).sum();
    let packages: usize = out.iter().map(|out| out.publication.affected.len()).sum();
    let figure =
        |number: usize, label: &str| Figure { number: number.to_string(), label: label.to_owned() };
    match out.is_empty() {
        true => Vec::new(),
        false => vec![
            figure(out.len(), "advisories published"),
            figure(revisions - out.len(), "revised since"),
            figure(packages, "packages named in them"),
        ],
    }
}
