//! The page for everything that did not succeed: refusals in words, faults by reference number.

use crate::pages::{Link, Shell};
use askama::Template;

/// A page that says what did not work and what to do next.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "problem.html")]
pub struct Problem {
    /// The frame.
    pub shell: Shell,
    /// The status, such as 404.
    pub status: u16,
    /// What happened, as a heading.
    pub title: String,
    /// What happened, in one or two sentences.
    pub says: String,
    /// The number to quote; faults have one, refusals need none.
    pub reference: Option<String>,
    /// Where to go from here.
    pub next: Vec<Link>,
}
