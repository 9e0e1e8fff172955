//! The end of what a gateway held: once its window is over, the window's key and the files of joint
//! escrow are deleted, and a certificate says so.
//!
//! What is to go is written down first ([`BEGUN`]), so that a deletion which is broken off can be
//! gone on with; the certificate is written when everything is gone. The journal stays, and its
//! chain still holds; without the window's key, none of its hashes can be linked to a text any more
//! (FRONTIER 4.3). A file system or a disk may keep copies that no program reaches: what is
//! certified is that the files are gone, and that the key was written over.

pub mod certificate;

use crate::escrow;
use crate::journal::{self, Head};
use crate::record::Event;
use crate::{Unbelieved, secrets, verify};
use certificate::{Certificate, Object};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::certificate::OBJECTS_MAX;
use seawall_domain::engagement::lease::Gate;
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::destruction::Schema;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::note::{KeyKind, NoteSigner};
use seawall_ledger::sign::SigningKey;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The list of what is to go, while it goes.
pub const BEGUN: &str = "destruction.begun";

/// The list of openings, which is a record and stays.
const OPENINGS: &str = "openings.jsonl";

/// Why nothing is destroyed.
#[derive(Debug, thiserror::Error)]
pub enum Undestroyed {
    /// The file system.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// The journal, or a file beside it, does not hold: what was held cannot be said.
    #[error(transparent)]
    Unbelieved(#[from] Unbelieved),
    /// The window may still be open.
    #[error(
        "cannot destroy anything: the window is not over; it ends {ends} unless it is withdrawn"
    )]
    NotOver {
        /// When it is.
        ends: Timestamp,
    },
    /// It was done before.
    #[error("everything was destroyed before: there is a certificate")]
    Done,
    /// Something else.
    #[error("cannot destroy anything: {0}")]
    Other(String),
}

/// What is to go, before it goes.
#[derive(Debug)]
pub struct Plan {
    folder: PathBuf,
    gate: Gate,
    objects: Vec<Object>,
    /// Nobody else uses the folder while this lives.
    _lock: File,
}

/// Looks at a gateway's folder: the journal holds, the window is over, and this is what is held.
pub fn plan(folder: &Path, now: Timestamp) -> Result<Plan, Undestroyed> {
    let lock = secrets::lock(folder)
        .map_err(|source| Undestroyed::Io { path: folder.to_owned(), source })?;
    if folder.join(certificate::FILE).exists() {
        return Err(Undestroyed::Done);
    }
    let path = folder.join(journal::FILE);
    let mut gate = None;
    let read = journal::read(&path, |line| {
        if let Event::Gate { gate: then, .. } = line.event {
            let was_withdrawn = gate.as_ref().is_some_and(Gate::is_withdrawn);
            gate = Some(if was_withdrawn { then.withdraw() } else { *then });
        }
    });
    read.map_err(Unbelieved::from)?;
    let gate = gate.ok_or_else(|| Undestroyed::Other("the folder has no journal".into()))?;
    if !gate.is_over(now) {
        return Err(Undestroyed::NotOver { ends: gate.ends() });
    }
    let objects = match begun(folder)? {
        Some(objects) => objects,
        None => {
            let elsewhere = verify(&path, None)?.escrow.is_some_and(|kept| kept.absent > 0);
            if elsewhere {
                let why = "the journal tells of escrowed requests whose folder is not here";
                return Err(Undestroyed::Other(why.into()));
            }
            held(folder)?
        }
    };
    Ok(Plan { folder: folder.to_owned(), gate, objects, _lock: lock })
}

