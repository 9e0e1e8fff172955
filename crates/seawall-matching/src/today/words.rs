//! The words of the list, in English and Spanish: short sentences that a person without training
//! understands (reading grade 8 at most; the tests measure every text).

use super::{Item, Subject};
use crate::priority::{Authority, Deadline, bod_26_04};
use crate::ranges::Refuge;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use seawall_domain::package::Version;
use serde::{Deserialize, Serialize};

/// A language of the list.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
}

/// An item, part by part; each part is one sentence or two.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Words {
    /// What is wrong.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// How to fix it.
    pub how: String,
    /// By when.
    pub by_when: String,
    /// Whether that is a rule or advice.
    pub authority: String,
    /// What to do if it cannot be fixed.
    pub otherwise: String,
}

/// A heading of a table of items.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Heading {
    /// Over [`Words::what`].
    What,
    /// Over [`Words::why`].
    Why,
    /// Over [`Words::how`].
    How,
    /// Over [`Words::by_when`].
    ByWhen,
    /// Over [`Words::authority`].
    Authority,
    /// Over [`Words::otherwise`].
    Otherwise,
}

impl Heading {
    /// The heading in a language.
    pub fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            Heading::What => ["What", "Qué"],
            Heading::Why => ["Why", "Por qué"],
            Heading::How => ["How", "Cómo"],
            Heading::ByWhen => ["By when", "Para cuándo"],
            Heading::Authority => ["Rule or advice", "Norma o consejo"],
            Heading::Otherwise => ["If you cannot", "Si no puede"],
        })
    }
}

