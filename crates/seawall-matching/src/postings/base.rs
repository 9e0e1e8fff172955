//! The part of the postings that stands still between two snapshots.

use super::checksum::Crc;
use super::dictionary::{Dictionary, VersionId};
use super::fault::{Block, Fault};
use super::list::List;
use super::table::Table;

/// Versions whose lists lie in one block.
pub const VERSIONS_PER_BLOCK: usize = 1 << 8;
/// Assets whose lists lie in one block.
pub const ASSETS_PER_BLOCK: usize = 1 << 10;
/// Assets in one index; beyond that, split by asset. With it a bitmap takes at most 2 MiB, and a
/// block of them 512 MiB, well below the 4 GiB that its directory can address.
pub const ASSETS_LEN_MAX: u32 = 1 << 24;

/// Both directions of one relation: which assets have a version, which versions an asset has.
#[derive(Clone, Debug)]
pub struct Base<'a> {
    pub dictionary: Dictionary<'a>,
    pub holders: Vec<Table<'a>>,
    pub components: Vec<Table<'a>>,
    pub assets: u32,
    pub postings: u64,
}

impl Base<'_> {
    /// The assets that have a version; none for a version that is not in the dictionary.
    pub fn holders(&self, id: VersionId) -> Result<List<'_>, Fault> {
        let number = id.0 as usize / VERSIONS_PER_BLOCK;
        let block = Block::Holders(number as u32);
        read(&self.holders, number, id.0 as usize % VERSIONS_PER_BLOCK, block)
    }

    /// The numbers of the versions that an asset has.
    pub fn components(&self, asset: u32) -> Result<List<'_>, Fault> {
        let number = asset as usize / ASSETS_PER_BLOCK;
        let block = Block::Components(number as u32);
        read(&self.components, number, asset as usize % ASSETS_PER_BLOCK, block)
    }

    /// What tells this snapshot from others: a checksum over its blocks' checksums and its sizes.
    pub fn identity(&self) -> u64 {
        let blocks = self.dictionary.blocks().iter().chain(&self.holders).chain(&self.components);
        let sums = blocks.fold(Crc::new(), |crc, block| crc.with(&block.checksum().to_le_bytes()));
        let sizes = [self.postings, self.assets.into(), self.dictionary.versions_len().into()];
        let sizes = sizes.iter().fold(Crc::new(), |crc, size| crc.with(&size.to_le_bytes()));
        u64::from(sums.sum()) << 32 | u64::from(sizes.sum())
    }
}

fn read<'b>(
    tables: &'b [Table<'_>],
    number: usize,
    index: usize,
    block: Block,
) -> Result<List<'b>, Fault> {
    match tables.get(number) {
        Some(table) if index < table.len() => List::read(table.record(index))
            .ok_or(Fault::Damaged { block, why: "a list has no readable head" }),
        Some(_) | None => Ok(List::EMPTY),
    }
}
