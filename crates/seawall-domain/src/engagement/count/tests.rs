use super::super::Weights;
use super::super::lineage::{Lineage, Span};
use super::super::window::{Offer, WindowFact};
use super::*;
use crate::id::{EngagementId, PersonId};
use crate::time::SignedDuration;
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn party(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

fn window(number: u128) -> WindowId {
    WindowId::new(Uuid::from_u128(number))
}

fn key(number: u8) -> GatewayKey {
    GatewayKey(Digest::new([number; 32]))
}

const OFFICIAL: Who = Who::Official(PersonId::new(Uuid::from_u128(3)));

/// An engagement that has had a window of this ring since the beginning of 2026.
fn engaged(ring: Ring) -> Engagement {
    let (id, snapshot) = (EngagementId::new(Uuid::from_u128(1)), Digest::new([1; 32]));
    let start = at("2026-01-05T00:00:00Z");
    let offer = Offer {
        window: window(1),
        ring,
        seconds: 864_000,
        snapshot,
        terms: Digest::new([2; 32]),
        answer_by: start + SignedDuration::from_hours(24),
    };
    let span = Span { start, end: start + SignedDuration::from_hours(240) };
    let moved = |fact| EngagementFact::WindowMoved { fact };
    let facts = [
        EngagementFact::Opened {
            id,
            developer: party(9),
            weights: Weights::Held,
            lineage: Lineage::of(snapshot),
        },
        moved(WindowFact::Offered { offer }),
        moved(WindowFact::Accepted),
        moved(WindowFact::Began { window: window(1), ring, span }),
        EngagementFact::GatewayNamed { key: key(7), window: None, by: None },
    ];
    facts.iter().fold(None, |state, fact| Engagement::apply(state, fact, start)).unwrap()
}

fn used(number: u128, tokens_in: u64) -> Used {
    Used { party: party(number), requests: 1, tokens_in, tokens_out: 1 }
}

fn count(lines: u64, parties: Vec<Used>) -> Count {
    let root = Digest::new([lines as u8; 32]);
    Count { window: window(1), head: Head { lines, root }, parties }
}

#[test]
fn a_count_is_of_a_named_gateway_a_window_of_ours_and_newer() {
    let of = engaged(Ring::Partners);
    let now = at("2026-02-01T00:00:00Z");
    let bring = |of: &Engagement, key, count, who| {
        of.bring_count((key, count), Digest::new([5; 32]), who, now).map(|(next, _)| next)
    };
    let check = |key, count: Count, who, expected: Refused| {
        assert_eq!(bring(&of, key, count.clone(), who).unwrap_err(), expected, "{count:?}");
    };
    check(key(8), count(3, vec![]), OFFICIAL, Refused::NoGateway);
    check(key(7), count(3, vec![]), Who::Clock, Refused::NotYours);
    check(key(7), count(3, vec![]), Who::Evaluator(PersonId::new(Uuid::nil())), Refused::NotYours);
    let foreign = Count { window: window(2), ..count(3, vec![]) };
    check(key(7), foreign, OFFICIAL, Refused::NoWindow);
    check(key(7), count(3, vec![used(2, 1), used(1, 1)]), OFFICIAL, Refused::BadCount);
    check(key(7), count(3, vec![used(1, 1), used(1, 1)]), OFFICIAL, Refused::BadCount);
    let many = (0..=PARTIES_MAX as u128).map(|number| used(number, 1)).collect();
    check(key(7), count(3, many), OFFICIAL, Refused::BadCount);
    let counted = bring(&of, key(7), count(3, vec![used(1, 5)]), OFFICIAL).unwrap();
    for lines in [1, 3] {
        let again = bring(&counted, key(7), count(lines, vec![]), OFFICIAL);
        assert_eq!(again.unwrap_err(), Refused::OlderCount);
    }
    let newer = bring(&counted, key(7), count(4, vec![used(1, 8)]), OFFICIAL).unwrap();
    assert_eq!(newer.counts.kept().len(), 1, "the newest takes the place of the older one");
    assert_eq!(newer.tokens_of(party(1), Timestamp::MAX), Tokens::Counted(9));
}

#[test]
fn tokens_are_known_where_each_partners_window_was_counted() {
    let now = at("2026-02-01T00:00:00Z");
    let of = engaged(Ring::Partners);
    assert_eq!(of.tokens_of(party(1), Timestamp::MAX), Tokens::Unknown);
    assert_eq!(of.tokens_of(party(1), at("2026-01-01T00:00:00Z")), Tokens::NoWindow);
    let bring = |of: &Engagement, key, count| {
        of.bring_count((key, count), Digest::new([5; 32]), OFFICIAL, now).unwrap().0
    };
    let counted = bring(&of, key(7), count(3, vec![used(1, 5), used(2, 8)]));
    assert_eq!(counted.tokens_of(party(1), Timestamp::MAX), Tokens::Counted(6));
    assert_eq!(counted.tokens_of(party(2), Timestamp::MAX), Tokens::Counted(9));
    assert_eq!(counted.tokens_of(party(3), Timestamp::MAX), Tokens::Counted(0));
    // The second journal of a window has another gateway's key, and both count.
    let facts = EngagementFact::GatewayNamed { key: key(8), window: None, by: None };
    let two = Engagement::apply(Some(counted), &facts, now).unwrap();
    let two = bring(&two, key(8), count(2, vec![used(1, 3)]));
    assert_eq!(two.tokens_of(party(1), Timestamp::MAX), Tokens::Counted(10));
    let government = bring(&engaged(Ring::Government), key(7), count(3, vec![used(1, 5)]));
    assert_eq!(government.tokens_of(party(1), Timestamp::MAX), Tokens::NoWindow);
    assert_eq!(known([Tokens::NoWindow, Tokens::Counted(4), Tokens::Counted(6)]), Some(10));
    assert_eq!(known([Tokens::Counted(4), Tokens::Unknown]), None);
    assert_eq!(known([Tokens::NoWindow]), None);
}

#[test]
fn what_is_told_of_a_quarter_does_not_change_within_the_next() {
    let mut of = engaged(Ring::Partners);
    let mut check = |when: &str, lines: u64, tokens: u64, expected: Tokens| {
        let now = at(when);
        let count = count(lines, vec![used(1, tokens - 1)]);
        of = of.bring_count((key(7), count), Digest::new([5; 32]), OFFICIAL, now).unwrap().0;
        assert_eq!(of.tokens_of(party(1), quarter(now)), expected, "{when}");
        assert_eq!(of.tokens_of(party(1), Timestamp::MAX), Tokens::Counted(tokens));
    };
    check("2026-02-01T00:00:00Z", 1, 10, Tokens::NoWindow);
    check("2026-03-31T23:00:00Z", 2, 20, Tokens::NoWindow);
    check("2026-04-01T01:00:00Z", 3, 30, Tokens::Counted(20));
    check("2026-06-01T01:00:00Z", 4, 40, Tokens::Counted(20));
    check("2026-07-01T01:00:00Z", 5, 50, Tokens::Counted(40));
    check("2027-07-01T01:00:00Z", 6, 60, Tokens::Counted(50));
}

#[test]
fn a_quarter_begins_with_its_first_day() {
    let check = |now: &str, expected: &str| {
        assert_eq!(quarter(at(now)).to_string(), expected, "{now}");
    };
    check("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
    check("2026-03-31T23:59:59Z", "2026-01-01T00:00:00Z");
    check("2026-11-26T10:00:00Z", "2026-10-01T00:00:00Z");
}
