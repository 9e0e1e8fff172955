//! CSAF: our documents have no fault, the validator agrees with the standard's own test files.

use crate::publications::{self, all, plain, publisher, relapse};
use crate::shared::unpack;
use proptest::prelude::*;
use seawall_domain::claim::Cwe;
use seawall_domain::publication::{AdvisoryNumber, Publication};
use seawall_formats::csaf::{self, Listing, Provider};
use serde_json::Value;

fn check(name: &str, publication: &Publication) {
    let document = csaf::document(publication, &publisher());
    let faults = csaf::faults(document.as_bytes());
    assert!(faults.is_empty(), "{name}: {faults:#?}");
}

fn written(publication: &Publication) -> Value {
    serde_json::from_str(&csaf::document(publication, &publisher())).expect("JSON")
}

#[test]
fn every_publication_becomes_a_document_without_fault() {
    for (name, publication) in all() {
        check(name, &publication);
    }
}

#[test]
fn every_listed_weakness_has_its_official_name() {
    for number in [20, 22, 59, 61, 79, 94, 120, 122, 125, 400, 407, 502, 770, 787, 1321, 1333] {
        let publication = Publication { weakness: Some(Cwe(number)), ..plain() };
        check(&format!("CWE-{number}"), &publication);
        let id = written(&publication)["vulnerabilities"][0]["cwe"]["id"].clone();
        assert_eq!(id, format!("CWE-{number}"));
    }
}

#[test]
fn the_plain_document_draws_no_remark_but_on_ranges_and_vendors() {
    // 6.3.9 wants a vendor above each product and 6.3.10 wants no ranges: an advisory on a public
    // package has no vendor to name, and its range is its point.
    let remarks = csaf::remarks(csaf::document(&plain(), &publisher()).as_bytes());
    let mut tests: Vec<&str> = remarks.iter().map(|remark| remark.test.as_str()).collect();
    tests.dedup();
    let others: Vec<_> =
        remarks.iter().filter(|r| !["6.3.9", "6.3.10"].contains(&&*r.test)).collect();
    assert!(others.is_empty(), "{tests:?}: {others:#?}");
}

#[test]
fn the_document_says_what_was_run_and_what_was_stated() {
    let document = written(&relapse());
    let at = |pointer: &str| document.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(at("/vulnerabilities/0/cve"), "CVE-2022-37434");
    assert_eq!(at("/document/tracking/version"), "2");
    assert_eq!(at("/document/tracking/id"), "SW-2026-0042");
    assert_eq!(at("/document/notes/0/title"), "Notice");
    let range = "/product_tree/branches/0/branches/0/branches/0";
    assert_eq!(at(&format!("{range}/name")), "vers:cargo/>=0.1.4|<1.1.9|>=1.1.10|<1.1.14");
    assert_eq!(
        at(&format!("{range}/product/product_identification_helper/purl")),
        "pkg:cargo/libz-sys"
    );
    assert_eq!(
        at("/vulnerabilities/0/product_status/fixed"),
        serde_json::json!([
            "crates.io/libz-sys@1.1.9",
            "crates.io/libz-sys@1.1.14",
            "Debian:12/zlib@1:1.2.13.dfsg-1",
            "Debian:11/zlib@1:1.2.11.dfsg-2+deb11u2",
        ])
    );
    let text = document.to_string();
    assert!(text.contains("Debian:12/zlib: stated by Distributor, not run here."));
    assert!(text.contains("affected: 1.1.8"));
    assert!(text.contains("pkg:deb/debian/zlib@1:1.2.13.dfsg-1?arch=source&distro=debian-12"));
}

#[test]
fn the_same_publication_gives_the_same_bytes() {
    let publisher = publisher();
    assert_eq!(csaf::document(&relapse(), &publisher), csaf::document(&relapse(), &publisher));
}

#[test]
fn what_is_no_csaf_has_one_fault_that_says_so() {
    for (bytes, test) in [
        (&b""[..], "json"),
        (b"{", "json"),
        (b"{\"document\":1,\"document\":2}", "json"),
        (b"[]", "version"),
        (b"{\"document\":{\"csaf_version\":\"2.1\"}}", "version"),
    ] {
        let faults = csaf::faults(bytes);
        let tests: Vec<&str> = faults.iter().map(|fault| fault.test.as_str()).collect();
        assert_eq!(tests, [test]);
    }
    let faults = csaf::faults(b"{\"document\":{\"csaf_version\":\"2.0\"}}");
    assert!(faults.iter().any(|fault| fault.test == "schema"), "{faults:?}");
}

