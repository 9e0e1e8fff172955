//! JSON read straight into types, without a tree between: the fast way for records that come by the
//! hundred thousand. Names that a type does not know are passed over.
//!
//! A key given twice is refused where it is one that is read (derived types do that). Nesting is
//! bounded by the JSON reader (128 levels), memory by the number of values a document may hold. A
//! wrong type is told with its place as a JSON pointer.

mod leaf;
mod place;

pub(crate) use leaf::{List, Loose, LooseList, LooseText, Text};

use super::DEPTH_MAX;
use crate::fault::{FormatFault, quote};
use serde::Deserialize;

/// How many values one typed document may hold, so that a small file cannot fill the memory.
pub(crate) const TYPED_VALUES_MAX: usize = 1_000_000;

/// Reads one JSON document of at most `bytes_max` bytes, borrowing its texts.
pub(crate) fn read<'a, T: Deserialize<'a>>(
    format: &'static str,
    bytes: &'a [u8],
    bytes_max: usize,
) -> Result<T, FormatFault> {
    if bytes.len() > bytes_max {
        let message = format!("{} bytes are more than the {bytes_max} allowed", bytes.len());
        return Err(FormatFault::new(format, "the document", message));
    }
    // Every value but the first follows one of these; those inside texts only count too many.
    let opens = |byte: &&u8| matches!(byte, b',' | b'[' | b'{');
    if bytes.len() > TYPED_VALUES_MAX && bytes.iter().filter(opens).count() > TYPED_VALUES_MAX {
        let message = format!("more than {TYPED_VALUES_MAX} values");
        return Err(FormatFault::new(format, "the document", message));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| fault(format, bytes, &error))
}

/// A fault of the JSON reader in this crate's words, with its place.
fn fault(format: &'static str, bytes: &[u8], error: &serde_json::Error) -> FormatFault {
    let told = error.to_string();
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(message, _)| message);
    let message = match (told.strip_prefix("duplicate field "), told.strip_prefix("invalid type: "))
    {
        (Some(name), _) => format!("key {} is given twice", quote(name.trim_matches('`'))),
        // Only objects are read by derived types; everything else says itself what it wants.
        (None, Some(found)) => format!("it must be an object, not {}", kind(found)),
        (None, None) => told.replace("recursion limit exceeded", "it is nested too deep"),
    };
    let place = match error.classify() {
        serde_json::error::Category::Data => place::pointer(bytes, error.line(), error.column()),
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => None,
    };
    let place = place.unwrap_or_else(|| match told.starts_with("duplicate field") {
        true => "the document".to_owned(),
        false => format!("line {} column {}", error.line(), error.column()),
    });
    FormatFault::new(format, place, message)
}

/// What was found, by the first word that the JSON reader has for it.
fn kind(found: &str) -> &'static str {
    match found.split([' ', ',']).next() {
        Some("null" | "unit") => "null",
        Some("boolean") => "true or false",
        Some("string") => "a text",
        Some("sequence") => "a list",
        Some(_) | None => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Part<'a> {
        #[serde(borrow)]
        name: Text<'a>,
        #[serde(borrow)]
        free: LooseText<'a>,
        #[serde(borrow)]
        parts: List<Part<'a>>,
        #[serde(borrow)]
        own: Loose<Box<Part<'a>>>,
        #[serde(borrow)]
        words: LooseList<Text<'a>>,
    }

    fn told(part: &Part<'_>) -> String {
        let parts: Vec<String> = part.parts.0.iter().map(told).collect();
        let own = part.own.0.as_deref().map(told).unwrap_or_default();
        let words: Vec<&str> = part.words.0.iter().filter_map(Text::get).collect();
        let name = part.name.get().unwrap_or("-");
        let free = part.free.get().unwrap_or("-");
        format!("{name}/{free}[{}]<{own}>{}", parts.join(","), words.join("+"))
    }

    fn check(input: &str, expected: &str) {
        let read = read::<Part<'_>>("JSON", input.as_bytes(), 100_000);
        let told = read.map_or_else(|fault| fault.to_string(), |part| told(&part));
        assert_eq!(told, expected, "{input}");
    }

    #[test]
    fn reads_what_it_knows_and_names_the_place_of_a_wrong_type() {
        check("{}", "-/-[]<>");
        check(r#"{"name":" a\n ","free":1,"x":{"y":[1]},"words":["b",null,"c"]}"#, "a/-[]<>b+c");
        check(r#"{"name":null,"parts":null,"own":null,"words":3}"#, "-/-[]<>");
        check(r#"{"parts":[{"name":"b"},{}],"own":{"name":"o"}}"#, "-/-[b/-[]<>,-/-[]<>]<o/-[]<>>");
        check(r#"{"own":[{"name":1}]}"#, "-/-[]<>");
        for (input, expected) in [
            (r#"{"name":1}"#, "/name: it must be a text, not a number"),
            (r#"{"parts":[{},{"name":[]}]}"#, "/parts/1/name: it must be a text, not a list"),
            (r#"{"parts":{}}"#, "/parts: it must be a list, not an object"),
            (r#"{"parts":[{},"x"]}"#, "/parts/1: it must be an object, not a text"),
            (r#"{"parts":[null]}"#, "/parts/0: it must be an object, not null"),
            ("3", "line 1 column 1: it must be an object, not a number"),
            (r#"{"a":"{\"[","name":true}"#, "/name: it must be a text, not true or false"),
            (r#"{"name":"a","name":"b"}"#, "/name: key `name` is given twice"),
            (r#"{"a":"#, "line 1 column 5: EOF while parsing a value"),
            ("{} {}", "line 1 column 4: trailing characters"),
        ] {
            check(input, &format!("cannot read JSON at {expected}"));
        }
        let deep = format!("{}1{}", r#"{"own":"#.repeat(200), "}".repeat(200));
        let told = read::<Part<'_>>("JSON", deep.as_bytes(), 100_000).map_err(|f| f.message);
        assert!(told.is_err_and(|told| told == "it is nested too deep"));
    }

    proptest! {
        #[test]
        fn never_panics(
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            text in r#"[\[\]{}",:0-9a-c\\ \n]{0,60}"#,
        ) {
            drop(read::<Part<'_>>("JSON", &bytes, 90));
            drop(read::<Part<'_>>("JSON", format!("{{\"name\":{text}").as_bytes(), 90));
            drop(read::<Part<'_>>("JSON", format!("{{\"parts\":[{text}").as_bytes(), 90));
        }
    }
}
