//! The portal: pages rendered on the server, usable without JavaScript, WCAG 2.2 AA.
//!
//! A page is a plain struct of texts and its template; it holds no rule and asks nobody. Handlers
//! fill it from services. Whatever a page prints passes [`inert::Inert`], so text from reports can
//! neither become markup nor hide what it says.

use askama::Template;
use askama::filters::MaybeSafe;

pub mod advisories;
pub mod advisory;
pub mod case;
pub mod developers;
pub mod due;
pub mod embargo;
pub mod finding;
pub mod form;
pub mod home;
pub mod inert;
pub mod inventory;
pub mod log;
pub mod login;
pub mod problem;
pub mod queue;
pub mod range;
pub mod scans;
pub mod shell;
pub mod sign;
pub mod today;

pub use form::{Field, FieldKind, Form};
pub use shell::{Lang, NavItem, Shell, Visitor, nav};

/// A part of a page with a template of its own, which escapes for itself.
pub trait Piece: Template + Sized {
    /// The part as markup; the only way for markup into a page.
    fn html(&self) -> MaybeSafe<&Self> {
        MaybeSafe::Safe(self)
    }
}

/// A link with its words.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// What it says.
    pub label: String,
    /// Where it goes: always a path of ours, never an address from a report.
    pub href: String,
}

/// A name and a value, for short lists of facts.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// What it is worth.
    pub value: String,
}

/// A moment, as people read it and as machines do.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "piece/when.html")]
pub struct When {
    /// For people: `14 November 2026, 16:00 UTC`.
    pub text: String,
    /// For machines: RFC 3339.
    pub machine: String,
}

impl Piece for When {}

/// How a state should look beside others. The word itself always stands next to the colour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Tone {
    /// Nothing to do, nothing special.
    #[default]
    Calm,
    /// It went as it should.
    Good,
    /// Somebody should look.
    Warn,
    /// Something is wrong or dangerous.
    Bad,
    /// Not known, or over.
    Quiet,
}

impl Tone {
    /// The word that the style sheet knows it by.
    pub const fn class(self) -> &'static str {
        match self {
            Tone::Calm => "calm",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Quiet => "quiet",
        }
    }
}

/// A state, shown as a small label.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "piece/tag.html")]
pub struct Tag {
    /// The word.
    pub text: String,
    /// How it looks.
    pub tone: Tone,
}

impl Piece for Tag {}

/// One condition, met or not, with what to do about it.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// What is asked for.
    pub name: String,
    /// Whether it is there.
    pub met: bool,
    /// What to do when it is not, or what was seen when it is.
    pub says: String,
}
