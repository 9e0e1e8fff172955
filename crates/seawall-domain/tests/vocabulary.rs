//! The words of the framework for models: none of those that would make a voluntary one something
//! else. Names, texts and comments of its three subjects are all looked at.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

/// Parts of words that none of the three subjects says, in whatever form.
const NEVER: [&str; 4] = ["approv", "licen", "clearance", "permi"];

/// Where else "review" would be of a model; a log's transcript is another thing.
const NO_REVIEW: [&str; 7] = [
    "engagement",
    "partner",
    "evaluation/allowance",
    "evaluation/decimal",
    "evaluation/protocol",
    "evaluation/sealing",
    "evaluation/token",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn the_three_subjects_say_nothing_that_sounds_like_a_gate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for subject in ["evaluation", "engagement", "partner"] {
        found.push(root.join(subject).with_extension("rs"));
        sources(&root.join(subject), &mut found);
    }
    assert!(found.len() > 40, "{} files", found.len());
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
        let place = path.strip_prefix(&root).unwrap().display().to_string();
        let review = NO_REVIEW.iter().any(|part| place.starts_with(part)).then_some("review");
        for word in NEVER.into_iter().chain(review) {
            let line = text.lines().position(|line| line.contains(word));
            assert_eq!(line, None, "{place} says `{word}` (line counted from 0)");
        }
    }
}
