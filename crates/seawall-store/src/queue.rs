//! The job table is the queue: no broker, exactly one worker per job at a time, nothing lost.
//!
//! A job is enqueued in the transaction of the fact that causes it, once per cause, kind and
//! payload. A worker claims it under a lease; when it dies, the lease runs out and another claims.
//! So a job may run twice, and must be written for that; but only the holder of the newest lease
//! can record that it is finished. What a job means is not known here.

mod lease;

pub use lease::{lease_drop, lease_take};

use crate::args;
use crate::db::{Database, Kind, Row, StoreFault, Tx};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use seawall_domain::id::JobId;
use seawall_domain::time::{SignedDuration, Timestamp};
use std::time::Duration;
use uuid::Uuid;

/// How long a payload may be: it names things by id, and PostgreSQL indexes it whole.
pub const JOB_PAYLOAD_BYTES_MAX: usize = 2_000;
/// How often a job may fail before it is dead and a person has to look.
pub const JOB_FAILURES_MAX: i64 = 8;
/// How often a job may be claimed at all, so that one that kills its worker ends some time.
pub const JOB_ATTEMPTS_MAX: i64 = 100;
/// How many jobs one claim may take.
pub const CLAIM_LEN_MAX: u32 = 100;
/// How many roles one worker may have.
pub const ROLES_LEN_MAX: usize = 8;
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
    /// Lower comes first.
    pub priority: i64,
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
    enqueue_with_priority(tx, job, 0).await
}

