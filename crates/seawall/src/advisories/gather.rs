//! Gathering advisories: files, archives and folders of sources into one compiled set.

use anyhow::{Context, bail};
use seawall_formats::archive::{self, ArchiveFault};
use seawall_formats::feed;
use seawall_matching::set::{Builder, Set, SourceNote};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

/// How much of a set is written at once. Kernels keep a file in memory in pieces as large as it
/// was written in, and map whole pieces into whoever looks at a byte of one.
pub const PIECE_BYTES: usize = 64 * 1024;
/// How deep folders are followed.
const FOLDER_DEPTH_MAX: usize = 32;
/// How many faults are told in words; further ones are counted.
const FAULTS_MAX: usize = 20;

/// What of a source goes into the set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keep {
    /// What answers need.
    Records,
    /// The documents too, letter for letter, so that the set can be made anew from itself and
    /// serve them.
    Documents,
}

/// What of another set stays out of the new one.
#[derive(Clone, Debug, Default)]
pub struct Without {
    sources: BTreeSet<String>,
    documents: BTreeMap<String, BTreeSet<String>>,
}

impl Without {
    /// Everything of this source.
    pub fn source(&mut self, name: String) {
        self.sources.insert(name);
    }

    /// The document of this source that [`document_name`] calls so.
    pub fn document(&mut self, source: String, name: String) {
        self.documents.entry(source).or_default().insert(name);
    }
}

/// The keys by which a document says what it is called.
#[derive(Deserialize)]
struct Names<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    document: Option<DocumentNames<'a>>,
}

#[derive(Deserialize)]
struct DocumentNames<'a> {
    #[serde(borrow)]
    tracking: Tracking<'a>,
    #[serde(borrow)]
    publisher: Publisher<'a>,
}

#[derive(Deserialize)]
struct Tracking<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Publisher<'a> {
    #[serde(borrow)]
    namespace: Cow<'a, str>,
}

/// What a document of which a source has many is called: an OSV record by its id, a CSAF document
/// by its publisher's namespace and its tracking id. A later one of the same name replaces it.
pub fn document_name(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let names: Names<'_> = serde_json::from_slice(bytes).ok()?;
    match (names.document, names.id) {
        (Some(own), _) => Some(format!("{} {}", own.publisher.namespace, own.tracking.id)),
        (None, id) => id.map(Cow::into_owned),
    }
}

/// What came of gathering.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The sources of the set.
    pub sources: Vec<SourceNote>,
    /// How many records the set has, each once.
    pub records: usize,
    /// The first faults in words.
    pub faults: Vec<String>,
    /// How many documents could not be read.
    pub unread: u64,
    /// How many documents were none of a format that sources send.
    pub passed_over: u64,
}

impl Report {
    /// Says on standard error what could not be read.
    pub fn warn(&self) {
        self.faults.iter().for_each(|fault| eprintln!("{fault}"));
        if self.unread > self.faults.len() as u64 {
            eprintln!("{} more could not be read", self.unread - self.faults.len() as u64);
        }
    }
}

/// A set in the making, written to `out` as it comes.
pub struct Gathering<W> {
    out: W,
    keep: Keep,
    builder: Builder,
    report: Report,
}

impl<W: Write> Gathering<W> {
    /// Begins a set.
    pub fn begin(mut out: W, keep: Keep) -> anyhow::Result<Self> {
        out.write_all(Builder::START)?;
        Ok(Gathering { out, keep, builder: Builder::default(), report: Report::default() })
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.builder.is_empty() && self.report.sources.iter().all(|note| note.statements == 0)
    }

    /// Takes everything of another set but what is to stay out.
    pub fn set<B: AsRef<[u8]>>(&mut self, set: &Set<B>, without: &Without) -> anyhow::Result<()> {
        let mut numbers = BTreeMap::new();
        for (number, note) in set.sources()?.into_iter().enumerate() {
            if !without.sources.contains(&note.name) {
                let replaced = without.documents.get(&note.name);
                let fresh = SourceNote { records: BTreeMap::new(), statements: 0, ..note };
                numbers.insert(number, (self.builder.source(fresh), replaced));
            }
        }
        for document in 0..set.documents() {
            let Some((bytes, source)) = set.document(document)? else { continue };
            let Some((source, replaced)) = numbers.get(&source) else { continue };
            let is_replaced = replaced.is_some_and(|replaced| {
                document_name(bytes).is_some_and(|name| replaced.contains(&name))
            });
            if !is_replaced {
                self.document(*source, "the set", bytes)?;
            }
        }
        Ok(())
    }

