//! What a form sends: only from our own page, only with the token of the session.

use crate::auth::{Known, refuse_cross_origin};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::{Form, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use seawall_domain::access::Actor;
use seawall_domain::partner::rubric::{CRITERIA_MAX, GATES_MAX};
use seawall_services::account::Visitor;
use seawall_services::desk::digest;
use std::collections::BTreeMap;

/// How many fields a form may send: whoever looks at an application answers each gate and marks
/// each criterion.
const FIELDS_MAX: usize = 16 + GATES_MAX + CRITERIA_MAX;

/// A form that somebody signed in has sent from a page of ours.
#[derive(Debug)]
pub struct Sent {
    visitor: Visitor,
    fields: BTreeMap<String, Vec<u8>>,
}

impl FromRequest<Site> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, site: &Site) -> Result<Sent, Refused> {
        refuse_cross_origin(request.headers())?;
        let (mut parts, body) = request.into_parts();
        let Known(visitor) =
            <Known as FromRequestParts<Site>>::from_request_parts(&mut parts, site).await?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let multipart = kind.is_some_and(|kind| kind.starts_with("multipart/form-data"));
        let request = Request::from_parts(parts, body);
        let fields = match multipart {
            true => parted(request, site).await?,
            false => plain(request, site).await?,
        };
        let token = fields.get("csrf").map(Vec::as_slice).unwrap_or_default();
        let expected = visitor.csrf.as_deref().unwrap_or_default().as_bytes();
        // Digests are compared: how long that takes says nothing about the token.
        if expected.is_empty() || digest(token) != digest(expected) {
            let said = "this form is of another session; open the page again and send it once more";
            return Err(Refused::new(StatusCode::FORBIDDEN, said));
        }
        Ok(Sent { visitor, fields })
    }
}

impl Sent {
    /// As whom they act.
    pub fn actor(&self) -> &Actor {
        &self.visitor.actor
    }

    /// The bytes of a field; empty when it was not sent.
    pub fn bytes(&self, name: &str) -> &[u8] {
        self.fields.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The fields whose names begin with this, by the rest of their names, with their texts.
    pub fn beginning(&self, with: &str) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.keys();
        let rest = fields.filter_map(move |name| Some((name, name.strip_prefix(with)?)));
        rest.map(|(name, rest)| (rest, self.text(name)))
    }

    /// The text of a field; empty when it was not sent or is no text.
    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.bytes(name)).unwrap_or_default()
    }
}

async fn plain(request: Request, site: &Site) -> Result<BTreeMap<String, Vec<u8>>, Refused> {
    let sent = Form::<Vec<(String, String)>>::from_request(request, site).await;
    let Form(pairs) = sent.map_err(|error| Refused::new(error.status(), error.body_text()))?;
    few(pairs.len())?;
    Ok(pairs.into_iter().map(|(name, value)| (name, value.into_bytes())).collect())
}

async fn parted(request: Request, site: &Site) -> Result<BTreeMap<String, Vec<u8>>, Refused> {
    let unread = |error: axum::extract::multipart::MultipartError| {
        Refused::new(error.status(), error.body_text())
    };
    let sent = Multipart::from_request(request, site).await;
    let mut parts = sent.map_err(|error| Refused::new(error.status(), error.body_text()))?;
    let mut fields = BTreeMap::new();
    while let Some(field) = parts.next_field().await.map_err(unread)? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.insert(name, field.bytes().await.map_err(unread)?.to_vec());
        few(fields.len())?;
    }
    Ok(fields)
}

fn few(fields: usize) -> Result<(), Refused> {
    let said = format!("cannot read this form: it has more than {FIELDS_MAX} fields");
    (fields <= FIELDS_MAX)
        .then_some(())
        .ok_or_else(|| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, said))
}

/// The way back to a page after a form did what it was for.
pub fn back_to(path: impl AsRef<str>) -> Response {
    Redirect::to(path.as_ref()).into_response()
}
