use super::file::path;
use super::opening::{End, Opened, Refused, holds, open, part};
use super::*;
use proptest::prelude::*;
use seawall_formats::escrow::{PIECE_BYTES_MAX, Part};
use seawall_ledger::recipient::Keeper;
use seawall_ledger::sign::SigningKey;

fn developer() -> Keeper {
    Keeper::from_seed([1; 32]).unwrap()
}

fn partner() -> Keeper {
    Keeper::from_seed([2; 32]).unwrap()
}

fn public(keeper: &Keeper) -> Recipient {
    Recipient::new(keeper.public())
}

fn agreed() -> Agreed {
    let consent = Digest::new([9; 32]);
    let (developer, partner) = (public(&developer()), public(&partner()));
    Agreed { consent, developer, partner, bytes_max: file::FILE_BYTES_MAX }
}

fn window() -> WindowId {
    WindowId::new(Uuid::from_u128(1))
}

const REQUEST: Uuid = Uuid::from_u128(7);

/// A file with these contents, and what the journal would say of it.
fn written(pieces: &[(Kind, &[u8])]) -> (Vec<u8>, Escrowed) {
    let folder = tempfile::tempdir().unwrap();
    let secrets = [[3; 32], [4; 32]];
    let named = (window(), REQUEST);
    let mut writing = Writing::begin(folder.path(), named, &agreed(), secrets).unwrap();
    for (kind, content) in pieces {
        writing.put(*kind, content).unwrap();
    }
    writing.tell();
    let escrowed = writing.end().unwrap();
    (std::fs::read(path(folder.path(), REQUEST)).unwrap(), escrowed)
}

fn parts(bytes: &[u8], keepers: &[Keeper]) -> Result<Vec<Part>, Refused> {
    let (head, digest) = opening::head(&mut &*bytes)?;
    keepers.iter().map(|keeper| part((&head, digest), keeper)).collect()
}

fn opened(bytes: &[u8], keepers: &[Keeper]) -> Result<(Vec<u8>, Vec<u8>, Opened), Refused> {
    let parts = parts(bytes, keepers)?;
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    let opened = open(&mut &*bytes, &parts, (&mut asked, &mut answered))?;
    Ok((asked, answered, opened))
}

fn both() -> [Keeper; 2] {
    [developer(), partner()]
}

#[test]
fn both_together_read_what_was_written_in_pieces() {
    let long = vec![b'x'; 3 * PIECE_BYTES_MAX + 1];
    let answer: [&[u8]; 4] = [b"data: {\"a", b"\":1}\n\n", &long, b"\xff\x00"];
    let pieces: Vec<(Kind, &[u8])> = std::iter::once((Kind::Asked, b"what?".as_slice()))
        .chain(answer.map(|piece| (Kind::Answered, piece)))
        .collect();
    let (bytes, escrowed) = written(&pieces);
    let (asked, answered, opened) = opened(&bytes, &both()).unwrap();
    assert_eq!((asked.as_slice(), answered), (b"what?".as_slice(), answer.concat()));
    assert!(opened.whole);
    assert!(holds(&mut &*bytes, &escrowed, End::Known).unwrap());
    assert!(!bytes.windows(5).any(|window| window == b"what?"));
    // No piece is longer than it may be: the file has one for each, and not one for all.
    assert_eq!(escrowed.bytes, bytes.len() as u64);
}

