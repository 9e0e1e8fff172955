//! Measures the Merkle tree over a million leaves against a bare loop of the same hashing.

use std::hint::black_box;
use std::time::Instant;

use seawall_ledger::merkle::{Hash, Tree, leaf_hash, root};
use sha2::{Digest as _, Sha256};

const LEAVES: u64 = 1_000_000;

fn main() {
    let entries: Vec<[u8; 32]> =
        (0..LEAVES).map(|i| Sha256::digest(i.to_be_bytes()).into()).collect();
    let leaves: Vec<Hash> = measured("leaf hashes, 32-byte entries", || {
        entries.iter().map(|entry| leaf_hash(entry)).collect()
    });
    // One node a leaf, each over 65 bytes: what any tree must at least do.
    measured("bare sha256 over 65 bytes", || {
        let mut block = [1u8; 65];
        for _ in 0..LEAVES {
            let digest = Sha256::digest(block);
            block[..32].copy_from_slice(&digest);
        }
        black_box(block)
    });
    let whole = measured("root of all leaves", || root(&leaves));
    let tree = measured("append, every node kept", || {
        let mut tree = Tree::new();
        for leaf in &leaves {
            tree.append(*leaf);
        }
        tree
    });
    assert_eq!(tree.root(), whole);
    measured("10,000 inclusion proofs", || {
        for index in 0..10_000 {
            black_box(tree.inclusion(index * 99, LEAVES)).ok();
        }
    });
}

fn measured<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what:32} {:>9.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    result
}
