//! Leases as they come in, read strictly. The signature is over the bytes, so they are read as they
//! are. A lease may bring the provider's key, encrypted to the gateway for this lease alone.

use crate::enclosed::{DIGITS_MAX, Enclosed, from_hex, hex};
use crate::fault::FormatFault;
use crate::json;
use seawall_domain::engagement::lease::Lease;
use seawall_domain::engagement::scope::MODELS_MAX;
use seawall_domain::id::WindowId;
use seawall_domain::recipient::Recipient;
use serde::{Deserialize, Serialize};

const FORMAT: &str = "lease";

/// The largest lease in bytes.
pub const LEASE_BYTES_MAX: usize = 32 << 10;

/// The payload type of the word in which a gateway names the key to which it takes a provider's.
pub const SEALING: &str = "application/vnd.seawall.gateway-sealing+json";

/// The field of a lease that holds the provider's key.
const UPSTREAM_KEY: &str = "upstream_key";

/// The key to which a gateway takes the provider's key next, as the gateway's own key signs it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealing {
    /// Of which window's gateway.
    pub window: WindowId,
    /// To whom.
    pub to: Recipient,
}

/// A provider's key that only one gateway can read, once: a key that serves once is encrypted to
/// the gateway (RFC 9180), and the provider's key under it (AES-256-GCM).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamKey {
    /// The key that serves once, to whom it is encrypted.
    pub once: Enclosed,
    /// The provider's key under it, in hexadecimal digits.
    sealed: String,
}

impl UpstreamKey {
    /// A provider's key as it was encrypted.
    pub fn new(once: Enclosed, sealed: &[u8]) -> UpstreamKey {
        UpstreamKey { once, sealed: hex(sealed) }
    }

    /// The provider's key as it is encrypted; none where it is not spelled as such.
    pub fn sealed(&self) -> Option<Vec<u8>> {
        from_hex(Some(self.sealed.as_str()).filter(|it| it.len() <= DIGITS_MAX)?)
    }
}

/// A lease, and what comes with it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Leased {
    /// The lease.
    #[serde(flatten)]
    pub lease: Lease,
    /// The provider's key for as long as it is in force, where the developer supplies it so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_key: Option<UpstreamKey>,
}

/// Reads a lease: each key once, no field that is not known.
pub fn read(bytes: &[u8]) -> Result<Leased, FormatFault> {
    let mut document = json::read(FORMAT, bytes, LEASE_BYTES_MAX)?;
    let refuse = |message| FormatFault::new(FORMAT, "the document", message);
    let bad = |_| refuse("a field is missing, not known, or not of its kind");
    let key = document.as_object_mut().and_then(|fields| fields.shift_remove(UPSTREAM_KEY));
    let upstream_key = key.map(serde_json::from_value).transpose().map_err(bad)?;
    let lease: Lease = serde_json::from_value(document).map_err(bad)?;
    match lease.scope.models.len() > MODELS_MAX {
        true => Err(refuse("it names too many models")),
        false => Ok(Leased { lease, upstream_key }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEASE: &str = r#"{"window":"00000000-0000-0000-0000-000000000001","snapshot":"DIGEST",
        "scope":{"endpoints":["chat","models"],"models":{"early":"internal-7"},
        "tools":"functions","output_tokens_max":1000,"streaming":"streamed"},
        "not_after":"2026-09-01T12:10:00Z","seq":7}"#;

    fn document() -> String {
        LEASE.replace("DIGEST", &"ab".repeat(32))
    }

    #[test]
    fn a_lease_has_one_meaning() {
        fn check(from: &str, to: &str, expected: bool) {
            let changed = document().replacen(from, to, 1);
            assert_eq!(read(changed.as_bytes()).is_ok(), expected, "{changed}");
        }
        check("", "", true);
        check("\"seq\":7", "\"seq\":7,\"seq\":8", false);
        check("\"seq\":7", "\"seq\":7,\"more\":8", false);
        check("\"seq\":7", "\"seq\":-1", false);
        check("\"tools\"", "\"tool\"", false);
        check("\"chat\"", "\"files\"", false);
        check("2026-09-01T12:10:00Z", "2026-09-01T12:10:00", false);
        let lease = read(document().as_bytes()).unwrap().lease;
        assert_eq!((lease.seq, lease.scope.model("early")), (7, Some("internal-7")));
        let many: String = (0..70).map(|number| format!("\"{number}\":\"x\",")).collect();
        let many = document().replacen("{\"early\"", &format!("{{{many}\"early\""), 1);
        assert!(read(many.as_bytes()).is_err_and(|fault| fault.message.contains("too many")));
    }

    #[test]
    fn a_lease_may_bring_a_key_that_is_spelled_in_one_way() {
        let once = Enclosed::new(Recipient::new([3; 32]), [&[1, 2], &[3]]);
        let key = UpstreamKey::new(once, &[0xab, 7]);
        let lease = read(document().as_bytes()).unwrap().lease;
        let leased = Leased { lease, upstream_key: Some(key.clone()) };
        let text = serde_json::to_string(&leased).unwrap();
        assert_eq!(read(text.as_bytes()).unwrap(), leased);
        assert_eq!(key.sealed(), Some(vec![0xab, 7]));
        let check = |from: &str, to: &str| {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            assert!(read(changed.as_bytes()).is_err(), "{changed}");
        };
        check("\"sealed\":", "\"sealed\":\"00\",\"sealed\":");
        check("\"sealed\"", "\"seal\"");
        check("\"upstream_key\":{", "\"upstream_key\":{\"more\":1,");
        let other = UpstreamKey { sealed: "AB".into(), ..key };
        assert_eq!(other.sealed(), None);
    }

    proptest! {
        #[test]
        fn never_panics(at in any::<prop::sample::Index>(), byte: u8) {
            let mut bytes = document().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            drop(read(&bytes));
        }
    }
}
