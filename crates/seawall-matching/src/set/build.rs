//! Building a set: records in, in any order; the index, the sums and the footer out.

use super::code::Pen;
use super::hash::{PLACE_MAX, hash, table};
use super::layout::{Contents, MARK, Part};
use super::pages::Summer;
use super::query;
use super::shelf::{self, Reading, Say};
use super::{Meta, SourceNote};
use crate::flaw::{Flaw, Named, group, merge};
use seawall_domain::package::Package;
use seawall_domain::range::Basis;
use seawall_domain::record::{
    CommitRange, ProductRecord, Record, SourceKind, VexRecord, repository_name,
};
use std::collections::{BTreeMap, HashMap};

/// How many characters of prose are kept of one field of a flaw; documents keep all of it.
pub const PROSE_LEN_MAX: usize = 600;

/// The records of a set to be. Documents are written by the caller, as they come, right after
/// [`Builder::START`]; the builder only takes their sums.
#[derive(Debug)]
pub struct Builder {
    records: Vec<(Record, Option<u32>)>,
    statements: Vec<VexRecord>,
    documents: Vec<[u64; 3]>,
    known: HashMap<(SourceKind, String, Option<String>), usize>,
    sources: Vec<SourceNote>,
    summer: Summer,
}

impl Default for Builder {
    fn default() -> Self {
        let mut summer = Summer::default();
        summer.add(MARK);
        Builder {
            records: Vec::new(),
            statements: Vec::new(),
            documents: Vec::new(),
            known: HashMap::new(),
            sources: Vec::new(),
            summer,
        }
    }
}

impl Builder {
    /// What the file starts with.
    pub const START: &'static [u8] = MARK;

    /// Takes note of a document of a source that the caller writes next, and gives its number.
    pub fn document(&mut self, source: usize, bytes: &[u8]) -> u32 {
        let offset = self.summer.length() - MARK.len() as u64;
        self.summer.add(bytes);
        self.documents.push([offset, bytes.len() as u64, source as u64]);
        self.documents.len() as u32 - 1
    }

    /// Adds what an issuer states.
    pub fn state(&mut self, statement: VexRecord) {
        self.statements.push(statement);
    }

    /// Adds a record. A record that was there before gives way to one that changed later; of two
    /// that changed at once, the choice rests on what they say and not on which came first.
    pub fn add(&mut self, mut record: Record, document: Option<u32>) {
        if record.summary.trim().is_empty() {
            record.summary = first_sentence(&record.details).to_owned();
        }
        record.details = String::new();
        record.references = Vec::new();
        for text in [&mut record.remedy, &mut record.workaround].into_iter().flatten() {
            *text = cut(text);
        }
        record.summary = cut(&record.summary);
        let key = (record.kind, record.id.clone(), record.document.clone());
        match self.known.get(&key).copied().and_then(|at| self.records.get_mut(at)) {
            Some(known) if gives_way(&known.0, &record) => *known = (record, document),
            Some(_) => {}
            None => {
                self.known.insert(key, self.records.len());
                self.records.push((record, document));
            }
        }
    }

    /// Says where records are from; the number is the source's.
    pub fn source(&mut self, note: SourceNote) -> usize {
        self.sources.push(note);
        self.sources.len() - 1
    }

    /// The sources, in the order of their numbers.
    pub fn sources(&self) -> &[SourceNote] {
        &self.sources
    }

