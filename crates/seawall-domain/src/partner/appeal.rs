//! Appeals: within ten working days, to people who had no part in the decision.
//!
//! A working day is a day from Monday to Friday, in UTC, that is not among the holidays that the
//! installation names. An appeal is filed by the end of the tenth working day after the decision,
//! and answered by the end of the tenth after it was filed.

use super::assessment::Panel;
use super::decision::Decision;
use crate::id::PersonId;
use crate::time::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many working days there are for filing, and again for answering.
pub const APPEAL_WORKING_DAYS: usize = 10;

/// The most holidays that count; more days off than this there are not between two dates.
pub const HOLIDAYS_MAX: usize = 400;

/// An appeal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Appeal {
    /// Who decided before, and therefore has no part now.
    pub before: BTreeSet<PersonId>,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// Until when it is answered.
    pub answer_by: Timestamp,
    /// Who decides now, once they are drawn.
    pub panel: Option<BTreeSet<PersonId>>,
}

/// Why an appeal went no further.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Too late.
    #[error("cannot appeal after {0}")]
    TooLate(Timestamp),
    /// Before there is a decision.
    #[error("cannot appeal before the decision")]
    TooEarly,
    /// Somebody decided before.
    #[error("cannot decide on an appeal against one's own decision")]
    SamePeople,
    /// A panel is there.
    #[error("cannot draw twice")]
    Twice,
}

/// The end of the last of so many working days after a day.
pub fn working_days_after(from: Timestamp, days: usize, holidays: &BTreeSet<Date>) -> Timestamp {
    let mut day = Offset::UTC.to_datetime(from).date();
    let holidays: BTreeSet<Date> = holidays.iter().take(HOLIDAYS_MAX).copied().collect();
    let mut left = days;
    while left > 0 {
        let Ok(next) = day.tomorrow() else {
            return Timestamp::MAX;
        };
        day = next;
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if !weekend && !holidays.contains(&day) {
            left -= 1;
        }
    }
    let end = day.tomorrow().map(|next| next.to_datetime(jiff::civil::Time::midnight()));
    let end = end.and_then(|midnight| Offset::UTC.to_timestamp(midnight));
    end.unwrap_or(Timestamp::MAX)
}

impl Appeal {
    /// Files an appeal against a decision.
    pub fn file(
        against: &Decision,
        holidays: &BTreeSet<Date>,
        now: Timestamp,
    ) -> Result<Appeal, Refused> {
        if now < against.decided_at {
            return Err(Refused::TooEarly);
        }
        let until = working_days_after(against.decided_at, APPEAL_WORKING_DAYS, holidays);
        if now >= until {
            return Err(Refused::TooLate(until));
        }
        let answer_by = working_days_after(now, APPEAL_WORKING_DAYS, holidays);
        Ok(Appeal { before: against.panel.clone(), filed_at: now, answer_by, panel: None })
    }

    /// Takes the people who were drawn for it: none who decided before.
    pub fn draw(&self, panel: &Panel) -> Result<Appeal, Refused> {
        if self.panel.is_some() {
            return Err(Refused::Twice);
        }
        match panel.members().is_disjoint(&self.before) {
            true => Ok(Appeal { panel: Some(panel.members().clone()), ..self.clone() }),
            false => Err(Refused::SamePeople),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::assessment::tests::person;
    use super::super::decision::Outcome;
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let check = |from: &str, days: usize, holidays: &[Date], expected: &str| {
            let told = working_days_after(at(from), days, &holidays.iter().copied().collect());
            assert_eq!(told, at(expected), "{from} {days}");
        };
        // A Tuesday.
        check("2026-09-01T09:00:00Z", 10, &[], "2026-09-16T00:00:00Z");
        check("2026-09-01T23:59:59Z", 10, &[], "2026-09-16T00:00:00Z");
        check("2026-09-01T09:00:00Z", 10, &[date(2026, 9, 7)], "2026-09-17T00:00:00Z");
        // A holiday on a Saturday changes nothing.
        check("2026-09-01T09:00:00Z", 10, &[date(2026, 9, 5)], "2026-09-16T00:00:00Z");
        // A Friday, a Saturday and a Sunday.
        check("2026-09-04T09:00:00Z", 1, &[], "2026-09-08T00:00:00Z");
        check("2026-09-05T09:00:00Z", 1, &[], "2026-09-08T00:00:00Z");
        check("2026-09-06T09:00:00Z", 1, &[], "2026-09-08T00:00:00Z");
        // Over the end of a year with its holidays, and over a leap day.
        check(
            "2026-12-23T12:00:00Z",
            10,
            &[date(2026, 12, 25), date(2027, 1, 1)],
            "2027-01-09T00:00:00Z",
        );
        check("2028-02-28T12:00:00Z", 2, &[], "2028-03-02T00:00:00Z");
        assert_eq!(working_days_after(Timestamp::MAX, 3, &BTreeSet::new()), Timestamp::MAX);
    }

    #[test]
    fn an_appeal_is_in_time_and_goes_to_other_people() {
        let panel = BTreeSet::from([person(1), person(2)]);
        let decided = at("2026-09-01T09:00:00Z");
        let decision = Decision::make((Outcome::Decline, vec![]), 1, panel, 365, decided).unwrap();
        let file = |when: &str| Appeal::file(&decision, &BTreeSet::new(), at(when));
        assert!(file("2026-09-15T23:59:59Z").is_ok());
        let until = at("2026-09-16T00:00:00Z");
        assert_eq!(file("2026-09-16T00:00:00Z"), Err(Refused::TooLate(until)));
        assert_eq!(file("2026-08-31T00:00:00Z"), Err(Refused::TooEarly));
        let appeal = file("2026-09-04T10:00:00Z").unwrap();
        assert_eq!(appeal.answer_by, at("2026-09-19T00:00:00Z"));
        let overlapping = Panel::of([person(2), person(3)]).unwrap();
        assert_eq!(appeal.draw(&overlapping), Err(Refused::SamePeople));
        let others = Panel::of([person(3), person(4)]).unwrap();
        let drawn = appeal.draw(&others).unwrap();
        assert_eq!(drawn.panel.as_ref(), Some(others.members()));
        assert_eq!(drawn.draw(&others), Err(Refused::Twice));
    }
}
