use super::super::scope::{Endpoint, Streaming, Tools};
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn digest(of: u8) -> Digest {
    Digest::new([of; 32])
}

fn scope() -> Scope {
    Scope {
        endpoints: BTreeSet::from([Endpoint::Chat]),
        models: BTreeMap::from([("early".to_owned(), "internal-7".to_owned())]),
        tools: Tools::None,
        output_tokens_max: 1_000,
        streaming: Streaming::Streamed,
    }
}

fn gate() -> Gate {
    Gate::new(WindowId::new(Uuid::from_u128(1)), digest(1), digest(2), scope(), at(10_000))
}

fn lease(seq: u64, not_after: i64) -> Lease {
    let window = WindowId::new(Uuid::from_u128(1));
    Lease { window, snapshot: digest(1), scope: scope(), not_after: at(not_after), seq }
}

#[test]
fn a_gate_is_closed_until_a_lease_and_after_it() {
    assert_eq!(gate().admits(Some(at(0))), Err(Closed::NoLease));
    let open = gate().take(lease(1, 700), &digest(2), Some(at(100))).unwrap();
    for (second, expected) in [
        (100, Ok(at(700))),
        (699, Ok(at(700))),
        (700, Err(Closed::Ended)),
        (9_999, Err(Closed::Ended)),
        (10_000, Err(Closed::WindowOver)),
        (95, Ok(at(700))),
        (94, Err(Closed::ClockWentBack)),
    ] {
        let told = open.admits(Some(at(second))).map(|passage| passage.until);
        assert_eq!(told, expected, "{second}");
    }
    assert_eq!(open.admits(None), Err(Closed::NoClock));
    assert_eq!(open.admits(Some(at(100))).map(|passage| passage.seq), Ok(1));
}

#[test]
fn a_lease_is_signed_newer_and_short() {
    fn check(change: impl Fn(&mut Lease), signer: u8, expected: Result<(), Closed>) {
        let open = gate().take(lease(5, 400), &digest(2), Some(at(100))).unwrap();
        let mut changed = lease(6, 700);
        change(&mut changed);
        let told = open.take(changed, &digest(signer), Some(at(100))).map(drop);
        assert_eq!(told, expected);
    }
    check(|_| {}, 2, Ok(()));
    check(|_| {}, 3, Err(Closed::OtherSigner));
    check(|it| it.seq = 5, 2, Err(Closed::Replayed));
    check(|it| it.seq = 0, 2, Err(Closed::Replayed));
    check(|it| it.seq = u64::MAX, 2, Ok(()));
    check(|it| it.window = WindowId::new(Uuid::from_u128(2)), 2, Err(Closed::OtherWindow));
    check(|it| it.snapshot = digest(9), 2, Err(Closed::OtherWindow));
    check(|it| it.not_after = at(701), 2, Err(Closed::OutOfBounds));
    check(|it| it.not_after = at(100), 2, Err(Closed::OutOfBounds));
    check(|it| it.not_after = Timestamp::MAX, 2, Err(Closed::OutOfBounds));
    check(|it| it.not_after = Timestamp::MIN, 2, Err(Closed::OutOfBounds));
    check(|it| it.scope.output_tokens_max = 1_001, 2, Err(Closed::TooWide));
    check(|it| it.scope.tools = Tools::Functions, 2, Err(Closed::TooWide));
}

#[test]
fn withdrawing_closes_for_good() {
    let open = gate().take(lease(1, 700), &digest(2), Some(at(100))).unwrap();
    let closed = open.withdraw();
    assert_eq!(closed.admits(Some(at(101))), Err(Closed::Withdrawn));
    assert_eq!(closed.take(lease(2, 700), &digest(2), Some(at(102))), Err(Closed::Withdrawn));
}

#[test]
fn a_clock_that_went_back_or_stopped_closes_until_a_newer_lease() {
    let open = gate().take(lease(1, 700), &digest(2), Some(at(100))).unwrap();
    for now in [Some(at(90)), None] {
        let closed = open.observe(now);
        assert_eq!(closed.admits(Some(at(101))), Err(Closed::NoLease), "{now:?}");
        let replayed = closed.take(lease(1, 700), &digest(2), Some(at(101)));
        assert_eq!(replayed, Err(Closed::Replayed));
        assert!(closed.take(lease(2, 700), &digest(2), Some(at(101))).is_ok());
    }
    assert_eq!(
        open.take(lease(2, 600), &digest(2), Some(at(50))).map(drop),
        Err(Closed::ClockWentBack)
    );
    assert!(open.observe(Some(at(96))).admits(Some(at(97))).is_ok());
}

#[test]
fn a_lease_never_outlasts_its_window() {
    let open = gate().take(lease(1, 10_300), &digest(2), Some(at(9_900))).unwrap();
    assert_eq!(open.admits(Some(at(9_950))).map(|passage| passage.until), Ok(at(10_000)));
    let late = gate().take(lease(1, 10_300), &digest(2), Some(at(10_000)));
    assert_eq!(late.map(drop), Err(Closed::WindowOver));
    let cut = open.heed(at(9_940)).heed(at(99_999));
    assert_eq!(cut.admits(Some(at(9_950))), Err(Closed::WindowOver));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// Whatever comes in whatever order: the gate is open only within the last taken lease, within
    /// the window, never after withdrawal; and the numbers of leases only grow.
    #[test]
    fn a_gate_fails_closed(steps in prop::collection::vec((0u8..6, 0i64..2_000, 0u64..20), 0..30)) {
        let mut gate = gate();
        let (mut taken, mut withdrawn): (Option<Lease>, bool) = (None, false);
        let mut latest = Timestamp::MIN;
        for (what, second, seq) in steps {
            let now = at(second);
            match what {
                0 | 1 => {
                    let signer = digest(if what == 0 { 2 } else { 3 });
                    let offered = lease(seq, second + 300);
                    if let Ok(next) = gate.take(offered.clone(), &signer, Some(now)) {
                        prop_assert!(what == 0 && !withdrawn);
                        prop_assert!(taken.is_none_or(|before| before.seq < seq));
                        taken = Some(offered);
                        latest = latest.max(now);
                        gate = next;
                    }
                }
                2 => {
                    gate = gate.observe(Some(now));
                    if latest.duration_since(now) <= SignedDuration::from_secs(5) {
                        latest = latest.max(now);
                    }
                }
                3 => gate = gate.observe(None),
                4 if seq == 0 => {
                    gate = gate.withdraw();
                    withdrawn = true;
                }
                _ => {}
            }
            if let Ok(passage) = gate.admits(Some(now)) {
                let lease = taken.clone().unwrap();
                prop_assert!(!withdrawn);
                prop_assert_eq!(passage.seq, lease.seq);
                prop_assert!(now < lease.not_after && now < at(10_000));
                prop_assert!(latest.duration_since(now) <= SignedDuration::from_secs(5));
            }
        }
    }
}
