//! JSON from outside, read once into a tree with limits: bytes, nesting, number of values.
//!
//! A key given twice in one object is refused (RFC 8259, section 4, calls its meaning
//! unpredictable): two readers must never see two different documents. This room knows no format;
//! it only says where in a document something stands.

pub(crate) mod typed;

use crate::fault::{FormatFault, quote};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// How deep arrays and objects may nest; real documents stay below 20.
pub const DEPTH_MAX: usize = 96;

/// How many values one document may hold, so that a small file cannot fill the memory.
pub const VALUES_MAX: usize = 4_000_000;

/// Reads one JSON document of at most `bytes_max` bytes.
pub(crate) fn read(
    format: &'static str,
    bytes: &[u8],
    bytes_max: usize,
) -> Result<Value, FormatFault> {
    if bytes.len() > bytes_max {
        let message = format!("{} bytes are more than the {bytes_max} allowed", bytes.len());
        return Err(FormatFault::new(format, "the document", message));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let left = Cell::new(VALUES_MAX);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let seed = Tree { depth: 0, left: &left };
    let value = seed.deserialize(&mut reader).and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    value.map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        let told = error.to_string();
        let message = told.split(" at line ").next().unwrap_or(&told).to_owned();
        FormatFault::new(format, place, message)
    })
}

/// Builds one value, counting depth and values on the way.
struct Tree<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Tree<'_> {
    fn deeper<E: Error>(&self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > DEPTH_MAX {
            return Err(E::custom(format!("nested deeper than {DEPTH_MAX} levels")));
        }
        Ok(Self { depth, left: self.left })
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(D::Error::custom(format!("more than {VALUES_MAX} values")));
        };
        self.left.set(left);
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                let message = format!("key {} is given twice", quote(&key));
                return Err(A::Error::custom(message));
            }
            let value = entries.next_value_seed(self.deeper()?)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// A value together with the place where it stands, for messages.
pub(crate) struct Spot<'a> {
    format: &'static str,
    place: String,
    value: &'a Value,
}

impl<'a> Spot<'a> {
    /// The top of a document, which must be an object.
    pub(crate) fn top(format: &'static str, value: &'a Value) -> Result<Self, FormatFault> {
        let spot = Self { format, place: String::new(), value };
        spot.expect_object()
    }

    /// An object of a list that is itself the top of a document.
    pub(crate) fn item(
        format: &'static str,
        index: usize,
        value: &'a Value,
    ) -> Result<Self, FormatFault> {
        let spot = Self { format, place: format!("/{index}"), value };
        spot.expect_object()
    }

    fn expect_object(self) -> Result<Self, FormatFault> {
        match self.value {
            Value::Object(_) => Ok(self),
            other => Err(self.fault(format!("it must be an object, not {}", kind(other)))),
        }
    }

    /// A fault at this place.
    pub(crate) fn fault(&self, message: impl Into<String>) -> FormatFault {
        let place = match self.place.as_str() {
            "" => "the document",
            place => place,
        };
        FormatFault::new(self.format, place, message)
    }

    /// A fault at a field of this object.
    pub(crate) fn fault_at(&self, key: &str, message: impl Into<String>) -> FormatFault {
        FormatFault::new(self.format, self.below(key), message)
    }

    /// The place of this value, as a JSON pointer.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// The value itself.
    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    fn below(&self, key: &str) -> String {
        format!("{}/{key}", self.place)
    }

