use super::*;
use crate::time::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

fn signer(person_number: u128, account: u128, key: u8) -> Signer {
    Signer {
        person: person(person_number),
        account: AccountId::new(Uuid::from_u128(account)),
        key: Digest::new([key; 32]),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn duties() -> Duties {
    let given = [
        (1, Duty::SetThreshold),
        (2, Duty::Countersign),
        (3, Duty::Run),
        (4, Duty::Score),
        (5, Duty::Custody),
        (6, Duty::Custody),
        (7, Duty::Custody),
    ];
    given.into_iter().fold(Duties::default(), |duties, (number, duty)| {
        duties.give(person(number), duty).unwrap()
    })
}

fn drafted(root: u8) -> Seal {
    Seal::Drafted { root: Digest::new([root; 32]) }
}

fn sealed(root: u8, seconds: i64) -> Seal {
    let expected = [Digest::new([1; 32]), Digest::new([2; 32])];
    let once = drafted(root).sign(signer(1, 1, 1), &duties(), &expected, at(seconds)).unwrap();
    once.sign(signer(2, 2, 2), &duties(), &expected, at(seconds)).unwrap()
}

#[test]
fn two_different_people_sign_and_nobody_else() {
    fn check(signers: &[Signer], expected: Result<(), Refused>) {
        let keys = [Digest::new([1; 32]), Digest::new([2; 32]), Digest::new([3; 32])];
        let told = signers
            .iter()
            .try_fold(drafted(9), |seal, by| seal.sign(*by, &duties(), &keys, at(0)))
            .and_then(|seal| seal.sealed_at().map(drop).ok_or(Refused::NotNow));
        assert_eq!(told, expected, "{signers:?}");
    }
    let (setter, second) = (signer(1, 1, 1), signer(2, 2, 2));
    check(&[setter, second], Ok(()));
    check(&[second, setter], Ok(()));
    check(&[setter], Err(Refused::NotNow));
    check(&[setter, setter], Err(Refused::SecondPersonNeeded));
    // The same person with another account and another key.
    check(&[setter, signer(1, 8, 2)], Err(Refused::SecondPersonNeeded));
    // Another person with the first one's key or account.
    check(&[setter, signer(2, 2, 1)], Err(Refused::OtherKey));
    check(&[setter, signer(2, 1, 2)], Err(Refused::SecondPersonNeeded));
    // People with another duty, or none; a key that the protocol does not name.
    check(&[setter, signer(3, 3, 3)], Err(Refused::NoDuty));
    check(&[signer(4, 4, 3), second], Err(Refused::NoDuty));
    check(&[setter, signer(99, 9, 3)], Err(Refused::NoDuty));
    check(&[setter, signer(2, 2, 4)], Err(Refused::OtherKey));
    check(&[setter, second, second], Err(Refused::NotNow));
}

#[test]
fn whoever_sets_the_threshold_neither_runs_nor_scores() {
    const ALL: [Duty; 7] = [
        Duty::SetThreshold,
        Duty::Countersign,
        Duty::Run,
        Duty::Score,
        Duty::Concur,
        Duty::Custody,
        Duty::Audit,
    ];
    for first in ALL {
        for second in ALL {
            let given = Duties::default().give(person(1), first).unwrap().give(person(1), second);
            assert_eq!(given.is_ok(), first == second, "{first:?} then {second:?}");
        }
    }
    assert!(!duties().has(person(1), Duty::Run) && !duties().has(person(1), Duty::Score));
}

#[test]
fn duties_are_bounded() {
    let mut duties = Duties::default();
    for number in 0..PEOPLE_MAX as u128 {
        duties = duties.give(person(number), Duty::Custody).unwrap();
    }
    assert_eq!(duties.give(person(1_000), Duty::Run), Err(Refused::Full(PEOPLE_MAX)));
}

#[test]
fn every_revision_stays_to_be_seen() {
    let (first, second) = (sealed(1, 0), sealed(2, 10));
    let root = |of: &Seal| Some(of.root());
    let revisions = Revisions::default().amend(&first, None).unwrap();
    assert_eq!(revisions.amendments(), 0);
    // A fork, a revision that names none, itself, an unsigned one, one from before.
    assert_eq!(revisions.amend(&second, None), Err(Refused::NotNext));
    assert_eq!(revisions.amend(&second, root(&second)), Err(Refused::NotNext));
    assert_eq!(revisions.amend(&first, root(&first)), Err(Refused::NotNext));
    assert_eq!(revisions.amend(&drafted(2), root(&first)), Err(Refused::NotNow));
    let revisions = revisions.amend(&second, root(&first)).unwrap();
    assert_eq!(revisions.amend(&sealed(3, 5), root(&second)), Err(Refused::NotNext));
    assert_eq!(revisions.amend(&sealed(1, 20), root(&second)), Err(Refused::NotNext));
    assert_eq!(revisions.amendments(), 1);
    let roots: Vec<Digest> = revisions.all().iter().map(|revision| revision.root).collect();
    assert_eq!(roots, [first.root(), second.root()]);
    assert_eq!(revisions.newest().map(|newest| newest.root), root(&second));
}

#[test]
fn an_opening_needs_its_quorum_and_is_on_record() {
    let seal = sealed(1, 0);
    for quorum in [0, 1, 4] {
        assert_eq!(Opening::ask(&seal, &duties(), quorum), Err(Refused::NoQuorum), "{quorum}");
    }
    assert_eq!(Opening::ask(&drafted(1), &duties(), 2), Err(Refused::NotNow));
    let opening = Opening::ask(&seal, &duties(), 3).unwrap();
    assert_eq!(opening.agree(person(1), at(1)), Err(Refused::NoDuty));
    let (opening, first) = opening.agree(person(5), at(1)).unwrap();
    assert_eq!(first, [OpeningStep::Agreed { by: person(5), agreed: 1, quorum: 3 }]);
    assert_eq!(opening.agree(person(5), at(2)), Err(Refused::NotNow), "once is once");
    let (opening, _) = opening.agree(person(6), at(2)).unwrap();
    assert_eq!(opening.opened(), None, "one too few gives nothing");
    let (opening, last) = opening.agree(person(7), at(3)).unwrap();
    assert_eq!(last.last(), Some(&OpeningStep::Opened { by: person(7) }));
    assert_eq!(opening.opened().map(|opened| opened.root()), Some(seal.root()));
}

proptest! {
    /// However people sign, a seal never bears one person, one key or one account twice.
    #[test]
    fn a_seal_bears_two_people(
        tries in prop::collection::vec((0u128..4, 0u128..4, 0u8..4), 0..12),
    ) {
        let keys: Vec<Digest> = (0..4).map(|key| Digest::new([key; 32])).collect();
        let mut seal = drafted(1);
        for (who, account, key) in tries {
            if let Ok(next) = seal.sign(signer(who, account, key), &duties(), &keys, at(0)) {
                seal = next;
            }
        }
        if let Seal::Sealed { by: [one, other], .. } = seal {
            prop_assert_ne!(one.person, other.person);
            prop_assert_ne!(one.key, other.key);
            prop_assert_ne!(one.account, other.account);
        }
    }

    /// Fewer custodians than the quorum open nothing, whoever else tries.
    #[test]
    fn too_few_open_nothing(tries in prop::collection::vec(0u128..9, 0..12), quorum in 2usize..4) {
        let mut opening = Opening::ask(&sealed(1, 0), &duties(), quorum).unwrap();
        let mut agreed = BTreeSet::new();
        for number in tries {
            if let Ok((next, _)) = opening.agree(person(number), at(1)) {
                opening = next;
                agreed.insert(number);
            }
            prop_assert_eq!(opening.opened().is_some(), agreed.len() >= quorum);
        }
        prop_assert!(agreed.iter().all(|number| (5..8).contains(number)));
    }
}
