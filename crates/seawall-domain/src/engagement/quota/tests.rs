use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn person(number: u128) -> Holder {
    Holder::Person(PersonId::new(Uuid::from_u128(number)))
}

fn window() -> Holder {
    Holder::Window(WindowId::new(Uuid::from_u128(1)))
}

fn amount(requests: u64, tokens_out: u64) -> Amount {
    Amount { requests, tokens_out, ..Amount::default() }
}

fn limit(requests: u64, tokens_out: u64, concurrent: u32) -> Limit {
    Limit { whole: amount(requests, tokens_out), concurrent }
}

fn book() -> (Book, Vec<Entry>) {
    let mut book = Book::new();
    let entries = [
        book.limit(person(1), limit(10, 1_000, 3)).unwrap(),
        book.limit(person(2), limit(10, 1_000, 3)).unwrap(),
        book.limit(window(), limit(15, 1_500, 4)).unwrap(),
    ];
    (book, entries.to_vec())
}

#[test]
fn what_is_set_aside_counts_against_everybody_or_nobody() {
    let (mut book, _) = book();
    let both = [person(1), window()];
    let (first, _) = book.reserve(&both, amount(1, 900)).unwrap();
    assert_eq!(book.reserve(&both, amount(1, 101)), Err(Refused::UsedUp(person(1))));
    let other = [person(2), window()];
    assert_eq!(book.reserve(&other, amount(1, 601)), Err(Refused::UsedUp(window())));
    // Whatever was refused set nothing aside for the person either.
    assert_eq!(book.account(&person(2)).map(|account| account.reserved), Some(Amount::default()));
    assert_eq!(book.settle(first, amount(1, 300)).map(|(told, _)| told), Ok(Settled::Within));
    assert!(book.reserve(&other, amount(1, 601)).is_ok());
    assert_eq!(book.settle(first, amount(1, 300)), Err(Refused::Unknown));
    assert_eq!(book.reserve(&[person(9)], amount(0, 0)), Err(Refused::UsedUp(person(9))));
    assert_eq!(book.reserve(&[], amount(0, 0)), Err(Refused::BadHolders));
    assert_eq!(book.reserve(&[person(1), person(1)], amount(0, 0)), Err(Refused::BadHolders));
}

#[test]
fn requests_at_the_same_time_are_bounded() {
    let (mut book, _) = book();
    let tickets: Vec<Ticket> =
        (0..3).map(|_| book.reserve(&[person(1)], amount(1, 1)).unwrap().0).collect();
    assert_eq!(book.reserve(&[person(1)], amount(1, 1)), Err(Refused::TooMany(person(1))));
    book.settle(tickets[0], amount(1, 0)).unwrap();
    assert!(book.reserve(&[person(1)], amount(1, 1)).is_ok());
}

#[test]
fn more_than_was_set_aside_counts_in_full_and_is_told() {
    let (mut book, _) = book();
    let (ticket, _) = book.reserve(&[person(1)], amount(1, 100)).unwrap();
    let told = book.settle(ticket, amount(1, 5_000)).map(|(told, _)| told);
    assert_eq!(told, Ok(Settled::Overrun { by: amount(0, 4_900) }));
    assert_eq!(book.reserve(&[person(1)], amount(1, 0)), Err(Refused::UsedUp(person(1))));
}

#[test]
fn two_hundred_at_once_never_exceed() {
    let (mut book, _) = book();
    book.limit(person(1), limit(100, u64::MAX, 1_000)).unwrap();
    let taken = (0..200).filter(|_| book.reserve(&[person(1)], amount(1, 1)).is_ok()).count();
    assert_eq!(taken, 100);
}

#[test]
fn amounts_do_not_overflow() {
    let (mut book, _) = book();
    book.limit(person(1), limit(u64::MAX, u64::MAX, 9)).unwrap();
    let (ticket, _) = book.reserve(&[person(1)], amount(1, u64::MAX)).unwrap();
    book.settle(ticket, amount(1, u64::MAX)).unwrap();
    let (ticket, _) = book.reserve(&[person(1)], amount(1, u64::MAX)).unwrap();
    book.settle(ticket, amount(u64::MAX, u64::MAX)).unwrap();
    assert_eq!(book.account(&person(1)).map(|it| it.settled.tokens_out), Some(u64::MAX));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is asked in whatever order: no account exceeds its limit, the entries replay to the
    /// same book, and after a stop everything settled is still settled.
    #[test]
    fn nothing_overshoots_and_nothing_settled_is_lost(
        steps in prop::collection::vec((0u8..3, 0usize..6, 1u64..700), 0..40),
    ) {
        let (mut book, mut entries) = book();
        let mut tickets = Vec::new();
        for (what, which, tokens) in steps {
            match what {
                0 | 1 => {
                    let holders = [person(1 + u128::from(what)), window()];
                    if let Ok((ticket, entry)) = book.reserve(&holders, amount(1, tokens)) {
                        tickets.push((ticket, tokens));
                        entries.push(entry);
                    }
                }
                _ if tickets.is_empty() => {}
                _ => {
                    let (ticket, reserved) = tickets.remove(which % tickets.len());
                    let actual = amount(1, tokens.min(reserved));
                    let (told, entry) = book.settle(ticket, actual).unwrap();
                    prop_assert_eq!(told, Settled::Within);
                    entries.push(entry);
                }
            }
            for holder in [person(1), person(2), window()] {
                let account = book.account(&holder).unwrap();
                let taken = account.settled.plus(&account.reserved);
                prop_assert!(taken.fits(&account.limit.whole), "{holder:?} {account:?}");
                prop_assert!(account.open <= account.limit.concurrent);
            }
        }
        let mut stopped = Book::replay(&entries).unwrap();
        prop_assert_eq!(&stopped, &book);
        let stored = serde_json::to_string(&book).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Book>(&stored).unwrap(), &book);
        let before = stopped.account(&window()).unwrap().settled;
        entries.extend(stopped.recover());
        let after = stopped.account(&window()).unwrap();
        prop_assert!(before.fits(&after.settled));
        prop_assert_eq!((after.reserved, after.open), (Amount::default(), 0));
        prop_assert_eq!(Book::replay(&entries).unwrap(), stopped);
    }
}
