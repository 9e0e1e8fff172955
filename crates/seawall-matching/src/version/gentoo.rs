//! Gentoo's order of versions (Package Manager Specification, "Version comparison").

use super::code::{Cursor, Writer};

// INVARIANT: marks of one place stand in ascending order, below all numbers.
const COMPONENTS_END: u8 = 1;
/// A component with a leading zero is a fraction: it compares as text.
const FRACTION: u8 = 2;
const LETTER_NONE: u8 = 1;
const EARLY: [(&str, u8); 4] = [("_alpha", 1), ("_beta", 2), ("_pre", 3), ("_rc", 4)];
const SUFFIXES_END: u8 = 5;
const PATCH: u8 = 6;

/// Writes a version; false when it is none of the specification.
pub(super) fn write(text: &str, out: &mut Writer) -> bool {
    let mut rest = Cursor(text.as_bytes());
    match rest.digits() {
        [] => return false,
        digits => out.digits(digits),
    }
    while rest.take(b'.') {
        match rest.digits() {
            [] => return false,
            digits @ [b'0', ..] => {
                let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
                out.push(FRACTION);
                out.word(&digits[..digits.len() - zeros]);
            }
            digits => out.digits(digits),
        }
    }
    out.push(COMPONENTS_END);
    match rest.peek() {
        Some(letter @ b'a'..=b'z') => {
            rest.skip(1);
            out.push(letter);
        }
        Some(_) | None => out.push(LETTER_NONE),
    }
    while let Some(mark) = suffix(&mut rest) {
        if mark < SUFFIXES_END {
            out.prerelease();
        }
        out.push(mark);
        out.digits(rest.digits());
    }
    out.push(SUFFIXES_END);
    let revision = if rest.word("-r") { rest.digits() } else { &[] };
    out.digits(revision);
    rest.is_empty()
}

fn suffix(rest: &mut Cursor<'_>) -> Option<u8> {
    let early = EARLY.iter().find(|(name, _)| rest.word(name)).map(|(_, mark)| *mark);
    early.or_else(|| rest.word("_p").then_some(PATCH))
}
