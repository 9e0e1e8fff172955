//! `requirements.txt` and what `pip freeze` prints (PEP 508 and pip's own options).
//!
//! Only an exact pin (`==` without a star, or `===`) names a version; every other requirement is
//! listed without one. A requirement that names an address is listed and stays unknown.

use crate::fault::{FormatFault, quote};
use crate::inventory::lines::Lines;
use crate::inventory::{Inventory, Kind};
use seawall_domain::package::Ecosystem;

const FORMAT: &str = "list of Python requirements";

/// Reads a list.
pub(in crate::inventory) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let mut unpinned = 0usize;
    for (number, line) in joined(text) {
        let place = format!("line {number}");
        let line = without_comment(&line).trim();
        if line.is_empty() {
            continue;
        }
        if let Some(option) = line.strip_prefix('-') {
            other(&mut lines, &place, option)?;
            continue;
        }
        let Some(found) = requirement(line) else {
            if is_address(line) {
                lines.push_elsewhere(&place, line, None)?;
            } else {
                lines.warn(format!("{place}: {} is no requirement", quote(line)));
            }
            continue;
        };
        if found.elsewhere {
            lines.push_elsewhere(&place, found.name, None)?;
            continue;
        }
        unpinned += usize::from(found.version.is_none());
        lines.push_package(&place, Ecosystem::PyPi, found.name, found.version)?;
    }
    if unpinned > 0 {
        lines.warn(format!(
            "{unpinned} requirements are not pinned to one version; send what `pip freeze` prints"
        ));
    }
    Ok(lines.done(Kind::Python, None))
}

/// How many of the first lines must be requirements.
const HEAD_LINES: usize = 40;

/// Whether a text is such a list: every line is a requirement or an option, and one has a pin.
pub(in crate::inventory) fn is(text: &str) -> bool {
    let mut pinned = false;
    for (_, line) in joined(text).take(HEAD_LINES) {
        let line = without_comment(&line).trim();
        if line.is_empty() || line.starts_with('-') || is_address(line) {
            continue;
        }
        match requirement(line) {
            Some(found) => pinned |= found.version.is_some() || found.elsewhere || found.bound,
            None => return false,
        }
    }
    pinned
}

/// The lines, those that end with a backslash joined with the next one.
fn joined(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut lines = text.lines().enumerate();
    std::iter::from_fn(move || {
        let (index, first) = lines.next()?;
        let mut whole = first.to_owned();
        while let Some(start) = whole.trim_end().strip_suffix('\\') {
            let Some((_, next)) = lines.next() else {
                return Some((index + 1, start.to_owned()));
            };
            whole = format!("{start} {next}");
            if whole.len() > 1_000_000 {
                break;
            }
        }
        Some((index + 1, whole))
    })
}

/// A comment begins at the start of a line or after a blank.
fn without_comment(line: &str) -> &str {
    if line.starts_with('#') {
        return "";
    }
    line.split(" #").next().unwrap_or(line)
}

fn is_address(line: &str) -> bool {
    line.contains("://")
        || line.starts_with("./")
        || line.starts_with('/')
        || line.ends_with(".whl")
}

/// What an option names: `-e git+https://…#egg=name`; others name other lists.
fn other(lines: &mut Lines, place: &str, option: &str) -> Result<(), FormatFault> {
    let option = option.trim_start_matches('-');
    let (word, value) = option.split_once([' ', '=']).unwrap_or((option, ""));
    match word {
        "e" | "editable" => {
            let egg = value.split("egg=").nth(1).and_then(|rest| rest.split('&').next());
            lines.push_elsewhere(&place, egg.unwrap_or(value).trim(), None)
        }
        "r" | "requirement" | "c" | "constraint" => {
            let shown = quote(value.trim());
            lines.warn(format!("{place}: it refers to {shown}, which is another file"));
            Ok(())
        }
        _ => Ok(()),
    }
}

struct Requirement<'a> {
    name: &'a str,
    version: Option<&'a str>,
    elsewhere: bool,
    /// Whether it says anything about versions.
    bound: bool,
}

/// `name[extra] == 1.0 ; marker --hash=…`, or `name @ address`.
fn requirement(line: &str) -> Option<Requirement<'_>> {
    let line = line.split(';').next().unwrap_or(line);
    let line = line.split(" --").next().unwrap_or(line).trim();
    let end = line
        .find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at_checked(end)?;
    let sound = |letter: Option<char>| letter.is_some_and(|one| one.is_ascii_alphanumeric());
    if !sound(name.chars().next()) || !sound(name.chars().next_back()) {
        return None;
    }
    let mut rest = rest.trim_start();
    if let Some(extras) = rest.strip_prefix('[') {
        rest = extras.split_once(']')?.1.trim_start();
    }
    if rest.starts_with('@') {
        return Some(Requirement { name, version: None, elsewhere: true, bound: true });
    }
    let rest = rest.trim_start_matches('(').trim_end_matches(')').trim();
    let compares = ["==", "!=", "<", ">", "~="].iter().any(|sign| rest.starts_with(sign));
    if !rest.is_empty() && !compares {
        return None;
    }
    let pin = rest.strip_prefix("===").or_else(|| rest.strip_prefix("=="));
    let version = pin.map(str::trim);
    let exact = |text: &&str| !text.is_empty() && !text.contains(['*', ',', ' ']);
    let bound = !rest.is_empty();
    Some(Requirement { name, version: version.filter(exact), elsewhere: false, bound })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_exact_pin_names_a_version() {
        for (line, expected) in [
            ("a==1.0", Some(("a", Some("1.0")))),
            ("A.b_c [x, y] == 1.0 ; python_version < '3'", Some(("A.b_c", Some("1.0")))),
            ("a===1.0+local --hash=sha256:0", Some(("a", Some("1.0+local")))),
            ("a==1.*", Some(("a", None))),
            ("a==1.0,<2", Some(("a", None))),
            ("a>=1", Some(("a", None))),
            ("a (==1.0)", Some(("a", Some("1.0")))),
            ("a", Some(("a", None))),
            ("a b", None),
            ("-a", None),
            ("", None),
        ] {
            let read = requirement(line).map(|one| (one.name, one.version));
            assert_eq!(read, expected, "{line}");
        }
    }
}
