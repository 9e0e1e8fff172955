//! What can be wrong with postings as bytes, and with what is to be added to them.

use std::fmt;

/// Which block of a snapshot.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Block {
    /// The head of the snapshot.
    Head,
    /// Packages and their versions, by the number of the block.
    Dictionary(u32),
    /// Which assets have a version, by the number of the block.
    Holders(u32),
    /// Which versions an asset has, by the number of the block.
    Components(u32),
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Block::Head => f.write_str("the head"),
            Block::Dictionary(number) => write!(f, "dictionary block {number}"),
            Block::Holders(number) => write!(f, "holders block {number}"),
            Block::Components(number) => write!(f, "components block {number}"),
        }
    }
}

/// Postings could not be read, or could not be changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Bytes are not what was written.
    #[error("cannot read postings: {block} is damaged: {why}")]
    Damaged {
        /// Where.
        block: Block,
        /// What is wrong there.
        why: &'static str,
    },
    /// A snapshot or journal of another time.
    #[error("cannot read {what}: it is in format {found}, known is {known}")]
    Format {
        /// Snapshot or journal.
        what: &'static str,
        /// The format's number as found.
        found: u16,
        /// The format's number that this program reads and writes.
        known: u16,
    },
    /// A journal that continues another snapshot.
    #[error("cannot replay the journal: it continues another snapshot")]
    OtherSnapshot,
    /// A record of a journal is not what was written, and whole records follow it.
    #[error("cannot replay the journal: record {record} at byte {offset} is damaged: {why}")]
    Journal {
        /// The number of the record, from 0.
        record: u64,
        /// Where it begins.
        offset: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Assets were given in another order than ascending.
    #[error("cannot add asset {asset}: asset {last} was added before it")]
    Order {
        /// The asset.
        asset: u32,
        /// The one before it.
        last: u32,
    },
    /// A version that the dictionary does not hold.
    #[error("cannot add version number {0}: there is no such version")]
    NoVersion(u32),
    /// More than one index holds; the words name the bound.
    #[error("cannot add to the postings: more than {max} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        max: u64,
    },
}
