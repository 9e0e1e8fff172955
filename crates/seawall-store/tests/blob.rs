//! Blobs: what comes back, what a crash leaves, what erasing leaves, and what damage is found.

// A test that cannot go on may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use seawall_store::args;
use seawall_store::blob::{Address, BLOB_BYTES_MAX, Blobs};
use seawall_store::db::{Database, StoreFault};
use seawall_store::keys::InstallationKeys;
use seawall_testkit::database::{Fresh, each_fresh};
use std::path::Path;

/// Not random at all, which a test may afford.
fn keys(dir: &Path, seed: u8) -> InstallationKeys {
    let next = std::cell::Cell::new(seed);
    let random = |bytes: &mut [u8]| {
        next.set(next.get().wrapping_add(1));
        bytes.fill(next.get());
    };
    InstallationKeys::open_or_create(dir, &random).unwrap()
}

fn blobs(fresh: &Fresh) -> Blobs {
    Blobs::new(fresh.dir().join("blobs"), keys(&fresh.dir().join("data.keys"), 0))
}

async fn put(database: &Database, blobs: &Blobs, owner: &str, bytes: &[u8]) -> Address {
    let mut tx = database.begin("test_put").await.unwrap();
    let address = blobs.put(&mut tx, owner, bytes).await.unwrap();
    assert_eq!(blobs.get_in(&mut tx, address).await.unwrap(), bytes);
    tx.commit().await.unwrap();
    address
}

async fn change(database: &Database, sql: &'static str) {
    let mut tx = database.begin("test_change").await.unwrap();
    tx.execute(sql, args![]).await.unwrap();
    tx.commit().await.unwrap();
}

/// What reading the blob and checking all of them both say.
async fn check_damage(database: &Database, blobs: &Blobs, address: Address, why: &str) {
    let expected = format!("cannot read blob `{address}`: {why}");
    let fault = blobs.get(database, address).await.unwrap_err();
    assert_eq!(fault.to_string(), expected);
    let checked = blobs.check_all(database).await.unwrap();
    let found: Vec<_> = checked.faults.iter().map(ToString::to_string).collect();
    assert_eq!(found, [expected]);
}

