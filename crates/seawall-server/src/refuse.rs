//! How a refusal and a fault look from outside: RFC 9457 problems for machines. What is hidden
//! looks the same as what is not there; a fault shows a reference number and nothing else.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use seawall_domain::refusal::Refusal;
use seawall_formats::problem::{MEDIA_TYPE, Problem};
use seawall_services::outcome::{Denied, Fault};
use std::any::Any;
use std::hash::{DefaultHasher, Hash, Hasher};

/// An answer that is not a value.
#[derive(Debug)]
pub struct Refused(pub Problem);

impl Refused {
    /// A problem that says what was wrong, where and what to do.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Refused {
        Refused(Problem::blank(status.as_u16(), detail))
    }

    /// What is not there, and what one may not know of.
    pub fn hidden() -> Refused {
        Refused::new(StatusCode::NOT_FOUND, "nothing here by that name")
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Refused {
        Refused(problem)
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Refused {
        match denied {
            Denied::Refused(refusal) => Refused::new(status(&refusal), refusal.to_string()),
            Denied::Broken(fault) => broken(&fault),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Denied::from(refusal).into()
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Hidden => StatusCode::NOT_FOUND,
        Refusal::Forbidden => StatusCode::FORBIDDEN,
        Refusal::NotNow { .. }
        | Refusal::ByRule(_)
        | Refusal::SecondPersonNeeded { .. }
        | Refusal::KeptPrivate
        | Refusal::EmbargoActive { .. } => StatusCode::CONFLICT,
        Refusal::LeaseOutOfBounds { .. } | Refusal::Unreadable(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Refusal::Full { .. } => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// What a fault shows, before its reference number.
pub const FAILED: &str = "something of ours failed; reference ";

/// Logs a fault once and shows its reference number only.
fn broken(fault: &Fault) -> Refused {
    let text = fault.to_string();
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let reference = format!("{:016x}", hasher.finish());
    tracing::error!(%reference, fault = %text, "a request met a fault");
    let status = match fault.is_passing() {
        true => StatusCode::SERVICE_UNAVAILABLE,
        false => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Refused::new(status, format!("{FAILED}{reference}"))
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, self.0.to_json()).into_response();
        // For people the same is said on a page (`web::problem`).
        response.extensions_mut().insert(self.0);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The answer to every path that is no path of ours.
pub async fn nothing_here() -> Refused {
    Refused::hidden()
}

/// The answer to a method that a path of ours does not have; `Allow` names those it has.
pub async fn wrong_method() -> Refused {
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "this path has other methods; see `Allow`")
}

/// The answer when a handler panicked, which none should.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let said = "something of ours failed";
    Refused::new(StatusCode::INTERNAL_SERVER_ERROR, said).into_response()
}
