//! Package URLs (ECMA-427), read and written; every other format reads its purls here.
//!
//! A [`Purl`] is always in its type's canonical form: letters folded, names spelt by the registry's
//! rule, qualifiers sorted. What a type demands is a table in `purl/types.rs`. `purl/package.rs`
//! takes a purl to the package of the OSV schema's ecosystem that it names, and back.
//!
//! Real inventories leave things out that a type demands (Go's standard library has no namespace,
//! a Julia package often no UUID). [`Reading`] says how much of that a reader puts up with; what
//! reads reports and inventories takes [`Reading::Tolerant`].

mod encoding;
pub(crate) mod package;
mod parse;
mod plain;
mod release;
mod settle;
mod types;

use crate::fault::quote;
use seawall_domain::package::{Ecosystem, Package, Version};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The longest purl that is read, in bytes; the longest real one is about 500.
pub const PURL_BYTES_MAX: usize = 2048;

/// A package URL in canonical form.
// INVARIANT: made by `settle` only, so each part obeys ECMA-427 and the rules of its type.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Purl {
    kind: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: Qualifiers,
    subpath: Option<String>,
}

impl Purl {
    /// Reads a purl as strictly as told.
    pub fn parse(text: &str, reading: Reading) -> Result<Purl, PurlFault> {
        parse::purl(text, reading).map_err(|reason| PurlFault { text: quote(text), reason })
    }

    /// Makes a purl of its decoded parts, by the rules of its type.
    pub fn build(parts: &Parts<'_>) -> Result<Purl, PurlFault> {
        Purl::build_as(parts, Reading::Folding)
    }

    fn build_as(parts: &Parts<'_>, reading: Reading) -> Result<Purl, PurlFault> {
        settle::parts(parts, reading)
            .map_err(|reason| PurlFault { text: quote(parts.name), reason })
    }

    /// The type, lower-cased, such as `npm`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, decoded, its segments joined by `/`.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name, decoded.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, decoded, as its ecosystem writes it.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The qualifiers by key, their values decoded.
    pub fn qualifiers(&self) -> &Qualifiers {
        &self.qualifiers
    }

    /// The path inside the package, decoded.
    pub fn subpath(&self) -> Option<&str> {
        self.subpath.as_deref()
    }
}

impl FromStr for Purl {
    type Err = PurlFault;

    fn from_str(text: &str) -> Result<Purl, PurlFault> {
        Purl::parse(text, Reading::Folding)
    }
}

/// The canonical spelling.
impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encoding::write(self, f)
    }
}

/// The decoded parts of a purl, before any rule was applied.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// The type, in any case.
    pub kind: &'a str,
    /// The namespace, its segments joined by `/`.
    pub namespace: Option<&'a str>,
    /// The name.
    pub name: &'a str,
    /// The version.
    pub version: Option<&'a str>,
    /// The qualifiers, in any order, each key once.
    pub qualifiers: &'a [(&'a str, &'a str)],
    /// The path inside the package.
    pub subpath: Option<&'a str>,
}

/// How much a reader puts up with.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Reading {
    /// As the specification's parsing tests have it: like [`Reading::Folding`], but the keys of the
    /// qualifiers that the type defines must be lower-case already.
    Exact,
    /// Every rule of the type holds; keys may come in any case and are folded.
    Folding,
    /// For documents that others wrote: a namespace or qualifier that the type demands may be
    /// missing, and a percent sign that encodes nothing stands for itself.
    Tolerant,
}

/// The qualifiers of a purl, by their lower-case keys.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Qualifiers(pub BTreeMap<String, String>);

impl Qualifiers {
    /// The value of one qualifier.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

/// The text is not a purl.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read purl {text}: {reason}")]
pub struct PurlFault {
    /// What was found, cut and in backticks.
    pub text: String,
    /// Which rule it breaks.
    pub reason: String,
}

/// Reads a purl tolerantly: its package, its version if it has one, and its qualifiers.
pub fn read(text: &str) -> Result<(Package, Option<Version>, Qualifiers), PurlFault> {
    if let Some(read) = plain::read(text) {
        return Ok((read.package, read.version, Qualifiers::default()));
    }
    let purl = Purl::parse(text, Reading::Tolerant)?;
    Ok((purl.package(), purl.package_version(), purl.qualifiers))
}

/// The type of a purl, lower-cased, such as `npm`.
pub fn kind(text: &str) -> Result<String, PurlFault> {
    Purl::parse(text, Reading::Tolerant).map(|purl| purl.kind)
}

/// The purl of a package in its canonical spelling, with the release of its distribution as
/// qualifier `distro`. It is `pkg:generic/unnamed` for a name that no purl can say.
pub fn write(package: &Package, version: Option<&Version>) -> String {
    match Purl::of(package, version) {
        Some(purl) => purl.to_string(),
        None => "pkg:generic/unnamed".to_owned(),
    }
}

/// The package that a name means in an ecosystem, by the ecosystem's own rule for names and for the
/// releases of its distribution.
pub fn normalise(ecosystem: Ecosystem, name: &str) -> Package {
    let ecosystem = release::normal(ecosystem);
    Package { name: package::normal_name(&ecosystem, name.trim()), ecosystem }
}

#[cfg(test)]
mod tests;
