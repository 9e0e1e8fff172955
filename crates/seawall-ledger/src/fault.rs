//! The three ways in which ledger work does not succeed.

use thiserror::Error;

/// What goes wrong in the ledger: bytes that do not read, claims that do not hold, and requests
/// that no answer fits.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Fault {
    /// The bytes are not in the form that their standard demands.
    #[error("cannot read {what}: {why}")]
    Unreadable {
        /// What was being read.
        what: &'static str,
        /// Which rule it breaks.
        why: String,
    },
    /// The form is right, but the signature, hash or proof does not bear out the claim.
    #[error("cannot verify {what}: {why}")]
    Unproven {
        /// What was being verified.
        what: &'static str,
        /// What failed to hold.
        why: String,
    },
    /// The request lies outside of what exists or can be expressed.
    #[error("cannot make {what}: {why}")]
    Impossible {
        /// What was asked for.
        what: &'static str,
        /// Why there is no such thing.
        why: String,
    },
}

impl Fault {
    pub(crate) fn unreadable(what: &'static str, why: impl Into<String>) -> Fault {
        Fault::Unreadable { what, why: why.into() }
    }

    pub(crate) fn unproven(what: &'static str, why: impl Into<String>) -> Fault {
        Fault::Unproven { what, why: why.into() }
    }

    pub(crate) fn impossible(what: &'static str, why: impl Into<String>) -> Fault {
        Fault::Impossible { what, why: why.into() }
    }
}

/// The start of foreign text, short and without control characters, for use in a message.
pub(crate) fn excerpt(text: &str) -> String {
    const EXCERPT_CHARS_MAX: usize = 48;
    let mut chars = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut short: String = chars.by_ref().take(EXCERPT_CHARS_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
