//! Postings against a plain model, and their bytes against damage.

mod bytes;
mod lists;
mod model;

use super::*;
use seawall_domain::package::Ecosystem;
use seawall_domain::range::{Basis, Interval};

/// Reads `npm ini 1.3.5` or `Debian:12 zlib 1:1.2`; the version may be missing.
fn component(text: &str) -> (Package, Version) {
    let mut words = text.split(' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let ecosystem = Ecosystem::from(word());
    (Package { ecosystem, name: word() }, Version(word()))
}

fn components(texts: &[&str]) -> Vec<(Package, Version)> {
    texts.iter().map(|text| component(text)).collect()
}

/// Reads `npm ini 1.0..1.3.6 =2.0`: a package, an interval and versions listed one by one.
fn advisory(text: &str) -> AffectedRange<()> {
    let mut words = text.splitn(3, ' ');
    let package = format!("{} {}", words.next().unwrap(), words.next().unwrap());
    let mut intervals = Vec::new();
    let mut versions = Vec::new();
    for word in words.next().unwrap_or_default().split_whitespace() {
        let version = |text: &str| (!text.is_empty()).then(|| Version::from(text));
        match (word.strip_prefix('='), word.split_once("..")) {
            (Some(listed), _) => versions.push(listed.into()),
            (None, Some((from, to))) => intervals.push(Interval {
                introduced: version(from),
                fixed: version(to),
                last_affected: None,
            }),
            (None, None) => panic!("`{word}` is neither an interval nor a version"),
        }
    }
    let package = component(&package).0;
    AffectedRange { advisory: (), package, intervals, versions, basis: Basis::Run }
}

fn built(inventories: &[(u32, &[&str])]) -> Postings<'static> {
    let mut dictionary = DictionaryBuilder::new();
    for (package, version) in inventories.iter().flat_map(|(_, texts)| components(texts)) {
        dictionary.add(&package, &version, 1).unwrap();
    }
    let mut builder = Builder::new(dictionary.finish().unwrap());
    for (asset, texts) in inventories {
        let number = |(package, version)| builder.dictionary().number(package, version).unwrap();
        let numbers: Vec<VersionId> =
            components(texts).iter().map(|(package, version)| number((package, version))).collect();
        builder.push(*asset, &numbers).unwrap();
    }
    builder.finish().unwrap()
}

/// Three assets of a small operator.
fn small() -> Postings<'static> {
    built(&[
        (0, &["npm ini 1.3.5", "npm ini 1.3.10", "PyPI jinja2 3.1.2", "Debian:12 zlib 1:1.2-1"]),
        (1, &["npm ini 1.3.5", "Debian:11 zlib 1:1.2-1", "Debian zlib 1:1.2-1"]),
        (4, &["npm ini 1.3.5-beta", "npm ini latest", "Conan zlib 1.2"]),
    ])
}

#[test]
fn advisories_find_assets() {
    let postings = small();
    let check = |text: &str, affected: &[u32], unknown: &[u32]| {
        let selection = postings.select(&advisory(text));
        let found = [&selection.affected, &selection.unknown]
            .map(|versions| postings.holders(versions).unwrap().to_vec());
        assert_eq!(found, [affected, unknown], "{text}");
        let count = postings.count(&selection.affected).unwrap();
        assert_eq!(count, affected.len() as u64, "{text}");
        assert_eq!(postings.affected(&advisory(text)).unwrap().to_vec(), affected, "{text}");
    };
    check("npm ini ..1.3.6", &[0, 1, 4], &[4]);
    check("npm ini 1.3.5..1.3.6", &[0, 1], &[4]);
    check("npm ini 1.3.6..", &[0], &[4]);
    check("npm ini =latest", &[4], &[]);
    check("npm ini =1.3.10 =9.9", &[0], &[4]);
    check("npm other ..9", &[], &[]);
    check("PyPI ini ..9", &[], &[]);
    check("Debian zlib ..1:1.3", &[0, 1], &[]);
    check("Debian:12 zlib ..1:1.3", &[0], &[1]);
    check("Conan zlib ..1.3", &[4], &[]);
    check("Conan zlib ..1.1", &[], &[4]);
}

