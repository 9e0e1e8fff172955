//! The installation keys: a folder beside the data directory, so no backup of the data holds one.
//!
//! The folder is made whole or not at all, and only when it is not there. A lost key file is
//! never silently made anew: with another key everything that was stored would be unreadable.

use crate::db::StoreFault;
use aws_lc_rs::{hkdf, hmac};
use std::fmt;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The secrets of one installation; what is printed of them is only that they are there.
#[derive(Clone, Eq, PartialEq)]
pub struct InstallationKeys {
    secrets: [[u8; 32]; FILES.len()],
}

/// INVARIANT: the order is that of the `const`s below, and a name never changes.
const FILES: [&str; 8] = [
    "root.key",
    "wrapping.key",
    "address.key",
    "log-internal.seed",
    "log-public.seed",
    "openpgp.seed",
    "account-signing.seed",
    "session.seed",
];
const ROOT: usize = 0;
const WRAPPING: usize = 1;
const ADDRESS: usize = 2;
const LOG_INTERNAL: usize = 3;
const LOG_PUBLIC: usize = 4;
const OPENPGP: usize = 5;
const ACCOUNT_SIGNING: usize = 6;
const SESSION: usize = 7;

impl InstallationKeys {
    /// Where the keys of a data directory lie unless somebody says otherwise: `<data-dir>.keys`.
    pub fn folder_for(data_dir: &Path) -> PathBuf {
        let mut name = data_dir.components().collect::<PathBuf>().into_os_string();
        name.push(".keys");
        PathBuf::from(name)
    }

    /// Reads the keys, or makes them if the folder is not there yet or is empty.
    pub fn open_or_create(dir: &Path, random: &dyn Fn(&mut [u8])) -> Result<Self, StoreFault> {
        if is_absent_or_empty(dir)? {
            create(dir, random)?;
        }
        Self::open(dir)
    }

    /// Reads the keys, all of which must be there and readable by the owner only.
    pub fn open(dir: &Path) -> Result<Self, StoreFault> {
        private(dir)?;
        let mut secrets = [[0; 32]; FILES.len()];
        for (secret, name) in secrets.iter_mut().zip(FILES) {
            let path = dir.join(name);
            private(&path)?;
            let text = fs::read_to_string(&path)
                .map_err(|source| StoreFault::file("read the key file", &path, source))?;
            *secret = from_hex(text.trim_end())
                .ok_or_else(|| unusable(&path, "it must hold 64 hexadecimal digits"))?;
        }
        Ok(Self { secrets })
    }

    /// The key that wraps the data keys of blobs.
    pub fn wrapping(&self) -> &[u8; 32] {
        &self.secrets[WRAPPING]
    }

    /// The key that makes the addresses of blobs.
    pub fn address(&self) -> &[u8; 32] {
        &self.secrets[ADDRESS]
    }

    /// The seed of the key that signs the internal log.
    pub fn log_internal_seed(&self) -> &[u8; 32] {
        &self.secrets[LOG_INTERNAL]
    }

    /// The seed of the key that signs the public log.
    pub fn log_public_seed(&self) -> &[u8; 32] {
        &self.secrets[LOG_PUBLIC]
    }

    /// The seed of the OpenPGP key that signs documents.
    pub fn openpgp_seed(&self) -> &[u8; 32] {
        &self.secrets[OPENPGP]
    }

    /// The seed of the keys by which accounts sign here.
    pub fn account_signing_seed(&self) -> &[u8; 32] {
        &self.secrets[ACCOUNT_SIGNING]
    }

    /// The seed of sessions and login links.
    pub fn session_seed(&self) -> &[u8; 32] {
        &self.secrets[SESSION]
    }

    /// A further key for the use that the label names (HKDF-SHA256, RFC 5869, over the root key).
    pub fn derive(&self, label: &str) -> [u8; 32] {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"seawall installation key 1");
        let key = salt.extract(&self.secrets[ROOT]);
        let info = [label.as_bytes()];
        let mut derived = [0; 32];
        let filled =
            key.expand(&info, hkdf::HKDF_SHA256).and_then(|expanded| expanded.fill(&mut derived));
        if filled.is_ok() {
            return derived;
        }
        // Expansion fails only beyond 8,160 bytes. Should it ever, one block of it is an HMAC.
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secrets[ROOT]);
        derived.copy_from_slice(hmac::sign(&key, label.as_bytes()).as_ref());
        derived
    }
}

impl fmt::Debug for InstallationKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstallationKeys(secret)")
    }
}

/// Writes all keys into a folder of another name and then gives it its own.
fn create(dir: &Path, random: &dyn Fn(&mut [u8])) -> Result<(), StoreFault> {
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreFault::file("create the key file", path, source)
    };
    let mut name = dir.components().collect::<PathBuf>().into_os_string();
    name.push(format!(".new-{}", std::process::id()));
    let fresh = PathBuf::from(name);
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(fault(&fresh))?;
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(&fresh).map_err(fault(&fresh))?;
    for name in FILES {
        let mut secret = [0; 32];
        random(&mut secret);
        let path = fresh.join(name);
        let mut options = fs::OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(&path).map_err(fault(&path))?;
        file.write_all(to_hex(&secret).as_bytes()).map_err(fault(&path))?;
        file.sync_all().map_err(fault(&path))?;
    }
    sync_folder(&fresh).map_err(fault(&fresh))?;
    // An empty folder of that name gives way; one that another process has just filled does not.
    if let Err(error) = fs::rename(&fresh, dir) {
        let _ = fs::remove_dir_all(&fresh);
        return if is_absent_or_empty(dir)? { Err(fault(dir)(error)) } else { Ok(()) };
    }
    match dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_folder(parent).map_err(fault(parent)),
        None => Ok(()),
    }
}

/// Makes the names in a folder lasting.
pub(crate) fn sync_folder(dir: &Path) -> std::io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

fn is_absent_or_empty(dir: &Path) -> Result<bool, StoreFault> {
    match fs::read_dir(dir) {
        Ok(mut names) => Ok(names.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(source) => Err(StoreFault::file("read the key folder", dir, source)),
    }
}

fn private(path: &Path) -> Result<(), StoreFault> {
    let about =
        fs::metadata(path).map_err(|source| StoreFault::file("read the key file", path, source))?;
    let mode = about.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(unusable(path, &format!("others may use it (mode {mode:o}); run `chmod go=`"))),
    }
}

fn unusable(path: &Path, why: &str) -> StoreFault {
    StoreFault::Key { path: path.to_owned(), why: why.to_owned() }
}

fn to_hex(secret: &[u8; 32]) -> String {
    let mut text = seawall_domain::digest::Digest::new(*secret).to_string();
    text.push('\n');
    text
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digest: seawall_domain::digest::Digest = text.parse().ok()?;
    Some(*digest.bytes())
}
