//! Documents of other databases as they came, but for fields that the schema does not have: strict
//! clients of the query interface refuse a document with one.

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// The fields of a record (OSV schema 1.7, "Format").
const FIELDS: [&str; 15] = [
    "schema_version",
    "id",
    "modified",
    "published",
    "withdrawn",
    "aliases",
    "upstream",
    "related",
    "summary",
    "details",
    "severity",
    "affected",
    "references",
    "credits",
    "database_specific",
];

/// A document letter for letter, without the fields at its top that the schema does not have; none
/// when it is no JSON object.
pub fn schema_only(document: &[u8]) -> Option<Cow<'_, [u8]>> {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document).trim_ascii();
    let Members::<IgnoredAny>(members) = serde_json::from_slice(document).ok()?;
    if members.iter().all(|(name, _)| FIELDS.contains(&name.as_ref())) {
        return Some(Cow::Borrowed(document));
    }
    let Members::<&RawValue>(members) = serde_json::from_slice(document).ok()?;
    let mut kept = Vec::with_capacity(document.len());
    for (name, value) in members.iter().filter(|(name, _)| FIELDS.contains(&name.as_ref())) {
        kept.extend_from_slice(if kept.is_empty() { b"{\"" } else { b",\"" });
        // The schema's names need no escape.
        kept.extend_from_slice(name.as_bytes());
        kept.extend_from_slice(b"\":");
        kept.extend_from_slice(value.get().as_bytes());
    }
    kept.extend_from_slice(if kept.is_empty() { b"{}" } else { b"}" });
    Some(Cow::Owned(kept))
}

/// The members of an object, in their order.
struct Members<'a, T>(Vec<(Cow<'a, str>, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<'de, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Members<'de, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(document: &str, expected: Option<&str>) {
        let found = schema_only(document.as_bytes());
        let found = found.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(found.as_deref(), expected, "{document}");
    }

    #[test]
    fn only_the_schema_s_fields_stay_and_stay_as_they_are() {
        for (document, expected) in [
            (r#"{"id":"A", "x": 1}"#, Some(r#"{"id":"A"}"#)),
            (r#"{"x":1,"details" : "a\u00e9\/" ,"y":{}}"#, Some(r#"{"details":"a\u00e9\/"}"#)),
            ("\u{feff}{ \"id\" : \"A\" }\n", Some("{ \"id\" : \"A\" }")),
            (r#"{"x":1}"#, Some("{}")),
            ("{}", Some("{}")),
            (r#"{"affected":[{"x":1}]}"#, Some(r#"{"affected":[{"x":1}]}"#)),
            (r#"{"\u0069d":"A","x":1}"#, Some(r#"{"id":"A"}"#)),
            (r#"{"a\"b":1}"#, Some("{}")),
            ("[]", None),
            ("{} {}", None),
            ("", None),
        ] {
            check(document, expected);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in r#"[\[\]{}",:0-9a-c\\ ]{0,60}"#) {
            drop(schema_only(text.as_bytes()));
            drop(schema_only(format!("{{\"id\":{text}}}").as_bytes()));
        }
    }
}
