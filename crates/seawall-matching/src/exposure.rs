//! Who is hit: advisories meet the lines of an inventory (capability C45).
//!
//! A component matches by its package and version in its own ecosystem, never by a name alone:
//! `tar` of Debian is not `tar` of crates.io, and a look-alike name is another package. Debian
//! packages match only ranges stated for Debian, and a range for one release only packages of that
//! release. Products without a package match only a vendor's statement about that product. What
//! cannot be told is listed as unknown; it is never taken for safe.

use crate::ranges::Bounds;
use crate::version::Key;
use seawall_domain::component::{Component, Product};
use seawall_domain::package::{Package, Version};
use seawall_domain::range::{Basis, Interval};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One package that an advisory affects.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AffectedRange<K> {
    /// The advisory, by whatever names it for the caller.
    pub advisory: K,
    /// The package.
    pub package: Package,
    /// The affected intervals.
    pub intervals: Vec<Interval>,
    /// Versions that the advisory lists one by one; they count besides the intervals.
    pub versions: Vec<Version>,
    /// Run here, or stated by somebody.
    pub basis: Basis,
}

impl<K> AffectedRange<K> {
    /// The affected intervals of a package, without versions listed one by one.
    pub fn new(advisory: K, package: Package, intervals: Vec<Interval>, basis: Basis) -> Self {
        AffectedRange { advisory, package, intervals, versions: Vec::new(), basis }
    }
}

/// A vendor's statement that an advisory affects a product of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StatedProduct<K> {
    /// The advisory.
    pub advisory: K,
    /// The vendor, trimmed and lower-cased.
    pub vendor: String,
    /// The product, trimmed and lower-cased.
    pub name: String,
    /// The affected versions, as the vendor writes them; `None` when it says "all".
    pub versions: Option<Vec<String>>,
}

/// Why a component matches.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The version lies in an interval that was found by running releases.
    Range(Interval),
    /// The version is one that the advisory lists.
    ListedVersion(Version),
    /// The version lies in an interval that a distributor or vendor states; not run here.
    Stated(Interval),
    /// The vendor states that this product in this version is affected.
    StatedProduct(Product),
}

/// An advisory that hits a component, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Match<K> {
    /// The advisory.
    pub key: K,
    /// The first rule that applies: interval before listed version.
    pub rule: Rule,
}

/// Why a component could not be matched.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// Neither a package nor a product about which a vendor stated anything.
    NoPackage,
    /// An advisory names the package, but the inventory names no version, or none that the
    /// ecosystem's rule can read.
    NoVersion,
    /// Advisories name the package for certain releases of the distribution, and the inventory does
    /// not say which release it is.
    NoRelease,
    /// An advisory names a package whose name differs only in upper and lower case, in an ecosystem
    /// that tells them apart; lists often write such names in lower case.
    OtherSpelling,
    /// No version order is known for the ecosystem of a package that an advisory names.
    NoRules,
}

/// The answer for one component.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer<K> {
    /// These advisories hit it, in the order of their keys.
    Hit(Vec<Match<K>>),
    /// No advisory hits it.
    Clear,
    /// It cannot be told.
    Unknown(Unknown),
}

/// Advisories, compiled per package.
#[derive(Clone, Debug)]
pub struct Index<K> {
    packages: HashMap<Package, Vec<Compiled<K>>>,
    products: HashMap<(String, String), Vec<StatedProduct<K>>>,
}

#[derive(Clone, Debug)]
struct Compiled<K> {
    advisory: K,
    /// The Debian release the range is for; `None` stands for all of them.
    release: Option<String>,
    intervals: Vec<(Bounds, Interval)>,
    versions: Vec<(Key, Version)>,
    basis: Basis,
}

impl<K: Clone + Ord> Index<K> {
    /// Compiles the affected ranges; their order does not matter.
    pub fn new(ranges: impl IntoIterator<Item = AffectedRange<K>>) -> Self {
        Self::with_products(ranges, [])
    }

