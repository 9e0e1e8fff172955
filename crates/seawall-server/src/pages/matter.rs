//! A matter of the framework for models: an engagement, an evaluation, an application of a partner.
//! One look for all three, because they are read by the same people: where it stands, what is due,
//! what is on record, what this visitor can do.

use crate::pages::case::Next;
use crate::pages::embargo::Track;
use crate::pages::{Fact, Form, Link, Piece, Shell, Tag, When};
use askama::Template;

/// The list of matters of one kind.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "matters.html")]
pub struct Matters {
    /// The frame.
    pub shell: Shell,
    /// What they are, in one sentence.
    pub intro: String,
    /// The matters, the newest first.
    pub rows: Vec<MatterRow>,
    /// What this visitor can begin.
    pub forms: Vec<Form>,
}

/// A page with forms, which can stand there again as they were sent.
pub trait Asking: Template {
    /// Its forms.
    fn forms(&mut self) -> &mut [Form];
}

impl Asking for Matters {
    fn forms(&mut self) -> &mut [Form] {
        &mut self.forms
    }
}

impl Asking for Matter {
    fn forms(&mut self) -> &mut [Form] {
        &mut self.forms
    }
}

/// One matter in the list.
#[derive(Clone, Debug, Default)]
pub struct MatterRow {
    /// Its page.
    pub href: String,
    /// What it is about.
    pub title: String,
    /// Whose it is, or its beginning.
    pub under: String,
    /// Where it stands.
    pub states: Vec<Tag>,
    /// What is due next, in words.
    pub next: String,
    /// By when, where there is a clock.
    pub by: Option<When>,
}

/// The page of one matter.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "matter.html")]
pub struct Matter {
    /// The frame.
    pub shell: Shell,
    /// What kind of matter it is.
    pub over: String,
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub states: Vec<Tag>,
    /// What is due, and from whom; the first is the most pressing.
    pub next: Vec<Next>,
    /// One sentence that always holds; empty for none.
    pub holds: String,
    /// What can always be done, and stands first.
    pub first: Option<Form>,
    /// The machines, side by side.
    pub tracks: Vec<Track>,
    /// What is on record, part by part.
    pub parts: Vec<Part>,
    /// Files to fetch.
    pub links: Vec<Link>,
    /// Texts that people wrote.
    pub texts: Vec<Written>,
    /// Letters, each with its day.
    pub letters: Vec<Letter>,
    /// What this visitor can do here.
    pub forms: Vec<Form>,
}

/// A part of what is on record.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Its id on the page: letters, digits and `-`.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// One sentence about it; empty for none.
    pub says: String,
    /// Names and values.
    pub facts: Vec<Fact>,
    /// Lines.
    pub lines: Vec<String>,
    /// Shares of a whole, drawn as bars and said in words.
    pub shares: Vec<Drawn>,
}

/// A share of a whole.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// What it is the share of.
    pub of: String,
    /// The share, in thousandths.
    pub thousandths: u32,
    /// The same in words, with its numbers.
    pub says: String,
}

/// A text that somebody wrote.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// What it is.
    pub heading: String,
    /// The text.
    pub text: String,
}

/// A letter.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// When it was written.
    pub at: When,
    /// Its text.
    pub text: String,
}
