//! The figures of a determination: a picture, and beside it the same as tables.
//!
//! For those alone who may read the record: how near an outcome was is told to nobody else.

use crate::pages::{Fact, Link, Shell};
use askama::Template;

/// The page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "figures.html")]
pub struct Figures {
    /// The frame.
    pub shell: Shell,
    /// Whose engagement it is of.
    pub over: Link,
    /// The model, as its logs name it.
    pub model: String,
    /// Where the picture is.
    pub picture: String,
    /// The picture in words.
    pub words: String,
    /// The score and what goes with it.
    pub facts: Vec<Fact>,
    /// What the picture shows, and the classes of all attempts.
    pub tables: Vec<Listed>,
    /// Under which conditions the runs were.
    pub conditions: Vec<Fact>,
    /// What it stands on, by digests.
    pub digests: Vec<Fact>,
}

/// A table with two columns.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Its id on the page.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// What its columns are.
    pub columns: [&'static str; 2],
    /// Its lines.
    pub rows: Vec<(String, String)>,
    /// How many more there are.
    pub more: usize,
}
