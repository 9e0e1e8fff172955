//! Facts as they lie in their table: read for replay, and numbered by the sequencer.
//!
//! The order in which facts are inserted is not the order in which they are committed, so a fact
//! has no number until the sequencer gives it one; feeds and the log use that number only.

use crate::db::{Row, StoreFault, Tx, Value};
use seawall_domain::digest::Digest;
use seawall_domain::id::FactId;
use seawall_domain::time::Timestamp;
use uuid::Uuid;

/// A fact that has no number yet, or whose entry the log must repeat.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its id.
    pub id: String,
    /// Its place in the internal log, once given.
    pub seq: Option<i64>,
    /// Whether it belongs into the public log too.
    pub public: bool,
    /// The canonical entry.
    pub body: String,
}

/// Which of the two logs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Log {
    /// Over everything.
    Internal,
    /// Over what is published.
    Public,
}

impl Log {
    /// The log's name.
    pub fn name(self) -> &'static str {
        match self {
            Log::Internal => "internal",
            Log::Public => "public",
        }
    }
}

impl Tx {
    /// The entries of every fact, in the order in which they happened to their subjects.
    pub async fn fact_bodies(&mut self) -> Result<Vec<String>, StoreFault> {
        let rows =
            self.fetch("SELECT body FROM fact ORDER BY subject_id, version", Vec::new()).await?;
        rows.iter().map(|row| row.text("body")).collect()
    }

    /// The entries of one subject's facts, oldest first.
    pub async fn fact_bodies_of(&mut self, subject: Uuid) -> Result<Vec<String>, StoreFault> {
        let rows = self
            .fetch(
                "SELECT body FROM fact WHERE subject_id = $1 ORDER BY version",
                vec![subject.to_string().into()],
            )
            .await?;
        rows.iter().map(|row| row.text("body")).collect()
    }

    /// The newest facts of one subject whose body holds a text, the newest first.
    pub async fn fact_bodies_newest(
        &mut self,
        subject: Uuid,
        holding: &str,
        limit: i64,
    ) -> Result<Vec<String>, StoreFault> {
        let rows = self
            .fetch(
                "SELECT body FROM fact WHERE subject_id = $1 AND body LIKE '%' || $2 || '%' \
                 ORDER BY version DESC LIMIT $3",
                vec![subject.to_string().into(), holding.to_owned().into(), limit.into()],
            )
            .await?;
        rows.iter().map(|row| row.text("body")).collect()
    }

    /// Whether a token was ever given to a subject's people for a key.
    pub async fn token_was_given(
        &mut self,
        subject: Uuid,
        key: &Digest,
    ) -> Result<bool, StoreFault> {
        let given = format!("\"kind\":\"token_issued\"%\"key\":\"{key}\"");
        Ok(!self.fact_bodies_newest(subject, &given, 1).await?.is_empty())
    }

    /// The oldest facts without a number in the internal log.
    pub async fn fact_unnumbered(&mut self, limit: i64) -> Result<Vec<Written>, StoreFault> {
        let rows = self
            .fetch(
                "SELECT id, seq, public, body FROM fact WHERE seq IS NULL \
                 ORDER BY at, version, id LIMIT $1",
                vec![limit.into()],
            )
            .await?;
        rows.iter().map(written).collect()
    }

    /// The oldest numbered facts that belong into the public log and have no number there.
    pub async fn fact_unnumbered_public(&mut self) -> Result<Vec<Written>, StoreFault> {
        let rows = self
            .fetch(
                "SELECT id, seq, public, body FROM fact \
                 WHERE public AND public_seq IS NULL AND seq IS NOT NULL ORDER BY seq",
                Vec::new(),
            )
            .await?;
        rows.iter().map(written).collect()
    }

    /// Gives a fact its place in a log.
    pub async fn fact_number(&mut self, log: Log, id: &str, number: i64) -> Result<(), StoreFault> {
        let sql = match log {
            Log::Internal => "UPDATE fact SET seq = $1 WHERE id = $2 AND seq IS NULL",
            Log::Public => "UPDATE fact SET public_seq = $1 WHERE id = $2 AND public_seq IS NULL",
        };
        self.execute(sql, vec![number.into(), id.into()]).await?;
        Ok(())
    }

