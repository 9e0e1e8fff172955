//! Cutting an input into parts that can be left out, and what a plain byte is.

use std::ops::Range;

/// More pairs of brackets than this are not looked at.
const BRACKETS_MAX: usize = 4096;
/// A bracket is looked for behind so many that were never closed.
const BRACKETS_SKIPPED_MAX: usize = 32;

/// Whether an input is a text: UTF-8, and nearly nothing in it that cannot be printed.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let strange = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    text.chars().filter(strange).count() <= text.len() / 20
}

/// Lines, each with its end.
pub(super) fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines
        .map(|line| {
            start += line.len();
            start - line.len()..start
        })
        .collect()
}

/// Words, runs of blanks, and every other byte by itself.
pub(super) fn words(bytes: &[u8]) -> Vec<Range<usize>> {
    let kind = |byte: u8| match byte {
        b'_' | 0x80.. => 1,
        byte if byte.is_ascii_alphanumeric() => 1,
        byte if byte.is_ascii_whitespace() => 2,
        _ => 0,
    };
    let mut start = 0;
    let words = bytes.chunk_by(|a, b| kind(*a) != 0 && kind(*a) == kind(*b));
    words
        .map(|word| {
            start += word.len();
            start - word.len()..start
        })
        .collect()
}

/// Every byte.
pub(super) fn bytes(bytes: &[u8]) -> Vec<Range<usize>> {
    (0..bytes.len()).map(|at| at..at + 1).collect()
}

/// What stands between an opening bracket and its closing one, both included; outer ones first.
/// Quotes close one another. Brackets that stand alone are passed over.
pub(super) fn brackets(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut pairs: Vec<Range<usize>> = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let opener = match byte {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            b'>' => b'<',
            b'"' | b'\'' => *byte,
            b'(' | b'[' | b'{' | b'<' => {
                open.push((*byte, at));
                continue;
            }
            _ => continue,
        };
        let back = open.iter().rev().take(BRACKETS_SKIPPED_MAX);
        match back.clone().position(|(other, _)| *other == opener) {
            Some(skipped) => {
                open.truncate(open.len() - skipped);
                pairs.extend(open.pop().map(|(_, start)| start..at + 1));
            }
            None if opener == *byte => open.push((*byte, at)),
            None => {}
        }
        if pairs.len() >= BRACKETS_MAX {
            break;
        }
    }
    pairs.sort_by_key(|pair| (pair.start, std::cmp::Reverse(pair.end)));
    pairs
}

/// A letter becomes `a`, a digit `0`, a blank a space; signs stay, for they carry the grammar.
pub(super) fn plain_text(byte: u8) -> u8 {
    match byte {
        byte if byte.is_ascii_digit() => b'0',
        byte if byte.is_ascii_alphabetic() => b'a',
        0x80.. => b'a',
        b'\t' | b'\r' | 0x0c => b' ',
        other => other,
    }
}

/// Any byte becomes zero.
pub(super) fn zero(_: u8) -> u8 {
    0
}
