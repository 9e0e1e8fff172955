//! The portal: pages rendered on the server, usable without JavaScript, WCAG 2.2 AA.
//!
//! A page is a plain struct of texts and its template; it holds no rule and asks nobody. Handlers
//! fill it from services. Whatever a page prints passes [`inert::Inert`], so text from reports can
//! neither become markup nor hide what it says.

use askama::Template;
use askama::filters::MaybeSafe;

pub mod advisories;
pub mod advisory;
pub mod bars;
pub mod case;
pub mod coding;
pub mod developers;
pub mod due;
pub mod embargo;
pub mod exposure;
pub mod figures;
pub mod finding;
pub mod flaw;
pub mod form;
pub mod framework;
pub mod home;
pub mod inert;
pub mod inventory;
pub mod log;
pub mod login;
pub mod matter;
pub mod problem;
pub mod queue;
pub mod range;
pub mod scans;
pub mod shell;
pub mod sign;
pub mod sources;
pub mod today;
pub mod work;

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

impl When {
    /// An instant, as people read it in a language, always in UTC.
    pub fn instant(at: jiff::Timestamp, lang: Lang) -> When {
        let at_utc = at.to_zoned(jiff::tz::TimeZone::UTC);
        let day = day_text(at_utc.date(), lang);
        When {
            text: format!("{day}, {:02}:{:02} UTC", at_utc.hour(), at_utc.minute()),
            machine: at.to_string(),
        }
    }

    /// A day, as people read it in a language.
    pub fn day(date: jiff::civil::Date, lang: Lang) -> When {
        When { text: day_text(date, lang), machine: date.to_string() }
    }
}

fn day_text(date: jiff::civil::Date, lang: Lang) -> String {
    let months = match lang {
        Lang::English => MONTHS_ENGLISH,
        Lang::Spanish => MONTHS_SPANISH,
    };
    let index = usize::try_from(date.month()).unwrap_or(1).saturating_sub(1);
    let month = months.get(index).copied().unwrap_or_default();
    match lang {
        Lang::English => format!("{} {month} {}", date.day(), date.year()),
        Lang::Spanish => format!("{} de {month} de {}", date.day(), date.year()),
    }
}

const MONTHS_ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_SPANISH: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(machine: &str, lang: Lang, expected: &str) {
        let at: jiff::Timestamp = machine.parse().unwrap_or_default();
        let when = When::instant(at, lang);
        assert_eq!((when.text.as_str(), when.machine.as_str()), (expected, machine));
        let day = When::day(at.to_zoned(jiff::tz::TimeZone::UTC).date(), lang);
        assert!(expected.starts_with(&day.text) && machine.starts_with(&day.machine));
    }

    #[test]
    fn moments_are_read_in_both_languages() {
        let (english, spanish) = (Lang::English, Lang::Spanish);
        check("2026-11-14T12:00:00Z", english, "14 November 2026, 12:00 UTC");
        check("2026-11-14T12:00:00Z", spanish, "14 de noviembre de 2026, 12:00 UTC");
        check("2026-01-01T00:05:59Z", english, "1 January 2026, 00:05 UTC");
        check("2026-12-31T23:59:59Z", spanish, "31 de diciembre de 2026, 23:59 UTC");
    }
}
