//! Packages: an ecosystem of the OSV schema and a name in it. Version order belongs to `matching`.

mod listed;

pub use self::listed::Listed;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An ecosystem, by the names of the OSV schema ("Defined ecosystems").
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Ecosystem {
    /// The Python Package Index.
    PyPi,
    /// The npm registry.
    Npm,
    /// The Rust community's crate registry.
    CratesIo,
    /// Debian, with the release (`12`) when it is known.
    Debian(Option<String>),
    /// Software without a registry, named by purl type `generic`.
    Generic,
    /// A source tree, named by the address of its repository; versions are tags and commits. The
    /// OSV schema knows `GIT` as a type of range, and purl has no type for it.
    Git,
    /// An image of a container, as the Open Container Initiative specifies it.
    Oci,
    /// A further ecosystem of the OSV schema, with its release (Alpine's `v3.20`) when it is known.
    Listed(Listed, Option<String>),
    /// An ecosystem that the schema does not list; the text is kept as it came.
    Unknown(String),
}

impl Ecosystem {
    /// The ecosystem without the release of a distribution, and that release.
    pub fn without_release(&self) -> (Ecosystem, Option<&str>) {
        match self {
            Ecosystem::Debian(release) => (Ecosystem::Debian(None), release.as_deref()),
            Ecosystem::Listed(listed, release) => {
                (Ecosystem::Listed(*listed, None), release.as_deref())
            }
            Ecosystem::PyPi
            | Ecosystem::Npm
            | Ecosystem::CratesIo
            | Ecosystem::Generic
            | Ecosystem::Git
            | Ecosystem::Oci
            | Ecosystem::Unknown(_) => (self.clone(), None),
        }
    }

    /// The ecosystem's name without the release of a distribution: `Debian` for `Debian:12`.
    pub fn base(&self) -> &str {
        match self {
            Ecosystem::PyPi => "PyPI",
            Ecosystem::Npm => "npm",
            Ecosystem::CratesIo => "crates.io",
            Ecosystem::Debian(_) => "Debian",
            Ecosystem::Generic => "Generic",
            Ecosystem::Git => "GIT",
            Ecosystem::Oci => "OCI",
            Ecosystem::Listed(listed, _) => listed.name(),
            Ecosystem::Unknown(name) => name,
        }
    }

    /// The release of the distribution, where it is known: `12` for `Debian:12`.
    pub fn release(&self) -> Option<&str> {
        match self {
            Ecosystem::Debian(release) | Ecosystem::Listed(_, release) => release.as_deref(),
            Ecosystem::PyPi
            | Ecosystem::Npm
            | Ecosystem::CratesIo
            | Ecosystem::Generic
            | Ecosystem::Git
            | Ecosystem::Oci
            | Ecosystem::Unknown(_) => None,
        }
    }

    /// The purl type (ECMA-427) of packages of this ecosystem.
    pub fn purl_type(&self) -> &str {
        match self {
            Ecosystem::PyPi => "pypi",
            Ecosystem::Npm => "npm",
            Ecosystem::CratesIo => "cargo",
            Ecosystem::Debian(_) => "deb",
            Ecosystem::Generic | Ecosystem::Git => "generic",
            Ecosystem::Oci => "oci",
            Ecosystem::Listed(listed, _) => listed.purl().0,
            Ecosystem::Unknown(name) => name,
        }
    }
}

impl From<String> for Ecosystem {
    fn from(name: String) -> Self {
        match name.as_str() {
            "PyPI" => Ecosystem::PyPi,
            "npm" => Ecosystem::Npm,
            "crates.io" => Ecosystem::CratesIo,
            "Debian" => Ecosystem::Debian(None),
            "Generic" => Ecosystem::Generic,
            "GIT" => Ecosystem::Git,
            "OCI" => Ecosystem::Oci,
            whole => {
                let (base, release) = match whole.split_once(':') {
                    Some((base, release)) => (base, Some(release.to_owned())),
                    None => (whole, None),
                };
                match (base, Listed::named(base)) {
                    ("Debian", _) => Ecosystem::Debian(release),
                    (_, Some(listed)) => Ecosystem::Listed(listed, release),
                    (_, None) => Ecosystem::Unknown(name),
                }
            }
        }
    }
}

impl From<Ecosystem> for String {
    fn from(ecosystem: Ecosystem) -> String {
        ecosystem.to_string()
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.release() {
            None => f.write_str(self.base()),
            Some(release) => write!(f, "{}:{release}", self.base()),
        }
    }
}

/// A package: its ecosystem and its name, normalised by the ecosystem's own rule (`formats` does
/// that when it reads one). Scoped npm names keep their scope: `@babel/core`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Package {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// The name, normalised.
    pub name: String,
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ecosystem, self.name)
    }
}

/// A version as its ecosystem writes it. It has no order here: see `matching::version`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub String);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Version {
    fn from(text: &str) -> Self {
        Version(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ecosystem_is_read_back_from_its_name() {
        let listed = Listed::ALL.iter().map(|listed| listed.name().to_owned());
        let others = ["PyPI", "npm", "crates.io", "Debian", "Debian:12", "Generic", "GIT", "OCI"];
        let releases = ["Alpine:v3.20", "Ubuntu:22.04:LTS", "Red Hat:rhel_aus:8.4::appstream"];
        for name in listed
            .chain(others.iter().chain(&releases).chain(&["conda"]).map(|name| (*name).to_owned()))
        {
            let read = Ecosystem::from(name.clone());
            assert_eq!(read.to_string(), name);
            assert_eq!(matches!(read, Ecosystem::Unknown(_)), name == "conda", "{name}");
            let (without, release) = read.without_release();
            assert_eq!((without.to_string().as_str(), release), (read.base(), read.release()));
        }
    }
}
