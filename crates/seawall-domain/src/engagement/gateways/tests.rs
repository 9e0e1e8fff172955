use super::super::count::Count;
use super::super::lineage::{Lineage, Span};
use super::super::window::{Ended, Offer, Ring, WindowFact};
use super::super::{Event, Weights, custody};
use super::*;
use crate::id::{EngagementId, PartyId, PersonId};
use uuid::Uuid;

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

fn window(number: u128) -> WindowId {
    WindowId::new(Uuid::from_u128(number))
}

fn key(number: u8) -> GatewayKey {
    GatewayKey(Digest::new([number; 32]))
}

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

const DEVELOPER: Who = Who::Developer(PersonId::new(Uuid::from_u128(2)));
const OFFICIAL: Who = Who::Official(PersonId::new(Uuid::from_u128(3)));

/// An engagement whose window 1 is open.
fn engaged() -> Engagement {
    let (id, snapshot) = (EngagementId::new(Uuid::from_u128(1)), Digest::new([1; 32]));
    let offer = Offer {
        window: window(1),
        ring: Ring::Partners,
        seconds: 864_000,
        snapshot,
        terms: Digest::new([2; 32]),
        answer_by: at(24),
    };
    let span = Span { start: at(0), end: at(240) };
    let (developer, lineage) = (PartyId::new(Uuid::from_u128(9)), Lineage::of(snapshot));
    let facts = [
        EngagementFact::Opened { id, developer, weights: Weights::Held, lineage },
        EngagementFact::WindowMoved { fact: WindowFact::Offered { offer } },
        EngagementFact::WindowMoved { fact: WindowFact::Accepted },
        EngagementFact::WindowMoved {
            fact: WindowFact::Began { window: window(1), ring: Ring::Partners, span },
        },
    ];
    facts.iter().fold(None, |state, fact| Engagement::apply(state, fact, at(0))).unwrap()
}

fn ended(of: &Engagement) -> Engagement {
    let fact = WindowFact::Ended { window: window(1), why: Ended::Withdrawn, at: at(50) };
    Engagement::apply(Some(of.clone()), &EngagementFact::WindowMoved { fact }, at(50)).unwrap()
}

fn head(lines: u64, root: u8) -> Head {
    Head { lines, root: Digest::new([root; 32]) }
}

fn named(of: &Engagement, number: u8, who: Who) -> Engagement {
    of.step(Event::NameGateway { key: key(number), window: None }, who, at(1)).unwrap().0
}

fn stated(head: Head) -> Stated {
    Stated { window: window(1), head, objects: 2, at: at(51) }
}

fn emptied(of: &Engagement, number: u8, what: Stated) -> Result<Engagement, Refused> {
    let taken = of.bring_destruction((key(number), what), Digest::new([7; 32]), OFFICIAL, at(52));
    taken.map(|(next, _)| next)
}

#[test]
fn a_key_is_named_for_a_window_by_one_of_two_sides() {
    let of = engaged();
    let check = |window, who, expected: Result<Side, Refused>| {
        let named = of.step(Event::NameGateway { key: key(7), window }, who, at(1));
        let told = named.map(|(next, _)| next.gateways.named()[0]);
        assert_eq!(told.map(|it| it.by), expected, "{window:?} {who:?}");
    };
    check(None, DEVELOPER, Ok(Side::Developer));
    check(Some(window(1)), OFFICIAL, Ok(Side::Clearinghouse));
    check(Some(window(2)), OFFICIAL, Err(Refused::NoWindow));
    check(None, Who::Evaluator(person(4)), Err(Refused::NotYours));
    check(None, Who::DutyOfficer(person(4)), Err(Refused::NotYours));
    check(None, Who::Clock, Err(Refused::NotYours));
    let twice = named(&of, 7, DEVELOPER);
    let again = twice.step(Event::NameGateway { key: key(7), window: None }, OFFICIAL, at(2));
    assert_eq!(again.unwrap_err(), Refused::Known);
}

#[test]
fn where_keys_are_named_no_other_is_taken_and_else_the_first() {
    let of = ended(&engaged());
    let first = emptied(&of, 7, stated(head(4, 1))).unwrap();
    assert_eq!(first.gateways_of(window(1))[0].standing, Standing::FirstUsed);
    assert_eq!(emptied(&first, 8, stated(head(4, 1))), Err(Refused::NoGateway));
    let count = Count { window: window(1), head: head(4, 1), parties: Vec::new() };
    let counted =
        first.bring_count((key(7), count.clone()), Digest::new([5; 32]), OFFICIAL, at(53));
    assert!(counted.is_ok(), "the same key goes on");
    let with_name = named(&of, 8, OFFICIAL);
    assert_eq!(emptied(&with_name, 7, stated(head(4, 1))), Err(Refused::NoGateway));
    let counted = with_name.bring_count((key(7), count), Digest::new([5; 32]), OFFICIAL, at(53));
    assert_eq!(counted.unwrap_err(), Refused::NoGateway);
    let delivered = emptied(&with_name, 8, stated(head(4, 1))).unwrap();
    let standing = delivered.gateways_of(window(1))[0].standing;
    assert_eq!(standing, Standing::Named { by: Side::Clearinghouse, at: at(50) });
}

