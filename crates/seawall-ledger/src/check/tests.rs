use std::collections::BTreeMap;

use super::*;
use crate::merkle::{Tree, leaf_hash};
use crate::note::{KeyKind, NoteSigner};
use crate::sign::SigningKey;
use crate::tiles::{bundles_for_growth, tiles_for_growth};
use proptest::prelude::*;

struct Log {
    files: BTreeMap<String, Vec<u8>>,
    key: VerifierKey,
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry number {index}").into_bytes()
}

fn log(size: u64) -> Log {
    let signer = NoteSigner::new("log.invalid/a".parse().unwrap(), SigningKey::from_seed([5; 32]));
    let tree: Tree = (0..size).map(|i| leaf_hash(&entry(i))).collect();
    let mut files: BTreeMap<String, Vec<u8>> =
        tiles_for_growth(0, size, |l, i| tree.tile_hash(l, i)).unwrap().into_iter().collect();
    files.extend(bundles_for_growth(0, size, |i| Some(entry(i))).unwrap());
    let checkpoint = Checkpoint::new("log.invalid/a".parse().unwrap(), size, tree.root());
    files.insert("checkpoint".into(), checkpoint.sign(&signer).unwrap().to_string().into_bytes());
    Log { files, key: signer.verifier(KeyKind::Note) }
}

fn checked(log: &Log) -> Result<Vec<Vec<u8>>, Vec<LogFault>> {
    check_log(|path| log.files.get(path).cloned(), &log.files["checkpoint"], &log.key)
}

/// Damages the log, and expects exactly these files to be named.
fn check(size: u64, damage: impl FnOnce(&mut BTreeMap<String, Vec<u8>>), expected: &[&str]) {
    let mut log = log(size);
    damage(&mut log.files);
    let mut named: Vec<String> =
        checked(&log).err().unwrap_or_default().into_iter().map(|fault| fault.path).collect();
    named.sort();
    named.dedup();
    assert_eq!(named, expected, "size {size}");
}

fn flip(files: &mut BTreeMap<String, Vec<u8>>, path: &str, at: usize) {
    files.get_mut(path).expect("the file is there")[at] ^= 0x10;
}

#[test]
fn sound_logs_give_their_entries_back() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 700] {
        let entries = checked(&log(size)).unwrap();
        assert_eq!(entries, (0..size).map(entry).collect::<Vec<_>>(), "size {size}");
    }
}

#[test]
fn damage_table() {
    check(700, |_| {}, &[]);
    check(700, |f| flip(f, "tile/0/001", 99), &["tile/0/001"]);
    check(700, |f| flip(f, "tile/0/002.p/188", 0), &["tile/0/002.p/188"]);
    check(700, |f| flip(f, "tile/1/000.p/2", 40), &["tile/1/000.p/2"]);
    check(700, |f| flip(f, "tile/entries/001", 9), &["tile/entries/001"]);
    check(700, |f| flip(f, "tile/entries/002.p/188", 9), &["tile/entries/002.p/188"]);
    check(700, |f| flip(f, "tile/entries/002.p/188", 0), &["tile/entries/002.p/188"]);
    check(700, |f| flip(f, "checkpoint", 3), &["checkpoint"]);
    check(700, |f| drop(f.remove("tile/0/001")), &["tile/0/001"]);
    check(700, |f| drop(f.remove("tile/entries/002.p/188")), &["tile/entries/002.p/188"]);
    check(700, |f| f.get_mut("tile/0/000").unwrap().truncate(100), &["tile/0/000"]);
    check(700, |f| f.get_mut("tile/entries/000").unwrap().push(0), &["tile/entries/000"]);
    check(0, |f| flip(f, "checkpoint", 20), &["checkpoint"]);
}

#[test]
fn damage_in_several_places_is_named_in_each() {
    check(
        700,
        |files| {
            flip(files, "tile/0/001", 99);
            flip(files, "tile/entries/001", 9);
            flip(files, "tile/entries/000", 9);
        },
        &["tile/0/001", "tile/entries/000", "tile/entries/001"],
    );
    check(
        5,
        |files| {
            flip(files, "tile/0/000.p/5", 3);
            flip(files, "tile/entries/000.p/5", 30);
        },
        &["tile/0/000.p/5", "tile/entries/000.p/5"],
    );
    check(
        700,
        |files| {
            drop(files.remove("tile/0/002.p/188"));
            drop(files.remove("tile/entries/002.p/188"));
        },
        &["tile/0/002.p/188", "tile/entries/002.p/188"],
    );
}

#[test]
fn the_entry_is_named() {
    let mut log = log(300);
    let bytes = log.files.get_mut("tile/entries/001.p/44").unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let faults = checked(&log).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].what, "entry 299 is not the one that was logged");
}

#[test]
fn a_full_tile_stands_in_for_a_partial_one() {
    let (mut old, new) = (log(300), log(512));
    for folder in ["0", "entries"] {
        old.files.remove(&format!("tile/{folder}/001.p/44")).unwrap();
        let full = format!("tile/{folder}/001");
        old.files.insert(full.clone(), new.files[&full].clone());
    }
    assert_eq!(checked(&old).unwrap().len(), 300);
}

#[test]
fn another_log_under_the_same_checkpoint_is_found() {
    let (mut forged, sound) = (log(300), log(299));
    forged.files.insert("checkpoint".into(), sound.files["checkpoint"].clone());
    assert!(checked(&forged).is_err());
    // The log claims more than its files hold: everything missing is named, up to the bound.
    let mut empty = log(600_000);
    empty.files.retain(|path, _| path == "checkpoint");
    assert_eq!(checked(&empty).unwrap_err().len(), FAULTS_MAX);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_flipped_bit_is_found_and_its_file_named(
        size in 1u64..600, which: prop::sample::Index, at: prop::sample::Index, bit in 0u8..8,
    ) {
        let mut log = log(size);
        let path = which.get(&log.files.keys().cloned().collect::<Vec<_>>()).clone();
        let bytes = log.files.get_mut(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let faults = checked(&log).unwrap_err();
        prop_assert!(!faults.is_empty());
        prop_assert!(faults.iter().all(|fault| fault.path == path), "{}: {:?}", path, faults);
    }
}
