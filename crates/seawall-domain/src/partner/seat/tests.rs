use super::super::assessment::tests::person;
use super::super::token::KeyUse;
use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn at(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
}

const KEY: Digest = Digest::new([7; 32]);

fn seat() -> Seat {
    let (partner, party) = (PartnerId::new(Uuid::from_u128(1)), PartyId::new(Uuid::from_u128(2)));
    Seat::of(partner, party, BTreeSet::from([person(1), person(2)]), at(700), at(0)).unwrap()
}

fn sides() -> [By; 3] {
    [By::Developer(person(11)), By::Partner(person(12)), By::DutyOfficer(person(13))]
}

#[test]
fn any_side_stops_at_once_and_two_start_again() {
    for by in sides() {
        let one = seat().suspend(Extent::Person(person(1)), by, Why::LeakSuspected, at(1));
        assert_eq!(one.admits(person(1), &KEY, at(1)), Err(Denied::Suspended), "{by:?}");
        assert_eq!(one.admits(person(2), &KEY, at(1)), Ok(()), "others go on");
        assert_eq!(one.cut().people, BTreeSet::from([person(1)]));
        let all = seat().suspend(Extent::Organisation, by, Why::Unstated, at(1));
        for number in [1, 2] {
            assert_eq!(all.admits(person(number), &KEY, at(1)), Err(Denied::Suspended));
        }
        assert_eq!(all.cut().parties, BTreeSet::from([all.party]));
    }
}

#[test]
fn starting_again_takes_two_and_the_developer_where_it_stopped() {
    let [developer, partner, duty] = sides();
    let whole = Extent::Organisation;
    let check = |stopped: By, by: [By; 2], expected: Result<(), Refused>| {
        let stopped = seat().suspend(whole, stopped, Why::TermsBroken, at(1));
        let told = stopped.resume(whole, by);
        assert_eq!(told.as_ref().map(drop), expected.as_ref().map(drop), "{stopped:?} {by:?}");
        if let Ok(started) = told {
            assert_eq!(started.admits(person(1), &KEY, at(2)), Ok(()));
        }
    };
    check(duty, [developer, duty], Ok(()));
    check(duty, [duty, partner], Ok(()));
    check(duty, [duty, duty], Err(Refused::SecondPersonNeeded));
    check(duty, [duty, By::Partner(person(13))], Err(Refused::SecondPersonNeeded));
    check(duty, [partner, By::Partner(person(14))], Err(Refused::OthersNeeded));
    check(developer, [duty, partner], Err(Refused::DeveloperNeeded));
    check(developer, [duty, By::Developer(person(15))], Ok(()));
    // The developer's stop stands even where somebody else had stopped before.
    let both = seat().suspend(whole, duty, Why::TermsBroken, at(1));
    let both = both.suspend(whole, developer, Why::Unstated, at(2));
    let both = both.suspend(whole, duty, Why::Unstated, at(3));
    assert_eq!(both.resume(whole, [duty, partner]), Err(Refused::DeveloperNeeded));
    assert_eq!(seat().resume(whole, [duty, partner]), Err(Refused::NotStopped));
}

/// Whoever signs for starting again knows the stop: nothing is signed for ahead of it.
#[test]
fn no_signature_for_starting_again_is_older_than_the_stop() {
    let [developer, partner, duty] = sides();
    let extent = Extent::Person(person(1));
    let ask = |by| Asked { change: Change::Resume { extent }, by };
    assert_eq!(seat().ask(ask(duty)), Err(Refused::NotStopped));
    let stopped = seat().suspend(extent, partner, Why::LeakSuspected, at(1));
    let asked = stopped.ask(ask(partner)).unwrap();
    assert_eq!(asked.ask(ask(partner)), Err(Refused::SecondPersonNeeded));
    assert_eq!(asked.asked_by_another(ask(developer).change, developer), Some(partner));
    let again = asked.suspend(extent, duty, Why::Unstated, at(2));
    assert_eq!(again.asked_by_another(ask(developer).change, developer), None);
    let other = asked.suspend(Extent::Organisation, duty, Why::Unstated, at(2));
    assert_eq!(other.asked().len(), 1, "another stop is another matter");
}

