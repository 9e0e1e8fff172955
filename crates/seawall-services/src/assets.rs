//! Who runs what: the newest inventory of every system as postings ([`seawall_matching::postings`],
//! decision 0015), so that a new advisory, a changed statement or a replaced advisory set asks only
//! the systems that it can touch.
//!
//! Each process that matches keeps its own in memory, brought up to date from the database before
//! it answers: it never lies on a disk in the clear, for it says who runs what.

use crate::advisory_set::Shelf;
use crate::desk::Desk;
use crate::inventory::components;
use crate::outcome::{Fault, Outcome};
use seawall_domain::component::{Component, Product};
use seawall_domain::id::PartyId;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_matching::exposure::AffectedRange;
use seawall_matching::postings::{
    self, AssetSet, CHANGES_LEN_MAX, Journal, Postings, TEXT_BYTES_MAX,
};
use seawall_matching::set::SetFault;
use seawall_store::db::Tx;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

/// So many changes may lie over the base before it is made anew: past that, answers get slower.
const CHANGES_LEN_TARGET: u64 = CHANGES_LEN_MAX / 4;
/// After so many versions a comparison of two sets lets others have their turn.
const VERSIONS_AT_ONCE: usize = 4_096;

/// One operator's system.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct System {
    /// The operator.
    pub operator: PartyId,
    /// What the operator calls it.
    pub label: String,
}

/// Who runs what, and with which advisory set everybody was matched last.
#[derive(Debug, Default)]
pub struct Assets(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    postings: Postings<'static>,
    journal: Journal,
    systems: Vec<(System, i64)>,
    numbers: HashMap<System, u32>,
    matched: Option<Arc<Shelf>>,
}

/// The packages that a component is found by: its own, and its product as a generic package.
pub(crate) fn packages_of(component: &Component) -> impl Iterator<Item = (Package, Version)> {
    let version = component.version.clone().unwrap_or_else(|| Version(String::new()));
    let own = component.package.clone().map(|package| (package, version));
    let product = component.product.as_ref().map(|product| {
        (product_package(&product.vendor, &product.name), Version(product.version.clone()))
    });
    own.into_iter().chain(product)
}

/// A product as a package, as a purl of type `generic` names it.
pub(crate) fn product_package(vendor: &str, name: &str) -> Package {
    Package { ecosystem: Ecosystem::Generic, name: format!("{vendor}/{name}") }
}

impl Assets {
    /// The systems that have any of these packages, in whatever version, in order.
    pub async fn having(
        &self,
        desk: &Desk,
        tx: &mut Tx,
        packages: &[Package],
    ) -> Outcome<BTreeSet<System>> {
        let kept = self.refreshed(desk, tx).await?;
        let found = packages.iter().map(|package| kept.postings.assets_of(package));
        kept.named(found)
    }

    /// The systems that have a version which lies in any of these ranges, in order.
    pub async fn affected<K>(
        &self,
        desk: &Desk,
        tx: &mut Tx,
        ranges: &[AffectedRange<K>],
    ) -> Outcome<BTreeSet<System>> {
        let kept = self.refreshed(desk, tx).await?;
        let found = ranges.iter().map(|range| kept.postings.affected(range));
        kept.named(found)
    }

    /// The systems that have a version of which another set may say something else than the one
    /// that was matched last; every system when none was matched here yet.
    pub async fn touched(
        &self,
        desk: &Desk,
        tx: &mut Tx,
        next: &Shelf,
        differs: impl Fn(&Shelf, &Shelf, &Component) -> Result<bool, SetFault>,
    ) -> Outcome<BTreeSet<System>> {
        let kept = self.refreshed(desk, tx).await?;
        let Some(before) = kept.matched.clone() else {
            return Ok(kept.systems.iter().map(|(system, _)| system.clone()).collect());
        };
        let mut versions = Vec::new();
        for (number, id) in kept.postings.versions().enumerate() {
            if number % VERSIONS_AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
            let Some((package, version)) = kept.postings.named(id) else { continue };
            let differs = differs(&before, next, &component(package, version));
            if differs.map_err(|fault| Fault::inconsistent("compare two advisory sets", fault))? {
                versions.push(id);
            }
        }
        kept.named([kept.postings.holders(&versions)].into_iter())
    }

