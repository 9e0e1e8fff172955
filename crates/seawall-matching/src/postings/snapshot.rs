//! A snapshot as bytes, format 1.
//!
//! | bytes | meaning |
//! |---|---|
//! | 8 | `SWPOSTNG` |
//! | word | the format's number |
//! | word, word, word | how many packages, versions, assets |
//! | double word | how many postings |
//! | word | CRC-32C of all before |
//! | per block: word, word | kind (1 dictionary, 2 holders, 3 components), number |
//! | double word | length |
//! | word, word | CRC-32C of these three; CRC-32C of the block |
//! | | the block, a table of records |
//!
//! Blocks follow by kind and number. Numbers are little-endian. The changes since the snapshot are
//! not in it; they stand in the journal.

use super::Postings;
use super::base::{ASSETS_LEN_MAX, ASSETS_PER_BLOCK, Base, VERSIONS_PER_BLOCK};
use super::checksum::crc32c;
use super::dictionary::{Dictionary, PACKAGES_PER_BLOCK};
use super::fault::{Block, Fault};
use super::list::List;
use super::table::Table;
use super::wire;

const MAGIC: &[u8; 8] = b"SWPOSTNG";
/// The format's number.
pub const FORMAT: u16 = 1;

impl Postings<'_> {
    /// Shows the snapshot's bytes part by part, for a file or a hash.
    pub fn write(&self, mut sink: impl FnMut(&[u8])) {
        let base = &self.base;
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&u32::from(FORMAT).to_le_bytes());
        for size in [base.dictionary.packages_len(), base.dictionary.versions_len(), base.assets] {
            head.extend_from_slice(&size.to_le_bytes());
        }
        head.extend_from_slice(&base.postings.to_le_bytes());
        head.extend_from_slice(&crc32c(&head).to_le_bytes());
        sink(&head);
        let kinds = [(1u32, base.dictionary.blocks()), (2, &base.holders), (3, &base.components)];
        for (kind, blocks) in kinds {
            for (block, number) in blocks.iter().zip(0u32..) {
                let mut head = kind.to_le_bytes().to_vec();
                head.extend_from_slice(&number.to_le_bytes());
                head.extend_from_slice(&(block.bytes().len() as u64).to_le_bytes());
                head.extend_from_slice(&crc32c(&head).to_le_bytes());
                head.extend_from_slice(&block.checksum().to_le_bytes());
                sink(&head);
                sink(block.bytes());
            }
        }
    }

    /// The snapshot as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(|part| bytes.extend_from_slice(part));
        bytes
    }
}

