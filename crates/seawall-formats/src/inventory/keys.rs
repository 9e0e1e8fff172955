//! The keys at the top of a JSON document, found without reading its values.
//!
//! It serves only to tell formats apart: whatever is taken from a document is read by a reader
//! that refuses what is no JSON.

/// How many keys are looked at; the largest format has fewer than 40.
const KEYS_MAX: usize = 200;

/// The keys of the object at the top, in their order; none when the top is no object.
pub(super) struct Keys<'a> {
    rest: &'a [u8],
    seen: usize,
}

impl<'a> Keys<'a> {
    /// Begins at the start of a document.
    pub(super) fn of(bytes: &'a [u8]) -> Keys<'a> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let rest = bytes.trim_ascii_start().strip_prefix(b"{").unwrap_or_default();
        Keys { rest, seen: 0 }
    }
}

impl<'a> Iterator for Keys<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.seen += 1;
        if self.seen > KEYS_MAX {
            return None;
        }
        let rest = self.rest.trim_ascii_start();
        let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
        let text = rest.strip_prefix(b"\"")?;
        let end = closing(text)?;
        let (key, rest) = text.split_at_checked(end)?;
        let rest = rest.get(1..)?.trim_ascii_start().strip_prefix(b":")?;
        self.rest = value(rest);
        std::str::from_utf8(key).ok()
    }
}

/// Where the text ends that has just begun: the place of the closing quote.
fn closing(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// What follows a value.
fn value(text: &[u8]) -> &[u8] {
    let (mut at, mut depth) = (0usize, 0usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => match text.get(at + 1..).and_then(closing) {
                Some(end) => at += end + 1,
                None => return &[],
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return &[],
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(Keys::of(text.as_bytes()).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn keys_are_found_past_any_value() {
        check(r#" {"a":1, "b" : {"c":[{"d":"}\"]"}]},"e":"x\\","f":null}"#, &["a", "b", "e", "f"]);
        check("[1]", &[]);
        check("", &[]);
        check("{", &[]);
        check(r#"{"a":{"b":1"#, &["a"]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[{}\\[\\]\",:\\\\a1 ]{0,40}") {
            prop_assert!(Keys::of(text.as_bytes()).count() <= KEYS_MAX);
        }
    }
}
