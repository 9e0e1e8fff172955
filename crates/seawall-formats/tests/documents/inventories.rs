//! Inventories as they are found in the world.

use crate::shared::{lines, unpack};
use seawall_domain::package::{Package, Version};
use seawall_formats::inventory::{self, Kind};
use seawall_formats::osv;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Reads every JSON list of an archive; gives how many were read and their components.
fn check(test: &str, archive: &str, kind: Kind) -> Option<(usize, usize)> {
    let unpacked = unpack(test, archive)?;
    let (mut read, mut components) = (0, 0);
    for (name, bytes) in unpacked.files() {
        let result = inventory::read(&name, None, &bytes);
        let ours = serde_json::from_slice::<Value>(&bytes).is_ok_and(|value| match kind {
            Kind::CycloneDx => value.get("bomFormat").is_some(),
            Kind::Spdx => value.get("spdxVersion").is_some(),
            Kind::Csv | Kind::DebianPackages => false,
        }) || kind == Kind::Spdx
            && String::from_utf8_lossy(&bytes).contains("\nSPDXVersion:")
            || kind == Kind::Spdx && bytes.starts_with(b"SPDXVersion:");
        match result {
            Ok(inventory) if ours => {
                assert_eq!(inventory.kind, kind, "{name}");
                read += 1;
                components += inventory.components.len();
            }
            Ok(inventory) => println!("{test}: {name} read as {:?}", inventory.kind),
            Err(fault) => assert!(!ours, "{name}: {fault}"),
        }
    }
    println!("{test}: {archive}: {read} documents, {components} components");
    Some((read, components))
}

#[test]
fn real_cyclonedx_documents_are_read() {
    let test = "real_cyclonedx_documents_are_read";
    if let Some((read, components)) =
        check(test, "sbom/cyclonedx-bom-examples.tar.zst", Kind::CycloneDx)
    {
        assert!(read > 30 && components > 3_000, "{read} {components}");
    }
}

#[test]
fn real_spdx_documents_are_read() {
    let test = "real_spdx_documents_are_read";
    let bom_shelter = check(test, "sbom/bom-shelter-spdx.tar.zst", Kind::Spdx);
    let examples = check(test, "sbom/spdx-examples.tar.zst", Kind::Spdx);
    if let (Some((read, components)), Some((others, _))) = (bom_shelter, examples) {
        assert!(read > 40 && others > 5 && components > 10_000, "{read} {others} {components}");
    }
}

#[test]
fn lock_files_as_cyclonedx_lose_no_package() {
    let test = "lock_files_as_cyclonedx_lose_no_package";
    for archive in ["matching/lock-sboms.tar.zst", "matching/synthetic-sboms.tar.zst"] {
        let Some(unpacked) = unpack(test, archive) else {
            return;
        };
        let mut total = 0;
        for (name, bytes) in unpacked.files() {
            if !name.ends_with(".json") {
                continue;
            }
            let read = inventory::read(&name, None, &bytes);
            let read = read.unwrap_or_else(|fault| panic!("{name}: {fault}"));
            let unknown = read.components.iter().filter(|one| one.package.is_none()).count();
            assert_eq!(unknown, 0, "{name}: {:?}", read.warnings);
            total += read.components.len();
        }
        println!("{test}: {archive}: {total} components");
    }
}

#[test]
fn the_specifications_valid_documents_are_accepted() {
    let test = "the_specifications_valid_documents_are_accepted";
    let Some(unpacked) = unpack(test, "cyclonedx/spec-tests.tar.zst") else {
        return;
    };
    let (mut accepted, mut refused, mut passed) = (0, 0, Vec::new());
    for (name, bytes) in unpacked.files() {
        let file = name.rsplit('/').next().unwrap_or(&name).to_owned();
        if !file.ends_with(".json") {
            continue;
        }
        let read = inventory::read(&name, None, &bytes);
        match (file.starts_with("valid-"), read) {
            (true, Ok(_)) => accepted += 1,
            (true, Err(fault)) => panic!("{name}: {fault}"),
            (false, Err(_)) => refused += 1,
            (false, Ok(_)) => passed.push(name),
        }
    }
    // The reader is no schema check: it refuses what it would misread, not every odd licence.
    println!("{test}: {accepted} accepted, {refused} invalid refused, passed {}", passed.len());
    assert!(accepted > 100);
}

