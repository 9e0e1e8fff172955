//! Small records, each with its expected reading.

use super::*;
use proptest::prelude::*;
use seawall_domain::record::ProductVersions;
use serde_json::{Value, json};

fn record(cna: Value, adp: Value) -> String {
    json!({"dataType": "CVE_RECORD", "dataVersion": "5.1",
        "cveMetadata": {"cveId": "CVE-2026-1", "state": "PUBLISHED", "assignerOrgId": "o",
            "dateUpdated": "2026-02-03T00:00:00"},
        "containers": {"cna": cna, "adp": adp}})
    .to_string()
}

/// Packages and products of one entry of `affected`.
fn check_affected(entry: Value, expected: &str) {
    let read = read(record(json!({"affected": [entry]}), json!([])).as_bytes()).unwrap();
    let list = |intervals: &[seawall_domain::range::Interval]| {
        intervals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let mut told: Vec<String> = Vec::new();
    for one in &read.affected {
        let commits = one
            .commits
            .iter()
            .map(|range| format!("{}..{}", range.introduced.join("+"), range.fixed.join("+")));
        let commits = commits.collect::<Vec<_>>().join(" ");
        let versions: Vec<&str> = one.versions.iter().map(|version| version.0.as_str()).collect();
        let intervals = list(&one.intervals);
        told.push(format!("{} [{intervals}] {} {commits}", one.package, versions.join("+")));
    }
    for one in &read.products {
        let versions = match &one.versions {
            ProductVersions::All => "all".to_owned(),
            ProductVersions::Listed(list) => format!("{list:?}").replace("Version", ""),
            ProductVersions::Within(intervals) => list(intervals),
            ProductVersions::Text(text) => format!("<{text}>"),
        };
        told.push(format!("{}/{} {:?} {versions}", one.vendor, one.name, one.status));
    }
    assert_eq!(told.join("; "), expected, "{entry}");
}

/// An object with further fields.
fn with(mut object: Value, rest: Value) -> Value {
    let rest = rest.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(rest);
    object
}

#[test]
fn versions_are_read_by_the_schemas_rules() {
    let product = |default: &str, versions: Value| {
        let entry = json!({"vendor": "V", "product": "P", "versions": versions});
        with(entry, json!({"defaultStatus": default}))
    };
    let a = |rest: Value| {
        with(json!({"status": "affected", "version": "0", "versionType": "custom"}), rest)
    };
    let no = |version: &str, rest: Value| {
        with(json!({"status": "unaffected", "version": version}), rest)
    };
    for (entry, expected) in [
        (
            product("unaffected", json!([a(json!({"lessThan": "2"})), a(json!({"version": "3"}))])),
            "v/p Affected from the first release until fixed in 2, from 3 up to 3, no fix yet",
        ),
        (
            product(
                "unknown",
                json!([
                    a(json!({"version": "1", "lessThanOrEqual": "1.*"})),
                    a(json!({"version": "5", "lessThanOrEqual": "*"}))
                ]),
            ),
            "v/p Affected from 1 until fixed in 2, from 5, no fix yet",
        ),
        (
            product(
                "unaffected",
                json!([a(json!({"version": "1", "lessThan": "4", "changes": [
                {"at": "2", "status": "unaffected"}, {"at": "2.5", "status": "unaffected"},
                {"at": "3", "status": "affected"}]}))]),
            ),
            "v/p Affected from 1 until fixed in 2, from 3 until fixed in 4",
        ),
        (
            product(
                "affected",
                json!([
                    a(json!({"version": "4.10"})),
                    no("0", json!({"lessThan": "4.10"})),
                    no("4.14.9", json!({"lessThanOrEqual": "4.14.*"})),
                    no("5.1", json!({"lessThanOrEqual": "*"}))
                ]),
            ),
            "v/p Affected from 4.10 until fixed in 4.14.9, from 4.15 until fixed in 5.1",
        ),
        (product("affected", json!([])), "v/p Affected all"),
        (product("unaffected", json!([])), "v/p NotAffected all"),
        (product("unknown", json!([])), "v/p Affected <unspecified>"),
        (product("affected", json!([a(json!({"version": "7"}))])), "v/p Affected [(\"7\")]"),
        (
            product(
                "unknown",
                json!([
                    a(json!({"version": ">= 1, < 2"})),
                    a(json!({"version": "3 SP 1"})),
                    a(json!({"version": "n/a"}))
                ]),
            ),
            "v/p Affected from 1 until fixed in 2; v/p Affected <3 SP 1>",
        ),
        (
            product("unknown", json!([a(json!({"status": "unaffected", "version": "8"}))])),
            "v/p NotAffected [(\"8\")]",
        ),
    ] {
        check_affected(entry, expected);
    }
}

#[test]
fn packages_are_packages_where_that_is_certain() {
    let one = json!([{"status": "affected", "version": "1", "lessThan": "2"}]);
    let of = |url: &str, name: &str, vendor: &str| {
        json!({"collectionURL": url, "packageName": name, "vendor": vendor, "product": "P",
            "versions": one})
    };
    for (entry, expected) in [
        (of("https://pypi.org/project/x", "Apache_Airflow", "a"), "PyPI/apache-airflow"),
        (of("https://www.npmjs.com", "@A/b", "a"), "npm/@a/b"),
        (of("https://pkg.go.dev", "html/template", "Go"), "Go/stdlib"),
        (of("https://pkg.go.dev", "a.b/c/d", "a.b/c"), "Go/a.b/c"),
        (of("https://repo.maven.apache.org/maven2", "g:a", "a"), "Maven/g:a"),
        (json!({"packageURL": "pkg:gem/rails", "versions": one}), "RubyGems/rails"),
    ] {
        check_affected(entry, &format!("{expected} [from 1 until fixed in 2]  "));
    }
    check_affected(
        of("https://wordpress.org/plugins", "p", "V"),
        "v/p Affected from 1 until fixed in 2",
    );
    check_affected(
        json!({"vendor": "Linux", "product": "Linux", "repo": "https://k.invalid/linux.git",
            "defaultStatus": "unaffected", "versions": [
                {"status": "affected", "version": "a1", "lessThan": "b2", "versionType": "git"}]}),
        "GIT/k.invalid/linux []  a1..b2",
    );
    check_affected(
        json!({"vendor": "n/a", "product": "n/a", "cpes": ["cpe:2.3:a:x:y:*", "cpe:2.3:a:x:y:1"],
            "versions": [{"status": "affected", "version": "n/a"}]}),
        "x/y Affected <unspecified>",
    );
    check_affected(json!({"vendor": "n/a", "product": "n/a"}), "");
}

#[test]
fn every_container_adds_what_it_says() {
    let cna = json!({"title": "T", "tags": ["disputed", "x_own"],
        "descriptions": [{"lang": "de", "value": "D"}, {"lang": "en-US", "value": "E"}],
        "problemTypes": [{"descriptions":
            [{"description": "CWE-79 XSS"}, {"cweId": "CWE-noinfo"}]}],
        "providerMetadata": {"orgId": "o1"},
        "metrics": [{"cvssV3_1": {"vectorString": "CVSS:3.1/A"}}, {"other": {"type": "odd"}}],
        "solutions": [{"value": "update"}]});
    for key in ["Technical Impact", "technicalImpact"] {
        let ssvc = |day: u8, exploitation: &str| {
            json!({"other": {"type": "ssvc", "content": {"role": "CISA Coordinator",
                "timestamp": format!("2026-01-0{day}T00:00:00Z"), "options": [
                    {"Exploitation": exploitation}, {"automatable": "Yes"}, {key: "partial"}]}}})
        };
        let kev = json!({"other": {"type": "kev", "content": {"dateAdded": "2026-01-05"}}});
        let adp = json!([{"providerMetadata": {"shortName": "CISA-ADP", "orgId": "o2"},
            "problemTypes": [{"descriptions": [{"cweId": "CWE-79"}, {"cweId": "CWE-20"}]}],
            "metrics": [ssvc(2, "active"), ssvc(1, "poc"), kev,
                {"cvssV4_0": {"vectorString": "CVSS:4.0/B"}}]}]);
        let read = read(record(cna.clone(), adp).as_bytes()).unwrap();
        assert_eq!((read.summary.as_str(), read.details.as_str()), ("T", "E"));
        assert_eq!(read.notice.as_deref(), Some("disputed"));
        assert_eq!(read.remedy.as_deref(), Some("update"));
        assert_eq!(read.weaknesses, [Cwe(79), Cwe(20)]);
        let scores: Vec<_> =
            read.scores.iter().map(|s| (s.vector.as_str(), s.by.as_deref())).collect();
        assert_eq!(scores, [("CVSS:3.1/A", Some("o1")), ("CVSS:4.0/B", Some("CISA-ADP"))]);
        let ssvc = read.ssvc.unwrap();
        assert_eq!(ssvc.exploitation, Some(Exploitation::Active));
        assert_eq!((ssvc.automatable, ssvc.total), (Some(true), Some(false)));
        assert_eq!(read.kev.unwrap().added.to_string(), "2026-01-05T00:00:00Z");
    }
}

#[test]
fn rejected_records_are_withdrawn_and_others_refused() {
    let text = record(
        json!({"rejectedReasons": [{"lang": "en", "value": "no"}],
        "replacedBy": ["CVE-2026-2"]}),
        json!(null),
    );
    let rejected = read(text.replace("PUBLISHED", "REJECTED").as_bytes()).unwrap();
    assert_eq!(rejected.withdrawn.unwrap().to_string(), "2026-02-03T00:00:00Z");
    assert_eq!(rejected.details, "no");
    assert_eq!(rejected.notice.as_deref(), Some("replaced by CVE-2026-2"));
    for (from, to, part) in [
        ("PUBLISHED", "RESERVED", "/cveMetadata/state: `RESERVED` is no state"),
        ("CVE_RECORD", "CVE", "/dataType: `CVE` is no `CVE_RECORD`"),
        ("CVE-2026-1", " ", "/cveMetadata/cveId: it is missing or empty"),
        ("2026-02-03T00:00:00", "soon", "/cveMetadata/dateUpdated: `soon` is no time"),
    ] {
        let told = read(text.replace(from, to).as_bytes()).unwrap_err().to_string();
        assert_eq!(told, format!("cannot read CVE record at {part}"));
    }
}

proptest! {
    #[test]
    fn never_panics(
        at in any::<prop::sample::Index>(),
        put in prop::collection::vec(any::<u8>(), 0..3),
        version in r#"[0-9a-z.*<>= ,]{0,12}"#,
        bound in r#"[0-9a-z.*<>= ,]{0,12}"#,
    ) {
        let text = record(json!({"affected": [{"vendor": "v", "product": "p", "defaultStatus":
            "affected", "versions": [{"version": version, "lessThan": bound, "status": "unaffected",
            "changes": [{"at": bound, "status": "affected"}]}, {"version": bound,
            "lessThanOrEqual": version, "status": "affected"}]}]}), json!([]));
        assert!(read(text.as_bytes()).is_ok());
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..at, put);
        drop(read(&bytes));
    }
}

