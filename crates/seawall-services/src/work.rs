//! Work: what each job does. A job may run twice; every one looks first whether it is still due.

mod bench;
mod board;
mod urgency;

pub use board::{About, Board, Measured, PutBack, Running, Task, Waiting, board, try_again};
pub use seawall_store::queue::Try;
pub(crate) use urgency::weigh;
pub use urgency::weigh_all;

use crate::desk::{Desk, LabFault};
use crate::outcome::{Denied, Fault, Outcome};
use crate::{advisory, case, engagement, exposure, finding, fix, partner, reproduction};
use bench::Bench;
use seawall_domain::access::{Action, Actor};
use seawall_domain::finding::Finding;
use seawall_domain::job::{Job, WorkRole};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::SignedDuration;
use seawall_store::db::StoreFault;
use seawall_store::queue;
use std::time::Duration;

/// For how long a worker holds a job, in seconds, before another may take it. Short, because a
/// worker that was killed holds up its job for as long; who lives holds it longer, again and again.
pub const LEASE_SECONDS: u32 = 10;
/// How often a worker that is at a job says that it still is.
const STILL_EVERY: Duration = Duration::from_secs(3);

/// Does one job.
pub async fn perform(desk: &Desk, job: &Job) -> Outcome<()> {
    match *job {
        Job::Gate(id) => finding::gate(desk, id).await,
        Job::Locate(id) => finding::locate(desk, id).await,
        Job::Group(id) => finding::group(desk, id).await,
        Job::Promote(id) => finding::promote(desk, id).await,
        Job::Reproduce(id) => reproduction::reproduce(desk, id).await,
        Job::TestNewest(id) => reproduction::test_newest(desk, id).await,
        Job::FindRange(id) => reproduction::find_range(desk, id).await,
        Job::Settle(id) => reproduction::settle(desk, id).await,
        Job::Watch(id) => reproduction::watch(desk, id).await,
        Job::OpenCase(id) => case::open(desk, id).await,
        Job::SendReport(id) => case::send_report(desk, id).await,
        Job::ReleaseBundle(id) => case::release_by_policy(desk, id).await,
        Job::SendBundle(id) => case::send_bundle(desk, id).await,
        Job::CheckFix(id) => fix::check(desk, id).await,
        Job::Draft(id) => advisory::draft(desk, id).await,
        Job::Publish(id) => advisory::publish(desk, id).await,
        Job::Export(id) => advisory::export(desk, id).await,
        Job::Announce(id) => advisory::announce(desk, id).await,
        Job::MatchAdvisory(id) => exposure::match_advisory(desk, id).await,
        Job::MatchInventory(id) => exposure::match_inventory(desk, id).await,
        Job::ApplyStatement(id) => exposure::apply_statement(desk, id).await,
        Job::MatchSet(_) => exposure::match_set(desk).await,
        Job::EndWaiting(id) => engagement::end_waiting(desk, id).await,
        Job::Destroy(id) => engagement::destroy(desk, id).await,
        Job::EndSeat(id) => partner::end_seat(desk, id).await,
    }
}

/// Who works, at what.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Its name, by which people find it: its machine and process.
    pub name: String,
    /// The kinds of jobs that it does.
    pub roles: Vec<WorkRole>,
    /// How often it says that it is still at a job, and looks whether that is still wanted.
    pub still_every: Duration,
}

impl Worker {
    /// A worker of that name, which speaks up as often as the lease needs it.
    pub fn new(name: impl Into<String>, roles: &[WorkRole]) -> Worker {
        Worker { name: name.into(), roles: roles.to_vec(), still_every: STILL_EVERY }
    }
}

/// What a round of work came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Round {
    /// A job was done, or put back to be tried again.
    Worked,
    /// There was none.
    Idle,
}

/// How a job ended for the worker that had it.
enum Ended {
    /// It is done.
    Done,
    /// It is put back, for this reason.
    Not(Denied),
    /// Nothing asks for it any more.
    Moot(String),
}

/// Takes one job of the worker's roles and does it; a job that fails is put back, later each time.
pub async fn round(desk: &Desk, worker: &Worker) -> Outcome<Round> {
    let names: Vec<&str> = worker.roles.iter().map(|role| role.name()).collect();
    let (database, now) = (desk.store.database(), desk.now());
    let claimed = queue::claim(database, &worker.name, &names, LEASE_SECONDS, now, 1).await?;
    let Some(claimed) = claimed.into_iter().next() else { return Ok(Round::Idle) };
    let bench = Bench::new(desk);
    let ended = match serde_json::from_str::<Job>(&claimed.payload) {
        Ok(job) => attend(desk, worker, &claimed, &job, &bench).await,
        Err(error) => Ended::Not(Fault::inconsistent("read a job", error).into()),
    };
    if let Err(error) = bench.keep(desk, &claimed).await {
        tracing::warn!(job = %claimed.payload, %error, "what runs used is not kept");
    }
    match settle(desk, &claimed, ended).await {
        Err(StoreFault::LeaseLost { job }) => {
            tracing::warn!(%job, "another worker has this job by now");
        }
        settled => settled?,
    }
    Ok(Round::Worked)
}

