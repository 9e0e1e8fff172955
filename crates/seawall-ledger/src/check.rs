//! Reading a whole log back and naming whatever is damaged in it.
//!
//! A log says everything twice: the entries imply the hashes, and the tiles hold them. The
//! checkpoint's signed root decides which of the two is right, from the top down, so that a
//! damaged tile is not blamed on its entries nor the reverse.

use std::fmt;

use crate::checkpoint::Checkpoint;
use crate::merkle::{Hash, fold_right, leaf_hash};
use crate::note::VerifierKey;
use crate::tiles::{
    TILE_WIDTH, TileKind, TilePath, perfect_root, read_entries, read_hashes, read_tile,
};

/// After this many faults the check stops: the log is lost, and the list must stay readable.
pub const FAULTS_MAX: usize = 1000;

/// One damaged or missing piece of a log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogFault {
    /// The file, below the log's prefix.
    pub path: String,
    /// What is wrong with it, naming the entry where it is one.
    pub what: String,
}

impl fmt::Display for LogFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.what)
    }
}

/// Reads every tile and entry that a checkpoint covers, through a function that gives the bytes
/// at a path, and gives back the entries, or every fault that was found.
pub fn check_log(
    read: impl Fn(&str) -> Option<Vec<u8>>,
    checkpoint_note: &[u8],
    verifier: &VerifierKey,
) -> Result<Vec<Vec<u8>>, Vec<LogFault>> {
    let checkpoint = Checkpoint::open(checkpoint_note, verifier).map_err(|fault| {
        vec![LogFault { path: "checkpoint".to_owned(), what: fault.to_string() }]
    })?;
    let mut faults = Faults::default();
    let entries = read_all_entries(&read, checkpoint.size, &mut faults);
    let levels = read_levels(&read, checkpoint.size, &entries, &mut faults);
    compare(&checkpoint, &levels, &mut faults);
    if faults.0.is_empty() {
        return Ok(entries.into_iter().flatten().flatten().collect());
    }
    faults.0.truncate(FAULTS_MAX);
    Err(faults.0)
}

#[derive(Default)]
struct Faults(Vec<LogFault>);

