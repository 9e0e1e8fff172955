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
            Kind::Spdx => value.get("spdxVersion").is_some() || value.get("@graph").is_some(),
            _ => false,
        }) || kind == Kind::Spdx
            && String::from_utf8_lossy(&bytes).contains("\nSPDXVersion:")
            || kind == Kind::Spdx && bytes.starts_with(b"SPDXVersion:")
            || kind == Kind::CycloneDx && name.ends_with(".xml");
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
        assert!(read == 43 && components > 3_000, "{read} {components}");
    }
}

#[test]
fn real_spdx_documents_are_read() {
    let test = "real_spdx_documents_are_read";
    let bom_shelter = check(test, "sbom/bom-shelter-spdx.tar.zst", Kind::Spdx);
    let examples = check(test, "sbom/spdx-examples.tar.zst", Kind::Spdx);
    if let (Some((read, components)), Some((others, _))) = (bom_shelter, examples) {
        assert!(read == 66 && others == 40, "{read} {others}");
        assert!(components > 10_000, "{components}");
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

/// The packages of a document as a plain walk over its JSON finds them: purl and name.
fn packages(value: &Value, found: &mut Vec<(Option<String>, String)>) {
    let text = |value: &Value, key: &str| value[key].as_str().map(|text| text.trim().to_owned());
    for component in value["components"].as_array().into_iter().flatten() {
        let named = text(component, "name").unwrap_or_default();
        let purl = text(component, "purl");
        let software = !["file", "data", "cryptographic-asset"]
            .contains(&component["type"].as_str().unwrap_or_default());
        if software || purl.is_some() {
            found.push((purl, named));
        }
        packages(component, found);
    }
    for package in value["packages"].as_array().into_iter().flatten() {
        let references = package["externalRefs"].as_array().into_iter().flatten();
        let purls = references
            .filter(|one| one["referenceType"].as_str().is_some_and(|kind| kind.ends_with("purl")));
        let mut purls: Vec<_> = purls.map(|one| text(one, "referenceLocator")).collect();
        if purls.is_empty() {
            purls.push(None);
        }
        let named = text(package, "name").unwrap_or_default();
        found.extend(purls.into_iter().map(|purl| (purl, named.clone())));
    }
}

#[test]
fn no_package_of_a_real_document_is_lost() {
    let test = "no_package_of_a_real_document_is_lost";
    let mut total = 0;
    for archive in [
        "sbom/cyclonedx-bom-examples.tar.zst",
        "sbom/spdx-examples.tar.zst",
        "sbom/bom-shelter-spdx.tar.zst",
    ] {
        let Some(unpacked) = unpack(test, archive) else {
            return;
        };
        for (name, bytes) in unpacked.files() {
            let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
                continue;
            };
            let mut found = Vec::new();
            packages(&value, &mut found);
            if found.is_empty() {
                continue;
            }
            let read = inventory::read(&name, None, &bytes);
            let read = read.unwrap_or_else(|fault| panic!("{name}: {fault}"));
            let parsed = |purl: &str| seawall_formats::purl::read(purl).ok();
            let listed: Vec<_> =
                read.components.iter().filter_map(|one| parsed(one.purl.as_deref()?)).collect();
            let labels: HashSet<_> = read.components.iter().map(|one| &one.label).collect();
            for (purl, named) in found {
                total += 1;
                let is_listed = purl.as_deref().and_then(parsed).map(|one| listed.contains(&one));
                let words = named.split_whitespace().collect::<Vec<_>>().join(" ");
                let by_name = || labels.iter().any(|label| label.contains(&words));
                assert!(is_listed.unwrap_or_else(by_name), "{name}: {purl:?} {named}");
            }
        }
    }
    println!("{test}: {total} packages");
}

/// The specification's cases on which we differ, each with the reason.
const DEVIATIONS: [(&str, &str); 0] = [];

#[test]
fn the_specifications_cases_are_told_apart() {
    let test = "the_specifications_cases_are_told_apart";
    let Some(unpacked) = unpack(test, "cyclonedx/spec-tests.tar.zst") else {
        return;
    };
    let (mut valid, mut invalid, mut wrong) = (0, 0, Vec::new());
    for (name, bytes) in unpacked.files() {
        let file = name.rsplit('/').next().unwrap_or(&name).to_owned();
        let is_case = [".json", ".xml"].iter().any(|end| file.ends_with(end));
        let is_named = DEVIATIONS.iter().any(|(known, _)| *known == file);
        if !is_case || is_named {
            continue;
        }
        match (file.starts_with("valid-"), inventory::cyclonedx::check(&bytes)) {
            (true, Ok(())) => {
                valid += 1;
                if let Err(fault) = inventory::read(&name, None, &bytes) {
                    wrong.push(format!("{name} is not read: {fault}"));
                }
            }
            (true, Err(faults)) => wrong.push(format!("{name}: {}", faults[0])),
            (false, Err(_)) => invalid += 1,
            (false, Ok(())) => wrong.push(format!("{name} is accepted")),
        }
    }
    println!("{test}: {valid} valid accepted, {invalid} invalid refused");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(valid + invalid + DEVIATIONS.len() > 500, "{valid} {invalid}");
}

/// The JSON Schema of each version, which refer to each other by name.
fn schemas(test: &str) -> Option<Vec<(String, jsonschema::Validator)>> {
    let unpacked = unpack(test, "cyclonedx/schemas.tar.zst")?;
    let read = |name: &str| -> Value {
        serde_json::from_slice(&unpacked.read(&format!("schema/{name}"))).expect(name)
    };
    let parts = ["spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"];
    let mut validators = Vec::new();
    for version in ["1.2-strict", "1.3-strict", "1.4", "1.5", "1.6", "1.7"] {
        let mut registry = jsonschema::Registry::new();
        for part in parts {
            let name = format!("http://cyclonedx.org/schema/{part}");
            registry = registry.add(name, read(part)).expect(part);
        }
        let registry = registry.prepare().expect("a registry");
        let validator = jsonschema::options()
            .with_registry(&registry)
            .should_validate_formats(true)
            .build(&read(&format!("bom-{version}.schema.json")))
            .expect(version);
        validators.push((version.split('-').next().unwrap_or(version).to_owned(), validator));
    }
    Some(validators)
}

/// Every value of a document with one change: left out, of another type, of another text.
fn changed(value: &Value) -> Vec<Value> {
    fn places(value: &Value, at: &str, into: &mut Vec<String>) {
        into.push(at.to_owned());
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Object(object) => {
                object.iter().for_each(|(k, v)| places(v, &format!("{at}/{}", escaped(k)), into));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items.for_each(|(index, v)| places(v, &format!("{at}/{index}"), into));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    places(value, "", &mut all);
    let mut documents = Vec::new();
    // The form of mail addresses is none that the other reader holds.
    let skipped = |place: &str| place == "/specVersion" || place.ends_with("/email");
    for (index, place) in all.iter().enumerate().filter(|(_, p)| !p.is_empty() && !skipped(p)) {
        let (parent, key) = place.rsplit_once('/').expect("a parent");
        // Every fourth change of every place is enough, by turns.
        for change in (index % 4..8).step_by(4) {
            let mut document = value.clone();
            let target = document.pointer_mut(place).expect("a value");
            match change {
                0 => *target = Value::from("another text"),
                1 => *target = Value::from(-1),
                2 => *target = Value::from(true),
                3 => *target = Value::Array(Vec::new()),
                4 => *target = Value::Object(serde_json::Map::new()),
                5 => *target = Value::Null,
                6 => match document.pointer_mut(parent) {
                    Some(Value::Object(object)) => drop(object.remove(key)),
                    Some(Value::Array(items)) => {
                        let first = items[0].clone();
                        items.push(first);
                    }
                    _ => continue,
                },
                _ => match target {
                    Value::Object(object) => drop(object.insert("more".to_owned(), true.into())),
                    Value::Array(items) => items.push("more".into()),
                    _ => continue,
                },
            }
            documents.push(document);
        }
    }
    documents
}

#[test]
fn the_rules_agree_with_the_schemas_on_changed_documents() {
    let test = "the_rules_agree_with_the_schemas_on_changed_documents";
    let (Some(schemas), Some(unpacked)) =
        (schemas(test), unpack(test, "cyclonedx/spec-tests.tar.zst"))
    else {
        return;
    };
    let (mut judged, mut refused, mut wrong) = (0, 0, Vec::new());
    for (name, bytes) in unpacked.files().into_iter().filter(|(name, _)| name.ends_with(".json")) {
        let value: Value = serde_json::from_slice(&bytes).expect("JSON");
        let version = value["specVersion"].as_str().unwrap_or_default();
        let Some((_, schema)) = schemas.iter().find(|(known, _)| known == version) else {
            continue;
        };
        for document in changed(&value) {
            let bytes = serde_json::to_vec(&document).expect("JSON");
            let ours = inventory::cyclonedx::check(&bytes);
            // That references are unique is no rule of the schemas.
            let told = ours.err().unwrap_or_default();
            let ours = told.iter().all(|fault| fault.message.contains("is given twice"));
            judged += 1;
            refused += usize::from(!ours);
            let theirs = schema.validate(&document);
            if ours != theirs.is_ok() && wrong.len() < 40 {
                let theirs = theirs.map_err(|error| format!("{}: {error}", error.instance_path()));
                let theirs = theirs.err().map(|text| text.chars().take(200).collect::<String>());
                wrong.push(format!("{name}: ours {told:?}, the schema's {theirs:?}"));
            }
        }
    }
    println!("{test}: {judged} documents, {refused} of them refused");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
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
