use super::*;
use crate::demo::statements;
use seawall_domain::package::{Ecosystem, Package};
use seawall_domain::range::{Basis, Interval};
use seawall_formats::inventory::{self, Kind};
use seawall_formats::vex;
use seawall_matching::exposure::{AffectedRange, Answer, Index, StatedProduct, Unknown};

fn range(flaw: u8, ecosystem: &str, name: &str, intervals: &[(&str, &str)]) -> AffectedRange<u8> {
    let ecosystem = Ecosystem::from(ecosystem.to_owned());
    let interval = |(introduced, fixed): &(&str, &str)| Interval {
        introduced: (!introduced.is_empty()).then(|| (*introduced).into()),
        fixed: Some((*fixed).into()),
        last_affected: None,
    };
    let basis = match ecosystem {
        Ecosystem::Debian(_) => Basis::Stated,
        _ => Basis::Run,
    };
    let package = Package { ecosystem, name: name.to_owned() };
    let intervals = intervals.iter().map(interval).collect();
    AffectedRange { advisory: flaw, package, intervals, versions: Vec::new(), basis }
}

/// What is known at the end: four advisories, zlib's in its second revision, and what others said.
fn index() -> Index<u8> {
    let (vendor, name, version) = statements::AFFECTED;
    Index::with_products(
        [
            range(1, "PyPI", "sqlparse", &[("0.4.0", "0.4.2")]),
            range(2, "npm", "ini", &[("", "1.3.6")]),
            range(3, "crates.io", "tar", &[("0.4.10", "0.4.36")]),
            range(4, "crates.io", "libz-sys", &[("", "1.1.9"), ("1.1.10", "1.1.14")]),
            range(4, "Debian:11", "zlib", &[("", statements::DEBIAN_FIXED)]),
        ],
        [StatedProduct {
            advisory: 4,
            vendor: vendor.to_owned(),
            name: name.to_lowercase(),
            versions: Some(vec![version.to_owned()]),
        }],
    )
}

/// Reads a document and tells its kind, its hits in order, and how many lines are unknown.
#[track_caller]
fn check(document: &Document, kind: Kind, hits: &[&str], unknown: usize) {
    let read = inventory::read(document.label, Some(document.media_type), &document.body).unwrap();
    assert_eq!(read.kind, kind);
    assert!(read.components.len() >= COMPONENTS_MIN, "{}", read.components.len());
    assert_eq!(read.warnings, Vec::<String>::new());
    let index = index();
    let answers: Vec<_> = read.components.iter().map(|one| (one, index.answer(one))).collect();
    let found = answers.iter().filter(|(_, answer)| matches!(answer, Answer::Hit(_)));
    let found: Vec<&str> = found.map(|(component, _)| component.label.as_str()).collect();
    assert_eq!(found, hits);
    let untold = |answer: &Answer<u8>| matches!(answer, Answer::Unknown(Unknown::NoPackage));
    assert_eq!(answers.iter().filter(|(_, answer)| untold(answer)).count(), unknown);
}

#[test]
fn the_hospital_is_hit_four_times_among_near_misses() {
    let hits = [
        "pkg:npm/ini@1.3.5",
        "pkg:cargo/tar@0.4.35",
        "pkg:cargo/libz-sys@1.1.8",
        "pkg:pypi/sqlparse@0.4.1",
    ];
    check(&hospital(), Kind::CycloneDx, &hits, 9);
}

#[test]
fn the_bank_is_hit_by_the_relapse_and_loses_a_hit_with_its_next_inventory() {
    let hits = ["pkg:pypi/sqlparse@0.4.0", "pkg:npm/ini@1.3.4", "pkg:cargo/libz-sys@1.1.12"];
    check(&bank(Upload::First), Kind::Spdx, &hits, 0);
    check(&bank(Upload::Next), Kind::Spdx, &[hits[0], hits[2]], 0);
}

#[test]
fn the_water_utility_is_hit_by_its_vendors_word_alone() {
    check(&water(), Kind::Csv, &["device-maker Pump controller 40 3.2"], 59);
}

#[test]
fn the_agency_is_hit_by_its_distributors_word_alone() {
    check(&agency(), Kind::DebianPackages, &["zlib1g", "zlib1g-dev"], 0);
}

#[test]
fn a_debian_list_with_the_fix_is_not_hit() {
    let body = String::from_utf8(agency().body).unwrap();
    let fixed = body.replace("1:1.2.11.dfsg-2+deb11u1", statements::DEBIAN_FIXED);
    let document = Document { body: fixed.into_bytes(), ..agency() };
    check(&document, Kind::DebianPackages, &[], 0);
}

#[test]
fn what_the_vendor_sends_is_openvex_about_what_is_there() {
    let at = "2026-01-05T08:00:00Z".parse().unwrap();
    let cleared = vex::read(&statements::not_affected("SW-2026-0003", at)).unwrap();
    let (part, version) = &cleared[0].products[0].subcomponents[0];
    let purl = seawall_formats::purl::write(part, version.as_ref());
    assert!(String::from_utf8(hospital().body).unwrap().contains(&purl), "{purl}");
    let affected = vex::read(&statements::affected("SW-2026-0004", at)).unwrap();
    let product = affected[0].products[0].package.as_ref().unwrap();
    let (vendor, name, _) = statements::AFFECTED;
    assert_eq!(product.name.to_lowercase(), format!("{vendor}/{}", name.to_lowercase()));
}
