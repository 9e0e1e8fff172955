//! Exposures: advisories meet inventories, both ways, and statements speak of both.

use crate::desk::Desk;
use crate::inventory::components;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, Scope, scope, visible};
use seawall_domain::advisory::Advisory;
use seawall_domain::component::{Component, Product};
use seawall_domain::exposure::{Exposure, Spot, Standing};
use seawall_domain::id::{AdvisoryId, ExposureId, InventoryId, StatementId};
use seawall_domain::inventory::Inventory;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::publication::{AdvisoryNumber, Publication};
use seawall_domain::range::Basis;
use seawall_domain::statement::{Entry, Statement, Status};
use seawall_matching::exposure::{AffectedRange, Answer, Index, Rule, StatedProduct};
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use std::collections::BTreeMap;

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
    /// The advisory's number.
    pub number: AdvisoryNumber,
    /// The flaw in one line.
    pub title: String,
    /// Who says that it is not affected, when somebody does.
    pub issuer: Option<String>,
}

/// The exposures the actor may know of; hidden from those who may know of none.
pub async fn briefs(desk: &Desk, actor: &Actor) -> Outcome<Vec<Brief>> {
    let within = visible(actor, Action::ReadExposure)?;
    let out = publications(desk).await?;
    let mut tx = desk.begin("exposure_briefs").await?;
    let mut briefs = Vec::new();
    for exposure in tx.exposure_list(within, LIST_MAX).await? {
        let Some(publication) = out.get(&exposure.spot.advisory) else { continue };
        let issuer = match &exposure.standing {
            Standing::NotAffected { issuer, .. } => {
                Some(crate::party::name(&mut tx, *issuer).await?)
            }
            Standing::Open | Standing::Fixed { .. } => None,
        };
        let (number, title) = (publication.number, publication.title.clone());
        briefs.push(Brief { exposure, number, title, issuer });
    }
    Ok(briefs)
}

/// Matches a new or revised advisory against the current inventory of every system.
pub async fn match_advisory(desk: &Desk, id: AdvisoryId) -> Outcome<()> {
    let mut tx = desk.begin("exposure_match_advisory").await?;
    let guarded = tx.load::<Advisory>(id.uuid()).await?;
    let (_, _) = guarded.open(&Actor::clerk(), Action::Work)?;
    let inventories = tx.inventory_list_current(Scope::All).await?;
    drop(tx);
    for inventory in inventories {
        reconcile(desk, &inventory).await?;
    }
    Ok(())
}

/// Matches an inventory against everything published. What an earlier inventory of the same system
/// showed and this one no longer does is fixed, with this one's digest as the evidence.
pub async fn match_inventory(desk: &Desk, id: InventoryId) -> Outcome<()> {
    let mut tx = desk.begin("exposure_match_inventory").await?;
    let guarded = tx.load::<Inventory>(id.uuid()).await?;
    let (inventory, _) = guarded.open(&Actor::clerk(), Action::ReadInventory)?;
    drop(tx);
    reconcile(desk, &inventory).await
}

/// Applies a statement: products it says are affected open exposures where they run, and exposures
/// it says are not affected are cleared in its issuer's name.
pub async fn apply_statement(desk: &Desk, id: StatementId) -> Outcome<()> {
    let mut tx = desk.begin("exposure_apply_statement").await?;
    let guarded = tx.load::<Statement>(id.uuid()).await?;
    let (_, _) = guarded.open(&Actor::clerk(), Action::ReadStatement)?;
    let inventories = tx.inventory_list_current(Scope::All).await?;
    drop(tx);
    for inventory in inventories {
        reconcile(desk, &inventory).await?;
    }
    Ok(())
}

/// What is known to match with: the publications and the statements about them.
pub(crate) struct Known {
    pub(crate) out: BTreeMap<AdvisoryId, Publication>,
    statements: Vec<Statement>,
    index: Index<AdvisoryId>,
}

impl Known {
    /// Whether nothing can be told of a component: no advisory could name it, and no vendor has
    /// spoken of it.
    pub(crate) fn is_silent_on(&self, component: &Component) -> bool {
        let spoken_of = self.statements.iter().flat_map(|statement| &statement.entries);
        matches!(self.index.answer(component), Answer::Unknown(_))
            && !spoken_of
                .into_iter()
                .any(|entry| names(entry.package.as_ref(), entry.version.as_ref(), component))
    }
}

