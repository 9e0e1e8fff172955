//! Checkpoints that somebody kept, held against a log as it is now: an append-only log has each of
//! them as its beginning (RFC 6962 section 2.1.2). Otherwise it was forked, cut short or rolled
//! back.

use seawall_ledger::check_log;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::merkle::{Tree, leaf_hash};
use seawall_ledger::note::VerifierKey;
use std::path::Path;

/// A checkpoint that somebody kept: what to call it, and its bytes.
pub type Kept = (String, Vec<u8>);

/// Holds each against the log in the folder, or the one below it in a copy of the public folder;
/// says of each what does not hold.
pub fn check_older(folder: &Path, older: &[Kept]) -> Vec<String> {
    let logs = [folder.to_owned(), folder.join("log")];
    let Some(log) = logs.into_iter().find(|log| log.join("checkpoint").exists()) else {
        return vec!["there is no log to hold older checkpoints against".into()];
    };
    let read = read(&log);
    older.iter().filter_map(|(name, note)| told(name, note, &read)).collect()
}

/// The key of a log and the tree of its entries, where the log itself holds.
type Read = Result<(VerifierKey, Tree), String>;

fn read(log: &Path) -> Read {
    let key = super::folder::read_key(log)?;
    let file = |path: &str| std::fs::read(log.join(path)).ok();
    let checkpoint = file("checkpoint").ok_or("checkpoint: it cannot be read")?;
    let entries = check_log(file, &checkpoint, &key).map_err(|_| "the log itself does not hold")?;
    Ok((key, entries.iter().map(|entry| leaf_hash(entry)).collect()))
}

fn told(name: &str, note: &[u8], read: &Read) -> Option<String> {
    let (key, tree) = match read {
        Ok(read) => read,
        Err(why) => return Some(format!("{name}: not held against it: {why}")),
    };
    let before = match Checkpoint::open(note, key) {
        Ok(before) => before,
        Err(fault) => return Some(format!("{name}: {fault}")),
    };
    let (size, now) = (before.size, tree.size());
    match tree.root_at(size) {
        Some(root) if root == before.root => None,
        Some(_) => Some(format!("{name}: the log was forked: its first {size} entries are others")),
        None => Some(format!("{name}: the log was cut short, from {size} entries to {now}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_ledger::note::{KeyKind, NoteSigner};
    use seawall_ledger::sign::SigningKey;
    use seawall_ledger::tiles::{bundles_for_growth, tiles_for_growth};

    const NEVER: u64 = u64::MAX;

    fn signer(seed: u8) -> NoteSigner {
        NoteSigner::new("log.invalid/a".parse().unwrap(), SigningKey::from_seed([seed; 32]))
    }

    /// An entry a minute; from `fork` on they are others, and after `day` minutes the day begins
    /// again.
    fn entry(number: u64, fork: u64, day: u64) -> Vec<u8> {
        let branch = if number >= fork { "b" } else { "a" };
        let (hour, minute) = (number % day / 60, number % 60);
        format!(r#"{{"at":"2026-11-26T{hour:02}:{minute:02}:00Z","n":"{branch}{number}"}}"#).into()
    }

    /// Writes a log of so many entries, which are others from one on; gives its checkpoint.
    fn write(folder: &Path, size: u64, (fork, day): (u64, u64), seed: u8) -> Vec<u8> {
        let entry = |number| entry(number, fork, day);
        let tree: Tree = (0..size).map(|number| leaf_hash(&entry(number))).collect();
        let mut files = tiles_for_growth(0, size, |l, i| tree.tile_hash(l, i)).unwrap();
        files.extend(bundles_for_growth(0, size, |i| Some(entry(i))).unwrap());
        let checkpoint = Checkpoint::new("log.invalid/a".parse().unwrap(), size, tree.root());
        let note = checkpoint.sign(&signer(seed)).unwrap().to_string().into_bytes();
        files.push(("checkpoint".into(), note.clone()));
        files.push(("key".into(), signer(seed).verifier(KeyKind::Note).to_string().into_bytes()));
        for (path, bytes) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        note
    }

    /// What we say, and what the verifier in Python says, which shares no code with us.
    fn check(now: (u64, u64), before: (u64, u64, u8), expected: Option<&str>) {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(folder.path(), now.0, (now.1, NEVER), 1);
        let note = write(other.path(), before.0, (before.1, NEVER), before.2);
        let told = check_older(folder.path(), &[("kept".into(), note)]);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/independent/verify_log.py");
        let mut python = std::process::Command::new("python3");
        let kept = other.path().join("checkpoint");
        let output = python.arg(script).arg(folder.path()).arg(kept).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), expected.is_none(), "{now:?} {before:?}: {said}");
        match expected {
            None => assert!(told.is_empty(), "{told:?}"),
            Some(word) => {
                assert!(told.iter().any(|line| line.contains(word)), "{told:?}");
                assert!(said.contains(word), "{said}");
            }
        }
    }

    #[test]
    fn a_log_begins_with_every_checkpoint_of_it_that_was_kept() {
        for (now, before) in [(0, 0), (1, 0), (1, 1), (5, 3), (256, 255), (300, 256), (600, 300)] {
            check((now, NEVER), (before, NEVER, 1), None);
        }
        check((600, 700), (600, NEVER, 1), None);
        check((600, 299), (300, NEVER, 1), Some("forked"));
        check((600, 0), (1, NEVER, 1), Some("forked"));
        check((299, NEVER), (300, NEVER, 1), Some("cut short"));
        check((300, NEVER), (300, NEVER, 2), Some("sign"));
    }

    #[test]
    fn the_independent_verifier_finds_what_is_altered_and_what_is_dated_back() {
        let folder = tempfile::tempdir().unwrap();
        let kept = tempfile::tempdir().unwrap();
        write(kept.path(), 40, (NEVER, NEVER), 1);
        let said = |words: &[&Path]| {
            let script =
                concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/independent/verify_log.py");
            let output = std::process::Command::new("python3").arg(script).args(words).output();
            String::from_utf8_lossy(&output.unwrap().stderr).into_owned()
        };
        // Entry 60 is of the first minute again, after entries that were there at minute 39.
        write(folder.path(), 61, (NEVER, 60), 1);
        let checkpoint = kept.path().join("checkpoint");
        assert_eq!(said(&[folder.path()]), "");
        assert!(said(&[folder.path(), &checkpoint]).contains("entry 60 came after"));
        for path in ["tile/0/000.p/61", "tile/entries/000.p/61", "checkpoint", "key"] {
            let path = folder.path().join(path);
            let sound = std::fs::read(&path).unwrap();
            let mut altered = sound.clone();
            altered[30] ^= 1;
            std::fs::write(&path, altered).unwrap();
            assert!(said(&[folder.path()]).starts_with("DOES NOT HOLD"), "{}", path.display());
            std::fs::write(&path, sound).unwrap();
        }
        let script = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/independent/verify_log.py"
        ));
        assert!(script.unwrap().lines().count() <= 200, "short enough to be read (F15)");
    }
}
