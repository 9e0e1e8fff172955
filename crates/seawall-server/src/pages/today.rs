//! The operator's page: what to fix today, at most ten things, in plain words, on one sheet.

use crate::pages::{Link, Piece, Shell, When};
use askama::Template;

/// The most that a page asks of anybody on one day.
pub const CARDS_MAX: usize = 10;

/// The operator's page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "today.html")]
pub struct Today {
    /// The frame; its language is the page's.
    pub shell: Shell,
    /// Who it is for.
    pub operator: String,
    /// As of when.
    pub as_of: When,
    /// What to do, the most pressing first; never more than [`CARDS_MAX`] are shown.
    pub cards: Vec<Card>,
    /// How many more there are behind the ten.
    pub more: u64,
    /// How many components were looked at.
    pub components: u64,
    /// How many advisories they were compared with.
    pub advisories: u64,
    /// What could not be matched, so nothing can be said about it.
    pub unknown: Vec<Unknown>,
    /// How many could not be matched in all.
    pub unknown_total: u64,
    /// The same page in the other language.
    pub other: Link,
}

/// One thing to do.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// What is wrong with what.
    pub what: String,
    /// Where it runs, as far as the inventory says.
    pub places: Vec<String>,
    /// What can happen otherwise, in plain words.
    pub why: String,
    /// How to do it, in plain words.
    pub how: String,
    /// By when, and on whose word.
    pub by: By,
    /// What to do who cannot.
    pub cannot: String,
    /// The advisories behind it.
    pub advisories: Vec<Link>,
    /// The language of the texts in this card: `en`.
    pub lang: String,
}

/// By when, and on whose word.
#[derive(Clone, Debug, Default)]
pub struct By {
    /// The date; absent for "with the next planned update".
    pub date: Option<When>,
    /// A rule that binds, or advice.
    pub force: Force,
    /// The row of the table that gave the date.
    pub row: String,
    /// The inputs of that row: name, value, source.
    pub inputs: Vec<(String, String, String)>,
}

/// A rule that binds this operator, or advice.
#[derive(Clone, Debug, Default)]
pub enum Force {
    /// A rule binds; this is its name.
    Rule(String),
    /// Nobody is bound; this is whose table the advice follows.
    Advice(String),
    /// Nobody is bound, and there is no table.
    #[default]
    Plain,
}

/// A component that could not be matched.
#[derive(Clone, Debug, Default)]
pub struct Unknown {
    /// What the inventory calls it.
    pub name: String,
    /// Why it could not be matched.
    pub why: String,
}

impl Today {
    fn say(&self, english: &'static str, spanish: &'static str) -> &'static str {
        self.shell.lang.say(english, spanish)
    }

    /// The cards that are shown.
    fn shown(&self) -> impl Iterator<Item = &Card> {
        self.cards.iter().take(CARDS_MAX)
    }

    /// What is not shown: cards beyond the tenth, and those counted by the caller.
    fn hidden(&self) -> u64 {
        let beyond = self.cards.len().saturating_sub(CARDS_MAX);
        self.more.saturating_add(u64::try_from(beyond).unwrap_or(u64::MAX))
    }

    /// The unknown components that are not listed by name.
    fn unlisted(&self) -> u64 {
        let listed = u64::try_from(self.unknown.len()).unwrap_or(u64::MAX);
        self.unknown_total.saturating_sub(listed)
    }
}
