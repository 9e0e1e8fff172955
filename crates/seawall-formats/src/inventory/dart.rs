//! `pubspec.lock`: the packages by name, each with its source.

use super::lines::Lines;
use super::yaml::Node;
use super::{Inventory, Kind};
use crate::fault::FormatFault;
use seawall_domain::package::{Ecosystem, Listed};

const FORMAT: &str = "pubspec.lock";

/// Reads a lock file.
pub(super) fn read(top: &Node<'_>) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let packages = top.children.iter().filter(|node| node.key == "packages");
    for package in packages.flat_map(|node| &node.children) {
        let place = format_args!("line {}", package.line);
        let version = package.text("version");
        let described = package.child("description").and_then(|node| node.text("name"));
        let name = described.unwrap_or(&package.key);
        if package.text("source") == Some("hosted") {
            lines.push_package(&place, Ecosystem::Listed(Listed::Pub, None), name, version)?;
        } else {
            lines.push_elsewhere(&place, name, version)?;
        }
    }
    Ok(lines.done(Kind::Dart, None))
}
