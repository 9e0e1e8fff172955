//! The npm registry through npm: tarballs only, no script of a package runs.

use super::Visit;
use crate::client::two_at_a_time;
use crate::errand::Errand;
use crate::tree::TREE_BYTES_MAX;
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::Version;
use serde::Deserialize;
use std::path::Path;

/// One call of the client brings so many; more only makes one failure cost more.
const BATCH_LEN_MAX: usize = 32;

/// Unpacks one tarball out of a tar archive, reading no more of it than the second word allows.
const UNPACK: &str = "
tar -x -C /tmp -f - \"./$1\" || exit 1
gzip -dc < \"/tmp/$1\" | head -c \"$2\" | \
    tar -x --no-same-owner --no-same-permissions --strip-components=1
";

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    let scratch = visit.cache.scratch()?;
    let words = ["npm", "view", &visit.package.name, "versions", "--json"];
    let said = visit.client(&words, &scratch)?.ask()?;
    if !said.success {
        return Err(visit.silent(said.reason()));
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
        Err(error) => return Err(visit.silent(format!("cannot read its list: {error}"))),
    };
    let release = |version| Release { version: Version(version), yanked: false };
    Ok(versions.into_iter().map(release).collect())
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    let mut answers = Vec::new();
    for batch in versions.chunks(BATCH_LEN_MAX) {
        match bring(visit, batch) {
            Ok(brought) => answers.extend(brought),
            // One version that does not exist fails the whole call: ask for each alone.
            Err(_) if batch.len() > 1 => {
                answers.extend(two_at_a_time(batch, |version| alone(visit, version)));
            }
            Err(fault) => answers.push(Err(fault)),
        }
    }
    answers
}

fn alone(visit: &Visit<'_>, version: &Version) -> Result<Fetched, LabFault> {
    let silent = || Err(visit.silent("npm gave no answer"));
    bring(visit, std::slice::from_ref(version))?.pop().unwrap_or_else(silent)
}

fn bring(
    visit: &Visit<'_>,
    versions: &[Version],
) -> Result<Vec<Result<Fetched, LabFault>>, LabFault> {
    let scratch = visit.cache.scratch()?;
    let brought = scratch.path().join("brought");
    let name = &visit.package.name;
    let specs: Vec<String> = versions.iter().map(|version| format!("{name}@{version}")).collect();
    let mut words = vec!["npm", "pack", "--ignore-scripts", "--pack-destination", "."];
    words.extend(specs.iter().map(String::as_str));
    let said = visit.client(&words, &scratch)?.bring(&brought)?;
    if !said.success {
        return Err(match versions {
            [version] if said.stderr.contains("ETARGET") => {
                visit.refused(version, "the registry has no such version")
            }
            _ => visit.silent(said.reason()),
        });
    }
    Ok(two_at_a_time(versions, |version| {
        let out = scratch.path().join(format!("unpacked-{version}"));
        unpack(visit, version, &brought, &out)?;
        visit.keep(version, &out)
    }))
}

fn unpack(visit: &Visit<'_>, version: &Version, from: &Path, to: &Path) -> Result<(), LabFault> {
    // npm writes a scoped name without its sign and its slash.
    let name = visit.package.name.trim_start_matches('@').replace('/', "-");
    let (ball, bytes) = (format!("{name}-{version}.tgz"), TREE_BYTES_MAX.to_string());
    let words = Errand::script(UNPACK, &[&ball, &bytes]);
    let said = Errand::alone(&words).reading(from).bring(to)?;
    visit.unpacked(version, &said)
}