impl Plan {
    /// What is to go.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Deletes everything, and writes the certificate.
    pub fn destroy(self, now: Timestamp) -> Result<Certificate, Undestroyed> {
        let folder = &self.folder;
        let list = certificate::lines(&self.objects);
        let begun = folder.join(BEGUN);
        if !begun.exists() {
            put(&begun, &list)?;
        }
        for object in &self.objects {
            let path = folder.join(&object.name);
            gone(&path).map_err(|source| Undestroyed::Io { path, source })?;
        }
        // A list of openings keeps its folder.
        let _ = fs::remove_dir(folder.join(escrow::FOLDER));
        let other = |fault: &dyn std::fmt::Display| Undestroyed::Other(fault.to_string());
        let path = folder.join(secrets::SIGNING);
        let seed = secrets::read(&path)
            .map_err(|source| Undestroyed::Io { path: path.clone(), source })?;
        let name = crate::gateway::name(self.gate.window()).map_err(|fault| other(&fault))?;
        let key = SigningKey::from_seed(seed);
        let signer = NoteSigner::new(name.clone(), key.clone());
        let Head { lines, tree, .. } =
            journal::read(&folder.join(journal::FILE), |_| {}).map_err(Unbelieved::from)?;
        let note = Checkpoint::new(name, lines, tree.root()).sign(&signer);
        let checkpoint = note.map_err(|fault| other(&fault))?.to_string();
        let certificate = Certificate {
            schema: Schema::First,
            window: self.gate.window(),
            ends: self.gate.ends(),
            withdrawn: self.gate.is_withdrawn(),
            at: now,
            signer: signer.verifier(KeyKind::Note).to_string(),
            checkpoint,
            objects: self.objects.len() as u64,
            list: Digest::new(Sha256::digest(&list).into()),
        };
        let head = certificate::signed(&certificate, &key).map_err(|fault| other(&fault))?;
        put(&folder.join(certificate::FILE), &[head.as_bytes(), b"\n", &list].concat())?;
        fs::remove_file(&begun).map_err(|source| Undestroyed::Io { path: begun, source })?;
        Ok(certificate)
    }
}

/// The list of a deletion that was broken off.
fn begun(folder: &Path) -> Result<Option<Vec<Object>>, Undestroyed> {
    let path = folder.join(BEGUN);
    match File::open(&path) {
        Ok(file) => {
            let read = certificate::read_objects(&mut io::BufReader::new(file));
            let (objects, _) = read.map_err(Undestroyed::Other)?;
            Ok(Some(objects))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Undestroyed::Io { path, source }),
    }
}

/// Everything in the folder that must go.
fn held(folder: &Path) -> Result<Vec<Object>, Undestroyed> {
    let mut names = Vec::new();
    if folder.join(secrets::WINDOW).exists() {
        names.push(secrets::WINDOW.to_owned());
    }
    let kept = folder.join(escrow::FOLDER);
    let fault = |source| Undestroyed::Io { path: kept.clone(), source };
    if kept.is_dir() {
        for entry in fs::read_dir(&kept).map_err(fault)? {
            let name = entry.map_err(fault)?.file_name();
            let bad = || Undestroyed::Other(format!("{} holds a foreign name", kept.display()));
            match name.to_str().ok_or_else(bad)? {
                OPENINGS => {}
                name => names.push(format!("{}/{name}", escrow::FOLDER)),
            }
            if names.len() > OBJECTS_MAX {
                return Err(Undestroyed::Other(format!("there are more than {OBJECTS_MAX} files")));
            }
        }
    }
    names.sort();
    let object = |name: String| {
        let path = folder.join(&name);
        let (bytes, sha256) = digest(&path).map_err(|source| Undestroyed::Io { path, source })?;
        Ok(Object { name, bytes, sha256 })
    };
    names.into_iter().map(object).collect()
}

fn digest(path: &Path) -> io::Result<(u64, Digest)> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut room = vec![0; 64 << 10];
    loop {
        let count = file.read(&mut room)?;
        let Some(read @ [_, ..]) = room.get(..count) else { break };
        hash.update(read);
        bytes += count as u64;
    }
    Ok((bytes, Digest::new(hash.finalize().into())))
}

/// Deletes a file, a short one written over before; one that is gone is gone.
fn gone(path: &Path) -> io::Result<()> {
    const OVERWRITTEN_BYTES_MAX: u64 = 4 << 10;
    let done = (|| {
        let length = fs::symlink_metadata(path)?.len();
        if length <= OVERWRITTEN_BYTES_MAX {
            let mut file = OpenOptions::new().write(true).open(path)?;
            file.write_all(&vec![0; usize::try_from(length).unwrap_or(0)])?;
            file.sync_all()?;
        }
        fs::remove_file(path)
    })();
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Writes a file as a whole and durably: another name first, then its own.
fn put(path: &Path, bytes: &[u8]) -> Result<(), Undestroyed> {
    let new = path.with_extension("new");
    let written = (|| {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    })();
    written.map_err(|source| Undestroyed::Io { path: path.to_owned(), source })
}
