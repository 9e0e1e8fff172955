//! Shapes: which values a field may have, as data; and rewriting a value by its shape.
//!
//! Rewriting builds a new value from what the shape names, in the shape's own order. A field that
//! the shape does not name is refused. Depth is bounded by the reader (`json::DEPTH_MAX`), and each
//! step down a shape is a step down the document.

use super::{Code, Denial};
use seawall_domain::engagement::scope::Scope;
use serde_json::{Map, Value};

/// What a value may be.
pub(super) enum Shape {
    /// Any text.
    Text,
    /// Exactly one of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// Nothing but false.
    False,
    /// A whole number within bounds.
    Whole(i64, i64),
    /// A number within bounds.
    Number(f64, f64),
    /// A list of at most so many.
    List(&'static Shape, usize),
    /// An object of these fields and no other.
    Object(&'static [Field]),
    /// An object whose fields depend on the word in one of them; the last part is the word that is
    /// meant where it is missing.
    Tagged(&'static str, Kinds, Option<&'static str>),
    /// The first of these that has the value's JSON kind.
    Either(&'static [Shape]),
    /// Any JSON object: a function's parameters or arguments.
    Tree,
    /// A model by the caller's name; what is written is the provider's name.
    Model,
    /// A number of tokens for the answer, at most what the scope says.
    OutputTokens,
}

/// The words of a tag, each with the fields that such an object has.
pub(super) type Kinds = &'static [(&'static str, &'static [Field])];

/// One field of an object.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) shape: &'static Shape,
    pub(super) need: Need,
}

/// Whether a field must be there, and whether it is sent on.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Need {
    /// It must be there.
    Must,
    /// It may be there; null is as if it were not.
    May,
    /// It may be there, must have its shape, and is not sent on.
    Dropped,
}

/// Rewrites a request by its fields.
pub(super) fn rewrite(
    fields: &'static [Field],
    document: &Value,
    scope: &Scope,
) -> Result<Map<String, Value>, Denial> {
    let Value::Object(members) = document else {
        return Err(Denial::new(Code::Body, "the body", "it must be an object"));
    };
    Writer { scope }.object(fields, members, None, "")
}

struct Writer<'a> {
    scope: &'a Scope,
}

