//! A file as bytes without reading it.

#![allow(unsafe_code, reason = "mapping a file is the one thing here that the compiler cannot see")]

use seawall_matching::set::Builder;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The bytes of a set.
#[derive(Debug)]
pub enum Bytes {
    /// A mapped file.
    Mapped(memmap2::Mmap),
    /// Made in memory.
    Memory(Vec<u8>),
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Memory(bytes) => bytes,
        }
    }
}

/// Maps a file for reading.
pub fn map(path: &Path) -> std::io::Result<Bytes> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::Memory(Vec::new()));
    }
    // SAFETY: the map is read only. A set is never written in place: a new one is written beside
    // it and renamed over it, so the mapped file keeps its bytes for as long as it is mapped.
    // Whoever may write into this folder by other means may also replace this program.
    let map = unsafe { memmap2::Mmap::map(&file)? };
    Ok(Bytes::Mapped(map))
}

/// Whether a file starts as a compiled set does.
pub fn is_set(path: &Path) -> bool {
    let mut start = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start[..] == *Builder::START
}
