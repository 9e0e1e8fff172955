//! The public log: its newest checkpoint, how to verify it, what was entered last.

use crate::pages::{Link, Piece, Shell, When};
use askama::Template;

/// The page of the public log.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "log.html")]
pub struct Log {
    /// The frame.
    pub shell: Shell,
    /// The name of the log.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// Its root.
    pub root: String,
    /// When the checkpoint was signed.
    pub at: When,
    /// The signed checkpoint as it is served.
    pub checkpoint: String,
    /// How to verify, step by step.
    pub steps: Vec<Step>,
    /// The newest entries, newest first.
    pub entries: Vec<Entry>,
}

/// One thing to type, and what it does.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// What it does.
    pub says: String,
    /// What to type.
    pub command: String,
}

/// One entry of the log.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its number, from 0.
    pub index: u64,
    /// When it happened.
    pub at: When,
    /// What happened, in words.
    pub says: String,
    /// What it is about, where that has a public page.
    pub about: Option<Link>,
    /// The digest of the leaf.
    pub digest: String,
}
