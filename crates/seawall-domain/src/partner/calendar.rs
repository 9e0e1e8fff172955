//! The calendar: which days are working days, for everything that is counted in them.
//!
//! Mondays to Fridays, in UTC, without the days off. Days off are the federal holidays, computed by
//! their rule (5 U.S.C. 6103(a)), each with its observation: on the Friday before when it falls on
//! a Saturday (6103(b)), on the Monday after when it falls on a Sunday (Executive Order 11582). An
//! installation can name further days, or days of its own instead.

use crate::time::Timestamp;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most days that an installation names.
pub const DAYS_OFF_MAX: usize = 2_000;

/// Which days are off, beside Saturdays and Sundays.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "days_off", rename_all = "snake_case")]
pub enum Calendar {
    /// The federal holidays, and these days besides.
    Federal {
        /// Further days, such as those of a state.
        besides: BTreeSet<Date>,
    },
    /// These days and no others.
    Named {
        /// The days.
        days: BTreeSet<Date>,
    },
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar::Federal { besides: BTreeSet::new() }
    }
}

impl Calendar {
    /// The days that the installation named.
    pub fn named(&self) -> &BTreeSet<Date> {
        match self {
            Calendar::Federal { besides } => besides,
            Calendar::Named { days } => days,
        }
    }

    /// Whether people work on that day.
    pub fn is_working(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let federal = match self {
            Calendar::Federal { .. } => is_federal_holiday(day),
            Calendar::Named { .. } => false,
        };
        !weekend && !federal && !self.named().contains(&day)
    }

    /// The end of the last of so many working days after a day, in UTC.
    pub fn working_days_after(&self, from: Timestamp, days: usize) -> Timestamp {
        let mut day = Offset::UTC.to_datetime(from).date();
        let mut left = days;
        while left > 0 {
            let Ok(next) = day.tomorrow() else {
                return Timestamp::MAX;
            };
            day = next;
            left -= usize::from(self.is_working(day));
        }
        let end = day.tomorrow().map(|next| next.to_datetime(jiff::civil::Time::midnight()));
        let end = end.and_then(|midnight| Offset::UTC.to_timestamp(midnight));
        end.unwrap_or(Timestamp::MAX)
    }
}

/// The first year in which June 19 is a holiday (Public Law 117-17).
const JUNETEENTH_SINCE: i16 = 2021;

/// Whether a federal holiday is observed on that day. Inauguration Day, which is one around the
/// capital only, is not counted.
pub fn is_federal_holiday(day: Date) -> bool {
    let next = day.year().saturating_add(1);
    let fixed = [
        Some(date_in(day.year(), 1, 1)),
        // The next New Year's Day is observed in this year when it falls on a Saturday.
        Some(date_in(next, 1, 1)),
        (day.year() >= JUNETEENTH_SINCE).then(|| date_in(day.year(), 6, 19)),
        Some(date_in(day.year(), 7, 4)),
        Some(date_in(day.year(), 11, 11)),
        Some(date_in(day.year(), 12, 25)),
    ];
    fixed.into_iter().flatten().any(|holiday| observed(holiday) == day) || is_movable(day)
}

/// A date that every year has.
fn date_in(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(date(1, 1, 1))
}

/// On which day a holiday with a fixed date is off.
fn observed(holiday: Date) -> Date {
    match holiday.weekday() {
        Weekday::Saturday => holiday.yesterday().unwrap_or(holiday),
        Weekday::Sunday => holiday.tomorrow().unwrap_or(holiday),
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday => holiday,
    }
}

/// Those on the n-th Monday or Thursday of a month.
fn is_movable(day: Date) -> bool {
    let nth = (day.day() + 6) / 7;
    let is_last = day.day() + 7 > day.days_in_month();
    match (day.month(), day.weekday()) {
        // Martin Luther King, Jr.; Washington's Birthday.
        (1 | 2, Weekday::Monday) => nth == 3,
        // Memorial Day.
        (5, Weekday::Monday) => is_last,
        // Labor Day; Columbus Day.
        (9, Weekday::Monday) => nth == 1,
        (10, Weekday::Monday) => nth == 2,
        // Thanksgiving Day.
        (11, Weekday::Thursday) => nth == 4,
        (_, _) => false,
    }
}

#[cfg(test)]
mod tests;
