//! The journal: one line for each event, each bound to the line before, durable before anything
//! is sent on.
//!
//! Lines are JSON. Many writers wait for one `fdatasync` together; a line that cannot be written is
//! a request that is not sent. How a request ended is written at once and durable a moment later.
//! A Merkle tree over the lines gives signed checkpoints (C2SP tlog-checkpoint), each of which goes
//! to the developer and to the partner as well, so that nobody can write history anew alone. After
//! a crash a last line without its end was never acknowledged, and is cut off. While a gateway
//! runs, the file may end in room for the next lines: zero bytes, which are no line.

mod proof;
mod writer;

use crate::record::{Event, Line};
use seawall_domain::digest::Digest;
use seawall_domain::time::Timestamp;
use seawall_ledger::merkle::{Frontier, leaf_hash};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

pub use proof::Proofs;
pub use writer::{Journal, Receipt, SYNC_TIME_MAX, Signed};

/// The longest line.
pub const LINE_BYTES_MAX: usize = 64 << 10;

/// What the room behind the last line is filled with, while a gateway runs.
const ROOM: u8 = 0;
/// How much room is made for those who ask alone: some hundred requests.
const ROOM_BYTES: u64 = 1 << 20;
/// The least that a disk writes at once.
const SECTOR_BYTES: u64 = 512;

/// The journal's name in its folder.
pub const FILE: &str = "journal.jsonl";

/// Why a journal cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    /// The file system.
    #[error("cannot use the journal {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// A line is not what was written.
    #[error("the journal is damaged at line {line} (the first is 0): {why}")]
    Damaged {
        /// Which line.
        line: u64,
        /// What does not hold.
        why: &'static str,
    },
    /// There is no room for it now, or nothing is written until the next start.
    #[error("the journal cannot be written now")]
    Stuck,
    /// The writer has ended.
    #[error("the journal is closed")]
    Closed,
}

/// Where a journal stands.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// How many lines there are; also the next number.
    pub lines: u64,
    /// SHA-256 of the last line.
    pub last: [u8; 32],
    /// The tree over all lines.
    pub tree: Frontier,
    /// How many bytes all whole lines have.
    pub bytes: u64,
}

impl Head {
    /// Binds an event to all before it, counts it, and puts its line behind what is there.
    fn line(
        &mut self,
        at: Timestamp,
        event: Event,
        behind: &mut Vec<u8>,
    ) -> Result<(), serde_json::Error> {
        let line = Line { number: self.lines, before: Digest::new(self.last), at, event };
        let begin = behind.len();
        serde_json::to_writer(&mut *behind, &line)?;
        self.count(behind.get(begin..).unwrap_or_default());
        behind.push(b'\n');
        Ok(())
    }

    fn count(&mut self, line: &[u8]) {
        self.last = Sha256::digest(line).into();
        self.tree.append(leaf_hash(line));
        self.lines += 1;
        self.bytes += line.len() as u64 + 1;
    }
}

/// Reads a journal from its start, each line to the visitor, and says where it ends. Whatever was
/// changed, left out, moved or added without being bound is named by its line; a last line without
/// its end is not counted, nor is the room behind it that a running gateway keeps: there lines may
/// be torn at the ends of sectors, and there is never more of it.
pub fn read(path: &Path, mut visit: impl FnMut(Line)) -> Result<Head, JournalFault> {
    let fault = |source| JournalFault::Io { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Head::default()),
        Err(error) => return Err(fault(error)),
    };
    let length = file.metadata().map_err(fault)?.len();
    let (mut reader, mut head, mut bytes) = (BufReader::new(file), Head::default(), Vec::new());
    loop {
        bytes.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        let damaged = |why| JournalFault::Damaged { line: head.lines, why };
        io::Read::take(&mut reader, limit).read_until(b'\n', &mut bytes).map_err(fault)?;
        // A line has no such byte: here is room, or what was written into it and never whole.
        if let Some(from) = memchr::memchr(ROOM, &bytes) {
            return match length <= head.bytes + 2 * ROOM_BYTES && is_room(&bytes, from, head.bytes)
            {
                true => Ok(head),
                false => Err(damaged("zero bytes stand in it, where no room was")),
            };
        }
        if bytes.pop() != Some(b'\n') {
            return match bytes.len() >= LINE_BYTES_MAX {
                true => Err(damaged("it is too long")),
                false => Ok(head),
            };
        }
        let line: Line = serde_json::from_slice(&bytes).map_err(|_| damaged("it does not read"))?;
        if line.number != head.lines {
            return Err(damaged("its number is another"));
        }
        if *line.before.bytes() != head.last {
            return Err(damaged("it is not bound to the line before"));
        }
        head.count(&bytes);
        visit(line);
    }
}

/// Whether the zero bytes from there on can be room: whatever a disk writes, it writes by whole
/// sectors, so they reach to the end of one, or of what was read.
fn is_room(bytes: &[u8], from: usize, begins: u64) -> bool {
    let behind = bytes.iter().skip(from).take_while(|byte| **byte == ROOM).count();
    let ends = from + behind;
    ends == bytes.len() || (begins + ends as u64).is_multiple_of(SECTOR_BYTES)
}

/// Opens the file for writing, and cuts off what is behind the last whole line.
fn open(path: &Path, head: &Head) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    if file.metadata()?.len() > head.bytes {
        file.set_len(head.bytes)?;
        file.sync_all()?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests;
