//! Signing an advisory: exactly what will be published, who signed, who must still.

use crate::pages::advisory::Affected;
use crate::pages::{Check, Fact, Form, Link, Piece, Shell, When};
use askama::Template;

/// The page on which two people, one after the other, sign what will be published.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "sign.html")]
pub struct Sign {
    /// The frame.
    pub shell: Shell,
    /// The case it comes from.
    pub case: Link,
    /// The title to be published.
    pub title: String,
    /// What goes wrong, in plain words.
    pub summary: String,
    /// What to do.
    pub remedy: String,
    /// What to do who cannot update.
    pub workaround: String,
    /// Weakness, severity, other names, credits.
    pub facts: Vec<Fact>,
    /// What is affected.
    pub affected: Vec<Affected>,
    /// The digest that a signature is over.
    pub digest: String,
    /// The conditions that must hold before anything is published.
    pub conditions: Vec<Check>,
    /// The signatures so far.
    pub signatures: Vec<Signature>,
    /// How many are needed.
    pub needed: usize,
    /// What this visitor can do.
    pub turn: Turn,
}

/// One signature.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    /// Who, by role.
    pub who: String,
    /// When.
    pub at: When,
}

/// What the visitor can do on the signing page.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Sign; this is the form.
    Sign(Form),
    /// They signed; another person must sign.
    WaitForOther,
    /// They can't, and this is why.
    Cannot(String),
    /// It is complete and published; this is the advisory.
    Published(Link),
}

impl Default for Turn {
    fn default() -> Turn {
        Turn::Cannot("You can read this and not sign it.".to_owned())
    }
}
