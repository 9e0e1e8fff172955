use super::*;
use crate::sign::SigningKey;
use proptest::prelude::*;

const CHECKPOINT: &str = "log.example/seawall\n3\n\
    cl1SMNto9VdHDcNfHYhlgTrNfrsHrRUndBQd7LrnEyc=\n\n\
    \u{2014} log.example/seawall iovkTBflTuvgWPdZKHZ4dSCbCMJnMJOt2iuG+ef3xbNZuOrWRL8KpY1pgEDsn\
    /YmIx1T6xa8V7U72ZstiDKiddxheQo=\n\
    \u{2014} witness.example/w1 IDJKvgAAAABqGKUAFXCKOBb28Jzjng+vVJ7SdR860GX9Tlz3ga5StghdnWfTr8r\
    s3ib/gdXw7G8msXv5TJTjwK/e1pA+KLCJdaYgDA==\n";
const LOG: &str = "log.example/seawall+8a8be44c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const WITNESS: &str = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";

fn signer(name: &str, first_byte: u8) -> NoteSigner {
    let seed = std::array::from_fn(|i| first_byte + i as u8);
    NoteSigner::new(name.parse().unwrap(), SigningKey::from_seed(seed))
}

fn log() -> NoteSigner {
    signer("log.example/seawall", 0)
}

fn witness() -> NoteSigner {
    signer("witness.example/w1", 32)
}

#[test]
fn vectors() {
    assert_eq!(log().verifier(KeyKind::Note).to_string(), LOG);
    assert_eq!(witness().verifier(KeyKind::Cosignature).to_string(), WITNESS);
    let (text, _) = CHECKPOINT.split_once("\n\n").unwrap();
    let mut note = Note::new(format!("{text}\n")).unwrap();
    log().sign(&mut note);
    witness().cosign(&mut note, 1_780_000_000);
    assert_eq!(note.to_string(), CHECKPOINT);
    assert_eq!(Note::parse(CHECKPOINT.as_bytes()).unwrap(), note);
    let keys = [LOG.parse().unwrap(), WITNESS.parse::<VerifierKey>().unwrap()];
    let verified = note.verify(&keys).unwrap();
    let times: Vec<Option<u64>> = verified.iter().map(|v| v.unix_seconds).collect();
    assert_eq!(times, [None, Some(1_780_000_000)]);
    assert_eq!(verified[1].by, &keys[1]);
}

#[test]
fn verifier_keys_are_read_strictly() {
    fn check(input: &str, expected: bool) {
        assert_eq!(input.parse::<VerifierKey>().is_ok(), expected, "{input}");
    }
    check(LOG, true);
    check(WITNESS, true);
    check(&LOG.replace("8a8be44c", "8A8BE44C"), false);
    check(&LOG.replace("8a8be44c", "8a8be44d"), false);
    check(&LOG.replace("seawall", "seewall"), false);
    check(&LOG.replace("+AQ", "+Ag"), false);
    check(&LOG.replace("+AQ", "+BA"), false);
    check("log.example/seawall", false);
    check("++", false);
    check("", false);
}

#[test]
fn notes_are_read_strictly() {
    fn check(input: &str, expected: bool) {
        assert_eq!(Note::parse(input.as_bytes()).is_ok(), expected, "{input:?}");
    }
    let line = "\u{2014} a AAAAAAA=";
    check(&format!("t\n\n{line}\n"), true);
    check(&format!("t\n\nu\n\n{line}\n"), true);
    check(&format!("t\n\n{line}\n{line}\n"), true);
    check(&format!("t\n\n{line}"), false);
    check(&format!("t\n{line}\n"), false);
    check(&format!("t\n\n{line}\n\n"), false);
    check(&format!("\n\n{line}\n"), false);
    check(&format!("t\r\n\n{line}\n"), false);
    check(&format!("t\tu\n\n{line}\n"), false);
    check("t\n\n\u{2014} a+b AAAAAAA=\n", false);
    check("t\n\n\u{2014} a\u{a0}b AAAAAAA=\n", false);
    check("t\n\n\u{2014}  AAAAAAA=\n", false);
    check("t\n\n\u{2014} a AAAAAAA\n", false);
    check("t\n\n\u{2014} a AAAAAA==\n", false);
    check("t\n\n- a AAAAAAA=\n", false);
    check("t\n\n\n", false);
    check("t\n", false);
    check("", false);
    let signatures = |count: usize| format!("t\n\n{}", format!("{line}\n").repeat(count));
    check(&signatures(NOTE_SIGNATURES_MAX), true);
    check(&signatures(NOTE_SIGNATURES_MAX + 1), false);
    check(&format!("{}\n\n{line}\n", "t".repeat(NOTE_BYTES_MAX)), false);
}

#[test]
fn unknown_keys_are_ignored_and_known_ones_must_verify() {
    let (log_key, stranger) = (log().verifier(KeyKind::Note), signer("stranger", 9));
    let mut note = Note::new("text\n").unwrap();
    assert!(note.verify([&log_key]).is_err());
    stranger.sign(&mut note);
    assert!(note.verify([&log_key]).is_err());
    log().sign(&mut note);
    log().sign(&mut note);
    assert_eq!(note.verify([&log_key]).unwrap().len(), 1);
    // The same name under another key is another signer.
    signer("log.example/seawall", 50).sign(&mut note);
    assert_eq!(note.verify([&log_key]).unwrap().len(), 1);
    let mut forged = log_key.id().to_vec();
    forged.extend([0; 64]);
    note.push(format!("{DASH}log.example/seawall {}", base64(&forged)).parse().unwrap());
    assert!(note.verify([&log_key]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_flipped_bit_under_both_keys_is_found(
        at in 0..CHECKPOINT.len(), bit in 0u8..8,
    ) {
        let mut bytes = CHECKPOINT.as_bytes().to_vec();
        bytes[at] ^= 1 << bit;
        let keys = [log().verifier(KeyKind::Note), witness().verifier(KeyKind::Cosignature)];
        let both = Note::parse(&bytes)
            .and_then(|note| note.verify(&keys).map(|verified| verified.len()));
        prop_assert!(both != Ok(2), "byte {} bit {}", at, bit);
    }

    #[test]
    fn parsing_never_panics(text: String, bytes: Vec<u8>) {
        let _ = Note::parse(&bytes);
        let _ = Note::parse(text.as_bytes());
        let _ = text.parse::<VerifierKey>();
        let _ = text.parse::<NoteSignature>();
    }

    #[test]
    fn what_parses_prints_back(text in "([a-z]{0,3}\n){1,4}", lines in 1usize..4) {
        let line = "\u{2014} a AAAAAAA=\n";
        let whole = format!("{text}\n{}", line.repeat(lines));
        if let Ok(note) = Note::parse(whole.as_bytes()) {
            prop_assert_eq!(note.to_string(), whole);
        }
    }
}
