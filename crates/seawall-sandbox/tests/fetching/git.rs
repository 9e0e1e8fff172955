//! Source trees: tags, commits, histories, and repositories that would like to run something.

use crate::world::{World, has, package, shell, told};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_sandbox::{HostPaths, LabFault, Laboratory};
use std::path::Path;

/// A repository with three commits on its branch, one beside it, and two tags.
const MAKE: &str = "
git init -q -b main source && cd source
echo one > a.txt && git add . && git commit -q -m 1 && git tag v1
echo two > a.txt && git add . && git commit -q -m 2
git checkout -q -b side && echo side > b.txt && git add . && git commit -q -m side
git checkout -q main && echo three > a.txt && git add . && git commit -q -m 3
git merge -q --no-edit side && git tag -a -m 'a tag with words' release/v2
";

fn check(test: &str) -> Option<(World, Package)> {
    if !has(test, "git", &["--version"]) {
        return None;
    }
    let world = World::new();
    shell(&world.folder, MAKE);
    let name = world.folder.join("source").display().to_string();
    Some((world, package(Ecosystem::Git, name)))
}

fn commit(world: &World, name: &str) -> String {
    shell(&world.folder.join("source"), &format!("git rev-parse '{name}^{{commit}}'"))
}

#[test]
fn tags_and_commits_are_brought() {
    let Some((world, package)) = check("tags_and_commits_are_brought") else { return };
    assert_eq!(world.releases(&package), ["release/v2", "v1"]);
    let one = world.fetch(&package, "v1").unwrap();
    assert_eq!(told(&one.path), ["a.txt=one\n"]);
    let same = world.fetch(&package, &commit(&world, "v1")).unwrap();
    assert_eq!(one, same);
    let two = world.fetch(&package, "release/v2").unwrap();
    assert_eq!(told(&two.path), ["a.txt=three\n", "b.txt=side\n"]);
    // What is new is brought on top of what was kept, and a commit that no name leads to as well.
    shell(
        &world.folder.join("source"),
        "git checkout -q --detach && echo lost > c.txt && git add . && git commit -q -m lost
         git config uploadpack.allowAnySHA1InWant true",
    );
    let lost = commit(&world, "HEAD");
    shell(&world.folder.join("source"), "git checkout -q main");
    let lost = world.fetch(&package, &lost).unwrap();
    assert_eq!(told(&lost.path), ["a.txt=three\n", "b.txt=side\n", "c.txt=lost\n"]);
    for unknown in ["v9", "0123456789012345678901234567890123456789"] {
        let fault = world.fetch(&package, unknown).unwrap_err();
        assert!(matches!(fault, LabFault::NotFetchable { .. }), "{unknown}: {fault}");
    }
    // A tag that comes later is there later.
    shell(&world.folder.join("source"), "git tag v9");
    world.fetch(&package, "v9").unwrap();
}

#[test]
fn a_history_is_listed_oldest_first() {
    let Some((world, package)) = check("a_history_is_listed_oldest_first") else { return };
    let at = |name: &str| Version(commit(&world, name));
    assert_eq!(world.lab.head(&package).unwrap(), at("main"));
    let line = world.lab.commits(&package, &Version::from("v1"), &Version::from("release/v2"));
    assert_eq!(line.unwrap(), ["main~2", "main~1", "main"].map(at));
    // From beside the line of first parents, all that is new is listed.
    let all = world.lab.commits(&package, &at("side"), &at("main")).unwrap();
    assert_eq!(all, ["main~1", "main"].map(at));
    assert_eq!(world.lab.commits(&package, &at("main"), &at("main")).unwrap(), []);
    let unknown = world.lab.commits(&package, &Version::from("v7"), &at("main"));
    assert!(matches!(unknown, Err(LabFault::NotFetchable { .. })), "{unknown:?}");
}

