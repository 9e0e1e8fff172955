use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

fn line(group: u32, sector: Sector, region: &str, operators: u64) -> Line {
    Line {
        group: Group(group),
        name: format!("group {group}"),
        sector,
        size: Size::Small,
        region: region.to_owned(),
        operators,
        source: "a register of that year".into(),
        as_of: date(2026, 6, 30),
    }
}

fn today() -> Date {
    date(2026, 9, 1)
}

fn table() -> Table {
    let lines = vec![
        line(1, Sector::Water, "KS", 900),
        line(2, Sector::Water, "IA", 1_100),
        line(3, Sector::Health, "KS", 40),
        line(4, Sector::Health, "", 5_000),
    ];
    Table::of(lines, today()).unwrap()
}

fn protects(declared: &[&[u32]]) -> BTreeMap<PartnerId, BTreeSet<Group>> {
    let partner = |number: usize| PartnerId::new(Uuid::from_u128(number as u128));
    let groups = |of: &[u32]| of.iter().copied().map(Group).collect();
    declared.iter().enumerate().map(|(number, of)| (partner(number), groups(of))).collect()
}

#[test]
fn coverage_counts_each_operator_once() {
    let check = |declared: &[&[u32]], covered: u64, left: &[u32], unknown: &[u32]| {
        let told = table().coverage(&protects(declared));
        assert_eq!(told.whole, Count { existing: 7_040, covered }, "{declared:?}");
        assert_eq!(told.whole.uncovered(), 7_040 - covered);
        let groups: Vec<u32> = told.left().iter().map(|line| line.group.0).collect();
        assert_eq!(groups, left, "{declared:?}");
        assert_eq!(told.unknown.iter().map(|group| group.0).collect::<Vec<_>>(), unknown);
    };
    check(&[], 0, &[4, 2, 1, 3], &[]);
    check(&[&[1]], 900, &[4, 2, 3], &[]);
    check(&[&[1], &[1, 3]], 940, &[4, 2], &[]);
    check(&[&[1, 2, 3, 4]], 7_040, &[], &[]);
    // Nobody brought in how many there are in these.
    check(&[&[9, 1], &[8]], 900, &[4, 2, 3], &[8, 9]);
}

#[test]
fn coverage_is_told_by_sector_size_and_region() {
    let told = table().coverage(&protects(&[&[1, 3]]));
    let count = |existing, covered| Count { existing, covered };
    let sectors = [(Sector::Health, count(5_040, 40)), (Sector::Water, count(2_000, 900))];
    assert_eq!(told.sectors, sectors);
    assert_eq!(told.sizes, [(Size::Small, count(7_040, 940))]);
    let regions = [("", count(5_000, 0)), ("IA", count(1_100, 0)), ("KS", count(940, 940))];
    let regions = regions.map(|(region, count)| (region.to_owned(), count));
    assert_eq!(told.regions, regions);
    let declared = BTreeSet::from([Group(1), Group(7)]);
    assert_eq!(table().within(&declared), (900, BTreeSet::from([Group(7)])));
}

#[test]
fn a_table_that_does_not_hold_is_refused_by_line_and_column() {
    let check = |change: &dyn Fn(&mut Vec<Line>), line: usize, column: &str, why: Why| {
        let mut lines = table().lines().to_vec();
        change(&mut lines);
        let unfit = Table::of(lines, today()).unwrap_err();
        assert_eq!((unfit.line, unfit.column, unfit.why), (line, column, why));
    };
    check(&|it| it[2].group = Group(1), 2, "group", Why::Twice);
    check(&|it| it[3].operators = OPERATORS_MAX + 1, 3, "operators", Why::TooMany);
    check(&|it| it[0].name = " ".into(), 0, "name", Why::Text(NAME_LEN_MAX));
    check(&|it| it[0].name = "a\nb".into(), 0, "name", Why::Text(NAME_LEN_MAX));
    check(&|it| it[1].source.clear(), 1, "source", Why::Text(SOURCE_LEN_MAX));
    check(&|it| it[1].source = "x".repeat(301), 1, "source", Why::Text(SOURCE_LEN_MAX));
    check(&|it| it[1].region = "x".repeat(81), 1, "region", Why::Text(REGION_LEN_MAX));
    check(&|it| it[1].as_of = date(2026, 9, 2), 1, "as_of", Why::Ahead);
    check(&|it| it.clear(), 0, "group", Why::Lines);
}

/// The groups that one partner declares, some of them twice.
fn declared() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(0u32..50, 0..20)
}

proptest! {
    #[test]
    fn covered_never_exceeds_what_exists(
        operators in proptest::collection::vec(0..=OPERATORS_MAX, 1..40),
        declared in proptest::collection::vec(declared(), 0..6),
    ) {
        let lines = (0u32..).zip(&operators).map(|(group, operators)| {
            line(group, Sector::Energy, "", *operators)
        });
        let table = Table::of(lines.collect(), today()).unwrap();
        let declared: Vec<&[u32]> = declared.iter().map(Vec::as_slice).collect();
        let told = table.coverage(&protects(&declared));
        let left: u64 = told.left().iter().map(|line| line.operators).sum();
        prop_assert_eq!(told.whole.existing, operators.iter().sum::<u64>());
        prop_assert_eq!(told.whole.covered + left, told.whole.existing);
    }
}
