//! Tasks that are left out of a determination, and who signed that.

use crate::determination::Signed;
use crate::fault::FormatFault;
use crate::json;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::exclusion::Excluded;
use serde::{Deserialize, Serialize};

/// What such a file says of itself.
pub const SCHEMA: &str = "seawall/exclusions/v1";

/// The largest such file in bytes.
pub const EXCLUSIONS_BYTES_MAX: usize = 8 << 20;

/// The most signatures of one file.
pub const SIGNATURES_MAX: usize = 64;

const FORMAT: &str = "a list of exclusions";

/// What is left out of determinations under one protocol, and who signed that.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusions {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The root of the protocol's commitment; of a plain protocol, the SHA-256 of its bytes.
    pub protocol: Digest,
    /// The tasks.
    pub excluded: Vec<Excluded>,
    /// The signatures over all of this.
    pub signatures: Vec<Signed>,
}

/// Reads such a file. Whether a signature holds is not looked at here.
pub fn read(bytes: &[u8]) -> Result<Exclusions, FormatFault> {
    let document = json::read(FORMAT, bytes, EXCLUSIONS_BYTES_MAX)?;
    let read: Exclusions = serde_json::from_value(document).map_err(|_| {
        let message = "a field is missing, not known, or not in its one spelling";
        FormatFault::new(FORMAT, "the document", message)
    })?;
    match read.schema == SCHEMA && read.signatures.len() <= SIGNATURES_MAX {
        true => Ok(read),
        false => Err(FormatFault::new(FORMAT, "/schema", "this edition reads another one")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written() -> String {
        let digest = "ab".repeat(32);
        format!(
            r#"{{"schema":"{SCHEMA}","protocol":"{digest}","excluded":[{{"task":3,
            "rule":"foreign_flag","reason":"seen"}}],"signatures":[]}}"#
        )
    }

    #[test]
    fn it_reads_what_is_known_and_nothing_else() {
        let check = |from: &str, to: &str, expected: bool| {
            let changed = written().replacen(from, to, 1);
            assert_eq!(read(changed.as_bytes()).is_ok(), expected, "{changed}");
        };
        check("", "", true);
        check("v1", "v2", false);
        check("foreign_flag", "bad_luck", false);
        check("\"task\":3", "\"task\":-3", false);
        check("\"excluded\"", "\"more\":1,\"excluded\"", false);
        check("\"reason\":", "\"score\":1,\"reason\":", false);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(read(&bytes));
        }
    }
}
