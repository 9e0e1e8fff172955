use super::layout::LAYOUT;
use super::*;
use proptest::prelude::*;
use seawall_domain::component::Product;
use seawall_domain::record::{AffectedRecord, ProductVersions};
use seawall_domain::statement::Status;

/// A record as `id = alias | package | introduced..fixed, version, …`.
fn record(line: &str) -> Record {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let [names, package, versions] = parts[..] else { panic!("{line}") };
    let (id, aliases) = names.split_once('=').unwrap_or((names, ""));
    let mut record = Record::named(SourceKind::Osv, id.trim());
    record.aliases = aliases.split_whitespace().map(str::to_owned).collect();
    let (ecosystem, name) = package.rsplit_once(' ').unwrap();
    let version = |text: &str| (!text.is_empty()).then(|| Version::from(text));
    let mut affected = AffectedRecord {
        package: Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name: name.into() },
        intervals: Vec::new(),
        versions: Vec::new(),
        commits: Vec::new(),
        basis: None,
        stated_by: None,
        tested: Vec::new(),
    };
    for part in versions.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once("..") {
            None => affected.versions.push(part.into()),
            Some((introduced, end)) => affected.intervals.push(Interval {
                introduced: version(introduced),
                fixed: version(end).filter(|_| !end.starts_with('=')),
                last_affected: end.strip_prefix('=').and_then(version),
            }),
        }
    }
    record.affected = vec![affected];
    record
}

fn records() -> Vec<Record> {
    let mut all: Vec<Record> = [
        "PYSEC-1 = CVE-1 GHSA-1 | PyPI sqlparse | 0.4.0..0.4.2, 0.4.0, 0.4.1",
        "GHSA-1 = CVE-1 | PyPI sqlparse | 0.4.0..0.4.2",
        "GHSA-2 = CVE-2 | npm ini | ..1.3.6",
        "RUSTSEC-3 | crates.io tar | 0.4.10..0.4.36",
        "GHSA-4 | crates.io libz-sys | 0.1.4..1.1.9, 1.1.10..1.1.14",
        "DSA-5 = CVE-5 | Debian:12 zlib | ..1:1.2.13.dfsg-1",
        "DSA-6 = CVE-5 | Debian:11 zlib | ..1:1.2.11.dfsg-2+deb11u2",
        "GHSA-7 | npm ini | 9.9.9, latest",
        "GHSA-8 | PyPI flask | 1.0..=1.5",
        "GO-11 | Go github.com/Azure/x | ..1.2.0",
        "X-9 | Conan zlib | ..1.2.13",
        "WALK-10 | npm walk | 1.0.0.., 3.0.0..4.0.0, 2.0.0..2.5.0, 6.0.0..=6.0.0",
    ]
    .into_iter()
    .map(record)
    .collect();
    let mut gone = record("GONE-1 | npm ini | ..99");
    gone.withdrawn = "2026-01-01T00:00:00Z".parse().ok();
    all.push(gone);
    let mut device = Record::named(SourceKind::Csaf, "CVE-77");
    device.document = Some("ICSA-26-001-01".into());
    let said = |name: &str, versions| ProductRecord {
        vendor: "example pumps".into(),
        name: name.into(),
        cpe: None,
        versions,
        status: Status::Affected,
        remedy: None,
    };
    device.products = vec![
        said("flow controller", ProductVersions::Listed(vec!["2.1".into(), "2.2".into()])),
        said("gateway", ProductVersions::All),
        said(
            "meter",
            ProductVersions::Within(record("A | x y | 1.0..2.0").affected[0].intervals.clone()),
        ),
    ];
    all.push(device);
    all
}

