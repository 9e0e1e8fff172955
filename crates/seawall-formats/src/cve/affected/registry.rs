//! Which package an entry of a CVE record means, where it says so beyond doubt.

use super::super::raw::Affected;
use crate::inventory::purl;
use seawall_domain::package::{Ecosystem, Listed, Package};

/// Registries by the host of their collection, and the ecosystem whose names they hold.
const COLLECTIONS: [(&str, &str); 22] = [
    ("pypi.org", "PyPI"),
    ("pypi.python.org", "PyPI"),
    ("npmjs.com", "npm"),
    ("npmjs.org", "npm"),
    ("crates.io", "crates.io"),
    ("docs.rs", "crates.io"),
    ("repo.maven.apache.org", "Maven"),
    ("repo1.maven.org", "Maven"),
    ("search.maven.org", "Maven"),
    ("central.sonatype.com", "Maven"),
    ("mvnrepository.com", "Maven"),
    ("pkg.go.dev", "Go"),
    ("packagist.org", "Packagist"),
    ("rubygems.org", "RubyGems"),
    ("nuget.org", "NuGet"),
    ("hex.pm", "Hex"),
    ("pub.dev", "Pub"),
    ("hackage.haskell.org", "Hackage"),
    ("cran.r-project.org", "CRAN"),
    ("bioconductor.org", "Bioconductor"),
    ("conan.io", "ConanCenter"),
    ("opam.ocaml.org", "opam"),
];

/// The package: by its purl, or by its name in the collection of a known registry.
pub(super) fn package(entry: &Affected<'_>) -> Option<Package> {
    if let Some(read) = entry.purl.get().and_then(|purl| purl::read(purl).ok()) {
        return Some(read.package)
            .filter(|package| !matches!(package.ecosystem, Ecosystem::Generic));
    }
    let address = entry.collection.get()?;
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = address.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let (_, ecosystem) = COLLECTIONS.iter().find(|(known, _)| *known == host)?;
    let ecosystem = Ecosystem::from((*ecosystem).to_owned());
    let name = entry.package_name.get().or(entry.product.get())?;
    if name.contains(char::is_whitespace) {
        return None;
    }
    let name = match &ecosystem {
        Ecosystem::Listed(Listed::Maven, _) if !name.contains(':') => return None,
        Ecosystem::Listed(Listed::Packagist, _) if !name.contains('/') => return None,
        Ecosystem::Listed(Listed::Go, _) => module(name, entry.vendor.get()),
        Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Debian(_)
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => name,
    };
    Some(Package { name: purl::normal_name(&ecosystem, name), ecosystem })
}

/// The module that a Go package is part of, by the names of Go's own database: `stdlib` and
/// `toolchain` for what comes with the compiler. Else its assigner writes the module as vendor.
fn module<'a>(package: &'a str, vendor: Option<&'a str>) -> &'a str {
    let first = package.split('/').next().unwrap_or_default();
    if first == "cmd" {
        return "toolchain";
    }
    if !first.contains('.') {
        return "stdlib";
    }
    let within = |module: &&str| {
        let rest = package.strip_prefix(module);
        module.contains('/') && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    vendor.filter(within).unwrap_or(package)
}
