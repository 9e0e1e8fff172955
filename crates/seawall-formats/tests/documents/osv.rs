//! OSV: our records fit the schema and read back; everybody's records read.

use crate::publications::{all, interval, plain, relapse};
use crate::shared::{lines, unpack};
use proptest::prelude::*;
use seawall_domain::package::Version;
use seawall_domain::publication::Publication;
use seawall_domain::range::{Basis, Interval};
use seawall_domain::record::{CommitRange, SourceKind};
use seawall_formats::osv;
use serde_json::{Value, json};

fn written(publication: &Publication) -> Value {
    serde_json::from_str(&osv::document(publication)).expect("JSON")
}

#[test]
fn every_record_fits_the_schema() {
    let test = "every_record_fits_the_schema";
    let Some(unpacked) = unpack(test, "osv/osv-schema.tar.zst") else {
        return;
    };
    let schema: Value =
        serde_json::from_slice(&unpacked.read("validation/schema.json")).expect("JSON");
    let options = jsonschema::options().should_validate_formats(true).offline();
    let validator = options.build(&schema).expect("a schema");
    for (name, publication) in all() {
        let record = written(&publication);
        let faults: Vec<String> = validator.iter_errors(&record).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}\n{record:#}");
    }
}

#[test]
fn a_record_reads_back_as_it_was_meant() {
    for (name, publication) in all() {
        let read = osv::read(osv::document(&publication).as_bytes());
        let read = read.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(read.id, format!("x_{}", publication.number));
        assert_eq!(read.modified, publication.revisions.last().map(|last| last.at));
        assert_eq!(read.weaknesses.first().copied(), publication.weakness);
        assert_eq!(read.notice, publication.notice);
        let remedy = Some(publication.remedy.trim()).filter(|remedy| !remedy.is_empty());
        assert_eq!(read.remedy.as_deref(), remedy);
        let mut wanted: Vec<_> = publication.affected.iter().collect();
        wanted.sort_by_key(|one| format!("{} {:?}", one.package, one.basis));
        let mut got: Vec<_> = read.affected.iter().collect();
        got.sort_by_key(|one| format!("{} {:?}", one.package, one.basis.expect("a basis")));
        assert_eq!(wanted.len(), got.len(), "{name}");
        for (wanted, got) in wanted.into_iter().zip(got) {
            assert_eq!(wanted.package.ecosystem, got.package.ecosystem, "{name}");
            assert_eq!(wanted.tested, got.tested, "{name}");
            assert_eq!(wanted.stated_by, got.stated_by, "{name}");
            assert_eq!(wanted.ranges, got.intervals, "{name}");
        }
    }
}

#[test]
fn the_record_keeps_both_intervals_and_the_distributors_word() {
    let record = written(&relapse());
    assert_eq!(record["id"], "x_SW-2026-0042");
    assert_eq!(record["aliases"], json!(["CVE-2022-37434", "RUSTSEC-2022-0091"]));
    assert_eq!(record["related"], json!(["DSA-5218-1"]));
    assert_eq!(
        record["affected"][0]["ranges"],
        json!([{"type": "SEMVER", "events": [
            {"introduced": "0.1.4"}, {"fixed": "1.1.9"},
            {"introduced": "1.1.10"}, {"fixed": "1.1.14"},
        ]}])
    );
    assert_eq!(record["affected"][0]["versions"], json!(["1.1.8"]));
    let debian = &record["affected"][1];
    assert_eq!(debian["package"]["ecosystem"], "Debian:12");
    assert_eq!(debian["ranges"][0]["type"], "ECOSYSTEM");
    assert_eq!(debian["ranges"][0]["events"][0], json!({"introduced": "0"}));
    assert_eq!(debian["database_specific"], json!({"basis": "stated", "stated_by": "Distributor"}));
    let read = osv::read(record.to_string().as_bytes()).expect("a record");
    assert_eq!(read.affected[1].basis, Some(Basis::Stated));
    assert_eq!(written(&plain())["severity"][0]["type"], "CVSS_V3");
}

#[test]
fn every_database_is_read() {
    let test = "every_database_is_read";
    let (mut records, mut packages, mut intervals) = (0, 0, 0);
    for database in ["rustsec", "pypa", "go", "oss-fuzz", "haskell"] {
        let Some(lines) = lines(test, &format!("osv/{database}.jsonl.zst")) else {
            return;
        };
        for line in lines {
            let read = osv::read(line.as_bytes());
            let read = read.unwrap_or_else(|fault| panic!("{database}: {fault}: {line:.200}"));
            records += 1;
            packages += read.affected.len();
            intervals += read.affected.iter().map(|one| one.intervals.len()).sum::<usize>();
        }
    }
    println!("{test}: {records} records, {packages} packages, {intervals} intervals");
    assert_eq!(records, 12_219);
}

