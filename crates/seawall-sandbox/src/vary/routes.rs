//! Another way to the same thing: keys of objects, paths of files, addresses of hosts.

use super::{Input, names};
use serde_json::{Map, Value};

/// Dotted keys of one variant are no longer together.
const FLAT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What stands for `../`, by turn.
const UPWARDS: [&str; 18] = [
    "..//",
    "./../",
    "../../",
    "%2e%2e/",
    "..\\",
    "%2e%2e%2f",
    "..%2f",
    "x/../../",
    "....//",
    ".../...//",
    "../../../",
    ".%2e/",
    "..\\\\",
    "%252e%252e%252f",
    "..;/",
    "..%5c",
    "..%c0%af",
    ".././",
];
/// In this turn it is left out, so that an absolute path remains.
const ABSOLUTE_TURN: usize = 3;
/// What is put before a way upwards, by turn.
const BEFORE: [&str; 5] = ["./", "/", "x/../", "//", ".//"];
/// What the beginning of an absolute path becomes, by turn.
const ROOTS: [&str; 9] =
    ["//", "/./", "/x/../", "///", "/../", "file:///", "/proc/self/root/", "\\", "%2f"];
/// Notations of hosts that speak of the same.
const HOSTS: [(&str, &[&str]); 5] = [
    (
        "127.0.0.1",
        &[
            "localhost",
            "127.1",
            "[::1]",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.0.0.2",
            "0.0.0.0",
            "[::ffff:127.0.0.1]",
            "127.0.0.1.",
            "x@127.0.0.1",
        ],
    ),
    ("localhost", &["127.0.0.1", "LOCALHOST", "localhost.", "[::1]", "127.1", "0", "x@localhost"]),
    ("169.254.169.254", &["2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "169.254.43518"]),
    ("http://", &["HTTP://", "//", "http:/", "http:\\\\", "http:///", "http://x@", " http://"]),
    ("https://", &["HTTPS://", "//", "https:/", "https:\\\\", "https:///", "https://x@"]),
];

/// `../` in another spelling, everywhere.
pub(super) fn path(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    if !text.contains("../") {
        // Of another spelling, the plain one is the first variant.
        let plain = text.replace("..\\", "../").replace("%2e%2e/", "../").replace("..%2f", "../");
        return (turn == 0).then(|| plain.into_bytes());
    }
    // Absolute, among the first: whoever refuses dots often lets it pass.
    if turn == ABSOLUTE_TURN {
        return Some(upwards(text, |_| "/".to_owned()));
    }
    let turn = turn - usize::from(turn > ABSOLUTE_TURN);
    if let Some(other) = UPWARDS.get(turn) {
        return Some(text.replace("../", other).into_bytes());
    }
    let before = BEFORE.get(turn - UPWARDS.len())?;
    Some(upwards(text, |way| format!("{before}{way}")))
}

/// The text with each whole way upwards (`../../`) put otherwise.
fn upwards(text: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut changes = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("../")) {
        let start = at + found;
        let rest = text.get(start..).unwrap_or_default();
        let length = 3 * rest.as_bytes().chunks(3).take_while(|part| *part == b"../").count();
        changes.push((start..start + length, change(rest.get(..length).unwrap_or_default())));
        at = start + length;
    }
    names::spliced(text, changes)
}

/// Absolute paths by another way.
pub(super) fn root(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let bytes = text.as_bytes();
    let begins = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let open = before.is_none_or(|byte| b" \t\n\"'=(<>,:;`".contains(byte));
        open && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
    };
    let starts: Vec<usize> =
        text.match_indices('/').map(|(at, _)| at).filter(|at| begins(at)).collect();
    if starts.is_empty() {
        return None;
    }
    let other = ROOTS.get(turn)?;
    Some(names::spliced(text, starts.into_iter().map(|at| (at..at + 1, (*other).to_owned()))))
}

/// Addresses in another notation.
pub(super) fn host(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let notations = HOSTS.iter().filter(|(host, _)| input.text.contains(host));
    let (host, other) =
        notations.flat_map(|(host, others)| others.iter().map(move |o| (host, o))).nth(turn)?;
    Some(input.text.replace(host, other).into_bytes())
}