    /// Compiles affected ranges and vendors' statements about products.
    pub fn with_products(
        ranges: impl IntoIterator<Item = AffectedRange<K>>,
        products: impl IntoIterator<Item = StatedProduct<K>>,
    ) -> Self {
        let mut index = Index { packages: HashMap::new(), products: HashMap::new() };
        for range in ranges {
            let (package, release) = shelf(&range.package);
            index.packages.entry(package).or_default().push(compiled(range, release));
        }
        for product in products {
            let shelf = (product.vendor.clone(), product.name.clone());
            index.products.entry(shelf).or_default().push(product);
        }
        index
    }

    /// The advisories that hit a component, in the order of their keys, each once.
    pub fn matches(&self, component: &Component) -> Vec<Match<K>> {
        let mut matches = self.package_matches(component);
        matches.extend(self.product_matches(component));
        matches.sort_by(|a, b| a.key.cmp(&b.key).then_with(|| order(&a.rule).cmp(&order(&b.rule))));
        matches.dedup_by(|a, b| a.key == b.key);
        matches
    }

    /// The answer for a component: hit, clear, or unknown and why.
    pub fn answer(&self, component: &Component) -> Answer<K> {
        let matches = self.matches(component);
        if !matches.is_empty() {
            return Answer::Hit(matches);
        }
        self.unknown(component).map_or(Answer::Clear, Answer::Unknown)
    }

    fn unknown(&self, component: &Component) -> Option<Unknown> {
        let Some(package) = &component.package else {
            let stated = component.product.as_ref().is_some_and(|product| {
                self.products.contains_key(&(product.vendor.clone(), product.name.clone()))
            });
            return (!stated).then_some(Unknown::NoPackage);
        };
        let (shelf, release) = shelf(package);
        let compiled = self.packages.get(&shelf)?;
        let key = component.version.as_ref().and_then(|version| key(package, version));
        let Some(key) = key.filter(Key::is_read) else {
            return Some(Unknown::NoVersion);
        };
        if !crate::version::is_known(&package.ecosystem) {
            return Some(Unknown::NoRules);
        }
        let elsewhere =
            |entry: &Compiled<K>| entry.release.is_some() && rule(entry, &key).is_some();
        let no_release = release.is_none() && compiled.iter().any(elsewhere);
        no_release.then_some(Unknown::NoRelease)
    }

    fn package_matches(&self, component: &Component) -> Vec<Match<K>> {
        let (Some(package), Some(version)) = (&component.package, &component.version) else {
            return Vec::new();
        };
        let (shelf, release) = shelf(package);
        let Some(compiled) = self.packages.get(&shelf) else {
            return Vec::new();
        };
        let Some(key) = key(package, version) else {
            return Vec::new();
        };
        compiled
            .iter()
            .filter(|entry| entry.release.is_none() || entry.release == release)
            .filter_map(|entry| {
                rule(entry, &key).map(|rule| Match { key: entry.advisory.clone(), rule })
            })
            .collect()
    }

    fn product_matches(&self, component: &Component) -> Vec<Match<K>> {
        let Some(product) = &component.product else {
            return Vec::new();
        };
        let shelf = (product.vendor.clone(), product.name.clone());
        let stated = self.products.get(&shelf).map_or(&[][..], Vec::as_slice);
        stated
            .iter()
            .filter(|stated| {
                stated.versions.as_ref().is_none_or(|versions| versions.contains(&product.version))
            })
            .map(|stated| Match {
                key: stated.advisory.clone(),
                rule: Rule::StatedProduct(product.clone()),
            })
            .collect()
    }
}

/// The package without the release of its distribution, and that release.
fn shelf(package: &Package) -> (Package, Option<String>) {
    let (ecosystem, release) = package.ecosystem.without_release();
    (Package { ecosystem, name: package.name.clone() }, release.map(str::to_owned))
}

fn compiled<K>(range: AffectedRange<K>, release: Option<String>) -> Compiled<K> {
    let ecosystem = &range.package.ecosystem;
    let intervals = crate::ranges::normalise(ecosystem, &range.intervals);
    Compiled {
        advisory: range.advisory,
        release,
        intervals: intervals.into_iter().map(|i| (Bounds::new(ecosystem, &i), i)).collect(),
        versions: range.versions.into_iter().map(|v| (Key::new(ecosystem, &v), v)).collect(),
        basis: range.basis,
    }
}

/// The version of a component, unless it is blank.
fn key(package: &Package, version: &Version) -> Option<Key> {
    (!version.0.trim().is_empty()).then(|| Key::new(&package.ecosystem, version))
}