/// The tests that the validator does not have; see `csaf::conformance`.
const ABSENT: [&str; 4] = ["6.2.19", "6.3.6", "6.3.7", "6.3.8"];

#[test]
fn the_validator_agrees_with_the_standards_own_files() {
    let test = "the_validator_agrees_with_the_standards_own_files";
    let Some(unpacked) = unpack(test, "csaf/csaf-2.0-validator-tests.tar.zst") else {
        return;
    };
    let cases: Value = serde_json::from_slice(&unpacked.read("testcases.json")).expect("JSON");
    let (mut agree, mut wrong) = (0, Vec::new());
    for case in cases["tests"].as_array().expect("tests") {
        let id = case["id"].as_str().expect("an id");
        if ABSENT.contains(&id) {
            println!("skipped: {test}: {id} is not in the validator");
            continue;
        }
        for list in ["failures", "valid"] {
            for file in case[list].as_array().into_iter().flatten() {
                let name = file["name"].as_str().expect("a name");
                let bytes = unpacked.read(name);
                let said = match id.starts_with("6.1.") {
                    true => csaf::faults(&bytes),
                    false => csaf::remarks(&bytes),
                };
                let hit = said.iter().any(|fault| fault.test == id);
                match hit == (list == "failures") {
                    true => agree += 1,
                    false => wrong.push(format!("{id} {name} {list}: {said:?}")),
                }
            }
        }
    }
    println!("{test}: {agree} files agree");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(agree > 100, "only {agree} files seen");
}

#[test]
fn real_documents_are_checked_without_a_panic() {
    let test = "real_documents_are_checked_without_a_panic";
    let Some(unpacked) = unpack(test, "csaf-cisa/cisa-csaf-white.tar.zst") else {
        return;
    };
    let files = unpacked.files();
    // Every fourth is enough here: a whole run takes several seconds.
    let checked = files.iter().filter(|(name, _)| name.ends_with(".json")).step_by(4);
    let clean = checked.clone().filter(|(_, bytes)| csaf::faults(bytes).is_empty()).count();
    println!("{test}: {clean} of {} have no fault", checked.count());
    assert!(clean > 0);
}

fn listings() -> Vec<Listing> {
    let late = Publication {
        number: AdvisoryNumber::new(2026, 2),
        revisions: vec![seawall_domain::publication::Revision {
            number: 1,
            at: "2026-12-31T23:59:59-01:00".parse().expect("a time"),
            summary: "Published.".to_owned(),
        }],
        ..plain()
    };
    [plain(), relapse(), late].iter().map(Listing::of).collect()
}

#[test]
fn the_lists_name_every_document_newest_first() {
    let listings = listings();
    assert_eq!(
        csaf::changes_csv(&listings),
        "\"2027/sw-2026-0002.json\",\"2027-01-01T00:59:59Z\"\n\
         \"2026/sw-2026-0042.json\",\"2026-11-02T10:00:00.000001Z\"\n\
         \"2026/sw-2026-0001.json\",\"2026-11-02T10:00:00Z\"\n"
    );
    assert_eq!(
        csaf::index_txt(&listings),
        "2026/sw-2026-0001.json\n2026/sw-2026-0042.json\n2027/sw-2026-0002.json\n"
    );
    assert_eq!(csaf::file_name_of("SW_#2026-7 A"), "sw_2026-7_a.json");
}

#[test]
fn the_feed_links_document_hashes_and_signature() {
    let feed = csaf::rolie_feed(&publisher(), &listings(), jiff::Timestamp::UNIX_EPOCH);
    let feed: Value = serde_json::from_str(&feed).expect("JSON");
    let entry = &feed["feed"]["entry"][1];
    let document = "https://seawall.invalid/.well-known/csaf/white/2026/sw-2026-0042.json";
    let links: Vec<String> = entry["link"]
        .as_array()
        .expect("links")
        .iter()
        .map(|link| format!("{} {}", link["rel"], link["href"]).replace('"', ""))
        .collect();
    let expected = [("self", ""), ("hash", ".sha256"), ("hash", ".sha512"), ("signature", ".asc")];
    let expected = expected.map(|(rel, end)| format!("{rel} {document}{end}"));
    assert_eq!(links, expected);
    assert_eq!(entry["content"]["src"], document);
    assert_eq!(feed["feed"]["updated"], "2027-01-01T00:59:59Z");
    let empty = csaf::rolie_feed(&publisher(), &[], jiff::Timestamp::UNIX_EPOCH);
    let empty: Value = serde_json::from_str(&empty).expect("JSON");
    assert_eq!(empty["feed"]["entry"], serde_json::json!([]));
    assert_eq!(empty["feed"]["updated"], "1970-01-01T00:00:00Z");
}

