//! `seawall exposure ask`: can strangers reach it? At most ten questions in a terminal, and what to
//! tell `seawall match` then. Nothing is kept and nothing is sent.

use super::{print_json, print_text};
use anyhow::{Context, bail};
use clap::Subcommand;
use seawall_matching::interview::{Exposed, Interview, Question, Reply, Verdict};
use seawall_matching::today::Language;
use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};
use std::process::ExitCode;

/// The longest line that is read as a reply, in bytes.
const LINE_BYTES_MAX: u64 = 1024;

/// How often a question is put to somebody whose reply is none; then it counts as not known.
const TRIES_MAX: usize = 3;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Ask at most ten questions about one system, and say whether it counts as exposed.
    ///
    /// Ends with status 0 when strangers cannot reach it, and with 1 when they can or in doubt.
    Ask(Asking),
}

/// How the questions are asked.
#[derive(clap::Args)]
struct Asking {
    /// The replies, in the order of the questions or by name: `yes,no,unknown`, `cloud=no`.
    #[arg(long, value_delimiter = ',', value_name = "REPLY")]
    answers: Option<Vec<String>>,
    /// In Spanish.
    #[arg(long)]
    spanish: bool,
    /// One JSON document on standard output; the questions go to standard error.
    #[arg(long)]
    json: bool,
}

/// Asks, and answers with status 1 when it counts as exposed.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Act::Ask(asking) = arguments.act;
    let language = if asking.spanish { Language::Spanish } else { Language::English };
    let held = match &asking.answers {
        Some(answers) => answered(answers)?,
        None => asked(&mut std::io::stdin().lock(), &mut std::io::stderr().lock(), language)?,
    };
    let verdict = held.interview.verdict();
    match asking.json {
        true => print_json(&json(&held, &verdict, language))?,
        false => print_text(&text(&held, &verdict, language))?,
    }
    Ok(match verdict.exposed {
        Exposed::No => ExitCode::SUCCESS,
        Exposed::Yes => ExitCode::from(1),
    })
}

/// An interview, and what was replied in it.
#[derive(Default)]
struct Held {
    interview: Interview,
    replies: Vec<(Question, Reply)>,
}

impl Held {
    fn with(mut self, question: Question, reply: Reply) -> Held {
        self.replies.retain(|(known, _)| *known != question);
        self.replies.push((question, reply));
        Held { interview: self.interview.with(question, reply), ..self }
    }
}

/// The interview of whoever gave the replies beforehand.
fn answered(answers: &[String]) -> anyhow::Result<Held> {
    let (mut held, mut spare) = (Held::default(), 0);
    for answer in answers {
        let (question, reply) = match answer.split_once('=') {
            Some((name, reply)) => {
                let question = Question::named(name.trim());
                let names = Question::ALL.map(Question::name).join(", ");
                let question = question.with_context(|| {
                    format!("there is no question `{}`; they are: {names}", cut(name))
                })?;
                (Some(question), reply)
            }
            None => (held.interview.next(), answer.as_str()),
        };
        let Some(reply) = reply_of(reply) else {
            bail!("cannot read the reply `{}`: write yes, no or unknown", cut(reply));
        };
        match question {
            Some(question) => held = held.with(question, reply),
            None => spare += 1,
        }
    }
    if spare > 0 {
        eprintln!("{spare} of the replies were not needed: the answer was clear before");
    }
    Ok(held)
}

/// The interview of whoever sits there. What is not replied to, because the input ends, is left.
fn asked(
    input: &mut impl BufRead,
    out: &mut impl Write,
    language: Language,
) -> anyhow::Result<Held> {
    let mut held = Held::default();
    let (mut number, mut tries) = (1, 0);
    while let Some(question) = held.interview.next() {
        write!(out, "{number}. {} {} ", question.text(language), choice(language))?;
        out.flush()?;
        let Some(line) = line(input)? else {
            writeln!(out)?;
            break;
        };
        tries += 1;
        let reply = reply_of(&line).or_else(|| (tries >= TRIES_MAX).then_some(Reply::DontKnow));
        match reply {
            Some(reply) => {
                held = held.with(question, reply);
                (number, tries) = (number + 1, 0);
            }
            None => writeln!(out, "{}", again(language))?,
        }
    }
    Ok(held)
}

