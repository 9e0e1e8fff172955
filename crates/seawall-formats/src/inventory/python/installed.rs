//! What `pip list` prints: a table, or with `--format json` a list of objects.

use crate::fault::FormatFault;
use crate::inventory::columns::{Columns, is_rule};
use crate::inventory::lines::Lines;
use crate::inventory::{Inventory, Kind};
use crate::json::Spot;
use seawall_domain::package::Ecosystem;

const FORMAT: &str = "list of Python packages";

/// How many lines may stand above the headings.
const PREAMBLE_LINES_MAX: usize = 5;

fn headings(text: &str) -> Option<usize> {
    let mut lines = text.lines().take(PREAMBLE_LINES_MAX);
    lines.position(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("Package") && words.next() == Some("Version")
    })
}

/// Whether a text is such a table.
pub(in crate::inventory) fn is(text: &str) -> bool {
    headings(text).is_some()
}

/// Reads a table.
pub(in crate::inventory) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let at = headings(text).unwrap_or_default();
    let columns = Columns::of(text.lines().nth(at).unwrap_or_default());
    let location = columns.position(&["editable", "location"]);
    for (index, line) in text.lines().enumerate().skip(at + 1) {
        // pip says at the end when there is a newer pip.
        if line.trim().is_empty() || is_rule(line) || line.starts_with('[') {
            continue;
        }
        let place = format_args!("line {}", index + 1);
        let mut words = line.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            lines.warn(format!("{place}: it names no version"));
            continue;
        };
        if location.is_some_and(|column| columns.cell(line, column).is_some()) {
            lines.push_elsewhere(&place, name, Some(version))?;
        } else {
            lines.push_package(&place, Ecosystem::PyPi, name, Some(version))?;
        }
    }
    Ok(lines.done(Kind::Python, None))
}

/// Reads the objects that `pip list --format json` prints.
pub(in crate::inventory) fn read_objects(items: &[Spot<'_>]) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    for package in items {
        let (name, version) = (package.required_text("name")?, package.text("version")?);
        if package.has("editable_project_location") {
            lines.push_elsewhere(&package.place(), name, version)?;
        } else {
            lines.push_package(&package.place(), Ecosystem::PyPi, name, version)?;
        }
    }
    Ok(lines.done(Kind::Python, None))
}
