//! What is in the queue, for people who look after it: running, waiting, put back, given up.

use super::{Place, remember};
use crate::args;
use crate::db::{Row, StoreFault, Tx};
use seawall_domain::id::{JobId, PartyId};
use seawall_domain::time::Timestamp;
use std::collections::BTreeMap;

/// A job that is open, or that was given up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: JobId,
    /// To what, by id.
    pub payload: String,
    /// Which kind of worker does it.
    pub role: String,
    /// Where it stands in the line.
    pub place: Place,
    /// Not before this instant.
    pub due: Timestamp,
    /// How often it failed.
    pub failures: i64,
    /// Why it was put back the last time, or given up.
    pub last_error: Option<String>,
    /// What it is doing.
    pub state: State,
}

/// What a job is doing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum State {
    /// It waits for a worker or for its time.
    Ready,
    /// A worker has it.
    Leased {
        /// The worker's name.
        worker: String,
        /// Since when it has it.
        began: Timestamp,
        /// When it was last heard of.
        heard: Timestamp,
        /// Until when nobody else may take it.
        until: Timestamp,
    },
    /// It was given up.
    Dead,
}

/// Why a job was put back, once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Try {
    /// When.
    pub at: Timestamp,
    /// Which worker had it, or who had it tried again.
    pub worker: String,
    /// Why.
    pub cause: String,
}

impl Tx {
    /// Open jobs: those in somebody's hands first, then of each party its first, its second and so
    /// on, so that no party's jobs fill the list.
    pub async fn job_list_open(&mut self, limit: u32) -> Result<Vec<Entry>, StoreFault> {
        let sql = "SELECT id, payload, role, priority, due, failures, last_error, state, worker, \
                   began, heard, leased_until, finding, party FROM (SELECT id, payload, role, \
                   priority, due, failures, last_error, state, worker, began, heard, \
                   leased_until, finding, party, ROW_NUMBER() OVER (PARTITION BY state, role, \
                   party ORDER BY priority, due, id) AS nth FROM job \
                   WHERE state IN ('ready', 'leased')) AS open \
                   ORDER BY state, nth, priority, due, id LIMIT $1";
        self.fetch(sql, args![limit]).await?.iter().map(restore).collect()
    }

    /// Jobs that were given up, the longest waiting first.
    pub async fn job_list_dead(&mut self, limit: u32) -> Result<Vec<Entry>, StoreFault> {
        let sql = "SELECT id, payload, role, priority, due, failures, last_error, state, worker, \
                   began, heard, leased_until, finding, party FROM job WHERE state = 'dead' \
                   ORDER BY due, id LIMIT $1";
        self.fetch(sql, args![limit]).await?.iter().map(restore).collect()
    }

    /// Why a job was put back, the newest first.
    pub async fn job_tries(&mut self, job: JobId) -> Result<Vec<Try>, StoreFault> {
        let sql = "SELECT at, worker, cause FROM job_try WHERE job = $1 ORDER BY number DESC";
        let rows = self.fetch(sql, args![job.to_string()]).await?;
        let each = |row: &Row| -> Result<Try, StoreFault> {
            let (at, worker) = (row.timestamp("at")?, row.text("worker")?);
            Ok(Try { at, worker, cause: row.text("cause")? })
        };
        rows.iter().map(each).collect()
    }

    /// When each party had its last turn, by role.
    pub async fn job_turns(
        &mut self,
    ) -> Result<BTreeMap<String, BTreeMap<Option<PartyId>, i64>>, StoreFault> {
        let sql = "SELECT role, party, served FROM turn ORDER BY role, party";
        let mut turns: BTreeMap<String, BTreeMap<_, _>> = BTreeMap::new();
        for row in self.fetch(sql, Vec::new()).await? {
            let party = super::place::named(&row, "party")?;
            turns.entry(row.text("role")?).or_default().insert(party, row.int("served")?);
        }
        Ok(turns)
    }
}

/// Has a job that was given up tried again from the start; says whether there was one.
pub async fn revive(tx: &mut Tx, id: JobId, by: &str, now: Timestamp) -> Result<bool, StoreFault> {
    let sql = "UPDATE job SET state = 'ready', due = $1, failures = 0, attempts = 0 \
               WHERE id = $2 AND state = 'dead'";
    if tx.execute(sql, args![now, id.to_string()]).await? == 0 {
        return Ok(false);
    }
    remember(tx, id, by, "a person had it tried again", now).await?;
    tx.wake().await?;
    Ok(true)
}

fn restore(row: &Row) -> Result<Entry, StoreFault> {
    let state = match row.text("state")?.as_str() {
        "ready" => State::Ready,
        "dead" => State::Dead,
        _ => {
            let until = row.timestamp("leased_until")?;
            State::Leased {
                worker: row.text("worker")?,
                // A job that was claimed before workers said their names has neither.
                began: row.opt_timestamp("began")?.unwrap_or(until),
                heard: row.opt_timestamp("heard")?.unwrap_or(until),
                until,
            }
        }
    };
    Ok(Entry {
        id: row.parsed("id")?,
        payload: row.text("payload")?,
        role: row.text("role")?,
        place: Place::restore(row)?,
        due: row.timestamp("due")?,
        failures: row.int("failures")?,
        last_error: row.opt_text("last_error")?,
        state,
    })
}
