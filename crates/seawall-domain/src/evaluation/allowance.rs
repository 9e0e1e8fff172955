//! How often a model line may be asked about: the leak budget.
//!
//! Each answer tells at most one bit about the threshold, but whoever hands in one checkpoint after
//! another could close in on it. So answers are counted by model line, whatever the checkpoint is
//! called (FRONTIER 3.4).

use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How many determinations a model line gets in any [`PERIOD_DAYS`] days.
pub const DETERMINATIONS_MAX: usize = 4;

/// The period over which they are counted, in days.
pub const PERIOD_DAYS: i64 = 365;

/// The determinations of one model line within the period, oldest first.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    taken: Vec<Timestamp>,
}

/// No further determination is begun for this line now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot begin another determination of this model line before {again}")]
pub struct UsedUp {
    /// When the next one can begin.
    pub again: Timestamp,
}

impl Allowance {
    /// Takes one determination.
    pub fn take(&self, now: Timestamp) -> Result<Allowance, UsedUp> {
        self.take_of(DETERMINATIONS_MAX, now)
    }

    /// Takes one where the installation set another bound; a bound of none refuses for a period.
    pub fn take_of(&self, bound: usize, now: Timestamp) -> Result<Allowance, UsedUp> {
        let mut taken: Vec<Timestamp> = self.counted(now).collect();
        if taken.len() >= bound {
            let frees = taken.len().checked_sub(bound.max(1)).and_then(|at| taken.get(at));
            return Err(UsedUp { again: after_period(frees.copied().unwrap_or(now)) });
        }
        taken.push(now);
        taken.sort();
        Ok(Allowance { taken })
    }

    /// How many count at that instant.
    pub fn used(&self, now: Timestamp) -> usize {
        self.counted(now).count()
    }

    /// One that lies in the future counts too: a clock that went back gives nothing away.
    fn counted(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        self.taken.iter().copied().filter(move |taken| now < after_period(*taken))
    }
}

fn after_period(taken: Timestamp) -> Timestamp {
    let period = SignedDuration::from_hours(24 * PERIOD_DAYS);
    taken.checked_add(period).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    /// Asks on each of the days; the answer is `y` for each that was had and `n` for the rest.
    fn check(days: &[i64], expected: &str) {
        let mut allowance = Allowance::default();
        let mut told = String::new();
        for asked in days {
            match allowance.take(day(*asked)) {
                Ok(next) => {
                    allowance = next;
                    told.push('y');
                }
                Err(_) => told.push('n'),
            }
        }
        assert_eq!(told, expected, "{days:?}");
    }

    #[test]
    fn four_a_year_and_no_more() {
        check(&[0, 1, 2, 3, 4], "yyyyn");
        check(&[0, 0, 0, 0, 0], "yyyyn");
        check(&[0, 1, 2, 3, 364, 365, 365, 366], "yyyynyny");
        check(&[0, 400, 800], "yyy");
        // The clock goes back: what was had stays counted.
        check(&[100, 101, 102, 103, 1], "yyyyn");
    }

    #[test]
    fn a_refusal_says_when() {
        let mut allowance = Allowance::default();
        for asked in 0..4 {
            allowance = allowance.take(day(asked)).unwrap();
        }
        assert_eq!(allowance.take(day(9)), Err(UsedUp { again: day(PERIOD_DAYS) }));
        assert_eq!(allowance.used(day(PERIOD_DAYS + 1)), 2);
        assert!(allowance.take(day(PERIOD_DAYS)).is_ok());
        assert!(Allowance::default().take_of(0, day(1)).is_err());
        assert!(Allowance::default().take(Timestamp::MAX).is_ok());
    }
}
