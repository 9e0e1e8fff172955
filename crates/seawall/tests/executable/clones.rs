//! `seawall match --repository`: commits told by the history of a clone.

use crate::corridor::PROGRAM;
use crate::house::seawall;
use seawall_testkit::database::Fresh;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// A repository with commits one after the other, each tagged by its message.
struct Repository {
    folder: Fresh,
    commits: Vec<String>,
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Repository {
    fn new(messages: &[&str]) -> Repository {
        let folder = Fresh::sqlite();
        let place = folder.dir().join("clone");
        std::fs::create_dir(&place).unwrap();
        git(&place, &["init", "--quiet"]);
        git(&place, &["remote", "add", "origin", "https://git.example.invalid/file/file.git"]);
        let commits = messages.iter().map(|message| {
            git(&place, &["commit", "--quiet", "--allow-empty", "-m", message]);
            git(&place, &["tag", message]);
            git(&place, &["rev-parse", "HEAD"])
        });
        let commits = commits.collect();
        Repository { folder, commits }
    }

    fn path(&self, name: &str) -> String {
        self.folder.dir().join(name).display().to_string()
    }

    /// Matches one component against a record that says which commits brought and mended a flaw.
    fn matched(&self, revision: &str, clone: &[&str]) -> (i32, Value, String) {
        let record = json!({
            "id": "OSV-1", "modified": "2026-01-01T00:00:00Z", "affected": [{
                "package": {"ecosystem": "OSS-Fuzz", "name": "file"},
                "ranges": [{
                    "type": "GIT", "repo": "https://git.example.invalid/file/file",
                    "events": [{"introduced": self.commits[1]}, {"fixed": self.commits[3]}],
                }],
            }],
        });
        let purl = format!(
            "pkg:generic/file@{revision}?vcs_url=git%2Bhttps://git.example.invalid/file/file.git"
        );
        let inventory = json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
            {"type": "library", "name": "file", "version": revision, "purl": purl},
        ]});
        std::fs::write(self.path("record.json"), record.to_string()).unwrap();
        std::fs::write(self.path("inventory.json"), inventory.to_string()).unwrap();
        let (file, records) = (self.path("inventory.json"), self.path("record.json"));
        let mut arguments = vec!["match", &file, "--advisories", &records, "--json"];
        arguments.extend(clone);
        let output = seawall(Path::new(PROGRAM), &arguments);
        let told = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap_or(-1), told, said)
    }
}

#[test]
fn a_clone_tells_which_commits_are_affected() {
    let repository = Repository::new(&["v1", "v2", "v3", "v4"]);
    let clone = repository.path("clone");
    let at_hand = ["--repository", clone.as_str()];
    for (number, expected) in [(0, 0), (1, 1), (2, 1), (3, 0)] {
        let revision = repository.commits[number].clone();
        for revision in [revision.as_str(), &revision[..10], &format!("v{}", number + 1)] {
            let (status, told, said) = repository.matched(revision, &at_hand);
            assert_eq!(status, expected, "{revision}: {said}");
            let found = told["findings"].as_array().unwrap();
            assert_eq!(found.len(), expected as usize, "{told}");
            for finding in found {
                assert_eq!(finding["matched_by"], json!(["commits"]));
                assert_eq!(finding["fixed_versions"], json!([repository.commits[3]]));
            }
            assert_eq!(told["unknown"], json!([]), "{revision}");
        }
    }
    // Without the clone nothing is known, and nothing is taken for safe.
    let (status, told, _) = repository.matched(&repository.commits[1], &[]);
    assert_eq!((status, told["findings"].as_array().unwrap().len()), (0, 0));
    let named = format!("https://git.example.invalid/file/file={clone}");
    git(Path::new(&clone), &["remote", "remove", "origin"]);
    assert_eq!(repository.matched("v2", &["--repository", &named]).0, 1);
}

#[test]
fn a_clone_that_cannot_tell_is_refused_or_said() {
    let repository = Repository::new(&["v1", "v2", "v3", "v4"]);
    let (clone, shallow) = (repository.path("clone"), repository.path("shallow"));
    let (status, _, said) = repository.matched("v9", &["--repository", &clone]);
    assert_eq!(status, 0);
    assert!(said.contains("has no commit or tag `v9`"), "{said}");
    let from = format!("file://{clone}");
    git(repository.folder.dir(), &["clone", "--quiet", "--depth", "1", &from, &shallow]);
    for (given, expected) in [
        (shallow.as_str(), "its history is cut off"),
        ("/nowhere/at/all", "cannot use /nowhere/at/all as a clone"),
    ] {
        let (status, _, said) = repository.matched("v2", &["--repository", given]);
        assert_eq!(status, 2, "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn what_a_clone_is_configured_to_run_does_not_run() {
    let repository = Repository::new(&["v1", "v2", "v3", "v4"]);
    let clone = repository.path("clone");
    let (canary, script) = (repository.path("canary"), repository.path("script"));
    std::fs::write(&script, format!("#!/bin/sh\ntouch {canary}\n")).unwrap();
    let run = Command::new("chmod").args(["+x", &script]).status().unwrap();
    assert!(run.success());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "diff.external",
        "uploadpack.packObjectsHook",
    ] {
        git(Path::new(&clone), &["config", key, &script]);
    }
    for key in ["extensions.partialClone", "remote.origin.promisor"] {
        let value = if key.ends_with("promisor") { "true" } else { "origin" };
        git(Path::new(&clone), &["config", key, value]);
    }
    let ssh = "ssh://git.example.invalid/file/file.git";
    git(Path::new(&clone), &["config", "remote.origin.url", ssh]);
    assert_eq!(repository.matched("v2", &["--repository", &clone]).0, 1);
    assert_eq!(repository.matched("v9", &["--repository", &clone]).0, 0);
    assert!(!Path::new(&canary).exists(), "something of the clone's configuration ran");
}
