//! Package URLs (ECMA-427) to packages and back, with the names of the OSV schema's ecosystems.
//!
//! A Debian purl may name the source package in its `upstream` qualifier; it is kept beside the
//! package, because Debian's advisories speak of source packages.

use packageurl::PackageUrl;
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use std::str::FromStr;

/// The purl types whose ecosystems have another name in the OSV schema.
const ECOSYSTEMS: [(&str, &str); 14] = [
    ("golang", "Go"),
    ("maven", "Maven"),
    ("gem", "RubyGems"),
    ("nuget", "NuGet"),
    ("composer", "Packagist"),
    ("hex", "Hex"),
    ("pub", "Pub"),
    ("hackage", "Hackage"),
    ("cran", "CRAN"),
    ("conan", "ConanCenter"),
    ("swift", "SwiftURL"),
    ("bitnami", "Bitnami"),
    ("julia", "Julia"),
    ("opam", "opam"),
];

/// Debian's releases by the names that purls use for them.
const RELEASES: [(&str, &str); 8] = [
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
];

/// What a package URL says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Coordinates {
    /// The package that the purl names.
    pub package: Package,
    /// Its version.
    pub version: Option<Version>,
    /// The source package it was built from, with its version where it differs.
    pub source: Option<(String, Option<Version>)>,
    /// The canonical spelling of the whole purl.
    pub canonical: String,
}

/// The longest purl that is read, in characters; real ones stay below 400.
const PURL_LEN_MAX: usize = 2_000;

/// Reads a package URL.
pub(crate) fn read(text: &str) -> Result<Coordinates, String> {
    if text.chars().nth(PURL_LEN_MAX).is_some() {
        return Err(format!("it is longer than {PURL_LEN_MAX} characters"));
    }
    let purl = PackageUrl::from_str(text.trim()).map_err(|error| {
        // The message may repeat control characters of the text.
        error.to_string().chars().filter(|letter| !letter.is_control()).collect::<String>()
    })?;
    let unusable = |text: &str| text.trim().is_empty() || text.contains(char::is_control);
    if unusable(purl.name()) || purl.namespace().is_some_and(unusable) {
        return Err("it has no usable name".to_owned());
    }
    let qualifier = |key: &str| purl.qualifiers().get(key).map(|value| value.as_ref());
    let namespace = purl.namespace().unwrap_or_default();
    let package = match (purl.ty(), namespace) {
        ("deb", "debian") => {
            let release = qualifier("distro").and_then(debian_release);
            named(Ecosystem::Debian(release), purl.name())
        }
        ("pypi", _) => named(Ecosystem::PyPi, purl.name()),
        ("npm", "") => named(Ecosystem::Npm, purl.name()),
        ("npm", scope) => {
            let scope = scope.strip_prefix('@').unwrap_or(scope);
            named(Ecosystem::Npm, &format!("@{scope}/{}", purl.name()))
        }
        ("cargo", _) => named(Ecosystem::CratesIo, purl.name()),
        ("generic", "") => named(Ecosystem::Generic, purl.name()),
        ("generic", space) => named(Ecosystem::Generic, &format!("{space}/{}", purl.name())),
        ("deb", "ubuntu") => {
            let release = qualifier("distro").and_then(|distro| distro.strip_prefix("ubuntu-"));
            named(Ecosystem::Listed(Listed::Ubuntu, release.map(str::to_owned)), purl.name())
        }
        (kind, space) => elsewhere(kind, space, purl.name()),
    };
    let source = qualifier("upstream").filter(|_| purl.ty() == "deb");
    Ok(Coordinates {
        package,
        version: purl.version().filter(|text| !text.is_empty()).map(Version::from),
        source: source.map(|text| match text.split_once('@') {
            Some((name, version)) => (name.to_owned(), Some(Version::from(version))),
            None => (text.to_owned(), None),
        }),
        canonical: purl.to_string(),
    })
}

fn named(ecosystem: Ecosystem, name: &str) -> Package {
    Package { name: normal_name(&ecosystem, name), ecosystem }
}

/// A name as every reader of this crate spells it, so that a purl and an advisory meet. Go's module
/// paths are lower-cased too: the purl specification demands it, Go's own database does not do it.
pub(crate) fn normal_name(ecosystem: &Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::PyPi => pypi_name(name),
        Ecosystem::Npm | Ecosystem::Debian(_) => name.to_lowercase(),
        Ecosystem::Listed(Listed::Go, _) => name.to_lowercase(),
        Ecosystem::CratesIo
        | Ecosystem::Generic
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => name.to_owned(),
    }
}

/// A package of an ecosystem that we only know by name.
fn elsewhere(kind: &str, namespace: &str, name: &str) -> Package {
    let ecosystem = ECOSYSTEMS.iter().find(|(purl, _)| *purl == kind);
    let ecosystem = ecosystem.map_or(kind, |(_, osv)| osv);
    let joint = if kind == "maven" { ":" } else { "/" };
    let name = match namespace {
        "" => name.to_owned(),
        space => format!("{space}{joint}{name}"),
    };
    named(Ecosystem::from(ecosystem.to_owned()), &name)
}

/// A PyPI name as PEP 503 spells it: lower case, runs of `-`, `_` and `.` one hyphen.
fn pypi_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            letter => normal.extend(letter.to_lowercase()),
        }
    }
    normal
}

/// The number of a Debian release from what a `distro` qualifier says: `debian-12.5`, `bookworm`.
pub(crate) fn debian_release(distro: &str) -> Option<String> {
    let text = distro.strip_prefix("debian-").unwrap_or(distro);
    let number: String = text.chars().take_while(char::is_ascii_digit).collect();
    if !number.is_empty() {
        return Some(number);
    }
    let release = RELEASES.iter().find(|(name, _)| *name == text);
    release.map(|(_, number)| (*number).to_owned())
}

