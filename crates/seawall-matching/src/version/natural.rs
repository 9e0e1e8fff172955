//! Natural order: runs of digits as numbers, runs of letters as words, all else separates.

use super::code::{Writer, is_number};

/// Words that announce a release to come; they sort before the end of the version.
const EARLY_WORDS: [&str; 11] =
    ["a", "alpha", "b", "beta", "c", "canary", "dev", "pre", "preview", "rc", "snapshot"];

// INVARIANT: marks stand in ascending order, below all numbers: `1.0~`, `1.0-rc`, `1.0`, `1.0k`,
// `1.0.1`.
const TILDE: u8 = 1;
const EARLY: u8 = 2;
const END: u8 = 3;
const WORD: u8 = 4;

/// Writes any text.
pub(super) fn write(text: &str, out: &mut Writer) {
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
            Kind::Digit => out.digits(run.as_bytes()),
            Kind::Letter => word(run, separated, out),
            Kind::Tilde => {
                out.prerelease();
                out.push(TILDE);
            }
            Kind::Separator => {}
        }
        separated = matches!(kind, Kind::Separator | Kind::Tilde);
        rest = after;
    }
    out.push(END);
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
        'a'..='z' | 'A'..='Z' => Kind::Letter,
        c if !c.is_ascii() && c.is_alphabetic() => Kind::Letter,
        _ => Kind::Separator,
    }
}

/// A single letter glued to a number (`1.1.1a`) is a patch letter, not an alpha.
fn word(text: &str, separated: bool, out: &mut Writer) {
    let early = EARLY_WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        && (separated || text.len() > 1);
    if early {
        out.prerelease();
    }
    out.push(if early { EARLY } else { WORD });
    match text.is_ascii() {
        true => out.lower_word(text.as_bytes()),
        false => out.word(text.to_lowercase().as_bytes()),
    }
}

/// FreeBSD's ports (Porter's Handbook, "Naming"): an epoch behind a comma, a revision behind an
/// underscore, and the version of the software in natural order between them.
pub(super) fn ports(text: &str, out: &mut Writer) {
    let (rest, epoch) = last_number(text, ',');
    let (rest, revision) = last_number(rest, '_');
    out.digits(epoch.as_bytes());
    write(rest, out);
    out.digits(revision.as_bytes());
}

/// The number behind the last such character, and what stands before it.
fn last_number(text: &str, by: char) -> (&str, &str) {
    match text.rsplit_once(by) {
        Some((rest, last)) if is_number(last.as_bytes()) => (rest, last),
        Some(_) | None => (text, ""),
    }
}
