//! Damage to snapshots and journals: found, or harmless; never a panic.

use super::super::checksum::crc32c;
use super::*;
use proptest::prelude::*;

/// A journal over [`small`], and how long it is after each inventory.
fn journalled() -> (Vec<u8>, Vec<usize>) {
    let mut postings = small();
    let mut journal = Journal::new(&postings);
    let mut bytes = journal.take();
    let mut ends = Vec::new();
    let deliveries: [(u32, &[&str]); 4] = [
        (0, &["npm ini 1.3.5", "npm ini 1.3.6"]),
        (7, &["npm ini 1.3.6", "PyPI jinja2 3.1.3"]),
        (1, &[]),
        (0, &["npm ini 1.3.10"]),
    ];
    for (asset, texts) in deliveries {
        postings.replace(asset, &components(texts), &mut journal).unwrap();
        bytes.extend(journal.take());
        ends.push(bytes.len());
    }
    (bytes, ends)
}

fn state(postings: &Postings<'_>) -> Vec<Vec<(Package, Version)>> {
    let named = |id: &VersionId| postings.named(*id).unwrap();
    let inventory = |asset| {
        let mut named: Vec<_> = postings.components(asset).unwrap().iter().map(named).collect();
        named.sort();
        named
    };
    (0..8).map(inventory).collect()
}

#[test]
fn every_flipped_or_missing_byte_of_a_snapshot_is_found() {
    let bytes = small().to_bytes();
    assert_eq!(state(&Postings::from_bytes(&bytes).unwrap()), state(&small()));
    for at in 0..bytes.len() {
        for bit in [0, 7] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            assert!(Postings::from_bytes(&damaged).is_err(), "byte {at}");
        }
        assert!(Postings::from_bytes(&bytes[..at]).is_err(), "{at} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(Postings::from_bytes(&longer).is_err());
}

#[test]
fn a_damaged_block_is_named() {
    let bytes = small().to_bytes();
    let check = |at: usize, expected: &str| {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let fault = Postings::from_bytes(&damaged).unwrap_err();
        assert_eq!(fault.to_string(), format!("cannot read {expected}"), "byte {at}");
    };
    check(0, "postings: the head is damaged: this is no snapshot of postings");
    check(8, "the snapshot: it is in format 17, known is 1");
    check(20, "postings: the head is damaged: its checksum is another");
    let head = "the checksum of its head is another";
    check(37, &format!("postings: dictionary block 0 is damaged: {head}"));
    check(70, "postings: dictionary block 0 is damaged: its checksum is another");
    check(bytes.len() - 1, "postings: components block 0 is damaged: its checksum is another");
}

#[test]
fn a_torn_journal_is_cut_at_the_last_whole_record() {
    let (bytes, ends) = journalled();
    let whole = small().replay(&bytes).unwrap();
    assert_eq!((whole.1.records, whole.1.torn_bytes), (6, 0));
    for len in 0..bytes.len() {
        for end in [&[][..], &[0; 5], &[0; 40]] {
            let torn = [&bytes[..len], end].concat();
            let (postings, replayed) = small().replay(&torn).unwrap();
            // Zeros behind the cut may be what was to be written there.
            let same = torn.iter().zip(&bytes).take_while(|(torn, byte)| torn == byte).count();
            assert!(replayed.whole_bytes <= same, "{len}");
            assert_eq!(replayed.whole_bytes + replayed.torn_bytes, torn.len(), "{len}");
            let expected = ends.iter().filter(|end| **end <= same).count();
            assert!(replayed.records >= expected as u64, "{len}");
            // What is stored is cut and continued, and then it is whole.
            let (mut postings, mut journal) = (postings, replayed.journal);
            let mut stored = torn[..replayed.whole_bytes].to_vec();
            postings.replace(5, &components(&["npm ini 9"]), &mut journal).unwrap();
            stored.extend(journal.take());
            let (again, replayed) = small().replay(&stored).unwrap();
            assert_eq!((state(&again), replayed.torn_bytes), (state(&postings), 0), "{len}");
        }
    }
}

#[test]
fn every_flipped_byte_of_a_journal_is_found() {
    let (bytes, ends) = journalled();
    let last = ends[ends.len() - 2];
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x04;
        match small().replay(&damaged) {
            Err(Fault::Journal { offset, .. }) => assert!(offset <= at),
            Err(other) => panic!("byte {at}: {other}"),
            Ok((_, replayed)) => {
                assert!(at >= last && replayed.torn_bytes > 0, "byte {at}");
                assert_eq!(replayed.records, 5);
            }
        }
    }
}

