//! Releases: listed and brought by their registry's client, kept in the cache, read as text.

use crate::cache::{Cache, Kept};
use crate::registry::{Visit, git};
use crate::{LabFault, Laboratory, tree};
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
    let cache = Cache::open(lab)?;
    let visit = Visit::to(lab, &cache, package)?;
    if visit.is_local() {
        return visit.releases();
    }
    if lab.offline {
        let what = || LabFault::Offline { what: format!("the releases of {package}") };
        return cache.catalogue(package).ok_or_else(what);
    }
    let releases = visit.releases()?;
    cache.catalogue_keep(package, &releases)?;
    Ok(releases)
}

pub(crate) fn commits(
    lab: &Laboratory,
    package: &Package,
    good: &Version,
    bad: &Version,
) -> Result<Vec<Version>, LabFault> {
    let cache = Cache::open(lab)?;
    let visit = tree_visit(lab, &cache, package)?;
    for version in [good, bad] {
        plain_version(&visit, version)?;
    }
    git::commits(&visit, good, bad)
}

pub(crate) fn head(lab: &Laboratory, package: &Package) -> Result<Version, LabFault> {
    let cache = Cache::open(lab)?;
    git::head(&tree_visit(lab, &cache, package)?)
}

fn tree_visit<'a>(
    lab: &'a Laboratory,
    cache: &'a Cache,
    package: &'a Package,
) -> Result<Visit<'a>, LabFault> {
    if package.ecosystem != Ecosystem::Git {
        return Err(LabFault::registry(package, "only source trees have commits"));
    }
    Visit::to(lab, cache, package)
}

pub(crate) fn fetch_all(
    lab: &Laboratory,
    package: &Package,
    versions: &[Version],
) -> Vec<Result<Fetched, LabFault>> {
    let all = |fault: LabFault| versions.iter().map(|_| Err(fault.clone())).collect();
    let cache = match Cache::open(lab) {
        Ok(cache) => cache,
        Err(fault) => return all(fault),
    };
    let visit = match Visit::to(lab, &cache, package) {
        Ok(visit) => visit,
        Err(fault) => return all(fault),
    };
    let mut answers: Vec<Option<Result<Fetched, LabFault>>> =
        versions.iter().map(|version| known(&visit, version)).collect();
    let mut missing: Vec<Version> = versions
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.is_none())
        .map(|(version, _)| version.clone())
        .collect();
    missing.sort();
    missing.dedup();
    let brought = if missing.is_empty() { Vec::new() } else { visit.fetch(&missing) };
    for (version, brought) in missing.iter().zip(brought) {
        if let (Err(LabFault::NotFetchable { reason, .. }), false) = (&brought, visit.is_local()) {
            // A lost note costs a second question to the registry and nothing else.
            let _ = cache.refuse(package, version, reason);
        }
        let same = versions.iter().zip(&mut answers).filter(|(other, _)| *other == version);
        for (_, answer) in same {
            *answer = Some(brought.clone());
        }
    }
    let silent = || Err(LabFault::registry(package, "the client gave no answer"));
    let answers = answers.into_iter().map(|answer| answer.unwrap_or_else(silent));
    answers.zip(versions).map(|(answer, version)| locked(&visit, version, answer?)).collect()
}

/// A release, unless it is locked to another one.
fn locked(visit: &Visit<'_>, version: &Version, fetched: Fetched) -> Result<Fetched, LabFault> {
    let package = visit.package.to_string();
    match visit.lab.locked.get(&format!("{package} {version}")) {
        Some(locked) if *locked != fetched.digest => Err(LabFault::Locked {
            package,
            version: version.to_string(),
            locked: *locked,
            found: fetched.digest,
        }),
        Some(_) | None => Ok(fetched),
    }
}

fn plain_version(visit: &Visit<'_>, version: &Version) -> Result<(), LabFault> {
    let fault = || LabFault::Name { text: version.0.chars().take(80).collect() };
    if visit.is_version(version) { Ok(()) } else { Err(fault()) }
}

/// What can be said about a release without asking the registry.
fn known(visit: &Visit<'_>, version: &Version) -> Option<Result<Fetched, LabFault>> {
    if let Err(fault) = plain_version(visit, version) {
        return Some(Err(fault));
    }
    let alone = visit.lab.offline && visit.lab.local_catalogue.is_none();
    if visit.is_changing() && !alone {
        // It may be another one since, and bringing it again is cheap.
        return None;
    }
    let package = visit.package;
    match visit.cache.release(package, version) {
        Some(Kept::Here(fetched)) => Some(Ok(fetched)),
        Some(Kept::Refused(reason)) => Some(Err(LabFault::not_fetchable(package, version, reason))),
        None if visit.lab.offline && !visit.is_local() => {
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
    match package.ecosystem == Ecosystem::CratesIo {
        true => path.join("vendor").join(&package.name),
        false => path.to_owned(),
    }
}

/// The folder that a sandbox shows as its whole system, when the release is one.
pub(crate) fn root(package: &Package, target: &Path) -> Option<PathBuf> {
    (package.ecosystem == Ecosystem::Oci).then(|| target.to_owned())
}
