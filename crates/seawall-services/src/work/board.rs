//! The board: what runs, what waits and why, what failed, what was given up. Only for those who may
//! read the findings; to all others there is no board, not even a count.

use crate::desk::Desk;
use crate::finding::kept_claim;
use crate::outcome::Outcome;
use crate::party;
use seawall_domain::access::{Action, Actor, decide, visible};
use seawall_domain::finding::Finding;
use seawall_domain::id::{FindingId, JobId, PartyId};
use seawall_domain::job::Job;
use seawall_domain::job::line::{self, Urgency};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use seawall_store::db::Tx;
use seawall_store::queue::{self, Entry, LabRunKept, State, Try};
use std::collections::BTreeMap;

/// How many open jobs one board shows.
pub const OPEN_LEN_MAX: u32 = 300;
/// How many jobs that were given up, and findings that cannot be run, one board shows.
pub const GIVEN_UP_LEN_MAX: u32 = 100;
/// How many of the newest runs one board shows.
pub const RUNS_LEN_MAX: u32 = 60;

/// The board.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// What workers have in their hands, the longest first.
    pub running: Vec<Running>,
    /// What waits for a worker, in the order in which it is handed out, role by role.
    pub waiting: Vec<Waiting>,
    /// What was put back and waits for its next try, the next one first.
    pub put_back: Vec<PutBack>,
    /// What was given up, the oldest first.
    pub given_up: Vec<PutBack>,
    /// The findings whose environment could not be made.
    pub unable: Vec<About>,
    /// The newest runs, newest first.
    pub runs: Vec<Measured>,
}

/// A job, as far as people care.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: JobId,
    /// What is to be done; none when its text cannot be read.
    pub job: Option<Job>,
    /// Which kind of worker does it.
    pub role: String,
    /// The finding that it is about, where there is one.
    pub about: Option<About>,
    /// Why it comes before others, or after them.
    pub urgency: Urgency,
    /// Not before this instant.
    pub due: Timestamp,
    /// How often it failed since it was begun or tried again.
    pub failures: i64,
    /// Why it was put back the last time.
    pub cause: Option<String>,
}

/// A finding, as a list names it.
#[derive(Clone, Debug)]
pub struct About {
    /// The finding.
    pub finding: Finding,
    /// What it claims, in the finder's words.
    pub title: String,
    /// The finder's name.
    pub finder: String,
}

/// A job in a worker's hands.
#[derive(Clone, Debug)]
pub struct Running {
    /// The job.
    pub task: Task,
    /// The worker's name.
    pub worker: String,
    /// Since when it has it.
    pub since: Timestamp,
    /// When it was last heard of.
    pub heard: Timestamp,
    /// Whether it has been silent for so long that another may take the job.
    pub silent: bool,
}

/// A job that waits for a worker.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The job.
    pub task: Task,
    /// Its place in the line of its role, from 1.
    pub position: usize,
}

/// A job that was put back, or given up.
#[derive(Clone, Debug)]
pub struct PutBack {
    /// The job.
    pub task: Task,
    /// Why, each time, the newest first.
    pub tries: Vec<Try>,
}

/// What one isolated run used.
#[derive(Clone, Debug)]
pub struct Measured {
    /// When, by whom, how much.
    pub run: LabRunKept,
    /// The package that was run, as far as its finding names one.
    pub package: Option<seawall_domain::package::Package>,
}

/// The board as somebody sees it who may read findings.
pub async fn board(desk: &Desk, actor: &Actor) -> Outcome<Board> {
    decide(actor, Action::ReadWork, &[])?;
    let now = desk.now();
    let mut tx = desk.store.database().read().await?;
    let mut open = tx.job_list_open(OPEN_LEN_MAX).await?;
    open.retain(is_for_all);
    let turns = tx.job_turns().await?;
    let mut look = Look { desk, actor, tx: &mut tx, known: BTreeMap::new() };
    let mut board = Board::default();
    for (role, position, entry) in in_line(&open, &turns, now) {
        if let Some(task) = look.task(entry).await? {
            debug_assert_eq!(task.role, role);
            board.waiting.push(Waiting { task, position });
        }
    }
    open.sort_by_key(|entry| (entry.due, entry.id));
    for entry in &open {
        look.other(&mut board, entry, now).await?;
    }
    board.running.sort_by_key(|running| (running.since, running.task.id));
    let mut dead = look.tx.job_list_dead(GIVEN_UP_LEN_MAX).await?;
    dead.retain(is_for_all);
    for entry in dead {
        if let Some(task) = look.task(&entry).await? {
            let tries = look.tx.job_tries(entry.id).await?;
            board.given_up.push(PutBack { task, tries });
        }
    }
    let within = visible(actor, Action::ReadReport)?;
    let limit = i64::from(GIVEN_UP_LEN_MAX);
    for finding in look.tx.finding_list_in(within, "waiting", limit).await? {
        board.unable.extend(look.about(finding.id).await?);
    }
    for run in look.tx.lab_run_list(RUNS_LEN_MAX).await? {
        board.runs.extend(look.measured(run).await?);
    }
    Ok(board)
}

