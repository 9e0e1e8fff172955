use super::*;
use crate::id::AccountId;
use crate::time::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn digest(of: u8) -> Digest {
    Digest::new([of; 32])
}

fn person(number: u8) -> PersonId {
    PersonId::new(Uuid::from_u128(number.into()))
}

fn run(number: u8) -> RunId {
    RunId::new(Uuid::from_u128(number.into()))
}

fn plan() -> Plan {
    Plan { tasks: digest(1), attempts: 5, limits: digest(2), conditions: digest(3) }
}

fn draft(root: u8, supersedes: Option<u8>) -> Event {
    Event::Commit(Draft {
        root: digest(root),
        supersedes: supersedes.map(digest),
        plan: plan(),
        until: at(100_000),
        signers: vec![digest(101), digest(102)],
        custody: None,
    })
}

fn sign(who: u8) -> Event {
    let account = AccountId::new(Uuid::from_u128(who.into()));
    Event::Sign(Signer { person: person(who), account, key: digest(100 + who) })
}

/// Takes steps, one a second; each must be taken, or refused where `!` is said.
fn walk(mut docket: Docket, from: i64, steps: Vec<(Event, bool)>) -> Docket {
    for (second, (event, taken)) in (from..).zip(steps) {
        match docket.step(event.clone(), at(second)) {
            Ok((next, _)) if taken => docket = next,
            Err(_) if !taken => {}
            other => panic!("{event:?}: {other:?}"),
        }
    }
    docket
}

fn give(number: u8, duty: Duty) -> (Event, bool) {
    (Event::Give { person: person(number), duty }, true)
}

fn agree(number: u8, part: Option<u8>) -> Event {
    Event::Agree { person: person(number), part: part.map(digest) }
}

fn sealed() -> Docket {
    let steps = vec![
        give(1, Duty::SetThreshold),
        give(2, Duty::Countersign),
        give(5, Duty::Custody),
        give(6, Duty::Custody),
        (draft(10, None), true),
        (Event::Issue { run: run(1), token: digest(50) }, false),
        (sign(1), true),
        (sign(1), false),
        (Event::AskOpening { quorum: Some(2) }, false),
        (sign(2), true),
    ];
    walk(Docket::new(), 0, steps)
}

fn key(number: u8, key: u8) -> Event {
    Event::BringKey { person: person(number), key: Recipient::new([key; 32]) }
}

/// The draft, whose key is split among these people; each one's part has the digest of its number.
fn split(root: u8, quorum: usize, among: &[u8]) -> Event {
    let parts = among.iter().map(|number| (person(*number), digest(*number))).collect();
    let Event::Commit(plain) = draft(root, None) else { panic!("it is a draft") };
    Event::Commit(Draft { custody: Some(Custody::of(quorum, parts).unwrap()), ..plain })
}

#[test]
fn a_split_key_takes_the_part_of_each_of_a_quorum() {
    let steps = vec![
        give(1, Duty::SetThreshold),
        give(2, Duty::Countersign),
        give(5, Duty::Custody),
        give(6, Duty::Custody),
        give(7, Duty::Custody),
        (key(1, 1), false),
        (key(5, 55), true),
        (key(6, 55), false),
        (key(5, 56), true),
        (key(6, 55), true),
    ];
    let docket = walk(Docket::new(), 0, steps);
    assert_eq!(docket.custodians(), Err(sealing::Refused::NoKey.into()), "one has none");
    let docket = walk(docket, 20, vec![(key(7, 57), true)]);
    let expected = [(5, 56), (6, 55), (7, 57)];
    let expected = expected.map(|(who, key)| (person(who), Recipient::new([key; 32])));
    assert_eq!(docket.custodians(), Ok(expected.to_vec()));
    let steps = vec![
        (split(10, 2, &[4, 5]), false),
        (split(10, 2, &[5, 6, 7]), true),
        (Event::AskOpening { quorum: None }, false),
        (sign(1), true),
        (sign(2), true),
        (Event::AskOpening { quorum: Some(3) }, false),
        (Event::AskOpening { quorum: None }, true),
        (agree(1, Some(1)), false),
        (agree(5, None), false),
        (agree(5, Some(6)), false),
        (agree(5, Some(5)), true),
        (agree(5, Some(5)), false),
    ];
    let docket = walk(docket, 100, steps);
    assert_eq!(docket.opened(), None);
    // Another one that is being sealed meanwhile has other custodians, and changes nothing of this.
    let Event::Commit(other) = split(11, 2, &[5, 6]) else { panic!("it is a draft") };
    let other = Event::Commit(Draft { supersedes: Some(digest(10)), ..other });
    let people = |numbers: &[u8]| numbers.iter().map(|number| person(*number)).collect::<Vec<_>>();
    assert_eq!(docket.shared(), Some((digest(10), people(&[5, 6, 7]))));
    let docket = walk(docket, 115, vec![(other, true)]);
    assert_eq!(docket.shared(), Some((digest(10), people(&[5, 6, 7]))), "it is under way");
    let docket = walk(docket, 120, vec![(agree(7, Some(7)), true)]);
    assert_eq!(docket.shared(), Some((digest(11), people(&[5, 6]))));
    assert_eq!(docket.opened().map(|opened| opened.root()), Some(digest(10)));
    let opening = docket.opening.unwrap();
    assert_eq!(opening.brought().collect::<Vec<_>>(), [digest(5), digest(7)]);
}

