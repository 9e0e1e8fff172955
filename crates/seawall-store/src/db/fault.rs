//! What can break in the store: one enum, which keeps its source and names the transaction.

use std::path::PathBuf;

/// The machinery of the store broke; it is logged once and shown only as a reference number.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database could not be opened at all.
    #[error("cannot open the {kind} database: {why}")]
    Open {
        /// `sqlite`, `postgres`, or `unknown`.
        kind: &'static str,
        /// What was wrong, without the address, which may hold a password.
        why: String,
        /// The error of the driver, where there is one.
        #[source]
        source: Option<sqlx::Error>,
    },
    /// A statement failed for a reason that trying again does not change.
    #[error("cannot finish the transaction `{transaction}`")]
    Database {
        /// The name of the transaction.
        transaction: &'static str,
        /// The error of the driver.
        #[source]
        source: sqlx::Error,
    },
    /// A lock, the only writer or a connection was not free in time; trying again may work.
    #[error("cannot finish the transaction `{transaction}` now: the database is busy")]
    Busy {
        /// The name of the transaction.
        transaction: &'static str,
        /// The error of the driver.
        #[source]
        source: sqlx::Error,
    },
    /// The row has moved since it was loaded; load it again and decide anew.
    #[error("cannot record in the transaction `{transaction}`: the row has moved")]
    Moved {
        /// The name of the transaction.
        transaction: &'static str,
    },
    /// A value of ours cannot be written as text.
    #[error("cannot write a value as text: {0}")]
    Encode(String),
    /// A row of that key is already there, or a row that is referred to is not.
    #[error("cannot record in the transaction `{transaction}`: a constraint forbids it")]
    Conflict {
        /// The name of the transaction.
        transaction: &'static str,
        /// The error of the driver.
        #[source]
        source: sqlx::Error,
    },
    /// An earlier statement of the transaction failed or was cut off, so that nothing may follow.
    #[error("cannot go on with the transaction `{transaction}`: an earlier statement failed")]
    Aborted {
        /// The name of the transaction.
        transaction: &'static str,
    },
    /// A text argument holds a NUL, which PostgreSQL cannot store.
    #[error("cannot store argument ${argument} of `{transaction}`: the text holds a NUL")]
    NulInText {
        /// The name of the transaction.
        transaction: &'static str,
        /// The number of the argument, from 1.
        argument: usize,
    },
    /// A column does not hold what the caller asked for.
    #[error("cannot read column `{column}`: {why}")]
    Column {
        /// The name of the column.
        column: String,
        /// What was found instead.
        why: String,
    },
    /// A row holds what no state allows.
    #[error("cannot restore `{table}` `{id}`: column `{column}`: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The id of the row.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something is longer than its named bound.
    #[error("cannot store {what}: {size_bytes} bytes are more than {bytes_max}")]
    TooLong {
        /// What was to be stored.
        what: &'static str,
        /// How long it is.
        size_bytes: usize,
        /// How long it may be.
        bytes_max: usize,
    },
    /// A migration that was applied once no longer has the text it had then.
    #[error("cannot migrate: migration {number} was edited after it had been applied")]
    MigrationEdited {
        /// The number of the migration.
        number: i64,
    },
    /// The database was migrated further than this program knows.
    #[error("cannot migrate: migration {number} is newer than this program")]
    MigrationUnknown {
        /// The number of the migration.
        number: i64,
    },
    /// The list of migrations of this program is not numbered 1, 2, 3.
    #[error("cannot migrate: migration {number} is out of order")]
    MigrationOutOfOrder {
        /// The number of the migration.
        number: i64,
    },
    /// The lease on a job ran out and somebody else may have it now.
    #[error("cannot record job `{job}`: its lease was lost")]
    LeaseLost {
        /// The id of the job.
        job: String,
    },
    /// A file could not be written or read.
    #[error("cannot {doing} `{path}`")]
    File {
        /// What was attempted.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        #[source]
        source: std::io::Error,
    },
    /// A blob is not what was stored under its address.
    #[error("cannot read blob `{address}`: {why}")]
    BlobDamaged {
        /// The address.
        address: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// There is no blob of that address.
    #[error("cannot read blob `{address}`: there is none")]
    BlobMissing {
        /// The address.
        address: String,
    },
    /// The key of the blob's owner was erased on purpose.
    #[error("cannot read blob `{address}`: it was erased")]
    BlobErased {
        /// The address.
        address: String,
    },
    /// An installation key is missing, unreadable, or readable by others.
    #[error("cannot use the key file `{path}`: {why}")]
    Key {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The cryptographic library refused, which it does only when the system has no randomness.
    #[error("cannot {doing}: the cryptographic library refused")]
    Crypto {
        /// What was attempted.
        doing: &'static str,
    },
}

/// An error that can say whether trying the same again may succeed.
pub trait Contended {
    /// Whether the database was only busy.
    fn is_busy(&self) -> bool;
}

impl Contended for StoreFault {
    fn is_busy(&self) -> bool {
        matches!(self, StoreFault::Busy { .. })
    }
}

impl StoreFault {
    /// Sorts an error of the driver into busy, conflict, and all others.
    pub(crate) fn driver(transaction: &'static str, source: sqlx::Error) -> Self {
        let code = match &source {
            sqlx::Error::PoolTimedOut => {
                return Self::Busy { transaction, source };
            }
            sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
            _ => String::new(),
        };
        match sort(&code) {
            Sort::Busy => Self::Busy { transaction, source },
            Sort::Conflict => Self::Conflict { transaction, source },
            Sort::Other => Self::Database { transaction, source },
        }
    }

    /// A fault of the file system.
    pub(crate) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
        source: std::io::Error,
    ) -> Self {
        Self::File { doing, path: path.into(), source }
    }
}

#[derive(Debug, Eq, PartialEq)]
enum Sort {
    Busy,
    Conflict,
    Other,
}

/// Reads a code: five signs are PostgreSQL's SQLSTATE, fewer are SQLite's extended result code.
fn sort(code: &str) -> Sort {
    // Serialization failure, deadlock, lock not available, too many connections, shutting down.
    const BUSY: [&str; 5] = ["40001", "40P01", "55P03", "53300", "57P03"];
    if code.len() == 5 {
        return match code {
            code if BUSY.contains(&code) => Sort::Busy,
            code if code.starts_with("23") => Sort::Conflict,
            _ => Sort::Other,
        };
    }
    // The low byte of an extended code is the primary one: 5 busy, 6 locked, 19 constraint.
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => Sort::Busy,
        Ok(19) => Sort::Conflict,
        Ok(_) | Err(_) => Sort::Other,
    }
}

impl StoreFault {
    /// A value of ours cannot be written as text.
    pub fn encode(error: impl std::fmt::Display) -> StoreFault {
        StoreFault::Encode(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_sorted() {
        for (code, expected) in [
            ("40001", Sort::Busy),
            ("40P01", Sort::Busy),
            ("55P03", Sort::Busy),
            ("23505", Sort::Conflict),
            ("42601", Sort::Other),
            ("5", Sort::Busy),
            ("517", Sort::Busy),
            ("261", Sort::Busy),
            ("2067", Sort::Conflict),
            ("1", Sort::Other),
            ("", Sort::Other),
        ] {
            assert_eq!(sort(code), expected, "{code}");
        }
    }
}
