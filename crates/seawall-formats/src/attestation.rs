//! What a developer attests of a model under evaluation: which snapshot it is, and how it is served
//! (FRONTIER 2.4).
//!
//! It is signed as a DSSE envelope elsewhere; here is what stands in it. A run notes the envelope
//! by its digest and its signer, and nothing follows from it by itself.

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::digest::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What such a document says of itself.
pub const SCHEMA: &str = "seawall/attestation/v1";

/// The largest attestation in bytes; the largest envelope around one is twice that.
pub const ATTESTATION_BYTES_MAX: usize = 64 << 10;

const FORMAT: &str = "a developer's attestation";

/// An attestation, as it is signed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The model, as the logs name it.
    pub model: String,
    /// The snapshot's digest.
    pub snapshot: Digest,
    /// How it is served, as the developer writes it: an object of JSON.
    pub serving: Map<String, Value>,
    /// The public key that signs, as text.
    pub key: String,
}

/// An attestation as a run notes it: by the SHA-256 of the envelope and that of the signing key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    /// The envelope.
    pub sha256: Digest,
    /// The key.
    pub signed_by: Digest,
}

/// Reads what was signed.
pub fn read(bytes: &[u8]) -> Result<Attestation, FormatFault> {
    let refuse = |why: &str| FormatFault::new(FORMAT, "the document", why);
    let document = json::read(FORMAT, bytes, ATTESTATION_BYTES_MAX)?;
    let read: Attestation = serde_json::from_value(document)
        .map_err(|_| refuse("a field is missing, not known, or not in its one spelling"))?;
    match read.schema == SCHEMA {
        true => Ok(read),
        false => Err(refuse("this edition reads another one")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_attestation_is_read_or_says_why_not() {
        let good = format!(
            r#"{{"schema":"{SCHEMA}","model":"maker/model","snapshot":"{}",{}}}"#,
            "ab".repeat(32),
            r#""serving":{"a":1},"key":"k""#
        );
        assert!(read(good.as_bytes()).is_ok());
        for (from, to) in [
            ("v1", "v2"),
            ("\"serving\":{\"a\":1}", "\"serving\":[]"),
            ("\"key\"", "\"other\""),
            ("abab", "xyxy"),
        ] {
            assert!(read(good.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(read(&bytes));
        }
    }
}
