//! Whatever an outside source sends, told apart by what it says of itself, and read into records
//! (capabilities C37, C44).
//!
//! It only tells formats apart and hands the document to the reader of that format. What is none
//! of them (a licence text, an index) is passed over and said to be; what is one of them and cannot
//! be read is a fault.

use crate::fault::FormatFault;
use crate::vex::{self, VexStatus};
use seawall_domain::package::{Package, Version};
use seawall_domain::record::{Record, VexRecord};
use seawall_domain::statement::{Status, Whole};
use seawall_domain::time::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// What one document of a source holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feed {
    /// What it says of flaws.
    pub records: Vec<Record>,
    /// What issuers state in it.
    pub statements: Vec<VexRecord>,
    /// The date it gives itself: a catalogue's, or the latest change in it.
    pub as_of: Option<Timestamp>,
    /// What a person should know about the reading, in plain words.
    pub warnings: Vec<String>,
}

/// A format that sources send.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// A record in the OSV schema.
    Osv,
    /// A CSAF document, of any category.
    Csaf,
    /// A record of the CVE list.
    Cve,
    /// The catalogue of known exploited vulnerabilities, as JSON.
    Kev,
    /// The same as CSV.
    KevTable,
    /// Exploit prediction scores.
    Epss,
    /// An OpenVEX document.
    OpenVex,
    /// A CycloneDX document, of which the vulnerabilities are read.
    CycloneDx,
}

/// The keys by which JSON documents tell what they are.
#[derive(Deserialize)]
struct Marks<'a> {
    #[serde(borrow, default, rename = "@context")]
    context: Option<Mark<'a>>,
    #[serde(default, rename = "bomFormat")]
    bom_format: Option<IgnoredAny>,
    #[serde(default, rename = "catalogVersion")]
    catalogue: Option<IgnoredAny>,
    #[serde(borrow, default, rename = "dataType")]
    data_type: Option<Mark<'a>>,
    #[serde(default)]
    document: Option<IgnoredAny>,
    #[serde(default)]
    id: Option<IgnoredAny>,
    #[serde(default)]
    modified: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Mark<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Other(IgnoredAny),
}

impl Mark<'_> {
    fn starts_with(&self, start: &str) -> bool {
        match self {
            Mark::Text(text) => text.starts_with(start),
            Mark::Other(IgnoredAny) => false,
        }
    }
}

/// The format of a document; `None` when it is none that sources send.
pub fn shape(bytes: &[u8]) -> Option<Shape> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let bytes = bytes.get(first..).unwrap_or_default();
    if bytes.starts_with(b"#model_version") || bytes.starts_with(b"cve,epss,percentile") {
        return Some(Shape::Epss);
    }
    if bytes.starts_with(b"cveID,") || bytes.starts_with(b"\"cveID\",") {
        return Some(Shape::KevTable);
    }
    if bytes.first() != Some(&b'{') {
        return None;
    }
    let Ok(marks) = serde_json::from_slice::<Marks<'_>>(bytes) else {
        return guess(bytes);
    };
    let data_type = |start| marks.data_type.as_ref().is_some_and(|mark| mark.starts_with(start));
    let context = |start| marks.context.as_ref().is_some_and(|mark| mark.starts_with(start));
    if data_type("CVE_RECORD") {
        Some(Shape::Cve)
    } else if context("https://openvex.dev/ns") {
        Some(Shape::OpenVex)
    } else if marks.bom_format.is_some() {
        Some(Shape::CycloneDx)
    } else if marks.catalogue.is_some() {
        Some(Shape::Kev)
    } else if marks.document.is_some() {
        Some(Shape::Csaf)
    } else if marks.id.is_some() && marks.modified.is_some() {
        Some(Shape::Osv)
    } else {
        None
    }
}

/// What a broken document would be: whoever sent it must hear of it.
fn guess(bytes: &[u8]) -> Option<Shape> {
    let has = |key: &str| bytes.windows(key.len()).any(|window| window == key.as_bytes());
    match () {
        () if has("\"CVE_RECORD\"") => Some(Shape::Cve),
        () if has("\"csaf_version\"") => Some(Shape::Csaf),
        () if has("\"catalogVersion\"") => Some(Shape::Kev),
        () if has("openvex.dev/ns") => Some(Shape::OpenVex),
        () if has("\"bomFormat\"") => Some(Shape::CycloneDx),
        () if has("\"modified\"") && has("\"id\"") => Some(Shape::Osv),
        () => None,
    }
}

