//! A named transaction on either database.

use super::woken::Bell;
use super::{Kind, Row, StoreFault, Value};
use sqlx::{Postgres, Sqlite, Transaction};
use std::sync::Arc;

/// An open transaction; dropped without [`Tx::commit`] it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    name: &'static str,
    inner: Inner,
    state: State,
    rings: Rings,
    bell: Arc<Bell>,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// INVARIANT: `Broken` from the start of a statement until its success, so that neither a failed
/// statement nor one whose future was dropped can be followed by a commit. PostgreSQL would turn
/// that commit into a rollback without an error, SQLite would keep the other statements.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Sound,
    Broken,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Rings {
    Silent,
    OnCommit,
}

/// Runs one statement on whichever database it is, with the arguments bound in order.
macro_rules! run {
    ($tx:ident, $sql:ident, $args:ident, |$query:ident, $on:ident| $run:expr) => {
        match &mut $tx.inner {
            Inner::Sqlite(inner) => {
                let $query = bound!(sqlx::query::<Sqlite>($sql), $args);
                let $on = &mut **inner;
                $run.await.map(Answer::Sqlite)
            }
            Inner::Postgres(inner) => {
                let $query = bound!(sqlx::query::<Postgres>($sql), $args);
                let $on = &mut **inner;
                $run.await.map(Answer::Postgres)
            }
        }
    };
}

macro_rules! bound {
    ($query:expr, $args:ident) => {
        $args.into_iter().fold($query, |query, value| match value {
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Bool(value) => query.bind(value),
            Value::NullInt => query.bind(None::<i64>),
            Value::NullText => query.bind(None::<String>),
            Value::NullBytes => query.bind(None::<Vec<u8>>),
        })
    };
}

/// What one of the two drivers answered.
enum Answer<S, P> {
    Sqlite(S),
    Postgres(P),
}

impl Tx {
    pub(super) fn sqlite(
        name: &'static str,
        begun: Result<Transaction<'static, Sqlite>, sqlx::Error>,
        bell: Arc<Bell>,
    ) -> Result<Self, StoreFault> {
        let inner = begun.map_err(|error| StoreFault::driver(name, error))?;
        Ok(Self::new(name, Inner::Sqlite(inner), bell))
    }

    pub(super) fn postgres(
        name: &'static str,
        begun: Result<Transaction<'static, Postgres>, sqlx::Error>,
        bell: Arc<Bell>,
    ) -> Result<Self, StoreFault> {
        let inner = begun.map_err(|error| StoreFault::driver(name, error))?;
        Ok(Self::new(name, Inner::Postgres(inner), bell))
    }

    fn new(name: &'static str, inner: Inner, bell: Arc<Bell>) -> Self {
        Self { name, inner, state: State::Sound, rings: Rings::Silent, bell }
    }

    /// The name of the transaction, for `updated_by` and for messages.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        match self.inner {
            Inner::Sqlite(_) => Kind::Sqlite,
            Inner::Postgres(_) => Kind::Postgres,
        }
    }

    /// Runs one statement and gives the number of rows it changed.
    pub async fn execute(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<u64, StoreFault> {
        self.start(&args)?;
        let answer = run!(self, sql, args, |query, on| query.execute(on));
        match self.done(answer)? {
            Answer::Sqlite(done) => Ok(done.rows_affected()),
            Answer::Postgres(done) => Ok(done.rows_affected()),
        }
    }

    /// Asks one question and gives all rows.
    pub async fn fetch(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, StoreFault> {
        self.start(&args)?;
        let answer = run!(self, sql, args, |query, on| query.fetch_all(on));
        match self.done(answer)? {
            Answer::Sqlite(rows) => rows.iter().map(Row::from_sqlite).collect(),
            Answer::Postgres(rows) => rows.iter().map(Row::from_postgres).collect(),
        }
    }

    /// Asks a question that has at most one answer; a second row is a fault.
    pub async fn fetch_optional(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<Row>, StoreFault> {
        let mut rows = self.fetch(sql, args).await?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            _ => Err(StoreFault::Database {
                transaction: self.name,
                source: sqlx::Error::Protocol("more than one row where one was expected".into()),
            }),
        }
    }

    /// Waits until no other open transaction holds this lock; SQLite's single writer has it anyway.
    pub async fn lock(&mut self, key: &str) -> Result<(), StoreFault> {
        match self.kind() {
            Kind::Sqlite => Ok(()),
            Kind::Postgres => {
                let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
                self.execute(sql, vec![key.into()]).await.map(|_| ())
            }
        }
    }

    /// Wakes the workers when this transaction commits.
    pub async fn wake(&mut self) -> Result<(), StoreFault> {
        if self.rings == Rings::OnCommit {
            return Ok(());
        }
        if self.kind() == Kind::Postgres {
            // PostgreSQL delivers it to every listening process, at the commit and only then.
            self.execute("SELECT pg_notify('seawall_job', '')", Vec::new()).await?;
        }
        self.rings = Rings::OnCommit;
        Ok(())
    }

    /// Makes everything lasting, or nothing.
    pub async fn commit(self) -> Result<(), StoreFault> {
        let name = self.name;
        if self.state == State::Broken {
            return Err(StoreFault::Aborted { transaction: name });
        }
        let done = match self.inner {
            Inner::Sqlite(inner) => inner.commit().await,
            Inner::Postgres(inner) => inner.commit().await,
        };
        done.map_err(|error| StoreFault::driver(name, error))?;
        if self.rings == Rings::OnCommit {
            self.bell.ring();
        }
        Ok(())
    }

    /// The database's own clock in microseconds, for bookkeeping that no rule ever looks at.
    pub(crate) async fn database_time(&mut self) -> Result<i64, StoreFault> {
        let sql = match self.kind() {
            Kind::Sqlite => "SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000000 AS micros",
            Kind::Postgres => {
                "SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) AS micros"
            }
        };
        let row = self.fetch_optional(sql, Vec::new()).await?;
        row.map_or(Ok(0), |row| row.int("micros"))
    }

    /// Runs a whole migration, which may hold many statements and takes no argument.
    pub(crate) async fn execute_script(&mut self, script: String) -> Result<(), StoreFault> {
        self.start(&[])?;
        // Safe as SQL: only the texts that were compiled into the program come here.
        let script = sqlx::raw_sql(sqlx::AssertSqlSafe(script));
        let answer = match &mut self.inner {
            Inner::Sqlite(inner) => script.execute(&mut **inner).await.map(|_| ()),
            Inner::Postgres(inner) => script.execute(&mut **inner).await.map(|_| ()),
        };
        self.done(answer)
    }

    fn start(&mut self, args: &[Value]) -> Result<(), StoreFault> {
        let transaction = self.name;
        if self.state == State::Broken {
            return Err(StoreFault::Aborted { transaction });
        }
        self.state = State::Broken;
        let nul = args.iter().position(|value| match value {
            Value::Text(text) => text.contains('\0'),
            Value::Int(_) | Value::Bytes(_) | Value::Bool(_) => false,
            Value::NullInt | Value::NullText | Value::NullBytes => false,
        });
        match nul {
            Some(at) => Err(StoreFault::NulInText { transaction, argument: at + 1 }),
            None => Ok(()),
        }
    }

    fn done<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, StoreFault> {
        let answer = answer.map_err(|error| StoreFault::driver(self.name, error))?;
        self.state = State::Sound;
        Ok(answer)
    }
}
