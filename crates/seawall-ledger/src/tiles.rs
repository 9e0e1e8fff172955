//! The files of a log (C2SP tlog-tiles 0.1.0): which tile lies where, and what is in it.
//!
//! Everything here is pure: given sizes and hashes it says which bytes belong at which path, and
//! reads them back through a function. Writing, caching and serving them is done elsewhere.

use std::fmt;
use std::str::FromStr;

use crate::encoding::from_decimal;
use crate::fault::{Fault, excerpt};
use crate::merkle::{Hash, TREE_SIZE_MAX, fold_right, node_hash};

/// How many hashes or entries a full tile holds.
pub const TILE_WIDTH: u64 = 256;

/// The longest entry that a bundle can hold, its length being sixteen bits.
pub const ENTRY_BYTES_MAX: usize = 65_535;

const LEVEL_MAX: u8 = 63;
const HASH_BYTES: usize = 32;

/// What a tile holds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TileKind {
    /// Hashes over 256^level entries each.
    Hashes {
        /// The level, 0 for leaf hashes.
        level: u8,
    },
    /// The entries themselves.
    Entries,
}

/// The place of a tile below the log's prefix, such as `tile/0/x001/x234/067.p/5`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    // INVARIANT: 1 to 256; 256 is a full tile and is not spelled out.
    width: u16,
}

impl TilePath {
    /// The tile with this number in a tree of this size, as wide as it then is; `None` when the
    /// tree does not reach it.
    pub fn at(kind: TileKind, index: u64, size: u64) -> Option<TilePath> {
        let count = size.checked_shr(u32::from(level_of(kind)) * 8).unwrap_or(0);
        let start = index.checked_mul(TILE_WIDTH)?;
        let width = count.checked_sub(start)?.min(TILE_WIDTH);
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(TilePath { kind, index, width })
    }

    /// What the tile holds.
    pub fn kind(self) -> TileKind {
        self.kind
    }

    /// The tile's number on its level.
    pub fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1 to 256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Whether the tile holds all the 256 that fit.
    pub fn is_full(self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }

    /// The full tile that takes the place of a partial one, once the log has grown.
    pub fn full(self) -> TilePath {
        TilePath { width: 256, ..self }
    }
}

fn level_of(kind: TileKind) -> u8 {
    match kind {
        TileKind::Hashes { level } => level,
        TileKind::Entries => 0,
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}")?,
            TileKind::Entries => write!(f, "tile/entries")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (position, group) in groups.iter().enumerate().rev() {
            write!(f, "/{}{group:03}", if position > 0 { "x" } else { "" })?;
        }
        if !self.is_full() {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for TilePath {
    type Err = Fault;

    fn from_str(text: &str) -> Result<TilePath, Fault> {
        let refuse = || Fault::unreadable("tile path", format!("`{}`", excerpt(text)));
        let (place, width) = match text.split_once(".p/") {
            Some((place, width)) => (place, from_decimal(width).ok_or_else(refuse)?),
            None => (text, TILE_WIDTH),
        };
        let rest = place.strip_prefix("tile/").ok_or_else(refuse)?;
        let (level, groups) = rest.split_once('/').ok_or_else(refuse)?;
        let kind = match level {
            "entries" => TileKind::Entries,
            _ => TileKind::Hashes { level: level.parse().map_err(|_| refuse())? },
        };
        let mut index = 0u64;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let number: u64 = digits.parse().map_err(|_| refuse())?;
            index = index
                .checked_mul(1000)
                .and_then(|index| index.checked_add(number))
                .ok_or_else(refuse)?;
        }
        let width = u16::try_from(width).map_err(|_| refuse())?;
        let path = TilePath { kind, index, width };
        // One place has one spelling: signs, extra zeros and misplaced `x` end here.
        let sound = level_of(kind) <= LEVEL_MAX && (1..=256).contains(&width);
        if !sound || path.to_string() != text {
            return Err(refuse());
        }
        Ok(path)
    }
}

/// A file of the log: its path below the prefix, and its bytes.
pub type TileFile = (String, Vec<u8>);

/// The hash tiles to write when a log grows from `old` to `new` entries: full ones that were not
/// full before, and the partial one on the edge of each level that changed. `hash_at` gives the
/// hash at a tile level and index ([`crate::merkle::Tree::tile_hash`]).
pub fn tiles_for_growth(
    old: u64,
    new: u64,
    hash_at: impl Fn(u8, u64) -> Option<Hash>,
) -> Result<Vec<TileFile>, Fault> {
    let mut files = Vec::new();
    // The size is below 2^63, so no level above 7 has a hash.
    for level in 0..8 {
        for path in grown(TileKind::Hashes { level }, old, new)? {
            files.push((path.to_string(), hash_tile(path, &hash_at)?));
        }
    }
    Ok(files)
}

/// The entry bundles to write when a log grows from `old` to `new` entries. `entry_at` gives the
/// entry with that index; the first bundle may need earlier entries than `old`.
pub fn bundles_for_growth<E: AsRef<[u8]>>(
    old: u64,
    new: u64,
    entry_at: impl Fn(u64) -> Option<E>,
) -> Result<Vec<TileFile>, Fault> {
    let mut files = Vec::new();
    for path in grown(TileKind::Entries, old, new)? {
        files.push((path.to_string(), entry_bundle(path, &entry_at)?));
    }
    Ok(files)
}

/// The bytes that belong into a hash tile.
pub fn hash_tile(
    path: TilePath,
    hash_at: impl Fn(u8, u64) -> Option<Hash>,
) -> Result<Vec<u8>, Fault> {
    let start = path.index * TILE_WIDTH;
    let mut bytes = Vec::with_capacity(usize::from(path.width) * HASH_BYTES);
    for index in start..start + u64::from(path.width) {
        let hash = hash_at(level_of(path.kind), index)
            .ok_or_else(|| Fault::impossible("tile", format!("`{path}` lacks hash {index}")))?;
        bytes.extend_from_slice(&hash.0);
    }
    Ok(bytes)
}

/// The bytes that belong into an entry bundle.
pub fn entry_bundle<E: AsRef<[u8]>>(
    path: TilePath,
    entry_at: impl Fn(u64) -> Option<E>,
) -> Result<Vec<u8>, Fault> {
    let refuse = |why: String| Fault::impossible("entry bundle", why);
    let start = path.index * TILE_WIDTH;
    let mut bytes = Vec::new();
    for index in start..start + u64::from(path.width) {
        let entry = entry_at(index).ok_or_else(|| refuse(format!("no entry {index}")))?;
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len())
            .map_err(|_| refuse(format!("entry {index} is over {ENTRY_BYTES_MAX} bytes")))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

fn grown(kind: TileKind, old: u64, new: u64) -> Result<Vec<TilePath>, Fault> {
    if old > new || new > TREE_SIZE_MAX {
        let why = format!("a log does not grow from {old} to {new}");
        return Err(Fault::impossible("tiles", why));
    }
    let shift = u32::from(level_of(kind)) * 8;
    let (old_count, new_count) = (old >> shift, new >> shift);
    if old_count == new_count {
        return Ok(Vec::new());
    }
    let indexes = old_count / TILE_WIDTH..new_count.div_ceil(TILE_WIDTH);
    Ok(indexes.filter_map(|index| TilePath::at(kind, index, new)).collect())
}

/// Reads the hashes of a tile, or says what is wrong with the bytes.
pub(crate) fn read_hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, String> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    if hashes.len() != usize::from(width) || !rest.is_empty() {
        return Err(format!("{} bytes long instead of {width} hashes", bytes.len()));
    }
    Ok(hashes.iter().copied().map(Hash).collect())
}

/// Reads the entries of a bundle, or says what is wrong with the bytes.
pub(crate) fn read_entries(bytes: &[u8], width: u16) -> Result<Vec<Vec<u8>>, String> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    for number in 0..width {
        let taken = rest.split_first_chunk::<2>().and_then(|(length, rest)| {
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
        });
        let Some((entry, after)) = taken else {
            return Err(format!("it ends inside entry {number} of {width}"));
        };
        entries.push(entry.to_vec());
        rest = after;
    }
    match rest.len() {
        0 => Ok(entries),
        extra => Err(format!("{extra} bytes follow its {width} entries")),
    }
}

