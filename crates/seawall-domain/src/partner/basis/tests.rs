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

#[test]
fn each_rubric_follows_the_one_before() {
    let mut basis = Basis::default();
    assert_eq!(basis.rubric(), FIRST_RUBRIC);
    let mut check = |version: u32, expected: Result<u32, Refused>| {
        let told = basis.publish_rubric(&rubric(version), digest(9), at());
        let told = told.map(|(next, fact)| {
            assert_eq!(Basis::apply(Some(basis.clone()), &fact, at()).as_ref(), Some(&next));
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
    let (basis, _) = Basis::default().bring_operators(&first, digest(1), at()).unwrap();
    assert_eq!(basis.bring_operators(&first, digest(1), at()), Err(Refused::Same));
    let (basis, fact) = basis.bring_operators(&second, digest(2), at()).unwrap();
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
    };
    let written = serde_json::to_string(&basis).unwrap();
    assert!(written.contains(r#""days_off":"federal","besides":["2026-12-24"]"#), "{written}");
    assert_eq!(serde_json::from_str::<Basis>(&written).unwrap(), basis);
}
