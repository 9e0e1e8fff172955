//! Scan leases.

use super::guest::{Guest, page};
use super::words::{count, purl, tag, when};
use crate::pages::scans::{Lease, Scans};
use crate::pages::{Tag, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::scan::Standing;
use seawall_domain::time::Timestamp;
use seawall_services::scan::{self, Brief};

/// How many leases one list shows.
pub const LIST_MAX: i64 = 500;

/// The page of scan leases.
pub async fn list(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let mut briefs = scan::briefs(&site.desk, &guest.actor(), LIST_MAX).await?;
    let now = site.desk.now();
    briefs.sort_by_key(|brief| !brief.scan.is_held(now));
    let leases = briefs.iter().map(|brief| lease(brief, &briefs, now)).collect();
    page(&Scans { shell: guest.shell("Scans"), leases })
}

fn lease(brief: &Brief, all: &[Brief], now: Timestamp) -> Lease {
    let scan = &brief.scan;
    let overlaps = all.iter().filter(|other| {
        let other = &other.scan;
        other.id != scan.id
            && other.package == scan.package
            && other.from < scan.until
            && scan.from < other.until
    });
    Lease {
        target: purl(&scan.package, None),
        range: String::new(),
        technique: scan.technique.clone(),
        holder: brief.holder.clone(),
        from: when(scan.from),
        until: when(scan.until),
        state: state(brief, now),
        overlaps: overlaps.map(|other| other.holder.clone()).collect(),
    }
}

fn state(brief: &Brief, now: Timestamp) -> Tag {
    match brief.scan.standing {
        Standing::Claimed if brief.scan.is_held(now) => tag("held", Tone::Good),
        Standing::Claimed => tag("expired", Tone::Quiet),
        Standing::Ended { findings, .. } => {
            let findings = usize::try_from(findings).unwrap_or(usize::MAX);
            tag(&format!("ended, {}", count(findings, "finding")), Tone::Quiet)
        }
    }
}