/// Does a job for as long as it is wanted.
async fn attend(
    desk: &Desk,
    worker: &Worker,
    claimed: &queue::Job,
    job: &Job,
    bench: &Bench,
) -> Ended {
    match moot(desk, claimed, job).await {
        Ok(Some(why)) => return Ended::Moot(why),
        Ok(None) => {}
        Err(denied) => return Ended::Not(denied),
    }
    let at_bench = bench.desk(desk);
    tokio::select! {
        done = perform(&at_bench, job) => match done {
            Ok(()) => Ended::Done,
            Err(denied) => Ended::Not(denied),
        },
        why = hold(desk, worker, claimed, job) => {
            bench.stop();
            Ended::Moot(why)
        }
    }
}

/// Records how a job ended.
async fn settle(desk: &Desk, claimed: &queue::Job, ended: Ended) -> Result<(), StoreFault> {
    let database = desk.store.database();
    match ended {
        Ended::Done => queue::finish_alone(database, claimed).await,
        Ended::Moot(why) => {
            tracing::info!(job = %claimed.payload, %why, "a job ends undone");
            queue::drop_moot(database, claimed, &why).await
        }
        Ended::Not(denied) => {
            let (now, why) = (desk.now(), denied.to_string());
            let retry_at = now + pause(&denied, claimed.attempts);
            tracing::warn!(job = %claimed.payload, error = %denied, "a job is put back");
            if is_blameless(&denied, claimed.failures) {
                return queue::defer(database, claimed, &why, now, retry_at).await;
            }
            let after = queue::fail(database, claimed, &why, now, retry_at).await?;
            if after == queue::AfterFailure::Dead {
                tracing::error!(job = %claimed.payload, "a job is given up: a person must look");
            }
            Ok(())
        }
    }
}

/// Holds a job, and ends once nothing asks for it any more. Work is not cut short when the job was
/// lost meanwhile: every job may run twice, and whoever lost it cannot record that it is finished.
async fn hold(desk: &Desk, worker: &Worker, claimed: &queue::Job, job: &Job) -> String {
    loop {
        tokio::time::sleep(worker.still_every).await;
        let now = desk.now();
        let until = now + SignedDuration::from_secs(i64::from(LEASE_SECONDS));
        if let Err(error) = queue::extend(desk.store.database(), claimed, now, until).await {
            tracing::warn!(job = %claimed.payload, %error, "cannot hold a job longer");
        }
        match moot(desk, claimed, job).await {
            Ok(Some(why)) => return why,
            Ok(None) => {}
            Err(error) => tracing::warn!(job = %claimed.payload, %error, "is it still wanted?"),
        }
    }
}

/// Why nothing asks for a job any more, when its finding has moved on. Only what runs foreign code
/// is looked at from outside: everything else looks itself, at once.
async fn moot(desk: &Desk, claimed: &queue::Job, job: &Job) -> Outcome<Option<String>> {
    let Some(finding) = claimed.place.finding else { return Ok(None) };
    if job.role() != WorkRole::Reproduce {
        return Ok(None);
    }
    let mut tx = desk.store.database().read().await?;
    let guarded = tx.load::<Finding>(finding.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadFinding)?;
    let state = finding.standing.name().replace('_', " ");
    Ok(job.is_moot(&finding.standing).then(|| format!("the finding is {state} now")))
}

/// Whether a job waits for people or for the outside world: it is never given up for that. While
/// a registry or the mailbox is out of reach, each pause is longer than the last, up to a bound.
fn is_blameless(denied: &Denied, failures: i64) -> bool {
    match denied {
        Denied::Refused(refusal) => waits_for_people(refusal),
        Denied::Broken(
            Fault::Laboratory(LabFault::Unreachable(_) | LabFault::Dependent(_))
            | Fault::Courier(_),
        ) => failures + 1 >= queue::JOB_FAILURES_MAX,
        Denied::Broken(_) => false,
    }
}

/// An embargo, a decision to keep private, a maintainer's capacity, or a signed revision that must
/// go out first.
fn waits_for_people(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::EmbargoActive { .. } | Refusal::KeptPrivate | Refusal::Full { .. } => true,
        Refusal::NotNow { subject, .. } => matches!(*subject, "advisory" | "case"),
        Refusal::Hidden
        | Refusal::Forbidden
        | Refusal::SecondPersonNeeded { .. }
        | Refusal::LeaseOutOfBounds { .. }
        | Refusal::ByRule(_)
        | Refusal::Unreadable(_) => false,
    }
}

/// How long a failed job waits: a moved row hardly at all, a closed registry longer each time.
fn pause(denied: &Denied, attempts: i64) -> SignedDuration {
    let patient = SignedDuration::from_secs(1 << attempts.clamp(0, 8));
    match denied {
        Denied::Broken(fault) if fault.is_passing() => SignedDuration::from_millis(20),
        Denied::Refused(refusal) if waits_for_people(refusal) => SignedDuration::from_secs(60),
        Denied::Refused(_) | Denied::Broken(_) => patient,
    }
}
