//! The order of Packagist: PHP's `version_compare`, by which Composer compares ("Versions and
//! constraints", and PHP's manual). Branches (`dev-main`) come first, by name; words that PHP does
//! not know are equal among each other and come before `dev`. Build metadata does not count.

use super::code::{Cursor, Writer};

// INVARIANT: marks stand in ascending order around the numbers: `1.0-foo`, `1.0-dev`, `1.0a`,
// `1.0b`, `1.0RC`, `1.0`, `1.0.1`, `1.0p1`.
const BRANCH: u8 = 0;
const UNKNOWN: u8 = 1;
const DEVELOPMENT: u8 = 2;
const ALPHA: u8 = 3;
const BETA: u8 = 4;
const CANDIDATE: u8 = 5;
const END: u8 = 6;
const PATCH: u8 = 0xFE;

/// What a word begins with, and its mark; PHP looks no further than that, and minds the case.
const WORDS: [(&str, u8); 6] = [
    ("dev", DEVELOPMENT),
    ("a", ALPHA),
    ("b", BETA),
    ("RC", CANDIDATE),
    ("rc", CANDIDATE),
    ("p", PATCH),
];

/// Writes any text.
pub(super) fn write(text: &str, out: &mut Writer) {
    if let Some(branch) = text.strip_prefix("dev-") {
        out.prerelease();
        out.push(BRANCH);
        return out.word(branch.as_bytes());
    }
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut rest = Cursor(text.split_once('+').map_or(text, |(text, _)| text).as_bytes());
    while let Some(byte) = rest.peek() {
        if byte.is_ascii_digit() {
            out.digits(rest.digits());
        } else if byte.is_ascii_alphabetic() {
            let word = rest.run(|byte| byte.is_ascii_alphabetic());
            let found = WORDS.iter().find(|(name, _)| word.starts_with(name.as_bytes()));
            let mark = found.map_or(UNKNOWN, |(_, mark)| *mark);
            if mark < END {
                out.prerelease();
            }
            out.push(mark);
        } else {
            rest.skip(1);
        }
    }
    out.push(END);
}
