//! Words of a text: other names, other letters, other values.

use super::Input;
use std::collections::HashSet;
use std::ops::Range;

/// Of a text, so many different words are looked at.
const WORDS_MAX: usize = 64;
/// So many values are changed one by one.
const VALUES_MAX: usize = 64;

/// Words that an attack is often made of: they carry its meaning and are not renamed together with
/// the others.
#[rustfmt::skip] // a list of words is read across
const CARRYING: [&str; 129] = [
    "__proto__", "constructor", "prototype", "__class__", "__bases__", "__subclasses__",
    "__init__", "__globals__", "__builtins__", "__import__", "__reduce__", "mro", "self", "this",
    "process", "mainModule", "child_process", "require", "exec", "execSync", "spawn", "eval",
    "system", "popen", "subprocess", "os", "sys", "import", "from", "as", "def", "class", "return",
    "function", "var", "let", "const", "new", "if", "else", "for", "while", "in", "of", "try",
    "catch", "throw", "lambda", "print", "true", "false", "null", "True", "False", "None",
    "undefined", "NaN", "Infinity", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "HTTP",
    "Host", "Content", "Length", "Type", "Transfer", "Encoding", "chunked", "Connection", "Cookie",
    "Authorization", "http", "https", "file", "ftp", "gopher", "jndi", "ldap", "rmi", "dns",
    "localhost", "javascript", "data", "script", "img", "svg", "iframe", "style", "onerror",
    "onload", "href", "src", "alert", "DOCTYPE", "ENTITY", "SYSTEM", "PUBLIC", "ELEMENT", "xml",
    "version", "encoding", "SELECT", "UNION", "FROM", "WHERE", "OR", "AND", "INSERT", "DROP",
    "TABLE", "select", "union", "where", "or", "and", "python", "object", "apply", "etc", "passwd",
    "tmp", "proc", "env", "canary", "secret",
];

/// Where words stand. What a backslash, a percent sign or an ampersand begins is no word.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escape = super::escapes::escape_len(bytes, at);
        if escape > 0 {
            at += escape;
        } else if is_inside(*byte) {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest.iter().take_while(|byte| is_inside(**byte)).count();
            if !byte.is_ascii_digit() {
                spans.push(at..at + length);
            }
            at += length;
        } else {
            at += 1;
        }
    }
    spans
}

fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// The words of a text, each once, in order.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    spans(text)
        .into_iter()
        .filter_map(|span| text.get(span))
        .filter(|word| seen.insert(*word))
        .take(WORDS_MAX)
        .collect()
}

/// The text with some of its words put otherwise.
fn mapped(text: &str, change: impl Fn(&str) -> Option<String>) -> Vec<u8> {
    let changes = spans(text).into_iter().filter_map(|span| {
        let other = change(text.get(span.clone())?)?;
        Some((span, other))
    });
    spliced(text, changes)
}

/// The text with other pieces in some places, which follow one another.
pub(super) fn spliced(
    text: &str,
    changes: impl IntoIterator<Item = (Range<usize>, String)>,
) -> Vec<u8> {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for (span, other) in changes {
        rest.push_str(text.get(at..span.start).unwrap_or_default());
        rest.push_str(&other);
        at = span.end;
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    rest.into_bytes()
}

/// Another name of the same length: each letter is moved by half the alphabet, so that different
/// names stay different.
fn other_name(word: &str) -> String {
    let moved = |byte: u8| match byte {
        b'a'..=b'm' | b'A'..=b'M' => byte + 13,
        b'n'..=b'z' | b'N'..=b'Z' => byte - 13,
        other => other,
    };
    word.bytes().map(|byte| char::from(moved(byte))).collect()
}

fn is_carrying(word: &str) -> bool {
    CARRYING.contains(&word)
}

/// All names that carry no meaning, then each word by itself, those that carry one last.
pub(super) fn renamed(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    if turn == 0 {
        let change = |word: &str| (!is_carrying(word)).then(|| other_name(word));
        return (!input.words.is_empty()).then(|| mapped(input.text, change));
    }
    let (carrying, plain): (Vec<&str>, Vec<&str>) =
        input.words.iter().partition(|word| is_carrying(word));
    let word = *plain.iter().chain(&carrying).nth(turn - 1)?;
    Some(mapped(input.text, |other| (other == word).then(|| other_name(word))))
}

/// All letters in the other case, all upper, all lower, then one word in both by turns.
pub(super) fn case(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let swapped = |c: char| {
        if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    let change = |word: &str| match turn {
        0 => Some(word.chars().map(swapped).collect()),
        1 => Some(word.to_ascii_uppercase()),
        2 => Some(word.to_ascii_lowercase()),
        _ => {
            let by_turns = |(at, c): (usize, char)| if at % 2 == 0 { swapped(c) } else { c };
            (input.words.get(turn - 3) == Some(&word))
                .then(|| word.chars().enumerate().map(by_turns).collect())
        }
    };
    (turn < input.words.len() + 3 && !input.words.is_empty()).then(|| mapped(input.text, change))
}

/// A word that carries meaning, or `../`, with itself in its own middle.
pub(super) fn nested(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let carrying = input.words.iter().copied().filter(|word| is_carrying(word) && word.len() > 2);
    let dots = input.text.contains("../").then_some("../");
    let word = dots.into_iter().chain(carrying).nth(turn)?;
    let (before, after) = word.split_at_checked(word.len() / 2)?;
    Some(input.text.replace(word, &[before, word, after].concat()).into_bytes())
}

/// Every value another one, then one by one.
pub(super) fn value(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let values = values(input.text);
    let other = |span: &Range<usize>| match input.text.get(span.clone()).unwrap_or_default() {
        "true" => "false",
        "false" => "true",
        "null" => "0",
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => "7",
        _ => "other",
    };
    let chosen = match turn {
        0 if !values.is_empty() => values.as_slice(),
        0 => return None,
        turn => values.get(turn - 1..turn)?,
    };
    Some(spliced(input.text, chosen.iter().map(|span| (span.clone(), other(span).to_owned()))))
}

/// What ends a value that stands in no quotes, besides blanks.
const ENDS: &[u8] = b"&;,<>\"'()=[]{}";

/// Where values stand: in quotes that no colon follows, and after an equals sign or a colon
/// with a blank or without.
fn values(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut values = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).filter(|_| values.len() < VALUES_MAX) {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let signed = matches!(bytes.get(..at), Some([.., b'=' | b':']));
        let end = match byte {
            b'"' | b'\'' => rest.iter().position(|other| other == byte || *other == b'\n'),
            _ if matches!(byte, b'=' | b':') || (*byte == b' ' && signed) => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || ENDS.contains(byte);
                Some(rest.iter().position(ends).unwrap_or(rest.len())).filter(|end| *end > 0)
            }
            _ => None,
        };
        let Some(end) = end else {
            at += 1;
            continue;
        };
        let span = at + 1..at + 1 + end;
        let after = bytes.get(span.end..).unwrap_or_default();
        let is_key = matches!(after, [b'"' | b'\'', b':', ..] | [b'"' | b'\'', b' ', b':', ..]);
        at = if matches!(byte, b'"' | b'\'') { span.end + 1 } else { span.end };
        if !is_key {
            values.push(span);
        }
    }
    values
}
