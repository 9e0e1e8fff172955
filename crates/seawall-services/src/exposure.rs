//! Exposures: flaws meet inventories, both ways, and statements speak of both.
//!
//! Whatever changes, only the systems that it can touch are looked at ([`crate::assets`]): an
//! advisory those that have a version it affects, a statement those that have what it names, and
//! another advisory set those that have a version of which it says something else.

mod known;
mod reconcile;
mod sight;

pub(crate) use self::known::{Known, known};

use self::reconcile::reconcile;
use crate::advisory_set::Shelf;
use crate::assets::System;
use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, scope, visible};
use seawall_domain::advisory::Advisory;
use seawall_domain::component::Component;
use seawall_domain::exposure::{Cause, Exposure, Standing};
use seawall_domain::id::{AdvisoryId, InventoryId, StatementId};
use seawall_domain::inventory::Inventory;
use seawall_domain::job::Job;
use seawall_domain::publication::Publication;
use seawall_domain::range::Basis;
use seawall_domain::record::VexRecord;
use seawall_domain::statement::Statement;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_matching::flaw::Flaw;
use seawall_matching::set::{Answer, Hit, SetFault};
use seawall_store::queue::{self, NewJob, Place};
use std::collections::BTreeSet;

/// How many exposures one list holds.
pub const LIST_MAX: i64 = 10_000;

/// The exposures the actor may know of.
pub async fn list(desk: &Desk, actor: &Actor) -> Outcome<Vec<Exposure>> {
    let mut tx = desk.begin("exposure_list").await?;
    Ok(tx.exposure_list(scope(actor, Action::ReadExposure), LIST_MAX).await?)
}

/// One exposure in a list, with what it is an exposure to.
#[derive(Clone, Debug)]
pub struct Brief {
    /// The exposure.
    pub exposure: Exposure,
    /// The advisory's number, or the flaw's name.
    pub name: String,
    /// The flaw in one line.
    pub title: String,
    /// Who says that it is not affected, when somebody does.
    pub issuer: Option<String>,
}

/// The exposures the actor may know of; hidden from those who may know of none.
pub async fn briefs(desk: &Desk, actor: &Actor) -> Outcome<Vec<Brief>> {
    let within = visible(actor, Action::ReadExposure)?;
    let mut tx = desk.begin("exposure_briefs").await?;
    let known = known(desk, &mut tx).await?;
    let mut briefs = Vec::new();
    for exposure in tx.exposure_list(within, LIST_MAX).await? {
        let Some((name, title)) = known.called(&exposure.spot.cause) else { continue };
        let issuer = match &exposure.standing {
            Standing::NotAffected { issuer, .. } => {
                Some(crate::party::name(&mut tx, *issuer).await?)
            }
            Standing::NotAffectedOutside { issuer } => Some(issuer.clone()),
            Standing::Open | Standing::Retracted { .. } | Standing::Fixed { .. } => None,
        };
        briefs.push(Brief { exposure, name, title, issuer });
    }
    Ok(briefs)
}

/// For how long a deadline that was told is news.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What of these was told lately, the latest first: flaws that are new to a system, and deadlines
/// that moved because a flaw was listed as known exploited or more is known of it.
pub fn news(briefs: &[Brief], now: Timestamp) -> Vec<&Brief> {
    let since = now.saturating_sub(NEWS).unwrap_or(Timestamp::MIN);
    let told_at = |brief: &Brief| brief.exposure.told.as_ref().map(|told| told.at);
    let open = briefs.iter().filter(|brief| brief.exposure.standing == Standing::Open);
    let mut news: Vec<&Brief> = open.filter(|brief| told_at(brief) >= Some(since)).collect();
    news.sort_by_key(|brief| (std::cmp::Reverse(told_at(brief)), brief.exposure.id));
    news
}

/// Matches a new or revised advisory against the systems that it can touch.
pub async fn match_advisory(desk: &Desk, id: AdvisoryId) -> Outcome<()> {
    let mut tx = desk.begin("exposure_match_advisory").await?;
    let guarded = tx.load::<Advisory>(id.uuid()).await?;
    let (_, _) = guarded.open(&Actor::clerk(), Action::Work)?;
    let known = known(desk, &mut tx).await?;
    let mut systems: BTreeSet<System> = BTreeSet::new();
    for (operator, label) in tx.exposure_systems(id).await? {
        systems.insert(System { operator, label });
    }
    if let Some(publication) = known.out.get(&id) {
        let ranges: Vec<_> = known::ranges(id, publication).collect();
        systems.extend(desk.assets.affected(desk, &mut tx, &ranges).await?);
        let stated = known.stated_packages(id);
        systems.extend(desk.assets.having(desk, &mut tx, &stated).await?);
    }
    drop(tx);
    reconcile_each(desk, &known, systems).await
}

/// Matches an inventory against everything that is known. What an earlier inventory of the same
/// system showed and this one no longer does is fixed, with this one's digest as the evidence.
pub async fn match_inventory(desk: &Desk, id: InventoryId) -> Outcome<()> {
    let mut tx = desk.begin("exposure_match_inventory").await?;
    let guarded = tx.load::<Inventory>(id.uuid()).await?;
    let (inventory, _) = guarded.open(&Actor::clerk(), Action::ReadInventory)?;
    let known = known(desk, &mut tx).await?;
    drop(tx);
    reconcile(desk, &known, &inventory).await
}

