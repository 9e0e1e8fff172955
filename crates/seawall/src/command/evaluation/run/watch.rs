//! The logs of a run as they grow.

use anyhow::Context;
use seawall_formats::inspect;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A folder of logs that is looked at again and again.
pub(super) struct Watch {
    folder: PathBuf,
    seen: BTreeMap<PathBuf, Seen>,
}

#[derive(Clone, Copy, Default, PartialEq)]
struct Seen {
    /// The file's length when it was last read.
    bytes: u64,
    /// How many attempts are planned.
    planned: u64,
    /// How many are in the log.
    held: u64,
}

impl Watch {
    pub(super) fn of(folder: &Path) -> Watch {
        Watch { folder: folder.to_owned(), seen: BTreeMap::new() }
    }

    /// The logs that are there, in the order of their names.
    pub(super) fn logs(&self) -> anyhow::Result<Vec<PathBuf>> {
        let shown = self.folder.display();
        let entries = fs::read_dir(&self.folder).with_context(|| format!("cannot read {shown}"))?;
        let mut logs: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "eval"))
            .collect();
        logs.sort();
        Ok(logs)
    }

    /// Looks again; true when something is new. A log that is just being written is looked at the
    /// next time.
    pub(super) fn look(&mut self) -> bool {
        let mut new = false;
        for path in self.logs().unwrap_or_default() {
            let bytes = fs::metadata(&path).map(|data| data.len()).unwrap_or_default();
            let before = self.seen.get(&path).copied().unwrap_or_default();
            if bytes == before.bytes {
                continue;
            }
            if let Some(seen) = read(&path, before.planned) {
                new |= seen != before;
                self.seen.insert(path, Seen { bytes, ..seen });
            }
        }
        new
    }

    /// How many attempts are in the logs, and how many are planned in those that have begun.
    pub(super) fn counts(&self) -> (u64, u64) {
        let sum = |count: fn(&Seen) -> u64| self.seen.values().map(count).sum();
        (sum(|seen| seen.held), sum(|seen| seen.planned))
    }
}

fn read(path: &Path, planned: u64) -> Option<Seen> {
    let held = inspect::held(File::open(path).ok()?).ok()??;
    let planned = match planned {
        0 => {
            let spec = inspect::read_header(File::open(path).ok()?).ok()?.spec;
            let listed = spec.tasks.as_ref().map(|tasks| tasks.len() as u64);
            listed.or(spec.size).unwrap_or(0).saturating_mul(u64::from(spec.epochs))
        }
        known => known,
    };
    Some(Seen { bytes: 0, planned, held })
}
