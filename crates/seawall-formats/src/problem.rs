//! Problems: the one shape in which every interface says that a request failed (RFC 9457).
//!
//! The extension member `errors` lists what a validation found, in the form of the TAP Intake API
//! (section 10). A problem never repeats payloads, tokens or personal data.

use serde::Serialize;

/// The problem type that says no more than the status does (RFC 9457, section 4.2.1).
pub const BLANK: &str = "about:blank";

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One thing that is wrong in one field.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Violation {
    /// What kind of thing it is; never renamed or reused.
    pub code: &'static str,
    /// The path of the field, such as `attachments[2].filename`.
    pub field: String,
    /// The other field, where two fields contradict each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also_field: Option<String>,
    /// Prose for a person; may be reworded.
    pub reason: String,
}

impl Violation {
    /// Names one fault of one field.
    pub fn new(code: &'static str, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Violation { code, field: field.into(), also_field: None, reason: reason.into() }
    }

    /// Adds the field that this one contradicts.
    pub fn with(mut self, also_field: impl Into<String>) -> Self {
        self.also_field = Some(also_field.into());
        self
    }
}

/// A request failed, and why.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// A URI that names the kind of problem, or [`BLANK`].
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind of problem in a few words, the same each time.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was wrong this time.
    pub detail: String,
    /// Each violation that was found; absent from the document when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Violation>,
}

impl Problem {
    /// A problem about which the status says it all.
    pub fn blank(status: u16, detail: impl Into<String>) -> Problem {
        Problem {
            kind: BLANK,
            title: phrase(status).to_owned(),
            status,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// The problem document.
    pub fn to_json(&self) -> String {
        // A struct of strings and numbers always serialises; the fallback is valid all the same.
        serde_json::to_string(self).unwrap_or_else(|_| r#"{"type":"about:blank"}"#.to_owned())
    }
}

/// The reason phrase of a status that our interfaces use (RFC 9110, section 15; RFC 6585).
pub fn phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ if status < 500 => "Request Failed",
        _ => "Server Failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_members_in_the_order_of_the_standard() {
        let mut problem = Problem::blank(413, "body over 3 MiB");
        assert_eq!(
            problem.to_json(),
            "{\"type\":\"about:blank\",\"title\":\"Content Too Large\",\"status\":413,\
             \"detail\":\"body over 3 MiB\"}"
        );
        problem.errors = vec![
            Violation::new("missing_field", "email", "needed by `notify`"),
            Violation::new("purl_ecosystem_mismatch", "purl", "differ").with("ecosystem"),
        ];
        let json = problem.to_json();
        assert!(json.contains(
            r#""errors":[{"code":"missing_field","field":"email","reason":"needed by `notify`"},"#
        ));
        assert!(json.contains(r#""field":"purl","also_field":"ecosystem","reason":"differ"}]}"#));
    }
}
