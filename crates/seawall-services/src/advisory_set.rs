//! The advisory sets that the clearinghouse answers from: what outside sources say, as it is
//! installed on this machine, and what was published here (capabilities C37, C45).
//!
//! Where the installed set lies is the executable's business ([`Installed`]). Whoever asks holds a
//! [`Holding`]: both sets as they were at one moment, so that an answer never mixes two editions.
//! A damaged set is logged once and never answers; the reason is kept for whoever asks.

use crate::desk::digest;
use seawall_domain::record::SourceKind;
use seawall_domain::time::Timestamp;
use seawall_formats::feed;
use seawall_matching::set::{Builder, Set, SetFault, SourceNote};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The folder of our own OSV records inside the public folder.
const OWN_FOLDER: &str = "osv";

/// How many of our own records are answered from memory; more would not fit a small machine.
const OWN_RECORDS_MAX: usize = 100_000;

/// How many hexadecimal digits name an edition: enough that no two meet.
const EDITION_LEN: usize = 32;

/// The bytes of a set, mapped or in memory.
pub struct SetBytes(Box<dyn AsRef<[u8]> + Send + Sync>);

impl SetBytes {
    /// Takes bytes of whatever kind.
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> SetBytes {
        SetBytes(Box::new(bytes))
    }
}

impl AsRef<[u8]> for SetBytes {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl fmt::Debug for SetBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of a set", self.as_ref().len())
    }
}

/// A compiled set over whatever bytes.
pub type AdvisorySet = Set<SetBytes>;

/// What tells a file or folder from another under the same name without reading it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Edition {
    /// The number of the file in its file system.
    pub inode: u64,
    /// When it last changed, in nanoseconds of the Unix epoch.
    pub changed_at: i128,
    /// Its length in bytes.
    pub length: u64,
}

impl Edition {
    /// The edition that lies at a place; none when there is nothing.
    pub fn of(place: &Path) -> Option<Edition> {
        let found = std::fs::metadata(place).ok()?;
        let changed_at = i128::from(found.mtime()) * 1_000_000_000 + i128::from(found.mtime_nsec());
        Some(Edition { inode: found.ino(), changed_at, length: found.len() })
    }
}

/// Where the installed set comes from.
pub trait Installed: Send + Sync {
    /// The edition that lies there now; none when no set is installed. It must be cheap.
    fn edition(&self) -> Option<Edition>;

    /// Opens it; or says in one line why it cannot be used.
    fn open(&self) -> Result<AdvisorySet, String>;
}

/// One set, and which of its documents are known to have fields of the schema only.
#[derive(Debug)]
pub struct Shelf {
    /// The set.
    pub set: AdvisorySet,
    plain: Vec<AtomicU64>,
}

impl Shelf {
    fn new(set: AdvisorySet) -> Shelf {
        let words = set.documents().div_ceil(64);
        Shelf { set, plain: (0..words).map(|_| AtomicU64::new(0)).collect() }
    }

    fn word(&self, document: u32) -> Option<(&AtomicU64, u64)> {
        Some((self.plain.get((document / 64) as usize)?, 1 << (document % 64)))
    }

    /// Whether a document was found to have fields of the schema only.
    pub(crate) fn is_plain(&self, document: u32) -> bool {
        self.word(document).is_some_and(|(word, bit)| word.load(Ordering::Relaxed) & bit != 0)
    }

    /// Remembers that it has.
    pub(crate) fn mark_plain(&self, document: u32) {
        // The bit only saves work: whoever misses it looks again.
        if let Some((word, bit)) = self.word(document) {
            word.fetch_or(bit, Ordering::Relaxed);
        }
    }
}

/// What is answered from at one moment.
#[derive(Clone, Debug, Default)]
pub struct Holding {
    /// What was published here; none as long as nothing was.
    pub own: Option<Arc<Shelf>>,
    /// What outside sources say; none when no set is installed, or when it cannot be used.
    pub installed: Option<Arc<Shelf>>,
    /// Why the set that is installed cannot be used.
    pub trouble: Option<String>,
    /// A name that other sets do not have, the same after a restart.
    pub edition: String,
    serial: u64,
}

impl Holding {
    /// The sets, our own first.
    pub fn shelves(&self) -> impl Iterator<Item = &Shelf> {
        [&self.own, &self.installed].into_iter().flatten().map(|shelf| &**shelf)
    }
}

/// The installed set cannot be used; nothing may be answered as if it were empty.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the advisory set of this server cannot be used now")]
pub struct Unusable;

/// Both sets, and what is needed to see that one was replaced.
pub struct AdvisorySets {
    source: Box<dyn Installed>,
    folder: PathBuf,
    current: RwLock<Arc<Holding>>,
    seen: Mutex<Seen>,
}

/// The editions that the current holding was made of.
#[derive(Default)]
struct Seen {
    installed: Option<Edition>,
    own: Option<Edition>,
    own_bytes: Arc<Vec<u8>>,
    /// Whether our own folder was read again after its last change: a change in the same tick of
    /// the file system's clock leaves no other trace.
    own_settled: bool,
}

impl AdvisorySets {
    /// The installed set and what lies in the public folder; nothing is opened before
    /// [`AdvisorySets::refresh`].
    pub fn new(source: Box<dyn Installed>, public: &Path) -> AdvisorySets {
        AdvisorySets {
            source,
            folder: public.join(OWN_FOLDER),
            current: RwLock::default(),
            seen: Mutex::default(),
        }
    }

