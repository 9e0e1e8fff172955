//! The Python Package Index through pip: wheels only, because a source archive runs its own setup.

use super::Visit;
use crate::client::{Said, two_at_a_time};
use crate::errand::Errand;
use crate::tree::{TREE_BYTES_MAX, TREE_FILES_MAX};
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::Version;

/// Leaves wheels of exactly one version.
const DOWNLOAD: [&str; 7] =
    ["python3", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"];

/// Unpacks the wheel (a zip archive) in a tar archive, after adding up what it says it holds.
const UNPACK: &str = "\
import os, sys, tarfile, zipfile
most, files = int(sys.argv[1]), int(sys.argv[2])
brought = tarfile.open(fileobj=sys.stdin.buffer, mode='r|')
for one in brought:
    if one.isfile() and one.name.endswith('.whl'):
        with open('/tmp/one.whl', 'wb') as wheel:
            content = brought.extractfile(one)
            while part := content.read(1 << 20):
                wheel.write(part)
        break
else:
    sys.exit('error: pip brought no wheel')
with zipfile.ZipFile('/tmp/one.whl') as archive:
    held = archive.infolist()
    if len(held) > files or sum(one.file_size for one in held) > most:
        sys.exit('error: the wheel holds too much')
    archive.extractall('.')
";

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    let scratch = visit.cache.scratch()?;
    let name = visit.package.name.as_str();
    // A version that cannot exist makes pip name every version that it could take here.
    let nothing = format!("{name}===0.seawall.0");
    let wheels = DOWNLOAD.iter().copied().chain([nothing.as_str()]).collect();
    let asks = [vec!["python3", "-m", "pip", "index", "versions", name], wheels];
    let asks = [visit.client(&asks[0], &scratch)?, visit.client(&asks[1], &scratch)?];
    let mut said = two_at_a_time(&asks, Errand::ask);
    let (wheels, listed) = (said.pop().transpose()?, said.pop().transpose()?);
    let said = listed.ok_or_else(|| visit.silent("pip gave no answer"))?;
    let listed = named_after(&said.stdout, "Available versions:");
    if !said.success || listed.is_empty() {
        return Err(visit.silent(said.reason()));
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

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    two_at_a_time(versions, |version| bring(visit, version))
}

fn bring(visit: &Visit<'_>, version: &Version) -> Result<Fetched, LabFault> {
    let scratch = visit.cache.scratch()?;
    let (brought, unpacked) = (scratch.path().join("brought"), scratch.path().join("unpacked"));
    let exact = format!("{}=={version}", visit.package.name);
    let words: Vec<&str> = DOWNLOAD.iter().copied().chain(["-q", exact.as_str()]).collect();
    let said = visit.client(&words, &scratch)?.bring(&brought)?;
    if !said.success {
        return Err(refusal(visit, version, &said));
    }
    let (bytes, files) = (TREE_BYTES_MAX.to_string(), TREE_FILES_MAX.to_string());
    let words = ["python3", "-I", "-c", UNPACK, &bytes, &files];
    let said = Errand::alone(&words).reading(&brought).bring(&unpacked)?;
    visit.unpacked(version, &said)?;
    visit.keep(version, &unpacked)
}

/// A registry that lists other wheels has answered; one that lists none may be out of reach.
fn refusal(visit: &Visit<'_>, version: &Version, said: &Said) -> LabFault {
    if named_after(&said.stderr, "(from versions:").is_empty() {
        visit.silent(said.reason())
    } else {
        visit.refused(version, "the registry has no wheel of it that this interpreter takes")
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