pub(crate) async fn known(desk: &Desk, tx: &mut Tx) -> Outcome<Known> {
    let advisories = tx.advisory_list_out(LIST_MAX).await?;
    let mut out = BTreeMap::new();
    for advisory in &advisories {
        if let Some(shown) = crate::advisory::out(desk, tx, advisory).await? {
            out.insert(advisory.id, shown.publication);
        }
    }
    let statements: Vec<Statement> = tx.every().await?;
    let ranges = out.iter().flat_map(|(id, publication)| ranges(*id, publication));
    let products = statements.iter().flat_map(|statement| products(statement, &out));
    let index = Index::with_products(ranges, products.collect::<Vec<_>>());
    Ok(Known { out, statements, index })
}

fn ranges(
    id: AdvisoryId,
    publication: &Publication,
) -> impl Iterator<Item = AffectedRange<AdvisoryId>> {
    publication.affected.iter().map(move |affected| AffectedRange {
        advisory: id,
        package: affected.package.clone(),
        intervals: affected.ranges.clone(),
        versions: Vec::new(),
        basis: affected.basis,
    })
}

/// The products that a vendor says are affected by something we published.
fn products(
    statement: &Statement,
    out: &BTreeMap<AdvisoryId, Publication>,
) -> Vec<StatedProduct<AdvisoryId>> {
    let affected = statement.entries.iter().filter(|entry| entry.status == Status::Affected);
    affected
        .flat_map(|entry| {
            let product = product_of(entry.package.as_ref());
            speaks_of(entry, out).into_iter().filter_map(move |advisory| {
                let (vendor, name) = product.clone()?;
                let versions = entry.version.as_ref().map(|version| vec![version.0.clone()]);
                Some(StatedProduct { advisory, vendor, name, versions })
            })
        })
        .collect()
}

/// A product that is named by a purl of type `generic`: its namespace is the vendor.
fn product_of(package: Option<&Package>) -> Option<(String, String)> {
    let package = package.filter(|p| p.ecosystem == Ecosystem::Generic)?;
    let (vendor, name) = package.name.split_once('/')?;
    Some((vendor.trim().to_lowercase(), name.trim().to_lowercase()))
}

/// The advisories that an entry speaks of, by number or by alias.
fn speaks_of(entry: &Entry, out: &BTreeMap<AdvisoryId, Publication>) -> Vec<AdvisoryId> {
    out.iter()
        .filter(|(_, publication)| {
            publication.number.to_string() == entry.vulnerability
                || format!("x_{}", publication.number) == entry.vulnerability
                || publication.aliases.contains(&entry.vulnerability)
        })
        .map(|(id, _)| *id)
        .collect()
}

