//! The reverse direction: which assets have an affected version (capabilities C45, C64).
//!
//! `exposure` asks one inventory about all advisories. Here one advisory, a listing as known
//! exploited or a changed statement meets all inventories at once: *postings*, from each version
//! of a package to the assets that have it, compressed and answered where they lie.
//!
//! The base ([`Builder`], [`Postings::from_bytes`]) stands still; what changes afterwards lies over
//! it as differences and in a [`Journal`], until [`Postings::compact`] makes a new base. The base
//! holds the relation in both directions. The second, from an asset to its versions, costs as much
//! again, about 1.5 bytes a posting. It buys that an inventory delivered anew changes only what is
//! different in it, and that an asset can be rechecked without opening its inventory. Without it,
//! each delivery would be kept whole until compaction, at about ten bytes a component.
//!
//! Whether a version is affected is not decided here: every version of a package is put to
//! [`crate::exposure`], so that both directions give one answer. The room knows no files; a
//! snapshot is borrowed from wherever its bytes lie.

mod assets;
mod base;
mod build;
mod checksum;
mod compact;
mod dictionary;
mod fault;
mod journal;
mod list;
mod overlay;
mod packing;
mod snapshot;
mod table;
#[cfg(test)]
mod tests;
mod wire;

pub use self::assets::AssetSet;
pub use self::base::ASSETS_LEN_MAX;
pub use self::build::Builder;
pub use self::dictionary::{
    Dictionary, DictionaryBuilder, TEXT_BYTES_MAX, VERSIONS_LEN_MAX, VersionId,
};
pub use self::fault::{Block, Fault};
pub use self::journal::{Journal, Replayed};
pub use self::overlay::{CHANGES_LEN_MAX, DEFINED_BYTES_MAX};

use self::assets::{Bits, differences};
use self::base::Base;
use self::dictionary::Shelf;
use self::list::List;
use self::overlay::{Crowd, Overlay};
use self::table::Table;
use crate::exposure::{AffectedRange, Answer, Index};
use seawall_domain::component::Component;
use seawall_domain::package::{Package, Version};

/// Components that one asset may have.
pub const COMPONENTS_LEN_MAX: usize = 1 << 18;
/// Up to this share of all assets an answer is kept as a list: sorting it is quicker than
/// clearing and counting a bit an asset.
const FEW_SHARE: u64 = 64;

/// Which assets have which versions of which packages.
#[derive(Clone, Debug)]
pub struct Postings<'a> {
    base: Base<'a>,
    identity: u64,
    overlay: Overlay,
}

/// The versions of one package, as one advisory sees them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selection {
    /// Versions that the advisory affects, ascending.
    pub affected: Vec<VersionId>,
    /// Versions of which it cannot be told, ascending; never to be taken for safe.
    pub unknown: Vec<VersionId>,
}

/// How many bytes a snapshot's parts take.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Sizes {
    /// Packages and versions.
    pub dictionary_bytes: u64,
    /// From versions to assets.
    pub holders_bytes: u64,
    /// From assets to versions.
    pub components_bytes: u64,
}

/// What a delivered inventory changed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Change {
    /// The asset.
    pub asset: u32,
    /// Versions that it did not have before, ascending: only these need a check.
    pub gained: Vec<VersionId>,
    /// Versions that it had before, ascending: exposures by these alone are over.
    pub lost: Vec<VersionId>,
}

/// What a changed advisory changed.
#[derive(Clone, Debug)]
pub struct Recheck {
    /// Assets that are affected now and were not before.
    pub gained: AssetSet,
    /// Assets that were affected and are no longer.
    pub lost: AssetSet,
}

impl<'a> Postings<'a> {
    fn new(base: Base<'a>) -> Self {
        Postings { identity: base.identity(), base, overlay: Overlay::default() }
    }

