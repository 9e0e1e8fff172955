//! CSAF documents of others: every one is read, and nothing that a status names is lost.

use crate::shared::unpack;
use seawall_formats::csaf;
use serde_json::Value;
use std::collections::HashSet;

/// What is told of all documents of an archive together.
#[derive(Debug, Default, Eq, PartialEq)]
struct Told {
    documents: usize,
    flaws: usize,
    statuses: usize,
    unresolved: usize,
    packages: usize,
    products: usize,
    texts: usize,
    scores: usize,
    ssvc: usize,
}

/// The different products that each status of a flaw names, counted by the plain JSON.
fn statuses(flaw: &Value) -> usize {
    let groups = [
        &["known_affected", "first_affected", "last_affected"][..],
        &["fixed", "first_fixed"],
        &["known_not_affected"],
        &["under_investigation", "unknown"],
    ];
    let count = |keys: &&[&str]| {
        let lists = keys.iter().filter_map(|key| flaw["product_status"][*key].as_array());
        lists.flatten().filter_map(Value::as_str).collect::<HashSet<_>>().len()
    };
    groups.iter().map(count).sum()
}

fn check(test: &str, archive: &str, expected: &Told) {
    let Some(unpacked) = unpack(test, archive) else {
        return;
    };
    let mut told = Told::default();
    for (name, bytes) in unpacked.files() {
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
            continue;
        };
        let flaws = value["vulnerabilities"].as_array().map(Vec::as_slice).unwrap_or_default();
        if value["document"]["tracking"]["id"].is_null() {
            assert!(csaf::read(&bytes).is_err(), "{name}");
            continue;
        }
        let read = csaf::read(&bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(read.records.len(), flaws.len(), "{name}");
        let wanted: usize = flaws.iter().map(statuses).sum();
        let stated: usize = read.statements.iter().map(|one| one.products.len()).sum();
        told.unresolved += wanted - stated;
        if wanted != stated {
            println!("{test}: {name}: {:?}", read.warnings);
            assert!(!read.warnings.is_empty(), "{name}: {wanted} named, {stated} stated");
        }
        told.documents += 1;
        told.flaws += flaws.len();
        told.statuses += wanted;
        for record in &read.records {
            told.packages += record.affected.len();
            told.products += record.products.len();
            let text = |one: &&seawall_domain::record::ProductRecord| {
                matches!(one.versions, seawall_domain::record::ProductVersions::Text(_))
            };
            told.texts += record.products.iter().filter(text).count();
            told.scores += record.scores.len();
            told.ssvc += usize::from(record.ssvc.is_some());
        }
    }
    println!("{test}: {archive}: {told:?}");
    assert_eq!(&told, expected, "{archive}");
}

#[test]
fn every_published_document_is_read() {
    let test = "every_published_document_is_read";
    let cisa = Told {
        documents: 544,
        flaws: 1_528,
        statuses: 8_103,
        unresolved: 0,
        packages: 0,
        products: 8_103,
        texts: 647,
        scores: 1_528,
        ssvc: 9,
    };
    check(test, "csaf-cisa/cisa-csaf-white.tar.zst", &cisa);
    let examples = Told {
        documents: 54,
        flaws: 120,
        statuses: 758,
        products: 758,
        texts: 12,
        scores: 30,
        ..Told::default()
    };
    check(test, "csaf/examples.tar.zst", &examples);
}

#[test]
fn a_providers_listings_are_read() {
    let test = "a_providers_listings_are_read";
    let Some(unpacked) = unpack(test, "csaf/examples.tar.zst") else {
        return;
    };
    let (mut providers, mut feeds) = (0, 0);
    for (name, bytes) in unpacked.files() {
        if name.contains("-provider-metadata.json") && name.contains("/provider-metadata/") {
            let read = csaf::following::read_provider_metadata(&bytes);
            let read = read.unwrap_or_else(|fault| panic!("{name}: {fault}"));
            assert!(!read.feeds.is_empty() || !read.directories.is_empty(), "{name}");
            providers += 1;
        }
        if name.contains("feed-tlp") {
            let read = csaf::following::read_feed(&bytes).expect("a feed");
            assert_eq!((read.entries.len(), read.unread), (1, 0), "{name}");
            feeds += 1;
        }
    }
    assert_eq!((providers, feeds), (4, 2));
}
