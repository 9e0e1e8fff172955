use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::*;
use proptest::prelude::*;

const CREATED: u32 = 1_780_000_000;
const DOCUMENT: &[u8] = b"{\"document\": {}}\r\n\n";

fn key(seed: u8) -> OpenPgpKey {
    OpenPgpKey::generate([seed; 32], "Advisories <security@seawall.invalid>", CREATED).unwrap()
}

fn check(public: &str, bytes: &[u8], asc: &str, expected: Option<&OpenPgpKey>) {
    let verdict = verify_detached(public, bytes, asc).ok();
    assert_eq!(verdict, expected.map(OpenPgpKey::fingerprint));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, again) = (key(1), key(1));
    assert_eq!(one.armored_public(), again.armored_public());
    assert_eq!(one.fingerprint(), again.fingerprint());
    assert_eq!(one.fingerprint().len(), 40);
    let sign = |key: &OpenPgpKey| key.sign_detached(DOCUMENT, CREATED + 1).unwrap();
    assert_eq!(sign(&one), sign(&again));
    assert_ne!(one.fingerprint(), key(2).fingerprint());
    let later = OpenPgpKey::generate([1; 32], "a", CREATED + 1).unwrap();
    assert_ne!(one.fingerprint(), later.fingerprint());
}

#[test]
fn verification_table() {
    let (own, other) = (key(1), key(2));
    let asc = own.sign_detached(DOCUMENT, CREATED + 1).unwrap();
    check(&own.armored_public(), DOCUMENT, &asc, Some(&own));
    check(&other.armored_public(), DOCUMENT, &asc, None);
    check(&own.armored_public(), b"other", &asc, None);
    check(&own.armored_public(), &DOCUMENT[..DOCUMENT.len() - 1], &asc, None);
    check(&own.armored_public(), DOCUMENT, "", None);
    check("", DOCUMENT, &asc, None);
    check(&asc, DOCUMENT, &own.armored_public(), None);
    check(&own.armored_public(), DOCUMENT, &"a".repeat(ARMOR_BYTES_MAX + 1), None);
}

#[test]
fn user_ids_are_bounded_text() {
    fn check(input: &str, expected: bool) {
        assert_eq!(OpenPgpKey::generate([1; 32], input, 0).is_ok(), expected, "{input:?}");
    }
    check("Advisories <security@seawall.invalid>", true);
    check("", false);
    check("a\nb", false);
    check(&"a".repeat(USER_ID_BYTES_MAX), true);
    check(&"a".repeat(USER_ID_BYTES_MAX + 1), false);
}

fn gpg(home: &Path, arguments: &[&str]) -> Option<Output> {
    Command::new("gpg")
        .arg("--homedir")
        .arg(home)
        .args(["--batch", "--no-tty", "--no-autostart", "--status-fd", "1"])
        .args(arguments)
        .output()
        .ok()
}

/// GnuPG, the verifier that receivers have, must agree with us, in both directions.
#[test]
fn gnupg_agrees() {
    let home = std::env::temp_dir().join(format!("seawall-gpg-{}", std::process::id()));
    fs::create_dir_all(&home).unwrap();
    let verdict = gnupg_verdict(&home);
    fs::remove_dir_all(&home).unwrap();
    if verdict.is_none() {
        println!("skipped: gnupg_agrees: no gpg");
    }
}