#[test]
fn one_side_alone_has_nothing() {
    let (bytes, _) = written(&[(Kind::Asked, b"what?")]);
    for (keepers, expected) in [
        (vec![], "neither"),
        (vec![developer()], "the developer alone"),
        (vec![partner()], "the partner alone"),
        (vec![developer(), developer()], "the developer alone"),
    ] {
        let said = opened(&bytes, &keepers).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
    let stranger = Keeper::from_seed([5; 32]).unwrap();
    assert!(matches!(opened(&bytes, &[developer(), stranger]), Err(Refused::Stranger)));
    // Nor does a part that says it is the other side's.
    let one = parts(&bytes, &[developer()]).unwrap().remove(0);
    let text = serde_json::to_string(&one).unwrap().replace("\"developer\"", "\"partner\"");
    let forged = Part::read(text.as_bytes()).unwrap();
    let none = (&mut Vec::new(), &mut Vec::new());
    assert!(matches!(open(&mut &*bytes, &[one, forged], none), Err(Refused::Altered(0))));
}

#[test]
fn a_part_is_for_one_file_only() {
    let (bytes, _) = written(&[(Kind::Asked, b"one")]);
    let (other, _) = written(&[(Kind::Asked, b"other")]);
    let parts = parts(&bytes, &both()).unwrap();
    let none = (&mut Vec::new(), &mut Vec::new());
    assert!(matches!(open(&mut &*other, &parts, none), Err(Refused::Foreign)));
    let text = serde_json::to_vec(&parts[0]).unwrap();
    assert_eq!(Part::read(&text).unwrap(), parts[0]);
    assert!(!format!("{:?}", parts[0]).contains("0303"));
}

#[test]
fn every_change_of_a_file_is_found() {
    let (bytes, escrowed) = written(&[(Kind::Asked, b"what?"), (Kind::Answered, b"that")]);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(!holds(&mut &*changed, &escrowed, End::Known).unwrap(), "byte {at}");
        // Without the journal too, it opens to nothing, or is said to break off.
        if let Ok((_, _, opened)) = opened(&changed, &both()) {
            assert!(!opened.whole, "byte {at}");
        }
    }
    for cut in 0..bytes.len() {
        if let Ok((_, _, opened)) = opened(&bytes[..cut], &both()) {
            assert!(!opened.whole, "cut at {cut}");
        }
        assert!(!holds(&mut &bytes[..cut], &escrowed, End::Known).unwrap());
    }
    let added = [bytes.as_slice(), b"x"].concat();
    assert!(matches!(opened(&added, &both()), Err(Refused::Added)));
    assert!(!holds(&mut &*added, &escrowed, End::Known).unwrap());
    assert!(holds(&mut &*added, &escrowed, End::Unknown).unwrap());
}

#[test]
fn a_piece_that_was_altered_is_named() {
    let (bytes, _) = written(&[(Kind::Asked, b"what?"), (Kind::Answered, b"that")]);
    let head = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let first = 4 + 1 + 5 + 16;
    for (at, piece) in [(head + 6, 0), (head + first + 6, 1)] {
        let mut changed = bytes.clone();
        changed[at] ^= 0x80;
        let said = opened(&changed, &both()).unwrap_err();
        assert!(matches!(said, Refused::Altered(number) if number == piece), "{said}");
    }
    // Two that change places.
    let (bytes, _) = written(&[(Kind::Asked, b"one"), (Kind::Asked, b"two")]);
    let (head, piece) = (bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1, 4 + 1 + 3 + 16);
    let mut moved = bytes.clone();
    moved[head..head + piece].copy_from_slice(&bytes[head + piece..head + 2 * piece]);
    moved[head + piece..head + 2 * piece].copy_from_slice(&bytes[head..head + piece]);
    assert!(matches!(opened(&moved, &both()), Err(Refused::Altered(0))));
}

#[test]
fn a_file_of_which_nothing_is_told_goes() {
    let folder = tempfile::tempdir().unwrap();
    let named = (window(), REQUEST);
    let writing = Writing::begin(folder.path(), named, &agreed(), [[3; 32], [4; 32]]).unwrap();
    assert!(path(folder.path(), REQUEST).exists());
    drop(writing);
    assert!(!path(folder.path(), REQUEST).exists());
    let nowhere = folder.path().join("nowhere");
    assert!(Writing::begin(&nowhere, named, &agreed(), [[3; 32], [4; 32]]).is_err());
}