/// Enqueues a job that comes before others (lower than 0) or after them.
pub async fn enqueue_with_priority(
    tx: &mut Tx,
    job: &NewJob,
    priority: i64,
) -> Result<JobId, StoreFault> {
    let size_bytes = job.payload.len().max(job.kind.len()).max(job.cause.len());
    if size_bytes > JOB_PAYLOAD_BYTES_MAX {
        let what = "the kind, payload or cause of a job";
        return Err(StoreFault::TooLong { what, size_bytes, bytes_max: JOB_PAYLOAD_BYTES_MAX });
    }
    let id = job_id(job);
    let sql = "INSERT INTO job (id, kind, payload, role, priority, due, attempts, failures, \
               leased_until, lease, state, last_error, cause) \
               VALUES ($1, $2, $3, $4, $5, $6, 0, 0, NULL, NULL, 'ready', NULL, $7) \
               ON CONFLICT DO NOTHING";
    let args =
        args![id.to_string(), &job.kind, &job.payload, &job.role, priority, job.due, &job.cause];
    if tx.execute(sql, args).await? > 0 {
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

/// The one statement whose text differs between the databases, by how the rows are locked:
/// SQLite has only one writer, PostgreSQL has to step over the rows that others are claiming.
macro_rules! claim_sql {
    ($lock:literal) => {
        concat!(
            "WITH picked AS MATERIALIZED (SELECT id FROM job \
             WHERE state IN ('ready', 'leased') \
             AND role IN ($1, $2, $3, $4, $5, $6, $7, $8) AND due <= $9 \
             AND (state = 'ready' OR leased_until <= $9) \
             ORDER BY priority, due, id LIMIT $10 ",
            $lock,
            ") UPDATE job SET state = 'leased', lease = $11, leased_until = $12, \
             attempts = attempts + 1 WHERE id IN (SELECT id FROM picked) \
             RETURNING id, kind, payload, role, priority, due, attempts, failures, cause, \
             leased_until, lease"
        )
    };
}

const CLAIM_ON_SQLITE: &str = claim_sql!("");
const CLAIM_ON_POSTGRES: &str = claim_sql!("FOR UPDATE SKIP LOCKED");

/// Claims due jobs of these roles under one lease: ready ones, and those whose lease ran out.
pub async fn claim(
    database: &Database,
    roles: &[&str],
    lease_secs: u32,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Job>, StoreFault> {
    let Some(last) = roles.last() else {
        return Ok(Vec::new());
    };
    if roles.len() > ROLES_LEN_MAX {
        let what = "the list of roles of a worker";
        return Err(StoreFault::TooLong {
            what,
            size_bytes: roles.len(),
            bytes_max: ROLES_LEN_MAX,
        });
    }
    let lease = new_lease()?;
    let until = now.saturating_add(SignedDuration::from_secs(i64::from(lease_secs)));
    let until = until.unwrap_or(Timestamp::MAX);
    let run = |mut tx: Tx| {
        // A shorter list of roles is filled up with its last one.
        let filled = roles.iter().chain(std::iter::repeat(last)).take(ROLES_LEN_MAX);
        let mut args: Vec<_> = filled.map(|role| (*role).into()).collect();
        args.extend(args![now, limit.min(CLAIM_LEN_MAX), &lease, until]);
        async move {
            let sql = match tx.kind() {
                Kind::Sqlite => CLAIM_ON_SQLITE,
                Kind::Postgres => CLAIM_ON_POSTGRES,
            };
            let rows = tx.fetch(sql, args).await?;
            let mut jobs = rows.iter().map(restore).collect::<Result<Vec<_>, _>>()?;
            if jobs.iter().any(|job| job.attempts > JOB_ATTEMPTS_MAX) {
                bury(&mut tx).await?;
                jobs.retain(|job| job.attempts <= JOB_ATTEMPTS_MAX);
            }
            tx.commit().await?;
            jobs.sort_by_key(|job| (job.priority, job.due, job.id));
            Ok(jobs)
        }
    };
    database.retrying("job_claim", run).await
}

/// Ends the jobs that took their worker with them every time.
async fn bury(tx: &mut Tx) -> Result<(), StoreFault> {
    let sql = "UPDATE job SET state = 'dead', lease = NULL, leased_until = NULL, \
               last_error = 'claimed too often without an end' \
               WHERE state = 'leased' AND attempts > $1";
    tx.execute(sql, args![JOB_ATTEMPTS_MAX]).await.map(|_| ())
}

fn restore(row: &Row) -> Result<Job, StoreFault> {
    let id = row.text("id")?;
    let corrupt =
        |why: String| StoreFault::Corrupt { table: "job", column: "id", id: id.clone(), why };
    Ok(Job {
        id: id.parse().map_err(|error: seawall_domain::id::NotAnId| corrupt(error.to_string()))?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        role: row.text("role")?,
        priority: row.int("priority")?,
        due: row.timestamp("due")?,
        attempts: row.int("attempts")?,
        failures: row.int("failures")?,
        cause: row.text("cause")?,
        leased_until: row.timestamp("leased_until")?,
        lease: row.text("lease")?,
    })
}

/// Keeps a job longer; a fault means that somebody else may have it now, so stop.
pub async fn extend(database: &Database, job: &Job, until: Timestamp) -> Result<(), StoreFault> {
    let run = |mut tx: Tx| async move {
        let sql = "UPDATE job SET leased_until = $1 \
                   WHERE id = $2 AND state = 'leased' AND lease = $3";
        let changed = tx.execute(sql, args![until, job.id.to_string(), &job.lease]).await?;
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
    retry_at: Timestamp,
) -> Result<AfterFailure, StoreFault> {
    let why: String = why.replace('\0', "\u{fffd}").chars().take(ERROR_CHARS_MAX).collect();
    let after = match job.failures + 1 >= JOB_FAILURES_MAX {
        true => AfterFailure::Dead,
        false => AfterFailure::Retried,
    };
    let state = match after {
        AfterFailure::Dead => "dead",
        AfterFailure::Retried => "ready",
    };
    let run = |mut tx: Tx| {
        let args = args![state, retry_at, why.as_str(), job.id.to_string(), job.lease.as_str()];
        async move {
            let sql = "UPDATE job SET state = $1, due = $2, last_error = $3, \
                       failures = failures + 1, lease = NULL, leased_until = NULL \
                       WHERE id = $4 AND state = 'leased' AND lease = $5";
            let changed = tx.execute(sql, args).await?;
            held(changed, job)?;
            tx.commit().await
        }
    };
    database.retrying("job_fail", run).await?;
    Ok(after)
}

/// Puts a job back that is not to blame: it waits for people or for the outside world, so this
/// counts neither as a failure nor as an attempt.
pub async fn defer(
    database: &Database,
    job: &Job,
    why: &str,
    retry_at: Timestamp,
) -> Result<(), StoreFault> {
    let why: String = why.replace('\0', "\u{fffd}").chars().take(ERROR_CHARS_MAX).collect();
    let run = |mut tx: Tx| {
        let args = args![retry_at, why.as_str(), job.id.to_string(), job.lease.as_str()];
        async move {
            let sql = "UPDATE job SET state = 'ready', due = $1, last_error = $2, \
                       attempts = failures, lease = NULL, leased_until = NULL \
                       WHERE id = $3 AND state = 'leased' AND lease = $4";
            let changed = tx.execute(sql, args).await?;
            held(changed, job)?;
            tx.commit().await
        }
    };
    database.retrying("job_defer", run).await
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

/// A lease is a random number that nobody else has: a nonce, of which no rule depends.
fn new_lease() -> Result<String, StoreFault> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| StoreFault::Crypto { doing: "make a lease" })?;
    Ok(Uuid::from_bytes(bytes).simple().to_string())
}
