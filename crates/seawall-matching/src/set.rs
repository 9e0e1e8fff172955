//! The advisory set: everything that outside sources say, compiled for answering (capabilities
//! C37, C44, C45).
//!
//! A set is one run of bytes, mapped and never parsed as a whole: a component costs one look into
//! a table, one binary search among the versions that advisories name, and comparisons of whole
//! numbers. Each page is checked when it is first looked at, so a damaged set is refused and never
//! answers wrongly. It does no I/O: where the bytes lie and how they are replaced is the
//! executable's business (`docs/decisions/0014`).

mod build;
mod code;
mod fault;
mod hash;
mod layout;
mod pages;
mod query;
mod shelf;

pub use self::build::{Builder, PROSE_LEN_MAX};
use self::code::Eye;
pub use self::fault::SetFault;
use self::layout::{Contents, Part};
use self::pages::Pages;
pub use self::query::{Brief, By};
use self::shelf::Shelf;
use crate::exposure::Unknown;
use crate::flaw::Flaw;
use jiff::Timestamp;
use seawall_domain::component::Component;
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use seawall_domain::range::{Basis, Interval};
use seawall_domain::record::{CommitRange, ProductRecord, Record, SourceKind, VexRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where records are from, and how old they are.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SourceNote {
    /// What it is called: a file's or folder's name, an address.
    pub name: String,
    /// How many records of each kind it gave.
    pub records: BTreeMap<SourceKind, u64>,
    /// How many VEX statements it gave.
    pub statements: u64,
    /// How many of its documents could not be read.
    pub unread: u64,
    /// The newest thing it says of its own age: its date, or its latest change.
    pub as_of: Option<Timestamp>,
    /// When it was imported.
    pub imported_at: Timestamp,
}

/// What the set keeps of a record besides its ranges.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The kind of source.
    pub kind: SourceKind,
    /// Its id in its own database.
    pub id: String,
    /// The document it stands in, where one document speaks of several flaws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Who publishes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Timestamp>,
    /// When it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Timestamp>,
    /// Other names of the same flaw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What the ecosystem calls it when it is no vulnerability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub informational: Option<String>,
    /// The ecosystems of the packages it affects, with their releases, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ecosystems: Vec<String>,
    /// The flaws it speaks of, as numbers for [`Set::flaw`].
    pub flaws: Vec<u32>,
    /// The document it stands in, as a number for [`Set::document`], where the set keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<u32>,
}

impl Meta {
    fn new(record: &Record, raw: Option<u32>) -> Self {
        let mut ecosystems: Vec<String> =
            record.affected.iter().map(|affected| affected.package.ecosystem.to_string()).collect();
        ecosystems.sort();
        ecosystems.dedup();
        Meta {
            kind: record.kind,
            id: record.id.clone(),
            document: record.document.clone(),
            publisher: record.publisher.clone(),
            modified: record.modified,
            withdrawn: record.withdrawn,
            aliases: record.aliases.clone(),
            informational: record.informational.clone(),
            ecosystems,
            flaws: Vec::new(),
            raw,
        }
    }
}

/// A record that hits a component, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The record, as a number for [`Set::record`].
    pub record: u32,
    /// The interval that the version lies in, where it lies in one.
    pub interval: Option<Interval>,
    /// Whether the version is listed one by one.
    pub listed: bool,
    /// All intervals that the record gives for the package, in version order.
    pub intervals: Vec<Interval>,
    /// The versions that hold a fix, as the record spells and orders them, each once.
    pub fixed: Vec<Version>,
    /// Whether they were run here or are stated.
    pub basis: Basis,
    /// The product as the source says it, where the component is a product.
    pub product: Option<ProductRecord>,
    /// The commit that the component is, where its history tells that it is affected.
    pub commit: Option<String>,
}

/// What the set answers for a component.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// These records hit it, in the order of their numbers, which is that of their ids.
    Hits(Vec<Hit>),
    /// No record hits it.
    Clear,
    /// It cannot be told.
    Unknown(Unknown),
}

/// A compiled set over its bytes: a mapped file, or memory.
#[derive(Debug)]
pub struct Set<B> {
    bytes: B,
    contents: Contents,
    pages: Pages,
}

impl<B: AsRef<[u8]>> Set<B> {
    /// Opens a set: its footer is read and checked, nothing else is.
    pub fn open(bytes: B) -> Result<Self, SetFault> {
        let contents = Contents::read(bytes.as_ref())?;
        let sums = bytes.as_ref().get(contents.range(Part::Sums)).unwrap_or_default();
        let (sums, _) = sums.as_chunks::<4>();
        let pages = Pages::new(sums.iter().map(|sum| u32::from_le_bytes(*sum)).collect());
        Ok(Set { bytes, contents, pages })
    }

