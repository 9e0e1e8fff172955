//! The public page of one advisory: plain words first, then what was run, then the documents.

use crate::pages::range::RangePicture;
use crate::pages::{Fact, Link, Piece, Shell, When};
use askama::Template;

/// The public page of one advisory.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "advisory.html")]
pub struct Advisory {
    /// The frame.
    pub shell: Shell,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What goes wrong and who gains, in plain words.
    pub summary: String,
    /// What to do.
    pub remedy: String,
    /// What to do who cannot update.
    pub workaround: String,
    /// What is affected.
    pub affected: Vec<Affected>,
    /// Weakness, severity, other names, credits.
    pub facts: Vec<Fact>,
    /// The revisions, newest first.
    pub revisions: Vec<Revision>,
    /// The documents and signatures: CSAF, OSV, digests, evidence.
    pub documents: Vec<Link>,
    /// The entry in the public log.
    pub logged: Option<Link>,
    /// Addresses to read more, all of them checked by us before publication; shown, not linked.
    pub references: Vec<String>,
    /// Why it was withdrawn, when it was.
    pub withdrawn: Option<String>,
}

/// One affected package.
#[derive(Clone, Debug, Default)]
pub struct Affected {
    /// The package.
    pub package: String,
    /// Who stated the range, when it was not run here.
    pub stated_by: Option<String>,
    /// The range as a picture and a table.
    pub picture: RangePicture,
}

/// One revision.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    /// Counted from 1.
    pub number: u32,
    /// When it was published.
    pub at: When,
    /// What changed.
    pub summary: String,
}
