//! The certificate that what a gateway held is gone: one line that the gateway's key signed (DSSE),
//! and behind it a line for each object, whose digest the first line holds.

use super::super::escrow;
use super::super::secrets;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::certificate::OBJECTS_MAX;
use seawall_formats::gateway::destruction::{self, CERTIFICATE};
pub use seawall_formats::gateway::destruction::{Certificate, Object};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::note::VerifierKey;
use seawall_ledger::sign::SigningKey;
use sha2::{Digest as _, Sha256};
use std::io::{BufRead, Read as _};

/// Its name in the gateway's folder.
pub const FILE: &str = "destruction.jsonl";

/// The longest line.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// Whether it lies where a gateway holds something: nothing else is ever deleted.
fn is_ours(object: &Object) -> bool {
    let file = object.name.strip_prefix(escrow::FOLDER).and_then(|rest| rest.strip_prefix('/'));
    let is_plain = |file: &str| !file.is_empty() && file != ".." && !file.contains('/');
    object.name == secrets::WINDOW || file.is_some_and(is_plain)
}

/// Its first line.
pub(super) fn signed(said: &Certificate, key: &SigningKey) -> Result<String, serde_json::Error> {
    let mut envelope = Envelope::new(CERTIFICATE, serde_json::to_vec(said)?);
    envelope.sign(key);
    Ok(envelope.to_json())
}

/// Reads a certificate that this key signed; without a key, by the one that it names itself.
pub fn read(
    file: &mut impl BufRead,
    signer: Option<&VerifierKey>,
) -> Result<(Certificate, Vec<Object>), String> {
    let head = line(file)?.ok_or("it is empty")?;
    let envelope = Envelope::from_json(&head).map_err(|fault| fault.to_string())?;
    let said =
        destruction::read(envelope.unverified_payload()).map_err(|fault| fault.to_string())?;
    let named: VerifierKey =
        said.signer.parse().map_err(|fault: seawall_ledger::Fault| fault.to_string())?;
    if signer.is_some_and(|signer| *signer != named) {
        return Err("another key signed it".into());
    }
    let verified = envelope.verify(&[named.key()], 1).map_err(|fault| fault.to_string())?;
    if verified.payload_type != CERTIFICATE {
        return Err("it is of another kind".into());
    }
    let (objects, list) = read_objects(file)?;
    match list == said.list && objects.len() as u64 == said.objects {
        true => Ok((said, objects)),
        false => Err("its list is not the one that was signed".into()),
    }
}

/// The lines that name objects.
pub(super) fn lines(objects: &[Object]) -> Vec<u8> {
    let line = |object: &Object| {
        // Strings, numbers and digests always have a JSON text.
        let mut line = serde_json::to_vec(object).unwrap_or_default();
        line.push(b'\n');
        line
    };
    objects.iter().flat_map(line).collect()
}

/// Reads lines that name objects, with the digest over all of them.
pub(super) fn read_objects(file: &mut impl BufRead) -> Result<(Vec<Object>, Digest), String> {
    let (mut objects, mut hash) = (Vec::new(), Sha256::new());
    while let Some(line) = line(file)? {
        let object: Object =
            serde_json::from_slice(&line).map_err(|_| "a line of its list does not read")?;
        if !is_ours(&object) || objects.len() >= OBJECTS_MAX {
            return Err("its list names what no gateway holds, or too much".into());
        }
        hash.update(&line);
        hash.update(b"\n");
        objects.push(object);
    }
    Ok((objects, Digest::new(hash.finalize().into())))
}

/// The next line without its end, if there is one.
fn line(file: &mut impl BufRead) -> Result<Option<Vec<u8>>, String> {
    let mut line = Vec::new();
    file.take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err("a line is too long, or not ended".into()),
    }
}
