//! The job table is the queue: no broker, exactly one worker per job at a time, nothing lost.
//!
//! A job is enqueued in the transaction of the fact that causes it, once per cause, kind and
//! payload. A worker claims it under a lease; when it dies, the lease runs out and another claims.
//! What is urgent is handed out first, and between equally urgent jobs the parties take turns
//! ([`seawall_domain::job::line`]). A job may run twice, and must be written for that; but only the
//! holder of the newest lease can record that it is finished. What a job means is not known here.

mod board;
mod claim;
mod lease;
pub(crate) mod place;
mod runs;

pub use board::{Entry, State, Try, revive};
pub use claim::{CLAIM_LEN_MAX, JOB_ATTEMPTS_MAX, ROLES_LEN_MAX, claim};
pub use lease::{lease_drop, lease_take};
pub use place::Place;
pub use runs::{LAB_RUNS_KEPT, LabRunKept};

use crate::args;
use crate::db::{Database, StoreFault, Tx};
use seawall_domain::id::JobId;
use seawall_domain::time::{SignedDuration, Timestamp};
use std::time::Duration;
use uuid::Uuid;

/// How long a payload may be: it names things by id, and PostgreSQL indexes it whole.
pub const JOB_PAYLOAD_BYTES_MAX: usize = 2_000;
/// How often a job may fail before it is dead and a person has to look.
pub const JOB_FAILURES_MAX: i64 = 8;
/// How many of the newest reasons why a job was put back are kept.
pub const TRIES_KEPT: i64 = 20;
/// How much of an error is kept.
const ERROR_CHARS_MAX: usize = 2_000;
/// The longest pause between two tries of a failing job.
const BACKOFF_SECS_MAX: i64 = 3_600;

/// A job that does not exist yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewJob {
    /// What is to be done.
    pub kind: String,
    /// To what, by id.
    pub payload: String,
    /// Which kind of worker does it.
    pub role: String,
    /// Not before this instant.
    pub due: Timestamp,
    /// The id of the fact that caused it.
    pub cause: String,
    /// Where it stands in the line.
    pub place: Place,
}

/// A claimed job, held under a lease.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Job {
    /// Its id, which follows from cause, kind and payload.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// To what, by id.
    pub payload: String,
    /// Which kind of worker does it.
    pub role: String,
    /// Not before this instant.
    pub due: Timestamp,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// How often it failed.
    pub failures: i64,
    /// The id of the fact that caused it.
    pub cause: String,
    /// When the lease runs out.
    pub leased_until: Timestamp,
    /// The lease, without which nothing can be recorded.
    pub lease: String,
    /// The name of the worker that claimed it.
    pub worker: String,
    /// Where it stood in the line.
    pub place: Place,
}

/// How many jobs there are in each state.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Pending {
    /// Waiting for a worker or for their time.
    pub ready: i64,
    /// In a worker's hands, or left behind by one.
    pub leased: i64,
    /// Finished.
    pub done: i64,
    /// Failed too often.
    pub dead: i64,
    /// Ended without being run: nothing asked for it any more.
    pub moot: i64,
}

/// What became of a failed job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AfterFailure {
    /// It is tried again.
    Retried,
    /// It failed too often and waits for a person.
    Dead,
}

/// Enqueues a job, once per cause, kind and payload, and wakes the workers at the commit.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<JobId, StoreFault> {
    let size_bytes = job.payload.len().max(job.kind.len()).max(job.cause.len());
    if size_bytes > JOB_PAYLOAD_BYTES_MAX {
        let what = "the kind, payload or cause of a job";
        return Err(StoreFault::TooLong { what, size_bytes, bytes_max: JOB_PAYLOAD_BYTES_MAX });
    }
    let id = job_id(job);
    let sql = "INSERT INTO job (id, kind, payload, role, priority, due, attempts, failures, \
               leased_until, lease, state, last_error, cause, finding, party) \
               VALUES ($1, $2, $3, $4, $5, $6, 0, 0, NULL, NULL, 'ready', NULL, $7, $8, $9) \
               ON CONFLICT DO NOTHING";
    let Place { rank, finding, party } = job.place;
    let finding = finding.map(|id| id.to_string()).unwrap_or_default();
    let party = party.map(|id| id.to_string()).unwrap_or_default();
    let mut args = args![id.to_string(), &job.kind, &job.payload, &job.role, rank, job.due];
    args.extend(args![&job.cause, finding, &party]);
    if tx.execute(sql, args).await? > 0 {
        // Looked for first: inserting what is there would wait for whoever claims at the moment.
        let sql = "INSERT INTO turn (role, party, served) SELECT $1, $2, 0 WHERE NOT EXISTS \
                   (SELECT 1 FROM turn WHERE role = $1 AND party = $2) ON CONFLICT DO NOTHING";
        tx.execute(sql, args![&job.role, &party]).await?;
        tx.wake().await?;
    }
    Ok(id)
}

