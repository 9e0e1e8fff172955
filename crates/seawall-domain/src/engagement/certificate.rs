//! What must happen to what was held once a window is over, and the certificate that it did.
//!
//! The duties begin with the end of the window, whatever ended it. A certificate names every object
//! by digest; it is complete only when each of them is gone (MISSION C59).

use super::window::WindowFact;
use crate::digest::Digest;
use crate::id::{PersonId, WindowId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How long destruction may take, in days.
pub const DESTRUCTION_DAYS: i64 = 14;

/// The most objects that are held for one window.
pub const OBJECTS_MAX: usize = 1_000_000;

/// What must be destroyed after a window, and what has been.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Destruction {
    /// The window.
    pub window: WindowId,
    /// Until when.
    pub due: Timestamp,
    held: BTreeSet<Digest>,
    gone: BTreeSet<Digest>,
}

/// Everything that was held is gone.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// The window.
    pub window: WindowId,
    /// SHA-256 of each object that was held.
    pub destroyed: Vec<Digest>,
    /// Who certifies it: two different people.
    pub by: [PersonId; 2],
    /// When.
    pub at: Timestamp,
}

/// Why there is no certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Something is still held.
    #[error("cannot certify: {0} objects are still held")]
    StillHeld(usize),
    /// The object was never held.
    #[error("cannot record that: it was not held")]
    NotHeld,
    /// One person certifies nothing.
    #[error("cannot certify alone: a second person must sign")]
    SecondPersonNeeded,
    /// Too many objects.
    #[error("cannot keep track of more than {OBJECTS_MAX} objects")]
    Full,
}

impl Destruction {
    /// The duties that the end of a window begins; nothing else begins any.
    pub fn begins(
        fact: &WindowFact,
        held: BTreeSet<Digest>,
    ) -> Result<Option<Destruction>, Refused> {
        let WindowFact::Ended { window, at, .. } = *fact else {
            return Ok(None);
        };
        if held.len() > OBJECTS_MAX {
            return Err(Refused::Full);
        }
        let takes = SignedDuration::from_hours(24 * DESTRUCTION_DAYS);
        let due = at.checked_add(takes).unwrap_or(Timestamp::MAX);
        Ok(Some(Destruction { window, due, held, gone: BTreeSet::new() }))
    }

    /// Records that an object is gone; twice counts once.
    pub fn destroy(&self, object: Digest) -> Result<Destruction, Refused> {
        if !self.held.contains(&object) {
            return Err(Refused::NotHeld);
        }
        let mut next = self.clone();
        next.gone.insert(object);
        Ok(next)
    }

    /// Whether it is about this object, gone or not.
    pub fn holds(&self, object: &Digest) -> bool {
        self.held.contains(object)
    }

    /// What is still held.
    pub fn left(&self) -> impl Iterator<Item = &Digest> {
        self.held.difference(&self.gone)
    }

    /// The certificate, once everything is gone and two people sign for it.
    pub fn certify(&self, by: [PersonId; 2], now: Timestamp) -> Result<Certificate, Refused> {
        let left = self.left().count();
        if left > 0 {
            return Err(Refused::StillHeld(left));
        }
        if by[0] == by[1] {
            return Err(Refused::SecondPersonNeeded);
        }
        let destroyed = self.held.iter().copied().collect();
        Ok(Certificate { window: self.window, destroyed, by, at: now })
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Ended;
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_certificate_needs_everything_gone_and_two_people() {
        let (window, at) = (WindowId::new(Uuid::from_u128(1)), Timestamp::UNIX_EPOCH);
        let [one, two, other] = [1, 2, 3].map(|of| Digest::new([of; 32]));
        let person = |number| PersonId::new(Uuid::from_u128(number));
        let ended = WindowFact::Ended { window, why: Ended::Withdrawn, at };
        let begun = Destruction::begins(&ended, BTreeSet::from([one, two])).unwrap().unwrap();
        assert_eq!(begun.due, at + SignedDuration::from_hours(24 * DESTRUCTION_DAYS));
        assert_eq!(begun.destroy(other), Err(Refused::NotHeld));
        let some = begun.destroy(one).unwrap().destroy(one).unwrap();
        assert_eq!(some.certify([person(1), person(2)], at), Err(Refused::StillHeld(1)));
        let all = some.destroy(two).unwrap();
        assert_eq!(all.certify([person(1), person(1)], at), Err(Refused::SecondPersonNeeded));
        let certificate = all.certify([person(1), person(2)], at).unwrap();
        assert_eq!(certificate.destroyed, [one, two]);
        let other = Destruction::begins(&WindowFact::Accepted, BTreeSet::new());
        assert_eq!(other, Ok(None));
    }
}
