//! A developer's attestation of a snapshot and how it is served: signed, and held against a log.
//!
//! That a key is the developer's is the business of whoever names it; that a provider serves what
//! was attested, no signature shows.

use seawall_domain::digest::Digest;
use seawall_domain::evaluation::log::Spec;
use seawall_formats::attestation::{self, ATTESTATION_BYTES_MAX, Attestation, Noted, SCHEMA};
use seawall_ledger::canonical::canonical;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use seawall_ledger::{Fault, sha256};
use serde_json::{Map, Value, json};

/// The members of a log's metadata by which a run notes it: its digest, and that of who signed it.
pub const NOTES: [&str; 2] = ["attestation", "attested_by"];

/// The member of a log's metadata that names the snapshot.
const SNAPSHOT: &str = "snapshot";

/// The type under which it is signed.
const TYPE: &str = "application/vnd.seawall.attestation+json";

const WHAT: &str = "developer's attestation";

/// An attestation whose signature holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attested {
    /// What was signed.
    pub attestation: Attestation,
    /// As runs note it.
    pub noted: Noted,
}

/// Attests a snapshot and how it is served: the envelope on one line.
pub fn attest(
    model: &str,
    snapshot: Digest,
    serving: Map<String, Value>,
    key: &SigningKey,
) -> Result<String, Fault> {
    let (schema, key_text) = (SCHEMA.to_owned(), key.public().to_string());
    let attestation =
        Attestation { schema, model: model.to_owned(), snapshot, serving, key: key_text };
    let tree = serde_json::to_value(attestation).map_err(|error| unproven(&error.to_string()))?;
    let payload = canonical(&tree)?;
    if payload.len() > ATTESTATION_BYTES_MAX {
        let why = format!("more than {ATTESTATION_BYTES_MAX} bytes");
        return Err(Fault::Impossible { what: WHAT, why });
    }
    let mut envelope = Envelope::new(TYPE, payload);
    envelope.sign(key);
    Ok(envelope.to_json())
}

/// Reads an envelope whose one signature holds by the key that it names.
pub fn read(envelope: &[u8]) -> Result<Attested, Fault> {
    if envelope.len() > 2 * ATTESTATION_BYTES_MAX {
        return Err(unproven("it is too large"));
    }
    let signed = Envelope::from_json(envelope)?;
    if signed.to_json().as_bytes() != envelope || signed.signature_count() != 1 {
        return Err(unproven("its envelope is not in its one spelling, with one signature"));
    }
    let attestation = attestation::read(signed.unverified_payload());
    let attestation =
        attestation.map_err(|fault| Fault::Unreadable { what: WHAT, why: fault.message })?;
    let key: VerifyingKey = attestation.key.parse()?;
    let digest = key.digest_hex().parse().map_err(|_| unproven("its key has no digest"))?;
    let verified = signed.verify(&[key], 1)?;
    if !signed.names_only(key) {
        return Err(unproven("its signature names another key"));
    }
    if verified.payload_type != TYPE {
        return Err(unproven("it was signed as something else"));
    }
    let noted = Noted { sha256: Digest::new(sha256(envelope).0), signed_by: digest };
    Ok(Attested { attestation, noted })
}

impl Attested {
    /// As a run's metadata has it, in the order of [`NOTES`].
    pub fn notes(&self) -> [Value; 2] {
        [json!(self.noted.sha256), json!(self.noted.signed_by)]
    }

    /// Holds it against what a log says of its run: the model, the snapshot where it names one, and
    /// which attestation was noted.
    pub fn holds_for(&self, spec: &Spec) -> Result<(), Fault> {
        let said =
            |name: &str| -> Option<Value> { serde_json::from_str(spec.metadata.get(name)?).ok() };
        let noted = NOTES.map(said);
        if noted.iter().all(Option::is_none) {
            return Err(unproven("the run notes none"));
        }
        if noted != self.notes().map(Some) {
            return Err(unproven("the run notes another one"));
        }
        self.is_about(&spec.model, said(SNAPSHOT).as_ref())
    }

    /// Holds it against a model, and a snapshot where one is named.
    pub fn is_about(&self, model: &str, snapshot: Option<&Value>) -> Result<(), Fault> {
        if self.attestation.model != model {
            return Err(unproven("it is about another model"));
        }
        match snapshot {
            Some(named) if *named != json!(self.attestation.snapshot) => {
                Err(unproven("it is about another snapshot than the run names"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn unproven(why: &str) -> Fault {
    Fault::Unproven { what: WHAT, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_seed([9; 32])
    }

    fn attested() -> String {
        let serving = json!({"temperature": "1.0", "guards": []});
        let serving = serving.as_object().cloned().unwrap_or_default();
        attest("maker/model", Digest::new([7; 32]), serving, &key()).unwrap()
    }

    #[test]
    fn what_was_attested_reads_back_and_no_byte_of_it_can_change() {
        let envelope = attested();
        let read_back = read(envelope.as_bytes()).unwrap();
        assert_eq!(read_back.attestation.snapshot, Digest::new([7; 32]));
        assert_eq!(read_back.noted.signed_by.to_string(), key().public().digest_hex());
        for at in 0..envelope.len() {
            let mut altered = envelope.clone().into_bytes();
            altered[at] ^= 1;
            assert!(read(&altered).is_err(), "byte {at}");
        }
        assert!(read(format!("{envelope} ").as_bytes()).is_err());
        assert!(read(&vec![b' '; 2 * ATTESTATION_BYTES_MAX + 1]).is_err());
    }

    #[test]
    fn it_is_held_against_the_model_the_snapshot_and_the_note() {
        let attested = read(attested().as_bytes()).unwrap();
        let seven = json!(Digest::new([7; 32]));
        let check = |model: &str, snapshot: Option<&Value>, holds: bool| {
            assert_eq!(attested.is_about(model, snapshot).is_ok(), holds, "{model}");
        };
        check("maker/model", None, true);
        check("maker/model", Some(&seven), true);
        check("maker/model", Some(&json!(Digest::new([8; 32]))), false);
        check("maker/model", Some(&json!(7)), false);
        check("maker/other", Some(&seven), false);
    }
}