#[test]
fn the_hash_files_name_the_file() {
    let line = csaf::sha256_file(b"abc", "a.json");
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(line, format!("{digest}  a.json\n"));
    assert!(csaf::sha512_file(b"abc", "a.json").starts_with("ddaf35a193617abacc417349ae204131"));
}

#[test]
fn security_txt_leads_to_the_metadata() {
    let expires = "2027-01-01T00:00:00Z".parse().expect("a time");
    assert_eq!(
        csaf::security_txt(&publisher(), expires),
        "Contact: mailto:desk@seawall.invalid\nExpires: 2027-01-01T00:00:00Z\n\
         Preferred-Languages: en\n\
         Canonical: https://seawall.invalid/.well-known/security.txt\n\
         CSAF: https://seawall.invalid/.well-known/csaf/provider-metadata.json\n"
    );
}

#[test]
fn the_metadata_is_valid_against_the_standards_schema() {
    let test = "the_metadata_is_valid_against_the_standards_schema";
    let Some(unpacked) = unpack(test, "csaf/schemas.tar.zst") else {
        return;
    };
    let schema = |name: &str| -> Value {
        let name = format!("csaf_2.0/json_schema/{name}");
        serde_json::from_slice(&unpacked.read(&name)).expect("JSON")
    };
    let mut provider = schema("provider_json_schema.json");
    // The one outward reference is put in place, so that nothing needs to be fetched.
    let publisher_schema = schema("csaf_json_schema.json")
        .pointer("/properties/document/properties/publisher")
        .cloned()
        .expect("a publisher");
    provider["properties"]["publisher"] = publisher_schema;
    let options = jsonschema::options().should_validate_formats(true).offline();
    let validator = options.build(&provider).expect("a schema");
    for (fingerprint, role) in [(None, "csaf_provider"), (Some("ab"), "csaf_trusted_provider")] {
        let provider = Provider {
            updated: "2026-11-02T10:00:00Z".parse().expect("a time"),
            fingerprint: fingerprint.map(|pair| pair.repeat(20)),
        };
        let metadata = csaf::provider_metadata(&publications::publisher(), &provider);
        let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
        let faults: Vec<String> = validator.iter_errors(&metadata).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(metadata["role"], role);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn changed_documents_never_panic(
        at in any::<prop::sample::Index>(),
        which in any::<prop::sample::Index>(),
        put in prop::collection::vec(any::<u8>(), 0..3),
        cut in 0usize..6,
    ) {
        let all = all();
        let document = csaf::document(&which.get(&all).1, &publisher());
        let mut bytes = document.into_bytes();
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put);
        drop(csaf::faults(&bytes));
        drop(csaf::remarks(&bytes));
    }

    #[test]
    fn any_words_make_a_document_without_fault(
        words in prop::collection::vec("\\PC{0,20}", 8),
        versions in prop::collection::vec("[0-9a-zA-Z.:+~|<>* -]{1,12}|all", 3),
        ecosystem in "PyPI|npm|crates.io|Debian:12|Generic|[a-zA-Z]{1,9}",
    ) {
        let mut publication = plain();
        publication.title = words[0].clone();
        publication.summary = format!("x{}", words[1]);
        publication.remedy = words[2].clone();
        publication.workaround = words[3].clone();
        publication.aliases = vec![words[4].clone()];
        publication.references = vec![words[5].clone(), format!("https://a.invalid/{}", words[5])];
        publication.credits = vec![words[6].clone()];
        publication.affected[0].package.name = words[7].clone();
        publication.affected[0].package.ecosystem = ecosystem.into();
        let range = publications::interval(&versions[0], &versions[1], &versions[2]);
        publication.affected[0].ranges = vec![range];
        check("any words", &publication);
    }
}
