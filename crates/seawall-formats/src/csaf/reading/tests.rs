//! Small documents, each with its expected reading.

use super::*;
use proptest::prelude::*;
use seawall_domain::record::ProductVersions;
use serde_json::{Value, json};

fn document(tree: Value, flaw: Value) -> String {
    json!({"document": {"category": "csaf_vex", "title": "T", "csaf_version": "2.0",
            "publisher": {"name": "Vendor", "namespace": "https://vendor.invalid/"},
            "distribution": {"tlp": {"label": "white"}},
            "references": [{"category": "self", "url": "https://vendor.invalid/1"},
                {"category": "external", "url": "https://other.invalid"}],
            "tracking": {"id": "V-1", "current_release_date": "2026-01-02T00:00:00.000Z"}},
        "product_tree": tree, "vulnerabilities": [flaw]})
    .to_string()
}

fn branch(category: &str, name: &str, below: Value) -> Value {
    let mut branch = json!({"category": category, "name": name});
    branch.as_object_mut().unwrap().extend(below.as_object().unwrap().clone());
    branch
}

fn leaf(id: &str, helper: Value) -> Value {
    json!({"product": {"name": format!("Full {id}"), "product_id": id,
        "product_identification_helper": helper}})
}

fn tree() -> Value {
    let versions = json!({"branches": [
        branch("product_version", "1.0", leaf("P1", json!({}))),
        branch("product_version_range", "vers:generic/>=1|<2", leaf("P2", json!({}))),
        branch("product_version", "2.0 with patch", leaf("P3", json!({"cpe": "cpe:/a:v:p:2"}))),
        branch("product_version", "3", leaf("P4", json!({"purl": "pkg:npm/A@3"}))),
        branch("product_version_range", "<4", leaf("P5", json!({"purl": "pkg:npm/a"})))]});
    let product = branch("product_name", "Pump", versions);
    let vendor = branch("vendor", "ACME", json!({"branches": [product]}));
    let rpm = json!({"purl": "pkg:deb/debian/zlib@1.2-1?distro=debian-12"});
    json!({"branches": [vendor],
        "full_product_names": [
            {"name": "Linux 9", "product_id": "OS", "product_identification_helper":
                {"cpe": "cpe:2.3:o:redhat:linux_9:*:*:*:*:*:*:*:*"}},
            {"name": "zlib rpm", "product_id": "RPM", "product_identification_helper": rpm},
            {"name": "twice", "product_id": "P1"}],
        "product_groups": [{"group_id": "G", "product_ids": ["P1", "P2"]}],
        "relationships": [
            {"category": "default_component_of", "product_reference": "RPM",
             "relates_to_product_reference": "OS",
             "full_product_name": {"name": "zlib of Linux 9", "product_id": "OS:RPM"}},
            {"category": "default_component_of", "product_reference": "P4",
             "relates_to_product_reference": "P1",
             "full_product_name": {"name": "a in Pump", "product_id": "P1:P4"}}]})
}