/// Keys of objects in another spelling.
pub(super) fn spelled(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let text = input.text;
    let json = input.json.as_ref();
    let put = |from: [&str; 3], to: [&str; 3]| {
        let pairs = from.into_iter().zip(to);
        pairs.fold(text.to_owned(), |text, (from, to)| text.replace(from, to)).into_bytes()
    };
    let whole = |value: Value| value.to_string().into_bytes();
    if turn > 10 || !text.contains(['.', '[', '"', '_']) {
        return None;
    }
    let same = || text.as_bytes().to_vec();
    Some(match turn {
        0 if json.is_some() => json.map_or_else(same, |json| whole(by_constructor(json))),
        0 | 1 => put(
            [".__proto__", "[__proto__]", "__proto__"],
            [".constructor.prototype", "[constructor][prototype]", "constructor.prototype"],
        ),
        2 => put(
            ["constructor.prototype", "[constructor][prototype]", "['constructor']['prototype']"],
            ["__proto__", "[__proto__]", "['__proto__']"],
        ),
        3 => bracketed(text, ["[", "]"]),
        4 => dotted(text),
        5 => json.map_or_else(same, |json| {
            let mut left = FLAT_BYTES_MAX;
            whole(flat(json, &mut left))
        }),
        6 => json.map_or_else(same, |json| whole(deep(json))),
        7 => bracketed(text, ["[\"", "\"]"]),
        8 => bracketed(text, ["['", "']"]),
        9 => text.replace("\"__proto__\"", "[\"__proto__\"]").into_bytes(),
        _ => bracketed(text, ["/", ""]),
    })
}

/// `a.b.c` with other marks around what follows the first word.
fn bracketed(text: &str, marks: [&str; 2]) -> Vec<u8> {
    let spans = names::spans(text);
    let mut changes = Vec::new();
    for pair in spans.windows(2) {
        let [first, second] = pair else { continue };
        if text.get(first.end..second.start) == Some(".") {
            let word = text.get(second.clone()).unwrap_or_default();
            changes.push((first.end..second.end, [marks[0], word, marks[1]].concat()));
        }
    }
    names::spliced(text, changes)
}

/// `a[b]["c"]` as `a.b.c`.
fn dotted(text: &str) -> Vec<u8> {
    let quotes = ['"', '\''];
    let mut changes = Vec::new();
    for span in names::spans(text) {
        let before = text.get(..span.start).unwrap_or_default();
        let after = text.get(span.end..).unwrap_or_default();
        let opened = before.strip_suffix(quotes).unwrap_or(before);
        let closed = after.strip_prefix(quotes).unwrap_or(after);
        let (Some(outer), Some(rest)) = (opened.strip_suffix('['), closed.strip_prefix(']')) else {
            continue;
        };
        let follows = outer.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ']');
        let from = changes.last().map_or(0, |(last, _): &(std::ops::Range<usize>, _)| last.end);
        if follows && outer.len() >= from {
            let word = text.get(span).unwrap_or_default();
            changes.push((outer.len()..text.len() - rest.len(), format!(".{word}")));
        }
    }
    names::spliced(text, changes)
}

/// `{"__proto__": x}` as `{"constructor": {"prototype": x}}`, at every depth.
fn by_constructor(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let value = by_constructor(value);
                if key == "__proto__" {
                    let inner = Map::from_iter([("prototype".to_owned(), value)]);
                    ("constructor".to_owned(), Value::Object(inner))
                } else {
                    (key.clone(), value)
                }
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(by_constructor).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Nested objects as one with dotted keys, which may take up so many bytes together.
fn flat(value: &Value, left: &mut usize) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let mut all = Map::new();
    for (key, value) in members {
        match flat(value, left) {
            Value::Object(inner) if !inner.is_empty() => {
                for (last, value) in inner {
                    *left = left.saturating_sub(key.len() + last.len());
                    if *left > 0 {
                        all.insert(format!("{key}.{last}"), value);
                    }
                }
            }
            value => {
                all.insert(key.clone(), value);
            }
        }
    }
    Value::Object(all)
}

/// Dotted keys as nested objects.
fn deep(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let member = |(key, value): (&String, &Value)| {
        let mut parts: Vec<&str> = key.splitn(16, '.').collect();
        let first = parts.first().map_or_else(String::new, |first| (*first).to_owned());
        let inner = parts.drain(1..).rev().fold(deep(value), |value, part| {
            Value::Object(Map::from_iter([(part.to_owned(), value)]))
        });
        (first, inner)
    };
    Value::Object(members.iter().map(member).collect())
}
