//! Signed notes (C2SP signed-note 1.0.0): a text, a blank line, and signature lines, each naming
//! its key.
//!
//! Two kinds of key sign here: Ed25519 over the text (type 01), and Ed25519 cosignatures over
//! the text with a time (type 04, C2SP tlog-cosignature 1.0.1). A signature line by a key that
//! the reader does not know says nothing; one by a known key must verify, or the note is void.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::encoding::{base64, from_base64, hex};
use crate::fault::{Fault, excerpt};
use crate::sign::{Signature, SigningKey, VerifyingKey};

/// The longest note that is read; a checkpoint needs a few hundred bytes.
pub const NOTE_BYTES_MAX: usize = 1 << 20;

/// The most signature lines that are read; the standard asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 64;

const WHAT: &str = "signed note";
const DASH: &str = "\u{2014} ";

/// The name of a key in notes: not empty, without spaces, control characters and `+`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyName(String);

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = Fault;

    fn from_str(text: &str) -> Result<KeyName, Fault> {
        let foreign = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.contains(foreign) {
            let why = format!("`{}` is empty or has a space or `+` in it", excerpt(text));
            return Err(Fault::unreadable("key name", why));
        }
        Ok(KeyName(text.to_owned()))
    }
}

/// What a key's signatures cover.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyKind {
    /// The text of the note (type 01); what a log signs with.
    Note,
    /// The text and a time (type 04); what a witness signs with.
    Cosignature,
}

impl KeyKind {
    fn type_byte(self) -> u8 {
        match self {
            KeyKind::Note => 1,
            KeyKind::Cosignature => 4,
        }
    }
}

/// A public key with its name and kind; as text `<name>+<key id>+<base64>`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Names a public key.
    pub fn new(name: KeyName, kind: KeyKind, key: VerifyingKey) -> VerifierKey {
        VerifierKey { name, kind, key }
    }

    /// The name that its signature lines carry.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// What its signatures cover.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The bare public key.
    pub fn key(&self) -> VerifyingKey {
        self.key
    }

    /// The four bytes that, with the name, tell its signature lines from others.
    pub fn id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(self.name.as_str())
            .chain_update([b'\n', self.kind.type_byte()])
            .chain_update(self.key.to_bytes())
            .finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// Holds one signature line's payload against the text; gives back the time it states.
    fn verify(&self, text: &str, payload: &[u8]) -> Result<Option<u64>, Fault> {
        match self.kind {
            KeyKind::Note => {
                self.key
                    .verify(text.as_bytes(), &Signature::from_slice(payload)?)?;
                Ok(None)
            }
            KeyKind::Cosignature => {
                let (time, signature) = payload
                    .split_first_chunk::<8>()
                    .ok_or_else(|| Fault::unreadable("cosignature", "it is cut short"))?;
                let time = u64::from_be_bytes(*time);
                let message = cosigned_message(text, time);
                self.key
                    .verify(message.as_bytes(), &Signature::from_slice(signature)?)?;
                Ok(Some(time))
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.type_byte()];
        bytes.extend(self.key.to_bytes());
        write!(f, "{}+{}+{}", self.name, hex(&self.id()), base64(&bytes))
    }
}

impl FromStr for VerifierKey {
    type Err = Fault;

    fn from_str(text: &str) -> Result<VerifierKey, Fault> {
        let refuse = |why: &str| Fault::unreadable("verifier key", why);
        // The base64 may hold a `+`, the name and the key id never do.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(refuse("it is not a name, a key id and a key joined by `+`"));
        };
        let bytes = from_base64(key).ok_or_else(|| refuse("the key is not base64"))?;
        let (kind, key) = match bytes.split_first() {
            Some((1, key)) => (KeyKind::Note, key),
            Some((4, key)) => (KeyKind::Cosignature, key),
            Some((other, _)) => return Err(refuse(&format!("unknown key type {other:02x}"))),
            None => return Err(refuse("the key is empty")),
        };
        let key = <[u8; 32]>::try_from(key).map_err(|_| refuse("the key is not 32 bytes long"))?;
        let key = VerifierKey::new(name.parse()?, kind, VerifyingKey::from_bytes(key)?);
        if hex(&key.id()) != id {
            return Err(refuse("the key id does not belong to the name and key"));
        }
        Ok(key)
    }
}

