use super::*;
use proptest::prelude::*;

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|i| leaf_hash(i.to_string().as_bytes())).collect()
}

fn check(size: u64, expected: &str) {
    let leaves = leaves(size);
    let tree: Tree = leaves.iter().copied().collect();
    assert_eq!(root(&leaves).to_string(), expected, "root of {size}");
    assert_eq!(tree.root().to_string(), expected, "tree of {size}");
}

/// The roots of the published standard's vectors, over the entries `0`, `1`, ….
#[test]
fn vectors() {
    check(0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    check(1, "2zQm6HgGjSjSabbIcXIyLOU3K2V1bQeJAB00g19gHAM=");
    check(2, "ywCYnZSlacCmeK4EK2Pc1GJduWRAUX83put5duok7Us=");
    check(3, "cl1SMNto9VdHDcNfHYhlgTrNfrsHrRUndBQd7LrnEyc=");
    check(7, "o+I7Msy2v5bQktFl2KpUbgmCnejwOw6JV1gdHha5K98=");
    check(256, "goUV0DPBnYyQHzfsy4rtkZZncDSG+NL/8c9wQDIcXbE=");
    check(257, "HtoEmkNR2G92JSvX7At3Rq11t/oDFq1fVB29pFijEsQ=");
}

/// The definition of RFC 6962 section 2.1, word by word, as the oracle for the fast forms.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY_TREE,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

#[test]
fn every_size_and_every_proof_up_to_40() {
    let leaves = leaves(40);
    let tree: Tree = leaves.iter().copied().collect();
    for size in 0..=40 {
        let root = tree.root_at(size).unwrap();
        assert_eq!(root, root_by_definition(&leaves[..size as usize]), "size {size}");
        for index in 0..size {
            let proof = tree.inclusion(index, size).unwrap();
            verify_inclusion(leaves[index as usize], index, size, &proof, root).unwrap();
        }
        for old in 0..=size {
            let proof = tree.consistency(old, size).unwrap();
            verify_consistency(old, size, &proof, tree.root_at(old).unwrap(), root).unwrap();
        }
    }
}

#[test]
fn what_is_not_there_is_refused() {
    let tree: Tree = leaves(5).into_iter().collect();
    assert_eq!(tree.root_at(6), None);
    assert!(tree.inclusion(5, 5).is_err());
    assert!(tree.inclusion(0, 6).is_err());
    assert!(tree.inclusion(0, 0).is_err());
    assert!(tree.inclusion(0, u64::MAX).is_err());
    assert!(tree.consistency(3, 2).is_err());
    assert!(tree.consistency(3, 6).is_err());
    assert!(verify_inclusion(Hash::EMPTY_TREE, 0, 0, &[], Hash::EMPTY_TREE).is_err());
    let root = tree.root();
    assert!(verify_consistency(0, 5, &[], root, root).is_err());
    assert!(verify_consistency(0, 0, &[], root, root).is_err());
    assert!(verify_consistency(5, 5, &[root], root, root).is_err());
    assert!(verify_consistency(3, 5, &[], root, root).is_err());
    let long = vec![root; 80];
    assert!(verify_inclusion(root, u64::MAX - 1, u64::MAX, &long, root).is_err());
    assert!(verify_consistency(1 << 63, u64::MAX, &long, root, root).is_err());
    assert!(verify_consistency(1, u64::MAX, &long, root, root).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tree_frontier_and_definition_agree(size in 0u64..600) {
        let leaves = leaves(size);
        let tree: Tree = leaves.iter().copied().collect();
        prop_assert_eq!(tree.root(), root_by_definition(&leaves));
        prop_assert_eq!(root(&leaves), tree.root());
        prop_assert_eq!(tree.size(), size);
    }

    #[test]
    fn any_flipped_bit_of_an_inclusion_is_found(
        size in 1u64..300, at: prop::sample::Index, which: prop::sample::Index, bit in 0usize..256,
    ) {
        let leaves = leaves(size);
        let tree: Tree = leaves.iter().copied().collect();
        let index = at.index(size as usize) as u64;
        // The leaf, the hashes of the proof and the root, in one row: flip one bit of any.
        let mut row = vec![leaves[index as usize]];
        row.extend(tree.inclusion(index, size).unwrap());
        row.push(tree.root());
        let verify = |row: &[Hash], index: u64, size: u64| {
            verify_inclusion(row[0], index, size, &row[1..row.len() - 1], row[row.len() - 1])
        };
        prop_assert!(verify(&row, index, size).is_ok());
        for other in [index ^ 1, index ^ 2, 0, size - 1].into_iter().filter(|o| *o != index) {
            prop_assert!(verify(&row, other, size).is_err());
        }
        let mut longer = row.clone();
        longer.insert(1, leaves[0]);
        prop_assert!(verify(&longer, index, size).is_err());
        let victim = which.index(row.len());
        row[victim].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify(&row, index, size).is_err());
    }

    #[test]
    fn any_flipped_bit_of_a_consistency_is_found(
        new in 2u64..300, at: prop::sample::Index, which: prop::sample::Index, bit in 0usize..256,
    ) {
        let tree: Tree = leaves(new).into_iter().collect();
        let old = 1 + at.index(new as usize - 1) as u64;
        let mut row = vec![tree.root_at(old).unwrap(), tree.root()];
        row.extend(tree.consistency(old, new).unwrap());
        let verify = |row: &[Hash]| verify_consistency(old, new, &row[2..], row[0], row[1]);
        prop_assert!(verify(&row).is_ok());
        let mut shorter = row.clone();
        shorter.pop();
        prop_assert!(shorter.len() < 2 || verify(&shorter).is_err());
        let victim = which.index(row.len());
        row[victim].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify(&row).is_err());
    }

    #[test]
    fn verifying_never_panics(
        a: u64, b: u64, hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let hashes: Vec<Hash> = hashes.into_iter().map(Hash).collect();
        let _ = verify_inclusion(Hash::EMPTY_TREE, a, b, &hashes, Hash::EMPTY_TREE);
        let _ = verify_consistency(a, b, &hashes, Hash::EMPTY_TREE, Hash::EMPTY_TREE);
        let _ = prove_inclusion(a, b, |_, _| Some(Hash::EMPTY_TREE));
        let _ = prove_consistency(a, b, |_, _| Some(Hash::EMPTY_TREE));
    }
}
