//! C and the C part of C++: a name, a parameter list and a body, outside of other bodies.
//!
//! Old-style definitions, in which declarations stand between list and body, count. Prototypes,
//! macros and calls do not. Of the branches of an `#if` each is read, and the braces of the first
//! one count. Not told: operators, and functions returning pointers to functions.

use super::token::Tokens;
use super::{Outline, innermost};

/// How many tokens may stand between a parameter list and the body.
const BETWEEN_LEN_MAX: usize = 400;

/// How deep conditionals are followed; deeper nesting is hostile or generated.
const ROOMS_LEN_MAX: usize = 256;

#[derive(Clone, Eq, PartialEq)]
enum Room {
    /// A namespace, a linkage block or a type: definitions may stand here.
    Scope(String),
    /// A function's body, an initialiser, an enumeration: they may not.
    Inner,
}

pub(super) fn outline(code: &str) -> Outline {
    let tokens = Tokens::new(code);
    let mut outline = Outline::default();
    let mut around: Vec<Room> = Vec::new();
    let mut branches: Vec<Option<Branch>> = Vec::new();
    let mut statement = 0;
    // What stands after `=` is a value, never a definition.
    let mut assigned = false;
    let mut at = 0;
    while at < tokens.list.len() {
        match tokens.text(at) {
            "@" => {
                conditional(tokens.text(at + 1), &mut around, &mut branches);
                at += 1;
                (statement, assigned) = (at + 1, false);
            }
            "{" => {
                around.push(room(&tokens, statement, at, &mut outline));
                (statement, assigned) = (at + 1, false);
            }
            "}" => {
                around.pop();
                (statement, assigned) = (at + 1, false);
            }
            ";" => (statement, assigned) = (at + 1, false),
            "=" => assigned = true,
            "(" if !assigned && !around.contains(&Room::Inner) => {
                if let Some(body) = definition(&tokens, statement, at, &around, &mut outline) {
                    for mark in (at..body).filter(|at| tokens.text(*at) == "@") {
                        conditional(tokens.text(mark + 1), &mut around, &mut branches);
                    }
                    around.push(Room::Inner);
                    at = body;
                    statement = at + 1;
                } else if let Some(close) = tokens.closing(at) {
                    at = skip_list(&tokens, at, close);
                }
            }
            _ => {}
        }
        at += 1;
    }
    outline
}

/// The end of a parenthesis, unless a conditional stands inside (its braces must be seen).
fn skip_list(tokens: &Tokens<'_>, open: usize, close: usize) -> usize {
    let mut near = open..close.min(open + BETWEEN_LEN_MAX);
    let marked = near.any(|at| tokens.text(at) == "@");
    if marked { open } else { close }
}

/// Keeps the rooms right over the branches of a conditional: each begins where the first did.
fn conditional(mark: &str, around: &mut Vec<Room>, branches: &mut Vec<Option<Branch>>) {
    match mark {
        "?" => {
            let follow = around.len() <= ROOMS_LEN_MAX && branches.len() <= ROOMS_LEN_MAX;
            branches.push(follow.then(|| Branch { start: around.clone(), first: None }));
        }
        ":" => {
            if let Some(Some(branch)) = branches.last_mut() {
                branch.first.get_or_insert_with(|| around.clone());
                around.clone_from(&branch.start);
            }
        }
        _ => {
            if let Some(Some(Branch { first: Some(first), .. })) = branches.pop() {
                *around = first;
            }
        }
    }
}

/// An open `#if`: the rooms where it began, and those at the end of its first branch.
struct Branch {
    start: Vec<Room>,
    first: Option<Vec<Room>>,
}

/// What a brace opens, by the words since the last statement.
fn room(tokens: &Tokens<'_>, from: usize, brace: usize, outline: &mut Outline) -> Room {
    let words: Vec<usize> = (from..brace).filter(|at| tokens.is_word(*at)).collect();
    let has = |word: &str| words.iter().any(|at| tokens.text(*at) == word);
    let assigned = (from..brace).any(|at| tokens.text(at) == "=");
    if assigned || has("enum") {
        return Room::Inner;
    }
    if has("extern") && words.len() == 1 {
        return Room::Scope(String::new());
    }
    let keyword = words
        .iter()
        .find(|at| matches!(tokens.text(**at), "namespace" | "class" | "struct" | "union"));
    match keyword {
        Some(keyword) => {
            let colon = (*keyword..brace).find(|at| tokens.text(*at) == ":").unwrap_or(brace);
            let mut names = words.iter().rev().filter(|at| **at > *keyword && **at < colon);
            let name = names.find(|at| tokens.text(**at) != "final");
            let name = name.map_or("", |at| tokens.text(*at)).to_owned();
            if !name.is_empty() {
                outline.contain(&name);
            }
            Room::Scope(name)
        }
        None => Room::Inner,
    }
}

