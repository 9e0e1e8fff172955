//! The order of apk packages (apk-package(5), "version"): numbers with dots, one letter, suffixes
//! such as `_rc1` and `_p2`, a commit's hash, and a revision `-r1`.
//!
//! What does not fit ends the reading: such a text comes just before the version that it begins
//! with, and such texts are equal among each other.

use super::code::{Cursor, NUMBER, Writer};

// INVARIANT: the marks stand in ascending order, below all numbers.
const INVALID: u8 = 1;
const EARLY: u8 = 2;
const END: u8 = 3;
const GAP: u8 = 4;
const REVISION: u8 = 5;
const HASH: u8 = 6;
const SUFFIX_NUMBER: u8 = 7;
const LATE: u8 = 8;
const LETTER: u8 = 9;
const DIGITS: u8 = 10;
const DOT: u8 = 11;
/// Leading zeros: the more, the older; always older than a number without.
const ZEROS: u8 = NUMBER - 1;
const ZEROS_MAX: usize = 16;

const EARLY_NAMES: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const LATE_NAMES: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

/// What may still follow.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Stage {
    Number,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
}

/// Writes a version; false when it begins with neither digit nor dot.
pub(super) fn write(text: &str, out: &mut Writer) -> bool {
    let mut rest = Cursor(text.as_bytes());
    match rest.digits() {
        [] if rest.peek() != Some(b'.') => return false,
        [] => {}
        digits => out.digits(digits),
    }
    let mut stage = Stage::Number;
    loop {
        let Some(byte) = rest.peek() else {
            out.push(END);
            return true;
        };
        match token(byte, stage, &mut rest, out) {
            Some(next) => stage = next,
            None => {
                out.push(INVALID);
                return true;
            }
        }
    }
}

fn token(byte: u8, stage: Stage, rest: &mut Cursor<'_>, out: &mut Writer) -> Option<Stage> {
    match byte {
        b'.' if stage == Stage::Number => {
            rest.skip(1);
            component(rest, out);
            Some(Stage::Number)
        }
        b'a'..=b'z' if stage == Stage::Number => {
            rest.skip(1);
            out.extend(&[LETTER, byte]);
            Some(Stage::Letter)
        }
        b'0'..=b'9' if matches!(stage, Stage::Number | Stage::Letter) => {
            out.push(DIGITS);
            out.digits(rest.digits());
            Some(Stage::Number)
        }
        b'0'..=b'9' if stage == Stage::Suffix => {
            out.push(SUFFIX_NUMBER);
            out.digits(rest.digits());
            Some(Stage::SuffixNumber)
        }
        b'_' if stage <= Stage::SuffixNumber => {
            rest.skip(1);
            suffix(rest, out)
        }
        b'~' if stage <= Stage::SuffixNumber => {
            rest.skip(1);
            out.push(HASH);
            out.word(rest.run(|byte| byte.is_ascii_hexdigit()));
            Some(Stage::Hash)
        }
        b'-' if stage <= Stage::Hash && rest.second() == Some(b'r') => {
            rest.skip(2);
            let digits = rest.digits();
            if super::code::is_zero(digits) && !rest.is_empty() {
                return None;
            }
            out.push(REVISION);
            out.digits(digits);
            Some(Stage::Revision)
        }
        _ => None,
    }
}

/// What stands behind a dot: nothing, or a number whose leading zeros count.
fn component(rest: &mut Cursor<'_>, out: &mut Writer) {
    let zeros = rest.run(|byte| byte == b'0').len();
    let digits = rest.digits();
    if zeros == 0 && digits.is_empty() {
        return out.push(GAP);
    }
    out.push(DOT);
    if zeros > 0 {
        let count = u8::try_from(zeros.min(ZEROS_MAX)).unwrap_or_default();
        out.push(ZEROS - count);
        if zeros >= ZEROS_MAX {
            out.extend(&(u64::MAX - u64::try_from(zeros).unwrap_or_default()).to_be_bytes());
        }
    }
    out.digits(digits);
}

fn suffix(rest: &mut Cursor<'_>, out: &mut Writer) -> Option<Stage> {
    let found = |rest: &mut Cursor<'_>, names: &[&str]| {
        let place = names.iter().position(|name| rest.0.starts_with(name.as_bytes()))?;
        rest.skip(names[place].len());
        u8::try_from(place).ok()
    };
    let (mark, place) = match found(rest, &EARLY_NAMES) {
        Some(place) => {
            out.prerelease();
            (EARLY, place)
        }
        None => (LATE, found(rest, &LATE_NAMES)?),
    };
    out.extend(&[mark, place]);
    Some(Stage::Suffix)
}
