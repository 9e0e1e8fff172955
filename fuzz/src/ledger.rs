//! Notes, checkpoints, proofs, envelopes, statements, tiles and signatures.

use crate::edits;
use seawall_ledger::canonical::{canonical, read_canonical};
use seawall_ledger::check_log;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::merkle::{Tree, leaf_hash};
use seawall_ledger::note::{KeyKind, KeyName, Note, NoteSigner, VerifierKey};
use seawall_ledger::openpgp::{OpenPgpKey, verify_detached};
use seawall_ledger::proof::{LogProof, Policy};
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use seawall_ledger::statement::Statement;
use seawall_ledger::tiles::{TilePath, bundles_for_growth, tiles_for_growth};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The log that everything here is about.
static SIGNER: LazyLock<NoteSigner> = LazyLock::new(|| {
    let name: KeyName = "log.invalid/a".parse().unwrap_or_else(|fault| panic!("{fault}"));
    NoteSigner::new(name, SigningKey::from_seed([7; 32]))
});

/// Signed notes and keys.
pub fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes, "two spellings of a note");
        drop(note.verify(&[SIGNER.verifier(KeyKind::Note), SIGNER.verifier(KeyKind::Cosignature)]));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text, "two spellings of a key");
    }
    if let Ok(key) = text.parse::<VerifyingKey>() {
        assert_eq!(key.to_string(), text, "two spellings of a key");
    }
}

/// Checkpoints, signed here over the fuzzed text, and opened.
pub fn checkpoint(bytes: &[u8]) {
    drop(Checkpoint::open(bytes, &SIGNER.verifier(KeyKind::Note)));
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(checkpoint) = text.parse::<Checkpoint>() else { return };
    assert_eq!(checkpoint.to_string(), text, "two spellings of a checkpoint");
    if let Ok(note) = checkpoint.sign(&SIGNER) {
        let opened = Checkpoint::open(note.to_string().as_bytes(), &SIGNER.verifier(KeyKind::Note));
        assert_eq!(opened.as_ref(), Ok(&checkpoint));
    }
}

/// Proof files.
pub fn proof(bytes: &[u8]) {
    let Ok(proof) = LogProof::parse(bytes) else { return };
    assert_eq!(LogProof::parse(proof.to_string().as_bytes()).as_ref(), Ok(&proof));
    let log = SIGNER.verifier(KeyKind::Note);
    drop(proof.verify(b"entry", &Policy { log, witnesses: Vec::new(), witnesses_min: 0 }));
}

/// Envelopes.
pub fn envelope(bytes: &[u8]) {
    let Ok(envelope) = Envelope::from_json(bytes) else { return };
    let again = Envelope::from_json(envelope.to_json().as_bytes());
    assert_eq!(again.as_ref(), Ok(&envelope));
    let key = SigningKey::from_seed([7; 32]);
    let mut signed = envelope.clone();
    signed.sign(&key);
    let trusted = [key.public()];
    let verified = signed.verify(&trusted, 1).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(verified.payload, envelope.unverified_payload());
    drop(Statement::open(&verified));
    assert_eq!(envelope.verify(&trusted, 1).is_ok(), signed == envelope);
}

/// Statements, and canonical JSON.
pub fn statement(bytes: &[u8]) {
    if let Ok(statement) = Statement::read(bytes)
        && let Ok(written) = statement.to_bytes()
    {
        assert_eq!(Statement::read(&written).as_ref(), Ok(&statement));
        assert!(read_canonical(&written).is_ok());
    }
    if let Ok(value) = read_canonical(bytes) {
        assert_eq!(canonical(&value).as_deref(), Ok(bytes));
    }
    if let Ok(value) = serde_json::from_slice(bytes)
        && let Ok(written) = canonical(&value)
    {
        let read = read_canonical(&written).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(canonical(&read), Ok(written));
    }
}

/// How many entries the sound log has: more than one tile, and a partial one.
const ENTRIES: u64 = 300;

/// The files of a sound log, and its checkpoint.
static SOUND: LazyLock<(BTreeMap<String, Vec<u8>>, Vec<u8>)> = LazyLock::new(|| {
    let entry = |index: u64| Some(format!("entry {index}"));
    let mut tree = Tree::new();
    for index in 0..ENTRIES {
        tree.append(leaf_hash(entry(index).unwrap_or_default().as_bytes()));
    }
    let tiles = tiles_for_growth(0, ENTRIES, |level, index| tree.tile_hash(level, index));
    let bundles = bundles_for_growth(0, ENTRIES, entry);
    let files = [tiles, bundles].into_iter().flat_map(Result::unwrap_or_default).collect();
    let origin = SIGNER.verifier(KeyKind::Note).name().clone();
    let note = Checkpoint::new(origin, ENTRIES, tree.root()).sign(&SIGNER);
    (files, note.map(|note| note.to_string().into_bytes()).unwrap_or_default())
});

/// Places of tiles, and a log with an edited file: the first byte picks the file.
pub fn tiles(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input)
        && let Ok(path) = text.parse::<TilePath>()
    {
        assert_eq!(path.to_string(), text, "two spellings of a place");
        let _ = TilePath::at(path.kind(), path.index(), ENTRIES);
    }
    let Some((first, edits)) = input.split_first() else { return };
    let (files, note) = &*SOUND;
    let mut edited = files.clone();
    let Some(file) = edited.values_mut().nth(usize::from(*first) % files.len()) else { return };
    if edits::apply(edits, file).is_none() {
        return;
    }
    let read = |path: &str| edited.get(path).cloned();
    match check_log(read, note, &SIGNER.verifier(KeyKind::Note)) {
        Ok(entries) => {
            assert!(edited == *files, "damage was not found");
            assert_eq!(entries.len() as u64, ENTRIES);
        }
        Err(faults) => assert!(!faults.is_empty()),
    }
}

static PGP: LazyLock<(String, String)> = LazyLock::new(|| {
    let key = OpenPgpKey::generate([7; 32], "seawall <a@b.invalid>", 1_700_000_000);
    let key = key.unwrap_or_else(|fault| panic!("{fault}"));
    let signature = key.sign_detached(b"text", 1_700_000_000);
    (key.armored_public(), signature.unwrap_or_else(|fault| panic!("{fault}")))
});

/// Signatures and certificates of OpenPGP: armoured text as it comes, or as edits of a sound one.
pub fn openpgp(bytes: &[u8]) {
    let (certificate, signature) = &*PGP;
    let sound =
        if bytes.first().is_some_and(|first| first & 2 == 0) { certificate } else { signature };
    let mut edited = sound.clone().into_bytes();
    let is_whole = bytes.starts_with(b"-----");
    if !is_whole && edits::apply(bytes, &mut edited).is_none() {
        return;
    }
    let text = if is_whole { bytes } else { edited.as_slice() };
    let Ok(text) = std::str::from_utf8(text) else { return };
    drop(verify_detached(certificate, b"other", text).map(|_| panic!("a forged signature")));
    drop(verify_detached(text, b"text", signature));
}
