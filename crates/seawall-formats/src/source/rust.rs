//! Rust: `fn` with a body, and `macro_rules!`; declarations without a body do not count.

use super::token::Tokens;
use super::{Outline, innermost};

/// How many tokens a signature may have.
const SIGNATURE_LEN_MAX: usize = 500;

pub(super) fn outline(code: &str) -> Outline {
    let tokens = Tokens::new(code);
    let mut outline = Outline::default();
    // The name of each open block, empty for plain ones.
    let mut around: Vec<String> = Vec::new();
    let mut pending = String::new();
    let mut at = 0;
    while at < tokens.list.len() {
        match tokens.text(at) {
            "{" => around.push(std::mem::take(&mut pending)),
            "}" => {
                around.pop();
            }
            ";" => pending.clear(),
            "fn" if tokens.is_word(at + 1) => {
                let name_at = raw_name(&tokens, at + 1);
                let name = tokens.text(name_at);
                if has_body(&tokens, name_at + 1) {
                    let inside = innermost(around.iter().map(String::as_str));
                    outline.define(name, tokens.line(name_at), inside);
                    outline.contain(name);
                    pending = name.to_owned();
                }
                at = name_at;
            }
            "macro_rules" if tokens.text(at + 1) == "!" && tokens.is_word(at + 2) => {
                outline.define(tokens.text(at + 2), tokens.line(at + 2), Vec::new());
            }
            "mod" | "trait" if tokens.is_word(at + 1) => {
                pending = tokens.text(at + 1).to_owned();
                outline.contain(&pending);
            }
            // `-> impl Trait` and `x: impl Trait` are types, not blocks of methods.
            "impl" if matches!(tokens.before(at), "" | "}" | ";" | "{" | "]" | "unsafe") => {
                pending = implementing(&tokens, at + 1);
                outline.contain(&pending);
            }
            _ => {}
        }
        at += 1;
    }
    outline
}

/// Skips the `r` and `#` of a raw identifier.
fn raw_name(tokens: &Tokens<'_>, at: usize) -> usize {
    if tokens.text(at) == "r" && tokens.text(at + 1) == "#" { at + 2 } else { at }
}

/// Whether a `{` comes before the `;` that would end a mere declaration.
fn has_body(tokens: &Tokens<'_>, from: usize) -> bool {
    let mut brackets = 0usize;
    let mut at = from;
    while at < from + SIGNATURE_LEN_MAX {
        match tokens.text(at) {
            "" => return false,
            "(" => match tokens.closing(at) {
                Some(close) => at = close,
                None => return false,
            },
            "[" => brackets += 1,
            "]" => brackets = brackets.saturating_sub(1),
            ";" if brackets == 0 => return false,
            "}" if brackets == 0 => return false,
            "{" if brackets == 0 => return true,
            _ => {}
        }
        at += 1;
    }
    false
}

/// The type of `impl<T> Trait for Type<T> where … {`: its last word before `<` or `{`.
fn implementing(tokens: &Tokens<'_>, from: usize) -> String {
    let mut angles = 0i64;
    let mut name = "";
    for at in from..from + SIGNATURE_LEN_MAX {
        match tokens.text(at) {
            "" | "{" | ";" | "where" => break,
            "<" => angles += 1,
            ">" => angles -= 1,
            ">>>" => angles -= 3,
            "for" if angles <= 0 => name = "",
            text if angles <= 0
                && tokens.is_word(at)
                && !matches!(text, "dyn" | "mut" | "const") =>
            {
                name = text;
            }
            _ => {}
        }
    }
    name.to_owned()
}