fn products(record: &Record) -> String {
    let list = |intervals: &[seawall_domain::range::Interval]| {
        intervals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let affected = record.affected.iter().map(|one| {
        let versions: Vec<&str> = one.versions.iter().map(|version| version.0.as_str()).collect();
        format!("{} [{}] {}", one.package, list(&one.intervals), versions.join("+"))
    });
    let products = record.products.iter().map(|one| {
        let versions = match &one.versions {
            ProductVersions::All => "all".to_owned(),
            ProductVersions::Listed(list) => format!("{list:?}").replace("Version", ""),
            ProductVersions::Within(intervals) => list(intervals),
            ProductVersions::Text(text) => format!("<{text}>"),
        };
        let remedy = one.remedy.as_deref().unwrap_or("-");
        format!("{}/{} {:?} {versions} {remedy}", one.vendor, one.name, one.status)
    });
    affected.chain(products).collect::<Vec<_>>().join("; ")
}

fn stated(statement: &Statement) -> String {
    let products = statement.products.iter().map(|product| {
        let package = product.package.as_ref().map_or("?".to_owned(), ToString::to_string);
        let version = product.version.as_ref().map_or("any", |version| &version.0);
        let parts = (product.subcomponents.len(), product.subcomponents_unread.len());
        format!("{} {package} {version} {}+{}", product.id, parts.0, parts.1)
    });
    let products = products.collect::<Vec<_>>().join(", ");
    format!("{} {:?}: {products}", statement.vulnerability, statement.status)
}

#[track_caller]
fn check(flaw: Value, record: &str, statements: &[&str]) {
    let read = read(document(tree(), flaw).as_bytes()).unwrap();
    assert_eq!(read.records.len(), 1);
    assert_eq!(products(&read.records[0]), record);
    assert_eq!(read.statements.iter().map(stated).collect::<Vec<_>>(), statements);
}

#[test]
fn products_have_the_versions_that_their_branches_say() {
    check(
        json!({"product_status": {"known_affected": ["P1", "P2", "P3"], "recommended": ["P4"]},
            "remediations": [{"category": "vendor_fix", "details": "update", "group_ids": ["G"]}]}),
        "acme/pump Affected [(\"1.0\")] update; \
         acme/pump Affected from 1 until fixed in 2 update; \
         acme/pump Affected <2.0 with patch> -",
        &[
            "V-1#1 Affected { action: \"update\" }: Full P1 ? 1.0 0+0, Full P2 ? any 0+0",
            "V-1#1 Affected { action: \"\" }: Full P3 ? any 0+0",
        ],
    );
    check(
        json!({"cve": "CVE-1", "product_status": {"known_affected": ["P4", "P5"]}}),
        "npm/a [] 3; npm/a [from the first release until fixed in 4] ",
        &["CVE-1 Affected { action: \"\" }: pkg:npm/A@3 npm/a 3 0+0, Full P5 ? any 0+0"],
    );
}

#[test]
fn parts_are_packages_only_of_distributions() {
    check(
        json!({"cve": "CVE-1", "product_status": {"known_affected": ["OS:RPM", "P1:P4"],
            "fixed": ["OS:RPM"]}}),
        "Debian:12/zlib [] 1.2-1; acme/pump Affected [(\"1.0\")] -; \
         redhat/zlib rpm Fixed all -",
        &[
            "CVE-1 Affected { action: \"\" }: cpe:2.3:o:redhat:linux_9:*:*:*:*:*:*:*:* ? any 1+0, \
             Full P1 ? 1.0 1+0",
            "CVE-1 Fixed: cpe:2.3:o:redhat:linux_9:*:*:*:*:*:*:*:* ? any 1+0",
        ],
    );
}

#[test]
fn reasons_stand_with_their_products() {
    check(
        json!({"cve": "CVE-1", "product_status": {"known_not_affected": ["P1", "P4"],
                "under_investigation": ["P3", "P3"]},
            "flags": [{"label": "component_not_present", "product_ids": ["P1"]}],
            "threats": [{"category": "impact", "details": "never parsed", "product_ids": ["P4"]},
                {"category": "exploit_status", "details": "x", "product_ids": ["P1"]}]}),
        "acme/pump NotAffected [(\"1.0\")] -; acme/pump NotAffected [(\"3\")] -; \
         acme/pump UnderInvestigation <2.0 with patch> -",
        &[
            "CVE-1 NotAffected { justification: Some(\"component_not_present\"), impact: None }: \
             Full P1 ? 1.0 0+0",
            "CVE-1 NotAffected { justification: None, impact: Some(\"never parsed\") }: \
             pkg:npm/A@3 npm/a 3 0+0",
            "CVE-1 UnderInvestigation: Full P3 ? any 0+0",
        ],
    );
}

#[test]
fn the_rest_of_an_entry_is_read() {
    let flaw = json!({"title": "Flaw", "ids": [{"text": "GHSA-1"}, {"text": "12345"}],
        "cwe": {"id": "CWE-79"}, "cwes": [{"id": "CWE-79"}, {"id": "CWE-20"}],
        "notes": [{"category": "details", "text": "SSVCv2/E:P/A:N/T:T/2024-09-18T19:25:28Z/"},
            {"category": "summary", "text": "What is wrong."}],
        "scores": [{"cvss_v3": {"vectorString": "CVSS:3.1/A"}, "products": ["P1"]}],
        "metrics": [{"content": {"cvss_v4": {"vectorString": "CVSS:4.0/B"}}}],
        "remediations": [
            {"category": "mitigation", "details": "firewall", "url": "https://vendor.invalid/fw"},
            {"category": "vendor_fix", "details": "update", "product_ids": ["P1"]},
            {"category": "vendor_fix", "details": "update", "product_ids": ["P2"]},
            {"category": "none_available", "details": "no"}],
        "references": [{"url": "https://vendor.invalid/flaw"}],
        "product_status": {"known_affected": ["P1", "GONE"]}});
    let read = read(document(tree(), flaw).as_bytes()).unwrap();
    assert_eq!(read.tlp.as_deref(), Some("WHITE"));
    assert_eq!(read.publisher, "https://vendor.invalid/Vendor");
    let record = &read.records[0];
    assert_eq!((record.id.as_str(), record.summary.as_str()), ("V-1#1", "Flaw"));
    assert_eq!(record.document.as_deref(), Some("V-1"));
    assert_eq!(record.details, "What is wrong.");
    assert_eq!(record.aliases, ["GHSA-1"]);
    assert_eq!(record.weaknesses.len(), 2);
    let scores: Vec<&str> = record.scores.iter().map(|score| score.vector.as_str()).collect();
    assert_eq!(scores, ["CVSS:3.1/A", "CVSS:4.0/B"]);
    let ssvc = record.ssvc.as_ref().unwrap();
    assert_eq!((ssvc.automatable, ssvc.total, ssvc.at.is_some()), (Some(false), Some(true), true));
    assert_eq!(record.remedy.as_deref(), Some("update"));
    assert_eq!(record.workaround.as_deref(), Some("firewall (https://vendor.invalid/fw)"));
    assert_eq!(record.references, ["https://vendor.invalid/flaw", "https://vendor.invalid/1"]);
    let expected = [
        "/product_tree: product `P1` is defined twice",
        "/vulnerabilities/0/product_status: 1 products are not in the product tree",
    ];
    assert_eq!(read.warnings, expected);
}

#[test]
fn what_is_no_document_is_refused_and_bounds_hold() {
    for (text, part) in [
        ("{}", "/document: it is missing"),
        (r#"{"document":{}}"#, "/document/tracking/id: it is missing or empty"),
        (
            r#"{"document":{"tracking":{"id":"x","current_release_date":"now"}}}"#,
            "`now` is no time",
        ),
        (r#"{"document":{},"vulnerabilities":{}}"#, "/vulnerabilities: it must be a list"),
    ] {
        let told = read(text.as_bytes()).unwrap_err().to_string();
        assert!(told.contains(part), "{told} lacks {part}");
    }
    let mut deep = json!({});
    for _ in 0..40 {
        deep = json!({"category": "x", "name": "x", "branches": [deep]});
    }
    let told = read(document(json!({"branches": [deep]}), json!({})).as_bytes()).unwrap_err();
    assert!(told.message.contains("deeper than 30"), "{told}");
    let group: Vec<String> = (0..2_000).map(|number| format!("P{number}")).collect();
    let flags: Vec<Value> = (0..1_000).map(|_| json!({"label": "x", "group_ids": ["G"]})).collect();
    let tree = json!({"product_groups": [{"group_id": "G", "product_ids": group}]});
    let told = read(document(tree, json!({"flags": flags})).as_bytes()).unwrap_err();
    assert!(told.message.contains("more than 600000 products"), "{told}");
}

proptest! {
    #[test]
    fn never_panics(
        at in any::<prop::sample::Index>(),
        put in prop::collection::vec(any::<u8>(), 0..3),
        cut in 0usize..6,
    ) {
        let flaw = json!({"product_status": {"known_affected": ["P1", "P2", "OS:RPM"]}});
        let mut bytes = document(tree(), flaw).into_bytes();
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put);
        drop(read(&bytes));
    }
}
