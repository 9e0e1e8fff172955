use super::*;
use crate::project::ReproducerHandling;
use uuid::Uuid;

fn day(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
}

fn policy(ai_found: Secrecy, clock: ClockBasis) -> Policy {
    let reproducer = ReproducerHandling::Withhold;
    Policy { ai_found, reproducer, embargo_days: 90, clock, open_cases_max: 5 }
}

fn opened(policy: Policy) -> Case {
    let of = (
        ProjectId::new(Uuid::from_u128(2)),
        FindingId::new(Uuid::from_u128(3)),
        ReproductionId::new(Uuid::from_u128(4)),
    );
    let maintainer = PartyId::new(Uuid::from_u128(5));
    Case::open(CaseId::new(Uuid::from_u128(1)), of, policy, maintainer, day(0)).unwrap().0
}

fn account() -> AccountId {
    AccountId::new(Uuid::from_u128(6))
}

fn letter() -> (Address, Digest) {
    let digest = Digest::new([1; 32]);
    (Address(digest), digest)
}

/// Does the steps named by words, one day after another, and gives the case.
fn after(policy: Policy, steps: &str) -> Case {
    let mut case = opened(policy);
    for (days, step) in (1..).zip(steps.split_whitespace()) {
        let now = day(days);
        let decided = match step {
            "told" => case.send("1@seawall.invalid".into(), LetterKind::Report, letter(), now),
            "accepted" => case.accept(now),
            "declined" => case.decline(now),
            "fix" => case.fix_ready(now),
            "private" => case.keep_private(Some(account()), now),
            "not-private" => case.keep_private(None, now),
            "public" => case.make_public(now),
            "relapse" => case.reopen("2".into(), now),
            "closed" => case.close(now),
            other => panic!("no step `{other}`"),
        };
        case = decided.unwrap().0;
    }
    case
}

const FROM_REPORT: fn() -> Policy = || policy(Secrecy::Private, ClockBasis::FromReport);
const FROM_FIX: fn() -> Policy = || policy(Secrecy::Private, ClockBasis::FromFix);
const OPEN: fn() -> Policy = || policy(Secrecy::Public, ClockBasis::FromReport);

#[test]
fn the_three_machines_move_together() {
    // Steps → RM, EM, CS.
    for (policy, steps, expected) in [
        (FROM_REPORT, "", "valid proposed vfdpxa"),
        (FROM_REPORT, "told", "valid proposed Vfdpxa"),
        (FROM_REPORT, "told accepted", "accepted active Vfdpxa"),
        (FROM_REPORT, "told accepted accepted", "accepted active Vfdpxa"),
        (FROM_REPORT, "told declined", "invalid proposed Vfdpxa"),
        (FROM_REPORT, "told declined accepted", "accepted active Vfdpxa"),
        (FROM_REPORT, "told fix", "accepted active VFdpxa"),
        (FROM_REPORT, "told fix public", "accepted exited VFdPxa"),
        (FROM_REPORT, "told fix public public", "accepted exited VFdPxa"),
        (FROM_REPORT, "told fix public relapse", "valid exited VFdPxa"),
        (FROM_REPORT, "told fix public relapse accepted", "accepted exited VFdPxa"),
        (FROM_REPORT, "told fix private not-private public", "accepted exited VFdPxa"),
        (FROM_REPORT, "told fix public closed", "closed exited VFdPxa"),
        (FROM_FIX, "told accepted", "accepted active Vfdpxa"),
        (FROM_FIX, "told fix public", "accepted exited VFdPxa"),
        (OPEN, "", "valid none vfdpxa"),
        (OPEN, "told accepted", "accepted none Vfdpxa"),
        (OPEN, "told public", "valid none VfdPxa"),
    ] {
        let case = after(policy(), steps);
        let machines =
            format!("{} {} {}", case.report.name(), case.embargo.name(), case.flaw.letters());
        assert_eq!(machines, expected, "{steps}");
    }
}

