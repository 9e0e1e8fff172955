//! Signing in by a one-time link, and out.
//!
//! Opening a link asks; only its button uses it up, so that previews of mail programs do not.

use super::guest::{Guest, page, start};
use super::sent::{Sent, back_to};
use crate::auth::{COOKIE, refuse_cross_origin, session};
use crate::extract::Name;
use crate::pages::login::Login;
use crate::pages::{Form, Shell};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use seawall_domain::refusal::Refusal;
use seawall_services::account;
use seawall_services::outcome::Denied;

const SECONDS_PER_HOUR: i64 = 3_600;

/// How to sign in.
pub async fn how(guest: Guest) -> Result<Response, Refused> {
    page(&Login { shell: guest.shell("Sign in"), ..Login::default() })
}

/// The button of a link. It is the same for any text: whether the link is good is told to whoever
/// presses it.
pub async fn ask(guest: Guest, Name(link): Name) -> Result<Response, Refused> {
    if !link.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return used_up(&guest);
    }
    let shell = guest.shell("Sign in");
    let form = Form::post(&Shell::default(), format!("/login/{link}"), "Sign in")
        .says("The link works once. Your session ends by itself after half a day.");
    page(&Login { shell, form: Some(form), ..Login::default() })
}

/// Turns a link into a session.
pub async fn sign_in(
    State(site): State<Site>,
    guest: Guest,
    Name(link): Name,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    refuse_cross_origin(&headers)?;
    let session = match account::sign_in(&site.desk, &link).await {
        Err(Denied::Refused(Refusal::Hidden)) => return used_up(&guest),
        session => session?,
    };
    let visitor = account::by_session(&site.desk, &session.secret).await?;
    let there = visitor.map_or("/", |visitor| start(&visitor.actor));
    let seconds = account::SESSION_HOURS * SECONDS_PER_HOUR;
    Ok(([(header::SET_COOKIE, cookie(&site, &session.secret, seconds))], back_to(there))
        .into_response())
}

/// Ends the session.
pub async fn sign_out(
    State(site): State<Site>,
    headers: HeaderMap,
    _sent: Sent,
) -> Result<Response, Refused> {
    if let Some(secret) = session(&headers) {
        account::sign_out(&site.desk, secret).await?;
    }
    Ok(([(header::SET_COOKIE, cookie(&site, "", 0))], back_to("/")).into_response())
}

fn used_up(guest: &Guest) -> Result<Response, Refused> {
    let problem = "This link was used before, ran out, or never was one. Ask for a new one.";
    let shell = guest.shell("Sign in");
    let mut response =
        page(&Login { shell, problem: Some(problem.to_owned()), ..Login::default() })?;
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}

/// The session's cookie: for our own pages only, out of reach of scripts, over TLS where there is.
fn cookie(site: &Site, secret: &str, seconds: i64) -> String {
    let secure = match site.desk.settings.base_url.starts_with("https:") {
        true => "; Secure",
        false => "",
    };
    format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}
