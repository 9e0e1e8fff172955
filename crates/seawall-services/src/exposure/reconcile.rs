//! Brings the exposures of one system in line with what is known now.

use super::known::Known;
use super::sight::{Sight, place, sights};
use crate::desk::Desk;
use crate::inventory::components;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::component::Component;
use seawall_domain::exposure::{Cause, Decided, Exposure, Spot};
use seawall_domain::id::ExposureId;
use seawall_domain::inventory::Inventory;
use seawall_domain::time::Timestamp;
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use std::collections::{HashMap, HashSet};

/// What one call works with.
struct Round<'a> {
    desk: &'a Desk,
    inventory: &'a Inventory,
    now: Timestamp,
    clerk: Actor,
}

/// Records what is new about the exposures of the system of an inventory, in one transaction;
/// nothing when a newer inventory came meanwhile.
pub(super) async fn reconcile(desk: &Desk, known: &Known, inventory: &Inventory) -> Outcome<()> {
    let round = Round { desk, inventory, now: desk.now(), clerk: Actor::clerk() };
    let mut tx = desk.begin("exposure_reconcile").await?;
    tx.lock(&format!("exposure/{}/{}", inventory.operator, inventory.label)).await?;
    let newest = tx.inventory_newest(inventory.operator, &inventory.label).await?;
    if newest.is_some_and(|newest| newest.id != inventory.id) {
        return Ok(());
    }
    let Some(listed) = components(desk, &mut tx, inventory).await? else {
        return Ok(());
    };
    let before = tx.exposure_list_of(inventory.operator, &inventory.label).await?;
    let sights = sights(known, &listed, round.now)?;
    let (met, paired) = paired(&before, sights);
    for (sight, same) in &paired {
        if same.is_empty() {
            let since = since(sight, &before, known);
            round.open(&mut tx, sight, since).await?;
        }
        for exposure in same {
            round.follow(&mut tx, sight, exposure).await?;
        }
    }
    for exposure in &before {
        if met.contains(&exposure.id) {
            continue;
        }
        if let Some(decided) = departure(exposure, &listed, known, &round) {
            let (_, mandate) = round.held(&mut tx, exposure).await?;
            let (exposure, fact) = decided?;
            let _ = tx.record(mandate, &exposure, fact, round.now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The exposures that are met at all, and each sight with those that are its own: none where it is
/// new, and more than one where flaws turned out to be the same.
type Paired<'s, 'e> = (HashSet<ExposureId>, Vec<(Sight<'s>, Vec<&'e Exposure>)>);

fn paired<'s, 'e>(before: &'e [Exposure], sights: Vec<Sight<'s>>) -> Paired<'s, 'e> {
    let mut by_place: HashMap<&str, Vec<&Exposure>> = HashMap::new();
    for exposure in before {
        by_place.entry(&exposure.spot.component).or_default().push(exposure);
    }
    let mut met = HashSet::new();
    let paired = sights
        .into_iter()
        .map(|sight| {
            let there = by_place.get(sight.place.as_str()).map_or(&[][..], Vec::as_slice);
            let same: Vec<&Exposure> =
                there.iter().copied().filter(|exposure| sight.is(exposure)).collect();
            met.extend(same.iter().map(|exposure| exposure.id));
            (sight, same)
        })
        .collect();
    (met, paired)
}

/// When the flaw of a sight was first met on this system under another cause, where it still is.
fn since(sight: &Sight<'_>, before: &[Exposure], known: &Known) -> Option<Timestamp> {
    let there =
        before.iter().filter(|one| one.spot.component == sight.place && one.standing.is_there());
    let same = there.filter(|one| sight.has_name(&known.names_of(&one.spot.cause)));
    same.map(|one| one.opened_at).min()
}

/// What is to be recorded of an exposure that nothing meets any longer: with its component gone or
/// of another version the inventory is the evidence that it is fixed; otherwise what told of it
/// does so no longer. While no advisory set can be asked, silence says nothing.
fn departure(
    exposure: &Exposure,
    listed: &[Component],
    known: &Known,
    round: &Round<'_>,
) -> Option<Decided> {
    if !exposure.standing.is_there() {
        return None;
    }
    let same = |component: &&Component| {
        component.version == exposure.version && place(component) == exposure.spot.component
    };
    if !listed.iter().any(|component| same(&component)) {
        return Some(exposure.clone().fix(round.inventory.digest, round.now));
    }
    match exposure.spot.cause {
        Cause::Flaw(_) if known.outside.set().is_none() => None,
        Cause::Flaw(_) | Cause::Advisory(_) => Some(exposure.clone().retract(round.now)),
    }
}

impl Round<'_> {
    async fn held(
        &self,
        tx: &mut Tx,
        exposure: &Exposure,
    ) -> Outcome<(Exposure, Mandate<Exposure>)> {
        let guarded = tx.load::<Exposure>(exposure.id.uuid()).await?;
        Ok(guarded.open(&self.clerk, Action::Work)?)
    }

    /// Opens an exposure and records the rest of what is known of it.
    async fn open(&self, tx: &mut Tx, sight: &Sight<'_>, since: Option<Timestamp>) -> Outcome<()> {
        let id = ExposureId::new(self.desk.uuid());
        let spot = Spot {
            operator: self.inventory.operator,
            label: self.inventory.label.clone(),
            cause: sight.cause.clone(),
            component: sight.place.clone(),
        };
        let seen = (self.inventory.id, sight.component.version.clone(), sight.rule.clone());
        let mandate = Mandate::<Exposure>::start(id.uuid(), &self.clerk, Action::Work)?;
        let (exposure, fact) = Exposure::open(id, spot, seen, since, self.now)
            .ok_or_else(|| Fault::inconsistent("open an exposure", "its fact is unfit"))?;
        let mandate = tx.record(mandate, &exposure, fact, self.now).await?;
        self.record(tx, sight, exposure, mandate).await
    }

    /// Records what is new about an exposure; most often nothing is, and nothing is loaded.
    async fn follow(&self, tx: &mut Tx, sight: &Sight<'_>, before: &Exposure) -> Outcome<()> {
        if sight.next(before, self.inventory.id, self.now).is_none() {
            return Ok(());
        }
        let (exposure, mandate) = self.held(tx, before).await?;
        self.record(tx, sight, exposure, mandate).await
    }

    async fn record(
        &self,
        tx: &mut Tx,
        sight: &Sight<'_>,
        mut exposure: Exposure,
        mut mandate: Mandate<Exposure>,
    ) -> Outcome<()> {
        while let Some(decided) = sight.next(&exposure, self.inventory.id, self.now) {
            let (next, fact) = decided?;
            mandate = tx.record(mandate, &next, fact, self.now).await?;
            exposure = next;
        }
        Ok(())
    }
}
