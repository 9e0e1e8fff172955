//! What a policy service answers: that a request may pass, or why not. Read strictly, so that an
//! answer which could mean something else means nothing.

use crate::fault::FormatFault;
use crate::json;
use serde::Deserialize;

/// The largest answer in bytes.
pub const VERDICT_BYTES_MAX: usize = 4 << 10;

/// The longest reason.
const REASON_BYTES_MAX: usize = 64;

const FORMAT: &str = "verdict";

/// An answer.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// It may pass.
    Allow {},
    /// It may not.
    Deny {
        /// Why, as a code: up to 64 lower-case letters, digits, `_`, `-` and `.`.
        reason: String,
    },
}

/// Reads an answer: `{"verdict":"allow"}` or `{"verdict":"deny","reason":"…"}`, and nothing else.
pub fn read(bytes: &[u8]) -> Result<Verdict, FormatFault> {
    let document = json::read(FORMAT, bytes, VERDICT_BYTES_MAX)?;
    let refuse = |message| FormatFault::new(FORMAT, "the document", message);
    let verdict = serde_json::from_value(document)
        .map_err(|_| refuse("a field is missing, not known, or not of its kind"))?;
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.".contains(&byte);
    match &verdict {
        Verdict::Deny { reason }
            if reason.is_empty()
                || reason.len() > REASON_BYTES_MAX
                || !reason.bytes().all(is_plain) =>
        {
            Err(refuse("the reason is no code"))
        }
        Verdict::Allow {} | Verdict::Deny { .. } => Ok(verdict),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_one_spelling_lets_pass() {
        fn check(text: &str, expected: Option<Verdict>) {
            assert_eq!(read(text.as_bytes()).ok(), expected, "{text}");
        }
        let deny = |reason: &str| Some(Verdict::Deny { reason: reason.into() });
        check(r#"{"verdict":"allow"}"#, Some(Verdict::Allow {}));
        check(r#" {"verdict" : "allow"} "#, Some(Verdict::Allow {}));
        check(r#"{"verdict":"deny","reason":"off_hours"}"#, deny("off_hours"));
        let long = "a".repeat(REASON_BYTES_MAX);
        check(&format!(r#"{{"verdict":"deny","reason":"{long}"}}"#), deny(&long));
        for bad in [
            "",
            "{}",
            "[]",
            "true",
            "allow",
            "\"allow\"",
            r#"{"verdict":"allow","verdict":"deny","reason":"a"}"#,
            r#"{"verdict":"deny","verdict":"allow","reason":"a"}"#,
            r#"{"verdict":"allow","reason":"a"}"#,
            r#"{"verdict":"allow","more":1}"#,
            r#"{"verdict":"ALLOW"}"#,
            r#"{"verdict":true}"#,
            r#"{"allow":true}"#,
            r#"{"verdict":"allow"}{"verdict":"allow"}"#,
            r#"{"verdict":"deny"}"#,
            r#"{"verdict":"deny","reason":""}"#,
            r#"{"verdict":"deny","reason":"You asked: what?"}"#,
            &format!(r#"{{"verdict":"deny","reason":"{long}a"}}"#),
            &format!(r#"{{"verdict":"allow"{}}}"#, " ".repeat(VERDICT_BYTES_MAX)),
        ] {
            check(bad, None);
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
