//! From a purl to the package it names, with the names of the OSV schema's ecosystems, and back.
//!
//! **Names.** A package has one normal spelling here ([`normal_name`]), and every reader of this
//! crate uses it, so that a purl, an advisory and a claim meet. It is the purl type's own form, and
//! beyond that: PyPI by PEP 503, and lower case where the registry sees no difference (npm, NuGet).
//! Go's module paths are lower-cased too: inventories keep their capitals and the purl
//! specification does not. Two modules that differ in nothing but case would become one; on the
//! hosts that Go uses they are one.
//!
//! **Source packages.** A scanner may name the source package in the qualifier `upstream`; it is
//! kept beside the package, because distributions' advisories speak of source packages. An rpm's
//! `epoch` belongs to its version.

use super::{Parts, Purl, PurlFault, Reading, plain, release};
pub(crate) use release::debian_release;
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use seawall_domain::record::repository_name;
use std::borrow::Cow;

/// Distributions under the names that scanners give them: type, namespace, and the ecosystem.
const NAMESPACES: [(&str, &str, Listed); 15] = [
    ("rpm", "rhel", Listed::RedHat),
    ("rpm", "rocky", Listed::RockyLinux),
    ("rpm", "rockylinux", Listed::RockyLinux),
    ("rpm", "alma", Listed::AlmaLinux),
    ("rpm", "azurelinux", Listed::AzureLinux),
    ("rpm", "mariner", Listed::AzureLinux),
    ("rpm", "sles", Listed::Suse),
    ("rpm", "sled", Listed::Suse),
    ("rpm", "opensuse-leap", Listed::OpenSuse),
    ("rpm", "opensuse.leap", Listed::OpenSuse),
    ("rpm", "opensuse-tumbleweed", Listed::OpenSuse),
    ("rpm", "opensuse.tumbleweed", Listed::OpenSuse),
    ("apk", "dhi", Listed::DockerHardenedImages),
    ("deb", "dhi", Listed::DockerHardenedImages),
    ("rpm", "cbl-mariner", Listed::AzureLinux),
];

/// Types of purl that mean what another type means.
const KINDS: [(&str, Listed); 2] =
    [("gradle", Listed::Maven), ("githubactions", Listed::GitHubActions)];

/// What a package URL says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Coordinates<'a> {
    /// The package that the purl names.
    pub package: Package,
    /// Its version.
    pub version: Option<Version>,
    /// The source package it was built from, with its version where it differs, if that is what
    /// the distribution's advisories name; Red Hat's name binary packages.
    pub source: Option<(String, Option<Version>)>,
    /// The canonical spelling of the whole purl.
    pub canonical: Cow<'a, str>,
}

/// Reads a package URL of an inventory, tolerantly.
pub(crate) fn read(text: &str) -> Result<Coordinates<'_>, String> {
    match plain::read(text) {
        Some(read) => Ok(read),
        None => read_at_length(text),
    }
}

/// The same for any purl, whatever is in it.
pub(super) fn read_at_length(text: &str) -> Result<Coordinates<'static>, String> {
    let purl = Purl::parse(text, Reading::Tolerant).map_err(|PurlFault { reason, .. }| reason)?;
    let package = purl.package();
    let by_binary = matches!(package.ecosystem, Ecosystem::Listed(Listed::RedHat, _));
    Ok(Coordinates {
        package,
        version: purl.package_version(),
        source: purl.source().filter(|_| !by_binary),
        canonical: Cow::Owned(purl.to_string()),
    })
}

