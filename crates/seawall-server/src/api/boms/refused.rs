//! What did not succeed, in the words and shapes of Dependency-Track's interface.

use crate::refuse::Refused;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use seawall_domain::refusal::Refusal;
use seawall_formats::problem::MEDIA_TYPE;
use seawall_services::outcome::Denied;
use serde::Serialize;
use serde_json::json;

/// A field that cannot be used.
#[derive(Debug, Serialize)]
pub struct Field {
    message: String,
    #[serde(rename = "messageTemplate")]
    template: &'static str,
    path: &'static str,
    #[serde(rename = "invalidValue")]
    value: Option<String>,
}

/// How much of a value that cannot be used is shown, in characters.
const VALUE_LEN_MAX: usize = 60;

impl Field {
    /// What is wrong with a field, and what it held.
    pub fn new(path: &'static str, message: &'static str, value: Option<&str>) -> Field {
        let value = value.map(|value| value.chars().take(VALUE_LEN_MAX).collect());
        Field { message: message.to_owned(), template: message, path, value }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Error {
    /// A text.
    Text(StatusCode, String),
    /// Fields that cannot be used.
    Fields(Vec<Field>),
    /// The document is none that can be read.
    Invalid(String),
    /// Anything that every interface of ours says in the same way.
    Other(Refused),
}

impl Error {
    /// A text with a status.
    pub fn text(status: StatusCode, text: impl Into<String>) -> Error {
        Error::Text(status, text.into())
    }

    /// There is no such project.
    pub fn no_project() -> Error {
        Error::text(StatusCode::NOT_FOUND, "The project could not be found.")
    }
}

impl From<Field> for Error {
    fn from(field: Field) -> Error {
        Error::Fields(vec![field])
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Error {
        Error::Other(refused)
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Error {
        match denied {
            Denied::Refused(Refusal::Unreadable(why)) => Error::Invalid(why),
            other => Error::Other(other.into()),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Error::Text(status, text) => (status, text).into_response(),
            Error::Fields(fields) => (StatusCode::BAD_REQUEST, Json(fields)).into_response(),
            Error::Invalid(why) => {
                let problem = json!({
                    "status": 400,
                    "title": "The uploaded BOM is invalid",
                    "detail": "The document could not be read as a bill of materials",
                    "errors": [why],
                });
                let head = [(header::CONTENT_TYPE, MEDIA_TYPE)];
                (StatusCode::BAD_REQUEST, head, problem.to_string()).into_response()
            }
            Error::Other(refused) => refused.into_response(),
        }
    }
}
