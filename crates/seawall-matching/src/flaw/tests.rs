use super::*;
use proptest::prelude::*;
use seawall_domain::record::{Epss, Ssvc};

/// Records as `id = alias alias`; flaws as `name name: id id`.
#[track_caller]
fn check(records: &[&str], expected: &[&str]) {
    let read: Vec<(String, Vec<String>)> = records
        .iter()
        .map(|line| {
            let (id, aliases) = line.split_once('=').unwrap_or((line, ""));
            let aliases = aliases.split_whitespace().map(str::to_owned).collect();
            (id.trim().to_owned(), aliases)
        })
        .collect();
    for turn in 0..read.len() {
        let mut turned = read.clone();
        turned.rotate_left(turn);
        let named: Vec<Named<'_>> =
            turned.iter().map(|(id, aliases)| Named { id, aliases }).collect();
        let told: Vec<String> = group(&named)
            .into_iter()
            .map(|(names, members)| {
                let mut ids: Vec<&str> = members.iter().map(|at| turned[*at].0.as_str()).collect();
                ids.sort_unstable();
                format!("{}: {}", names.join(" "), ids.join(" "))
            })
            .collect();
        assert_eq!(told, expected, "turned by {turn}");
    }
}

#[test]
fn records_meet_by_their_names() {
    check(
        &["PYSEC-1 = CVE-1 GHSA-1", "GHSA-1 = CVE-1", "CVE-1"],
        &["CVE-1 GHSA-1 PYSEC-1: CVE-1 GHSA-1 PYSEC-1"],
    );
    check(
        &["GO-1 = GHSA-9", "PYSEC-2 = GHSA-9", "CVE-3"],
        &["CVE-3: CVE-3", "GHSA-9 GO-1 PYSEC-2: GO-1 PYSEC-2"],
    );
    check(&["RUSTSEC-1", "RUSTSEC-2"], &["RUSTSEC-1: RUSTSEC-1", "RUSTSEC-2: RUSTSEC-2"]);
}

#[test]
fn two_cves_never_become_one_flaw() {
    check(
        &["USN-1 = CVE-1 CVE-2", "CVE-1", "CVE-2"],
        &["CVE-1: CVE-1 USN-1", "CVE-2: CVE-2 USN-1"],
    );
    check(
        &["A-1 = X", "B-1 = X CVE-2", "CVE-1 = A-1"],
        &["CVE-1: CVE-1", "CVE-2 A-1 B-1 X: A-1 B-1"],
    );
}

fn at(day: u32) -> Timestamp {
    format!("2026-01-{day:02}T00:00:00Z").parse().unwrap()
}

fn ssvc(automatable: bool) -> Ssvc {
    Ssvc { automatable: Some(automatable), total: Some(true), ..Ssvc::default() }
}

fn records() -> Vec<Record> {
    let mut osv = Record::named(Osv, "GHSA-1");
    osv.summary = "as the package's database says".into();
    osv.weaknesses = vec![Cwe(79)];
    osv.modified = Some(at(2));
    osv.scores = vec![Score { vector: "CVSS:3.1/a".into(), by: None }];
    let mut newer = Record::named(Osv, "PYSEC-1");
    newer.summary = "as it says since".into();
    newer.modified = Some(at(3));
    newer.scores = osv.scores.clone();
    let mut cve = Record::named(Cve, "CVE-1");
    cve.summary = "as the list says".into();
    cve.weaknesses = vec![Cwe(80), Cwe(79)];
    cve.ssvc = Some(ssvc(false));
    let mut own = Record::named(SourceKind::Ssvc, "CVE-1");
    own.ssvc = Some(ssvc(true));
    let mut kev = Record::named(Kev, "CVE-1");
    kev.kev = Some(KevListing {
        added: at(1),
        due: None,
        ransomware: Some(true),
        action: Some("apply the update".into()),
    });
    let mut epss = Record::named(SourceKind::Epss, "CVE-1");
    epss.epss = Some(Epss { probability_ppm: 900_000, percentile_ppm: 990_000 });
    vec![osv, newer, cve, own, kev, epss]
}

fn merged(records: &[Record]) -> Flaw {
    let records: Vec<&Record> = records.iter().collect();
    merge(vec!["CVE-1".into(), "GHSA-1".into(), "PYSEC-1".into()], &records)
}

#[test]
fn each_field_keeps_its_source() {
    let flaw = merged(&records());
    let told = |origin: &Origin| origin.to_string();
    let summary = flaw.summary.as_ref().map(|s| (s.value.as_str(), told(&s.origin)));
    assert_eq!(summary, Some(("as it says since", "osv PYSEC-1".into())));
    let weakness = flaw.weakness.as_ref().map(|w| (w.value, told(&w.origin)));
    assert_eq!(weakness, Some((Cwe(80), "cve CVE-1".into())));
    let automatable = flaw.automatable.as_ref().map(|a| (a.value, told(&a.origin)));
    assert_eq!(automatable, Some((true, "ssvc CVE-1".into())));
    assert_eq!(flaw.kev.as_ref().map(|kev| kev.value.added), Some(at(1)));
    assert_eq!(flaw.remedy.as_ref().map(|remedy| remedy.value.as_str()), Some("apply the update"));
    assert_eq!(flaw.epss.as_ref().map(|epss| epss.value.probability_ppm), Some(900_000));
    assert_eq!(flaw.scores.len(), 1);
    let differ: Vec<(Field, &str, &str)> = flaw
        .conflicts
        .iter()
        .map(|one| (one.field, one.believed.1.as_str(), one.differs.1.as_str()))
        .collect();
    assert_eq!(differ, [(Field::Weakness, "CWE-80", "CWE-79"), (Field::Automatable, "yes", "no"),]);
}

#[test]
fn the_precedence_is_pinned() {
    let told: Vec<String> = PRECEDENCE
        .iter()
        .map(|(field, kinds)| {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            format!("{field:?}: {}", kinds.join(", "))
        })
        .collect();
    assert_eq!(
        told,
        [
            "Summary: osv, csaf, cve",
            "Weakness: cve, osv, csaf",
            "Remedy: osv, csaf, kev",
            "Workaround: osv, csaf",
            "Kev: kev, cve",
            "Exploitation: ssvc, cve",
            "Automatable: ssvc, cve",
            "TechnicalImpact: ssvc, cve",
            "Epss: epss",
        ]
    );
}

#[test]
fn what_was_withdrawn_says_nothing_but_that() {
    let mut all = records();
    for record in &mut all {
        record.withdrawn = (record.kind == Cve).then(|| at(9));
    }
    let flaw = merged(&all);
    assert_eq!(flaw.rejected.map(|rejected| rejected.value), Some(at(9)));
    assert_eq!(flaw.weakness.map(|weakness| weakness.value), Some(Cwe(79)));
    assert!(flaw.conflicts.is_empty());
}

proptest! {
    #[test]
    fn the_order_of_the_records_does_not_matter(shuffled in Just(records()).prop_shuffle()) {
        prop_assert_eq!(merged(&shuffled), merged(&records()));
    }
}
