//! The page for model developers: what is voluntary, and that nothing here is a condition for
//! anything. Its words are those of the executive order: determination, engagement, access window,
//! withdrawal, trusted partner.

use crate::pages::Shell;
use askama::Template;

/// The page for model developers. Its text is fixed, so that it says the same to everybody.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "developers.html")]
pub struct Developers {
    /// The frame.
    pub shell: Shell,
}
