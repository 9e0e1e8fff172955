//! What is remembered of a source between two runs, and what of the next state is here already.
//!
//! Each source has a folder in the data folder: `state.json` says what of it is in the set;
//! `next.json` is the state that becomes true when the new set is in its place; `held.json` says
//! what the file that is being fetched is; fetched documents wait in `documents`. Whatever is cut
//! off is found again, and nothing here is needed for the set to be whole.

use super::address::Source;
use super::download::Validator;
use anyhow::Context;
use jiff::Timestamp;
use seawall_matching::set::SourceNote;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The folder of all of them.
const FOLDER: &str = "following";

/// How many names of one time are remembered; further ones are fetched once more.
pub const NAMES_MAX: usize = 2_000;

/// The longest file of state that is read, in bytes.
const STATE_BYTES_MAX: u64 = 256 << 20;

/// What of a source is in the set.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct State {
    /// When it went into the set: the set's own note of the source says the same time, or this
    /// state is of another set.
    pub imported_at: Option<Timestamp>,
    /// What the server called the whole file.
    #[serde(skip_serializing_if = "Validator::is_empty")]
    pub whole: Validator,
    /// How far each list of changes was followed, by its address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, Known>,
}

/// How far a list of changes was followed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Known {
    /// What the server called the list.
    #[serde(skip_serializing_if = "Validator::is_empty")]
    pub list: Validator,
    /// The newest time in it.
    pub newest: Option<Timestamp>,
    /// What had changed at that time: more may come with the same time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// What was refused and is to be fetched again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<String>,
    /// Each document of a CSAF provider's list, by its address, with the time that the list gave.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub documents: BTreeMap<String, Timestamp>,
}

impl Known {
    /// Whether a change was seen before.
    pub fn has(&self, name: &str, changed: Timestamp) -> bool {
        match self.newest {
            None => false,
            Some(newest) if changed == newest => self.names.iter().any(|known| known == name),
            Some(newest) => changed < newest,
        }
    }

    /// Takes note of a change.
    pub fn learn(&mut self, name: &str, changed: Timestamp) {
        if self.newest.is_none_or(|newest| newest < changed) {
            self.newest = Some(changed);
            self.names.clear();
        }
        let is_new = !self.names.iter().any(|known| known == name);
        if self.newest == Some(changed) && is_new && self.names.len() < NAMES_MAX {
            self.names.push(name.to_owned());
        }
    }
}

/// The folder of one source.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder of a source, made if it is missing.
    pub fn open(data: &Path, source: &Source) -> anyhow::Result<Folder> {
        let folder = Folder(Folder::place(data, source));
        let shown = folder.0.display();
        std::fs::create_dir_all(folder.documents())
            .with_context(|| format!("cannot make the folder {shown}"))?;
        Ok(folder)
    }

    fn place(data: &Path, source: &Source) -> PathBuf {
        let name = source.to_string();
        data.join(FOLDER).join(format!("{}-{}", source.kind().word(), digest(&name)))
    }

    /// Forgets a source: what is remembered of it and what waits.
    pub fn forget(data: &Path, source: &Source) -> anyhow::Result<()> {
        remove(std::fs::remove_dir_all(Folder::place(data, source)))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where fetched documents wait.
    pub fn documents(&self) -> PathBuf {
        self.0.join("documents")
    }

    /// Where a document waits that is at this address since this time.
    pub fn document(&self, url: &str, changed: Option<Timestamp>) -> PathBuf {
        let changed = changed.map_or(String::new(), |at| at.to_string());
        self.documents().join(format!("{}.json", digest(&format!("{url} {changed}"))))
    }

    /// The state that fits the set's note of the source; an empty one if none does.
    pub fn state(&self, note: Option<&SourceNote>) -> anyhow::Result<State> {
        let Some(note) = note else { return Ok(State::default()) };
        for name in ["next.json", "state.json"] {
            let state: Option<State> = read_json(&self.file(name))?;
            if let Some(state) = state.filter(|state| state.imported_at == Some(note.imported_at)) {
                return Ok(state);
            }
        }
        Ok(State::default())
    }

    /// Writes the state that is true once the new set is in its place.
    pub fn write_next(&self, state: &State) -> anyhow::Result<()> {
        replace_file(&self.file("next.json"), &serde_json::to_vec(state)?)
    }

    /// The new set is in its place: what waited is in it.
    pub fn settle(&self, whole: Option<&Path>) -> anyhow::Result<()> {
        let (next, state) = (self.file("next.json"), self.file("state.json"));
        std::fs::rename(next, state).context("cannot keep the state of a source")?;
        if let Some(whole) = whole {
            remove(std::fs::remove_file(whole))?;
            remove(std::fs::remove_file(self.file("held.json")))?;
        }
        remove(std::fs::remove_dir_all(self.documents()))
    }

    /// Nothing of it changed but what the servers call it: what still waits is in the set since
    /// before.
    pub fn write_state(&self, state: &State) -> anyhow::Result<()> {
        replace_file(&self.file("state.json"), &serde_json::to_vec(state)?)?;
        remove(std::fs::remove_file(self.file("next.json")))?;
        remove(std::fs::remove_dir_all(self.documents()))
    }
}

/// A name for files that any text has: 32 hexadecimal digits.
fn digest(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// That what was to be removed was not there is no fault.
pub fn remove(removed: std::io::Result<()>) -> anyhow::Result<()> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Reads a file of state; one that is not there or is broken is as good as none.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    let size = match std::fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    if size > STATE_BYTES_MAX {
        return Ok(None);
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_slice(&bytes).ok())
}

/// Writes a file so that it is there whole or as it was before.
pub fn replace_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let shown = path.display();
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file =
        tempfile::NamedTempFile::new_in(folder).with_context(|| format!("cannot write {shown}"))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all())?;
    file.persist(path).with_context(|| format!("cannot write {shown}"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_new_once() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut known = Known::default();
        assert!(!known.has("a", at(1)));
        for (name, second) in [("a", 2), ("b", 2), ("c", 1)] {
            known.learn(name, at(second));
        }
        for (name, second, expected) in [
            ("a", 2, true),
            ("b", 2, true),
            ("c", 2, false),
            ("c", 1, true),
            ("new", 1, true),
            ("a", 3, false),
        ] {
            assert_eq!(known.has(name, at(second)), expected, "{name} {second}");
        }
        known.learn("a", at(3));
        assert_eq!(known.names, ["a"]);
        assert!(known.has("anything", at(2)) && !known.has("b", at(3)));
    }
}
