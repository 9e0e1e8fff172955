//! Signed notes (C2SP signed-note 1.0.0): a text, a blank line, and signature lines, each naming
//! its key.
//!
//! Two kinds of key sign here: Ed25519 over the text (type 01), and Ed25519 cosignatures over
//! the text with a time (type 04, C2SP tlog-cosignature 1.0.1). A signature line by a key that
//! the reader does not know says nothing; one by a known key must verify, or the note is void.

mod key;

use std::fmt;
use std::str::FromStr;

pub use self::key::{KeyKind, KeyName, NoteSigner, VerifierKey};
use crate::encoding::{base64, from_base64};
use crate::fault::{Fault, excerpt};

/// The longest note that is read; a checkpoint needs a few hundred bytes.
pub const NOTE_BYTES_MAX: usize = 1 << 20;

/// The most signature lines that are read; the standard asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 64;

const WHAT: &str = "signed note";
const DASH: &str = "\u{2014} ";

/// One signature line: by whom, and the bytes that only the kind of key gives a meaning to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoteSignature {
    name: KeyName,
    id: [u8; 4],
    payload: Vec<u8>,
}

impl NoteSignature {
    /// The name that the line claims.
    pub fn name(&self) -> &KeyName {
        &self.name
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id[..], &self.payload].concat();
        write!(f, "{DASH}{} {}", self.name, base64(&bytes))
    }
}

impl FromStr for NoteSignature {
    type Err = Fault;

    fn from_str(line: &str) -> Result<NoteSignature, Fault> {
        let refuse = || Fault::unreadable(WHAT, format!("bad signature line `{}`", excerpt(line)));
        let (name, bytes) =
            line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or_else(refuse)?;
        let bytes = from_base64(bytes).ok_or_else(refuse)?;
        match bytes.split_first_chunk::<4>() {
            Some((id, payload)) if !payload.is_empty() => {
                Ok(NoteSignature { name: name.parse()?, id: *id, payload: payload.to_vec() })
            }
            Some(_) | None => Err(refuse()),
        }
    }
}

/// A text and its signatures; [`fmt::Display`] writes it as it is served.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    // INVARIANT: ends in a newline, holds no other control characters.
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A known key that signed a note, and when it says it did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verified<'a> {
    /// The key.
    pub by: &'a VerifierKey,
    /// The time of a cosignature, in seconds since 1970.
    pub unix_seconds: Option<u64>,
}

impl Note {
    /// Starts a note that nobody has signed yet.
    pub fn new(text: impl Into<String>) -> Result<Note, Fault> {
        let text = text.into();
        refuse_controls(&text)?;
        if !text.ends_with('\n') || text.starts_with('\n') {
            return Err(Fault::unreadable(WHAT, "the text must be lines, the last one ended"));
        }
        Ok(Note { text, signatures: Vec::new() })
    }

    /// Reads a note strictly; this verifies nothing.
    pub fn parse(bytes: &[u8]) -> Result<Note, Fault> {
        let refuse = |why: &str| Fault::unreadable(WHAT, why);
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(refuse(&format!("longer than {NOTE_BYTES_MAX} bytes")));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8"))?;
        refuse_controls(whole)?;
        let (text, lines) =
            whole.rsplit_once("\n\n").ok_or_else(|| refuse("no blank line before signatures"))?;
        let lines = lines.strip_suffix('\n').ok_or_else(|| refuse("the last line is not ended"))?;
        if lines.split('\n').count() > NOTE_SIGNATURES_MAX {
            return Err(refuse(&format!("more than {NOTE_SIGNATURES_MAX} signatures")));
        }
        let mut note = Note::new(format!("{text}\n"))?;
        note.signatures = lines.split('\n').map(str::parse).collect::<Result<_, _>>()?;
        Ok(note)
    }

    /// The signed text, with its final newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, verified or not.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line that somebody else made, as a witness answers with.
    pub fn push(&mut self, signature: NoteSignature) {
        self.signatures.push(signature);
    }

    /// Gives back which of the known keys signed, each once. Lines by others are ignored, but a
    /// bad line under a known key voids the note, and so does the absence of any known key.
    pub fn verify<'a>(
        &self,
        known: impl IntoIterator<Item = &'a VerifierKey>,
    ) -> Result<Vec<Verified<'a>>, Fault> {
        let known: Vec<([u8; 4], &VerifierKey)> =
            known.into_iter().map(|key| (key.id(), key)).collect();
        let mut verified: Vec<Verified<'a>> = Vec::new();
        for line in &self.signatures {
            let named =
                |id: &[u8; 4], key: &VerifierKey| *id == line.id && *key.name() == line.name;
            for (_, key) in known.iter().filter(|(id, key)| named(id, key)) {
                let unix_seconds = key.verify(&self.text, &line.payload).map_err(|fault| {
                    Fault::unproven(WHAT, format!("the signature by `{}`: {fault}", line.name))
                })?;
                if verified.iter().all(|earlier| earlier.by != *key) {
                    verified.push(Verified { by: key, unix_seconds });
                }
            }
        }
        if verified.is_empty() {
            return Err(Fault::unproven(WHAT, "no known key signed it"));
        }
        Ok(verified)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn refuse_controls(text: &str) -> Result<(), Fault> {
    match text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        true => Err(Fault::unreadable(WHAT, "it holds control characters")),
        false => Ok(()),
    }
}

#[cfg(test)]
#[path = "note/tests.rs"]
mod tests;
