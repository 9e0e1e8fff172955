//! A later end of a window, as a gateway takes it: signed by the developer (I5), counted by the
//! clearinghouse (I4), and never for a window that is over.
//!
//! An end is terminal: what was closed by a withdrawal, or by its time, is not opened by an
//! extension that comes too late. A number that grows keeps an older extension from being said
//! again after the end was brought forward (FRONTIER 4.2).

use super::{Closed, Gate};
use crate::digest::Digest;
use crate::engagement::lineage::{PARTNERS_DAYS_MAX, WINDOW_DAYS_MAX};
use crate::engagement::window::Ring;
use crate::id::WindowId;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A later end, as the developer signs it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The window.
    pub window: WindowId,
    /// The snapshot.
    pub snapshot: Digest,
    /// For whom the window is.
    pub ring: Ring,
    /// When it began.
    pub begins: Timestamp,
    /// The new end.
    pub until: Timestamp,
    /// Greater than that of any extension before.
    pub seq: u64,
}

/// Why an extension was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unextended {
    /// The window is over, was withdrawn, or nobody knows the time.
    #[error("cannot extend: {0}")]
    Closed(Closed),
    /// Another key signed.
    #[error("cannot extend: it is signed by another key than that of the leases")]
    OtherSigner,
    /// It is for another window or snapshot.
    #[error("cannot extend: it is for another window or snapshot")]
    OtherWindow,
    /// It was taken before, and is in force.
    #[error("cannot extend: this extension is in force already")]
    Known,
    /// It was seen before, or an older one.
    #[error("cannot extend: it is not newer than the last extension")]
    Replayed,
    /// It is not later than the end that is known.
    #[error("cannot extend: that end is not later than the one that is known")]
    NotLater,
    /// The whole window would be longer than its ring allows, or begin after now.
    #[error(
        "cannot extend: a window for the government has {WINDOW_DAYS_MAX} days at most, one for \
         partners {PARTNERS_DAYS_MAX}"
    )]
    TooLong,
}

impl Extension {
    /// Whether the whole window lies within the days of its ring. What other windows of the same
    /// model have used only the clearinghouse knows, which is why it signs too.
    fn fits(&self, now: Timestamp) -> bool {
        let days_max = match self.ring {
            Ring::Government => WINDOW_DAYS_MAX,
            Ring::Partners => PARTNERS_DAYS_MAX,
        };
        let length = self.until.duration_since(self.begins);
        self.begins <= now && length <= SignedDuration::from_hours(24 * days_max)
    }
}

