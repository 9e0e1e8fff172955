//! Checkpoints of a gateway's journal, as the developer and partners keep them.
//!
//! A folder holds what was kept, a line each, and the key that signs, which the first contact gives
//! unless whoever keeps them knows it already. Each new checkpoint must be signed by that key, be
//! over at least as many lines, and come with the proof that the lines of the last one are its
//! beginning. What does not is kept apart as evidence, both notes together, and the folder takes
//! nothing more: the journal was written anew, and only people can say why (FRONTIER 4.3).

use crate::checkpoints::Told;
use crate::journal::{JournalFault, LINE_BYTES_MAX};
use seawall_domain::id::WindowId;
use seawall_domain::time::Timestamp;
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::merkle::{Frontier, Hash, leaf_hash, verify_consistency};
use seawall_ledger::note::{Note, VerifierKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What was kept, in the folder.
const FILE: &str = "kept.jsonl";
/// The key that signs, in the folder.
const SIGNER: &str = "signer";
/// What shows that the journal was written anew, in the folder.
const CONFLICT: &str = "conflict.json";
/// The largest file of what was kept; what comes later is looked at and not kept.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// The longest proof: two hashes for each level of the largest tree.
const PROOF_MAX: usize = 128;

/// Why a checkpoint is not kept.
#[derive(Debug, thiserror::Error)]
pub enum Unkept {
    /// The file system.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// What was kept does not read, or is not signed by the folder's key.
    #[error("what was kept in {} does not hold: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        why: String,
    },
    /// It is not signed as it must be.
    #[error("the gateway's checkpoint does not hold: {0}")]
    Unsigned(String),
    /// It was not shown that what was kept is its beginning.
    #[error(
        "the gateway does not show that the {kept} lines of its journal whose checkpoint was kept \
         are the beginning of its {told} lines now"
    )]
    Unshown {
        /// Over how many lines the one is that was kept.
        kept: u64,
        /// Over how many the new one is.
        told: u64,
    },
    /// The journal is another one.
    #[error(
        "THE JOURNAL WAS WRITTEN ANEW: a checkpoint over {kept} lines was kept, and that over \
         {told} lines does not go on from it ({why}); both are in {}", evidence.display()
    )]
    Rewritten {
        /// Over how many lines the one is that was kept.
        kept: u64,
        /// Over how many the new one is.
        told: u64,
        /// What does not fit.
        why: &'static str,
        /// Where both are kept.
        evidence: PathBuf,
    },
    /// It was found before that the journal is another one.
    #[error(
        "it was found before that the journal was written anew, see {}: nothing goes on with this \
         folder", evidence.display()
    )]
    Conflicted {
        /// Where the evidence is.
        evidence: PathBuf,
    },
}

/// One checkpoint that was kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// When it came.
    at: Timestamp,
    /// The signed note.
    note: String,
}

/// What shows that a journal was written anew.
#[derive(Debug, Serialize)]
struct Conflict<'c> {
    at: Timestamp,
    why: &'static str,
    signer: String,
    kept: &'c str,
    told: &'c Told,
}

/// A folder of checkpoints.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    window: Option<WindowId>,
    signer: Option<VerifierKey>,
    /// The one over the most lines.
    last: Option<(Checkpoint, String)>,
}

impl Kept {
    /// Opens a folder, or makes it. The key that signs is this one, where it is known; the window
    /// is that of which the checkpoints must be. A folder in which a conflict was found is refused.
    pub fn open(
        folder: &Path,
        signer: Option<&VerifierKey>,
        window: Option<WindowId>,
    ) -> Result<Kept, Unkept> {
        let fault = |path: &Path| {
            let path = path.to_owned();
            move |source| Unkept::Io { path, source }
        };
        fs::create_dir_all(folder).map_err(fault(folder))?;
        let evidence = folder.join(CONFLICT);
        if evidence.exists() {
            return Err(Unkept::Conflicted { evidence });
        }
        let signer = pinned(folder, signer)?;
        let mut kept = Kept { folder: folder.to_owned(), window, signer, last: None };
        kept.is_of_window()?;
        let path = folder.join(FILE);
        if let Some(signer) = &kept.signer {
            let file = locked(&path).map_err(fault(&path))?;
            let mut last: Option<(Checkpoint, String)> = None;
            let whole = read(&path, |note| {
                // Whether it is signed is asked of the last one alone.
                let checkpoint: Checkpoint = Note::parse(note.as_bytes())?.text().parse()?;
                if last.as_ref().is_none_or(|(last, _)| last.size < checkpoint.size) {
                    last = Some((checkpoint, note));
                }
                Ok(())
            })?;
            if let Some((_, note)) = &last {
                let held = Checkpoint::open(note.as_bytes(), signer).map(drop);
                held.map_err(|fault| damaged(&path, fault.to_string()))?;
            }
            kept.last = last;
            // What was not written to its end was never kept.
            file.set_len(whole).map_err(fault(&path))?;
        }
        Ok(kept)
    }

    /// Over how many lines the last one is.
    pub fn lines(&self) -> Option<u64> {
        self.last.as_ref().map(|(last, _)| last.size)
    }

