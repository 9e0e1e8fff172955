//! Many small records in one block of bytes, each found by its number.
//!
//! | bytes | meaning |
//! |---|---|
//! | word | how many records |
//! | a word a record | where it ends, counted from the first record's begin |
//! | records | one after the other |

use super::checksum::crc32c;
use super::wire;
use std::borrow::Cow;

/// A block of records and its checksum.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    bytes: Cow<'a, [u8]>,
    len: usize,
    checksum: u32,
}

impl<'a> Table<'a> {
    /// Reads a block whose checksum was compared; `None` where its directory contradicts itself.
    pub fn read(bytes: &'a [u8], checksum: u32) -> Option<Table<'a>> {
        let len = wire::u32_at(bytes, 0)? as usize;
        let records = bytes.get(len.checked_add(1)?.checked_mul(4)?..)?;
        let mut last = 0;
        for index in 0..len {
            let end = wire::u32_at(bytes, index + 1)?;
            if end < last {
                return None;
            }
            last = end;
        }
        let is_whole = records.len() == last as usize;
        is_whole.then_some(Table { bytes: Cow::Borrowed(bytes), len, checksum })
    }

    /// A block without records.
    pub fn empty() -> Table<'static> {
        Table { bytes: Cow::Borrowed(&[]), len: 0, checksum: 0 }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// A record; empty where there is none of that number.
    pub fn record(&self, index: usize) -> &[u8] {
        self.find(index).unwrap_or_default()
    }

    fn find(&self, index: usize) -> Option<&[u8]> {
        if index >= self.len {
            return None;
        }
        let start = if index == 0 { 0 } else { wire::u32_at(&self.bytes, index)? };
        let end = wire::u32_at(&self.bytes, index + 1)?;
        let records = self.bytes.get((self.len + 1) * 4..)?;
        records.get(start as usize..end as usize)
    }

    /// The whole block.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The block's checksum.
    pub fn checksum(&self) -> u32 {
        self.checksum
    }
}

/// Writes blocks of up to a fixed number of records each.
#[derive(Debug)]
pub struct Tables {
    per_block: usize,
    done: Vec<Table<'static>>,
    ends: Vec<u32>,
    records: Vec<u8>,
}

impl Tables {
    /// Begins, with `per_block` records a block.
    pub fn new(per_block: usize) -> Self {
        Tables { per_block, done: Vec::new(), ends: Vec::new(), records: Vec::new() }
    }

    /// Adds the record that `write` appends to the bytes it is given.
    ///
    /// `false` where the block has become too large for its directory.
    pub fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        write(&mut self.records);
        let end = u32::try_from(self.records.len());
        self.ends.push(end.unwrap_or(u32::MAX));
        if self.ends.len() == self.per_block {
            self.seal();
        }
        end.is_ok()
    }

    /// How many records were added.
    pub fn len(&self) -> usize {
        self.done.len() * self.per_block + self.ends.len()
    }

    fn seal(&mut self) {
        let size = (self.ends.len() + 1) * 4 + self.records.len();
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(&(self.ends.len() as u32).to_le_bytes());
        self.ends.iter().for_each(|end| bytes.extend_from_slice(&end.to_le_bytes()));
        bytes.extend_from_slice(&self.records);
        let checksum = crc32c(&bytes);
        let len = self.ends.len();
        self.done.push(Table { bytes: Cow::Owned(bytes), len, checksum });
        self.ends.clear();
        self.records.clear();
    }

    /// The blocks.
    pub fn finish(mut self) -> Vec<Table<'static>> {
        if !self.ends.is_empty() {
            self.seal();
        }
        self.done
    }
}
