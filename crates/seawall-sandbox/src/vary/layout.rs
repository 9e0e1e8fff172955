//! What stands between and around the words of a text: blanks, line ends, something benign.

use super::Input;

/// Something benign, by turn: plain, and in the comment of some language.
const BENIGN: [&str; 8] =
    ["hello", "# note", "a=1", "a: 1", "// note", "<!-- note -->", "-- note", "[first]\na=1"];
/// What is put around, by turn.
const AROUND: [(&str, &str); 8] = [
    ("hello\n", "\nbye\n"),
    ("hello ", " bye"),
    ("[", "]"),
    ("(", ")"),
    ("\"", "\""),
    ("<p>", "</p>"),
    ("{", "}"),
    ("x/", "/x"),
];
/// So many lines are left out, one at a time.
const LEFT_OUT_MAX: usize = 32;

/// Line ends, tabs, other blanks, more of them and fewer.
pub(super) fn blank(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let lines = |before: &str, after: &str| {
        let line = |line: &str| [before, line, after, "\n"].concat();
        text.lines().map(line).collect::<String>().into_bytes()
    };
    let after_signs = |c: char| match c {
        ':' | ',' | '=' | ';' | '(' | '{' | '[' => vec![c, ' '],
        ')' | '}' | ']' => vec![' ', c],
        c => vec![c],
    };
    Some(match turn {
        0 => match text.strip_suffix('\n') {
            Some(rest) => rest.as_bytes().to_vec(),
            None => [text, "\n"].concat().into_bytes(),
        },
        1 if text.contains("\r\n") => text.replace("\r\n", "\n").into_bytes(),
        1 => text.replace('\n', "\r\n").into_bytes(),
        2 => text.chars().flat_map(after_signs).collect::<String>().into_bytes(),
        3 => text.replace(' ', "\t").into_bytes(),
        4 => text.replace(' ', "  ").into_bytes(),
        5 => lines("", " "),
        6 => lines(" ", ""),
        7 => ["\n", text].concat().into_bytes(),
        8 => text.replace(": ", ":").replace(" = ", "=").replace(", ", ",").into_bytes(),
        9 => text.replace(' ', "\n").into_bytes(),
        10 => text.replace(' ', "/**/").into_bytes(),
        11 => text.replace(' ', "+").into_bytes(),
        12 => text.replace(' ', "\u{c}").into_bytes(),
        13 => text.replace(' ', "\u{a0}").into_bytes(),
        14 => text.replace('\n', "\n\n").into_bytes(),
        _ => return None,
    })
}

/// Characters that many readers pass over.
pub(super) fn control(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let before = |sign: &str, other: &str| text.replacen(sign, &[other, sign].concat(), 1);
    Some(match turn {
        0 => ["\u{feff}", text].concat().into_bytes(),
        1 => before(":", "\t").into_bytes(),
        2 => ["\u{1}", text].concat().into_bytes(),
        3 => [text, "\0"].concat().into_bytes(),
        4 => [text, "%00"].concat().into_bytes(),
        5 => before("/", "\0").into_bytes(),
        6 => before(".", "\u{200b}").into_bytes(),
        7 => before("=", "\0").into_bytes(),
        _ => return None,
    })
}

/// A benign line first; in a request or another text with headers, a benign header after the first
/// line.
pub(super) fn after(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let header = is_headed(input.text);
    match (turn, header) {
        (0, true) => {
            let (first, rest) = input.text.split_once('\n')?;
            let end = if first.ends_with('\r') { "\r\n" } else { "\n" };
            Some([first, "\nX-Note: 1", end, rest].concat().into_bytes())
        }
        (turn, header) => {
            let benign = BENIGN.get(turn - usize::from(header))?;
            Some([benign, "\n", input.text].concat().into_bytes())
        }
    }
}

/// Whether the first line is that of a request of HTTP (RFC 9112, section 3).
fn is_headed(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.contains(" HTTP/"))
}

/// Something benign on both sides.
pub(super) fn within(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let (before, after) = AROUND.get(turn)?;
    Some([before, input.text, after].concat().into_bytes())
}

/// Twice over: on lines of their own, directly, with something benign between, four times.
pub(super) fn twice(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let end = if text.ends_with('\n') { "" } else { "\n" };
    Some(match turn {
        0 => [text, end, text].concat().into_bytes(),
        1 => [text, text].concat().into_bytes(),
        2 => [text, end, "hello\n", text].concat().into_bytes(),
        3 => [text, " ", text].concat().into_bytes(),
        _ => return None,
    })
}

/// One line less.
pub(super) fn left_out(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let lines: Vec<&str> = input.text.split_inclusive('\n').collect();
    if lines.len() < 2 || turn >= lines.len().min(LEFT_OUT_MAX) {
        return None;
    }
    let rest = lines.iter().enumerate().filter(|(at, _)| *at != turn).map(|(_, line)| *line);
    Some(rest.collect::<String>().into_bytes())
}
