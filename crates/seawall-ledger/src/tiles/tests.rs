use std::collections::BTreeMap;

use super::*;
use crate::merkle::{Tree, leaf_hash, prove_consistency, prove_inclusion};
use proptest::prelude::*;

fn tree(size: u64) -> Tree {
    (0..size).map(|i| leaf_hash(i.to_string().as_bytes())).collect()
}

fn check(input: &str, expected: bool) {
    let read = input.parse::<TilePath>();
    assert_eq!(read.is_ok(), expected, "{input}");
    if let Ok(path) = read {
        assert_eq!(path.to_string(), input);
    }
}

#[test]
fn paths_have_one_spelling() {
    check("tile/0/005", true);
    check("tile/0/x001/x234/067", true);
    check("tile/0/x001/x234/067.p/5", true);
    check("tile/63/000.p/255", true);
    check("tile/entries/x001/000", true);
    check("tile/entries/000.p/1", true);
    check("tile/64/000", false);
    check("tile/00/000", false);
    check("tile/+1/000", false);
    check("tile/0/5", false);
    check("tile/0/x000/005", false);
    check("tile/0/x001", false);
    check("tile/0/001/234", false);
    check("tile/0/+05", false);
    check("tile/0/005.p/0", false);
    check("tile/0/005.p/256", false);
    check("tile/0/005.p/05", false);
    check("tile/0/005.p/65537", false);
    check("tile/0/", false);
    check("tile/0/x999/x999/x999/x999/x999/x999/x999/999", false);
    check("/tile/0/000", false);
    check("tile/entries/../000", false);
    check("checkpoint", false);
    check("", false);
}

#[test]
fn growth_table() {
    fn check(old: u64, new: u64, expected: &[&str]) {
        let tree = tree(new);
        let files = tiles_for_growth(old, new, |l, i| tree.tile_hash(l, i)).unwrap();
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, expected, "{old} to {new}");
    }
    check(0, 0, &[]);
    check(7, 7, &[]);
    check(0, 1, &["tile/0/000.p/1"]);
    check(1, 255, &["tile/0/000.p/255"]);
    check(255, 256, &["tile/0/000", "tile/1/000.p/1"]);
    check(256, 257, &["tile/0/001.p/1"]);
    check(0, 257, &["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
    check(511, 513, &["tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2"]);
    check(65_535, 65_536, &["tile/0/255", "tile/1/000", "tile/2/000.p/1"]);
}

#[test]
fn a_level_above_holds_the_roots_of_the_tiles_below() {
    let tree = tree(600);
    let files = tiles_for_growth(0, 600, |l, i| tree.tile_hash(l, i)).unwrap();
    let files: BTreeMap<String, Vec<u8>> = files.into_iter().collect();
    let above = read_hashes(&files["tile/1/000.p/2"], 2).unwrap();
    for (number, hash) in above.iter().enumerate() {
        let below = read_hashes(&files[&format!("tile/0/00{number}")], 256).unwrap();
        assert_eq!(perfect_root(&below), *hash);
        assert_eq!(crate::merkle::root(&below), *hash);
    }
}

#[test]
fn what_cannot_be_laid_out_is_refused() {
    let tree = tree(3);
    assert!(tiles_for_growth(0, 4, |l, i| tree.tile_hash(l, i)).is_err());
    assert!(tiles_for_growth(4, 3, |l, i| tree.tile_hash(l, i)).is_err());
    assert!(tiles_for_growth(0, u64::MAX, |l, i| tree.tile_hash(l, i)).is_err());
    let long = vec![0; ENTRY_BYTES_MAX + 1];
    assert!(bundles_for_growth(0, 1, |_| Some(&long)).is_err());
    assert!(bundles_for_growth(0, 1, |_| Some(&long[1..])).is_ok());
    assert!(bundles_for_growth(0, 1, |_| None::<Vec<u8>>).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However a log grew, what lies there in the end is the same.
    #[test]
    fn growth_in_steps_equals_growth_at_once(steps in prop::collection::vec(0u64..400, 1..6)) {
        let size = steps.iter().sum();
        let tree = tree(size);
        let entry = |index: u64| Some(index.to_string());
        let mut files = BTreeMap::new();
        let mut old = 0;
        for step in steps {
            let new = old + step;
            files.extend(tiles_for_growth(old, new, |l, i| tree.tile_hash(l, i)).unwrap());
            files.extend(bundles_for_growth(old, new, entry).unwrap());
            old = new;
        }
        let at_once = tiles_for_growth(0, size, |l, i| tree.tile_hash(l, i)).unwrap();
        let bundles = bundles_for_growth(0, size, entry).unwrap();
        for (path, bytes) in at_once.into_iter().chain(bundles) {
            prop_assert_eq!(files.get(&path), Some(&bytes), "{}", path);
        }
    }

    #[test]
    fn proofs_from_tiles_equal_proofs_from_memory(
        size in 1u64..1500, at: prop::sample::Index, old_at: prop::sample::Index,
    ) {
        let tree = tree(size);
        let files: BTreeMap<String, Vec<u8>> =
            tiles_for_growth(0, size, |l, i| tree.tile_hash(l, i)).unwrap().into_iter().collect();
        let node = |level, index| {
            node_from_tiles(|path| files.get(path).cloned(), size, level, index)
        };
        let (index, old) = (at.index(size as usize) as u64, old_at.index(size as usize) as u64);
        prop_assert_eq!(
            prove_inclusion(index, size, node).unwrap(),
            tree.inclusion(index, size).unwrap()
        );
        prop_assert_eq!(
            prove_consistency(old, size, node).unwrap(),
            tree.consistency(old, size).unwrap()
        );
    }

    #[test]
    fn bundles_read_back(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..256),
    ) {
        let size = entries.len() as u64;
        let files = bundles_for_growth(0, size, |i| entries.get(i as usize)).unwrap();
        prop_assert_eq!(files.len(), 1);
        prop_assert_eq!(read_entries(&files[0].1, size as u16).unwrap(), entries);
    }

    #[test]
    fn reading_never_panics(
        text: String, bytes: Vec<u8>, width: u16, index: u64, size: u64, level: u32,
    ) {
        let _ = text.parse::<TilePath>();
        let _ = format!("tile/{text}").parse::<TilePath>();
        let _ = read_entries(&bytes, width);
        let _ = read_hashes(&bytes, width);
        let _ = TilePath::at(TileKind::Hashes { level: level as u8 }, index, size);
        let _ = node_from_tiles(|_| Some(bytes.clone()), size, level, index);
        let _ = node_from_tiles(|_| Some(bytes.clone()), size, level % 70, index);
    }
}
