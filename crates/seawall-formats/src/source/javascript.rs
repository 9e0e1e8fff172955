//! JavaScript and TypeScript: function declarations, methods, functions bound to a name, classes.
//!
//! Not told: names in quotes (`exports['x'] = …`) and computed ones, functions passed through a
//! wrapper (`x = wrap(function () {…})`).

use super::token::Tokens;
use super::{Outline, innermost};
use std::collections::HashMap;

/// How many tokens may stand between a parameter list and the body or the arrow (a type).
const TYPE_LEN_MAX: usize = 200;

/// How many names one chain of assignments or properties may have.
const CHAIN_LEN_MAX: usize = 20;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Room {
    Block,
    Class,
    Object,
}

struct Scan<'a> {
    tokens: Tokens<'a>,
    outline: Outline,
    /// Each open brace: what it opens, and its name (empty for plain ones).
    around: Vec<(Room, String)>,
    /// What a brace further on opens, by its index, told by what stood before it.
    pending: HashMap<usize, (Room, String)>,
}

pub(super) fn outline(code: &str) -> Outline {
    let tokens = Tokens::new(code);
    let mut scan =
        Scan { tokens, outline: Outline::default(), around: Vec::new(), pending: HashMap::new() };
    for at in 0..scan.tokens.list.len() {
        scan.step(at);
    }
    scan.outline
}

