//! Lists of the programs on a machine as its tools print them: `winget list`, `wmic product get`
//! and PowerShell's `Get-Package` on Windows, `snap list` elsewhere. Exports as CSV are tables of
//! products.

use super::columns::{Columns, is_rule};
use super::lines::{Known, Lines};
use super::{Inventory, Kind};
use crate::fault::FormatFault;

const FORMAT: &str = "list of programs";

/// How many lines may stand above the headings.
const PREAMBLE_LINES_MAX: usize = 20;

const NAMES: [&str; 4] = ["name", "displayname", "caption", "nom"];
const VERSIONS: [&str; 3] = ["version", "displayversion", "versión"];
const VENDORS: [&str; 4] = ["vendor", "publisher", "hersteller", "manufacturer"];

/// The headings of such a table and the number of their line.
fn headings(text: &str) -> Option<(usize, Columns)> {
    for (index, line) in text.lines().enumerate().take(PREAMBLE_LINES_MAX) {
        // A progress bar leaves its marks at the start of the line.
        let shown = line.rsplit('\r').next().unwrap_or(line);
        let columns = Columns::of(shown);
        let plain = !shown.contains([',', ';', '\t', '|', '#']);
        if plain && columns.position(&NAMES).is_some() && columns.position(&VERSIONS).is_some() {
            return Some((index, columns));
        }
    }
    None
}

/// Whether a text is such a table.
pub(super) fn is(text: &str) -> bool {
    headings(text).is_some()
}

/// Reads a table.
pub(super) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let Some((at, columns)) = headings(text) else {
        let message = "no line with `Name` and `Version` found";
        return Err(FormatFault::new(FORMAT, "line 1", message));
    };
    for (index, line) in text.lines().enumerate().skip(at + 1) {
        if line.trim().is_empty() || is_rule(line) {
            continue;
        }
        let place = format_args!("line {}", index + 1);
        let cell =
            |names: &[&str]| columns.position(names).and_then(|column| columns.cell(line, column));
        let Some(name) = cell(&NAMES) else {
            lines.warn(format!("{place}: it names no program"));
            continue;
        };
        let name_is_cut = name.ends_with('…');
        let version = cell(&VERSIONS).filter(|version| !version.ends_with('…'));
        if name_is_cut {
            lines.warn(format!("{place}: the name is cut; export the list as CSV or JSON"));
        }
        lines.push_named(
            &place,
            Known { vendor: cell(&VENDORS), name, version, ..Known::default() },
        )?;
    }
    Ok(lines.done(Kind::Programs, None))
}