    fn field(&self, key: &str) -> Option<&'a Value> {
        self.value.get(key).filter(|value| !value.is_null())
    }

    /// Whether the field is there and not null.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.field(key).is_some()
    }

    /// A text, trimmed; absent, null and empty are all "none".
    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, FormatFault> {
        match self.field(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Some(other) => {
                let message = format!("it must be a text, not {}", kind(other));
                Err(self.fault_at(key, message))
            }
        }
    }

    /// A text that must be there and must not be empty.
    pub(crate) fn required_text(&self, key: &str) -> Result<&'a str, FormatFault> {
        self.text(key)?.ok_or_else(|| self.fault_at(key, "it is missing or empty"))
    }

    /// The items of a list; absent and null are an empty one.
    pub(crate) fn items(&self, key: &str) -> Result<Vec<Spot<'a>>, FormatFault> {
        match self.field(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let spots = items.iter().enumerate().map(|(index, value)| Spot {
                    format: self.format,
                    place: format!("{}/{key}/{index}", self.place),
                    value,
                });
                Ok(spots.collect())
            }
            Some(other) => {
                let message = format!("it must be a list, not {}", kind(other));
                Err(self.fault_at(key, message))
            }
        }
    }

    /// The items of a list, each of which must be an object.
    pub(crate) fn objects(&self, key: &str) -> Result<Vec<Spot<'a>>, FormatFault> {
        let items = self.items(key)?.into_iter();
        items.map(Spot::expect_object).collect()
    }

    /// The texts of a list, empty ones left out.
    pub(crate) fn texts(&self, key: &str) -> Result<Vec<String>, FormatFault> {
        let mut texts = Vec::new();
        for item in self.items(key)? {
            match item.value {
                Value::String(text) if text.trim().is_empty() => {}
                Value::String(text) => texts.push(text.trim().to_owned()),
                other => {
                    return Err(item.fault(format!("it must be a text, not {}", kind(other))));
                }
            }
        }
        Ok(texts)
    }

    /// The fields of this object with their keys, each of which must be an object.
    pub(crate) fn entries(&self) -> Result<Vec<(&'a str, Spot<'a>)>, FormatFault> {
        let fields = self.value.as_object().into_iter().flatten();
        let entries = fields.map(|(key, value)| {
            let spot = Self { format: self.format, place: self.below(key), value };
            Ok((key.as_str(), spot.expect_object()?))
        });
        entries.collect()
    }

    /// Whether the field is true.
    pub(crate) fn is_true(&self, key: &str) -> bool {
        self.field(key) == Some(&Value::Bool(true))
    }

    /// An object below this one.
    pub(crate) fn object(&self, key: &str) -> Result<Option<Spot<'a>>, FormatFault> {
        let spot = self.field(key).map(|value| Spot {
            format: self.format,
            place: self.below(key),
            value,
        });
        spot.map(Spot::expect_object).transpose()
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: Result<(), &str>) {
        let read = read("JSON", input.as_bytes(), 100_000);
        match (read, expected) {
            (Ok(value), Ok(())) => assert_eq!(Ok(value), serde_json::from_str(input).map_err(drop)),
            (Err(fault), Err(part)) => {
                assert!(fault.to_string().contains(part), "{fault} lacks {part}");
            }
            (read, expected) => panic!("{input}: {read:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn reads_json_and_refuses_bombs() {
        check(r#"{"a":[1,-2,2.5,"x",null,true,{"b":{}}]}"#, Ok(()));
        check("", Err("EOF"));
        check("{\"a\":1", Err("line 1 column 6"));
        check("{} {}", Err("trailing"));
        check(r#"{"a":1,"b":{"c":1,"c":2}}"#, Err("key `c` is given twice"));
        check(&"[".repeat(5_000), Err("nested deeper than 96 levels"));
        check(&format!("[{}]", "0,".repeat(60_000)), Err("more than the 100000 allowed"));
        check("{\"a\":\"\u{0}\"}", Err("control character"));
    }

    #[test]
    fn a_flood_of_values_is_refused() {
        let flood = format!("[{}0]", "0,".repeat(VALUES_MAX));
        let told = read("JSON", flood.as_bytes(), usize::MAX).map_err(|fault| fault.message);
        assert_eq!(told, Err("more than 4000000 values".to_owned()));
    }

    #[test]
    fn a_wrong_type_is_named_with_its_place() -> Result<(), FormatFault> {
        let value = read("JSON", br#"{"a":{"b":[{"c":1}]},"d":" "}"#, 100)?;
        let top = Spot::top("JSON", &value)?;
        assert_eq!(top.text("d"), Ok(None));
        let inner = top.object("a")?.map(|a| a.objects("b")).transpose()?;
        let told = inner.and_then(|b| b.first().map(|c| c.text("c").map_err(|f| f.to_string())));
        let expected = "cannot read JSON at /a/b/0/c: it must be a text, not a number";
        assert_eq!(told, Some(Err(expected.to_owned())));
        assert!(Spot::top("JSON", &Value::Null).is_err());
        Ok(())
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(read("JSON", &bytes, 150));
        }
    }
}