    /// The entries of a log from a place on, in order.
    pub async fn fact_entries(&mut self, log: Log, from: i64) -> Result<Vec<String>, StoreFault> {
        let sql = match log {
            Log::Internal => "SELECT body FROM fact WHERE seq >= $1 ORDER BY seq",
            Log::Public => "SELECT body FROM fact WHERE public_seq >= $1 ORDER BY public_seq",
        };
        let rows = self.fetch(sql, vec![from.into()]).await?;
        rows.iter().map(|row| row.text("body")).collect()
    }

    /// The place of a fact in the internal log; none before it has one.
    pub async fn fact_place(&mut self, id: FactId) -> Result<Option<i64>, StoreFault> {
        let sql = "SELECT seq FROM fact WHERE id = $1";
        let row = self.fetch_optional(sql, vec![id.to_string().into()]).await?;
        row.map_or(Ok(None), |row| row.opt_int("seq"))
    }

    /// How many entries a log has.
    pub async fn fact_count(&mut self, log: Log) -> Result<i64, StoreFault> {
        let sql = match log {
            Log::Internal => "SELECT COUNT(*) AS entries FROM fact WHERE seq IS NOT NULL",
            Log::Public => "SELECT COUNT(*) AS entries FROM fact WHERE public_seq IS NOT NULL",
        };
        let rows = self.fetch(sql, Vec::new()).await?;
        rows.first().map_or(Ok(0), |row| row.int("entries"))
    }

    /// Keeps a signed checkpoint; one size is signed once.
    pub async fn checkpoint_add(
        &mut self,
        log: Log,
        size: i64,
        note: &str,
        at: Timestamp,
    ) -> Result<(), StoreFault> {
        self.execute(
            "INSERT INTO checkpoint (log, size, note, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (log, size) DO NOTHING",
            vec![log.name().into(), size.into(), note.into(), at.into()],
        )
        .await?;
        Ok(())
    }

    /// The newest signed checkpoint of a log: its size, its note, and when it was signed.
    pub async fn checkpoint_newest(
        &mut self,
        log: Log,
    ) -> Result<Option<(i64, String, Timestamp)>, StoreFault> {
        let row = self
            .fetch_optional(
                "SELECT size, note, at FROM checkpoint WHERE log = $1 ORDER BY size DESC LIMIT 1",
                vec![log.name().into()],
            )
            .await?;
        row.map(|row| Ok((row.int("size")?, row.text("note")?, row.timestamp("at")?))).transpose()
    }

    /// The note of the oldest signed checkpoint of a log that covers a place.
    pub async fn checkpoint_over(
        &mut self,
        log: Log,
        place: i64,
    ) -> Result<Option<String>, StoreFault> {
        let sql = "SELECT note FROM checkpoint WHERE log = $1 AND size > $2 ORDER BY size LIMIT 1";
        let row = self.fetch_optional(sql, vec![log.name().into(), place.into()]).await?;
        row.map(|row| row.text("note")).transpose()
    }

    /// Every column of every fact, for checks that compare them.
    pub async fn fact_rows(&mut self) -> Result<Vec<Row>, StoreFault> {
        let sql = "SELECT id, subject, subject_id, version, at, actor, public, body, digest, seq, \
                   public_seq FROM fact ORDER BY subject_id, version, id";
        self.rows(sql).await
    }

    /// Every row of a query, for checks that compare columns; used with texts of this crate only.
    pub async fn rows(&mut self, sql: &'static str) -> Result<Vec<Row>, StoreFault> {
        self.fetch(sql, Vec::<Value>::new()).await
    }
}

fn written(row: &Row) -> Result<Written, StoreFault> {
    Ok(Written {
        id: row.text("id")?,
        seq: row.opt_int("seq")?,
        public: row.bool("public")?,
        body: row.text("body")?,
    })
}
