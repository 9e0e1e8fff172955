//! Checkpoints (C2SP tlog-checkpoint 1.0.0): a log's signed word on its size and root.
//!
//! The one rule that no code here can hold is the caller's: never sign two checkpoints of one
//! origin that are not prefixes of each other.

use std::fmt;
use std::str::FromStr;

use crate::encoding::from_decimal;
use crate::fault::{Fault, excerpt};
use crate::merkle::{Hash, TREE_SIZE_MAX};
use crate::note::{KeyKind, KeyName, Note, NoteSigner, VerifierKey};

const WHAT: &str = "checkpoint";

/// The size and root of a log at one moment; [`fmt::Display`] writes the text that is signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    /// Which log: a URL without scheme and trailing slash, equal to the name of the log's key.
    pub origin: KeyName,
    /// How many entries it has.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
    // INVARIANT: no line is empty or holds a control character.
    extensions: Vec<String>,
}

impl Checkpoint {
    /// States the size and root of a log.
    pub fn new(origin: KeyName, size: u64, root: Hash) -> Checkpoint {
        Checkpoint { origin, size, root, extensions: Vec::new() }
    }

    /// Further lines that a log chose to sign; ours have none.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Signs the checkpoint as the log whose name is its origin.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, Fault> {
        let log = signer.verifier(KeyKind::Note);
        if *log.name() != self.origin {
            let why = format!("`{}` cannot sign for `{}`", log.name(), self.origin);
            return Err(Fault::impossible(WHAT, why));
        }
        let mut note = Note::new(self.to_string())?;
        signer.sign(&mut note);
        Ok(note)
    }

    /// Reads a served checkpoint that this log must have signed.
    pub fn open(note: &[u8], log: &VerifierKey) -> Result<Checkpoint, Fault> {
        let note = Note::parse(note)?;
        note.verify([log])?;
        let checkpoint: Checkpoint = note.text().parse()?;
        if checkpoint.origin != *log.name() {
            let why = format!("it is of `{}`, not of `{}`", checkpoint.origin, log.name());
            return Err(Fault::unproven(WHAT, why));
        }
        Ok(checkpoint)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Checkpoint, Fault> {
        let refuse = |why: &str| Fault::unreadable(WHAT, why);
        let lines = text.strip_suffix('\n').ok_or_else(|| refuse("the last line is not ended"))?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(refuse("it has fewer than three lines"));
        };
        let size = from_decimal(size)
            .filter(|size| *size <= TREE_SIZE_MAX)
            .ok_or_else(|| refuse(&format!("bad tree size `{}`", excerpt(size))))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(|line| line.is_empty() || line.contains(char::is_control)) {
            return Err(refuse("an extension line is empty or holds control characters"));
        }
        Ok(Checkpoint { origin: origin.parse()?, size, root: root.parse()?, extensions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::SigningKey;

    fn check(input: &str, expected: bool) {
        assert_eq!(input.parse::<Checkpoint>().is_ok(), expected, "{input:?}");
    }

    const ROOT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    #[test]
    fn the_text_is_read_strictly() {
        check(&format!("log.invalid/a\n0\n{ROOT}\n"), true);
        check(&format!("log.invalid/a\n0\n{ROOT}\nmore\nlines\n"), true);
        check(&format!("log.invalid/a\n9223372036854775807\n{ROOT}\n"), true);
        check(&format!("log.invalid/a\n9223372036854775808\n{ROOT}\n"), false);
        check(&format!("log.invalid/a\n00\n{ROOT}\n"), false);
        check(&format!("log.invalid/a\n+1\n{ROOT}\n"), false);
        check(&format!("log.invalid/a\n1\n{ROOT}"), false);
        check(&format!("log.invalid/a\n1\n{ROOT}\n\n"), false);
        check(&format!("log.invalid/a\n1\n{ROOT}\n\nx\n"), false);
        check(&format!("log.invalid/a\n1\n{}\n", &ROOT[..43]), false);
        check(&format!("log.invalid/a\n1\n{}\n", ROOT.replace("FU=", "FV=")), false);
        check(&format!("\n1\n{ROOT}\n"), false);
        check("log.invalid/a\n1\n", false);
        check("", false);
    }

    #[test]
    fn only_the_origin_signs_and_opens() {
        let signer =
            |name: &str| NoteSigner::new(name.parse().unwrap(), SigningKey::from_seed([3; 32]));
        let (own, other) = (signer("log.invalid/a"), signer("log.invalid/b"));
        let checkpoint = Checkpoint::new("log.invalid/a".parse().unwrap(), 0, Hash::EMPTY_TREE);
        assert!(checkpoint.sign(&other).is_err());
        let note = checkpoint.sign(&own).unwrap().to_string();
        let open =
            |signer: &NoteSigner, kind| Checkpoint::open(note.as_bytes(), &signer.verifier(kind));
        assert_eq!(open(&own, KeyKind::Note).unwrap(), checkpoint);
        assert!(open(&other, KeyKind::Note).is_err());
        assert!(open(&own, KeyKind::Cosignature).is_err());
        // A key that signs notes of another origin does not speak for this one.
        let mut foreign = Note::new(checkpoint.to_string()).unwrap();
        other.sign(&mut foreign);
        let foreign = foreign.to_string();
        assert!(Checkpoint::open(foreign.as_bytes(), &other.verifier(KeyKind::Note)).is_err());
    }
}
