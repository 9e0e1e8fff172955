//! What changed since the snapshot: added and removed postings, by version and by asset.
//!
//! Only differences are kept. An inventory that is delivered anew with one component changed costs
//! two entries here, not a second copy of itself.

use super::dictionary::{Shelf, VersionId};
use super::fault::Fault;
use roaring::RoaringBitmap;
use seawall_domain::package::{Package, Version};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Added and removed postings that wait for compaction; some 30 to 100 bytes each, so at most
/// about 1.6 GB.
pub const CHANGES_LEN_MAX: u64 = 1 << 24;

/// The changes since a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    versions: HashMap<u32, Delta<RoaringBitmap>>,
    assets: HashMap<u32, Delta<Vec<u32>>>,
    /// Versions that the snapshot's dictionary lacks, numbered on from its end.
    defined: Vec<(Package, Version)>,
    shelves: HashMap<Shelf, Vec<u32>>,
    numbers: HashMap<(Package, Version), u32>,
    changes: u64,
    /// One more than the highest asset that was ever given a component here.
    assets_len: u32,
}

/// What was added to a list of the snapshot and what was removed from it.
// INVARIANT: `added` holds nothing that the snapshot has, `removed` only what it has.
#[derive(Clone, Debug, Default)]
pub struct Delta<T> {
    pub added: T,
    pub removed: T,
}

impl Overlay {
    /// What changed about who has a version.
    pub fn version(&self, id: VersionId) -> Option<&Delta<RoaringBitmap>> {
        self.versions.get(&id.0)
    }

    /// What changed about an asset's components; ascending.
    pub fn asset(&self, asset: u32) -> Option<&Delta<Vec<u32>>> {
        self.assets.get(&asset)
    }

    /// The versions defined here, in the order of their numbers.
    pub fn defined(&self) -> &[(Package, Version)] {
        &self.defined
    }

    /// The versions defined here for a shelf, by their index among those defined.
    pub fn on_shelf(&self, shelf: &Shelf) -> &[u32] {
        self.shelves.get(shelf).map_or(&[], Vec::as_slice)
    }

    /// The index of a version among those defined here.
    pub fn find(&self, package: &Package, version: &Version) -> Option<u32> {
        if self.defined.is_empty() {
            return None;
        }
        self.numbers.get(&(package.clone(), version.clone())).copied()
    }

    /// Defines a version and gives its index; the one it has where it is defined already.
    pub fn define(&mut self, package: &Package, version: &Version) -> u32 {
        let index = self.defined.len() as u32;
        match self.numbers.entry((package.clone(), version.clone())) {
            Entry::Occupied(known) => return *known.get(),
            Entry::Vacant(free) => free.insert(index),
        };
        self.defined.push((package.clone(), version.clone()));
        self.shelves.entry(Shelf::of(package).0).or_default().push(index);
        index
    }

    /// Tells whether nothing was changed and nothing defined.
    pub fn is_void(&self) -> bool {
        self.changes == 0 && self.defined.is_empty()
    }

    /// How many postings were added or removed, less what was taken back.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// One more than the highest asset that was ever given a component here.
    pub fn assets_len(&self) -> u32 {
        self.assets_len
    }

    /// Refuses when `more` changes do not fit.
    pub fn has_room(&self, more: usize) -> Result<(), Fault> {
        if self.changes + more as u64 <= CHANGES_LEN_MAX {
            return Ok(());
        }
        Err(Fault::TooMany { what: "changes since the snapshot", max: CHANGES_LEN_MAX })
    }

    /// Takes versions from an asset and gives it others. It must have had the former and not the
    /// latter; the caller has compared.
    pub fn change(&mut self, asset: u32, lost: &[u32], gained: &[u32]) {
        if !gained.is_empty() {
            self.assets_len = self.assets_len.max(asset + 1);
        }
        for id in gained {
            let delta = self.versions.entry(*id).or_default();
            if !delta.removed.remove(asset) {
                delta.added.insert(asset);
            }
        }
        for id in lost {
            let delta = self.versions.entry(*id).or_default();
            if !delta.added.remove(asset) {
                delta.removed.insert(asset);
            }
        }
        let delta = self.assets.entry(asset).or_default();
        let before = delta.added.len() + delta.removed.len();
        let added = settled(&mut delta.removed, gained);
        let removed = settled(&mut delta.added, lost);
        merge(&mut delta.added, added);
        merge(&mut delta.removed, removed);
        let after = delta.added.len() + delta.removed.len();
        if after == 0 {
            self.assets.remove(&asset);
        }
        for id in gained.iter().chain(lost) {
            let is_void =
                |delta: &Delta<RoaringBitmap>| delta.added.is_empty() && delta.removed.is_empty();
            if self.versions.get(id).is_some_and(is_void) {
                self.versions.remove(id);
            }
        }
        self.changes = self.changes + after as u64 - before as u64;
    }
}

/// Takes back from `undone` what `ids` bring again, and gives the others.
fn settled(undone: &mut Vec<u32>, ids: &[u32]) -> Vec<u32> {
    if undone.is_empty() {
        return ids.to_vec();
    }
    let rest = ids.iter().filter(|id| undone.binary_search(id).is_err()).copied().collect();
    undone.retain(|id| ids.binary_search(id).is_err());
    rest
}

fn merge(into: &mut Vec<u32>, ids: Vec<u32>) {
    if into.is_empty() {
        *into = ids;
    } else {
        into.extend(ids);
        into.sort_unstable();
    }
}
