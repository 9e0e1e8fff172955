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
