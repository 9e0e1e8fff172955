//! What the API answers when it takes a report, and when somebody asks for its status.

use super::Warning;
use serde::Serialize;

/// The three words that the contract has for a status; richer states are offered elsewhere.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Status {
    /// Not looked at yet.
    Queued,
    /// Being worked on.
    Processing,
    /// Nothing more will happen.
    Done,
}

impl Status {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Status::Queued => "queued",
            Status::Processing => "processing",
            Status::Done => "done",
        }
    }
}

/// The body of the `202`.
pub fn accepted(receipt: &str, warnings: &[Warning]) -> String {
    #[derive(Serialize)]
    struct Accepted<'a> {
        receipt: &'a str,
        message: &'static str,
        #[serde(skip_serializing_if = "<[Warning]>::is_empty")]
        warnings: &'a [Warning],
    }
    let message = "accepted; poll /v1/submissions/{receipt} for status";
    let body = Accepted { receipt, message, warnings };
    // A struct of strings always serialises; the fallback is valid JSON all the same.
    serde_json::to_string(&body).unwrap_or_else(|_| "{}".to_owned())
}

/// The value of the `Link` header of the `202` (RFC 8288).
pub fn link(receipt: &str) -> String {
    format!("</v1/submissions/{receipt}>; rel=\"monitor\"")
}

/// The body of a status; `at` is the RFC 3339 time of the last change.
pub fn status(receipt: &str, status: Status, at: &str) -> String {
    serde_json::json!({ "receipt": receipt, "status": status.word(), "at": at }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_byte_for_byte() {
        assert_eq!(
            accepted("SUB-k3v9q7m2x4t8w5n6pd", &[]),
            "{\"receipt\":\"SUB-k3v9q7m2x4t8w5n6pd\",\
             \"message\":\"accepted; poll /v1/submissions/{receipt} for status\"}"
        );
        let warning =
            Warning { code: "deprecated_field", field: "exploit".into(), reason: "old".into() };
        let body = accepted("SUB-a", &[warning]);
        let end = r#""warnings":[{"code":"deprecated_field","field":"exploit","reason":"old"}]}"#;
        assert!(body.ends_with(end), "{body}");
        assert_eq!(link("SUB-a"), "</v1/submissions/SUB-a>; rel=\"monitor\"");
        assert_eq!(
            status("SUB-a", Status::Queued, "2026-08-01T00:00:00Z"),
            r#"{"receipt":"SUB-a","status":"queued","at":"2026-08-01T00:00:00Z"}"#
        );
    }
}
