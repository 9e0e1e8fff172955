//! Which number a package's version has.
//!
//! The versions of one package stand in version order, one after the other, so that an advisory's
//! interval is a run of numbers and the lists behind them lie side by side. Packages stand in the
//! order in which they were written, the most widespread first, so that the numbers of one asset
//! lie close together and cost few bits.
//!
//! One record a package, 256 a block:
//!
//! | bytes | meaning |
//! |---|---|
//! | LEB128 | how many versions |
//! | text | the ecosystem, without a release |
//! | byte, and a text where it is 1 | the release of the distribution |
//! | text | the name |
//! | a word a version, in the order of texts | its place in version order |
//! | a word a version, in the order of texts | where its text ends |
//! | texts | one after the other, ascending |

mod write;

pub use self::write::{DictionaryBuilder, Writer, fits, in_order};

use super::fault::{Block, Fault};
use super::table::Table;
use super::wire;
use seawall_domain::package::{Ecosystem, Package, Version};
use std::hash::{BuildHasher as _, RandomState};

/// Packages in one block.
pub const PACKAGES_PER_BLOCK: usize = 256;
/// Package versions that one index numbers; the highest bits stay free.
pub const VERSIONS_LEN_MAX: u32 = 1 << 28;
/// Bytes that an ecosystem, a name or a version may have.
pub const TEXT_BYTES_MAX: usize = 4096;

/// Look-ups that go in step.
const IN_STEP: usize = 32;
/// What the processor fetches at once.
const LINE_BYTES: usize = 64;
/// How much of a record is fetched ahead; the mean record fits.
const LINES_MAX: usize = 8;

/// The number of a package's version. It holds until the postings are compacted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct VersionId(pub(super) u32);

/// A package without a release of its distribution: what all its releases have in common.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Shelf<'p> {
    /// The ecosystem's name without a release.
    pub base: &'p str,
    /// The package's name.
    pub name: &'p str,
}

impl<'p> Shelf<'p> {
    /// The shelf of a package.
    pub fn of(package: &'p Package) -> Self {
        Shelf { base: package.ecosystem.base(), name: &package.name }
    }
}

/// The packages and versions of a snapshot.
#[derive(Clone, Debug)]
pub struct Dictionary<'a> {
    blocks: Vec<Table<'a>>,
    /// The number of each package's first version, and behind them the number of all versions.
    first: Vec<u32>,
    /// Packages by shelf and release.
    packages: Slots,
    /// The last package of each shelf.
    shelves: Slots,
    /// The package before each on its shelf, plus one.
    before: Vec<u32>,
    hasher: RandomState,
}

/// Packages by a hash: a power of two of places, at least half of them free.
#[derive(Clone, Debug, Default)]
struct Slots(Vec<Slot>);

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// The upper half of the hash: without it, every second look-up would read a wrong record.
    mark: u32,
    /// The package's number plus one; 0 is a free place.
    package: u32,
}

impl Slots {
    fn new(packages: u32) -> Self {
        Slots(vec![Slot::default(); (packages as usize * 2).next_power_of_two()])
    }

    /// Places and packages that have, as good as surely, this hash.
    fn marked(&self, hash: u64) -> impl Iterator<Item = (usize, u32)> {
        let len = self.0.len();
        (0..len)
            .map(move |step| (hash as usize).wrapping_add(step) & (len - 1))
            .map(|at| (at, self.0[at]))
            .take_while(|(_, slot)| slot.package != 0)
            .filter(move |(_, slot)| slot.mark == (hash >> 32) as u32)
            .map(|(at, slot)| (at, slot.package - 1))
    }

    fn insert(&mut self, hash: u64, package: u32) {
        let len = self.0.len();
        let mut at = hash as usize & (len - 1);
        while self.0[at].package != 0 {
            at = (at + 1) & (len - 1);
        }
        self.0[at] = Slot { mark: (hash >> 32) as u32, package: package + 1 };
    }
}

/// One package's record, read where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    len: usize,
    base: &'a [u8],
    release: Option<&'a [u8]>,
    name: &'a [u8],
    places: &'a [u8],
    ends: &'a [u8],
    texts: &'a [u8],
}