fn built(records: Vec<Record>) -> Vec<u8> {
    let mut builder = Builder::default();
    let mut bytes = Builder::START.to_vec();
    for record in records {
        let text = format!("{{\"id\":\"{}\"}}", record.id);
        let document = builder.document(0, text.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        builder.add(record, Some(document));
    }
    bytes.extend(builder.finish());
    bytes
}

fn component(text: &str, version: &str) -> Component {
    let product = text.strip_prefix("product ").map(|name| Product {
        vendor: "example pumps".into(),
        name: name.into(),
        version: version.into(),
    });
    let package = text.rsplit_once(' ').filter(|_| product.is_none()).map(|(ecosystem, name)| {
        Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name: name.to_owned() }
    });
    Component {
        label: text.to_owned(),
        package,
        version: (!version.is_empty()).then(|| version.into()),
        product,
        purl: None,
    }
}

#[track_caller]
fn check(set: &Set<Vec<u8>>, text: &str, version: &str, expected: &str) {
    let found = match set.answer(&component(text, version)).unwrap() {
        Answer::Hits(hits) => {
            let told = hits.iter().map(|hit| {
                let id = set.record(hit.record).unwrap().unwrap().id;
                let by = match (&hit.interval, hit.listed) {
                    (Some(_), true) => "rv",
                    (Some(_), false) => "r",
                    (None, true) => "v",
                    (None, false) => "p",
                };
                format!("{id}:{by}")
            });
            told.collect::<Vec<_>>().join(" ")
        }
        Answer::Clear => "clear".to_owned(),
        Answer::Unknown(unknown) => format!("{unknown:?}"),
    };
    assert_eq!(found, expected, "{text} {version}");
}

#[test]
fn a_component_is_answered_by_package_version_and_release() {
    let set = Set::open(built(records())).unwrap();
    assert!(set.check().is_ok());
    for (text, version, expected) in [
        ("PyPI sqlparse", "0.4.1", "GHSA-1:r PYSEC-1:rv"),
        ("PyPI sqlparse", "0.4.0.0", "GHSA-1:r PYSEC-1:rv"),
        ("PyPI sqlparse", "0.4.1.post1", "GHSA-1:r PYSEC-1:r"),
        ("PyPI sqlparse", "0.4.2", "clear"),
        ("PyPI sqlparse", "0.3.1", "clear"),
        ("PyPI sqlparse", "0.4.0rc1", "clear"),
        ("PyPI sqlparse2", "0.4.1", "clear"),
        ("npm sqlparse", "0.4.1", "clear"),
        ("npm ini", "1.0.0", "GHSA-2:r"),
        ("npm ini", "1.3.6", "clear"),
        ("npm ini", "9.9.9", "GHSA-7:v"),
        ("npm ini", "latest", "GHSA-7:v"),
        ("npm ini", "newest", "NoVersion"),
        ("npm ini", "", "NoVersion"),
        ("crates.io tar", "0.4.35", "RUSTSEC-3:r"),
        ("crates.io tar", "0.4.36", "clear"),
        ("crates.io libz-sys", "1.1.8", "GHSA-4:r"),
        ("crates.io libz-sys", "1.1.9", "clear"),
        ("crates.io libz-sys", "1.1.12", "GHSA-4:r"),
        ("crates.io libz-sys", "1.1.14", "clear"),
        ("PyPI flask", "1.5", "GHSA-8:r"),
        ("PyPI flask", "1.5.0", "GHSA-8:r"),
        ("PyPI flask", "1.5.1", "clear"),
        ("PyPI flask", "0.9", "clear"),
        ("Debian:12 zlib", "1:1.2.11.dfsg-4", "DSA-5:r"),
        ("Debian:11 zlib", "1:1.2.11.dfsg-2+deb11u2", "clear"),
        ("Debian:13 zlib", "1:1.2.11.dfsg-1", "clear"),
        ("Debian zlib", "1:1.2.11.dfsg-1", "NoRelease"),
        ("Debian zlib", "1:1.3", "clear"),
        ("Conan zlib", "1.2.11", "X-9:r"),
        ("Conan zlib", "1.3", "NoRules"),
        ("npm walk", "0.9.0", "clear"),
        ("npm walk", "1.5.0", "WALK-10:r"),
        ("npm walk", "2.5.0", "clear"),
        ("npm walk", "3.5.0", "WALK-10:r"),
        ("npm walk", "4.0.0", "clear"),
        ("npm walk", "6.0.0", "WALK-10:r"),
        ("npm walk", "6.0.1", "clear"),
        ("Go github.com/Azure/x", "v1.1.0", "GO-11:r"),
        ("Go github.com/azure/x", "v1.1.0", "OtherSpelling"),
        ("Go github.com/azure/x", "v1.2.0", "clear"),
        ("npm Walk", "1.5.0", "clear"),
        ("", "", "NoPackage"),
        ("product flow controller", "2.1", "CVE-77:v"),
        ("product flow controller", "2.3", "clear"),
        ("product gateway", "7", "CVE-77:p"),
        ("product meter", "1.9", "CVE-77:p"),
        ("product meter", "2.0", "clear"),
        ("product other", "1", "NoPackage"),
    ] {
        check(&set, text, version, expected);
    }
}