impl Writer<'_> {
    fn object(
        &self,
        fields: &'static [Field],
        members: &Map<String, Value>,
        tag: Option<(&'static str, &'static str)>,
        place: &str,
    ) -> Result<Map<String, Value>, Denial> {
        let is_known = |key: &str| {
            fields.iter().any(|field| field.key == key) || tag.is_some_and(|(tag, _)| tag == key)
        };
        if let Some(key) = members.keys().find(|key| !is_known(key)) {
            let place = format!("{place}/{}", named(key));
            return Err(Denial::new(Code::Field, place, "this field is not let through"));
        }
        let mut written = Map::new();
        if let Some((tag, word)) = tag {
            written.insert(tag.to_owned(), word.into());
        }
        for field in fields {
            let place = || format!("{place}/{}", field.key);
            let value = members.get(field.key);
            let value = match field.need {
                Need::Must => value,
                Need::May | Need::Dropped => value.filter(|value| !value.is_null()),
            };
            match (value, field.need) {
                (Some(value), Need::Must | Need::May) => {
                    let value = self.value(field.shape, value, &place())?;
                    written.insert(field.key.to_owned(), value);
                }
                (Some(value), Need::Dropped) => drop(self.value(field.shape, value, &place())?),
                (None, Need::Must) => {
                    return Err(Denial::new(Code::Value, place(), "it is missing"));
                }
                (None, Need::May | Need::Dropped) => {}
            }
        }
        Ok(written)
    }

    fn value(&self, shape: &'static Shape, value: &Value, place: &str) -> Result<Value, Denial> {
        let refuse = |message| Err(Denial::new(Code::Value, place, message));
        match (shape, value) {
            (Shape::Text, Value::String(_)) | (Shape::Flag, Value::Bool(_)) => Ok(value.clone()),
            (Shape::False, Value::Bool(false)) => Ok(Value::Bool(false)),
            (Shape::Word(words), Value::String(text)) => match words.contains(&text.as_str()) {
                true => Ok(value.clone()),
                false => refuse("this word is not let through"),
            },
            (Shape::Whole(min, max), Value::Number(number)) => {
                match number.as_i64().filter(|whole| (min..=max).contains(&whole)) {
                    Some(whole) => Ok(whole.into()),
                    None => refuse("it must be a whole number within its bounds"),
                }
            }
            (Shape::Number(min, max), Value::Number(number)) => {
                match number.as_f64().is_some_and(|it| (*min..=*max).contains(&it)) {
                    true => Ok(value.clone()),
                    false => refuse("it must be a number within its bounds"),
                }
            }
            (Shape::List(_, most), Value::Array(items)) if items.len() > *most => {
                refuse("the list is too long")
            }
            (Shape::List(shape, _), Value::Array(items)) => {
                let items = items.iter().enumerate();
                let written =
                    items.map(|(at, item)| self.value(shape, item, &format!("{place}/{at}")));
                written.collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
            (Shape::Object(fields), Value::Object(members)) => {
                self.object(fields, members, None, place).map(Value::Object)
            }
            (Shape::Tagged(key, kinds, meant), Value::Object(members)) => {
                self.tagged((key, kinds, *meant), members, place)
            }
            (Shape::Either(shapes), value) => match shapes.iter().find(|it| it.fits(value)) {
                Some(shape) => self.value(shape, value, place),
                None => refuse("it has the wrong type"),
            },
            (Shape::Tree, Value::Object(_)) => Ok(value.clone()),
            (Shape::Model, Value::String(alias)) => match self.scope.model(alias) {
                Some(name) => Ok(name.into()),
                None => Err(Denial::new(Code::Model, place, "the model is not in the scope")),
            },
            (Shape::OutputTokens, Value::Number(number)) => {
                let most = self.scope.output_tokens_max;
                match number.as_u64().filter(|tokens| (1..=most).contains(tokens)) {
                    Some(tokens) => Ok(tokens.into()),
                    None => refuse("it must be a whole number within the scope"),
                }
            }
            _ => refuse("it has the wrong type"),
        }
    }

    fn tagged(
        &self,
        (key, kinds, meant): (&'static str, Kinds, Option<&'static str>),
        members: &Map<String, Value>,
        place: &str,
    ) -> Result<Value, Denial> {
        let word = match members.get(key) {
            Some(Value::String(word)) => Some(word.as_str()),
            Some(_) => None,
            None => meant,
        };
        let kind = kinds.iter().find(|(known, _)| Some(*known) == word);
        let Some((known, fields)) = kind else {
            let place = format!("{place}/{key}");
            return Err(Denial::new(Code::Value, place, "this kind is not let through"));
        };
        self.object(fields, members, Some((key, known)), place).map(Value::Object)
    }
}

impl Shape {
    /// Whether a value has the JSON kind of the shape.
    fn fits(&self, value: &Value) -> bool {
        match self {
            Shape::Text | Shape::Word(_) | Shape::Model => value.is_string(),
            Shape::Flag | Shape::False => value.is_boolean(),
            Shape::Whole(..) | Shape::Number(..) | Shape::OutputTokens => value.is_number(),
            Shape::List(..) => value.is_array(),
            Shape::Object(_) | Shape::Tagged(..) | Shape::Tree => value.is_object(),
            Shape::Either(shapes) => shapes.iter().any(|shape| shape.fits(value)),
        }
    }
}

/// A foreign key as a place may show it: short, and of letters that break nothing.
fn named(key: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    key.chars().take(40).map(|letter| if plain(letter) { letter } else { '?' }).collect()
}
