//! The ecosystem names that a TAP report may use, and the purl type of each.
//!
//! The names are those of the OSV schema with the API's own `Hardware`; a release may follow after
//! `:` (`Debian:12`), as OSV allows. The purl types are those registered in purl-spec.

use crate::purl;
use seawall_domain::package::{Ecosystem, Package};

/// Name, and purl type where there is one.
const ECOSYSTEMS: &[(&str, Option<&str>)] = &[
    ("AlmaLinux", Some("rpm")),
    ("Alpaquita", Some("apk")),
    ("Alpine", Some("apk")),
    ("Android", None),
    ("Azure Linux", Some("rpm")),
    ("BellSoft Hardened Containers", Some("apk")),
    ("Bioconductor", None),
    ("Bitnami", Some("bitnami")),
    ("CRAN", Some("cran")),
    ("Chainguard", Some("apk")),
    ("CleanStart", None),
    ("ConanCenter", Some("conan")),
    ("Debian", Some("deb")),
    ("Docker Hardened Images", None),
    ("Echo", Some("deb")),
    ("FreeBSD", None),
    ("GHC", None),
    ("GitHub Actions", None),
    ("Go", Some("golang")),
    ("Hackage", Some("hackage")),
    ("Hardware", None),
    ("Hex", Some("hex")),
    ("Julia", Some("julia")),
    ("Kubernetes", None),
    ("Linux", None),
    ("Mageia", Some("rpm")),
    ("Maven", Some("maven")),
    ("MinimOS", Some("apk")),
    ("NuGet", Some("nuget")),
    ("OSS-Fuzz", None),
    ("Packagist", Some("composer")),
    ("Photon OS", Some("rpm")),
    ("Pub", Some("pub")),
    ("PyPI", Some("pypi")),
    ("Red Hat", Some("rpm")),
    ("Rocky Linux", Some("rpm")),
    ("Root", None),
    ("RubyGems", Some("gem")),
    ("SUSE", Some("rpm")),
    ("SwiftURL", Some("swift")),
    ("TuxCare", None),
    ("Ubuntu", Some("deb")),
    ("VSCode", Some("vscode-extension")),
    ("Wolfi", Some("apk")),
    ("crates.io", Some("cargo")),
    ("npm", Some("npm")),
    ("opam", Some("opam")),
    ("openEuler", Some("rpm")),
    ("openSUSE", Some("rpm")),
];

/// The purl types registered in purl-spec (August 2026).
const PURL_TYPES: &[&str] = &[
    "alpm",
    "apk",
    "bazel",
    "bitbucket",
    "bitnami",
    "brew",
    "cargo",
    "chrome-extension",
    "cocoapods",
    "composer",
    "conan",
    "conda",
    "cpan",
    "cran",
    "deb",
    "docker",
    "gem",
    "generic",
    "git",
    "github",
    "golang",
    "hackage",
    "hex",
    "huggingface",
    "julia",
    "luarocks",
    "maven",
    "mlflow",
    "npm",
    "nuget",
    "oci",
    "opam",
    "otp",
    "pub",
    "pypi",
    "qpkg",
    "rpm",
    "swid",
    "swift",
    "vcpkg",
    "vscode-extension",
    "yocto",
];

/// An ecosystem that the list knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Known<'a> {
    /// Its name, spelt as in the list.
    pub name: &'static str,
    /// Its purl type, where there is one.
    pub purl_type: Option<&'static str>,
    /// What followed after `:`, such as a release.
    pub release: Option<&'a str>,
}

/// Finds an ecosystem by its name, without regard to case.
pub fn find(text: &str) -> Option<Known<'_>> {
    let (name, release) = match text.split_once(':') {
        Some((name, release)) if !release.is_empty() => (name, Some(release)),
        Some(_) => return None,
        None => (text, None),
    };
    ECOSYSTEMS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(name, purl_type)| Known { name, purl_type: *purl_type, release })
}

/// Whether purl-spec registers a type.
pub fn is_purl_type(kind: &str) -> bool {
    PURL_TYPES.contains(&kind)
}

impl Known<'_> {
    /// The package that a name means here, the same one that its purl would mean.
    pub fn package(&self, software: &str) -> Package {
        let ecosystem = match (self.name, self.release) {
            ("npm", _) => Ecosystem::Npm,
            ("PyPI", _) => Ecosystem::PyPi,
            ("crates.io", _) => Ecosystem::CratesIo,
            ("Debian", release) => Ecosystem::Debian(release.map(str::to_owned)),
            (name, Some(release)) => Ecosystem::from(format!("{name}:{release}")),
            (name, None) => Ecosystem::from(name.to_owned()),
        };
        purl::normalise(ecosystem, software)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_purl_mean_the_same_package() {
        for (ecosystem, software, purl) in [
            ("npm", "Ini", "pkg:npm/ini"),
            ("pypi", "Zope.Interface", "pkg:pypi/zope-interface"),
            ("crates.io", "tar", "pkg:cargo/tar"),
            ("Debian:12", "zlib", "pkg:deb/debian/zlib?distro=debian-12"),
            ("Go", "github.com/a/b", "pkg:golang/github.com/a/b"),
            ("Maven", "org.a:b", "pkg:maven/org.a/b"),
            ("RubyGems", "rails", "pkg:gem/rails"),
            ("Packagist", "a/b", "pkg:composer/a/b"),
            ("Ubuntu:22.04", "zlib", "pkg:deb/ubuntu/zlib?distro=ubuntu-22.04"),
        ] {
            let known = find(ecosystem).unwrap();
            assert_eq!(known.package(software), purl::read(purl).unwrap().0, "{purl}");
            assert!(known.purl_type.is_some_and(is_purl_type));
        }
        for unknown in ["", "cobol", "npm:", ":12", "Generic"] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
        assert!(ECOSYSTEMS.iter().all(|(_, kind)| kind.is_none_or(is_purl_type)));
    }
}
