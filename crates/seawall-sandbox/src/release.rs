//! Releases: listed and brought by their registry's client, kept in the cache, read as text.

use crate::cache::{Cache, Kept};
use crate::{LabFault, Laboratory, registry, tree};
use seawall_domain::digest::Digest;
use seawall_domain::package::{Ecosystem, Package, Version};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The most of one source file that is read for the reference check.
const SOURCE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// One release of a package in its registry.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Release {
    /// The version.
    pub version: Version,
    /// The registry advises against it; often it can't be fetched any more.
    pub yanked: bool,
}

/// One release on this machine.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Fetched {
    /// The folder that a sandbox sees as `/target`.
    pub path: PathBuf,
    /// The digest over every path and every byte of it.
    pub digest: Digest,
}

pub(crate) fn releases(lab: &Laboratory, package: &Package) -> Result<Vec<Release>, LabFault> {
    plain_package(package)?;
    if package.ecosystem == Ecosystem::Generic {
        return registry::folder::releases(lab, package);
    }
    let cache = Cache::open(lab)?;
    if lab.offline {
        let what = || LabFault::Offline { what: format!("the releases of {package}") };
        return cache.catalogue(package).ok_or_else(what);
    }
    let releases = match &package.ecosystem {
        Ecosystem::PyPi => registry::pypi::releases(&cache, package),
        Ecosystem::Npm => registry::npm::releases(&cache, package),
        Ecosystem::CratesIo => registry::cargo::releases(&cache, package),
        Ecosystem::Generic
        | Ecosystem::Debian(_)
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => {
            Err(LabFault::registry(package, "there is no client for this ecosystem"))
        }
    }?;
    cache.catalogue_keep(package, &releases)?;
    Ok(releases)
}

pub(crate) fn fetch_all(
    lab: &Laboratory,
    package: &Package,
    versions: &[Version],
) -> Vec<Result<Fetched, LabFault>> {
    let all = |fault: LabFault| versions.iter().map(|_| Err(fault.clone())).collect();
    if let Err(fault) = plain_package(package) {
        return all(fault);
    }
    let cache = match Cache::open(lab) {
        Ok(cache) => cache,
        Err(fault) => return all(fault),
    };
    let mut answers: Vec<Option<Result<Fetched, LabFault>>> =
        versions.iter().map(|version| known(lab, &cache, package, version)).collect();
    let mut missing: Vec<Version> = versions
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.is_none())
        .map(|(version, _)| version.clone())
        .collect();
    missing.sort();
    missing.dedup();
    if !missing.is_empty() {
        let brought = match &package.ecosystem {
            Ecosystem::PyPi => registry::pypi::fetch(&cache, package, &missing),
            Ecosystem::Npm => registry::npm::fetch(&cache, package, &missing),
            Ecosystem::CratesIo => registry::cargo::fetch(&cache, package, &missing),
            Ecosystem::Generic => registry::folder::fetch(lab, &cache, package, &missing),
            Ecosystem::Debian(_)
            | Ecosystem::Git
            | Ecosystem::Oci
            | Ecosystem::Listed(..)
            | Ecosystem::Unknown(_) => {
                let fault = LabFault::registry(package, "there is no client for this ecosystem");
                missing.iter().map(|_| Err(fault.clone())).collect()
            }
        };
        for (version, brought) in missing.iter().zip(brought) {
            if let Err(LabFault::NotFetchable { reason, .. }) = &brought {
                // A lost note costs a second question to the registry and nothing else.
                let _ = cache.refuse(package, version, reason);
            }
            let same = versions.iter().zip(&mut answers).filter(|(other, _)| *other == version);
            for (_, answer) in same {
                *answer = Some(brought.clone());
            }
        }
    }
    let silent = || Err(LabFault::registry(package, "the client gave no answer"));
    answers.into_iter().map(|answer| answer.unwrap_or_else(silent)).collect()
}

/// What can be said about a release without asking the registry.
fn known(
    lab: &Laboratory,
    cache: &Cache,
    package: &Package,
    version: &Version,
) -> Option<Result<Fetched, LabFault>> {
    if !is_plain(&version.0) {
        return Some(Err(LabFault::Name { text: version.0.chars().take(80).collect() }));
    }
    if package.ecosystem == Ecosystem::Generic {
        // A folder may have changed since; copying it again is cheap.
        return None;
    }
    match cache.release(package, version) {
        Some(Kept::Here(fetched)) => Some(Ok(fetched)),
        Some(Kept::Refused(reason)) => Some(Err(LabFault::not_fetchable(package, version, reason))),
        None if lab.offline => {
            Some(Err(LabFault::Offline { what: format!("{package} {version}") }))
        }
        None => None,
    }
}

pub(crate) fn source(
    lab: &Laboratory,
    package: &Package,
    version: &Version,
    file: &str,
) -> Result<Option<String>, LabFault> {
    let fetched = lab.fetch(package, version)?;
    let root = own_folder(package, &fetched.path);
    let wanted: Vec<&str> =
        file.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    if wanted.is_empty() || wanted.contains(&"..") {
        return Ok(None);
    }
    let ends_so = |path: &Path| {
        let parts: Vec<_> = path.components().map(|part| part.as_os_str()).collect();
        parts.len() >= wanted.len()
            && parts.iter().rev().zip(wanted.iter().rev()).all(|(part, want)| *part == *want)
    };
    let best = tree::files(&root)?
        .into_iter()
        .filter(|path| ends_so(path))
        .min_by_key(|path| (path.components().count(), path.clone()));
    best.map(|path| tree::text(&root.join(path), SOURCE_BYTES_MAX)).transpose()
}

/// The part of a fetched folder that is the package itself and not what it needs.
fn own_folder(package: &Package, path: &Path) -> PathBuf {
    match &package.ecosystem {
        Ecosystem::CratesIo => path.join("vendor").join(&package.name),
        Ecosystem::PyPi
        | Ecosystem::Npm
        | Ecosystem::Generic
        | Ecosystem::Debian(_)
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => path.to_owned(),
    }
}

fn plain_package(package: &Package) -> Result<(), LabFault> {
    let plain = match package.name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, name)) if package.ecosystem == Ecosystem::Npm => {
            is_plain(scope) && is_plain(name)
        }
        Some(_) | None => is_plain(&package.name),
    };
    let text = || package.name.chars().take(80).collect();
    if plain { Ok(()) } else { Err(LabFault::Name { text: text() }) }
}

/// Whether a word can be a file name and an argument without being anything else.
fn is_plain(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!');
    (1..=64).contains(&word.len())
        && word.chars().all(fits)
        && !word.starts_with(['-', '.', '!', '+'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_an_option_a_path_or_a_tag_of_a_shell() {
        for (word, plain) in [
            ("1.2.3", true),
            ("2.0.0-rc.1+x", true),
            ("1!2.0", true),
            ("", false),
            ("..", false),
            ("-rf", false),
            ("a/b", false),
            ("a b", false),
            ("a;b", false),
            ("a\nb", false),
            ("é", false),
            (&"a".repeat(65), false),
        ] {
            assert_eq!(is_plain(word), plain, "{word}");
        }
    }
}
