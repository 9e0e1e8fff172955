use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn holding(parent: u128, sector: Sector, size: Size, seats: u64, tokens: u64) -> Holding {
    let parent = PartyId::new(Uuid::from_u128(parent));
    Holding { parent, sector, size, seats, tokens: Some(tokens) }
}

fn five() -> Vec<Holding> {
    vec![
        holding(1, Sector::Cloud, Size::Large, 10, 500),
        holding(1, Sector::Security, Size::Medium, 2, 100),
        holding(2, Sector::Security, Size::Medium, 4, 200),
        holding(3, Sector::Security, Size::Small, 3, 100),
        holding(4, Sector::Water, Size::Small, 1, 100),
    ]
}

#[test]
fn shares_are_of_seats_and_of_tokens() {
    let report = report(&five());
    let parents: Vec<(u32, u32)> =
        report.parents.iter().map(|share| (share.seats, share.tokens.unwrap())).collect();
    assert_eq!(parents, [(600, 600), (200, 200), (150, 100), (50, 100)]);
    let sectors: Vec<(Option<Sector>, u32)> =
        report.sectors.iter().map(|share| (share.group, share.tokens.unwrap())).collect();
    let expected =
        [(Some(Sector::Security), 400), (Some(Sector::Cloud), 500), (Some(Sector::Water), 100)];
    assert_eq!(sectors, expected);
    // 0.6² + 0.2² + 0.1² + 0.1²
    assert_eq!(report.index, Some(4_200));
    assert_eq!(report.uncounted, 0);
}

#[test]
fn what_is_public_names_nobody() {
    let check = |holdings: &[Holding], expected: &[(Option<Sector>, usize, u32)]| {
        let public = public(holdings);
        let sectors: Vec<(Option<Sector>, usize, u32)> =
            public.sectors.iter().map(|it| (it.group, it.parents, it.tokens.unwrap())).collect();
        assert_eq!(sectors, expected);
        let written = serde_json::to_string(&public).unwrap();
        assert!(!written.contains("00000000"), "{written}");
        public
    };
    // Two small groups together have too few, so the next one goes with them.
    let public = check(&five(), &[(None, 4, 1_000)]);
    assert_eq!((public.parents, public.largest, public.index), (4, Some(600), Some(4_200)));
    let mut more = five();
    more.push(holding(5, Sector::Energy, Size::Small, 1, 1_000));
    check(&more, &[(Some(Sector::Security), 3, 200), (None, 3, 800)]);
}

#[test]
fn tokens_that_nobody_counted_are_not_known() {
    let mut some = five();
    some[4].tokens = None;
    let told = report(&some);
    assert_eq!(told.uncounted, 1);
    let parents: Vec<u32> = told.parents.iter().map(|share| share.tokens.unwrap()).collect();
    assert_eq!(parents, [667, 222, 111, 0], "among those that were counted");
    let shown = public(&some);
    assert_eq!((shown.largest, shown.index), (None, None));
    assert!(shown.sectors.iter().all(|share| share.tokens.is_none()));
    assert_eq!(shown.sectors.iter().map(|share| share.seats).sum::<u32>(), 1_000);
    some.iter_mut().for_each(|it| it.tokens = None);
    let told = report(&some);
    assert_eq!((told.index, told.uncounted), (None, 5));
    assert!(told.parents.iter().all(|share| share.tokens.is_none()));
}

#[test]
fn nothing_is_shared_where_nothing_is() {
    assert_eq!(report(&[]).parents, []);
    assert_eq!(report(&[]).index, None);
    assert_eq!(public(&[]).index, None);
    let none = report(&[holding(1, Sector::Water, Size::Small, 0, 0)]);
    assert_eq!(none.parents.first().map(|share| (share.seats, share.tokens)), Some((0, Some(0))));
    let most = report(&[
        holding(1, Sector::Water, Size::Small, u64::MAX, u64::MAX),
        holding(2, Sector::Water, Size::Small, u64::MAX, u64::MAX),
    ]);
    assert_eq!(most.index, Some(5_000));
}

proptest! {
    /// Shares add up, in every grouping, public or not; the order of holdings does not matter.
    #[test]
    fn shares_add_up(
        given in prop::collection::vec((0u128..6, 0usize..3, 0u64..9, 0u64..1_000), 1..20),
    ) {
        let sectors = [Sector::Cloud, Sector::Water, Sector::Health];
        let sizes = [Size::Small, Size::Medium, Size::Large];
        let mut holdings: Vec<Holding> = given
            .iter()
            .map(|(parent, at, seats, tokens)| {
                holding(*parent, sectors[*at], sizes[2 - *at], *seats, *tokens)
            })
            .collect();
        let (whole, shown) = (report(&holdings), public(&holdings));
        holdings.reverse();
        prop_assert_eq!(&report(&holdings), &whole);
        let full = |any: u64| if any > 0 { 1_000 } else { 0 };
        let seats = full(given.iter().map(|it| it.2).sum());
        let tokens = full(given.iter().map(|it| it.3).sum());
        let sums = |shares: &[Share<Sector>]| -> (u32, u32) {
            let tokens = shares.iter().map(|it| it.tokens.unwrap_or_default());
            (shares.iter().map(|it| it.seats).sum(), tokens.sum())
        };
        prop_assert_eq!(sums(&whole.sectors), (seats, tokens));
        prop_assert_eq!(sums(&shown.sectors), (seats, tokens));
        prop_assert!(whole.index.is_some_and(|index| index <= 10_000));
        // Where there are too few altogether, one rest has them all.
        let alone = shown.sectors.len() == 1;
        let hides = |it: &Share<Sector>| {
            it.parents >= PARENTS_MIN || (alone && it.group.is_none())
        };
        prop_assert!(shown.sectors.iter().all(hides));
    }
}
