//! Installation keys: made once, kept from others, never silently replaced.

// A test that cannot go on may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use seawall_store::db::StoreFault;
use seawall_store::keys::InstallationKeys;
use seawall_testkit::database::Fresh;
use std::cell::Cell;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn open(dir: &Path, seed: u8) -> Result<InstallationKeys, StoreFault> {
    let next = Cell::new(seed);
    InstallationKeys::open_or_create(dir, &|bytes| {
        next.set(next.get().wrapping_add(1));
        bytes.fill(next.get());
    })
}

fn check_refused(dir: &Path, expected: &str) {
    let message = open(dir, 50).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn keys_are_made_once_and_all_differ() {
    let place = Fresh::sqlite();
    let dir = InstallationKeys::folder_for(&place.dir().join("data/"));
    assert_eq!(dir, place.dir().join("data.keys"));
    let keys = open(&dir, 0).unwrap();
    assert!(open(&dir, 50).unwrap() == keys);
    assert!(open(&place.dir().join("other.keys"), 50).unwrap() != keys);
    let all = [
        *keys.wrapping(),
        *keys.address(),
        *keys.log_internal_seed(),
        *keys.log_public_seed(),
        *keys.openpgp_seed(),
        *keys.account_signing_seed(),
        *keys.session_seed(),
        keys.derive("a"),
        keys.derive("b"),
        keys.derive(""),
    ];
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    assert_eq!(keys.derive("a"), open(&dir, 50).unwrap().derive("a"));
    assert_eq!(format!("{keys:?}"), "InstallationKeys(secret)");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for file in std::fs::read_dir(&dir).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[test]
fn an_empty_folder_is_filled() {
    let place = Fresh::sqlite();
    let dir = place.dir().join("keys");
    std::fs::create_dir(&dir).unwrap();
    open(&dir, 0).unwrap();
}

#[test]
fn lost_loose_and_damaged_keys_are_refused() {
    let place = Fresh::sqlite();
    let dir = place.dir().join("keys");
    open(&dir, 0).unwrap();
    let file = dir.join("wrapping.key");
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&file, 0o640);
    check_refused(&dir, "others may use it (mode 640)");
    mode(&file, 0o600);
    mode(&dir, 0o755);
    check_refused(&dir, "others may use it (mode 755)");
    mode(&dir, 0o700);
    for bad in ["", "zz", &"é".repeat(32)] {
        std::fs::write(&file, bad).unwrap();
        check_refused(&dir, "it must hold 64 hexadecimal digits");
    }
    std::fs::write(&file, [0xff; 64]).unwrap();
    check_refused(&dir, "cannot read the key file");
    std::fs::remove_file(&file).unwrap();
    check_refused(&dir, "cannot read the key file");
}
