//! OpenSSL's order of releases (its versioning policies before and since 3.0): three numbers, then
//! a pre-release or, before 3.0, letters for patches.

use super::code::{Cursor, Writer};
use super::semantic::numbers;

// INVARIANT: marks stand in ascending order, below all numbers.
const BEFORE: u8 = 1;
const RELEASE: u8 = 2;
const PATCH: u8 = 3;

const EARLY_WORDS: [&str; 5] = ["alpha", "beta", "pre", "rc", "dev"];

/// Writes a version; false when it has no numbers or something else behind them. What a
/// distributor appends (`-fips`) does not count.
pub(super) fn write(text: &str, out: &mut Writer) -> bool {
    let mut rest = Cursor(text.as_bytes());
    if !numbers(&mut rest, out) {
        return false;
    }
    let letters = rest.run(|byte| byte.is_ascii_alphabetic());
    let mut suffix = rest;
    let early = suffix.take(b'-')
        && EARLY_WORDS.iter().enumerate().any(|(place, word)| {
            let there = suffix.word(word);
            if there {
                out.prerelease();
                out.push(BEFORE);
                out.number(u64::try_from(place).unwrap_or_default());
                out.digits(suffix.digits());
            }
            there
        });
    if !early && letters.is_empty() {
        out.push(RELEASE);
    } else if !letters.is_empty() {
        out.push(PATCH);
        out.lower_word(letters);
    }
    rest.is_empty() || rest.peek() == Some(b'-')
}
