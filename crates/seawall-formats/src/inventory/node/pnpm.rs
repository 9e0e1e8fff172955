//! `pnpm-lock.yaml`, versions 5 to 9: the keys of `packages`, whose spelling changed thrice.

use super::{is_elsewhere, split};
use crate::fault::FormatFault;
use crate::inventory::lines::Lines;
use crate::inventory::{Inventory, Kind, yaml};
use seawall_domain::package::Ecosystem;

const FORMAT: &str = "pnpm lock file";

/// Reads a lock file.
pub(in crate::inventory) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let top = yaml::read(text).map_err(|why| FormatFault::new(FORMAT, "the document", why))?;
    let mut lines = Lines::new(FORMAT);
    let packages = top.children.iter().filter(|node| node.key == "packages");
    for package in packages.flat_map(|node| &node.children) {
        let place = format!("line {}", package.line);
        let key = package.key.as_ref();
        let resolution = package.child("resolution");
        let told =
            |word: &str| resolution.and_then(|node| node.inline(word).or_else(|| node.text(word)));
        let fetched = told("tarball").is_some_and(|from| is_elsewhere(from) || !key_is_plain(key))
            || told("repo").is_some()
            || told("directory").is_some();
        let named = package.text("name").zip(package.text("version"));
        match (package_of(key), named) {
            _ if is_elsewhere(key) || fetched => {
                let name = package.text("name").unwrap_or(key);
                lines.push_elsewhere(&place, name, package.text("version"))?;
            }
            (_, Some((name, version))) | (Some((name, version)), None) => {
                lines.push_package(&place, Ecosystem::Npm, name, Some(version))?;
            }
            (None, None) => lines.push_elsewhere(&place, key, None)?,
        }
    }
    Ok(lines.done(Kind::Npm, None))
}

/// Whether a key holds a name and a version rather than an address.
fn key_is_plain(key: &str) -> bool {
    package_of(key).is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// The package of a key: `/a/1.0.0_peer@2` (5), `/a@1.0.0(peer@2)` (6), `a@1.0.0` (9).
fn package_of(key: &str) -> Option<(&str, &str)> {
    let key = key.split('(').next().unwrap_or(key);
    let Some(path) = key.strip_prefix('/') else {
        return split(key).filter(|(_, version)| !version.contains("://"));
    };
    if let Some((name, version)) = split(path)
        && !version.contains('/')
        && !name.contains('_')
        && version.starts_with(|letter: char| letter.is_ascii_digit())
        && name.rsplit('/').next().is_some_and(|last| !is_version(last))
    {
        return Some((name, version));
    }
    let (name, version) = path.rsplit_once('/')?;
    Some((name, version.split('_').next().unwrap_or(version)))
}

/// Whether a part of a path begins like a version: `1.0.0_peer` of version 5.
fn is_version(part: &str) -> bool {
    let digits = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
    digits.len() < part.len() && digits.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_all_versions_name_the_same() {
        for (key, expected) in [
            ("/a/1.0.0", Some(("a", "1.0.0"))),
            ("/@s/a/1.0.0", Some(("@s/a", "1.0.0"))),
            ("/a/1.0.0_react@17.0.2", Some(("a", "1.0.0"))),
            ("/a/1.0.0_@babel+core@7.1.0", Some(("a", "1.0.0"))),
            ("/@s/a/1.0.0_react@17.0.2+b@1.0.0", Some(("@s/a", "1.0.0"))),
            ("/a@1.0.0", Some(("a", "1.0.0"))),
            ("/@s/a@1.0.0(react@17.0.2)(@b/c@1.0.0)", Some(("@s/a", "1.0.0"))),
            ("@s/a@1.0.0-rc.1", Some(("@s/a", "1.0.0-rc.1"))),
            ("a@https://codeload.github.com/x/y", None),
            ("a", None),
        ] {
            assert_eq!(package_of(key), expected, "{key}");
        }
    }
}
