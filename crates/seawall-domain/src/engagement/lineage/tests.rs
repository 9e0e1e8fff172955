use super::super::window::Ended;
use super::*;
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

fn window(number: u128) -> WindowId {
    WindowId::new(Uuid::from_u128(number))
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn lineage() -> Lineage {
    Lineage::of(Digest::new([1; 32]))
}

/// Opens a government window of so many days and ends it at the end of them, or sooner.
fn used(lineage: &Lineage, number: u128, start: &str, long: i64, ended: &str) -> Lineage {
    let (window, ring) = (window(number), Ring::Government);
    let span = lineage.begin(window, ring, days(long), None, at(start)).unwrap();
    let begun = lineage.after(&WindowFact::Began { window, ring, span }).unwrap();
    let ended = WindowFact::Ended { window, why: Ended::Expired, at: at(ended) };
    begun.after(&ended).unwrap()
}

#[test]
fn a_window_has_thirty_days_of_86_400_seconds() {
    fn check(start: &str, offered: i64, release: Option<&str>, expected: Result<&str, Refused>) {
        let told =
            lineage().begin(window(1), Ring::Government, days(offered), release.map(at), at(start));
        assert_eq!(told.map(|span| span.end), expected.map(at), "{start} {offered} {release:?}");
    }
    check("2026-09-01", 30, None, Ok("2026-10-01"));
    check("2026-09-01", 31, None, Ok("2026-10-01"));
    check("2026-09-01", 7, None, Ok("2026-09-08"));
    // February with and without its leap day.
    check("2027-02-01", 30, None, Ok("2027-03-03"));
    check("2028-02-01", 30, None, Ok("2028-03-02"));
    check("2028-02-29", 30, None, Ok("2028-03-30"));
    // Over the end of a year, and over a change of summer time somewhere, of which UTC knows none.
    check("2026-12-15", 30, None, Ok("2027-01-14"));
    check("2026-10-20", 30, None, Ok("2026-11-19"));
    // A release ends it sooner, and one that was ends it before it begins.
    check("2026-09-01", 30, Some("2026-09-11"), Ok("2026-09-11"));
    check("2026-09-01", 30, Some("2026-12-01"), Ok("2026-10-01"));
    check("2026-09-01", 30, Some("2026-09-01"), Err(Refused::AfterRelease));
    check("2026-09-01", 30, Some("2026-08-01"), Err(Refused::AfterRelease));
    check("2026-09-01", 0, None, Err(Refused::BadEnd));
    check("2026-09-01", -3, None, Err(Refused::BadEnd));
}

#[test]
fn offers_and_names_do_not_bring_days_back() {
    let first = used(&lineage(), 1, "2026-09-01", 20, "2026-09-21");
    assert_eq!(first.left(), days(10));
    let renamed = first.with(Digest::new([2; 32])).unwrap();
    assert!(renamed.knows(&Digest::new([2; 32])));
    assert_eq!(renamed.left(), days(10));
    let second = renamed.begin(window(2), Ring::Government, days(30), None, at("2027-01-01"));
    assert_eq!(second.map(|span| span.end), Ok(at("2027-01-11")));
    // A window that ended sooner used less.
    let early = used(&renamed, 2, "2027-01-01", 30, "2027-01-04");
    assert_eq!(early.left(), days(7));
    let last = used(&early, 3, "2027-02-01", 30, "2027-05-01");
    assert_eq!(last.left(), SignedDuration::ZERO);
    let none = last.begin(window(4), Ring::Government, days(1), None, at("2028-01-01"));
    assert_eq!(none, Err(Refused::NoDaysLeft { days_max: 30 }));
    assert_eq!(
        last.begin(window(3), Ring::Government, days(1), None, at("2028-01-01")),
        Err(Refused::Known)
    );
    // The partners' window is another ring and has other bounds.
    let partners = last.begin(window(4), Ring::Partners, days(90), None, at("2028-01-01"));
    assert_eq!(partners.map(|span| span.length()), Ok(days(90)));
}

#[test]
fn a_clock_that_goes_back_brings_no_days_back() {
    // Ending "before" the start counts as having used nothing of it, never less than nothing; the
    // engagement's own time never goes back, so this cannot be had by turning a clock.
    let back = used(&lineage(), 1, "2026-09-01", 10, "2026-08-01");
    assert_eq!(back.left(), days(30));
    let ahead = used(&lineage(), 1, "2026-09-01", 10, "2029-01-01");
    assert_eq!(ahead.left(), days(20));
}

#[test]
fn extending_stays_within_the_days_and_the_release() {
    let first = used(&lineage(), 1, "2026-09-01", 20, "2026-09-21");
    let ring = Ring::Government;
    let span = first.begin(window(2), ring, days(3), None, at("2026-10-01")).unwrap();
    let open = first.after(&WindowFact::Began { window: window(2), ring, span }).unwrap();
    let check = |until: &str, release: Option<&str>, expected: Result<&str, Refused>| {
        let told = open.extend(window(2), at(until), release.map(at));
        assert_eq!(told, expected.map(at), "{until} {release:?}");
    };
    check("2026-10-11", None, Ok("2026-10-11"));
    check("2026-10-12", None, Err(Refused::NoDaysLeft { days_max: 30 }));
    check("2026-10-04", None, Err(Refused::BadEnd));
    check("2026-10-08", Some("2026-10-07"), Err(Refused::AfterRelease));
    check("2026-10-07", Some("2026-10-07"), Ok("2026-10-07"));
    assert_eq!(open.extend(window(9), at("2026-10-05"), None), Err(Refused::NotNow));
}

#[test]
fn spans_far_out_do_not_overflow() {
    let told = lineage().begin(window(1), Ring::Government, days(30), None, Timestamp::MAX);
    assert_eq!(told, Err(Refused::BadEnd));
    let span = Span { start: Timestamp::MAX, end: Timestamp::MIN };
    assert_eq!(span.length(), SignedDuration::ZERO);
    assert_eq!(span.until(at("2026-01-01")), Span { start: Timestamp::MAX, end: Timestamp::MAX });
}

#[test]
fn days_count_over_every_engagement_about_one_model() {
    let [one, two, three, four] = [1, 2, 3, 4].map(|of| Digest::new([of; 32]));
    let used = |window: u128, days: i64| Use {
        window: WindowId::new(Uuid::from_u128(window)),
        ring: Ring::Government,
        span: Span {
            start: Timestamp::UNIX_EPOCH,
            end: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days),
        },
    };
    let of = |snapshot, uses| Lineage { uses, ..Lineage::of(snapshot) };
    // The second names the first's snapshot and the third's; the fourth is another model.
    let second = of(two, vec![used(2, 5)]).with(one).unwrap().with(three).unwrap();
    let others = [of(three, vec![used(3, 7)]), of(four, vec![used(4, 11)]), second];
    let own = of(one, vec![used(1, 3)]);
    let elsewhere = used_elsewhere(&own, &others);
    assert_eq!(elsewhere.len(), 2);
    let counted = own.counting(elsewhere.clone()).unwrap();
    assert_eq!(counted.used(), SignedDuration::from_hours(24 * (3 + 5 + 7)));
    // Counting again changes nothing; a window that ended sooner gives its days back.
    assert_eq!(counted.counting(elsewhere).unwrap(), counted);
    let ended = counted.counting(vec![used(2, 1), used(3, 7), used(1, 30)]).unwrap();
    assert_eq!(ended.left(), SignedDuration::from_hours(24 * (30 - 3 - 1 - 7)));
}
