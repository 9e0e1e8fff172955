//! Migrations: numbered, only forward, and never edited once they were applied.
//!
//! Each is one text for both databases. The digest of every applied text is kept, so that an edited
//! one is refused before anything else happens. All missing ones are applied in one transaction.

use crate::args;
use crate::db::{Database, Kind, StoreFault, Tx};
use aws_lc_rs::digest;
use seawall_domain::digest::Digest;

/// One migration.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number: 1 for the first, then without a gap.
    pub number: i64,
    /// Its text, in SQLite's words.
    pub text: &'static str,
}

/// All migrations of this program.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, text: include_str!("../migrations/0001_engine.sql") },
    Migration { number: 2, text: include_str!("../migrations/0002_subjects.sql") },
    Migration { number: 3, text: include_str!("../migrations/0003_causes.sql") },
    Migration { number: 4, text: include_str!("../migrations/0004_work.sql") },
    Migration { number: 5, text: include_str!("../migrations/0005_framework.sql") },
    Migration { number: 6, text: include_str!("../migrations/0006_basis.sql") },
];

impl Migration {
    /// The digest that is kept beside the number.
    pub fn digest(&self) -> String {
        let digest = digest::digest(&digest::SHA256, self.text.as_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Digest::new(bytes).to_string()
    }

    /// The text in the words of one database; this is the whole difference.
    fn text_for(&self, kind: Kind) -> String {
        match kind {
            Kind::Sqlite => self.text.to_owned(),
            Kind::Postgres => self.text.replace("BLOB", "BYTEA"),
        }
    }
}

/// Applies what is missing; refuses edited, unknown and disordered migrations.
pub async fn migrate(database: &Database, migrations: &[Migration]) -> Result<(), StoreFault> {
    for (expected, migration) in (1..).zip(migrations) {
        if migration.number != expected {
            return Err(StoreFault::MigrationOutOfOrder { number: migration.number });
        }
    }
    let run = |mut tx: Tx| async move {
        tx.lock("seawall migration").await?;
        apply_missing(&mut tx, migrations).await?;
        tx.commit().await
    };
    database.retrying("migrate", run).await
}

async fn apply_missing(tx: &mut Tx, migrations: &[Migration]) -> Result<(), StoreFault> {
    let table = "CREATE TABLE IF NOT EXISTS migration (
        number BIGINT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, at BIGINT NOT NULL)";
    tx.execute(table, Vec::new()).await?;
    let sql = "SELECT number, digest FROM migration ORDER BY number";
    let applied = tx.fetch(sql, Vec::new()).await?;
    for row in &applied {
        let number = row.int("number")?;
        let known = migrations.iter().find(|migration| migration.number == number);
        match known {
            None => return Err(StoreFault::MigrationUnknown { number }),
            Some(known) if known.digest() != row.text("digest")? => {
                return Err(StoreFault::MigrationEdited { number });
            }
            Some(_) => {}
        }
    }
    for migration in migrations.iter().skip(applied.len()) {
        tx.execute_script(migration.text_for(tx.kind())).await?;
        let at = tx.database_time().await?;
        let sql = "INSERT INTO migration (number, digest, at) VALUES ($1, $2, $3)";
        tx.execute(sql, args![migration.number, migration.digest(), at]).await?;
    }
    Ok(())
}
