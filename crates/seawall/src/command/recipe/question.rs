//! The questions of a new recipe: what is asked, when, and what is meant by no reply.

use seawall_formats::recipe::skeleton::Language;
use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};

/// The longest reply, in bytes.
const LINE_BYTES_MAX: u64 = 1000;
/// How often a question is put to somebody whose reply is none.
const TRIES_MAX: usize = 3;

/// Replies, by the names of their questions, which are those of the options.
pub(super) type Replies = BTreeMap<&'static str, String>;

/// One question.
pub(super) struct Question {
    /// Its name, which is that of the option.
    pub name: &'static str,
    /// What is asked.
    text: &'static str,
    /// What no reply means; `None` where there must be one.
    fallback: fn(&Replies) -> Option<String>,
    /// Whether it is asked after these replies.
    asked: fn(&Replies) -> bool,
}

fn none(_: &Replies) -> Option<String> {
    None
}

fn always(_: &Replies) -> bool {
    true
}

fn oracle_is(replies: &Replies, kinds: &[&str]) -> bool {
    replies.get("oracle").is_some_and(|kind| kinds.contains(&kind.as_str()))
}

fn language(replies: &Replies) -> Option<String> {
    let ecosystem = replies.get("ecosystem").map_or("", String::as_str);
    let base = ecosystem.split(':').next().unwrap_or(ecosystem);
    let language = Language::of_ecosystem(base);
    let name = Language::ALL.iter().find(|(known, _)| *known == language).map(|(_, name)| *name);
    name.map(str::to_owned)
}

fn gains(replies: &Replies) -> Option<String> {
    let gains = match replies.get("oracle").map_or("", String::as_str) {
        "growth" | "signal" => "deny",
        "sanitizer" => "corrupt",
        "canary" => match replies.get("where").map_or("", String::as_str) {
            "file" | "environment" => "read",
            "callback" => "reach",
            _ => "write",
        },
        _ => "read",
    };
    Some(gains.to_owned())
}

/// Every question, in the order in which they are asked.
pub(super) const QUESTIONS: [Question; 18] = [
    Question {
        name: "ecosystem",
        text: "Where does the target come from? PyPI, npm, crates.io, Maven, Go, Debian, GIT (a \
               repository), OCI (an image), Generic (a local folder)",
        fallback: |_| Some("PyPI".to_owned()),
        asked: always,
    },
    Question {
        name: "name",
        text: "What is its name there? (GIT: the address of the repository)",
        fallback: none,
        asked: always,
    },
    Question {
        name: "version",
        text: "In which exact version did you see the flaw? (GIT: the whole hash of the commit)",
        fallback: none,
        asked: always,
    },
    Question {
        name: "oracle",
        text: "What shows the flaw?\n  canary        a random mark is where it must not be, or is \
               told\n  growth        time or memory grow with the size of the input\n  \
               sanitizer     a sanitizer reports an error\n  signal        the program crashes\n  \
               exit          it ends with a status of its own\n  \
               output        it prints something\n  \
               differential  it behaves otherwise than a fixed release\n  http          a service \
               answers wrongly\nOne of them",
        fallback: |_| Some("canary".to_owned()),
        asked: always,
    },
    Question {
        name: "where",
        text: "Where is the mark? harness (your script looks and says so), file (/canary/secret is \
               told), environment (SEAWALL_SECRET is told), written (a file is written), callback \
               (somebody connects)",
        fallback: |_| Some("harness".to_owned()),
        asked: |replies| oracle_is(replies, &["canary"]),
    },
    Question {
        name: "path",
        text: "Which file below /scratch must not be written?",
        fallback: |_| Some("/scratch/outside/mark".to_owned()),
        asked: |replies| replies.get("where").is_some_and(|place| place == "written"),
    },
    Question {
        name: "measure",
        text: "What grows? time or memory",
        fallback: |_| Some("time".to_owned()),
        asked: |replies| oracle_is(replies, &["growth"]),
    },
    Question {
        name: "small",
        text: "The smaller size of the input, in your own unit",
        fallback: |_| Some("1000".to_owned()),
        asked: |replies| oracle_is(replies, &["growth"]),
    },
    Question {
        name: "large",
        text: "The larger size",
        fallback: |_| Some("4000".to_owned()),
        asked: |replies| oracle_is(replies, &["growth"]),
    },
    Question {
        name: "error",
        text: "Which error does the sanitizer report? (such as heap-buffer-overflow)",
        fallback: none,
        asked: |replies| oracle_is(replies, &["sanitizer"]),
    },
    Question {
        name: "function",
        text: "In which function of the target? (one on the first stack of the report)",
        fallback: none,
        asked: |replies| oracle_is(replies, &["sanitizer"]),
    },
    Question {
        name: "signal",
        text: "By which signal does it end?",
        fallback: |_| Some("SIGSEGV".to_owned()),
        asked: |replies| oracle_is(replies, &["signal"]),
    },
    Question {
        name: "status",
        text: "With which status? (exit: 1 to 127; http: that of the answer)",
        fallback: |replies| Some(if oracle_is(replies, &["http"]) { "500" } else { "42" }.into()),
        asked: |replies| oracle_is(replies, &["exit", "http"]),
    },
    Question {
        name: "says",
        text: "Which piece of a line does only the flaw make appear?",
        fallback: none,
        asked: |replies| oracle_is(replies, &["output"]),
    },
    Question {
        name: "fixed",
        text: "Which version is fixed?",
        fallback: none,
        asked: |replies| oracle_is(replies, &["differential"]),
    },
    Question {
        name: "language",
        text: "In which language will your script be? python, node, c, shell, rust",
        fallback: language,
        asked: |replies| !oracle_is(replies, &["http"]),
    },
    Question {
        name: "attacker",
        text: "Who attacks? In plain words",
        fallback: |_| Some("whoever sends the input that is read".to_owned()),
        asked: always,
    },
    Question {
        name: "gains",
        text: "What do they gain? read, write, execute, deny, reach, pretend, corrupt; with commas",
        fallback: gains,
        asked: always,
    },
];

