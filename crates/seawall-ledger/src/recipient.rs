//! A secret encrypted to somebody, so that only the holder of a private key has it.
//!
//! Hybrid public key encryption (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256
//! and AES-256-GCM, as rustls keeps it over AWS-LC; nothing of it is written here. Encrypting is
//! the one thing of this crate for which no chance is brought: the standard makes a new key for
//! each message, and AWS-LC draws it.

use std::fmt;

use aws_lc_rs::agreement::{PrivateKey, X25519};
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke as _, HpkePrivateKey, HpkePublicKey};

use crate::encoding::hex;

const PRIVATE: &str = "x25519-secret:";

/// Why something is no key, or does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unopened {
    /// It is not written as a private half is. What it was is never repeated.
    #[error("it holds no private key of the kind that this program makes")]
    Private,
    /// The machinery refused.
    #[error("nothing can be encrypted to this key")]
    Encrypting,
    /// It is for another key, or was altered.
    #[error("it does not open with this key: it is for another one, or was altered")]
    Opening,
}

/// Encrypts a secret to the holder of a key (X25519): the encapsulated key, and the ciphertext.
/// `what` says what it is for, `about` what it belongs to, and both are needed to read it.
pub fn enclose(
    to: &[u8; 32],
    what: &[u8],
    about: &[u8],
    secret: &[u8],
) -> Result<[Vec<u8>; 2], Unopened> {
    let key = HpkePublicKey(to.to_vec());
    let (enc, text) = SUITE.seal(what, about, secret, &key).map_err(|_| Unopened::Encrypting)?;
    Ok([enc.0, text])
}

/// The private half of a key to which secrets are encrypted.
pub struct Keeper {
    seed: HpkePrivateKey,
    public: [u8; 32],
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keeper({})", hex(&self.public))
    }
}

impl Keeper {
    /// The key of a seed of 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Result<Keeper, Unopened> {
        let key = PrivateKey::from_private_key(&X25519, &seed).map_err(|_| Unopened::Private)?;
        let public = key.compute_public_key().map_err(|_| Unopened::Private)?;
        let public = <[u8; 32]>::try_from(public.as_ref()).map_err(|_| Unopened::Private)?;
        Ok(Keeper { seed: HpkePrivateKey::from(seed.to_vec()), public })
    }

    /// The public half.
    pub fn public(&self) -> [u8; 32] {
        self.public
    }

    /// The private half as it is kept in a file. It is secret.
    pub fn text(&self) -> String {
        format!("{PRIVATE}{}", hex(self.seed.secret_bytes()))
    }

    /// Reads what [`Keeper::text`] wrote.
    pub fn read(text: &str) -> Result<Keeper, Unopened> {
        let digits = text.trim_end().strip_prefix(PRIVATE).ok_or(Unopened::Private)?;
        // A sign is read as part of a number too, and is no digit.
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Unopened::Private);
        }
        let mut seed = [0; 32];
        for (byte, at) in seed.iter_mut().zip((0..64).step_by(2)) {
            let pair = digits.get(at..at + 2).ok_or(Unopened::Private)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| Unopened::Private)?;
        }
        Keeper::from_seed(seed)
    }

    /// Reads what [`enclose`] encrypted to this key, for the same `what` and `about`.
    pub fn open(
        &self,
        what: &[u8],
        about: &[u8],
        [key, text]: [&[u8]; 2],
    ) -> Result<Vec<u8>, Unopened> {
        let enc = EncapsulatedSecret(key.to_vec());
        SUITE.open(&enc, what, about, text, &self.seed).map_err(|_| Unopened::Opening)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_right_key_for_the_right_thing_opens() {
        let (one, other) =
            (Keeper::from_seed([1; 32]).unwrap(), Keeper::from_seed([2; 32]).unwrap());
        let [key, text] = enclose(&one.public(), b"what", b"about", b"secret").unwrap();
        let parts = [key.as_slice(), text.as_slice()];
        assert_eq!(one.open(b"what", b"about", parts).unwrap(), b"secret");
        assert!(other.open(b"what", b"about", parts).is_err());
        assert!(one.open(b"else", b"about", parts).is_err());
        assert!(one.open(b"what", b"else", parts).is_err());
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            assert!(one.open(b"what", b"about", [&key, &changed]).is_err(), "byte {at}");
        }
        // Two of the same say nothing of each other.
        assert_ne!(enclose(&one.public(), b"what", b"about", b"secret").unwrap(), [key, text]);
    }

    #[test]
    fn the_public_half_is_that_of_the_standard() {
        // RFC 7748, section 6.1: Bob's keys.
        let seed = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
        let keeper = Keeper::read(&format!("{PRIVATE}{seed}")).unwrap();
        let public = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
        assert_eq!(hex(&keeper.public()), public);
    }

    #[test]
    fn the_secret_half_has_a_spelling_and_stays_out_of_debug_output() {
        let keeper = Keeper::from_seed([3; 32]).unwrap();
        let text = keeper.text();
        assert_eq!(Keeper::read(&format!("{text}\n")).unwrap().public(), keeper.public());
        assert!(!format!("{keeper:?}").contains(&text[PRIVATE.len()..]));
        let plus = format!("{PRIVATE}+{}", &text[PRIVATE.len() + 1..]);
        for bad in ["", &text[..20], &"03".repeat(32), &format!("{text}00"), &plus] {
            assert_eq!(Keeper::read(bad).err(), Some(Unopened::Private), "{bad}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn reading_never_panics(text: String, key: Vec<u8>, other: Vec<u8>) {
            let _ = Keeper::read(&text);
            let keeper = Keeper::from_seed([1; 32]).unwrap();
            let _ = keeper.open(b"", b"", [&key, &other]);
        }
    }
}
