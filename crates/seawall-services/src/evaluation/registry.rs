//! The digest of a battery: over the digests of its files, task by task.
//!
//! It is what a protocol seals and a run notes. Times, families and whatever else a register tells
//! are not in it, so that what is learnt of a task later does not make another battery of it.

use seawall_domain::digest::Digest;
use seawall_domain::evaluation::registry::Registry;
use seawall_ledger::canonical::canonical;
use seawall_ledger::{Fault, sha256};
use serde_json::{Value, json};

/// What the digest begins with, so that no other document can have it.
const SCHEMA: &str = "seawall/battery/v1";

/// The digest of a battery: SHA-256 over canonical JSON (RFC 8785).
pub fn digest(registry: &Registry) -> Result<Digest, Fault> {
    let tasks = registry.tasks.iter().map(|task| json!({"id": task.id, "files": task.files}));
    let tasks: Vec<Value> = tasks.collect();
    let battery = json!({"schema": SCHEMA, "shared": registry.shared, "tasks": tasks});
    Ok(Digest::new(sha256(&canonical(&battery)?).0))
}

/// The register as a file: canonical JSON.
pub fn to_bytes(registry: &Registry) -> Result<Vec<u8>, Fault> {
    let tree = serde_json::to_value(registry).map_err(|_| Fault::Impossible {
        what: "register",
        why: "it cannot be written".to_owned(),
    })?;
    canonical(&tree)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_digest_is_that_of_the_files_and_of_nothing_that_is_learnt_later() {
        let text = |from: &str, to: &str| {
            let files = "ab".repeat(32);
            let whole = format!(
                r#"{{"schema":"seawall/registry/v1","battery":"b","tasks":[{{"id":"a",
                "family":"f","files":{{"x":"{files}"}},"oracle":"flag","minutes":null,
                "created":null,"exposure":null,"canary":null,"twin":null,"verified_at":null}}]}}"#
            );
            whole.replacen(from, to, 1)
        };
        let of = |from: &str, to: &str| {
            let read = seawall_formats::registry::read(text(from, to).as_bytes()).unwrap();
            assert_eq!(seawall_formats::registry::read(&to_bytes(&read).unwrap()).unwrap(), read);
            digest(&read).unwrap()
        };
        let first = of("", "");
        assert_eq!(of("\"f\"", "\"g\""), first);
        assert_eq!(
            of("\"minutes\":null", r#""minutes":{"value":"3","known":"measured","people":2}"#),
            first
        );
        assert_ne!(of("abab", "abac"), first);
        assert_ne!(of("\"x\"", "\"y\""), first);
        assert_ne!(of("\"id\":\"a\"", "\"id\":\"b\""), first);
    }
}
