//! A federal agency's due list: what binds it, by when, by which row of which table.

use crate::pages::{Link, Piece, Shell, Tag, When};
use askama::Template;

/// The due list of an agency.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "due.html")]
pub struct Due {
    /// The frame.
    pub shell: Shell,
    /// The agency.
    pub agency: String,
    /// The directive that the list applies, in words.
    pub directive: String,
    /// As of when.
    pub as_of: When,
    /// What is due, the earliest first.
    pub rows: Vec<Row>,
    /// The same as CSV.
    pub csv: Link,
}

/// One thing that is due.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The component and its version.
    pub component: String,
    /// Where it is.
    pub place: String,
    /// The advisory.
    pub advisory: Link,
    /// The inputs of the directive's table.
    pub inputs: Vec<Input>,
    /// The number of the row that they select, and its words.
    pub row: String,
    /// What it demands: `within 14 days`.
    pub outcome: String,
    /// By when; absent for `on the next upgrade`.
    pub due: Option<When>,
    /// Open, overdue, closed.
    pub state: Tag,
    /// The evidence of closure.
    pub evidence: Option<String>,
}

/// One input of the table, with where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Its name: `publicly exposed`.
    pub name: String,
    /// Its value: `yes`.
    pub value: String,
    /// Who says so.
    pub source: String,
}
