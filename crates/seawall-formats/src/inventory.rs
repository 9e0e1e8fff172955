//! Inventories: what an operator runs, read from the lists that operators already have.
//!
//! CycloneDX 1.2 to 1.7 as JSON, SPDX 2.2 and 2.3 as JSON or `Tag: value` lines, tables of
//! products as CSV, and Debian's package lists (capabilities C43 and C45). It lists and never
//! judges: what cannot be told for certain stays unknown, and nothing is dropped silently.
//!
//! **Debian's release** is, in this order: what the caller states ([`read_for`]), a comment line
//! `# debian 12` at the top of the list, the one number in the list's `+debNuM` versions. Without
//! any of them the ecosystem is `Debian` without a release.

mod cpe;
pub mod cyclonedx;
mod debian;
mod keys;
mod lines;
mod percent;
mod products;
pub(crate) mod purl;
mod spdx;
mod stream;
mod xml;

use self::keys::Keys;
use crate::fault::{FormatFault, quote};
use crate::json;
use seawall_domain::component::Component;
use serde::{Deserialize, Serialize};

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
        Some(b'<') => read_xml(bytes),
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
    for key in Keys::of(bytes) {
        match key {
            "bomFormat" => return cyclonedx::read_json(bytes),
            "spdxVersion" => return spdx::read(bytes),
            "@graph" => return spdx::graph::read(bytes),
            _ => {}
        }
    }
    // What is no JSON at all is said first.
    json::read("inventory", bytes, INVENTORY_BYTES_MAX)?;
    Err(unreadable("it has neither `bomFormat` (CycloneDX) nor `spdxVersion` (SPDX)"))
}

fn read_xml(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let document = xml::read("XML", bytes)?;
    match document.root.name {
        "bom" => cyclonedx::read_xml(&document),
        other => {
            let shown = quote(other);
            Err(unreadable(format!("its top is {shown}, which is no list that is read here")))
        }
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

#[cfg(test)]
mod tests;
