//! `modified_id.csv` of an OSV dump: which records changed when, newest first.
//!
//! A reader goes down from the top and stops at a time that it knows. Each line is
//! `<RFC 3339>,<ECOSYSTEM>/<ID>`, or `<RFC 3339>,<ID>` in the file of one ecosystem.

use super::FORMAT;
use crate::fault::{FormatFault, quote};
use seawall_domain::time::Timestamp;

/// The longest id of a record that is read, in bytes (the query interface has the same bound).
pub const ID_BYTES_MAX: usize = 100;

/// One record that changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Change<'a> {
    /// When.
    pub modified: Timestamp,
    /// The folder of its ecosystem, where the line names one: `PyPI`, `[EMPTY]`.
    pub ecosystem: Option<&'a str>,
    /// Its id.
    pub id: &'a str,
}

/// The changes of a file, a line each. A line that cannot be read is told and passed over.
pub fn changes(text: &str) -> impl Iterator<Item = Result<Change<'_>, FormatFault>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| {
        change(line).ok_or_else(|| {
            let place = format!("line {}", number + 1);
            FormatFault::new(FORMAT, place, format!("{} is no change of a record", quote(line)))
        })
    })
}

fn change(line: &str) -> Option<Change<'_>> {
    let (modified, name) = line.trim().split_once(',')?;
    let (ecosystem, id) = match name.rsplit_once('/') {
        Some((ecosystem, id)) => (Some(ecosystem), id),
        None => (None, name),
    };
    // They become parts of an address, so nothing that climbs or breaks out of it is one.
    let usable = |text: &str| {
        !text.is_empty()
            && text.len() <= ID_BYTES_MAX
            && text != "."
            && text != ".."
            && !text.contains(['/', '\\', '?', '#', '%'])
            && !text.contains(char::is_control)
    };
    let fits = usable(id) && ecosystem.is_none_or(usable);
    let modified = modified.parse::<Timestamp>().ok()?;
    fits.then_some(Change { modified, ecosystem, id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_line_is_a_change_or_told() {
        let text = "2026-01-02T00:00:00.5Z,PyPI/PYSEC-1\r\n\n2026-01-01T00:00:00Z,GO-1\n\
            2026-01-01T00:00:00Z,../X\n2026-01-01T00:00:00Z,a/../X\nnow,X\nX\n\
            2026-01-01T00:00:00Z,[EMPTY]/X";
        let told: Vec<String> = changes(text)
            .map(|read| match read {
                Ok(one) => format!("{} {} {}", one.modified, one.ecosystem.unwrap_or("-"), one.id),
                Err(fault) => fault.place,
            })
            .collect();
        let expected = [
            "2026-01-02T00:00:00.5Z PyPI PYSEC-1",
            "2026-01-01T00:00:00Z - GO-1",
            "line 4",
            "line 5",
            "line 6",
            "line 7",
            "2026-01-01T00:00:00Z [EMPTY] X",
        ];
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn never_panics(text in r"[0-9TZ:,/.\\n a-z-]{0,80}") {
            assert!(changes(&text).count() <= text.lines().count());
        }
    }
}
