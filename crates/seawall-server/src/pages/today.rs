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
    /// How old each source is, one sentence or two for each; none where none was asked.
    pub ages: Vec<String>,
    /// The hours there are this week, and what to do with them.
    pub time: Time,
    /// The page that asks whether strangers can reach a system.
    pub exposure: Link,
    /// The same page in the other language.
    pub other: Link,
}

/// The hours there are this week, as somebody wrote them, and what to do with them.
#[derive(Clone, Debug, Default)]
pub struct Time {
    /// The hours.
    pub hours: String,
    /// The times in which things may be down, in hours; as many as the form has fields.
    pub windows: Vec<String>,
    /// Why no plan was made of what was written.
    pub fault: Option<String>,
    /// The plan.
    pub plan: Option<Plan>,
}

/// A plan, in the words of the page's language.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is due within three days and does not fit, where there is such a thing.
    pub warning: Option<String>,
    /// What it comes to.
    pub summary: Vec<String>,
    /// What to do, in this order.
    pub steps: Vec<String>,
    /// How many more steps there are.
    pub more_steps: usize,
    /// What is left, each with the reason.
    pub left: Vec<String>,
    /// How many more things are left.
    pub more_left: usize,
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
    /// How long that takes: an estimate, which says so.
    pub how_long: String,
    /// By when, and on whose word.
    pub by: By,
    /// What to do who cannot.
    pub cannot: String,
    /// What kind of thing it is, as a person would say it.
    pub kind: String,
    /// What to do, step by step, if it cannot be fixed: the step's name, and what to do.
    pub playbook: Vec<(String, String)>,
    /// What else is known of it, one sentence or two each.
    pub notes: Vec<String>,
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

    /// How many of the cards are printed with their playbook: as many as one sheet holds beside the
    /// cards themselves, which stand there two in a row.
    fn printed_whole(&self) -> usize {
        match self.cards.len() {
            0..=6 => CARDS_MAX,
            7..=8 => 4,
            _ => 2,
        }
    }

    /// Whether somebody asked for a plan.
    fn is_planned(&self) -> bool {
        self.time.plan.is_some() || self.time.fault.is_some()
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
