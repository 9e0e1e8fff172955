//! `yarn.lock`: the classic form (version 1) and Berry's (versions 2 and later).
//!
//! Each entry begins with what was asked for, `name@range, name@range:`, and says what was chosen.
//! The name is that of the registry where the range is an alias (`x@npm:real@1`).

use super::{is_elsewhere, split};
use crate::fault::FormatFault;
use crate::inventory::lines::Lines;
use crate::inventory::{Inventory, Kind};
use seawall_domain::package::Ecosystem;

const FORMAT: &str = "Yarn lock file";

/// How many lines at the top are looked at.
const HEAD_LINES: usize = 60;

/// Whether a text is such a file: by its first comment, or by the look of an entry.
pub(in crate::inventory) fn is(text: &str) -> bool {
    let mut asked = false;
    text.lines().take(HEAD_LINES).any(|line| {
        let field = line.trim_start().trim_start_matches('"');
        let entry = asked
            && ["version", "resolved", "integrity", "resolution"]
                .iter()
                .any(|known| field.starts_with(known));
        asked = line.ends_with(':') && line.contains('@') && !line.starts_with([' ', '/']);
        entry || line.starts_with("# yarn lockfile v1") || line.starts_with("__metadata:")
    })
}

/// Reads a lock file of either form.
pub(in crate::inventory) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let mut entry: Option<Entry<'_>> = None;
    for (index, line) in text.lines().enumerate() {
        let body = line.trim();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            if let Some(done) = entry.take() {
                done.list(&mut lines)?;
            }
            let asked = body.strip_suffix(':').filter(|asked| *asked != "__metadata");
            entry = asked.map(|asked| Entry { asked, line: index + 1, ..Entry::default() });
            continue;
        }
        // Fields of an entry are indented by two blanks; what is deeper are its dependencies.
        if let Some(open) = entry.as_mut()
            && line.starts_with("  ")
            && !line.starts_with("   ")
        {
            let (key, value) = body.split_once([' ', ':']).unwrap_or((body, ""));
            let key = key.trim_matches('"');
            let value = value.trim_start_matches(':').trim().trim_matches('"');
            match key {
                "version" => open.version = Some(value),
                "resolved" | "resolution" => open.resolved = Some(value),
                _ => {}
            }
        }
    }
    if let Some(done) = entry {
        done.list(&mut lines)?;
    }
    Ok(lines.done(Kind::Npm, None))
}

#[derive(Default)]
struct Entry<'a> {
    asked: &'a str,
    version: Option<&'a str>,
    resolved: Option<&'a str>,
    line: usize,
}

impl Entry<'_> {
    fn list(&self, lines: &mut Lines) -> Result<(), FormatFault> {
        let place = format!("line {}", self.line);
        let first = self.asked.trim_matches('"').split(", ").next().unwrap_or(self.asked);
        let first = first.trim_matches('"');
        let (name, range) = split(first).unwrap_or((first, ""));
        let resolved = self.resolved.unwrap_or_default();
        // Berry writes what was chosen as `real@npm:1.0.0`; classic writes an address.
        let chosen = split(resolved).filter(|_| !resolved.contains("://"));
        if let Some((real, chosen)) = chosen {
            return match chosen.strip_prefix("npm:") {
                Some(version) => {
                    let version = version.split("::").next().unwrap_or(version);
                    lines.push_package(&place, Ecosystem::Npm, real, Some(version))
                }
                // The project itself and its workspaces are no dependencies.
                None if chosen.starts_with("workspace:") => Ok(()),
                None => lines.push_elsewhere(&place, real, self.version),
            };
        }
        // A range with a slash is an address, or somebody's repository.
        let asked_elsewhere = range.contains('/') && !range.starts_with("npm:");
        if asked_elsewhere
            || is_elsewhere(range)
            || is_elsewhere(resolved)
            || self.version.is_none()
        {
            return lines.push_elsewhere(&place, name, self.version);
        }
        let alias = range.strip_prefix("npm:").and_then(split);
        let name = alias.map_or(name, |(real, _)| real);
        lines.push_package(&place, Ecosystem::Npm, name, self.version)
    }
}