    /// A source that was named before, to be completed.
    pub fn source_mut(&mut self, number: usize) -> Option<&mut SourceNote> {
        self.sources.get_mut(number)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The rest of the file: what the caller writes after the last document.
    pub fn finish(mut self) -> Vec<u8> {
        // The order in which records came must not matter to what is answered.
        self.records.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
        let documents = self.summer.length() as usize - MARK.len();
        let told = Told::new(&self.records);
        let (packages, shelves) = packages(&self.records);
        let (products, product_shelves) = products(&self.records);
        let (vex_packages, vex_shelves) = statements(self.statements);
        let (repositories, commit_shelves) = commits(&self.records);
        let document_places = self.documents.iter().flatten().flat_map(|w| w.to_le_bytes());
        let (record_places, records) = rows(told.metas.iter().map(told_row));
        let (flaw_places, flaws) = rows(told.flaws.iter().map(json));
        let parts = [
            json(&self.sources),
            document_places.collect(),
            packages,
            shelves,
            products,
            product_shelves,
            vex_packages,
            vex_shelves,
            repositories,
            commit_shelves,
            record_places,
            records,
            flaw_places,
            flaws,
            told.names(),
        ];
        let mut lengths = [0; Part::ALL.len()];
        lengths[Part::Documents as usize] = documents;
        let mut index = Vec::with_capacity(parts.iter().map(Vec::len).sum());
        for (length, part) in lengths.iter_mut().skip(1).zip(&parts) {
            *length = part.len();
            index.extend_from_slice(part);
        }
        drop(parts);
        self.summer.add(&index);
        let sums: Vec<u8> = self.summer.finish().into_iter().flat_map(u32::to_le_bytes).collect();
        lengths[Part::Sums as usize] = sums.len();
        let footer = Contents::new(MARK.len(), lengths).footer(&sums);
        index.extend_from_slice(&sums);
        index.extend_from_slice(&footer);
        index
    }
}

fn gives_way(known: &Record, other: &Record) -> bool {
    known.modified.cmp(&other.modified).then_with(|| json(known).cmp(&json(other))).is_lt()
}

fn order(record: &Record) -> (&str, SourceKind, &Option<String>) {
    (&record.id, record.kind, &record.document)
}

/// The first sentence of a description, for records that have no line of their own.
fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match line.find(". ") {
        Some(end) => line.get(..=end).unwrap_or(line),
        None => line,
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(PROSE_LEN_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.trim().to_owned(),
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    // Structs of texts, numbers and lists always serialise.
    serde_json::to_vec(value).unwrap_or_default()
}

/// A record's row: the little that the query interface asks for, then everything.
fn told_row(meta: &Meta) -> Vec<u8> {
    let mut brief = Pen::default();
    query::write(meta, &mut brief);
    let mut row = Pen::default();
    row.frame(&brief.0);
    row.0.extend(json(meta));
    row.0
}

/// Rows one after the other, and the table of where each starts.
fn rows(rows: impl Iterator<Item = Vec<u8>>) -> (Vec<u8>, Vec<u8>) {
    let (mut places, mut bytes) = (Vec::new(), Vec::new());
    for row in rows {
        places.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&row);
    }
    places.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    (places, bytes)
}

/// What is told of each record and each flaw.
struct Told {
    metas: Vec<Meta>,
    flaws: Vec<Flaw>,
}

impl Told {
    fn new(records: &[(Record, Option<u32>)]) -> Self {
        let named: Vec<Named<'_>> = records
            .iter()
            .map(|(record, _)| Named { id: &record.id, aliases: &record.aliases })
            .collect();
        let mut metas: Vec<Meta> =
            records.iter().map(|(record, document)| Meta::new(record, *document)).collect();
        let mut flaws = Vec::new();
        for (names, members) in group(&named) {
            let flaw = flaws.len() as u32;
            let own: Vec<&Record> =
                members.iter().filter_map(|at| records.get(*at)).map(|(r, _)| r).collect();
            for member in &members {
                if let Some(meta) = metas.get_mut(*member) {
                    meta.flaws.push(flaw);
                }
            }
            flaws.push(merge(names, &own));
        }
        Told { metas, flaws }
    }