fn check_events(events: Value, expected: &[Interval]) {
    let record = json!({"id": "X-1", "modified": "2026-01-01T00:00:00Z", "unknown": [1],
        "affected": [{"package": {"ecosystem": "PyPI", "name": "A_b"}, "versions": ["9"],
            "ranges": [
                {"type": "GIT", "repo": "r", "events": [{"introduced": "0"}, {"fixed": "c"}]},
                {"type": "ECOSYSTEM", "events": events}]}]});
    let read = osv::read(record.to_string().as_bytes()).expect("a record");
    let affected = read.affected.first().expect("a package");
    assert_eq!(affected.intervals, expected, "{record}");
    assert_eq!(affected.package.name, "a-b");
    assert_eq!(affected.versions, [Version::from("9")]);
    let commits = CommitRange {
        repository: "r".to_owned(),
        introduced: Vec::new(),
        fixed: vec!["c".to_owned()],
        last_affected: Vec::new(),
    };
    assert_eq!(affected.commits, [commits]);
}

#[test]
fn events_pair_into_intervals() {
    check_events(json!([]), &[]);
    check_events(json!([{"introduced": "0"}]), &[interval("", "", "")]);
    check_events(
        json!([{"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}, {"last_affected": "3"}]),
        &[interval("", "1", ""), interval("2", "", "3")],
    );
    check_events(json!([{"introduced": "1", "fixed": "2"}]), &[interval("1", "2", "")]);
    check_events(json!([{"fixed": "1"}]), &[]);
    check_events(
        json!([{"fixed": "1"}, {"introduced": "2"}, {"introduced": "3"}, {"limit": "*"}]),
        &[interval("2", "1", ""), interval("2", "", ""), interval("3", "", "")],
    );
    check_events(
        json!([{"introduced": "0"}, {"fixed": "1"}, {"fixed": "2"}, {"limit": "3"}]),
        &[interval("", "1", ""), interval("", "2", ""), interval("", "3", "")],
    );
    check_events(
        json!([{"introduced": "2"}, {"introduced": "0"}, {"fixed": "1"}, {"last_affected": "3"}]),
        &[interval("2", "", ""), interval("", "1", ""), interval("", "", "3")],
    );
}

/// The fields of a record that holds `top` and, in its one affected entry, `entry`.
fn check_record(top: Value, entry: Value, expected: &str) {
    let mut record = json!({"id": "X-1", "modified": "2026-01-01T00:00:00Z", "affected": [entry]});
    let fields = top.as_object().expect("an object").clone();
    record.as_object_mut().expect("an object").extend(fields);
    let read = osv::read(record.to_string().as_bytes()).expect("a record");
    assert_eq!(read.kind, SourceKind::Osv);
    let scores: Vec<&str> = read.scores.iter().map(|score| score.vector.as_str()).collect();
    let weaknesses: Vec<String> = read.weaknesses.iter().map(ToString::to_string).collect();
    let affected = read.affected.iter().map(|one| {
        let intervals = one.intervals.iter().map(ToString::to_string);
        let intervals = intervals.collect::<Vec<_>>().join(", ");
        format!("{} {}+{}c [{intervals}]", one.package, one.versions.len(), one.commits.len())
    });
    let affected = affected.collect::<Vec<_>>().join("; ");
    let informational = read.informational.as_deref().unwrap_or("-");
    let told =
        format!("{informational} {} {} | {affected}", scores.join("+"), weaknesses.join("+"));
    assert_eq!(told, expected, "{record}");
}

#[test]
fn what_databases_say_in_their_own_fields_is_read() {
    let package = json!({"ecosystem": "npm", "name": "A"});
    check_record(
        json!({"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/x"},
                {"type": "Ubuntu", "score": "medium"}],
            "database_specific": {"cwe_ids": ["CWE-79", "CWE-79", "none"],
                "cwes": [{"cweId": "CWE-506"}, 1], "severity": 3}}),
        json!({"package": package, "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/x"},
                {"type": "CVSS_V3", "score": "CVSS:3.1/x"}],
            "database_specific": {"informational": "unsound", "tested": "yes", "basis": []}}),
        "unsound CVSS:3.1/x+CVSS:4.0/x CWE-79+CWE-506 | npm/a 0+0c []",
    );
    check_record(
        json!({"database_specific": {"cwe_ids": "CWE-20"}}),
        json!({"package": package, "versions": ["1"], "ecosystem_specific": [],
            "database_specific": "x", "ranges": [
                {"type": "SEMVER", "events": [{"introduced": "1"}, {"fixed": "2"}]},
                {"type": "ODD", "events": []},
                {"type": "SEMVER", "events": [{"introduced": "0"}]}]}),
        "-  CWE-20 | npm/a 1+0c [from 1 until fixed in 2]; \
         npm/a 0+0c [from the first release, no fix yet]",
    );
    let git = |repo: &str| json!({"type": "GIT", "repo": repo, "events": [{"introduced": "0"}]});
    check_record(
        json!({}),
        json!({"versions": ["v1"], "ranges": [git("https://u@Host.invalid/A/b.git/"),
            git("git://host.invalid/a/b"), git("https://host.invalid/c")]}),
        "-   | GIT/host.invalid/a/b 1+2c []; GIT/host.invalid/c 1+1c []",
    );
}

