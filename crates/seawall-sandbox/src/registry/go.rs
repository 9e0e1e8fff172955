//! Go modules through go: their archives, of which nothing is built or run here.

use super::Visit;
use crate::cache::Scratch;
use crate::client::two_at_a_time;
use crate::errand::Errand;
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::Version;

/// An empty module of ours, from which others are asked for.
const HERE: &str = "
mkdir -p /scratch/here && cd /scratch/here && echo 'module seawall' > go.mod || exit 1
if [ -f /config/go.env ]; then export GOENV=/config/go.env; else export GOENV=off; fi
";
const LIST: &str = "exec go list -m -versions -- \"$1\"\n";
/// Brings the archive of one version, and lays out the module that is in it.
const BRING: &str = "
go mod download -json -- \"$1\" > /tmp/said || { cat /tmp/said >&2; exit 1; }
folder=$(sed -n 's/^[[:space:]]*\"Dir\": \"\\(.*\\)\",*$/\\1/p' /tmp/said)
[ -d \"$folder\" ] || exit 1
cp -r \"$folder\"/. /scratch/out/ && chmod -R u+w /scratch/out
";
const SETTINGS: [(&str, &str); 7] = [
    ("GOPATH", "/scratch/go"),
    ("GOMODCACHE", "/scratch/go/mod"),
    ("GOCACHE", "/scratch/go/cache"),
    ("GOTOOLCHAIN", "local"),
    ("GOFLAGS", "-mod=mod"),
    ("GO111MODULE", "on"),
    // To get at a repository itself, go would start other programs.
    ("GOVCS", "*:off"),
];

fn errand(visit: &Visit<'_>, scratch: &Scratch, words: &[&str]) -> Result<Errand, LabFault> {
    let client = visit.client(words, scratch)?;
    Ok(SETTINGS.into_iter().fold(client, |client, (name, value)| client.with(name, value)))
}

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    let scratch = visit.cache.scratch()?;
    let script = format!("{HERE}{LIST}");
    let words = Errand::script(&script, &[&visit.package.name]);
    let said = errand(visit, &scratch, &words)?.ask()?;
    if !said.success {
        return Err(visit.silent(said.reason()));
    }
    // The module first, and then its versions.
    let versions = said.stdout.split_whitespace().skip(1).map(Version::from);
    let versions = versions.filter(|version| visit.is_version(version));
    Ok(versions.map(|version| Release { version, yanked: false }).collect())
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    two_at_a_time(versions, |version| bring(visit, version))
}

fn bring(visit: &Visit<'_>, version: &Version) -> Result<Fetched, LabFault> {
    let scratch = visit.cache.scratch()?;
    let brought = scratch.path().join("brought");
    let exact = format!("{}@{version}", visit.package.name);
    let script = format!("{HERE}{BRING}");
    let words = Errand::script(&script, &[&exact]);
    let said = errand(visit, &scratch, &words)?.bring(&brought)?;
    if !said.success {
        let absent = ["unknown revision", "404 Not Found", "no such file", "invalid version"];
        return Err(match absent.iter().any(|mark| said.stderr.contains(mark)) {
            true => visit.refused(version, "the proxy has no such version"),
            false => visit.silent(said.reason()),
        });
    }
    visit.keep(version, &brought)
}