impl Scan<'_> {
    fn step(&mut self, at: usize) {
        match self.tokens.text(at) {
            "{" => self.open(at),
            "}" => {
                self.around.pop();
            }
            "function" => self.declaration(at),
            "class" if self.tokens.before(at) != "." => self.class(at),
            _ if self.tokens.is_word(at) => {
                self.bound(at);
                self.method(at);
            }
            _ => {}
        }
    }

    fn open(&mut self, at: usize) {
        if let Some(told) = self.pending.remove(&at) {
            return self.around.push(told);
        }
        let object = matches!(
            self.tokens.before(at),
            "=" | "(" | "," | ":" | "[" | "?" | "return" | "&&" | "||" | "??" | "default" | "yield"
        );
        let name = match self.tokens.before(at) {
            "=" | ":" if self.tokens.is_word(at.saturating_sub(2)) => {
                self.tokens.text(at.saturating_sub(2)).to_owned()
            }
            _ => String::new(),
        };
        self.around.push(if object { (Room::Object, name) } else { (Room::Block, String::new()) });
    }

    /// `function name (…) {`, also `function* name`.
    fn declaration(&mut self, at: usize) {
        let name_at = if self.tokens.text(at + 1) == "*" { at + 2 } else { at + 1 };
        if !self.tokens.is_word(name_at) {
            return;
        }
        let list = self.parameters(name_at + 1);
        if let Some(body) = list.and_then(|close| self.body(close)) {
            self.define(name_at, Vec::new(), Some(body));
        }
    }

    fn class(&mut self, at: usize) {
        let bound = matches!(self.tokens.before(at), "=" | ":") && at >= 2;
        let name_at = match self.tokens.text(at + 1) {
            "extends" | "{" if bound => at - 2,
            _ => at + 1,
        };
        if !self.tokens.is_word(name_at) {
            return;
        }
        let brace = (at + 1..at + TYPE_LEN_MAX).find(|at| {
            self.tokens.text(*at) == "{" || matches!(self.tokens.text(*at), ";" | ")" | "=")
        });
        let Some(brace) = brace.filter(|brace| self.tokens.text(*brace) == "{") else {
            return;
        };
        let name = self.tokens.text(name_at).to_owned();
        // `var A = class B {` has both names.
        if bound && name_at == at + 1 && self.tokens.is_word(at - 2) {
            let (other, inside) = (self.tokens.text(at - 2), self.inside());
            self.outline.define(other, self.tokens.line(at - 2), inside);
        }
        let inside = self.inside();
        self.outline.define(&name, self.tokens.line(name_at), inside);
        self.outline.contain(&name);
        self.pending.insert(brace, (Room::Class, name));
    }

    /// `name = function`, `name: function`, `name = (…) =>`, `a.b.name = async x =>`.
    fn bound(&mut self, at: usize) {
        let sign = self.typed(at + 1);
        let Some(mut value) = sign.map(|sign| sign + 1) else {
            return;
        };
        // `exports.a = module.exports.b = function`: what is bound stands at the end.
        for _ in 0..CHAIN_LEN_MAX {
            let mut end = value;
            while self.tokens.is_word(end) && self.tokens.text(end + 1) == "." {
                end += 2;
            }
            if self.tokens.is_word(end) && self.tokens.text(end + 1) == "=" {
                value = end + 2;
            } else {
                break;
            }
        }
        if let Some(body) = self.function_value(value) {
            let path = self.path(at);
            self.define(at, path, body);
        }
    }

    /// The index of the `=` or `:` that binds the name before `at`, past a type.
    fn typed(&self, at: usize) -> Option<usize> {
        let before = self.tokens.before(at.saturating_sub(1));
        match self.tokens.text(at) {
            "=" => Some(at),
            ":" => {
                let member = matches!(before, "{" | ",") || before.is_empty();
                if member && self.in_room(Room::Object) {
                    return Some(at);
                }
                if !matches!(before, "const" | "let" | "var") && !self.in_room(Room::Class) {
                    return None;
                }
                (at + 1..at + TYPE_LEN_MAX)
                    .take_while(|at| !matches!(self.tokens.text(*at), "" | ";" | "{" | "}"))
                    .find(|at| self.tokens.text(*at) == "=")
            }
            _ => None,
        }
    }

    /// Whether a function begins here; if so, the brace of its body, where it has one.
    fn function_value(&self, at: usize) -> Option<Option<usize>> {
        let at = if self.tokens.text(at) == "async" { at + 1 } else { at };
        if self.tokens.text(at) == "function" {
            let star = usize::from(self.tokens.text(at + 1) == "*");
            let named = usize::from(self.tokens.is_word(at + 1 + star));
            let close = self.parameters(at + 1 + star + named);
            return Some(close.and_then(|close| self.body(close)));
        }
        let arrow = if self.tokens.is_word(at) {
            at + 1
        } else {
            let close = self.parameters(at)?;
            match self.tokens.text(close + 1) {
                ":" => (close + 2..close + TYPE_LEN_MAX)
                    .take_while(|at| !matches!(self.tokens.text(*at), "" | ";" | "="))
                    .find(|at| self.tokens.text(*at) == "=>")?,
                _ => close + 1,
            }
        };
        (self.tokens.text(arrow) == "=>")
            .then(|| Some(arrow + 1).filter(|brace| self.tokens.text(*brace) == "{"))
    }

    /// `name (…) {` right inside a class or an object.
    fn method(&mut self, at: usize) {
        let name = self.tokens.text(at);
        let fits = match self.around.last() {
            Some((Room::Class, _)) => {
                !matches!(self.tokens.before(at), "=" | "." | "new" | "(" | "=>" | "?." | "@")
            }
            // A block that was taken for an object (`case 1: {`) begins with statements.
            Some((Room::Object, _)) => {
                let statement = matches!(name, "if" | "for" | "while" | "switch" | "with");
                let before = self.tokens.before(at);
                !statement && matches!(before, "{" | "," | "async" | "get" | "set" | "*")
            }
            Some((Room::Block, _)) | None => false,
        };
        if !fits {
            return;
        }
        if let Some(body) = self.parameters(at + 1).and_then(|close| self.body(close)) {
            self.define(at, Vec::new(), Some(body));
        }
    }

    /// The closing parenthesis of the parameter list here, past type parameters.
    fn parameters(&self, at: usize) -> Option<usize> {
        let mut at = at;
        if self.tokens.text(at) == "<" {
            at = (at..at + TYPE_LEN_MAX)
                .take_while(|at| !matches!(self.tokens.text(*at), "" | ";" | "{"))
                .find(|at| self.tokens.text(*at) == "(")?;
        }
        (self.tokens.text(at) == "(").then(|| self.tokens.closing(at)).flatten()
    }

    /// The brace of the body after a parameter list; a signature alone has none.
    fn body(&self, close: usize) -> Option<usize> {
        match self.tokens.text(close + 1) {
            "{" => Some(close + 1),
            ":" => self.body_past_type(close + 2),
            _ => None,
        }
    }

    /// The brace of the body after a return type; in `(): { a: string } {` it is the second.
    fn body_past_type(&self, from: usize) -> Option<usize> {
        let mut open = 0usize;
        for at in from..from + TYPE_LEN_MAX {
            let of_type = matches!(self.tokens.before(at), ":" | "|" | "&" | "<" | "=>");
            match self.tokens.text(at) {
                "" => return None,
                ";" | "=" if open == 0 => return None,
                "{" if open > 0 || of_type => open += 1,
                "{" => return Some(at),
                "}" => open = open.checked_sub(1)?,
                _ => {}
            }
        }
        None
    }

    fn in_room(&self, room: Room) -> bool {
        self.around.last().is_some_and(|(around, _)| *around == room)
    }

    fn inside(&self) -> Vec<String> {
        innermost(self.around.iter().map(|(_, name)| name.as_str()))
    }

    /// `a` and `b` of `a.b.name`.
    fn path(&self, at: usize) -> Vec<String> {
        let mut path = Vec::new();
        let mut dot = at;
        while path.len() < CHAIN_LEN_MAX && dot >= 2 && self.tokens.before(dot) == "." {
            dot -= 2;
            path.push(self.tokens.text(dot).to_owned());
        }
        path.reverse();
        path
    }

    fn define(&mut self, at: usize, path: Vec<String>, body: Option<usize>) {
        let name = self.tokens.text(at).to_owned();
        let mut inside = self.inside();
        inside.extend(path);
        self.outline.define(&name, self.tokens.line(at), inside);
        self.outline.contain(&name);
        if let Some(body) = body {
            self.pending.entry(body).or_insert((Room::Block, name));
        }
    }
}
