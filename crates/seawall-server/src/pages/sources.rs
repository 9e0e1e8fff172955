//! The sources of the advisory set: what each gave, and how old it is.

use crate::pages::{Piece, Shell, When};
use askama::Template;

/// The page of the sources.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "sources.html")]
pub struct Sources {
    /// The frame.
    pub shell: Shell,
    /// How many records the set holds.
    pub records: u64,
    /// How many flaws they tell of.
    pub flaws: u64,
    /// Why the set that is installed cannot be used.
    pub trouble: Option<String>,
    /// The sources.
    pub lines: Vec<Line>,
}

/// One source.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// What it gave, in words.
    pub gave: String,
    /// How many of its documents could not be read.
    pub unread: u64,
    /// Of when it is, as it says of itself.
    pub as_of: Option<When>,
    /// When it was taken in.
    pub imported: When,
}
