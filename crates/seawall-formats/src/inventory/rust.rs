//! `Cargo.lock`, versions 1 to 4.
//!
//! A package without a source is one of the workspace, and one of another source is another
//! package: both are listed and stay unknown.

use super::lines::Lines;
use super::{Inventory, Kind, tables};
use crate::fault::FormatFault;
use seawall_domain::package::Ecosystem;

pub(super) const FORMAT: &str = "Cargo.lock";

/// The index of the public registry, in its two forms.
const INDEXES: [&str; 2] = ["github.com/rust-lang/crates.io-index", "index.crates.io/"];

/// Reads a lock file.
pub(super) fn read(table: &toml::Table) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let root = table.get("root").and_then(toml::Value::as_table);
    if let Some((name, version)) = root.and_then(tables::name_and_version) {
        lines.push_elsewhere(&"/root", name, version)?;
    }
    for (index, package) in tables::list(table, "package").enumerate() {
        let place = format_args!("/package/{index}");
        let Some((name, version)) = tables::name_and_version(package) else {
            lines.warn(format!("{place}: it has no name"));
            continue;
        };
        let source = tables::text(package, "source").unwrap_or_default();
        if INDEXES.iter().any(|known| source.contains(known)) {
            lines.push_package(&place, Ecosystem::CratesIo, name, version)?;
        } else {
            lines.push_elsewhere(&place, name, version)?;
        }
    }
    Ok(lines.done(Kind::Rust, None))
}