#[test]
fn wrong_types_are_named_and_nulls_are_nothing() {
    let read = osv::read(
        br#"{"id":"X","modified":"2026-01-01T00:00:00Z","aliases":null,"affected":null,
            "severity":null,"references":null,"database_specific":null}"#,
    );
    assert!(read.is_ok_and(|read| read.affected.is_empty()));
    for (text, part) in [
        ("{}", "/id: it is missing"),
        (r#"{"id":"X"}"#, "/modified: it is missing"),
        (r#"{"id":1,"modified":"2026-01-01T00:00:00Z"}"#, "/id: it must be a text, not a number"),
        (r#"{"id":"X","modified":"now"}"#, "`now` is no RFC 3339 time"),
        (
            r#"{"id":"X","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"name":"x"}}]}"#,
            "/affected/0/package/ecosystem: it is missing",
        ),
    ] {
        let told = osv::read(text.as_bytes()).map_err(|fault| fault.to_string());
        assert!(told.as_ref().is_err_and(|told| told.contains(part)), "{told:?} lacks {part}");
    }
}

/// A record whose one entry has these ranges.
fn crowded(package: Value, ranges: Value) -> Vec<u8> {
    let entry = json!({"package": package, "versions": ["1"], "ranges": ranges});
    json!({"id": "X", "modified": "2026-01-01T00:00:00Z", "affected": [entry]}).to_string().into()
}

#[test]
fn a_small_record_cannot_become_a_large_one() {
    let package = |name: &str| json!({"ecosystem": "npm", "name": name});
    let range = |events: Value| json!([{"type": "SEMVER", "events": events}]);
    let address = |number: usize| format!("https://r.invalid/{number}");
    let repositories: Vec<Value> =
        (0..33).map(|number| json!({"type": "GIT", "repo": address(number)})).collect();
    let many = vec![json!({"fixed": "1"}); 10_001];
    let ranges = vec![json!({"type": "GIT", "repo": "r"}); 10_001];
    for (bytes, part) in [
        (crowded(package(&"n".repeat(2_000)), json!([])), "/package/name: it is longer than 1024"),
        (crowded(package("n"), range(json!(many))), "ranges/0: there are more than 10000 events"),
        (
            crowded(package("n"), range(json!([{"introduced": "1".repeat(600)}]))),
            "ranges/0: a version is longer than 512 bytes",
        ),
        (crowded(package("n"), json!(ranges)), "ranges: there are more than 10000"),
        (crowded(json!(null), json!(repositories)), "ranges: there are more than 32 repositories"),
        (vec![b'['; 1_000_001], "the document: more than 1000000 values"),
    ] {
        let told = osv::read(&bytes).map_err(|fault| fault.to_string());
        assert!(told.as_ref().is_err_and(|told| told.contains(part)), "{told:?} lacks {part}");
    }
    let severities = vec![json!({"score": "CVSS:3.1/x"}); 2_000];
    let record = json!({"id": "X", "modified": "2026-01-01T00:00:00Z", "severity": severities});
    let read = osv::read(record.to_string().as_bytes()).expect("a record");
    assert_eq!(read.scores.len(), 1);
}

proptest! {
    #[test]
    fn changed_records_never_panic(
        at in any::<prop::sample::Index>(),
        put in prop::collection::vec(any::<u8>(), 0..3),
        cut in 0usize..6,
    ) {
        let mut bytes = osv::document(&relapse()).into_bytes();
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put);
        drop(osv::read(&bytes));
    }
}
