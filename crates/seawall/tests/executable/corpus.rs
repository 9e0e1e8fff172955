//! The corpus of recipes: real old releases, claims that do not hold, flaky effects, environments
//! that cannot be made, and patches of every kind. Each has its expected verdict beside it.
//!
//! The whole is run by `cargo xtask corpus` (issue 4), a slice of it by every test run.

mod case;

use case::{Case, Found, cases, look};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many cases are run at a time.
const WIDTH: usize = 2;
/// The share of verdicts that must agree, in percent.
const AGREEMENT_MIN: usize = 95;
/// The slice: quick, and one of each kind of verdict.
const SLICE: [&str; 4] =
    ["bzip2-no-such-release", "json5-proto", "multipart-header", "shlex-braces"];

/// Runs cases side by side, in any order.
fn run(cases: Vec<Case>, again: bool) -> Vec<(Case, Found)> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WIDTH {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = look(case, again);
                    println!("{}", found.line(case));
                    done.lock().unwrap().push((case.clone(), found));
                }
            });
        }
    });
    done.into_inner().unwrap()
}

/// Prints what was found and demands that enough of it agrees.
fn judge(done: &[(Case, Found)]) {
    let agreed = done.iter().filter(|(case, found)| found.verdict == case.verdict).count();
    println!("verdicts: {agreed} of {} agree", done.len());
    let patches: Vec<_> = done
        .iter()
        .flat_map(|(case, found)| case.patches.iter().zip(&found.patches).map(move |p| (case, p)))
        .collect();
    let held =
        patches.iter().filter(|(_, (patch, found))| Some(&patch.verdict) == found.as_ref()).count();
    println!("patches: {held} of {} agree", patches.len());
    let accepted: Vec<String> = patches
        .iter()
        .filter(|(_, (patch, found))| patch.verdict != "holds" && found.as_deref() == Some("holds"))
        .map(|(case, (patch, _))| format!("{} {}", case.name, patch.file))
        .collect();
    let moved: Vec<&str> =
        done.iter().filter(|(_, found)| !found.repeats).map(|(case, _)| &*case.name).collect();
    assert!(accepted.is_empty(), "patches that do not hold were accepted: {accepted:?}");
    assert!(moved.is_empty(), "the digest of a second run is another: {moved:?}");
    assert!(agreed * 100 >= done.len() * AGREEMENT_MIN, "{agreed} of {}", done.len());
    assert!(held * 100 >= patches.len() * AGREEMENT_MIN, "{held} of {}", patches.len());
}

#[test]
fn a_slice_of_the_corpus_has_the_verdicts_it_should() {
    let chosen: Vec<Case> =
        cases().into_iter().filter(|case| SLICE.contains(&case.name.as_str())).collect();
    assert_eq!(chosen.len(), SLICE.len(), "every case of the slice is there");
    judge(&run(chosen, false));
}

#[test]
#[ignore = "takes long and needs the registries: cargo xtask corpus"]
fn the_corpus_has_the_verdicts_it_should_and_repeats_them() {
    let cases = cases();
    let languages: BTreeSet<&str> = cases.iter().map(|case| case.language.as_str()).collect();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &cases {
        *kinds.entry(&case.kind).or_default() += 1;
    }
    let patches: usize = cases.iter().map(|case| case.patches.len()).sum();
    println!("{} recipes {kinds:?}, {languages:?}, {patches} patches", cases.len());
    assert!(cases.len() >= 40, "{}", cases.len());
    assert!(languages.len() >= 6, "{languages:?}");
    assert!(patches >= 40, "{patches}");
    judge(&run(cases, true));
}