impl<'a> Postings<'a> {
    /// Reads a snapshot where it lies; every block is compared with its checksum now, so that
    /// damage is found before an answer rests on it.
    pub fn from_bytes(mut bytes: &'a [u8]) -> Result<Postings<'a>, Fault> {
        let head = Head::read(&mut bytes)?;
        let mut take = |kind, len: u32, per_block: usize, name: fn(u32) -> Block| {
            let blocks = len.div_ceil(per_block as u32);
            let blocks: Result<Vec<_>, _> =
                (0..blocks).map(|number| block(&mut bytes, kind, number, name(number))).collect();
            let blocks = blocks?;
            full(&blocks, len, per_block, name)?;
            Ok::<_, Fault>(blocks)
        };
        let dictionary = take(1, head.packages, PACKAGES_PER_BLOCK, Block::Dictionary)?;
        let holders = take(2, head.versions, VERSIONS_PER_BLOCK, Block::Holders)?;
        let components = take(3, head.assets, ASSETS_PER_BLOCK, Block::Components)?;
        let dictionary = Dictionary::read(dictionary)?;
        let sizes = [lists_len(&holders), lists_len(&components)];
        if dictionary.versions_len() != head.versions || sizes != [Some(head.postings); 2] {
            return Err(damaged("its sizes are not those of the blocks"));
        }
        if !bytes.is_empty() {
            return Err(damaged("more bytes follow than it says"));
        }
        let Head { assets, postings, .. } = head;
        Ok(Postings::new(Base { dictionary, holders, components, assets, postings }))
    }
}

struct Head {
    packages: u32,
    versions: u32,
    assets: u32,
    postings: u64,
}

impl Head {
    fn read(bytes: &mut &[u8]) -> Result<Head, Fault> {
        const LEN: usize = 32;
        let whole = *bytes;
        let magic = wire::take(bytes, MAGIC.len()).filter(|magic| *magic == MAGIC);
        magic.ok_or_else(|| damaged("this is no snapshot of postings"))?;
        let cut = || damaged("it is cut off");
        let format = wire::take_u32(bytes).ok_or_else(cut)?;
        if format != u32::from(FORMAT) {
            let found = u16::try_from(format).unwrap_or(u16::MAX);
            return Err(Fault::Format { what: "the snapshot", found, known: FORMAT });
        }
        let packages = wire::take_u32(bytes).ok_or_else(cut)?;
        let versions = wire::take_u32(bytes).ok_or_else(cut)?;
        let assets = wire::take_u32(bytes).ok_or_else(cut)?;
        let postings = wire::take_u64(bytes).ok_or_else(cut)?;
        let checksum = wire::take_u32(bytes).ok_or_else(cut)?;
        if whole.get(..LEN).map(crc32c) != Some(checksum) {
            return Err(damaged("its checksum is another"));
        }
        if assets > ASSETS_LEN_MAX {
            return Err(Fault::TooMany { what: "assets", max: ASSETS_LEN_MAX.into() });
        }
        Ok(Head { packages, versions, assets, postings })
    }
}

/// The next block, which must be the one named.
fn block<'a>(
    bytes: &mut &'a [u8],
    kind: u32,
    number: u32,
    block: Block,
) -> Result<Table<'a>, Fault> {
    let damaged = |why| Fault::Damaged { block, why };
    let cut = || damaged("it is cut off");
    let mut head = wire::take(bytes, 16).ok_or_else(cut)?;
    let head_checksum = wire::take_u32(bytes).ok_or_else(cut)?;
    let checksum = wire::take_u32(bytes).ok_or_else(cut)?;
    if crc32c(head) != head_checksum {
        return Err(damaged("the checksum of its head is another"));
    }
    let found = (wire::take_u32(&mut head), wire::take_u32(&mut head));
    if found != (Some(kind), Some(number)) {
        return Err(damaged("another block stands in its place"));
    }
    let len = wire::take_u64(&mut head).and_then(|len| usize::try_from(len).ok());
    let payload = len.and_then(|len| wire::take(bytes, len)).ok_or_else(cut)?;
    if crc32c(payload) != checksum {
        return Err(damaged("its checksum is another"));
    }
    Table::read(payload, checksum).ok_or_else(|| damaged("its directory contradicts itself"))
}

/// Compares the blocks with how many records they must hold together.
fn full(
    blocks: &[Table<'_>],
    len: u32,
    per_block: usize,
    name: fn(u32) -> Block,
) -> Result<(), Fault> {
    let mut left = len as usize;
    for (block, number) in blocks.iter().zip(0..) {
        let expected = left.min(per_block);
        if block.len() != expected {
            let why = "it holds another number of records";
            return Err(Fault::Damaged { block: name(number), why });
        }
        left -= expected;
    }
    Ok(())
}

/// How many numbers the lists hold together; `None` when a head cannot be read.
fn lists_len(blocks: &[Table<'_>]) -> Option<u64> {
    let mut len = 0u64;
    for block in blocks {
        for index in 0..block.len() {
            len += u64::from(List::read(block.record(index))?.len());
        }
    }
    Some(len)
}

fn damaged(why: &'static str) -> Fault {
    Fault::Damaged { block: Block::Head, why }
}
