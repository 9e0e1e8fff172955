//! `Podfile.lock`: the pods with their versions; a pod's part (`A/Core`) is the pod.
//!
//! The OSV schema has no ecosystem for CocoaPods; the packages go by the purl type's name.

use super::lines::Lines;
use super::yaml::Node;
use super::{Inventory, Kind};
use crate::fault::FormatFault;
use seawall_domain::package::Ecosystem;

const FORMAT: &str = "Podfile.lock";

/// Reads a lock file.
pub(super) fn read(top: &Node<'_>) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let external = top.child("EXTERNAL SOURCES");
    let pods = top.children.iter().filter(|node| node.key == "PODS");
    for pod in pods.flat_map(|node| &node.children) {
        let place = format_args!("line {}", pod.line);
        // A pod that needs others is an item with an entry: its text is that entry's key.
        let told = match pod.children.as_slice() {
            [inner, ..] if pod.key.is_empty() => inner.key.as_ref(),
            _ => pod.key.as_ref(),
        };
        let (name, version) = match told.strip_suffix(')').and_then(|text| text.split_once(" (")) {
            Some((name, version)) => (name, Some(version)),
            None => (told, None),
        };
        let name = name.split('/').next().unwrap_or(name);
        if external.is_some_and(|external| external.child(name).is_some()) {
            lines.push_elsewhere(&place, name, version)?;
        } else {
            let ecosystem = Ecosystem::from("cocoapods".to_owned());
            lines.push_package(&place, ecosystem, name, version)?;
        }
    }
    Ok(lines.done(Kind::CocoaPods, None))
}