#[test]
fn an_embargo_ends_by_its_clock_by_a_fix_or_not_at_all() {
    let waits = Refusal::NotNow {
        step: "be made public",
        subject: "case",
        state: "under an embargo that counts from a fix",
    };
    let active = Refusal::EmbargoActive { until: day(90) };
    for (policy, steps, on, expected) in [
        (FROM_REPORT, "told", 89, Some(active.clone())),
        (FROM_REPORT, "told accepted", 89, Some(active)),
        (FROM_REPORT, "told", 90, None),
        (FROM_REPORT, "told accepted fix", 4, None),
        (FROM_REPORT, "told accepted private", 900, Some(Refusal::KeptPrivate)),
        (FROM_REPORT, "told accepted fix private", 900, Some(Refusal::KeptPrivate)),
        (FROM_REPORT, "told fix private not-private", 5, None),
        (FROM_FIX, "told", 900, Some(waits.clone())),
        (FROM_FIX, "told accepted", 900, Some(waits)),
        (FROM_FIX, "told accepted fix", 4, None),
        (OPEN, "", 0, None),
        (OPEN, "private", 900, Some(Refusal::KeptPrivate)),
    ] {
        let refused = after(policy(), steps).make_public(day(on)).err();
        assert_eq!(refused, expected, "{steps} on day {on}");
    }
}

#[test]
fn of_conflicting_clocks_the_earliest_binds_and_all_stay_to_be_seen() {
    let clock = |by: &str, until: Option<i64>| Clock {
        basis: ClockBasis::FromReport,
        by: by.into(),
        until: until.map(day),
    };
    let waits = || clock("waits", None);
    for (clocks, expected) in [
        (vec![clock("project", Some(90)), clock("finder", Some(45))], Some(45)),
        (vec![clock("finder", Some(45)), clock("project", Some(90))], Some(45)),
        (vec![waits(), clock("project", Some(90))], Some(90)),
        (vec![waits(), waits()], None),
        (vec![], None),
    ] {
        let count = clocks.len();
        let case = Case { embargo: Embargo::Active { clocks }, ..opened(FROM_REPORT()) };
        assert_eq!(case.binds_until(day(1)), expected.map(day));
        let Embargo::Active { clocks } = &case.embargo else { panic!("it is active") };
        assert_eq!(clocks.len(), count);
    }
}

#[test]
fn a_letter_counts_once_and_a_stranger_states_nothing() {
    let case = after(FROM_REPORT(), "told");
    let again = case.clone().send("1@seawall.invalid".into(), LetterKind::Bundle, letter(), day(2));
    assert!(matches!(again, Err(Refusal::NotNow { .. })));
    let (case, _) = case.receive("2@ini.invalid".into(), letter(), day(2)).unwrap();
    assert!(case.clone().receive("2@ini.invalid".into(), letter(), day(3)).is_err());
    let party = PartyId::new(Uuid::from_u128(7));
    let package = Package { ecosystem: crate::package::Ecosystem::Generic, name: "x".into() };
    let stated = StatedRange { party, package, ranges: Vec::new() };
    assert_eq!(case.clone().state_range(stated.clone(), day(3)), Err(Refusal::Hidden));
    let (case, _) = case.invite(party, day(3)).unwrap();
    assert!(case.clone().invite(party, day(4)).is_err(), "once is enough");
    let (case, _) = case.state_range(stated.clone(), day(4)).unwrap();
    let (case, _) = case.state_range(stated, day(5)).unwrap();
    assert_eq!(case.stated.len(), 1, "the later word on a package takes the place of the earlier");
}

#[test]
fn the_reproducer_is_released_once() {
    let case = after(FROM_REPORT(), "told");
    let (case, _) = case.release_bundle(Some(account()), Digest::new([2; 32]), day(2)).unwrap();
    assert_eq!(case.bundle.as_ref().and_then(|bundle| bundle.by), Some(account()));
    assert!(case.release_bundle(None, Digest::new([3; 32]), day(3)).is_err());
}
