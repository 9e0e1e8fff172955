//! Code as words and signs, with lines; shared by the readers that need more than lines.

/// A word, a number, or a sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: u32,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Word,
    Number,
    Sign,
}

/// Signs that must not be read as two; longest first.
const SIGNS: [&str; 25] = [
    "===", "!==", ">>>", "...", "<<=", ">>=", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=",
    "::", "->", "+=", "-=", "*=", "/=", "&&", "||", "??", "|=", "?.",
];

/// The tokens of blanked code, and for each `(` the index of its `)`.
pub(super) struct Tokens<'a> {
    pub(super) list: Vec<Token<'a>>,
    closing: Vec<Option<usize>>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(code: &'a str) -> Tokens<'a> {
        let list = tokens(code);
        let mut closing = vec![None; list.len()];
        let mut open = Vec::new();
        for (at, token) in list.iter().enumerate() {
            match token.text {
                "(" => open.push(at),
                ")" => {
                    if let Some(start) = open.pop()
                        && let Some(slot) = closing.get_mut(start)
                    {
                        *slot = Some(at);
                    }
                }
                _ => {}
            }
        }
        Tokens { list, closing }
    }

    /// The text at an index; empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.list.get(at).map_or("", |token| token.text)
    }

    /// The text before an index; empty at the start.
    pub(super) fn before(&self, at: usize) -> &'a str {
        at.checked_sub(1).map_or("", |at| self.text(at))
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        self.list.get(at).is_some_and(|token| token.kind == Kind::Word)
    }

    pub(super) fn line(&self, at: usize) -> u32 {
        self.list.get(at).map_or(0, |token| token.line)
    }

    /// The index of the `)` that closes the `(` at an index.
    pub(super) fn closing(&self, at: usize) -> Option<usize> {
        self.closing.get(at).copied().flatten()
    }
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut list = Vec::new();
    let mut line = 1u32;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            line = line.saturating_add(u32::from(first == '\n'));
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (length, kind) = if is_word_char(first) {
            let end = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
            let number = first.is_ascii_digit();
            (end, if number { Kind::Number } else { Kind::Word })
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            (sign.map_or(first.len_utf8(), |sign| sign.len()), Kind::Sign)
        };
        let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        list.push(Token { text, line, kind });
        rest = after;
    }
    list
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