/// Applies a statement: products it says are affected open exposures where they run, exposures
/// it says are not affected are cleared in its issuer's name, and those it clears no longer open.
pub async fn apply_statement(desk: &Desk, id: StatementId) -> Outcome<()> {
    let mut tx = desk.begin("exposure_apply_statement").await?;
    let guarded = tx.load::<Statement>(id.uuid()).await?;
    let (statement, _) = guarded.open(&Actor::clerk(), Action::ReadStatement)?;
    let known = known(desk, &mut tx).await?;
    let packages: Vec<_> = statement.entries.iter().flat_map(known::packages_of).collect();
    let systems = desk.assets.having(desk, &mut tx, &packages).await?;
    drop(tx);
    reconcile_each(desk, &known, systems).await
}

/// Asks for everybody to be matched with the advisory set that is installed now, as far as it
/// touches them. Every call asks anew.
pub async fn ask_for_match(desk: &Desk) -> Outcome<()> {
    let mut tx = desk.begin("exposure_ask_for_match").await?;
    let request = desk.uuid();
    let job = Job::MatchSet(request);
    let payload = serde_json::to_string(&job)
        .map_err(|error| crate::outcome::Fault::inconsistent("ask for a match", error))?;
    let role = job.role().name().to_owned();
    let cause = format!("advisory set/{request}");
    let (due, place) = (desk.now(), Place::default());
    let job = NewJob { kind: "job".into(), payload, role, due, cause, place };
    queue::enqueue(&mut tx, &job).await?;
    tx.commit().await?;
    Ok(())
}

/// Matches the installed advisory set against the systems of which it says something else than the
/// one before it; against all of them where this process knows of none before it.
pub async fn match_set(desk: &Desk) -> Outcome<()> {
    let mut tx = desk.begin("exposure_match_set").await?;
    let known = known(desk, &mut tx).await?;
    let Some(shelf) = known.outside.shelf().cloned() else { return Ok(()) };
    let systems = desk.assets.touched(desk, &mut tx, &shelf, differs).await?;
    drop(tx);
    reconcile_each(desk, &known, systems).await?;
    desk.assets.matched(shelf).await;
    Ok(())
}

/// Brings every one of these systems in line. One that fails does not hold up those behind it; the
/// first fault is given back at the end, so that the job is tried again.
async fn reconcile_each(desk: &Desk, known: &Known, systems: BTreeSet<System>) -> Outcome<()> {
    let mut done = Ok(());
    for system in systems {
        done = done.and(reconcile_newest(desk, known, &system).await);
    }
    done
}

async fn reconcile_newest(desk: &Desk, known: &Known, system: &System) -> Outcome<()> {
    let mut tx = desk.begin("exposure_newest_inventory").await?;
    let newest = tx.inventory_newest(system.operator, &system.label).await?;
    drop(tx);
    match newest {
        Some(inventory) => reconcile(desk, known, &inventory).await,
        None => Ok(()),
    }
}

/// Whether two sets say something else of a component, as far as exposures rest on it.
fn differs(before: &Shelf, next: &Shelf, component: &Component) -> Result<bool, SetFault> {
    let (was, is) = (before.set.answer(component)?, next.set.answer(component)?);
    match (was, is) {
        (Answer::Hits(was), Answer::Hits(is)) => {
            Ok(told(before, was, component)? != told(next, is, component)?)
        }
        (Answer::Hits(_), _) | (_, Answer::Hits(_)) => Ok(true),
        (Answer::Clear | Answer::Unknown(_), Answer::Clear | Answer::Unknown(_)) => Ok(false),
    }
}

/// What a set tells of a component: each record's id, how it hits, and its flaws; and what issuers
/// state. Scores and predictions change daily and open or close nothing.
type ToldOf = (Vec<(String, Hit, Vec<Flaw>)>, Vec<VexRecord>);

fn told(shelf: &Shelf, hits: Vec<Hit>, component: &Component) -> Result<ToldOf, SetFault> {
    let mut records = Vec::new();
    for hit in hits {
        let Some(meta) = shelf.set.record(hit.record)? else { continue };
        let mut flaws = Vec::new();
        for number in &meta.flaws {
            let flaw = shelf.set.flaw(*number)?;
            flaws.extend(flaw.map(|flaw| Flaw {
                names: flaw.names,
                kev: flaw.kev,
                automatable: flaw.automatable,
                total: flaw.total,
                ..Flaw::default()
            }));
        }
        records.push((meta.id, Hit { record: 0, ..hit }, flaws));
    }
    let statements = match &component.package {
        Some(package) => shelf.set.statements(package)?,
        None => Vec::new(),
    };
    Ok((records, statements))
}

impl Known {
    /// How a cause is called, and its flaw in one line; none for what is no longer out.
    pub(crate) fn called(&self, cause: &Cause) -> Option<(String, String)> {
        match cause {
            Cause::Advisory(id) => {
                let publication = self.out.get(id)?;
                Some((publication.number.to_string(), publication.title.clone()))
            }
            Cause::Flaw(name) => {
                let flaw = self.outside.flaw([name]);
                let summary = flaw.and_then(|flaw| flaw.summary).map(|summary| summary.value);
                Some((name.clone(), summary.unwrap_or_default()))
            }
        }
    }
}

/// The basis on which a rule rests.
pub(crate) fn basis(publication: &Publication, exposure: &Exposure) -> Basis {
    let own = publication.affected.iter().find(|affected| {
        seawall_formats::purl::write(&affected.package, None) == exposure.spot.component
    });
    own.map_or(Basis::Stated, |affected| affected.basis)
}