    /// Takes what the gateway told: keeps it if it is new, and finds whether it goes on from what
    /// was kept before. Says over how many lines it is.
    pub fn take(&mut self, told: &Told, now: Timestamp) -> Result<u64, Unkept> {
        let unsigned = |fault: seawall_ledger::Fault| Unkept::Unsigned(fault.to_string());
        let signer: VerifierKey = told.signer.parse().map_err(unsigned)?;
        match &self.signer {
            Some(known) if *known != signer => {
                let why = format!("it is signed by {signer}, and not by {known}");
                return Err(Unkept::Unsigned(why));
            }
            Some(_) => {}
            None => self.pin(&signer)?,
        }
        let checkpoint = Checkpoint::open(told.checkpoint.as_bytes(), &signer).map_err(unsigned)?;
        let size = checkpoint.size;
        let Some((last, note)) = &self.last else {
            return self.keep(checkpoint, told, now).map(|()| size);
        };
        let why = match follows(last, &checkpoint, told.proof.as_deref()) {
            Follows::Same => return Ok(size),
            Follows::New => return self.keep(checkpoint, told, now).map(|()| size),
            Follows::Unshown => return Err(Unkept::Unshown { kept: last.size, told: size }),
            Follows::No(why) => why,
        };
        let evidence = self.folder.join(CONFLICT);
        let signer = signer.to_string();
        let conflict = Conflict { at: now, why, signer, kept: note, told };
        put(&evidence, &serde_json::to_vec_pretty(&conflict).unwrap_or_default())?;
        Err(Unkept::Rewritten { kept: last.size, told: size, why, evidence })
    }

    /// The first contact says by which key it is signed.
    fn pin(&mut self, signer: &VerifierKey) -> Result<(), Unkept> {
        self.signer = Some(signer.clone());
        self.is_of_window()?;
        put(&self.folder.join(SIGNER), format!("{signer}\n").as_bytes())
    }

    fn is_of_window(&self) -> Result<(), Unkept> {
        let (Some(signer), Some(window)) = (&self.signer, self.window) else { return Ok(()) };
        match crate::gateway::name(window) {
            Ok(name) if name == *signer.name() => Ok(()),
            Ok(_) | Err(_) => {
                let why = format!("`{}` is not the gateway of window {window}", signer.name());
                Err(Unkept::Unsigned(why))
            }
        }
    }

    fn keep(&mut self, checkpoint: Checkpoint, told: &Told, now: Timestamp) -> Result<(), Unkept> {
        let path = self.folder.join(FILE);
        let line = Line { at: now, note: told.checkpoint.clone() };
        let written = (|| {
            let mut file = locked(&path)?;
            if file.metadata()?.len() > FILE_BYTES_MAX {
                return Ok(());
            }
            let mut bytes = serde_json::to_vec(&line)?;
            bytes.push(b'\n');
            file.write_all(&bytes)?;
            file.sync_all()
        })();
        written.map_err(|source| Unkept::Io { path, source })?;
        self.last = Some((checkpoint, line.note));
        Ok(())
    }
}

