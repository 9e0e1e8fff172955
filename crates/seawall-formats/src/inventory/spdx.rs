//! SPDX 2.2 and 2.3 as JSON (ISO/IEC 5962): the packages, with the purls among their references.
//!
//! It reads what names a package and leaves files, snippets and relationships to the original
//! bytes.

use super::{Inventory, Kind, Known, Lines};
use crate::fault::{FormatFault, quote};
use crate::json::Spot;
use seawall_domain::package::Version;
use serde_json::Value;

const FORMAT: &str = "SPDX";

/// The words with which SPDX says that something is not known.
const UNKNOWN: [&str; 2] = ["NOASSERTION", "NONE"];

/// Reads a document.
pub(super) fn read(value: &Value) -> Result<Inventory, FormatFault> {
    let top = Spot::top(FORMAT, value)?;
    let version = top.required_text("spdxVersion")?;
    if !version.starts_with("SPDX-2.") {
        let told = format!(
            "version {} is not read, SPDX-2.2 and 2.3 are",
            quote(version)
        );
        return Err(top.fault_at("spdxVersion", told));
    }
    let mut lines = Lines::new(FORMAT);
    for package in top.objects("packages")? {
        let known = Known {
            vendor: vendor(&package)?,
            name: package.required_text("name")?.to_owned(),
            version: stated(package.text("versionInfo")?).map(Version::from),
            source: source(&package)?,
        };
        let purls = purls(&package)?;
        if purls.is_empty() {
            lines.push_named(package.place(), known)?;
            continue;
        }
        for purl in purls {
            let known = Known {
                vendor: known.vendor.clone(),
                name: known.name.clone(),
                version: known.version.clone(),
                source: known.source.clone(),
            };
            lines.push_purl(package.place(), purl, known)?;
        }
    }
    let serial = top.text("documentNamespace")?.map(str::to_owned);
    Ok(lines.done(Kind::Spdx, serial))
}

fn stated(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !UNKNOWN.contains(text))
}

fn purls<'a>(package: &Spot<'a>) -> Result<Vec<&'a str>, FormatFault> {
    let mut purls = Vec::new();
    for reference in package.objects("externalRefs")? {
        let kind = reference.text("referenceType")?.unwrap_or_default();
        let locator = reference.text("referenceLocator")?;
        // Some generators write the type as the full address of the word.
        if kind == "purl" || kind.ends_with("/purl") {
            purls.extend(locator);
        }
    }
    Ok(purls)
}

/// The supplier's name without the word that says what it is and without its mail address.
fn vendor(package: &Spot<'_>) -> Result<Option<String>, FormatFault> {
    let supplier = stated(package.text("supplier")?);
    let name = supplier.and_then(|text| text.strip_prefix("Organization:"));
    let name = name.map(|text| text.split('(').next().unwrap_or(text).trim().to_owned());
    Ok(name.filter(|name| !name.is_empty()))
}

/// The Debian source package, where a generator says it in words.
fn source(package: &Spot<'_>) -> Result<Option<(String, Option<Version>)>, FormatFault> {
    let told = package.text("sourceInfo")?;
    let told = told.and_then(|text| text.strip_prefix("built package from:"));
    let mut words = told.unwrap_or_default().split_whitespace();
    Ok(words
        .next()
        .map(|name| (name.to_owned(), words.next().map(Version::from))))
}
