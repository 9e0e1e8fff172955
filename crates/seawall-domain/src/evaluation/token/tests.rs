use super::*;
use crate::time::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn digest(of: u8) -> Digest {
    Digest::new([of; 32])
}

fn run(number: u8) -> RunId {
    RunId::new(Uuid::from_u128(number.into()))
}

fn plan() -> Plan {
    Plan { tasks: digest(1), attempts: 5, limits: digest(2), conditions: digest(3) }
}

fn book() -> Book {
    Book::open(digest(0), plan(), at(100), at(10_000))
}

/// A log of run `number`, whose token is the digest of that number, begun at 200.
fn log(number: u8) -> Claim {
    let log = Digest::new([number, 1].repeat(16).try_into().unwrap_or([0; 32]));
    Claim { token: digest(number), created: at(200), log }
}

fn issued(numbers: &[u8]) -> Book {
    numbers.iter().fold(book(), |book, number| {
        let book = book.issue(run(*number), digest(*number), at(150)).unwrap().0;
        book.abandon(run(*number), Reason::TokenLost, at(400)).map_or(book, |(book, _)| book)
    })
}

fn outstanding(number: u8) -> Book {
    book().issue(run(number), digest(number), at(150)).unwrap().0
}

#[test]
fn a_log_counts_only_as_the_protocol_says() {
    fn check(change: impl Fn(&mut Claim), expected: Result<(), Refused>) {
        let mut claim = log(7);
        change(&mut claim);
        assert_eq!(outstanding(7).take(&claim, at(300)).map(drop), expected, "{claim:?}");
    }
    check(|_| {}, Ok(()));
    check(|claim| claim.token = digest(8), Err(Refused::NoToken));
    check(|claim| claim.created = at(149), Err(Refused::EarlyRun));
    check(|claim| claim.created = at(99), Err(Refused::EarlyRun));
    check(|claim| claim.created = at(150), Ok(()));
    check(|claim| claim.created = at(301), Err(Refused::FutureRun));
}

#[test]
fn a_run_of_the_second_in_which_its_token_was_given_out_is_not_too_early() {
    let later = at(150) + SignedDuration::from_millis(900);
    let (book, _) = book().issue(run(7), digest(7), later).unwrap();
    assert_eq!(book.entries()[0].issued_at, at(150));
    let check = |created: i64, expected: Result<(), Refused>| {
        let claim = Claim { created: at(created), ..log(7) };
        assert_eq!(book.take(&claim, at(300)).map(drop), expected, "{created}");
    };
    check(149, Err(Refused::EarlyRun));
    check(150, Ok(()));
}

#[test]
fn a_token_is_used_once_and_a_log_once() {
    let (book, fact) = outstanding(7).take(&log(7), at(300)).unwrap();
    assert_eq!(fact, TokenFact::Used { run: run(7), log: log(7).log });
    assert_eq!(book.take(&log(7), at(301)), Err(Refused::Reused));
    let (book, _) = book.complete(run(7), at(400)).unwrap();
    assert_eq!(book.take(&log(7), at(302)), Err(Refused::Reused));
    // The same log under a second token is the same run again.
    let (book, _) = book.issue(run(8), digest(8), at(160)).unwrap();
    let again = Claim { token: digest(8), ..log(7) };
    assert_eq!(book.take(&again, at(303)), Err(Refused::Reused));
    // A token that was given up is not taken back up.
    let (book, _) = book.abandon(run(8), Reason::HarnessBroke, at(400)).unwrap();
    assert_eq!(book.take(&log(8), at(304)), Err(Refused::Reused));
}

#[test]
fn an_unreturned_token_blocks_the_next_until_it_is_explained() {
    let book = outstanding(1);
    assert_eq!(book.issue(run(2), digest(2), at(160)), Err(Refused::Unreturned));
    assert_eq!(book.account(), None);
    let (used, _) = book.take(&log(1), at(300)).unwrap();
    assert_eq!(used.issue(run(2), digest(2), at(310)), Err(Refused::Unreturned));
    let (failed, _) = used.fail(run(1), Reason::SandboxBroke, at(400)).unwrap();
    assert!(failed.issue(run(2), digest(2), at(310)).is_ok());
    let (explained, _) = book.abandon(run(1), Reason::OperatorMistake, at(400)).unwrap();
    let (next, _) = explained.issue(run(2), digest(2), at(310)).unwrap();
    let (next, _) = next.take(&Claim { created: at(320), ..log(2) }, at(330)).unwrap();
    let (next, _) = next.complete(run(2), at(400)).unwrap();
    let account = Account { issued: 2, completed: 1, failed: 0, abandoned: 1 };
    assert_eq!(next.account(), Some(account));
}

#[test]
fn tokens_are_given_out_only_while_the_protocol_is_in_force() {
    for (second, expected) in [(99, false), (100, true), (9_999, true), (10_000, false)] {
        let told = book().issue(run(1), digest(1), at(second));
        assert_eq!(told.is_ok(), expected, "{second}");
    }
    let book = issued(&[1]);
    assert_eq!(book.issue(run(1), digest(2), at(200)), Err(Refused::Known));
    assert_eq!(book.issue(run(2), digest(1), at(200)), Err(Refused::Known));
    for impossible in
        [book.complete(run(1), at(400)), book.fail(run(9), Reason::TokenLost, at(400))]
    {
        assert_eq!(impossible, Err(Refused::NotNow));
    }
    let full: Vec<u8> = (0..=255).collect();
    let full = issued(&full);
    assert_eq!(
        full.issue(RunId::new(Uuid::from_u128(999)), digest(1), at(200)).map(drop),
        Err(Refused::Known)
    );
    let token = Digest::new([1, 2].repeat(16).try_into().unwrap_or([0; 32]));
    assert_eq!(full.issue(RunId::new(Uuid::from_u128(999)), token, at(200)), Err(Refused::Full));
}

proptest! {
    /// Whatever is tried, at most one token is out, and no token or log ever counts twice.
    #[test]
    fn every_token_is_accounted_for(steps in prop::collection::vec((0u8..5, 0u8..4), 0..40)) {
        let mut book = book();
        let mut replayed = book.clone();
        for (what, number) in steps {
            let tried = match what {
                0 => book.issue(run(number), digest(number), at(150)),
                1 => book.take(&log(number), at(300)),
                2 => book.complete(run(number), at(400)),
                3 => book.fail(run(number), Reason::HarnessBroke, at(400)),
                _ => book.abandon(run(number), Reason::TokenLost, at(400)),
            };
            let before = book.entries().len();
            if let Ok((next, fact)) = tried {
                prop_assert!(next.entries().len() >= before, "no entry is ever taken away");
                let when = if what == 0 { at(150) } else { at(400) };
                replayed = replayed.after(&fact, when).unwrap();
                book = next;
            }
            prop_assert_eq!(&replayed, &book, "replaying the facts gives the book");
            let open = book.entries().iter().filter(|entry| !entry.fate.is_final()).count();
            prop_assert!(open <= 1);
            prop_assert_eq!(book.account().is_some(), open == 0);
            let mut logs: Vec<Digest> =
                book.entries().iter().filter_map(|entry| entry.fate.log()).collect();
            let count = logs.len();
            logs.sort();
            logs.dedup();
            prop_assert_eq!(logs.len(), count);
        }
    }
}
