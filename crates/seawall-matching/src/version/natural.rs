//! Natural order: runs of digits as numbers, runs of letters as words, all else separates.

use super::Digits;

/// Words that announce a release to come; they sort before the end of the version.
const EARLY: [&str; 11] =
    ["a", "alpha", "b", "beta", "c", "canary", "dev", "pre", "preview", "rc", "snapshot"];

/// A version as a list of runs.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Natural(Vec<Run>);

// INVARIANT: the variants stand in ascending order: `1.0~`, `1.0-rc`, `1.0`, `1.0k`, `1.0.1`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Run {
    Tilde,
    Early(String),
    End,
    Word(String),
    Number(Digits),
}

impl Natural {
    /// Reads any text.
    pub(super) fn new(text: &str) -> Self {
        let mut runs = Vec::new();
        let mut rest = text;
        let mut separated = true;
        while let Some(first) = rest.chars().next() {
            let kind = kind(first);
            let end = match kind {
                Kind::Separator | Kind::Tilde => first.len_utf8(),
                Kind::Digit | Kind::Letter => {
                    rest.find(|c| self::kind(c) != kind).unwrap_or(rest.len())
                }
            };
            let (run, after) = rest.split_at(end);
            match kind {
                Kind::Digit => runs.push(Run::Number(Digits::new(run))),
                Kind::Letter => runs.push(word(run.to_lowercase(), separated)),
                Kind::Tilde => runs.push(Run::Tilde),
                Kind::Separator => {}
            }
            separated = matches!(kind, Kind::Separator | Kind::Tilde);
            rest = after;
        }
        runs.push(Run::End);
        Natural(runs)
    }

    pub(super) fn is_prerelease(&self) -> bool {
        self.0.iter().any(|run| matches!(run, Run::Tilde | Run::Early(_)))
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Digit,
    Letter,
    Tilde,
    Separator,
}

fn kind(c: char) -> Kind {
    match c {
        '0'..='9' => Kind::Digit,
        '~' => Kind::Tilde,
        c if c.is_alphabetic() => Kind::Letter,
        _ => Kind::Separator,
    }
}

/// A single letter glued to a number (`1.1.1a`) is a patch letter, not an alpha.
fn word(text: String, separated: bool) -> Run {
    let early = EARLY.contains(&text.as_str()) && (separated || text.len() > 1);
    if early { Run::Early(text) } else { Run::Word(text) }
}
