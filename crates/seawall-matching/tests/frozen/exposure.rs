//! Real advisories against real and synthetic inventories: every finding that two independent
//! tools agree on, and no other.

use crate::support::read;
use seawall_domain::component::Component;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::{Basis, Interval};
use seawall_matching::exposure::{AffectedRange, Index};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Instant;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Names as the ecosystem writes them; what the documents' reader does in the product.
fn package(ecosystem: &str, name: &str) -> Package {
    let name = match ecosystem {
        "PyPI" => name.to_lowercase().replace(['_', '.'], "-"),
        _ => name.to_owned(),
    };
    let mut name = name;
    while name.contains("--") && ecosystem == "PyPI" {
        name = name.replace("--", "-");
    }
    Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name }
}

/// The events of an OSV range as intervals.
fn intervals(range: &Value) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = Vec::new();
    for event in range["events"].as_array().into_iter().flatten() {
        let version = |key: &str| event[key].as_str().map(Version::from);
        if let Some(introduced) = version("introduced") {
            let introduced = Some(introduced).filter(|version| version.0 != "0");
            intervals.push(Interval { introduced, fixed: None, last_affected: None });
        } else if let Some(last) = intervals.last_mut() {
            last.fixed = version("fixed").or(last.fixed.take());
            last.last_affected = version("last_affected").or(last.last_affected.take());
        }
    }
    intervals
}

fn advisories(jsonl: &str) -> Vec<AffectedRange<String>> {
    let mut ranges = Vec::new();
    for line in jsonl.lines() {
        let advisory: Value = serde_json::from_str(line).unwrap();
        if advisory["withdrawn"].is_string() {
            continue;
        }
        for affected in advisory["affected"].as_array().into_iter().flatten() {
            let package = package(
                &text(&affected["package"]["ecosystem"]),
                &text(&affected["package"]["name"]),
            );
            let read = affected["ranges"].as_array().into_iter().flatten();
            let read = read.filter(|range| range["type"] != "GIT");
            let versions = affected["versions"].as_array().into_iter().flatten();
            ranges.push(AffectedRange {
                advisory: text(&advisory["id"]),
                package,
                intervals: read.flat_map(intervals).collect(),
                versions: versions.map(|version| Version(text(version))).collect(),
                basis: Basis::Stated,
            });
        }
    }
    ranges
}

fn component(value: &Value) -> Option<(String, Component)> {
    let purl = value["purl"].as_str()?;
    let rest = purl.strip_prefix("pkg:")?;
    let (kind, rest) = rest.split_once('/')?;
    let (name, version) = rest.rsplit_once('@')?;
    let ecosystem = match kind {
        "pypi" => "PyPI",
        "cargo" => "crates.io",
        "golang" => "Go",
        "npm" => "npm",
        other => other,
    };
    let plain = |text: &str| text.replace("%2B", "+").replace("%2b", "+").replace("%21", "!");
    let component = Component {
        label: purl.to_owned(),
        package: Some(package(ecosystem, name)),
        version: Some(Version(plain(version.split(['?', '#']).next()?))),
        product: None,
        purl: None,
    };
    Some((purl.to_owned(), component))
}

fn check(test: &str, sboms: &str, expected: &str) {
    let zst = |file: &str| read(test, &["zstd", "-dcq"], file);
    let mut ranges = Vec::new();
    for source in ["pypa", "rustsec", "go"] {
        let Some(jsonl) = zst(&format!("osv/{source}.jsonl.zst")) else {
            return;
        };
        ranges.extend(advisories(&jsonl));
    }
    let started = Instant::now();
    let index = Index::new(ranges);
    println!("{test}: index built in {:?}", started.elapsed());
    let Some(expected) = zst(expected) else {
        return;
    };
    let (mut right, mut components) = (0, 0);
    let mut deviations = Vec::new();
    let mut took = std::time::Duration::ZERO;
    for line in expected.lines() {
        let expected: Value = serde_json::from_str(line).unwrap();
        let file = text(&expected["sbom"]);
        let Some(sbom) = read(test, &["tar", "--zstd", "-xO", &file, "-f"], sboms) else {
            return;
        };
        let sbom: Value = serde_json::from_str(&sbom).unwrap();
        let listed = sbom["components"].as_array().into_iter().flatten();
        let listed: Vec<(String, Component)> = listed.filter_map(component).collect();
        components += listed.len();
        let started = Instant::now();
        let found: BTreeSet<(String, String)> = listed
            .iter()
            .flat_map(|(purl, component)| {
                index.matches(component).into_iter().map(|m| (purl.clone(), m.key))
            })
            .collect();
        took += started.elapsed();
        let findings = expected["findings"].as_array().into_iter().flatten();
        let wanted: BTreeSet<(String, String)> =
            findings.map(|finding| (text(&finding["purl"]), text(&finding["id"]))).collect();
        right += found.intersection(&wanted).count();
        for (purl, id) in found.symmetric_difference(&wanted) {
            let kind =
                if wanted.contains(&(purl.clone(), id.clone())) { "missed" } else { "wrong" };
            deviations.push(format!("{kind} {purl} {id} in {file}"));
        }
    }
    println!("{test}: {right} findings right in {components} components, matched in {took:?}");
    for deviation in &deviations {
        println!("{deviation}");
    }
    assert!(right > 0 && deviations.is_empty(), "{} deviations", deviations.len());
}

#[test]
fn lock_files() {
    check("lock_files", "matching/lock-sboms.tar.zst", "matching/lock-expected.jsonl.zst");
}

#[test]
fn synthetic_inventories() {
    check(
        "synthetic_inventories",
        "matching/synthetic-sboms.tar.zst",
        "matching/synthetic-expected.jsonl.zst",
    );
}
