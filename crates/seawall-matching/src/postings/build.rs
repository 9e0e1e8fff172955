//! Building postings from whole inventories, asset by asset.
//!
//! Turning (asset → versions) around is a sort of two thousand million pairs that do not fit into
//! memory. It is done for 1,024 versions at a time: their pairs wait in a buffer; a full
//! buffer is sorted by counting, inside the processor's caches, and kept as compressed parts;
//! at the end the parts of each list, which are ascending one after the other, are joined.

use super::Postings;
use super::base::{ASSETS_LEN_MAX, ASSETS_PER_BLOCK, Base, VERSIONS_PER_BLOCK};
use super::dictionary::{Dictionary, VersionId};
use super::fault::{Block, Fault};
use super::list::{self, List};
use super::table::Tables;
use super::wire;

/// Versions that share a buffer.
const VERSIONS_PER_BUFFER: usize = 1 << 10;
/// Pairs that wait in the first buffer of some versions; busy ones get larger buffers.
const PAIRS_LEN_MIN: usize = 1 << 14;
/// Pairs that wait in the largest buffer.
const PAIRS_LEN_MAX: usize = 1 << 20;
/// After this many parts the buffer has grown by its first size once more.
const PARTS_PER_STEP: usize = 32;
/// Bits of a pair for the asset, counted from the buffer's first; the others are the version's.
const ASSET_BITS: u32 = 22;

/// Builds postings; assets come in ascending order.
#[derive(Debug)]
pub struct Builder {
    dictionary: Dictionary<'static>,
    buffers: Vec<Waiting>,
    components: Tables,
    postings: u64,
    sorted: Vec<u32>,
    places: Vec<u32>,
    assets: Vec<u32>,
}

/// What the versions of one buffer have got so far.
#[derive(Debug, Default)]
struct Waiting {
    first_asset: u32,
    pairs: Vec<u32>,
    parts: Vec<u8>,
    parts_len: usize,
}

impl Builder {
    /// Begins without an asset.
    pub fn new(dictionary: Dictionary<'static>) -> Self {
        let buffers = (dictionary.versions_len() as usize).div_ceil(VERSIONS_PER_BUFFER);
        Builder {
            dictionary,
            buffers: std::iter::repeat_with(Waiting::default).take(buffers).collect(),
            components: Tables::new(ASSETS_PER_BLOCK),
            postings: 0,
            sorted: Vec::new(),
            places: vec![0; VERSIONS_PER_BUFFER],
            assets: Vec::new(),
        }
    }

    /// The dictionary that numbers the versions.
    pub fn dictionary(&self) -> &Dictionary<'static> {
        &self.dictionary
    }

    /// Adds an asset and its versions, in any order; repetitions do not count. Numbers that are
    /// left out stand for assets without a component.
    pub fn push(&mut self, asset: u32, versions: &[VersionId]) -> Result<(), Fault> {
        let last = self.components.len() as u32;
        if asset < last {
            return Err(Fault::Order { asset, last: last.saturating_sub(1) });
        }
        if asset >= ASSETS_LEN_MAX {
            return Err(Fault::TooMany { what: "assets", max: ASSETS_LEN_MAX.into() });
        }
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.clear();
        sorted.extend(versions.iter().map(|version| version.0));
        if !sorted.is_sorted_by(|a, b| a < b) {
            sorted.sort_unstable();
            sorted.dedup();
        }
        let added = self.push_sorted(asset, &sorted);
        self.sorted = sorted;
        added
    }

    fn push_sorted(&mut self, asset: u32, versions: &[u32]) -> Result<(), Fault> {
        if let Some(last) = versions.last().filter(|id| **id >= self.dictionary.versions_len()) {
            return Err(Fault::NoVersion(*last));
        }
        for _ in self.components.len()..asset as usize {
            self.components.push(|out| list::encode(&[], out));
        }
        self.components.push(|out| list::encode(versions, out));
        self.postings += versions.len() as u64;
        for version in versions {
            let buffer = &mut self.buffers[*version as usize / VERSIONS_PER_BUFFER];
            if buffer.is_full(asset) {
                buffer.sort(&mut self.places, &mut self.assets);
            }
            if buffer.pairs.is_empty() {
                buffer.begin(asset);
            }
            let place = version % VERSIONS_PER_BUFFER as u32;
            buffer.pairs.push(place << ASSET_BITS | (asset - buffer.first_asset));
        }
        Ok(())
    }

    /// Joins everything.
    pub fn finish(mut self) -> Result<Postings<'static>, Fault> {
        let mut holders = Tables::new(VERSIONS_PER_BLOCK);
        let versions = self.dictionary.versions_len() as usize;
        for (number, buffer) in self.buffers.iter_mut().enumerate() {
            buffer.sort(&mut self.places, &mut self.assets);
            buffer.pairs = Vec::new();
            let len = (versions - number * VERSIONS_PER_BUFFER).min(VERSIONS_PER_BUFFER);
            let parts = std::mem::take(&mut buffer.parts);
            join(&parts, len as u32, &mut self.assets, &mut holders).ok_or(Fault::Damaged {
                block: Block::Holders((holders.len() / VERSIONS_PER_BLOCK) as u32),
                why: "a block is larger than its directory can address",
            })?;
        }
        let assets = self.components.len() as u32;
        Ok(Postings::new(Base {
            dictionary: self.dictionary,
            holders: holders.finish(),
            components: self.components.finish(),
            assets,
            postings: self.postings,
        }))
    }
}

