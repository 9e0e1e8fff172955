//! Trying again what could not be run: by a person's decision, from the evidence on.

use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::finding::Finding;
use seawall_domain::id::FindingId;
use seawall_domain::refusal::Refusal;
use seawall_domain::reproduction::Reproduction;

/// Has a finding tried again whose environment could not be made. It is looked at anew from the
/// source on, and joins another one if that says the same by now.
pub async fn try_again(desk: &Desk, actor: &Actor, id: FindingId) -> Outcome<Finding> {
    let now = desk.now();
    let by = actor.account.ok_or(Refusal::Hidden)?;
    let mut tx = desk.begin("reproduction_try_again").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, mandate) = guarded.open(actor, Action::TryAgain)?;
    let (finding, fact) = finding.try_again(by, now)?;
    let _ = tx.record(mandate, &finding, fact, now).await?;
    if let Some(known) = tx.reproduction_of(id).await? {
        let guarded = tx.load::<Reproduction>(known.id.uuid()).await?;
        let (reproduction, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
        let (reproduction, fact) = reproduction.reopen(now)?;
        let _ = tx.record(mandate, &reproduction, fact, now).await?;
    }
    tx.commit().await?;
    Ok(finding)
}