fn gnupg_verdict(home: &Path) -> Option<()> {
    let own = key(1);
    let file = |name: &str, bytes: &[u8]| {
        let path = home.join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let public = file("key.asc", own.armored_public().as_bytes());
    let document = file("document", DOCUMENT);
    let forged = file("forged", b"something else");
    let asc = own.sign_detached(DOCUMENT, CREATED + 1).unwrap();
    let asc = file("document.asc", asc.as_bytes());
    let imported = gpg(home, &["--import", &public])?;
    assert!(imported.status.success(), "{imported:?}");
    let good = gpg(home, &["--verify", &asc, &document])?;
    let status = String::from_utf8_lossy(&good.stdout).into_owned();
    let valid = format!("VALIDSIG {}", own.fingerprint());
    assert!(good.status.success() && status.contains(&valid), "{good:?}");
    let bad = gpg(home, &["--verify", &asc, &forged])?;
    assert!(!bad.status.success(), "{bad:?}");
    Some(())
}

/// Many issuers certify with one key and sign with a subkey.
#[test]
fn a_subkey_that_may_sign_verifies() {
    let test = "a_subkey_that_may_sign_verifies";
    let home = std::env::temp_dir().join(format!("seawall-gpg-subkey-{}", std::process::id()));
    fs::create_dir_all(&home).unwrap();
    let run = |arguments: &[&str]| {
        let fixed = ["--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""];
        let output =
            Command::new("gpg").arg("--homedir").arg(&home).args(fixed).args(arguments).output();
        let output = output.ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let made = || {
        let document = home.join("document");
        fs::write(&document, DOCUMENT).unwrap();
        run(&["--quick-generate-key", "A <a@a.invalid>", "ed25519", "cert", "never"])?;
        let listed = run(&["--with-colons", "--list-keys"])?;
        let fingerprint = listed.lines().find_map(|line| line.strip_prefix("fpr:"))?;
        let fingerprint = fingerprint.trim_matches(':').to_owned();
        run(&["--quick-add-key", &fingerprint, "ed25519", "sign", "never"])?;
        let document = document.to_str()?;
        let signature = run(&["--armor", "--output", "-", "--detach-sign", document])?;
        Some((run(&["--armor", "--export"])?, signature, fingerprint))
    };
    let made = made();
    let _ = Command::new("gpgconf").arg("--homedir").arg(&home).args(["--kill", "all"]).status();
    fs::remove_dir_all(&home).unwrap();
    let Some((public, signature, fingerprint)) = made else {
        println!("skipped: {test}: no gpg that makes keys");
        return;
    };
    assert_eq!(verify_detached(&public, DOCUMENT, &signature).as_ref(), Ok(&fingerprint));
    assert!(verify_detached(&public, b"other", &signature).is_err());
    assert_eq!(fingerprint_of(&public), Ok(fingerprint));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn signatures_by_many_keys_verify(seed: [u8; 32], bytes: Vec<u8>, at: u32) {
        let key = OpenPgpKey::generate(seed, "a", 1).unwrap();
        let asc = key.sign_detached(&bytes, at).unwrap();
        let verified = verify_detached(&key.armored_public(), &bytes, &asc);
        prop_assert_eq!(verified, Ok(key.fingerprint()));
    }

    #[test]
    fn a_flipped_bit_of_the_document_is_found(at in 0..DOCUMENT.len(), bit in 0u8..8) {
        let key = key(1);
        let asc = key.sign_detached(DOCUMENT, CREATED).unwrap();
        let mut bytes = DOCUMENT.to_vec();
        bytes[at] ^= 1 << bit;
        prop_assert!(verify_detached(&key.armored_public(), &bytes, &asc).is_err());
    }

    /// What armor and unhashed hints leave unsigned may change without harm, but a flipped bit
    /// never makes the signature hold for other bytes or another key, and never panics.
    #[test]
    fn a_flipped_bit_of_the_signature_proves_nothing_else(at: prop::sample::Index, bit in 0u8..8) {
        let key = key(1);
        let mut asc = key.sign_detached(DOCUMENT, CREATED).unwrap().into_bytes();
        let at = at.index(asc.len());
        asc[at] ^= 1 << bit;
        let asc = String::from_utf8_lossy(&asc);
        let verdict = verify_detached(&key.armored_public(), DOCUMENT, &asc);
        prop_assert!(verdict.is_err() || verdict == Ok(key.fingerprint()));
        prop_assert!(verify_detached(&key.armored_public(), b"other", &asc).is_err());
    }

    #[test]
    fn reading_never_panics(text: String) {
        let _ = verify_detached(&text, b"", &text);
        let key = key(1).armored_public();
        let _ = verify_detached(&key, b"", &text);
        let armor = |word: &str| format!("-----{word} PGP SIGNATURE-----\n");
        let asc = format!("{}\n{text}\n{}", armor("BEGIN"), armor("END"));
        let _ = verify_detached(&key, b"", &asc);
    }
}
