//! Following sources by their addresses (capabilities C37, C44): what changed is fetched, kept in
//! the data folder until it is in the set, and put into the set at once.
//!
//! Nobody is asked but the hosts that the operator named. A source that fails leaves what the set
//! has of it; a run that is cut off goes on where it stopped.

pub mod address;
pub mod client;
mod csaf;
mod download;
mod file;
pub mod list;
mod osv;
mod singles;
mod state;
mod whole;

use self::address::{Kind, Source};
use self::client::{Client, Retry};
use self::state::{Folder, State};
use crate::advisories::AdvisorySet;
use crate::advisories::gather::{Gathering, Without, document_name};
use anyhow::{Context, ensure};
use seawall_matching::set::SourceNote;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// How much of a source is fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Take {
    /// What changed since the last time.
    Changes,
    /// Everything.
    Whole,
}

/// What is new of a source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// Nothing.
    Unchanged,
    /// A file that replaces everything of the source.
    Whole(PathBuf),
    /// Documents that replace those of the same names.
    Documents(Vec<PathBuf>),
}

/// What came from a source.
#[derive(Clone, Debug)]
pub struct Came {
    delivery: Delivery,
    state: State,
    /// Documents that were not taken, and why.
    refused: Vec<String>,
    /// What a person should know.
    notes: Vec<String>,
}

impl Came {
    fn new(delivery: Delivery, state: State) -> Came {
        let delivery = match delivery {
            Delivery::Documents(files) if files.is_empty() => Delivery::Unchanged,
            other => other,
        };
        Came { delivery, state, refused: Vec::new(), notes: Vec::new() }
    }

    fn unchanged(state: State) -> Came {
        Came::new(Delivery::Unchanged, state)
    }
}

/// What was fetched of a source, on its way into the set.
#[derive(Debug)]
pub struct Fetched {
    /// The source.
    pub source: Source,
    folder: Folder,
    came: anyhow::Result<Came>,
    /// How many bytes came.
    pub fetched_bytes: u64,
}

impl Fetched {
    /// Why nothing came, if so.
    pub fn error(&self) -> Option<String> {
        self.came.as_ref().err().map(|error| format!("{error:#}"))
    }

    /// What is new; nothing where the source failed.
    pub fn delivery(&self) -> &Delivery {
        self.came.as_ref().map_or(&Delivery::Unchanged, |came| &came.delivery)
    }

    /// The documents that were not taken, and why.
    pub fn refused(&self) -> &[String] {
        self.came.as_ref().map_or(&[], |came| &came.refused)
    }

    /// What a person should know of it.
    pub fn notes(&self) -> &[String] {
        self.came.as_ref().map_or(&[], |came| &came.notes)
    }

    /// The new set is in its place: what waited is in it, and is forgotten.
    pub fn settle(&self) -> anyhow::Result<()> {
        let Ok(came) = &self.came else { return Ok(()) };
        match &came.delivery {
            Delivery::Unchanged if came.state.imported_at.is_some() => {
                self.folder.write_state(&came.state)
            }
            Delivery::Unchanged => Ok(()),
            Delivery::Whole(whole) => self.folder.settle(Some(whole)),
            Delivery::Documents(_) => self.folder.settle(None),
        }
    }
}

/// Keeps a second run out for as long as it lives.
#[derive(Debug)]
pub struct Alone(#[allow(dead_code, reason = "the lock lasts as long as the file is open")] File);

/// Makes sure that nobody else follows sources here meanwhile.
pub fn alone(data: &Path) -> anyhow::Result<Alone> {
    std::fs::create_dir_all(data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;
    let file = File::create(data.join("following.lock")).context("cannot lock the data folder")?;
    match file.try_lock() {
        Ok(()) => Ok(Alone(file)),
        Err(TryLockError::WouldBlock) => anyhow::bail!("another update is under way here"),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the data folder"),
    }
}

/// Forgets what is remembered of a source.
pub fn forget(data: &Path, source: &Source) -> anyhow::Result<()> {
    Folder::forget(data, source)
}

/// Fetches what is new of each source, one after the other. `notes` says what the set has.
pub async fn fetch(
    data: &Path,
    sources: &[Source],
    notes: &[SourceNote],
    retry: Retry,
    take: Take,
) -> anyhow::Result<Vec<Fetched>> {
    let mut fetched = Vec::new();
    for source in sources {
        let folder = Folder::open(data, source)?;
        let name = source.to_string();
        let note = notes.iter().find(|note| note.name == name);
        let bar = Client::bar(source);
        let client = Client::new(source, retry, bar.clone())?;
        let came = one(&client, source, &folder, note, take).await;
        bar.finish_and_clear();
        let fetched_bytes = client.fetched_bytes();
        fetched.push(Fetched { source: source.clone(), folder, came, fetched_bytes });
    }
    Ok(fetched)
}

async fn one(
    client: &Client,
    source: &Source,
    folder: &Folder,
    note: Option<&SourceNote>,
    take: Take,
) -> anyhow::Result<Came> {
    let state = folder.state(note)?;
    match source.kind() {
        Kind::Osv => osv::fetch(client, source, folder, &state, take).await,
        Kind::Csaf => csaf::fetch(client, source, folder, &state, take).await,
        Kind::Kev | Kind::Epss | Kind::Cve => {
            file::fetch(client, source, folder, &state, take).await
        }
    }
}

/// Puts what is new into a set in the making, beside what the old one has.
pub fn gather<W: Write>(
    gathering: &mut Gathering<W>,
    old: Option<&AdvisorySet>,
    fetched: &[Fetched],
) -> anyhow::Result<()> {
    let mut without = Without::default();
    for one in fetched {
        match one.delivery() {
            Delivery::Unchanged => {}
            Delivery::Whole(_) => without.source(one.source.to_string()),
            Delivery::Documents(files) => {
                for file in files {
                    if let Some(name) = document_name(&std::fs::read(file)?) {
                        without.document(one.source.to_string(), name);
                    }
                }
            }
        }
    }
    let notes = old.map(|old| old.sources()).transpose()?.unwrap_or_default();
    for one in fetched.iter().filter(|one| matches!(one.delivery(), Delivery::Documents(_))) {
        let note = notes.iter().find(|note| note.name == one.source.to_string());
        let base = one.came.as_ref().ok().and_then(|came| came.state.imported_at);
        // What changed is of use only beside what it changed.
        let is_same = note.map(|note| note.imported_at) == base;
        ensure!(is_same, "the set was made anew meanwhile; update again");
    }
    if let Some(old) = old {
        gathering.set(old, &without)?;
    }
    for one in fetched {
        let files = match one.delivery() {
            Delivery::Unchanged => continue,
            Delivery::Whole(file) => std::slice::from_ref(file),
            Delivery::Documents(files) => files,
        };
        let source = gathering.source_again(one.source.to_string());
        files.iter().try_for_each(|file| gathering.file(source, file))?;
        if let Ok(came) = &one.came {
            let imported_at = gathering.note(source).map(|note| note.imported_at);
            one.folder.write_next(&State { imported_at, ..came.state.clone() })?;
        }
    }
    Ok(())
}
