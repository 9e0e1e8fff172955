//! The six real targets against their registries: the verdict of every release, or of the
//! neighbours of every end, must be what was measured before. All flaws are public and fixed.

use seawall_domain::package::Version;
use seawall_domain::recipe::Recipe;
use seawall_domain::verdict::Outcome;
use seawall_sandbox::{Isolation, LabFault, Laboratory};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn recipe(name: &str) -> Recipe {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../recipes").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    seawall_formats::recipe::read(&text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"))
}

fn laboratory() -> Laboratory {
    let cache = std::env::var_os("SEAWALL_LABORATORY_CACHE").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("laboratory"));
    Laboratory { cache, local_catalogue: None, offline: false, isolation: Isolation::Namespaces }
}

/// Runs a recipe against these releases, or against all that the registry lists.
fn outcomes(name: &str, versions: &[&str]) -> BTreeMap<String, Outcome> {
    let (lab, recipe) = (laboratory(), recipe(name));
    let package = &recipe.target.package;
    let versions: Vec<Version> = if versions.is_empty() {
        lab.releases(package).unwrap().into_iter().map(|release| release.version).collect()
    } else {
        versions.iter().map(|version| Version::from(*version)).collect()
    };
    let start = Instant::now();
    for fetched in lab.fetch_all(package, &versions) {
        if let Err(fault @ LabFault::Registry { .. }) = fetched {
            panic!("{fault}");
        }
    }
    let fetched = start.elapsed();
    let start = Instant::now();
    let mut outcomes = BTreeMap::new();
    for version in &versions {
        let report = lab.run(&recipe, version, 1).unwrap().remove(0);
        outcomes.insert(version.0.clone(), report.outcome);
    }
    let (count, ran) = (versions.len(), start.elapsed());
    println!("{name}: {count} releases fetched in {fetched:.1?}, run in {ran:.1?}");
    outcomes
}

/// Expects exactly these releases to be affected, and at least these to be known as unaffected.
fn check_all(name: &str, affected: &[&str], unaffected: &[&str]) {
    let outcomes = outcomes(name, &[]);
    let of = |wanted: Outcome| {
        let fits = outcomes.iter().filter(move |(_, outcome)| **outcome == wanted);
        let mut fits: Vec<&str> = fits.map(|(version, _)| version.as_str()).collect();
        fits.sort_unstable();
        fits
    };
    let mut expected = affected.to_vec();
    expected.sort_unstable();
    assert_eq!(of(Outcome::Affected), expected, "{name}");
    for version in unaffected {
        assert!(of(Outcome::Unaffected).contains(version), "{name} {version}");
    }
}

/// Expects one outcome of each of these releases.
fn check(name: &str, outcome: Outcome, versions: &[&str]) {
    for (version, seen) in outcomes(name, versions) {
        assert_eq!(seen, outcome, "{name} {version}");
    }
}

#[test]
#[ignore = "needs the package registries; run by cargo xtask corpus"]
fn sqlparse_in_every_release() {
    check_all("sqlparse.toml", &["0.4.0", "0.4.1"], &["0.2.0", "0.3.1", "0.4.2", "0.5.0"]);
    check("demo/sqlparse-second.toml", Outcome::Affected, &["0.4.0", "0.4.1"]);
    check("demo/sqlparse-second.toml", Outcome::Unaffected, &["0.3.1", "0.4.2"]);
    check("sqlparse.toml", Outcome::Untested, &["0.1.19"]);
}

#[test]
#[ignore = "needs the package registries; run by cargo xtask corpus"]
fn ini_in_every_release() {
    let affected = [
        "1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4", "1.0.5", "1.1.0", "1.2.0", "1.2.1", "1.3.0",
        "1.3.1", "1.3.2", "1.3.3", "1.3.4", "1.3.5",
    ];
    check_all("ini.toml", &affected, &["1.3.6", "1.3.8", "2.0.0"]);
    check("demo/ini-second.toml", Outcome::Affected, &["1.0.0", "1.3.5"]);
    check("demo/ini-second.toml", Outcome::Unaffected, &["1.3.6", "2.0.0"]);
}

#[test]
#[ignore = "needs the package registries; run by cargo xtask corpus"]
fn tar_at_every_end() {
    for name in ["tar.toml", "demo/tar-second.toml"] {
        check(name, Outcome::Affected, &["0.4.10", "0.4.20", "0.4.35"]);
        check(name, Outcome::Unaffected, &["0.4.8", "0.4.9", "0.4.36", "0.4.40"]);
    }
}

#[test]
#[ignore = "needs the package registries; run by cargo xtask corpus"]
fn zlib_in_libz_sys_with_its_relapse() {
    for name in ["libz-sys.toml", "demo/libz-sys-second.toml"] {
        let affected = ["0.1.4", "0.1.9", "1.0.0", "1.0.20", "1.1.8", "1.1.10", "1.1.13"];
        check(name, Outcome::Affected, &affected);
        check(name, Outcome::Unaffected, &["1.1.9", "1.1.14", "1.1.20"]);
        check(name, Outcome::Untested, &["0.1.0", "0.1.2"]);
    }
}

#[test]
#[ignore = "needs the package registries; run by cargo xtask corpus"]
fn urllib3_at_every_end() {
    let name = "urllib3.toml";
    check(name, Outcome::Affected, &["1.25.4", "1.25.11", "1.26.0", "1.26.4"]);
    check(name, Outcome::Unaffected, &["1.23", "1.24.3", "1.25.3", "1.26.5", "2.0.2"]);
    check("demo/urllib3-no-tail.toml", Outcome::Unaffected, &["1.25.4", "1.26.4"]);
}

#[test]
#[ignore = "needs the package registries; run by cargo xtask corpus"]
fn minimist_at_every_end() {
    let name = "minimist.toml";
    check(name, Outcome::Affected, &["0.0.0", "0.2.2", "1.0.0", "1.2.2", "1.2.5"]);
    check(name, Outcome::Unaffected, &["0.2.3", "0.2.4", "1.2.6", "1.2.8"]);
}
