//! Source trees at a commit, out of repositories, through git.
//!
//! What git brings of a repository is kept as packs and a list of names below a frame of ours: its
//! configuration, attributes and hooks never come along, so neither filters nor hooks nor modules
//! of others run. Every call of git is in a sandbox, and only the bringing has the network.

use super::address::{Repository, repository};
use super::{Visit, lay, lay_within};
use crate::client::Said;
use crate::errand::{BROUGHT_BYTES_MAX, Errand};
use crate::layout::Bounds;
use crate::{Fetched, LabFault, Release, tree};
use seawall_domain::package::Version;
use std::fs;
use std::path::{Path, PathBuf};

/// The configuration of every call, in place of the user's and the system's.
const CONFIGURATION: &str = "\
[core]
\thooksPath = /dev/null
\tfsmonitor = false
\tattributesFile = /dev/null
[protocol]
\tallow = never
[protocol \"https\"]
\tallow = always
[protocol \"file\"]
\tallow = always
[protocol \"ext\"]
\tallow = never
[safe]
\tdirectory = *
[fetch]
\tunpackLimit = 1
\trecurseSubmodules = false
[submodule]
\trecurse = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
";
/// The frame of what is kept: a bare repository that leads nowhere and changes no file on its way
/// out (gitattributes(5): this file is stronger than those of a tree).
const FRAME: [(&str, &str); 3] = [
    ("HEAD", "ref: refs/heads/none\n"),
    ("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"),
    (
        "info/attributes",
        "* -text -eol -crlf -ident -filter -working-tree-encoding -export-ignore -export-subst\n",
    ),
];
/// The name under which the repository's own head is kept.
const HEAD: &str = "refs/seawall/head";
/// Brings what the kept part lacks of a repository, and one commit that no name may lead to.
const BRING: &str = "
clone=/scratch/clone
git init -q --bare --template= $clone || exit 1
if [ -d /kept/objects ]; then
    echo /kept/objects > $clone/objects/info/alternates
    if [ -f /kept/packed-refs ]; then cp /kept/packed-refs $clone/; fi
fi
bring() {
    git -C $clone fetch -q --no-tags --no-recurse-submodules --no-write-fetch-head --prune \
        --force -- \"$@\"
}
from=$1
bring \"$from\" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' '+HEAD:refs/seawall/head' ||
    bring \"$from\" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' || exit 1
if [ -n \"$2\" ] && ! git -C $clone cat-file -e \"$2^{commit}\" 2> /dev/null; then
    git -C $clone fetch -q --no-tags --no-recurse-submodules --no-write-fetch-head -- \"$from\" \
        \"+$2:refs/seawall/asked/$2\"
fi
git -C $clone pack-refs --all || exit 1
mkdir -p objects/pack
for pack in $clone/objects/pack/*.pack $clone/objects/pack/*.idx; do
    if [ -f \"$pack\" ]; then mv \"$pack\" objects/pack/; fi
done
cp $clone/packed-refs .
";
/// Processor seconds for taking in a large repository.
const SECONDS: u32 = 150;
/// What one visit may bring of a repository.
const BROUGHT: Bounds = Bounds { bytes: BROUGHT_BYTES_MAX, entries: 1000 };
/// Commits that are looked at between two.
const COMMITS_MAX: usize = 100_000;

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    refresh(visit, None)?;
    let said = read(visit, &["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"])?;
    let tags = said.stdout.lines().map(Version::from).filter(|tag| visit.is_version(tag));
    Ok(tags.map(|version| Release { version, yanked: false }).collect())
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    versions.iter().map(|version| bring(visit, version)).collect()
}

fn bring(visit: &Visit<'_>, version: &Version) -> Result<Fetched, LabFault> {
    let commit = commit(visit, version)?;
    let scratch = visit.cache.scratch()?;
    let archive = scratch.path().join("archive");
    let said = errand(visit, &["archive", "--format=tar", &commit])?.pour(&archive)?;
    visit.unpacked(version, &said)?;
    let folder = scratch.path().join("release");
    lay(&archive, &folder).map_err(|reason| visit.refused(version, reason))?;
    visit.cache.keep(visit.package, version, &folder)
}

/// The newest commit of the repository's own branch.
pub(crate) fn head(visit: &Visit<'_>) -> Result<Version, LabFault> {
    refresh(visit, None)?;
    named(visit, HEAD)?.map(Version).ok_or_else(|| visit.silent("the repository has no head"))
}

/// The commits after a good one up to a bad one, which is the last: along first parents when the
/// good one is among them, and else all that the bad one has and the good one has not.
pub(crate) fn commits(
    visit: &Visit<'_>,
    good: &Version,
    bad: &Version,
) -> Result<Vec<Version>, LabFault> {
    let (good, bad) = (commit(visit, good)?, commit(visit, bad)?);
    let most = format!("--max-count={COMMITS_MAX}");
    let line = read(visit, &["rev-list", "--first-parent", &most, &bad])?;
    let before = |text: &str| -> Option<Vec<Version>> {
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|commit| *commit == good)?;
        Some(lines.get(..at)?.iter().rev().map(|commit| Version::from(*commit)).collect())
    };
    if let Some(commits) = before(&line.stdout) {
        return Ok(commits);
    }
    let not = format!("^{good}");
    let said = read(visit, &["rev-list", "--topo-order", "--reverse", &bad, &not])?;
    let commits: Vec<Version> = said.stdout.lines().map(Version::from).collect();
    match commits.len() > COMMITS_MAX {
        true => Err(visit.silent(format!("there are more than {COMMITS_MAX} commits between"))),
        false => Ok(commits),
    }
}

/// The commit that a version means, brought if it is not there.
fn commit(visit: &Visit<'_>, version: &Version) -> Result<String, LabFault> {
    let is_commit = version.0.len() == 40 && version.0.bytes().all(|byte| byte.is_ascii_hexdigit());
    let wanted = match is_commit {
        true => version.0.to_ascii_lowercase(),
        false => format!("refs/tags/{version}"),
    };
    if let Some(known) = named(visit, &wanted)? {
        return Ok(known);
    }
    refresh(visit, is_commit.then_some(wanted.as_str()))?;
    let none = || visit.refused(version, "the repository has no such commit or tag");
    named(visit, &wanted)?.ok_or_else(none)
}

/// The commit that a name leads to, as far as it was brought.
fn named(visit: &Visit<'_>, name: &str) -> Result<Option<String>, LabFault> {
    if !kept(visit).join("packed-refs").is_file() {
        return Ok(None);
    }
    let peeled = format!("{name}^{{commit}}");
    let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled];
    let said = errand(visit, &words)?.ask()?;
    let commit = said.stdout.trim();
    Ok((said.success && commit.len() == 40).then(|| commit.to_owned()))
}

fn kept(visit: &Visit<'_>) -> PathBuf {
    visit.cache.kept(visit.package)
}

/// One call of git, without network, over what is kept.
fn errand(visit: &Visit<'_>, words: &[&str]) -> Result<Errand, LabFault> {
    let kept = kept(visit);
    let all: Vec<&str> = ["git", "--git-dir=/kept"].iter().chain(words).copied().collect();
    let errand = Errand::alone(&all).seeing(&kept, "/kept").within(SECONDS);
    Ok(settled(errand, "file"))
}

/// The same, which must succeed.
fn read(visit: &Visit<'_>, words: &[&str]) -> Result<Said, LabFault> {
    let said = errand(visit, words)?.ask()?;
    if said.success { Ok(said) } else { Err(visit.silent(said.reason())) }
}

fn settled(errand: Errand, protocol: &str) -> Errand {
    errand
        .with("GIT_CONFIG_NOSYSTEM", "1")
        .with("GIT_CONFIG_GLOBAL", "/kept/seawall.config")
        .with("GIT_ATTR_NOSYSTEM", "1")
        .with("GIT_NO_REPLACE_OBJECTS", "1")
        .with("GIT_TERMINAL_PROMPT", "0")
        .with("GIT_ALLOW_PROTOCOL", protocol)
}

/// Brings the kept part up to date.
fn refresh(visit: &Visit<'_>, asked: Option<&str>) -> Result<(), LabFault> {
    let scratch = visit.cache.scratch()?;
    let (kept, brought) = (kept(visit), scratch.path().join("brought"));
    visit.cache.let_go(&kept)?;
    frame(&kept)?;
    let asked = asked.unwrap_or_default();
    let name = &visit.package.name;
    let said = match repository(name) {
        None => return Err(LabFault::Name { text: name.chars().take(80).collect() }),
        Some(Repository::Address(_)) if visit.lab.offline => {
            return Err(LabFault::Offline { what: visit.package.to_string() });
        }
        Some(Repository::Address(address)) => {
            let words = Errand::script(BRING, &[&address, asked]);
            let errand = visit.client(&words, &scratch)?.seeing(&kept, "/kept").within(SECONDS);
            settled(errand, "https").bring(&brought)?
        }
        Some(Repository::Place(place)) => {
            let words = Errand::script(BRING, &["/source", asked]);
            let errand = Errand::alone(&words).seeing(Path::new(&place), "/source");
            let errand = errand.seeing(&kept, "/kept").within(SECONDS);
            settled(errand, "file").bring(&brought)?
        }
    };
    if !said.success {
        return Err(visit.silent(said.reason()));
    }
    let fresh = scratch.path().join("fresh");
    lay_within(&brought, &fresh, BROUGHT).map_err(|reason| visit.silent(reason))?;
    visit.cache.keep_more(&kept, &only_packs(&fresh, &scratch.path().join("packs"))?)?;
    frame(&kept)
}

/// What may be kept of what was brought, whatever else there is: packs, and the list of names.
fn only_packs(fresh: &Path, packs: &Path) -> Result<PathBuf, LabFault> {
    let fault = |error| LabFault::io("sorting what git brought", error);
    for file in tree::files(fresh)? {
        let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        let wanted = match parts.as_slice() {
            ["packed-refs"] => true,
            ["objects", "pack", name] => {
                name.starts_with("pack-") && (name.ends_with(".pack") || name.ends_with(".idx"))
            }
            _ => false,
        };
        if wanted {
            let to = packs.join(&file);
            fs::create_dir_all(to.parent().unwrap_or(packs)).map_err(fault)?;
            fs::rename(fresh.join(&file), to).map_err(fault)?;
        }
    }
    fs::create_dir_all(packs).map_err(fault)?;
    Ok(packs.to_owned())
}

/// Lays out the frame where it is not there.
fn frame(kept: &Path) -> Result<(), LabFault> {
    let fault = |error| LabFault::io("laying out a repository", error);
    let own = FRAME.into_iter().chain([("seawall.config", CONFIGURATION)]);
    for (name, text) in own {
        let file = kept.join(name);
        if fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        fs::create_dir_all(file.parent().unwrap_or(kept)).map_err(fault)?;
        fs::write(&file, text).map_err(fault)?;
    }
    fs::create_dir_all(kept.join("refs")).map_err(fault)?;
    fs::create_dir_all(kept.join("objects/pack")).map_err(fault)
}
