//! What a record holds of how the ability was drawn out: the logs that were run besides, and what
//! the developer signed.

use super::{Added, LogEntry};
use crate::fault::FormatFault;
use crate::json;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::determination::Tried;
use seawall_domain::evaluation::drawn::Kind;
use serde::{Deserialize, Serialize};

/// What a developer's statement says of itself.
pub const STATEMENT_SCHEMA: &str = "seawall/elicitation-statement/v1";

/// The largest statement in bytes, and the largest envelope around one is twice that.
pub const STATEMENT_BYTES_MAX: usize = 64 << 10;

const FORMAT: &str = "a developer's statement";

/// Logs that were run besides for one purpose, one for each battery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnSet {
    /// What they were run for.
    pub run_for: Kind,
    /// The logs.
    pub logs: Vec<LogEntry>,
    /// The attempts at each task, in the protocol's order (of a twin: at its task's place); `log`
    /// is a place among these logs.
    pub tried: Vec<Vec<Tried>>,
}

/// What a developer states of an elicitation, as it is signed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Always [`STATEMENT_SCHEMA`].
    pub schema: String,
    /// The protocol: the root of its commitment, of a rehearsal the SHA-256 of its file.
    pub protocol: Digest,
    /// The model, as the logs name it.
    pub model: String,
    /// What the developer added.
    pub added: Added,
    /// What the developer says of it.
    pub text: String,
    /// The public key that signs, as text.
    pub key: String,
}

/// Reads what was signed.
pub fn statement(bytes: &[u8]) -> Result<Statement, FormatFault> {
    let refuse = |why: &str| FormatFault::new(FORMAT, "the document", why);
    let document = json::read(FORMAT, bytes, STATEMENT_BYTES_MAX)?;
    let read: Statement = serde_json::from_value(document)
        .map_err(|_| refuse("a field is missing, not known, or not in its one spelling"))?;
    match (read.schema == STATEMENT_SCHEMA, read.added) {
        (false, _) => Err(refuse("this edition reads another one")),
        (true, Added::Nothing) => Err(refuse("it says that nothing was added")),
        (true, Added::FineTuned | Added::Statement) => Ok(read),
    }
}
