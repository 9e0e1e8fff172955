//! Package URLs (ECMA-427) to packages and back; every other format reads its purls here.
//!
//! Names are normalised by the ecosystem's own rule: PyPI by PEP 503, npm to lower case with its
//! scope (`@scope/name`), Debian to lower case. A type without rules of ours keeps its namespace
//! in the name (`pkg:golang/github.com/a/b` is `github.com/a/b` in `golang`).

use crate::fault::quote;
use packageurl::PackageUrl;
use seawall_domain::package::{Ecosystem, Package, Version};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The longest purl that is read, in bytes; the longest real one is about 300.
pub const PURL_BYTES_MAX: usize = 2048;

/// The qualifiers of a purl, by their lower-case keys.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
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

/// Reads a purl: its package, its version if it has one, and its qualifiers.
pub fn read(text: &str) -> Result<(Package, Option<Version>, Qualifiers), PurlFault> {
    let purl = parse(text)?;
    let version = purl.version().filter(|version| !version.is_empty());
    let qualifiers = Qualifiers(
        purl.qualifiers().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
    );
    Ok((package(&purl, &qualifiers), version.map(Version::from), qualifiers))
}

/// The type of a purl, lower-cased, such as `npm`.
pub fn kind(text: &str) -> Result<String, PurlFault> {
    parse(text).map(|purl| purl.ty().to_owned())
}

/// The purl of a package in its canonical spelling.
pub fn write(package: &Package, version: Option<&Version>) -> String {
    let (namespace, name) = split(package);
    let kind = match package.ecosystem.purl_type() {
        kind if types_valid(kind) => kind.to_ascii_lowercase(),
        // An ecosystem that has no purl type (`Linux`) can only be written as generic software.
        _ => "generic".to_owned(),
    };
    let version = version.map(|version| version.0.as_str());
    let Some(mut purl) = PackageUrl::new(kind.as_str(), name).ok() else {
        return String::from("pkg:generic/unnamed");
    };
    // A namespace that the type forbids stays away: the name alone is then the best spelling.
    if let Some(namespace) = namespace {
        let _ = purl.with_namespace(namespace);
    }
    if let Some(version) = version {
        let _ = purl.with_version(version);
    }
    if let Ecosystem::Debian(Some(release)) = &package.ecosystem {
        let _ = purl.add_qualifier("distro", format!("debian-{release}"));
    }
    purl.to_string()
}

/// The package that a name means in an ecosystem, by the ecosystem's own rule for names.
pub fn normalise(ecosystem: Ecosystem, name: &str) -> Package {
    let name = name.trim();
    let name = match &ecosystem {
        Ecosystem::PyPi => pep_503(name),
        Ecosystem::Npm | Ecosystem::Debian(_) => name.to_lowercase(),
        Ecosystem::CratesIo | Ecosystem::Generic | Ecosystem::Unknown(_) => name.to_owned(),
    };
    Package { ecosystem, name }
}

fn parse(text: &str) -> Result<PackageUrl<'static>, PurlFault> {
    let fault = |reason: String| PurlFault { text: quote(text), reason };
    if text.len() > PURL_BYTES_MAX {
        return Err(fault(format!("it is longer than {PURL_BYTES_MAX} bytes")));
    }
    let trimmed = text.trim();
    let Some((scheme, rest)) = trimmed.split_once(':') else {
        return Err(fault("it must begin with `pkg:`".to_owned()));
    };
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err(fault("it must begin with `pkg:`".to_owned()));
    }
    let purl = PackageUrl::from_str(&format!("pkg:{rest}")).map_err(|error| {
        // The crate's message may repeat control characters of the input.
        fault(quote(&error.to_string()).trim_matches('`').to_lowercase())
    })?;
    let blank = |part: &str| part.trim().is_empty() || part.chars().any(char::is_control);
    if blank(purl.name()) || purl.namespace().is_some_and(blank) {
        return Err(fault("it has no usable name".to_owned()));
    }
    Ok(purl)
}

fn package(purl: &PackageUrl<'_>, qualifiers: &Qualifiers) -> Package {
    let namespace = purl.namespace().filter(|namespace| !namespace.is_empty());
    let long_name = match namespace {
        Some(namespace) => format!("{namespace}/{}", purl.name()),
        None => purl.name().to_owned(),
    };
    match (purl.ty(), namespace) {
        ("pypi", _) => normalise(Ecosystem::PyPi, purl.name()),
        ("cargo", _) => normalise(Ecosystem::CratesIo, purl.name()),
        ("npm", _) => normalise(Ecosystem::Npm, &long_name),
        ("deb", Some("debian")) => {
            let release = qualifiers.value("distro").and_then(debian_release);
            normalise(Ecosystem::Debian(release), purl.name())
        }
        ("generic", _) => normalise(Ecosystem::Generic, &long_name),
        (other, _) => normalise(Ecosystem::Unknown(other.to_owned()), &long_name),
    }
}

/// The namespace and the name as a purl of this package spells them.
fn split(package: &Package) -> (Option<&str>, &str) {
    match &package.ecosystem {
        Ecosystem::PyPi | Ecosystem::CratesIo => (None, package.name.as_str()),
        Ecosystem::Debian(_) => (Some("debian"), package.name.as_str()),
        Ecosystem::Npm | Ecosystem::Generic | Ecosystem::Unknown(_) => {
            match package.name.rsplit_once('/') {
                Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
                    (Some(namespace), name)
                }
                _ => (None, package.name.as_str()),
            }
        }
    }
}

