use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn holding(parent: u128, sector: Sector, size: Size, seats: u64, tokens: u64) -> Holding {
    Holding { parent: PartyId::new(Uuid::from_u128(parent)), sector, size, seats, tokens }
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
        report.parents.iter().map(|share| (share.seats, share.tokens)).collect();
    assert_eq!(parents, [(600, 600), (200, 200), (150, 100), (50, 100)]);
    let sectors: Vec<(Option<Sector>, u32)> =
        report.sectors.iter().map(|share| (share.group, share.tokens)).collect();
    let expected =
        [(Some(Sector::Security), 400), (Some(Sector::Cloud), 500), (Some(Sector::Water), 100)];
    assert_eq!(sectors, expected);
    // 0.6² + 0.2² + 0.1² + 0.1²
    assert_eq!(report.index, 4_200);
}

#[test]
fn what_is_public_names_nobody() {
    let public = public(&five());
    let sectors: Vec<(Option<Sector>, usize, u32)> =
        public.sectors.iter().map(|it| (it.group, it.parents, it.tokens)).collect();
    assert_eq!(sectors, [(Some(Sector::Security), 3, 400), (None, 2, 600)]);
    assert_eq!((public.parents, public.largest, public.index), (4, 600, 4_200));
    let written = serde_json::to_string(&public).unwrap();
    assert!(!written.contains("00000000"), "{written}");
}

#[test]
fn nothing_is_shared_where_nothing_is() {
    assert_eq!(report(&[]).parents, []);
    assert_eq!(report(&[]).index, 0);
    let none = report(&[holding(1, Sector::Water, Size::Small, 0, 0)]);
    assert_eq!(none.parents.first().map(|share| (share.seats, share.tokens)), Some((0, 0)));
    let most = report(&[
        holding(1, Sector::Water, Size::Small, u64::MAX, u64::MAX),
        holding(2, Sector::Water, Size::Small, u64::MAX, u64::MAX),
    ]);
    assert_eq!(most.index, 5_000);
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
            (shares.iter().map(|it| it.seats).sum(), shares.iter().map(|it| it.tokens).sum())
        };
        prop_assert_eq!(sums(&whole.sectors), (seats, tokens));
        prop_assert_eq!(sums(&shown.sectors), (seats, tokens));
        prop_assert!(whole.index <= 10_000);
        let hides = |it: &Share<Sector>| it.group.is_none() || it.parents >= PARENTS_MIN;
        prop_assert!(shown.sectors.iter().all(hides));
    }
}