#[tokio::test]
async fn what_was_put_comes_back_and_is_stored_once() {
    each_fresh("what_was_put_comes_back_and_is_stored_once", |fresh| async move {
        let (database, blobs) = (fresh.open().await, blobs(&fresh));
        for bytes in [vec![], b"canary".to_vec(), vec![7; 1 << 20]] {
            let address = put(&database, &blobs, "finding:1", &bytes).await;
            let file = std::fs::read(blobs.path(address)).unwrap();
            assert_eq!(put(&database, &blobs, "finding:1", &bytes).await, address);
            assert_eq!(std::fs::read(blobs.path(address)).unwrap(), file, "written twice");
            assert_ne!(put(&database, &blobs, "finding:2", &bytes).await, address);
            assert!(bytes.is_empty() || !file.windows(6).any(|part| part == &bytes[..6]));
        }
        let checked = blobs.check_all(&database).await.unwrap();
        assert_eq!((checked.sound, checked.erased, checked.faults.len()), (6, 0, 0));
        assert_eq!(blobs.orphans(&database).await.unwrap(), Vec::<std::path::PathBuf>::new());
        let absent = blobs.address("nobody", b"");
        let fault = blobs.get(&database, absent).await.unwrap_err();
        assert!(matches!(fault, StoreFault::BlobMissing { .. }));
        let mut tx = database.begin("test_put").await.unwrap();
        let too_long = vec![0; BLOB_BYTES_MAX + 1];
        let fault = blobs.put(&mut tx, "finding:1", &too_long).await.unwrap_err();
        assert!(matches!(fault, StoreFault::TooLong { .. }));
        drop(tx);
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_crash_between_file_and_row_leaves_only_an_orphan() {
    each_fresh("a_crash_between_file_and_row_leaves_only_an_orphan", |fresh| async move {
        let (database, blobs) = (fresh.open().await, blobs(&fresh));
        let mut tx = database.begin("test_crash").await.unwrap();
        let address = blobs.put(&mut tx, "finding:1", b"lost").await.unwrap();
        drop(tx);
        assert!(blobs.get(&database, address).await.is_err());
        assert_eq!(blobs.orphans(&database).await.unwrap(), [blobs.path(address)]);
        assert_eq!(blobs.check_all(&database).await.unwrap().faults.len(), 0);
        assert_eq!(put(&database, &blobs, "finding:1", b"lost").await, address);
        assert_eq!(blobs.get(&database, address).await.unwrap(), b"lost");
        assert!(blobs.orphans(&database).await.unwrap().is_empty());
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn erasing_an_owner_takes_its_blobs_and_no_others() {
    each_fresh("erasing_an_owner_takes_its_blobs_and_no_others", |fresh| async move {
        let (database, blobs) = (fresh.open().await, blobs(&fresh));
        let gone = put(&database, &blobs, "finding:1", b"same").await;
        let kept = put(&database, &blobs, "finding:2", b"same").await;
        let mut tx = database.begin("test_erase").await.unwrap();
        let erased = blobs.erase(&mut tx, "finding:1").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(erased, [gone]);
        let fault = blobs.get(&database, gone).await.unwrap_err();
        assert!(matches!(fault, StoreFault::BlobErased { .. }), "{fault:?}");
        assert!(blobs.path(gone).exists());
        blobs.remove_files(&erased).await.unwrap();
        blobs.remove_files(&erased).await.unwrap();
        assert!(!blobs.path(gone).exists());
        assert_eq!(blobs.get(&database, kept).await.unwrap(), b"same");
        let checked = blobs.check_all(&database).await.unwrap();
        assert_eq!((checked.sound, checked.erased, checked.faults.len()), (1, 1, 0));
        assert_eq!(put(&database, &blobs, "finding:1", b"same").await, gone);
        assert_eq!(blobs.get(&database, gone).await.unwrap(), b"same");
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_damage_is_found_and_named() {
    each_fresh("every_kind_of_damage_is_found_and_named", |fresh| async move {
        let (database, blobs) = (fresh.open().await, blobs(&fresh));
        let address = put(&database, &blobs, "finding:1", b"canary").await;
        let path = blobs.path(address);
        let sound = std::fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut flipped = sound.clone();
            flipped[at] ^= 0x10;
            std::fs::write(&path, flipped).unwrap();
            check_damage(&database, &blobs, address, "its file was altered").await;
        }
        std::fs::remove_file(&path).unwrap();
        check_damage(&database, &blobs, address, "its file is gone").await;
        // Putting the same again heals it.
        put(&database, &blobs, "finding:1", b"canary").await;
        assert_eq!(blobs.check_all(&database).await.unwrap().sound, 1);
        for (sql, why, back) in [
            (
                "UPDATE blob SET size_bytes = 7",
                "its row was altered",
                "UPDATE blob SET size_bytes = 6",
            ),
            (
                "UPDATE blob SET owner = 'finding:2'",
                "the key of its owner is gone",
                "UPDATE blob SET owner = 'finding:1'",
            ),
            (
                "UPDATE data_key SET wrapped = substr(wrapped, 2)",
                "the key of its owner does not unwrap",
                "UPDATE data_key SET owner = owner",
            ),
        ] {
            change(&database, sql).await;
            check_damage(&database, &blobs, address, why).await;
            change(&database, back).await;
        }
        change(&database, "DELETE FROM data_key").await;
        check_damage(&database, &blobs, address, "the key of its owner is gone").await;
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn another_installation_key_opens_nothing_and_overwrites_nothing() {
    each_fresh("another_installation_key_opens_nothing", |fresh| async move {
        let (database, blobs) = (fresh.open().await, blobs(&fresh));
        let address = put(&database, &blobs, "finding:1", b"canary").await;
        let other = Blobs::new(blobs.dir(), keys(&fresh.dir().join("other.keys"), 100));
        assert!(other.get(&database, address).await.is_err());
        let mut tx = database.begin("test_put").await.unwrap();
        let fault = other.put(&mut tx, "finding:1", b"canary").await.unwrap_err();
        assert!(matches!(fault, StoreFault::Corrupt { table: "data_key", .. }), "{fault:?}");
        drop(tx);
        assert_eq!(blobs.get(&database, address).await.unwrap(), b"canary");
        database.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_put_the_same_bytes_at_once() {
    each_fresh("many_may_put_the_same_bytes_at_once", |fresh| async move {
        let (database, blobs) = (fresh.open().await, blobs(&fresh));
        let mut puts = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (database, blobs) = (database.clone(), blobs.clone());
            puts.spawn(async move { put(&database, &blobs, "finding:1", b"same").await });
        }
        let addresses = puts.join_all().await;
        assert!(addresses.iter().all(|address| *address == addresses[0]));
        assert_eq!(blobs.check_all(&database).await.unwrap().sound, 1);
        database.close().await;
    })
    .await;
}