/// How one checkpoint stands to another.
enum Follows {
    Same,
    New,
    Unshown,
    No(&'static str),
}

fn follows(last: &Checkpoint, new: &Checkpoint, proof: Option<&[String]>) -> Follows {
    if new.size < last.size {
        return Follows::No("it is over fewer lines");
    }
    if new.size == last.size {
        return match new.root == last.root {
            true => Follows::Same,
            false => Follows::No("it is over as many lines, and they are others"),
        };
    }
    let Some(proof) = proof.filter(|proof| proof.len() <= PROOF_MAX) else {
        return Follows::Unshown;
    };
    let Ok(proof) = proof.iter().map(|hash| hash.parse()).collect::<Result<Vec<Hash>, _>>() else {
        return Follows::Unshown;
    };
    match verify_consistency(last.size, new.size, &proof, last.root, new.root) {
        Ok(()) => Follows::New,
        Err(_) => Follows::No("the proof that it goes on leads to other lines"),
    }
}

/// The key that signs, as the folder knows it, or as whoever keeps it says.
fn pinned(folder: &Path, said: Option<&VerifierKey>) -> Result<Option<VerifierKey>, Unkept> {
    let path = folder.join(SIGNER);
    let known = match fs::read_to_string(&path) {
        Ok(text) => {
            let read = text.trim_end().parse::<VerifierKey>();
            let bad = |fault: seawall_ledger::Fault| Unkept::Damaged {
                path: path.clone(),
                why: fault.to_string(),
            };
            Some(read.map_err(bad)?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(Unkept::Io { path, source }),
    };
    match (known, said) {
        (Some(known), Some(said)) if known != *said => {
            Err(Unkept::Damaged { path, why: format!("the key that signs is {known}, not {said}") })
        }
        (Some(known), _) => Ok(Some(known)),
        (None, Some(said)) => {
            put(&path, format!("{said}\n").as_bytes())?;
            Ok(Some(said.clone()))
        }
        (None, None) => Ok(None),
    }
}

/// Reads what was kept; gives how long all whole lines are.
fn read(
    path: &Path,
    mut visit: impl FnMut(String) -> Result<(), seawall_ledger::Fault>,
) -> Result<u64, Unkept> {
    let fault = |source| Unkept::Io { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(fault(error)),
    };
    let (mut reader, mut bytes, mut whole) = (BufReader::new(file), Vec::new(), 0);
    loop {
        bytes.clear();
        let damaged = |why: String| damaged(path, why);
        let limit = LINE_BYTES_MAX as u64;
        let count = reader.by_ref().take(limit).read_until(b'\n', &mut bytes).map_err(fault)?;
        if bytes.last() != Some(&b'\n') {
            return match bytes.len() >= LINE_BYTES_MAX {
                true => Err(damaged("a line is too long".into())),
                false => Ok(whole),
            };
        }
        let line: Line =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        visit(line.note).map_err(|fault| damaged(fault.to_string()))?;
        whole += count as u64;
    }
}

/// Opens what was kept for this process alone, for as long as the file lives.
fn locked(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    file.lock()?;
    Ok(file)
}

fn damaged(path: &Path, why: String) -> Unkept {
    Unkept::Damaged { path: path.to_owned(), why }
}

/// Writes a file as a whole: another name first, then its own.
fn put(path: &Path, bytes: &[u8]) -> Result<(), Unkept> {
    let new = path.with_extension("new");
    let written = (|| {
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)
    })();
    written.map_err(|source| Unkept::Io { path: path.to_owned(), source })
}

/// Why a journal is not the one whose checkpoints were kept.
#[derive(Debug, thiserror::Error)]
pub enum Unlike {
    /// The folder cannot be used.
    #[error(transparent)]
    Kept(#[from] Unkept),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// The folder knows no key that signs.
    #[error("nothing was kept in {}", .0.display())]
    Nothing(PathBuf),
    /// Lines are others than those that were signed.
    #[error(
        "the journal was written anew: line {from} is the first that differs, or one of those \
         behind it up to line {to} (the first is 0)"
    )]
    Differs {
        /// The first line that no checkpoint vouches for which holds.
        from: u64,
        /// The last one under the first checkpoint that does not hold.
        to: u64,
    },
    /// Lines are gone.
    #[error(
        "the journal was cut off: it has {lines} lines, and a checkpoint over {kept} lines was kept"
    )]
    Shorter {
        /// How many there are.
        lines: u64,
        /// How many there were.
        kept: u64,
    },
}

/// What of a journal those who kept its checkpoints vouch for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Vouched {
    /// How many checkpoints were kept.
    pub checkpoints: u64,
    /// Over how many lines the last one is.
    pub lines: u64,
}

/// Holds a journal against all checkpoints that were kept in a folder, by this key or that of the
/// folder; names the first place that differs.
pub fn hold(
    journal: &Path,
    folder: &Path,
    signer: Option<&VerifierKey>,
) -> Result<Vouched, Unlike> {
    let signer = match fs::metadata(folder.join(SIGNER)) {
        Ok(_) => pinned(folder, signer)?,
        Err(_) => signer.cloned(),
    };
    let signer = signer.ok_or_else(|| Unlike::Nothing(folder.to_owned()))?;
    let (mut kept, mut checkpoints) = (BTreeMap::new(), 0);
    let mut twice = None;
    read(&folder.join(FILE), |note| {
        let checkpoint = Checkpoint::open(note.as_bytes(), &signer)?;
        checkpoints += 1;
        let before = kept.insert(checkpoint.size, checkpoint.root);
        if before.is_some_and(|before| before != checkpoint.root) {
            twice.get_or_insert(checkpoint.size);
        }
        Ok(())
    })?;
    let lines = *kept.keys().next_back().ok_or_else(|| Unlike::Nothing(folder.to_owned()))?;
    let mut good = 0;
    let mut tree = Frontier::default();
    let (mut expected, mut differs) = (kept.iter().peekable(), None);
    let fault = |source| JournalFault::Io { path: journal.to_owned(), source };
    let mut reader = BufReader::new(File::open(journal).map_err(fault)?);
    let mut line = Vec::new();
    while let Some((size, root)) = expected.peek().copied() {
        if tree.size() == *size {
            if tree.root() != *root || twice == Some(*size) {
                differs = Some(Unlike::Differs { from: good, to: size.saturating_sub(1) });
                break;
            }
            good = *size;
            expected.next();
            continue;
        }
        line.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        reader.by_ref().take(limit).read_until(b'\n', &mut line).map_err(fault)?;
        if line.pop() != Some(b'\n') {
            differs = Some(Unlike::Shorter { lines: tree.size(), kept: lines });
            break;
        }
        tree.append(leaf_hash(&line));
    }
    match differs {
        Some(unlike) => Err(unlike),
        None if folder.join(CONFLICT).exists() => {
            let evidence = folder.join(CONFLICT);
            Err(Unkept::Conflicted { evidence }.into())
        }
        None => Ok(Vouched { checkpoints, lines }),
    }
}

#[cfg(test)]
mod tests;
