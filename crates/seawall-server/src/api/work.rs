//! The work: what runs, what waits and why, what failed, what was given up. For analysts alone;
//! what is under embargo stands in it by name.

use crate::auth::Known;
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use seawall_services::work::{self, About, Board, Measured, PutBack, Running, Task, Waiting};
use serde::Serialize;
use utoipa::ToSchema;

/// The work of the clearinghouse.
#[derive(Serialize, ToSchema)]
pub struct Work {
    /// What workers have in their hands, the longest first.
    pub running: Vec<RunningJob>,
    /// What waits for a worker, in the order in which it is handed out, role by role.
    pub waiting: Vec<WaitingJob>,
    /// What was put back and is tried again by itself, the next one first.
    pub put_back: Vec<PutBackJob>,
    /// What was given up and waits for a person, the oldest first.
    pub given_up: Vec<PutBackJob>,
    /// Findings whose environment could not be made, which wait for a person.
    pub unable: Vec<JobFinding>,
    /// What the newest isolated runs used, newest first.
    pub runs: Vec<LabRun>,
}

/// A job.
#[derive(Serialize, ToSchema)]
pub struct WorkJob {
    /// Its id.
    pub id: String,
    /// What is done: `reproduce`, `find_range`, `check_fix` …; null when it cannot be read.
    pub job: Option<String>,
    /// Which kind of worker does it: `desk`, `reproduce`, `publish`, `notify` or `match`.
    pub role: String,
    /// The finding that it is about, where there is one.
    pub finding: Option<JobFinding>,
    /// Why it comes before others, or after: `attacked`, `embargo`, `usual` or `later`.
    pub urgency: &'static str,
    /// How often it failed.
    pub failures: i64,
    /// Why it was put back the last time.
    pub cause: Option<String>,
}

/// A finding that is worked at.
#[derive(Serialize, ToSchema)]
pub struct JobFinding {
    /// Its id.
    pub id: String,
    /// What it claims, in the finder's words; empty when it was erased.
    pub title: String,
    /// The package that it is about, as a purl with its version.
    pub package: Option<String>,
    /// The finder's name.
    pub finder: String,
}

/// A job in a worker's hands.
#[derive(Serialize, ToSchema)]
pub struct RunningJob {
    /// The job.
    #[serde(flatten)]
    pub job: WorkJob,
    /// The worker's name: its machine and process.
    pub worker: String,
    /// Since when, RFC 3339.
    pub since: String,
    /// When the worker was last heard of, RFC 3339.
    pub heard: String,
    /// Whether it has been silent for so long that another one takes over.
    pub silent: bool,
}

/// A job that waits for a worker.
#[derive(Serialize, ToSchema)]
pub struct WaitingJob {
    /// The job.
    #[serde(flatten)]
    pub job: WorkJob,
    /// Its place in the line of its role, from 1.
    pub position: usize,
    /// Since when it is due, RFC 3339.
    pub since: String,
}

/// A job that was put back, or given up.
#[derive(Serialize, ToSchema)]
pub struct PutBackJob {
    /// The job.
    #[serde(flatten)]
    pub job: WorkJob,
    /// When it is tried next, RFC 3339; null when it was given up.
    pub next_try: Option<String>,
    /// Why it was put back, each time, the newest first; of many the newest few.
    pub tries: Vec<JobTry>,
}

/// Why a job was put back, once.
#[derive(Serialize, ToSchema)]
pub struct JobTry {
    /// When, RFC 3339.
    pub at: String,
    /// Which worker had it, or who had it tried again.
    pub worker: String,
    /// Why.
    pub cause: String,
}

/// What one isolated run used.
#[derive(Serialize, ToSchema)]
pub struct LabRun {
    /// When it was reported, RFC 3339.
    pub at: String,
    /// The finding whose proof was run, where there is one.
    pub finding: Option<String>,
    /// The version that was run.
    pub version: String,
    /// The worker that had it run.
    pub worker: String,
    /// Processor time, in milliseconds.
    pub cpu_ms: i64,
    /// Time that passed, in milliseconds.
    pub wall_ms: i64,
    /// The most memory at one time, in MiB.
    pub peak_mib: i64,
}

/// What runs, what waits and why, what failed and what was given up.
#[utoipa::path(get, path = "/v1/work", tag = "work",
    responses((status = 200, body = Work), (status = 401), (status = 404)))]
pub async fn show(State(site): State<Site>, known: Known) -> Result<Json<Work>, Refused> {
    let Board { running, waiting, put_back, given_up, unable, runs } =
        work::board(&site.desk, &known.0.actor).await?;
    Ok(Json(Work {
        running: running.iter().map(running_job).collect(),
        waiting: waiting.iter().map(waiting_job).collect(),
        put_back: put_back.iter().map(|row| put_back_job(row, Some(&row.task))).collect(),
        given_up: given_up.iter().map(|row| put_back_job(row, None)).collect(),
        unable: unable.iter().map(finding).collect(),
        runs: runs.iter().map(run).collect(),
    }))
}

fn job(task: &Task) -> WorkJob {
    let named = task.job.as_ref().and_then(|job| serde_json::to_value(job).ok());
    WorkJob {
        id: task.id.to_string(),
        job: named.and_then(|job| Some(job.get("job")?.as_str()?.to_owned())),
        role: task.role.clone(),
        finding: task.about.as_ref().map(finding),
        urgency: task.urgency.name(),
        failures: task.failures,
        cause: task.cause.clone(),
    }
}

fn finding(about: &About) -> JobFinding {
    let essence = &about.finding.essence;
    let package = essence.package.as_ref();
    JobFinding {
        id: about.finding.id.to_string(),
        title: about.title.clone(),
        package: package.map(|p| seawall_formats::purl::write(p, essence.version.as_ref())),
        finder: about.finder.clone(),
    }
}

fn running_job(row: &Running) -> RunningJob {
    RunningJob {
        job: job(&row.task),
        worker: row.worker.clone(),
        since: row.since.to_string(),
        heard: row.heard.to_string(),
        silent: row.silent,
    }
}

fn waiting_job(row: &Waiting) -> WaitingJob {
    WaitingJob { job: job(&row.task), position: row.position, since: row.task.due.to_string() }
}

fn put_back_job(row: &PutBack, next: Option<&Task>) -> PutBackJob {
    let each = |told: &work::Try| JobTry {
        at: told.at.to_string(),
        worker: told.worker.clone(),
        cause: told.cause.clone(),
    };
    PutBackJob {
        job: job(&row.task),
        next_try: next.map(|task| task.due.to_string()),
        tries: row.tries.iter().map(each).collect(),
    }
}

fn run(measured: &Measured) -> LabRun {
    let run = &measured.run;
    LabRun {
        at: run.at.to_string(),
        finding: run.finding.map(|id| id.to_string()),
        version: run.target.clone(),
        worker: run.worker.clone(),
        cpu_ms: run.cpu_ms,
        wall_ms: run.wall_ms,
        peak_mib: run.peak_mib,
    }
}
