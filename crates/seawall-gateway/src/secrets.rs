//! The keys in a gateway's folder: one that signs checkpoints, and one for the window's hashes.

use crate::record::Keyed;
use hmac::{Hmac, KeyInit as _, Mac as _};
use seawall_domain::digest::Digest;
use sha2::Sha256;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The key that signs checkpoints, in its folder.
pub const SIGNING: &str = "gateway.key";
/// The window's key, in its folder: destroyed when the window is over.
pub const WINDOW: &str = "window.key";
/// What one process at a time holds, in its folder.
const LOCK: &str = "lock";

/// Hashes content under the window's key.
#[derive(Clone)]
pub struct Hasher {
    mac: Hmac<Sha256>,
    bytes: u64,
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({} bytes)", self.bytes)
    }
}

impl Hasher {
    /// Begins with the window's key.
    pub fn new(key: &[u8; 32]) -> Option<Hasher> {
        Hmac::new_from_slice(key).ok().map(|mac| Hasher { mac, bytes: 0 })
    }

    /// Takes the next piece in.
    pub fn update(&mut self, piece: &[u8]) {
        self.mac.update(piece);
        self.bytes += piece.len() as u64;
    }

    /// What is kept of all pieces so far.
    pub fn keyed(&self) -> Keyed {
        let hmac = Digest::new(self.mac.clone().finalize().into_bytes().into());
        Keyed { bytes: self.bytes, hmac }
    }
}

/// Takes a folder for this process alone, for as long as what it gives back lives.
pub fn lock(folder: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    let path = folder.join(LOCK);
    let file = options.create(true).truncate(false).write(true).mode(0o600).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => {
            Err(io::Error::other("another process uses this folder"))
        }
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Reads a key of 32 bytes that is there.
pub fn read(path: &Path) -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    fs::File::open(path)?.read_exact(&mut key)?;
    Ok(key)
}

/// Reads a key of 32 bytes, or makes it from these when there is none; only its owner may read it.
pub fn key(path: &Path, fresh: impl FnOnce() -> [u8; 32]) -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    match fs::File::open(path) {
        Ok(mut file) => file.read_exact(&mut key)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            key = fresh();
            // Whole under its own name, or not at all: half a key is none at the next start.
            let new = path.with_extension("new");
            let mut options = OpenOptions::new();
            let mut file =
                options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(&key)?;
            file.sync_all()?;
            fs::rename(&new, path)?;
        }
        Err(error) => return Err(error),
    }
    Ok(key)
}
