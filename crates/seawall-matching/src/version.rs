//! The order of versions, by the rules of each ecosystem.
//!
//! | ecosystem | rule | a text that the rule cannot read |
//! |---|---|---|
//! | PyPI | PEP 440 | is older than all others; among themselves natural order |
//! | npm, crates.io, Go | Semantic Versioning 2.0.0, read leniently (`v1.2`) | the same |
//! | Debian | Debian policy 5.6.12 | there is none: every text has a place |
//! | others | natural order of runs of digits and letters | there is none |
//!
//! It does not say what a version means for an operator: see [`crate::ranges`].

mod debian;
mod natural;
mod semantic;

use self::debian::Debian;
use self::natural::Natural;
use self::semantic::Semantic;
use seawall_domain::package::{Ecosystem, Listed, Version};
use std::cmp::Ordering;

/// A version read once, so that it can be compared often. Keys are comparable within one
/// ecosystem only; equal keys may have different texts (`1.0` and `1.0.0` on PyPI).
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Key(Reading);

// INVARIANT: the variants stand in ascending order: what the rule cannot read comes first.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Reading {
    Unread(Natural),
    Pep440(Box<pep440_rs::Version>),
    Semantic(Semantic),
    Debian(Debian),
    Natural(Natural),
}

impl Key {
    /// Reads a version by the rule of its ecosystem; never fails.
    pub fn new(ecosystem: &Ecosystem, version: &Version) -> Self {
        let text = version.0.trim();
        Key(match rule(ecosystem) {
            Rule::Pep440 => match text.parse() {
                Ok(version) => Reading::Pep440(Box::new(version)),
                Err(_) => Reading::Unread(Natural::new(text)),
            },
            Rule::Semantic => match Semantic::new(text) {
                Some(version) => Reading::Semantic(version),
                None => Reading::Unread(Natural::new(text)),
            },
            Rule::Debian => Reading::Debian(Debian::new(text)),
            Rule::Natural => Reading::Natural(Natural::new(text)),
        })
    }

    /// Tells whether the ecosystem's rule could read the version (`latest` is none of npm's).
    pub fn is_read(&self) -> bool {
        match &self.0 {
            Reading::Unread(_) => false,
            Reading::Pep440(_)
            | Reading::Semantic(_)
            | Reading::Debian(_)
            | Reading::Natural(_) => true,
        }
    }

    /// Tells whether the version comes before the release it is named after.
    pub fn is_prerelease(&self) -> bool {
        match &self.0 {
            Reading::Pep440(version) => version.any_prerelease(),
            Reading::Semantic(version) => version.is_prerelease(),
            Reading::Debian(version) => version.is_prerelease(),
            Reading::Unread(version) | Reading::Natural(version) => version.is_prerelease(),
        }
    }
}

enum Rule {
    Pep440,
    Semantic,
    Debian,
    Natural,
}

fn rule(ecosystem: &Ecosystem) -> Rule {
    match ecosystem {
        Ecosystem::PyPi => Rule::Pep440,
        Ecosystem::Npm | Ecosystem::CratesIo => Rule::Semantic,
        Ecosystem::Debian(_) => Rule::Debian,
        Ecosystem::Generic => Rule::Natural,
        Ecosystem::Listed(Listed::Go, _) => Rule::Semantic,
        Ecosystem::Listed(..) | Ecosystem::Unknown(_) => Rule::Natural,
    }
}

/// Tells whether the ecosystem's own order is known here, rather than only the natural one.
pub fn is_known(ecosystem: &Ecosystem) -> bool {
    match rule(ecosystem) {
        Rule::Pep440 | Rule::Semantic | Rule::Debian => true,
        Rule::Natural => matches!(ecosystem, Ecosystem::Generic),
    }
}

/// Compares two versions of one ecosystem. The order is total; versions that differ only in what
/// the rule ignores (build metadata, trailing zeros) are equal.
pub fn compare(ecosystem: &Ecosystem, left: &Version, right: &Version) -> Ordering {
    Key::new(ecosystem, left).cmp(&Key::new(ecosystem, right))
}

/// Sorts versions, oldest first; equal ones stand in the order of their texts.
pub fn sort(ecosystem: &Ecosystem, versions: &mut [Version]) {
    versions.sort_by_cached_key(|version| (Key::new(ecosystem, version), version.clone()));
}

/// Tells whether a version is a pre-release (`2.0rc1`, `2.0.0-beta.1`, `2.0~rc1-1`).
pub fn is_prerelease(ecosystem: &Ecosystem, version: &Version) -> bool {
    Key::new(ecosystem, version).is_prerelease()
}

/// A number of any length, as digits without leading zeros, so that no version is too long.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Digits(String);

impl Digits {
    fn new(digits: &str) -> Self {
        Digits(digits.trim_start_matches('0').to_owned())
    }
}

impl Ord for Digits {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Digits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(ecosystem: &Ecosystem, line: &str) {
        let versions: Vec<&str> = line.split_whitespace().collect();
        for window in versions.windows(3).step_by(2) {
            let expected = match window[1] {
                "<" => Ordering::Less,
                "=" => Ordering::Equal,
                other => panic!("unknown sign {other}"),
            };
            let (left, right) = (window[0].into(), window[2].into());
            assert_eq!(compare(ecosystem, &left, &right), expected, "{left} {right}");
            assert_eq!(compare(ecosystem, &right, &left), expected.reverse(), "{right} {left}");
        }
    }

