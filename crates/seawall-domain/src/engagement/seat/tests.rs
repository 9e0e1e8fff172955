use super::super::grant::{Purpose, Shown};
use super::super::lineage::Lineage;
use super::super::token::HELD_MAX;
use super::super::window::Event as Of;
use super::super::{Event as Any, Refused as Not, Weights};
use super::*;
use crate::id::EngagementId;
use crate::time::SignedDuration;
use uuid::Uuid;

const DEVELOPER: Who = Who::Developer(person(1));
const OFFICIAL: Who = Who::Official(person(2));
const DUTY: Who = Who::DutyOfficer(person(3));

const fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn window() -> WindowId {
    WindowId::new(Uuid::from_u128(7))
}

fn party() -> PartyId {
    PartyId::new(Uuid::from_u128(8))
}

fn terms() -> Digest {
    Digest::new([4; 32])
}

fn now() -> Timestamp {
    "2026-09-01T12:00:00.5Z".parse().unwrap()
}

fn step(of: &Engagement, event: Any, who: Who) -> Result<Engagement, Not> {
    of.step(event, who, now()).map(|(next, _)| next)
}

fn seat(of: &Engagement, event: Event, who: Who) -> Result<Engagement, Not> {
    step(of, Any::Seat(event), who)
}

/// An engagement with a window of ten minutes for that ring: offered, or open.
fn engaged(ring: Ring, is_open: bool) -> Engagement {
    let (id, snapshot) = (EngagementId::new(Uuid::from_u128(1)), Digest::new([1; 32]));
    let developer = PartyId::new(Uuid::from_u128(9));
    let opened =
        Engagement::open(id, developer, Weights::Held, Lineage::of(snapshot), now()).unwrap().0;
    let answer_by = now() + SignedDuration::from_hours(24);
    let offer = Offer { window: window(), ring, seconds: 600, snapshot, terms: terms(), answer_by };
    let offered = step(&opened, Any::Window(Of::Offer(offer)), DEVELOPER).unwrap();
    if !is_open {
        return offered;
    }
    let accepted = step(&offered, Any::Window(Of::Accept), OFFICIAL).unwrap();
    step(&accepted, Any::Window(Of::Begin), DEVELOPER).unwrap()
}

fn name(number: u128) -> Event {
    Event::Name { person: person(number), party: party() }
}

fn accept() -> Event {
    Event::Accept { window: window(), terms: terms() }
}

/// Somebody is seated in an open window and has accepted its terms.
fn seated() -> Engagement {
    let named = seat(&engaged(Ring::Government, true), name(5), OFFICIAL).unwrap();
    seat(&named, accept(), Who::Evaluator(person(5))).unwrap()
}

fn wanted() -> Wanted {
    Wanted {
        window: window(),
        key: Digest::new([6; 32]),
        proof: crate::engagement::grant::Proof::Signature,
        purposes: [Purpose::Evaluate].into(),
        claims: BTreeMap::new(),
    }
}

fn give(of: &Engagement, number: u128) -> Result<Grant, Not> {
    of.give_token(person(number), wanted(), now()).map(|(_, _, grant)| grant)
}

#[test]
fn only_the_official_seats_and_only_in_a_governments_window() {
    let check = |of: &Engagement, who: Who, expected: Result<(), Refused>| {
        let told = seat(of, name(5), who).map(drop);
        assert_eq!(told, expected.map_err(Not::Seat), "{who:?}");
    };
    let offered = engaged(Ring::Government, false);
    check(&offered, OFFICIAL, Ok(()));
    check(&engaged(Ring::Government, true), OFFICIAL, Ok(()));
    for who in [DEVELOPER, DUTY, Who::Evaluator(person(5)), Who::Clock] {
        check(&offered, who, Err(Refused::NotYours));
    }
    check(&engaged(Ring::Partners, true), OFFICIAL, Err(Refused::NoWindow));
    let withdrawn = step(&offered, Any::WithdrawAll, DEVELOPER).unwrap();
    check(&withdrawn, OFFICIAL, Err(Refused::NoWindow));
}

#[test]
fn whoever_is_seated_can_always_be_stopped() {
    let mut of = seated();
    for number in 0..PEOPLE_MAX as u128 {
        of = seat(&of, Event::Stop { person: person(10_000 + number) }, OFFICIAL).unwrap();
    }
    let full = seat(&of, Event::Stop { person: person(9_999) }, OFFICIAL);
    assert_eq!(full.map(drop), Err(Not::Seat(Full(PEOPLE_MAX).into())), "a stranger");
    let stopped = seat(&of, Event::Stop { person: person(5) }, DEVELOPER).unwrap();
    assert_eq!(give(&stopped, 5), Err(Not::Seat(Refused::Stopped)));
}