/// Reads the bytes of a tile through `read`, or of the full tile that took its place, cut to the
/// width asked for by `parse`.
pub(crate) fn read_tile<T>(
    path: TilePath,
    read: &impl Fn(&str) -> Option<Vec<u8>>,
    parse: impl Fn(&[u8], u16) -> Result<Vec<T>, String>,
) -> Result<Vec<T>, String> {
    if let Some(bytes) = read(&path.to_string()) {
        return parse(&bytes, path.width);
    }
    if path.is_full() {
        return Err("it is missing".to_owned());
    }
    let bytes = read(&path.full().to_string()).ok_or("it is missing")?;
    let mut whole = parse(&bytes, path.full().width)?;
    whole.truncate(usize::from(path.width));
    Ok(whole)
}

/// The complete Merkle node at a level (0 is the leaves) and index of a log of this size, from
/// its tiles: what [`crate::merkle::prove_inclusion`] asks for. The tiles are taken at their
/// word; a proof made from damaged ones does not verify.
pub fn node_from_tiles(
    read: impl Fn(&str) -> Option<Vec<u8>>,
    size: u64,
    level: u32,
    index: u64,
) -> Option<Hash> {
    let (tile_level, below) = (u8::try_from(level / 8).ok()?, level % 8);
    let start = index.checked_mul(1 << below)?;
    let kind = TileKind::Hashes { level: tile_level };
    let path = TilePath::at(kind, start / TILE_WIDTH, size)?;
    let hashes = read_tile(path, &read, read_hashes).ok()?;
    let start = usize::try_from(start % TILE_WIDTH).ok()?;
    hashes.get(start..start + (1 << below)).map(perfect_root)
}

/// The root over a power of two of sibling nodes.
pub(crate) fn perfect_root(nodes: &[Hash]) -> Hash {
    let mut row = nodes.to_vec();
    while row.len() > 1 {
        row = row.chunks(2).map(fold_pair).collect();
    }
    fold_right(&row)
}

fn fold_pair(pair: &[Hash]) -> Hash {
    match pair {
        [left, right] => node_hash(left, right),
        _ => fold_right(pair),
    }
}

#[cfg(test)]
#[path = "tiles/tests.rs"]
mod tests;