/// The packages that each record of the databases affects.
fn affected(test: &str) -> Option<HashMap<String, Vec<Package>>> {
    let mut all = HashMap::new();
    for database in ["rustsec", "pypa", "go"] {
        for line in lines(test, &format!("osv/{database}.jsonl.zst"))? {
            let read = osv::read(line.as_bytes()).expect("a record");
            let packages = read.affected.into_iter().map(|one| one.package).collect();
            all.insert(read.id, packages);
        }
    }
    Some(all)
}

/// The one component that a purl alone gives.
fn component(purl: &str) -> (Option<Package>, Option<Version>) {
    let read = inventory::read("purl.csv", None, format!("purl\n\"{purl}\"\n").as_bytes());
    let first = read.expect("a table").components.into_iter().next().expect("a component");
    (first.package, first.version)
}

/// Every finding of a truth file: its purl is among the components of its document, and its
/// package has the name that the advisory gives it.
fn check_findings(test: &str, truth: &str, archives: &[&str]) -> Option<usize> {
    let affected = affected(test)?;
    let mut documents = HashMap::new();
    for archive in archives {
        let stem = archive.rsplit('/').next().unwrap_or(archive).replace(".tar.zst", "");
        for (name, bytes) in unpack(test, archive)?.files() {
            documents.insert(format!("{stem}:{name}"), bytes.clone());
            let file = name.rsplit('/').next().unwrap_or(&name).to_owned();
            documents.insert(file, bytes);
        }
    }
    let mut findings = 0;
    for line in lines(test, truth)? {
        let truth: Value = serde_json::from_str(&line).expect("JSON");
        let name = truth["sbom"].as_str().expect("a name");
        let bytes = documents.get(name).unwrap_or_else(|| panic!("{name} is not there"));
        let read = inventory::read(name, None, bytes);
        let read = read.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let listed: HashSet<_> =
            read.components.into_iter().map(|one| (one.package, one.version)).collect();
        for finding in truth["findings"].as_array().expect("findings") {
            let (purl, id) = (finding["purl"].as_str(), finding["id"].as_str());
            let (purl, id) = (purl.expect("a purl"), id.expect("an id"));
            let wanted = component(purl);
            assert!(listed.contains(&wanted), "{name}: {purl} is not listed");
            let packages = affected.get(id).unwrap_or_else(|| panic!("{id} is not there"));
            let package = wanted.0.unwrap_or_else(|| panic!("{purl} is no package"));
            assert!(
                packages.contains(&package),
                "{purl}: {package} is not in {packages:?} of {id}"
            );
            findings += 1;
        }
    }
    println!("{test}: {truth}: {findings} findings can be made");
    Some(findings)
}

#[test]
fn every_true_finding_can_be_made_from_what_is_read() {
    let test = "every_true_finding_can_be_made_from_what_is_read";
    let real = ["sbom/bom-shelter-spdx.tar.zst", "sbom/cyclonedx-bom-examples.tar.zst"];
    for (truth, archives, expected) in [
        ("matching/real-sbom-expected.jsonl.zst", &real[..], 3_673),
        ("matching/lock-expected.jsonl.zst", &["matching/lock-sboms.tar.zst"], 1_447),
        ("matching/synthetic-expected.jsonl.zst", &["matching/synthetic-sboms.tar.zst"], 7_248),
    ] {
        match check_findings(test, truth, archives) {
            Some(findings) => assert_eq!(findings, expected, "{truth}"),
            None => return,
        }
    }
}
