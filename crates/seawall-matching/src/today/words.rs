//! The words of the list, in English and Spanish: short sentences that a person without training
//! understands (reading grade 8 at most; the tests measure every text).

use super::{Action, Estimate, Item, Line, notes, playbook};
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
    /// How long that takes: an estimate, and it says so.
    pub how_long: String,
    /// By when.
    pub by_when: String,
    /// Whether that is a rule or advice.
    pub authority: String,
    /// What to do at once if it cannot be fixed.
    pub otherwise: String,
    /// What stands beside it: names, odds, where the estimate comes from; each at most forty words.
    pub notes: Vec<String>,
    /// What to do, step by step, if it cannot be fixed.
    pub playbook: [Line; 4],
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
    /// Over [`Words::how_long`].
    HowLong,
    /// Over [`Words::by_when`].
    ByWhen,
    /// Over [`Words::authority`].
    Authority,
    /// Over [`Words::otherwise`].
    Otherwise,
}

impl Heading {
    /// Every heading, in the order of the parts.
    pub const ALL: [Heading; 7] = [
        Heading::What,
        Heading::Why,
        Heading::How,
        Heading::HowLong,
        Heading::ByWhen,
        Heading::Authority,
        Heading::Otherwise,
    ];

    /// The heading in a language.
    pub fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            Heading::What => ["What", "Qué"],
            Heading::Why => ["Why", "Por qué"],
            Heading::How => ["How", "Cómo"],
            Heading::HowLong => ["How long", "Cuánto tarda"],
            Heading::ByWhen => ["By when", "Para cuándo"],
            Heading::Authority => ["Rule or advice", "Norma o consejo"],
            Heading::Otherwise => ["If you cannot", "Si no puede"],
        })
    }
}

impl Language {
    /// One of a pair of texts: English and Spanish.
    pub(crate) fn pick(self, [english, spanish]: [&'static str; 2]) -> &'static str {
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
        how: how(item, language),
        how_long: how_long(item.estimate(), language),
        by_when: by_when(item.deadline, item.due_at, language),
        authority: authority(item, language),
        otherwise: language.pick(item.harm.otherwise()).to_owned(),
        notes: notes::notes(item, language),
        playbook: playbook(item.kind, language),
    }
}

fn what<K>(item: &Item<K>, language: Language) -> String {
    let name = name(item);
    match language {
        Language::English => format!("{name} has a known flaw."),
        Language::Spanish => format!("{name} tiene un fallo conocido."),
    }
}

/// The name and the versions that run.
pub(super) fn name<K>(item: &Item<K>) -> String {
    let name = shown(item.subject.name());
    match (item.installed.first(), item.installed.last()) {
        (Some(oldest), Some(newest)) if oldest != newest => {
            format!("{name} {}–{}", version(oldest), version(newest))
        }
        (Some(only), _) if !only.0.trim().is_empty() => format!("{name} {}", version(only)),
        (Some(_) | None, _) => name,
    }
}

/// From this probability of an attack within thirty days on, in millionths, an item says so.
const LIKELY_PPM_MIN: u32 = 100_000;

fn why<K>(item: &Item<K>, language: Language) -> String {
    let why = language.pick(item.harm.why());
    let likely = item.epss_ppm.is_some_and(|ppm| ppm >= LIKELY_PPM_MIN);
    let attacks = match (item.exploited, likely) {
        (true, _) => ["Attackers use it.", "Ya hay ataques."],
        (false, true) => ["Attacks may come soon.", "Puede haber ataques pronto."],
        (false, false) => return why.to_owned(),
    };
    format!("{why} {}", language.pick(attacks))
}

fn how<K>(item: &Item<K>, language: Language) -> String {
    let Some(Refuge { nearest, onward }) = &item.refuge else {
        return language.pick(["There is no fix yet.", "Aún no hay arreglo."]).to_owned();
    };
    let just = version(nearest);
    let [once, split] = match (item.action(), language) {
        (Action::CallMaker, Language::English) => ["Ask its maker for", "Ask its maker for just"],
        (Action::CallMaker, Language::Spanish) => ["Pida al fabricante", "Pida al fabricante solo"],
        (Action::Update | Action::Shield, Language::English) => ["Update it to", "Update to just"],
        (Action::Update | Action::Shield, Language::Spanish) => ["Actualice a", "Actualice solo a"],
    };
    match (onward.as_ref(), language) {
        (Some(onward), Language::English) if onward == nearest => {
            format!("{once} {just} or later.")
        }
        (Some(onward), Language::Spanish) if onward == nearest => {
            format!("{once} {just} o más nuevo.")
        }
        (Some(onward), Language::English) => {
            format!("{split} {just}, or {} or later.", version(onward))
        }
        (Some(onward), Language::Spanish) => {
            format!("{split} {just}, o {} o más nuevo.", version(onward))
        }
        (None, Language::English) => format!("{once} just {just}."),
        (None, Language::Spanish) => format!("{split} {just}."),
    }
}

/// From this many minutes on an estimate is told in hours.
const IN_HOURS_FROM: u32 = 60;

fn how_long(estimate: Estimate, language: Language) -> String {
    let Estimate { minutes_min: least, minutes_max: most } = estimate;
    let (least, most, unit) = if least >= IN_HOURS_FROM {
        (least / 60, most.div_ceil(60), language.pick(["hours", "horas"]))
    } else {
        (least, most, language.pick(["minutes", "minutos"]))
    };
    match language {
        Language::English => format!("Estimate: {least}–{most} {unit}."),
        Language::Spanish => format!("Estimación: {least}–{most} {unit}."),
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
            let first = ["First look for intruders.", "Antes busque intrusos."];
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
pub(super) fn shown(name: &str) -> String {
    cut(name, NAME_WORDS_MAX, NAME_LEN_MAX)
}

/// A foreign text, cut to so many words and letters and tamed as a name is.
pub(crate) fn cut(text: &str, words_max: usize, len_max: usize) -> String {
    let words = text.split_whitespace().take(words_max);
    let text = words.collect::<Vec<_>>().join(" ");
    let plain = text.chars().filter(|c| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
    });
    let cut: String = plain.clone().take(len_max).collect();
    if plain.count() > len_max { format!("{cut}…") } else { cut }
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
