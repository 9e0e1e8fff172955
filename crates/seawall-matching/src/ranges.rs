//! Affected ranges as sets of intervals: what is inside, which sets are the same, and how they are
//! written as a VERS range (package-url/vers-spec).
//!
//! An interval is read as OSV reads its events: `introduced` is inside, `fixed` is outside,
//! `last_affected` is inside and counts only where there is no `fixed`; with neither, everything
//! newer is inside.

use crate::vers::{Comparator, written};
use crate::version::Key;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Interval;

/// An interval whose bounds were read once, for comparing often.
#[derive(Clone, Debug)]
pub struct Bounds {
    lower: Option<Key>,
    upper: Upper,
}

/// Where an interval ends.
// INVARIANT: for equal versions `Before` ends earlier than `UpTo`, and `Open` never ends.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Upper {
    At(Key, Last),
    Open,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Last {
    Outside,
    Inside,
}

impl Bounds {
    /// Reads the bounds of an interval.
    pub fn new(ecosystem: &Ecosystem, interval: &Interval) -> Self {
        let upper = match (&interval.fixed, &interval.last_affected) {
            (Some(fixed), _) => Upper::At(Key::new(ecosystem, fixed), Last::Outside),
            (None, Some(last)) => Upper::At(Key::new(ecosystem, last), Last::Inside),
            (None, None) => Upper::Open,
        };
        let lower = interval.introduced.as_ref().map(|version| Key::new(ecosystem, version));
        Bounds { lower, upper }
    }

    /// Tells whether a version lies inside.
    pub fn contains(&self, version: &Key) -> bool {
        self.lower.as_ref().is_none_or(|lower| lower <= version) && !self.ends_before(version)
    }

    fn ends_before(&self, version: &Key) -> bool {
        match &self.upper {
            Upper::Open => false,
            Upper::At(end, Last::Outside) => end <= version,
            Upper::At(end, Last::Inside) => end < version,
        }
    }

    fn is_empty(&self) -> bool {
        self.lower.as_ref().is_some_and(|lower| self.ends_before(lower))
    }

    /// Tells whether an interval that starts at `lower` overlaps this one or follows it without
    /// a gap, when this one starts no later.
    fn reaches(&self, lower: Option<&Key>) -> bool {
        match (lower, &self.upper) {
            (None, _) | (Some(_), Upper::Open) => true,
            (Some(lower), Upper::At(end, _)) => lower <= end,
        }
    }
}

/// Tells whether a version lies in any of the intervals.
pub fn contains(ecosystem: &Ecosystem, intervals: &[Interval], version: &Version) -> bool {
    let version = Key::new(ecosystem, version);
    intervals.iter().any(|interval| Bounds::new(ecosystem, interval).contains(&version))
}

/// Writes a set of intervals in its one form: in version order, without empty, overlapping or
/// touching ones, and without a `last_affected` that a `fixed` makes void.
pub fn normalise(ecosystem: &Ecosystem, intervals: &[Interval]) -> Vec<Interval> {
    joined(ecosystem, intervals).into_iter().map(|(_, interval)| interval).collect()
}

fn joined(ecosystem: &Ecosystem, intervals: &[Interval]) -> Vec<(Bounds, Interval)> {
    let mut read: Vec<(Bounds, Interval)> = intervals
        .iter()
        .map(|interval| (Bounds::new(ecosystem, interval), settled(interval)))
        .filter(|(bounds, _)| !bounds.is_empty())
        .collect();
    // The texts come last, so that equal bounds with different texts keep one of them for sure.
    read.sort_by(|(a, left), (b, right)| {
        (&a.lower, &a.upper, texts(left)).cmp(&(&b.lower, &b.upper, texts(right)))
    });
    let mut joined: Vec<(Bounds, Interval)> = Vec::new();
    for (bounds, interval) in read {
        match joined.last_mut() {
            Some((last, kept)) if last.reaches(bounds.lower.as_ref()) => {
                if last.upper < bounds.upper {
                    last.upper = bounds.upper;
                    kept.fixed = interval.fixed;
                    kept.last_affected = interval.last_affected;
                }
            }
            _ => joined.push((bounds, interval)),
        }
    }
    joined
}

fn settled(interval: &Interval) -> Interval {
    let last_affected = match interval.fixed {
        Some(_) => None,
        None => interval.last_affected.clone(),
    };
    Interval { last_affected, ..interval.clone() }
}

fn texts(interval: &Interval) -> [&Option<Version>; 3] {
    [&interval.introduced, &interval.fixed, &interval.last_affected]
}

/// Tells whether two sets of intervals hold the same versions, however they are cut and spelt.
pub fn equal(ecosystem: &Ecosystem, left: &[Interval], right: &[Interval]) -> bool {
    let (left, right) = (joined(ecosystem, left), joined(ecosystem, right));
    left.len() == right.len()
        && left.iter().zip(&right).all(|((a, _), (b, _))| a.lower == b.lower && a.upper == b.upper)
}

