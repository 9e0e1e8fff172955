//! The rules over XML: which elements stand in which order, with which attributes and texts.

#[rustfmt::skip]
mod types;

use self::types::TYPES;
use super::objects::fits_text;
use super::{Faults, Field, Rule, holds};
use crate::fault::{FormatFault, quote};
use crate::inventory::xml::{Document, Element};
use std::collections::HashSet;

/// No bound on how often an element stands somewhere.
const MANY: usize = usize::MAX;

/// The namespace of the attributes that belong to every element.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What an element may hold.
#[derive(Debug)]
enum Type {
    /// A text.
    Value(Rule),
    /// A text, and attributes beside it.
    Text(Rule, &'static [Field], Openness),
    /// Elements, and attributes beside them.
    Parts(&'static [Field], Openness, &'static Part),
    /// The same, with text between the elements.
    Mixed(&'static [Field], Openness, &'static Part),
    /// The type of this name.
    Named(&'static str),
}

/// Which attributes an element may have beside those named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Openness {
    /// None.
    Closed,
    /// Those of other namespaces.
    Foreign,
    /// Any.
    Open,
}

/// Elements that follow each other.
#[derive(Debug)]
struct Part {
    during: (u8, u8),
    /// How often at least and at most.
    often: (usize, usize),
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// An element of this name.
    One(&'static str, Type),
    /// The same; where it is empty it stands for a word that the schema names.
    OrEmpty(&'static str, Type),
    /// All these parts in this order.
    All(&'static [Part]),
    /// One of these parts.
    Choice(&'static [Part]),
    /// An element of another namespace.
    Other,
}

const fn must(name: &'static str, from: u8, until: u8, rule: Rule) -> Field {
    super::must(name, from, until, rule)
}

const fn may(name: &'static str, from: u8, until: u8, rule: Rule) -> Field {
    super::may(name, from, until, rule)
}

const fn one(name: &'static str, from: u8, until: u8, kind: Type) -> Part {
    Part { during: (from, until), often: (1, 1), kind: Kind::One(name, kind) }
}

const fn maybe(name: &'static str, from: u8, until: u8, kind: Type) -> Part {
    Part { during: (from, until), often: (0, 1), kind: Kind::One(name, kind) }
}

const fn some(name: &'static str, from: u8, until: u8, often: (usize, usize), kind: Type) -> Part {
    Part { during: (from, until), often, kind: Kind::One(name, kind) }
}

const fn or_empty(
    name: &'static str,
    from: u8,
    until: u8,
    often: (usize, usize),
    kind: Type,
) -> Part {
    Part { during: (from, until), often, kind: Kind::OrEmpty(name, kind) }
}

const fn all(from: u8, until: u8, often: (usize, usize), parts: &'static [Part]) -> Part {
    Part { during: (from, until), often, kind: Kind::All(parts) }
}

const fn choice(from: u8, until: u8, often: (usize, usize), parts: &'static [Part]) -> Part {
    Part { during: (from, until), often, kind: Kind::Choice(parts) }
}

const fn other(from: u8, until: u8) -> Part {
    Part { during: (from, until), often: (0, MANY), kind: Kind::Other }
}

/// Checks a document of the given minor version.
pub(super) fn check(document: &Document<'_>, minor: u8) -> Result<(), Vec<FormatFault>> {
    let mut judge = Judge { document, minor, faults: Faults::new() };
    let root = &document.root;
    if root.name != "bom" {
        judge.tell(root, format!("its top is {}, not `bom`", quote(root.name)));
        return judge.faults.done();
    }
    judge.element(root, &Type::Named("bom element"));
    let mut seen = HashSet::new();
    judge.references(root, &mut seen);
    judge.faults.done()
}

struct Judge<'a> {
    document: &'a Document<'a>,
    minor: u8,
    faults: Faults,
}

impl<'a> Judge<'a> {
    fn tell(&mut self, element: &Element<'_>, message: String) {
        // A place costs a walk over the document: it is only found for what will be told.
        if self.faults.told.len() < super::FAULTS_MAX {
            let place = self.document.place(element);
            self.faults.tell(&place, message);
        }
    }

    /// Every `bom-ref` below the top names one thing only.
    fn references(&mut self, element: &'a Element<'a>, seen: &mut HashSet<&'a str>) {
        for child in &element.children {
            if let Some(reference) = child.attribute("bom-ref")
                && !seen.insert(reference)
            {
                self.tell(child, format!("reference {} is given twice", quote(reference)));
            }
            self.references(child, seen);
        }
    }

    fn element(&mut self, element: &Element<'_>, kind: &Type) {
        if !self.faults.step() {
            return;
        }
        match kind {
            Type::Named(name) => {
                let mut named = TYPES.iter().filter(|(known, _, _)| known == name);
                let found = named.find(|(_, until, _)| self.minor <= *until);
                if let Some((_, _, kind)) = found {
                    self.element(element, kind);
                }
            }
            Type::Value(rule) => {
                self.attributes(element, &[], Openness::Closed);
                self.value(element, rule);
            }
            Type::Text(rule, attributes, openness) => {
                self.attributes(element, attributes, *openness);
                self.value(element, rule);
            }
            Type::Parts(attributes, openness, part) | Type::Mixed(attributes, openness, part) => {
                self.attributes(element, attributes, *openness);
                if matches!(kind, Type::Parts(..)) && !element.text.trim().is_empty() {
                    let message = format!("text stands between what is in {}", shown(element));
                    self.tell(element, message);
                }
                let mut rest = element.children.as_slice();
                if self.parts(element, part, &mut rest)
                    && let Some(extra) = rest.first()
                {
                    self.tell(extra, format!("{} cannot stand here", shown(extra)));
                }
            }
        }
    }

    fn value(&mut self, element: &Element<'_>, rule: &Rule) {
        if let Some(child) = element.children.first() {
            self.tell(child, format!("{} cannot stand in a text", shown(child)));
        }
        if let Err(message) = self.fits(rule, &element.text) {
            self.tell(element, format!("{}: {message}", shown(element)));
        }
    }

    fn attributes(&mut self, element: &Element<'_>, fields: &[Field], openness: Openness) {
        let minor = self.minor;
        for field in fields {
            let demanded = field.demanded.is_some_and(|during| holds(during, minor));
            if demanded && element.attribute(field.name).is_none() {
                let message = format!("{} lacks attribute `{}`", shown(element), field.name);
                self.tell(element, message);
            }
        }
        for attribute in &element.attributes {
            let space = self.document.space(attribute.space);
            let mut known = fields.iter().filter(|field| holds(field.during, minor));
            let field = known.find(|field| attribute.space == 0 && field.name == attribute.name);
            let allowed = match openness {
                Openness::Open => true,
                Openness::Foreign => attribute.space != 0 && attribute.space != element.space,
                Openness::Closed => false,
            };
            let name = attribute.name;
            match field {
                Some(field) => {
                    if let Err(message) = self.fits(&field.rule, &attribute.value) {
                        self.tell(element, format!("attribute `{name}`: {message}"));
                    }
                }
                None if allowed || space == INSTANCE => {}
                None => {
                    let message = format!("{} has no attribute {}", shown(element), quote(name));
                    self.tell(element, message);
                }
            }
        }
    }

    /// Whether a text keeps a rule; the reason why not.
    fn fits(&self, rule: &Rule, text: &str) -> Result<(), String> {
        let trimmed = text.trim_matches([' ', '\t', '\n', '\r']);
        match rule {
            Rule::Collapsed(rule) => {
                let words: Vec<&str> = trimmed.split_ascii_whitespace().collect();
                self.fits(rule, &words.join(" "))
            }
            Rule::Flag => match trimmed {
                "true" | "false" | "1" | "0" => Ok(()),
                other => Err(format!("{} is neither true nor false", quote(other))),
            },
            Rule::Whole(least, most) => match trimmed.parse::<i64>() {
                Ok(number) if (*least..=*most).contains(&number) => Ok(()),
                _ => Err(format!("{} is no whole number within its bounds", quote(trimmed))),
            },
            Rule::Number(least, most) => {
                let shaped =
                    trimmed.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
                match trimmed.parse::<f64>() {
                    Ok(number) if shaped && (*least..=*most).contains(&number) => Ok(()),
                    _ => Err(format!("{} is no number within its bounds", quote(trimmed))),
                }
            }
            Rule::AnyOf(rules) => {
                let fits = rules.iter().any(|rule| self.fits(rule, text).is_ok());
                if fits { Ok(()) } else { Err("it is none of what may stand here".to_owned()) }
            }
            Rule::Named(name) => {
                let mut named = TYPES.iter().filter(|(known, _, _)| known == name);
                match named.find(|(_, until, _)| self.minor <= *until) {
                    Some((_, _, Type::Value(rule))) => self.fits(rule, text),
                    Some(_) | None => Ok(()),
                }
            }
            Rule::Form(form) => {
                let own = matches!(form, super::Form::XmlDate | super::Form::XmlDateTime);
                fits_text(rule, if own { trimmed } else { text }, self.minor)
            }
            rule => fits_text(rule, text, self.minor),
        }
    }

    /// Takes the elements that belong to a part from those that are left; false once it has told
    /// that one is missing.
    ///
    /// The schemas are deterministic (XML Schema 1.0, "unique particle attribution"): the next
    /// element alone decides, and nothing is ever taken back.
    fn parts(&mut self, owner: &Element<'_>, part: &Part, rest: &mut &[Element<'_>]) -> bool {
        if !holds(part.during, self.minor) || !self.faults.step() {
            return true;
        }
        let (least, most) = part.often;
        let mut times = 0usize;
        while times < most {
            let begins = rest.first().is_some_and(|next| self.begins(part, next));
            if !begins && (times >= least || self.is_optional(part)) {
                return true;
            }
            let before = rest.len();
            match &part.kind {
                Kind::One(name, kind) | Kind::OrEmpty(name, kind) => match rest.split_first() {
                    Some((next, after)) if begins => {
                        let empty = next.text.is_empty() && next.children.is_empty();
                        if !empty || matches!(part.kind, Kind::One(..)) {
                            self.element(next, kind);
                        }
                        *rest = after;
                    }
                    Some(_) | None => {
                        self.tell(owner, format!("{} lacks `{name}`", shown(owner)));
                        return false;
                    }
                },
                Kind::All(parts) => {
                    if !parts.iter().all(|part| self.parts(owner, part, rest)) {
                        return false;
                    }
                }
                Kind::Choice(parts) => {
                    let next = rest.first();
                    let chosen = next.and_then(|next| {
                        parts
                            .iter()
                            .find(|part| holds(part.during, self.minor) && self.begins(part, next))
                    });
                    let Some(chosen) = chosen else {
                        self.tell(owner, format!("{} lacks a choice", shown(owner)));
                        return false;
                    };
                    if !self.parts(owner, chosen, rest) {
                        return false;
                    }
                }
                Kind::Other => *rest = rest.split_first().map_or(&[][..], |(_, after)| after),
            }
            times += 1;
            if rest.len() == before {
                break;
            }
        }
        true
    }

    /// Whether a part may begin with an element.
    fn begins(&self, part: &Part, next: &Element<'_>) -> bool {
        let own = next.space == self.document.root.space;
        match &part.kind {
            _ if !holds(part.during, self.minor) => false,
            Kind::One(name, _) | Kind::OrEmpty(name, _) => own && next.name == *name,
            Kind::Other => !own && next.space != 0,
            Kind::Choice(parts) => parts.iter().any(|part| self.begins(part, next)),
            Kind::All(parts) => {
                for part in parts.iter().filter(|part| holds(part.during, self.minor)) {
                    if self.begins(part, next) {
                        return true;
                    }
                    if part.often.0 > 0 && !self.is_optional(part) {
                        return false;
                    }
                }
                false
            }
        }
    }

    /// Whether a part may be of no element although it must be there.
    fn is_optional(&self, part: &Part) -> bool {
        let passes = |part: &Part| part.often.0 == 0 || self.is_optional(part);
        let there = |parts: &'static [Part]| {
            parts.iter().filter(|part| holds(part.during, self.minor)).collect::<Vec<_>>()
        };
        match &part.kind {
            Kind::One(..) | Kind::OrEmpty(..) => false,
            Kind::Other => true,
            Kind::All(parts) => there(parts).into_iter().all(passes),
            Kind::Choice(parts) => there(parts).into_iter().any(passes),
        }
    }
}

fn shown(element: &Element<'_>) -> String {
    quote(element.name)
}