#[test]
fn what_is_revoked_stays_so() {
    let [developer, partner, duty] = sides();
    let extent = Extent::Person(person(1));
    assert_eq!(
        seat().revoke(extent, [duty, duty], Why::OtherPurpose),
        Err(Refused::SecondPersonNeeded)
    );
    let revoked = seat().suspend(extent, duty, Why::OtherPurpose, at(1));
    let revoked = revoked.revoke(extent, [duty, developer], Why::OtherPurpose).unwrap();
    assert_eq!(revoked.admits(person(1), &KEY, at(2)), Err(Denied::Revoked));
    assert_eq!(revoked.admits(person(2), &KEY, at(2)), Ok(()));
    assert_eq!(revoked.resume(extent, [developer, partner]), Err(Refused::Revoked));
}

#[test]
fn a_lost_key_costs_nobody_the_seat() {
    let lost = seat().lose_key(KEY).unwrap();
    assert_eq!(lost.admits(person(1), &KEY, at(1)), Err(Denied::LostKey));
    assert_eq!(lost.admits(person(1), &Digest::new([8; 32]), at(1)), Ok(()));
    assert_eq!(lost.cut().keys, BTreeSet::from([KEY]));
}

#[test]
fn only_a_key_that_tokens_were_given_for_is_lost_and_no_stop_is_refused() {
    let by = By::Developer(person(11));
    let partner = super::super::tests::seated(BTreeSet::from([person(1)]));
    let never = partner.lose_key(KEY, KeyUse::Never, by, at(7));
    assert_eq!(never, Err(Refused::NoToken.into()));
    // As many as a seat keeps, and one more.
    let mut full = partner.lose_key(KEY, KeyUse::Given, by, at(7)).unwrap().0;
    if let super::super::Stage::Seated { seat, .. } = &mut full.stage {
        for number in 1..u32::try_from(PEOPLE_MAX).unwrap() {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            seat.lost_keys.insert(Digest::new(bytes));
        }
    }
    let again = full.lose_key(KEY, KeyUse::Given, by, at(8)).unwrap().0;
    assert_eq!(again.seated().unwrap().stops().count(), 0, "it is lost already");
    let more = full.lose_key(Digest::new([8; 32]), KeyUse::Given, by, at(8)).unwrap().0;
    let stop = Stop { by, why: Why::CredentialLost, at: at(8) };
    assert_eq!(more.seated().unwrap().stops().next(), Some((&Extent::Organisation, &stop)));
}

#[test]
fn a_seat_lapses_without_its_yearly_word() {
    for (attested, now, expected) in [
        (0, 364, Ok(())),
        (0, 365, Err(Denied::Unattested)),
        (300, 664, Ok(())),
        (300, 665, Err(Denied::Unattested)),
        (600, 699, Ok(())),
        (600, 700, Err(Denied::Expired)),
    ] {
        let told = seat().attest(at(attested)).admits(person(1), &KEY, at(now));
        assert_eq!(told, expected, "{attested} {now}");
    }
    assert_eq!(seat().attest(at(-9)).admits(person(1), &KEY, at(364)), Ok(()));
    assert_eq!(seat().admits(person(9), &KEY, at(1)), Err(Denied::Stranger));
}

proptest! {
    /// Once stopped by the developer, nothing that others do alone or together starts it again.
    #[test]
    fn a_developers_stop_stands(
        steps in prop::collection::vec((0u8..4, 0usize..3, 0usize..3), 0..20),
    ) {
        let mut seat = seat().suspend(Extent::Organisation, sides()[0], Why::Unstated, at(1));
        for (what, one, other) in steps {
            let by = [sides()[one], sides()[other]];
            if by.iter().any(|by| by.is_developer()) {
                continue;
            }
            seat = match what {
                0 => seat.suspend(Extent::Organisation, by[0], Why::Unstated, at(2)),
                1 => seat.resume(Extent::Organisation, by).unwrap_or(seat),
                2 => seat.attest(at(3)),
                _ => seat.revoke(Extent::Person(person(2)), by, Why::Unstated).unwrap_or(seat),
            };
            prop_assert!(seat.admits(person(1), &KEY, at(4)).is_err());
            prop_assert!(seat.cut().parties.contains(&seat.party));
        }
    }
}