impl Purl {
    /// The repository that the purl names, as `domain::record::repository_name` writes it, and the
    /// revision: a commit or a tag. It is told by qualifier `vcs_url` (in the form of an SPDX
    /// download location), by the types of code hosts, or by a Go module at the root of one.
    pub fn repository(&self) -> Option<(String, String)> {
        let version = self.version();
        if let Some(address) = self.qualifiers.value("vcs_url") {
            let address = address.split('#').next().unwrap_or(address);
            let address = address.strip_prefix("git+").unwrap_or(address);
            let path_at = address.find("://").map_or(0, |at| at + 3);
            let path_at = address.get(path_at..)?.find('/').map_or(path_at, |at| path_at + at);
            let (address, revision) = match address.get(path_at..)?.rsplit_once('@') {
                Some((path, revision)) => (address.get(..path_at + path.len())?, Some(revision)),
                None => (address, None),
            };
            let revision = revision.or(version)?.to_owned();
            return Some((repository_name(address), revision));
        }
        let (version, namespace) = (version?, self.namespace()?);
        let host = match self.kind.as_str() {
            "github" => "github.com",
            "gitlab" => "gitlab.com",
            "bitbucket" => "bitbucket.org",
            "golang" if namespace.split('/').count() == 2 => {
                // A pseudo-version ends in the first twelve digits of its commit.
                let commit = version.rsplit('-').next().filter(|text| {
                    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
                });
                let name = repository_name(&format!("{namespace}/{}", self.name()));
                return Some((name, commit.unwrap_or(version).to_owned()));
            }
            _ => return None,
        };
        let name = repository_name(&format!("{host}/{namespace}/{}", self.name()));
        Some((name, version.to_owned()))
    }

    /// The package that the purl names.
    pub fn package(&self) -> Package {
        let ecosystem = self.ecosystem();
        let name = joint_name(&ecosystem, self.namespace(), &self.name, self.subpath());
        Package { name: normal_name(&ecosystem, &name), ecosystem }
    }

    /// The version as the ecosystem writes it; an rpm's epoch stands in front, where it has one.
    pub fn package_version(&self) -> Option<Version> {
        let version = self.version()?;
        let epoch = self.epoch().filter(|_| !version.contains(':'));
        Some(Version(epoch.map_or(version.to_owned(), |epoch| format!("{epoch}:{version}"))))
    }

