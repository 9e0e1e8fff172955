//! Canonical JSON: one value, one spelling (the part of RFC 8785 that needs no floating point).
//!
//! What is hashed or signed must read the same on every machine. Objects are sorted by the UTF-16
//! code units of their keys, nothing is indented, strings are escaped only where they must be.
//! Numbers are whole and within ±(2^53 − 1), the range that every JSON reader keeps exact;
//! anything else is refused instead of rounded.

use serde_json::{Map, Number, Value};

use crate::fault::Fault;

/// How deep arrays and objects may nest, so that hostile nesting cannot exhaust the stack.
pub const DEPTH_MAX: usize = 128;

/// The largest whole number that RFC 7493 lets every reader keep exact.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

const WHAT: &str = "canonical JSON";

/// Writes the value in its one canonical spelling.
pub fn canonical(value: &Value) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    write_value(&mut out, value, 0)?;
    Ok(out)
}

/// Reads bytes that must be in the canonical spelling already, so that no second spelling of a
/// value (other order, doubled keys, spaces) can pass for the first.
pub fn read_canonical(bytes: &[u8]) -> Result<Value, Fault> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|e| Fault::unreadable(WHAT, e.to_string()))?;
    if canonical(&value)? != bytes {
        return Err(Fault::unreadable(WHAT, "it is valid JSON in another spelling"));
    }
    Ok(value)
}

fn write_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), Fault> {
    if depth > DEPTH_MAX {
        return Err(Fault::impossible(WHAT, format!("nested deeper than {DEPTH_MAX}")));
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(out, number)?,
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push(b'[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write_value(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Object(members) => write_object(out, members, depth)?,
    }
    Ok(())
}

fn write_object(
    out: &mut Vec<u8>,
    members: &Map<String, Value>,
    depth: usize,
) -> Result<(), Fault> {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    out.push(b'{');
    for (position, (key, value)) in sorted.into_iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        write_string(out, key);
        out.push(b':');
        write_value(out, value, depth + 1)?;
    }
    out.push(b'}');
    Ok(())
}

fn write_number(out: &mut Vec<u8>, number: &Number) -> Result<(), Fault> {
    let exact = match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive <= INTEGER_MAX,
        (None, Some(negative)) => negative.unsigned_abs() <= INTEGER_MAX,
        (None, None) => false,
    };
    if !exact {
        let why = format!("`{number}` is not a whole number within ±{INTEGER_MAX}");
        return Err(Fault::impossible(WHAT, why));
    }
    out.extend_from_slice(number.to_string().as_bytes());
    Ok(())
}

fn write_string(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
            // Bytes above 0x7f are parts of characters, which stand for themselves.
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `None` means refused.
    fn check(input: &str, expected: Option<&str>) {
        let value: Value = serde_json::from_str(input).expect("test input is JSON");
        let written = canonical(&value).ok().map(|b| String::from_utf8(b).expect("UTF-8"));
        assert_eq!(written.as_deref(), expected, "{input}");
    }

    #[test]
    fn spelling_table() {
        check(r#"{ "b" : 1, "a" : [ true , null ] }"#, Some(r#"{"a":[true,null],"b":1}"#));
        check(r#"{"":0,"A":1,"a":2,"1":3}"#, Some(r#"{"":0,"1":3,"A":1,"a":2}"#));
        // A surrogate pair (U+1F600, first unit D83D) sorts before U+FB33 by UTF-16 units,
        // after it by code points.
        check(
            r#"{"\ufb33":1,"\ud83d\ude00":2,"\u20ac":3,"\r":4,"1":5}"#,
            Some("{\"\\r\":4,\"1\":5,\"€\":3,\"😀\":2,\"\u{fb33}\":1}"),
        );
        check(
            r#""\u0000\u001f\u007f\b\t\n\f\r\"\\\/é""#,
            Some("\"\\u0000\\u001f\u{7f}\\b\\t\\n\\f\\r\\\"\\\\/é\""),
        );
        check("9007199254740991", Some("9007199254740991"));
        check("-9007199254740991", Some("-9007199254740991"));
        check("9007199254740992", None);
        check("-9007199254740992", None);
        check("1.0", None);
        check("1e3", None);
        check("-0", None);
        check("0.5", None);
        check("{}", Some("{}"));
        check("[[],{}]", Some("[[],{}]"));
    }

    #[test]
    fn nesting_is_bounded() {
        let nest = |depth| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert!(canonical(&nest(DEPTH_MAX)).is_ok());
        assert!(canonical(&nest(DEPTH_MAX + 1)).is_err());
    }

    #[test]
    fn other_spellings_are_refused() {
        fn check(input: &str, expected: bool) {
            assert_eq!(read_canonical(input.as_bytes()).is_ok(), expected, "{input}");
        }
        check(r#"{"a":1,"b":2}"#, true);
        check(r#"{"b":2,"a":1}"#, false);
        check(r#"{"a":1,"a":1}"#, false);
        check(r#"{"a": 1}"#, false);
        check("{\"a\":1}\n", false);
        check(r#""\u00e9""#, false);
        check("01", false);
        check("", false);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let number = -(INTEGER_MAX as i64)..=(INTEGER_MAX as i64);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            number.prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_equal(value in any_value()) {
            let bytes = canonical(&value).unwrap();
            prop_assert_eq!(read_canonical(&bytes).unwrap(), value);
        }

        #[test]
        fn reading_never_panics(bytes: Vec<u8>) {
            let _ = read_canonical(&bytes);
        }
    }
}
