use super::*;
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

pub(crate) fn filing(mark: u8) -> Filing {
    let yes = Answer::Yes { evidence: Digest::new([1; 32]) };
    Filing {
        gates: Gate::ALL.into_iter().map(|gate| (gate, yes)).collect(),
        marks: Criterion::ALL.into_iter().map(|criterion| (criterion, mark)).collect(),
    }
}

fn rubric() -> Rubric {
    Rubric::first().unwrap()
}

fn panel() -> Panel {
    Panel::of([person(1), person(2)]).unwrap()
}

#[test]
fn nobody_sees_another_filing_before_all_have_filed() {
    let one = panel().file(person(1), filing(3), &rubric()).unwrap();
    assert_eq!(one.seen_by(person(1)).len(), 1);
    assert_eq!(one.seen_by(person(2)).len(), 0);
    assert_eq!(one.findings(&rubric()), Err(Refused::Blind));
    assert_eq!(one.file(person(1), filing(4), &rubric()), Err(Refused::Twice));
    assert_eq!(one.file(person(9), filing(4), &rubric()), Err(Refused::NotOfPanel));
    let both = one.file(person(2), filing(2), &rubric()).unwrap();
    assert_eq!(both.seen_by(person(2)).len(), 2);
    assert_eq!(both.seen_by(person(9)).len(), 0);
    assert_eq!(both.findings(&rubric()).map(|found| found.score), Ok(625));
}

#[test]
fn a_filing_is_complete() {
    fn check(change: impl Fn(&mut Filing)) {
        let mut filing = filing(3);
        change(&mut filing);
        assert_eq!(panel().file(person(1), filing, &rubric()), Err(Refused::Incomplete));
    }
    check(|it| it.gates.retain(|gate, _| *gate != Gate::LegalIdentity));
    check(|it| it.marks.retain(|of, _| *of != Criterion::EmbargoRecord));
    check(|it| it.marks.extend([(Criterion::OpenSource, 5)]));
    for count in [0, 1, 6] {
        assert_eq!(Panel::of((0..count).map(person)), Err(Refused::Size), "{count}");
    }
    // One person named twice is one person.
    assert_eq!(Panel::of([person(1), person(1)]), Err(Refused::Size));
}

#[test]
fn doubts_are_named() {
    let mut other = filing(3);
    other.gates.insert(Gate::SecurityOfficer, Answer::No);
    other.gates.insert(Gate::InsiderProgramme, Answer::No);
    other.marks.insert(Criterion::EmbargoRecord, 1);
    other.marks.insert(Criterion::OpenSource, 0);
    let mut first = filing(3);
    first.gates.insert(Gate::InsiderProgramme, Answer::No);
    first.marks.insert(Criterion::OpenSource, 1);
    let both = panel().file(person(1), first, &rubric()).unwrap();
    let both = both.file(person(2), other, &rubric()).unwrap();
    let found = both.findings(&rubric()).unwrap();
    assert_eq!(found.unmet, [Gate::InsiderProgramme]);
    assert_eq!(found.disputed, [Gate::SecurityOfficer]);
    assert_eq!(found.apart, [Criterion::EmbargoRecord]);
    assert_eq!(found.weak, [(Criterion::OpenSource, 5)]);
    // A third person settles it.
    let three = both.join(person(3)).unwrap();
    assert_eq!(three.findings(&rubric()), Err(Refused::Blind));
    assert_eq!(three.seen_by(person(3)).len(), 0, "it sees no more than the others did");
    let three = three.file(person(3), filing(3), &rubric()).unwrap();
    assert_eq!(three.findings(&rubric()).unwrap().apart, []);
    assert_eq!(both.join(person(1)), Err(Refused::Twice));
}

proptest! {
    /// The order of filing does not matter.
    #[test]
    fn findings_do_not_depend_on_order(marks in prop::collection::vec(0u8..=4, 2..=5)) {
        let count = marks.len();
        let empty = Panel::of((0..count as u128).map(person)).unwrap();
        let filed = |order: Vec<usize>| {
            order.into_iter().fold(empty.clone(), |panel, at| {
                panel.file(person(at as u128), filing(marks[at]), &rubric()).unwrap()
            })
        };
        let (one, other) = (filed((0..count).collect()), filed((0..count).rev().collect()));
        prop_assert_eq!(one.findings(&rubric()).unwrap(), other.findings(&rubric()).unwrap());
    }
}
