//! "Is it known?" by a salted hash (the claim-check of the scrutineer interchange, section 3).

use crate::extract::Whole;
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use seawall_formats::claim_check::{REQUEST_BYTES_MAX, answer, read_request};
use seawall_services::finding;

/// What is read of a body before it is refused by the contract's own words.
const BODY_BYTES_MAX: usize = 16 * REQUEST_BYTES_MAX;

/// Tells one bit: whether a finding with this salted hash is known here.
#[utoipa::path(post, path = "/claim-check", tag = "reports", 
    request_body(content((Object = "application/json"))),
    responses((status = 200), (status = 400), (status = 404)))]
pub async fn check(
    State(site): State<Site>,
    Whole(body): Whole<BODY_BYTES_MAX>,
) -> Result<Response, Refused> {
    let Some(salt) = &site.claim_check_salt else { return Err(Refused::hidden()) };
    if body.len() > REQUEST_BYTES_MAX {
        return Ok((StatusCode::BAD_REQUEST, "the request is too large").into_response());
    }
    let hash = match read_request(&body) {
        Ok(hash) => hash,
        Err(said) => return Ok((StatusCode::BAD_REQUEST, said).into_response()),
    };
    let known = finding::claim_check(&site.desk, salt, &hash).await?;
    let text = answer(known.then_some(site.desk.settings.mail_from.as_str()));
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
