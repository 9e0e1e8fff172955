//! The dumps of OSV: everything the advisory sets hold as archives and lists, laid out as the
//! field's offline clients want them (capability C45).
//!
//! | path | what |
//! |---|---|
//! | `all.zip`, `ECOSYSTEM/all.zip` | records as `ID.json`, withdrawn ones too |
//! | `modified_id.csv`, `ECOSYSTEM/modified_id.csv` | times of change and ids, the newest first |
//! | `ECOSYSTEM/ID.json` | one record |
//! | `ecosystems.txt` | one ecosystem a line |
//!
//! A directory is an ecosystem without its release, or `[EMPTY]` for records without one. A file is
//! made when it is first asked for, kept as long as the sets are the same, and can be made again.

mod making;

use crate::advisory_set::{Holding, Unusable};
use crate::desk::Desk;
use crate::osv::{Found, record};
use crate::outcome::Fault;
use seawall_matching::set::SetFault;
use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::Path;
use tokio::sync::Mutex;

/// The directory of records that no ecosystem has.
const NO_ECOSYSTEM: &str = "[EMPTY]";
/// The longest name of a directory or of a record that is dumped, in bytes.
const NAME_BYTES_MAX: usize = 100;

/// One dump is made at a time: making one reads everything.
static MAKING: Mutex<()> = Mutex::const_new(());

/// A file of the dumps.
#[derive(Debug)]
pub enum Dump {
    /// A file that was made.
    File {
        /// The file.
        file: File,
        /// Its length in bytes.
        length: u64,
        /// Its CRC-32C (RFC 3720, appendix B.4), of archives only.
        sum: Option<u32>,
    },
    /// A record.
    Record(Vec<u8>),
}

/// Why there is no dump.
#[derive(Debug, thiserror::Error)]
pub enum DumpFault {
    /// The advisory set cannot be used.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The machinery broke.
    #[error(transparent)]
    Broken(#[from] Fault),
}

/// What a path below the folder of the dumps names.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Wanted {
    Ecosystems,
    Modified(Option<String>),
    Archive(Option<String>),
    Record { directory: String, id: String },
}

impl Wanted {
    fn read(path: &str) -> Option<Wanted> {
        let (directory, name) = match path.split_once('/') {
            None => (None, path),
            Some((directory, name)) => (Some(directory.to_owned()), name),
        };
        if directory.as_deref().is_some_and(|name| name != NO_ECOSYSTEM && !is_plain(name)) {
            return None;
        }
        match (directory, name) {
            (None, "ecosystems.txt") => Some(Wanted::Ecosystems),
            (directory, "modified_id.csv") => Some(Wanted::Modified(directory)),
            (directory, "all.zip") => Some(Wanted::Archive(directory)),
            (None, _) => None,
            (Some(directory), name) => {
                let id = name.strip_suffix(".json").filter(|id| is_plain(id))?.to_owned();
                Some(Wanted::Record { directory, id })
            }
        }
    }

    /// The name of the file in the folder of an edition; no two files have one name.
    fn file_name(&self) -> String {
        let named = |kind: &str, directory: &Option<String>| match directory {
            None => format!("{kind}-all"),
            Some(directory) => format!("{kind}-of-{directory}"),
        };
        match self {
            Wanted::Ecosystems => "ecosystems".to_owned(),
            Wanted::Modified(directory) => named("modified", directory),
            Wanted::Archive(directory) => named("archive", directory),
            Wanted::Record { directory, id } => format!("record-of-{directory}-{id}"),
        }
    }
}

/// Whether a name can be that of a file anywhere: it never leaves its folder.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:+ ".contains(&byte);
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.starts_with(['.', ' '])
        && name.bytes().all(plain)
}

/// The directories of a record, by the ecosystems that it is about.
fn directories(ecosystems: &[String]) -> Vec<Cow<'_, str>> {
    let mut found: Vec<Cow<'_, str>> = ecosystems
        .iter()
        .filter_map(|name| name.split(':').next())
        // Software without a registry has no ecosystem in the schema.
        .filter(|name| *name != "Generic" && is_plain(name))
        .map(Cow::Borrowed)
        .collect();
    found.sort();
    found.dedup();
    if found.is_empty() {
        found.push(Cow::Borrowed(NO_ECOSYSTEM));
    }
    found
}

/// The dump at a path; none when there is nothing by that name.
pub async fn dump(desk: &Desk, path: &str) -> Result<Option<Dump>, DumpFault> {
    let Some(wanted) = Wanted::read(path) else { return Ok(None) };
    match &wanted {
        Wanted::Record { directory, id } => {
            let found = desk.advisories.ask(|holding| one(holding, directory, id))?;
            Ok(found.map(Dump::Record))
        }
        Wanted::Modified(Some(directory)) | Wanted::Archive(Some(directory)) => {
            match is_there(desk, directory).await? {
                true => file(desk, wanted).await.map(Some),
                false => Ok(None),
            }
        }
        Wanted::Ecosystems | Wanted::Modified(None) | Wanted::Archive(None) => {
            file(desk, wanted).await.map(Some)
        }
    }
}

