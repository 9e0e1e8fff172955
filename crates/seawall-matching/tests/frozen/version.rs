//! Version order against the lists that the ecosystems' own tools made.

use crate::support::read;
use seawall_domain::package::{Ecosystem, Version};
use seawall_matching::version::compare;
use std::cmp::Ordering;

/// Compares every line `A < B` of a file, both ways, and gives back what is wrong.
fn check(test: &str, ecosystem: &str, file: &str, expected: &[&str]) -> Option<String> {
    let archive = "versions/osv-scalibr-semantic.tar.zst";
    let text = read(test, &["tar", "--zstd", "-xO", file, "-f"], archive)?;
    let ecosystem = Ecosystem::from(ecosystem.to_owned());
    let mut lines = 0;
    let mut deviations = Vec::new();
    for line in text.lines().map(str::trim) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [left, sign, right] = fields[..] else {
            continue;
        };
        let order = match sign {
            "<" => Ordering::Less,
            "=" => Ordering::Equal,
            ">" => Ordering::Greater,
            _ => continue,
        };
        lines += 1;
        let (left, right) = (Version::from(left), Version::from(right));
        let there = compare(&ecosystem, &left, &right);
        let back = compare(&ecosystem, &right, &left);
        if there != order || back != order.reverse() {
            deviations.push(line);
        }
    }
    println!("{file}: {} of {lines} lines as expected", lines - deviations.len());
    (lines == 0 || deviations != expected).then(|| format!("{file}: {deviations:?}"))
}

/// Maven's own comparison goes in circles: it has `2.9.0.RC1` < `2.9.0` < `2.9.0-1` < `2.9.0.RC1`,
/// and likewise for the others. The order here is total, and a release candidate comes before its
/// release.
const MAVEN_DEVIATIONS: [&str; 3] = [
    "1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3",
    "2.9.0-1 < 2.9.0.RC1",
    "1.1.0-01-glassfish < 1.1.0.Beta1",
];
/// A total order cannot have `1.2.3.#` equal to both `1.2.3` and the newer `1.2.3.1`.
const PACKAGIST_DEVIATIONS: [&str; 1] = ["1.2.3.# = 1.2.3.1"];

#[test]
fn every_list_of_the_suite() {
    let lists = [
        ("Alpine", "alpine-versions.txt", &[][..]),
        ("Alpine:v3.20", "alpine-versions-generated.txt", &[]),
        ("CRAN", "cran-versions.txt", &[]),
        ("CRAN", "cran-versions-generated.txt", &[]),
        ("Debian", "debian-versions.txt", &[]),
        ("Debian:12", "debian-versions-generated.txt", &[]),
        ("Hackage", "hackage-versions.txt", &[]),
        ("Maven", "maven-versions.txt", &[]),
        ("Maven", "maven-versions-generated.txt", &MAVEN_DEVIATIONS),
        ("NuGet", "nuget-versions.txt", &[]),
        ("Packagist", "packagist-versions.txt", &PACKAGIST_DEVIATIONS),
        ("Packagist", "packagist-versions-generated.txt", &[]),
        ("Pub", "pub-versions.txt", &[]),
        ("PyPI", "pypi-versions.txt", &[]),
        ("PyPI", "pypi-versions-generated.txt", &[]),
        ("Red Hat", "redhat-versions.txt", &[]),
        ("RubyGems", "rubygems-versions.txt", &[]),
        ("RubyGems", "rubygems-versions-generated.txt", &[]),
        ("npm", "semver-versions.txt", &[]),
        ("crates.io", "semver-versions.txt", &[]),
        ("Go", "semver-versions.txt", &[]),
    ];
    let wrong = lists.into_iter().filter_map(|(ecosystem, file, expected)| {
        check("every_list_of_the_suite", ecosystem, file, expected)
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
