//! The order and the nesting of what a text is made of.

use super::Input;
use serde_json::{Map, Value};

/// A text that is JSON, written otherwise: layout, one level deeper, a member twice, as a string.
pub(super) fn json(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let json = input.json.as_ref()?;
    let text = input.text.trim();
    let around = |before: &str, after: &str| [before, text, after].concat().into_bytes();
    Some(match turn {
        0 => serde_json::to_vec(json).ok()?,
        1 => around("{\"a\": ", "}"),
        2 if json.is_object() => members(text, "\"first\": 1"),
        3 => around("[", "]"),
        4 => serde_json::to_vec_pretty(json).ok()?,
        5 => around("[1, ", ", 2]"),
        6 => serde_json::to_vec(text).ok()?,
        7 => opened(json).to_string().into_bytes(),
        8 if json.is_object() => {
            let first = json.as_object()?.keys().next()?;
            members(text, &format!("{}: 1", Value::from(first.as_str())))
        }
        2 | 8 => text.as_bytes().to_vec(),
        _ => return None,
    })
}

/// The object with another member first.
fn members(text: &str, member: &str) -> Vec<u8> {
    let rest = text.strip_prefix('{').unwrap_or(text);
    let comma = if rest.trim_start().starts_with('}') { "" } else { ", " };
    ["{", member, comma, rest].concat().into_bytes()
}

/// Strings that hold JSON, read.
fn opened(value: &Value) -> Value {
    match value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => inner,
            Ok(_) | Err(_) => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(opened).collect()),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| (key.clone(), opened(value));
            Value::Object(members.iter().map(member).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Lines, sections, members and parameters in another order.
pub(super) fn order(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let end = if text.ends_with('\n') { "\n" } else { "" };
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: Vec<&str>, by: &str| (lines.join(by) + end).into_bytes();
    Some(match turn {
        0 => match &input.json {
            Some(json) => reversed(json).to_string().into_bytes(),
            None => sections(text),
        },
        1 => joined(lines.into_iter().rev().collect(), "\n"),
        2 => {
            let (first, rest) = lines.split_first()?;
            joined(rest.iter().chain([first]).copied().collect(), "\n")
        }
        3 => {
            let mut lines = lines;
            let count = lines.len();
            if count > 1 {
                lines.swap(count - 1, count - 2);
            }
            joined(lines, "\n")
        }
        4 => joined(text.trim_end().split('&').rev().collect(), "&"),
        5 => joined(text.trim_end().split(',').rev().collect(), ","),
        6 => joined(text.trim_end().split(';').rev().collect(), ";"),
        _ => return None,
    })
}

/// The members of every object the other way round; the order of lists means something.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev().map(|(key, value)| (key.clone(), reversed(value)));
            Value::Object(Map::from_iter(members))
        }
        Value::Array(items) => Value::Array(items.iter().map(reversed).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Sections the other way round: each begins with a line in brackets or after an empty line.
fn sections(text: &str) -> Vec<u8> {
    let mut sections: Vec<String> = Vec::new();
    let mut was_empty = true;
    for line in text.lines() {
        let empty = line.trim().is_empty();
        let begins = line.starts_with('[') || (was_empty && !empty);
        was_empty = empty;
        match sections.last_mut() {
            Some(last) if !begins => {
                last.push_str(line);
                last.push('\n');
            }
            Some(_) | None => sections.push([line, "\n"].concat()),
        }
    }
    sections.reverse();
    sections.concat().into_bytes()
}
