//! The laboratory's queue.

use super::guest::{Guest, link, page};
use super::sent::{Sent, back_to};
use super::words::{purl, quoted, tag, when};
use crate::extract::Name;
use crate::pages::bars::Bars;
use crate::pages::form::Weight;
use crate::pages::work as pages;
use crate::pages::{Form, Shell, Tag, Tone};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::response::Response;
use seawall_domain::access::Action;
use seawall_domain::job::Job;
use seawall_domain::job::line::Urgency;
use seawall_services::reproduction;
use seawall_services::work::{self, About, Board, Measured, PutBack, Running, Task, Waiting};

/// The page of the work.
pub async fn show(State(site): State<Site>, guest: Guest) -> Result<Response, Refused> {
    let board = work::board(&site.desk, &guest.actor()).await?;
    let shell = guest.shell("Laboratory");
    let may = guest.may(Action::TryAgain);
    page(&shown(shell, &board, may))
}

/// Has a job that was given up tried again.
pub async fn try_again(
    State(site): State<Site>,
    Name(id): Name,
    sent: Sent,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    work::try_again(&site.desk, sent.actor(), id).await?;
    Ok(back_to("/laboratory"))
}

/// Has a finding tried again whose environment could not be made.
pub async fn try_finding_again(
    State(site): State<Site>,
    Name(id): Name,
    sent: Sent,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::hidden())?;
    let finding = reproduction::try_again(&site.desk, sent.actor(), id).await?;
    Ok(back_to(format!("/findings/{}", finding.id)))
}

/// The form by which a finding is tried again.
pub fn again(shell: &Shell, finding: impl std::fmt::Display) -> Form {
    Form::post(shell, format!("/findings/{finding}/try-again"), "Try it again")
        .says("It is looked at anew, from the source on. It is recorded.")
        .weight(Weight::Side)
}

fn shown(shell: Shell, board: &Board, may: bool) -> pages::Work {
    let given_up = |row: &PutBack| {
        let action = format!("/laboratory/{}/try-again", row.task.id);
        let form = Form::post(&shell, action, "Try it again").weight(Weight::Side);
        pages::PutBack { again: may.then_some(form), ..put_back(row) }
    };
    let unable = |about: &About| pages::Unable {
        what: what("", Some(about)),
        since: when(about.finding.changed_at),
        again: may.then(|| again(&shell, about.finding.id)),
    };
    pages::Work {
        running: board.running.iter().map(running).collect(),
        waiting: board.waiting.iter().map(waiting).collect(),
        put_back: board.put_back.iter().map(put_back).collect(),
        given_up: board.given_up.iter().map(given_up).collect(),
        unable: board.unable.iter().map(unable).collect(),
        plots: plots(&board.runs),
        runs: board.runs.iter().map(run).collect(),
        shell,
    }
}

fn running(row: &Running) -> pages::Running {
    pages::Running {
        what: of_task(&row.task),
        worker: row.worker.clone(),
        since: when(row.since),
        heard: when(row.heard),
        state: match row.silent {
            true => tag("silent, another one takes over", Tone::Warn),
            false => tag("at work", Tone::Good),
        },
    }
}

fn waiting(row: &Waiting) -> pages::Waiting {
    pages::Waiting {
        position: row.position,
        role: row.task.role.clone(),
        what: of_task(&row.task),
        why: urgency(row.task.urgency),
        since: when(row.task.due),
    }
}

fn put_back(row: &PutBack) -> pages::PutBack {
    let each = |told: &work::Try| pages::Try {
        at: when(told.at),
        worker: told.worker.clone(),
        cause: quoted(&told.cause),
    };
    pages::PutBack {
        what: of_task(&row.task),
        cause: quoted(row.task.cause.as_deref().unwrap_or("it waits for its time")),
        failures: row.task.failures,
        next: when(row.task.due),
        tries: row.tries.iter().map(each).collect(),
        again: None,
    }
}

