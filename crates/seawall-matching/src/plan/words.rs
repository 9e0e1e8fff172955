//! The words of a plan, in English and Spanish.

use super::{Left, Place, Plan, Proof, Step, Task, Why, Window};
use crate::priority::Deadline;
use crate::today::{Action, Language, cut};

/// How many words of a foreign name are shown: a name of three, and versions.
const NAME_WORDS_MAX: usize = 4;

/// How many letters of a foreign name are shown.
const NAME_LEN_MAX: usize = 80;

pub(super) fn summary<K>(plan: &Plan<K>, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let urgent = plan.urgent_left();
    if urgent > 0 {
        lines.push(warning(urgent, language));
    }
    let (done, all) = (plan.steps.len(), plan.steps.len() + plan.left.len());
    if all == 0 {
        return vec![language.pick(["There is nothing to do.", "No hay nada que hacer."]).into()];
    }
    let (time, spent) = (span(plan.budget.minutes, language), span(plan.minutes(), language));
    let remains = plan.remains_percent();
    lines.push(match language {
        Language::English => {
            format!("In {time} you can do {done} of {all} things. They take {spent}.")
        }
        Language::Spanish => {
            format!("En {time} puede hacer {done} de {all} cosas. Tardan {spent}.")
        }
    });
    lines.push(match language {
        Language::English => format!(
            "If you do them, {remains} of 100 parts of the risk stay, and you know it. The parts \
             are our own marks. No one can measure risk."
        ),
        Language::Spanish => format!(
            "Si las hace, quedan {remains} de 100 partes del riesgo, y usted lo sabe. Las partes \
             son notas nuestras. Nadie puede medir el riesgo."
        ),
    });
    if plan.proof == Proof::Good {
        let good = [
            "There may be a plan that is a bit better. This one is close.",
            "Puede haber un plan un poco mejor. Este se le acerca.",
        ];
        lines.push(language.pick(good).to_owned());
    }
    lines
}

fn warning(urgent: usize, language: Language) -> String {
    match (urgent, language) {
        (1, Language::English) => {
            "Look out: 1 thing due within 3 days does not fit. Find more time for it, or shield \
             it now."
                .to_owned()
        }
        (1, Language::Spanish) => {
            "Ojo: 1 cosa con plazo de 3 días no cabe. Busque más tiempo, o protéjala ya.".to_owned()
        }
        (urgent, Language::English) => format!(
            "Look out: {urgent} things due within 3 days do not fit. Find more time for them, or \
             shield them now."
        ),
        (urgent, Language::Spanish) => format!(
            "Ojo: {urgent} cosas con plazo de 3 días no caben. Busque más tiempo, o protéjalas ya."
        ),
    }
}

pub(super) fn steps<K>(plan: &Plan<K>, language: Language) -> Vec<String> {
    let line = |(number, step): (usize, &Step<K>)| {
        let what = what(&step.task, language);
        let place = place(step.place, &plan.budget.windows, language);
        let (long, so_far) =
            (span(step.task.minutes, language), span(step.minutes_so_far, language));
        match language {
            Language::English => {
                format!("{number}. {what}{place}. It takes {long}. So far: {so_far}.")
            }
            Language::Spanish => {
                format!("{number}. {what}{place}. Tarda {long}. Hasta aquí: {so_far}.")
            }
        }
    };
    (1..).zip(&plan.steps).map(line).collect()
}

fn place(place: Place, windows: &[Window], language: Language) -> String {
    let Place::Window(index) = place else { return String::new() };
    let name = windows
        .get(index)
        .map(|window| cut(&window.name, NAME_WORDS_MAX, NAME_LEN_MAX))
        .unwrap_or_default();
    match (name.is_empty(), language) {
        (true, Language::English) => format!(" in window {}", index + 1),
        (true, Language::Spanish) => format!(" en la pausa {}", index + 1),
        (false, Language::English) => format!(" in this window: {name}"),
        (false, Language::Spanish) => format!(" en esta pausa: {name}"),
    }
}

fn what<K>(task: &Task<K>, language: Language) -> String {
    let name = cut(&task.name, NAME_WORDS_MAX, NAME_LEN_MAX);
    match (task.action, language) {
        (Action::Update, Language::English) => format!("Update {name}"),
        (Action::Update, Language::Spanish) => format!("Actualice {name}"),
        (Action::CallMaker, Language::English) => {
            format!("Call the maker of {name} and shield it till then")
        }
        (Action::CallMaker, Language::Spanish) => {
            format!("Llame al fabricante de {name} y protéjalo hasta entonces")
        }
        (Action::Shield, Language::English) => format!("Shield {name}, as there is no fix"),
        (Action::Shield, Language::Spanish) => format!("Proteja {name}, pues no hay arreglo"),
    }
}

pub(super) fn left<K>(left: &Left<K>, language: Language) -> String {
    let task = &left.task;
    let (what, long) = (what(task, language), span(task.minutes, language));
    let due = due(task.deadline(), language);
    let why = match (left.why, language) {
        (Why::TooLong, Language::English) => format!("It takes {long}, more than you have."),
        (Why::TooLong, Language::Spanish) => format!("Tarda {long}, más de lo que hay."),
        (Why::NoWindow, Language::English) => {
            format!("It must stop for {long}, and no window is that long.")
        }
        (Why::NoWindow, Language::Spanish) => {
            format!("Tiene que parar {long}, y no hay una pausa tan larga.")
        }
        (Why::NoRoom, Language::English) => {
            format!("It takes {long} and does not fit with the rest that is due so soon.")
        }
        (Why::NoRoom, Language::Spanish) => {
            format!("Tarda {long} y no cabe con lo demás que corre prisa.")
        }
        (Why::OthersFirst, Language::English) => {
            format!("It takes {long}. Other things cut more risk in that time.")
        }
        (Why::OthersFirst, Language::Spanish) => {
            format!("Tarda {long}. Otras cosas quitan más riesgo en ese tiempo.")
        }
    };
    match language {
        Language::English => format!("Left: {what}. {due} {why}"),
        Language::Spanish => format!("Queda: {what}. {due} {why}"),
    }
}

fn due(deadline: Deadline, language: Language) -> &'static str {
    language.pick(match deadline {
        Deadline::ThreeDaysForensic | Deadline::ThreeDays => {
            ["It is due within 3 days.", "Su plazo es de 3 días."]
        }
        Deadline::FourteenDays => ["It is due within 14 days.", "Su plazo es de 14 días."],
        Deadline::SixtyDays => ["It is due within 60 days.", "Su plazo es de 60 días."],
        Deadline::FixOnUpgrade => {
            ["It may wait for your next upgrade.", "Puede esperar a la próxima mejora."]
        }
    })
}

/// A time as people say it.
fn span(minutes: u32, language: Language) -> String {
    let hours = match (minutes / 60, language) {
        (0, _) => None,
        (1, Language::English) => Some("1 hour".to_owned()),
        (1, Language::Spanish) => Some("1 hora".to_owned()),
        (hours, Language::English) => Some(format!("{hours} hours")),
        (hours, Language::Spanish) => Some(format!("{hours} horas")),
    };
    let rest = match (minutes % 60, language) {
        (1, Language::English) => "1 minute".to_owned(),
        (1, Language::Spanish) => "1 minuto".to_owned(),
        (rest, Language::English) => format!("{rest} minutes"),
        (rest, Language::Spanish) => format!("{rest} minutos"),
    };
    match (hours, minutes % 60) {
        (Some(hours), 0) => hours,
        (Some(hours), _) => format!("{hours} {} {rest}", language.pick(["and", "y"])),
        (None, _) => rest,
    }
}
