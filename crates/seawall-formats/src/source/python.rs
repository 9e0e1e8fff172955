//! Python: `def`, `class`, and a name bound to a `lambda`, by lines and indentation.

use super::{Outline, innermost};

pub(super) fn outline(code: &str) -> Outline {
    let mut outline = Outline::default();
    // The blocks around a line: how far their headers are indented, and their names.
    let mut around: Vec<(usize, String)> = Vec::new();
    // Brackets that are open where a line begins: inside them `key=lambda …` is an argument.
    let mut brackets = 0usize;
    for (line, text) in (1u32..).zip(code.lines()) {
        let statement = text.trim_start();
        if statement.is_empty() {
            continue;
        }
        let within = brackets > 0;
        for c in statement.chars() {
            match c {
                '(' | '[' | '{' => brackets += 1,
                ')' | ']' | '}' => brackets = brackets.saturating_sub(1),
                _ => {}
            }
        }
        let indent = width(text);
        let header = header(statement).filter(|(kind, _)| !within || *kind == Kind::Block);
        if within && header.is_none() {
            continue;
        }
        while around.last().is_some_and(|(outer, _)| *outer >= indent) {
            around.pop();
        }
        let Some((kind, name)) = header else {
            continue;
        };
        if within {
            // No block can begin inside brackets: one of them was never closed.
            brackets = 0;
        }
        let inside = innermost(around.iter().map(|(_, name)| name.as_str()));
        outline.define(name, line, inside);
        if kind == Kind::Block {
            outline.contain(name);
            around.push((indent, name.to_owned()));
        }
    }
    outline
}

#[derive(Eq, PartialEq)]
enum Kind {
    Block,
    Lambda,
}

/// What a statement defines, if it defines something.
fn header(statement: &str) -> Option<(Kind, &str)> {
    let (first, rest) = word(statement)?;
    match first {
        "async" => match word(rest.trim_start())? {
            ("def", rest) => Some((Kind::Block, named(rest, &['(', '['])?)),
            _ => None,
        },
        "def" | "cpdef" => Some((Kind::Block, named(rest, &['(', '['])?)),
        "class" => Some((Kind::Block, named(rest, &['(', '[', ':'])?)),
        name => {
            let rest = rest.trim_start();
            let value = match rest.strip_prefix('=') {
                Some(value) => value,
                // An annotated name: `f: Callable = lambda: 0`.
                None => rest.strip_prefix(':')?.split_once('=')?.1,
            };
            let (keyword, _) = word(value.trim_start())?;
            (keyword == "lambda").then_some((Kind::Lambda, name))
        }
    }
}

/// The name after a keyword, if one of `ends` follows it.
fn named<'t>(rest: &'t str, ends: &[char]) -> Option<&'t str> {
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    let (name, rest) = word(rest.trim_start())?;
    rest.trim_start().starts_with(ends).then_some(name)
}

fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit())).then_some((word, rest))
}

/// How far a line is indented; a tab goes to the next multiple of eight.
fn width(line: &str) -> usize {
    let mut width = 0;
    for c in line.chars() {
        match c {
            ' ' => width += 1,
            '\t' => width = (width / 8 + 1) * 8,
            _ => break,
        }
    }
    width
}
