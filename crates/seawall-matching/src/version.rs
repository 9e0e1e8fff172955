//! The order of versions, by the rules of each ecosystem.
//!
//! | ecosystem | rule ([`Scheme`]) | a text that the rule cannot read |
//! |---|---|---|
//! | PyPI | PEP 440 | is older than all others; among themselves the order before PEP 440 |
//! | npm, crates.io, Go, Hex, … | SemVer 2.0.0, leniently | the same, in natural order |
//! | Pub, NuGet | the same, with their own additions | the same |
//! | RubyGems, CRAN, Bioconductor, Hackage, GHC | their own | the same |
//! | Alpine, Wolfi and other apk | apk-package(5) | the same |
//! | Debian, Ubuntu, Echo; opam | Debian policy 5.6.12 | there is none: every text has a place |
//! | Red Hat, SUSE and other rpm | `rpmvercmp` | there is none |
//! | Maven, Packagist, ConanCenter, FreeBSD | their own | there is none |
//! | others | natural order of runs of digits and letters | there is none |
//!
//! Every order is total: a version is written as bytes ([`Key::bytes`]) that sort like it. It does
//! not say what a version means for an operator: see [`crate::ranges`].

mod alpm;
mod apk;
mod code;
mod composer;
mod conan;
mod datetime;
mod debian;
mod dotted;
mod gem;
mod gentoo;
mod maven;
mod natural;
mod openssl;
mod pep440;
mod rpm;
mod scheme;
mod semantic;
#[cfg(test)]
mod tests;

pub use self::scheme::Scheme;

pub(crate) use self::alpm::same_release;
pub(crate) use self::datetime::is_canonical as is_canonical_datetime;
pub(crate) use self::semantic::canonical_nuget;

use self::code::{Code, Writer};
pub(crate) use self::pep440::canonical as canonical_pypi;
use seawall_domain::package::{Ecosystem, Listed, Version};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The longest text that a message quotes, in characters.
const QUOTE_LEN_MAX: usize = 60;

/// A version read once, so that it can be compared often. Keys are comparable within one
/// [`Scheme`] only; equal keys may have different texts (`1.0` and `1.0.0` on PyPI).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Key(Code);

// INVARIANT: what the rule cannot read comes first.
const UNREAD: u8 = 1;
const READ: u8 = 2;

impl Key {
    /// Reads a version by the rule of its ecosystem; never fails.
    pub fn new(ecosystem: &Ecosystem, version: &Version) -> Self {
        Key::by(Scheme::of(ecosystem), &version.0)
    }

    /// Reads a version by a rule; never fails.
    pub fn by(scheme: Scheme, text: &str) -> Self {
        let text = if scheme == Scheme::Lexicographic { text } else { text.trim() };
        let mut out = Writer::new();
        out.push(READ);
        if !scheme.write(text, &mut out) {
            out.clear();
            out.push(UNREAD);
            if scheme == Scheme::Pep440 {
                pep440::write_legacy(text, &mut out);
            } else {
                natural::write(text, &mut out);
            }
        }
        Key(out.finish())
    }

    /// Tells whether the ecosystem's rule could read the version (`latest` is none of npm's).
    pub fn is_read(&self) -> bool {
        self.bytes().first() == Some(&READ)
    }

    /// Tells whether the version comes before the release it is named after.
    pub fn is_prerelease(&self) -> bool {
        self.0.is_prerelease()
    }

    /// Bytes that sort, byte by byte, as the versions of one scheme do; for sorted files. They hold
    /// for one release of this software: rules are corrected.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// Tells whether the ecosystem's own order is known here, rather than only the natural one.
pub fn is_known(ecosystem: &Ecosystem) -> bool {
    Scheme::of(ecosystem) != Scheme::Natural
        || matches!(ecosystem, Ecosystem::Generic | Ecosystem::Listed(Listed::Linux, _))
}

/// Compares two versions of one ecosystem. The order is total; versions that differ only in what
/// the rule ignores (build metadata, trailing zeros) are equal.
pub fn compare(ecosystem: &Ecosystem, left: &Version, right: &Version) -> Ordering {
    Key::new(ecosystem, left).cmp(&Key::new(ecosystem, right))
}

/// A text that is not a version of its ecosystem.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read `{}` as a version of {ecosystem}", quoted(text))]
pub struct Unread {
    /// The text.
    pub text: String,
    /// The ecosystem.
    pub ecosystem: Ecosystem,
}

/// Compares two versions of one ecosystem, when its rule can read both.
///
/// # Errors
///
/// [`Unread`] names the first text that is not a version. Rules that give every text a place
/// refuse only what has no letter and no digit.
pub fn compare_read(
    ecosystem: &Ecosystem,
    left: &Version,
    right: &Version,
) -> Result<Ordering, Unread> {
    let read = |version: &Version| {
        let key = Key::new(ecosystem, version);
        match key.is_read() && version.0.chars().any(char::is_alphanumeric) {
            true => Ok(key),
            false => Err(Unread { text: version.0.clone(), ecosystem: ecosystem.clone() }),
        }
    };
    Ok(read(left)?.cmp(&read(right)?))
}

/// A foreign text, cut to a length that fits a message.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(QUOTE_LEN_MAX) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Sorts versions, oldest first; equal ones stand in the order of their texts.
pub fn sort(ecosystem: &Ecosystem, versions: &mut [Version]) {
    versions.sort_by_cached_key(|version| (Key::new(ecosystem, version), version.clone()));
}

/// Tells whether a version is a pre-release (`2.0rc1`, `2.0.0-beta.1`, `2.0~rc1-1`).
pub fn is_prerelease(ecosystem: &Ecosystem, version: &Version) -> bool {
    Key::new(ecosystem, version).is_prerelease()
}
