//! Tasks that are left out of a determination: signed by two of the protocol's own keys.

use super::protocol::{SIGNATURES_MIN, Source, holds};
use super::value;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::exclusion;
use seawall_domain::evaluation::protocol::{Exclusion, Protocol};
use seawall_formats::determination::Signed;
use seawall_formats::exclusions::Exclusions;
use seawall_ledger::canonical::canonical;
use seawall_ledger::sign::SigningKey;
use seawall_ledger::{Fault, dsse};
use std::collections::{BTreeMap, BTreeSet};

/// The type under which exclusions are signed.
const EXCLUSIONS: &str = "application/vnd.seawall.exclusions+json";

const WHAT: &str = "list of exclusions";

/// Adds a signature; a second one by the same key changes nothing.
pub fn sign(exclusions: &Exclusions, key: &SigningKey) -> Result<Exclusions, Fault> {
    let signature = key.sign(&signed_bytes(exclusions)?);
    let signature = signature.0.iter().map(|byte| format!("{byte:02x}")).collect();
    let signature = Signed { key: key.public().to_string(), signature };
    let mut signed = exclusions.clone();
    if !signed.signatures.contains(&signature) {
        signed.signatures.push(signature);
    }
    Ok(signed)
}

fn signed_bytes(exclusions: &Exclusions) -> Result<Vec<u8>, Fault> {
    let unsigned = Exclusions { signatures: Vec::new(), ..exclusions.clone() };
    Ok(dsse::pae(EXCLUSIONS, &canonical(&value(&unsigned)?)?))
}

impl Source {
    /// By which digest exclusions name the protocol: its root, or where it is plain its SHA-256.
    pub fn named_by(&self) -> Digest {
        match self {
            Source::Sealed(_, sealed) => sealed.root,
            Source::Plain(_, digest) => *digest,
        }
    }
}

/// What is left out, once it is of this protocol, by its reasons, and signed by two of its keys.
pub(super) fn held(
    exclusions: &Exclusions,
    protocol: &Protocol,
    named_by: Digest,
) -> Result<BTreeMap<usize, Exclusion>, Fault> {
    let unproven = |why: &str| Fault::Unproven { what: WHAT, why: why.to_owned() };
    if exclusions.protocol != named_by {
        return Err(unproven("it is for another protocol"));
    }
    let message = signed_bytes(exclusions)?;
    let mut signers: BTreeSet<Digest> = BTreeSet::new();
    for signed in &exclusions.signatures {
        let key = holds(signed, &message)?;
        signers.extend(key.digest_hex().parse::<Digest>());
    }
    let known = &protocol.terms().signers;
    if signers.iter().filter(|signer| known.contains(signer)).count() < SIGNATURES_MIN {
        return Err(unproven("two of the keys that the protocol names must have signed it"));
    }
    exclusion::planned(protocol, &exclusions.excluded).map_err(|why| unproven(&why.to_string()))
}
