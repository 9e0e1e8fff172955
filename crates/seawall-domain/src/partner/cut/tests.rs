use super::*;
use crate::digest::Digest;
use crate::id::PersonId;
use crate::partner::seat::{By, Extent, Refused, Why};
use crate::partner::tests::{at, seated};
use uuid::Uuid;

fn party(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn by() -> By {
    By::DutyOfficer(person(9))
}

/// A seat of a party, in which so many people are stopped and so many keys lost.
fn stopped(of: u128, people: u128, keys: u32) -> Partner {
    let mut partner = seated((1..=people.max(1)).map(person).collect());
    partner.application.party = party(of);
    let Stage::Seated { seat, .. } = &mut partner.stage else { panic!("it is seated") };
    seat.party = party(of);
    for number in 1..=people {
        let extent = Extent::Person(person(number));
        *seat = seat.suspend(extent, by(), Why::Unstated, at(8));
    }
    for number in 0..keys {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&number.to_be_bytes());
        *seat = seat.lose_key(Digest::new(key)).unwrap();
    }
    partner
}

#[test]
fn one_partner_keeps_nobodys_stop_from_a_gateway() {
    let others = [stopped(20, 3, 0), stopped(21, 0, 2)];
    let few = cut_of(Cut::default(), &others, at(9));
    assert_eq!((few.people.len(), few.parties.len(), few.keys.len()), (3, 0, 2));
    // Three seats with all the keys that can be lost: whole organisations in their place.
    let full = (30..33).map(|of| stopped(of, 0, 10_000));
    let many: Vec<Partner> = others.into_iter().chain(full).collect();
    let own = Cut { people: [person(77)].into(), ..Cut::default() };
    let cut = cut_of(own, &many, at(9));
    assert!(length(&cut) <= CUT_MAX, "{}", length(&cut));
    for number in [1, 2, 3, 77] {
        assert!(cut.people.contains(&person(number)), "{number} is stopped as before");
    }
    assert!(!cut.parties.is_empty() && cut.parties.iter().all(|it| *it >= party(30)));
}

#[test]
fn a_seat_that_has_ended_stops_nobody_who_has_another() {
    let (old, new) = (stopped(20, 0, 0), stopped(20, 0, 0));
    let over = at(4 + 365);
    assert!(cut_of(Cut::default(), std::slice::from_ref(&old), over).parties.contains(&party(20)));
    let mut renewed = new;
    if let Stage::Seated { seat, .. } = &mut renewed.stage {
        seat.expires_at = at(700);
        *seat = seat.attest(at(360));
    }
    let both = [old.clone(), renewed.clone()];
    assert_eq!(cut_of(Cut::default(), &both, over), Cut::default());
    assert_eq!(quotas_of(&both, at(9)).len(), 1, "a party has one quota");
    // What was stopped in it is not forgotten because its time is over.
    let extent = Extent::Organisation;
    let stopped = old.suspend(extent, by(), Why::LeakSuspected, at(9)).unwrap().0;
    let cut = cut_of(Cut::default(), &[stopped, renewed], over);
    assert!(cut.parties.contains(&party(20)));
}

#[test]
fn only_people_of_a_seat_are_stopped_in_it() {
    let seat = seated([person(1)].into());
    let check = |number: u128, expected: Result<(), Refused>| {
        let told = seat.suspend(Extent::Person(person(number)), by(), Why::Unstated, at(8));
        assert_eq!(told.map(drop), expected.map_err(super::super::Refused::Seat), "{number}");
    };
    check(1, Ok(()));
    check(2, Err(Refused::Stranger));
}
