//! Inventories: what an operator runs, read from the lists that operators already have.
//!
//! CycloneDX 1.0 to 1.7 as JSON and XML, SPDX 2.2, 2.3 and 3.0, the lock files of the usual build
//! tools, the package lists of Debian, rpm and Alpine systems, lists of Windows programs, and
//! tables of products (capabilities C43 and C45). It lists and never judges: what cannot be told
//! for certain stays unknown, and nothing is dropped silently.
//!
//! **The content decides** which format a document is in; its name only where two look alike.
//!
//! **A system's release** is, in this order: what the caller states ([`read_for`], Debian only), a
//! comment line `# debian 12` or the fields of `os-release` at the top of the list, and for Debian
//! the one number in the list's `+debNuM` versions. Without any of them it stays unknown.

mod alpine;
mod cocoapods;
mod columns;
mod conan;
pub mod cyclonedx;
mod dart;
mod debian;
mod dotnet;
mod elixir;
mod go;
mod java;
mod keys;
mod lines;
mod node;
mod php;
mod products;
pub(crate) mod purl;
mod python;
mod r;
mod recognise;
mod release;
mod rpm;
mod ruby;
mod rust;
mod seen;
mod spdx;
mod stream;
mod swift;
mod tables;
mod windows;
mod xml;
pub(crate) mod yaml;

use self::recognise::Hints;
use crate::fault::FormatFault;
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
    /// A list of installed rpm packages: `rpm -qa`.
    RpmPackages,
    /// A list of installed Alpine packages: `apk list`, `apk info`, or the database.
    AlpinePackages,
    /// A list of the programs on a machine, of Windows above all.
    Programs,
    /// `Cargo.lock`.
    Rust,
    /// A lock file of npm, pnpm or Yarn, or what `npm ls` prints.
    Npm,
    /// A lock file of Python's tools, requirements, or what `pip` prints.
    Python,
    /// Go modules: `go.mod`, `go.sum`, or what `go` prints.
    Go,
    /// Maven's or Gradle's dependencies.
    Java,
    /// `Gemfile.lock`.
    Ruby,
    /// `composer.lock`.
    Php,
    /// NuGet's lock file, `packages.config`, or `*.deps.json`.
    DotNet,
    /// `mix.lock`.
    Elixir,
    /// `pubspec.lock`.
    Dart,
    /// `Podfile.lock`.
    CocoaPods,
    /// `Package.resolved`.
    Swift,
    /// `conan.lock`.
    Conan,
    /// `renv.lock`.
    R,
}

impl Kind {
    /// The format's name as a person reads it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::CycloneDx => "CycloneDX",
            Kind::Spdx => "SPDX",
            Kind::Csv => "table of products",
            Kind::DebianPackages => "Debian package list",
            Kind::RpmPackages => "list of rpm packages",
            Kind::AlpinePackages => "list of Alpine packages",
            Kind::Programs => "list of programs",
            Kind::Rust => "Cargo lock file",
            Kind::Npm => "list of npm packages",
            Kind::Python => "list of Python packages",
            Kind::Go => "list of Go modules",
            Kind::Java => "list of Java dependencies",
            Kind::Ruby => "Gemfile lock file",
            Kind::Php => "Composer lock file",
            Kind::DotNet => "list of NuGet packages",
            Kind::Elixir => "Mix lock file",
            Kind::Dart => "pub lock file",
            Kind::CocoaPods => "CocoaPods lock file",
            Kind::Swift => "Swift lock file",
            Kind::Conan => "Conan lock file",
            Kind::R => "renv lock file",
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
        let message = format!("it is {what}: unpack or export it, and send the list itself");
        return Err(unreadable(message));
    }
    let wide = wide_text(bytes)?;
    let bytes = wide.as_deref().map_or(bytes, str::as_bytes);
    let hints = Hints { release: debian_release, name, media_type };
    match first_byte(bytes) {
        None => Err(unreadable("it is empty")),
        Some(b'{') => recognise::read_json(&hints, bytes),
        // A bracket also begins tables of TOML, and lines that Maven prints.
        Some(b'[') if is_json_list(bytes) => recognise::read_json(&hints, bytes),
        Some(b'<') => recognise::read_xml(bytes),
        Some(_) => read_text(&hints, bytes),
    }
}

fn is_json_list(bytes: &[u8]) -> bool {
    let rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let next = rest.strip_prefix(b"[").and_then(first_byte);
    matches!(next, None | Some(b'{' | b']'))
}

/// The text of UTF-16 with its mark, which Windows' tools write; none of other bytes.
fn wide_text(bytes: &[u8]) -> Result<Option<String>, FormatFault> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Ok(None),
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().skip(1).map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Some(text)),
        Ok(_) | Err(_) => Err(unreadable("it is broken UTF-16: save it as UTF-8")),
    }
}

fn unreadable(message: impl Into<String>) -> FormatFault {
    FormatFault::new("inventory", "the document", message)
}

fn packed(bytes: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &'static str); 9] = [
        (b"PK\x03\x04", "a zip archive or an office document"),
        (b"\x1f\x8b", "packed with gzip"),
        (b"\x28\xb5\x2f\xfd", "packed with zstd"),
        (b"BZh", "packed with bzip2"),
        (b"\xfd7zXZ\x00", "packed with xz"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\xd0\xcf\x11\xe0", "an old office document"),
        (b"%PDF-", "a PDF document"),
        (b"SQLite format 3", "a database"),
    ];
    let start = starts.iter().find(|(start, _)| bytes.starts_with(start));
    start.map(|(_, what)| *what)
}

fn first_byte(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

fn read_text(hints: &Hints<'_>, bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = format!("byte {}", error.valid_up_to());
        FormatFault::new("inventory", place, "it is not UTF-8: save it as UTF-8")
    })?;
    if text.contains('\0') {
        return Err(unreadable("it is not text"));
    }
    recognise::read_text(hints, text)
}

#[cfg(test)]
mod tests;
