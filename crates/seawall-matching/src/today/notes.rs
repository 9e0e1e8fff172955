//! What stands beside an item: the names of its flaws, the odds of an attack, where the estimate
//! of its time comes from; and, for the list, how old the sources are.

use super::words::{Language, shown};
use super::{Action, Dated, Item};
use jiff::Timestamp;
use seawall_domain::record::SourceKind;

/// How many names of flaws are shown; the others are counted.
const FLAWS_SHOWN_MAX: usize = 4;

/// A source older than this many days is called old.
pub const SOURCE_DAYS_MAX: i64 = 7;

pub(super) fn notes<K>(item: &Item<K>, language: Language) -> Vec<String> {
    let flaws = flaws(&item.flaws, language);
    let odds = item.epss_ppm.map(|ppm| odds(ppm, language));
    flaws.into_iter().chain(odds).chain([estimate(item.action(), language)]).collect()
}

fn flaws(names: &[String], language: Language) -> Option<String> {
    // A name is one word, so that it cannot make the note long.
    let first: Vec<String> =
        names.iter().take(FLAWS_SHOWN_MAX).map(|name| shown(name).replace(' ', "-")).collect();
    let first = (!first.is_empty()).then(|| first.join(", "))?;
    let rest = names.len().saturating_sub(FLAWS_SHOWN_MAX);
    Some(match (rest, language) {
        (0, Language::English) => format!("Known as {first}."),
        (0, Language::Spanish) => format!("Se conoce como {first}."),
        (rest, Language::English) => format!("Known as {first} and {rest} more."),
        (rest, Language::Spanish) => format!("Se conoce como {first} y {rest} más."),
    })
}

/// The odds in a hundred, rounded down.
fn odds(ppm: u32, language: Language) -> String {
    let percent = ppm.min(1_000_000) / 10_000;
    match (percent, language) {
        (0, Language::English) => {
            "Less than 1 in 100 such flaws is used in an attack within 30 days (EPSS).".to_owned()
        }
        (0, Language::Spanish) => {
            "Menos de 1 de cada 100 fallos así se usa en 30 días (EPSS).".to_owned()
        }
        (percent, Language::English) => {
            format!("{percent} in 100 such flaws are used in an attack within 30 days (EPSS).")
        }
        (percent, Language::Spanish) => {
            format!("Unos {percent} de cada 100 fallos así se usan en 30 días (EPSS).")
        }
    }
}

fn estimate(action: Action, language: Language) -> String {
    language
        .pick(match action {
            Action::Update => [
                "The time is our own guess for one machine: save a copy, update, test. No one \
                 timed it at your site.",
                "El tiempo es un cálculo nuestro para un equipo: copia, cambio y prueba. Nadie lo \
                 midió en su casa.",
            ],
            Action::CallMaker => [
                "The time is our own guess for your call and a shield. The work of the maker is \
                 not in it.",
                "El tiempo es un cálculo nuestro para su llamada y un escudo. No cuenta lo que \
                 tarde el fabricante.",
            ],
            Action::Shield => [
                "The time is our own guess for a shield, as there is no fix. No one timed it at \
                 your site.",
                "El tiempo es un cálculo nuestro para un escudo, pues no hay arreglo. Nadie lo \
                 midió en su casa.",
            ],
        })
        .to_owned()
}

/// How old a source is, and whether that is too old.
pub(super) fn age(source: &Dated, now: Timestamp, language: Language) -> String {
    let days = now.duration_since(source.as_of).as_hours().max(0) / 24;
    let name = language.pick(name(source.kind));
    let age = match (days, language) {
        (0, Language::English) => "less than a day old".to_owned(),
        (0, Language::Spanish) => "de hoy".to_owned(),
        (1, Language::English) => "1 day old".to_owned(),
        (1, Language::Spanish) => "de hace 1 día".to_owned(),
        (days, Language::English) => format!("{days} days old"),
        (days, Language::Spanish) => format!("de hace {days} días"),
    };
    let old = language.pick(["Get a new copy.", "Pida una copia nueva."]);
    if days > SOURCE_DAYS_MAX { format!("{name}: {age}. {old}") } else { format!("{name}: {age}.") }
}

const fn name(kind: SourceKind) -> [&'static str; 2] {
    match kind {
        SourceKind::Osv => ["List of flaws (OSV)", "Lista de fallos (OSV)"],
        SourceKind::Csaf => ["News from makers (CSAF)", "Avisos de fabricantes (CSAF)"],
        SourceKind::Cve => ["List of flaw names (CVE)", "Lista de nombres (CVE)"],
        SourceKind::Kev => ["List of attacks (KEV)", "Lista de ataques (KEV)"],
        SourceKind::Epss => ["Odds of attack (EPSS)", "Riesgo de ataque (EPSS)"],
        SourceKind::Ssvc => ["Marks for flaws (SSVC)", "Notas de los fallos (SSVC)"],
    }
}
