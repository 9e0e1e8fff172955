//! The words of the framework for models: none of those that would make a voluntary one something
//! else. Every source, template and migration of every crate is looked at, so that a new one is
//! without being listed; where another thing is meant, the place stands in a table with the reason.

#![allow(clippy::unwrap_used)]

#[path = "../../seawall-testkit/src/words.rs"]
mod words;

use std::path::{Path, PathBuf};

/// Where something else is meant: the beginning of a path below `crates/`, the part of a word, and
/// what it is there.
const MEANT: [(&str, &str, &str); 34] = [
    ("seawall-domain/src/evaluation.rs", "review", CODING),
    ("seawall-domain/src/evaluation/attempt.rs", "review", CODING),
    ("seawall-domain/src/evaluation/demand", "review", CODING),
    ("seawall-domain/src/evaluation/determination", "review", CODING),
    ("seawall-domain/src/evaluation/drawn", "review", CODING),
    ("seawall-domain/src/evaluation/review", "review", CODING),
    ("seawall-formats/src/determination", "review", CODING),
    ("seawall-formats/src/lib.rs", "review", CODING),
    ("seawall-formats/src/review", "review", CODING),
    ("seawall-server/src/coding", "review", CODING),
    ("seawall-services/src/evaluation/determination", "review", CODING),
    ("seawall-testkit/src/evaluation.rs", "review", CODING),
    ("seawall-testkit/src/world/life/dockets.rs", "review", CODING),
    ("seawall/src/command/evaluation", "review", CODING),
    ("seawall-formats/src/registry/tests.rs", "review", "a family of tasks: reading code"),
    ("seawall-domain/src/scan.rs", "review", "a technique by which flaws are looked for"),
    ("seawall-server/src/api/scans.rs", "review", "a technique by which flaws are looked for"),
    ("seawall/src/demo/", "review", "a technique by which flaws are looked for"),
    ("seawall/src/demo/", "licen", "a member of SPDX"),
    ("seawall-sandbox/src/", "permi", MODES),
    ("seawall-formats/src/feed.rs", "licen", "the terms of a source of flaws"),
    ("seawall-formats/src/crash/kernel.rs", "permi", "names of faults of a processor"),
    ("seawall-formats/src/inventory/", "licen", SOFTWARE),
    ("seawall-formats/src/inventory/", "permi", SOFTWARE),
    ("seawall-formats/src/inventory/", "review", SOFTWARE),
    ("seawall-matching/src/vers/", "permi", "messages that a suite of VERS fixes"),
    ("seawall-matching/src/version/pep440.rs", "permi", "the title of a section of PEP 440"),
    ("seawall-server/src/assets.rs", "licen", SOFTWARE),
    ("seawall-testkit/src/words.rs", "approv", TABLE),
    ("seawall-testkit/src/words.rs", "licen", TABLE),
    ("seawall-testkit/src/words.rs", "clearance", TABLE),
    ("seawall-testkit/src/words.rs", "permi", TABLE),
    ("seawall-testkit/src/words.rs", "review", TABLE),
    ("seawall-server/templates/coding", "review", CODING),
];

const CODING: &str = "people look blindly at what a model said, for cheating; never at a model";
const MODES: &str = "the modes of files, and what a system allows a program";
const SOFTWARE: &str = "the terms of software, in formats of others or of what is shipped here";
const TABLE: &str = "the words themselves";

/// How the standard library calls the modes of files; these names say nothing of a model.
const STANDARD: [&str; 4] =
    ["PermissionsExt", "fs::Permissions", "set_permissions", ".permissions("];

/// Places that may have been added to the table before they are there, and say nothing.
const LATER: [&str; 2] = ["seawall-server/src/coding", "seawall-server/templates/coding"];

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

/// Everything that a crate is made of but its tests.
fn sources(crates: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let path = entry.unwrap().path();
        for part in ["src", "templates", "migrations"] {
            files(&path.join(part), &mut found);
        }
    }
    found
}

/// What a file says that it must not, with the place; what was meant otherwise is marked as used.
fn unmeant(place: &str, text: &str, used: &mut [bool]) -> Vec<String> {
    let mut unmeant = Vec::new();
    let text = STANDARD.iter().fold(text.to_owned(), |text, name| text.replace(name, ""));
    for (word, line) in words::said(&text) {
        let meant = MEANT.iter().position(|(at, said, _)| place.starts_with(at) && *said == word);
        match meant.and_then(|index| used.get_mut(index)) {
            Some(used) => *used = true,
            None => unmeant.push(format!("{place} says `{word}`: {}", line.trim())),
        }
    }
    unmeant
}

#[test]
fn no_source_says_anything_that_sounds_like_a_gate() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let found = sources(&crates);
    assert!(found.len() > 900, "{} files", found.len());
    let mut used = [false; MEANT.len()];
    let mut wrong = Vec::new();
    for path in found {
        // What is no text (a picture, a font) says nothing.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let place = path.strip_prefix(&crates).unwrap().display().to_string();
        // A name is said as well.
        wrong.extend(unmeant(&place, &format!("{place}\n{text}"), &mut used));
    }
    assert_eq!(wrong, Vec::<String>::new());
    for ((place, word, _), used) in MEANT.iter().zip(used) {
        assert!(used || LATER.contains(place), "nothing in {place} says `{word}` any more");
    }
}

#[test]
fn a_planted_word_is_found() {
    let check = |place: &str, text: &str, expected: usize| {
        let found = unmeant(place, text, &mut [false; MEANT.len()]);
        assert_eq!(found.len(), expected, "{place}: {text}: {found:?}");
    };
    // In every form, as a word or within one.
    for planted in [
        "approve",
        "Approval",
        "disapproved",
        "release_approval",
        "ApprovedRelease",
        "licence",
        "license",
        "Licensing",
        "unlicensed",
        "LICENSE_ID",
        "clearance",
        "Clearances",
        "permit",
        "permits",
        "PERMISSION",
        "permitted",
        "impermissible",
        "review",
        "Reviewed",
        "is_reviewer",
        "model-review",
        "ReviewQueue",
    ] {
        for text in [planted.to_owned(), format!("//! a {planted}."), format!("\"x_{planted}\"")] {
            check("seawall-services/src/engagement/new.rs", &text, 1);
            check("seawall-server/templates/new.html", &text, 1);
            check("seawall-store/migrations/0099_new.sql", &text, 1);
        }
    }
    // A place where a word means something else says no other word.
    check("seawall-domain/src/evaluation/review/new.rs", "the review", 0);
    check("seawall-domain/src/evaluation/review/new.rs", "the review approves", 1);
    check("seawall-domain/src/engagement/review.rs", "the review", 1);
    check("seawall-sandbox/src/new.rs", "permission", 0);
    check("seawall-gateway/src/new.rs", "permission", 1);
    check(
        "seawall-gateway/src/new.rs",
        "use std::os::unix::fs::PermissionsExt; fs::Permissions",
        0,
    );
    check("seawall-gateway/src/new.rs", "fs::Permissions, a ReleasePermission", 1);
    // Other words are none of these.
    check("seawall-domain/src/new.rs", "a preview, a computer_use_preview, a permutation", 0);
}
