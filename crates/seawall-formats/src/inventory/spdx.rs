//! SPDX 2.2 and 2.3 (ISO/IEC 5962) and SPDX 3.0: the packages, with the purls among their names.
//!
//! It reads what names a package, from JSON here, from the older `Tag: value` lines in [`tags`]
//! and from version 3's graph in [`graph`], and leaves files, snippets and relationships to the
//! original bytes.

pub(super) mod graph;
pub(super) mod tags;

use super::lines::{Known, Lines};
use super::stream::{self, Object, Slot};
use super::{Inventory, Kind};
use crate::fault::{FormatFault, quote};
use seawall_domain::package::Version;
use serde::de::MapAccess;
use std::borrow::Cow;
use std::fmt::Display;

const FORMAT: &str = "SPDX";

/// The words with which SPDX says that something is not known.
const UNKNOWN: [&str; 2] = ["NOASSERTION", "NONE"];

/// One package of a document, as far as its fields have been read.
#[derive(Default)]
struct Package<'a> {
    name: Cow<'a, str>,
    version: Option<Cow<'a, str>>,
    supplier: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
    purls: Vec<Cow<'a, str>>,
    cpe: Option<Cow<'a, str>>,
}

impl Package<'_> {
    /// Adds the package under each of its purls, or by its name when it has none.
    fn list(&self, place: &dyn Display, lines: &mut Lines) -> Result<(), FormatFault> {
        let known = || Known {
            vendor: self.supplier.as_deref().and_then(stated).and_then(vendor),
            name: &self.name,
            version: self.version.as_deref().and_then(stated),
            cpe: self.cpe.as_deref(),
            source: self.source.as_deref().and_then(source),
        };
        if self.purls.is_empty() {
            return lines.push_named(place, known());
        }
        self.purls.iter().try_for_each(|purl| lines.push_purl(place, purl, known()))
    }
}

/// Whether a version of the format is read.
fn is_read(version: &str) -> Result<(), String> {
    match version.starts_with("SPDX-2.") {
        true => Ok(()),
        false => Err(format!("version {} is not read, SPDX-2.2 and 2.3 are", quote(version))),
    }
}

/// Reads a document of version 2.
pub(super) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let document: Document<'_> = stream::read(FORMAT, bytes)?;
    let version = document.version.as_deref().unwrap_or_default();
    is_read(version).map_err(|why| FormatFault::new(FORMAT, "/spdxVersion", why))?;
    let mut lines = Lines::new(FORMAT);
    lines.reserve(document.packages.len());
    for (index, package) in document.packages.iter().enumerate() {
        package.list(&format_args!("/packages/{index}"), &mut lines)?;
    }
    Ok(lines.done(Kind::Spdx, document.namespace.map(Cow::into_owned)))
}

#[derive(Default)]
struct Document<'a> {
    version: Option<Cow<'a, str>>,
    namespace: Option<Cow<'a, str>>,
    packages: Vec<Package<'a>>,
}

impl<'de> Object<'de> for Document<'de> {
    const KEYS: &'static [&'static str] = &["spdxVersion", "documentNamespace", "packages"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        match key {
            0 => self.version = slot.text()?,
            1 => self.namespace = slot.text()?,
            _ => self.packages = slot.list()?,
        }
        Ok(())
    }

    fn missing(&self) -> Option<&'static str> {
        self.version.is_none().then_some("spdxVersion")
    }
}

impl<'de> Object<'de> for Package<'de> {
    const KEYS: &'static [&'static str] =
        &["name", "versionInfo", "supplier", "sourceInfo", "externalRefs"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        match key {
            0 => self.name = slot.text()?.unwrap_or_default(),
            1 => self.version = slot.text()?,
            2 => self.supplier = slot.text()?,
            3 => self.source = slot.text()?,
            _ => slot.each(|reference: Reference<'de>| {
                let kind = reference.kind.as_deref().unwrap_or_default();
                self.refer(kind, reference.locator);
            })?,
        }
        Ok(())
    }

    fn missing(&self) -> Option<&'static str> {
        self.name.is_empty().then_some("name")
    }
}

impl<'a> Package<'a> {
    /// Takes a reference into account, by the last word of its type: some generators write the
    /// type as the full address of the word.
    fn refer(&mut self, kind: &str, locator: Option<Cow<'a, str>>) {
        match kind.rsplit('/').next().unwrap_or(kind) {
            "purl" => self.purls.extend(locator),
            "cpe23Type" | "cpe22Type" if self.cpe.is_none() => self.cpe = locator,
            _ => {}
        }
    }
}

#[derive(Default)]
struct Reference<'a> {
    kind: Option<Cow<'a, str>>,
    locator: Option<Cow<'a, str>>,
}

impl<'de> Object<'de> for Reference<'de> {
    const KEYS: &'static [&'static str] = &["referenceType", "referenceLocator"];

    fn field<A: MapAccess<'de>>(
        &mut self,
        key: usize,
        slot: Slot<'_, 'de, A>,
    ) -> Result<(), A::Error> {
        match key {
            0 => self.kind = slot.text()?,
            _ => self.locator = slot.text()?,
        }
        Ok(())
    }
}

fn stated(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty() && !UNKNOWN.contains(text))
}

/// The supplier's name without the word that says what it is and without its mail address.
fn vendor(supplier: &str) -> Option<&str> {
    let text = supplier.strip_prefix("Organization:")?;
    let name = text.split('(').next().unwrap_or(text).trim();
    Some(name).filter(|name| !name.is_empty())
}

/// The Debian source package, where a generator says it in words.
fn source(told: &str) -> Option<(String, Option<Version>)> {
    let mut words = told.strip_prefix("built package from:")?.split_whitespace();
    let name = words.next()?.to_owned();
    Some((name, words.next().map(Version::from)))
}
