//! Base64 and hexadecimal as the ledger's formats want them: strict on the way in, one spelling
//! on the way out; and JSON objects that are objects.

use std::fmt;
use std::fmt::Write as _;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const TOLERANT_STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);
const TOLERANT_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

/// Standard alphabet, padded.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads only what [`base64`] writes, so that one value has one spelling.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads the standard or the URL-safe alphabet (not a mix), padded or not, as DSSE demands.
pub(crate) fn from_any_base64(text: &str) -> Option<Vec<u8>> {
    TOLERANT_STANDARD.decode(text).or_else(|_| TOLERANT_URL.decode(text)).ok()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads a decimal number without sign or leading zeros.
pub(crate) fn from_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A value read from a JSON object only; a derived reader would also take an array of its fields.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerant_base64_reads_both_alphabets_but_no_mix() {
        fn check(input: &str, expected: Option<&[u8]>) {
            assert_eq!(from_any_base64(input).as_deref(), expected, "{input}");
        }
        check("+/+/", Some(&[0xfb, 0xff, 0xbf]));
        check("-_-_", Some(&[0xfb, 0xff, 0xbf]));
        check("+/-_", None);
        check("YQ==", Some(b"a"));
        check("YQ", Some(b"a"));
        check("YR==", None);
        check("Y Q==", None);
        check("", Some(b""));
    }

    #[test]
    fn decimals_have_one_spelling() {
        fn check(input: &str, expected: Option<u64>) {
            assert_eq!(from_decimal(input), expected, "{input}");
        }
        check("0", Some(0));
        check("42", Some(42));
        check("042", None);
        check("+42", None);
        check("-1", None);
        check("", None);
        check("18446744073709551616", None);
    }
}
