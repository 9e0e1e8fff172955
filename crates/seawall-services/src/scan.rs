//! Scan leases: who looks where.

use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, scope, visible};
use seawall_domain::id::ScanId;
use seawall_domain::package::Package;
use seawall_domain::refusal::Refusal;
use seawall_domain::scan::Scan;
use seawall_domain::time::Timestamp;
use seawall_store::record::Mandate;

/// A lease that was taken, and the leases of others that overlap it.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The lease.
    pub scan: Scan,
    /// The others on the same target, held now.
    pub overlaps: Vec<Scan>,
}

/// Takes a lease on a target and tells who else is there.
pub async fn claim(
    desk: &Desk,
    actor: &Actor,
    package: Package,
    technique: String,
    until: Timestamp,
) -> Outcome<Claimed> {
    let now = desk.now();
    let id = ScanId::new(desk.uuid());
    let mandate = Mandate::<Scan>::start(id.uuid(), actor, Action::ClaimScan)?;
    let (Some(party), Some(account)) = (actor.party, actor.account) else {
        return Err(Refusal::Hidden.into());
    };
    let mut tx = desk.begin("scan_claim").await?;
    tx.lock(&format!("scan/{package}")).await?;
    let overlaps = tx.scan_list_on(scope(actor, Action::ReadScan), &package, now).await?;
    let (scan, fact) = Scan::claim(id, (party, account), package, technique, until, now)?;
    let _ = tx.record(mandate, &scan, fact, now).await?;
    tx.commit().await?;
    let overlaps = overlaps.into_iter().filter(|other| other.is_held(now)).collect();
    Ok(Claimed { scan, overlaps })
}

/// Ends a lease with the number of findings that came of it; zero is coverage too.
pub async fn end(desk: &Desk, actor: &Actor, id: ScanId, findings: u32) -> Outcome<Scan> {
    let now = desk.now();
    let mut tx = desk.begin("scan_end").await?;
    let guarded = tx.load::<Scan>(id.uuid()).await?;
    let (scan, mandate) = guarded.open(actor, Action::EndScan)?;
    let (scan, fact) = scan.end(findings, now)?;
    let _ = tx.record(mandate, &scan, fact, now).await?;
    tx.commit().await?;
    Ok(scan)
}

/// One lease in a list.
#[derive(Clone, Debug)]
pub struct Brief {
    /// The lease.
    pub scan: Scan,
    /// The name of its holder.
    pub holder: String,
}

/// The newest leases the actor may know of; hidden from those who may know of none.
pub async fn briefs(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Brief>> {
    let within = visible(actor, Action::ReadScan)?;
    let mut tx = desk.begin("scan_briefs").await?;
    let mut briefs = Vec::new();
    for scan in tx.scan_list(within, limit).await? {
        let holder = crate::party::name(&mut tx, scan.party).await?;
        briefs.push(Brief { scan, holder });
    }
    Ok(briefs)
}

/// The newest leases the actor may know of.
pub async fn list(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Scan>> {
    let mut tx = desk.begin("scan_list").await?;
    Ok(tx.scan_list(scope(actor, Action::ReadScan), limit).await?)
}
