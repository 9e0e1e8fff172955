//! Whether a document keeps every rule of its version of CycloneDX: JSON 1.2 to 1.7 and XML 1.0
//! to 1.7.
//!
//! What the fields are, which must be there and what they may hold stands in two tables,
//! [`shapes`] for JSON and `elements::types` for XML; here stands what the words of the tables
//! mean. Beyond the schemas it holds that every `bom-ref` is unique in its document, which the
//! standard demands in words.

mod elements;
mod forms;
#[rustfmt::skip]
mod licences;
mod objects;
#[rustfmt::skip]
mod shapes;

use self::forms::Form;
use super::FORMAT;
use super::xml::SPACE;
use crate::fault::{FormatFault, quote};
use crate::inventory::{INVENTORY_BYTES_MAX, xml};
use crate::json;
use serde_json::Value;

/// How many faults of one document are told.
pub const FAULTS_MAX: usize = 50;

/// How many values are looked at in one document, alternatives counted anew.
const STEPS_MAX: usize = 20_000_000;

/// What a value may be.
#[derive(Debug)]
enum Rule {
    /// Anything.
    Any,
    /// A text of at least and at most so many characters.
    Text(usize, usize),
    /// A text of a certain form.
    Form(Form),
    /// One of these words.
    Words(&'static [&'static str]),
    /// One of these words, each group with the first and last minor version it belongs to.
    WordsBy(&'static [(u8, u8, &'static [&'static str])]),
    /// What the other rule says of the text, blanks at its ends and repeated ones left out.
    Collapsed(&'static Rule),
    /// True or false.
    Flag,
    /// A whole number within these bounds.
    Whole(i64, i64),
    /// A number within these bounds.
    Number(f64, f64),
    /// A list of such values.
    List(&'static Rule),
    /// A list of such values, with the least and greatest number of them.
    ListOf(&'static Rule, Repeats, usize, usize),
    /// An object with these fields and no others.
    Object(&'static [Field]),
    /// The same; what is no object is let pass, because another rule speaks of it.
    ObjectIfAny(&'static [Field]),
    /// An object with these fields, and perhaps others.
    Open(&'static [Field]),
    /// An object that has these fields; what is no object is let pass.
    Has(&'static [&'static str]),
    /// An object whose field is absent or has this value, written as JSON text or word.
    Is(&'static str, &'static str),
    /// Exactly one of these rules holds.
    OneOf(&'static [Rule]),
    /// At least one of these rules holds.
    AnyOf(&'static [Rule]),
    /// All these rules hold.
    All(&'static [Rule]),
    /// The rule does not hold.
    Not(&'static Rule),
    /// Where the first rule holds, the second one does.
    When(&'static Rule, &'static Rule),
    /// The rule holds from one minor version to another.
    During(u8, u8, &'static Rule),
    /// The first of these rules whose last minor version is not before that of the document.
    By(&'static [(u8, Rule)]),
    /// The rule of this name in the table.
    Named(&'static str),
}

/// Whether a list may hold a value twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Repeats {
    /// It may.
    Repeated,
    /// It may not.
    Unique,
}

/// Any text.
const TEXT: Rule = Rule::Text(0, usize::MAX);

/// Any whole number.
const WHOLE: Rule = Rule::Whole(i64::MIN, i64::MAX);

/// Any number.
const NUMBER: Rule = Rule::Number(f64::MIN, f64::MAX);

/// A field of an object.
#[derive(Debug)]
struct Field {
    name: &'static str,
    /// The minor versions that have it.
    during: (u8, u8),
    /// The minor versions that demand it.
    demanded: Option<(u8, u8)>,
    rule: Rule,
}

const fn must(name: &'static str, from: u8, until: u8, rule: Rule) -> Field {
    Field { name, during: (from, until), demanded: Some((from, until)), rule }
}

const fn may(name: &'static str, from: u8, until: u8, rule: Rule) -> Field {
    Field { name, during: (from, until), demanded: None, rule }
}

const fn later(name: &'static str, from: u8, until: u8, demanded: (u8, u8), rule: Rule) -> Field {
    Field { name, during: (from, until), demanded: Some(demanded), rule }
}

fn holds((from, until): (u8, u8), minor: u8) -> bool {
    from <= minor && minor <= until
}

/// The words of a versioned list that belong to a version.
fn has_word(groups: &[(u8, u8, &[&str])], minor: u8, word: &str) -> bool {
    let mut groups = groups.iter().filter(|(from, until, _)| holds((*from, *until), minor));
    groups.any(|(_, _, words)| words.contains(&word))
}

/// What was found wrong so far.
struct Faults {
    told: Vec<FormatFault>,
    steps: usize,
}

impl Faults {
    fn new() -> Self {
        Self { told: Vec::new(), steps: 0 }
    }

    fn tell(&mut self, place: &str, message: String) {
        if self.told.len() < FAULTS_MAX {
            let place = if place.is_empty() { "the document" } else { place };
            self.told.push(FormatFault::new(FORMAT, place, message));
        }
    }

    /// Counts a step; false when there were too many.
    fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps <= STEPS_MAX
    }

    fn done(mut self) -> Result<(), Vec<FormatFault>> {
        if self.steps > STEPS_MAX {
            self.tell("", format!("it has more than {STEPS_MAX} values to look at"));
        }
        if self.told.is_empty() { Ok(()) } else { Err(self.told) }
    }
}

/// Checks a document, JSON or XML, against every rule of the version it says it is of.
pub fn check(bytes: &[u8]) -> Result<(), Vec<FormatFault>> {
    if bytes.len() > INVENTORY_BYTES_MAX {
        let message =
            format!("{} bytes are more than the {INVENTORY_BYTES_MAX} allowed", bytes.len());
        return Err(vec![FormatFault::new(FORMAT, "the document", message)]);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.trim_ascii_start().first() {
        Some(b'<') => check_xml(bytes),
        Some(_) | None => check_json(bytes),
    }
}

fn check_json(bytes: &[u8]) -> Result<(), Vec<FormatFault>> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX).map_err(|fault| vec![fault])?;
    let version = value.get("specVersion").and_then(Value::as_str).unwrap_or_default();
    let Some(minor) = minor(version).filter(|minor| *minor >= 2) else {
        let told = format!("version {} is none of 1.2 to 1.7", quote(version));
        return Err(vec![FormatFault::new(FORMAT, "/specVersion", told)]);
    };
    objects::check(&value, minor)
}

fn check_xml(bytes: &[u8]) -> Result<(), Vec<FormatFault>> {
    let document = xml::read(FORMAT, bytes).map_err(|fault| vec![fault])?;
    let space = document.space(document.root.space);
    match space.strip_prefix(SPACE).and_then(minor) {
        Some(minor) => elements::check(&document, minor),
        None => {
            let told = format!("namespace {} is none of versions 1.0 to 1.7", quote(space));
            Err(vec![FormatFault::new(FORMAT, document.place(&document.root), told)])
        }
    }
}

fn minor(version: &str) -> Option<u8> {
    match version.as_bytes() {
        [b'1', b'.', digit @ b'0'..=b'7'] => Some(digit - b'0'),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