#[test]
fn two_words_about_one_journal_agree() {
    let of = named(&engaged(), 7, DEVELOPER);
    let checkpoint = |of: &Engagement, head| {
        let taken = of.bring_checkpoint((key(7), window(1)), head, DEVELOPER, at(2));
        taken.map(|(next, _)| next)
    };
    let five = checkpoint(&of, head(5, 1)).unwrap();
    assert_eq!(checkpoint(&five, head(5, 1)), Err(Refused::OlderCount));
    assert_eq!(checkpoint(&five, head(5, 2)), Err(Refused::OtherJournal));
    assert_eq!(checkpoint(&five, head(4, 1)), Err(Refused::OlderCount));
    let count = |of: &Engagement, head| {
        let count = Count { window: window(1), head, parties: Vec::new() };
        let taken = of.bring_count((key(7), count), Digest::new([5; 32]), DEVELOPER, at(3));
        taken.map(|(next, _)| next)
    };
    assert_eq!(count(&five, head(5, 2)), Err(Refused::OtherJournal));
    let counted = count(&five, head(6, 3)).unwrap();
    assert_eq!(checkpoint(&counted, head(6, 4)), Err(Refused::OtherJournal));
    let over = ended(&checkpoint(&counted, head(6, 3)).unwrap());
    assert_eq!(emptied(&over, 7, stated(head(6, 4))), Err(Refused::OtherJournal));
    assert_eq!(emptied(&over, 7, stated(head(5, 1))), Err(Refused::OlderCount));
    let gone = emptied(&over, 7, stated(head(8, 5))).unwrap();
    assert_eq!(emptied(&gone, 7, stated(head(8, 5))), Err(Refused::Delivered));
    assert_eq!(count(&gone, head(9, 6)), Err(Refused::OtherJournal), "it wrote nothing more");
    assert!(count(&gone, head(8, 5)).is_ok());
}

#[test]
fn all_is_gone_when_everybody_who_held_something_says_so() {
    let hold = custody::Event::Hold(Digest::new([9; 32]));
    let of = engaged().step(Event::Custody(hold), OFFICIAL, at(1)).unwrap().0;
    let of = named(&named(&of, 7, DEVELOPER), 8, OFFICIAL);
    assert_eq!(of.destroyed(window(1)), None, "it is open");
    let check = |of: &Engagement, expected: (usize, usize), is_all: bool| {
        let told = of.destroyed(window(1)).unwrap();
        assert_eq!((told.count(), told.is_all()), (expected, is_all));
    };
    let mut of = ended(&of);
    check(&of, (3, 0), false);
    of = emptied(&of, 7, stated(head(4, 1))).unwrap();
    check(&of, (3, 1), false);
    let gone = custody::Event::Destroy(Digest::new([9; 32]));
    of = of.step(Event::Custody(gone), Who::Clock, at(52)).unwrap().0;
    for number in [3, 4] {
        check(&of, (3, 1), false);
        let signed = custody::Event::Certify(window(1));
        of = of.step(Event::Custody(signed), Who::Official(person(number)), at(53)).unwrap().0;
    }
    check(&of, (3, 2), false);
    of = emptied(&of, 8, stated(head(4, 1))).unwrap();
    check(&of, (3, 3), true);
    assert_eq!(of.all_destroyed().len(), 1);
    let bare = ended(&engaged()).destroyed(window(1)).unwrap();
    assert_eq!((bare.count(), bare.clearinghouse), ((1, 1), Delivery::HeldNothing));
}

#[test]
fn a_certificate_is_of_its_window_and_of_its_time() {
    let of = ended(&named(&engaged(), 7, DEVELOPER));
    let check = |what: Stated, expected| {
        assert_eq!(emptied(&of, 7, what).map(drop), expected, "{what:?}");
    };
    check(Stated { window: window(2), ..stated(head(4, 1)) }, Err(Refused::NoWindow));
    check(Stated { at: at(-1), ..stated(head(4, 1)) }, Err(Refused::BadTime));
    check(Stated { at: at(53), ..stated(head(4, 1)) }, Err(Refused::BadTime));
    check(stated(head(4, 1)), Ok(()));
    for who in [Who::Clock, Who::DutyOfficer(person(4)), Who::Evaluator(person(4))] {
        let what = (key(7), stated(head(4, 1)));
        let taken = of.bring_destruction(what, Digest::new([7; 32]), who, at(52));
        assert_eq!(taken.unwrap_err(), Refused::NotYours);
    }
}
