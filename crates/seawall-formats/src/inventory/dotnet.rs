//! .NET: `packages.lock.json`, `packages.config`, `*.deps.json` and `project.assets.json`.

use super::lines::Lines;
use super::xml::Document;
use super::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::fault::FormatFault;
use crate::json::{self, Spot};
use seawall_domain::package::{Ecosystem, Listed};
use std::fmt::Display;

const FORMAT: &str = "list of NuGet packages";

fn push(
    lines: &mut Lines,
    place: &dyn Display,
    name: &str,
    version: Option<&str>,
) -> Result<(), FormatFault> {
    lines.push_package(place, Ecosystem::Listed(Listed::NuGet, None), name, version)
}

/// Reads `packages.lock.json`: for each framework the packages by name.
pub(super) fn read_lock(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    let frameworks = top.object("dependencies")?;
    for (_, packages) in frameworks.map(|all| all.entries()).transpose()?.unwrap_or_default() {
        for (name, package) in packages.entries()? {
            let version = package.text("resolved")?;
            if package.text("type")?.is_some_and(|kind| kind.eq_ignore_ascii_case("project")) {
                lines.push_elsewhere(&package.place(), name, version)?;
            } else {
                push(&mut lines, &package.place(), name, version)?;
            }
        }
    }
    Ok(lines.done(Kind::DotNet, None))
}

/// Reads `*.deps.json` and `project.assets.json`: the libraries by `name/version`.
pub(super) fn read_libraries(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    let libraries = top.object("libraries")?;
    for (key, library) in libraries.map(|all| all.entries()).transpose()?.unwrap_or_default() {
        let (name, version) = match key.split_once('/') {
            Some((name, version)) => (name, Some(version)),
            None => (key, None),
        };
        match library.text("type")?.unwrap_or_default() {
            "package" => push(&mut lines, &library.place(), name, version)?,
            // The runtime that a program brings along is a package, too.
            "runtimepack" => {
                let name = name.strip_prefix("runtimepack.").unwrap_or(name);
                push(&mut lines, &library.place(), name, version)?;
            }
            _ => lines.push_elsewhere(&library.place(), name, version)?,
        }
    }
    Ok(lines.done(Kind::DotNet, None))
}

/// Reads `packages.config`.
pub(super) fn read_config(document: &Document<'_>) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    for package in document.root.all("package") {
        match package.attribute("id").map(str::trim).filter(|id| !id.is_empty()) {
            Some(id) => {
                let place = format_args!("package {id}");
                push(&mut lines, &place, id, package.attribute("version"))?;
            }
            None => lines.warn(format!("{}: it has no `id`", document.place(package))),
        }
    }
    Ok(lines.done(Kind::DotNet, None))
}