#[test]
fn a_hit_says_why_and_what_ends_it() {
    let set = Set::open(built(records())).unwrap();
    let Ok(Answer::Hits(hits)) = set.answer(&component("crates.io libz-sys", "1.1.8")) else {
        panic!("it is hit");
    };
    assert_eq!(
        hits[0].intervals,
        record("GHSA-4 | x y | 0.1.4..1.1.9, 1.1.10..1.1.14").affected[0].intervals
    );
    assert_eq!(hits[0].interval.as_ref(), hits[0].intervals.first());
    let fixed: Vec<&str> = hits[0].fixed.iter().map(|v| v.0.as_str()).collect();
    assert_eq!(fixed, ["1.1.9", "1.1.14"]);
    let Ok(Answer::Hits(hits)) = set.answer(&component("PyPI flask", "1.5")) else { panic!() };
    assert_eq!(hits[0].intervals, record("GHSA-8 | x y | 1.0..=1.5").affected[0].intervals);
}

#[test]
fn records_flaws_and_documents_are_found_by_name() {
    let set = Set::open(built(records())).unwrap();
    assert_eq!(set.records(), 14);
    let (_, flaw) = set.flaw_named("CVE-1").unwrap().unwrap();
    assert_eq!(flaw.names, ["CVE-1", "GHSA-1", "PYSEC-1"]);
    assert_eq!(set.flaw_named("GHSA-1").unwrap().unwrap().1, flaw);
    assert_eq!(set.flaw_named("CVE-404").unwrap(), None);
    let [number] = set.records_named("GONE-1").unwrap()[..] else { panic!("it is kept") };
    let gone = set.record(number).unwrap().unwrap();
    assert!(gone.withdrawn.is_some());
    let document = set.document(gone.raw.unwrap()).unwrap();
    assert_eq!(document, Some((&b"{\"id\":\"GONE-1\"}"[..], 0)));
    assert_eq!(set.document(set.documents()).unwrap(), None);
    let package = component("Debian zlib", "").package.unwrap();
    let ids = |numbers: Vec<u32>| -> Vec<String> {
        numbers.into_iter().map(|number| set.record(number).unwrap().unwrap().id).collect()
    };
    assert_eq!(ids(set.records_of(&package).unwrap()), ["DSA-5", "DSA-6"]);
    let package = component("Debian:11 zlib", "").package.unwrap();
    assert_eq!(ids(set.records_of(&package).unwrap()), ["DSA-6"]);
}

#[test]
fn a_newer_record_takes_the_place_of_an_older_one() {
    let mut newer = record("GHSA-2 = CVE-2 | npm ini | ..2.0.0");
    newer.modified = "2026-02-01T00:00:00Z".parse().ok();
    let mut all = records();
    all.insert(0, newer.clone());
    let set = Set::open(built(all)).unwrap();
    check(&set, "npm ini", "1.9.0", "GHSA-2:r");
    let mut all = records();
    all.push(newer);
    let set = Set::open(built(all)).unwrap();
    check(&set, "npm ini", "1.9.0", "GHSA-2:r");
}

