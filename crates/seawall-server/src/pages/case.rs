//! One case: where it stands, whose turn it is, what was agreed, what was written.

use crate::pages::embargo::{Timeline, Track};
use crate::pages::{Fact, Form, Link, Piece, Shell, Tag, When};
use askama::Template;

/// The list of cases that the visitor may know of.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "cases.html")]
pub struct Cases {
    /// The frame.
    pub shell: Shell,
    /// The cases, those that wait for the visitor first.
    pub rows: Vec<CaseRow>,
}

/// One case in the list.
#[derive(Clone, Debug, Default)]
pub struct CaseRow {
    /// Its page.
    pub href: String,
    /// What it is about.
    pub title: String,
    /// The package.
    pub package: String,
    /// Where it stands.
    pub state: Tag,
    /// What happens next and who must act.
    pub next: String,
    /// By when, where there is a clock.
    pub by: Option<When>,
}

/// The page of one case.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "case.html")]
pub struct Case {
    /// The frame.
    pub shell: Shell,
    /// What it is about.
    pub title: String,
    /// The package.
    pub package: String,
    /// Where it stands.
    pub state: Tag,
    /// What happens next, and who must act; the first is the most pressing.
    pub next: Vec<Next>,
    /// The three machines: report, embargo, case.
    pub tracks: Vec<Track>,
    /// The clocks on one line.
    pub timeline: Option<Timeline>,
    /// Rules that pull in different directions, and what was decided.
    pub conflicts: Vec<String>,
    /// The policy of the project, as data in words.
    pub policy: Vec<Fact>,
    /// Who takes part.
    pub participants: Vec<Participant>,
    /// Where the fix stands.
    pub fix: Option<Fix>,
    /// What was written, oldest first.
    pub letters: Vec<Letter>,
    /// The findings behind it.
    pub findings: Vec<Link>,
    /// What this visitor can do here.
    pub forms: Vec<Form>,
    /// The page to sign, when it is ready.
    pub sign: Option<Link>,
}

/// What happens next.
#[derive(Clone, Debug, Default)]
pub struct Next {
    /// What.
    pub what: String,
    /// Who must act.
    pub who: String,
    /// By when, where there is a clock.
    pub by: Option<When>,
}

/// A party of the case.
#[derive(Clone, Debug, Default)]
pub struct Participant {
    /// The party, by its role.
    pub name: String,
    /// What it is here for.
    pub role: String,
    /// Where it stands in its own view of the case.
    pub state: Tag,
    /// When it was told.
    pub told: Option<When>,
}

/// Where the fix stands.
#[derive(Clone, Debug, Default)]
pub struct Fix {
    /// Proposed, checked or released.
    pub state: Tag,
    /// In one sentence.
    pub says: String,
    /// What was checked.
    pub facts: Vec<Fact>,
}

/// One letter of the correspondence.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// Sent by us or received.
    pub way: Way,
    /// When.
    pub at: When,
    /// The other side, by its role.
    pub with: String,
    /// Its subject line.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// What was understood from it, or what it carried.
    pub says: String,
}

/// Which way a letter went.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Way {
    /// From us.
    #[default]
    Sent,
    /// To us.
    Received,
}
