//! Signing in by a one-time link. Opening the link asks; only the button uses it up, so that a mail
//! scanner that opens links does not.

use crate::pages::{Form, Piece, Shell};
use askama::Template;

/// The page to sign in.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "login.html")]
pub struct Login {
    /// The frame.
    pub shell: Shell,
    /// What went wrong before, in plain words.
    pub problem: Option<String>,
    /// The role that the link is for, when a link was opened.
    pub user: Option<String>,
    /// The form whose button signs in, when a link was opened.
    pub form: Option<Form>,
}
