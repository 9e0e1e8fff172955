//! `composer.lock`: the packages, and those for development.

use super::lines::Lines;
use super::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::fault::FormatFault;
use crate::json::{self, Spot};
use seawall_domain::package::{Ecosystem, Listed};

const FORMAT: &str = "composer.lock";

/// Reads a lock file.
pub(super) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    for list in ["packages", "packages-dev"] {
        for package in top.objects(list)? {
            let name = package.required_text("name")?;
            let version = package.text("version")?;
            let dist = package.object("dist")?;
            let kind = dist.map(|dist| dist.text("type")).transpose()?.flatten();
            // A branch is no release.
            let branch =
                version.is_some_and(|text| text.starts_with("dev-") || text.ends_with("-dev"));
            if kind == Some("path") || branch {
                lines.push_elsewhere(&package.place(), name, version)?;
            } else {
                let ecosystem = Ecosystem::Listed(Listed::Packagist, None);
                lines.push_package(&package.place(), ecosystem, name, version)?;
            }
        }
    }
    Ok(lines.done(Kind::Php, None))
}
