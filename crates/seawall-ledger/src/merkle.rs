//! The Merkle tree of RFC 6962 section 2: hashes, the growing tree, and proofs made and verified.
//!
//! A proof is made from stored node hashes only ([`prove_inclusion`], [`prove_consistency`]), so
//! it does not matter whether they come from memory ([`Tree`]) or from tiles on a disk
//! ([`crate::tiles::node_from_tiles`]).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::encoding::{base64, from_base64};
use crate::fault::{Fault, excerpt};

/// The largest tree that the field's implementations (signed 64-bit sizes) can count.
pub const TREE_SIZE_MAX: u64 = i64::MAX as u64;

/// A SHA-256 digest of a leaf, a node or a whole tree; as text, base64.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The root of the tree without entries.
    pub const EMPTY_TREE: Hash = Hash([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Hash, Fault> {
        from_base64(text)
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .map(Hash)
            .ok_or_else(|| {
                let why = format!("`{}` is not 32 bytes of base64", excerpt(text));
                Fault::unreadable("hash", why)
            })
    }
}

/// The hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([0])
            .chain_update(entry)
            .finalize()
            .into(),
    )
}

/// The hash of an inner node over its two children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0; 65];
    bytes[0] = 1;
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Hash(Sha256::digest(bytes).into())
}

/// The root of the tree over these leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier.root()
}

/// The right edge of a tree: enough to append and to know the root, in 2 KiB at most.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Frontier {
    size: u64,
    // INVARIANT: one root per set bit of `size`, of perfect subtrees, the largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// How many leaves were appended.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Hash {
        fold_right(&self.peaks)
    }
}

/// Joins the roots of adjacent subtrees, the largest first, into the root over all of them.
pub(crate) fn fold_right(peaks: &[Hash]) -> Hash {
    peaks
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or(Hash::EMPTY_TREE)
}

/// An append-only tree that keeps every complete node, so that roots and proofs for any earlier
/// size cost a logarithm; 64 bytes a leaf.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    // INVARIANT: `levels[k][i]` is the root over leaves [i·2^k, (i+1)·2^k), all complete.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// An empty tree.
    pub fn new() -> Tree {
        Tree::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends a leaf and gives back its index.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.size();
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let nodes = &mut self.levels[level];
            nodes.push(hash);
            if nodes.len() % 2 == 1 {
                break;
            }
            hash = node_hash(&nodes[nodes.len() - 2], &hash);
        }
        index
    }

    /// The complete node at this level (0 is the leaves) and index, if the tree has grown to it.
    pub fn node(&self, level: u32, index: u64) -> Option<Hash> {
        let nodes = self.levels.get(usize::try_from(level).ok()?)?;
        nodes.get(usize::try_from(index).ok()?).copied()
    }

    /// The hash at this place of the C2SP tiles, whose levels are eight of ours apart.
    pub fn tile_hash(&self, level: u8, index: u64) -> Option<Hash> {
        self.node(u32::from(level) * 8, index)
    }

    /// The root over all leaves.
    pub fn root(&self) -> Hash {
        // The tree holds every node below its own size, so the answer is always there.
        self.root_at(self.size()).unwrap_or(Hash::EMPTY_TREE)
    }

    /// The root that the tree had at this size, if it has grown to it.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        subtree_root(0, size, &|level, index| self.node(level, index))
    }

    /// Proves that the leaf at `index` is in the tree of this size.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, Fault> {
        prove_inclusion(index, size, |level, index| self.node(level, index))
    }

    /// Proves that the tree of size `old` is a prefix of the tree of size `new`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, Fault> {
        prove_consistency(old, new, |level, index| self.node(level, index))
    }
}

impl Extend<Hash> for Tree {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        for leaf in leaves {
            self.append(leaf);
        }
    }
}

impl FromIterator<Hash> for Tree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Tree {
        let mut tree = Tree::new();
        tree.extend(leaves);
        tree
    }
}

/// Proves that the leaf at `index` is in the tree of this size (RFC 6962 section 2.1.1): the
/// siblings on the way up, the leaf's own first. `node` gives the complete node at a level (0 is
/// the leaves) and index.
pub fn prove_inclusion(
    index: u64,
    size: u64,
    node: impl Fn(u32, u64) -> Option<Hash>,
) -> Result<Vec<Hash>, Fault> {
    const WHAT: &str = "inclusion proof";
    if index >= size || size > TREE_SIZE_MAX {
        let why = format!("there is no entry {index} in a tree of {size}");
        return Err(Fault::impossible(WHAT, why));
    }
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((start, middle));
            start = middle;
        }
    }
    roots(WHAT, siblings, &node)
}