#[test]
fn packages_are_found_in_one_or_all_releases() {
    let postings = small();
    let check = |text: &str, expected: &[u32]| {
        let package = component(text).0;
        assert_eq!(postings.assets_of(&package).unwrap().to_vec(), expected, "{text}");
    };
    check("npm ini", &[0, 1, 4]);
    check("Debian zlib", &[0, 1]);
    check("Debian:12 zlib", &[0]);
    check("Debian:10 zlib", &[]);
    check("PyPI ini", &[]);
}

#[test]
fn an_inventory_delivered_anew_changes_what_is_different() {
    let mut postings = small();
    let mut journal = Journal::new(&postings);
    journal.take();
    let mut check = |asset, texts: &[&str], gained: &[&str], lost: &[&str], is_written| {
        let change = postings.replace(asset, &components(texts), &mut journal).unwrap();
        let named = |ids: &[VersionId]| {
            let mut named: Vec<_> = ids.iter().map(|id| postings.named(*id).unwrap()).collect();
            named.sort();
            named
        };
        assert_eq!(named(&change.gained), components(gained), "{texts:?}");
        assert_eq!(named(&change.lost), components(lost), "{texts:?}");
        assert_eq!(!journal.take().is_empty(), is_written, "{texts:?}");
        postings.changes_len()
    };
    assert_eq!(
        check(1, &["npm ini 1.3.5"], &[], &["Debian zlib 1:1.2-1", "Debian:11 zlib 1:1.2-1"], true),
        2
    );
    assert_eq!(check(1, &["npm ini 1.3.5"], &[], &[], false), 2);
    let three = ["npm ini 1.3.5", "npm ini 1.3.6", "npm ini 1.3.6"];
    assert_eq!(check(1, &three, &["npm ini 1.3.6"], &[], true), 3);
    assert_eq!(check(9, &["npm ini 1.3.6"], &["npm ini 1.3.6"], &[], true), 4);
    assert_eq!(check(9, &[], &[], &["npm ini 1.3.6"], true), 3);
    let first = ["npm ini 1.3.5", "Debian:11 zlib 1:1.2-1", "Debian zlib 1:1.2-1"];
    let back = ["Debian zlib 1:1.2-1", "Debian:11 zlib 1:1.2-1"];
    assert_eq!(check(1, &first, &back, &["npm ini 1.3.6"], true), 0);
}

#[test]
fn a_changed_advisory_names_who_is_new_and_who_is_out() {
    let postings = small();
    let select = |text: &str| postings.select(&advisory(text)).affected;
    let check = |before: &str, after: &str, gained: &[u32], lost: &[u32]| {
        let recheck = postings.recheck(&select(before), &select(after)).unwrap();
        let found = [recheck.gained.to_vec(), recheck.lost.to_vec()];
        assert_eq!(found, [gained, lost], "{before} {after}");
    };
    check("npm ini 1.3.6..", "npm ini ..1.3.6", &[1, 4], &[]);
    check("npm ini ..1.3.6", "npm ini 1.3.5..", &[], &[4]);
    check("npm ini ..1.3.6", "npm ini", &[], &[0, 1, 4]);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut postings = small();
    let before = postings.to_bytes();
    let mut journal = Journal::new(&postings);
    journal.take();
    let long = format!("npm {} 1", "x".repeat(TEXT_BYTES_MAX + 1));
    let many = vec!["npm ini 1.3.5"; COMPONENTS_LEN_MAX + 1];
    for (asset, texts, what) in [
        (ASSETS_LEN_MAX, vec!["npm ini 1"], "assets"),
        (0, many, "components of one asset"),
        (0, vec!["npm ini 1.0", &long], "bytes of a name or version"),
    ] {
        let refused = postings.replace(asset, &components(&texts), &mut journal).unwrap_err();
        assert!(matches!(refused, Fault::TooMany { what: found, .. } if found == what));
        assert_eq!(refused.to_string().lines().count(), 1);
    }
    assert!(journal.take().is_empty() && postings.to_bytes() == before);
    assert_eq!((postings.changes_len(), postings.versions_len()), (0, 9));
}