/// Whether a directory has records: nobody shall make us look through all of them for nothing.
async fn is_there(desk: &Desk, directory: &str) -> Result<bool, DumpFault> {
    if directory == NO_ECOSYSTEM {
        return Ok(true);
    }
    let Dump::File { file, .. } = file(desk, Wanted::Ecosystems).await? else { return Ok(false) };
    let text = io::read_to_string(file).map_err(|source| fault("ecosystems", source))?;
    Ok(text.lines().any(|line| line == directory))
}

fn one(holding: &Holding, directory: &str, id: &str) -> Result<Option<Vec<u8>>, SetFault> {
    for shelf in holding.shelves() {
        let Some(found) = record(shelf, id)? else { continue };
        return match is_in(&found, directory)? {
            true => Ok(Some(found.document()?.into_owned())),
            false => Ok(None),
        };
    }
    Ok(None)
}

fn is_in(found: &Found<'_>, directory: &str) -> Result<bool, SetFault> {
    let meta = found.shelf.set.record(found.number)?;
    Ok(meta.is_some_and(|meta| directories(&meta.ecosystems).iter().any(|own| own == directory)))
}

async fn file(desk: &Desk, wanted: Wanted) -> Result<Dump, DumpFault> {
    let name = wanted.file_name();
    let holding = desk.advisories.current();
    if holding.trouble.is_some() {
        return Err(Unusable.into());
    }
    let place = desk.settings.dumps.join(&holding.edition).join(&name);
    if let Some(dump) = opened(&place).map_err(|source| fault(&name, source))? {
        return Ok(dump);
    }
    let _one = MAKING.lock().await;
    let desk = desk.clone();
    let done = tokio::task::spawn_blocking(move || made(&desk, &name, &wanted)).await;
    done.map_err(|error| Fault::inconsistent("finish a dump", error))?
}

fn made(desk: &Desk, name: &str, wanted: &Wanted) -> Result<Dump, DumpFault> {
    let made = desk.advisories.ask(|holding| {
        let folder = desk.settings.dumps.join(&holding.edition);
        // Somebody else may have made it meanwhile.
        match opened(&folder.join(name)) {
            Ok(None) => making::file(holding, &folder, name, wanted),
            other => Ok(other),
        }
    })?;
    let missing = io::Error::from(io::ErrorKind::NotFound);
    let dump = made.and_then(|dump| dump.ok_or(missing)).map_err(|source| fault(name, source))?;
    Ok(dump)
}

fn fault(name: &str, source: io::Error) -> Fault {
    Fault::File { what: format!("the dump {name}"), source }
}

/// A file that was made before; none when it was not.
fn opened(place: &Path) -> io::Result<Option<Dump>> {
    let file = match File::open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let sum = match std::fs::read_to_string(making::sum_place(place)) {
        Ok(text) => u32::from_str_radix(text.trim(), 16).ok(),
        Err(_) => None,
    };
    Ok(Some(Dump::File { length: file.metadata()?.len(), file, sum }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<Wanted>) {
        assert_eq!(Wanted::read(path), expected, "{path}");
    }

    #[test]
    fn only_paths_of_the_layout_name_something() {
        let some = |name: &str| Some(name.to_owned());
        let record = |directory: &str, id: &str| {
            Some(Wanted::Record { directory: directory.into(), id: id.into() })
        };
        check("all.zip", Some(Wanted::Archive(None)));
        check("PyPI/all.zip", Some(Wanted::Archive(some("PyPI"))));
        check("Rocky Linux/modified_id.csv", Some(Wanted::Modified(some("Rocky Linux"))));
        check("[EMPTY]/all.zip", Some(Wanted::Archive(some("[EMPTY]"))));
        check("ecosystems.txt", Some(Wanted::Ecosystems));
        check("PyPI/GHSA-1.json", record("PyPI", "GHSA-1"));
        check("Red Hat/RHSA-2020:1.json", record("Red Hat", "RHSA-2020:1"));
        for path in [
            "",
            "/",
            "x",
            "GHSA-1.json",
            "PyPI/",
            "PyPI/x",
            "PyPI/.json",
            "../all.zip",
            "./all.zip",
            "PyPI/../all.zip",
            "a/b/all.zip",
            "[EMPTY/all.zip",
            "x\0/all.zip",
            "PyPI/..json",
            "PyPI/a%2f.json",
            "PyPI/ecosystems.txt",
        ] {
            check(path, None);
        }
    }

    #[test]
    fn a_record_lies_in_each_of_its_ecosystems_once() {
        for (ecosystems, expected) in [
            (&["Debian:12", "Debian:11", "PyPI"][..], &["Debian", "PyPI"][..]),
            (&["Generic"], &["[EMPTY]"]),
            (&["../x", ""], &["[EMPTY]"]),
            (&[], &["[EMPTY]"]),
            (&["GIT", "Generic"], &["GIT"]),
        ] {
            let named: Vec<String> = ecosystems.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(directories(&named), expected, "{ecosystems:?}");
        }
    }
}