/// Brings the exposures of one system in line with what is known now.
async fn reconcile(desk: &Desk, inventory: &Inventory) -> Outcome<()> {
    let now = desk.now();
    let clerk = Actor::clerk();
    let mut tx = desk.begin("exposure_reconcile").await?;
    tx.lock(&format!("exposure/{}/{}", inventory.operator, inventory.label)).await?;
    let newest = tx.inventory_list_of(inventory.operator, &inventory.label).await?;
    if newest.first().is_some_and(|newest| newest.id != inventory.id) {
        return Ok(());
    }
    let known = known(desk, &mut tx).await?;
    let mut seen = Vec::new();
    let listed = components(desk, &mut tx, inventory).await?;
    for component in &listed {
        for hit in known.index.matches(component) {
            let spot = Spot {
                operator: inventory.operator,
                label: inventory.label.clone(),
                advisory: hit.key,
                component: nameless_version(component),
            };
            if seen.contains(&spot) {
                continue;
            }
            seen.push(spot.clone());
            let rule = words(&hit.rule, component);
            let sight = (inventory.id, component.version.clone(), rule);
            show(desk, &mut tx, spot, sight, component, &listed, &known).await?;
        }
    }
    for gone in tx.exposure_list_of(inventory.operator, &inventory.label).await? {
        let fixed = matches!(gone.standing, Standing::Fixed { .. });
        if fixed || seen.contains(&gone.spot) || gone.inventory == inventory.id {
            continue;
        }
        let guarded = tx.load::<Exposure>(gone.id.uuid()).await?;
        let (exposure, mandate) = guarded.open(&clerk, Action::Work)?;
        let (exposure, fact) = exposure.fix(inventory.digest, now)?;
        let _ = tx.record(mandate, &exposure, fact, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

type Sight = (InventoryId, Option<seawall_domain::package::Version>, String);

/// Opens an exposure, or takes note that it is still seen; then applies what vendors say of it.
async fn show(
    desk: &Desk,
    tx: &mut Tx,
    spot: Spot,
    sight: Sight,
    component: &Component,
    inventory: &[Component],
    known: &Known,
) -> Outcome<()> {
    let now = desk.now();
    let clerk = Actor::clerk();
    let before = tx.exposure_at(&spot).await?;
    let advisory = spot.advisory;
    let (exposure, mandate) = match before {
        None => {
            let id = ExposureId::new(desk.uuid());
            let mandate = Mandate::<Exposure>::start(id.uuid(), &clerk, Action::Work)?;
            let (exposure, fact) = Exposure::open(id, spot, sight, now)
                .ok_or_else(|| Fault::inconsistent("open an exposure", "its fact is unfit"))?;
            let mandate = tx.record(mandate, &exposure, fact, now).await?;
            (exposure, mandate)
        }
        Some(before) => {
            let guarded = tx.load::<Exposure>(before.id.uuid()).await?;
            let (exposure, mandate) = guarded.open(&clerk, Action::Work)?;
            let known_sight =
                (exposure.inventory, exposure.version.clone(), exposure.rule.clone()) == sight;
            if known_sight {
                (exposure, mandate)
            } else {
                let (exposure, fact) = exposure.see(sight, now)?;
                let mandate = tx.record(mandate, &exposure, fact, now).await?;
                (exposure, mandate)
            }
        }
    };
    let cleared = known.statements.iter().find(|statement| {
        statement.entries.iter().any(|entry| {
            clears(entry, component, inventory) && speaks_of(entry, &known.out).contains(&advisory)
        })
    });
    if let (Some(statement), Standing::Open) = (cleared, &exposure.standing) {
        let (exposure, fact) = exposure.clear(statement.issuer, statement.id, now)?;
        let _ = tx.record(mandate, &exposure, fact, now).await?;
    }
    Ok(())
}

/// Whether an entry says that this very component is not affected: of a part only where the
/// inventory also lists the product whose part it is.
fn clears(entry: &Entry, component: &Component, inventory: &[Component]) -> bool {
    let there = entry.within.as_ref().is_none_or(|whole| {
        inventory.iter().any(|c| names(whole.package.as_ref(), whole.version.as_ref(), c))
    });
    entry.status == Status::NotAffected
        && there
        && names(entry.package.as_ref(), entry.version.as_ref(), component)
}

/// Whether a package, or a product named by a generic purl, is this component.
fn names(package: Option<&Package>, version: Option<&Version>, component: &Component) -> bool {
    let same = package.is_some() && package == component.package.as_ref()
        || product_of(package).is_some_and(|(vendor, name)| {
            component
                .product
                .as_ref()
                .is_some_and(|product: &Product| product.vendor == vendor && product.name == name)
        });
    let known = component.version.as_ref().map(|version| version.0.as_str());
    let known = known.or(component.product.as_ref().map(|product| product.version.as_str()));
    same && version.is_none_or(|version| Some(version.0.as_str()) == known)
}

/// How a component is found again when its version changes.
fn nameless_version(component: &Component) -> String {
    match (&component.package, &component.product) {
        (Some(package), _) => seawall_formats::purl::write(package, None),
        (None, Some(product)) => format!("{}/{}", product.vendor, product.name),
        (None, None) => component.label.clone(),
    }
}

fn words(rule: &Rule, component: &Component) -> String {
    let version = component.version.as_ref().map_or("?", |version| version.0.as_str());
    match rule {
        Rule::Range(interval) => format!("version {version} lies in: {interval} (run here)"),
        Rule::ListedVersion(version) => format!("version {version} is listed as affected"),
        Rule::Stated(interval) => {
            format!("version {version} lies in: {interval} (stated, not run here)")
        }
        Rule::StatedProduct(product) => {
            format!("the vendor says that {} {} is affected", product.name, product.version)
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

/// Everything published, by id: for lists that speak of exposures.
pub(crate) async fn publications(desk: &Desk) -> Outcome<BTreeMap<AdvisoryId, Publication>> {
    let mut tx = desk.begin("exposure_publications").await?;
    Ok(known(desk, &mut tx).await?.out)
}
