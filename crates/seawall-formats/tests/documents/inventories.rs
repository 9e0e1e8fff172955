//! Inventories as they are found in the world.

use crate::shared::unpack;
use seawall_formats::inventory::{self, Kind};
use serde_json::Value;

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
        });
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
        assert!(
            read > 40 && others > 5 && components > 10_000,
            "{read} {others} {components}"
        );
    }
}

#[test]
fn lock_files_as_cyclonedx_lose_no_package() {
    let test = "lock_files_as_cyclonedx_lose_no_package";
    for archive in [
        "matching/lock-sboms.tar.zst",
        "matching/synthetic-sboms.tar.zst",
    ] {
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
            let unknown = read
                .components
                .iter()
                .filter(|one| one.package.is_none())
                .count();
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
    println!(
        "{test}: {accepted} accepted, {refused} invalid refused, passed {}",
        passed.len()
    );
    assert!(accepted > 100);
}