/// Debian's release number from the words that purls use: `debian-12`, `12.5`, `bookworm`.
fn debian_release(distro: &str) -> Option<String> {
    let distro = distro.trim().to_lowercase();
    let word = distro.strip_prefix("debian-").unwrap_or(&distro);
    let number = match word {
        "stretch" => "9",
        "buster" => "10",
        "bullseye" => "11",
        "bookworm" => "12",
        "trixie" => "13",
        "forky" => "14",
        word => word.split('.').next().unwrap_or(word),
    };
    let plain = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| number.to_owned())
}

/// PEP 503: lower case, and each run of `-`, `_` and `.` is one `-`.
fn pep_503(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(c.to_lowercase());
        }
    }
    normal
}

fn types_valid(kind: &str) -> bool {
    let first = kind.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    first && kind.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads `input` and expects `ecosystem|name|version|canonical`, or `fault`.
    #[track_caller]
    fn check(input: &str, expected: &str) {
        let found = match read(input) {
            Ok((package, version, _)) => {
                let shown = version.as_ref().map_or("", |version| version.0.as_str());
                let canonical = write(&package, version.as_ref());
                format!("{}|{}|{shown}|{canonical}", package.ecosystem, package.name)
            }
            Err(_) => "fault".to_owned(),
        };
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn reads_and_writes_each_ecosystem_by_its_own_rule() {
        for (input, expected) in [
            ("pkg:npm/ini@1.3.5", "npm|ini|1.3.5|pkg:npm/ini@1.3.5"),
            ("PKG:NPM/Ini@1.3.5", "npm|ini|1.3.5|pkg:npm/ini@1.3.5"),
            ("pkg://npm/ini", "npm|ini||pkg:npm/ini"),
            ("pkg:npm/%40babel/core@7.0.0", "npm|@babel/core|7.0.0|pkg:npm/%40babel/core@7.0.0"),
            ("pkg:npm/@Babel/Core", "npm|@babel/core||pkg:npm/%40babel/core"),
            (
                "pkg:pypi/Zope.Interface_x@5.0",
                "PyPI|zope-interface-x|5.0|pkg:pypi/zope-interface-x@5.0",
            ),
            ("pkg:pypi/sqlparse@0.4.1?a=b#c", "PyPI|sqlparse|0.4.1|pkg:pypi/sqlparse@0.4.1"),
            ("pkg:cargo/libz-sys@1.1.8", "crates.io|libz-sys|1.1.8|pkg:cargo/libz-sys@1.1.8"),
            (
                "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?distro=debian-12&arch=amd64",
                "Debian:12|zlib1g|1:1.2.13.dfsg-1|pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?distro=debian-12",
            ),
            (
                "pkg:deb/debian/zlib?distro=bookworm",
                "Debian:12|zlib||pkg:deb/debian/zlib?distro=debian-12",
            ),
            (
                "pkg:deb/debian/zlib?distro=12.5",
                "Debian:12|zlib||pkg:deb/debian/zlib?distro=debian-12",
            ),
            ("pkg:deb/debian/zlib?distro=sid", "Debian|zlib||pkg:deb/debian/zlib"),
            ("pkg:deb/ubuntu/zlib@1", "deb|ubuntu/zlib|1|pkg:deb/ubuntu/zlib@1"),
            ("pkg:generic/openssl@1.1.1", "Generic|openssl|1.1.1|pkg:generic/openssl@1.1.1"),
            (
                "pkg:golang/github.com/a/b@v1",
                "golang|github.com/a/b|v1|pkg:golang/github.com/a/b@v1",
            ),
            ("pkg:cargo/a@1.0.0%2Bb", "crates.io|a|1.0.0+b|pkg:cargo/a@1.0.0%2Bb"),
            ("pkg:npm/a@", "npm|a||pkg:npm/a"),
        ] {
            check(input, expected);
        }
    }

    #[test]
    fn refuses_what_is_no_purl() {
        for input in [
            "",
            "npm/ini",
            "pkg:",
            "pkg:npm",
            "pkg:npm/",
            "pkg:/ini",
            "http://npm/ini",
            "pkg:1x/a",
            "pkg:npm/%00",
            "pkg:npm/%ff",
            "pkg:cargo/ns/a",
            "pkg:pypi/ns/a",
            "pkg:npm/%20",
        ] {
            check(input, "fault");
        }
        check(&format!("pkg:npm/{}", "a".repeat(PURL_BYTES_MAX)), "fault");
    }

    #[test]
    fn writes_something_even_for_what_no_purl_can_say() {
        for (ecosystem, name, expected) in [
            (Ecosystem::Unknown("GitHub Actions".into()), "a/b", "pkg:generic/a/b"),
            (Ecosystem::Unknown("Linux".into()), "kernel", "pkg:linux/kernel"),
            (Ecosystem::Npm, "", "pkg:generic/unnamed"),
        ] {
            let package = Package { ecosystem, name: name.into() };
            assert_eq!(write(&package, None), expected);
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_its_own_writing_is_stable(text in "(pkg:(npm|pypi|deb|cargo|x)/)?.{0,40}") {
            if let Ok((package, version, _)) = read(&text) {
                let once = write(&package, version.as_ref());
                if let Ok((package, version, _)) = read(&once) {
                    prop_assert_eq!(write(&package, version.as_ref()), once);
                }
            }
        }
    }
}