    /// The table from names to records and flaws.
    fn names(&self) -> Vec<u8> {
        let records = self.metas.iter().zip(0u64..).map(|(meta, at)| (hash(&[&meta.id]), 2 * at));
        let flaws =
            self.flaws.iter().zip(0u64..).flat_map(|(flaw, at)| {
                flaw.names.iter().map(move |name| (hash(&[name]), 2 * at + 1))
            });
        table(&records.chain(flaws).collect::<Vec<_>>())
    }
}

/// The shelves of packages, and the table that leads to them.
fn packages(records: &[(Record, Option<u32>)]) -> (Vec<u8>, Vec<u8>) {
    let mut says: BTreeMap<Package, Vec<Say>> = BTreeMap::new();
    for ((record, _), number) in records.iter().zip(0u32..) {
        if record.withdrawn.is_some() {
            continue;
        }
        for affected in &record.affected {
            let (ecosystem, release) = affected.package.ecosystem.without_release();
            let package = Package { ecosystem, name: affected.package.name.clone() };
            says.entry(package).or_default().push(Say {
                record: number,
                release: release.map(str::to_owned),
                basis: affected.basis.unwrap_or(Basis::Stated),
                reading: match record.kind {
                    SourceKind::Osv => Reading::Events,
                    SourceKind::Csaf
                    | SourceKind::Cve
                    | SourceKind::Kev
                    | SourceKind::Epss
                    | SourceKind::Ssvc => Reading::Union,
                },
                intervals: affected.intervals.clone(),
                versions: affected.versions.clone(),
            });
        }
    }
    let (mut names, mut pen) = (Vec::new(), Pen::default());
    for (package, says) in &says {
        let ecosystem = package.ecosystem.to_string();
        names.push((hash(&[&ecosystem, &package.name]), place(&pen)));
        let folded = package.name.to_lowercase();
        if folded != package.name {
            names.push((hash(&[&ecosystem, &folded]), place(&pen)));
        }
        let mut shelf = Pen::default();
        shelf.text(&ecosystem);
        shelf.text(&package.name);
        shelf::write(&package.ecosystem, says, &mut shelf);
        pen.frame(&shelf.0);
    }
    (table(&names), pen.0)
}

/// The shelves of products: per vendor and name, what each record says.
fn products(records: &[(Record, Option<u32>)]) -> (Vec<u8>, Vec<u8>) {
    let mut says: BTreeMap<(&str, &str), Vec<(u32, &ProductRecord)>> = BTreeMap::new();
    for ((record, _), number) in records.iter().zip(0u32..) {
        for product in record.products.iter().filter(|_| record.withdrawn.is_none()) {
            let shelf = says.entry((&product.vendor, &product.name)).or_default();
            shelf.push((number, product));
        }
    }
    let (mut names, mut pen) = (Vec::new(), Pen::default());
    for ((vendor, name), says) in &says {
        names.push((hash(&[vendor, name]), place(&pen)));
        let mut shelf = Pen::default();
        shelf.text(vendor);
        shelf.text(name);
        shelf.list(says, |shelf, (record, product)| {
            shelf.number((*record).into());
            shelf.frame(&json(product));
        });
        pen.frame(&shelf.0);
    }
    (table(&names), pen.0)
}

/// The shelves of commits: per repository the ranges, each with its record.
fn commits(records: &[(Record, Option<u32>)]) -> (Vec<u8>, Vec<u8>) {
    let mut ranges: BTreeMap<String, Vec<(u32, &CommitRange)>> = BTreeMap::new();
    for ((record, _), number) in records.iter().zip(0u32..) {
        for affected in record.affected.iter().filter(|_| record.withdrawn.is_none()) {
            for range in &affected.commits {
                let shelf = ranges.entry(repository_name(&range.repository)).or_default();
                shelf.push((number, range));
            }
        }
    }
    let (mut names, mut pen) = (Vec::new(), Pen::default());
    for (repository, ranges) in &ranges {
        names.push((hash(&[repository]), place(&pen)));
        let mut shelf = Pen::default();
        shelf.text(repository);
        shelf.0.extend_from_slice(&json(ranges));
        pen.frame(&shelf.0);
    }
    (table(&names), pen.0)
}

/// The shelves of statements: per package what issuers state of it, the newest first.
fn statements(mut statements: Vec<VexRecord>) -> (Vec<u8>, Vec<u8>) {
    statements.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| json(a).cmp(&json(b))));
    statements.dedup();
    let mut shelves: BTreeMap<Package, Vec<VexRecord>> = BTreeMap::new();
    for statement in statements {
        let (ecosystem, _) = statement.package.ecosystem.without_release();
        let package = Package { ecosystem, name: statement.package.name.clone() };
        shelves.entry(package).or_default().push(statement);
    }
    let (mut names, mut pen) = (Vec::new(), Pen::default());
    for (package, statements) in &shelves {
        let ecosystem = package.ecosystem.to_string();
        names.push((hash(&[&ecosystem, &package.name]), place(&pen)));
        let mut shelf = Pen::default();
        shelf.text(&ecosystem);
        shelf.text(&package.name);
        shelf.0.extend_from_slice(&json(statements));
        pen.frame(&shelf.0);
    }
    (table(&names), pen.0)
}

fn place(pen: &Pen) -> u64 {
    (pen.0.len() as u64).min(PLACE_MAX)
}