#[test]
fn nobody_lets_itself_in() {
    let open = engaged(Ring::Government, true);
    let Who::Official(me) = OFFICIAL else { panic!("it is the official") };
    let itself = Event::Name { person: me, party: party() };
    assert_eq!(seat(&open, itself, OFFICIAL), Err(Not::Seat(Refused::Oneself)));
    assert!(seat(&open, itself, Who::Official(person(77))).is_ok(), "another official does");
}

#[test]
fn a_token_is_refused_for_the_reasons_of_a_partners_seat() {
    let good = seated();
    let grant = give(&good, 5).unwrap();
    assert_eq!((grant.party, grant.window, grant.terms), (party(), window(), terms()));
    assert_eq!(grant.from, "2026-09-01T12:00:00Z".parse().unwrap());
    assert_eq!(grant.until, "2026-09-01T12:10:00Z".parse().unwrap(), "no longer than the window");
    let shown = Shown {
        window: window(),
        key: Some(Digest::new([6; 32])),
        purpose: Some(Purpose::Evaluate),
        claim: None,
    };
    assert_eq!(grant.admits(&shown, &terms(), &good.seats.cut(), now()), Ok(()));
    let check = |of: &Engagement, wanted: Wanted, expected: Refused| {
        let told = of.give_token(person(5), wanted, now()).map(|(_, _, grant)| grant);
        assert_eq!(told, Err(Not::Seat(expected)));
    };
    assert_eq!(give(&good, 6), Err(Not::Seat(Refused::Stranger)));
    let other = WindowId::new(Uuid::from_u128(99));
    check(&good, Wanted { window: other, ..wanted() }, Refused::NotOpen);
    check(&good, Wanted { purposes: [].into(), ..wanted() }, Refused::NoPurpose);
    check(&good, Wanted { purposes: [Purpose::FindOwn].into(), ..wanted() }, Refused::NoClaim);
    let named = seat(&engaged(Ring::Government, true), name(5), OFFICIAL).unwrap();
    check(&named, wanted(), Refused::NotAccepted);
    let wrong = Event::Accept { window: window(), terms: Digest::new([0; 32]) };
    let wrong = seat(&named, wrong, Who::Evaluator(person(5)));
    assert_eq!(wrong, Err(Not::Seat(Refused::OtherTerms)));
    let stranger = seat(&named, accept(), Who::Evaluator(person(6)));
    assert_eq!(stranger, Err(Not::Seat(Refused::Stranger)));
    let lose = |used| Event::LoseKey { key: Digest::new([6; 32]), used };
    assert_eq!(seat(&good, lose(KeyUse::Never), DUTY), Err(Not::Seat(Refused::NoToken)));
    let lost = seat(&good, lose(KeyUse::Given), DUTY).unwrap();
    check(&lost, wanted(), Refused::LostKey);
    assert!(lost.seats.cut().keys.contains(&Digest::new([6; 32])));
    let over = good.give_token(person(5), wanted(), now() + SignedDuration::from_secs(600));
    assert_eq!(over.map(drop), Err(Not::Seat(Refused::NotOpen)));
    let withdrawn = step(&good, Any::WithdrawAll, DEVELOPER).unwrap();
    assert_eq!(give(&withdrawn, 5), Err(Not::Seat(Refused::Stranger)), "it ends with the window");
    let mut many = good.clone();
    for _ in 0..HELD_MAX {
        many = many.give_token(person(5), wanted(), now()).unwrap().0;
    }
    check(&many, wanted(), Refused::Full(Full(HELD_MAX)));
}

