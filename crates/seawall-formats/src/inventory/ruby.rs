//! `Gemfile.lock`: the gems under `specs:`, by the section that says where they come from.

use super::lines::Lines;
use super::{Inventory, Kind};
use crate::fault::FormatFault;
use seawall_domain::package::{Ecosystem, Listed};

const FORMAT: &str = "Gemfile.lock";

/// How many lines at the top are looked at.
const HEAD_LINES: usize = 100;

/// Whether a text is such a file.
pub(super) fn is(text: &str) -> bool {
    let mut head = text.lines().take(HEAD_LINES);
    head.any(|line| matches!(line, "GEM" | "GIT" | "PATH"))
        && text.lines().take(HEAD_LINES).any(|line| line == "  specs:")
}

/// Reads a lock file.
pub(super) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let (mut section, mut listed) = ("", false);
    for (index, line) in text.lines().enumerate() {
        if !line.starts_with(' ') {
            (section, listed) = (line.trim(), false);
            continue;
        }
        if line == "  specs:" {
            listed = true;
            continue;
        }
        // A gem stands four blanks deep; what it needs stands six deep.
        let Some(gem) = line.strip_prefix("    ").filter(|gem| listed && !gem.starts_with(' '))
        else {
            continue;
        };
        let place = format_args!("line {}", index + 1);
        let stated = gem.strip_suffix(')').and_then(|gem| gem.split_once(" ("));
        let Some((name, version)) = stated else {
            lines.push_elsewhere(&place, gem.trim_end_matches('!').trim(), None)?;
            continue;
        };
        // A gem built for one platform says so behind its version.
        let version = version.split('-').next().unwrap_or(version);
        if section == "GEM" {
            let ecosystem = Ecosystem::Listed(Listed::RubyGems, None);
            lines.push_package(&place, ecosystem, name, Some(version))?;
        } else {
            lines.push_elsewhere(&place, name, Some(version))?;
        }
    }
    Ok(lines.done(Kind::Ruby, None))
}
