//! The crate registry through cargo: a lock and a vendor folder per release, nothing built.
//!
//! Each release is fetched by a manifest of ours that depends on exactly it, without default
//! features: what a proof needs is mostly the crate itself, and optional parts bring the most.

use super::{Visit, lay_within};
use crate::cache::Scratch;
use crate::client::two_at_a_time;
use crate::errand::{BROUGHT_BYTES_MAX, Errand};
use crate::layout::Bounds;
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::Version;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes a home for cargo out of what the last visit about this package left.
const HOME: &str = "
mkdir -p /scratch/cargo
if [ -d /kept ]; then cp -r /kept/. /scratch/cargo/; fi
if [ -f /config/config.toml ]; then cp /config/config.toml /scratch/cargo/; fi
";
/// Brings the index entry up to date; no command of cargo lists releases.
const LIST: &str = "
cargo info --quiet \"$1\" || exit 1
mkdir -p registry && mv /scratch/cargo/registry/index registry/
";
const VENDOR: &str = "
mkdir release && cp -r /given/. release/ && cd release || exit 1
cargo vendor --quiet vendor || exit 1
mkdir -p ../home/registry && cd /scratch/cargo/registry || exit 1
for part in index cache; do
    if [ -d $part ]; then mv $part /scratch/out/home/registry/; fi
done
";
/// A release with all that it needs, and what cargo keeps beside it.
const BROUGHT: Bounds = Bounds { bytes: BROUGHT_BYTES_MAX, entries: 100_000 };

fn errand(visit: &Visit<'_>, script: &str, words: &[&str]) -> Result<(Errand, Scratch), LabFault> {
    let scratch = visit.cache.scratch()?;
    let script = format!("{HOME}{script}");
    let errand = visit.client(&Errand::script(&script, words), &scratch)?;
    let kept = visit.cache.kept(visit.package);
    visit.cache.let_go(&kept)?;
    let errand = if kept.is_dir() { errand.seeing(&kept, "/kept") } else { errand };
    Ok((errand, scratch))
}

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    let name = &visit.package.name;
    let (errand, scratch) = errand(visit, LIST, &[name])?;
    let (brought, home) = (scratch.path().join("brought"), scratch.path().join("home"));
    let said = errand.bring(&brought)?;
    if !said.success {
        return Err(visit.silent(said.reason()));
    }
    lay_within(&brought, &home, BROUGHT).map_err(|reason| visit.silent(reason))?;
    let entry = index_entry(&home, name)
        .and_then(|path| fs::read(path).ok())
        .ok_or_else(|| visit.silent("cargo kept no index entry"))?;
    let releases = read_entry(&entry);
    if releases.is_empty() {
        return Err(visit.silent("cannot read the index entry that cargo kept"));
    }
    Ok(releases)
}

/// Reads the lines of the registry's index (a documented format) out of the file in which cargo
/// keeps them (a private one): whatever stands between zero bytes and is such a line.
fn read_entry(bytes: &[u8]) -> Vec<Release> {
    #[derive(Deserialize)]
    struct Line {
        vers: String,
        #[serde(default)]
        yanked: bool,
    }
    let lines = bytes.split(|byte| *byte == 0 || *byte == b'\n');
    lines
        .filter(|line| line.first() == Some(&b'{'))
        .filter_map(|line| serde_json::from_slice::<Line>(line).ok())
        .map(|line| Release { version: Version(line.vers), yanked: line.yanked })
        .collect()
}

/// The file that cargo keeps for this crate, in whichever index it asked.
fn index_entry(home: &Path, name: &str) -> Option<PathBuf> {
    let indexes = fs::read_dir(home.join("registry/index")).ok()?;
    let place = index_place(name);
    indexes
        .filter_map(|index| Some(index.ok()?.path().join(".cache").join(&place)))
        .filter(|path| path.is_file())
        .max()
}

fn index_place(name: &str) -> PathBuf {
    let letters = |from: usize, to: usize| name.get(from..to).unwrap_or_default();
    match name.len() {
        0..=2 => PathBuf::from(name.len().to_string()).join(name),
        3 => Path::new("3").join(letters(0, 1)).join(name),
        _ => Path::new(letters(0, 2)).join(letters(2, 4)).join(name),
    }
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    two_at_a_time(versions, |version| bring(visit, version))
}

fn bring(visit: &Visit<'_>, version: &Version) -> Result<Fetched, LabFault> {
    let (errand, scratch) = errand(visit, VENDOR, &[])?;
    let (given, brought) = (scratch.path().join("given"), scratch.path().join("brought"));
    let fault = |error| LabFault::io("writing a manifest", error);
    fs::create_dir_all(&given).map_err(fault)?;
    let manifest = format!(
        "[package]\nname = \"seawall-fetch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
         [lib]\npath = \"lib.rs\"\n\n[workspace]\n\n\
         [dependencies]\n{} = {{ version = \"={version}\", default-features = false }}\n",
        visit.package.name
    );
    fs::write(given.join("Cargo.toml"), manifest).map_err(fault)?;
    fs::write(given.join("lib.rs"), "").map_err(fault)?;
    // Crates for other systems come along: a lock names them, and a build without network needs
    // all that its lock names.
    let said = errand.seeing(&given, "/given").bring(&brought)?;
    if !said.success {
        let marks = ["failed to select a version", "yanked", "no matching package", "required by"];
        let refused = marks.iter().any(|mark| said.stderr.contains(mark));
        return Err(match refused {
            true => visit.refused(version, said.reason()),
            false => visit.silent(said.reason()),
        });
    }
    let all = scratch.path().join("all");
    lay_within(&brought, &all, BROUGHT).map_err(|reason| visit.refused(version, reason))?;
    let fetched = visit.cache.keep(visit.package, version, &all.join("release"))?;
    // What cannot be kept costs the next visit some time and nothing else.
    let _ = visit.cache.keep_more(&visit.cache.kept(visit.package), &all.join("home"));
    Ok(fetched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_entries_are_found_and_read() {
        for (name, place) in
            [("a", "1/a"), ("ab", "2/ab"), ("tar", "3/t/tar"), ("libz-sys", "li/bz/libz-sys")]
        {
            assert_eq!(index_place(name), Path::new(place));
        }
        let entry = b"\x03\x02\0Unknown\x000.1.0\0{\"vers\":\"0.1.0\",\"yanked\":true}\x000.2.0\0\
                      {\"vers\":\"0.2.0\",\"yanked\":false,\"deps\":[]}\0{broken\0";
        let read = read_entry(entry);
        assert_eq!(read.len(), 2);
        assert!(read[0].yanked && !read[1].yanked);
        assert!(read_entry(&[0xff; 64]).is_empty());
    }
}
