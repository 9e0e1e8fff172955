//! One door to both databases: SQLite by default, PostgreSQL at scale, one SQL text for both.
//!
//! A value is a `BIGINT`, a `TEXT`, a `BLOB` (`BYTEA`) or a `BOOLEAN`; an argument is written `$1`.
//! Everything that changes runs in a named transaction ([`Tx`]). This room knows no subject and
//! decides nothing; it only gives the same promises on both databases, and where they differ by
//! nature the difference is hidden here:
//!
//! - SQLite has one writer. [`Database::begin`] queues for it and starts with `BEGIN IMMEDIATE`.
//! - PostgreSQL aborts a transaction at the first failed statement; so does [`Tx`] on SQLite.
//! - Text with a NUL is refused on both, because PostgreSQL cannot hold it.

mod fault;
mod open;
mod row;
mod tx;
mod value;
mod woken;

pub use fault::{Contended, StoreFault};
pub use row::Row;
pub use tx::Tx;
pub use value::Value;
pub use woken::Woken;

use seawall_domain::time::Timestamp;
use sqlx::{Pool, Postgres, Sqlite};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How often [`Database::retrying`] tries before it gives the last fault back.
const TRIES_MAX: u32 = 6;

/// Which database this is; only the few places that must differ ask for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A file in the data directory, one writer, no service to start.
    Sqlite,
    /// A server of version 14 or newer, any number of writers.
    Postgres,
}

/// How long and how wide a database may be used before the caller is told that it is busy.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long to wait for a connection, for the only writer, or for a lock.
    pub wait: Duration,
    /// How long one statement may run on PostgreSQL.
    pub statement: Duration,
    /// How many connections are kept: readers on SQLite, all of them on PostgreSQL.
    pub connections_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(15),
            statement: Duration::from_secs(60),
            connections_max: 10,
        }
    }
}

/// An open, migrated database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pools: Pools,
    bell: Arc<woken::Bell>,
}

/// The native pools of the two databases.
#[derive(Clone, Debug)]
enum Pools {
    /// INVARIANT: the writer pool holds one connection, so writers queue here and not in SQLite.
    Sqlite {
        writer: Pool<Sqlite>,
        readers: Pool<Sqlite>,
    },
    Postgres(Pool<Postgres>),
}

impl Database {
    /// Opens `sqlite:/path/file.db` (created when missing) or `postgres://…`, and migrates it.
    pub async fn open(url: &str) -> Result<Self, StoreFault> {
        Self::open_with(url, Limits::default()).await
    }

    /// Opens and migrates a database under limits of the caller's choice.
    pub async fn open_with(url: &str, limits: Limits) -> Result<Self, StoreFault> {
        let database = Self::open_as_it_is(url, limits).await?;
        crate::migrate::migrate(&database, crate::migrate::MIGRATIONS).await?;
        Ok(database)
    }

    /// Opens a database without touching its tables, to migrate it or to look at a damaged one.
    pub async fn open_as_it_is(url: &str, limits: Limits) -> Result<Self, StoreFault> {
        let bell = Arc::new(woken::Bell::new());
        let pools = match url.strip_prefix("sqlite:") {
            Some(path) => {
                let (writer, readers) = open::sqlite(path, limits).await?;
                Pools::Sqlite { writer, readers }
            }
            None => {
                let pool = open::postgres(url, limits).await?;
                bell.listen(&pool).await?;
                Pools::Postgres(pool)
            }
        };
        Ok(Self { pools, bell })
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        match self.pools {
            Pools::Sqlite { .. } => Kind::Sqlite,
            Pools::Postgres(_) => Kind::Postgres,
        }
    }

    /// Starts a transaction that may write; dropping it without [`Tx::commit`] leaves nothing.
    pub async fn begin(&self, name: &'static str) -> Result<Tx, StoreFault> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                let inner = writer.begin_with("BEGIN IMMEDIATE").await;
                Tx::sqlite(name, inner, self.bell.clone())
            }
            Pools::Postgres(pool) => {
                let inner = pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await;
                Tx::postgres(name, inner, self.bell.clone())
            }
        }
    }

    /// Starts a transaction that only reads, and sees one unchanging picture.
    pub async fn read(&self) -> Result<Tx, StoreFault> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => {
                Tx::sqlite("read", readers.begin().await, self.bell.clone())
            }
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Tx::postgres("read", pool.begin_with(begin).await, self.bell.clone())
            }
        }
    }

    /// Asks one question outside of any transaction of the caller.
    pub async fn fetch(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreFault> {
        self.read().await?.fetch(sql, args).await
    }

    /// Runs `work` in a transaction of that name, again from the start when the database was busy.
    ///
    /// `work` commits by itself: what follows from the commit is then its own to say.
    pub async fn retrying<T, E, F, Fut>(&self, name: &'static str, mut work: F) -> Result<T, E>
    where
        E: From<StoreFault> + Contended,
        F: FnMut(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut tried = 0;
        loop {
            let outcome = match self.begin(name).await {
                Ok(tx) => work(tx).await,
                Err(fault) => Err(fault.into()),
            };
            tried += 1;
            match outcome {
                Err(fault) if fault.is_busy() && tried < TRIES_MAX => {
                    tracing::debug!(transaction = name, tried, "busy, tried again");
                    tokio::time::sleep(Duration::from_millis(5 << tried)).await;
                }
                done => return done,
            }
        }
    }

    /// The database's own clock: on PostgreSQL, that of the machine that all workers share.
    pub async fn time(&self) -> Result<Timestamp, StoreFault> {
        let micros = self.read().await?.database_time().await?;
        Timestamp::from_microsecond(micros).map_err(|error| StoreFault::Column {
            column: "micros".to_owned(),
            why: error.to_string(),
        })
    }

    /// A handle that wakes when a job was enqueued, here or (PostgreSQL) by any process.
    pub fn woken(&self) -> Woken {
        self.bell.woken()
    }

    /// Closes all connections; on SQLite this also folds the write-ahead log into the file.
    pub async fn close(self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => {
                self.bell.silence();
                pool.close().await;
            }
        }
    }
}
