//! What did not succeed, for people: every refusal and fault that a browser meets becomes a page.
//!
//! What is hidden and what is not there come here as one and the same problem, so they leave as
//! the same bytes. A fault shows its reference number and nothing else.

use super::guest::{Guest, link, page};
use super::words::quoted;
use crate::pages::problem::Problem as Page;
use crate::refuse::FAILED;
use crate::site::Site;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use seawall_formats::problem::Problem;

/// Answers with a page where a browser would get a problem document. Machines' paths stay as
/// they are, and so does the answer to whoever does not ask for HTML.
pub async fn for_people(State(site): State<Site>, request: Request, next: Next) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let person = accepts.is_some_and(|accept| accept.contains("text/html"))
        && !request.uri().path().starts_with("/v1/");
    if !person {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
    if status.is_success()
        || status.is_redirection()
        || kind.is_some_and(|kind| kind.starts_with(b"text/html"))
    {
        return response;
    }
    let Ok(guest) = Guest::from_request_parts(&mut asked, &site).await;
    let problem = response.extensions().get::<Problem>().cloned();
    let problem = problem.unwrap_or_else(|| Problem::blank(status.as_u16(), ""));
    told(&guest.nowhere(), status, &problem).unwrap_or(response)
}

/// The page of a problem.
fn told(guest: &Guest, status: StatusCode, problem: &Problem) -> Option<Response> {
    let (title, says) = words(status);
    let reference = problem.detail.strip_prefix(FAILED).map(str::to_owned);
    let detail = match (status, &reference) {
        (StatusCode::NOT_FOUND, _) | (_, Some(_)) => String::new(),
        (_, None) => sentence(&quoted(&problem.detail)),
    };
    let next = match guest.start() {
        "/" => link("Sign in", "/login"),
        start => link("Go to your start page", start),
    };
    let shown = Page {
        shell: guest.shell(title),
        status: status.as_u16(),
        title: title.to_owned(),
        says: [detail.as_str(), says].join(" ").trim().to_owned(),
        reference,
        next: vec![next],
    };
    let mut response = page(&shown).ok()?;
    *response.status_mut() = status;
    Some(response)
}

/// The title of a status and what to do about it.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "There is nothing here",
            "The address may be wrong, or what is here may be for somebody else. Both look the \
             same, on purpose.",
        ),
        StatusCode::UNAUTHORIZED => {
            ("Please sign in", "You are not signed in, or your session is over.")
        }
        StatusCode::FORBIDDEN => ("This was refused", ""),
        StatusCode::METHOD_NOT_ALLOWED => ("That is not how this page works", ""),
        StatusCode::CONFLICT => ("Not now", "Open the page again to see where it stands."),
        StatusCode::PAYLOAD_TOO_LARGE => ("That is too large", "Nothing of it was kept."),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            ("Too much at once", "Please try again in a few seconds.")
        }
        status if status.is_server_error() => (
            "It did not work, and it is our fault",
            "Nothing was kept half. Please try again, or ask whoever runs this server.",
        ),
        _ => ("That could not be read", "Nothing of it was kept."),
    }
}

/// A message of the house as a sentence: a capital first, a full stop last.
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_sentences() {
        for (message, expected) in [
            ("", ""),
            ("cannot sign", "Cannot sign."),
            ("é", "É."),
            ("`x` is no number", "`x` is no number."),
        ] {
            assert_eq!(sentence(message), expected);
        }
    }
}
