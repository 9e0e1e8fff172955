//! The named keys of notes: how they are spelled, what they sign, and how one signature verifies.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::{Note, NoteSignature};
use crate::encoding::{base64, from_base64, hex};
use crate::fault::{Fault, excerpt};
use crate::sign::{Signature, SigningKey, VerifyingKey};

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
    pub(super) fn verify(&self, text: &str, payload: &[u8]) -> Result<Option<u64>, Fault> {
        match self.kind {
            KeyKind::Note => {
                self.key.verify(text.as_bytes(), &Signature::from_slice(payload)?)?;
                Ok(None)
            }
            KeyKind::Cosignature => {
                let (time, signature) = payload
                    .split_first_chunk::<8>()
                    .ok_or_else(|| Fault::unreadable("cosignature", "it is cut short"))?;
                let time = u64::from_be_bytes(*time);
                let message = cosigned_message(text, time);
                self.key.verify(message.as_bytes(), &Signature::from_slice(signature)?)?;
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
        let signature = self.key.sign(cosigned_message(&note.text, unix_seconds).as_bytes());
        let mut payload = unix_seconds.to_be_bytes().to_vec();
        payload.extend(signature.0);
        self.push(note, KeyKind::Cosignature, payload);
    }

    fn push(&self, note: &mut Note, kind: KeyKind, payload: Vec<u8>) {
        let id = self.verifier(kind).id();
        note.signatures.push(NoteSignature { name: self.name.clone(), id, payload });
    }
}

fn cosigned_message(text: &str, unix_seconds: u64) -> String {
    format!("cosignature/v1\ntime {unix_seconds}\n{text}")
}
