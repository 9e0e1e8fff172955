//! Inclusion and consistency proofs, made (RFC 6962 section 2.1) and verified (RFC 9162 section
//! 2.1).

use super::{Hash, TREE_SIZE_MAX, fold_right, node_hash};
use crate::fault::Fault;

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
        return Err(Fault::unproven(WHAT, format!("entry {index} lies beyond size {size}")));
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
        let known = if old == new { new_root } else { Hash::EMPTY_TREE };
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
pub(super) fn subtree_root(
    start: u64,
    end: u64,
    node: &impl Fn(u32, u64) -> Option<Hash>,
) -> Option<Hash> {
    let mut start = start;
    let mut peaks = Vec::new();
    while start < end {
        let level = (end - start).ilog2();
        peaks.push(node(level, start >> level)?);
        start += 1 << level;
    }
    Some(fold_right(&peaks))
}
