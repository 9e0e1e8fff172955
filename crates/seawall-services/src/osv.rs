//! The OSV query interface, version 1: which records speak of a package in a version, and the
//! records by their ids (capability C45). Public, and without a transaction: it reads the advisory
//! sets only.

pub mod dump;
mod question;

pub use self::question::{BadQuestion, NamedPackage, Parts, Question};

use crate::advisory_set::{Holding, Shelf};
use seawall_domain::package::{Ecosystem, Listed, Package};
use seawall_formats::{osv, purl};
use seawall_matching::set::{By, SetFault};
use std::borrow::Cow;

/// A record that was found.
#[derive(Debug)]
pub struct Found<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it last changed (RFC 3339, UTC).
    pub modified: &'a str,
    shelf: &'a Shelf,
    number: u32,
    document: u32,
}

impl<'a> Found<'a> {
    /// A record of the OSV schema with its document; none for any other kind.
    fn new(shelf: &'a Shelf, number: u32) -> Result<Option<Found<'a>>, SetFault> {
        let brief = shelf.set.brief(number)?.filter(|brief| brief.is_osv);
        Ok(brief.and_then(|brief| {
            let (modified, document) = (brief.modified.unwrap_or_default(), brief.raw?);
            Some(Found { id: brief.id, modified, shelf, number, document })
        }))
    }

    /// Its document letter for letter, but for fields at its top that the schema does not have.
    pub fn document(&self) -> Result<Cow<'a, [u8]>, SetFault> {
        let missing = SetFault::Inconsistent { part: "table of documents" };
        let (bytes, _) = self.shelf.set.document(self.document)?.ok_or(missing.clone())?;
        if self.shelf.is_plain(self.document) {
            return Ok(Cow::Borrowed(bytes));
        }
        let kept = osv::schema_only(bytes).ok_or(missing)?;
        if kept.len() == bytes.len() {
            self.shelf.mark_plain(self.document);
        }
        Ok(kept)
    }
}

/// The records that a question finds, in the order of their ids, from behind `after` on. Of two
/// records of one id our own counts.
pub fn query<'a>(
    holding: &'a Holding,
    question: &Question,
    after: Option<&str>,
) -> Result<Vec<Found<'a>>, SetFault> {
    let mut found: Vec<Found<'a>> = Vec::new();
    for shelf in holding.shelves() {
        for number in numbers(shelf, question)? {
            found.extend(Found::new(shelf, number)?);
        }
    }
    // Each set gives its records in this order already, and the sort is stable: our own come first.
    if holding.own.is_some() {
        found.sort_by(|a, b| a.id.cmp(b.id));
    }
    found.dedup_by(|later, first| later.id == first.id);
    if let Some(after) = after {
        let from = found.partition_point(|one| one.id <= after);
        found.drain(..from);
    }
    Ok(found)
}

fn numbers(shelf: &Shelf, question: &Question) -> Result<Vec<u32>, SetFault> {
    let set = &shelf.set;
    match question {
        // The sets keep no lists of commits.
        Question::Commit | Question::UnknownType => Ok(Vec::new()),
        Question::Package { package, version } => set.queried(package, version.as_ref(), By::Order),
        Question::Purl { package, version } => {
            let mut numbers = set.queried(package, version.as_ref(), By::Order)?;
            if let Some(also) = also(package) {
                numbers.extend(set.queried(&also, version.as_ref(), By::Order)?);
                numbers.sort_unstable();
                numbers.dedup();
            }
            let is_go = matches!(package.ecosystem, Ecosystem::Listed(Listed::Go, _));
            match numbers.is_empty() && is_go {
                true => set.queried_folded(package, version.as_ref()),
                false => Ok(numbers),
            }
        }
        Question::AnyEcosystem { name, version } => {
            let mut numbers = Vec::new();
            for ecosystem in question::ecosystems() {
                let package = purl::normalise(ecosystem, name);
                numbers.extend(set.queried(&package, Some(version), By::Letters)?);
            }
            numbers.sort_unstable();
            numbers.dedup();
            Ok(numbers)
        }
    }
}

/// The interface takes `pkg:generic` for OSS-Fuzz; our own records of software without a registry
/// are found by it too.
fn also(package: &Package) -> Option<Package> {
    let is_fuzz = matches!(package.ecosystem, Ecosystem::Listed(Listed::OssFuzz, _));
    is_fuzz.then(|| Package { ecosystem: Ecosystem::Generic, name: package.name.clone() })
}

/// What an id leads to.
#[derive(Debug)]
pub enum Named<'a> {
    /// A record.
    Record(Found<'a>),
    /// No record, but other names of the flaw that are, in the order of their letters.
    Aliased(Vec<String>),
    /// Nothing.
    Nothing,
}

/// The record with an id, withdrawn or not.
pub fn named<'a>(holding: &'a Holding, id: &str) -> Result<Named<'a>, SetFault> {
    for shelf in holding.shelves() {
        if let Some(found) = record(shelf, id)? {
            return Ok(Named::Record(found));
        }
    }
    let mut aliases = Vec::new();
    for shelf in holding.shelves() {
        let Some((_, flaw)) = shelf.set.flaw_named(id)? else { continue };
        for name in flaw.names {
            if record(shelf, &name)?.is_some() {
                aliases.push(name);
            }
        }
    }
    aliases.sort();
    aliases.dedup();
    Ok(if aliases.is_empty() { Named::Nothing } else { Named::Aliased(aliases) })
}

fn record<'a>(shelf: &'a Shelf, id: &str) -> Result<Option<Found<'a>>, SetFault> {
    for number in shelf.set.records_named(id)? {
        if let Some(found) = Found::new(shelf, number)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