/// The next line, cut; none at the end of the input.
fn line(input: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = input.take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
    read.context("cannot read the reply")?;
    Ok((!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// A reply as people write it, in both languages.
fn reply_of(text: &str) -> Option<Reply> {
    match text.trim().to_lowercase().as_str() {
        "y" | "yes" | "s" | "si" | "sí" => Some(Reply::Yes),
        "n" | "no" => Some(Reply::No),
        "?" | "unknown" | "no sé" | "no se" => Some(Reply::DontKnow),
        _ => None,
    }
}

/// A foreign text, cut and without what could steer a terminal.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn choice(language: Language) -> &'static str {
    match language {
        Language::English => "[y/n/?]",
        Language::Spanish => "[s/n/?]",
    }
}

fn again(language: Language) -> &'static str {
    match language {
        Language::English => "Please reply y for yes, n for no, or ? if you do not know.",
        Language::Spanish => "Responda s si es que sí, n si es que no, o ? si no lo sabe.",
    }
}

/// What `seawall match` is to be told; nothing in doubt, so that its own default is shown as one.
fn arguments(verdict: &Verdict) -> Vec<&'static str> {
    match verdict.known() {
        Some(true) => vec!["--exposed", "yes"],
        Some(false) => vec!["--exposed", "no"],
        None => Vec::new(),
    }
}

fn use_of(verdict: &Verdict, language: Language) -> &'static str {
    match (verdict.known(), language) {
        (Some(true), Language::English) => "Give this to `seawall match`: --exposed yes",
        (Some(true), Language::Spanish) => "Dé esto a `seawall match`: --exposed yes",
        (Some(false), Language::English) => "Give this to `seawall match`: --exposed no",
        (Some(false), Language::Spanish) => "Dé esto a `seawall match`: --exposed no",
        (None, Language::English) => {
            "Give `seawall match` no --exposed: in doubt it takes --exposed yes, and says so."
        }
        (None, Language::Spanish) => {
            "No dé --exposed a `seawall match`: en la duda toma --exposed yes, y lo dice."
        }
    }
}

fn text(held: &Held, verdict: &Verdict, language: Language) -> String {
    let gap = if held.replies.is_empty() { "" } else { "\n" };
    format!("{gap}{}\n\n{}\n", verdict.sentences(language).join("\n"), use_of(verdict, language))
}

fn json(held: &Held, verdict: &Verdict, language: Language) -> Value {
    let replies: Vec<Value> = held
        .replies
        .iter()
        .map(|(question, reply)| {
            json!({"question": question, "text": question.text(language), "reply": reply})
        })
        .collect();
    let sentences = verdict.sentences(language);
    json!({
        "exposed": verdict.exposed, "confidence": verdict.confidence,
        "verdict": sentences.first(), "reasons": sentences.get(1..).unwrap_or_default(),
        "rests_on": verdict.reasons, "replies": replies,
        "next": held.interview.next().map(|question| {
            json!({"question": question, "text": question.text(language)})
        }),
        "arguments": arguments(verdict), "use": use_of(verdict, language),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sits there and types; gives what was asked and what was understood.
    fn check(typed: &str, asked_for: usize, exposed: Exposed, known: Option<bool>) {
        let mut out = Vec::new();
        let held = asked(&mut typed.as_bytes(), &mut out, Language::English).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.matches("[y/n/?]").count(), asked_for, "{typed:?}: {out}");
        let verdict = held.interview.verdict();
        assert_eq!((verdict.exposed, verdict.known()), (exposed, known), "{typed:?}");
    }

    #[test]
    fn questions_are_asked_until_the_answer_is_clear() {
        check("n\n", 1, Exposed::No, Some(false));
        check("y\ny\n", 2, Exposed::Yes, Some(true));
        check("YES\nSí\n", 2, Exposed::Yes, Some(true));
        check("y\nn\nn\nn\nn\nn\nn\ny\n", 8, Exposed::No, Some(false));
        check("y\nn\nn\nn\nn\nn\nn\ny", 8, Exposed::No, Some(false));
    }

    #[test]
    fn what_is_no_reply_is_asked_again_and_then_not_known() {
        check("what\nn\n", 2, Exposed::No, Some(false));
        check("y\nn\nn\n?\n\u{1b}[2J\nx\nx\n", 7, Exposed::Yes, None);
        check("", 1, Exposed::Yes, None);
        check("y\n", 2, Exposed::Yes, None);
    }

    #[test]
    fn input_without_end_ends() {
        let mut out = Vec::new();
        let mut endless = std::io::BufReader::new(std::io::repeat(b'y'));
        let held = asked(&mut endless, &mut out, Language::Spanish).unwrap();
        assert_eq!(held.interview.next(), None);
    }
}
