//! Proof files (C2SP tlog-proof, `.tlog-proof`): everything needed to check, offline and years
//! later, that one entry is in a log that others watched.

use std::fmt;

use crate::checkpoint::Checkpoint;
use crate::encoding::{base64, from_base64, from_decimal};
use crate::fault::{Fault, excerpt};
use crate::merkle::{Hash, leaf_hash, verify_inclusion};
use crate::note::{NOTE_BYTES_MAX, Note, VerifierKey};

const WHAT: &str = "proof file";
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The longest path that a tree of 63-bit size can need.
const HASHES_MAX: usize = 63;

/// Whom a verifier believes: the log, and how many of which witnesses.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The key of the log.
    pub log: VerifierKey,
    /// The keys of the witnesses, each of another operator.
    pub witnesses: Vec<VerifierKey>,
    /// How many of the witnesses must have cosigned; 0 asks for none.
    pub witnesses_min: usize,
}

/// The proof that one entry is in a log; [`fmt::Display`] writes the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogProof {
    /// Anything the maker wants to pass along; nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The index of the entry.
    pub index: u64,
    /// The inclusion proof, the leaf's sibling first.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint that the proof leads to.
    pub checkpoint: Note,
}

impl LogProof {
    /// Reads a proof file strictly; this verifies nothing.
    pub fn parse(bytes: &[u8]) -> Result<LogProof, Fault> {
        let refuse = |why: String| Fault::unreadable(WHAT, why);
        if bytes.len() > 2 * NOTE_BYTES_MAX {
            return Err(refuse(format!("longer than {} bytes", 2 * NOTE_BYTES_MAX)));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8".to_owned()))?;
        let (head, note) =
            text.split_once("\n\n").ok_or_else(|| refuse("it has no empty line".to_owned()))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(refuse(format!("it does not begin with `{HEADER}`")));
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => {
                let bytes = line.strip_prefix("extra ").and_then(from_base64);
                Some(bytes.ok_or_else(|| refuse("the extra line is not base64".to_owned()))?)
            }
            None => None,
        };
        let index = lines.next().unwrap_or_default();
        let index = index
            .strip_prefix("index ")
            .and_then(from_decimal)
            .ok_or_else(|| refuse(format!("bad index line `{}`", excerpt(index))))?;
        let hashes: Vec<Hash> =
            lines.take(HASHES_MAX + 1).map(str::parse).collect::<Result<_, _>>()?;
        if hashes.len() > HASHES_MAX {
            return Err(refuse(format!("it has more than {HASHES_MAX} hashes")));
        }
        Ok(LogProof { extra, index, hashes, checkpoint: Note::parse(note.as_bytes())? })
    }

    /// Verifies that the log holds exactly this entry at the index, and that the log and enough
    /// witnesses signed for it; gives back the checkpoint.
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<Checkpoint, Fault> {
        let checkpoint = Checkpoint::open(self.checkpoint.to_string().as_bytes(), &policy.log)?;
        if policy.witnesses_min > 0 {
            let cosigned = self.checkpoint.verify(&policy.witnesses)?;
            let count = cosigned.iter().filter(|v| v.unix_seconds.is_some()).count();
            if count < policy.witnesses_min {
                let why = format!("{count} witnesses, {} are needed", policy.witnesses_min);
                return Err(Fault::unproven(WHAT, why));
            }
        }
        let leaf = leaf_hash(entry);
        verify_inclusion(leaf, self.index, checkpoint.size, &self.hashes, checkpoint.root)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::Tree;
    use crate::note::{KeyKind, NoteSigner};
    use crate::sign::SigningKey;
    use proptest::prelude::*;

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(name.parse().unwrap(), SigningKey::from_seed([seed; 32]))
    }

    fn policy(witnesses_min: usize) -> Policy {
        Policy {
            log: signer("log.invalid/a", 1).verifier(KeyKind::Note),
            witnesses: (2..4)
                .map(|seed| signer("witness.invalid", seed).verifier(KeyKind::Cosignature))
                .collect(),
            witnesses_min,
        }
    }

    fn proof(size: u64, index: u64, witnesses: u8) -> LogProof {
        let tree: Tree = (0..size).map(|i| leaf_hash(i.to_string().as_bytes())).collect();
        let log = signer("log.invalid/a", 1);
        let checkpoint = Checkpoint::new("log.invalid/a".parse().unwrap(), size, tree.root());
        let mut note = checkpoint.sign(&log).unwrap();
        for seed in 2..2 + witnesses {
            signer("witness.invalid", seed).cosign(&mut note, 1_780_000_000);
        }
        let hashes = tree.inclusion(index, size).unwrap();
        LogProof { extra: None, index, hashes, checkpoint: note }
    }

    #[test]
    fn witnesses_are_counted_by_policy() {
        fn check(signed: u8, needed: usize, expected: bool) {
            let verdict = proof(9, 4, signed).verify(b"4", &policy(needed));
            assert_eq!(verdict.is_ok(), expected, "{signed} of {needed}");
        }
        check(0, 0, true);
        check(0, 1, false);
        check(1, 1, true);
        check(1, 2, false);
        check(2, 2, true);
        check(2, 3, false);
        check(3, 3, false);
    }

    #[test]
    fn files_are_read_strictly() {
        fn check(input: &str, expected: bool) {
            assert_eq!(LogProof::parse(input.as_bytes()).is_ok(), expected, "{input}");
        }
        let text = proof(3, 1, 1).to_string();
        check(&text, true);
        check(&text.replace("index 1", "extra YQ==\nindex 1"), true);
        check(&text.replace("index 1", "extra YQ\nindex 1"), false);
        check(&text.replace("index 1", "index 01"), false);
        check(&text.replace("index 1", "extra YQ==\nextra YQ==\nindex 1"), false);
        check(&text.replace("@v1", "@v2"), false);
        check(&text.replace("index 1\n", ""), false);
        check(&text.replacen("\n\n", "\n", 1), false);
        check(&text.replace('\n', "\r\n"), false);
        let hash = Hash::EMPTY_TREE.to_string();
        check(
            &text.replace("index 1\n", &format!("index 1\n{}", format!("{hash}\n").repeat(61))),
            true,
        );
        check(
            &text.replace("index 1\n", &format!("index 1\n{}", format!("{hash}\n").repeat(62))),
            false,
        );
        check("", false);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_flipped_bit_is_found(size in 1u64..200, at: prop::sample::Index,
                                    byte: prop::sample::Index, bit in 0u8..8) {
            let index = at.index(size as usize) as u64;
            let entry = index.to_string();
            let proof = proof(size, index, 2);
            let mut bytes = proof.to_string().into_bytes();
            let read = LogProof::parse(&bytes).unwrap();
            prop_assert_eq!(&read, &proof);
            prop_assert!(read.verify(entry.as_bytes(), &policy(2)).is_ok());
            prop_assert!(read.verify(b"another", &policy(2)).is_err());
            let byte = byte.index(bytes.len());
            bytes[byte] ^= 1 << bit;
            let verdict = LogProof::parse(&bytes)
                .and_then(|proof| proof.verify(entry.as_bytes(), &policy(2)));
            prop_assert!(verdict.is_err(), "byte {} bit {}", byte, bit);
        }

        #[test]
        fn parsing_never_panics(bytes: Vec<u8>, text: String) {
            let _ = LogProof::parse(&bytes);
            let _ = LogProof::parse(format!("{HEADER}\nindex 0\n{text}\n\n{text}").as_bytes());
        }
    }
}
