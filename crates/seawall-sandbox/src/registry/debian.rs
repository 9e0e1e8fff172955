//! Debian packages through apt: unpacked, never installed; no script of a package runs.
//!
//! Lists and packages come from the sources of this host, or from the laboratory's own folder of
//! clients; a release other than the host's is asked for by the same sources.

use self::sources::give;
use super::{Visit, lay_within};
use crate::cache::Scratch;
use crate::client::two_at_a_time;
use crate::errand::{BROUGHT_BYTES_MAX, Errand};
use crate::layout::Bounds;
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::{Package, Version};
use std::collections::BTreeSet;
use std::path::PathBuf;

mod sources;

/// Lays out the places of apt, with the lists that the last visit left.
const PLACES: &str = "
mkdir -p /scratch/apt/state/lists/partial /scratch/apt/cache/archives/partial
if [ -d /kept/lists ]; then cp /kept/lists/* /scratch/apt/state/lists/ 2> /dev/null; fi
";
const UPDATE: &str = "
apt-get -q update || exit 1
mkdir lists
find /scratch/apt/state/lists -maxdepth 1 -type f ! -name lock -exec mv {} lists/ ';'
";
const LIST: &str = "exec apt-cache madison -- \"$1\"\n";
const DOWNLOAD: &str = "exec apt-get -q download -- \"$1\"\n";
/// Unpacks the one package in a tar archive.
const UNPACK: &str = "
mkdir /tmp/in && tar -x -C /tmp/in -f - || exit 1
for package in /tmp/in/*.deb; do
    dpkg-deb -x \"$package\" . && exit 0
done
exit 1
";
/// The lists of one release.
const LISTS: Bounds = Bounds { bytes: BROUGHT_BYTES_MAX, entries: 1000 };

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    update(visit)?;
    let scratch = visit.cache.scratch()?;
    let script = format!("{PLACES}{LIST}");
    // Without network: what the sources list was brought before.
    let errand = Errand::alone(&Errand::script(&script, &[&visit.package.name]));
    let said = apt(visit, errand, &scratch)?.ask()?;
    let lines = said.stdout.lines().filter_map(|line| {
        let mut fields = line.split('|').map(str::trim);
        let (name, version, source) = (fields.next()?, fields.next()?, fields.next()?);
        let binary = name == visit.package.name && source.ends_with("Packages");
        binary.then(|| Version::from(version))
    });
    let versions: BTreeSet<Version> = lines.filter(|version| visit.is_version(version)).collect();
    if !said.success {
        return Err(visit.silent(said.reason()));
    }
    if versions.is_empty() {
        return Err(visit.silent("its sources list no such package"));
    }
    Ok(versions.into_iter().map(|version| Release { version, yanked: false }).collect())
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    if !lists(visit).is_dir()
        && let Err(fault) = update(visit)
    {
        return versions.iter().map(|_| Err(fault.clone())).collect();
    }
    two_at_a_time(versions, |version| bring(visit, version))
}

fn bring(visit: &Visit<'_>, version: &Version) -> Result<Fetched, LabFault> {
    let scratch = visit.cache.scratch()?;
    let (brought, unpacked) = (scratch.path().join("brought"), scratch.path().join("unpacked"));
    let exact = format!("{}={version}", visit.package.name);
    let script = format!("{PLACES}{DOWNLOAD}");
    let client = visit.client(&Errand::script(&script, &[&exact]), &scratch)?;
    let said = apt(visit, client, &scratch)?.bring(&brought)?;
    if !said.success {
        let absent = ["was not found", "Unable to locate package", "no installation candidate"];
        return Err(match absent.iter().any(|mark| said.stderr.contains(mark)) {
            true => visit.refused(version, "its sources have no such version"),
            false => visit.silent(said.reason()),
        });
    }
    let said = Errand::alone(&Errand::script(UNPACK, &[])).reading(&brought).bring(&unpacked)?;
    visit.unpacked(version, &said)?;
    visit.keep(version, &unpacked)
}

/// Brings the lists up to date, signed as the host's keys want it.
fn update(visit: &Visit<'_>) -> Result<(), LabFault> {
    let scratch = visit.cache.scratch()?;
    let (brought, fresh) = (scratch.path().join("brought"), scratch.path().join("fresh"));
    let script = format!("{PLACES}{UPDATE}");
    let client = visit.client(&Errand::script(&script, &[]), &scratch)?;
    let said = apt(visit, client, &scratch)?.bring(&brought)?;
    if !said.success {
        return Err(visit.silent(said.reason()));
    }
    lay_within(&brought, &fresh, LISTS).map_err(|reason| visit.silent(reason))?;
    let kept = visit.cache.kept(&state(visit));
    visit.cache.let_go(&kept)?;
    visit.cache.keep_more(&kept, &fresh)
}

/// The lists belong to a release and not to one package; only what brings them, which no package
/// has a part in, writes them.
fn state(visit: &Visit<'_>) -> Package {
    Package { ecosystem: visit.package.ecosystem.clone(), name: "-lists".into() }
}

fn lists(visit: &Visit<'_>) -> PathBuf {
    visit.cache.kept(&state(visit)).join("lists")
}

/// A call of apt with its sources and the lists of the last visit.
fn apt(visit: &Visit<'_>, errand: Errand, scratch: &Scratch) -> Result<Errand, LabFault> {
    let given = scratch.path().join("given");
    if !given.is_dir() {
        give(visit, &given)?;
    }
    let errand = errand.seeing(&given, "/given").with("APT_CONFIG", "/given/apt.conf");
    let kept = visit.cache.kept(&state(visit));
    Ok(if kept.is_dir() { errand.seeing(&kept, "/kept") } else { errand })
}
