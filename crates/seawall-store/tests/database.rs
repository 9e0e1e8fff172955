//! Both databases give the same answers, the same refusals and the same promises.

// A test that cannot go on may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use seawall_domain::time::Timestamp;
use seawall_store::args;
use seawall_store::db::{Database, Kind, Limits, StoreFault, Value};
use seawall_store::migrate::{MIGRATIONS, Migration, migrate};
use seawall_testkit::database::{each, each_fresh};
use std::time::Duration;

const INSERT: &str = "INSERT INTO data_key (owner, wrapped) VALUES ($1, $2)";
const COUNT: &str = "SELECT COUNT(*) AS keys FROM data_key";

async fn insert(database: &Database, owner: &str, wrapped: &[u8]) -> Result<(), StoreFault> {
    let mut tx = database.begin("test_insert").await?;
    tx.execute(INSERT, args![owner, wrapped]).await?;
    tx.commit().await
}

async fn check_count(database: &Database, expected: i64) {
    let rows = database.fetch(COUNT, args![]).await.unwrap();
    assert_eq!(rows[0].int("keys").unwrap(), expected, "{:?}", database.kind());
}

async fn check_value(database: &Database, sql: &'static str, value: Value) {
    let mut tx = database.begin("test_value").await.unwrap();
    let row = tx.fetch_optional(sql, vec![value.clone()]).await.unwrap().unwrap();
    assert_eq!(row.columns()[0].1, value, "{:?}: {sql}", database.kind());
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    each("every_kind_of_value_comes_back_as_it_went", |database| async move {
        let mut tx = database.begin("test_table").await.unwrap();
        let table = match tx.kind() {
            Kind::Sqlite => "CREATE TABLE t (n BIGINT, s TEXT, b BLOB, f BOOLEAN)",
            Kind::Postgres => "CREATE TABLE t (n BIGINT, s TEXT, b BYTEA, f BOOLEAN)",
        };
        tx.execute(table, args![]).await.unwrap();
        tx.commit().await.unwrap();
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            check_value(&database, "INSERT INTO t (n) VALUES ($1) RETURNING n", number.into())
                .await;
        }
        let long = "ß".repeat(500_000);
        for text in ["", "'; DROP TABLE t; --", "$1 ? :a", "\u{202e}\u{feff}😀\r\n\t\x01", &long]
        {
            check_value(&database, "INSERT INTO t (s) VALUES ($1) RETURNING s", text.into()).await;
        }
        for bytes in [vec![], vec![0, 255, 0], vec![0xff; 1 << 20]] {
            check_value(&database, "INSERT INTO t (b) VALUES ($1) RETURNING b", bytes.into()).await;
        }
        for value in [true, false] {
            check_value(&database, "INSERT INTO t (f) VALUES ($1) RETURNING f", value.into()).await;
        }
        let nulls = [
            ("INSERT INTO t (n) VALUES ($1) RETURNING n", Value::NullInt),
            ("INSERT INTO t (s) VALUES ($1) RETURNING s", Value::NullText),
            ("INSERT INTO t (b) VALUES ($1) RETURNING b", Value::NullBytes),
        ];
        for (sql, null) in nulls {
            check_value(&database, sql, null).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_is_read_by_name_and_kind() {
    each("a_row_is_read_by_name_and_kind", |database| async move {
        let sql = "SELECT CAST(7 AS BIGINT) AS n, 'x' AS s, 1 = 1 AS f, \
                   CAST(NULL AS TEXT) AS none";
        let rows = database.fetch(sql, args![]).await.unwrap();
        let row = &rows[0];
        assert_eq!(row.int("n").unwrap(), 7);
        assert_eq!(row.text("s").unwrap(), "x");
        assert!(row.bool("f").unwrap());
        assert_eq!(row.timestamp("n").unwrap(), Timestamp::from_microsecond(7).unwrap());
        assert_eq!(row.opt_text("none").unwrap(), None);
        for fault in [
            row.int("s").unwrap_err(),
            row.text("n").unwrap_err(),
            row.bytes("s").unwrap_err(),
            row.text("none").unwrap_err(),
            row.int("absent").unwrap_err(),
        ] {
            assert!(matches!(fault, StoreFault::Column { .. }), "{fault:?}");
        }
        let sql = "SELECT CAST(9223372036854775807 AS BIGINT) AS at";
        let rows = database.fetch(sql, args![]).await.unwrap();
        assert!(rows[0].timestamp("at").is_err());
    })
    .await;
}

#[tokio::test]
async fn a_nul_in_text_is_refused_and_names_the_argument() {
    each("a_nul_in_text_is_refused_and_names_the_argument", |database| async move {
        let fault = insert(&database, "a\0b", b"").await.unwrap_err();
        let expected = "cannot store argument $1 of `test_insert`: the text holds a NUL";
        assert_eq!(fault.to_string(), expected);
        check_count(&database, 0).await;
    })
    .await;
}

#[tokio::test]
async fn text_in_the_database_that_is_not_utf8_is_a_fault() {
    each("text_in_the_database_that_is_not_utf8_is_a_fault", |database| async move {
        let sql = match database.kind() {
            Kind::Sqlite => "SELECT CAST(x'ff' AS TEXT) AS s",
            // PostgreSQL itself keeps such bytes out of a text.
            Kind::Postgres => "SELECT convert_from('\\xff'::bytea, 'UTF8') AS s",
        };
        assert!(database.fetch(sql, args![]).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_leaves_nothing() {
    each("what_is_not_committed_leaves_nothing", |database| async move {
        let mut tx = database.begin("test_dropped").await.unwrap();
        tx.execute(INSERT, args!["a", b"1".as_slice()]).await.unwrap();
        drop(tx);
        check_count(&database, 0).await;
        insert(&database, "a", b"1").await.unwrap();
        check_count(&database, 1).await;
    })
    .await;
}

#[tokio::test]
async fn after_a_failed_statement_nothing_can_be_committed() {
    each("after_a_failed_statement_nothing_can_be_committed", |database| async move {
        let mut tx = database.begin("test_failed").await.unwrap();
        tx.execute(INSERT, args!["a", b"1".as_slice()]).await.unwrap();
        let fault = tx.execute(INSERT, args!["a", b"2".as_slice()]).await.unwrap_err();
        assert!(matches!(fault, StoreFault::Conflict { transaction: "test_failed", .. }));
        let fault = tx.fetch(COUNT, args![]).await.unwrap_err();
        assert!(matches!(fault, StoreFault::Aborted { .. }), "{fault:?}");
        let fault = tx.commit().await.unwrap_err();
        assert!(matches!(fault, StoreFault::Aborted { .. }), "{fault:?}");
        check_count(&database, 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_cannot_write_and_sees_one_picture() {
    each("a_reader_cannot_write_and_sees_one_picture", |database| async move {
        let mut reader = database.read().await.unwrap();
        assert_eq!(reader.fetch(COUNT, args![]).await.unwrap()[0].int("keys").unwrap(), 0);
        insert(&database, "a", b"1").await.unwrap();
        assert_eq!(reader.fetch(COUNT, args![]).await.unwrap()[0].int("keys").unwrap(), 0);
        assert!(reader.execute(INSERT, args!["b", b"1".as_slice()]).await.is_err());
        drop(reader);
        check_count(&database, 1).await;
    })
    .await;
}

#[tokio::test]
async fn two_rows_where_one_was_expected_are_a_fault() {
    each("two_rows_where_one_was_expected_are_a_fault", |database| async move {
        insert(&database, "a", b"1").await.unwrap();
        insert(&database, "b", b"1").await.unwrap();
        let mut tx = database.read().await.unwrap();
        assert!(tx.fetch_optional("SELECT owner FROM data_key", args![]).await.is_err());
    })
    .await;
}

fn impatient() -> Limits {
    Limits { wait: Duration::from_millis(300), ..Limits::default() }
}

#[tokio::test]
async fn a_lock_that_is_held_too_long_is_reported_as_busy() {
    each_fresh("a_lock_that_is_held_too_long_is_reported_as_busy", |fresh| async move {
        let (one, two) = (fresh.open().await, fresh.open_with(impatient()).await);
        let mut holder = one.begin("test_holder").await.unwrap();
        holder.lock("the lock").await.unwrap();
        let waited = async {
            let mut tx = two.begin("test_waiter").await?;
            tx.lock("the lock").await
        };
        let fault = waited.await.unwrap_err();
        let named = matches!(fault, StoreFault::Busy { transaction: "test_waiter", .. });
        assert!(named, "{fault:?}");
        // Every lock is free after the commit.
        holder.commit().await.unwrap();
        let mut tx = two.begin("test_waiter").await.unwrap();
        tx.lock("the lock").await.unwrap();
        tx.commit().await.unwrap();
        one.close().await;
        two.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_busy_is_tried_again() {
    each_fresh("what_was_busy_is_tried_again", |fresh| async move {
        let (one, two) = (fresh.open().await, fresh.open_with(impatient()).await);
        let mut holder = one.begin("test_holder").await.unwrap();
        holder.lock("the lock").await.unwrap();
        let mut tries = 0;
        let mut holder = Some(holder);
        let done = two.retrying("test_retried", |mut tx| {
            tries += 1;
            let holder = if tries == 2 { holder.take() } else { None };
            async move {
                if let Some(holder) = holder {
                    holder.commit().await?;
                }
                tx.lock("the lock").await?;
                tx.execute(INSERT, args!["a", b"1".as_slice()]).await?;
                tx.commit().await
            }
        });
        match one.kind() {
            // SQLite is busy before the work begins, so that only a free writer lets it start.
            Kind::Sqlite => assert!(matches!(done.await, Err(StoreFault::Busy { .. }))),
            Kind::Postgres => {
                done.await.unwrap();
                assert_eq!(tries, 2);
                check_count(&one, 1).await;
            }
        }
        drop(holder);
        one.close().await;
        two.close().await;
    })
    .await;
}

#[tokio::test]
async fn forty_writers_each_get_their_turn() {
    each("forty_writers_each_get_their_turn", |database| async move {
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..40 {
            let database = database.clone();
            writers.spawn(async move {
                let owner = number.to_string();
                database
                    .retrying("test_writer", |mut tx| {
                        let owner = owner.clone();
                        async move {
                            tx.lock("one").await?;
                            let count = tx.fetch(COUNT, args![]).await?[0].int("keys")?;
                            tx.execute(INSERT, args![owner, count.to_be_bytes().to_vec()]).await?;
                            tx.commit().await
                        }
                    })
                    .await
            });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap().unwrap();
        }
        // Nobody counted while somebody else was writing: every count is there once.
        let sql = "SELECT DISTINCT wrapped FROM data_key";
        assert_eq!(database.fetch(sql, args![]).await.unwrap().len(), 40);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_was_cut_off_cannot_be_followed_by_a_commit() {
    each("a_statement_that_was_cut_off_cannot_be_followed_by_a_commit", |database| async move {
        let mut tx = database.begin("test_cut").await.unwrap();
        tx.execute(INSERT, args!["a", b"1".as_slice()]).await.unwrap();
        {
            let slow = "WITH RECURSIVE n (i) AS \
                        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) \
                        SELECT COUNT(*) FROM n";
            let statement = tx.execute(slow, args![]);
            tokio::pin!(statement);
            let once = std::future::poll_fn(|context| {
                std::task::Poll::Ready(statement.as_mut().poll(context).is_ready())
            });
            assert!(!once.await);
        }
        assert!(matches!(tx.commit().await, Err(StoreFault::Aborted { .. })));
        check_count(&database, 0).await;
    })
    .await;
}

const FIRST: Migration = Migration { number: 1, text: "CREATE TABLE one (b BLOB);" };
const SECOND: Migration =
    Migration { number: 2, text: "CREATE TABLE two (n BIGINT); CREATE INDEX two_n ON two (n);" };

#[tokio::test]
async fn migrations_only_go_forward() {
    each_fresh("migrations_only_go_forward", |fresh| async move {
        let database = Database::open_as_it_is(fresh.url(), Limits::default()).await.unwrap();
        migrate(&database, &[FIRST]).await.unwrap();
        migrate(&database, &[FIRST]).await.unwrap();
        migrate(&database, &[FIRST, SECOND]).await.unwrap();
        database.fetch("SELECT n FROM two", args![]).await.unwrap();
        let edited = Migration { text: "CREATE TABLE one (b BLOB, c TEXT);", ..FIRST };
        let fault = migrate(&database, &[edited, SECOND]).await.unwrap_err();
        assert!(matches!(fault, StoreFault::MigrationEdited { number: 1 }), "{fault:?}");
        let fault = migrate(&database, &[FIRST]).await.unwrap_err();
        assert!(matches!(fault, StoreFault::MigrationUnknown { number: 2 }), "{fault:?}");
        let fault = migrate(&database, &[SECOND, FIRST]).await.unwrap_err();
        assert!(matches!(fault, StoreFault::MigrationOutOfOrder { number: 2 }), "{fault:?}");
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    each_fresh("a_migration_that_fails_leaves_nothing", |fresh| async move {
        let database = Database::open_as_it_is(fresh.url(), Limits::default()).await.unwrap();
        let broken = Migration { number: 2, text: "CREATE TABLE two (n BIGINT); CREATE TABEL;" };
        assert!(migrate(&database, &[FIRST, broken]).await.is_err());
        assert!(database.fetch("SELECT b FROM one", args![]).await.is_err());
        migrate(&database, &[FIRST, SECOND]).await.unwrap();
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn eight_programs_may_start_at_once() {
    each_fresh("eight_programs_may_start_at_once", |fresh| async move {
        let mut starts = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let fresh = fresh.clone();
            starts.spawn(async move {
                let limits = Limits { connections_max: 3, ..Limits::default() };
                let database = fresh.open_with(limits).await;
                let sql = "SELECT number FROM migration";
                let rows = database.fetch(sql, args![]).await.unwrap();
                assert_eq!(rows.len(), MIGRATIONS.len());
                database.close().await;
            });
        }
        while let Some(started) = starts.join_next().await {
            started.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_bad_address_is_refused_without_repeating_it() {
    for url in ["", "sqlite:", "sqlite::memory:", "mysql://u:secret@h/d", "postgres://u:secret@/[/"]
    {
        let fault = Database::open(url).await.unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains("secret"), "{fault:?}");
    }
    assert!(Database::open("sqlite:/nowhere/at/all/seawall.db").await.is_err());
}