#[test]
fn what_cannot_be_kept_is_told_and_nothing_follows() {
    let folder = tempfile::tempdir().unwrap();
    let small = Agreed { bytes_max: 2000, ..agreed() };
    let named = (window(), REQUEST);
    let mut writing = Writing::begin(folder.path(), named, &small, [[3; 32], [4; 32]]).unwrap();
    writing.put(Kind::Asked, b"what?").unwrap();
    let told = writing.tell();
    assert!(writing.put(Kind::Answered, &[b'x'; 2000]).is_err());
    assert!(writing.put(Kind::Answered, b"x").is_err() && writing.end().is_err());
    drop(writing);
    let bytes = std::fs::read(path(folder.path(), REQUEST)).unwrap();
    assert!(holds(&mut &*bytes, &told, End::Unknown).unwrap());
    let (asked, answered, opened) = opened(&bytes, &both()).unwrap();
    assert_eq!((asked.as_slice(), answered.len(), opened.whole), (b"what?".as_slice(), 0, false));
}

fn consent() -> Consent {
    Consent {
        window: window(),
        snapshot: Digest::new([1; 32]),
        party: PartyId::new(Uuid::from_u128(2)),
        terms: Digest::new([2; 32]),
        developer: public(&developer()),
        partner: public(&partner()),
    }
}

fn signed(consent: &Consent, kind: &str, seeds: &[u8]) -> Vec<u8> {
    let mut envelope = Envelope::new(kind, serde_json::to_vec(consent).unwrap());
    seeds.iter().for_each(|seed| envelope.sign(&SigningKey::from_seed([*seed; 32])));
    envelope.to_json().into_bytes()
}

#[test]
fn consent_takes_both_and_the_same() {
    let both = [10, 11].map(|seed| SigningKey::from_seed([seed; 32]).public());
    let check = |bytes: &[u8], expected: bool| {
        assert_eq!(consent().agreed(bytes, both).is_ok(), expected);
    };
    check(&signed(&consent(), CONSENT, &[10, 11]), true);
    check(&signed(&consent(), CONSENT, &[11, 10, 12]), true);
    check(&signed(&consent(), CONSENT, &[10]), false);
    check(&signed(&consent(), CONSENT, &[11]), false);
    check(&signed(&consent(), CONSENT, &[10, 10, 12]), false);
    check(&signed(&consent(), "application/json", &[10, 11]), false);
    check(b"{}", false);
    for other in [
        Consent { window: WindowId::new(Uuid::from_u128(9)), ..consent() },
        Consent { snapshot: Digest::new([9; 32]), ..consent() },
        Consent { party: PartyId::new(Uuid::from_u128(9)), ..consent() },
        Consent { terms: Digest::new([9; 32]), ..consent() },
        Consent { developer: public(&partner()), ..consent() },
        Consent { partner: public(&developer()), ..consent() },
    ] {
        check(&signed(&other, CONSENT, &[10, 11]), false);
    }
    // One key in both places would open alone.
    let alone = Consent { partner: public(&developer()), ..consent() };
    assert!(alone.agreed(&signed(&alone, CONSENT, &[10, 11]), both).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_comes_in_whatever_pieces_comes_out(
        asked in prop::collection::vec(any::<u8>(), 1..40_000),
        answered in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20),
    ) {
        let pieces: Vec<(Kind, &[u8])> = std::iter::once((Kind::Asked, asked.as_slice()))
            .chain(answered.iter().map(|piece| (Kind::Answered, piece.as_slice())))
            .collect();
        let (bytes, _) = written(&pieces);
        let (one, other, opened) = opened(&bytes, &both()).unwrap();
        prop_assert_eq!((one, other), (asked, answered.concat()));
        prop_assert!(opened.whole);
    }

    #[test]
    fn reading_never_panics(bytes: Vec<u8>, behind: Vec<u8>) {
        let _ = opening::head(&mut &*bytes);
        let _ = Part::read(&bytes);
        let (whole, _) = written(&[(Kind::Asked, b"what?")]);
        let head = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let _ = opened(&[&whole[..head], &behind].concat(), &both());
    }
}
