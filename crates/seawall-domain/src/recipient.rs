//! Somebody to whom a secret is encrypted, known by the public half of a key.
//!
//! What is done with such a key is the ledger's; here it is only written and read. A key that signs
//! is none to encrypt to, so it has a spelling of its own.

use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const PREFIX: &str = "x25519:";

/// The public half of a key to which things are encrypted (X25519, RFC 7748): `x25519:` and 64
/// lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Recipient(Digest);

/// The text is no such key. What it was is not repeated: it could be the secret half.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is no key of the kind `x25519:…`")]
pub struct NotARecipient;

impl Recipient {
    /// The key of these 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Recipient {
        Recipient(Digest::new(bytes))
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl FromStr for Recipient {
    type Err = NotARecipient;

    fn from_str(text: &str) -> Result<Recipient, NotARecipient> {
        let digits = text.strip_prefix(PREFIX).ok_or(NotARecipient)?;
        let read = digits.parse().map(Recipient).map_err(|_| NotARecipient)?;
        if read.to_string() == text { Ok(read) } else { Err(NotARecipient) }
    }
}

impl TryFrom<String> for Recipient {
    type Error = NotARecipient;

    fn try_from(text: String) -> Result<Recipient, NotARecipient> {
        text.parse()
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> String {
        recipient.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        let text = Recipient::new([0xa5; 32]).to_string();
        assert_eq!(text.parse(), Ok(Recipient::new([0xa5; 32])));
        let secret = text.replace("x25519:", "x25519-secret:");
        for bad in ["", "x25519:", &text.to_uppercase(), &text[1..], &secret, &"é".repeat(32)] {
            assert_eq!(bad.parse::<Recipient>(), Err(NotARecipient), "{bad}");
        }
        assert!(!secret.parse::<Recipient>().unwrap_err().to_string().contains("a5"));
    }
}