/// Whether a job is on the board at all: not when it tells by itself who takes part in the
/// framework for models.
fn is_for_all(entry: &Entry) -> bool {
    let job = serde_json::from_str::<seawall_domain::job::Job>(&entry.payload);
    !job.is_ok_and(|job| job.is_confidential())
}

/// The jobs that wait for a worker, in the order in which each role's are handed out.
fn in_line<'e>(
    open: &'e [Entry],
    turns: &BTreeMap<String, BTreeMap<Option<PartyId>, i64>>,
    now: Timestamp,
) -> Vec<(&'e str, usize, &'e Entry)> {
    let mut roles: BTreeMap<&str, Vec<line::Waiting>> = BTreeMap::new();
    let mut entries = BTreeMap::new();
    for entry in open.iter().filter(|entry| entry.state == State::Ready && entry.due <= now) {
        entries.insert(entry.id, entry);
        let (party, rank) = (entry.place.party, entry.place.rank);
        let waiting = line::Waiting { id: entry.id, party, rank, due: entry.due };
        roles.entry(&entry.role).or_default().push(waiting);
    }
    let none = BTreeMap::new();
    let mut line = Vec::new();
    for (role, waiting) in roles {
        let order = line::order(&waiting, turns.get(role).unwrap_or(&none), now);
        let placed = (1..).zip(order);
        line.extend(placed.filter_map(|(place, id)| Some((role, place, *entries.get(&id)?))));
    }
    line
}

/// A look at the board by somebody: what may be named, and what is not there for them.
struct Look<'l> {
    desk: &'l Desk,
    actor: &'l Actor,
    tx: &'l mut Tx,
    known: BTreeMap<FindingId, Option<About>>,
}

impl Look<'_> {
    /// What does not wait in line: what is in somebody's hands, or waits for its time.
    async fn other(&mut self, board: &mut Board, entry: &Entry, now: Timestamp) -> Outcome<()> {
        match &entry.state {
            State::Ready if entry.due <= now => {}
            State::Ready | State::Dead => {
                if let Some(task) = self.task(entry).await? {
                    let tries = self.tx.job_tries(entry.id).await?;
                    board.put_back.push(PutBack { task, tries });
                }
            }
            State::Leased { worker, began, heard, until } => {
                if let Some(task) = self.task(entry).await? {
                    let (worker, silent) = (worker.clone(), *until <= now);
                    let (since, heard) = (*began, *heard);
                    board.running.push(Running { task, worker, since, heard, silent });
                }
            }
        }
        Ok(())
    }

    /// A job, unless it is about a finding that is hidden.
    async fn task(&mut self, entry: &Entry) -> Outcome<Option<Task>> {
        let about = match entry.place.finding {
            Some(id) => match self.about(id).await? {
                Some(about) => Some(about),
                None => return Ok(None),
            },
            None => None,
        };
        Ok(Some(Task {
            id: entry.id,
            job: serde_json::from_str(&entry.payload).ok(),
            role: entry.role.clone(),
            about,
            urgency: Urgency::of_rank(entry.place.rank),
            due: entry.due,
            failures: entry.failures,
            cause: entry.last_error.clone(),
        }))
    }

    /// A finding by name, unless it is hidden.
    async fn about(&mut self, id: FindingId) -> Outcome<Option<About>> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let guarded = self.tx.load::<Finding>(id.uuid()).await?;
        let about = match guarded.open(self.actor, Action::ReadReport) {
            Ok((finding, _)) => {
                // What was erased has no words any more, and may still be in the queue.
                let kept = kept_claim(self.desk, self.tx, &finding).await;
                let title = kept.map_or_else(|_| String::new(), |kept| kept.claim.title);
                let finder = party::name(self.tx, finding.finder).await?;
                Some(About { finding, title, finder })
            }
            Err(_) => None,
        };
        self.known.insert(id, about.clone());
        Ok(about)
    }

    /// A run, unless it is of a finding that is hidden.
    async fn measured(&mut self, run: LabRunKept) -> Outcome<Option<Measured>> {
        let Some(id) = run.finding else { return Ok(Some(Measured { run, package: None })) };
        let about = self.about(id).await?;
        Ok(about.map(|about| Measured { run, package: about.finding.essence.package }))
    }
}

/// Has a job that was given up tried again.
pub async fn try_again(desk: &Desk, actor: &Actor, id: JobId) -> Outcome<()> {
    decide(actor, Action::TryAgain, &[])?;
    let mut tx = desk.begin("work_try_again").await?;
    let by = format!("account {}", actor.signature());
    if !queue::revive(&mut tx, id, &by, desk.now()).await? {
        return Err(Refusal::Hidden.into());
    }
    Ok(tx.commit().await?)
}
