//! Somebody to whom a secret is encrypted, so that only the holder of a private key has it.
//!
//! Hybrid public key encryption (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256
//! and AES-256-GCM, as rustls keeps it over AWS-LC; nothing of it is written here. A key that
//! signs is none to encrypt to, so both halves have spellings of their own.

use aws_lc_rs::agreement::{PrivateKey, X25519};
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke as _, HpkePrivateKey, HpkePublicKey};
use seawall_domain::digest::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const PUBLIC: &str = "x25519:";
const PRIVATE: &str = "x25519-secret:";

/// The longest text that is read back from an enclosed secret, in hexadecimal digits.
const TEXT_DIGITS_MAX: usize = 4096;

/// Why something is no key, or does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unopened {
    /// It is not written as a public half is.
    #[error("it is no key of the kind `x25519:…`")]
    Public,
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

/// The public half of a key to which things are encrypted: `x25519:` and 64 digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Recipient(Digest);

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", self.0)
    }
}

impl FromStr for Recipient {
    type Err = Unopened;

    fn from_str(text: &str) -> Result<Recipient, Unopened> {
        let digits = text.strip_prefix(PUBLIC).ok_or(Unopened::Public)?;
        let read = digits.parse().map(Recipient).map_err(|_| Unopened::Public)?;
        if read.to_string() == text { Ok(read) } else { Err(Unopened::Public) }
    }
}

impl TryFrom<String> for Recipient {
    type Error = Unopened;

    fn try_from(text: String) -> Result<Recipient, Unopened> {
        text.parse()
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> String {
        recipient.to_string()
    }
}

/// A secret that one recipient can read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enclosed {
    /// Whose it is.
    pub to: Recipient,
    /// The encapsulated key (RFC 9180, `enc`), in hexadecimal digits.
    key: String,
    /// The ciphertext, in hexadecimal digits.
    text: String,
}

impl Recipient {
    /// Encrypts a secret; `what` says what it is for, `about` what it belongs to, and both are
    /// needed to read it.
    pub fn enclose(&self, what: &[u8], about: &[u8], secret: &[u8]) -> Result<Enclosed, Unopened> {
        let key = HpkePublicKey(self.0.bytes().to_vec());
        let (enc, text) =
            SUITE.seal(what, about, secret, &key).map_err(|_| Unopened::Encrypting)?;
        Ok(Enclosed { to: *self, key: hex(&enc.0), text: hex(&text) })
    }
}

/// The private half.
pub struct Keeper {
    seed: HpkePrivateKey,
    public: Recipient,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keeper({})", self.public)
    }
}

impl Keeper {
    /// The key of a seed of 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Result<Keeper, Unopened> {
        let key = PrivateKey::from_private_key(&X25519, &seed).map_err(|_| Unopened::Private)?;
        let public = key.compute_public_key().map_err(|_| Unopened::Private)?;
        let public = <[u8; 32]>::try_from(public.as_ref()).map_err(|_| Unopened::Private)?;
        let seed = HpkePrivateKey::from(seed.to_vec());
        Ok(Keeper { seed, public: Recipient(Digest::new(public)) })
    }

    /// The public half.
    pub fn public(&self) -> Recipient {
        self.public
    }

    /// The private half as it is kept in a file. It is secret.
    pub fn text(&self) -> String {
        format!("{PRIVATE}{}", hex(self.seed.secret_bytes()))
    }

    /// Reads what [`Keeper::text`] wrote.
    pub fn read(text: &str) -> Result<Keeper, Unopened> {
        let digits = text.trim_end().strip_prefix(PRIVATE).ok_or(Unopened::Private)?;
        let seed: Digest = digits.parse().map_err(|_| Unopened::Private)?;
        Keeper::from_seed(*seed.bytes())
    }

    /// Reads a secret that was encrypted to this key, for the same `what` and `about`.
    pub fn open(&self, what: &[u8], about: &[u8], it: &Enclosed) -> Result<Vec<u8>, Unopened> {
        if it.to != self.public {
            return Err(Unopened::Opening);
        }
        let enc = EncapsulatedSecret(from_hex(&it.key).ok_or(Unopened::Opening)?);
        let text = from_hex(&it.text).ok_or(Unopened::Opening)?;
        SUITE.open(&enc, what, about, &text, &self.seed).map_err(|_| Unopened::Opening)
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads what [`hex`] writes, up to a bound.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() > TEXT_DIGITS_MAX || !text.len().is_multiple_of(2) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(pair).collect();
    bytes.filter(|bytes| hex(bytes) == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_right_key_for_the_right_thing_opens() {
        let (one, other) =
            (Keeper::from_seed([1; 32]).unwrap(), Keeper::from_seed([2; 32]).unwrap());
        let enclosed = one.public().enclose(b"what", b"about", b"secret").unwrap();
        assert_eq!(one.open(b"what", b"about", &enclosed).unwrap(), b"secret");
        assert!(other.open(b"what", b"about", &enclosed).is_err());
        assert!(one.open(b"else", b"about", &enclosed).is_err());
        assert!(one.open(b"what", b"else", &enclosed).is_err());
        let renamed = Enclosed { to: other.public(), ..enclosed.clone() };
        assert!(other.open(b"what", b"about", &renamed).is_err());
        for at in 0..enclosed.text.len() {
            let mut changed = enclosed.clone();
            let digit = if &changed.text[at..=at] == "0" { "1" } else { "0" };
            changed.text.replace_range(at..=at, digit);
            assert!(one.open(b"what", b"about", &changed).is_err(), "digit {at}");
        }
        // Two of the same say nothing of each other.
        assert_ne!(one.public().enclose(b"what", b"about", b"secret").unwrap(), enclosed);
    }

    #[test]
    fn the_public_half_is_that_of_the_standard() {
        // RFC 7748, section 6.1: Bob's keys.
        let seed = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
        let seed: Digest = seed.parse().unwrap();
        let keeper = Keeper::from_seed(*seed.bytes()).unwrap();
        let public = "x25519:de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
        assert_eq!(keeper.public().to_string(), public);
    }

    #[test]
    fn each_half_has_one_spelling_and_the_secret_stays_out_of_debug_output() {
        let keeper = Keeper::from_seed([3; 32]).unwrap();
        let text = keeper.text();
        assert_eq!(Keeper::read(&format!("{text}\n")).unwrap().public(), keeper.public());
        assert!(!format!("{keeper:?}").contains(&text[PRIVATE.len()..]));
        let public = keeper.public().to_string();
        assert_eq!(public.parse(), Ok(keeper.public()));
        for bad in ["", "x25519:", &public.to_uppercase(), &public[1..], &text] {
            assert!(bad.parse::<Recipient>().is_err(), "{bad}");
        }
        for bad in ["", &public, &text[..20], &"03".repeat(32)] {
            assert_eq!(Keeper::read(bad).err(), Some(Unopened::Private));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn reading_never_panics(text: String, key in ".{0,80}", other in ".{0,80}") {
            let _ = (text.parse::<Recipient>(), Keeper::read(&text), from_hex(&text));
            let keeper = Keeper::from_seed([1; 32]).unwrap();
            let enclosed = Enclosed { to: keeper.public(), key, text: other };
            let _ = keeper.open(b"", b"", &enclosed);
        }
    }
}
