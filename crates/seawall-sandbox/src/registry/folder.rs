//! The local catalogue: a folder `NAME/VERSION/…` for software that has no registry.

use crate::cache::Cache;
use crate::{Fetched, LabFault, Laboratory, Release, tree};
use seawall_domain::package::{Package, Version};
use std::path::Path;

pub(crate) fn releases(lab: &Laboratory, package: &Package) -> Result<Vec<Release>, LabFault> {
    let folder = catalogue(lab, package)?.join(&package.name);
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| LabFault::registry(package, format!("no such folder: {error}")))?;
    let folders = entries.filter_map(|entry| entry.ok()).filter(|entry| entry.path().is_dir());
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.map(|name| Release { version: Version(name), yanked: false }).collect())
}

pub(crate) fn fetch(
    lab: &Laboratory,
    cache: &Cache,
    package: &Package,
    versions: &[Version],
) -> Vec<Result<Fetched, LabFault>> {
    let bring = |version: &Version| {
        let folder = catalogue(lab, package)?.join(&package.name).join(&version.0);
        if !folder.is_dir() {
            let reason = "the local catalogue has no such folder";
            return Err(LabFault::not_fetchable(package, version, reason));
        }
        let scratch = cache.scratch()?;
        let copy = scratch.path().join("release");
        tree::copy(&folder, &copy)?;
        cache.keep(package, version, &copy)
    };
    versions.iter().map(bring).collect()
}

fn catalogue<'a>(lab: &'a Laboratory, package: &Package) -> Result<&'a Path, LabFault> {
    let none = || LabFault::registry(package, "this laboratory has no local catalogue");
    lab.local_catalogue.as_deref().ok_or_else(none)
}
