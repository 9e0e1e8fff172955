//! Maven's order of versions (POM reference, "Version Order Specification", in the form that Maven
//! had until 3.8 and most tools have): numbers and words ("qualifiers") behind dots, hyphens and
//! changes between digits and letters.
//!
//! The specification pads the shorter version with null values, so the end of a version stands
//! for nulls without end. A null in the middle takes its place by what it leads to: one that leads
//! to an early qualifier comes before the end, any other behind it. Likewise an early qualifier
//! comes before the end and a late one behind it, whatever stands before them. (By the letter of
//! the specification `1.0.alpha` < `1` < `1-1` < `1.0.alpha`, which is no order.)

use super::code::{Cursor, NUMBER, Writer, is_zero};

// INVARIANT: marks stand in ascending order, below all numbers (which are those behind dots).
const EARLY_DOT: u8 = 1;
const EARLY_HYPHEN: u8 = 2;
const NULL_HYPHEN_EARLY: u8 = 3;
const NULL_DOT_EARLY: u8 = 4;
const END: u8 = 5;
const LATE_DOT: u8 = 6;
const LATE_HYPHEN: u8 = 7;
const HYPHEN_NUMBER: u8 = 8;

/// Ranks of early qualifiers; the release itself is the last.
const ALPHA: u8 = 1;
const BETA: u8 = 2;
const MILESTONE: u8 = 3;
const CANDIDATE: u8 = 4;
const SNAPSHOT: u8 = 5;
const RELEASE_EARLY: u8 = 6;
/// Ranks of late qualifiers; the release itself is the first.
const RELEASE_LATE: u8 = 0;
const SERVICE_PACK: u8 = 1;
const WORD: u8 = 2;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Separator {
    Dot,
    Hyphen,
}

/// Writes any text.
pub(super) fn write(text: &str, out: &mut Writer) {
    let mut rest = Cursor(text.as_bytes());
    let mut separator = Separator::Dot;
    // Where the nulls begin of which it is not known yet what they lead to.
    let mut nulls = out.len();
    loop {
        let digits = rest.digits();
        let word = match digits {
            [] => rest.run(|byte| !byte.is_ascii_digit() && byte != b'.' && byte != b'-'),
            _ => &[],
        };
        if separator == Separator::Hyphen {
            // Nulls before a hyphen are trimmed.
            out.truncate(nulls);
        }
        if word.is_empty() {
            if separator == Separator::Hyphen {
                out.push(HYPHEN_NUMBER);
            }
            out.digits(digits);
            if !is_zero(digits) {
                nulls = out.len();
            }
        } else {
            let numbered = rest.peek().is_some_and(|byte| byte.is_ascii_digit());
            if qualifier(word, numbered, separator, nulls, out) {
                nulls = out.len();
            }
        }
        separator = match rest.peek() {
            None => break,
            Some(b'.') => Separator::Dot,
            Some(_) => Separator::Hyphen,
        };
        if matches!(rest.peek(), Some(b'.' | b'-')) {
            rest.skip(1);
        }
    }
    out.truncate(nulls);
    out.push(END);
}

/// Writes a qualifier, and tells whether it is more than another name of the release.
fn qualifier(
    word: &[u8],
    numbered: bool,
    separator: Separator,
    nulls: usize,
    out: &mut Writer,
) -> bool {
    if let Some(rank) = early(word, numbered) {
        out.prerelease();
        lead_to_early(out.tail(nulls));
        out.push(if separator == Separator::Dot { EARLY_DOT } else { EARLY_HYPHEN });
        out.push(rank);
        return true;
    }
    out.push(if separator == Separator::Dot { LATE_DOT } else { LATE_HYPHEN });
    if ["ga", "final", "release"].iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes())) {
        out.push(RELEASE_LATE);
        return false;
    }
    if word.eq_ignore_ascii_case(b"sp") {
        out.push(SERVICE_PACK);
    } else {
        out.push(WORD);
        out.lower_word(word);
    }
    true
}

/// The rank of a qualifier before the release; some are short when a number follows.
fn early(word: &[u8], numbered: bool) -> Option<u8> {
    let names: [(&[u8], u8); 6] = [
        (b"alpha", ALPHA),
        (b"beta", BETA),
        (b"milestone", MILESTONE),
        (b"rc", CANDIDATE),
        (b"cr", CANDIDATE),
        (b"snapshot", SNAPSHOT),
    ];
    let short: [(&[u8], u8); 3] = [(b"a", ALPHA), (b"b", BETA), (b"m", MILESTONE)];
    let short = if numbered { &short[..] } else { &[] };
    let mut all = names.iter().chain(short);
    all.find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, rank)| *rank)
}

/// Moves nulls, which were written as those that lead to something late, before the end.
fn lead_to_early(nulls: &mut [u8]) {
    let mut rest = nulls;
    loop {
        match rest {
            [mark @ HYPHEN_NUMBER, number, after @ ..] => {
                *mark = NULL_HYPHEN_EARLY;
                *number = 0;
                rest = after;
            }
            [mark @ (LATE_DOT | LATE_HYPHEN), rank, after @ ..] => {
                *mark = if *mark == LATE_DOT { EARLY_DOT } else { EARLY_HYPHEN };
                *rank = RELEASE_EARLY;
                rest = after;
            }
            [mark, after @ ..] => {
                debug_assert_eq!(*mark, NUMBER, "only zeros and names of the release are null");
                *mark = NULL_DOT_EARLY;
                rest = after;
            }
            [] => return,
        }
    }
}
