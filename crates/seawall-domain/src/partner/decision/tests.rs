use super::super::assessment::{self, Panel};
use super::super::rubric::Rubric;
use super::*;
use assessment::tests::{filing, person};
use proptest::prelude::*;

fn at(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
}

fn findings(score: u32) -> Findings {
    Findings { unmet: vec![], disputed: vec![], apart: vec![], weak: vec![], score }
}

fn derived(findings: &Findings, rivalry: Rivalry) -> (Outcome, Vec<Reason>) {
    derive(findings, Rubric::first().unwrap().text(), rivalry)
}

fn decision(score: u32) -> Decision {
    let panel = BTreeSet::from([person(1), person(2)]);
    Decision::make(derived(&findings(score), Rivalry::None), 1, panel, 365, at(0)).unwrap()
}

#[test]
fn outcomes_follow_from_findings_and_always_have_reasons() {
    fn check(change: impl Fn(&mut Findings), rivalry: Rivalry, expected: &Outcome) {
        let mut findings = findings(700);
        change(&mut findings);
        let (outcome, reasons) = derived(&findings, rivalry);
        assert_eq!(&outcome, expected, "{findings:?}");
        assert!(!reasons.is_empty());
    }
    let with = |conditions: &[Condition]| Outcome::AdmitWithConditions {
        conditions: conditions.iter().copied().collect(),
    };
    let small = [Condition::SmallQuota, Condition::NamedPeopleOnly];
    check(|_| {}, Rivalry::None, &Outcome::Admit);
    check(|it| it.score = 600, Rivalry::None, &Outcome::Admit);
    check(|it| it.score = 599, Rivalry::None, &with(&small));
    check(|it| it.score = 450, Rivalry::None, &with(&small));
    check(|it| it.score = 449, Rivalry::None, &Outcome::Decline);
    check(|_| {}, Rivalry::Competitor, &with(&[Condition::NoModelProbing]));
    check(|it| it.unmet = vec![Gate::LegalIdentity], Rivalry::None, &Outcome::Decline);
    check(|it| it.disputed = vec![Gate::LegalIdentity], Rivalry::None, &Outcome::Defer);
    check(|it| it.apart = vec![Criterion::OpenSource], Rivalry::None, &Outcome::Defer);
    check(
        |it| (it.unmet, it.apart) = (vec![Gate::LegalIdentity], vec![Criterion::OpenSource]),
        Rivalry::None,
        &Outcome::Decline,
    );
}

#[test]
fn one_signature_gives_no_access() {
    let (developer, clearinghouse) = (Side::Developer(person(8)), Side::Clearinghouse(person(9)));
    let none = decision(700);
    assert_eq!(none.gives_access(at(1)), None);
    for side in [developer, clearinghouse] {
        let one = none.sign(side, at(1)).unwrap();
        assert_eq!(one.gives_access(at(1)), None, "{side:?}");
        assert_eq!(one.sign(side, at(1)), Err(Refused::Twice));
    }
    let both = none.sign(clearinghouse, at(1)).unwrap().sign(developer, at(2)).unwrap();
    for (day, expected) in [(0, true), (364, true), (365, false), (-1, false)] {
        assert_eq!(both.gives_access(at(day)).is_some(), expected, "{day}");
    }
    let same = none.sign(developer, at(1)).unwrap().sign(Side::Clearinghouse(person(8)), at(1));
    assert_eq!(same, Err(Refused::SecondPersonNeeded));
    assert_eq!(none.sign(Side::Developer(person(1)), at(1)), Err(Refused::OfPanel));
    assert_eq!(none.sign(developer, at(365)), Err(Refused::Over));
}

#[test]
fn whoever_stated_that_it_does_not_compete_does_not_sign() {
    let stated = decision(700).stated(person(9)).unwrap();
    for side in [Side::Clearinghouse(person(9)), Side::Developer(person(9))] {
        assert_eq!(stated.sign(side, at(1)), Err(Refused::OwnStatement), "{side:?}");
    }
    let one = stated.sign(Side::Developer(person(8)), at(1)).unwrap();
    assert_eq!(one.gives_access(at(1)), None);
    let both = one.sign(Side::Clearinghouse(person(10)), at(1)).unwrap();
    assert!(both.gives_access(at(1)).is_some());
    assert_eq!(decision(700).stated(person(1)), Err(Refused::StatedOfPanel));
    // What earlier versions recorded names nobody, and reads and is signed as it was.
    let line = serde_json::to_string(&decision(700)).unwrap();
    assert!(!line.contains("stated_by"), "{line}");
    let read: Decision = serde_json::from_str(&line).unwrap();
    assert!(read.sign(Side::Clearinghouse(person(9)), at(1)).is_ok());
}

#[test]
fn signatures_do_not_make_a_partner_of_whom_the_rubric_does_not_admit() {
    let declined = decision(100).sign(Side::Developer(person(8)), at(1)).unwrap();
    let declined = declined.sign(Side::Clearinghouse(person(9)), at(1)).unwrap();
    assert_eq!(declined.gives_access(at(2)), None);
    let limited = decision(500).sign(Side::Developer(person(8)), at(1)).unwrap();
    let limited = limited.sign(Side::Clearinghouse(person(9)), at(1)).unwrap();
    assert_eq!(limited.gives_access(at(2)).map(|conditions| conditions.len()), Some(2));
    let panel = BTreeSet::from([person(1)]);
    for days in [0, -1, 366] {
        let told = Decision::make((Outcome::Admit, vec![]), 1, panel.clone(), days, at(0));
        assert_eq!(told, Err(Refused::Life), "{days}");
    }
}

proptest! {
    /// Whoever has the marks derives the same decision.
    #[test]
    fn a_decision_can_be_derived_again(marks in prop::collection::vec(0u8..=4, 2..4)) {
        let rubric = Rubric::first().unwrap();
        let again = || {
            let mut panel = Panel::of((1..=marks.len() as u128).map(person)).unwrap();
            for (number, mark) in (1..).zip(&marks) {
                panel = panel.file(person(number), filing(*mark), &rubric).unwrap();
            }
            derive(&panel.findings(&rubric).unwrap(), rubric.text(), Rivalry::None)
        };
        prop_assert_eq!(again(), again());
        prop_assert!(!again().1.is_empty());
    }
}
