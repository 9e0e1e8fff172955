//! Ed25519 keys and signatures (RFC 8032): the one kind of raw key that the ledger signs with.
//!
//! A secret key is a seed that the caller keeps; it is never shown, not even in debug output.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};

use crate::encoding::{base64, from_base64, hex};
use crate::fault::{Fault, excerpt};

const TEXT_PREFIX: &str = "ed25519:";

/// The secret half of an Ed25519 key pair.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Makes the key pair that belongs to this seed; the same seed gives the same pair.
    pub fn from_seed(seed: [u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The public half.
    pub fn public(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs these bytes; the same bytes give the same signature.
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(bytes).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(public {})", self.public())
    }
}

/// The public half of an Ed25519 key pair; as text `ed25519:` and the base64 of its 32 bytes.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Reads the 32 bytes of a public key; points that could verify forgeries are refused.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<VerifyingKey, Fault> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes)
            .map_err(|_| Fault::unreadable("public key", "not a point on the curve"))?;
        if key.is_weak() {
            return Err(Fault::unreadable("public key", "a point of small order"));
        }
        Ok(VerifyingKey(key))
    }

    /// The 32 bytes of the public key.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// A name for the key that others can compute: the SHA-256 of its bytes in lower-case hex.
    pub fn digest_hex(self) -> String {
        hex(&Sha256::digest(self.to_bytes()))
    }

    /// Holds the signature against these bytes, by the strict rules (no malleable encodings).
    pub fn verify(self, bytes: &[u8], signature: &Signature) -> Result<(), Fault> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0
            .verify_strict(bytes, &signature)
            .map_err(|_| Fault::unproven("signature", "it is not by this key over these bytes"))
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{TEXT_PREFIX}{}", base64(&self.to_bytes()))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({self})")
    }
}

impl FromStr for VerifyingKey {
    type Err = Fault;

    fn from_str(text: &str) -> Result<VerifyingKey, Fault> {
        let bytes = text
            .strip_prefix(TEXT_PREFIX)
            .and_then(from_base64)
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| {
                let why = format!("`{}` is not `ed25519:` and 32 bytes of base64", excerpt(text));
                Fault::unreadable("public key", why)
            })?;
        VerifyingKey::from_bytes(bytes)
    }
}

/// An Ed25519 signature.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// Reads a signature of exactly 64 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Signature, Fault> {
        let array = <[u8; 64]>::try_from(bytes)
            .map_err(|_| Fault::unreadable("signature", "not 64 bytes long"))?;
        Ok(Signature(array))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", base64(&self.0))
    }
}

/// What somebody says a key signed; nothing is proven yet.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The key.
    pub key: VerifyingKey,
    /// What it is said to have signed.
    pub bytes: Vec<u8>,
    /// The signature that came with it.
    pub signature: Signature,
}

impl Claim {
    /// Whether the signature is by this key over these bytes, by the strict rules.
    pub fn holds(&self) -> bool {
        self.key.verify(&self.bytes, &self.signature).is_ok()
    }
}

/// Whether all of them hold, for half the work of one after another: the equations are added up
/// with random weights (Bernstein and others, *High-speed high-security signatures*, section 5), so
/// a sum with one that fails holds with a chance of 2^-128. A "no" does not say which one fails.
/// Only somebody who has the key can make a signature that holds in a sum and not by the strict
/// rules.
pub fn hold_together(claims: &[&Claim]) -> bool {
    let bytes: Vec<&[u8]> = claims.iter().map(|claim| claim.bytes.as_slice()).collect();
    let keys: Vec<_> = claims.iter().map(|claim| claim.key.0).collect();
    let signature = |claim: &&Claim| ed25519_dalek::Signature::from_bytes(&claim.signature.0);
    let signatures: Vec<_> = claims.iter().map(signature).collect();
    ed25519_dalek::verify_batch(&bytes, &signatures, &keys).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: bool) {
        assert_eq!(input.parse::<VerifyingKey>().is_ok(), expected, "{input}");
    }

    #[test]
    fn the_text_form_is_strict() {
        let key = SigningKey::from_seed([7; 32]).public();
        let text = key.to_string();
        assert_eq!(text.parse::<VerifyingKey>().unwrap(), key);
        check(&text, true);
        check(&text.replace("ed25519:", ""), false);
        check(&format!("{text}\n"), false);
        check(text.trim_end_matches('='), false);
        check("ed25519:", false);
        check("", false);
        // The neutral element: every message would verify under it.
        let neutral = {
            let mut bytes = [0; 32];
            bytes[0] = 1;
            bytes
        };
        check(&format!("ed25519:{}", base64(&neutral)), false);
    }

    #[test]
    fn debug_output_keeps_the_seed() {
        let text = format!("{:?}", SigningKey::from_seed([0x41; 32]));
        assert!(!text.contains("4141") && !text.contains("65, 65"), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_flipped_bit_is_found(
            seed: [u8; 32], bytes in prop::collection::vec(any::<u8>(), 1..64),
            at: prop::sample::Index, bit in 0u8..8,
        ) {
            let key = SigningKey::from_seed(seed);
            let signature = key.sign(&bytes);
            prop_assert!(key.public().verify(&bytes, &signature).is_ok());
            let mut flipped = bytes.clone();
            flipped[at.index(bytes.len())] ^= 1 << bit;
            prop_assert!(key.public().verify(&flipped, &signature).is_err());
            let mut other = signature;
            other.0[at.index(64)] ^= 1 << bit;
            prop_assert!(key.public().verify(&bytes, &other).is_err());
        }
    }
}
