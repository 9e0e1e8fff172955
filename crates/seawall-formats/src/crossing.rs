//! The file that crosses from a classified side to the other: one value, one spelling, no room.
//!
//! Reading takes exactly the bytes that writing gives: no space, no other order, no further field,
//! so that nothing can travel along. The side that writes it signs the five values (Ed25519); who
//! that is, the side that reads it knows beforehand, so no key stands in it. Whether the signature
//! holds is the reader's to say: here it is 64 bytes.

use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::crossing::{Answer, Crossing, Standing};
use seawall_domain::evaluation::decision::Outcome;

const FORMAT: &str = "crossing";

/// What such a file says of itself.
pub const SCHEMA: &str = "seawall/crossing/v3";

/// The type under which the five values are signed (DSSE's pre-authentication encoding).
pub const SIGNED_AS: &str = "application/vnd.seawall.crossing+json";

/// How many bytes a signature has.
pub const SIGNATURE_BYTES: usize = 64;

/// The longest such file in bytes.
pub const CROSSING_BYTES_MAX: usize = 512;

/// The word that stands for "no outcome yet", and for what is known of its record then.
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

fn values(Crossing { receipt, root, answer }: &Crossing) -> String {
    let (outcome, record) = words(*answer);
    let said = format!(r#""outcome":"{outcome}","receipt":"{receipt}","record":"{record}""#);
    format!(r#"{said},"root":"{root}","schema":"{SCHEMA}""#)
}

/// The two words for an answer.
fn words(answer: Option<Answer>) -> (&'static str, &'static str) {
    match answer {
        None => (PENDING, PENDING),
        Some(Answer { outcome, record: Standing::Kept }) => (outcome.word(), "kept"),
        Some(Answer { outcome, record: Standing::NotKept }) => (outcome.word(), "not_kept"),
    }
}

/// Every answer that there can be.
fn answers() -> impl Iterator<Item = Option<Answer>> {
    let outcomes = [Outcome::Covered, Outcome::NotCovered, Outcome::Inconclusive];
    let of = |outcome| [Standing::Kept, Standing::NotKept].map(|record| Answer { outcome, record });
    outcomes.into_iter().flat_map(of).map(Some).chain([None])
}

/// Writes the file.
pub fn write(signed: &Signed) -> Vec<u8> {
    let digits: String = signed.signature.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(r#"{{{},"signature":"{digits}"}}"#, values(&signed.crossing)).into_bytes()
}

/// Reads the file; whatever is spelled otherwise is refused.
pub fn read(bytes: &[u8]) -> Result<Signed, FormatFault> {
    let refuse = || {
        let message = "it must be the six fields in their one spelling, and nothing else";
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
    let said = part("outcome").zip(part("record")).ok_or_else(refuse)?;
    let answer = answers().find(|answer| words(*answer) == said).ok_or_else(refuse)?;
    let (Some(receipt), Some(root)) = (digest("receipt"), digest("root")) else {
        return Err(refuse());
    };
    let signature = part("signature").and_then(signature).ok_or_else(refuse)?;
    let signed = Signed { crossing: Crossing { receipt, root, answer }, signature };
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
    use std::collections::HashSet;

    fn crossing() -> Signed {
        let [receipt, root] = [1, 2].map(|of| Digest::new([of; 32]));
        let answer = Answer { outcome: Outcome::NotCovered, record: Standing::NotKept };
        let crossing = Crossing { receipt, root, answer: Some(answer) };
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
        check("not_covered", "pending", false);
        check("not_kept", "kept", true);
        check("not_kept", "pending", false);
        check("not_kept", "", false);
        check("not_kept", "mislaid", false);
        check("\"record\":\"not_kept\",", "", false);
        check("\"record\":\"not_kept\"", "\"record\":false", false);
        check("not_covered", "nearly", false);
        check(",", ", ", false);
        check("0101", "0A01", false);
        check("{", "{\"margin\":\"0.01\",", false);
        check("}", ",\"margin\":\"0.01\"}", false);
        check("}", "}\n", false);
        check("\"outcome\":\"not_covered\",", "", false);
        check("v3", "v2", false);
        check("abab", "ABab", false);
        check("abab", "ab", false);
        check("abab", "ababab", false);
        check("abab", "cdab", true);
        check(",\"signature\":", ",\"key\":\"\",\"signature\":", false);
        let mut turned = written.clone();
        turned.insert_str(1, "\"schema\":\"seawall/crossing/v3\",");
        assert!(read(turned.as_bytes()).is_err());
        assert_eq!(answers().collect::<HashSet<_>>().len(), 7, "three, kept or not, and none yet");
        for answer in answers() {
            let crossing_of = Crossing { answer, ..crossing().crossing };
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
