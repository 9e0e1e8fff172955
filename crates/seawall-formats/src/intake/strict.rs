//! JSON read strictly: one document, no repeated key at any level, bounded in size and depth.
//!
//! A report in which a key stands twice means different things to different readers, and the one
//! who checks it must not be the one who is fooled.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// How deep a document is read; what lies deeper is skipped and reads as `null`. No shape that we
/// know needs more than 30 levels.
pub(crate) const DEPTH_MAX: usize = 48;

/// The most values of one document; a bound on memory for documents of many tiny values.
pub(crate) const VALUES_LEN_MAX: usize = 500_000;

/// Reads exactly one document. The message names line and column, never the content.
pub(crate) fn document(body: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(body)
        .map_err(|error| format!("not UTF-8 after byte {}", error.valid_up_to()))?;
    let left = Cell::new(VALUES_LEN_MAX);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, left: &left }
        .deserialize(&mut reader)
        .map_err(|error| error.to_string())?;
    reader.end().map_err(|_| "more than one JSON document".to_owned())?;
    Ok(value)
}

/// The keys of the top-level object, or `None` if there is no readable object.
pub(crate) fn keys(body: &[u8]) -> Option<Vec<String>> {
    struct Keys;
    impl<'de> Visitor<'de> for Keys {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
            let mut keys = Vec::new();
            while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                if keys.len() < 256 {
                    keys.push(key);
                }
            }
            Ok(keys)
        }
    }
    let body = body.trim_ascii_start();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::Deserializer::from_slice(body).deserialize_map(Keys).ok()
}

/// How many levels of objects and lists a value has; a plain value has none.
pub(crate) fn depth(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Strict<'_> {
    fn count<E: Error>(&self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| E::custom("too many values"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        if self.depth >= DEPTH_MAX {
            // Skipping does not recurse, so no nesting exhausts the stack.
            deserializer.deserialize_ignored_any(IgnoredAny)?;
            return Ok(Value::Null);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = Strict { depth: self.depth + 1, ..self };
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = Strict { depth: self.depth + 1, ..self };
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                let key = crate::fault::quote(&key);
                return Err(A::Error::custom(format!("key {key} stands twice")));
            }
            let value = access.next_value_seed(inner)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], expected: Result<&str, &str>) {
        match (document(body), expected) {
            (Ok(value), Ok(expected)) => assert_eq!(value.to_string(), expected),
            (Err(message), Err(expected)) => assert!(message.contains(expected), "{message}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn reads_one_document_without_repeated_keys() {
        check(br#" {"a":[1,-2,1.5,"x",null,true]} "#, Ok(r#"{"a":[1,-2,1.5,"x",null,true]}"#));
        check(br#"{"a":1,"a":2}"#, Err("key `a` stands twice at line 1"));
        check(br#"{"b":[{"a":1,"\u0061":2}]}"#, Err("key `a` stands twice"));
        check(br#"{} {}"#, Err("more than one JSON document"));
        check(b"{\"a\":\"\xff\"}", Err("not UTF-8 after byte 6"));
        check(b"\xef\xbb\xbf{}", Err("expected value"));
        check(b"", Err("EOF"));
        check(br#"{"a":"\ud800"}"#, Err("line 1"));
    }

    #[test]
    fn skips_what_is_too_deep_and_refuses_what_is_too_much() {
        let bomb = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let value = document(bomb.as_bytes()).unwrap();
        assert_eq!(depth(&value), DEPTH_MAX);
        let bomb = format!("[{}0]", "0,".repeat(VALUES_LEN_MAX));
        check(bomb.as_bytes(), Err("too many values"));
    }
}
