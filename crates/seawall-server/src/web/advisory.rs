//! The public advisories.

use super::guest::{Guest, link, page};
use super::words::{affected, count, fact, known, purl, when};
use crate::extract::Name;
use crate::pages::advisories::{Advisories, Line};
use crate::pages::advisory::{Advisory, Revision};
use crate::pages::{Fact, When};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::publication::Publication;
use seawall_services::advisory::{self, Out};

/// How many advisories one list shows.
pub const LIST_MAX: i64 = 1_000;

/// The public list.
pub async fn list(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let out = advisory::list_out(&site.desk, LIST_MAX).await?;
    page(&Advisories {
        shell: guest.shell("Advisories"),
        lines: out.iter().map(line).collect(),
        next: None,
        feeds: vec![
            link("CSAF provider", "/.well-known/csaf/provider-metadata.json"),
            link("Changes as CSV", "/.well-known/csaf/white/changes.csv"),
            link("The same as JSON", "/v1/advisories"),
        ],
    })
}

/// One advisory.
pub async fn show(
    State(site): State<Site>,
    guest: Guest,
    Name(number): Name,
) -> Result<Response, Refused> {
    let number = number.parse().map_err(|_| Refused::hidden())?;
    let out = advisory::by_number(&site.desk, number).await?;
    page(&shown(&guest, &out))
}

/// One line of a list.
pub fn line(out: &Out) -> Line {
    let publication = &out.publication;
    let own = publication.affected.first();
    let ranges = own.map(|own| own.ranges.iter().map(ToString::to_string).collect::<Vec<_>>());
    let others = publication.affected.len().saturating_sub(1);
    let others = match others {
        0 => String::new(),
        _ => format!("; and {}", count(others, "other package")),
    };
    Line {
        number: out.number.to_string(),
        href: format!("/advisories/{}", out.number),
        title: publication.title.clone(),
        package: own.map(|own| purl(&own.package, None)).unwrap_or_default(),
        ranges: format!("{}{others}", ranges.unwrap_or_default().join("; ")),
        published: first(publication),
        revision: publication.revisions.last().map_or(1, |revision| revision.number),
    }
}

fn first(publication: &Publication) -> When {
    publication.revisions.first().map(|revision| when(revision.at)).unwrap_or_default()
}

fn shown(guest: &Guest, out: &Out) -> Advisory {
    let publication = out.publication.clone();
    let csaf = format!("/.well-known/{}", out.csaf_path);
    let revision = |revision: &seawall_domain::publication::Revision| Revision {
        number: revision.number,
        at: when(revision.at),
        summary: revision.summary.clone(),
    };
    Advisory {
        shell: guest.shell(&out.number.to_string()),
        number: out.number.to_string(),
        facts: facts(&publication),
        affected: affected(&publication.affected),
        revisions: publication.revisions.iter().rev().map(revision).collect(),
        documents: vec![
            link("CSAF 2.0 document", csaf.clone()),
            link("Its OpenPGP signature", format!("{csaf}.asc")),
            link("Its SHA-256", format!("{csaf}.sha256")),
            link("OSV record", format!("/public/{}", out.osv_path)),
        ],
        logged: Some(link("The public log", "/log")),
        references: publication.references,
        withdrawn: None,
        title: publication.title,
        summary: publication.summary,
        remedy: publication.remedy,
        workaround: publication.workaround,
    }
}

fn facts(publication: &Publication) -> Vec<Fact> {
    let names = (!publication.aliases.is_empty()).then(|| publication.aliases.join(", "));
    [
        known("Weakness", publication.weakness),
        known("Severity", publication.severity.as_ref()),
        known("Also known as", names),
        Some(fact("Found by", publication.credits.join(", "))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