impl Gate {
    /// Takes an extension whose signature verified under the key with that digest. Whatever was
    /// refused leaves the gate as it was.
    pub fn extend(
        &self,
        extension: &Extension,
        signed_by: &Digest,
        now: Option<Timestamp>,
    ) -> Result<Gate, Unextended> {
        let now = self.time(now).map_err(Unextended::Closed)?;
        if self.withdrawn {
            return Err(Unextended::Closed(Closed::Withdrawn));
        }
        if now >= self.ends {
            return Err(Unextended::Closed(Closed::WindowOver));
        }
        if *signed_by != self.signer {
            return Err(Unextended::OtherSigner);
        }
        if extension.window != self.window || extension.snapshot != self.snapshot {
            return Err(Unextended::OtherWindow);
        }
        if extension.seq == self.extension_seen && extension.until == self.ends {
            return Err(Unextended::Known);
        }
        if extension.seq <= self.extension_seen {
            return Err(Unextended::Replayed);
        }
        if extension.until <= self.ends {
            return Err(Unextended::NotLater);
        }
        if !extension.fits(now) {
            return Err(Unextended::TooLong);
        }
        let (ends, extension_seen) = (extension.until, extension.seq);
        // A journal from before there were extensions does not have what was named.
        let named = Some(self.named.unwrap_or(self.ends));
        let clock_seen = self.clock_seen.max(now);
        Ok(Gate { ends, extension_seen, named, clock_seen, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::scope::Scope;
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const DAY: i64 = 86_400;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn digest(of: u8) -> Digest {
        Digest::new([of; 32])
    }

    fn window() -> WindowId {
        WindowId::new(Uuid::from_u128(1))
    }

    fn gate() -> Gate {
        Gate::new(window(), digest(1), digest(2), Scope::default(), at(10 * DAY))
    }

    fn extension(seq: u64, day: i64) -> Extension {
        let (ring, begins) = (Ring::Government, at(0));
        Extension { window: window(), snapshot: digest(1), ring, begins, until: at(day * DAY), seq }
    }

    #[test]
    fn an_extension_is_the_developers_newer_later_and_within_the_days() {
        fn check(change: impl Fn(&mut Extension), signer: u8, expected: Result<(), Unextended>) {
            let known = gate().extend(&extension(5, 20), &digest(2), Some(at(DAY))).unwrap();
            let mut changed = extension(6, 30);
            change(&mut changed);
            let told = known.extend(&changed, &digest(signer), Some(at(2 * DAY)));
            assert_eq!(told.map(drop), expected, "{changed:?}");
        }
        check(|_| {}, 2, Ok(()));
        check(|_| {}, 3, Err(Unextended::OtherSigner));
        check(|it| it.seq = 5, 2, Err(Unextended::Replayed));
        check(|it| (it.seq, it.until) = (5, at(20 * DAY)), 2, Err(Unextended::Known));
        check(|it| it.until = at(20 * DAY), 2, Err(Unextended::NotLater));
        check(|it| it.until = at(30 * DAY + 1), 2, Err(Unextended::TooLong));
        check(|it| it.begins = at(3 * DAY), 2, Err(Unextended::TooLong));
        check(|it| it.until = Timestamp::MAX, 2, Err(Unextended::TooLong));
        check(|it| it.begins = Timestamp::MIN, 2, Err(Unextended::TooLong));
        let partners = |it: &mut Extension| {
            (it.ring, it.until) = (Ring::Partners, at(PARTNERS_DAYS_MAX * DAY));
        };
        check(partners, 2, Ok(()));
        check(|it| it.snapshot = digest(9), 2, Err(Unextended::OtherWindow));
        let other = WindowId::new(Uuid::from_u128(9));
        check(|it| it.window = other, 2, Err(Unextended::OtherWindow));
    }

    #[test]
    fn what_is_over_is_not_opened_again() {
        let late = |gate: &Gate, now: Option<Timestamp>| {
            gate.extend(&extension(1, 20), &digest(2), now).unwrap_err()
        };
        let over = Unextended::Closed(Closed::WindowOver);
        assert_eq!(late(&gate(), Some(at(10 * DAY))), over);
        assert_eq!(late(&gate(), None), Unextended::Closed(Closed::NoClock));
        let withdrawn = gate().withdraw();
        assert_eq!(late(&withdrawn, Some(at(DAY))), Unextended::Closed(Closed::Withdrawn));
        assert!(gate().is_over(at(10 * DAY)) && withdrawn.is_over(at(0)));
        let longer = gate().extend(&extension(1, 20), &digest(2), Some(at(DAY))).unwrap();
        assert!(!longer.is_over(at(10 * DAY)) && longer.is_over(at(20 * DAY)));
        assert_eq!(longer.ends(), at(20 * DAY));
    }

    #[test]
    fn settings_that_say_the_old_end_take_nothing_back_and_a_sooner_one_does() {
        fn check(named: &[i64], expected: i64) {
            let mut gate = gate().extend(&extension(1, 20), &digest(2), Some(at(DAY))).unwrap();
            for day in named {
                gate = gate.heed(at(day * DAY));
            }
            assert_eq!(gate.ends(), at(expected * DAY), "{named:?}");
        }
        check(&[], 20);
        check(&[10], 20);
        check(&[20], 20);
        check(&[30], 20);
        check(&[9], 9);
        check(&[9, 10], 9);
        check(&[20, 15], 15);
        check(&[20, 15, 20, 25], 15);
        // The same word again does not bring back what was brought forward.
        let extended = gate().extend(&extension(1, 20), &digest(2), Some(at(DAY))).unwrap();
        let sooner = extended.heed(at(9 * DAY));
        let again = sooner.extend(&extension(1, 20), &digest(2), Some(at(DAY)));
        assert_eq!(again, Err(Unextended::Replayed));
    }

    proptest! {
        /// Whatever comes in whatever order: a government's window that is taken as it is said to
        /// have begun never has more than its days.
        #[test]
        fn no_sequence_gives_more_days_than_there_are(
            words in prop::collection::vec((0u64..6, -3i64..60, 0i64..40), 0..12),
        ) {
            let (mut gate, mut seen) = (gate(), 0);
            for (seq, day, now) in words {
                let before = gate.ends();
                let told = gate.extend(&extension(seq, day), &digest(2), Some(at(now * DAY)));
                if let Ok(next) = told {
                    prop_assert!(at(now * DAY) < before && seq > seen && next.ends() > before);
                    (gate, seen) = (next, seq);
                }
                prop_assert!(gate.ends() <= at(WINDOW_DAYS_MAX * DAY));
            }
        }
    }
}
