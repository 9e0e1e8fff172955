//! `Pipfile.lock`: the groups `default` and `develop`, and those a project adds.

use crate::fault::FormatFault;
use crate::inventory::lines::Lines;
use crate::inventory::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::json::{self, Spot};
use seawall_domain::package::Ecosystem;

const FORMAT: &str = "Pipfile.lock";

/// Reads a lock file.
pub(in crate::inventory) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    for (group, packages) in top.entries()? {
        if group == "_meta" {
            continue;
        }
        for (name, package) in packages.entries()? {
            let place = package.place();
            let version = package.text("version")?.map(|text| text.trim_start_matches('='));
            let elsewhere = ["git", "path", "file", "ref", "editable"];
            if elsewhere.iter().any(|key| package.has(key)) {
                lines.push_elsewhere(&place, name, version)?;
            } else {
                lines.push_package(&place, Ecosystem::PyPi, name, version)?;
            }
        }
    }
    Ok(lines.done(Kind::Python, None))
}
