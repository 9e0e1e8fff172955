//! Answers that are not the provider's: problem documents (RFC 9457).

use crate::body::Answer;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde_json::json;

/// A refusal as it is answered. The detail is in words of ours: nothing of a request is repeated.
/// It stands under `error` too, in the shape of the providers' own errors, since that is where
/// their clients look for what to tell.
pub fn problem(status: StatusCode, title: &str, detail: &str) -> Response<Answer> {
    let body = json!({
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "error": { "type": title, "message": detail },
    });
    let mut response = document(status, "application/problem+json", body.to_string());
    let headers = response.headers_mut();
    match status {
        StatusCode::UNAUTHORIZED => {
            let challenge = HeaderValue::from_static("DPoP algs=\"EdDSA ES256\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        StatusCode::TOO_MANY_REQUESTS => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        _ => {}
    }
    response
}

/// The same, as what ends the handling of a request.
pub fn refusal(status: StatusCode, title: &str, detail: &str) -> Box<Response<Answer>> {
    Box::new(problem(status, title, detail))
}

/// A whole document.
pub fn document(status: StatusCode, kind: &'static str, text: String) -> Response<Answer> {
    let body = Full::new(Bytes::from(text)).map_err(|never| match never {});
    let mut response = Response::new(Answer::Whole(body.boxed()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an ordinary client of a provider shows of an error is its `error.message`.
    #[test]
    fn a_refusal_is_told_where_providers_clients_look_for_it() {
        let response = problem(StatusCode::BAD_REQUEST, "Outside the scope", "refused at /n");
        let Answer::Whole(body) = response.into_body() else { panic!("it is whole") };
        let bytes = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(body.collect())
            .unwrap()
            .to_bytes();
        let told: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let error = json!({ "type": "Outside the scope", "message": "refused at /n" });
        assert_eq!(told["error"], error);
        assert_eq!((&told["detail"], &told["title"]), (&error["message"], &error["type"]));
        assert_eq!(told["status"], 400);
    }
}
