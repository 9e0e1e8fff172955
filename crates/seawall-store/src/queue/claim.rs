//! Claiming: what is urgent first, then whose turn it is, then what has waited longest.
//!
//! The keys of that order are those of [`seawall_domain::job::line`]; nothing is decided here.

use super::{Job, Place, remember};
use crate::args;
use crate::db::{Database, Row, StoreFault, Tx, Value};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use seawall_domain::id::NotAnId;
use seawall_domain::job::line::{Urgency, patient_since};
use seawall_domain::time::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How often a job may be claimed at all, so that one that kills its worker ends some time.
pub const JOB_ATTEMPTS_MAX: i64 = 100;
/// How many jobs one claim may take.
pub const CLAIM_LEN_MAX: u32 = 100;
/// How many roles one worker may have.
pub const ROLES_LEN_MAX: usize = 8;

/// The head of the line: of each party the first job that can be claimed, and of those the one
/// that is most urgent, or whose party had its last turn longest ago. `$9` is now, `$10` since when
/// a job must be due to stand with the most urgent, and `$11` their number.
const HEAD: &str = "SELECT job.id, job.state, job.worker, job.party, job.role \
    FROM (SELECT turn.served, (SELECT job.id FROM job \
        WHERE job.role = turn.role AND job.party = turn.party \
        AND job.state IN ('ready', 'leased') AND job.due <= $9 \
        AND (job.state = 'ready' OR job.leased_until <= $9) \
        ORDER BY job.priority, job.due, job.id LIMIT 1) AS id \
        FROM turn WHERE turn.role IN ($1, $2, $3, $4, $5, $6, $7, $8)) AS head \
    JOIN job ON job.id = head.id \
    ORDER BY CASE WHEN job.due <= $10 AND job.priority > $11 THEN $11 ELSE job.priority END, \
    head.served, job.due, job.id LIMIT 1";

/// Claims due jobs of these roles for a worker under one lease: ready ones, and those whose lease
/// ran out.
pub async fn claim(
    database: &Database,
    worker: &str,
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
    // A shorter list of roles is filled up with its last one.
    let filled = roles.iter().chain(std::iter::repeat(last)).take(ROLES_LEN_MAX);
    let mut head: Vec<Value> = filled.map(|role| (*role).into()).collect();
    head.extend(args![now, patient_since(now), Urgency::Attacked.rank()]);
    // Whoever finds nothing waiting keeps nobody who claims from claiming.
    if database.fetch(HEAD, head.clone()).await?.is_empty() {
        return Ok(Vec::new());
    }
    let lease = new_lease()?;
    let until = now.saturating_add(SignedDuration::from_secs(i64::from(lease_secs)));
    let until = until.unwrap_or(Timestamp::MAX);
    let claim = Claim { worker, lease: &lease, now, until };
    let run = |mut tx: Tx| {
        let (head, claim) = (&head, &claim);
        async move {
            // One after the other, or two who look at once would give a party two turns.
            tx.lock("seawall job claim").await?;
            let mut jobs = Vec::new();
            while jobs.len() < limit.min(CLAIM_LEN_MAX) as usize {
                let Some(row) = tx.fetch_optional(HEAD, head.clone()).await? else { break };
                jobs.extend(claim.take(&mut tx, &row).await?);
            }
            if jobs.iter().any(|job: &Job| job.attempts > JOB_ATTEMPTS_MAX) {
                bury(&mut tx).await?;
                jobs.retain(|job| job.attempts <= JOB_ATTEMPTS_MAX);
            }
            tx.commit().await?;
            Ok(jobs)
        }
    };
    database.retrying("job_claim", run).await
}

/// Who claims, and for how long.
struct Claim<'c> {
    worker: &'c str,
    lease: &'c str,
    now: Timestamp,
    until: Timestamp,
}

impl Claim<'_> {
    /// Takes the job of a head, unless its silent holder spoke up meanwhile; its party has had its
    /// turn then.
    async fn take(&self, tx: &mut Tx, head: &Row) -> Result<Option<Job>, StoreFault> {
        let sql = "UPDATE job SET state = 'leased', lease = $1, leased_until = $2, \
                   attempts = attempts + 1, worker = $3, began = $4, heard = $4 \
                   WHERE id = $5 AND state IN ('ready', 'leased') \
                   AND (state = 'ready' OR leased_until <= $4) \
                   RETURNING id, kind, payload, role, priority, due, attempts, failures, cause, \
                   leased_until, lease, finding, party, worker";
        let Claim { worker, lease, now, until } = *self;
        let taken = args![lease, until, worker, now, head.text("id")?];
        let Some(row) = tx.fetch_optional(sql, taken).await? else { return Ok(None) };
        let job = restore(&row)?;
        if head.text("state")? == "leased" {
            remember(tx, job.id, &head.text("worker")?, "its worker fell silent", now).await?;
        }
        let sql = "UPDATE turn SET served = (SELECT MAX(served) + 1 FROM turn) \
                   WHERE role = $1 AND party = $2";
        tx.execute(sql, args![head.text("role")?, head.text("party")?]).await?;
        Ok(Some(job))
    }
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
    let corrupt = |error: NotAnId| StoreFault::Corrupt {
        table: "job",
        column: "id",
        id: id.clone(),
        why: error.to_string(),
    };
    Ok(Job {
        id: id.parse().map_err(corrupt)?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        role: row.text("role")?,
        due: row.timestamp("due")?,
        attempts: row.int("attempts")?,
        failures: row.int("failures")?,
        cause: row.text("cause")?,
        leased_until: row.timestamp("leased_until")?,
        lease: row.text("lease")?,
        worker: row.text("worker")?,
        place: Place::restore(row)?,
    })
}

/// A lease is a random number that nobody else has: a nonce, of which no rule depends.
fn new_lease() -> Result<String, StoreFault> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| StoreFault::Crypto { doing: "make a lease" })?;
    Ok(Uuid::from_bytes(bytes).simple().to_string())
}