    #[test]
    fn each_ecosystem_has_its_order() {
        for line in [
            "1.0.dev1 < 1.0a1 < 1.0a2 < 1.0b1 < 1.0rc1 < 1.0 = 1.0.0 < 1.0+local < 1.0.post1",
            "2004d < 1!0 < 1!1",
            "0.1-bulbasaur < 0.1-charmander < 0.0.1",
            "0.9c1 = 0.9rc1 < v0.9 = 0.9",
        ] {
            check(&Ecosystem::PyPi, line);
        }
        for line in [
            "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0",
            "1.0.0-1 < 1.0.0-a < 1.0.0 = v1.0.0 = 1.0.0+build = 1.0 < 1.0.0.1 < 1.0.1 < 1.0.10",
            "latest < 0.0.0-0 < 0.0.0",
            "1.0.99999999999999999999998 < 1.0.99999999999999999999999",
        ] {
            check(&Ecosystem::Npm, line);
            check(&Ecosystem::CratesIo, line);
            check(&Ecosystem::Listed(Listed::Go, None), line);
        }
        for line in [
            "1.0~~ < 1.0~~a < 1.0~ < 1.0~rc1-1 < 1.0 = 1.0-0 = 0:1.0 < 1.0-1 < 1.0-1+deb12u1",
            "9.9-9 < 1:0.1-1 < 2:0",
            "1.2.11.dfsg-1 < 1:1.2.11.dfsg-2+deb11u1 < 1:1.2.11.dfsg-2+deb11u2 < 1:1.2.13.dfsg-1",
            "1.0a < 1.0+ < 1.0.1",
        ] {
            check(&Ecosystem::Debian(None), line);
        }
        for line in [
            "1.1.1 < 1.1.1a < 1.1.1k < 1.1.2",
            "1.0-alpha < 1.0-beta1 < 1.0-rc1 < 1.0 = 1_0 = 01.00 < 1.0.0 < 1.0.1 < 1.9 < 1.10",
            "2.0~rc < 2.0 < 2.0p1",
        ] {
            check(&Ecosystem::Generic, line);
            check(&Ecosystem::Listed(Listed::Alpine, None), line);
        }
    }

    #[test]
    fn pre_releases_are_told_from_releases() {
        for (ecosystem, version, expected) in [
            ("PyPI", "2.0rc1", true),
            ("PyPI", "2.0.dev0", true),
            ("PyPI", "2.0.post1", false),
            ("npm", "2.0.0-beta.1", true),
            ("npm", "2.0.0+build-1", false),
            ("crates.io", "0.4.0", false),
            ("Debian", "2.0~rc1-1", true),
            ("Debian:12", "2.0-1~bpo12", false),
            ("Generic", "2.0-rc1", true),
            ("Generic", "1.1.1k", false),
        ] {
            let found = is_prerelease(&Ecosystem::from(ecosystem.to_owned()), &version.into());
            assert_eq!(found, expected, "{ecosystem} {version}");
        }
    }

    fn any_ecosystem() -> impl Strategy<Value = Ecosystem> {
        prop::sample::select(vec!["PyPI", "npm", "crates.io", "Debian:12", "Generic", "Go", "Hex"])
            .prop_map(|name| Ecosystem::from(name.to_owned()))
    }

    fn any_version() -> impl Strategy<Value = Version> {
        prop_oneof![
            "[0-9]{1,2}(\\.[0-9]{1,2}){0,3}((a|b|rc|\\.dev|\\.post|-|~|\\+|-rc\\.)[0-9]?)?",
            "[0-9a-zA-Z.:~+-]{0,8}",
            "\\PC{0,6}",
        ]
        .prop_map(Version)
    }

    proptest! {
        #[test]
        fn the_order_is_total(
            ecosystem in any_ecosystem(),
            a in any_version(),
            b in any_version(),
            c in any_version(),
        ) {
            let order = |left, right| compare(&ecosystem, left, right);
            prop_assert_eq!(order(&a, &a), Ordering::Equal);
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
            if order(&a, &b).is_le() && order(&b, &c).is_le() {
                prop_assert!(order(&a, &c).is_le(), "{} {} {}", a, b, c);
            }
            if order(&a, &b).is_eq() {
                prop_assert_eq!(order(&a, &c), order(&b, &c));
            }
        }

        #[test]
        fn sorting_ignores_the_order_of_the_input(
            ecosystem in any_ecosystem(),
            mut versions in prop::collection::vec(any_version(), 0..8),
        ) {
            let mut other = versions.clone();
            other.reverse();
            sort(&ecosystem, &mut versions);
            sort(&ecosystem, &mut other);
            prop_assert_eq!(versions, other);
        }

        #[test]
        fn semantic_order_is_that_of_the_semver_crate(
            left in "[0-9]{1,2}\\.[0-9]\\.[0-9](-[0-9a-z]{1,2}(\\.[0-9a-z]{1,2})?)?(\\+b)?",
            right in "[0-9]{1,2}\\.[0-9]\\.[0-9](-[0-9a-z]{1,2}(\\.[0-9a-z]{1,2})?)?(\\+b)?",
        ) {
            if let (Ok(a), Ok(b)) =
                (semver::Version::parse(&left), semver::Version::parse(&right))
            {
                let found = compare(&Ecosystem::Npm, &Version(left), &Version(right));
                prop_assert_eq!(found, a.cmp_precedence(&b));
            }
        }

        #[test]
        fn debian_order_is_that_of_the_debversion_crate(
            left in "([0-9]:)?[0-9][0-9a-b.+~]{0,5}(-[0-9a-b.+~]{1,3})?",
            right in "([0-9]:)?[0-9][0-9a-b.+~]{0,5}(-[0-9a-b.+~]{1,3})?",
        ) {
            if let (Ok(a), Ok(b)) =
                (left.parse::<debversion::Version>(), right.parse::<debversion::Version>())
            {
                let found = compare(&Ecosystem::Debian(None), &Version(left), &Version(right));
                prop_assert_eq!(found, a.cmp(&b));
            }
        }
    }
}
