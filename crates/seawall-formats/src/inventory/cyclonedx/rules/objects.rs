//! The rules over JSON.

use super::shapes::SHAPES;
use super::{Faults, Field, Repeats, Rule, has_word, holds};
use crate::fault::{FormatFault, quote};
use serde_json::{Number, Value};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Checks a document of the given minor version.
pub(super) fn check(value: &Value, minor: u8) -> Result<(), Vec<FormatFault>> {
    let mut judge = Judge { minor, faults: Faults::new(), hashes: HashMap::new() };
    let mut place = String::new();
    judge.judge(&Rule::Named("top"), value, &mut place);
    let mut seen = HashSet::new();
    references(("", value), &mut place, &mut seen, &mut judge.faults);
    judge.faults.done()
}

/// Every `bom-ref` of a component or a service names one thing only.
///
/// The standard demands it of all of them, but its own examples repeat those of workspaces.
fn references<'a>(
    (key, value): (&str, &'a Value),
    place: &mut String,
    seen: &mut HashSet<&'a str>,
    faults: &mut Faults,
) {
    let before = place.len();
    match value {
        Value::Object(object) => {
            let named = matches!(key, "component" | "components" | "services");
            if let (true, Some(Value::String(text))) = (named, object.get("bom-ref"))
                && !seen.insert(text)
            {
                let message = format!("reference {} is given twice", quote(text));
                faults.tell(&format!("{place}/bom-ref"), message);
            }
            for (key, value) in object {
                place.push('/');
                place.push_str(key);
                references((key, value), place, seen, faults);
                place.truncate(before);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                place.push_str(&format!("/{index}"));
                references((key, value), place, seen, faults);
                place.truncate(before);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

struct Judge {
    minor: u8,
    faults: Faults,
    /// The hashes of lists and objects by their address, so that none is hashed twice.
    hashes: HashMap<usize, u64>,
}

impl Judge {
    /// Whether a value keeps a rule, without telling why not.
    fn fits(&mut self, rule: &Rule, value: &Value) -> bool {
        let told = std::mem::take(&mut self.faults.told);
        self.judge(rule, value, &mut String::new());
        let fits = self.faults.told.is_empty();
        self.faults.told = told;
        fits
    }

    /// Holds a rule against a value and tells what is wrong.
    fn judge(&mut self, rule: &Rule, value: &Value, place: &mut String) {
        if !self.faults.step() {
            return;
        }
        match rule {
            Rule::Any => {}
            Rule::Text(..)
            | Rule::Form(_)
            | Rule::Words(_)
            | Rule::WordsBy(_)
            | Rule::Collapsed(_) => self.text(rule, value, place),
            Rule::Flag => self.expect(value.is_boolean(), place, "true or false"),
            Rule::Whole(..) | Rule::Number(..) => self.number(rule, value, place),
            Rule::List(of) => self.list(of, Repeats::Repeated, (0, usize::MAX), value, place),
            Rule::ListOf(of, repeats, least, most) => {
                self.list(of, *repeats, (*least, *most), value, place);
            }
            Rule::Object(fields) | Rule::ObjectIfAny(fields) | Rule::Open(fields) => {
                self.fields(rule, fields, value, place);
            }
            Rule::Has(keys) => {
                let object = value.as_object();
                let lacks = |key: &&str| object.is_some_and(|object| !object.contains_key(*key));
                for key in keys.iter().filter(|key| lacks(key)) {
                    self.faults.tell(place, format!("`{key}` is missing"));
                }
            }
            Rule::Is(key, expected) => {
                let fits = match value.get(key) {
                    Some(Value::String(text)) => text == expected,
                    Some(Value::Bool(flag)) => *flag == (*expected == "true"),
                    Some(_) => false,
                    None => true,
                };
                self.expect(fits, place, "otherwise");
            }
            Rule::All(rules) => rules.iter().for_each(|rule| self.judge(rule, value, place)),
            Rule::OneOf(rules) | Rule::AnyOf(rules) => {
                let alone = matches!(rule, Rule::OneOf(_));
                self.alternatives(rules, alone, value, place);
            }
            Rule::Not(rule) if self.fits(rule, value) => {
                self.faults.tell(place, "it has what excludes each other".to_owned());
            }
            Rule::When(condition, rule) if self.fits(condition, value) => {
                self.judge(rule, value, place);
            }
            Rule::During(from, until, rule) if holds((*from, *until), self.minor) => {
                self.judge(rule, value, place);
            }
            Rule::Not(_) | Rule::When(..) | Rule::During(..) => {}
            Rule::By(rules) => {
                let rule = rules.iter().find(|(until, _)| self.minor <= *until);
                rule.iter().for_each(|(_, rule)| self.judge(rule, value, place));
            }
            Rule::Named(name) => {
                if let Some(rule) = named(name) {
                    self.judge(rule, value, place);
                }
            }
        }
    }

    fn expect(&mut self, fits: bool, place: &str, what: &str) {
        if !fits {
            self.faults.tell(place, format!("it must be {what}"));
        }
    }

    fn text(&mut self, rule: &Rule, value: &Value, place: &str) {
        let Value::String(text) = value else {
            return self.expect(false, place, "a text");
        };
        if let Err(message) = fits_text(rule, text, self.minor) {
            self.faults.tell(place, message);
        }
    }

    fn number(&mut self, rule: &Rule, value: &Value, place: &str) {
        let Value::Number(number) = value else {
            return self.expect(false, place, "a number");
        };
        match rule {
            Rule::Whole(least, most) => {
                let whole = number.as_i64().or_else(|| whole(number));
                let fits = whole.is_some_and(|whole| (*least..=*most).contains(&whole));
                self.expect(fits, place, "a whole number within its bounds");
            }
            Rule::Number(least, most) => {
                let fits = number.as_f64().is_some_and(|number| (*least..=*most).contains(&number));
                self.expect(fits, place, "a number within its bounds");
            }
            _ => {}
        }
    }

    fn list(
        &mut self,
        of: &Rule,
        repeats: Repeats,
        (least, most): (usize, usize),
        value: &Value,
        place: &mut String,
    ) {
        let Value::Array(items) = value else {
            return self.expect(false, place, "a list");
        };
        if items.len() < least || items.len() > most {
            self.faults.tell(place, format!("it has {} items", items.len()));
        }
        let before = place.len();
        let mut seen: HashMap<u64, Vec<&Value>> = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            place.push_str(&format!("/{index}"));
            self.judge(of, item, place);
            if repeats == Repeats::Unique {
                let alike = seen.entry(self.hash(item)).or_default();
                if alike.contains(&item) {
                    self.faults.tell(place, "the same stands in the list before".to_owned());
                } else {
                    alike.push(item);
                }
            }
            place.truncate(before);
        }
    }

    fn fields(&mut self, rule: &Rule, fields: &[Field], value: &Value, place: &mut String) {
        let Value::Object(object) = value else {
            let may_be_other = matches!(rule, Rule::ObjectIfAny(_));
            return self.expect(may_be_other, place, "an object");
        };
        let open = matches!(rule, Rule::Open(_));
        let minor = self.minor;
        for field in fields {
            let demanded = field.demanded.is_some_and(|during| holds(during, minor));
            if demanded && !object.contains_key(field.name) {
                self.faults.tell(place, format!("`{}` is missing", field.name));
            }
        }
        let before = place.len();
        for (key, value) in object {
            place.push('/');
            place.push_str(key);
            let mut known = fields.iter().filter(|field| holds(field.during, minor));
            match known.find(|field| field.name == key) {
                Some(field) => self.judge(&field.rule, value, place),
                None if open => {}
                None => self.faults.tell(place, "there is no such field here".to_owned()),
            }
            place.truncate(before);
        }
    }

    fn alternatives(&mut self, rules: &[Rule], alone: bool, value: &Value, place: &str) {
        let fitting = rules.iter().filter(|rule| self.fits(rule, value)).count();
        if fitting == 0 {
            self.faults.tell(place, "it is none of what may stand here".to_owned());
        } else if alone && fitting > 1 {
            self.faults.tell(place, "it has what excludes each other".to_owned());
        }
    }

    /// The same number for equal values, whatever the order of their keys.
    fn hash(&mut self, value: &Value) -> u64 {
        let address = std::ptr::from_ref(value).addr();
        if let Some(hash) = self.hashes.get(&address) {
            return *hash;
        }
        let mut hasher = DefaultHasher::new();
        match value {
            Value::Array(items) => {
                0u8.hash(&mut hasher);
                items.iter().for_each(|item| self.hash(item).hash(&mut hasher));
            }
            Value::Object(object) => {
                let sum = object.iter().fold(1u64, |sum, (key, value)| {
                    let mut field = DefaultHasher::new();
                    (key, self.hash(value)).hash(&mut field);
                    sum.wrapping_add(field.finish())
                });
                sum.hash(&mut hasher);
            }
            leaf => {
                leaf.hash(&mut hasher);
                return hasher.finish();
            }
        }
        let hash = hasher.finish();
        self.hashes.insert(address, hash);
        hash
    }
}

/// The rule of this name.
fn named(name: &str) -> Option<&'static Rule> {
    let at = SHAPES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    SHAPES.get(at).map(|(_, rule)| rule)
}

/// A number that is written with a fraction of zero.
fn whole(number: &Number) -> Option<i64> {
    let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
    #[allow(clippy::cast_possible_truncation)]
    (number.abs() < 9e15).then_some(number as i64)
}

/// Whether a text keeps a rule of texts; the reason why not.
pub(super) fn fits_text(rule: &Rule, text: &str, minor: u8) -> Result<(), String> {
    let fits = match rule {
        Rule::Text(least, most) => {
            let length = text.chars().count();
            if length < *least || length > *most {
                return Err(format!("it is {length} characters long"));
            }
            true
        }
        Rule::Form(form) => {
            if !form.has(text, minor) {
                return Err(format!("{} is not {}", quote(text), form.name()));
            }
            true
        }
        Rule::Words(words) => words.contains(&text),
        Rule::WordsBy(groups) => has_word(groups, minor, text),
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("{} is none of the words for it", quote(text))) }
}
