//! Package URLs (ECMA-427) to packages and back; every other format reads its purls here.
//!
//! Names are normalised by the ecosystem's own rule: PyPI by PEP 503, npm to lower case with its
//! scope (`@scope/name`), Debian to lower case. Ecosystems have the names of the OSV schema where
//! it has one (`pkg:golang/github.com/a/b` is `github.com/a/b` in `Go`), else the purl's type.

use crate::fault::quote;
use crate::inventory::purl as coordinates;
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
    // One table of ecosystems serves reports and inventories, so that a claim and a component meet.
    let told = coordinates::read(&purl.to_string())
        .map_err(|reason| PurlFault { text: quote(text), reason })?;
    let qualifiers = purl.qualifiers().iter();
    let qualifiers = qualifiers.map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let version = told.version.filter(|version| !version.0.is_empty());
    Ok((told.package, version, Qualifiers(qualifiers)))
}

/// The type of a purl, lower-cased, such as `npm`.
pub fn kind(text: &str) -> Result<String, PurlFault> {
    parse(text).map(|purl| purl.ty().to_owned())
}

/// The purl of a package in its canonical spelling.
pub fn write(package: &Package, version: Option<&Version>) -> String {
    let (kind, namespace, name) = coordinates::split(package);
    // An ecosystem without a purl type (`GitHub Actions`) can only be written as generic software.
    let kind = if is_type(kind) { kind.to_ascii_lowercase() } else { "generic".to_owned() };
    let Ok(mut purl) = PackageUrl::new(kind, name) else {
        return String::from("pkg:generic/unnamed");
    };
    // A namespace that the type forbids stays away: the name alone is then the best spelling.
    if let Some(namespace) = namespace.filter(|namespace| !namespace.is_empty()) {
        let _ = purl.with_namespace(namespace);
    }
    if let Some(version) = version {
        let _ = purl.with_version(version.0.as_str());
    }
    if let Ecosystem::Debian(Some(release)) = &package.ecosystem {
        let _ = purl.add_qualifier("distro", format!("debian-{release}"));
    }
    purl.to_string()
}

/// The package that a name means in an ecosystem, by the ecosystem's own rule for names.
pub fn normalise(ecosystem: Ecosystem, name: &str) -> Package {
    Package { name: coordinates::normal_name(&ecosystem, name.trim()), ecosystem }
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

fn is_type(kind: &str) -> bool {
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
                "Debian:12|zlib1g|1:1.2.13.dfsg-1|\
                 pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?distro=debian-12",
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
            ("pkg:deb/ubuntu/zlib@1", "Ubuntu|zlib|1|pkg:deb/ubuntu/zlib@1"),
            ("pkg:generic/openssl@1.1.1", "Generic|openssl|1.1.1|pkg:generic/openssl@1.1.1"),
            ("pkg:golang/github.com/a/b@v1", "Go|github.com/a/b|v1|pkg:golang/github.com/a/b@v1"),
            ("pkg:cargo/a@1.0.0%2Bb", "crates.io|a|1.0.0+b|pkg:cargo/a@1.0.0%2Bb"),
            ("pkg:npm/a@", "npm|a||pkg:npm/a"),
            ("pkg:maven/org.a/b@1", "Maven|org.a:b|1|pkg:maven/org.a/b@1"),
            ("pkg:gem/rails@7", "RubyGems|rails|7|pkg:gem/rails@7"),
            ("pkg:conda/a@7", "conda|a|7|pkg:conda/a@7"),
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
            ("GitHub Actions", "a/b", "pkg:github/a/b"),
            ("Linux", "Kernel", "pkg:generic/Kernel"),
            ("npm", "", "pkg:generic/unnamed"),
        ] {
            let ecosystem = Ecosystem::from(ecosystem.to_owned());
            let package = Package { ecosystem, name: name.into() };
            assert_eq!(write(&package, None), expected);
        }
    }

    /// What the purl specification's own parsing tests expect: refusal, or version and qualifiers.
    #[test]
    fn agrees_with_the_specification() {
        let name = "agrees_with_the_specification";
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
        let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| default.to_owned());
        let packed = std::path::Path::new(&folder).join("purl/purl-spec.tar.zst");
        if !packed.exists() {
            println!("skipped: {name}: no SEAWALL_DATA");
            return;
        }
        let unpack = "zstd -dc \"$0\" | tar -xOf - --wildcards '*-test.json'";
        let output = std::process::Command::new("sh").args(["-c", unpack]).arg(&packed).output();
        let Some(output) = output.ok().filter(|output| !output.stdout.is_empty()) else {
            println!("skipped: {name}: no zstd or tar");
            return;
        };
        let documents = serde_json::Deserializer::from_slice(&output.stdout);
        let (mut agreed, mut differ) = (0, Vec::new());
        for document in documents.into_iter::<serde_json::Value>().map(Result::unwrap) {
            for test in document["tests"].as_array().unwrap() {
                let kind = test["test_type"].as_str();
                let (Some(input), Some("parse")) = (test["input"].as_str(), kind) else {
                    continue;
                };
                let wanted = &test["expected_output"];
                let same = match read(input) {
                    Err(_) => test["expected_failure"] == true,
                    Ok((_, version, qualifiers)) => {
                        let version = version.map(|version| version.0);
                        let given =
                            wanted["qualifiers"].as_object().map_or(0, serde_json::Map::len);
                        test["expected_failure"] != true
                            && wanted["version"].as_str() == version.as_deref()
                            && given == qualifiers.0.len()
                            && qualifiers
                                .0
                                .iter()
                                .all(|(key, value)| wanted["qualifiers"][key] == **value)
                    }
                };
                if same {
                    agreed += 1;
                } else {
                    differ.push(input.to_owned());
                }
            }
        }
        println!("{agreed} agree, {} differ: {differ:#?}", differ.len());
        assert!(agreed > 100 && differ.len() * 20 <= agreed, "{differ:#?}");
    }

    proptest! {
        #[test]
        fn never_panics_and_its_own_writing_is_stable(
            text in "(pkg:(npm|pypi|deb|cargo|x)/)?.{0,40}",
        ) {
            if let Ok((package, version, _)) = read(&text) {
                let once = write(&package, version.as_ref());
                if let Ok((package, version, _)) = read(&once) {
                    prop_assert_eq!(write(&package, version.as_ref()), once);
                }
            }
        }
    }
}