/// Where an affected version can go to be safe.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Refuge {
    /// The nearest newer version that ends an interval and lies in none: this very version.
    pub nearest: Version,
    /// The version from which on nothing is affected, where there is one.
    pub onward: Option<Version>,
}

/// The way out for one affected version, or `None` while no newer version is known to be safe.
/// With a relapse the nearest fix is safe, but "this or later" would be wrong.
pub fn refuge(ecosystem: &Ecosystem, intervals: &[Interval], version: &Version) -> Option<Refuge> {
    let version = Key::new(ecosystem, version);
    let joined = joined(ecosystem, intervals);
    let nearest = joined.iter().find_map(|(bounds, interval)| match &bounds.upper {
        Upper::At(end, Last::Outside) if *end > version => interval.fixed.clone(),
        Upper::At(..) | Upper::Open => None,
    })?;
    let onward = joined.last().and_then(|(_, interval)| interval.fixed.clone());
    Some(Refuge { nearest, onward })
}

/// Writes the intervals as a VERS range, such as `vers:npm/>=1.0.0|<1.3.6`. Nothing affected is
/// `vers:none/*`, the empty range of the VERS specification.
pub fn to_vers(package: &Package, intervals: &[Interval]) -> String {
    let intervals = normalise(&package.ecosystem, intervals);
    if intervals.is_empty() {
        return "vers:none/*".to_owned();
    }
    let mut constraints = Vec::new();
    for interval in &intervals {
        let Interval { introduced, fixed, last_affected } = interval;
        if let (Some(first), None, Some(last)) = (introduced, fixed, last_affected)
            && Key::new(&package.ecosystem, first) == Key::new(&package.ecosystem, last)
        {
            constraints.push((Comparator::Equal, first.0.as_str()));
            continue;
        }
        let bounds = [
            (Comparator::GreaterOrEqual, introduced),
            (Comparator::Less, fixed),
            (Comparator::LessOrEqual, last_affected),
        ];
        for (comparator, bound) in bounds {
            constraints.extend(bound.as_ref().map(|version| (comparator, version.0.as_str())));
        }
    }
    if constraints.is_empty() {
        constraints.push((Comparator::Any, ""));
    }
    written(package.ecosystem.purl_type(), constraints.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads `1.0..2.0` (fixed), `1.0..=1.9` (last affected), `..2.0`, `1.0..` and `..`.
    fn read(text: &str) -> Vec<Interval> {
        let version = |text: &str| (!text.is_empty()).then(|| Version::from(text));
        let interval = |text: &str| {
            let (introduced, end) = text.split_once("..").unwrap();
            let (fixed, last) = match end.strip_prefix('=') {
                Some(last) => ("", last),
                None => (end, ""),
            };
            Interval {
                introduced: version(introduced),
                fixed: version(fixed),
                last_affected: version(last),
            }
        };
        text.split_whitespace().map(interval).collect()
    }

    fn write(intervals: &[Interval]) -> String {
        let text = |version: &Option<Version>| version.as_ref().map_or("", |v| &v.0).to_owned();
        let interval = |interval: &Interval| {
            let last = interval.last_affected.as_ref().map(|last| format!("={last}"));
            let end = last.unwrap_or_else(|| text(&interval.fixed));
            format!("{}..{end}", text(&interval.introduced))
        };
        intervals.iter().map(interval).collect::<Vec<_>>().join(" ")
    }

    fn check(intervals: &str, inside: &str, outside: &str) {
        let intervals = read(intervals);
        for (versions, expected) in [(inside, true), (outside, false)] {
            for version in versions.split_whitespace() {
                let found = contains(&Ecosystem::PyPi, &intervals, &version.into());
                assert_eq!(found, expected, "{version} in {}", write(&intervals));
            }
        }
    }

    #[test]
    fn the_bounds_are_where_osv_puts_them() {
        check("1.0..2.0", "1.0 1.0.0 1.5 1.9.9 2.0rc1", "0.9 1.0rc1 2.0 2.0.0 2.0.post1 3");
        check("1.0..=2.0", "1.0 2.0 2.0.0", "2.0.post1 2.0.1 0.9");
        check("..2.0", "0 0.0.dev1 1.9", "2.0 3");
        check("1.0..", "1.0 99", "0.9");
        check("..", "0 1 legacy", "");
        check("", "", "0 1");
        check("0.1.4..1.1.9 1.1.10..1.1.14", "1.1.8 1.1.10 1.1.13", "0.1.3 1.1.9 1.1.14 1.1.31");
    }

    #[test]
    fn a_set_has_one_form() {
        for (intervals, expected) in [
            ("2.0..3.0 1.0..1.5", "1.0..1.5 2.0..3.0"),
            ("1.0..2.0 1.5..3.0", "1.0..3.0"),
            ("1.0..2.0 2.0..3.0", "1.0..3.0"),
            ("1.0..=2.0 2.0..3.0", "1.0..3.0"),
            ("1.0..=2.0 1.0..2.0", "1.0..=2.0"),
            ("1.0..4.0 1.5..3.0", "1.0..4.0"),
            ("1.0.. 3.0..4.0", "1.0.."),
            ("..1.0 0.5..=2", "..=2"),
            ("2.0..1.0 3.0..3.0", ""),
            ("3.0..=3.0", "3.0..=3.0"),
            ("1.0.0..2.0 1.0..2.0.0", "1.0..2.0.0"),
        ] {
            let found = normalise(&Ecosystem::PyPi, &read(intervals));
            assert_eq!(write(&found), expected, "{intervals}");
            assert!(equal(&Ecosystem::PyPi, &read(intervals), &found), "{intervals}");
        }
        assert!(!equal(&Ecosystem::PyPi, &read("1..2"), &read("1..=2")));
        assert!(!equal(&Ecosystem::PyPi, &read("1..2"), &read("..2")));
        assert!(equal(&Ecosystem::PyPi, &read("1..2"), &read("1.0..2.0.0")));
    }

    #[test]
    fn ranges_are_written_as_vers() {
        for (ecosystem, intervals, expected) in [
            ("npm", "1.0.0..1.3.6", "vers:npm/>=1.0.0|<1.3.6"),
            ("npm", "..0.2.3 1.0.0..1.2.6", "vers:npm/<0.2.3|>=1.0.0|<1.2.6"),
            (
                "crates.io",
                "1.1.10..1.1.14 0.1.4..1.1.9",
                "vers:cargo/>=0.1.4|<1.1.9|>=1.1.10|<1.1.14",
            ),
            ("PyPI", "1.25.4..=1.26.4", "vers:pypi/>=1.25.4|<=1.26.4"),
            ("PyPI", "2.0..=2.0", "vers:pypi/2.0"),
            ("PyPI", "2.0..", "vers:pypi/>=2.0"),
            ("PyPI", "..", "vers:pypi/*"),
            ("PyPI", "", "vers:none/*"),
            ("Debian:12", "..1:1.2.13.dfsg-1+deb12u1", "vers:deb/<1:1.2.13.dfsg-1+deb12u1"),
        ] {
            let package =
                Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name: "x".into() };
            assert_eq!(to_vers(&package, &read(intervals)), expected);
        }
    }

    #[test]
    fn the_way_out_says_or_later_only_where_it_is_true() {
        for (intervals, version, expected) in [
            ("1.0..2.0", "1.5", Some(("2.0", Some("2.0")))),
            ("0.1.4..1.1.9 1.1.10..1.1.14", "1.1.8", Some(("1.1.9", Some("1.1.14")))),
            ("0.1.4..1.1.9 1.1.10..1.1.14", "1.1.12", Some(("1.1.14", Some("1.1.14")))),
            ("1.0..2.0 3.0..", "1.5", Some(("2.0", None))),
            ("1.0..2.0 3.0..", "3.5", None),
            ("1.0..=2.0", "1.5", None),
        ] {
            let found = refuge(&Ecosystem::PyPi, &read(intervals), &version.into());
            let expected = expected.map(|(nearest, onward): (&str, Option<&str>)| Refuge {
                nearest: nearest.into(),
                onward: onward.map(Version::from),
            });
            assert_eq!(found, expected, "{version} in {intervals}");
        }
    }

    fn any_intervals() -> impl Strategy<Value = Vec<Interval>> {
        let bound = || prop::option::of((0u8..9).prop_map(|n| Version(n.to_string())));
        let interval =
            (bound(), bound(), bound()).prop_map(|(introduced, fixed, last_affected)| Interval {
                introduced,
                fixed,
                last_affected,
            });
        prop::collection::vec(interval, 0..5)
    }

    proptest! {
        #[test]
        fn the_one_form_holds_the_same_versions(intervals in any_intervals()) {
            let normal = normalise(&Ecosystem::PyPi, &intervals);
            for n in 0..90u8 {
                let version = Version(format!("{}.{}", n / 10, n % 10));
                prop_assert_eq!(
                    contains(&Ecosystem::PyPi, &intervals, &version),
                    contains(&Ecosystem::PyPi, &normal, &version)
                );
            }
            prop_assert_eq!(normalise(&Ecosystem::PyPi, &normal), normal);
        }

        #[test]
        fn the_one_form_ignores_the_order(mut intervals in any_intervals()) {
            let normal = normalise(&Ecosystem::PyPi, &intervals);
            intervals.reverse();
            prop_assert_eq!(normalise(&Ecosystem::PyPi, &intervals), normal);
        }

        #[test]
        fn the_way_out_is_outside(intervals in any_intervals(), n in 0u8..9) {
            let version = Version(n.to_string());
            if let Some(refuge) = refuge(&Ecosystem::PyPi, &intervals, &version) {
                prop_assert!(!contains(&Ecosystem::PyPi, &intervals, &refuge.nearest));
                for later in refuge.onward.iter().flat_map(|v| v.0.parse::<u8>()) {
                    for n in later..12 {
                        let version = Version(n.to_string());
                        prop_assert!(!contains(&Ecosystem::PyPi, &intervals, &version));
                    }
                }
            }
        }
    }
}