/// The id follows from what makes a job the same job, so a second enqueueing finds the first.
fn job_id(job: &NewJob) -> JobId {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:seawall:job");
    let mut name = Vec::new();
    for part in [&job.cause, &job.kind, &job.payload] {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part.as_bytes());
    }
    JobId::new(Uuid::new_v5(&namespace, &name))
}

/// Says that the holder of a job still is at it, and keeps the job longer; a fault means that
/// somebody else may have it now.
pub async fn extend(
    database: &Database,
    job: &Job,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreFault> {
    let run = |mut tx: Tx| async move {
        let sql = "UPDATE job SET leased_until = $1, heard = $2 \
                   WHERE id = $3 AND state = 'leased' AND lease = $4";
        let args = args![until, now, job.id.to_string(), &job.lease];
        let changed = tx.execute(sql, args).await?;
        held(changed, job)?;
        tx.commit().await
    };
    database.retrying("job_extend", run).await
}

/// Records in the transaction of the job's own effects that it is finished.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<(), StoreFault> {
    let sql = "UPDATE job SET state = 'done', lease = NULL, leased_until = NULL, \
               last_error = NULL WHERE id = $1 AND state = 'leased' AND lease = $2";
    let changed = tx.execute(sql, args![job.id.to_string(), &job.lease]).await?;
    held(changed, job)
}

/// Records that a job is finished whose effects lie outside of the database.
pub async fn finish_alone(database: &Database, job: &Job) -> Result<(), StoreFault> {
    let run = |mut tx: Tx| async move {
        finish(&mut tx, job).await?;
        tx.commit().await
    };
    database.retrying("job_finish", run).await
}

/// Records that a job failed: it is tried again at `retry_at`, or is dead after too many failures.
pub async fn fail(
    database: &Database,
    job: &Job,
    why: &str,
    now: Timestamp,
    retry_at: Timestamp,
) -> Result<AfterFailure, StoreFault> {
    let after = match job.failures + 1 >= JOB_FAILURES_MAX {
        true => AfterFailure::Dead,
        false => AfterFailure::Retried,
    };
    let state = match after {
        AfterFailure::Dead => "dead",
        AfterFailure::Retried => "ready",
    };
    let sql = "UPDATE job SET state = $1, due = $2, last_error = $3, \
               failures = failures + 1, lease = NULL, leased_until = NULL \
               WHERE id = $4 AND state = 'leased' AND lease = $5";
    put_back(database, "job_fail", sql, (job, why), (state, now, retry_at)).await?;
    Ok(after)
}

/// Puts a job back that is not to blame: it waits for people or for the outside world, so this
/// counts neither as a failure nor as an attempt.
pub async fn defer(
    database: &Database,
    job: &Job,
    why: &str,
    now: Timestamp,
    retry_at: Timestamp,
) -> Result<(), StoreFault> {
    let sql = "UPDATE job SET state = $1, due = $2, last_error = $3, \
               attempts = failures, lease = NULL, leased_until = NULL \
               WHERE id = $4 AND state = 'leased' AND lease = $5";
    put_back(database, "job_defer", sql, (job, why), ("ready", now, retry_at)).await
}