/// If a definition's parameter list opens here, records it and gives the index of its body.
fn definition(
    tokens: &Tokens<'_>,
    statement: usize,
    open: usize,
    around: &[Room],
    outline: &mut Outline,
) -> Option<usize> {
    let name_at = open.checked_sub(1).filter(|at| *at >= statement && tokens.is_word(*at))?;
    let name = tokens.text(name_at);
    let keyword = matches!(
        name,
        "if" | "for"
            | "while"
            | "switch"
            | "return"
            | "sizeof"
            | "catch"
            | "defined"
            | "alignas"
            | "__attribute__"
            | "__declspec"
            | "decltype"
            | "noexcept"
            | "throw"
            | "operator"
    );
    if keyword {
        return None;
    }
    let close = tokens.closing(open)?;
    let body = modern_body(tokens, close).or_else(|| old_body(tokens, open, close))?;
    let mut inside = innermost(around.iter().map(|room| match room {
        Room::Scope(name) => name.as_str(),
        Room::Inner => "",
    }));
    let mut at = name_at;
    if tokens.before(at) == "~" {
        at -= 1;
    }
    while at >= 2
        && inside.len() < 2 * super::INSIDE_LEN_MAX
        && tokens.before(at) == "::"
        && tokens.is_word(at - 2)
    {
        at -= 2;
        let class = tokens.text(at);
        inside.push(class.to_owned());
        outline.contain(class);
    }
    outline.define(name, tokens.line(name_at), inside);
    outline.contain(name);
    Some(body)
}

/// The body right after the list, past qualifiers, attributes, a trailing type or initialisers.
fn modern_body(tokens: &Tokens<'_>, close: usize) -> Option<usize> {
    let mut at = close + 1;
    let mut initialisers = false;
    while at < close + BETWEEN_LEN_MAX {
        match tokens.text(at) {
            // `y{b}` in a list of initialisers is not the body: its brace follows a word.
            "{" if initialisers && tokens.is_word(at - 1) => {
                at = (at..at + BETWEEN_LEN_MAX).find(|at| tokens.text(*at) == "}")?;
            }
            "{" => return Some(at),
            ":" if at == close + 1 || tokens.before(at) == "noexcept" => initialisers = true,
            "," if initialisers => {}
            // The mark of a conditional, two tokens.
            "@" => at += 1,
            "(" => at = tokens.closing(at)?,
            "->" | "::" | "*" | "&" | "<" | ">" | "&&" => {}
            _ if initialisers && tokens.is_word(at) => {}
            "const" | "noexcept" | "override" | "final" | "volatile" | "throw" | "try" => {}
            text if tokens.is_word(at) && (is_macro(text) || after_arrow(tokens, close, at)) => {}
            _ => return None,
        }
        at += 1;
    }
    None
}

/// Words such as `ZEXPORT` or `__attribute__` that may decorate a definition.
fn is_macro(text: &str) -> bool {
    text.starts_with("__") || !text.chars().any(|c| c.is_ascii_lowercase())
}

fn after_arrow(tokens: &Tokens<'_>, close: usize, at: usize) -> bool {
    tokens.text(close + 1) == "->" || (close + 1..at).take(8).any(|at| tokens.text(at) == "->")
}

/// The body of an old-style definition: bare names in the list, then their declarations.
fn old_body(tokens: &Tokens<'_>, open: usize, close: usize) -> Option<usize> {
    let mut expect_name = true;
    for at in open + 1..close {
        match (expect_name, tokens.text(at)) {
            (true, _) if tokens.is_word(at) => expect_name = false,
            (false, ",") => expect_name = true,
            _ => return None,
        }
    }
    if expect_name {
        return None;
    }
    let mut words = 0;
    let mut at = close + 1;
    while at < close + BETWEEN_LEN_MAX {
        match tokens.text(at) {
            "{" if words == 0 && tokens.before(at) == ";" => return Some(at),
            // A declaration has at least a type and a name; `ATTRIBUTE;` ends a prototype.
            ";" if words >= 2 => words = 0,
            "__attribute__" if words == 0 => return None,
            "(" => {
                // `int (*callback)(int)` declares a parameter, `int other(…)` does not.
                let pointer = tokens.text(at + 1) == "*" || tokens.before(at) == ")";
                if !pointer {
                    return None;
                }
                words += 1;
                at = tokens.closing(at)?;
            }
            "@" => at += 1,
            "*" | "," | "[" | "]" => {}
            _ if tokens.is_word(at) => words += 1,
            text if text.starts_with(|c: char| c.is_ascii_digit()) => {}
            _ => return None,
        }
        at += 1;
    }
    None
}
