//! Version order against the lists that the ecosystems' own tools made.

use crate::support::read;
use seawall_domain::package::{Ecosystem, Version};
use seawall_matching::version::compare;
use std::cmp::Ordering;

/// Compares every line `A < B` of a file, both ways, and gives back the lines that differ.
fn check(test: &str, ecosystem: &Ecosystem, file: &str, expected: &[&str]) {
    let archive = "versions/osv-scalibr-semantic.tar.zst";
    let Some(text) = read(test, &["tar", "--zstd", "-xO", file, "-f"], archive) else {
        return;
    };
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
        let there = compare(ecosystem, &left, &right);
        let back = compare(ecosystem, &right, &left);
        if there != order || back != order.reverse() {
            deviations.push(line);
        }
    }
    println!("{file}: {} of {lines} lines as expected", lines - deviations.len());
    assert!(lines > 0, "{file} has no lines");
    assert_eq!(deviations, expected, "{file}");
}

#[test]
fn pypi() {
    check("pypi", &Ecosystem::PyPi, "pypi-versions.txt", &[]);
    check("pypi", &Ecosystem::PyPi, "pypi-versions-generated.txt", &[]);
}

#[test]
fn semantic() {
    check("semantic", &Ecosystem::Npm, "semver-versions.txt", &[]);
    check("semantic", &Ecosystem::CratesIo, "semver-versions.txt", &[]);
}

#[test]
fn debian() {
    check("debian", &Ecosystem::Debian(None), "debian-versions.txt", &[]);
    check("debian", &Ecosystem::Debian(Some("12".into())), "debian-versions-generated.txt", &[]);
}
