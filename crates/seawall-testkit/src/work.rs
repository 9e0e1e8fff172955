//! Work as pages and interfaces show it: jobs in a worker's hands and given up, runs that were
//! measured, all without a worker.

use crate::world::must;
use seawall_domain::id::JobId;
use seawall_domain::job::WorkRole;
use seawall_services::desk::{Desk, Used};
use seawall_store::queue::{self, Job, LabRunKept};

/// How long what was taken here is kept, in seconds.
const HELD_SECONDS: u32 = 3_600;

/// Takes the first job of a role that waits, as a worker of that name.
pub async fn take(desk: &Desk, worker: &str, role: WorkRole) -> Job {
    let (database, now) = (desk.store.database(), desk.now());
    let claimed = queue::claim(database, worker, &[role.name()], HELD_SECONDS, now, 1).await;
    must(claimed).remove(0)
}

/// Fails the first job of a role that waits until it is given up; gives its id.
pub async fn give_up(desk: &Desk, worker: &str, role: WorkRole, why: &str) -> JobId {
    let first = take(desk, worker, role).await;
    let mut job = first.clone();
    loop {
        let now = desk.now();
        let after = must(queue::fail(desk.store.database(), &job, why, now, now).await);
        if after == queue::AfterFailure::Dead {
            return first.id;
        }
        job = loop {
            let next = take(desk, worker, role).await;
            if next.id == first.id {
                break next;
            }
            must(
                queue::defer(desk.store.database(), &next, "not now", desk.now(), desk.now()).await,
            );
        };
    }
}

/// Notes what a run of a job used.
pub async fn ran(desk: &Desk, job: &Job, version: &str, used: Used) {
    let whole = |number| i64::try_from(number).unwrap_or(i64::MAX);
    let run = LabRunKept {
        at: desk.now(),
        job: job.id,
        finding: job.place.finding,
        worker: job.worker.clone(),
        target: version.to_owned(),
        cpu_ms: whole(used.cpu_ms),
        wall_ms: whole(used.wall_ms),
        peak_mib: used.peak_mib.into(),
    };
    let mut tx = must(desk.begin("test_runs").await);
    must(tx.lab_run_keep(&[(desk.uuid(), run)]).await);
    must(tx.commit().await);
}
