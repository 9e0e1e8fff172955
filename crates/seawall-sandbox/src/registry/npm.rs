//! The npm registry through npm: tarballs only, no script of a package runs.

use crate::cache::Cache;
use crate::client;
use crate::tree::TREE_BYTES_MAX;
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::{Package, Version};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// One call of the client brings so many; more only makes one failure cost more.
const BATCH_LEN_MAX: usize = 32;

/// Unpacks a tarball, reading no more of it than the third word allows.
const UNPACK: &str = "gzip -dc < \"$1\" | head -c \"$2\" | \
    tar -x --no-same-owner --no-same-permissions --strip-components=1 -C \"$3\"";

pub(crate) fn releases(cache: &Cache, package: &Package) -> Result<Vec<Release>, LabFault> {
    let scratch = cache.scratch()?;
    let said = client::run("npm", &["view", &package.name, "versions", "--json"], scratch.path())?;
    if !said.success {
        return Err(LabFault::registry(package, said.reason()));
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Versions {
        Many(Vec<String>),
        One(String),
    }
    let versions = match serde_json::from_str(&said.stdout) {
        Ok(Versions::Many(versions)) => versions,
        Ok(Versions::One(version)) => vec![version],
        Err(error) => {
            return Err(LabFault::registry(package, format!("cannot read its list: {error}")));
        }
    };
    let release = |version| Release { version: Version(version), yanked: false };
    Ok(versions.into_iter().map(release).collect())
}

pub(crate) fn fetch(
    cache: &Cache,
    package: &Package,
    versions: &[Version],
) -> Vec<Result<Fetched, LabFault>> {
    let mut answers = Vec::new();
    for batch in versions.chunks(BATCH_LEN_MAX) {
        match bring(cache, package, batch) {
            Ok(brought) => answers.extend(brought),
            // One version that does not exist fails the whole call: ask for each alone.
            Err(_) if batch.len() > 1 => answers
                .extend(client::two_at_a_time(batch, |version| alone(cache, package, version))),
            Err(fault) => answers.push(Err(fault)),
        }
    }
    answers
}

fn alone(cache: &Cache, package: &Package, version: &Version) -> Result<Fetched, LabFault> {
    let silent = || Err(LabFault::registry(package, "npm gave no answer"));
    bring(cache, package, std::slice::from_ref(version))?.pop().unwrap_or_else(silent)
}

#[derive(Deserialize)]
struct Packed {
    version: String,
    filename: String,
}

fn bring(
    cache: &Cache,
    package: &Package,
    versions: &[Version],
) -> Result<Vec<Result<Fetched, LabFault>>, LabFault> {
    let scratch = cache.scratch()?;
    let specs: Vec<String> =
        versions.iter().map(|version| format!("{}@{version}", package.name)).collect();
    let mut args = vec!["pack", "--ignore-scripts", "--json", "--pack-destination", "."];
    args.extend(specs.iter().map(String::as_str));
    let said = client::run("npm", &args, scratch.path())?;
    if !said.success {
        let told = format!("{}{}", said.stderr, said.stdout);
        return Err(match versions {
            [version] if told.contains("ETARGET") => {
                LabFault::not_fetchable(package, version, "the registry has no such version")
            }
            _ => LabFault::registry(package, said.reason()),
        });
    }
    let packed: Vec<Packed> = serde_json::from_str(&said.stdout)
        .map_err(|error| LabFault::registry(package, format!("cannot read its answer: {error}")))?;
    let packed: HashMap<String, String> =
        packed.into_iter().map(|one| (one.version, one.filename)).collect();
    Ok(client::two_at_a_time(versions, |version| {
        let name = packed.get(&version.0).ok_or_else(|| {
            LabFault::not_fetchable(package, version, "npm brought another version")
        })?;
        // Some clients print a scoped name with its slash, and write the file without it.
        let name = name.trim_start_matches('@').replace('/', "-");
        let out = scratch.path().join(format!("release-{version}"));
        unpack(package, version, &scratch.path().join(name), &out)?;
        cache.keep(package, version, &out)
    }))
}

fn unpack(package: &Package, version: &Version, ball: &Path, out: &Path) -> Result<(), LabFault> {
    std::fs::create_dir_all(out).map_err(|error| LabFault::io("unpacking a package", error))?;
    let (ball, to) = (ball.to_string_lossy(), out.to_string_lossy());
    let bytes = TREE_BYTES_MAX.to_string();
    let said = client::run("/bin/sh", &["-c", UNPACK, "sh", &ball, &bytes, &to], out)?;
    let why = || LabFault::not_fetchable(package, version, said.reason());
    if said.success { Ok(()) } else { Err(why()) }
}