impl Language {
    fn pick(self, [english, spanish]: [&'static str; 2]) -> &'static str {
        match self {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }
}

pub(super) fn words<K>(item: &Item<K>, language: Language) -> Words {
    Words {
        what: what(item, language),
        why: why(item, language),
        how: how(item.refuge.as_ref(), language),
        by_when: by_when(item.deadline, item.due_at, language),
        authority: authority(item, language),
        otherwise: otherwise(item, language),
    }
}

fn what<K>(item: &Item<K>, language: Language) -> String {
    let name = shown(item.subject.name());
    let versions = match (item.installed.first(), item.installed.last()) {
        (Some(oldest), Some(newest)) if oldest != newest => {
            format!(" {}–{}", version(oldest), version(newest))
        }
        (Some(only), _) if !only.0.trim().is_empty() => format!(" {}", version(only)),
        (Some(_) | None, _) => String::new(),
    };
    match language {
        Language::English => format!("{name}{versions} has a known flaw."),
        Language::Spanish => format!("{name}{versions} tiene un fallo conocido."),
    }
}

fn why<K>(item: &Item<K>, language: Language) -> String {
    let why = language.pick(item.harm.why());
    if item.inputs.in_kev {
        format!("{why} {}", language.pick(["Attackers use it.", "Ya hay ataques."]))
    } else {
        why.to_owned()
    }
}

fn how(refuge: Option<&Refuge>, language: Language) -> String {
    let (nearest, onward) = match refuge {
        None => {
            return language.pick(["There is no fix yet.", "Aún no hay arreglo."]).to_owned();
        }
        Some(Refuge { nearest, onward }) => (nearest, onward.as_ref()),
    };
    let just = version(nearest);
    match (onward, language) {
        (Some(onward), Language::English) if onward == nearest => {
            format!("Update it to {just} or later.")
        }
        (Some(onward), Language::Spanish) if onward == nearest => {
            format!("Actualice a {just} o más nuevo.")
        }
        (Some(onward), Language::English) => {
            format!("Update to just {just}, or {} or later.", version(onward))
        }
        (Some(onward), Language::Spanish) => {
            format!("Actualice solo a {just}, o {} o más nuevo.", version(onward))
        }
        (None, Language::English) => format!("Update it to just {just}."),
        (None, Language::Spanish) => format!("Actualice a {just}, no a otro."),
    }
}

fn by_when(deadline: Deadline, due_at: Option<Timestamp>, language: Language) -> String {
    let when = match (due_at.map(|at| day(at, language)), language) {
        (Some(day), Language::English) => format!("Act by {day}."),
        (Some(day), Language::Spanish) => format!("Plazo: {day}."),
        (None, language) => {
            language.pick(["Act at your next upgrade.", "Hágalo en la próxima mejora."]).to_owned()
        }
    };
    match deadline {
        Deadline::ThreeDaysForensic => {
            let first = ["First look for a break-in.", "Antes busque intrusos."];
            format!("{} {when}", language.pick(first))
        }
        Deadline::ThreeDays
        | Deadline::FourteenDays
        | Deadline::SixtyDays
        | Deadline::FixOnUpgrade => when,
    }
}

fn authority<K>(item: &Item<K>, language: Language) -> String {
    let row = bod_26_04(item.inputs).number;
    match (item.authority, language) {
        (Authority::Rule, Language::English) => {
            format!("This rule binds you (BOD 26-04, row {row}).")
        }
        (Authority::Rule, Language::Spanish) => {
            format!("Esta norma le obliga (BOD 26-04, fila {row}).")
        }
        (Authority::Advice, Language::English) => "This is advice, not a rule.".to_owned(),
        (Authority::Advice, Language::Spanish) => "Es un consejo, no una norma.".to_owned(),
    }
}

fn otherwise<K>(item: &Item<K>, language: Language) -> String {
    let otherwise = language.pick(item.harm.otherwise());
    match item.subject {
        Subject::Package(_) => otherwise.to_owned(),
        Subject::Product(_) => {
            let ask = ["Ask its maker.", "Pida ayuda al fabricante."];
            format!("{otherwise} {}", language.pick(ask))
        }
    }
}

/// The day in Coordinated Universal Time, as people write it.
fn day(at: Timestamp, language: Language) -> String {
    const MONTHS: [[&str; 2]; 12] = [
        ["January", "enero"],
        ["February", "febrero"],
        ["March", "marzo"],
        ["April", "abril"],
        ["May", "mayo"],
        ["June", "junio"],
        ["July", "julio"],
        ["August", "agosto"],
        ["September", "septiembre"],
        ["October", "octubre"],
        ["November", "noviembre"],
        ["December", "diciembre"],
    ];
    let date = at.to_zoned(TimeZone::UTC).date();
    let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    let month = MONTHS.get(month).copied().unwrap_or(["", ""]);
    let month = language.pick(month);
    match language {
        Language::English => format!("{} {month} {}", date.day(), date.year()),
        Language::Spanish => format!("{} de {month} de {}", date.day(), date.year()),
    }
}

/// How many letters of a foreign name are shown.
const NAME_LEN_MAX: usize = 40;

/// How many words of a foreign name are shown.
const NAME_WORDS_MAX: usize = 3;

/// A version as one word, so that it cannot make an item long.
fn version(version: &Version) -> String {
    shown(&version.0).replace(' ', "-")
}

/// A foreign name, cut to a length that keeps the item readable, without line breaks, control
/// characters and characters that turn the direction of writing.
fn shown(name: &str) -> String {
    let words = name.split_whitespace().take(NAME_WORDS_MAX);
    let text = words.collect::<Vec<_>>().join(" ");
    let plain = text.chars().filter(|c| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
    });
    let cut: String = plain.clone().take(NAME_LEN_MAX).collect();
    if plain.count() > NAME_LEN_MAX { format!("{cut}…") } else { cut }
}

pub(super) fn headline(items: usize, more: usize, language: Language) -> String {
    let first = match (items, language) {
        (0, Language::English) => "There is nothing to fix today.".to_owned(),
        (0, Language::Spanish) => "Hoy no hay nada que arreglar.".to_owned(),
        (1, Language::English) => "There is 1 thing to fix.".to_owned(),
        (1, Language::Spanish) => "Hay 1 cosa que arreglar.".to_owned(),
        (items, Language::English) => format!("There are {items} things to fix."),
        (items, Language::Spanish) => format!("Hay {items} cosas que arreglar."),
    };
    match (more, language) {
        (0, _) => first,
        (more, Language::English) => format!("{first} Do these first; {more} more come after."),
        (more, Language::Spanish) => format!("{first} Haga estas primero; después, {more} más."),
    }
}
