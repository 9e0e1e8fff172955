//! Frames of Go, Java, JavaScript and Python.

use super::name;
use crate::crash::wording::located;
use seawall_domain::crash::{Frame, Notation};

/// `encoding/json.Unmarshal(0x60, 0xa)`; the line below has the file. A frame whose arguments Go
/// marks as uncertain (`0x5?`, since 1.18) is none, as in ClusterFuzz: such frames come and go with
/// the compiler.
pub(super) fn go(line: &str) -> Option<Frame> {
    if line.starts_with(char::is_whitespace) || !line.ends_with(')') {
        return None;
    }
    let open = opening(line)?;
    let (function, arguments) = line.split_at_checked(open)?;
    let certain = |letter: char| letter.is_ascii_hexdigit() || "x, .{}()".contains(letter);
    if function.is_empty() || function.contains(' ') || !arguments.chars().all(certain) {
        return None;
    }
    Some(Frame { notation: Notation::Go, function: name(function), ..Frame::default() })
}

/// Where the bracket opens that the last letter closes.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// `at com.example.Parser.read(Parser.java:51)`, indented.
pub(super) fn java(line: &str) -> Option<Frame> {
    let told = line.trim_start().strip_prefix("at ")?;
    let (function, place) = told.strip_suffix(')')?.split_once('(')?;
    if function.contains(' ') || !function.contains('.') {
        return None;
    }
    let (file, line) = located(place);
    Some(Frame {
        notation: Notation::Java,
        function: name(function),
        file: name(file),
        line,
        ..Frame::default()
    })
}

/// `    at check (/out/check.js:27:9)`; a place without a function is no frame.
pub(super) fn javascript(line: &str) -> Option<Frame> {
    let told = line.trim_start().strip_prefix("at ")?;
    let (function, place) = told.strip_suffix(')')?.rsplit_once(" (")?;
    let (file, line) = located(place);
    Some(Frame {
        notation: Notation::JavaScript,
        function: name(function),
        file: name(file),
        line,
        ..Frame::default()
    })
}

/// `  File "parse.py", line 24, in read`.
pub(super) fn python(line: &str) -> Option<Frame> {
    let told = line.trim_start().strip_prefix("File \"")?;
    let (file, told) = told.split_once("\", line ")?;
    let (number, function) = told.split_once(", in ")?;
    Some(Frame {
        notation: Notation::Python,
        function: name(function),
        file: name(file),
        line: number.parse().ok(),
        ..Frame::default()
    })
}
