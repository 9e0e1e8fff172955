//! What a query of the OSV interface may ask, and the words in which a bad one is refused: the
//! interface's own, in the order in which it looks.

use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use seawall_domain::record::repository_name;
use seawall_formats::purl::{self, Purl, Reading};

/// The parts of a query as they were sent. An empty text is the same as none, but for a commit.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// A commit, in hexadecimal digits.
    pub commit: Option<String>,
    /// A version.
    pub version: Option<String>,
    /// A package by name, ecosystem or package URL; none when it was not sent at all.
    pub package: Option<NamedPackage>,
}

/// How a query names a package.
#[derive(Clone, Debug, Default)]
pub struct NamedPackage {
    /// Its name as its ecosystem writes it.
    pub name: String,
    /// Its ecosystem, by the OSV schema's name.
    pub ecosystem: String,
    /// Its package URL, instead of both.
    pub purl: String,
}

/// A question that can be answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Question {
    /// Which records have this commit in a range; no set keeps commits.
    Commit,
    /// Which records speak of a package that was named by its ecosystem.
    Package {
        /// The package, its name normalised.
        package: Package,
        /// The version; none asks for all.
        version: Option<Version>,
    },
    /// Which records speak of a package that was named by its package URL.
    Purl {
        /// The package.
        package: Package,
        /// The version; none asks for all.
        version: Option<Version>,
    },
    /// A package URL of a type that the schema has no ecosystem for: nothing speaks of it.
    UnknownType,
    /// Which records of any ecosystem speak of a name in a version.
    AnyEcosystem {
        /// The name.
        name: String,
        /// The version.
        version: Version,
    },
}

/// A query that is refused, in the interface's own words.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadQuestion {
    /// There is none.
    #[error("no query provided")]
    NoQuery,
    /// The commit is no hexadecimal text.
    #[error("invalid hash")]
    Hash,
    /// What is asked about is missing.
    #[error("invalid query")]
    Query,
    /// A name beside a package URL.
    #[error("name specified in a PURL query")]
    NameAndPurl,
    /// An ecosystem beside a package URL.
    #[error("ecosystem specified in a PURL query")]
    EcosystemAndPurl,
    /// The package URL cannot be read.
    #[error("{0}")]
    Purl(String),
    /// A version beside a package URL that has one.
    #[error("version specified in params and PURL query")]
    TwoVersions,
    /// An ecosystem that the schema does not list.
    #[error("invalid ecosystem")]
    Ecosystem,
    /// A commit beside a version.
    #[error("commit and version specified in one query")]
    CommitAndVersion,
}

impl TryFrom<Parts> for Question {
    type Error = BadQuestion;

    fn try_from(parts: Parts) -> Result<Question, BadQuestion> {
        if parts.commit.is_some() && parts.version.is_some() {
            return Err(BadQuestion::CommitAndVersion);
        }
        if let Some(commit) = parts.commit {
            let hex = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            let good = hex && !commit.is_empty() && commit.len().is_multiple_of(2);
            return if good { Ok(Question::Commit) } else { Err(BadQuestion::Hash) };
        }
        let version = parts.version.filter(|version| !version.is_empty()).map(Version);
        let named = parts.package.ok_or(BadQuestion::Query)?;
        if !named.purl.is_empty() {
            return of_purl(&named, version);
        }
        let ecosystem = match named.ecosystem.as_str() {
            "" => None,
            name => Some(ecosystem(name).ok_or(BadQuestion::Ecosystem)?),
        };
        if named.name.is_empty() {
            return Err(BadQuestion::Query);
        }
        match (ecosystem, version) {
            (None, None) => Err(BadQuestion::Query),
            (None, Some(version)) => Ok(Question::AnyEcosystem { name: named.name, version }),
            (Some(ecosystem), version) => {
                Ok(Question::Package { package: package(ecosystem, &named.name), version })
            }
        }
    }
}

fn of_purl(named: &NamedPackage, version: Option<Version>) -> Result<Question, BadQuestion> {
    if !named.name.is_empty() {
        return Err(BadQuestion::NameAndPurl);
    }
    if !named.ecosystem.is_empty() {
        return Err(BadQuestion::EcosystemAndPurl);
    }
    let purl = Purl::parse(&named.purl, Reading::Tolerant)
        .map_err(|fault| BadQuestion::Purl(fault.to_string()))?;
    let Some(package) = purl_package(&purl) else { return Ok(Question::UnknownType) };
    match (purl.package_version(), version) {
        (Some(_), Some(_)) => Err(BadQuestion::TwoVersions),
        (own, sent) => Ok(Question::Purl { package, version: own.or(sent) }),
    }
}

/// The package that a package URL means to the interface. Only Debian's qualifier `distro` tells a
/// release, and only Packagist's `repository_url` a registry.
fn purl_package(purl: &Purl) -> Option<Package> {
    let Package { ecosystem, name } = purl.package();
    let ecosystem = match ecosystem {
        Ecosystem::Generic => Ecosystem::Listed(Listed::OssFuzz, None),
        Ecosystem::Listed(listed, registry) => {
            Ecosystem::Listed(listed, registry.filter(|_| listed == Listed::Packagist))
        }
        Ecosystem::PyPi | Ecosystem::Npm | Ecosystem::CratesIo | Ecosystem::Debian(_) => ecosystem,
        Ecosystem::Git | Ecosystem::Oci | Ecosystem::Unknown(_) => return None,
    };
    Some(Package { ecosystem, name })
}

/// An ecosystem of the schema's list, with or without a release, or `GIT`.
fn ecosystem(name: &str) -> Option<Ecosystem> {
    match Ecosystem::from(name.to_owned()) {
        // Software without a registry has no ecosystem in the schema.
        Ecosystem::Unknown(_) | Ecosystem::Generic | Ecosystem::Oci => None,
        known @ (Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Debian(_)
        | Ecosystem::Git
        | Ecosystem::Listed(..)) => Some(known),
    }
}

fn package(ecosystem: Ecosystem, name: &str) -> Package {
    match &ecosystem {
        Ecosystem::Git | Ecosystem::Unknown(_) => {
            Package { name: repository_name(name), ecosystem }
        }
        Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Debian(_)
        | Ecosystem::Generic
        | Ecosystem::Oci
        | Ecosystem::Listed(..) => purl::normalise(ecosystem, name),
    }
}

/// Every ecosystem in which a bare name is looked for.
pub(super) fn ecosystems() -> impl Iterator<Item = Ecosystem> {
    let others = [
        Ecosystem::PyPi,
        Ecosystem::Npm,
        Ecosystem::CratesIo,
        Ecosystem::Debian(None),
        Ecosystem::Generic,
        Ecosystem::Git,
    ];
    others.into_iter().chain(Listed::ALL.iter().map(|listed| Ecosystem::Listed(*listed, None)))
}