/// What is missing among the replies: the questions that have no answer by themselves.
pub(super) fn missing(replies: &mut Replies) -> Vec<&'static str> {
    let mut missing = Vec::new();
    for question in &QUESTIONS {
        if replies.contains_key(question.name) || !(question.asked)(replies) {
            continue;
        }
        match (question.fallback)(replies) {
            Some(reply) => {
                replies.insert(question.name, reply);
            }
            None => missing.push(question.name),
        }
    }
    missing
}

/// Asks whatever has no reply yet. What is not replied to, because the input ends, is left.
pub(super) fn ask(
    replies: &mut Replies,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> std::io::Result<()> {
    for question in &QUESTIONS {
        let mut tries = 0;
        while !replies.contains_key(question.name) && (question.asked)(replies) {
            let fallback = (question.fallback)(replies);
            let shown = fallback.as_ref().map_or(String::new(), |reply| format!(" [{reply}]"));
            write!(out, "{}{shown}: ", question.text)?;
            out.flush()?;
            let mut line = Vec::new();
            if input.take(LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
                writeln!(out)?;
                return Ok(());
            }
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            let reply = if line.is_empty() { fallback } else { Some(line) };
            tries += 1;
            match reply {
                Some(reply) => {
                    replies.insert(question.name, reply);
                }
                None if tries >= TRIES_MAX => return Ok(()),
                None => writeln!(out, "Please reply; there is nothing to assume here.")?,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks with these lines as replies and expects what is known afterwards.
    fn check(given: &[(&'static str, &str)], lines: &str, expected: &[(&str, &str)]) {
        let mut replies: Replies =
            given.iter().map(|(name, reply)| (*name, (*reply).to_owned())).collect();
        let mut out = Vec::new();
        ask(&mut replies, &mut lines.as_bytes(), &mut out).unwrap();
        for (name, reply) in expected {
            let found = replies.get(name).map(String::as_str);
            assert_eq!(found, Some(*reply), "{name}: {}", String::from_utf8_lossy(&out));
        }
        assert_eq!(replies.len(), expected.len(), "{replies:?}");
    }

    #[test]
    fn what_is_asked_depends_on_the_replies() {
        check(
            &[],
            "npm\nini\n1.3.5\n\n\n\n\n\n",
            &[
                ("ecosystem", "npm"),
                ("name", "ini"),
                ("version", "1.3.5"),
                ("oracle", "canary"),
                ("where", "harness"),
                ("language", "node"),
                ("attacker", "whoever sends the input that is read"),
                ("gains", "write"),
            ],
        );
        check(
            &[("name", "a"), ("version", "1"), ("oracle", "growth"), ("ecosystem", "PyPI")],
            "memory\n10\n",
            &[
                ("name", "a"),
                ("version", "1"),
                ("oracle", "growth"),
                ("ecosystem", "PyPI"),
                ("measure", "memory"),
                ("small", "10"),
            ],
        );
        check(&[("ecosystem", "npm")], "\n\n\n\n", &[("ecosystem", "npm")]);
    }

    #[test]
    fn what_has_an_answer_by_itself_is_not_missing() {
        let mut replies = Replies::from([("oracle", "sanitizer".to_owned())]);
        assert_eq!(missing(&mut replies), ["name", "version", "error", "function"]);
        assert_eq!(replies["gains"], "corrupt");
    }
}