impl<'a> Entry<'a> {
    fn read(mut bytes: &'a [u8]) -> Option<Entry<'a>> {
        let len = wire::take_varint_u32(&mut bytes)? as usize;
        let base = wire::take_bytes(&mut bytes)?;
        let release = match wire::take(&mut bytes, 1)? {
            [0] => None,
            _ => Some(wire::take_bytes(&mut bytes)?),
        };
        let name = wire::take_bytes(&mut bytes)?;
        let places = wire::take(&mut bytes, len.checked_mul(4)?)?;
        let ends = wire::take(&mut bytes, places.len())?;
        Some(Entry { len, base, release, name, places, ends, texts: bytes })
    }

    /// Tells whether the record says nothing that contradicts itself.
    fn is_sound(&self) -> bool {
        let names = [self.base, self.name, self.release.unwrap_or_default()];
        if names.iter().any(|name| std::str::from_utf8(name).is_err()) {
            return false;
        }
        let mut seen = vec![false; self.len];
        let mut last: Option<&str> = None;
        let mut end = 0;
        for index in 0..self.len {
            let place = self.place(index).and_then(|place| seen.get_mut(place));
            let (Some(seen), Some(text)) = (place, self.text(index)) else {
                return false;
            };
            if std::mem::replace(seen, true) || last.is_some_and(|last| last >= text) {
                return false;
            }
            last = Some(text);
            end += text.len();
        }
        end == self.texts.len()
    }

    fn place(&self, index: usize) -> Option<usize> {
        wire::u32_at(self.places, index).map(|place| place as usize)
    }

    fn text_bytes(&self, index: usize) -> Option<&'a [u8]> {
        let start = if index == 0 { 0 } else { wire::u32_at(self.ends, index - 1)? };
        let end = wire::u32_at(self.ends, index)?;
        self.texts.get(start as usize..end as usize)
    }

    fn text(&self, index: usize) -> Option<&'a str> {
        std::str::from_utf8(self.text_bytes(index)?).ok()
    }

    /// The place of a version in version order.
    fn find(&self, version: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.text_bytes(middle)?.cmp(version.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.place(middle),
            }
        }
        None
    }

    /// The versions, in version order.
    pub fn versions(&self) -> Vec<&'a str> {
        let mut versions = vec![""; self.len];
        for index in 0..self.len {
            let place = self.place(index).and_then(|place| versions.get_mut(place));
            if let (Some(place), Some(text)) = (place, self.text(index)) {
                *place = text;
            }
        }
        versions
    }

    /// The package.
    pub fn package(&self) -> Package {
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        let ecosystem = match self.release {
            Some(release) => format!("{}:{}", text(self.base), text(release)),
            None => text(self.base).to_owned(),
        };
        Package { ecosystem: Ecosystem::from(ecosystem), name: text(self.name).to_owned() }
    }

    fn is_on(&self, shelf: Shelf<'_>) -> bool {
        self.name == shelf.name.as_bytes() && self.base == shelf.base.as_bytes()
    }
}

impl<'a> Dictionary<'a> {
    /// Reads the blocks, whose checksums were compared.
    pub(super) fn read(blocks: Vec<Table<'a>>) -> Result<Dictionary<'a>, Fault> {
        let mut first = vec![0];
        let mut versions = 0u32;
        for (block, number) in blocks.iter().zip(0..) {
            let damaged = |why| Fault::Damaged { block: Block::Dictionary(number), why };
            for index in 0..block.len() {
                let entry = Entry::read(block.record(index)).filter(Entry::is_sound);
                let entry = entry.ok_or_else(|| damaged("a package contradicts itself"))?;
                versions = u32::try_from(entry.len)
                    .ok()
                    .and_then(|len| versions.checked_add(len))
                    .filter(|versions| *versions <= VERSIONS_LEN_MAX)
                    .ok_or_else(|| damaged("there are too many versions"))?;
                first.push(versions);
            }
        }
        let mut dictionary =
            Dictionary { blocks, first, hasher: RandomState::new(), ..Dictionary::empty() };
        dictionary.fill_slots();
        Ok(dictionary)
    }

    fn empty() -> Dictionary<'static> {
        Dictionary {
            blocks: Vec::new(),
            first: Vec::new(),
            packages: Slots::default(),
            shelves: Slots::default(),
            before: Vec::new(),
            hasher: RandomState::new(),
        }
    }

    fn fill_slots(&mut self) {
        let len = self.packages_len();
        let (mut packages, mut shelves) = (Slots::new(len), Slots::new(len));
        let mut before = vec![0; len as usize];
        for package in 0..len {
            let Some(entry) = self.entry(package) else {
                continue;
            };
            packages.insert(self.hash(entry.base, entry.name, entry.release), package);
            let hash = self.hash(entry.base, entry.name, None);
            let known = shelves.marked(hash).find(|(_, last)| {
                self.entry(*last)
                    .is_some_and(|last| (last.base, last.name) == (entry.base, entry.name))
            });
            match known {
                None => shelves.insert(hash, package),
                Some((at, last)) => {
                    before[package as usize] = last + 1;
                    shelves.0[at].package = package + 1;
                }
            }
        }
        (self.packages, self.shelves, self.before) = (packages, shelves, before);
    }