    /// The epoch of an rpm, unless it is zero, which is the same as none.
    fn epoch(&self) -> Option<&str> {
        let epoch = self.qualifiers.value("epoch").filter(|_| self.kind == "rpm");
        epoch.filter(|epoch| *epoch != "0" && epoch.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The source package of a distribution's package, with its version where it differs.
    pub fn source(&self) -> Option<(String, Option<Version>)> {
        let upstream = self.qualifiers.value("upstream")?;
        match self.kind.as_str() {
            "deb" | "apk" | "alpine" => Some(match upstream.split_once('@') {
                Some((name, version)) => (name.to_owned(), Some(Version::from(version))),
                None => (upstream.to_owned(), None),
            }),
            "rpm" => Some(self.source_rpm(upstream)),
            _ => None,
        }
    }

    /// Name and version from the name of a source package's file, `curl-7.61.1-22.el8.src.rpm`.
    fn source_rpm(&self, file: &str) -> (String, Option<Version>) {
        let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"));
        let Some((rest, release)) = stem.and_then(|stem| stem.rsplit_once('-')) else {
            return (file.to_owned(), None);
        };
        let Some((name, version)) = rest.rsplit_once('-') else {
            return (file.to_owned(), None);
        };
        let version = format!("{version}-{release}");
        if self.version() == Some(version.as_str()) {
            return (name.to_owned(), None);
        }
        let version = self.epoch().map_or(version.clone(), |epoch| format!("{epoch}:{version}"));
        (name.to_owned(), Some(Version(version)))
    }

    /// The ecosystem by the OSV schema's table of purl types, with the release it tells.
    fn ecosystem(&self) -> Ecosystem {
        let (kind, namespace) = (self.kind.as_str(), self.namespace());
        let distro = self.qualifiers.value("distro");
        match (kind, namespace) {
            ("pypi", _) => return Ecosystem::PyPi,
            ("npm", _) => return Ecosystem::Npm,
            ("cargo", _) => return Ecosystem::CratesIo,
            ("generic", _) => return Ecosystem::Generic,
            ("deb", Some("debian")) => return Ecosystem::Debian(distro.and_then(debian_release)),
            _ => {}
        }
        let listed = match (kind, namespace) {
            // An old scanner's type for what is `pkg:apk/alpine` today.
            ("alpine", None) => Some(Listed::Alpine),
            _ => None,
        };
        let renamed = || {
            let by_space = NAMESPACES.iter().find(|(own, space, _)| {
                *own == kind && namespace.is_some_and(|namespace| namespace == *space)
            });
            let by_kind = || KINDS.iter().find(|(own, _)| *own == kind).map(|(_, listed)| *listed);
            by_space.map(|(_, _, listed)| *listed).or_else(by_kind)
        };
        let known = listed.or_else(|| Listed::of_purl(kind, namespace)).or_else(renamed);
        match known {
            Some(Listed::Packagist) => {
                // A registry of its own is an ecosystem of its own, `Packagist:<address>`.
                let own = self.qualifiers.value("repository_url");
                let own = own.filter(|address| !address.contains("packagist.org"));
                Ecosystem::Listed(Listed::Packagist, own.map(str::to_owned))
            }
            Some(listed) => {
                let release = distro.and_then(|distro| release::of(listed, distro));
                Ecosystem::Listed(listed, release)
            }
            None => Ecosystem::Unknown(kind.to_owned()),
        }
    }

    /// The purl of a package; none where the name cannot be one. It reads back as the same package,
    /// but for releases that no purl tells.
    pub fn of(package: &Package, version: Option<&Version>) -> Option<Purl> {
        let distro = release::distro(&package.ecosystem);
        let distro = distro.as_deref().map(|distro| ("distro", distro));
        made(package, version, distro.into_iter().collect())
    }
}

/// Namespace, name and path inside the package as the ecosystem joins them.
pub(super) fn joint_name<'a>(
    ecosystem: &Ecosystem,
    namespace: Option<&str>,
    name: &'a str,
    subpath: Option<&str>,
) -> Cow<'a, str> {
    let joined = match (ecosystem, namespace) {
        (Ecosystem::Debian(_) | Ecosystem::PyPi | Ecosystem::CratesIo, _) => None,
        (Ecosystem::Npm, Some(scope)) => {
            Some(format!("@{}/{name}", scope.strip_prefix('@').unwrap_or(scope)))
        }
        (Ecosystem::Listed(Listed::Maven, _), Some(group)) => Some(format!("{group}:{name}")),
        (Ecosystem::Listed(Listed::Go, _), _) => {
            let parts = [namespace, Some(name), subpath];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join("/"))
        }
        // The namespace is the distribution.
        (Ecosystem::Listed(listed, _), _) if is_distribution(*listed) => None,
        (_, Some(namespace)) => Some(format!("{namespace}/{name}")),
        (_, None) => None,
    };
    joined.map_or(Cow::Borrowed(name), Cow::Owned)
}

fn made<'a>(
    package: &'a Package,
    version: Option<&'a Version>,
    mut qualifiers: Vec<(&'a str, &'a str)>,
) -> Option<Purl> {
    let (kind, namespace, name) = split(package);
    // An ecosystem without a purl type (`GitHub Actions`) can only be written as generic software.
    let kind = if super::settle::kind(kind).is_ok() { kind } else { "generic" };
    let mut version = version.map(|version| version.0.as_str());
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((epoch, rest)) = version.and_then(|text| text.split_once(':'))
        && kind == "rpm"
        && digits(epoch)
    {
        qualifiers.push(("epoch", epoch));
        version = Some(rest);
    }
    if let Ecosystem::Listed(Listed::Packagist, Some(address)) = &package.ecosystem {
        qualifiers.push(("repository_url", address));
    }
    let parts = Parts { kind, namespace, name, version, qualifiers: &qualifiers, subpath: None };
    // A namespace that the type forbids stays away: the name alone is then the best spelling.
    let bare = Parts { namespace: None, ..parts };
    let tolerant = |parts| Purl::build_as(parts, Reading::Tolerant).ok();
    tolerant(&parts).or_else(|| tolerant(&bare))
}

