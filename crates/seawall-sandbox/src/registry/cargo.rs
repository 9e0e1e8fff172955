//! The crate registry through cargo: a lock and a vendor folder per release, nothing built.
//!
//! Each release is fetched by a manifest of ours that depends on exactly it, without default
//! features: what a proof needs is mostly the crate itself, and optional parts bring the most.

use crate::cache::Cache;
use crate::client;
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::{Package, Version};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn releases(cache: &Cache, package: &Package) -> Result<Vec<Release>, LabFault> {
    let scratch = cache.scratch()?;
    // No command of cargo lists releases, but this one brings the whole index entry up to date.
    let said = client::run("cargo", &["info", "--quiet", &package.name], scratch.path())?;
    if !said.success {
        return Err(LabFault::registry(package, said.reason()));
    }
    let entry = index_entry(&package.name)
        .and_then(|path| fs::read(path).ok())
        .ok_or_else(|| LabFault::registry(package, "cargo kept no index entry"))?;
    let releases = read_entry(&entry);
    if releases.is_empty() {
        return Err(LabFault::registry(package, "cannot read the index entry that cargo kept"));
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

/// The newest file that cargo keeps for this crate, in whichever index it asked.
fn index_entry(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")))?;
    let place = index_place(&name.to_ascii_lowercase());
    let indexes = fs::read_dir(home.join("registry/index")).ok()?;
    indexes
        .filter_map(|index| Some(index.ok()?.path().join(".cache").join(&place)))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .max()
        .map(|(_, path)| path)
}

fn index_place(name: &str) -> PathBuf {
    let letters = |from: usize, to: usize| name.get(from..to).unwrap_or_default();
    match name.len() {
        0..=2 => PathBuf::from(name.len().to_string()).join(name),
        3 => Path::new("3").join(letters(0, 1)).join(name),
        _ => Path::new(letters(0, 2)).join(letters(2, 4)).join(name),
    }
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
    let out = scratch.path().join("release");
    let fault = |error| LabFault::io("writing a manifest", error);
    fs::create_dir_all(&out).map_err(fault)?;
    let manifest = format!(
        "[package]\nname = \"seawall-fetch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
         [lib]\npath = \"lib.rs\"\n\n[workspace]\n\n\
         [dependencies]\n{} = {{ version = \"={version}\", default-features = false }}\n",
        package.name
    );
    fs::write(out.join("Cargo.toml"), manifest).map_err(fault)?;
    fs::write(out.join("lib.rs"), "").map_err(fault)?;
    // Crates for other systems come along: a lock names them, and a build without network needs
    // all that its lock names.
    let said = client::run("cargo", &["vendor", "--quiet", "vendor"], &out)?;
    if !said.success {
        let marks = ["failed to select a version", "yanked", "no matching package", "required by"];
        let refused = marks.iter().any(|mark| said.stderr.contains(mark));
        return Err(if refused {
            LabFault::not_fetchable(package, version, said.reason())
        } else {
            LabFault::registry(package, said.reason())
        });
    }
    cache.keep(package, version, &out)
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
