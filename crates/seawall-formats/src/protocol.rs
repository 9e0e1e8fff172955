//! Protocols of evaluations, read strictly: JSON into terms that hold together.
//!
//! A protocol is written by people and sealed, so it must have one meaning: a key given twice, a
//! field that is not known, a number that is no canonical decimal text are refused. What is wrong
//! is named by its place; nothing of its content is repeated, since a message may reach a log.

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::evaluation::protocol::{Protocol, Terms};

const FORMAT: &str = "protocol";

/// The largest protocol; one with twenty thousand tasks has about two megabytes.
pub const PROTOCOL_BYTES_MAX: usize = 8 << 20;

/// Reads a protocol.
pub fn read(bytes: &[u8]) -> Result<Protocol, FormatFault> {
    let document = json::read(FORMAT, bytes, PROTOCOL_BYTES_MAX)?;
    let terms: Terms = serde_json::from_value(document).map_err(|_| {
        let message = "a field is missing, not known, or not in its one spelling";
        FormatFault::new(FORMAT, "the document", message)
    })?;
    Protocol::try_from(terms).map_err(|unfit| FormatFault::new(FORMAT, unfit.field, unfit.why))
}

#[cfg(test)]
mod tests;
