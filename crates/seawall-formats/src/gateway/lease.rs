//! Leases as they come in, read strictly. The signature is over the bytes, so they are read as they
//! are.

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::engagement::lease::Lease;
use seawall_domain::engagement::scope::MODELS_MAX;

const FORMAT: &str = "lease";

/// The largest lease in bytes.
pub const LEASE_BYTES_MAX: usize = 32 << 10;

/// Reads a lease: each key once, no field that is not known.
pub fn read(bytes: &[u8]) -> Result<Lease, FormatFault> {
    let document = json::read(FORMAT, bytes, LEASE_BYTES_MAX)?;
    let refuse = |message| Err(FormatFault::new(FORMAT, "the document", message));
    match serde_json::from_value::<Lease>(document) {
        Ok(lease) if lease.scope.models.len() > MODELS_MAX => refuse("it names too many models"),
        Ok(lease) => Ok(lease),
        Err(_) => refuse("a field is missing, not known, or not of its kind"),
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
        let lease = read(document().as_bytes()).unwrap();
        assert_eq!((lease.seq, lease.scope.model("early")), (7, Some("internal-7")));
        let many: String = (0..70).map(|number| format!("\"{number}\":\"x\",")).collect();
        let many = document().replacen("{\"early\"", &format!("{{{many}\"early\""), 1);
        assert!(read(many.as_bytes()).is_err_and(|fault| fault.message.contains("too many")));
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
