//! A flaw as outside sources tell it: each field with the record that it comes from.

use crate::pages::{Link, Piece, Shell, When};
use askama::Template;

/// The page of a flaw.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "flaw.html")]
pub struct Flaw {
    /// The frame.
    pub shell: Shell,
    /// The name by which people know it best.
    pub name: String,
    /// Its other names.
    pub others: Vec<String>,
    /// The flaw in one line, where somebody tells it.
    pub summary: Option<Said>,
    /// Something everybody must know first.
    pub notice: Option<String>,
    /// What to do.
    pub remedy: Option<Said>,
    /// What to do without an update.
    pub workaround: Option<Said>,
    /// What sources say of it, field by field.
    pub said: Vec<Said>,
    /// Where sources differ.
    pub conflicts: Vec<Conflict>,
    /// The records that tell of it.
    pub records: Vec<Record>,
}

/// One field.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The field's name.
    pub name: String,
    /// What is said.
    pub value: String,
    /// By which record.
    pub source: String,
}

/// Two records say different things.
#[derive(Clone, Debug, Default)]
pub struct Conflict {
    /// The field's name.
    pub name: String,
    /// What is believed.
    pub believed: Said,
    /// What differs.
    pub differs: Said,
}

/// One record.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Its id; a link where the record itself can be read here.
    pub id: Link,
    /// The kind of its source, and who publishes it.
    pub source: String,
    /// When it last changed.
    pub changed: Option<When>,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}
