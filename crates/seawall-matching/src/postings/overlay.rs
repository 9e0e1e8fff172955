//! What changed since the snapshot: added and removed postings, by version and by asset.
//!
//! Only differences are kept. An inventory that is delivered anew with one component changed costs
//! two entries here, not a second copy of itself.

mod crowd;

pub use self::crowd::Crowd;

use self::crowd::Spreading;
use super::dictionary::VersionId;
use super::fault::Fault;
use seawall_domain::package::{Package, Version};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Added and removed postings that wait for compaction; some 30 to 100 bytes each, so at most
/// about 1.6 GB.
pub const CHANGES_LEN_MAX: u64 = 1 << 24;

/// Bytes of names and versions that the dictionary lacks and that wait for compaction.
pub const DEFINED_BYTES_MAX: u64 = 1 << 28;

/// The changes since a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Assets that have a version which they had not in the snapshot.
    added: HashMap<u32, Crowd, Spreading>,
    /// Assets that had a version in the snapshot and have it no longer.
    removed: HashMap<u32, Crowd, Spreading>,
    assets: HashMap<u32, Delta, Spreading>,
    /// Versions that the snapshot's dictionary lacks, numbered on from its end.
    defined: Vec<(Package, Version)>,
    /// Their indices by the package without a release.
    shelves: HashMap<Package, Vec<u32>>,
    numbers: HashMap<(Package, Version), u32>,
    /// Bytes of the texts of versions defined here.
    defined_bytes: u64,
    changes: u64,
    /// One more than the highest asset that was ever given a component here.
    assets_len: u32,
}

/// What was added to an asset's versions and what was removed from them, ascending.
// INVARIANT: `added` holds nothing that the snapshot has, `removed` only what it has.
#[derive(Clone, Debug, Default)]
pub struct Delta {
    pub added: Vec<u32>,
    pub removed: Vec<u32>,
}

/// No asset.
static NOBODY: Crowd = Crowd::new();

impl Overlay {
    /// The assets that a version has got.
    pub fn added(&self, id: VersionId) -> &Crowd {
        self.added.get(&id.0).unwrap_or(&NOBODY)
    }

    /// The assets that a version has lost.
    pub fn removed(&self, id: VersionId) -> &Crowd {
        self.removed.get(&id.0).unwrap_or(&NOBODY)
    }

    /// What changed about an asset's versions.
    pub fn asset(&self, asset: u32) -> Option<&Delta> {
        self.assets.get(&asset)
    }

    /// The versions defined here, in the order of their numbers.
    pub fn defined(&self) -> &[(Package, Version)] {
        &self.defined
    }

    /// The versions defined here for a package in all its releases, by their index.
    pub fn on_shelf(&self, package: &Package) -> &[u32] {
        self.shelves.get(&shelf(package)).map_or(&[], Vec::as_slice)
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
        self.defined_bytes += text_bytes(package, version);
        self.defined.push((package.clone(), version.clone()));
        self.shelves.entry(shelf(package)).or_default().push(index);
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

    /// Refuses when so many more changes and bytes of new texts do not fit.
    pub fn has_room(&self, changes: usize, text_bytes: u64) -> Result<(), Fault> {
        if self.changes + changes as u64 > CHANGES_LEN_MAX {
            return Err(Fault::TooMany {
                what: "changes since the snapshot",
                max: CHANGES_LEN_MAX,
            });
        }
        if self.defined_bytes.saturating_add(text_bytes) > DEFINED_BYTES_MAX {
            let max = DEFINED_BYTES_MAX;
            return Err(Fault::TooMany { what: "bytes of new names and versions", max });
        }
        Ok(())
    }

    /// Takes versions from an asset and gives it others. It must have had the former and not the
    /// latter; the caller has compared.
    pub fn change(&mut self, asset: u32, lost: &[u32], gained: &[u32]) {
        if !gained.is_empty() {
            self.assets_len = self.assets_len.max(asset + 1);
        }
        // Looked at first, so that the waits for memory of so many places overlap.
        let crowds = gained.iter().filter_map(|id| self.added.get(id));
        std::hint::black_box(crowds.filter(|crowd| crowd.contains(asset)).count());
        gained.iter().for_each(|id| toggle(&mut self.removed, &mut self.added, *id, asset));
        lost.iter().for_each(|id| toggle(&mut self.added, &mut self.removed, *id, asset));
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
        self.changes = self.changes + after as u64 - before as u64;
    }
}

/// Takes an asset back from the one side, or puts it to the other.
fn toggle(
    from: &mut HashMap<u32, Crowd, Spreading>,
    to: &mut HashMap<u32, Crowd, Spreading>,
    id: u32,
    asset: u32,
) {
    if !from.is_empty()
        && let Entry::Occupied(mut crowd) = from.entry(id)
        && crowd.get_mut().remove(asset)
    {
        if crowd.get().is_empty() {
            crowd.remove();
        }
        return;
    }
    to.entry(id).or_insert(Crowd::new()).insert(asset);
}

/// What a version defined here takes, as bytes of its texts.
pub fn text_bytes(package: &Package, version: &Version) -> u64 {
    (package.ecosystem.base().len() + package.name.len() + version.0.len()) as u64
}

/// The package without a release of its distribution.
fn shelf(package: &Package) -> Package {
    Package { ecosystem: package.ecosystem.without_release().0, name: package.name.clone() }
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
