//! How each of the two databases is opened: the only place that knows their settings.

use super::{Limits, StoreFault};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Pool, Postgres, Sqlite};
use std::path::Path;
use std::str::FromStr;

/// Opens the one writer and the readers of a SQLite file.
pub(super) async fn sqlite(
    path: &str,
    limits: Limits,
) -> Result<(Pool<Sqlite>, Pool<Sqlite>), StoreFault> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.starts_with(':') || path.contains('\0') {
        return Err(StoreFault::Open {
            kind: "sqlite",
            why: "it must be a file, such as `sqlite:/var/lib/seawall/seawall.db`".to_owned(),
            source: None,
        });
    }
    create_private(Path::new(path))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is overwritten, or an erased key would stay in the free pages.
        .pragma("secure_delete", "ON")
        .busy_timeout(limits.wait);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(limits.wait)
        .connect_with(options.clone())
        .await
        .map_err(|error| unopened("sqlite", error))?;
    let readers = SqlitePoolOptions::new()
        .max_connections(limits.connections_max)
        .acquire_timeout(limits.wait)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(|error| unopened("sqlite", error))?;
    Ok((writer, readers))
}

/// Makes the file readable by its owner only; SQLite gives its side files the same mode.
fn create_private(path: &Path) -> Result<(), StoreFault> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(StoreFault::file("open the database file", path, error)),
    }
}

/// Opens the pool of a PostgreSQL server.
pub(super) async fn postgres(url: &str, limits: Limits) -> Result<Pool<Postgres>, StoreFault> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(StoreFault::Open {
            kind: "unknown",
            why: "the address must begin with `sqlite:` or `postgres://`".to_owned(),
            source: None,
        });
    }
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| unopened("postgres", error))?
        .application_name("seawall");
    let settings = format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = {}",
        limits.statement.as_millis(),
        limits.wait.as_millis(),
        limits.statement.as_millis().saturating_mul(5),
    );
    PgPoolOptions::new()
        .max_connections(limits.connections_max)
        .acquire_timeout(limits.wait)
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move {
                // Safe as SQL: three numbers of our own.
                let settings = sqlx::raw_sql(sqlx::AssertSqlSafe(settings));
                settings.execute(connection).await.map(|_| ())
            })
        })
        .connect_with(options)
        .await
        .map_err(|error| unopened("postgres", error))
}

fn unopened(kind: &'static str, error: sqlx::Error) -> StoreFault {
    StoreFault::Open { kind, why: "the database refused".to_owned(), source: Some(error) }
}