    /// Takes note that everybody was matched with this set, as far as it touches them.
    pub async fn matched(&self, set: Arc<Shelf>) {
        if let Some(kept) = &mut *self.0.lock().await {
            kept.matched = Some(set);
        }
    }

    async fn refreshed(&self, desk: &Desk, tx: &mut Tx) -> Outcome<MappedMutexGuard<'_, Kept>> {
        let mut slot = self.0.lock().await;
        let kept = match slot.take() {
            Some(kept) => kept,
            None => Kept::new().map_err(broken)?,
        };
        let mut kept = MutexGuard::map(slot, |slot| slot.insert(kept));
        kept.refresh(desk, tx).await?;
        Ok(kept)
    }
}

/// A component that is found by a package and version, the reverse of [`packages_of`].
fn component(package: Package, version: Version) -> Component {
    let product = Some(&package).filter(|package| package.ecosystem == Ecosystem::Generic);
    let product = product.and_then(|package| package.name.split_once('/'));
    let product = product.map(|(vendor, name)| Product {
        vendor: vendor.to_owned(),
        name: name.to_owned(),
        version: version.0.clone(),
    });
    let label = format!("{} {version}", package.name);
    let version = Some(version).filter(|version| !version.0.is_empty());
    Component { label, package: Some(package), version, product, purl: None }
}

fn broken(fault: postings::Fault) -> Fault {
    Fault::inconsistent("ask who runs what", fault)
}

impl Kept {
    fn new() -> Result<Kept, postings::Fault> {
        let postings = Postings::empty()?;
        let journal = Journal::new(&postings);
        let (systems, numbers) = (Vec::new(), HashMap::new());
        Ok(Kept { postings, journal, systems, numbers, matched: None })
    }

    /// Brings everything up to date: inventories that came since are read, the others are not.
    async fn refresh(&mut self, desk: &Desk, tx: &mut Tx) -> Outcome<()> {
        for (operator, label, serial) in tx.inventory_systems().await? {
            let system = System { operator, label };
            let number = self.numbers.get(&system).copied();
            let known = number.and_then(|number| self.systems.get(number as usize));
            if known.is_some_and(|(_, known)| *known == serial) {
                continue;
            }
            let Some(inventory) = tx.inventory_at(operator, &system.label, serial).await? else {
                continue;
            };
            // An inventory that was erased names nothing.
            let listed = components(desk, tx, &inventory).await?.unwrap_or_default();
            let number = number.unwrap_or(self.systems.len() as u32);
            let versions: Vec<(Package, Version)> =
                listed.iter().flat_map(packages_of).filter(fits).collect();
            self.replace(number, &versions).map_err(broken)?;
            match self.systems.get_mut(number as usize) {
                Some(known) => known.1 = serial,
                None => {
                    self.numbers.insert(system.clone(), number);
                    self.systems.push((system, serial));
                }
            }
        }
        Ok(())
    }

    fn replace(
        &mut self,
        number: u32,
        versions: &[(Package, Version)],
    ) -> Result<(), postings::Fault> {
        if self.postings.changes_len() > CHANGES_LEN_TARGET {
            self.postings = std::mem::replace(&mut self.postings, Postings::empty()?).compact()?;
            self.journal = Journal::new(&self.postings);
        }
        self.postings.replace(number, versions, &mut self.journal)?;
        // The inventories in the database are the record: nothing is to be replayed.
        drop(self.journal.take());
        Ok(())
    }

    fn named(
        &self,
        found: impl Iterator<Item = Result<AssetSet, postings::Fault>>,
    ) -> Outcome<BTreeSet<System>> {
        let mut systems = BTreeSet::new();
        for assets in found {
            assets.map_err(broken)?.each(|number| {
                systems.extend(self.systems.get(number as usize).map(|(system, _)| system.clone()));
            });
        }
        Ok(systems)
    }
}

/// Whether the index takes it: a name beyond all bounds is matched when its inventory comes, and
/// is found again by its operator's next one only.
fn fits((package, version): &(Package, Version)) -> bool {
    package.name.len().max(version.0.len()) <= TEXT_BYTES_MAX
}
