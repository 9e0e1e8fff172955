//! A fresh, real database for each test, on every kind that this machine offers.
//!
//! SQLite always; PostgreSQL when `SEAWALL_TEST_POSTGRES` names a server on which databases may be
//! created. Everything is removed afterwards, also when the test fails.

use seawall_store::Store;
use seawall_store::db::{Database, Limits};
use seawall_store::keys::InstallationKeys;
use sqlx::{Connection, Executor, PgConnection};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The address of a server on which tests may create databases.
pub const TEST_POSTGRES: &str = "SEAWALL_TEST_POSTGRES";

/// Tells apart the databases of this process.
static FRESH: AtomicU64 = AtomicU64::new(0);

/// A place for one database that nobody has opened yet, and a folder of the test's own.
#[derive(Debug)]
pub struct Fresh {
    url: String,
    dir: PathBuf,
    server: Option<(String, String)>,
}

impl Fresh {
    /// A place for a SQLite file.
    pub fn sqlite() -> Self {
        let dir = folder();
        let url = format!("sqlite:{}", dir.join("seawall.db").display());
        Self { url, dir, server: None }
    }

    /// A new PostgreSQL database on the server of the environment, if it names one.
    pub async fn postgres() -> Option<Self> {
        let server = std::env::var(TEST_POSTGRES).ok().filter(|url| !url.is_empty())?;
        let name = unique("seawall_test").replace('-', "_");
        administer(&server, format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let url = with_database(&server, &name);
        Some(Self { url, dir: folder(), server: Some((server, name)) })
    }

    /// The address for [`Database::open`].
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder for the files of the test.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Opens it, once or several times.
    pub async fn open(&self) -> Database {
        self.open_with(Limits::default()).await
    }

    /// Opens a whole store on it: keys that every test knows, blobs in the test's folder.
    pub async fn store(&self) -> Store {
        let keys = InstallationKeys::open_or_create(&self.dir.join("keys"), &|bytes| {
            for (number, byte) in (1..).zip(bytes) {
                *byte = number;
            }
        });
        let opened = match keys {
            Ok(keys) => Store::open(&self.url, &self.dir, keys).await,
            Err(fault) => Err(fault),
        };
        match opened {
            Ok(store) => store,
            Err(fault) => panic!("cannot open a fresh store: {fault:?}"),
        }
    }

    /// Opens it under limits of the test's choice.
    pub async fn open_with(&self, limits: Limits) -> Database {
        match Database::open_with(&self.url, limits).await {
            Ok(database) => database,
            Err(fault) => panic!("cannot open a fresh database: {fault:?}"),
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
        let Some((server, name)) = self.server.take() else {
            return;
        };
        // A thread of its own, because the test's runtime may be the one that is unwinding.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                runtime.block_on(administer(&server, sql));
            }
        });
        let _ = dropped.join();
    }
}

/// Runs a test on a fresh database of each kind.
pub async fn each<F, Fut>(name: &str, test: F)
where
    F: Fn(Database) -> Fut,
    Fut: Future<Output = ()>,
{
    let test = &test;
    each_fresh(name, |fresh| async move {
        let database = fresh.open().await;
        test(database.clone()).await;
        database.close().await;
    })
    .await;
}

/// Runs a test on a fresh place of each kind, which the test opens itself.
pub async fn each_fresh<F, Fut>(name: &str, test: F)
where
    F: Fn(std::sync::Arc<Fresh>) -> Fut,
    Fut: Future<Output = ()>,
{
    test(std::sync::Arc::new(Fresh::sqlite())).await;
    match Fresh::postgres().await {
        Some(fresh) => test(std::sync::Arc::new(fresh)).await,
        None => println!("skipped: {name} on PostgreSQL: {TEST_POSTGRES} is not set"),
    }
}

async fn administer(server: &str, sql: String) {
    let mut connection = match PgConnection::connect(server).await {
        Ok(connection) => connection,
        Err(error) => panic!("cannot reach the server of {TEST_POSTGRES}: {error}"),
    };
    // Safe as SQL: the only name in it was made here.
    if let Err(error) = connection.execute(sqlx::AssertSqlSafe(sql)).await {
        panic!("cannot create or drop a test database: {error}");
    }
    let _ = connection.close().await;
}

/// Puts another database name into a `postgres://host/name?settings` address.
fn with_database(server: &str, name: &str) -> String {
    let (address, settings) = match server.split_once('?') {
        Some((address, settings)) => (address, format!("?{settings}")),
        None => (server, String::new()),
    };
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}/{name}{settings}")
}

fn folder() -> PathBuf {
    let dir = std::env::temp_dir().join(unique("seawall-test"));
    match std::fs::create_dir_all(&dir) {
        Ok(()) => dir,
        Err(error) => panic!("cannot make a folder for a test: {error}"),
    }
}

fn unique(what: &str) -> String {
    let serial = FRESH.fetch_add(1, Ordering::Relaxed);
    format!("{what}-{}-{serial}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_name_of_the_database_is_replaced() {
        for (server, expected) in [
            ("postgres://u:p@h:5/old?host=/s", "postgres://u:p@h:5/new?host=/s"),
            ("postgres://h", "postgres://h/new"),
            ("postgresql://h/old", "postgresql://h/new"),
        ] {
            assert_eq!(with_database(server, "new"), expected);
        }
    }
}
