//! How an installation knows its own data folder and keys again: a mark in the folder and a digest
//! of the keys, both of which the database repeats. A worker on another machine that is given the
//! wrong folder, or none that is shared, finds out before it takes work.

use crate::args;
use crate::db::{StoreFault, Tx};
use crate::keys::InstallationKeys;
use crate::{Store, blob};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The file in the data folder that holds its mark.
const MARK: &str = "installation";
/// A mark is an id; whatever is longer is none.
const MARK_BYTES_MAX: usize = 64;

/// Whether folder and keys are those of the database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Anchor {
    /// They are.
    Holds,
    /// No server has been started on this database yet.
    Absent,
    /// The data folder is another one.
    OtherFolder,
    /// The keys are others.
    OtherKeys,
}

impl Store {
    /// Lays the mark, with an id of the caller's making, unless the database knows one already.
    pub async fn anchor(&self, id: Uuid) -> Result<(), StoreFault> {
        let mut tx = self.begin("installation_anchor").await?;
        if value(&mut tx, "folder").await?.is_some() {
            return Ok(());
        }
        let path = mark(self.data());
        let known = read(&path)?;
        let id = known.unwrap_or_else(|| id.to_string());
        fs::write(&path, format!("{id}\n"))
            .map_err(|source| StoreFault::file("write the mark", &path, source))?;
        let sql = "INSERT INTO installation (name, value) VALUES ($1, $2), ($3, $4) \
                   ON CONFLICT DO NOTHING";
        tx.execute(sql, args!["folder", id, "keys", fingerprint(self.keys())]).await?;
        tx.commit().await
    }

    /// Whether the data folder and the keys are those that the database was first used with.
    pub async fn anchored(&self) -> Result<Anchor, StoreFault> {
        let mut tx = self.database().read().await?;
        let Some(folder) = value(&mut tx, "folder").await? else { return Ok(Anchor::Absent) };
        let keys = value(&mut tx, "keys").await?;
        if read(&mark(self.data()))?.as_deref() != Some(folder.as_str()) {
            return Ok(Anchor::OtherFolder);
        }
        match keys == Some(fingerprint(self.keys())) {
            true => Ok(Anchor::Holds),
            false => Ok(Anchor::OtherKeys),
        }
    }
}

async fn value(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreFault> {
    let sql = "SELECT value FROM installation WHERE name = $1";
    let row = tx.fetch_optional(sql, args![name]).await?;
    row.map(|row| row.text("value")).transpose()
}

fn mark(data: &Path) -> PathBuf {
    data.join(MARK)
}

fn read(path: &Path) -> Result<Option<String>, StoreFault> {
    match fs::read_to_string(path) {
        Ok(text) if text.len() <= MARK_BYTES_MAX => Ok(Some(text.trim_end().to_owned())),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreFault::file("read the mark", path, source)),
    }
}

/// What tells keys apart and betrays none: a digest of a key that is used for nothing else.
fn fingerprint(keys: &InstallationKeys) -> String {
    blob::sha256(&keys.derive("installation/fingerprint")).to_string()
}
