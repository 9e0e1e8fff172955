//! A JSON value as one text, so that two are equal exactly if they say the same.

use super::scan::MARK;
use seawall_domain::digest::Digest;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// The longest text that stands for itself, in bytes; a longer one is told by its digest.
const SHOWN_BYTES_MAX: usize = 120;

/// The longest value of which a tree is made, in bytes: a tree takes many times as much.
const TREE_BYTES_MAX: usize = 1024 * 1024;

/// The value with its names sorted and without what is not set; long ones as `sha256:…`.
pub(super) fn canonical(raw: &RawValue) -> String {
    let text = whole(raw);
    if text.len() <= SHOWN_BYTES_MAX { text } else { digest(&text) }
}

/// The digest of a value, however short it is: for what nobody needs to see. What is not set is
/// `null`.
pub(super) fn sealed(raw: &RawValue) -> String {
    let text = whole(raw);
    if text == "null" { text } else { digest(&text) }
}

/// A text as `sha256:…`.
pub(super) fn digest(text: &str) -> String {
    format!("sha256:{}", Digest::new(Sha256::digest(text.as_bytes()).into()))
}

/// The same of what a model was made with. A mock's answers are objects into which Inspect writes
/// while it runs, so that they end otherwise than they began; what it writes there is left out.
pub(super) fn sealed_arguments(raw: &RawValue) -> String {
    let Some(mut value) = tree(raw) else { return sealed(raw) };
    let answers = value.get_mut("custom_outputs").and_then(Value::as_array_mut);
    for answer in answers.into_iter().flatten().filter_map(Value::as_object_mut) {
        answer.retain(|name, _| !WRITTEN_MEANWHILE.contains(&name.as_str()));
    }
    let mut text = String::new();
    write(&value, &mut text);
    digest(&text)
}

/// What Inspect writes into a mock's answer when it has given it.
const WRITTEN_MEANWHILE: [&str; 2] = ["time", "input_context_tokens"];

/// A value as a tree, where that is not too long and not nested too deep.
fn tree(raw: &RawValue) -> Option<Value> {
    let is_short = raw.get().len() <= TREE_BYTES_MAX;
    is_short.then(|| serde_json::from_str(raw.get()).ok()).flatten()
}

fn whole(raw: &RawValue) -> String {
    let mut text = String::new();
    match tree(raw) {
        Some(value) => write(&value, &mut text),
        // What is too long or nested too deep for a tree is compared letter by letter.
        None => raw.get().clone_into(&mut text),
    }
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            // What is not set may be absent as well, and NaN is written as nothing in places.
            let mut fields: Vec<_> =
                fields.iter().filter(|(_, value)| !is_nothing(value)).collect();
            fields.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (number, (name, value)) in fields.into_iter().enumerate() {
                if number > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        value if is_nothing(value) => text.push_str("null"),
        value => text.push_str(&value.to_string()),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.strip_prefix(MARK).is_some_and(|word| word == "NaN"),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_a_mocks_answers_meanwhile_is_left_out() {
        let of = |text: &str| sealed_arguments(&RawValue::from_string(text.to_owned()).unwrap());
        let began = of(r#"{"custom_outputs":[{"choices":[1]}],"x":1}"#);
        let ended =
            r#"{"custom_outputs":[{"choices":[1],"time":0.1,"input_context_tokens":3}],"x":1}"#;
        assert_eq!(of(ended), began);
        assert_ne!(of(&ended.replace("[1]", "[2]")), began);
        assert_ne!(of(&ended.replace("\"x\":1", "\"x\":1,\"time\":2")), began);
        assert_eq!(of(r#"{"a":1}"#), sealed(&RawValue::from_string(r#"{"a":1}"#.into()).unwrap()));
    }

    fn check(one: &str, other: &str, same: bool) {
        let read = |json: &str| {
            let raw = RawValue::from_string(json.to_owned());
            raw.map(|raw| canonical(&raw)).unwrap_or_default()
        };
        assert_eq!(read(one) == read(other), same, "{} {}", read(one), read(other));
    }

    #[test]
    fn the_order_of_names_and_what_is_not_set_do_not_matter() {
        check(r#"{"a":1,"b":[{"c":2,"d":3}]}"#, r#"{"b":[{"d":3,"c":2}],"a":1,"e":null}"#, true);
        check(r#"{"a":"\u0000NaN"}"#, r#"{"a":null}"#, true);
        check("[1,2]", "[2,1]", false);
        check(r#"{"a":1}"#, r#"{"a":"1"}"#, false);
        let long = |end: char| format!("\"{}{end}\"", "x".repeat(200));
        check(&long('a'), &long('a'), true);
        check(&long('a'), &long('b'), false);
        let deep = format!("{}1{}", "[".repeat(400), "]".repeat(400));
        check(&deep, &deep, true);
    }
}
