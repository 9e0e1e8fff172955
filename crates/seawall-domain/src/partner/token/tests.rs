use super::super::assessment::tests::person;
use super::super::decision::{Decision, Outcome, Reason};
use super::super::left::Left;
use super::super::seat::{By, Extent, Why};
use super::super::tests::{application, at};
use super::super::{Refused as Not, Stage};
use super::*;
use crate::digest::Digest;
use crate::engagement::grant::Proof;
use crate::engagement::lineage::{Lineage, Span};
use crate::engagement::window::Window;
use crate::engagement::{EngagementFact, Weights};
use crate::fact::Aggregate as _;
use crate::id::EngagementId;
use crate::id::{ScanId, WindowId};
use crate::time::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const TERMS: Digest = Digest::new([4; 32]);
const KEY: Digest = Digest::new([7; 32]);

fn now() -> Timestamp {
    at(10)
}

fn window() -> WindowId {
    WindowId::new(Uuid::from_u128(5))
}

fn machine() -> AccountId {
    AccountId::new(Uuid::from_u128(6))
}

/// An engagement of the developer with a window from day 9 on.
fn engagement(ring: Ring, end: Timestamp) -> Engagement {
    let fact = EngagementFact::Opened {
        id: EngagementId::new(Uuid::from_u128(1)),
        developer: application().developer,
        weights: Weights::Held,
        lineage: Lineage::of(Digest::new([3; 32])),
    };
    let mut engagement = Engagement::apply(None, &fact, at(9)).unwrap();
    let offer = Offer {
        window: window(),
        ring,
        seconds: 86_400,
        snapshot: Digest::new([3; 32]),
        terms: TERMS,
        answer_by: at(20),
    };
    engagement.window = Window::Active { offer, span: Span { start: at(9), end } };
    engagement
}

/// A partner with a seat for two people, under conditions.
fn seated(conditions: &[Condition]) -> Partner {
    let conditions: BTreeSet<Condition> = conditions.iter().copied().collect();
    let outcome = match conditions.is_empty() {
        true => Outcome::Admit,
        false => Outcome::AdmitWithConditions { conditions },
    };
    let reasons = vec![Reason::Score { thousandths: 700, admits_from: 600 }];
    let panel = BTreeSet::from([person(11), person(12)]);
    let decision = Decision::make((outcome, reasons), 1, panel, 365, at(0)).unwrap();
    let people = BTreeSet::from([person(1), person(2)]);
    let party = application().party;
    let id = application().id;
    let seat = Seat::of(id, party, people, decision.expires_at, at(0)).unwrap();
    Partner { application: application(), stage: Stage::Seated { decision, seat } }
}

fn wanted(purpose: Purpose) -> Wanted {
    let claims = BTreeMap::from([(ScanId::new(Uuid::from_u128(8)), at(12))]);
    let (window, purposes, proof) = (window(), BTreeSet::from([purpose]), Proof::Signature);
    Wanted { window, key: KEY, proof, purposes, claims }
}

fn ready(conditions: &[Condition]) -> Partner {
    let open = engagement(Ring::Partners, at(11));
    seated(conditions).accept_terms(person(1), TERMS, &open, now()).unwrap().0
}

#[test]
fn a_token_lasts_for_minutes_and_never_longer_than_the_window() {
    let minutes = |minutes: i64| now() + SignedDuration::from_mins(minutes);
    let check = |end: Timestamp, expected: Option<Timestamp>| {
        let open = engagement(Ring::Partners, end);
        let given = ready(&[]).give(Asker::Person(person(1)), wanted(Purpose::Patch), &open, now());
        assert_eq!(given.map(|(_, _, grant)| grant.until).ok(), expected, "{end}");
    };
    check(at(11), Some(minutes(15)));
    check(minutes(15), Some(minutes(15)));
    check(minutes(4), Some(minutes(4)));
    check(minutes(4) + SignedDuration::from_millis(900), Some(minutes(4)));
    check(now() + SignedDuration::from_millis(900), None);
    check(now(), None);
    check(at(9), None);
}

