//! The page of what to fix today: the words are those of `matching::today`, in both languages.

use super::plan::Wish;
use crate::pages::today::{By, Card, Force, Today, Unknown};
use crate::pages::{Lang, When};
use crate::web::flaws;
use crate::web::guest::{Guest, link};
use seawall_domain::id::ExposureId;
use seawall_domain::publication::AdvisoryNumber;
use seawall_matching::priority::{Authority, Decision, bod_26_04};
use seawall_matching::today::{Item, Language};
use seawall_services::exposure::Brief;
use seawall_services::today::List;

/// How many unknown components are listed by name.
const UNKNOWN_LEN_MAX: usize = 100;

/// The page.
pub fn shown(guest: &Guest, list: &List, briefs: &[Brief], wish: &Wish) -> Today {
    let lang = guest.lang;
    let query = wish.query();
    let (title, other, exposure) = match (lang, query.as_str()) {
        (Lang::English, "") => {
            ("What to fix today", link("Español", "/today?lang=es"), "/today/exposure")
        }
        (Lang::English, query) => {
            let spanish = link("Español", format!("/today?{query}&lang=es"));
            ("What to fix today", spanish, "/today/exposure")
        }
        (Lang::Spanish, query) => {
            let english = link("English", format!("/today?{query}").trim_end_matches('?'));
            ("Qué corregir hoy", english, "/today/exposure?lang=es")
        }
    };
    let unknown = |name: &String| Unknown {
        name: name.clone(),
        why: "the inventory names no package that can be told for certain".to_owned(),
    };
    Today {
        shell: guest.shell_in(title, lang),
        operator: guest.party(),
        as_of: When::instant(list.at, lang),
        cards: list.today.items.iter().map(|item| card(item, list, briefs, lang)).collect(),
        more: list.today.more as u64,
        components: list.components,
        advisories: list.advisories,
        unknown: list.unknown.iter().take(UNKNOWN_LEN_MAX).map(unknown).collect(),
        unknown_total: list.unknown.len() as u64,
        ages: list.today.ages(list.at, language(lang)),
        time: wish.time(list, lang),
        exposure: link(
            lang.say(
                "Can strangers reach a system? At most ten questions",
                "¿Llegan extraños a un sistema? A lo sumo diez preguntas",
            ),
            exposure,
        ),
        other,
    }
}

/// A language of the pages as the list's words know it.
pub fn language(lang: Lang) -> Language {
    match lang {
        Lang::English => Language::English,
        Lang::Spanish => Language::Spanish,
    }
}

fn card(item: &Item<ExposureId>, list: &List, briefs: &[Brief], lang: Lang) -> Card {
    let words = item.words(language(lang));
    let row = bod_26_04(item.inputs);
    let due = When {
        text: words.by_when,
        machine: item.due_at.map(|due| due.to_string()).unwrap_or_default(),
    };
    let mut places: Vec<String> = Vec::new();
    for brief in briefs.iter().filter(|brief| item.exposures.contains(&brief.exposure.id)) {
        if !places.contains(&brief.exposure.spot.label) {
            places.push(brief.exposure.spot.label.clone());
        }
    }
    Card {
        what: words.what,
        places,
        why: words.why,
        how: words.how,
        by: By {
            date: item.due_at.map(|_| due),
            force: match item.authority {
                Authority::Rule => Force::Rule("BOD 26-04".to_owned()),
                Authority::Advice => Force::Advice(
                    lang.say(
                        "It follows the table of BOD 26-04, which does not bind you.",
                        "Sigue la tabla de BOD 26-04, que no le obliga.",
                    )
                    .to_owned(),
                ),
            },
            row: match lang {
                Lang::English => format!("BOD 26-04, row {}: {}.", row.number, row.deadline),
                Lang::Spanish => format!("BOD 26-04, fila {}.", row.number),
            },
            inputs: list.decision(item).map(inputs).unwrap_or_default(),
        },
        how_long: words.how_long,
        cannot: after_the_question(&words.otherwise),
        kind: item.kind.label(language(lang)).to_owned(),
        playbook: words
            .playbook
            .iter()
            .map(|line| (line.step.label(language(lang)).to_owned(), line.text.to_owned()))
            .collect(),
        notes: words.notes,
        advisories: item
            .advisories
            .iter()
            .map(|name| match name.parse::<AdvisoryNumber>() {
                Ok(number) => link(name, format!("/advisories/{number}")),
                Err(_) => link(name, flaws::address(name)),
            })
            .collect(),
        lang: lang.code().to_owned(),
    }
}

/// The four inputs of the table: name, value, source.
pub fn inputs(decision: &Decision) -> Vec<(String, String, String)> {
    let inputs = decision.row.inputs;
    let yes = |so: bool| if so { "yes" } else { "no" };
    [
        ("publicly exposed", yes(inputs.exposed), decision.exposed_from),
        ("known exploited", yes(inputs.in_kev), decision.in_kev_from),
        ("automatable", yes(inputs.automatable), decision.automatable_from),
        ("technical impact", if inputs.total { "total" } else { "partial" }, decision.total_from),
    ]
    .into_iter()
    .map(|(name, value, source)| (name.to_owned(), value.to_owned(), source.to_string()))
    .collect()
}

/// The advice without the question before it, which the card asks already.
fn after_the_question(otherwise: &str) -> String {
    let advice = otherwise.split_once(": ").map_or(otherwise, |(_, advice)| advice);
    let mut letters = advice.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
