//! An operator's inventories, and which advisories they meet.

use crate::pages::{Form, Link, Piece, Shell, Tag, Tone, When};
use askama::Template;

/// How much news one page shows.
pub const NEWS_MAX: usize = 20;

/// The page of an operator's inventories.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "inventory.html")]
pub struct Inventory {
    /// The frame.
    pub shell: Shell,
    /// The form to send one.
    pub upload: Option<Form>,
    /// The inventories, newest first.
    pub lists: Vec<List>,
    /// What was told lately, the latest first; at most [`NEWS_MAX`] are shown.
    pub news: Vec<News>,
    /// Where advisories meet them, open ones first.
    pub exposures: Vec<Exposure>,
}

/// One inventory that was sent.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Its name.
    pub name: String,
    /// What it was: CycloneDX, SPDX, CSV, Debian packages.
    pub format: String,
    /// When it was taken in.
    pub taken: When,
    /// How many components it has.
    pub components: u64,
    /// How many of them can't be matched.
    pub unknown: u64,
    /// Its digest.
    pub digest: String,
}

/// A flaw that is new to a system, or a deadline that moved.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// When it was told.
    pub at: When,
    /// The component and its version.
    pub component: String,
    /// Where it is.
    pub place: String,
    /// What tells of the flaw.
    pub advisory: Link,
    /// By when it is to be mended, in words.
    pub due: String,
}

/// An advisory meets a component.
#[derive(Clone, Debug, Default)]
pub struct Exposure {
    /// The component and its version.
    pub component: String,
    /// Where it is, as far as the inventory says.
    pub place: String,
    /// The advisory.
    pub advisory: Link,
    /// Where it stands.
    pub state: State,
}

/// Where an exposure stands.
#[derive(Clone, Debug, Default)]
pub enum State {
    /// Affected and not fixed.
    #[default]
    Open,
    /// Somebody who knows says it is not affected.
    NotAffected {
        /// Who says so.
        issuer: String,
        /// Why.
        why: String,
    },
    /// What told of it does so no longer.
    Retracted {
        /// Since when.
        at: When,
    },
    /// A later inventory shows it fixed.
    Fixed {
        /// The digest of that inventory.
        evidence: String,
    },
}

impl State {
    /// The label.
    fn tag(&self) -> Tag {
        let (text, tone) = match self {
            State::Open => ("open", Tone::Bad),
            State::NotAffected { .. } => ("not affected", Tone::Quiet),
            State::Retracted { .. } => ("retracted", Tone::Quiet),
            State::Fixed { .. } => ("fixed", Tone::Good),
        };
        Tag { text: text.to_owned(), tone }
    }
}