#[test]
fn nothing_of_a_repository_runs_or_changes_a_file() {
    let Some((world, _)) = check("nothing_of_a_repository_runs_or_changes_a_file") else { return };
    let mark = world.folder.join("mark");
    let script = format!(
        "
git init -q -b main trap && cd trap
for hook in post-checkout post-merge pre-receive update post-update reference-transaction; do
    printf '#!/bin/sh\\ntouch {mark}\\n' > .git/hooks/$hook && chmod +x .git/hooks/$hook
done
printf '* filter=trap ident text eol=crlf\\nhidden export-ignore\\n' > .gitattributes
printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = ext::sh -c touch%% {mark}\\n' > .gitmodules
echo '$Id$ $Format:%H$' > a.txt && echo seen > hidden && ln -s /etc/passwd link
git add . && git -c core.hooksPath=/dev/null commit -q -m 1
git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),x
git -c core.hooksPath=/dev/null commit -q -m 2 && git -c core.hooksPath=/dev/null tag v1
git config filter.trap.smudge 'touch {mark}' && git config filter.trap.required true
git config core.fsmonitor 'touch {mark}' && git config uploadpack.packObjectsHook 'touch {mark}'
git config core.sshCommand 'touch {mark}' && git config tar.umask 0
",
        mark = mark.display()
    );
    shell(&world.folder, &script);
    let trap = package(Ecosystem::Git, world.folder.join("trap").display().to_string());
    let fetched = world.fetch(&trap, "v1").unwrap();
    let told = told(&fetched.path);
    for expected in ["a.txt=$Id$ $Format:%H$\n", "hidden=seen\n", "link>/etc/passwd", "x/"] {
        assert!(told.iter().any(|line| line == expected), "{expected}: {told:?}");
    }
    assert!(!Path::new(&mark).exists(), "something of the repository ran");
    let kept = world.lab.cache.join("kept/git");
    let all = shell(&kept, "find . -path '*hooks*' -o -name '*.sample'; cat */config");
    assert!(!all.contains("hooks") && !all.contains("trap"), "{all}");
}

#[test]
fn names_that_are_more_than_a_repository_go_nowhere() {
    let world = World::new();
    for name in [
        "ext::sh -c touch% /tmp/x",
        "--upload-pack=touch",
        "ssh://git.example.invalid/a",
        "http://git.example.invalid/a",
        "https://user@git.example.invalid/a",
        "fd::3",
        "-x",
        "",
    ] {
        let fault = world.fetch(&package(Ecosystem::Git, name), "v1").unwrap_err();
        assert!(matches!(fault, LabFault::Name { .. }), "{name}: {fault}");
    }
    let strangers = Laboratory { host_paths: HostPaths::Refused, ..world.lab.clone() };
    for name in ["/etc", "file:///etc", "https://localhost/a", "https://127.0.0.1/a"] {
        let package = package(Ecosystem::Git, name);
        let fault = strangers.fetch(&package, &Version::from("v1")).unwrap_err();
        assert!(matches!(fault, LabFault::HostPath { .. }), "{name}: {fault}");
    }
    let offline = Laboratory { offline: true, ..world.lab.clone() };
    let package = package(Ecosystem::Git, "https://git.example.invalid/a");
    let fault = offline.fetch(&package, &Version::from("v1")).unwrap_err();
    assert!(matches!(fault, LabFault::Offline { .. }), "{fault}");
}

#[test]
fn a_locked_release_is_that_one_or_none() {
    let Some((world, package)) = check("a_locked_release_is_that_one_or_none") else { return };
    let fetched = world.fetch(&package, "v1").unwrap();
    let other = world.fetch(&package, "release/v2").unwrap();
    let mut lab = world.lab.clone();
    let version = Version::from("v1");
    lab.locked.insert(format!("{package} v1"), fetched.digest);
    assert_eq!(lab.fetch(&package, &version).unwrap(), fetched);
    lab.locked.insert(format!("{package} v1"), other.digest);
    let fault = lab.fetch(&package, &version).unwrap_err();
    assert!(matches!(fault, LabFault::Locked { .. }), "{fault}");
    assert!(fault.to_string().contains(&fetched.digest.to_string()), "{fault}");
}
