//! `conan.lock`, versions 1 and 2: references `name/version@user/channel#revision%time`.

use super::lines::Lines;
use super::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::fault::FormatFault;
use crate::json::{self, Spot};
use seawall_domain::package::{Ecosystem, Listed};
use std::fmt::Display;

const FORMAT: &str = "conan.lock";

/// Reads a lock file.
pub(super) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, bytes, INVENTORY_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let mut lines = Lines::new(FORMAT);
    for list in ["requires", "build_requires", "python_requires", "config_requires"] {
        for (index, text) in top.texts(list)?.iter().enumerate() {
            reference(&mut lines, &format_args!("/{list}/{index}"), text)?;
        }
    }
    let graph = top.object("graph_lock")?;
    let nodes = graph.map(|graph| graph.object("nodes")).transpose()?.flatten();
    for (key, node) in nodes.map(|nodes| nodes.entries()).transpose()?.unwrap_or_default() {
        // The oldest form writes the build behind the reference.
        let older = node.text("pref")?.map(|text| text.split(':').next().unwrap_or(text));
        let Some(text) = node.text("ref")?.or(older) else {
            continue;
        };
        // Node 0 is the project itself.
        if key == "0" {
            lines.push_elsewhere(&node.place(), text, None)?;
        } else {
            reference(&mut lines, &node.place(), text)?;
        }
    }
    Ok(lines.done(Kind::Conan, None))
}

fn reference(lines: &mut Lines, place: &dyn Display, text: &str) -> Result<(), FormatFault> {
    let text = text.split(['#', '%']).next().unwrap_or(text);
    let (whole, owner) = match text.split_once('@') {
        Some((whole, owner)) => (whole, Some(owner).filter(|owner| !owner.is_empty())),
        None => (text, None),
    };
    match (whole.split_once('/'), owner) {
        (Some((name, version)), None) => {
            let ecosystem = Ecosystem::Listed(Listed::ConanCenter, None);
            lines.push_package(place, ecosystem, name, Some(version))
        }
        // A user and a channel make it another package; a bare name is the project's own file.
        (Some((name, version)), Some(_)) => lines.push_elsewhere(place, name, Some(version)),
        (None, _) => lines.push_elsewhere(place, whole, None),
    }
}
