//! Work: what each job does. A job may run twice; every one looks first whether it is still due.

use crate::desk::{Desk, LabFault};
use crate::outcome::{Denied, Fault, Outcome};
use crate::{advisory, case, exposure, finding, fix, reproduction};
use seawall_domain::job::{Job, WorkRole};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::SignedDuration;
use seawall_store::queue;
use std::convert::Infallible;
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

/// Takes one job of these roles and does it; a job that fails is put back, later each time.
pub async fn round(desk: &Desk, roles: &[WorkRole]) -> Outcome<Round> {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let now = desk.now();
    let claimed = queue::claim(desk.store.database(), &names, LEASE_SECONDS, now, 1)
        .await?
        .into_iter()
        .next();
    let Some(claimed) = claimed else { return Ok(Round::Idle) };
    let job: Result<Job, _> = serde_json::from_str(&claimed.payload);
    let done = match &job {
        Ok(job) => tokio::select! {
            done = perform(desk, job) => done,
            never = hold(desk, &claimed) => match never {},
        },
        Err(error) => Err(Fault::inconsistent("read a job", error).into()),
    };
    let database = desk.store.database();
    match done {
        Ok(()) => queue::finish_alone(database, &claimed).await?,
        Err(denied) => {
            let retry_at = desk.now() + pause(&denied, claimed.attempts);
            tracing::warn!(job = %claimed.payload, error = %denied, "a job is put back");
            if is_blameless(&denied, claimed.failures) {
                queue::defer(database, &claimed, &denied.to_string(), retry_at).await?;
                return Ok(Round::Worked);
            }
            let after = queue::fail(database, &claimed, &denied.to_string(), retry_at).await?;
            if after == queue::AfterFailure::Dead {
                tracing::error!(job = %claimed.payload, "a job is given up: a person must look");
            }
        }
    }
    Ok(Round::Worked)
}

/// Holds a job for as long as this future is waited for. Work is not cut short when the job was
/// lost meanwhile: every job may run twice, and whoever lost it cannot record that it is finished.
async fn hold(desk: &Desk, job: &queue::Job) -> Infallible {
    loop {
        tokio::time::sleep(STILL_EVERY).await;
        let until = desk.now() + SignedDuration::from_secs(i64::from(LEASE_SECONDS));
        if let Err(error) = queue::extend(desk.store.database(), job, until).await {
            tracing::warn!(job = %job.payload, %error, "cannot hold a job longer");
        }
    }
}

/// Whether a job waits for people or for the outside world: it is never given up for that. While
/// a registry or the mailbox is out of reach, each pause is longer than the last, up to a bound.
fn is_blameless(denied: &Denied, failures: i64) -> bool {
    match denied {
        Denied::Refused(refusal) => waits_for_people(refusal),
        Denied::Broken(Fault::Laboratory(LabFault::Unreachable(_)) | Fault::Courier(_)) => {
            failures + 1 >= queue::JOB_FAILURES_MAX
        }
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
