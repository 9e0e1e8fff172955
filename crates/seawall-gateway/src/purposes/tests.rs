use super::*;
use crate::record::{Ended, Keyed, Why};
use Purpose::{Detect, Evaluate, FindOwn, Patch};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::scope::Endpoint;
use seawall_domain::id::PersonId;
use uuid::Uuid;

const NOTHING: Keyed = Keyed { bytes: 0, hmac: Digest::new([0; 32]) };

fn party(number: u128) -> PartyId {
    PartyId::new(Uuid::from_u128(number))
}

fn claim(number: u128) -> ScanId {
    ScanId::new(Uuid::from_u128(number))
}

fn by(of: u128, purpose: Option<Purpose>, named: Option<u128>) -> By {
    let person = PersonId::new(Uuid::from_u128(9));
    By { person, party: party(of), key: Digest::new([1; 32]), purpose, claim: named.map(claim) }
}

/// A request by which 50 tokens in and 100 out are set aside.
fn begun(ticket: u64, by: By) -> Event {
    let amount = Amount { requests: 1, tokens_in: 50, tokens_out: 100, cost_micros: 7 };
    Event::Intent {
        request: Uuid::from_u128(ticket.into()),
        by,
        endpoint: Endpoint::Chat,
        model: "early".into(),
        policy: None,
        lease: 1,
        body: NOTHING,
        escrow: None,
        entry: Entry::Reserved { ticket: Ticket(ticket), holders: Vec::new(), amount },
    }
}

fn ended(ticket: u64, requests: u64, tokens_in: u64, tokens_out: u64) -> Event {
    let actual = Amount { requests, tokens_in, tokens_out, cost_micros: 0 };
    Event::Outcome {
        request: Uuid::from_u128(ticket.into()),
        ended: Ended::Whole,
        status: Some(200),
        body: NOTHING,
        escrow: None,
        overrun: None,
        entry: Entry::Settled { ticket: Ticket(ticket), actual },
    }
}

fn refused(by: By) -> Event {
    let why = Why { kind: "denied".into(), reason: "denied".into() };
    Event::Refused { by, endpoint: Some(Endpoint::Chat), why }
}

fn report(of: Option<u128>, events: &[Event]) -> Report {
    let mut sums = Sums::of(of.map(party));
    events.iter().for_each(|event| sums.take(event));
    sums.report()
}

type Figures = (Option<Purpose>, [u64; 5]);

/// Rows with something in them: requests, tokens in, tokens out, with a claim, refused; and the
/// requests by claim.
#[track_caller]
fn check(of: Option<u128>, events: &[Event], expected: &[Figures], assets: &[(u128, u64)]) {
    let report = report(of, events);
    let every: Vec<_> = report.purposes.iter().filter_map(|row| row.purpose).collect();
    assert_eq!(every, Purpose::ALL);
    let figures = |row: &Row| {
        let Row { purpose, requests, tokens_in, tokens_out, with_claim, refused } = *row;
        (purpose, [requests, tokens_in, tokens_out, with_claim, refused])
    };
    let rows: Vec<_> = report.purposes.iter().map(figures).collect();
    let rows: Vec<_> = rows.into_iter().filter(|(_, figures)| *figures != [0; 5]).collect();
    assert_eq!(rows, expected);
    let told: Vec<_> = report.assets.iter().map(|it| (it.claim, it.requests)).collect();
    let assets = assets.iter().map(|(number, requests)| (claim(*number), *requests));
    assert_eq!((told, report.other_assets), (assets.collect(), 0));
}

#[test]
fn requests_are_summed_by_purpose_and_by_asset() {
    let patch = |of, named| by(of, Some(Patch), Some(named));
    check(None, &[], &[], &[]);
    let one = [begun(1, patch(2, 5)), ended(1, 1, 40, 7)];
    check(None, &one, &[(Some(Patch), [1, 40, 7, 1, 0])], &[(5, 1)]);
    let many = [
        begun(1, patch(2, 5)),
        refused(by(2, Some(Detect), None)),
        begun(2, by(3, Some(Evaluate), None)),
        ended(2, 1, 30, 5),
        refused(by(3, None, Some(99))),
        begun(3, patch(2, 6)),
        begun(4, by(3, Some(FindOwn), Some(6))),
        ended(1, 1, 40, 7),
        ended(4, 1, 1, 2),
        refused(patch(2, 77)),
        begun(5, patch(2, 4)),
        ended(3, 1, 20, 3),
        ended(5, 1, 0, 0),
    ];
    let all = [
        (Some(FindOwn), [1, 1, 2, 1, 0]),
        (Some(Patch), [3, 60, 10, 3, 1]),
        (Some(Detect), [0, 0, 0, 0, 1]),
        (Some(Evaluate), [1, 30, 5, 0, 0]),
        (None, [0, 0, 0, 0, 1]),
    ];
    // Claims of refused requests are in no list.
    check(None, &many, &all, &[(6, 2), (4, 1), (5, 1)]);
    let of_two = [(Some(Patch), [3, 60, 10, 3, 1]), (Some(Detect), [0, 0, 0, 0, 1])];
    check(Some(2), &many, &of_two, &[(4, 1), (5, 1), (6, 1)]);
    check(Some(9), &many, &[], &[]);
}

#[test]
fn what_is_under_way_counts_in_full_and_what_was_not_sent_not_at_all() {
    let patch = by(2, Some(Patch), Some(5));
    check(None, &[begun(1, patch)], &[(Some(Patch), [1, 50, 100, 1, 0])], &[(5, 1)]);
    check(None, &[begun(1, patch), ended(1, 0, 0, 0)], &[], &[]);
    // An end of nothing, or a second end, counts nothing.
    check(None, &[ended(1, 1, 40, 7)], &[], &[]);
    let twice = [begun(1, patch), ended(1, 1, 40, 7), ended(1, 1, 40, 7)];
    check(None, &twice, &[(Some(Patch), [1, 40, 7, 1, 0])], &[(5, 1)]);
    let vast = u64::MAX;
    let over = [begun(1, patch), ended(1, vast, vast, 1), begun(2, patch), ended(2, 1, 1, 1)];
    check(None, &over, &[(Some(Patch), [vast, vast, 2, vast, 0])], &[(5, vast)]);
}

#[test]
fn the_most_used_are_named_and_the_rest_is_one_number() {
    // The claim 1 once, the claim 2 twice, and so on.
    let most = CLAIMS_NAMED_MAX as u128 + 5;
    let named = (1..=most).flat_map(|number| (0..number).map(move |_| number));
    let events: Vec<Event> =
        (1..).zip(named).map(|(at, named)| begun(at, by(2, Some(Detect), Some(named)))).collect();
    let report = report(None, &events);
    let told: Vec<_> = report.assets.iter().map(|it| it.claim).collect();
    assert_eq!(told, (6..=most).rev().map(claim).collect::<Vec<_>>());
    assert_eq!(report.other_assets, 1 + 2 + 3 + 4 + 5);
}

#[test]
fn there_is_room_for_so_many_claims() {
    let mut sums = Sums::default();
    let number = CLAIMS_MAX as u64 + 3;
    for at in 0..number {
        let by = by(2, Some(Detect), Some(at.into()));
        sums.take(&begun(at, by));
        sums.take(&ended(at, 1, 0, 0));
    }
    assert_eq!(sums.claims.len(), CLAIMS_MAX);
    let Report { assets, other_assets, .. } = sums.report();
    assert_eq!(assets.len() as u64 + other_assets, number);
}