    fn hash(&self, base: &[u8], name: &[u8], release: Option<&[u8]>) -> u64 {
        self.hasher.hash_one((base, name, release))
    }

    fn hash_of(&self, package: &Package) -> u64 {
        let ecosystem = &package.ecosystem;
        let release = ecosystem.release().map(str::as_bytes);
        self.hash(ecosystem.base().as_bytes(), package.name.as_bytes(), release)
    }

    /// How many packages there are; each release of a distribution has its own.
    pub fn packages_len(&self) -> u32 {
        self.first.len() as u32 - 1
    }

    /// How many versions there are.
    pub fn versions_len(&self) -> u32 {
        self.first.last().copied().unwrap_or(0)
    }

    /// The blocks.
    pub(super) fn blocks(&self) -> &[Table<'a>] {
        &self.blocks
    }

    /// A package's record.
    pub(super) fn entry(&self, package: u32) -> Option<Entry<'_>> {
        let package = package as usize;
        let block = self.blocks.get(package / PACKAGES_PER_BLOCK)?;
        Entry::read(block.record(package % PACKAGES_PER_BLOCK))
    }

    /// The number of a package's first version.
    pub(super) fn first(&self, package: u32) -> u32 {
        self.first.get(package as usize).copied().unwrap_or(0)
    }

    /// The packages of a shelf, the last written first.
    pub(super) fn on_shelf<'s>(
        &'s self,
        shelf: Shelf<'s>,
    ) -> impl Iterator<Item = (u32, Entry<'s>)> {
        let hash = self.hash(shelf.base.as_bytes(), shelf.name.as_bytes(), None);
        let is_on = |package: &u32| self.entry(*package).is_some_and(|entry| entry.is_on(shelf));
        let last = self.shelves.marked(hash).map(|(_, last)| last).find(is_on);
        let before = |package: &u32| self.before.get(*package as usize)?.checked_sub(1);
        std::iter::successors(last, before)
            .filter_map(|package| Some((package, self.entry(package)?)))
    }

    /// The number of a package's version, if it has one.
    pub fn number(&self, package: &Package, version: &Version) -> Option<VersionId> {
        self.number_by_hash(package, version, self.hash_of(package))
    }

    fn number_by_hash(&self, package: &Package, version: &Version, hash: u64) -> Option<VersionId> {
        let shelf = Shelf::of(package);
        let release = package.ecosystem.release().map(str::as_bytes);
        let (number, entry) = self
            .packages
            .marked(hash)
            .filter_map(|(_, number)| Some((number, self.entry(number)?)))
            .find(|(_, entry)| entry.is_on(shelf) && entry.release == release)?;
        let place = entry.find(&version.0)?;
        Some(VersionId(self.first(number) + place as u32))
    }

    /// The numbers of an inventory's components.
    ///
    /// A look-up mostly waits for memory, three or four times in a row. Here many look-ups take
    /// each step together, so that their waits overlap.
    pub fn numbers(&self, components: &[(Package, Version)]) -> Vec<Option<VersionId>> {
        let mut numbers = Vec::with_capacity(components.len());
        let mut hashes = [0; IN_STEP];
        let mut packages = [None; IN_STEP];
        for components in components.chunks(IN_STEP) {
            for ((package, _), hash) in components.iter().zip(&mut hashes) {
                *hash = self.hash_of(package);
            }
            for (hash, package) in hashes.iter().zip(&mut packages) {
                *package = self.packages.marked(*hash).next();
            }
            for (_, package) in packages.iter().take(components.len()).flatten() {
                std::hint::black_box(self.looked_at(*package));
            }
            let hashed = components.iter().zip(&hashes);
            numbers
                .extend(hashed.map(|((package, version), hash)| {
                    self.number_by_hash(package, version, *hash)
                }));
        }
        numbers
    }

    /// Brings a package's record, or the front of it, near the processor.
    fn looked_at(&self, package: u32) -> u8 {
        let package = package as usize;
        let block = self.blocks.get(package / PACKAGES_PER_BLOCK);
        let record = block.map_or(&[][..], |block| block.record(package % PACKAGES_PER_BLOCK));
        record.iter().step_by(LINE_BYTES).take(LINES_MAX).fold(0, |all, byte| all ^ byte)
    }

    /// What a number stands for.
    pub fn named(&self, id: VersionId) -> Option<(Package, Version)> {
        let package = self.first.partition_point(|first| *first <= id.0).checked_sub(1)?;
        let entry = self.entry(package as u32)?;
        let place = (id.0 - self.first[package]) as usize;
        let index = (0..entry.len).find(|index| entry.place(*index) == Some(place))?;
        Some((entry.package(), Version(entry.text(index)?.to_owned())))
    }
}
