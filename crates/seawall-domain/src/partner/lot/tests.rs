use super::super::assessment::tests::{filing, person};
use super::super::conflict::{Tie, TieKind};
use super::super::lottery::commitment;
use super::super::lottery::tests::hash;
use super::super::tests::{application, at};
use super::*;
use uuid::Uuid;

fn party(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

/// Those whom it concerns: the applicant, the developer, and the applicant's parent.
const CONCERNED: [u128; 3] = [2, 3, 9];

fn filed() -> Partner {
    let mut application = application();
    application.declared.parent = party(CONCERNED[2]);
    Partner::file(application).unwrap().0
}

fn people(count: u128) -> BTreeSet<PersonId> {
    (1..=count).map(person).collect()
}

/// One person with a tie to each of those whom it concerns, and these with one to the parent.
fn register(others: &[PersonId]) -> Register {
    let tied = (1..).map(person).zip(CONCERNED);
    let mut register = Register::default();
    for (person, whom) in tied.chain(others.iter().map(|person| (*person, CONCERNED[2]))) {
        let (party, kind) = (party(whom), TieKind::Customer);
        register.add(Tie { person, party, kind, ended_at: None }).unwrap();
    }
    register
}

/// The same, and accounts of everybody.
fn bench(others: &[PersonId]) -> Bench {
    Bench { register: register(others), able: people(2_000) }
}

#[test]
fn a_pool_leaves_something_to_draw() {
    let check = |pool: u128, wanted: u8, expected: Result<(), Refused>| {
        let begun = filed().begin_draw(party(7), people(pool), wanted, &bench(&[]), at(1));
        assert_eq!(begun.map(|_| ()), expected, "{wanted} of {pool}");
    };
    let lacks =
        |wanted, left, lacking| Err(lottery::Refused::NoChoice { wanted, left, lacking }.into());
    let size = Err(assessment::Refused::Size.into());
    // Three of each pool have a tie.
    check(7, 2, Ok(()));
    check(6, 2, lacks(2, 3, 1));
    check(5, 2, lacks(2, 2, 2));
    check(3, 2, lacks(2, 0, 4));
    check(13, 5, Ok(()));
    check(12, 5, lacks(5, 9, 1));
    check(9, 0, size);
    check(9, 1, size);
    check(20, 6, size);
    check(1_001, 2, Err(lottery::Refused::Pool.into()));
    let told: Result<(), Refused> = lacks(2, 3, 1);
    let told = told.unwrap_err().to_string();
    assert_eq!(told, "cannot draw 2 of 3 people who may look: the pool lacks 1");
}

/// A draw of two that needs nothing any more, and the order that it gives.
fn revealed(pool: u128) -> (Partner, Vec<PersonId>) {
    let begun = filed().begin_draw(party(7), people(pool), 2, &bench(&[]), at(1)).unwrap().0;
    let sides = [(party(3), [1; 32]), (party(7), [2; 32])];
    let committed = sides.iter().fold(begun, |it, (side, nonce)| {
        it.commit_draw(*side, commitment(*side, nonce, hash), at(2)).unwrap().0
    });
    let revealed = sides.iter().fold(committed, |it, (side, nonce)| {
        it.reveal_draw(*side, Digest::new(*nonce), hash, at(3)).unwrap().0
    });
    let lot = revealed.lot().unwrap();
    let order = lot.draw.order(&lot.pool, &lot.recused, hash).unwrap();
    (revealed, order)
}

#[test]
fn the_draw_gives_a_panel_and_who_is_next() {
    let check = |pool: u128, reserve: usize| {
        let (partner, order) = revealed(pool);
        assert!(order.iter().all(|it| !people(3).contains(it)), "the tied stay out");
        let (_, fact) = partner.draw_lot(&bench(&[]), hash, at(4)).unwrap();
        let expected = PartnerFact::PanelDrawn {
            members: order[..2].iter().copied().collect(),
            reserve: order[2..2 + reserve].to_vec(),
            left_out: BTreeSet::new(),
        };
        assert_eq!(fact, expected, "{pool}");
    };
    check(7, 2);
    check(10, 5);
    check(40, RESERVE_MAX);
}

/// A bench without the accounts of some.
fn without(gone: &[PersonId]) -> Bench {
    let mut bench = bench(&[]);
    bench.able.retain(|person| !gone.contains(person));
    bench
}

#[test]
fn whoever_is_in_a_pool_has_an_account() {
    let check = |gone: &[u128], expected: Option<&str>| {
        let bench = without(&gone.iter().copied().map(person).collect::<Vec<_>>());
        let begun = filed().begin_draw(party(7), people(8), 2, &bench, at(1));
        let told = begun.err().map(|refused| refused.to_string());
        assert_eq!(told.is_some(), expected.is_some(), "{gone:?} {told:?}");
        let told = told.unwrap_or_default();
        assert!(told.contains(expected.unwrap_or_default()), "{told}");
    };
    check(&[], None);
    check(&[99], None);
    check(&[5], Some(&format!("from person {}: to look", person(5))));
    check(&[5, 7, 8], Some("and 2 more: to look"));
    // With a tie or not: whoever cannot look is no part of a pool.
    check(&[1], Some("an account of its own"));
}

#[test]
fn whose_account_is_closed_is_left_out_and_told() {
    let (partner, order) = revealed(8);
    let drawn = partner.draw_lot(&without(&order[..1]), hash, at(4)).unwrap();
    let expected = PartnerFact::PanelDrawn {
        members: order[1..3].iter().copied().collect(),
        reserve: order[3..].to_vec(),
        left_out: order[..1].iter().copied().collect(),
    };
    assert_eq!(drawn.1, expected);
    let Stage::Assessed { left_out, .. } = drawn.0.stage else { panic!("it is drawn") };
    assert_eq!(left_out, order[..1].iter().copied().collect());
    // Too few are left: it is void, and the pool can be named anew.
    let (next, fact) = partner.draw_lot(&without(&order[1..]), hash, at(4)).unwrap();
    assert_eq!(fact, PartnerFact::DrawVoided { silent: BTreeSet::new() });
    assert!(next.begin_draw(party(7), people(8), 2, &bench(&[]), at(5)).is_ok());
    // Whoever waits in reserve is passed over.
    let rubric = Rubric::first().unwrap();
    let (apart, order) = marked([4, 1]);
    let joined = apart.join(&rubric, &without(&order[2..3]), at(6)).unwrap().1;
    assert_eq!(joined, PartnerFact::AssessorJoined { person: order[3] });
}

/// A panel of two from a pool with five more who may look, with these marks.
fn marked(marks: [u8; 2]) -> (Partner, Vec<PersonId>) {
    let (partner, order) = revealed(10);
    let drawn = partner.draw_lot(&bench(&[]), hash, at(4)).unwrap().0;
    let rubric = Rubric::first().unwrap();
    let looked = order
        .iter()
        .zip(marks)
        .fold(drawn, |it, (by, mark)| it.mark(*by, filing(mark), &rubric, at(5)).unwrap().0);
    (looked, order)
}

#[test]
fn the_next_of_the_draw_joins_where_marks_are_too_far_apart() {
    let rubric = Rubric::first().unwrap();
    let (partner, order) = marked([4, 1]);
    let check = |tied: &[PersonId], expected: Result<PersonId, Refused>| {
        let joined = partner.join(&rubric, &bench(tied), at(6));
        let expected = expected.map(|person| PartnerFact::AssessorJoined { person });
        assert_eq!(joined.map(|(_, fact)| fact), expected);
    };
    check(&[], Ok(order[2]));
    check(&order[2..3], Ok(order[3]));
    check(&order[2..6], Ok(order[6]));
    check(&order[2..], Err(Refused::NobodyInReserve));
    // Whoever was passed over does not come again, and nobody joins before it is needed.
    let later = partner.join(&rubric, &bench(&order[2..3]), at(6)).unwrap().0;
    let Stage::Assessed { reserve, panel, .. } = &later.stage else { panic!("it is looked at") };
    assert_eq!(reserve, &order[4..]);
    assert!(panel.members().contains(&order[3]));
    let blind = Err(assessment::Refused::Blind.into());
    assert_eq!(later.join(&rubric, &bench(&[]), at(7)), blind);
    let settled = later.mark(order[3], filing(3), &rubric, at(7)).unwrap().0;
    let not_apart = Err(assessment::Refused::NotApart.into());
    assert_eq!(settled.join(&rubric, &bench(&[]), at(8)), not_apart);
    assert_eq!(marked([3, 4]).0.join(&rubric, &bench(&[]), at(6)), not_apart);
    let first = revealed(10).0;
    assert_eq!(first.join(&rubric, &bench(&[]), at(6)), Err(Refused::NotNow));
}

#[test]
fn what_earlier_versions_recorded_still_folds() {
    let joined = |person| PartnerFact::AssessorJoined { person };
    let members = BTreeSet::from([person(1), person(2)]);
    let drawn = Drawn { members, ..Drawn::default() };
    let old = filed().draw(drawn, &Register::default(), at(1)).unwrap().0;
    assert!(Partner::after(Some(old), &joined(person(77)), at(2)).is_some());
    // Where there is a reserve, nobody joins who is not in it.
    let (partner, order) = marked([4, 1]);
    let after = |person| Partner::after(Some(partner.clone()), &joined(person), at(6));
    assert!(after(order[3]).is_some());
    assert_eq!(after(person(77)), None);
}
