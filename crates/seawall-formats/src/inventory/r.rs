//! `renv.lock`: the R packages by name, each with the source it came from.

use super::lines::Lines;
use super::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::fault::FormatFault;
use crate::json::{self, Spot};
use seawall_domain::package::{Ecosystem, Listed};

const FORMAT: &str = "renv.lock";

/// Reads a lock file.
pub(super) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    let packages = top.object("Packages")?;
    for (key, package) in packages.map(|all| all.entries()).transpose()?.unwrap_or_default() {
        let name = package.text("Package")?.unwrap_or(key);
        let version = package.text("Version")?;
        let listed = match package.text("Source")? {
            Some("Repository") => Listed::Cran,
            Some("Bioconductor") => Listed::Bioconductor,
            Some(_) | None => {
                lines.push_elsewhere(&package.place(), name, version)?;
                continue;
            }
        };
        lines.push_package(&package.place(), Ecosystem::Listed(listed, None), name, version)?;
    }
    Ok(lines.done(Kind::R, None))
}