#[test]
fn what_the_clearinghouse_stopped_starts_again_by_two_of_its_people() {
    let (stop, lift) = (Event::Stop { person: person(5) }, Event::Lift { person: person(5) });
    const SECOND: Who = Who::Official(person(22));
    for (by, first, second) in [
        (DUTY, OFFICIAL, SECOND),
        (DUTY, SECOND, DUTY),
        (OFFICIAL, OFFICIAL, DUTY),
        (OFFICIAL, DUTY, SECOND),
    ] {
        let stopped = seat(&seated(), stop, by).unwrap();
        assert_eq!(
            seat(&stopped, name(5), first),
            Err(Not::Seat(if first == DUTY { Refused::NotYours } else { Refused::StopStands }))
        );
        let asked = seat(&stopped, lift, first).unwrap();
        assert_eq!(asked.seats.asked(person(5)), Some(first));
        assert_eq!(give(&asked, 5), Err(Not::Seat(Refused::Stopped)), "one is too few");
        assert!(asked.seats.cut().people.contains(&person(5)));
        assert_eq!(seat(&asked, lift, first), Err(Not::Seat(Refused::SecondPersonNeeded)));
        // The same person by another office is the same person, and a new name ends no stop.
        let Some(me) = first.person() else { panic!("it is a person") };
        for alias in [Who::Official(me), Who::DutyOfficer(me)] {
            let told = seat(&asked, lift, alias);
            assert_eq!(told, Err(Not::Seat(Refused::SecondPersonNeeded)));
        }
        assert_eq!(seat(&asked, name(5), OFFICIAL), Err(Not::Seat(Refused::StopStands)));
        let itself = seat(&asked, lift, Who::Official(person(5)));
        assert_eq!(itself, Err(Not::Seat(Refused::Oneself)));
        assert_eq!(seat(&asked, lift, DEVELOPER), Err(Not::Seat(Refused::NotYours)));
        assert!(give(&seat(&asked, lift, second).unwrap(), 5).is_ok());
        // A stop that came in between asks for both signatures anew; so does the developer's.
        let again = seat(&asked, stop, DUTY).unwrap();
        let once = seat(&again, lift, second).unwrap();
        assert_eq!(give(&once, 5), Err(Not::Seat(Refused::Stopped)));
        let own = seat(&asked, stop, DEVELOPER).unwrap();
        assert_eq!(seat(&own, lift, second), Err(Not::Seat(Refused::DeveloperNeeded)));
    }
    // The stop outlives the window, and whoever is seated in the next one.
    let stopped = seat(&seated(), stop, DUTY).unwrap();
    let ended = step(&stopped, Any::WithdrawAll, DEVELOPER).unwrap();
    assert_eq!(ended.seats.stops().next(), Some((person(5), DUTY)));
}

#[test]
fn the_developer_stops_alone_and_only_it_lifts_that() {
    let good = seated();
    let stop = Event::Stop { person: person(5) };
    let lift = Event::Lift { person: person(5) };
    for who in [DEVELOPER, OFFICIAL, DUTY] {
        let stopped = seat(&good, stop, who).unwrap();
        assert_eq!(give(&stopped, 5), Err(Not::Seat(Refused::Stopped)), "{who:?}");
        assert!(stopped.seats.cut().people.contains(&person(5)));
    }
    assert_eq!(seat(&good, stop, Who::Clock), Err(Not::Seat(Refused::NotYours)));
    assert_eq!(seat(&good, lift, OFFICIAL), Err(Not::Seat(Refused::NotStopped)));
    let by_developer = seat(&good, stop, DEVELOPER).unwrap();
    // Another's stop does not weaken it, and nobody else seats the person anew.
    let both = seat(&by_developer, stop, OFFICIAL).unwrap();
    for of in [&by_developer, &both] {
        assert_eq!(seat(of, lift, OFFICIAL), Err(Not::Seat(Refused::DeveloperNeeded)));
        assert_eq!(seat(of, name(5), OFFICIAL), Err(Not::Seat(Refused::DeveloperNeeded)));
        assert!(give(&seat(of, lift, DEVELOPER).unwrap(), 5).is_ok());
    }
    let by_office = seat(&good, stop, DUTY).unwrap();
    assert_eq!(seat(&by_office, lift, DEVELOPER), Err(Not::Seat(Refused::NotYours)));
    // It refuses somebody before anybody seats them, and over the windows that follow.
    let ahead =
        seat(&engaged(Ring::Government, false), Event::Stop { person: person(6) }, DEVELOPER);
    let ahead = step(&ahead.unwrap(), Any::WithdrawAll, DEVELOPER).unwrap();
    let answer_by = now() + SignedDuration::from_hours(24);
    let offer = Offer {
        window: WindowId::new(Uuid::from_u128(77)),
        ring: Ring::Government,
        seconds: 600,
        snapshot: Digest::new([1; 32]),
        terms: terms(),
        answer_by,
    };
    let again = step(&ahead, Any::Window(Of::Offer(offer)), DEVELOPER).unwrap();
    assert_eq!(seat(&again, name(6), OFFICIAL), Err(Not::Seat(Refused::DeveloperNeeded)));
}
