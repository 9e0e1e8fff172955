//! Inventories: what an operator runs, read from the lists that operators already have.
//!
//! CycloneDX 1.2 to 1.7 as JSON, SPDX 2.2 and 2.3 as JSON or `Tag: value` lines, tables of
//! products as CSV, and Debian's package lists (capabilities C43 and C45). It lists and never
//! judges: what cannot be told for certain stays unknown, and nothing is dropped silently.
//!
//! **Debian's release** is, in this order: what the caller states ([`read_for`]), a comment line
//! `# debian 12` at the top of the list, the one number in the list's `+debNuM` versions. Without
//! any of them the ecosystem is `Debian` without a release.

mod cyclonedx;
mod debian;
mod products;
pub(crate) mod purl;
mod spdx;

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::component::{Component, Product};
use seawall_domain::package::{Package, Version};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The largest inventory that is read, in bytes.
pub const INVENTORY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How many components one inventory may list.
pub const COMPONENTS_MAX: usize = 200_000;

/// How deep components may nest in components.
pub const COMPONENT_DEPTH_MAX: usize = 32;

/// How many characters a label, a name or a version may have.
pub const TEXT_LEN_MAX: usize = 2_000;

/// How many warnings are kept; further ones are counted.
pub const WARNINGS_MAX: usize = 20;

/// Which of the formats an inventory came in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A CycloneDX bill of materials, JSON.
    CycloneDx,
    /// An SPDX 2 document, JSON or `Tag: value` lines.
    Spdx,
    /// A table of products.
    Csv,
    /// A Debian package list: `dpkg -l`, `dpkg-query -W`, or the status file.
    DebianPackages,
}

impl Kind {
    /// The format's name as a person reads it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::CycloneDx => "CycloneDX",
            Kind::Spdx => "SPDX",
            Kind::Csv => "table of products",
            Kind::DebianPackages => "Debian package list",
        }
    }
}

/// An inventory as read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inventory {
    /// The format it came in.
    pub kind: Kind,
    /// Its lines in the order of the document, repeated ones kept once.
    pub components: Vec<Component>,
    /// The name the document gives itself, where it has one.
    pub serial: Option<String>,
    /// What a person should know about the reading, in plain words.
    pub warnings: Vec<String>,
}

/// Reads an inventory. `name` is the file's name; the content decides, the name breaks ties.
pub fn read(name: &str, media_type: Option<&str>, bytes: &[u8]) -> Result<Inventory, FormatFault> {
    read_for(None, name, media_type, bytes)
}

/// Reads an inventory of machines that run the given Debian release, such as `12`.
pub fn read_for(
    debian_release: Option<&str>,
    name: &str,
    media_type: Option<&str>,
    bytes: &[u8],
) -> Result<Inventory, FormatFault> {
    if bytes.len() > INVENTORY_BYTES_MAX {
        let message =
            format!("{} bytes are more than the {INVENTORY_BYTES_MAX} allowed", bytes.len());
        return Err(unreadable(message));
    }
    if let Some(what) = packed(bytes) {
        let message = format!("it is {what}: unpack it and send the list itself");
        return Err(unreadable(message));
    }
    match first_byte(bytes) {
        None => Err(unreadable("it is empty")),
        Some(b'{' | b'[') => read_json(bytes),
        Some(b'<') => Err(unreadable("it is XML, which is not read: export the same list as JSON")),
        Some(_) => read_text(debian_release, name, media_type, bytes),
    }
}

fn unreadable(message: impl Into<String>) -> FormatFault {
    FormatFault::new("inventory", "the document", message)
}

fn packed(bytes: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &'static str); 5] = [
        (b"PK\x03\x04", "a zip archive or an office document"),
        (b"\x1f\x8b", "packed with gzip"),
        (b"\x28\xb5\x2f\xfd", "packed with zstd"),
        (b"\xff\xfe", "UTF-16 text, not UTF-8"),
        (b"\xfe\xff", "UTF-16 text, not UTF-8"),
    ];
    let start = starts.iter().find(|(start, _)| bytes.starts_with(start));
    start.map(|(_, what)| *what)
}

