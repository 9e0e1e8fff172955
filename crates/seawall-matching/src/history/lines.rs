//! Release lines: which releases a project keeps up together, so that a fix may reach one line and
//! not another.

use seawall_domain::package::{Ecosystem, Version};
use std::ops::Range;

/// The most minor lines for which a major line is looked at minor by minor.
const MINOR_LINES_MAX: usize = 4;

/// The lines of a sorted catalogue, as ranges of places. A line is a major version, or a minor one
/// while the major is 0; a major version with few minors is split by minor as well.
pub(super) fn lines<'a>(
    ecosystem: &Ecosystem,
    sorted: impl Iterator<Item = &'a Version>,
) -> Vec<Range<usize>> {
    let names: Vec<Name> = sorted.map(|version| name(ecosystem, version)).collect();
    let mut lines = Vec::new();
    for major in runs(&names, 0..names.len(), |name| (name.epoch, name.major)) {
        let minors = runs(&names, major.clone(), |name| (name.minor, ""));
        if names[major.start].major.is_empty() || minors.len() <= MINOR_LINES_MAX {
            lines.extend(minors);
        } else {
            lines.push(major);
        }
    }
    lines
}

/// The parts of a version that name its line, without leading zeros (so `0` is empty).
#[derive(Clone, Copy)]
struct Name<'a> {
    epoch: &'a str,
    major: &'a str,
    minor: &'a str,
}

fn name<'a>(ecosystem: &Ecosystem, version: &'a Version) -> Name<'a> {
    let separator = match ecosystem {
        Ecosystem::PyPi => '!',
        Ecosystem::Debian(_) => ':',
        Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => '!',
    };
    let (epoch, rest) = version.0.split_once(separator).unwrap_or(("", &version.0));
    let (major, rest) = number(rest.trim_start_matches(['v', 'V', '=']));
    let (minor, _) = number(rest.strip_prefix(['.', '_']).unwrap_or(""));
    Name { epoch: epoch.trim_start_matches('0'), major, minor }
}

/// The digits at the start, without leading zeros, and what follows them.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.trim_start_matches('0'), rest)
}

/// Cuts a range into the longest runs of equal names.
fn runs<'a>(
    names: &[Name<'a>],
    range: Range<usize>,
    of: impl Fn(&Name<'a>) -> (&'a str, &'a str),
) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in range {
        match runs.last_mut() {
            Some(run) if of(&names[run.start]) == of(&names[at]) => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ecosystem: &str, expected: &str) {
        let ecosystem = Ecosystem::from(ecosystem.to_owned());
        let versions = expected.replace('|', " ");
        let versions: Vec<Version> = versions.split_whitespace().map(Version::from).collect();
        let found: Vec<String> = lines(&ecosystem, versions.iter())
            .into_iter()
            .map(|line| {
                let texts: Vec<&str> = versions[line].iter().map(|v| v.0.as_str()).collect();
                texts.join(" ")
            })
            .collect();
        assert_eq!(found.join(" | "), expected);
    }

    #[test]
    fn lines_are_majors_and_while_there_are_few_minors() {
        check("crates.io", "0.1.4 0.1.9 | 1.0.0 1.0.25 | 1.1.0 1.1.14");
        check("npm", "0.0.0 0.0.10 | 0.1.0 | 0.2.0 0.2.4 | 1.0.0 | 1.1.0 1.1.3 | 1.2.0");
        check("PyPI", "1.0 1.1 1.2 1.3 1.4 1.26.4 | 2.0 2.0.1 | 2.1 2.1.1");
        check("PyPI", "0.01 0.1.1 | 0.2 | v0.3 | legacy | 1!1.0");
        check("Debian:12", "1.0-1 | 1:1.0-1");
        check("Generic", "");
    }
}
