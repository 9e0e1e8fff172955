//! Semantic Versioning 2.0.0 (section 11), read leniently: a leading `v`, more or fewer than three
//! numbers and leading zeros are accepted, because registries carry them. Go's pseudo-versions and
//! its `+incompatible` need nothing of their own.

use super::code::{Cursor, NUMBER, Writer, is_number, is_zero};

/// What an ecosystem adds to the order of Semantic Versioning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Flavour {
    /// Nothing: build metadata does not count.
    Plain,
    /// Dart's pub compares build metadata last; none comes before some.
    Pub,
    /// NuGet compares pre-release identifiers without case.
    NuGet,
}

// INVARIANT: marks stand in ascending order, below all numbers; the end of a list is 0.
const BEFORE: u8 = 1;
const RELEASE: u8 = 2;
const END: u8 = 0;
const NUMERIC: u8 = 1;
const WORD: u8 = 2;

/// Writes a version; false when what stands before `-` or `+` is not numbers and dots.
pub(super) fn write(text: &str, flavour: Flavour, out: &mut Writer) -> bool {
    let text = text.strip_prefix(['v', 'V', '=']).unwrap_or(text);
    let mut rest = Cursor(text.as_bytes());
    if !numbers(&mut rest, out) {
        return false;
    }
    if rest.take(b'-') {
        out.push(BEFORE);
        out.prerelease();
        identifiers(rest.run(|byte| byte != b'+'), flavour, out);
    } else if rest.is_empty() || rest.peek() == Some(b'+') {
        out.push(RELEASE);
    } else {
        return false;
    }
    if flavour == Flavour::Pub {
        match rest.take(b'+') {
            true => identifiers(rest.0, flavour, out),
            false => out.push(END),
        }
    }
    true
}

/// Numbers with dots between them. Trailing zeros carry no order: `1.2` and `1.2.0` are equal.
pub(super) fn numbers(rest: &mut Cursor<'_>, out: &mut Writer) -> bool {
    let mut zeros = 0;
    loop {
        let digits = rest.digits();
        if digits.is_empty() {
            return false;
        }
        if is_zero(digits) {
            zeros += 1;
        } else {
            (0..zeros).for_each(|_| out.push(NUMBER));
            zeros = 0;
            out.digits(digits);
        }
        if !rest.take(b'.') {
            return true;
        }
    }
}

/// Identifiers with dots between them: numbers come before words, a shorter list before a longer.
fn identifiers(list: &[u8], flavour: Flavour, out: &mut Writer) {
    for identifier in list.split(|byte| *byte == b'.') {
        if is_number(identifier) {
            out.push(NUMERIC);
            out.digits(identifier);
        } else {
            out.push(WORD);
            match flavour {
                Flavour::Plain | Flavour::Pub => out.word(identifier),
                Flavour::NuGet => out.lower_word(identifier),
            }
        }
    }
    out.push(END);
}

/// NuGet's normal spelling ("Package versioning", "Normalized version numbers"), but with build
/// metadata: three numbers or four without leading zeros, the pre-release in lower case.
pub(crate) fn canonical_nuget(text: &str) -> Option<String> {
    let text = text.trim();
    let mut check = Writer::new();
    if !write(text, Flavour::NuGet, &mut check) {
        return None;
    }
    let text = text.strip_prefix(['v', 'V', '=']).unwrap_or(text);
    let (text, build) = text.split_once('+').map_or((text, None), |(text, it)| (text, Some(it)));
    let (text, pre) = text.split_once('-').map_or((text, None), |(text, it)| (text, Some(it)));
    let mut numbers: Vec<&str> = text.split('.').map(|it| it.trim_start_matches('0')).collect();
    while numbers.len() > 3 && numbers.last().is_some_and(|last| last.is_empty()) {
        numbers.pop();
    }
    numbers.resize(numbers.len().max(3), "");
    let numbers = numbers.into_iter().map(|it| if it.is_empty() { "0" } else { it });
    let mut written = numbers.collect::<Vec<_>>().join(".");
    if let Some(pre) = pre {
        written = written + "-" + &pre.to_ascii_lowercase();
    }
    if let Some(build) = build {
        written = written + "+" + build;
    }
    Some(written)
}
