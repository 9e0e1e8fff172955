use super::assessment::tests::{filing, person};
use super::conflict::{Tie, TieKind};
use super::lot::{Bench, Drawn};
use super::*;
use crate::time::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) fn at(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
}

fn party(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

fn people(numbers: &[u128]) -> BTreeSet<PersonId> {
    numbers.iter().copied().map(person).collect()
}

/// These as a panel, with others in reserve.
fn panel(numbers: &[u128], reserve: &[u128]) -> Drawn {
    let reserve = reserve.iter().copied().map(person).collect();
    Drawn { members: people(numbers), reserve, ..Drawn::default() }
}

pub(crate) fn application() -> Application {
    Application {
        id: PartnerId::new(Uuid::from_u128(1)),
        party: party(2),
        developer: party(3),
        rubric: 1,
        evidence: Digest::new([4; 32]),
        filed_at: at(0),
        declared: Declared {
            parent: party(2),
            sector: Sector::Water,
            size: Size::Small,
            protects: BTreeSet::from([Group(1)]),
        },
    }
}

fn filed() -> Partner {
    Partner::file(application()).unwrap().0
}

fn register() -> Register {
    let mut register = Register::default();
    for (who, whom) in [(5, 2), (6, 3)] {
        let (person, party) = (person(who), party(whom));
        register.add(Tie { person, party, kind: TieKind::Equity, ended_at: None }).unwrap();
    }
    register
}

/// The same, and accounts of everybody.
fn bench() -> Bench {
    Bench { register: register(), able: (0..100).map(person).collect() }
}

/// Another official states that it does not compete.
fn rivals() -> Stated {
    Stated { rivalry: decision::Rivalry::None, by: person(10) }
}

fn decided(mark: u8) -> Partner {
    let rubric = Rubric::first().unwrap();
    let drawn = filed().draw(panel(&[1, 2], &[]), &register(), at(1)).unwrap().0;
    let one = drawn.mark(person(1), filing(mark), &rubric, at(2)).unwrap().0;
    let two = one.mark(person(2), filing(mark), &rubric, at(3)).unwrap().0;
    two.conclude(&rubric, rivals(), 365, &Calendar::default(), at(4)).unwrap().0
}

/// What a seat left in which somebody was revoked.
fn left(who: PersonId) -> Left {
    let revoked = [(Extent::Person(who), Why::Unstated)].into();
    Left { revoked, lost_keys: BTreeSet::from([Digest::new([9; 32])]), ..Left::default() }
}

/// A seat for these people, by a decision that both sides signed.
pub(crate) fn seated(people: BTreeSet<PersonId>) -> Partner {
    let (developer, clearinghouse) = (Side::Developer(person(8)), Side::Clearinghouse(person(9)));
    let signed = decided(3).sign(developer, at(5)).unwrap().0.sign(clearinghouse, at(5)).unwrap().0;
    signed.seat(people, Left::default(), at(6)).unwrap().0
}

#[test]
fn an_application_becomes_a_seat_by_two_signatures() {
    let (developer, clearinghouse) = (Side::Developer(person(8)), Side::Clearinghouse(person(9)));
    let decided = decided(3);
    assert_eq!(decided.seat(people(&[20]), Left::default(), at(5)), Err(Refused::NotNow));
    let once = decided.sign(developer, at(5)).unwrap().0;
    assert_eq!(once.seat(people(&[20]), Left::default(), at(5)), Err(Refused::NotNow));
    let twice = once.sign(clearinghouse, at(5)).unwrap().0;
    let seated = twice.seat(people(&[20, 21]), Left::default(), at(6)).unwrap().0;
    let key = Digest::new([7; 32]);
    assert_eq!(seated.seated().unwrap().admits(person(20), &key, at(7)), Ok(()));
    let stopped = seated
        .suspend(Extent::Organisation, By::DutyOfficer(person(9)), Why::LeakSuspected, at(7))
        .unwrap()
        .0;
    assert!(stopped.seated().unwrap().admits(person(20), &key, at(7)).is_err());
    // Whom the rubric does not admit gets no seat by signatures.
    let declined = super::tests::decided(0).sign(developer, at(5)).unwrap().0;
    let declined = declined.sign(clearinghouse, at(5)).unwrap().0;
    assert_eq!(declined.seat(people(&[20]), Left::default(), at(6)), Err(Refused::NotNow));
}

#[test]
fn ties_keep_people_out_whoever_drew_them() {
    for tied in [5, 6] {
        let told = filed().draw(panel(&[1, tied], &[]), &register(), at(1));
        assert_eq!(told, Err(Refused::Recused), "{tied}");
    }
    assert!(filed().draw(panel(&[1], &[]), &register(), at(1)).is_err(), "one looks at nothing");
}

#[test]
fn one_appeal_goes_to_other_people() {
    let appealed = decided(0).appeal(&Calendar::default(), at(5)).unwrap().0;
    let same = appealed.draw(panel(&[2, 3], &[]), &register(), at(6));
    assert_eq!(same, Err(Refused::Appeal(appeal::Refused::SamePeople)));
    let other = appealed.draw(panel(&[3, 4], &[1]), &register(), at(6)).unwrap().0;
    let rubric = Rubric::first().unwrap();
    let apart = other.mark(person(3), filing(4), &rubric, at(7)).unwrap().0;
    let apart = apart.mark(person(4), filing(1), &rubric, at(7)).unwrap().0;
    let joined = apart.join(&rubric, &bench(), at(7));
    assert_eq!(joined, Err(Refused::Appeal(appeal::Refused::SamePeople)));
    let one = other.mark(person(3), filing(4), &rubric, at(7)).unwrap().0;
    let two = one.mark(person(4), filing(4), &rubric, at(7)).unwrap().0;
    let again = two.conclude(&rubric, rivals(), 365, &Calendar::default(), at(8)).unwrap().0;
    assert_eq!(again.appeal(&Calendar::default(), at(9)), Err(Refused::NotNow), "there is one");
    let late = decided(0).appeal(&Calendar::default(), at(40));
    assert!(matches!(late, Err(Refused::Appeal(appeal::Refused::TooLate(_)))));
}

#[test]
fn an_appeal_that_nobody_answers_in_time_is_told_once() {
    let appealed = decided(0).appeal(&Calendar::default(), at(5)).unwrap().0;
    let until = appealed.unanswered().unwrap().answer_by;
    let early = until - SignedDuration::from_secs(1);
    assert_eq!(appealed.miss_answer(early), Err(Refused::NotNow));
    let (missed, fact) = appealed.miss_answer(until).unwrap();
    assert_eq!(fact, PartnerFact::AnswerMissed);
    assert_eq!(missed.unanswered().unwrap().missed_at, Some(until));
    assert_eq!(missed.miss_answer(until), Err(Refused::NotNow));
    // It is answered all the same.
    let drawn = missed.draw(panel(&[3, 4], &[]), &register(), until).unwrap().0;
    assert_eq!(drawn.unanswered().unwrap().missed_at, Some(until));
    let drawn = appealed.draw(panel(&[3, 4], &[]), &register(), at(6)).unwrap().0;
    assert_eq!(drawn.miss_answer(until).unwrap().1, PartnerFact::AnswerMissed);
    for other in [filed(), decided(0)] {
        assert_eq!(other.unanswered(), None);
        assert_eq!(other.miss_answer(until), Err(Refused::NotNow));
    }
}

#[test]
fn a_later_rubric_does_not_apply() {
    let drawn = filed().draw(panel(&[1, 2], &[]), &register(), at(1)).unwrap().0;
    let mut text = Rubric::first().unwrap().text().clone();
    text.version = 2;
    let later = Rubric::try_from(text).unwrap();
    assert_eq!(drawn.mark(person(1), filing(3), &later, at(2)), Err(Refused::OtherRubric));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Folding the facts gives the partner, whatever is tried; and nobody gets in but by a seat.
    #[test]
    fn facts_fold_to_the_partner(steps in prop::collection::vec((0u8..16, 0u8..5), 0..40)) {
        let rubric = Rubric::first().unwrap();
        let mut partner = filed();
        let mut folded = Some(partner.clone());
        for (day, (what, number)) in (1..).zip(steps) {
            // An end is looked for when it may have come.
            let now = if what == 14 { at(day + 400) } else { at(day) };
            let who = person(u128::from(number));
            let by = [By::DutyOfficer(person(9)), By::Developer(person(8))];
            let told = match what {
                0 => {
                    let drawn = panel(&[1, 2 + u128::from(number)], &[5, 0, 7]);
                    partner.draw(drawn, &register(), now)
                }
                1 => partner.join(&rubric, &bench(), now),
                2 => partner.mark(who, filing(4), &rubric, now),
                3 => partner.mark(who, filing(1), &rubric, now),
                4 => partner.conclude(&rubric, rivals(), 300, &Calendar::default(), now),
                5 => partner.sign(Side::Developer(person(8)), now),
                6 => partner.sign(Side::Clearinghouse(person(9)), now),
                7 => partner.appeal(&Calendar::default(), now),
                8 => partner.seat(people(&[1, 2, 3]), left(who), now),
                9 => partner.suspend(Extent::Person(who), by[0], Why::Unstated, now),
                10 => partner.resume(Extent::Person(who), by, now),
                11 => partner.revoke(Extent::Person(who), by, Why::Unstated, now),
                12 => partner.attest(now),
                13 => partner.take_over(left(who), now),
                14 => partner.expire(now),
                _ => partner.miss_answer(now),
            };
            if let Ok((next, fact)) = told {
                let line = serde_json::to_string(&fact).unwrap();
                prop_assert!(!line.contains(' '), "a fact holds no free text: {}", line);
                let read: PartnerFact = serde_json::from_str(&line).unwrap();
                folded = Partner::apply(folded, &read, now);
                partner = next;
            }
            prop_assert_eq!(folded.as_ref(), Some(&partner));
            let stored = serde_json::to_string(&partner).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Partner>(&stored).unwrap(), &partner);
        }
    }
}
