//! The same characters in another notation.

use super::{Input, names};
use std::fmt::Write as _;

/// How long the escape is that begins here; 0 when none does.
pub(super) fn escape_len(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let hex = |from: usize, count: usize| {
        rest.get(from..from + count).is_some_and(|part| part.iter().all(u8::is_ascii_hexdigit))
    };
    match rest {
        [b'\\', b'u', ..] if hex(2, 4) => 6,
        [b'\\', b'x', ..] if hex(2, 2) => 4,
        [b'\\', next, ..] if next.is_ascii() => 2,
        [b'%', ..] if hex(1, 2) => 3,
        [b'&', ..] => entity_len(rest),
        _ => 0,
    }
}

/// The length of `&name;` or `&#95;`.
fn entity_len(rest: &[u8]) -> usize {
    let name = rest.get(1..).unwrap_or_default().iter().take(10);
    let length = name.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
    let closed = length > 0 && rest.get(length + 1) == Some(&b';');
    if closed { length + 2 } else { 0 }
}

/// The text with every character that is asked for in another notation; escapes stay as they are.
fn written(
    text: &str,
    wanted: impl Fn(usize, char) -> bool,
    write: impl Fn(&mut String, char),
) -> Vec<u8> {
    let mut other = String::with_capacity(text.len());
    let mut passed = 0;
    for (at, c) in text.char_indices() {
        if at >= passed {
            passed = at + escape_len(text.as_bytes(), at);
        }
        if at >= passed && wanted(at, c) { write(&mut other, c) } else { other.push(c) }
    }
    other.into_bytes()
}

// Writing to a string cannot fail.
fn unicode(other: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(other, "\\u{unit:04x}");
    }
}

fn byte_by_byte(other: &mut String, c: char, before: &str) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        let _ = write!(other, "{before}{byte:02x}");
    }
}

fn numbered(other: &mut String, c: char) {
    let _ = write!(other, "&#{};", u32::from(c));
}

/// Whether the character is the first of a word.
fn first_letters(text: &str) -> impl Fn(usize, char) -> bool {
    let starts: std::collections::HashSet<usize> =
        names::spans(text).into_iter().map(|span| span.start).collect();
    move |at, _| starts.contains(&at)
}

/// Which places of a text stand in double quotes.
fn quoted_places(text: &str) -> Vec<bool> {
    let mut inside = false;
    let mut passed = 0;
    let place = |(at, byte): (usize, u8)| {
        if at >= passed {
            passed = at + escape_len(text.as_bytes(), at);
        }
        let is_quote = byte == b'"' && at >= passed;
        inside ^= is_quote;
        inside && !is_quote
    };
    text.bytes().enumerate().map(place).collect()
}

/// Characters of strings with a backslash.
pub(super) fn escaped(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let places = quoted_places(text);
    let quoted = |at: usize| places.get(at) == Some(&true);
    let first = |at: usize| quoted(at) && at.checked_sub(1).is_none_or(|before| !quoted(before));
    let hex = |other: &mut String, c: char| byte_by_byte(other, c, "\\x");
    Some(match turn {
        0 => written(text, |at, c| quoted(at) && matches!(c, '_' | '<' | '$'), unicode),
        1 => written(text, |at, _| first(at), unicode),
        2 => written(text, |at, c| quoted(at) && c == '.', unicode),
        3 => written(text, |at, c| quoted(at) && c == '/', unicode),
        4 => written(text, |at, c| quoted(at) && c == '/', |other, _| other.push_str("\\/")),
        5 => written(text, |at, _| quoted(at), unicode),
        6 => written(text, |at, _| first(at), hex),
        7 => written(text, |_, c| c == '_', unicode),
        8 => written(text, |_, c| c == '_', hex),
        _ => return None,
    })
}

/// Characters by a percent sign and two digits (RFC 3986, section 2.1), or read back.
pub(super) fn percent(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let once = |other: &mut String, c: char| byte_by_byte(other, c, "%");
    let again = |other: &mut String, c: char| byte_by_byte(other, c, "%25");
    Some(match turn {
        0 => written(text, |_, c| c == '_' || c == '<' || c == '\'', once),
        1 => written(text, |_, c| c == '.', once),
        2 => percent_decoded(text),
        3 => written(text, first_letters(text), once),
        4 => written(text, |_, c| c == '/', once),
        5 => written(text, |_, c| c == '.', again),
        6 => text.replace('%', "%25").into_bytes(),
        7 => written(text, |_, c| c == '[' || c == ']', once),
        8 => written(text, |_, c| c == '\r' || c == '\n', once),
        _ => return None,
    })
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut other = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = (*byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(read) => {
                other.push(read);
                at += 3;
            }
            None => {
                other.push(*byte);
                at += 1;
            }
        }
    }
    other
}

/// Characters as references of HTML and XML, or read back.
pub(super) fn entity(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    if !text.contains(['<', '&', '>']) {
        return None;
    }
    Some(match turn {
        0 => written(text, |_, c| matches!(c, '_' | ':' | '('), numbered),
        1 => written(text, first_letters(text), numbered),
        2 => written(text, |_, c| c == ':', |other, _| other.push_str("&colon;")),
        3 => read_back(text),
        4 => written(text, |_, c| c == '<', |other, _| other.push_str("&lt;")),
        5 => written(text, |_, c| matches!(c, '"' | '\''), numbered),
        _ => return None,
    })
}

fn read_back(text: &str) -> Vec<u8> {
    let mut other = text.to_owned();
    for (name, sign) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
    {
        other = other.replace(name, sign);
    }
    other.into_bytes()
}

/// The other kind of quotes, or none.
pub(super) fn quoted(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let (double, single) = (input.text.contains('"'), input.text.contains('\''));
    if !double && !single {
        return None;
    }
    let swapped = |c| match c {
        '"' => '\'',
        '\'' => '"',
        other => other,
    };
    Some(match turn {
        0 => input.text.chars().map(swapped).collect::<String>().into_bytes(),
        1 => input.text.replace(['"', '\''], "`").into_bytes(),
        2 => input.text.replace(['"', '\''], "").into_bytes(),
        _ => return None,
    })
}

/// Characters that normalise to the same (Unicode Standard Annex 15, compatibility forms), or whose
/// other case is the same.
pub(super) fn wide(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let full = |other: &mut String, c: char| {
        other.push(char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c));
    };
    let look_alike = |other: &mut String, c: char| {
        other.push(match c {
            's' => 'ſ',
            'k' | 'K' => '\u{212A}',
            'i' => 'ı',
            'I' => 'İ',
            c => c,
        });
    };
    Some(match turn {
        0 => written(text, |_, c| matches!(c, '.' | '<' | '>' | '_'), full),
        1 => written(text, |_, c| matches!(c, '/' | '\\'), full),
        2 => written(text, |_, c| matches!(c, 's' | 'k' | 'K' | 'i' | 'I'), look_alike),
        3 => written(text, |_, c| matches!(c, '\'' | '"'), full),
        _ => return None,
    })
}