/// Proves that the tree of size `old` is a prefix of the tree of size `new` (RFC 6962 section
/// 2.1.2); empty when either is trivial. `node` is as for [`prove_inclusion`].
pub fn prove_consistency(
    old: u64,
    new: u64,
    node: impl Fn(u32, u64) -> Option<Hash>,
) -> Result<Vec<Hash>, Fault> {
    const WHAT: &str = "consistency proof";
    if old > new || new > TREE_SIZE_MAX {
        let why = format!("a tree of {old} is no prefix of a tree of {new}");
        return Err(Fault::impossible(WHAT, why));
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut ranges = Vec::new();
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    // A verifier who knows the old root needs the last piece only if it is not that root itself.
    if start > 0 {
        ranges.push((start, end));
    }
    roots(WHAT, ranges, &node)
}

/// Verifies that `leaf` is entry `index` of the tree with this size and root (RFC 9162 section
/// 2.1.3.2).
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), Fault> {
    const WHAT: &str = "inclusion proof";
    if index >= size {
        return Err(Fault::unproven(
            WHAT,
            format!("entry {index} lies beyond size {size}"),
        ));
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in proof {
        if last == 0 {
            return Err(Fault::unproven(WHAT, "it is too long"));
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            climb(&mut place, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(Fault::unproven(WHAT, "it is too short"));
    }
    if hash != root {
        return Err(Fault::unproven(WHAT, "it leads to another root"));
    }
    Ok(())
}

/// Verifies that the tree (`old`, `old_root`) is a prefix of the tree (`new`, `new_root`) (RFC
/// 9162 section 2.1.4.2; the empty tree is a prefix of every tree).
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: Hash,
    new_root: Hash,
) -> Result<(), Fault> {
    const WHAT: &str = "consistency proof";
    let refuse = |why: &str| Err(Fault::unproven(WHAT, why));
    if old > new {
        return refuse("the older tree is the larger one");
    }
    if old == 0 || old == new {
        let known = if old == new {
            new_root
        } else {
            Hash::EMPTY_TREE
        };
        let sound = old_root == known && (new > 0 || new_root == Hash::EMPTY_TREE);
        return match (proof.is_empty(), sound) {
            (true, true) => Ok(()),
            (false, _) => refuse("it must be empty between these sizes"),
            (_, false) => refuse("the roots differ"),
        };
    }
    let (mut place, mut last) = (old - 1, new - 1);
    let down = place.trailing_ones();
    place >>= down;
    last >>= down;
    // The old tree is one perfect subtree: its root is the start, and the proof leaves it out.
    let (start, rest) = match proof.split_first() {
        _ if old.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (*first, rest),
        None => return refuse("it is too short"),
    };
    let (mut old_hash, mut new_hash) = (start, start);
    for hash in rest {
        if last == 0 {
            return refuse("it is too long");
        }
        if place & 1 == 1 || place == last {
            old_hash = node_hash(hash, &old_hash);
            new_hash = node_hash(hash, &new_hash);
            climb(&mut place, &mut last);
        } else {
            new_hash = node_hash(&new_hash, hash);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return refuse("it is too short");
    }
    if old_hash != old_root || new_hash != new_root {
        return refuse("it leads to other roots");
    }
    Ok(())
}

/// Skips the levels on which the node is the last one and has no sibling.
fn climb(place: &mut u64, last: &mut u64) {
    if *place > 0 {
        let up = place.trailing_zeros();
        *place >>= up;
        *last >>= up;
    }
}

/// The largest power of two below `width`, which is at least 2.
fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

fn roots(
    what: &'static str,
    ranges: Vec<(u64, u64)>,
    node: &impl Fn(u32, u64) -> Option<Hash>,
) -> Result<Vec<Hash>, Fault> {
    let root = |(start, end)| {
        subtree_root(start, end, node).ok_or_else(|| {
            let why = format!("the nodes over entries {start} to {end} are not there");
            Fault::impossible(what, why)
        })
    };
    ranges.into_iter().rev().map(root).collect()
}

/// The root over leaves [start, end), where `start` is a multiple of the largest power of two
/// that fits; `None` when a node is missing.
fn subtree_root(start: u64, end: u64, node: &impl Fn(u32, u64) -> Option<Hash>) -> Option<Hash> {
    let mut start = start;
    let mut peaks = Vec::new();
    while start < end {
        let level = (end - start).ilog2();
        peaks.push(node(level, start >> level)?);
        start += 1 << level;
    }
    Some(fold_right(&peaks))
}

#[cfg(test)]
#[path = "merkle/tests.rs"]
mod tests;