fn of_task(task: &Task) -> pages::What {
    let says = task.job.as_ref().map_or("Something that cannot be read", says);
    what(says, task.about.as_ref())
}

fn what(says: &str, about: Option<&About>) -> pages::What {
    let says = says.to_owned();
    let Some(about) = about else { return pages::What { says, ..pages::What::default() } };
    let (finding, essence) = (&about.finding, &about.finding.essence);
    let title = match about.title.is_empty() {
        true => format!("finding {}", super::words::short(finding.id)),
        false => about.title.clone(),
    };
    let package = essence.package.as_ref();
    pages::What {
        says,
        finding: Some(link(title, format!("/findings/{}", finding.id))),
        package: package.map(|named| purl(named, essence.version.as_ref())).unwrap_or_default(),
        finder: about.finder.clone(),
    }
}

/// Why a job stands where it stands, as a label.
fn urgency(urgency: Urgency) -> Tag {
    match urgency {
        Urgency::Attacked => tag("used in attacks", Tone::Bad),
        Urgency::Embargo => tag("embargo with a deadline", Tone::Warn),
        Urgency::Usual => tag("as it came, in turn", Tone::Calm),
        Urgency::Later => tag("when nothing else waits", Tone::Quiet),
    }
}

/// What a job does, in a few words.
fn says(job: &Job) -> &'static str {
    match job {
        Job::Gate(_) => "Check the evidence",
        Job::Locate(_) => "Look for the function in the source",
        Job::Group(_) => "Compare with other findings",
        Job::Reproduce(_) => "Run the proof",
        Job::TestNewest(_) => "Run the proof on the newest release",
        Job::FindRange(_) => "Find the affected releases",
        Job::Settle(_) => "Tell the finding its verdict",
        Job::Promote(_) => "Try the next of the group",
        Job::OpenCase(_) => "Open a case",
        Job::SendReport(_) => "Send the report",
        Job::ReleaseBundle(_) => "Release the reproducer",
        Job::SendBundle(_) => "Send the evidence",
        Job::CheckFix(_) => "Run the proof on a fix",
        Job::Draft(_) => "Draft the advisory",
        Job::Publish(_) => "Publish the advisory",
        Job::Export(_) => "Write the public files",
        Job::MatchAdvisory(_) => "Match an advisory with inventories",
        Job::Announce(_) => "Tell that an advisory is out",
        Job::MatchInventory(_) => "Match an inventory",
        Job::ApplyStatement(_) => "Apply a statement",
        Job::MatchSet(_) => "Match the advisory set",
        Job::Watch(_) => "Watch later releases",
        // None of these is ever on the board.
        Job::EndWaiting(_) | Job::Destroy(_) | Job::EndSeat(_) => "Look after a deadline",
    }
}

/// What the newest runs used, the oldest at the left.
fn plots(runs: &[Measured]) -> Vec<Bars> {
    let plot = |id: &str, title: &str, unit, value: fn(&Measured) -> i64| Bars {
        id: id.to_owned(),
        title: title.to_owned(),
        unit,
        values: runs.iter().rev().map(|run| u64::try_from(value(run)).unwrap_or(0)).collect(),
    };
    vec![
        plot("cpu", "Processor time a run", "ms", |measured| measured.run.cpu_ms),
        plot("wall", "Time that a run took", "ms", |measured| measured.run.wall_ms),
        plot("memory", "Most memory of a run", "MiB", |measured| measured.run.peak_mib),
    ]
}

fn run(measured: &Measured) -> pages::Run {
    let run = &measured.run;
    let version = seawall_domain::package::Version(run.target.clone());
    let target = measured.package.as_ref().map(|package| purl(package, Some(&version)));
    pages::Run {
        at: when(run.at),
        target: target.unwrap_or_else(|| run.target.clone()),
        worker: run.worker.clone(),
        cpu_ms: run.cpu_ms,
        wall_ms: run.wall_ms,
        peak_mib: run.peak_mib,
    }
}
