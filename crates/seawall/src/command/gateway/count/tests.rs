use super::*;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::quota::Ticket;
use seawall_domain::engagement::scope::Endpoint;
use seawall_domain::id::PersonId;
use seawall_gateway::record::{By, Ended, Keyed};

const NOTHING: Keyed = Keyed { bytes: 0, hmac: Digest::new([0; 32]) };

fn party(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

fn amount(tokens_in: u64, tokens_out: u64) -> Amount {
    Amount { requests: 1, tokens_in, tokens_out, cost_micros: 0 }
}

fn begun(request: u128, of: u128, tokens_in: u64, tokens_out: u64) -> Event {
    let by = By {
        person: PersonId::new(Uuid::from_u128(9)),
        party: party(of),
        key: Digest::new([1; 32]),
        purpose: Some(Purpose::Patch),
        claim: None,
    };
    let amount = amount(tokens_in, tokens_out);
    Event::Intent {
        request: Uuid::from_u128(request),
        by,
        endpoint: Endpoint::Chat,
        model: "early".into(),
        policy: None,
        lease: 1,
        body: NOTHING,
        escrow: None,
        entry: Entry::Reserved { ticket: Ticket(1), holders: Vec::new(), amount },
    }
}

fn ended(request: u128, tokens_in: u64, tokens_out: u64) -> Event {
    Event::Outcome {
        request: Uuid::from_u128(request),
        ended: Ended::Whole,
        status: Some(200),
        body: NOTHING,
        escrow: None,
        overrun: None,
        entry: Entry::Settled { ticket: Ticket(1), actual: amount(tokens_in, tokens_out) },
    }
}

#[track_caller]
fn check(events: Vec<Event>, expected: &[(u128, u64, u64, u64)]) {
    let mut sums = Sums::default();
    for (number, event) in (0..).zip(events) {
        let before = Digest::new([0; 32]);
        sums.take(Line { number, before, at: jiff::Timestamp::UNIX_EPOCH, event });
    }
    let used = sums.parties().unwrap();
    let told = used.iter().map(|it| (it.party, it.requests, it.tokens_in, it.tokens_out));
    let expected = expected.iter().map(|it| (party(it.0), it.1, it.2, it.3));
    assert_eq!(told.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn what_was_used_is_summed_by_party() {
    check(vec![], &[]);
    check(vec![begun(1, 2, 50, 100), ended(1, 40, 7)], &[(2, 1, 40, 7)]);
    check(
        vec![
            begun(1, 2, 50, 100),
            begun(2, 1, 50, 100),
            ended(2, 30, 5),
            begun(3, 2, 50, 100),
            ended(1, 40, 7),
            ended(3, 20, 3),
        ],
        &[(1, 1, 30, 5), (2, 2, 60, 10)],
    );
    // What is under way counts in full; an end of nothing counts nothing.
    check(vec![begun(1, 2, 50, 100), ended(9, 40, 7)], &[(2, 1, 50, 100)]);
}