async fn put_back(
    database: &Database,
    name: &'static str,
    sql: &'static str,
    (job, why): (&Job, &str),
    (state, now, retry_at): (&'static str, Timestamp, Timestamp),
) -> Result<(), StoreFault> {
    let why = bounded(why);
    let run = |mut tx: Tx| {
        let why = why.as_str();
        async move {
            let args = args![state, retry_at, why, job.id.to_string(), job.lease.as_str()];
            let changed = tx.execute(sql, args).await?;
            held(changed, job)?;
            remember(&mut tx, job.id, &job.worker, why, now).await?;
            tx.commit().await
        }
    };
    database.retrying(name, run).await
}

/// Ends a job that nothing asks for any more, without its having been done.
pub async fn drop_moot(database: &Database, job: &Job, why: &str) -> Result<(), StoreFault> {
    let why = bounded(why);
    let run = |mut tx: Tx| {
        let args = args![why.as_str(), job.id.to_string(), job.lease.as_str()];
        async move {
            let sql = "UPDATE job SET state = 'moot', last_error = $1, lease = NULL, \
                       leased_until = NULL WHERE id = $2 AND state = 'leased' AND lease = $3";
            let changed = tx.execute(sql, args).await?;
            held(changed, job)?;
            tx.commit().await
        }
    };
    database.retrying("job_moot", run).await
}

/// Remembers why a job was put back; the oldest reasons go.
async fn remember(
    tx: &mut Tx,
    job: JobId,
    worker: &str,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreFault> {
    let id = job.to_string();
    let sql = "INSERT INTO job_try (job, number, at, worker, cause) \
               SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4 FROM job_try WHERE job = $5";
    tx.execute(sql, args![&id, now, worker, why, &id]).await?;
    let sql = "DELETE FROM job_try WHERE job = $1 AND number <= \
               (SELECT MAX(number) FROM job_try WHERE job = $2) - $3";
    tx.execute(sql, args![&id, &id, TRIES_KEPT]).await.map(|_| ())
}

/// What is kept of an error: any text, without a NUL.
fn bounded(why: &str) -> String {
    why.replace('\0', "\u{fffd}").chars().take(ERROR_CHARS_MAX).collect()
}

/// How long to wait after a failure: 2, 4, 8 … seconds, at most an hour.
pub fn backoff(job: &Job) -> SignedDuration {
    let exponent = job.failures.clamp(0, 20) + 1;
    SignedDuration::from_secs((1_i64 << exponent).min(BACKOFF_SECS_MAX))
}

/// Counts the jobs by state.
pub async fn pending(database: &Database) -> Result<Pending, StoreFault> {
    let sql = "SELECT state, COUNT(*) AS jobs FROM job GROUP BY state";
    let mut pending = Pending::default();
    for row in database.fetch(sql, Vec::new()).await? {
        let (state, jobs) = (row.text("state")?, row.int("jobs")?);
        match state.as_str() {
            "ready" => pending.ready = jobs,
            "leased" => pending.leased = jobs,
            "done" => pending.done = jobs,
            "dead" => pending.dead = jobs,
            "moot" => pending.moot = jobs,
            _ => {
                let why = format!("`{}` is no state", state.escape_debug());
                return Err(StoreFault::Column { column: "state".to_owned(), why });
            }
        }
    }
    Ok(pending)
}

/// The earliest instant at which a job is or comes due, if any waits.
pub async fn next_due(database: &Database) -> Result<Option<Timestamp>, StoreFault> {
    let sql = "SELECT MIN(CASE WHEN state = 'ready' THEN due ELSE leased_until END) AS next \
               FROM job WHERE state IN ('ready', 'leased')";
    match database.fetch(sql, Vec::new()).await?.first() {
        Some(row) => row.opt_timestamp("next"),
        None => Ok(None),
    }
}

/// Counts the jobs that are in somebody's hands or due now.
pub async fn busy(database: &Database, now: Timestamp) -> Result<i64, StoreFault> {
    let sql = "SELECT COUNT(*) AS jobs FROM job \
               WHERE state IN ('ready', 'leased') AND (state = 'leased' OR due <= $1)";
    match database.fetch(sql, args![now]).await?.first() {
        Some(row) => row.int("jobs"),
        None => Ok(0),
    }
}

/// Waits, for tests and the demo, until nothing is due or leased; gives the number still open.
pub async fn until_quiet(
    database: &Database,
    now: impl Fn() -> Timestamp,
    at_most: Duration,
) -> Result<i64, StoreFault> {
    let mut woken = database.woken();
    let quiet = async {
        while busy(database, now()).await? > 0 {
            woken.wait(Duration::from_millis(20)).await;
        }
        Ok(0)
    };
    match tokio::time::timeout(at_most, quiet).await {
        Ok(done) => done,
        Err(_) => busy(database, now()).await,
    }
}

fn held(changed: u64, job: &Job) -> Result<(), StoreFault> {
    match changed {
        1 => Ok(()),
        _ => Err(StoreFault::LeaseLost { job: job.id.to_string() }),
    }
}