/// Why an entry matches a version. A version that cannot be read lies in no interval; it may be
/// listed all the same.
fn rule<K>(entry: &Compiled<K>, version: &Key) -> Option<Rule> {
    let interval =
        entry.intervals.iter().find(|(bounds, _)| version.is_read() && bounds.contains(version));
    if let Some((_, interval)) = interval {
        return Some(match entry.basis {
            Basis::Run => Rule::Range(interval.clone()),
            Basis::Stated => Rule::Stated(interval.clone()),
        });
    }
    let listed = entry.versions.iter().filter(|(key, _)| key == version).map(|(_, text)| text);
    listed.min().cloned().map(Rule::ListedVersion)
}

/// Which of two rules for one advisory is shown: what was run, then what was stated.
fn order(rule: &Rule) -> (u8, String) {
    match rule {
        Rule::Range(interval) => (0, interval.to_string()),
        Rule::ListedVersion(version) => (1, version.to_string()),
        Rule::Stated(interval) => (2, interval.to_string()),
        Rule::StatedProduct(product) => (3, product.version.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use seawall_domain::package::Ecosystem;

    fn package(text: &str) -> Package {
        let (ecosystem, name) = text.rsplit_once(' ').unwrap();
        Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name: name.to_owned() }
    }

    fn range(advisory: u32, text: &str, introduced: &str, fixed: &str) -> AffectedRange<u32> {
        let version = |text: &str| (!text.is_empty()).then(|| Version::from(text));
        let package = package(text);
        let stated = matches!(package.ecosystem, Ecosystem::Debian(_));
        AffectedRange {
            advisory,
            intervals: vec![Interval {
                introduced: version(introduced),
                fixed: version(fixed),
                last_affected: None,
            }],
            versions: Vec::new(),
            basis: if stated { Basis::Stated } else { Basis::Run },
            package,
        }
    }

    fn advisories() -> Vec<AffectedRange<u32>> {
        let mut relapse = range(4, "crates.io libz-sys", "0.1.4", "1.1.9");
        relapse.intervals.extend(range(4, "x x", "1.1.10", "1.1.14").intervals);
        let mut listed = range(8, "npm ini", "9", "9");
        listed.versions = vec!["1.3.4".into(), "9.9.9".into()];
        vec![
            range(1, "PyPI sqlparse", "0.4.0", "0.4.2"),
            range(2, "npm ini", "", "1.3.6"),
            range(3, "crates.io tar", "0.4.10", "0.4.36"),
            relapse,
            range(5, "Debian:12 zlib", "", "1:1.2.13.dfsg-1"),
            range(6, "Debian:11 zlib", "", "1:1.2.11.dfsg-2+deb11u2"),
            range(7, "Debian tar", "", "1.35"),
            listed,
            range(9, "Conan zlib", "", "1.2.13"),
        ]
    }

    fn products() -> Vec<StatedProduct<u32>> {
        let stated = |advisory, name: &str, versions: Option<&[&str]>| StatedProduct {
            advisory,
            vendor: "example pumps".into(),
            name: name.into(),
            versions: versions.map(|v| v.iter().map(|v| (*v).to_owned()).collect()),
        };
        vec![stated(4, "flow controller", Some(&["2.1", "2.2"])), stated(3, "gateway", None)]
    }

    fn component(text: &str, version: &str) -> Component {
        let product = text.strip_prefix("product ").map(|name| Product {
            vendor: "example pumps".into(),
            name: name.into(),
            version: version.into(),
        });
        Component {
            label: text.to_owned(),
            package: (product.is_none() && !text.is_empty()).then(|| package(text)),
            version: (!version.is_empty()).then(|| version.into()),
            product,
            purl: None,
        }
    }

    fn check(text: &str, version: &str, expected: &str) {
        let index = Index::with_products(advisories(), products());
        let found = match index.answer(&component(text, version)) {
            Answer::Hit(matches) => {
                let keys: Vec<String> = matches.iter().map(|m| m.key.to_string()).collect();
                keys.join(" ")
            }
            Answer::Clear => "clear".to_owned(),
            Answer::Unknown(unknown) => format!("{unknown:?}"),
        };
        assert_eq!(found, expected, "{text} {version}");
    }

    #[test]
    fn a_component_matches_by_ecosystem_package_and_version() {
        for (text, version, expected) in [
            ("PyPI sqlparse", "0.4.1", "1"),
            ("PyPI sqlparse", "0.4.0.0", "1"),
            ("PyPI sqlparse", "0.4.2", "clear"),
            ("PyPI sqlparse", "0.3.1", "clear"),
            ("PyPI sqlparse2", "0.4.1", "clear"),
            ("PyPI sql-parse", "0.4.1", "clear"),
            ("npm sqlparse", "0.4.1", "clear"),
            ("npm ini", "1.0.0", "2"),
            ("npm ini", "1.3.4", "2 8"),
            ("npm ini", "9.9.9", "8"),
            ("npm ini", "1.3.6", "clear"),
            ("npm @scope/ini", "1.0.0", "clear"),
            ("PyPI tar", "0.4.20", "clear"),
            ("crates.io tar", "0.4.35", "3"),
            ("crates.io tar", "0.4.9", "clear"),
            ("crates.io libz-sys", "1.1.8", "4"),
            ("crates.io libz-sys", "1.1.9", "clear"),
            ("crates.io libz-sys", "1.1.12", "4"),
            ("crates.io libz-sys", "1.1.14", "clear"),
        ] {
            check(text, version, expected);
        }
    }

    #[test]
    fn debian_packages_match_their_own_release() {
        for (text, version, expected) in [
            ("Debian:12 zlib", "1:1.2.11.dfsg-4", "5"),
            ("Debian:12 zlib", "1:1.2.13.dfsg-1", "clear"),
            ("Debian:11 zlib", "1:1.2.11.dfsg-2+deb11u1", "6"),
            ("Debian:11 zlib", "1:1.2.11.dfsg-2+deb11u2", "clear"),
            ("Debian:13 zlib", "1:1.2.11.dfsg-2+deb11u1", "clear"),
            ("Debian zlib", "1:1.2.11.dfsg-2+deb11u1", "NoRelease"),
            ("Debian zlib", "1:1.3.dfsg-1", "clear"),
            ("Debian:12 tar", "1.34+dfsg-1.2", "7"),
            ("Debian tar", "1.34+dfsg-1.2", "7"),
            ("Debian:12 libz-sys", "1.1.8", "clear"),
        ] {
            check(text, version, expected);
        }
    }

    #[test]
    fn what_cannot_be_told_is_unknown() {
        for (text, version, expected) in [
            ("", "", "NoPackage"),
            ("npm ini", "", "NoVersion"),
            ("npm ini", " ", "NoVersion"),
            ("npm ini", "latest", "NoVersion"),
            ("PyPI sqlparse", "from source", "NoVersion"),
            ("npm left", "", "clear"),
            ("Conan zlib", "1.2.11", "9"),
            ("Conan zlib", "1.3", "NoRules"),
            ("product flow controller", "2.1", "4"),
            ("product flow controller", "2.3", "clear"),
            ("product gateway", "7", "3"),
            ("product other", "1", "NoPackage"),
        ] {
            check(text, version, expected);
        }
    }

    #[test]
    fn the_rule_says_why() {
        let index = Index::new(advisories());
        let rule = |text, version| index.matches(&component(text, version)).remove(0).rule;
        let intervals = |n: usize| advisories().remove(n).intervals.remove(0);
        assert_eq!(rule("PyPI sqlparse", "0.4.1"), Rule::Range(intervals(0)));
        assert_eq!(rule("Debian:12 zlib", "0"), Rule::Stated(intervals(4)));
        assert_eq!(rule("npm ini", "9.9.9"), Rule::ListedVersion("9.9.9".into()));
    }

    proptest! {
        #[test]
        fn the_order_of_the_advisories_does_not_matter(
            shuffled in Just(advisories()).prop_shuffle(),
            patch in 0u32..40,
        ) {
            let (index, other) = (Index::new(advisories()), Index::new(shuffled));
            for (name, stem) in
                [("npm ini", "1.3"), ("crates.io tar", "0.4"), ("crates.io libz-sys", "1.1")]
            {
                let component = component(name, &format!("{stem}.{patch}"));
                prop_assert_eq!(index.matches(&component), other.matches(&component));
            }
        }
    }
}
