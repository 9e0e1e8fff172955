//! `poetry.lock`, `pdm.lock`, `uv.lock`, and `pylock.toml` (PEP 751).
//!
//! What comes from git, a folder or an address is listed and stays unknown.

use crate::fault::FormatFault;
use crate::inventory::lines::Lines;
use crate::inventory::{Inventory, Kind, tables};
use seawall_domain::package::Ecosystem;
use toml::{Table, Value};

/// Reads Poetry's lock file: a `source` of type `legacy` is another index.
pub(in crate::inventory) fn poetry(table: &Table) -> Result<Inventory, FormatFault> {
    read("poetry.lock", table, "package", |package| {
        let source = package.get("source").and_then(Value::as_table);
        let kind = source.and_then(|source| tables::text(source, "type"));
        matches!(kind, None | Some("legacy" | "pypi"))
    })
}

/// Reads PDM's lock file.
pub(in crate::inventory) fn pdm(table: &Table) -> Result<Inventory, FormatFault> {
    read("pdm.lock", table, "package", |package| {
        let elsewhere = ["git", "hg", "path", "url", "revision", "editable"];
        !elsewhere.iter().any(|key| package.contains_key(*key))
    })
}

/// Reads uv's lock file: the project itself has a source of `virtual` or `editable`.
pub(in crate::inventory) fn uv(table: &Table) -> Result<Inventory, FormatFault> {
    read("uv.lock", table, "package", |package| {
        let source = package.get("source").and_then(Value::as_table);
        source.is_none_or(|source| source.contains_key("registry"))
    })
}

/// Reads the lock file of PEP 751.
pub(in crate::inventory) fn pylock(table: &Table) -> Result<Inventory, FormatFault> {
    read("pylock.toml", table, "packages", |package| {
        !["vcs", "directory", "archive"].iter().any(|key| package.contains_key(*key))
    })
}

fn read(
    format: &'static str,
    table: &Table,
    key: &'static str,
    is_of_index: impl Fn(&Table) -> bool,
) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(format);
    for (index, package) in tables::list(table, key).enumerate() {
        let place = format_args!("/{key}/{index}");
        let Some((name, version)) = tables::name_and_version(package) else {
            lines.warn(format!("{place}: it has no name"));
            continue;
        };
        if is_of_index(package) {
            lines.push_package(&place, Ecosystem::PyPi, name, version)?;
        } else {
            lines.push_elsewhere(&place, name, version)?;
        }
    }
    Ok(lines.done(Kind::Python, None))
}
