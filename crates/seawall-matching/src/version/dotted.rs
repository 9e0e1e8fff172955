//! Orders of plain lists of numbers: R, Haskell, Perl, and the `intdot` type of VERS.

use super::code::{Cursor, Writer, is_number, is_zero, value};
use super::semantic::numbers;

// INVARIANT: the end of a list comes before every number.
const END: u8 = 1;

/// R's `numeric_version` (CRAN, Bioconductor): numbers with `.` or `-` between them; a list comes
/// before its continuations, so `1.9` is older than `1.9.0`.
pub(super) fn r(text: &str, out: &mut Writer) -> bool {
    list(text.as_bytes(), |byte| matches!(byte, b'.' | b'-'), out)
}

/// Haskell's package versioning policy (Hackage, GHC): numbers with dots between them, compared
/// as lists. Other texts are not versions.
pub(super) fn pvp(text: &str, out: &mut Writer) -> bool {
    list(text.as_bytes(), |byte| byte == b'.', out)
}

fn list(text: &[u8], separates: impl Fn(u8) -> bool, out: &mut Writer) -> bool {
    for digits in text.split(|byte| separates(*byte)) {
        if !is_number(digits) {
            return false;
        }
        out.digits(digits);
    }
    out.push(END);
    true
}

/// VERS type `intdot`: numbers with dots between them, up to the first other character; a missing
/// number is zero.
pub(super) fn intdot(text: &str, out: &mut Writer) -> bool {
    let numeric = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let mut rest = Cursor(text[..numeric].trim_end_matches('.').as_bytes());
    let read = numbers(&mut rest, out) && rest.is_empty();
    out.push(END);
    read
}

/// Perl's `version` (CPAN): with a `v` or two dots a list of numbers; otherwise a decimal number,
/// whose fraction is read in groups of three digits (`1.02` is `v1.20`). An underscore only
/// separates digits.
pub(super) fn perl(text: &str, out: &mut Writer) -> bool {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let dots = plain.bytes().filter(|byte| *byte == b'.').count();
    if text.contains('_') {
        out.prerelease();
    }
    let mut rest = Cursor(plain.strip_prefix('v').unwrap_or(&plain).as_bytes());
    if plain.starts_with('v') || dots > 1 {
        let read = numbers(&mut rest, out) && rest.is_empty();
        out.push(END);
        return read;
    }
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if plain.is_empty() || !digits_only(whole) || !digits_only(fraction) {
        return false;
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() || !is_zero(whole.as_bytes()) {
        out.digits(whole.as_bytes());
    }
    for group in fraction.as_bytes().chunks(3) {
        let missing = u32::try_from(3 - group.len()).unwrap_or_default();
        out.number(value(group).unwrap_or_default() * 10u64.pow(missing));
    }
    out.push(END);
    true
}
