//! A secret that is encrypted to one recipient, as it stands within other documents.
//!
//! Only its spelling is here: an encapsulated key and a ciphertext (RFC 9180), each in hexadecimal
//! digits. Whether it opens is the ledger's to say.

use seawall_domain::recipient::Recipient;
use serde::{Deserialize, Serialize};

/// The longest key or text, in hexadecimal digits.
pub const DIGITS_MAX: usize = 4096;

/// A secret that one recipient can read.
// The fields stand in the order of their names, as canonical JSON wants them (RFC 8785).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enclosed {
    /// The encapsulated key (RFC 9180, `enc`), in hexadecimal digits.
    key: String,
    /// The ciphertext, in hexadecimal digits.
    text: String,
    /// Whose it is.
    pub to: Recipient,
}

impl Enclosed {
    /// What was encrypted to somebody: the encapsulated key, and the ciphertext.
    pub fn new(to: Recipient, [key, text]: [&[u8]; 2]) -> Enclosed {
        Enclosed { key: hex(key), text: hex(text), to }
    }

    /// The encapsulated key and the ciphertext; none where they are not spelled as such.
    pub fn parts(&self) -> Option<[Vec<u8>; 2]> {
        let part = |digits: &str| from_hex(Some(digits).filter(|it| it.len() <= DIGITS_MAX)?);
        Some([part(&self.key)?, part(&self.text)?])
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text
}

/// Reads what [`hex`] writes, and no other spelling of it.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let half = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(half(*high)? << 4 | half(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let enclosed = Enclosed::new(Recipient::new([1; 32]), [&[2, 0xab], &[]]);
        assert_eq!(enclosed.parts(), Some([vec![2, 0xab], vec![]]));
        let text = serde_json::to_string(&enclosed).unwrap();
        assert_eq!(serde_json::from_str::<Enclosed>(&text).unwrap(), enclosed);
        for bad in ["02A0", "02a", "0g", "é0", " 0"] {
            assert_eq!(from_hex(bad), None, "{bad}");
            let other = Enclosed { key: bad.into(), ..enclosed.clone() };
            assert_eq!(other.parts(), None, "{bad}");
        }
        let long = Enclosed { text: "0".repeat(DIGITS_MAX + 2), ..enclosed };
        assert_eq!(long.parts(), None);
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>, text: String) {
            prop_assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
            if let Some(read) = from_hex(&text) {
                prop_assert_eq!(hex(&read), text);
            }
        }
    }
}
