//! The Merkle tree of RFC 6962 section 2: hashes, the growing tree, and proofs made and verified.
//!
//! A proof is made from stored node hashes only ([`prove_inclusion`], [`prove_consistency`]), so
//! it does not matter whether they come from memory ([`Tree`]) or from tiles on a disk
//! ([`crate::tiles::node_from_tiles`]).

mod proofs;

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::encoding::{base64, from_base64};
use crate::fault::{Fault, excerpt};

use self::proofs::subtree_root;
pub use self::proofs::{prove_consistency, prove_inclusion, verify_consistency, verify_inclusion};

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
        from_base64(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Hash).ok_or_else(
            || {
                let why = format!("`{}` is not 32 bytes of base64", excerpt(text));
                Fault::unreadable("hash", why)
            },
        )
    }
}

/// SHA-256 of bytes as they stand, by which files are named; no leaf and no node.
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// The hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
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

#[cfg(test)]
#[path = "merkle/tests.rs"]
mod tests;
