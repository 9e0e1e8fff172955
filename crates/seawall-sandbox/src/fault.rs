//! The ways in which the machinery of the laboratory breaks.

use seawall_domain::digest::Digest;
use seawall_domain::package::{Package, Version};
use serde::{Deserialize, Serialize};

/// A fault of the laboratory. It crosses the process wall, so its causes are kept as text.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum LabFault {
    /// The registry's client did not answer as it should: no network, or no such package.
    #[error("cannot ask the registry for `{package}`: {reason}")]
    Registry {
        /// The package.
        package: String,
        /// What the client said.
        reason: String,
    },
    /// The registry has no form of this release that can be fetched without running its scripts.
    #[error("cannot fetch `{package}` version `{version}`: {reason}")]
    NotFetchable {
        /// The package.
        package: String,
        /// The version.
        version: String,
        /// What the client said.
        reason: String,
    },
    /// The laboratory is offline and this was never fetched before.
    #[error("cannot bring `{what}`: the laboratory is offline and its cache does not hold it")]
    Offline {
        /// What was asked for.
        what: String,
    },
    /// A name or version that cannot be a file name and an argument safely.
    #[error("cannot use `{text}` as a package name or version: it has characters of other things")]
    Name {
        /// The text.
        text: String,
    },
    /// The release is not the one that was locked: what it holds has another digest.
    #[error("cannot use `{package}` version `{version}`: it is locked to {locked} and has {found}")]
    Locked {
        /// The package.
        package: String,
        /// The version.
        version: String,
        /// The digest that it should have.
        locked: Digest,
        /// The digest that it has.
        found: Digest,
    },
    /// A file or folder of this host was named where only its own user may do so.
    #[error("cannot use `{path}`: this laboratory takes nothing from places of its host")]
    HostPath {
        /// The place.
        path: String,
    },
    /// The sandbox itself could not be set up; nothing foreign ran.
    #[error("cannot set up the sandbox: {reason}")]
    Isolation {
        /// What the launcher said.
        reason: String,
    },
    /// The file system or a helper program failed.
    #[error("{doing} failed: {reason}")]
    Io {
        /// What was attempted.
        doing: String,
        /// What the system said.
        reason: String,
    },
    /// The laboratory's process died, fell silent or answered nonsense.
    #[error("the laboratory's process failed: {reason}")]
    Process {
        /// What happened.
        reason: String,
    },
}

impl LabFault {
    pub(crate) fn io(doing: impl Into<String>, reason: impl ToString) -> LabFault {
        LabFault::Io { doing: doing.into(), reason: reason.to_string() }
    }

    pub(crate) fn registry(package: &Package, reason: impl Into<String>) -> LabFault {
        LabFault::Registry { package: package.to_string(), reason: reason.into() }
    }

    pub(crate) fn not_fetchable(
        package: &Package,
        version: &Version,
        reason: impl Into<String>,
    ) -> LabFault {
        LabFault::NotFetchable {
            package: package.to_string(),
            version: version.to_string(),
            reason: reason.into(),
        }
    }
}
