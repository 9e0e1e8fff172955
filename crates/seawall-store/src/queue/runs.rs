//! What runs in the laboratory used: the newest few, for people who look after it. No record is
//! made of it, and no rule looks at it.

use crate::args;
use crate::db::{Row, StoreFault, Tx};
use crate::queue::place::named;
use seawall_domain::id::{FindingId, JobId};
use seawall_domain::time::Timestamp;
use uuid::Uuid;

/// How many of the newest runs are kept.
pub const LAB_RUNS_KEPT: i64 = 500;

/// One isolated run, as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LabRunKept {
    /// When it was reported.
    pub at: Timestamp,
    /// The job that it belonged to.
    pub job: JobId,
    /// The finding whose proof was run, where the job is about one.
    pub finding: Option<FindingId>,
    /// The worker that had it run.
    pub worker: String,
    /// The version that was run.
    pub target: String,
    /// Processor time, in milliseconds.
    pub cpu_ms: i64,
    /// Time that passed, in milliseconds.
    pub wall_ms: i64,
    /// The most memory at one time, in MiB.
    pub peak_mib: i64,
}

impl Tx {
    /// Keeps runs under ids of the caller's making, and lets the oldest go.
    pub async fn lab_run_keep(&mut self, runs: &[(Uuid, LabRunKept)]) -> Result<(), StoreFault> {
        let sql = "INSERT INTO lab_run (id, at, job, finding, worker, target, cpu_ms, wall_ms, \
                   peak_mib) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
        for (id, run) in runs {
            let finding = run.finding.map(|id| id.to_string()).unwrap_or_default();
            let mut args = args![id.to_string(), run.at, run.job.to_string(), finding];
            args.extend(args![&run.worker, &run.target, run.cpu_ms, run.wall_ms, run.peak_mib]);
            self.execute(sql, args).await?;
        }
        let sql = "DELETE FROM lab_run WHERE at < \
                   (SELECT at FROM lab_run ORDER BY at DESC, id DESC LIMIT 1 OFFSET $1)";
        self.execute(sql, args![LAB_RUNS_KEPT - 1]).await.map(|_| ())
    }

    /// The newest runs, newest first.
    pub async fn lab_run_list(&mut self, limit: u32) -> Result<Vec<LabRunKept>, StoreFault> {
        let sql = "SELECT at, job, finding, worker, target, cpu_ms, wall_ms, peak_mib \
                   FROM lab_run ORDER BY at DESC, id DESC LIMIT $1";
        self.fetch(sql, args![limit]).await?.iter().map(restore).collect()
    }
}

fn restore(row: &Row) -> Result<LabRunKept, StoreFault> {
    Ok(LabRunKept {
        at: row.timestamp("at")?,
        job: row.parsed("job")?,
        finding: named(row, "finding")?,
        worker: row.text("worker")?,
        target: row.text("target")?,
        cpu_ms: row.int("cpu_ms")?,
        wall_ms: row.int("wall_ms")?,
        peak_mib: row.int("peak_mib")?,
    })
}
