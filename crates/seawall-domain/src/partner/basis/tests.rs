use super::super::concentration::{Sector, Size};
use super::super::reach::{Group, Line};
use super::*;
use jiff::civil::date;

fn digest(number: u8) -> Digest {
    Digest::new([number; 32])
}

fn at() -> Timestamp {
    "2026-09-01T09:00:00Z".parse().unwrap()
}

fn rubric(version: u32) -> Rubric {
    let mut text = Rubric::first().unwrap().text().clone();
    text.version = version;
    text.try_into().unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

/// The basis after both people have signed for something.
fn twice(basis: &Basis, sign: impl Fn(&Basis, PersonId) -> Decided) -> Decided {
    let (asked, fact) = sign(basis, person(1))?;
    assert!(matches!(fact, BasisFact::ChangeAsked { .. }), "{fact:?}");
    assert_eq!(Basis::apply(Some(basis.clone()), &fact, at()).as_ref(), Some(&asked));
    assert_eq!(sign(&asked, person(1)).unwrap_err(), Refused::SecondPersonNeeded);
    sign(&asked, person(2))
}

#[test]
fn one_person_puts_nothing_in_force() {
    let publish = |basis: &Basis, text: u8, by: u128| {
        basis.publish_rubric(&rubric(2), digest(text), person(by), at())
    };
    let (one, _) = publish(&Basis::default(), 9, 1).unwrap();
    assert_eq!((one.rubric(), one.asked().len()), (FIRST_RUBRIC, 1));
    // Another text is another matter: it takes the place of the one that waits.
    let (other, _) = publish(&one, 8, 2).unwrap();
    assert_eq!(other.rubric(), FIRST_RUBRIC);
    let change = Change::Rubric { version: 2, text: digest(8) };
    assert_eq!(other.asked(), [Asked { change, by: person(2) }]);
    assert_eq!(publish(&other, 8, 2), Err(Refused::SecondPersonNeeded));
    let (both, fact) = publish(&other, 8, 1).unwrap();
    assert_eq!((both.rubric(), both.asked()), (2, [].as_slice()));
    assert_eq!(
        fact,
        BasisFact::RubricPublished {
            version: 2,
            text: digest(8),
            by: Some([person(2), person(1)]),
        }
    );
}

#[test]
fn what_earlier_versions_recorded_is_in_force_and_reads() {
    let text = digest(9);
    let old = format!(r#"{{"kind":"rubric_published","version":2,"text":"{text}"}}"#);
    let fact: BasisFact = serde_json::from_str(&old).unwrap();
    assert_eq!(serde_json::to_string(&fact).unwrap(), old);
    assert_eq!(Basis::apply(None, &fact, at()).unwrap().rubric(), 2);
}

#[test]
fn each_rubric_follows_the_one_before() {
    let mut basis = Basis::default();
    assert_eq!(basis.rubric(), FIRST_RUBRIC);
    let mut check = |version: u32, expected: Result<u32, Refused>| {
        let told = twice(&basis, |it, by| it.publish_rubric(&rubric(version), digest(9), by, at()));
        let told = told.map(|(next, fact)| {
            assert_eq!(Basis::apply(Some(basis.clone()), &fact, at()).as_ref(), Some(&next));
            assert_eq!(next.asked(), []);
            basis = next;
            basis.rubric()
        });
        assert_eq!(told, expected, "{version}");
    };
    check(1, Err(Refused::Version { given: 1, next: 2 }));
    check(3, Err(Refused::Version { given: 3, next: 2 }));
    check(2, Ok(2));
    check(2, Err(Refused::Version { given: 2, next: 3 }));
    check(3, Ok(3));
    assert_eq!(basis.rubrics.len(), 2, "the one before stays");
}

#[test]
fn a_new_table_takes_the_place_of_the_old_one() {
    let line = |group: u32, operators: u64| Line {
        group: Group(group),
        name: "utilities".into(),
        sector: Sector::Water,
        size: Size::Small,
        region: format!("region {group}"),
        operators,
        source: "a register".into(),
        as_of: date(2026, 6, 30),
    };
    let (first, second) = (vec![line(1, 10)], vec![line(1, 12), line(2, 30)]);
    let table = |lines| Table::of(lines, date(2026, 9, 1)).unwrap();
    let (first, second) = (table(first), table(second));
    let brings = |basis: &Basis, table: &Table, number: u8| {
        twice(basis, |it, by| it.bring_operators(table, digest(number), by, at()))
    };
    let (basis, _) = brings(&Basis::default(), &first, 1).unwrap();
    assert_eq!(brings(&basis, &first, 1), Err(Refused::Same));
    let (basis, fact) = brings(&basis, &second, 2).unwrap();
    let brought = Brought { table: digest(2), groups: 2, operators: 42, at: at() };
    assert_eq!(basis.operators, Some(brought));
    assert!(matches!(fact, BasisFact::OperatorsBrought { groups: 2, operators: 42, .. }));
}

#[test]
fn days_off_are_named_within_a_bound() {
    let days = |count: i16| (0..count).map(|day| date(2_000 + day, 1, 2)).collect();
    let many = Calendar::Named { days: days(DAYS_OFF_MAX as i16 + 1) };
    assert_eq!(Basis::default().name_days_off(many, at()), Err(Refused::DaysOff));
    let few = Calendar::Federal { besides: days(3) };
    let (basis, _) = Basis::default().name_days_off(few.clone(), at()).unwrap();
    assert_eq!(basis.calendar, few);
}

#[test]
fn it_is_written_as_it_was_and_reads_back() {
    let basis = Basis {
        rubrics: [(2, digest(3))].into(),
        operators: Some(Brought { table: digest(1), groups: 1, operators: 10, at: at() }),
        calendar: Calendar::Federal { besides: [date(2026, 12, 24)].into() },
        asked: Vec::new(),
    };
    let written = serde_json::to_string(&basis).unwrap();
    assert!(written.contains(r#""days_off":"federal","besides":["2026-12-24"]"#), "{written}");
    assert_eq!(serde_json::from_str::<Basis>(&written).unwrap(), basis);
}
