//! The laboratory's queue: what runs, what waits and why, what failed, what was given up.

use crate::pages::bars::Bars;
use crate::pages::{Form, Link, Piece, Shell, Tag, When};
use askama::Template;

/// The page of the work.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "work.html")]
pub struct Work {
    /// The frame.
    pub shell: Shell,
    /// What workers have in their hands.
    pub running: Vec<Running>,
    /// What waits for a worker, in the order in which it is handed out.
    pub waiting: Vec<Waiting>,
    /// What was put back and waits for its next try.
    pub put_back: Vec<PutBack>,
    /// What was given up.
    pub given_up: Vec<PutBack>,
    /// The findings whose environment could not be made.
    pub unable: Vec<Unable>,
    /// What the newest runs used, as pictures.
    pub plots: Vec<Bars>,
    /// The newest runs, newest first.
    pub runs: Vec<Run>,
}

/// What a job is about.
#[derive(Clone, Debug, Default)]
pub struct What {
    /// What is done, in a few words.
    pub says: String,
    /// The finding that it is about, with its claim.
    pub finding: Option<Link>,
    /// The package and version of the finding; empty when there is none.
    pub package: String,
    /// Who sent the finding; empty when there is none.
    pub finder: String,
}

/// A job in a worker's hands.
#[derive(Clone, Debug, Default)]
pub struct Running {
    /// What it is.
    pub what: What,
    /// Which worker has it.
    pub worker: String,
    /// Since when.
    pub since: When,
    /// When the worker was last heard of.
    pub heard: When,
    /// At work, or silent.
    pub state: Tag,
}

/// A job that waits for a worker.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Its place in the line of its kind of work, from 1.
    pub position: usize,
    /// Which kind of worker it waits for.
    pub role: String,
    /// What it is.
    pub what: What,
    /// Why it stands where it stands.
    pub why: Tag,
    /// Since when it is due.
    pub since: When,
}

/// A job that was put back, or given up.
#[derive(Clone, Debug, Default)]
pub struct PutBack {
    /// What it is.
    pub what: What,
    /// Why it was put back the last time.
    pub cause: String,
    /// How often it failed.
    pub failures: i64,
    /// When it is tried next; of no meaning when it was given up.
    pub next: When,
    /// Earlier reasons, the newest first.
    pub tries: Vec<Try>,
    /// Tries it again; absent when that happens by itself or the visitor may not.
    pub again: Option<Form>,
}

/// One reason.
#[derive(Clone, Debug, Default)]
pub struct Try {
    /// When.
    pub at: When,
    /// Which worker had it.
    pub worker: String,
    /// Why.
    pub cause: String,
}

/// A finding whose environment could not be made.
#[derive(Clone, Debug, Default)]
pub struct Unable {
    /// What it is.
    pub what: What,
    /// Since when.
    pub since: When,
    /// Tries it again; absent when the visitor may not.
    pub again: Option<Form>,
}

/// What one isolated run used.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// When.
    pub at: When,
    /// What was run: package and version.
    pub target: String,
    /// The worker that had it run.
    pub worker: String,
    /// Processor time, in milliseconds.
    pub cpu_ms: i64,
    /// Time that passed, in milliseconds.
    pub wall_ms: i64,
    /// The most memory at one time, in MiB.
    pub peak_mib: i64,
}
