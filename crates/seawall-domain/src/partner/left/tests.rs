use super::super::assessment::tests::person;
use super::super::seat::{Asked, By, Change, Denied};
use super::super::tests::{at, seated};
use super::super::token::KeyUse;
use super::*;
use uuid::Uuid;

const KEY: Digest = Digest::new([7; 32]);
const NEW: Digest = Digest::new([8; 32]);
const WHY: Why = Why::TermsBroken;

const DEVELOPER: fn() -> By = || By::Developer(person(11));
const DUTY: fn() -> By = || By::DutyOfficer(person(13));
const ITSELF: fn() -> By = || By::Partner(person(12));

fn people(numbers: impl IntoIterator<Item = u128>) -> BTreeSet<PersonId> {
    numbers.into_iter().map(person).collect()
}

fn of(number: u128) -> Extent {
    Extent::Person(person(number))
}

/// A seat of four people: the developer stopped the first, the partner the second, two revoked the
/// third, and a key was lost.
fn before() -> Partner {
    let partner = seated(people([20, 21, 22, 23]));
    let partner = partner.suspend(of(20), DEVELOPER(), WHY, at(7)).unwrap().0;
    let partner = partner.suspend(of(21), ITSELF(), WHY, at(7)).unwrap().0;
    let partner = partner.revoke(of(22), [DUTY(), ITSELF()], WHY, at(7)).unwrap().0;
    partner.lose_key(KEY, KeyUse::Given, ITSELF(), at(7)).unwrap().0
}

fn over(partner: &Partner) -> Partner {
    partner.expire(partner.seated().unwrap().expires_at).unwrap().0
}

/// The seat that another decision gives these people after those seats.
fn renewed(numbers: impl IntoIterator<Item = u128>, seats: &[Partner]) -> Partner {
    let mut partner = seated(BTreeSet::new());
    let decision = partner.decision().unwrap().clone();
    partner.stage = Stage::Decided { decision, round: crate::partner::Round::First };
    partner.application.id = crate::id::PartnerId::new(Uuid::from_u128(99));
    let left = Left::by(seats, at(300));
    partner.seat(people(numbers), left, at(300)).unwrap().0
}

fn admits(partner: &Partner, number: u128, key: &Digest) -> Result<(), Denied> {
    partner.seated().unwrap().admits(person(number), key, at(301))
}

#[test]
fn a_renewed_seat_knows_who_was_stopped_and_which_keys_were_lost() {
    let seat = renewed([20, 21, 22, 23, 24], &[over(&before())]);
    assert_eq!(admits(&seat, 20, &NEW), Err(Denied::Suspended));
    assert_eq!(admits(&seat, 21, &NEW), Err(Denied::Suspended));
    assert_eq!(admits(&seat, 22, &NEW), Err(Denied::Revoked));
    assert_eq!(admits(&seat, 23, &KEY), Err(Denied::LostKey));
    for number in [23, 24] {
        assert_eq!(admits(&seat, number, &NEW), Ok(()), "{number}");
    }
    let cut = seat.seated().unwrap().cut();
    assert_eq!((cut.people, cut.keys), (people([20, 21, 22]), BTreeSet::from([KEY])));
    // A first seat, and one after a seat in which nothing was stopped, know of nothing.
    for seats in [vec![], vec![over(&seated(people([20])))]] {
        assert!(renewed([20], &seats).seated().unwrap().left().is_empty());
    }
}

#[test]
fn nobody_comes_back_without_two_people() {
    let seat = renewed([20, 21, 22], &[over(&before())]);
    let check = |number: u128, by: [By; 2], expected: Result<(), seat::Refused>| {
        let told = seat.resume(of(number), by, at(302)).map(|(next, _)| next);
        let expected = expected.map_err(Refused::from);
        assert_eq!(told.as_ref().map(|_| ()), expected.as_ref().copied(), "{number} {by:?}");
        if let Ok(next) = told {
            assert_eq!(admits(&next, number, &NEW), Ok(()));
            assert_eq!(admits(&next, number, &KEY), Err(Denied::LostKey), "no key comes back");
            assert!(!next.seated().unwrap().left().holds(of(number)));
        }
    };
    check(20, [DUTY(), DUTY()], Err(seat::Refused::SecondPersonNeeded));
    check(20, [DUTY(), ITSELF()], Err(seat::Refused::DeveloperNeeded));
    check(20, [DUTY(), DEVELOPER()], Ok(()));
    check(21, [ITSELF(), By::Partner(person(14))], Err(seat::Refused::OthersNeeded));
    check(21, [DUTY(), ITSELF()], Ok(()));
    check(22, [DUTY(), DUTY()], Err(seat::Refused::SecondPersonNeeded));
    check(22, [DUTY(), ITSELF()], Err(seat::Refused::DeveloperNeeded));
    check(22, [ITSELF(), DEVELOPER()], Ok(()));
    // What is revoked in the renewed seat as well stays so there.
    let again = seat.revoke(of(22), [DUTY(), DEVELOPER()], WHY, at(302)).unwrap().0;
    let again = again.suspend(of(22), DUTY(), WHY, at(302)).unwrap().0;
    let told = again.resume(of(22), [DUTY(), DEVELOPER()], at(303));
    assert_eq!(told, Err(seat::Refused::Revoked.into()));
}

