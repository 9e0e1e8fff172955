//! PyPI's order of versions (PEP 440, "Summary of permitted suffixes and relative ordering" and
//! appendix B). A text that PEP 440 cannot read has the order that came before it, that of
//! setuptools ("legacy versions"): older than every version that it can read.

use super::code::{Cursor, NUMBER, Writer, is_number, is_zero};

// INVARIANT: the marks of each place stand in ascending order, below all numbers.
const END: u8 = 0;
mod pre {
    pub const DEVELOPMENT_ONLY: u8 = 1;
    pub const ALPHA: u8 = 2;
    pub const BETA: u8 = 3;
    pub const CANDIDATE: u8 = 4;
    pub const NONE: u8 = 5;
}
mod post {
    pub const NONE: u8 = 1;
    pub const SOME: u8 = 2;
}
mod dev {
    pub const SOME: u8 = 1;
    pub const NONE: u8 = 2;
}
mod local {
    pub const WORD: u8 = 1;
    pub const NUMBER: u8 = 2;
}

/// The parts of a version behind its release numbers; each number by its digits.
struct Suffixes<'a> {
    pre: Option<(u8, &'a [u8])>,
    post: Option<&'a [u8]>,
    dev: Option<&'a [u8]>,
}

/// Writes a version; false when it is none of PEP 440.
pub(super) fn write(text: &str, out: &mut Writer) -> bool {
    let mut rest = Cursor(text.as_bytes());
    rest.word("v");
    let first = rest.digits();
    if first.is_empty() {
        return false;
    }
    if rest.take(b'!') {
        out.digits(first);
        let first = rest.digits();
        if first.is_empty() {
            return false;
        }
        release(first, &mut rest, out);
    } else {
        out.push(NUMBER);
        release(first, &mut rest, out);
    }
    let suffixes = suffixes(&mut rest);
    write_suffixes(&suffixes, out);
    local_label(&mut rest, out) && rest.is_empty()
}

/// The release numbers without trailing zeros.
fn release<'a>(first: &'a [u8], rest: &mut Cursor<'a>, out: &mut Writer) {
    let mut zeros = 0;
    let mut digits = first;
    loop {
        if is_zero(digits) {
            zeros += 1;
        } else {
            (0..zeros).for_each(|_| out.push(NUMBER));
            zeros = 0;
            out.digits(digits);
        }
        let mut next = *rest;
        if !next.take(b'.') {
            return;
        }
        digits = next.digits();
        if digits.is_empty() {
            return;
        }
        *rest = next;
    }
}

fn suffixes<'a>(rest: &mut Cursor<'a>) -> Suffixes<'a> {
    let mut suffixes = Suffixes { pre: None, post: None, dev: None };
    if rest.is_empty() {
        return suffixes;
    }
    // The longer spellings come first.
    let names = [
        ("alpha", pre::ALPHA),
        ("a", pre::ALPHA),
        ("beta", pre::BETA),
        ("b", pre::BETA),
        ("preview", pre::CANDIDATE),
        ("pre", pre::CANDIDATE),
        ("rc", pre::CANDIDATE),
        ("c", pre::CANDIDATE),
    ];
    let found = names.iter().find_map(|(name, rank)| Some((*rank, suffix(rest, name)?)));
    if let Some((rank, (digits, after))) = found {
        suffixes.pre = Some((rank, digits));
        *rest = after;
    }
    let mut implicit = *rest;
    if implicit.take(b'-') && implicit.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        suffixes.post = Some(implicit.digits());
        *rest = implicit;
    } else if let Some((digits, after)) =
        ["post", "rev", "r"].iter().find_map(|name| suffix(rest, name))
    {
        suffixes.post = Some(digits);
        *rest = after;
    }
    if let Some((digits, after)) = suffix(rest, "dev") {
        suffixes.dev = Some(digits);
        *rest = after;
    }
    suffixes
}

/// A name with its number, each after a separator that may be missing; and what follows.
fn suffix<'a>(rest: &Cursor<'a>, name: &str) -> Option<(&'a [u8], Cursor<'a>)> {
    let separates = |byte: Option<u8>| matches!(byte, Some(b'.' | b'-' | b'_'));
    let mut rest = *rest;
    if separates(rest.peek()) {
        rest.skip(1);
    }
    if !rest.word(name) {
        return None;
    }
    if separates(rest.peek()) {
        rest.skip(1);
    }
    let digits = rest.digits();
    Some((digits, rest))
}

