use super::*;
use uuid::Uuid;

fn partner(number: u32) -> PartnerId {
    PartnerId::new(Uuid::from_u128(number.into()))
}

fn map(groups: &[u64], protects: &[&[u32]]) -> Map {
    let declared = protects.iter().map(|of| of.iter().copied().map(Group).collect());
    let groups = (0..).map(Group).zip(groups.iter().copied()).collect();
    Map::of(groups, (0..).map(partner).zip(declared).collect()).unwrap()
}

#[test]
fn each_operator_counts_once_and_who_is_left_is_named() {
    let map = map(&[100, 50, 10, 70], &[&[0, 1], &[1, 2], &[2, 9]]);
    let of = |numbers: &[u32]| map.reach(&numbers.iter().copied().map(partner).collect());
    assert_eq!(of(&[]).left, [Group(0), Group(3), Group(1), Group(2)]);
    assert_eq!((of(&[0]).reached, of(&[0]).whole), (150, 230));
    assert_eq!(of(&[0, 1]).reached, 160);
    assert_eq!(of(&[0, 1, 2]).left, [Group(3)]);
    assert_eq!(of(&[7]).reached, 0);
    assert_eq!(map.choose(9), [partner(0), partner(1)]);
    assert_eq!(map.choose(1), [partner(0)]);
    assert_eq!(map.choose(0), []);
    assert_eq!(Map::default().choose(3), []);
    let many = (0..=PARTNERS_MAX as u32).map(|number| (partner(number), BTreeSet::new()));
    assert_eq!(Map::of(BTreeMap::new(), many.collect()), None);
}

/// A small generator with a fixed course: sectors must be the same in every run.
struct Course(u64);

impl Course {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A sector of 24 groups of small operators and 10 possible partners with three to eight groups.
fn sector(seed: u64) -> Map {
    let mut course = Course(seed);
    let groups: Vec<u64> = (0..24).map(|_| 5 + course.below(200)).collect();
    let protects: Vec<Vec<u32>> = (0..10)
        .map(|_| (0..3 + course.below(6)).map(|_| course.below(24) as u32).collect())
        .collect();
    map(&groups, &protects.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn best(map: &Map, count: u32) -> u64 {
    let sets = (0u32..1 << 10).filter(|set| set.count_ones() == count);
    let reached = sets.map(|set| {
        let chosen = (0..10).filter(|at| set & (1 << at) != 0).map(partner).collect();
        map.reach(&chosen).reached
    });
    reached.max().unwrap_or_default()
}

#[test]
fn choosing_one_by_one_reaches_nine_tenths_of_the_optimum() {
    for seed in 0..40 {
        let map = sector(seed);
        for count in [2, 3, 4] {
            let chosen: BTreeSet<PartnerId> = map.choose(count as usize).into_iter().collect();
            let (reached, optimum) = (map.reach(&chosen).reached, best(&map, count));
            assert!(10 * reached >= 9 * optimum, "{seed} {count}: {reached} of {optimum}");
        }
    }
}