#[test]
fn it_is_handed_on_from_seat_to_seat_until_it_is_lifted() {
    let first = over(&before());
    // The second seat names none of them, and lifts nothing.
    let second = renewed([24], std::slice::from_ref(&first));
    let told = second.resume(of(20), [DUTY(), DEVELOPER()], at(302));
    assert_eq!(told.map(|_| ()), Ok(()), "what came over can be lifted before anybody is named");
    let third = renewed([20, 22], &[first.clone(), over(&second)]);
    assert_eq!(admits(&third, 20, &NEW), Err(Denied::Suspended));
    assert_eq!(admits(&third, 22, &NEW), Err(Denied::Revoked));
    // What was lifted in the second does not come back from the first.
    let lifted = renewed([20], std::slice::from_ref(&first));
    let lifted = lifted.resume(of(20), [DUTY(), DEVELOPER()], at(302)).unwrap().0;
    let later = lifted.decision().unwrap().expires_at + crate::time::SignedDuration::from_secs(1);
    let lifted = lifted.expire(later).unwrap().0;
    assert_eq!(admits(&renewed([20], &[first, lifted]), 20, &NEW), Ok(()));
}

#[test]
fn a_seat_that_stands_beside_one_takes_over_what_that_leaves() {
    let beside = seated(people([20, 21, 24]));
    assert_eq!(admits(&renewed([20], &[before()]), 20, &NEW), Ok(()), "it stands there still");
    let ended = over(&before());
    let resume = Change::Resume { extent: of(20) };
    let stopped = beside.suspend(of(20), DUTY(), WHY, at(300)).unwrap().0;
    let waits = stopped.change(resume, DUTY(), at(300)).unwrap().0;
    let (next, fact) = waits.take_over(ended.left(), at(300)).unwrap();
    assert_eq!(fact, PartnerFact::CameOver { left: ended.left() });
    assert_eq!(next.seated().unwrap().asked(), &[] as &[Asked], "a first signature falls");
    assert_eq!(next.resume(of(20), [DUTY(), ITSELF()], at(300)).map(|_| ()), {
        Err(seat::Refused::DeveloperNeeded.into())
    });
    assert_eq!(admits(&next, 21, &NEW), Err(Denied::Suspended));
    assert_eq!(admits(&next, 24, &KEY), Err(Denied::LostKey));
    // A seat whose end is not recorded yet has left its part all the same.
    let late = Left::by(&[before()], before().seated().unwrap().expires_at);
    assert_eq!(late, ended.left());
    assert_eq!(ended.take_over(late, at(400)), Err(Refused::NotNow));
}

#[test]
fn more_than_is_kept_becomes_the_whole_organisation() {
    let many = |from: u32, to: u32| {
        let keys = (from..to).map(|number| {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            Digest::new(bytes)
        });
        Left { lost_keys: keys.collect(), ..Left::default() }
    };
    let most = u32::try_from(LEFT_MAX).unwrap();
    assert_eq!(many(0, most - 1).and(many(most - 1, most)), many(0, most));
    let whole = many(0, most).and(many(most, most + 1));
    assert!(whole.holds(Extent::Organisation) && whole.lost_keys.is_empty());
    let seat = seated(people([20])).take_over(whole, at(300)).unwrap().0;
    assert_eq!(admits(&seat, 20, &NEW), Err(Denied::Revoked));
    let started = seat.resume(Extent::Organisation, [DUTY(), DEVELOPER()], at(301)).unwrap().0;
    assert_eq!(admits(&started, 20, &NEW), Ok(()));
}

#[test]
fn what_earlier_versions_recorded_reads_and_leaves_nothing() {
    for (text, expected) in [
        (r#"{"kind":"expired"}"#, PartnerFact::Expired { left: Left::default() }),
        (
            r#"{"kind":"seated","people":[]}"#,
            PartnerFact::Seated { people: BTreeSet::new(), left: Left::default() },
        ),
    ] {
        assert_eq!(serde_json::from_str::<PartnerFact>(text).unwrap(), expected);
        assert_eq!(serde_json::to_string(&expected).unwrap(), text);
    }
    let (_, fact) = before().expire(at(400)).unwrap();
    let line = serde_json::to_string(&fact).unwrap();
    assert_eq!(serde_json::from_str::<PartnerFact>(&line).unwrap(), fact);
}
