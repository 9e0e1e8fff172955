//! Which rule orders the versions of an ecosystem, and of a VERS type.

use super::code::Writer;
use super::semantic::Flavour;
use super::{
    alpm, apk, composer, conan, datetime, debian, dotted, gem, gentoo, maven, natural, openssl,
    pep440, rpm, semantic,
};
use seawall_domain::package::{Ecosystem, Listed};

/// A rule by which versions are ordered.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Scheme {
    /// Arch Linux packages.
    Alpm,
    /// apk packages (Alpine, Wolfi, Chainguard).
    Apk,
    /// Composer packages (Packagist).
    Composer,
    /// Conan packages.
    Conan,
    /// Moments of RFC 3339.
    DateTime,
    /// Debian policy 5.6.12 (Debian, Ubuntu).
    Debian,
    /// `Gem::Version` (RubyGems).
    Gem,
    /// Gentoo's Package Manager Specification.
    Gentoo,
    /// Numbers with dots between them, up to the first other character.
    IntDot,
    /// Texts by their bytes.
    Lexicographic,
    /// Maven's version order specification.
    Maven,
    /// Runs of digits and letters: the order of what has no rule of its own.
    Natural,
    /// NuGet: Semantic Versioning with a fourth number and without case.
    NuGet,
    /// opam: Debian's comparison of whole texts.
    Opam,
    /// OpenSSL's releases.
    OpenSsl,
    /// PEP 440 (PyPI).
    Pep440,
    /// Perl's `version` (CPAN).
    Perl,
    /// FreeBSD's ports.
    Ports,
    /// Dart's pub: Semantic Versioning where build metadata counts.
    Pub,
    /// Haskell's package versioning policy.
    Pvp,
    /// R's `numeric_version` (CRAN, Bioconductor).
    R,
    /// rpm's labels (Red Hat, SUSE and their kin).
    Rpm,
    /// Semantic Versioning 2.0.0 (npm, crates.io, Go, Hex).
    Semantic,
}

/// VERS types (package-url/vers-spec, "VERS types", and purl types) and their rules. The first
/// name of a rule is its own.
const TYPES: [(&str, Scheme); 46] = [
    ("alpm", Scheme::Alpm),
    ("arch", Scheme::Alpm),
    ("apk", Scheme::Apk),
    ("alpine", Scheme::Apk),
    ("composer", Scheme::Composer),
    ("packagist", Scheme::Composer),
    ("conan", Scheme::Conan),
    ("datetime", Scheme::DateTime),
    ("deb", Scheme::Debian),
    ("debian", Scheme::Debian),
    ("gem", Scheme::Gem),
    ("gentoo", Scheme::Gentoo),
    ("ebuild", Scheme::Gentoo),
    ("intdot", Scheme::IntDot),
    ("lexicographic", Scheme::Lexicographic),
    ("maven", Scheme::Maven),
    ("generic", Scheme::Natural),
    ("nuget", Scheme::NuGet),
    ("opam", Scheme::Opam),
    ("openssl", Scheme::OpenSsl),
    ("pypi", Scheme::Pep440),
    ("cpan", Scheme::Perl),
    ("freebsd", Scheme::Ports),
    ("pub", Scheme::Pub),
    ("dart", Scheme::Pub),
    ("hackage", Scheme::Pvp),
    ("cran", Scheme::R),
    ("bioconductor", Scheme::R),
    ("rpm", Scheme::Rpm),
    ("semver", Scheme::Semantic),
    ("npm", Scheme::Semantic),
    ("cargo", Scheme::Semantic),
    ("golang", Scheme::Semantic),
    ("go", Scheme::Semantic),
    ("hex", Scheme::Semantic),
    ("swift", Scheme::Semantic),
    ("julia", Scheme::Semantic),
    ("bitnami", Scheme::Semantic),
    ("github", Scheme::Semantic),
    ("nginx", Scheme::Semantic),
    ("vscode-extension", Scheme::Semantic),
    ("kubernetes", Scheme::Semantic),
    ("apache", Scheme::Semantic),
    ("mattermost", Scheme::Semantic),
    ("mozilla", Scheme::Semantic),
    ("tomee", Scheme::Maven),
];

impl Scheme {
    /// All rules.
    pub const ALL: [Scheme; 23] = [
        Scheme::Alpm,
        Scheme::Apk,
        Scheme::Composer,
        Scheme::Conan,
        Scheme::DateTime,
        Scheme::Debian,
        Scheme::Gem,
        Scheme::Gentoo,
        Scheme::IntDot,
        Scheme::Lexicographic,
        Scheme::Maven,
        Scheme::Natural,
        Scheme::NuGet,
        Scheme::Opam,
        Scheme::OpenSsl,
        Scheme::Pep440,
        Scheme::Perl,
        Scheme::Ports,
        Scheme::Pub,
        Scheme::Pvp,
        Scheme::R,
        Scheme::Rpm,
        Scheme::Semantic,
    ];