    /// Names a source of which there may be documents already, from another set.
    pub fn source_again(&mut self, name: String) -> usize {
        let known = self.builder.sources().iter().position(|note| note.name == name);
        match known.and_then(|number| Some((number, self.builder.source_mut(number)?))) {
            Some((number, note)) => {
                note.imported_at = jiff::Timestamp::now();
                number
            }
            None => self.source(name),
        }
    }

    /// What is known of a source so far.
    pub fn note(&self, source: usize) -> Option<&SourceNote> {
        self.builder.sources().get(source)
    }

    /// Takes a file, an archive, or a folder of them, as one source named by its place.
    pub fn place(&mut self, place: &Path) -> anyhow::Result<()> {
        let source = self.source(place.display().to_string());
        self.walk(source, place, FOLDER_DEPTH_MAX)
    }

    /// Names a source.
    pub fn source(&mut self, name: String) -> usize {
        self.builder.source(SourceNote {
            name,
            records: BTreeMap::new(),
            statements: 0,
            unread: 0,
            as_of: None,
            imported_at: jiff::Timestamp::now(),
        })
    }

    fn walk(&mut self, source: usize, place: &Path, depth: usize) -> anyhow::Result<()> {
        if !place.is_dir() {
            return self.file(source, place);
        }
        if depth == 0 {
            bail!("folders lie deeper than {FOLDER_DEPTH_MAX}: {}", place.display());
        }
        let mut inside: Vec<_> = std::fs::read_dir(place)?.collect::<Result<_, _>>()?;
        inside.sort_by_key(std::fs::DirEntry::file_name);
        for entry in inside {
            // A link may lead in a circle; what it leads to is named by itself if it is meant.
            if !entry.file_type()?.is_symlink() {
                self.walk(source, &entry.path(), depth - 1)?;
            }
        }
        Ok(())
    }

    /// Takes one file of a source: a document, or an archive of documents.
    pub fn file(&mut self, source: usize, path: &Path) -> anyhow::Result<()> {
        let shown = path.display().to_string();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
        let file = BufReader::with_capacity(1 << 18, file);
        let told = archive::read(&name.unwrap_or_default(), file, &mut |label, bytes| {
            self.document(source, &format!("{shown}: {label}"), bytes)
        });
        match told {
            Ok(()) => Ok(()),
            Err(ArchiveFault::Taker(error)) => Err(error),
            Err(ArchiveFault::Broken(fault)) => {
                self.fault(source, format!("{shown}: {fault}"));
                Ok(())
            }
        }
    }

    fn fault(&mut self, source: usize, fault: String) {
        self.report.unread += 1;
        if let Some(note) = self.builder.source_mut(source) {
            note.unread += 1;
        }
        if self.report.faults.len() < FAULTS_MAX {
            self.report.faults.push(fault);
        }
    }

    /// Takes one document of a source.
    pub fn document(&mut self, source: usize, label: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let feed = match feed::read(bytes) {
            Ok(Some(feed)) => feed,
            Ok(None) => {
                self.report.passed_over += 1;
                return Ok(());
            }
            Err(fault) => {
                self.fault(source, format!("{label}: {fault}"));
                return Ok(());
            }
        };
        let number = match self.keep {
            Keep::Records => None,
            Keep::Documents => {
                self.out.write_all(bytes)?;
                Some(self.builder.document(source, bytes))
            }
        };
        if let Some(note) = self.builder.source_mut(source) {
            note.as_of = note.as_of.max(feed.as_of);
            note.statements += feed.statements.len() as u64;
            for record in &feed.records {
                *note.records.entry(record.kind).or_default() += 1;
            }
        }
        for record in feed.records {
            self.builder.add(record, number);
        }
        for statement in feed.statements {
            self.builder.state(statement);
        }
        Ok(())
    }

    /// Writes the rest of the set.
    pub fn finish(mut self) -> anyhow::Result<(W, Report)> {
        self.report.records = self.builder.len();
        self.report.sources = self.builder.sources().to_vec();
        let rest = self.builder.finish();
        rest.chunks(PIECE_BYTES).try_for_each(|piece| self.out.write_all(piece))?;
        Ok((self.out, self.report))
    }
}