/// Writes a package as a canonical package URL of a source package, as OSV's records have them;
/// nothing where the name cannot be one.
pub(crate) fn write(package: &Package, version: Option<&Version>) -> Option<String> {
    let distro = match &package.ecosystem {
        Ecosystem::Debian(_) => release::distro(&package.ecosystem),
        Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => None,
    };
    let mut qualifiers = Vec::new();
    if matches!(
        package.ecosystem,
        Ecosystem::Debian(_) | Ecosystem::Listed(Listed::Alpine | Listed::Ubuntu, _)
    ) {
        qualifiers.push(("arch", "source"));
    }
    qualifiers.extend(distro.as_deref().map(|distro| ("distro", distro)));
    made(package, version, qualifiers).map(|purl| purl.to_string())
}

/// The purl type, namespace and name of a package.
fn split(package: &Package) -> (&str, Option<&str>, &str) {
    let name = package.name.as_str();
    let last = |joint: char| match name.rsplit_once(joint) {
        Some((space, name)) => (Some(space), name),
        None => (None, name),
    };
    let kind = package.ecosystem.purl_type();
    let (namespace, name) = match &package.ecosystem {
        Ecosystem::Debian(_) => (Some("debian"), name),
        Ecosystem::PyPi | Ecosystem::CratesIo => (None, name),
        Ecosystem::Npm | Ecosystem::Generic | Ecosystem::Git | Ecosystem::Oci => last('/'),
        Ecosystem::Listed(Listed::Maven, _) => last(':'),
        Ecosystem::Listed(listed, _) => match listed.purl().1 {
            Some(space) => (Some(space), name),
            None => last('/'),
        },
        Ecosystem::Unknown(_) => last('/'),
    };
    (kind, namespace, name)
}

/// A name as every reader of this crate spells it, so that a purl and an advisory meet.
pub(crate) fn normal_name(ecosystem: &Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::PyPi => pypi_name(name),
        Ecosystem::Npm | Ecosystem::Debian(_) => name.to_lowercase(),
        Ecosystem::Listed(listed, _) => match listed {
            Listed::NuGet
            | Listed::Packagist
            | Listed::Hex
            | Listed::GitHubActions
            | Listed::VsCode
            | Listed::Bitnami
            | Listed::Ubuntu
            | Listed::Echo
            | Listed::Alpine
            | Listed::Alpaquita
            | Listed::BellSoftHardenedContainers
            | Listed::Chainguard
            | Listed::CleanStart
            | Listed::MinimOs
            | Listed::Wolfi => name.to_lowercase(),
            Listed::Pub => name.to_lowercase().replace('-', "_"),
            Listed::SwiftUrl => {
                let name = name.strip_prefix("https://").unwrap_or(name);
                name.strip_suffix(".git").unwrap_or(name).to_owned()
            }
            // Go tells letters of a module's path apart (Go Modules Reference, "Module paths").
            Listed::Go
            | Listed::AlmaLinux
            | Listed::Android
            | Listed::AzureLinux
            | Listed::Bioconductor
            | Listed::ConanCenter
            | Listed::Cran
            | Listed::DockerHardenedImages
            | Listed::FreeBsd
            | Listed::Ghc
            | Listed::Hackage
            | Listed::Julia
            | Listed::Kubernetes
            | Listed::Linux
            | Listed::Mageia
            | Listed::Maven
            | Listed::OssFuzz
            | Listed::PhotonOs
            | Listed::RedHat
            | Listed::RockyLinux
            | Listed::Root
            | Listed::RubyGems
            | Listed::Suse
            | Listed::TuxCare
            | Listed::OpenEuler
            | Listed::OpenSuse
            | Listed::Opam => name.to_owned(),
        },
        Ecosystem::CratesIo
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Unknown(_) => name.to_owned(),
    }
}

/// Whether the purl's namespace is the distribution and no part of the name.
fn is_distribution(listed: Listed) -> bool {
    listed.purl().1.is_some() || listed == Listed::DockerHardenedImages
}

/// A PyPI name as PEP 503 spells it: lower case, runs of `-`, `_` and `.` one hyphen.
fn pypi_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut joined = false;
    for letter in name.chars() {
        let joint = matches!(letter, '-' | '_' | '.');
        match letter {
            _ if joint && joined => {}
            _ if joint => normal.push('-'),
            letter => normal.extend(letter.to_lowercase()),
        }
        joined = joint;
    }
    normal
}
