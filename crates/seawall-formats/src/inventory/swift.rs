//! `Package.resolved`, versions 1 to 3: packages go by the address of their repository.

use super::lines::Lines;
use super::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::fault::FormatFault;
use crate::json::{self, Spot};
use seawall_domain::package::{Ecosystem, Listed};

const FORMAT: &str = "Package.resolved";

/// Reads a lock file.
pub(super) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    let older = top.object("object")?;
    for pin in older.as_ref().unwrap_or(&top).objects("pins")? {
        let address = pin.text("location")?.or(pin.text("repositoryURL")?);
        let named = pin.text("identity")?.or(pin.text("package")?);
        let state = pin.object("state")?;
        let version = state.map(|state| state.text("version")).transpose()?.flatten();
        let place = pin.place();
        match (address.and_then(repository), version) {
            (Some(name), Some(version)) => {
                let ecosystem = Ecosystem::Listed(Listed::SwiftUrl, None);
                lines.push_package(&place, ecosystem, &name, Some(version))?;
            }
            // A branch or a revision is no release, and a folder no repository.
            (_, version) => {
                let name = named.or(address).unwrap_or("package");
                lines.push_elsewhere(&place, name, version)?;
            }
        }
    }
    Ok(lines.done(Kind::Swift, None))
}

/// An address as purls write it: host and path without scheme, user and `.git`.
fn repository(address: &str) -> Option<String> {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        None => address.split_once('@')?.1.replacen(':', "/", 1),
    };
    let rest = rest.split_once('@').map_or(rest.as_str(), |(_, rest)| rest);
    let rest = rest.trim_end_matches('/').trim_end_matches(".git");
    rest.contains('/').then(|| rest.to_owned())
}