/// Writes a package as a canonical package URL; nothing where the name cannot be one.
pub(crate) fn write(package: &Package, version: Option<&Version>) -> Option<String> {
    let (kind, namespace, name) = split(package);
    let mut purl = PackageUrl::new(kind.to_owned(), name).ok()?;
    if let Some(namespace) = namespace {
        purl.with_namespace(namespace).ok()?;
    }
    if let Some(version) = version {
        purl.with_version(version.0.clone()).ok()?;
    }
    if let Ecosystem::Debian(release) = &package.ecosystem {
        purl.add_qualifier("arch", "source").ok()?;
        if let Some(release) = release {
            let distro = format!("debian-{release}");
            purl.add_qualifier("distro", distro).ok()?;
        }
    }
    let text = purl.to_string();
    // What cannot be read back would be refused by every reader of our documents.
    PackageUrl::from_str(&text).ok().map(|_| text)
}

/// The purl type, namespace and name of a package.
pub(crate) fn split(package: &Package) -> (&str, Option<String>, String) {
    let last = |text: &str, joint: char| match text.rsplit_once(joint) {
        Some((space, name)) => (Some(space.to_owned()), name.to_owned()),
        None => (None, text.to_owned()),
    };
    let (kind, (namespace, name)) = match &package.ecosystem {
        Ecosystem::Debian(_) => ("deb", (Some("debian".to_owned()), package.name.clone())),
        Ecosystem::PyPi | Ecosystem::CratesIo => {
            (package.ecosystem.purl_type(), (None, package.name.clone()))
        }
        Ecosystem::Npm | Ecosystem::Generic => {
            (package.ecosystem.purl_type(), last(&package.name, '/'))
        }
        Ecosystem::Listed(listed, _) => match listed.purl() {
            (kind, Some(space)) => (kind, (Some(space.to_owned()), package.name.clone())),
            ("maven", None) => ("maven", last(&package.name, ':')),
            (kind, None) => (kind, last(&package.name, '/')),
        },
        Ecosystem::Unknown(name) => {
            let kind = name.as_str();
            let joint = if kind == "maven" { ':' } else { '/' };
            (kind, last(&package.name, joint))
        }
    };
    (kind, namespace, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(purl: &str, expected: &str) {
        let told = match read(purl) {
            Ok(read) => {
                let version = read.version.map_or("-".to_owned(), |version| version.0);
                let source = read.source.map_or(String::new(), |(name, version)| {
                    format!(" from {name} {}", version.map_or("-".to_owned(), |v| v.0))
                });
                format!("{} {version}{source}", read.package)
            }
            Err(_) => "refused".to_owned(),
        };
        assert_eq!(told, expected, "{purl}");
    }

    #[test]
    fn reads_the_package_a_purl_names() {
        check("pkg:pypi/Django_Rest.Framework@1.0", "PyPI/django-rest-framework 1.0");
        check("pkg:npm/%40babel/core@7.0.0", "npm/@babel/core 7.0.0");
        check("pkg:npm/ini", "npm/ini -");
        check("pkg:cargo/libz-sys@1.1.8", "crates.io/libz-sys 1.1.8");
        check("pkg:golang/golang.org/x/net@v0.1.0", "Go/golang.org/x/net v0.1.0");
        check("pkg:golang/github.com/Azure/X@v1", "Go/github.com/azure/x v1");
        check("pkg:maven/org.a/b@1", "Maven/org.a:b 1");
        check("pkg:deb/ubuntu/zlib1g@1?distro=ubuntu-22.04", "Ubuntu:22.04/zlib1g 1");
        check(
            "pkg:deb/debian/zlib1g@1:1.2-3%2Bb1?distro=debian-12.5&upstream=zlib%401:1.2-3",
            "Debian:12/zlib1g 1:1.2-3+b1 from zlib 1:1.2-3",
        );
        check("pkg:deb/debian/zlib@1?distro=bookworm", "Debian:12/zlib 1");
        check("pkg:generic/vendor/box@1", "Generic/vendor/box 1");
        check("pkg:deb/zlib1g@1", "deb/zlib1g 1");
        let long = format!("pkg:npm/{}", "a".repeat(2_000));
        for bad in ["", "zlib", "pkg:", "pkg:npm/", "pkg:pypi/a/b@1", "pkg:npm/%20", "pkg:npm/a%07"]
        {
            check(bad, "refused");
        }
        check(&long, "refused");
    }

    #[test]
    fn writes_what_it_reads_back() {
        for purl in [
            "pkg:pypi/sqlparse@0.4.2",
            "pkg:npm/%40babel/core@7.0.0",
            "pkg:cargo/tar",
            "pkg:deb/debian/zlib@1:1.2.13.dfsg-1%2Bdeb12u1?arch=source&distro=debian-12",
            "pkg:golang/golang.org/x/net@v0.1.0",
            "pkg:maven/org.a/b@1",
            "pkg:generic/box@1",
        ] {
            let read = read(purl).unwrap_or_else(|fault| panic!("{purl}: {fault}"));
            assert_eq!(write(&read.package, read.version.as_ref()).as_deref(), Some(purl));
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,80}", rest in "pkg:[a-z]{1,6}/.{0,40}") {
            drop(read(&text));
            drop(read(&rest));
            let package = Package { ecosystem: Ecosystem::from(text.clone()), name: rest.clone() };
            drop(write(&package, Some(&Version(text))));
        }
    }
}