/// Whoever names a thousand releases of one package must not make it slow to find.
#[test]
fn releases_of_one_package_stand_on_one_shelf() {
    let mut dictionary = DictionaryBuilder::new();
    let release = |number: u32| component(&format!("Debian:{number} zlib 1.{number}"));
    for number in 0..5_000 {
        let (package, version) = release(number);
        dictionary.add(&package, &version, 1).unwrap();
    }
    let dictionary = dictionary.finish().unwrap();
    let every: Vec<_> = (0..5_001).map(release).collect();
    let numbers = dictionary.numbers(&every);
    for ((package, version), number) in every.iter().zip(&numbers) {
        assert_eq!(dictionary.number(package, version), *number);
        assert_eq!(
            number.and_then(|number| dictionary.named(number)),
            number.map(|_| (package.clone(), version.clone()))
        );
    }
    assert_eq!(numbers.iter().flatten().count(), 5_000);
    let zlib = component("Debian zlib 1").0;
    assert_eq!(dictionary.on_shelf(Shelf::of(&zlib)).count(), 5_000);
}

#[test]
fn the_builder_wants_assets_in_order_and_versions_it_knows() {
    let versions = small().base.dictionary;
    let mut builder = Builder::new(versions);
    let (one, none) = (VersionId(0), VersionId(9));
    assert_eq!(builder.push(3, &[one, one]), Ok(()));
    assert_eq!(builder.push(3, &[one]), Err(Fault::Order { asset: 3, last: 3 }));
    assert_eq!(builder.push(4, &[one, none]), Err(Fault::NoVersion(9)));
    let too_high = Fault::TooMany { what: "assets", max: ASSETS_LEN_MAX.into() };
    assert_eq!(builder.push(ASSETS_LEN_MAX, &[one]), Err(too_high));
    let postings = builder.finish().unwrap();
    assert_eq!((postings.snapshot_len(), postings.assets_len()), (1, 4));
    assert_eq!(postings.components(3), Ok(vec![one]));
    assert_eq!(postings.components(2), Ok(vec![]));
}

/// Enough for several buffers, several blocks, long lists, and assets far apart.
#[test]
fn many_inventories_are_turned_around() {
    const VERSIONS: u32 = 1500;
    let mut dictionary = DictionaryBuilder::new();
    for version in 0..VERSIONS {
        let (package, version) = component(&format!("npm many 1.{version}.0"));
        dictionary.add(&package, &version, 1).unwrap();
    }
    let mut builder = Builder::new(dictionary.finish().unwrap());
    let mut expected = vec![Vec::new(); VERSIONS as usize];
    let far = (1 << 22) + 5;
    for asset in (0..9_000).chain([far]) {
        let mut numbers: Vec<VersionId> = (0..VERSIONS)
            .filter(|version| asset % (version + 1) == 0 && (asset + version) % 7 > 0)
            .map(VersionId)
            .collect();
        numbers.iter().for_each(|id| expected[id.0 as usize].push(asset));
        numbers.reverse();
        builder.push(asset, &numbers).unwrap();
    }
    let postings = builder.finish().unwrap();
    let bytes = postings.to_bytes();
    let read = Postings::from_bytes(&bytes).unwrap();
    for (assets, id) in expected.iter().zip(0..) {
        assert_eq!(&read.holders(&[VersionId(id)]).unwrap().to_vec(), assets, "{id}");
        assert_eq!(read.count(&[VersionId(id)]), Ok(assets.len() as u64), "{id}");
    }
    let some: Vec<VersionId> = (0..900).step_by(3).map(VersionId).collect();
    let mut united: Vec<u32> = expected.iter().take(900).step_by(3).flatten().copied().collect();
    united.sort_unstable();
    united.dedup();
    assert_eq!(read.holders(&some).unwrap().to_vec(), united);
    for asset in [0, 1, 720, 8_999, far] {
        let held = |assets: &Vec<u32>| assets.binary_search(&asset).is_ok();
        let versions: Vec<VersionId> =
            (0..VERSIONS).filter(|id| held(&expected[*id as usize])).map(VersionId).collect();
        assert_eq!(read.components(asset), Ok(versions), "{asset}");
    }
}
