//! SPDX 2.2 and 2.3 (ISO/IEC 5962): the packages, with the purls among their references.
//!
//! It reads what names a package, from JSON here and from the older `Tag: value` lines in
//! [`tags`], and leaves files, snippets and relationships to the original bytes.

pub(super) mod tags;

use super::{Inventory, Kind, Known, Lines};
use crate::fault::{FormatFault, quote};
use crate::json::Spot;
use seawall_domain::package::Version;
use serde_json::Value;

const FORMAT: &str = "SPDX";

/// The words with which SPDX says that something is not known.
const UNKNOWN: [&str; 2] = ["NOASSERTION", "NONE"];

/// One package of a document, as far as its lines have been read.
#[derive(Default)]
struct Package {
    place: String,
    name: String,
    version: Option<String>,
    supplier: Option<String>,
    source: Option<String>,
    purls: Vec<String>,
}

impl Package {
    /// Adds the package under each of its purls, or by its name when it has none.
    fn list(self, lines: &mut Lines) -> Result<(), FormatFault> {
        let known = || Known {
            vendor: self.supplier.as_deref().and_then(stated).and_then(vendor),
            name: self.name.clone(),
            version: self.version.as_deref().and_then(stated).map(Version::from),
            source: self.source.as_deref().and_then(source),
        };
        if self.purls.is_empty() {
            return lines.push_named(&self.place, known());
        }
        let mut purls = self.purls.iter();
        purls.try_for_each(|purl| lines.push_purl(&self.place, purl, known()))
    }
}

/// Whether a version of the format is read.
fn is_read(version: &str) -> Result<(), String> {
    match version.starts_with("SPDX-2.") {
        true => Ok(()),
        false => Err(format!("version {} is not read, SPDX-2.2 and 2.3 are", quote(version))),
    }
}

/// Reads a document.
pub(super) fn read(value: &Value) -> Result<Inventory, FormatFault> {
    let top = Spot::top(FORMAT, value)?;
    let version = top.required_text("spdxVersion")?;
    is_read(version).map_err(|why| top.fault_at("spdxVersion", why))?;
    let mut lines = Lines::new(FORMAT);
    for package in top.objects("packages")? {
        let text = |key: &str| package.text(key).map(|text| text.map(str::to_owned));
        let one = Package {
            place: package.place().to_owned(),
            name: package.required_text("name")?.to_owned(),
            version: text("versionInfo")?,
            supplier: text("supplier")?,
            source: text("sourceInfo")?,
            purls: purls(&package)?,
        };
        one.list(&mut lines)?;
    }
    let serial = top.text("documentNamespace")?.map(str::to_owned);
    Ok(lines.done(Kind::Spdx, serial))
}

fn stated(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty() && !UNKNOWN.contains(text))
}

fn purls(package: &Spot<'_>) -> Result<Vec<String>, FormatFault> {
    let mut purls = Vec::new();
    for reference in package.objects("externalRefs")? {
        let kind = reference.text("referenceType")?.unwrap_or_default();
        let locator = reference.text("referenceLocator")?;
        if is_purl(kind) {
            purls.extend(locator.map(str::to_owned));
        }
    }
    Ok(purls)
}

/// Some generators write the type as the full address of the word.
fn is_purl(kind: &str) -> bool {
    kind == "purl" || kind.ends_with("/purl")
}

/// The supplier's name without the word that says what it is and without its mail address.
fn vendor(supplier: &str) -> Option<String> {
    let text = supplier.strip_prefix("Organization:")?;
    let name = text.split('(').next().unwrap_or(text).trim();
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// The Debian source package, where a generator says it in words.
fn source(told: &str) -> Option<(String, Option<Version>)> {
    let mut words = told.strip_prefix("built package from:")?.split_whitespace();
    let name = words.next()?.to_owned();
    Some((name, words.next().map(Version::from)))
}
