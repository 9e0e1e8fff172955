//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3, and `npm ls --json`.

use super::is_elsewhere;
use crate::fault::FormatFault;
use crate::inventory::lines::Lines;
use crate::inventory::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::json::{self, Spot};
use seawall_domain::package::Ecosystem;

const FORMAT: &str = "npm lock file";

/// How deep dependencies may nest in dependencies.
const DEPTH_MAX: usize = 40;

/// Reads a lock file, or the tree that `npm ls --json` prints.
pub(in crate::inventory) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    match top.object("packages")? {
        // Version 2 keeps the older list for older readers; it says the same.
        Some(packages) => {
            for (path, package) in packages.entries()? {
                by_path(&mut lines, path, &package)?;
            }
        }
        None => dependencies(&mut lines, &top, 0)?,
    }
    Ok(lines.done(Kind::Npm, None))
}

/// An entry of `packages`, whose key is the folder it is installed in.
fn by_path(lines: &mut Lines, path: &str, package: &Spot<'_>) -> Result<(), FormatFault> {
    let installed = path.rsplit_once("node_modules/").map(|(_, name)| name);
    // What is no dependency is the project itself, or a workspace of it.
    let Some(folder) = installed.filter(|_| !package.is_true("link")) else {
        return Ok(());
    };
    let name = package.text("name")?.unwrap_or(folder);
    let version = package.text("version")?;
    let resolved = package.text("resolved")?.unwrap_or_default();
    if is_elsewhere(resolved) || version.is_none() {
        return lines.push_elsewhere(&package.place(), name, version);
    }
    lines.push_package(&package.place(), Ecosystem::Npm, name, version)
}

/// The entries of `dependencies`, whose key is the name, and those below them.
fn dependencies(lines: &mut Lines, owner: &Spot<'_>, depth: usize) -> Result<(), FormatFault> {
    let Some(list) = owner.object("dependencies")? else {
        return Ok(());
    };
    if depth > DEPTH_MAX {
        return Err(list.fault(format!("dependencies nest deeper than {DEPTH_MAX} levels")));
    }
    for (key, package) in list.entries()? {
        let version = package.text("version")?;
        let resolved = package.text("resolved")?.unwrap_or_default();
        let place = package.place();
        // `npm ls` lists what is missing, too; that is not there.
        let missing = package.is_true("missing") || version.is_none();
        match version {
            _ if missing => {
                if !package.is_true("bundled") && package.has("version") {
                    lines.warn(format!("{place}: it is missing"));
                }
            }
            // An alias: `"version": "npm:real@1.0.0"`.
            Some(stated) if stated.starts_with("npm:") => {
                let real = super::split(stated.trim_start_matches("npm:"));
                let (name, version) = real.unwrap_or((key, stated));
                lines.push_package(&place, Ecosystem::Npm, name, Some(version))?;
            }
            Some(stated) if is_elsewhere(stated) || is_elsewhere(resolved) => {
                lines.push_elsewhere(&place, key, version)?;
            }
            Some(stated) if stated.contains("://") => {
                lines.push_elsewhere(&place, key, version)?;
            }
            _ => {
                let name = package.text("name")?.unwrap_or(key);
                lines.push_package(&place, Ecosystem::Npm, name, version)?;
            }
        }
        dependencies(lines, &package, depth + 1)?;
    }
    Ok(())
}
