//! The file that crosses from a classified side to the other: one value, one spelling, no room.
//!
//! Reading takes exactly the bytes that writing gives: no space, no other order, no further field,
//! so that nothing can travel along.

use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::crossing::Crossing;
use seawall_domain::evaluation::decision::Outcome;

const FORMAT: &str = "crossing";

/// What such a file says of itself.
pub const SCHEMA: &str = "seawall/crossing/v1";

/// The longest such file in bytes.
pub const CROSSING_BYTES_MAX: usize = 512;

/// The word that stands for "no outcome yet".
const PENDING: &str = "pending";

/// Writes the file.
pub fn write(crossing: &Crossing) -> Vec<u8> {
    let Crossing { receipt, root, outcome } = crossing;
    let outcome = outcome.map_or(PENDING, Outcome::word);
    let text = format!(
        r#"{{"outcome":"{outcome}","receipt":"{receipt}","root":"{root}","schema":"{SCHEMA}"}}"#
    );
    text.into_bytes()
}

/// Reads the file; whatever is spelled otherwise is refused.
pub fn read(bytes: &[u8]) -> Result<Crossing, FormatFault> {
    let refuse = || {
        let message = "it must be the four fields in their one spelling, and nothing else";
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
    let crossing = Crossing { receipt, root, outcome };
    match write(&crossing) == bytes {
        true => Ok(crossing),
        false => Err(refuse()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn crossing() -> Crossing {
        let [receipt, root] = [1, 2].map(|of| Digest::new([of; 32]));
        Crossing { receipt, root, outcome: Some(Outcome::NotCovered) }
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
        check("v1", "v2", false);
        let mut turned = written.clone();
        turned.insert_str(1, "\"schema\":\"seawall/crossing/v1\",");
        assert!(read(turned.as_bytes()).is_err());
        for outcome in [None, Some(Outcome::Covered), Some(Outcome::Inconclusive)] {
            let other = Crossing { outcome, ..crossing() };
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