#[test]
fn a_token_needs_everything_at_once() {
    let open = engagement(Ring::Partners, at(11));
    let one = Asker::Person(person(1));
    let check = |partner: &Partner, asker, wanted: Wanted, of: &Engagement, expected: Refused| {
        let given = partner.give(asker, wanted, of, now());
        assert_eq!(given.map(drop), Err(Not::Token(expected)));
    };
    let ready_now = ready(&[]);
    let (_, fact, grant) = ready_now.give(one, wanted(Purpose::Patch), &open, now()).unwrap();
    assert_eq!((grant.terms, grant.key, grant.window), (TERMS, KEY, window()));
    assert!(matches!(fact, PartnerFact::TokenIssued { .. }));
    let patch = || wanted(Purpose::Patch);
    check(&seated(&[]), one, patch(), &open, Refused::NotAccepted);
    check(&ready_now, Asker::Person(person(2)), patch(), &open, Refused::NotAccepted);
    let stranger = Asker::Person(person(9));
    check(&ready_now, stranger, patch(), &open, Refused::Denied(Denied::Stranger));
    let (by, why) = (By::DutyOfficer(person(8)), Why::Unstated);
    let stopped = ready_now.suspend(Extent::Person(person(1)), by, why, now()).unwrap().0;
    check(&stopped, one, patch(), &open, Refused::Denied(Denied::Suspended));
    let lost = ready_now.lose_key(KEY, KeyUse::Given, By::Partner(person(1)), now()).unwrap().0;
    check(&lost, one, patch(), &open, Refused::Denied(Denied::LostKey));
    let government = engagement(Ring::Government, at(11));
    check(&ready_now, one, patch(), &government, Refused::NotOpen);
    let mut foreign = open.clone();
    foreign.developer = application().party;
    check(&ready_now, one, patch(), &foreign, Refused::NotOpen);
    let other = Wanted { window: WindowId::new(Uuid::from_u128(99)), ..patch() };
    check(&ready_now, one, other, &open, Refused::NotOpen);
    let nothing = Wanted { purposes: BTreeSet::new(), ..patch() };
    check(&ready_now, one, nothing, &open, Refused::NoPurpose);
    let unclaimed = Wanted { claims: BTreeMap::new(), ..patch() };
    check(&ready_now, one, unclaimed, &open, Refused::NoClaim);
    let rival = ready(&[Condition::NoModelProbing]);
    check(&rival, one, wanted(Purpose::Evaluate), &open, Refused::NoProbing);
    let other_terms = ready_now.accept_terms(person(1), KEY, &open, now());
    assert_eq!(other_terms.map(drop), Err(Not::Token(Refused::OtherTerms)));
    let over = Stage::Over {
        decision: ready_now.decision().unwrap().clone(),
        at: now(),
        left: Left::default(),
    };
    let over = Partner { stage: over, ..ready_now };
    assert_eq!(over.give(one, patch(), &open, now()).map(drop), Err(Not::NotNow));
}

#[test]
fn a_machine_has_one_for_whom_a_person_of_the_seat_answers() {
    let open = engagement(Ring::Partners, at(11));
    let asker = Asker::Machine { account: machine(), name: Digest::new([9; 32]) };
    let give = |partner: &Partner| partner.give(asker, wanted(Purpose::Patch), &open, now());
    let ready_now = ready(&[]);
    assert_eq!(give(&ready_now).map(drop), Err(Not::Token(Refused::NoSponsor)));
    let stranger = ready_now.sponsor(machine(), person(9), now());
    assert_eq!(stranger.map(drop), Err(Not::Token(Refused::Denied(Denied::Stranger))));
    let sponsored = ready_now.sponsor(machine(), person(1), now()).unwrap().0;
    let (given, _, grant) = give(&sponsored).unwrap();
    let expected = Bearer::Workload { name: Digest::new([9; 32]), sponsor: person(1) };
    assert_eq!(grant.bearer, expected);
    let foreign = given.dismiss(machine(), person(2), now());
    assert_eq!(foreign.map(drop), Err(Not::Token(Refused::NotSponsor)));
    let dismissed = given.dismiss(machine(), person(1), now()).unwrap().0;
    assert_eq!(give(&dismissed).map(drop), Err(Not::Token(Refused::NoSponsor)));
    let named = ready(&[Condition::NamedPeopleOnly]);
    assert_eq!(give(&named).map(drop), Err(Not::Token(Refused::PeopleOnly)));
    let sponsor = named.sponsor(machine(), person(1), now());
    assert_eq!(sponsor.map(drop), Err(Not::Token(Refused::PeopleOnly)));
}

#[test]
fn what_has_ended_is_kept_by_facts_alone() {
    let open = engagement(Ring::Partners, at(11));
    let mut partner = ready(&[]);
    let give = |partner: &Partner, now| {
        partner.give(Asker::Person(person(1)), wanted(Purpose::Patch), &open, now)
    };
    for _ in 0..HELD_MAX {
        partner = give(&partner, now()).unwrap().0;
    }
    assert_eq!(give(&partner, now()).map(drop), Err(Not::Token(Refused::Full(Full(HELD_MAX)))));
    let later = now() + SignedDuration::from_mins(15);
    assert_eq!(partner.seated().unwrap().access().in_force(later).count(), 0);
    partner = give(&partner, later).unwrap().0;
    assert_eq!(partner.seated().unwrap().access().in_force(Timestamp::MIN).count(), 1);
}

#[test]
fn a_quota_follows_from_the_decision() {
    let check = |partner: &Partner, now, expected| assert_eq!(partner.quota(now), expected);
    check(&seated(&[]), now(), Some(QUOTA));
    check(&seated(&[Condition::SmallQuota]), now(), Some(QUOTA_SMALL));
    check(&seated(&[]), at(366), None);
    let (filed, _) = Partner::file(application()).unwrap();
    check(&filed, now(), None);
}