impl Faults {
    fn push(&mut self, path: impl fmt::Display, what: impl Into<String>) {
        if !self.is_full() {
            self.0.push(LogFault { path: path.to_string(), what: what.into() });
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() >= FAULTS_MAX
    }
}

/// One tile as the files have it, and hash by hash as the entries imply it; `None` where the
/// bytes could not be read.
struct Tile {
    path: TilePath,
    stored: Option<Vec<Hash>>,
    implied: Vec<Option<Hash>>,
}

impl Tile {
    /// What the tile may truly hold: the files' word, the entries' word, and where they differ in
    /// a few places, each mixture of the two.
    fn candidates(&self) -> Vec<Vec<Hash>> {
        const MIXED_PLACES_MAX: usize = 8;
        let Some(stored) = &self.stored else {
            return self.implied.iter().copied().collect::<Option<_>>().into_iter().collect();
        };
        let differing: Vec<(usize, Hash)> = (self.implied.iter().zip(stored).enumerate())
            .filter_map(|(place, (implied, stored))| Some((place, (*implied)?, *stored)))
            .filter(|(_, implied, stored)| implied != stored)
            .map(|(place, implied, _)| (place, implied))
            .collect();
        let mix = |taken: &dyn Fn(usize) -> bool| {
            let mut hashes = stored.clone();
            for (number, (place, implied)) in differing.iter().enumerate() {
                if taken(number) {
                    hashes[*place] = *implied;
                }
            }
            hashes
        };
        if differing.is_empty() {
            vec![stored.clone()]
        } else if differing.len() > MIXED_PLACES_MAX {
            vec![stored.clone(), mix(&|_| true)]
        } else {
            let ways = 0u32..1 << differing.len();
            ways.map(|way| mix(&|number| way >> number & 1 == 1)).collect()
        }
    }
}

fn read_all_entries(
    read: &impl Fn(&str) -> Option<Vec<u8>>,
    size: u64,
    faults: &mut Faults,
) -> Vec<Option<Vec<Vec<u8>>>> {
    let mut bundles = Vec::new();
    for path in (0..).map_while(|index| TilePath::at(TileKind::Entries, index, size)) {
        if faults.is_full() {
            break;
        }
        match read_tile(path, read, read_entries) {
            Ok(entries) => bundles.push(Some(entries)),
            Err(what) => {
                faults.push(path, what);
                bundles.push(None);
            }
        }
    }
    bundles
}

fn read_levels(
    read: &impl Fn(&str) -> Option<Vec<u8>>,
    size: u64,
    bundles: &[Option<Vec<Vec<u8>>>],
    faults: &mut Faults,
) -> Vec<Vec<Tile>> {
    let mut levels: Vec<Vec<Tile>> = Vec::new();
    for level in (0..8).take_while(|level| size >> (8 * level) > 0) {
        let below = levels.last();
        let mut tiles = Vec::new();
        let kind = TileKind::Hashes { level };
        for path in (0..).map_while(|index| TilePath::at(kind, index, size)) {
            if faults.is_full() {
                break;
            }
            let stored =
                read_tile(path, read, read_hashes).map_err(|what| faults.push(path, what)).ok();
            let implied = match below {
                None => leaf_hashes(path, bundles),
                Some(below) => parent_hashes(path, below),
            };
            tiles.push(Tile { path, stored, implied });
        }
        levels.push(tiles);
    }
    levels
}

fn leaf_hashes(path: TilePath, bundles: &[Option<Vec<Vec<u8>>>]) -> Vec<Option<Hash>> {
    let bundle = usize::try_from(path.index()).ok().and_then(|index| bundles.get(index));
    match bundle {
        Some(Some(entries)) => entries.iter().map(|entry| Some(leaf_hash(entry))).collect(),
        Some(None) | None => vec![None; usize::from(path.width())],
    }
}

fn parent_hashes(path: TilePath, below: &[Tile]) -> Vec<Option<Hash>> {
    let start = path.index() * TILE_WIDTH;
    (start..start + u64::from(path.width()))
        .map(|index| {
            let child = below.get(usize::try_from(index).ok()?)?;
            let hashes: Option<Vec<Hash>> = child.implied.iter().copied().collect();
            hashes.as_deref().map(perfect_root)
        })
        .collect()
}

/// Settles every tile from the checkpoint's root down, and then the entries by the leaf hashes.
fn compare(checkpoint: &Checkpoint, levels: &[Vec<Tile>], faults: &mut Faults) {
    let edges = settle_edges(checkpoint, levels, faults);
    // The settled tiles of the level above, which say what each full tile must hash to.
    let mut above: Vec<Option<Vec<Hash>>> = Vec::new();
    for (level, tiles) in levels.iter().enumerate().rev() {
        let mut settled = Vec::with_capacity(tiles.len());
        for tile in tiles {
            let truth = if tile.path.is_full() {
                settle_full(tile, expected(&above, tile.path.index()), faults)
            } else {
                edges.get(level).cloned().flatten()
            };
            judge(tile, truth.as_deref(), faults);
            if level == 0 {
                judge_entries(tile, truth.as_deref().or(tile.stored.as_deref()), faults);
            }
            settled.push(truth);
        }
        above = settled;
    }
}

fn expected(above: &[Option<Vec<Hash>>], index: u64) -> Option<Hash> {
    let parent = above.get(usize::try_from(index / TILE_WIDTH).ok()?)?.as_ref()?;
    parent.get(usize::try_from(index % TILE_WIDTH).ok()?).copied()
}

fn settle_full(tile: &Tile, expected: Option<Hash>, faults: &mut Faults) -> Option<Vec<Hash>> {
    let expected = expected?;
    let truth = tile.candidates().into_iter().find(|hashes| perfect_root(hashes) == expected);
    if truth.is_none() && tile.stored.is_some() {
        faults.push(tile.path, "it does not hash to what the tile above it holds");
    }
    truth
}

/// The partial tiles, which have no parent: of all ways to take each from the files or from the
/// entries, the one that gives the checkpoint's root. Nothing for any when there is no such way.
fn settle_edges(
    checkpoint: &Checkpoint,
    levels: &[Vec<Tile>],
    faults: &mut Faults,
) -> Vec<Option<Vec<Hash>>> {
    const WAYS_MAX: usize = 4096;
    let edges: Vec<Vec<Option<Vec<Hash>>>> = levels
        .iter()
        .map(|tiles| match tiles.last().filter(|tile| !tile.path.is_full()) {
            Some(edge) => edge.candidates().into_iter().map(Some).collect(),
            None => vec![None],
        })
        .collect();
    let ways = edges.iter().fold(1usize, |ways, choices| ways.saturating_mul(choices.len()));
    for way in 0..ways.min(WAYS_MAX) {
        let mut rest = way;
        let mut taken = Vec::with_capacity(edges.len());
        for choices in &edges {
            taken.push(choices[rest % choices.len()].as_deref());
            rest /= choices.len();
        }
        if root_of_edges(&taken) == checkpoint.root {
            return taken.into_iter().map(|edge| edge.map(<[Hash]>::to_vec)).collect();
        }
    }
    // When a tile is missing and its entries too, that was named already.
    if ways > 0 {
        faults.push("checkpoint", "its root follows neither from the tiles nor the entries");
    }
    Vec::new()
}

/// The root over the partial tiles of all levels, the highest leftmost.
fn root_of_edges(edges: &[Option<&[Hash]>]) -> Hash {
    let mut peaks = Vec::new();
    for edge in edges.iter().rev().flatten() {
        let mut rest = *edge;
        while !rest.is_empty() {
            let (perfect, after) = rest.split_at(1 << rest.len().ilog2());
            peaks.push(perfect_root(perfect));
            rest = after;
        }
    }
    fold_right(&peaks)
}

fn judge(tile: &Tile, truth: Option<&[Hash]>, faults: &mut Faults) {
    let (Some(truth), Some(stored)) = (truth, tile.stored.as_deref()) else {
        return;
    };
    let wrong = truth.iter().zip(stored).position(|(right, stored)| right != stored);
    if let Some(place) = wrong {
        faults.push(tile.path, format!("hash {place} is not the one that the root demands"));
    }
}

fn judge_entries(tile: &Tile, hashes: Option<&[Hash]>, faults: &mut Faults) {
    let Some(hashes) = hashes else {
        return;
    };
    let start = tile.path.index() * TILE_WIDTH;
    // Path and tile differ in nothing but the folder.
    let bundle = tile.path.to_string().replacen("tile/0/", "tile/entries/", 1);
    for ((index, hash), implied) in (start..).zip(hashes).zip(&tile.implied) {
        if implied.is_some_and(|implied| implied != *hash) {
            faults.push(&bundle, format!("entry {index} is not the one that was logged"));
        }
    }
}

#[cfg(test)]
#[path = "check/tests.rs"]
mod tests;