#[test]
fn products_come_from_names_too() {
    fn check(matches: Value, expected: &str) {
        let affected = json!([{"vendor": "acme", "product": "known_pump",
            "versions": [{"status": "affected", "version": "1"}]}]);
        let applicability = json!([{"nodes": [{"operator": "OR", "cpeMatch": matches}]}]);
        let cna = json!({"affected": affected, "cpeApplicability": applicability});
        let read = read(record(cna, json!(null)).as_bytes()).unwrap();
        let versions = |versions: &ProductVersions| match versions {
            ProductVersions::All => "all".to_owned(),
            ProductVersions::Listed(list) => format!("{list:?}").replace("Version", ""),
            ProductVersions::Within(all) => all.iter().map(ToString::to_string).collect(),
            ProductVersions::Text(text) => format!("<{text}>"),
        };
        let told = read.products.iter().skip(1);
        let told =
            told.map(|one| format!("{}/{} {}", one.vendor, one.name, versions(&one.versions)));
        assert_eq!(told.collect::<Vec<_>>().join("; "), expected, "{matches}");
    }
    let yes =
        |criteria: &str, rest: Value| with(json!({"vulnerable": true, "criteria": criteria}), rest);
    let any = "cpe:2.3:o:acme:big_pump:*:*:*:*:*:*:*:*";
    check(json!([yes(any, json!({}))]), "acme/big pump all");
    let bounds = json!({"versionStartIncluding": "1", "versionEndExcluding": "2.1"});
    check(json!([yes(any, bounds)]), "acme/big pump from 1 until fixed in 2.1");
    let bounds = json!({"versionStartExcluding": "1", "versionEndIncluding": "2"});
    check(json!([yes(any, bounds)]), "acme/big pump from 1 up to 2, no fix yet");
    let bounds = json!({"versionStartExcluding": "1", "versionEndIncluding": "second edition"});
    check(json!([yes(any, bounds)]), "acme/big pump <after 1, up to second edition>");
    let exact = "cpe:2.3:o:acme:big_pump:1.2:*:*:*:*:*:*:*";
    check(json!([yes(exact, json!({}))]), "acme/big pump [(\"1.2\")]");
    let update = "cpe:2.3:o:acme:big_pump:1.2:sp1:*:*:*:*:*:*";
    check(json!([yes(update, json!({}))]), "acme/big pump <1.2 sp1>");
    // What `affected` speaks of, what is not vulnerable, and what is no name.
    check(json!([yes("cpe:2.3:o:acme:known_pump:*:*:*:*:*:*:*:*", json!({}))]), "");
    check(json!([{"vulnerable": false, "criteria": any}, {"criteria": any}, 7, null]), "");
    check(json!([yes("cpe:2.3:o:*", json!({})), yes("", json!({})), {"vulnerable": "x"}]), "");
    let negated = json!([{"negate": true, "nodes": [{"cpeMatch": [yes(any, json!({}))]}]},
        {"nodes": [{"negate": true, "cpeMatch": [yes(any, json!({}))]}, {"cpeMatch": 3}, 4]}]);
    let cna = json!({"cpeApplicability": negated});
    assert!(read(record(cna, json!(null)).as_bytes()).unwrap().products.is_empty());
}