    /// Checks every page; says how many there are.
    pub fn check(&self) -> Result<usize, SetFault> {
        let end = self.contents.range(Part::Names).end;
        let bytes = self.bytes.as_ref().get(..end).unwrap_or_default();
        self.pages.check_all(bytes)
    }

    fn part(&self, part: Part, from: usize, length: usize) -> Result<&[u8], SetFault> {
        let outside = SetFault::Inconsistent { part: "table of contents" };
        let range = self.contents.range(part);
        let start = range.start.checked_add(from);
        let bounds = start.and_then(|start| Some(start..start.checked_add(length)?));
        let bounds = bounds.filter(|bounds| bounds.end <= range.end).ok_or(outside)?;
        let end = self.contents.range(Part::Names).end;
        self.pages.slice(self.bytes.as_ref().get(..end).unwrap_or_default(), bounds)
    }

    fn word(&self, part: Part, index: usize) -> Result<u64, SetFault> {
        let bytes = self.part(part, 8 * index, 8)?;
        let bytes = bytes.try_into().map_err(|_| SetFault::Inconsistent { part: "table" })?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Looks a name up in a table: the first place that `read` recognises.
    fn find<T>(
        &self,
        table: Part,
        hash: u64,
        mut read: impl FnMut(u64) -> Result<Option<T>, SetFault>,
    ) -> Result<Option<T>, SetFault> {
        let buckets = self.contents.range(table).len() / 8;
        let mut fault = None;
        let word = |bucket| match self.word(table, bucket) {
            Ok(word) => Some(word),
            Err(found) => {
                fault = Some(found);
                None
            }
        };
        let mut found = None;
        for place in hash::places(hash, buckets, word) {
            found = read(place)?;
            if found.is_some() {
                break;
            }
        }
        match (found, fault) {
            (None, Some(fault)) => Err(fault),
            (found, _) => Ok(found),
        }
    }

    /// The bytes of a frame, which stand after their length in four bytes.
    fn frame(&self, part: Part, place: u64) -> Result<&[u8], SetFault> {
        let from = usize::try_from(place).unwrap_or(usize::MAX);
        let length = self.part(part, from, 4)?.try_into();
        let length = length.map_err(|_| SetFault::Inconsistent { part: "frame" })?;
        self.part(part, from + 4, u32::from_le_bytes(length) as usize)
    }

    fn row(&self, places: Part, rows: Part, number: u32) -> Result<Option<&[u8]>, SetFault> {
        let number = number as usize;
        if number >= self.rows(places) {
            return Ok(None);
        }
        let (start, end) = (self.word(places, number)?, self.word(places, number + 1)?);
        let fault = SetFault::Inconsistent { part: "table of rows" };
        let length = end.checked_sub(start).ok_or(fault)?;
        self.part(rows, start as usize, length as usize).map(Some)
    }

    fn rows(&self, places: Part) -> usize {
        (self.contents.range(places).len() / 8).saturating_sub(1)
    }

    /// How many records there are.
    pub fn records(&self) -> u32 {
        self.rows(Part::RecordPlaces) as u32
    }

    /// How many flaws they are about.
    pub fn flaws(&self) -> u32 {
        self.rows(Part::FlawPlaces) as u32
    }

    /// Where the records are from.
    pub fn sources(&self) -> Result<Vec<SourceNote>, SetFault> {
        let range = self.contents.range(Part::Sources);
        let bytes = self.part(Part::Sources, 0, range.len())?;
        serde_json::from_slice(bytes).map_err(|_| SetFault::Inconsistent { part: "sources" })
    }

    /// What is kept of a record; none when there is no such number.
    pub fn record(&self, number: u32) -> Result<Option<Meta>, SetFault> {
        let Some(row) = self.row(Part::RecordPlaces, Part::Records, number)? else {
            return Ok(None);
        };
        let mut eye = Eye::new(row, "record");
        let _brief = eye.frame()?;
        read_json(eye.rest(), "record").map(Some)
    }

    /// A flaw; none when there is no such number.
    pub fn flaw(&self, number: u32) -> Result<Option<Flaw>, SetFault> {
        let row = self.row(Part::FlawPlaces, Part::Flaws, number)?;
        row.map(|row| read_json(row, "flaw")).transpose()
    }

    /// How many documents there are.
    pub fn documents(&self) -> u32 {
        (self.contents.range(Part::DocumentPlaces).len() / 24) as u32
    }

    /// A document as it came, letter for letter, and the number of its source; none when there is
    /// no such number.
    pub fn document(&self, number: u32) -> Result<Option<(&[u8], usize)>, SetFault> {
        if number >= self.documents() {
            return Ok(None);
        }
        let word = |index| self.word(Part::DocumentPlaces, 3 * number as usize + index);
        let (from, length, source) = (word(0)?, word(1)?, word(2)?);
        let bytes = self.part(Part::Documents, from as usize, length as usize)?;
        Ok(Some((bytes, source as usize)))
    }

    /// What issuers state of a package, in any version, the newest first.
    pub fn statements(&self, package: &Package) -> Result<Vec<VexRecord>, SetFault> {
        let ecosystem = package.ecosystem.base();
        let hash = hash::hash(&[ecosystem, &package.name]);
        let found = self.find(Part::VexPackages, hash, |place| {
            let mut eye = Eye::new(self.frame(Part::VexShelves, place)?, "statements");
            if eye.text()? != ecosystem || eye.text()? != package.name {
                return Ok(None);
            }
            serde_json::from_slice(eye.rest()).map(Some).map_err(|_| eye.fault())
        });
        Ok(found?.unwrap_or_default())
    }

    /// The ranges over the commits of a repository, by its name, each with its record's number.
    pub fn commit_ranges(&self, repository: &str) -> Result<Vec<(u32, CommitRange)>, SetFault> {
        let found = self.find(Part::Repositories, hash::hash(&[repository]), |place| {
            let mut eye = Eye::new(self.frame(Part::CommitShelves, place)?, "commits");
            if eye.text()? != repository {
                return Ok(None);
            }
            serde_json::from_slice(eye.rest()).map(Some).map_err(|_| eye.fault())
        });
        Ok(found?.unwrap_or_default())
    }

    /// The numbers of the records with this id, ascending.
    pub fn records_named(&self, id: &str) -> Result<Vec<u32>, SetFault> {
        let mut numbers = Vec::new();
        self.find(Part::Names, hash::hash(&[id]), |place| {
            let number = (place / 2) as u32;
            if place % 2 == 0 && self.record(number)?.is_some_and(|meta| meta.id == id) {
                numbers.push(number);
            }
            Ok(None::<()>)
        })?;
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The flaw with this name.
    pub fn flaw_named(&self, name: &str) -> Result<Option<(u32, Flaw)>, SetFault> {
        self.find(Part::Names, hash::hash(&[name]), |place| {
            let number = (place / 2) as u32;
            if place % 2 == 0 {
                return Ok(None);
            }
            let flaw = self.flaw(number)?;
            Ok(flaw.filter(|flaw| flaw.names.iter().any(|own| own == name)).map(|f| (number, f)))
        })
    }

    fn shelf(&self, package: &Package) -> Result<Option<Shelf<'_>>, SetFault> {
        self.shelf_named(package, &package.name, |own| own == package.name)
    }

    /// The shelf of a package whose name differs from this one only in upper and lower case.
    fn shelf_folded(&self, package: &Package) -> Result<Option<Shelf<'_>>, SetFault> {
        let folded = package.name.to_lowercase();
        self.shelf_named(package, &folded, |own| own.to_lowercase() == folded)
    }

