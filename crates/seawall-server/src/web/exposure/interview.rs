//! The interview about whether strangers can reach a system. Its replies are in the address: a
//! link goes back, a button goes on, and nothing is kept.

use super::today::language;
use crate::pages::exposure::{Exposure, Question as Asked, Reply as Given, Verdict as Answer};
use crate::pages::{Lang, Link, Tag, Tone};
use crate::web::guest::{Guest, link};
use crate::web::words::tag;
use seawall_matching::interview::{Confidence, Exposed, Interview, Question, Reply, Verdict};

/// Where the page is.
const PATH: &str = "/today/exposure";

/// The replies that an address has, in the order of the questions. What is no question or no reply
/// of ours is passed over.
pub fn replies(pairs: &[(String, String)]) -> Vec<(Question, Reply)> {
    let given = |question: Question| {
        let named = pairs.iter().find(|(name, _)| name == question.name());
        named.and_then(|(_, value)| Reply::named(value)).map(|reply| (question, reply))
    };
    Question::ALL.into_iter().filter_map(given).collect()
}

/// The page.
pub fn shown(guest: &Guest, interview: &Interview, replies: &[(Question, Reply)]) -> Exposure {
    let lang = guest.lang;
    let title = lang.say("Can strangers reach it?", "¿Llegan extraños a él?");
    let question = interview.next();
    let other = match lang {
        Lang::English => link("Español", address(replies, Lang::Spanish)),
        Lang::Spanish => link("English", address(replies, Lang::English)),
    };
    let today = lang.say("/today", "/today?lang=es");
    Exposure {
        shell: guest.shell_in(title, lang),
        verdict: question.is_none().then(|| answer(&interview.verdict(), lang)),
        question: question.map(|question| asked(question, lang)),
        replies: replies.iter().map(|(question, _)| given(*question, replies, lang)).collect(),
        again: link(lang.say("Start again", "Empezar de nuevo"), address(&[], lang)),
        back: link(lang.say("What to fix today", "Qué corregir hoy"), today),
        other,
    }
}

/// The page with so many replies.
fn address(replies: &[(Question, Reply)], lang: Lang) -> String {
    let pair =
        |(question, reply): &(Question, Reply)| format!("{}={}", question.name(), reply.name());
    let spanish = (lang == Lang::Spanish).then(|| "lang=es".to_owned());
    let pairs: Vec<String> = replies.iter().map(pair).chain(spanish).collect();
    if pairs.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", pairs.join("&")) }
}

fn asked(question: Question, lang: Lang) -> Asked {
    let choice = |reply: Reply| (reply.name().to_owned(), reply.label(language(lang)).to_owned());
    Asked {
        name: question.name().to_owned(),
        text: question.text(language(lang)).to_owned(),
        choices: Reply::ALL.map(choice).into(),
    }
}

/// A reply; to change it, it is asked again, and so is all that was asked after it.
fn given(question: Question, replies: &[(Question, Reply)], lang: Lang) -> Given {
    let before: Vec<_> = replies.iter().copied().filter(|(one, _)| *one < question).collect();
    let reply = replies.iter().find(|(one, _)| *one == question).map(|(_, reply)| *reply);
    Given {
        name: question.name().to_owned(),
        value: reply.map(Reply::name).unwrap_or_default().to_owned(),
        text: question.text(language(lang)).to_owned(),
        words: reply.map(|reply| reply.label(language(lang))).unwrap_or_default().to_owned(),
        change: Link {
            label: lang.say("Change", "Cambiar").to_owned(),
            href: address(&before, lang),
        },
    }
}

fn answer(verdict: &Verdict, lang: Lang) -> Answer {
    let mut sentences = verdict.sentences(language(lang)).into_iter();
    let (flag, effect) = match verdict.known() {
        Some(true) => (
            " --exposed yes",
            lang.say(
                "Then the dates of the list are those of a system that anybody can reach.",
                "Entonces los plazos de la lista son los de un sistema abierto a todos.",
            ),
        ),
        Some(false) => (
            " --exposed no",
            lang.say(
                "Then what is not under attack may have later dates.",
                "Entonces lo que no sufre ataques puede tener plazos más largos.",
            ),
        ),
        None => (
            "",
            lang.say(
                "Say nothing there: in doubt it counts as open to all, and the list says so.",
                "No diga nada allí: en la duda cuenta como abierto a todos, y la lista lo dice.",
            ),
        ),
    };
    Answer {
        says: sentences.next().unwrap_or_default(),
        tag: label(verdict, lang),
        reasons: sentences.collect(),
        command: format!("seawall match FILE --today{flag}"),
        effect: effect.to_owned(),
    }
}

fn label(verdict: &Verdict, lang: Lang) -> Tag {
    match (verdict.exposed, verdict.confidence) {
        (Exposed::Yes, Confidence::Certain) => tag(lang.say("exposed", "expuesto"), Tone::Bad),
        (Exposed::Yes, Confidence::Likely) => {
            tag(lang.say("likely exposed", "quizá expuesto"), Tone::Bad)
        }
        (Exposed::Yes, Confidence::InDoubt) => tag(
            lang.say("in doubt: counts as exposed", "en duda: cuenta como expuesto"),
            Tone::Warn,
        ),
        (Exposed::No, Confidence::Likely | Confidence::InDoubt) => {
            tag(lang.say("likely not exposed", "quizá no expuesto"), Tone::Warn)
        }
        (Exposed::No, Confidence::Certain) => {
            tag(lang.say("not exposed", "no expuesto"), Tone::Good)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)], expected: &str) {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        assert_eq!(address(&replies(&pairs), Lang::English), format!("{PATH}{expected}"));
    }

    #[test]
    fn replies_are_read_from_the_address_and_written_back() {
        check(&[], "");
        check(&[("network", "yes")], "?network=yes");
        check(&[("cloud", "no"), ("network", "unknown")], "?network=unknown&cloud=no");
        check(&[("network", "<b>"), ("lang", "es"), ("x", "yes"), ("cloud", "")], "");
        check(&[("network", "yes"), ("network", "no")], "?network=yes");
    }

    #[test]
    fn what_is_changed_is_asked_again_with_all_behind_it() {
        let replies = [
            (Question::Network, Reply::Yes),
            (Question::Cloud, Reply::No),
            (Question::Line, Reply::No),
        ];
        for (question, expected) in [
            (Question::Network, PATH.to_owned()),
            (Question::Line, format!("{PATH}?network=yes&cloud=no")),
        ] {
            assert_eq!(given(question, &replies, Lang::English).change.href, expected);
        }
        let spanish = given(Question::Cloud, &replies, Lang::Spanish);
        assert_eq!(spanish.change.href, format!("{PATH}?network=yes&lang=es"));
    }
}
