//! Groups: a finding that says what another says joins it; if the lead falls, the next is tried.

use super::{kept_claim, recipe_text};
use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::finding::{Finding, Standing};
use seawall_domain::id::FindingId;
use seawall_matching::duplicates::{Relation, Signature, relation};
use seawall_store::db::Tx;

/// Joins a group with reasons, or leads one of its own. Serial per package: two that say the same
/// at the same moment must not both lead.
pub async fn group(desk: &Desk, id: FindingId) -> Outcome<()> {
    let now = desk.now();
    let mut tx = desk.begin("finding_group").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::Work)?;
    let Some(package) = finding.essence.package.clone() else { return Ok(()) };
    tx.lock(&format!("group/{package}")).await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    if !matches!(finding.standing, Standing::Located { .. }) {
        return Ok(());
    }
    let own = signature(desk, &mut tx, &finding).await?;
    let mut joined = None;
    for other in tx.finding_list_on(&package).await? {
        if other.id == finding.id || !other.standing.holds_a_group() {
            continue;
        }
        if let Relation::Same { reasons } = relation(&own, &signature(desk, &mut tx, &other).await?)
        {
            joined = Some((other.id, reasons.iter().map(ToString::to_string).collect()));
            break;
        }
    }
    let (finding, fact) = match joined {
        Some((lead, reasons)) => finding.join(lead, reasons, now)?,
        None => finding.lead(now)?,
    };
    let _ = tx.record(mandate, &finding, fact, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn signature(desk: &Desk, tx: &mut Tx, finding: &Finding) -> Outcome<Signature> {
    let claim = kept_claim(desk, tx, finding).await?.claim;
    let recipe = recipe_text(desk, tx, finding).await?.unwrap_or_default();
    Ok(Signature::of(&claim, &recipe))
}

/// Tries the next member of a group whose lead fell; the others wait behind that one.
pub async fn promote(desk: &Desk, fallen: FindingId) -> Outcome<()> {
    let now = desk.now();
    let mut tx = desk.begin("finding_promote").await?;
    let guarded = tx.load::<Finding>(fallen.uuid()).await?;
    let (lead, _) = guarded.open(&Actor::clerk(), Action::Work)?;
    if !lead.standing.has_fallen() {
        return Ok(());
    }
    let members = tx.finding_list_joined(fallen).await?;
    let Some((next, others)) = members.split_first() else { return Ok(()) };
    let guarded = tx.load::<Finding>(next.id.uuid()).await?;
    let (promoted, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    let (promoted, fact) = promoted.promote(now)?;
    let _ = tx.record(mandate, &promoted, fact, now).await?;
    for other in others {
        let guarded = tx.load::<Finding>(other.id.uuid()).await?;
        let (other, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
        let reasons = match &other.standing {
            Standing::Joined { reasons, .. } => reasons.clone(),
            _ => continue,
        };
        let (other, fact) = other.join(promoted.id, reasons, now)?;
        let _ = tx.record(mandate, &other, fact, now).await?;
    }
    tx.commit().await?;
    Ok(())
}
