//! The file of one request: a line that says for whom it is, then pieces.
//!
//! [`seawall_formats::escrow`] says how it is read. The nonce of a piece is its number in eleven
//! bytes and one byte that is 1 for the last piece and 0 for the others, so pieces can neither be
//! moved nor cut off; this is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015).
//! Each piece is bound to the SHA-256 of the line. The content key is `HKDF-SHA-256` (RFC 5869)
//! over both secrets, salted with the consent's digest, for this request alone.

use super::Agreed;
use crate::record::Escrowed;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use seawall_domain::digest::Digest;
use seawall_domain::id::WindowId;
use seawall_domain::recipient::Recipient;
use seawall_formats::enclosed::Enclosed;
use seawall_formats::escrow::{Head, Kind, PIECE_BYTES_MAX, Side};
use seawall_ledger::recipient::{Unopened, enclose};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The largest file unless the settings say otherwise: an answer that is longer is broken off.
pub const FILE_BYTES_MAX: u64 = 4 << 30;

const SECRET: &[u8] = b"seawall/escrow/v1/secret/";
const CONTENT: &[u8] = b"seawall/escrow/v1/content";

/// The first line of a request's file, with a secret for each side.
fn head(
    named: (WindowId, Uuid),
    agreed: &Agreed,
    [developer, partner]: &[[u8; 32]; 2],
) -> Result<Head, Unopened> {
    let about = belongs(&agreed.consent, named.1);
    let enclosed = |side: Side, to: Recipient, secret: &[u8; 32]| {
        let [key, text] = enclose(to.bytes(), &what(side), &about, secret)?;
        Ok(Enclosed::new(to, [&key, &text]))
    };
    let developer = enclosed(Side::Developer, agreed.developer, developer)?;
    let partner = enclosed(Side::Partner, agreed.partner, partner)?;
    Ok(Head::new(named, agreed.consent, [developer, partner]))
}

/// What a side's secret belongs to.
pub(super) fn about(head: &Head) -> Vec<u8> {
    belongs(&head.consent, head.request)
}

/// What a side's secret is for.
pub(super) fn what(side: Side) -> Vec<u8> {
    [SECRET, side.word().as_bytes()].concat()
}

fn belongs(consent: &Digest, request: Uuid) -> Vec<u8> {
    [consent.bytes().as_slice(), request.as_bytes()].concat()
}

/// Both secrets together are the key, and one alone is nothing.
pub(super) fn content_key(head: &Head, both: &[[u8; 32]; 2]) -> Option<LessSafeKey> {
    let salt = Salt::new(HKDF_SHA256, head.consent.bytes());
    let info = [CONTENT, head.request.as_bytes()];
    let key = salt.extract(&both.concat());
    let key: UnboundKey = key.expand(&info, &AES_256_GCM).ok()?.into();
    Some(LessSafeKey::new(key))
}

/// Whether a piece is the last one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Within,
    Last,
}

pub(super) fn nonce(number: u64, place: Place) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    // Eleven bytes, of which a number fills the last eight.
    for (byte, part) in bytes.iter_mut().skip(3).zip(number.to_be_bytes()) {
        *byte = part;
    }
    if let Some(last) = bytes.last_mut() {
        *last = u8::from(place == Place::Last);
    }
    Nonce::assume_unique_for_key(bytes)
}

/// The path of a request's file.
pub fn path(folder: &Path, request: Uuid) -> PathBuf {
    folder.join(format!("{request}.sealed"))
}

/// A file that is being written.
pub struct Writing {
    file: File,
    path: PathBuf,
    key: LessSafeKey,
    /// What each piece is bound to.
    head: [u8; 32],
    number: u64,
    bytes: u64,
    bytes_max: u64,
    hash: Sha256,
    // INVARIANT: once a write has failed nobody knows what the file holds, and nothing follows.
    is_broken: bool,
    /// Whether the journal tells of it; before that, nothing of it was sent.
    is_told: bool,
    room: Vec<u8>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.is_told
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "the file of a request that was not sent stays");
        }
    }
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writing({})", self.path.display())
    }
}

impl Writing {
    /// Makes the file of a request, with its first line.
    pub(crate) fn begin(
        folder: &Path,
        named: (WindowId, Uuid),
        agreed: &Agreed,
        secrets: [[u8; 32]; 2],
    ) -> io::Result<Writing> {
        let head = head(named, agreed, &secrets).map_err(io::Error::other)?;
        let key = content_key(&head, &secrets);
        let key = key.ok_or_else(|| io::Error::other("no key can be made"))?;
        let mut line = serde_json::to_vec(&head)?;
        let path = path(folder, head.request);
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path)?;
        let head = Sha256::digest(&line).into();
        line.push(b'\n');
        let mut writing = Writing {
            file,
            path,
            key,
            head,
            number: 0,
            bytes: 0,
            bytes_max: agreed.bytes_max,
            hash: Sha256::new(),
            is_broken: false,
            is_told: false,
            room: Vec::new(),
        };
        writing.write(&line)?;
        Ok(writing)
    }

    /// Encrypts content and writes it, in pieces of a bounded length.
    pub fn put(&mut self, kind: Kind, content: &[u8]) -> io::Result<()> {
        content.chunks(PIECE_BYTES_MAX).try_for_each(|piece| self.piece(kind, piece, Place::Within))
    }

    /// Makes durable what is written so far, the file's name with it.
    pub fn rest(&mut self) -> io::Result<()> {
        self.attempt(|writing| {
            writing.file.sync_all()?;
            let folder = writing.path.parent().unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        })
    }

    /// What the journal tells of it; from then on it stays. One of which nothing is told is taken
    /// away when it is dropped.
    pub fn tell(&mut self) -> Escrowed {
        self.is_told = true;
        self.so_far()
    }

    fn so_far(&self) -> Escrowed {
        let sha256 = Digest::new(self.hash.clone().finalize().into());
        Escrowed { bytes: self.bytes, sha256 }
    }

    /// Writes that it has ended, and makes all of it durable.
    pub fn end(&mut self) -> io::Result<Escrowed> {
        self.piece(Kind::End, &[], Place::Last)?;
        self.attempt(|writing| writing.file.sync_data())?;
        Ok(self.so_far())
    }

    fn piece(&mut self, kind: Kind, content: &[u8], place: Place) -> io::Result<()> {
        let mut room = std::mem::take(&mut self.room);
        room.clear();
        room.extend_from_slice(&[0; 4]);
        room.push(kind.byte());
        room.extend_from_slice(content);
        let (length, text) = room.split_at_mut(4);
        let nonce = nonce(self.number, place);
        let tag = self.key.seal_in_place_separate_tag(nonce, Aad::from(self.head), text);
        let tag = tag.map_err(|_| io::Error::other("it cannot be encrypted"))?;
        let bytes = u32::try_from(text.len() + tag.as_ref().len()).map_err(io::Error::other)?;
        length.copy_from_slice(&bytes.to_be_bytes());
        room.extend_from_slice(tag.as_ref());
        self.number += 1;
        let written = self.write(&room);
        self.room = room;
        written
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes + bytes.len() as u64 > self.bytes_max {
            self.is_broken = true;
        }
        self.attempt(|writing| writing.file.write_all(bytes))?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn attempt(&mut self, deed: impl FnOnce(&mut Writing) -> io::Result<()>) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other("the file broke off before, or is too long"));
        }
        deed(self).inspect_err(|_| self.is_broken = true)
    }
}
