//! What the guard of a run's network wrote down: read, counted, and known by its digest.

use anyhow::Context as _;
use aws_lc_rs::digest::{Context, SHA256};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::demand::Guard;
use seawall_formats::egress::{Connections, Notes, count};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The largest file that may be notes, in bytes; anything larger is a guard's log.
const NOTES_BYTES_MAX: u64 = 64 * 1024;

/// What an operator has of the network's guard when a run begins.
#[derive(Clone, Copy)]
pub(super) enum Given {
    /// Notes: the digest of its log, and how many connections it denied.
    Notes(Notes),
    /// Its log, which is read when the run has ended.
    Log,
}

/// Reads what is there before a run: notes, or the beginning of a guard's log. What is neither is
/// refused.
pub(super) fn given(path: &Path) -> anyhow::Result<Given> {
    let shown = path.display();
    let file = crate::command::open(path).with_context(|| format!("cannot open {shown}"))?;
    let mut start = Vec::new();
    let read = file.take(NOTES_BYTES_MAX).read_to_end(&mut start);
    read.with_context(|| format!("cannot read {shown}"))?;
    match Notes::read(&start) {
        Some(notes) => Ok(Given::Notes(notes.with_context(|| format!("cannot use {shown}"))?)),
        None => read_log(path).map(|_| Given::Log),
    }
}

/// Reads a guard's log to its end; its digest is that of what was counted.
pub(super) fn read_log(path: &Path) -> anyhow::Result<Guard> {
    let shown = path.display();
    let file = crate::command::open(path).with_context(|| format!("cannot open {shown}"))?;
    let mut hashed = Hashed { file, hash: Context::new(&SHA256) };
    let counted = count(BufReader::new(&mut hashed));
    let Connections { allowed, denied } = counted.with_context(|| format!("cannot use {shown}"))?;
    let bytes = <[u8; 32]>::try_from(hashed.hash.finish().as_ref());
    Ok(Guard { log: Digest::new(bytes.context("hashing")?), allowed, denied })
}

/// A file of which everything that is read is hashed.
struct Hashed {
    file: File,
    hash: Context,
}

impl Read for Hashed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(into)?;
        self.hash.update(into.get(..count).unwrap_or_default());
        Ok(count)
    }
}
