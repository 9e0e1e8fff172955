//! The analyst's queue: findings by state, the oldest waiting first.

use crate::pages::{Link, Piece, Shell, Tag, When};
use askama::Template;

/// The queue of findings.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "queue.html")]
pub struct Queue {
    /// The frame.
    pub shell: Shell,
    /// The states with their counts, as links.
    pub filters: Vec<Filter>,
    /// The findings of the chosen state.
    pub rows: Vec<Row>,
    /// The next page, where there is one.
    pub next: Option<Link>,
}

/// A state to look at.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The state in words.
    pub label: String,
    /// How many findings are in it.
    pub count: u64,
    /// Where it is shown.
    pub href: String,
    /// Whether it is shown now.
    pub current: bool,
}

/// One finding in the queue.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The page of the finding.
    pub href: String,
    /// The package and version it is about.
    pub package: String,
    /// What it claims, in the finder's words.
    pub claim: String,
    /// Where it stands.
    pub state: Tag,
    /// Since when.
    pub since: When,
    /// Who sent it.
    pub finder: String,
    /// What it waits for; empty when for nothing.
    pub waits: String,
}
