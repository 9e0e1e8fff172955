use super::*;
use crate::package::Ecosystem;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn claim(until: Timestamp) -> Result<Scan, Refusal> {
    let holder = (PartyId::new(Uuid::from_u128(1)), AccountId::new(Uuid::from_u128(2)));
    let package = Package { ecosystem: Ecosystem::Npm, name: "ini".into() };
    let id = ScanId::new(Uuid::from_u128(3));
    Scan::claim(id, holder, package, "reading".into(), until, at(0)).map(|(scan, _)| scan)
}

#[test]
fn a_lease_lies_ahead_and_is_bounded() {
    let longest = LEASE_DAYS_MAX * 24;
    for (hours, expected) in
        [(-1, false), (0, false), (1, true), (longest, true), (longest + 1, false)]
    {
        assert_eq!(claim(at(hours)).is_ok(), expected, "{hours} hours");
    }
    let second_too_long = at(longest) + SignedDuration::from_secs(1);
    assert!(claim(second_too_long).is_err(), "the bound is exact");
}

#[test]
fn a_lease_is_held_until_it_ends_or_runs_out() {
    let scan = claim(at(10)).unwrap();
    for (hours, expected) in [(0, true), (9, true), (10, false), (11, false)] {
        assert_eq!(scan.is_held(at(hours)), expected, "{hours}");
    }
    let (ended, _) = scan.end(0, at(5)).unwrap();
    assert!(!ended.is_held(at(6)), "nothing found is coverage too, and frees the target");
    assert!(ended.end(1, at(7)).is_err());
}