    fn shelf_named(
        &self,
        package: &Package,
        name: &str,
        is_meant: impl Fn(&str) -> bool,
    ) -> Result<Option<Shelf<'_>>, SetFault> {
        let ecosystem = package.ecosystem.base();
        let hash = hash::hash(&[ecosystem, name]);
        self.find(Part::Packages, hash, |place| {
            let mut eye = Eye::new(self.frame(Part::Shelves, place)?, "shelf");
            if eye.text()? != ecosystem || !is_meant(eye.text()?) {
                return Ok(None);
            }
            Shelf::read(eye).map(Some)
        })
    }

    /// Everything said of a package, whatever its version: the numbers of the records, ascending.
    pub fn records_of(&self, package: &Package) -> Result<Vec<u32>, SetFault> {
        let Some(shelf) = self.shelf(package)? else { return Ok(Vec::new()) };
        let (_, release) = package.ecosystem.without_release();
        let mut numbers = Vec::new();
        for entry in shelf.entries()? {
            let entry = entry?;
            if release.is_none() || entry.release.is_none() || entry.release == release {
                numbers.push(entry.record);
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// The answer for a component.
    pub fn answer(&self, component: &Component) -> Result<Answer, SetFault> {
        let package = match (&component.package, &component.version) {
            (Some(package), version) => Some(self.package(package, version.as_ref())?),
            (None, _) => None,
        };
        let products = self.product_hits(component)?;
        match package {
            Some(Answer::Hits(mut hits)) => {
                hits.extend(products.unwrap_or_default());
                Ok(Answer::Hits(hits))
            }
            Some(other) => Ok(match products {
                Some(hits) if !hits.is_empty() => Answer::Hits(hits),
                _ => other,
            }),
            None => Ok(match products {
                None => Answer::Unknown(Unknown::NoPackage),
                Some(hits) if hits.is_empty() => Answer::Clear,
                Some(hits) => Answer::Hits(hits),
            }),
        }
    }

    /// Go tells letters apart, and many lists write its modules in lower case all the same: what
    /// then cannot be told is said, rather than taken for safe.
    fn other_spelling(
        &self,
        package: &Package,
        version: Option<&Version>,
    ) -> Result<Answer, SetFault> {
        if !matches!(package.ecosystem, Ecosystem::Listed(Listed::Go, _)) {
            return Ok(Answer::Clear);
        }
        let base = Ecosystem::Listed(Listed::Go, None);
        let (Some(shelf), Some(version)) = (self.shelf_folded(package)?, version) else {
            return Ok(Answer::Clear);
        };
        let place = shelf.place(&base, version)?;
        for entry in shelf.entries()? {
            let entry = entry?;
            if entry.interval_of(&place).is_some() || entry.lists(&place) {
                return Ok(Answer::Unknown(Unknown::OtherSpelling));
            }
        }
        Ok(Answer::Clear)
    }

    /// The answer for a package in a version.
    pub fn package(
        &self,
        package: &Package,
        version: Option<&Version>,
    ) -> Result<Answer, SetFault> {
        let Some(shelf) = self.shelf(package)? else {
            return self.other_spelling(package, version);
        };
        let Some(version) = version.filter(|version| !version.0.trim().is_empty()) else {
            return Ok(Answer::Unknown(Unknown::NoVersion));
        };
        let (base, release) = package.ecosystem.without_release();
        let place = shelf.place(&base, version)?;
        let (mut hits, mut elsewhere) = (Vec::<Hit>::new(), false);
        for entry in shelf.entries()? {
            let entry = entry?;
            let (interval, listed) = (entry.interval_of(&place), entry.lists(&place));
            if interval.is_none() && !listed {
                continue;
            }
            if entry.release.is_some() && entry.release != release {
                elsewhere = true;
                continue;
            }
            let hit = Hit {
                record: entry.record,
                interval: interval.map(|interval| shelf.interval(interval)).transpose()?,
                listed,
                intervals: entry
                    .intervals()
                    .map(|interval| shelf.interval(interval))
                    .collect::<Result<_, _>>()?,
                fixed: entry.fixed().map(Version::from).collect(),
                basis: entry.basis,
                product: None,
                commit: None,
            };
            match hits.iter_mut().find(|known| known.record == hit.record) {
                // A record may name a package twice, in two releases or by two ranges.
                Some(known) => known.also(hit),
                None => hits.push(hit),
            }
        }
        hits.sort_by_key(|hit| hit.record);
        let unread = matches!(place, shelf::Place::Unread(_));
        Ok(match hits.is_empty() {
            false => Answer::Hits(hits),
            true if unread => Answer::Unknown(Unknown::NoVersion),
            true if !crate::version::is_known(&base) => Answer::Unknown(Unknown::NoRules),
            true if elsewhere && release.is_none() => Answer::Unknown(Unknown::NoRelease),
            true => Answer::Clear,
        })
    }
}

fn read_json<T: serde::de::DeserializeOwned>(
    bytes: &[u8],
    part: &'static str,
) -> Result<T, SetFault> {
    let fault = SetFault::Inconsistent { part };
    // Looked over at once, the texts in it need not be looked at one by one.
    let text = std::str::from_utf8(bytes).map_err(|_| fault.clone())?;
    serde_json::from_str(text).map_err(|_| fault)
}

mod product;

impl Hit {
    /// Adds what the same record says of the same component a second time.
    pub(crate) fn also(&mut self, other: Hit) {
        self.commit = self.commit.take().or(other.commit);
        self.interval = self.interval.take().or(other.interval);
        self.listed |= other.listed;
        self.intervals.extend(other.intervals);
        for version in other.fixed {
            if !self.fixed.contains(&version) {
                self.fixed.push(version);
            }
        }
    }
}

/// The ecosystem that a product's versions are ordered by: runs of digits and letters.
const PRODUCT_ORDER: Ecosystem = Ecosystem::Generic;

#[cfg(test)]
mod tests;
