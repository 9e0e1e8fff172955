use super::*;
use crate::priority::{EXPOSED_IN_DOUBT, Source};
use crate::set::{Builder, SourceNote};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Interval;
use seawall_domain::record::{AffectedRecord, KevListing, Record, Ssvc};
use seawall_domain::statement::{Status, Whole};

fn at(day: u32) -> Timestamp {
    format!("2026-03-{day:02}T00:00:00Z").parse().unwrap()
}

fn package(name: &str) -> Package {
    Package { ecosystem: Ecosystem::Npm, name: name.into() }
}

fn component(name: &str, version: &str) -> Component {
    Component {
        label: format!("{name} {version}"),
        package: Some(package(name)),
        version: Some(version.into()),
        product: None,
        purl: None,
    }
}

fn record(id: &str, aliases: &[&str], name: &str) -> Record {
    let mut record = Record::named(SourceKind::Osv, id);
    record.aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    record.affected = vec![AffectedRecord {
        package: package(name),
        intervals: vec![Interval {
            introduced: None,
            fixed: Some("2.0.0".into()),
            last_affected: None,
        }],
        versions: Vec::new(),
        commits: Vec::new(),
        basis: None,
        stated_by: None,
        tested: Vec::new(),
    }];
    record
}

fn listed(id: &str, ssvc: Option<(bool, bool)>) -> [Record; 2] {
    let mut kev = Record::named(SourceKind::Kev, id);
    kev.kev = Some(KevListing { added: at(2), due: None, ransomware: None, action: None });
    let mut cve = Record::named(SourceKind::Cve, id);
    cve.ssvc = ssvc.map(|(automatable, total)| Ssvc {
        automatable: Some(automatable),
        total: Some(total),
        ..Ssvc::default()
    });
    [kev, cve]
}

fn set(statements: Vec<VexRecord>) -> Set<Vec<u8>> {
    let mut builder = Builder::default();
    builder.source(SourceNote {
        name: "test".into(),
        records: [(SourceKind::Kev, 2)].into(),
        statements: 0,
        unread: 0,
        as_of: None,
        imported_at: at(1),
    });
    let records = [
        vec![record("GHSA-1", &["CVE-1"], "door"), record("GHSA-2", &["CVE-2"], "gate")],
        vec![record("GHSA-3", &[], "plain"), record("MANY-4", &["CVE-1", "CVE-9"], "both")],
        listed("CVE-1", Some((true, true))).into(),
        listed("CVE-2", None).into(),
    ];
    records.into_iter().flatten().for_each(|record| builder.add(record, None));
    statements.into_iter().for_each(|statement| builder.state(statement));
    let mut bytes = Builder::START.to_vec();
    bytes.extend(builder.finish());
    Set::open(bytes).unwrap()
}

fn circumstances(exposed: Option<bool>) -> Circumstances {
    Circumstances { exposed, detected_at: at(10), statements: Vec::new() }
}

fn assessed(name: &str, exposed: Option<bool>) -> Affected {
    let told = assess(&set(Vec::new()), &[component(name, "1.0.0")], &circumstances(exposed));
    let mut affected = told.unwrap().affected;
    assert_eq!(affected.len(), 1, "{name}");
    affected.remove(0)
}

#[test]
fn the_deadline_rests_on_what_the_sources_say() {
    let door = assessed("door", Some(true)).decision.unwrap();
    assert_eq!((door.row.deadline.days(), door.started_at), (Some(3), at(2)));
    assert_eq!((door.in_kev_from, door.total_from), (Source::Kev, Source::Ssvc));
    let plain = assessed("plain", None).decision.unwrap();
    assert_eq!((plain.row.deadline.days(), plain.exposed_from), (Some(14), EXPOSED_IN_DOUBT));
    assert_eq!(assessed("gate", None).decision, Err(Lacking::Automatable));
}

#[test]
fn a_record_about_several_flaws_is_as_urgent_as_the_worst() {
    let both = assessed("both", Some(false));
    let names: Vec<&str> = both.flaws.iter().map(|flaw| flaw.name()).collect();
    assert_eq!(names, ["CVE-1", "CVE-9"]);
    assert_eq!(both.decision.unwrap().row.deadline.days(), Some(3));
}

fn statement(issuer: &str, status: Status, day: u32) -> VexRecord {
    VexRecord {
        issuer: issuer.into(),
        names: vec!["CVE-1".into()],
        package: package("door"),
        version: None,
        within: None,
        status,
        justification: None,
        at: at(day),
    }
}

/// The verdict on `door` 1.0.0, in an inventory that also lists `house` 3.0.0.
#[track_caller]
fn check(statements: Vec<VexRecord>, expected: Verdict, stated: usize) {
    let inventory = [component("door", "1.0.0"), component("house", "3.0.0")];
    let told = assess(&set(statements), &inventory, &circumstances(None)).unwrap();
    let standing = &told.affected[0].standing;
    assert_eq!((standing.verdict, standing.stated.len()), (expected, stated), "{standing:?}");
}

#[test]
fn issuers_clear_and_contradict() {
    use Status::{Affected, Fixed, NotAffected, UnderInvestigation};
    check(vec![], Verdict::Affected, 0);
    check(vec![statement("a", NotAffected, 1)], Verdict::NotAffected, 1);
    check(vec![statement("a", Fixed, 1)], Verdict::Fixed, 1);
    check(vec![statement("a", UnderInvestigation, 1)], Verdict::Affected, 1);
    check(vec![statement("a", NotAffected, 1), statement("b", Affected, 1)], Verdict::Disputed, 2);
    check(vec![statement("a", NotAffected, 1), statement("a", Affected, 2)], Verdict::Affected, 1);
    check(vec![statement("a", Affected, 1), statement("a", Fixed, 2)], Verdict::Fixed, 1);
    check(vec![statement("a", Affected, 1), statement("a", Fixed, 1)], Verdict::Affected, 1);
}

#[test]
fn a_statement_holds_for_what_it_names() {
    let with = |change: &dyn Fn(&mut VexRecord)| {
        let mut one = statement("a", Status::NotAffected, 1);
        change(&mut one);
        vec![one]
    };
    let cleared = Verdict::NotAffected;
    check(with(&|one| one.version = Some("1.0.0".into())), cleared, 1);
    check(with(&|one| one.version = Some("v1.0".into())), cleared, 1);
    check(with(&|one| one.version = Some("1.0.1".into())), Verdict::Affected, 0);
    check(with(&|one| one.names = vec!["CVE-2".into()]), Verdict::Affected, 0);
    check(with(&|one| one.names = vec!["x".into(), "GHSA-1".into()]), cleared, 1);
    let within = |name: &str, version: Option<&str>| {
        Some(Whole { package: Some(package(name)), version: version.map(Version::from) })
    };
    check(with(&|one| one.within = within("house", None)), cleared, 1);
    check(with(&|one| one.within = within("house", Some("3.0.0"))), cleared, 1);
    check(with(&|one| one.within = within("house", Some("4.0.0"))), Verdict::Affected, 0);
    check(with(&|one| one.within = within("shed", None)), Verdict::Affected, 0);
    check(
        with(&|one| one.within = Some(Whole { package: None, version: None })),
        Verdict::Affected,
        0,
    );
}