#[test]
fn of_two_records_that_changed_at_once_the_same_one_stays() {
    let [one, other] = ["A-1 | npm ini | 1.0.0", "A-1 | npm ini | 2.0.0"].map(record);
    let told = |records| {
        let set = Set::open(built(records)).unwrap();
        let answer = |version| set.answer(&component("npm ini", version)).unwrap();
        (answer("1.0.0"), answer("2.0.0"))
    };
    assert_eq!(told(vec![one.clone(), other.clone()]), told(vec![other, one]));
}

#[test]
fn what_is_no_set_or_was_cut_off_is_refused_with_a_reason() {
    let bytes = built(records());
    assert_eq!(Set::open(Vec::new()).err(), Some(SetFault::NotASet));
    assert_eq!(Set::open(b"{}".to_vec()).err(), Some(SetFault::NotASet));
    let short = bytes[..bytes.len() - 1].to_vec();
    assert_eq!(Set::open(short).err(), Some(SetFault::CutOff));
    let mut older = bytes.clone();
    let layout = older.len() - 16;
    older[layout] = 0;
    assert_eq!(Set::open(older).err(), Some(SetFault::Layout { found: 0, wanted: LAYOUT }));
    let mut longer = bytes.clone();
    longer.splice(20..20, [0; 7]);
    assert!(matches!(Set::open(longer).err(), Some(SetFault::Length { .. })));
}

#[test]
fn any_flipped_byte_is_found() {
    let bytes = built(records());
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x20;
        let found = Set::open(flipped).and_then(|set| set.check());
        assert!(found.is_err(), "byte {at} of {}", bytes.len());
    }
}

#[test]
fn the_query_interface_has_rules_of_its_own() {
    let mut all = records();
    all.extend(
        [
            "ALPINE-1 | Alpine:v3.20 zlib | ..1.3-r0, 1.2-r1",
            "OSV-1 | OSS-Fuzz door | ..9, 2.0, nightly",
            "GIT-1 | GIT github.com/curl/curl | curl-7_86_0, v7.0",
        ]
        .map(record),
    );
    let set = Set::open(built(all)).unwrap();
    let ids = |text: &str, version: &str, by: By| {
        let package = component(text, "").package.unwrap();
        let version = (!version.is_empty()).then(|| version.into());
        let found = set.queried(&package, version.as_ref(), by).unwrap();
        let id = |number| set.brief(number).unwrap().unwrap().id.to_owned();
        found.into_iter().map(id).collect::<Vec<String>>().join(" ")
    };
    for (text, version, expected) in [
        ("PyPI sqlparse", "", "GHSA-1 PYSEC-1"),
        ("PyPI sqlparse", "0.4.1", "GHSA-1 PYSEC-1"),
        ("PyPI sqlparse", "0.4.2", ""),
        ("PyPI nothing", "", ""),
        // A withdrawn record is never an answer.
        ("npm ini", "", "GHSA-2 GHSA-7"),
        ("npm ini", "1.3.5", "GHSA-2"),
        // What no rule reads is compared by letters, and never with a range.
        ("npm ini", "latest", "GHSA-7"),
        ("npm ini", "newest", ""),
        // Without a release, entries of every release count.
        ("Debian zlib", "1:1.2", "DSA-5 DSA-6"),
        ("Debian:12 zlib", "1:1.2", "DSA-5"),
        ("Debian:13 zlib", "1:1.2", ""),
        // But of Alpine and Ubuntu only versions that are listed.
        ("Alpine zlib", "1.1-r0", ""),
        ("Alpine zlib", "1.2-r1", "ALPINE-1"),
        ("Alpine:v3.20 zlib", "1.1-r0", "ALPINE-1"),
        // No order, no ranges.
        ("OSS-Fuzz door", "1.0", ""),
        ("OSS-Fuzz door", "v2_0", "OSV-1"),
        ("OSS-Fuzz door", "Nightly", "OSV-1"),
        ("GIT github.com/curl/curl", "7.86.0", "GIT-1"),
        ("GIT github.com/curl/curl", "7.0", "GIT-1"),
        ("GIT github.com/curl/curl", "7", ""),
    ] {
        assert_eq!(ids(text, version, By::Order), expected, "{text} {version}");
    }
    assert_eq!(ids("PyPI sqlparse", "0.4.1", By::Letters), "PYSEC-1");
    let folded = component("Go github.com/azure/x", "").package.unwrap();
    assert_eq!(set.queried_folded(&folded, Some(&"1.0.0".into())).unwrap().len(), 1);
    assert!(set.queried(&folded, None, By::Order).unwrap().is_empty());
    let brief = set.brief(0).unwrap().unwrap();
    assert_eq!((brief.id, brief.is_osv, brief.modified), ("ALPINE-1", true, None));
    assert_eq!(set.brief(1_000).unwrap(), None);
}