fn write_suffixes(suffixes: &Suffixes<'_>, out: &mut Writer) {
    if suffixes.pre.is_some() || suffixes.dev.is_some() {
        out.prerelease();
    }
    match suffixes.pre {
        Some((rank, digits)) => {
            out.push(rank);
            out.digits(digits);
        }
        None if suffixes.post.is_none() && suffixes.dev.is_some() => {
            out.push(pre::DEVELOPMENT_ONLY);
        }
        None => out.push(pre::NONE),
    }
    match suffixes.post {
        Some(digits) => {
            out.push(post::SOME);
            out.digits(digits);
        }
        None => out.push(post::NONE),
    }
    match suffixes.dev {
        Some(digits) => {
            out.push(dev::SOME);
            out.digits(digits);
        }
        None => out.push(dev::NONE),
    }
}

/// The local version label: words before numbers; no label before any.
fn local_label(rest: &mut Cursor<'_>, out: &mut Writer) -> bool {
    if rest.take(b'+') {
        let label = rest.run(|_| true);
        for segment in label.split(|byte| matches!(byte, b'.' | b'-' | b'_')) {
            if segment.is_empty() || !segment.iter().all(u8::is_ascii_alphanumeric) {
                return false;
            }
            if is_number(segment) {
                out.push(local::NUMBER);
                out.digits(segment);
            } else {
                out.push(local::WORD);
                out.lower_word(segment);
            }
        }
    }
    out.push(END);
    true
}

const NEXT: u8 = 1;
/// A number in the old order is a text of at least this many digits.
const LEGACY_WIDTH: usize = 8;

/// Writes a text in the order that setuptools had before PEP 440: runs of digits, runs of letters,
/// dots and hyphens; digits as texts of eight, words behind digits, `final` at the end.
pub(super) fn write_legacy(text: &str, out: &mut Writer) {
    let lower = text.to_lowercase();
    let mut rest = Cursor(lower.as_bytes());
    let mut parts: Vec<Vec<u8>> = Vec::new();
    while let Some(byte) = rest.peek() {
        let part = match byte {
            b'0'..=b'9' => rest.digits(),
            b'a'..=b'z' => rest.run(|byte| byte.is_ascii_lowercase()),
            b'.' | b'-' => {
                let part = &rest.0[..1];
                rest.skip(1);
                part
            }
            _ => rest.run(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-')),
        };
        if part == b"." {
            continue;
        }
        let part: &[u8] = match part {
            b"pre" | b"preview" | b"rc" => b"c",
            b"-" => b"final-",
            b"dev" => b"@",
            part => part,
        };
        legacy_part(part, &mut parts);
    }
    legacy_part(b"final", &mut parts);
    for part in &parts {
        out.push(NEXT);
        out.word(part);
    }
    out.push(END);
}

fn legacy_part(part: &[u8], parts: &mut Vec<Vec<u8>>) {
    if part.first().is_some_and(u8::is_ascii_digit) {
        let missing = LEGACY_WIDTH.saturating_sub(part.len());
        parts.push([&[b'0'; LEGACY_WIDTH][..missing], part].concat());
        return;
    }
    let part = [b"*", part].concat();
    if part.as_slice() < b"*final".as_slice() {
        while parts.last().is_some_and(|last| last == b"*final-") {
            parts.pop();
        }
    }
    while parts.last().is_some_and(|last| last == b"00000000") {
        parts.pop();
    }
    parts.push(part);
}

/// The one spelling of a version (PEP 440, "Normalization"), when it is one.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let mut check = Writer::new();
    if !write(text.trim(), &mut check) {
        return None;
    }
    let mut rest = Cursor(text.trim().as_bytes());
    rest.word("v");
    let plain = |digits: &[u8]| {
        let text = String::from_utf8_lossy(digits);
        let short = text.trim_start_matches('0');
        if short.is_empty() { "0".to_owned() } else { short.to_owned() }
    };
    let mut text = String::new();
    let mut first = rest.digits();
    if rest.take(b'!') {
        if !is_zero(first) {
            text = plain(first) + "!";
        }
        first = rest.digits();
    }
    text += &plain(first);
    while rest.peek() == Some(b'.') && rest.second().is_some_and(|byte| byte.is_ascii_digit()) {
        rest.skip(1);
        text = text + "." + &plain(rest.digits());
    }
    let Suffixes { pre, post, dev } = suffixes(&mut rest);
    if let Some((rank, digits)) = pre {
        let name = match rank {
            pre::ALPHA => "a",
            pre::BETA => "b",
            _ => "rc",
        };
        text = text + name + &plain(digits);
    }
    if let Some(digits) = post {
        text = text + ".post" + &plain(digits);
    }
    if let Some(digits) = dev {
        text = text + ".dev" + &plain(digits);
    }
    if rest.take(b'+') {
        let label = rest.0.split(|byte| matches!(byte, b'.' | b'-' | b'_'));
        let label = label.map(|part| match is_number(part) {
            true => plain(part),
            false => String::from_utf8_lossy(part).to_lowercase(),
        });
        text = text + "+" + &label.collect::<Vec<_>>().join(".");
    }
    Some(text)
}
