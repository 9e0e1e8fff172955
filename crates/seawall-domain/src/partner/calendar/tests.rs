use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The holidays of a year, as the Office of Personnel Management lists the days off.
const YEARS: [(i16, &str); 8] = [
    (2020, "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25"),
    // The first June 19, and the New Year's Day of 2022, a Saturday.
    (2021, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"),
    (2022, "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26"),
    (2023, "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25"),
    (2024, "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25"),
    (2025, "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25"),
    (2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
    (2027, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"),
];

#[test]
fn the_federal_holidays_are_those_of_the_known_years() {
    for (year, expected) in YEARS {
        let days = std::iter::successors(Some(date(year, 1, 1)), |day| day.tomorrow().ok());
        let told: Vec<String> = days
            .take_while(|day| day.year() == year)
            .filter(|day| is_federal_holiday(*day))
            .map(|day| format!("{:02}-{:02}", day.month(), day.day()))
            .collect();
        assert_eq!(told.join(" "), expected, "{year}");
    }
}

#[test]
fn working_days_leave_out_weekends_and_days_off() {
    let check = |calendar: &Calendar, from: &str, days: usize, expected: &str| {
        let told = calendar.working_days_after(at(from), days);
        assert_eq!(told, at(expected), "{calendar:?} {from} {days}");
    };
    let named = |days: &[Date]| Calendar::Named { days: days.iter().copied().collect() };
    let (none, federal) = (named(&[]), Calendar::default());
    // A Tuesday.
    check(&none, "2026-09-01T09:00:00Z", 10, "2026-09-16T00:00:00Z");
    check(&none, "2026-09-01T23:59:59Z", 10, "2026-09-16T00:00:00Z");
    check(&named(&[date(2026, 9, 7)]), "2026-09-01T09:00:00Z", 10, "2026-09-17T00:00:00Z");
    check(&federal, "2026-09-01T09:00:00Z", 10, "2026-09-17T00:00:00Z");
    let besides = Calendar::Federal { besides: [date(2026, 9, 8)].into() };
    check(&besides, "2026-09-01T09:00:00Z", 10, "2026-09-18T00:00:00Z");
    // A day off on a Saturday changes nothing.
    check(&named(&[date(2026, 9, 5)]), "2026-09-01T09:00:00Z", 10, "2026-09-16T00:00:00Z");
    // A Friday, a Saturday and a Sunday.
    check(&none, "2026-09-04T09:00:00Z", 1, "2026-09-08T00:00:00Z");
    check(&none, "2026-09-05T09:00:00Z", 1, "2026-09-08T00:00:00Z");
    check(&none, "2026-09-06T09:00:00Z", 1, "2026-09-08T00:00:00Z");
    check(&federal, "2026-09-04T09:00:00Z", 1, "2026-09-09T00:00:00Z");
    // Over the end of a year with its holidays, and over a leap day.
    check(&federal, "2026-12-23T12:00:00Z", 10, "2027-01-09T00:00:00Z");
    // December 24 and 31 of 2027 are the observed ones, Fridays both.
    check(&federal, "2027-12-22T12:00:00Z", 2, "2027-12-28T00:00:00Z");
    check(&federal, "2027-12-30T12:00:00Z", 1, "2028-01-04T00:00:00Z");
    check(&none, "2028-02-28T12:00:00Z", 2, "2028-03-02T00:00:00Z");
    assert_eq!(federal.working_days_after(Timestamp::MAX, 3), Timestamp::MAX);
}

proptest! {
    #[test]
    fn any_day_is_judged_and_a_year_has_eleven_or_so(year in -9999i16..=9999, month in 1i8..=12) {
        for day in 1..=31 {
            if let Ok(day) = Date::new(year, month, day) {
                let calendar = Calendar::default();
                prop_assert!(!is_federal_holiday(day) || !calendar.is_working(day));
            }
        }
    }
}
