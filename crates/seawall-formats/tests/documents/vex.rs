//! OpenVEX documents as they are published.

use crate::shared::unpack;
use seawall_formats::vex;
use serde_json::Value;

#[test]
fn published_documents_are_read() {
    let test = "published_documents_are_read";
    let (mut documents, mut statements, mut products) = (0, 0, 0);
    for archive in ["openvex-samples", "vexhub-aquasecurity", "vexhub-rancher"] {
        let Some(unpacked) = unpack(test, &format!("openvex/{archive}.tar.zst")) else {
            return;
        };
        for (name, bytes) in unpacked.files() {
            let context = serde_json::from_slice::<Value>(&bytes).ok();
            let context = context.and_then(|value| Some(value["@context"].as_str()?.to_owned()));
            let ours = context.is_some_and(|text| text.starts_with("https://openvex.dev/ns"));
            match vex::read(&bytes) {
                Ok(read) => {
                    assert!(ours, "{name}");
                    documents += 1;
                    statements += read.len();
                    products += read.iter().map(|one| one.products.len()).sum::<usize>();
                }
                Err(fault) => assert!(!ours, "{name}: {fault}"),
            }
        }
    }
    println!("{test}: {documents} documents, {statements} statements, {products} products");
    assert!(documents > 80, "{documents}");
}

/// The statements of all documents of an archive that are VEX of some format.
fn count(test: &str, archive: &str, starts: &str) -> Option<(usize, usize)> {
    let (mut documents, mut statements) = (0, 0);
    for (name, bytes) in unpack(test, archive)?.files() {
        let file = name.rsplit('/').next().unwrap_or(&name);
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
            continue;
        };
        let format = value["bomFormat"].is_string() || value["document"]["tracking"].is_object();
        if !format || !file.starts_with(starts) {
            continue;
        }
        let read = vex::read_any(&bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        documents += 1;
        statements += read.len();
        let analysed = value["vulnerabilities"].as_array().into_iter().flatten();
        let analysed = analysed.filter(|one| one["analysis"]["state"].is_string()).count();
        assert!(read.len() >= analysed, "{name}: {analysed} analysed, {} stated", read.len());
    }
    println!("{test}: {archive}: {documents} documents, {statements} statements");
    Some((documents, statements))
}

#[test]
fn other_formats_give_the_same_statements() {
    let test = "other_formats_give_the_same_statements";
    for (archive, starts) in [
        ("openvex/openvex-samples.tar.zst", ""),
        ("sbom/cyclonedx-bom-examples.tar.zst", ""),
        ("cyclonedx/spec-tests.tar.zst", "valid-"),
    ] {
        let Some((documents, statements)) = count(test, archive, starts) else {
            return;
        };
        assert!(documents > 0 && statements > 0, "{archive}: {documents} {statements}");
    }
}
