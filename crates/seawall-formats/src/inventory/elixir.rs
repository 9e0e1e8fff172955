//! `mix.lock`: an Elixir map with one entry a line.

use super::lines::Lines;
use super::{Inventory, Kind};
use crate::fault::FormatFault;
use seawall_domain::package::{Ecosystem, Listed};

const FORMAT: &str = "mix.lock";

/// Whether a text is such a file.
pub(super) fn is(text: &str) -> bool {
    text.trim_start().starts_with("%{") && text.contains("{:")
}

/// Reads a lock file: `"name": {:hex, :package, "1.2.3", …}`.
pub(super) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    for (index, line) in text.lines().enumerate() {
        let place = format_args!("line {}", index + 1);
        let body = line.trim().trim_start_matches("%{").trim();
        let Some((name, rest)) = body.strip_prefix('"').and_then(|rest| rest.split_once("\":"))
        else {
            continue;
        };
        let mut parts = rest.trim().trim_start_matches('{').split(',').map(str::trim);
        let (source, package, version) = (parts.next(), parts.next(), parts.next());
        let package = package.map(|text| text.trim_start_matches(':').trim_matches('"'));
        let version = version.map(|text| text.trim_matches('"'));
        match (source, package) {
            (Some(":hex"), Some(package)) => {
                let ecosystem = Ecosystem::Listed(Listed::Hex, None);
                lines.push_package(&place, ecosystem, package, version)?;
            }
            _ => lines.push_elsewhere(&place, name, None)?,
        }
    }
    Ok(lines.done(Kind::Elixir, None))
}