fn first_byte(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

fn read_json(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read("inventory", bytes, INVENTORY_BYTES_MAX)?;
    let has = |key: &str| value.get(key).is_some();
    if has("bomFormat") {
        cyclonedx::read(&value)
    } else if has("spdxVersion") {
        spdx::read(&value)
    } else if has("@context") {
        Err(unreadable(
            "it is a JSON-LD document (SPDX 3?), which is not read: export SPDX 2.3 as JSON",
        ))
    } else {
        Err(unreadable("it has neither `bomFormat` (CycloneDX) nor `spdxVersion` (SPDX)"))
    }
}

fn read_text(
    release: Option<&str>,
    name: &str,
    media_type: Option<&str>,
    bytes: &[u8],
) -> Result<Inventory, FormatFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = format!("byte {}", error.valid_up_to());
        FormatFault::new("inventory", place, "it is not UTF-8: save it as UTF-8")
    })?;
    if text.contains('\0') {
        return Err(unreadable("it is not text"));
    }
    let csv = media_type.is_some_and(|kind| kind.trim_start().starts_with("text/csv"))
        || [".csv", ".tsv"].iter().any(|end| name.to_lowercase().ends_with(end));
    if spdx::tags::is(text) {
        return spdx::tags::read(text);
    }
    match debian::Shape::of(text) {
        Some(shape) if !csv => debian::read(shape, release, text),
        Some(_) | None => products::read(text),
    }
}

/// The lines of an inventory while it is being read: bounded, repeated ones kept once.
struct Lines {
    format: &'static str,
    components: Vec<Component>,
    seen: HashSet<String>,
    warnings: Vec<String>,
    unsaid: usize,
}

impl Lines {
    fn new(format: &'static str) -> Self {
        Self {
            format,
            components: Vec::new(),
            seen: HashSet::new(),
            warnings: Vec::new(),
            unsaid: 0,
        }
    }

    /// Adds a line under its key, once.
    fn push(&mut self, place: &str, key: String, line: Component) -> Result<(), FormatFault> {
        if self.components.len() == COMPONENTS_MAX {
            let message = format!("it lists more than {COMPONENTS_MAX} components");
            return Err(FormatFault::new(self.format, place, message));
        }
        let texts = [Some(&line.label), line.version.as_ref().map(|v| &v.0)];
        for text in texts.into_iter().flatten() {
            if text.chars().nth(TEXT_LEN_MAX).is_some() {
                let message = format!("a name is longer than {TEXT_LEN_MAX} characters");
                return Err(FormatFault::new(self.format, place, message));
            }
        }
        if self.seen.insert(key) {
            self.components.push(line);
        }
        Ok(())
    }

    /// Adds a line that gives a purl; an unreadable one is listed as unknown, and said.
    fn push_purl(&mut self, place: &str, text: &str, known: Known) -> Result<(), FormatFault> {
        match purl::read(text) {
            Ok(read) => {
                let source = known.source.or(read.source);
                let version = read.version.or(known.version);
                let (package, version) = match source {
                    Some((name, stated)) => {
                        let ecosystem = read.package.ecosystem;
                        (Package { ecosystem, name }, stated.or(version))
                    }
                    None => (read.package, version),
                };
                let line = Component {
                    label: text.to_owned(),
                    package: Some(package),
                    version,
                    product: None,
                    purl: Some(text.to_owned()),
                };
                self.push(place, read.canonical, line)
            }
            Err(why) => {
                let shown = crate::fault::quote(text);
                self.warn(format!("{place}: purl {shown} cannot be read: {why}"));
                self.push_named(place, known)
            }
        }
    }

    /// Adds a line of which only names are known.
    fn push_named(&mut self, place: &str, known: Known) -> Result<(), FormatFault> {
        let known = known.on_one_line();
        let version = known.version.as_ref().map(|version| version.0.as_str());
        let parts = [known.vendor.as_deref(), Some(known.name.as_str()), version];
        let label = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let product = known.vendor.as_ref().map(|vendor| Product {
            vendor: vendor.to_lowercase(),
            name: known.name.to_lowercase(),
            version: version.unwrap_or_default().to_owned(),
        });
        let key = format!("{:?}\u{0}{}\u{0}{version:?}", known.vendor, known.name);
        let line = Component { label, package: None, version: known.version, product, purl: None };
        self.push(place, key, line)
    }

    fn warn(&mut self, warning: String) {
        if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(warning);
        } else {
            self.unsaid += 1;
        }
    }

    fn done(mut self, kind: Kind, serial: Option<String>) -> Inventory {
        if self.components.is_empty() {
            self.warnings.push("it lists no component".to_owned());
        }
        if self.unsaid > 0 {
            self.warnings.push(format!("and {} more warnings", self.unsaid));
        }
        Inventory { kind, components: self.components, serial, warnings: self.warnings }
    }
}

/// What a document says about a line beside its purl.
struct Known {
    vendor: Option<String>,
    name: String,
    version: Option<Version>,
    /// The source package, with its version where it differs (Debian).
    source: Option<(String, Option<Version>)>,
}

impl Known {
    /// The same with line ends and runs of blanks, which cells of tables may hold, as one blank.
    fn on_one_line(self) -> Known {
        let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Known {
            vendor: self.vendor.map(line),
            name: line(self.name),
            version: self.version.map(|version| Version(line(version.0))),
            source: self.source,
        }
    }
}

#[cfg(test)]
mod tests;