#[test]
fn a_journal_continues_its_own_snapshot_only() {
    let (bytes, _) = journalled();
    let (changed, _) = small().replay(&bytes).unwrap();
    assert_eq!(changed.clone().replay(&bytes).unwrap_err(), Fault::OtherSnapshot);
    let compacted = changed.compact().unwrap();
    assert_eq!(compacted.replay(&bytes).unwrap_err(), Fault::OtherSnapshot);
    // Records in another order do not fit.
    let head = &bytes[..24];
    let swapped = [head, &bytes[36..]].concat();
    assert!(matches!(small().replay(&swapped), Err(Fault::Journal { record: 0, .. })));
}

/// Makes all checksums of a snapshot right again, as somebody would who wants to do harm.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let word = |bytes: &mut Vec<u8>, at: usize, value: u32| {
        if let Some(place) = bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&value.to_le_bytes());
        }
    };
    let sum = crc32c(&bytes[..32]);
    word(&mut bytes, 32, sum);
    let mut at = 36;
    while let Some(head) = bytes.get(at..at + 16) {
        let (len, sum) = (u64::from_le_bytes(head[8..].try_into().unwrap()), crc32c(head));
        word(&mut bytes, at + 16, sum);
        let end = (at + 24).saturating_add(usize::try_from(len).unwrap());
        if let Some(sum) = bytes.get(at + 24..end).map(crc32c) {
            word(&mut bytes, at + 20, sum);
        }
        at = end;
    }
    bytes
}

fn asked(postings: &Postings<'_>) {
    let every: Vec<VersionId> = (0..postings.versions_len().min(100)).map(VersionId).collect();
    let _ = postings.holders(&every).map(|assets| assets.to_vec());
    for id in &every {
        let _ = postings.count(&[*id]);
        let _ = postings.named(*id);
    }
    for asset in 0..8 {
        let _ = postings.components(asset);
    }
    for text in ["npm ini ..1.3.6", "Debian zlib ..9"] {
        let _ = postings.affected(&advisory(text)).map(|assets| assets.len());
    }
    let mut changed = postings.clone();
    let mut journal = Journal::new(&changed);
    let _ = changed.replace(1, &components(&["npm ini 1.3.6"]), &mut journal);
    let _ = changed.compact();
}

proptest! {
    #[test]
    fn no_forged_snapshot_makes_answers_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = small().to_bytes();
        for (at, byte) in damage {
            let len = bytes.len();
            bytes[at.index(len)] = byte;
        }
        if let Ok(postings) = Postings::from_bytes(&resealed(bytes)) {
            asked(&postings);
        }
    }

    #[test]
    fn no_forged_journal_makes_replaying_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..3),
    ) {
        let (mut bytes, _) = journalled();
        for (at, byte) in damage {
            let len = bytes.len() - 24;
            bytes[24 + at.index(len)] = byte;
        }
        let mut at = 24;
        let mut record = 0u64;
        while let Some(len) = bytes.get(at..at + 4).map(|len| <[u8; 4]>::try_from(len).unwrap()) {
            let sum = crc32c(&[&len[..], &record.to_le_bytes()].concat());
            let end = at + 12 + u32::from_le_bytes(len) as usize;
            let Some(payload) = bytes.get(at + 12..end) else { break };
            let sums = [sum.to_le_bytes(), crc32c(payload).to_le_bytes()].concat();
            bytes[at + 4..at + 12].copy_from_slice(&sums);
            (at, record) = (end, record + 1);
        }
        if let Ok((postings, _)) = small().replay(&bytes) {
            asked(&postings);
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let snapshot = [b"SWPOSTNG\x01\0\0\0", &bytes[..]].concat();
        for bytes in [&bytes, &snapshot] {
            prop_assert!(Postings::from_bytes(bytes).is_err());
        }
        let (journal, _) = journalled();
        for bytes in [bytes.clone(), [&journal[..24], &bytes].concat()] {
            let _ = small().replay(&bytes);
        }
    }
}
