//! What a build leaves behind: odd names, links, and a race over them. None of it is ever laid
//! out on the host; it is handed from one sandbox to the next as bytes.

use crate::host::Picture;
use crate::stage::{stage, turn};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::recipe::{Canary, Limits, Oracle, Recipe, RecipeFile, Target};
use seawall_domain::verdict::Outcome;
use std::path::Path;

/// Builds by one script and lets a probe say what it found; the host stays as it was.
fn check(name: &str, build: &str, probe: &str, expected: &[Outcome]) {
    let stage = stage();
    let catalogue = stage.folder.join(format!("catalogue-{name}"));
    let release = catalogue.join(name).join("1");
    std::fs::create_dir_all(&release).unwrap();
    let programs = stage.folder.join("programs/files");
    std::fs::copy(programs, release.join("files")).unwrap();
    let words = |kind: &str| ["sh", "/recipe/probe.sh", kind].map(String::from).to_vec();
    let target = Target {
        package: Package { ecosystem: Ecosystem::Generic, name: name.into() },
        version: Version::from("1"),
    };
    let recipe = Recipe {
        files: vec![RecipeFile { name: "probe.sh".into(), bytes: probe.into() }],
        build: vec![["sh", "-c", build].map(String::from).to_vec()],
        trigger: words("attack"),
        control: words("benign"),
        limits: Limits { seconds: 10, memory_mib: 128, disk_mib: 16, ..Limits::default() },
        ..Recipe::new(target, Oracle::Canary(Canary::Harness))
    };
    let mut lab = stage.lab.clone();
    lab.local_catalogue = Some(catalogue);
    lab.cache = stage.folder.join(format!("cache-{name}"));
    let victim = stage.folder.join("watched");
    let watched = [victim.parent().unwrap().join("programs")];
    let watched: Vec<&Path> = watched.iter().map(AsRef::as_ref).collect();
    let before = Picture::take(&watched);
    let reports = lab.run(&recipe, &Version::from("1"), 1).unwrap();
    assert!(expected.contains(&reports[0].outcome), "{}", reports[0].transcript);
    assert_eq!(before, Picture::take(&watched));
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "untouched");
    let left = std::fs::read_dir(lab.cache.join("scratch")).unwrap().count();
    assert_eq!(left, 0, "nothing is left in the cache");
    std::fs::remove_dir_all(&lab.cache).unwrap();
    std::fs::remove_dir_all(lab.local_catalogue.unwrap()).unwrap();
}

const SAY: &str = "
if [ $1 = attack ]; then word=seen; else word=absent; fi
echo \"seawall-canary $SEAWALL_CANARY $word\"
";

#[test]
fn odd_names_are_carried_and_never_read() {
    let _turn = turn();
    let probe = format!("set -e\ncd /build\ntest -e ./-rf\ntest $(ls | wc -l) -gt 12\n{SAY}");
    check("names", "/target/files names", &probe, &[Outcome::Affected]);
}

#[test]
fn depths_beyond_any_path_are_no_way_to_the_host() {
    let _turn = turn();
    // They cannot be laid out anew by their paths, so the probe does not come to run.
    check("depths", "/target/files depths", SAY, &[Outcome::Affected, Outcome::Untested]);
}

#[test]
fn links_and_races_over_them_lead_nowhere() {
    let _turn = turn();
    let victim = stage().folder.join("watched");
    let build = format!(
        "
cd /build
ln -s {victim} straight
ln -s ../../../../../../../..{victim} back
ln -s /proc/self/root{victim} around
ln -s . loop
mkdir swap
(while :; do
    rm -rf swap; ln -s / swap; rm -f swap; mkdir swap; echo harm > swap/watched
done) > /dev/null 2>&1 &
sleep 0.2
",
        victim = victim.display()
    );
    let probe = format!(
        "
cd /build
for name in straight back around swap/watched; do
    (echo harm > $name) 2> /dev/null
done
test -e straight && exit 1
{SAY}"
    );
    // A folder that changes while it is packed may make the build fail, which is as good.
    check("links", &build, &probe, &[Outcome::Affected, Outcome::Untested]);
}