    /// What is answered from now.
    pub fn current(&self) -> Arc<Holding> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks whether a set was replaced, and takes it up. It blocks; when nothing changed it costs
    /// two questions to the file system.
    pub fn refresh(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Holding::clone(&self.current());
        let installed = self.refresh_installed(&mut seen, &mut next);
        let own = self.refresh_own(&mut seen, &mut next);
        if installed || own || next.edition.is_empty() {
            next.edition = edition_name(&seen);
            self.put(next);
        }
    }

    /// Takes up another installed set; says whether there is one.
    fn refresh_installed(&self, seen: &mut Seen, next: &mut Holding) -> bool {
        let edition = self.source.edition();
        if edition == seen.installed {
            return false;
        }
        seen.installed = edition;
        (next.installed, next.trouble) = match edition.map(|_| self.source.open()) {
            None => (None, None),
            Some(Ok(set)) => (Some(Arc::new(Shelf::new(set))), None),
            Some(Err(reason)) => {
                tracing::error!(%reason, "the installed advisory set cannot be used");
                (None, Some(reason))
            }
        };
        true
    }

    /// Takes up what was published since; says whether anything was.
    fn refresh_own(&self, seen: &mut Seen, next: &mut Holding) -> bool {
        let edition = Edition::of(&self.folder);
        if edition == seen.own && seen.own_settled {
            return false;
        }
        seen.own_settled = edition == seen.own;
        seen.own = edition;
        let bytes = own_bytes(&self.folder);
        if bytes == *seen.own_bytes {
            return false;
        }
        seen.own_bytes = Arc::new(bytes);
        next.own = opened(seen.own_bytes.clone());
        true
    }

    fn put(&self, mut holding: Holding) {
        holding.serial += 1;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(holding);
    }

    /// Answers from the sets. One that shows its damage now is put away, and logged once.
    pub fn ask<T>(
        &self,
        question: impl FnOnce(&Holding) -> Result<T, SetFault>,
    ) -> Result<T, Unusable> {
        let holding = self.current();
        if holding.trouble.is_some() {
            return Err(Unusable);
        }
        question(&holding).map_err(|fault| {
            self.put_away(&holding, &fault);
            Unusable
        })
    }

    /// Puts a damaged set away until another one is installed.
    fn put_away(&self, holding: &Holding, fault: &SetFault) {
        let _seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.current();
        // Somebody else may have met the same damage, or a new set may lie there already.
        if current.serial == holding.serial {
            let trouble = fault.to_string();
            tracing::error!(reason = %trouble, "the advisory set is damaged");
            let next = Holding::clone(&current);
            self.put(Holding { installed: None, trouble: Some(trouble), ..next });
        }
    }
}

/// A name for what both sets were made of.
fn edition_name(seen: &Seen) -> String {
    let own = digest(&seen.own_bytes);
    let mut name = digest(format!("{own} {:?}", seen.installed).as_bytes()).to_string();
    name.truncate(EDITION_LEN);
    name
}

fn opened(bytes: Arc<Vec<u8>>) -> Option<Arc<Shelf>> {
    struct Shared(Arc<Vec<u8>>);
    impl AsRef<[u8]> for Shared {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    if bytes.is_empty() {
        return None;
    }
    match Set::open(SetBytes::new(Shared(bytes))) {
        Ok(set) => Some(Arc::new(Shelf::new(set))),
        Err(reason) => {
            tracing::error!(%reason, "our own advisories cannot be compiled");
            None
        }
    }
}

/// The compiled set of what was published here; no bytes when nothing was.
fn own_bytes(folder: &Path) -> Vec<u8> {
    match documents(folder) {
        Ok(documents) if documents.is_empty() => Vec::new(),
        Ok(documents) => {
            let (bytes, faults) = compile("published here", &documents);
            for fault in faults {
                tracing::error!(%fault, "a record of our own cannot be answered");
            }
            bytes
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            tracing::error!(%error, "our own advisories cannot be read");
            Vec::new()
        }
    }
}

fn documents(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.len() > OWN_RECORDS_MAX {
        tracing::error!(records = paths.len(), "only {OWN_RECORDS_MAX} records are answered");
        paths.truncate(OWN_RECORDS_MAX);
    }
    paths.iter().map(std::fs::read).collect()
}

/// Compiles documents that sources send into the bytes of a set; says which could not be read. OSV
/// records are kept as they came, to be handed out again.
pub fn compile(source: &str, documents: &[impl AsRef<[u8]>]) -> (Vec<u8>, Vec<String>) {
    let (mut builder, mut faults) = (Builder::default(), Vec::new());
    let mut bytes = Builder::START.to_vec();
    let source = builder.source(SourceNote {
        name: source.to_owned(),
        records: BTreeMap::new(),
        statements: 0,
        unread: 0,
        as_of: None,
        imported_at: Timestamp::UNIX_EPOCH,
    });
    for document in documents {
        let document = document.as_ref();
        let read = match feed::read(document) {
            Ok(Some(read)) => read,
            Ok(None) => {
                faults.push("cannot tell what a document is".to_owned());
                continue;
            }
            Err(fault) => {
                faults.push(fault.to_string());
                continue;
            }
        };
        if let Some(note) = builder.source_mut(source) {
            note.as_of = note.as_of.max(read.as_of);
            note.statements += read.statements.len() as u64;
            for record in &read.records {
                *note.records.entry(record.kind).or_default() += 1;
            }
        }
        for record in read.records {
            let number = (record.kind == SourceKind::Osv).then(|| {
                bytes.extend_from_slice(document);
                builder.document(source, document)
            });
            builder.add(record, number);
        }
        read.statements.into_iter().for_each(|statement| builder.state(statement));
    }
    bytes.extend(builder.finish());
    (bytes, faults)
}