    /// The rule of an ecosystem. Where there is none published, it is [`Scheme::Natural`].
    pub fn of(ecosystem: &Ecosystem) -> Scheme {
        match ecosystem {
            Ecosystem::PyPi => Scheme::Pep440,
            Ecosystem::Npm | Ecosystem::CratesIo => Scheme::Semantic,
            Ecosystem::Debian(_) => Scheme::Debian,
            Ecosystem::Generic | Ecosystem::Git | Ecosystem::Oci => Scheme::Natural,
            Ecosystem::Listed(listed, release) => Scheme::of_listed(*listed, release.as_deref()),
            Ecosystem::Unknown(name) => Scheme::named(name).unwrap_or(Scheme::Natural),
        }
    }

    fn of_listed(listed: Listed, release: Option<&str>) -> Scheme {
        match listed {
            Listed::AlmaLinux
            | Listed::AzureLinux
            | Listed::Mageia
            | Listed::PhotonOs
            | Listed::RedHat
            | Listed::RockyLinux
            | Listed::Suse
            | Listed::OpenEuler
            | Listed::OpenSuse => Scheme::Rpm,
            Listed::Alpaquita
            | Listed::Alpine
            | Listed::BellSoftHardenedContainers
            | Listed::Chainguard
            | Listed::CleanStart
            | Listed::MinimOs
            | Listed::Wolfi => Scheme::Apk,
            Listed::Ubuntu => Scheme::Debian,
            Listed::Bitnami
            | Listed::GitHubActions
            | Listed::Go
            | Listed::Hex
            | Listed::Julia
            | Listed::Kubernetes
            | Listed::SwiftUrl
            | Listed::VsCode => Scheme::Semantic,
            Listed::Bioconductor | Listed::Cran => Scheme::R,
            Listed::Ghc | Listed::Hackage => Scheme::Pvp,
            Listed::ConanCenter => Scheme::Conan,
            Listed::FreeBsd => Scheme::Ports,
            Listed::Maven => Scheme::Maven,
            Listed::NuGet => Scheme::NuGet,
            Listed::Packagist => Scheme::Composer,
            Listed::Pub => Scheme::Pub,
            Listed::RubyGems => Scheme::Gem,
            Listed::Opam => Scheme::Opam,
            Listed::Android | Listed::Linux | Listed::OssFuzz => Scheme::Natural,
            // These patch the packages of others and name whose they are as their release.
            Listed::Echo => Scheme::of_base(release).unwrap_or(Scheme::Debian),
            Listed::DockerHardenedImages | Listed::Root | Listed::TuxCare => {
                Scheme::of_base(release).unwrap_or(Scheme::Natural)
            }
        }
    }

    /// The rule of the ecosystem that a release names, such as `Alpine:3.18`.
    fn of_base(release: Option<&str>) -> Option<Scheme> {
        let base = release?.split(':').next()?;
        match Ecosystem::from(base.to_owned()) {
            Ecosystem::Unknown(_) => None,
            // INVARIANT: a name without colon has no release, so this goes one step deep.
            known => Some(Scheme::of(&known)),
        }
    }

    /// The rule of a VERS type, which mostly is a purl type; in lower case.
    pub fn named(vers_type: &str) -> Option<Scheme> {
        TYPES.iter().find(|(name, _)| *name == vers_type).map(|(_, scheme)| *scheme)
    }

    /// The VERS type that stands for the rule.
    pub fn name(self) -> &'static str {
        TYPES.iter().find(|(_, scheme)| *scheme == self).map_or("generic", |(name, _)| name)
    }

    /// Writes the sort key of a text, and tells whether the rule could read it.
    pub(super) fn write(self, text: &str, out: &mut Writer) -> bool {
        match self {
            Scheme::Apk => return apk::write(text, out),
            Scheme::DateTime => return datetime::write(text, out),
            Scheme::Gem => return gem::write(text, out),
            Scheme::Gentoo => return gentoo::write(text, out),
            Scheme::IntDot => return dotted::intdot(text, out),
            Scheme::NuGet => return semantic::write(text, Flavour::NuGet, out),
            Scheme::OpenSsl => return openssl::write(text, out),
            Scheme::Pep440 => return pep440::write(text, out),
            Scheme::Perl => return dotted::perl(text, out),
            Scheme::Pub => return semantic::write(text, Flavour::Pub, out),
            Scheme::Pvp => return dotted::pvp(text, out),
            Scheme::R => return dotted::r(text, out),
            Scheme::Semantic => return semantic::write(text, Flavour::Plain, out),
            Scheme::Alpm => alpm::write(text, out),
            Scheme::Composer => composer::write(text, out),
            Scheme::Conan => conan::write(text, out),
            Scheme::Debian => debian::write(text, out),
            Scheme::Lexicographic => out.extend(text.as_bytes()),
            Scheme::Maven => maven::write(text, out),
            Scheme::Natural => natural::write(text, out),
            Scheme::Opam => debian::write_opam(text, out),
            Scheme::Ports => natural::ports(text, out),
            Scheme::Rpm => rpm::write(text, out),
        }
        true
    }
}
