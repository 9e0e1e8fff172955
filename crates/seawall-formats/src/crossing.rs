//! The file that crosses from a classified side to the other: one value, one spelling, no room.
//!
//! Reading takes exactly the bytes that writing gives: no space, no other order, no further field,
//! so that nothing can travel along. The side that writes it signs the four values (Ed25519); who
//! that is, the side that reads it knows beforehand, so no key stands in it. Whether the signature
//! holds is the reader's to say: here it is 64 bytes.

use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::crossing::Crossing;
use seawall_domain::evaluation::decision::Outcome;

const FORMAT: &str = "crossing";

/// What such a file says of itself.
pub const SCHEMA: &str = "seawall/crossing/v2";

/// The type under which the four values are signed (DSSE's pre-authentication encoding).
pub const SIGNED_AS: &str = "application/vnd.seawall.crossing+json";

/// How many bytes a signature has.
pub const SIGNATURE_BYTES: usize = 64;

/// The longest such file in bytes.
pub const CROSSING_BYTES_MAX: usize = 512;

/// The word that stands for "no outcome yet".
const PENDING: &str = "pending";

/// What crosses, and what the side that wrote it signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Signed {
    /// The values.
    pub crossing: Crossing,
    /// The signature over [`statement`].
    pub signature: [u8; SIGNATURE_BYTES],
}

/// The bytes that are signed: the file without its signature.
pub fn statement(crossing: &Crossing) -> Vec<u8> {
    format!("{{{}}}", values(crossing)).into_bytes()
}

fn values(Crossing { receipt, root, outcome }: &Crossing) -> String {
    let outcome = outcome.map_or(PENDING, Outcome::word);
    format!(r#""outcome":"{outcome}","receipt":"{receipt}","root":"{root}","schema":"{SCHEMA}""#)
}

/// Writes the file.
pub fn write(signed: &Signed) -> Vec<u8> {
    let digits: String = signed.signature.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(r#"{{{},"signature":"{digits}"}}"#, values(&signed.crossing)).into_bytes()
}

/// Reads the file; whatever is spelled otherwise is refused.
pub fn read(bytes: &[u8]) -> Result<Signed, FormatFault> {
    let refuse = || {
        let message = "it must be the five fields in their one spelling, and nothing else";
        FormatFault::new(FORMAT, "the document", message)
    };
    if bytes.len() > CROSSING_BYTES_MAX {
        return Err(refuse());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| refuse())?;
    let part = |name: &str| {
        let (_, rest) = text.split_once(&format!("\"{name}\":\""))?;
        rest.split('"').next()
    };
    let digest = |name: &str| part(name)?.parse::<Digest>().ok();
    let outcome = match part("outcome") {
        Some(PENDING) => None,
        Some(word) => {
            let known = [Outcome::Covered, Outcome::NotCovered, Outcome::Inconclusive];
            Some(known.into_iter().find(|outcome| outcome.word() == word).ok_or_else(refuse)?)
        }
        None => return Err(refuse()),
    };
    let (Some(receipt), Some(root)) = (digest("receipt"), digest("root")) else {
        return Err(refuse());
    };
    let signature = part("signature").and_then(signature).ok_or_else(refuse)?;
    let signed = Signed { crossing: Crossing { receipt, root, outcome }, signature };
    match write(&signed) == bytes {
        true => Ok(signed),
        false => Err(refuse()),
    }
}

fn signature(digits: &str) -> Option<[u8; SIGNATURE_BYTES]> {
    let mut bytes = [0; SIGNATURE_BYTES];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn crossing() -> Signed {
        let [receipt, root] = [1, 2].map(|of| Digest::new([of; 32]));
        let crossing = Crossing { receipt, root, outcome: Some(Outcome::NotCovered) };
        Signed { crossing, signature: [0xab; SIGNATURE_BYTES] }
    }

    #[test]
    fn it_has_one_spelling_and_no_room() {
        let written = String::from_utf8(write(&crossing())).unwrap();
        assert!(written.starts_with(r#"{"outcome":"not_covered","receipt":"0101"#), "{written}");
        let check = |from: &str, to: &str, expected: bool| {
            let changed = written.replacen(from, to, 1);
            assert_eq!(read(changed.as_bytes()).is_ok(), expected, "{changed}");
        };
        check("", "", true);
        check("not_covered", "covered", true);
        check("not_covered", "pending", true);
        check("not_covered", "nearly", false);
        check(",", ", ", false);
        check("0101", "0A01", false);
        check("{", "{\"margin\":\"0.01\",", false);
        check("}", ",\"margin\":\"0.01\"}", false);
        check("}", "}\n", false);
        check("\"outcome\":\"not_covered\",", "", false);
        check("v2", "v1", false);
        check("abab", "ABab", false);
        check("abab", "ab", false);
        check("abab", "ababab", false);
        check("abab", "cdab", true);
        check(",\"signature\":", ",\"key\":\"\",\"signature\":", false);
        let mut turned = written.clone();
        turned.insert_str(1, "\"schema\":\"seawall/crossing/v2\",");
        assert!(read(turned.as_bytes()).is_err());
        for outcome in [None, Some(Outcome::Covered), Some(Outcome::Inconclusive)] {
            let crossing_of = Crossing { outcome, ..crossing().crossing };
            let other = Signed { crossing: crossing_of, ..crossing() };
            let (signed, written) = (statement(&crossing_of), write(&other));
            // What is signed is the file without its signature.
            assert!(written.starts_with(&signed[..signed.len() - 1]));
            assert_eq!(read(&write(&other)), Ok(other));
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(read(&bytes));
        }

        #[test]
        fn what_is_read_is_what_was_written(at in any::<prop::sample::Index>(), byte: u8) {
            let mut bytes = write(&crossing());
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(read) = read(&bytes) {
                prop_assert_eq!(write(&read), bytes);
            }
        }
    }
}
