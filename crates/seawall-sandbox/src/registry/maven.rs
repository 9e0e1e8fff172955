//! Maven artifacts through mvn.
//!
//! mvn has no command of its own that brings an artifact: the usual one is a plugin with some sixty
//! libraries, each of them code that would have to be brought and run first. But mvn brings and
//! checks whatever it is told to take for a plugin before it looks whether that is one, and then
//! finds that it has no such goal. So artifacts are asked for as plugins with a goal that nothing
//! has: the jar and its descriptions come into the local repository, and nothing of it is loaded.

use super::Visit;
use crate::cache::Scratch;
use crate::client::two_at_a_time;
use crate::errand::Errand;
use crate::{Fetched, LabFault, Release};
use seawall_domain::package::Version;
use std::collections::BTreeSet;

/// Asks for an artifact, and goes to what mvn keeps of it. mvn always complains at the end.
const ASK: &str = "
mkdir -p /scratch/m2 /scratch/none && cd /scratch/none || exit 1
settings=
if [ -f /config/settings.xml ]; then settings='-s /config/settings.xml'; fi
mvn -B -q -C $settings -Dmaven.repo.local=/scratch/m2 \"$1:seawall-none\" >&2
cd \"/scratch/m2/$2\" 2> /dev/null || exit 1
";
/// The jar and the description of one version.
const BRING: &str = "
[ -f \"$3.jar\" ] || exit 1
mv \"$3.jar\" /scratch/out/
if [ -f \"$3.pom\" ]; then mv \"$3.pom\" /scratch/out/; fi
";
/// What the repositories say of all versions.
const LIST: &str = "
for list in maven-metadata-*.xml; do
    if [ -f \"$list\" ]; then cat \"$list\"; found=yes; fi
done
[ \"$found\" = yes ]
";
const JAVA: &str = "-Duser.home=/scratch -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

fn errand(visit: &Visit<'_>, scratch: &Scratch, words: &[&str]) -> Result<Errand, LabFault> {
    Ok(visit.client(words, scratch)?.with("JAVA_TOOL_OPTIONS", JAVA).with("MAVEN_SKIP_RC", "1"))
}

/// The folder of an artifact in every repository, and its name.
fn place(visit: &Visit<'_>) -> (String, String) {
    let (group, name) = visit.package.name.split_once(':').unwrap_or_default();
    (format!("{}/{name}", group.replace('.', "/")), name.to_owned())
}

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    let scratch = visit.cache.scratch()?;
    let (folder, _) = place(visit);
    let script = format!("{ASK}{LIST}");
    let words = Errand::script(&script, &[&visit.package.name, &folder]);
    let said = errand(visit, &scratch, &words)?.ask()?;
    let versions = listed(&said.stdout).into_iter().map(Version);
    let versions: Vec<Version> = versions.filter(|version| visit.is_version(version)).collect();
    if !said.success || versions.is_empty() {
        return Err(visit.silent(said.reason()));
    }
    Ok(versions.into_iter().map(|version| Release { version, yanked: false }).collect())
}

/// The versions that lists of a Maven repository (`maven-metadata.xml`) tell of.
fn listed(text: &str) -> BTreeSet<String> {
    let parts = text.split("<versions>").skip(1);
    let lists = parts.filter_map(|part| part.split("</versions>").next());
    let all = lists.flat_map(|list| list.split("<version>").skip(1));
    all.filter_map(|one| Some(one.split("</version>").next()?.trim().to_owned())).collect()
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    two_at_a_time(versions, |version| bring(visit, version))
}

fn bring(visit: &Visit<'_>, version: &Version) -> Result<Fetched, LabFault> {
    let scratch = visit.cache.scratch()?;
    let brought = scratch.path().join("brought");
    let (folder, name) = place(visit);
    let (folder, file) = (format!("{folder}/{version}"), format!("{name}-{version}"));
    let exact = format!("{}:{version}", visit.package.name);
    let script = format!("{ASK}{BRING}");
    let words = Errand::script(&script, &[&exact, &folder, &file]);
    let said = errand(visit, &scratch, &words)?.bring(&brought)?;
    if !said.success {
        let absent = ["Could not find artifact", "was not found in"];
        return Err(match absent.iter().any(|mark| said.stderr.contains(mark)) {
            true => visit.refused(version, "its repositories have no such jar"),
            false => visit.silent(said.reason()),
        });
    }
    visit.keep(version, &brought)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_versions_is_read() {
        let text = "<metadata><versioning><latest>2</latest><versions>\n<version>1</version>\n\
                    <version> 2 </version></versions></versioning></metadata>";
        assert_eq!(listed(text), BTreeSet::from(["1".to_owned(), "2".to_owned()]));
        for text in ["", "<versions>", "<version>1</version>", "<versions><version>"] {
            assert!(listed(text).iter().all(String::is_empty), "{text}");
        }
    }
}
