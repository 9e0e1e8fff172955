//! What the pages of the three kinds of matter share (engagements, evaluations, applications): the
//! frame of their lists, and forms that stand there again as they were typed when they are refused.

use super::guest::page;
use super::problem::sentence;
use super::sent::Sent;
use super::words::quoted;
use crate::pages::case::Next;
use crate::pages::matter::{Asking, MatterRow, Matters};
use crate::pages::{Form, Shell, Tag};
use crate::refuse::Refused;
use axum::http::StatusCode;
use axum::response::Response;
use seawall_services::outcome::Denied;

/// How many matters one list shows.
pub const LIST_MAX: i64 = 500;

/// The list of matters of one kind.
pub fn list(shell: Shell, intro: &str, rows: Vec<MatterRow>, forms: Vec<Form>) -> Matters {
    Matters { intro: intro.to_owned(), rows, forms, shell }
}

/// One matter in its list: its page, what it is about and whose it is, where it stands, and the
/// first of what is due.
pub fn row(
    href: String,
    (title, under): (String, String),
    states: Vec<Tag>,
    steps: &[Next],
) -> MatterRow {
    let first = steps.first();
    let next =
        first.map_or_else(|| "Nothing.".into(), |next| format!("{} {}", next.who, next.what));
    MatterRow { href, title, under, states, next, by: first.and_then(|next| next.by.clone()) }
}

/// Why what a form sent was not taken: by which field, where it is one field's fault.
#[derive(Debug)]
pub struct Untaken {
    field: &'static str,
    why: Refused,
}

impl From<Refused> for Untaken {
    fn from(why: Refused) -> Untaken {
        Untaken { field: "", why }
    }
}

impl From<Denied> for Untaken {
    fn from(denied: Denied) -> Untaken {
        Refused::from(denied).into()
    }
}

/// What somebody wrote into a field cannot be read.
pub fn misread(field: &'static str, says: &str) -> Untaken {
    Untaken { field, why: Refused::new(StatusCode::UNPROCESSABLE_ENTITY, says) }
}

/// The same refusal, as that of one field.
pub fn of(field: &'static str) -> impl Fn(Refused) -> Untaken {
    move |why| Untaken { field, why }
}

impl Untaken {
    /// The page again, with the form as it was typed and what is wrong with it. A fault, and what
    /// is hidden, are told as everywhere; so is a refusal where the page has no such form any more.
    pub fn shown_on(
        self,
        again: Result<impl Asking, Refused>,
        action: &str,
        sent: &Sent,
    ) -> Result<Response, Refused> {
        let Untaken { field, why } = self;
        let status = StatusCode::from_u16(why.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        let is_told = status == StatusCode::NOT_FOUND || status.is_server_error();
        let (Ok(mut again), false) = (again, is_told) else { return Err(why) };
        let same = |form: &&mut Form| {
            let travels = |(name, value): &(String, String)| sent.text(name) == value.as_str();
            form.action == action && form.hidden.iter().all(travels)
        };
        let Some(form) = again.forms().iter_mut().find(same) else { return Err(why) };
        form.refused(field, &sentence(&quoted(&why.0.detail)), |name| sent.text(name).to_owned());
        let mut response = page(&again)?;
        *response.status_mut() = status;
        Ok(response)
    }
}
