//! The rooms with side effects on records: rows, facts, jobs and blobs, on SQLite and PostgreSQL.
//!
//! Rows become values and values rows; no decision is taken here. One SQL text serves both
//! databases, and where they must differ the difference is in [`db`] and [`queue`].

pub mod anchor;
pub mod blob;
pub mod db;
pub mod facts;
pub mod keys;
pub mod migrate;
pub mod queries;
pub mod queue;
pub mod record;
pub mod subjects;

use blob::Blobs;
use db::{Database, StoreFault, Tx};
use keys::InstallationKeys;
use std::path::{Path, PathBuf};

/// Everything that is kept: the database, the blobs and the keys that open them.
#[derive(Debug)]
pub struct Store {
    database: Database,
    blobs: Blobs,
    keys: InstallationKeys,
    data: PathBuf,
}

impl Store {
    /// Opens the database at the address, with the blobs of a data folder and the keys beside it.
    pub async fn open(url: &str, data: &Path, keys: InstallationKeys) -> Result<Store, StoreFault> {
        let database = Database::open(url).await?;
        let blobs = Blobs::new(data.join("blobs"), keys.clone());
        Ok(Store { database, blobs, keys, data: data.to_owned() })
    }

    /// Opens a named transaction.
    pub async fn begin(&self, name: &'static str) -> Result<Tx, StoreFault> {
        self.database.begin(name).await
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The blobs.
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The keys.
    pub fn keys(&self) -> &InstallationKeys {
        &self.keys
    }
}