/// Reads one document of a source; `None` when it is none that sources send.
pub fn read(bytes: &[u8]) -> Result<Option<Feed>, FormatFault> {
    let Some(shape) = shape(bytes) else { return Ok(None) };
    let feed = match shape {
        Shape::Osv => {
            let record = crate::osv::read(bytes)?;
            Feed { as_of: dated(&record), records: vec![record], ..Feed::default() }
        }
        Shape::Cve => {
            let record = crate::cve::read(bytes)?;
            Feed { as_of: dated(&record), records: vec![record], ..Feed::default() }
        }
        Shape::Kev | Shape::KevTable => {
            let catalogue = crate::kev::read(bytes)?;
            let newest = || catalogue.records.iter().filter_map(|record| record.modified).max();
            Feed {
                as_of: catalogue.released_at.or_else(newest),
                warnings: catalogue.faults.iter().map(ToString::to_string).collect(),
                records: catalogue.records,
                statements: Vec::new(),
            }
        }
        Shape::Epss => {
            let scores = crate::epss::read(bytes)?;
            let as_of = scores.score_date;
            let mut feed = Feed { as_of, ..Feed::default() };
            for score in scores.records() {
                match score {
                    Ok(score) => feed.records.push(score),
                    Err(fault) => feed.warnings.push(fault.to_string()),
                }
            }
            feed
        }
        Shape::Csaf => {
            let read = crate::csaf::read(bytes)?;
            Feed {
                as_of: read.records.iter().filter_map(|record| record.modified).max(),
                records: read.records,
                statements: read.statements.into_iter().flat_map(statements).collect(),
                warnings: read.warnings,
            }
        }
        Shape::OpenVex => stated(crate::vex::read(bytes)?),
        Shape::CycloneDx => stated(crate::vex::read_cyclonedx(bytes)?),
    };
    Ok(Some(feed))
}

fn stated(read: Vec<vex::Statement>) -> Feed {
    Feed {
        as_of: read.iter().map(|statement| statement.timestamp).max(),
        statements: read.into_iter().flat_map(statements).collect(),
        ..Feed::default()
    }
}

/// What a statement says of each package that it names. A statement that is limited to parts which
/// cannot be named, or about a product that no purl names, meets no component and is left out.
fn statements(statement: vex::Statement) -> Vec<VexRecord> {
    let vex::Statement { vulnerability, aliases, products, status, author, timestamp, .. } =
        statement;
    let names: Vec<String> = std::iter::once(vulnerability).chain(aliases).collect();
    let (status, justification) = match status {
        VexStatus::NotAffected { justification, impact } => {
            (Status::NotAffected, justification.or(impact))
        }
        VexStatus::Affected { action } => (Status::Affected, Some(action)),
        VexStatus::Fixed => (Status::Fixed, None),
        VexStatus::UnderInvestigation => (Status::UnderInvestigation, None),
    };
    let record = |package: Package, version: Option<Version>, within: Option<Whole>| VexRecord {
        issuer: author.clone(),
        names: names.clone(),
        package,
        version,
        within,
        status,
        justification: justification.clone(),
        at: timestamp,
    };
    let mut records = Vec::new();
    for product in products {
        let whole = product.subcomponents.is_empty() && product.subcomponents_unread.is_empty();
        let named = (product.package, product.version);
        match named {
            (Some(package), version) if whole => records.push(record(package, version, None)),
            (package, version) => {
                let within = Whole { package, version };
                for (part, version) in product.subcomponents {
                    records.push(record(part, version, Some(within.clone())));
                }
            }
        }
    }
    records
}

/// The latest thing a record says of its own age. Some databases fill the time of the last change
/// with the first instant of their calendar, which says nothing.
fn dated(record: &Record) -> Option<Timestamp> {
    let known = |at: &Timestamp| at.as_second() > 0;
    record.modified.filter(known).or(record.published.filter(known))
}
