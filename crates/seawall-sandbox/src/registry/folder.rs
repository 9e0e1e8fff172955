//! The local catalogue: a folder `NAME/VERSION/…` for software that has no registry.

use super::Visit;
use crate::{Fetched, LabFault, Release, tree};
use seawall_domain::package::Version;
use std::path::Path;

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    let folder = catalogue(visit)?.join(&visit.package.name);
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| visit.silent(format!("no such folder: {error}")))?;
    let folders = entries.filter_map(|entry| entry.ok()).filter(|entry| entry.path().is_dir());
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.map(|name| Release { version: Version(name), yanked: false }).collect())
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    let bring = |version: &Version| {
        let folder = catalogue(visit)?.join(&visit.package.name).join(&version.0);
        if !folder.is_dir() {
            return Err(visit.refused(version, "the local catalogue has no such folder"));
        }
        let scratch = visit.cache.scratch()?;
        let copy = scratch.path().join("release");
        tree::copy(&folder, &copy)?;
        visit.cache.keep(visit.package, version, &copy)
    };
    versions.iter().map(bring).collect()
}

fn catalogue<'a>(visit: &Visit<'a>) -> Result<&'a Path, LabFault> {
    let none = || visit.silent("this laboratory has no local catalogue");
    visit.lab.local_catalogue.as_deref().ok_or_else(none)
}