impl Waiting {
    fn is_full(&self, asset: u32) -> bool {
        let len_max = PAIRS_LEN_MIN * (1 + self.parts_len / PARTS_PER_STEP);
        self.pairs.len() >= len_max.min(PAIRS_LEN_MAX)
            || (!self.pairs.is_empty() && asset - self.first_asset >= 1 << ASSET_BITS)
    }

    fn begin(&mut self, asset: u32) {
        self.first_asset = asset;
        let len = PAIRS_LEN_MIN * (1 + self.parts_len / PARTS_PER_STEP);
        self.pairs.reserve_exact(len.min(PAIRS_LEN_MAX));
    }

    /// Sorts the waiting pairs by version and keeps them as one part: per version its place, the
    /// length of its list in bytes, and the list.
    fn sort(&mut self, places: &mut [u32], assets: &mut Vec<u32>) {
        if self.pairs.is_empty() {
            return;
        }
        places.fill(0);
        for pair in &self.pairs {
            places[(pair >> ASSET_BITS) as usize] += 1;
        }
        let mut start = 0;
        for place in places.iter_mut() {
            start += std::mem::replace(place, start);
        }
        assets.clear();
        assets.resize(self.pairs.len(), 0);
        for pair in &self.pairs {
            let place = &mut places[(pair >> ASSET_BITS) as usize];
            assets[*place as usize] = pair & ((1 << ASSET_BITS) - 1);
            *place += 1;
        }
        self.keep(places, assets);
        self.pairs.clear();
    }

    /// Writes the part whose lists end at `ends` within `assets`.
    fn keep(&mut self, ends: &[u32], assets: &[u32]) {
        let mut part = Vec::with_capacity(assets.len() * 2);
        let mut list = Vec::new();
        let mut start = 0;
        for (end, place) in ends.iter().zip(0u64..) {
            let end = *end as usize;
            if start < end {
                list.clear();
                list::encode(&assets[start..end], &mut list);
                wire::put_varint(&mut part, place);
                wire::put_bytes(&mut part, &list);
            }
            start = end;
        }
        let size = part.len() + 20;
        if self.parts.capacity() - self.parts.len() < size {
            // Doubling would waste what is spared by packing.
            self.parts.reserve_exact(size + self.parts.len() / 8);
        }
        wire::put_varint(&mut self.parts, self.first_asset.into());
        wire::put_bytes(&mut self.parts, &part);
        self.parts_len += 1;
    }
}

/// Joins the parts of one buffer, in each of which a version has at most one list; the lists of
/// later parts have higher assets. Within a part, assets count from its first.
fn join(mut parts: &[u8], len: u32, ids: &mut Vec<u32>, holders: &mut Tables) -> Option<()> {
    let mut cursors = Vec::new();
    while !parts.is_empty() {
        let first = wire::take_varint_u32(&mut parts)?;
        let mut part = wire::take_bytes(&mut parts)?;
        let place = wire::take_varint_u32(&mut part)?;
        cursors.push((place, first, part));
    }
    for wanted in 0..len {
        ids.clear();
        for (place, first, part) in cursors.iter_mut().filter(|(place, ..)| *place == wanted) {
            let list = List::read(wire::take_bytes(part)?)?;
            list.each_group(|group| ids.extend(group.iter().map(|id| id + *first)))?;
            *place = wire::take_varint_u32(part).unwrap_or(u32::MAX);
        }
        if !holders.push(|out| list::encode(ids, out)) {
            return None;
        }
    }
    Some(())
}