#[test]
fn where_the_key_is_not_split_nobody_brings_a_part() {
    let steps = vec![
        (Event::AskOpening { quorum: None }, false),
        (Event::AskOpening { quorum: Some(2) }, true),
        (agree(5, Some(5)), false),
        (agree(5, None), true),
    ];
    let docket = walk(sealed(), 100, steps);
    assert!(docket.custody().is_none() && !docket.opening.unwrap().is_by_parts());
}

fn claim(token: u8, created: i64) -> Event {
    Event::Take(Claim { token: digest(token), created: at(created), log: digest(99) })
}

#[test]
fn a_protocol_goes_from_commitment_to_opening() {
    let docket = sealed();
    let steps = vec![
        (Event::Issue { run: run(1), token: digest(50) }, true),
        (Event::Issue { run: run(2), token: digest(51) }, false),
        (draft(11, Some(10)), false),
        (claim(50, 5), false),
        (claim(50, 104), true),
        (Event::Complete { run: run(1) }, true),
        (Event::AskOpening { quorum: Some(2) }, true),
        (Event::AskOpening { quorum: Some(2) }, false),
        (agree(1, None), false),
        (agree(5, None), true),
    ];
    let docket = walk(docket, 100, steps);
    assert_eq!(docket.opened(), None);
    assert_eq!(docket.opening_steps(person(6), at(0)).len(), 2);
    let docket = walk(docket, 120, vec![(agree(6, None), true)]);
    assert_eq!(docket.opened().map(|opened| opened.root()), Some(digest(10)));
}

#[test]
fn an_amendment_begins_a_book_of_its_own_and_stops_the_old_one() {
    let docket = sealed();
    let steps = vec![
        (draft(11, None), false),
        (draft(10, Some(10)), false),
        (draft(11, Some(10)), true),
        (Event::Issue { run: run(1), token: digest(50) }, false),
        (sign(2), true),
        (sign(1), true),
        (Event::Issue { run: run(1), token: digest(50) }, true),
    ];
    let docket = walk(docket, 100, steps);
    assert_eq!(docket.revisions.amendments(), 1);
    assert_eq!(docket.book.as_ref().map(Book::root), Some(digest(11)));
}

#[test]
fn a_book_begins_when_its_protocol_was_committed_to_in_whole_seconds() {
    let docket = sealed();
    let (drafted, committed_at) = docket.drafted().unwrap();
    assert_eq!((drafted.root, committed_at), (digest(10), at(4)));
    assert_eq!(docket.book.as_ref().map(Book::sealed_at), Some(at(4)));
    let within = at(200) + SignedDuration::from_millis(700);
    let (amended, _) = docket.step(draft(11, Some(10)), within).unwrap();
    assert_eq!(amended.drafted().map(|(_, committed_at)| committed_at), Some(at(200)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Folding the facts gives the docket, whatever is tried.
    #[test]
    fn facts_fold_to_the_docket(steps in prop::collection::vec((0u8..10, 0u8..8), 0..60)) {
        let (mut docket, mut folded) = (sealed(), sealed());
        for (second, (what, number)) in (100..).zip(steps) {
            let why = Reason::HarnessBroke;
            let event = match what {
                0 => Event::Give { person: person(number), duty: Duty::Run },
                1 => draft(10 + number, docket.revisions.newest().map(|it| it.root.bytes()[0])),
                2 => sign(1 + number % 2),
                3 => Event::Issue { run: run(number), token: digest(50 + number) },
                4 => claim(50 + number, second),
                5 => Event::Complete { run: run(number) },
                6 => Event::Fail { run: run(number), why },
                7 => Event::Abandon { run: run(number), why },
                8 => Event::AskOpening { quorum: Some(2) },
                _ => agree(number, None),
            };
            if let Ok((next, fact)) = docket.step(event, at(second)) {
                let line = serde_json::to_string(&fact).unwrap();
                prop_assert!(!line.contains(' '), "a fact holds no free text: {line}");
                let read: DocketFact = serde_json::from_str(&line).unwrap();
                folded = folded.after(&read, at(second)).unwrap();
                docket = next;
            }
            prop_assert_eq!(&folded, &docket);
            let stored = serde_json::to_string(&docket).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Docket>(&stored).unwrap(), &docket);
        }
    }
}
