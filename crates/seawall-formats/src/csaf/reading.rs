//! CSAF documents of any publisher, read tolerantly: 2.0 (ISO/IEC 20153) and 2.1, every category.
//!
//! Each entry of `vulnerabilities` becomes one record, and each of its product statuses a statement
//! in the shape that all VEX formats share. Every product identifier is looked up in the product
//! tree; one that is not there is counted in the warnings. A document that breaks the standard's
//! tests is read all the same: what they find is told by [`faults`](super::faults).
//!
//! A product with a purl is a package; a component of another product is one only where the
//! packages are a distribution's own (`deb`, `rpm`, `apk`), because a library inside a product says
//! nothing about the library elsewhere. Everything else is a product by vendor and name.

mod flaw;
mod products;
mod raw;
mod statements;

use self::products::Tree;
use self::raw::{Document, Raw};
use crate::bounded::cut;
use crate::fault::{FormatFault, quote};
use crate::json::typed;
use crate::vex::Statement;
use crate::when;
use seawall_domain::record::{Record, SourceKind};
use seawall_domain::time::Timestamp;

const FORMAT: &str = "CSAF";

/// The largest document that is read, in bytes; vendors' largest have about 40 MB.
pub const CSAF_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How many flaws one document may list.
pub const FLAWS_MAX: usize = 20_000;

/// How many products all statuses, remedies, scores and flags of a document may name together.
pub const MENTIONS_MAX: usize = 600_000;

/// The longest name or version of a product that is kept, in characters.
const NAME_LEN_MAX: usize = 300;

/// The longest text that is kept for each product, in characters.
const WORDS_LEN_MAX: usize = 500;

/// The longest name of a document or of a flaw, in bytes.
const ID_BYTES_MAX: usize = 200;

/// What one document says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The document's own name, `ICSA-24-030-02`.
    pub id: String,
    /// Its category, `csaf_vex`.
    pub category: String,
    /// Who publishes it: namespace and name, with a slash between them.
    pub publisher: String,
    /// When it last changed.
    pub modified: Option<Timestamp>,
    /// To whom it may be passed on (TLP), in capital letters.
    pub tlp: Option<String>,
    /// One record for each flaw.
    pub records: Vec<Record>,
    /// What is stated of each product.
    pub statements: Vec<Statement>,
    /// What could not be read: each with its place, and how often.
    pub warnings: Vec<String>,
}

/// Reads a document.
pub fn read(bytes: &[u8]) -> Result<Reading, FormatFault> {
    let raw: Raw<'_> = typed::read(FORMAT, bytes, CSAF_BYTES_MAX)?;
    let document =
        raw.document.ok_or_else(|| FormatFault::new(FORMAT, "/document", "it is missing"))?;
    if raw.vulnerabilities.0.len() > FLAWS_MAX {
        let message = format!("there are more than {FLAWS_MAX} entries");
        return Err(FormatFault::new(FORMAT, "/vulnerabilities", message));
    }
    let tree = Tree::of(&raw.product_tree.0.unwrap_or_default())?;
    let tracking = document.tracking.0.as_ref();
    let id = tracking.and_then(|tracking| tracking.id.get()).unwrap_or_default();
    if id.is_empty() || id.len() > ID_BYTES_MAX {
        let message = if id.is_empty() { "it is missing or empty" } else { "it is too long" };
        return Err(FormatFault::new(FORMAT, "/document/tracking/id", message));
    }
    let mut reading = Reading {
        id: id.to_owned(),
        category: document.category.get().unwrap_or_default().to_owned(),
        publisher: publisher(&document),
        modified: tracking
            .map(|one| time(one.current.get(), "current_release_date"))
            .transpose()?
            .flatten(),
        tlp: tlp(&document),
        records: Vec::with_capacity(raw.vulnerabilities.0.len()),
        statements: Vec::new(),
        warnings: tree.warnings.clone(),
    };
    let published = tracking.map(|one| time(one.initial.get(), "initial_release_date"));
    let published = published.transpose()?.flatten();
    let mut left = MENTIONS_MAX;
    for (index, one) in raw.vulnerabilities.0.iter().enumerate() {
        let flaw = flaw::Flaw::of(one, &tree, &mut left).ok_or_else(|| {
            let message = format!("the document names more than {MENTIONS_MAX} products");
            FormatFault::new(FORMAT, format!("/vulnerabilities/{index}"), message)
        })?;
        let mut record = blank(&reading, &document, index, one.cve.get());
        record.published = published;
        flaw.fill(&mut record, &document);
        statements::add(&mut reading, &record, &flaw);
        if flaw.unresolved > 0 {
            let count = flaw.unresolved;
            let place = format!("/vulnerabilities/{index}/product_status");
            reading.warnings.push(format!("{place}: {count} products are not in the product tree"));
        }
        reading.records.push(record);
    }
    Ok(reading)
}

/// A record that has what the whole document says.
fn blank(reading: &Reading, document: &Document<'_>, index: usize, cve: Option<&str>) -> Record {
    let id = match cve.filter(|cve| cve.len() <= ID_BYTES_MAX) {
        Some(cve) => cve.to_owned(),
        None => format!("{}#{}", reading.id, index + 1),
    };
    let mut record = Record::named(SourceKind::Csaf, id);
    record.document = Some(reading.id.clone());
    record.publisher = Some(reading.publisher.clone()).filter(|name| !name.is_empty());
    record.modified = reading.modified;
    record.summary = cut(document.title.get().unwrap_or_default(), WORDS_LEN_MAX);
    // CSAF 2.1 keeps such documents in place, with a category of their own.
    if matches!(reading.category.as_str(), "csaf_withdrawn" | "csaf_superseded") {
        record.withdrawn = Some(reading.modified.unwrap_or(Timestamp::UNIX_EPOCH));
    }
    record
}

fn publisher(document: &Document<'_>) -> String {
    let Some(publisher) = &document.publisher.0 else {
        return String::new();
    };
    let parts = [publisher.namespace.get(), publisher.name.get()];
    let parts: Vec<&str> = parts.into_iter().flatten().map(|part| part.trim_matches('/')).collect();
    cut(&parts.join("/"), NAME_LEN_MAX)
}

fn tlp(document: &Document<'_>) -> Option<String> {
    let tlp = document.distribution.0.as_ref()?.tlp.0.as_ref()?;
    tlp.label.get().map(str::to_ascii_uppercase)
}

fn time(text: Option<&str>, key: &str) -> Result<Option<Timestamp>, FormatFault> {
    let Some(text) = text else {
        return Ok(None);
    };
    when::read(text).map(Some).ok_or_else(|| {
        let place = format!("/document/tracking/{key}");
        FormatFault::new(FORMAT, place, format!("{} is no time", quote(text)))
    })
}

#[cfg(test)]
mod tests;