/// The secret side of a [`VerifierKey`].
#[derive(Clone, Debug)]
pub struct NoteSigner {
    name: KeyName,
    key: SigningKey,
}

impl NoteSigner {
    /// Names a secret key.
    pub fn new(name: KeyName, key: SigningKey) -> NoteSigner {
        NoteSigner { name, key }
    }

    /// What others need to verify this signer's signatures of one kind.
    pub fn verifier(&self, kind: KeyKind) -> VerifierKey {
        VerifierKey::new(self.name.clone(), kind, self.key.public())
    }

    /// Signs the text of a note (type 01).
    pub fn sign(&self, note: &mut Note) {
        let payload = self.key.sign(note.text.as_bytes()).0.to_vec();
        self.push(note, KeyKind::Note, payload);
    }

    /// Cosigns the text of a checkpoint as seen at this time (type 04). The caller has checked
    /// that it is consistent with everything seen before from its origin, and the largest.
    pub fn cosign(&self, note: &mut Note, unix_seconds: u64) {
        let signature = self
            .key
            .sign(cosigned_message(&note.text, unix_seconds).as_bytes());
        let mut payload = unix_seconds.to_be_bytes().to_vec();
        payload.extend(signature.0);
        self.push(note, KeyKind::Cosignature, payload);
    }

    fn push(&self, note: &mut Note, kind: KeyKind, payload: Vec<u8>) {
        let id = self.verifier(kind).id();
        note.signatures.push(NoteSignature {
            name: self.name.clone(),
            id,
            payload,
        });
    }
}

fn cosigned_message(text: &str, unix_seconds: u64) -> String {
    format!("cosignature/v1\ntime {unix_seconds}\n{text}")
}

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
        let (name, bytes) = line
            .strip_prefix(DASH)
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(refuse)?;
        let bytes = from_base64(bytes).ok_or_else(refuse)?;
        match bytes.split_first_chunk::<4>() {
            Some((id, payload)) if !payload.is_empty() => Ok(NoteSignature {
                name: name.parse()?,
                id: *id,
                payload: payload.to_vec(),
            }),
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
            return Err(Fault::unreadable(
                WHAT,
                "the text must be lines, the last one ended",
            ));
        }
        Ok(Note {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note strictly; this verifies nothing.
    pub fn parse(bytes: &[u8]) -> Result<Note, Fault> {
        let refuse = |why: &str| Fault::unreadable(WHAT, why);
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(refuse(&format!("longer than {NOTE_BYTES_MAX} bytes")));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8"))?;
        refuse_controls(whole)?;
        let (text, lines) = whole
            .rsplit_once("\n\n")
            .ok_or_else(|| refuse("no blank line before signatures"))?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| refuse("the last line is not ended"))?;
        if lines.split('\n').count() > NOTE_SIGNATURES_MAX {
            return Err(refuse(&format!(
                "more than {NOTE_SIGNATURES_MAX} signatures"
            )));
        }
        let mut note = Note::new(format!("{text}\n"))?;
        note.signatures = lines
            .split('\n')
            .map(str::parse)
            .collect::<Result<_, _>>()?;
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
            for (_, key) in known
                .iter()
                .filter(|(id, k)| *id == line.id && k.name == line.name)
            {
                let unix_seconds = key.verify(&self.text, &line.payload).map_err(|fault| {
                    Fault::unproven(WHAT, format!("the signature by `{}`: {fault}", line.name))
                })?;
                if verified.iter().all(|earlier| earlier.by != *key) {
                    verified.push(Verified {
                        by: key,
                        unix_seconds,
                    });
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
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
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
