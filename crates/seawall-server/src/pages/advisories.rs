//! The public list of advisories.

use crate::pages::{Link, Piece, Shell, When};
use askama::Template;

/// The public list.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "advisories.html")]
pub struct Advisories {
    /// The frame.
    pub shell: Shell,
    /// The advisories, newest first.
    pub lines: Vec<Line>,
    /// The next page, where there is one.
    pub next: Option<Link>,
    /// The same for machines: feeds and bulk files.
    pub feeds: Vec<Link>,
}

/// One advisory in a list.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// The packages it names.
    pub package: String,
    /// The affected range in words.
    pub ranges: String,
    /// When it was first published.
    pub published: When,
    /// The newest revision, from 1.
    pub revision: u32,
}