proptest! {
    #[test]
    fn the_order_of_the_records_does_not_matter(shuffled in Just(records()).prop_shuffle()) {
        let numbers = |bytes: Vec<u8>| {
            let set = Set::open(bytes).unwrap();
            let metas = (0..set.records()).map(|n| set.record(n).unwrap().unwrap().id);
            let flaws = (0..set.flaws()).map(|n| set.flaw(n).unwrap().unwrap());
            (metas.collect::<Vec<_>>(), flaws.collect::<Vec<_>>())
        };
        prop_assert_eq!(numbers(built(shuffled)), numbers(built(records())));
    }

    #[test]
    fn hostile_bytes_are_refused_or_answered(
        mut changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        mend in any::<bool>(),
    ) {
        let mut bytes = built(records());
        let length = bytes.len();
        for (at, byte) in changes.drain(..) {
            bytes[at % length] = byte;
        }
        if mend {
            resum(&mut bytes);
        }
        if let Ok(set) = Set::open(bytes) {
            for (text, version) in [("PyPI sqlparse", "0.4.1"), ("product meter", "1")] {
                drop(set.answer(&component(text, version)));
                let Some(package) = component(text, "").package else { continue };
                for version in [None, Some(version.into()), Some("sqlparse!".into())] {
                    for by in [By::Order, By::Letters] {
                        drop(set.queried(&package, version.as_ref(), by));
                    }
                }
            }
            drop((set.sources(), set.records_named("GHSA-1"), set.flaw_named("CVE-1")));
            for number in 0..set.records().min(20) {
                drop(set.brief(number));
                if let Ok(Some(meta)) = set.record(number) {
                    let _ = meta.raw.map(|number| set.document(number));
                }
                drop(set.flaw(number));
            }
        }
    }
}

/// Writes the sums anew, as somebody would who forges a set.
fn resum(bytes: &mut [u8]) {
    let Ok(contents) = forged(bytes) else { return };
    let sums = contents.range(Part::Sums);
    let pages: Vec<u8> = bytes[..sums.start.min(bytes.len())]
        .chunks(pages::PAGE_BYTES)
        .flat_map(|page| crc32c::crc32c(page).to_le_bytes())
        .collect();
    if sums.end <= bytes.len() && pages.len() == sums.len() {
        bytes[sums.clone()].copy_from_slice(&pages);
        let footer = bytes.len() - layout::FOOTER_BYTES;
        let end = bytes.len() - 12;
        let sum = crc32c::crc32c_append(crc32c::crc32c(&pages), &bytes[footer..end]);
        bytes[end..end + 4].copy_from_slice(&sum.to_le_bytes());
    }
}

fn forged(bytes: &[u8]) -> Result<Contents, SetFault> {
    // The honest set has the same contents, unless the footer itself was changed.
    Contents::read(bytes).or_else(|_| Contents::read(&built(records())))
}