    /// Nobody has anything.
    pub fn empty() -> Result<Postings<'static>, Fault> {
        Builder::new(DictionaryBuilder::new().finish()?).finish()
    }

    /// Every version that has a number.
    pub fn versions(&self) -> impl Iterator<Item = VersionId> + use<> {
        (0..self.versions_len()).map(VersionId)
    }

    /// How many postings the snapshot holds, without the changes since.
    pub fn snapshot_len(&self) -> u64 {
        self.base.postings
    }

    /// How many bytes the snapshot takes, without the changes since.
    pub fn sizes(&self) -> Sizes {
        let sum = |blocks: &[Table<'_>]| blocks.iter().map(|b| b.bytes().len() as u64).sum();
        Sizes {
            dictionary_bytes: sum(self.base.dictionary.blocks()),
            holders_bytes: sum(&self.base.holders),
            components_bytes: sum(&self.base.components),
        }
    }

    /// How many postings were added or removed since the snapshot; at most [`CHANGES_LEN_MAX`].
    pub fn changes_len(&self) -> u64 {
        self.overlay.changes()
    }

    /// One more than the highest number of an asset that ever had a component.
    pub fn assets_len(&self) -> u32 {
        self.base.assets.max(self.overlay.assets_len())
    }

    /// How many versions have a number.
    pub fn versions_len(&self) -> u32 {
        self.base.dictionary.versions_len() + self.overlay.defined().len() as u32
    }

    /// The number of a version, if any asset ever had it.
    pub fn find(&self, package: &Package, version: &Version) -> Option<VersionId> {
        let found = self.base.dictionary.number(package, version);
        found.or_else(|| self.found_anew(package, version))
    }

    fn found_anew(&self, package: &Package, version: &Version) -> Option<VersionId> {
        self.overlay.find(package, version).map(|index| self.numbered(index))
    }

    /// What a number stands for.
    pub fn named(&self, id: VersionId) -> Option<(Package, Version)> {
        match id.0.checked_sub(self.base.dictionary.versions_len()) {
            None => self.base.dictionary.named(id),
            Some(index) => self.overlay.defined().get(index as usize).cloned(),
        }
    }

    fn numbered(&self, index: u32) -> VersionId {
        VersionId(self.base.dictionary.versions_len() + index)
    }

    /// Puts every known version of a package to an advisory.
    pub fn select<K>(&self, range: &AffectedRange<K>) -> Selection {
        let index = Index::new([AffectedRange {
            advisory: (),
            package: range.package.clone(),
            intervals: range.intervals.clone(),
            versions: range.versions.clone(),
            basis: range.basis,
        }]);
        let mut selection = Selection::default();
        self.each_version(&range.package, |id, package, version| {
            let component = Component {
                label: String::new(),
                package: Some(package.clone()),
                version: Some(Version(version.to_owned())),
                product: None,
                purl: None,
            };
            match index.answer(&component) {
                Answer::Hit(_) => selection.affected.push(id),
                Answer::Unknown(_) => selection.unknown.push(id),
                Answer::Clear => {}
            }
        });
        selection.affected.sort_unstable();
        selection.unknown.sort_unstable();
        selection
    }

    /// Every known version of a package, ascending. Where the package names no release of its
    /// distribution, the versions of all releases; the same is true of [`Self::select`].
    pub fn versions_of(&self, package: &Package) -> Vec<VersionId> {
        let release = package.ecosystem.release();
        let mut versions = Vec::new();
        self.each_version(package, |id, found, _| {
            if release.is_none() || found.ecosystem == package.ecosystem {
                versions.push(id);
            }
        });
        versions.sort_unstable();
        versions
    }

    /// Shows the versions of a package in all releases of its distribution.
    fn each_version(&self, package: &Package, mut visit: impl FnMut(VersionId, &Package, &str)) {
        for (number, entry) in self.base.dictionary.on_shelf(Shelf::of(package)) {
            let package = entry.package();
            let first = self.base.dictionary.first(number);
            for (version, id) in entry.versions().into_iter().zip(first..) {
                visit(VersionId(id), &package, version);
            }
        }
        for index in self.overlay.on_shelf(package) {
            if let Some((package, version)) = self.overlay.defined().get(*index as usize) {
                visit(self.numbered(*index), package, &version.0);
            }
        }
    }

    /// How many assets have any of the versions.
    pub fn count(&self, versions: &[VersionId]) -> Result<u64, Fault> {
        match versions {
            [id] => self.len_of(*id),
            _ => Ok(self.holders(versions)?.len()),
        }
    }

    /// The assets that have any of the versions.
    pub fn holders(&self, versions: &[VersionId]) -> Result<AssetSet, Fault> {
        let mut len = 0;
        for id in versions {
            len += self.len_of(*id)?;
        }
        if len > u64::from(self.assets_len()) / FEW_SHARE {
            return self.united(versions).map(AssetSet::many);
        }
        let mut ids = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
        for id in versions {
            self.collect(*id, &mut ids)?;
        }
        Ok(AssetSet::few(ids))
    }

    /// The assets that an advisory affects.
    pub fn affected<K>(&self, range: &AffectedRange<K>) -> Result<AssetSet, Fault> {
        self.holders(&self.select(range).affected)
    }

    /// The assets that have the package in any version.
    pub fn assets_of(&self, package: &Package) -> Result<AssetSet, Fault> {
        self.holders(&self.versions_of(package))
    }

    /// Who is affected anew and who no longer, when an advisory changes what it affects.
    pub fn recheck(&self, before: &[VersionId], after: &[VersionId]) -> Result<Recheck, Fault> {
        let (before, after) = (self.holders(before)?, self.holders(after)?);
        Ok(Recheck { gained: after.clone().without(&before), lost: before.without(&after) })
    }

    /// The versions that an asset has, ascending.
    pub fn components(&self, asset: u32) -> Result<Vec<VersionId>, Fault> {
        Ok(self.component_numbers(asset)?.into_iter().map(VersionId).collect())
    }

    fn component_numbers(&self, asset: u32) -> Result<Vec<u32>, Fault> {
        let mut ids = Vec::new();
        let read = self.base.components(asset)?.extend(&mut ids);
        let number = asset / base::ASSETS_PER_BLOCK as u32;
        read.ok_or(Fault::Damaged { block: Block::Components(number), why: LIST })?;
        if let Some(delta) = self.overlay.asset(asset) {
            ids.retain(|id| delta.removed.binary_search(id).is_err());
            ids.extend_from_slice(&delta.added);
            ids.sort_unstable();
        }
        Ok(ids)
    }

    /// Replaces what an asset has by `components`, each counted once, and writes the difference
    /// to the journal. An empty list removes the asset. When it is refused, nothing has changed.
    pub fn replace(
        &mut self,
        asset: u32,
        components: &[(Package, Version)],
        journal: &mut Journal,
    ) -> Result<Change, Fault> {
        if asset >= ASSETS_LEN_MAX {
            return Err(Fault::TooMany { what: "assets", max: ASSETS_LEN_MAX.into() });
        }
        if components.len() > COMPONENTS_LEN_MAX {
            let max = COMPONENTS_LEN_MAX as u64;
            return Err(Fault::TooMany { what: "components of one asset", max });
        }
        let before = self.component_numbers(asset)?;
        self.overlay.has_room(before.len() + components.len(), 0)?;
        let mut after = self.define(components, journal)?;
        after.sort_unstable();
        after.dedup();
        let (lost, gained) = differences(&before, &after);
        if !lost.is_empty() || !gained.is_empty() {
            self.overlay.change(asset, &lost, &gained);
            journal.change(asset, &lost, &gained);
        }
        let named = |ids: Vec<u32>| ids.into_iter().map(VersionId).collect();
        Ok(Change { asset, gained: named(gained), lost: named(lost) })
    }

    /// The numbers of components; what is new among them gets one.
    fn define(
        &mut self,
        components: &[(Package, Version)],
        journal: &mut Journal,
    ) -> Result<Vec<u32>, Fault> {
        let mut numbers = Vec::with_capacity(components.len());
        let mut unknown = Vec::new();
        let known = self.base.dictionary.numbers(components);
        for ((package, version), known) in components.iter().zip(known) {
            let found = known.or_else(|| self.found_anew(package, version));
            match found {
                Some(id) => numbers.push(id.0),
                None => {
                    dictionary::fits(package, version)?;
                    unknown.push((package, version));
                }
            }
        }
        let text_bytes =
            unknown.iter().map(|(package, version)| overlay::text_bytes(package, version)).sum();
        self.overlay.has_room(0, text_bytes)?;
        if unknown.len() as u64 + u64::from(self.versions_len()) > VERSIONS_LEN_MAX.into() {
            let max = VERSIONS_LEN_MAX.into();
            return Err(Fault::TooMany { what: "package versions", max });
        }
        for (package, version) in unknown {
            let known = self.overlay.defined().len();
            let index = self.overlay.define(package, version);
            if self.overlay.defined().len() > known {
                journal.define(package, version);
            }
            numbers.push(self.numbered(index).0);
        }
        Ok(numbers)
    }

    fn len_of(&self, id: VersionId) -> Result<u64, Fault> {
        let len = u64::from(self.base.holders(id)?.len());
        let (added, removed) = (self.overlay.added(id).len(), self.overlay.removed(id).len());
        Ok((len + added).saturating_sub(removed))
    }

    fn collect(&self, id: VersionId, ids: &mut Vec<u32>) -> Result<(), Fault> {
        let list = self.base.holders(id)?;
        let start = ids.len();
        list.extend(ids).ok_or_else(|| damaged(id))?;
        if ids[start..].last().is_some_and(|last| *last >= self.assets_len()) {
            return Err(damaged(id));
        }
        let removed = self.overlay.removed(id);
        if !removed.is_empty() {
            let mut place = start;
            for at in start..ids.len() {
                ids[place] = ids[at];
                place += usize::from(!removed.contains(ids[at]));
            }
            ids.truncate(place);
        }
        ids.extend(self.overlay.added(id).iter());
        Ok(())
    }

    fn united(&self, versions: &[VersionId]) -> Result<Bits, Fault> {
        let mut bits = Bits::new(self.assets_len());
        for id in versions {
            let list = self.base.holders(*id)?;
            let (added, removed) = (self.overlay.added(*id), self.overlay.removed(*id));
            mark(&list, added, removed, &mut bits).ok_or_else(|| damaged(*id))?;
        }
        Ok(bits)
    }
}

fn mark(list: &List<'_>, added: &Crowd, removed: &Crowd, bits: &mut Bits) -> Option<()> {
    if removed.is_empty() {
        list.mark(bits)?;
    } else {
        list.mark_without(removed.iter(), bits)?;
    }
    added.iter().all(|asset| bits.mark(asset)).then_some(())
}

const LIST: &str = "a list contradicts itself";

fn damaged(id: VersionId) -> Fault {
    let number = id.0 / base::VERSIONS_PER_BLOCK as u32;
    Fault::Damaged { block: Block::Holders(number), why: LIST }
}
