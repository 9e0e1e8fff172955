//! Custody: what is held of a developer's in a window, and what became of it afterwards.
//!
//! Objects are named by digest. What was held when a window ended must be gone within
//! [`DESTRUCTION_DAYS`](super::certificate::DESTRUCTION_DAYS); when everything is, two different
//! people sign, and there is a certificate (MISSION C59).

use super::certificate::{self, Certificate, Destruction};
use super::window::WindowFact;
use super::{Engagement, Refused, Who};
use crate::digest::Digest;
use crate::id::{PersonId, WindowId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most objects that are held at a time.
pub const HELD_MAX: usize = 10_000;

/// What is held, what must go, and what is certified.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Custody {
    held: BTreeSet<Digest>,
    due: Vec<Destruction>,
    signed: BTreeMap<WindowId, PersonId>,
    certificates: Vec<Certificate>,
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// An object came in, while a window is open.
    Hold(Digest),
    /// An object is gone.
    Destroy(Digest),
    /// A person signs that everything of a window is gone.
    Certify(WindowId),
}

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum CustodyFact {
    Held { object: Digest },
    Destroyed { object: Digest },
    Certified { window: WindowId, by: PersonId },
}

impl Custody {
    /// Decides what follows from an event.
    pub fn decide(
        &self,
        event: Event,
        who: Who,
        of: &Engagement,
        now: Timestamp,
    ) -> Result<CustodyFact, Refused> {
        let fact = match (event, who) {
            (_, Who::Developer(_)) => return Err(Refused::NotYours),
            (Event::Hold(_), _) if of.admits(now).is_none() => return Err(Refused::NotNow),
            (Event::Hold(_), _) if self.held.len() >= HELD_MAX => {
                return Err(Refused::Full(HELD_MAX));
            }
            (Event::Hold(object), Who::Evaluator(_) | Who::Official(_)) => {
                CustodyFact::Held { object }
            }
            (Event::Destroy(object), _) => CustodyFact::Destroyed { object },
            (
                Event::Certify(window),
                Who::Evaluator(by) | Who::Official(by) | Who::DutyOfficer(by),
            ) => CustodyFact::Certified { window, by },
            (Event::Hold(_), Who::DutyOfficer(_) | Who::Clock)
            | (Event::Certify(_), Who::Clock) => return Err(Refused::NotYours),
        };
        self.after(fact, now)?;
        Ok(fact)
    }

    /// The state after a fact; refused when it cannot follow.
    pub fn after(&self, fact: CustodyFact, at: Timestamp) -> Result<Custody, Refused> {
        let mut next = self.clone();
        match fact {
            CustodyFact::Held { object } => drop(next.held.insert(object)),
            CustodyFact::Destroyed { object } => {
                let mut known = next.held.remove(&object);
                for due in next.due.iter_mut().filter(|due| due.holds(&object)) {
                    *due = due.destroy(object).map_err(|_| Refused::NotNow)?;
                    known = true;
                }
                known.then_some(()).ok_or(Refused::NotNow)?;
            }
            CustodyFact::Certified { window, by } => next.certified(window, by, at)?,
        }
        Ok(next)
    }

    fn certified(&mut self, window: WindowId, by: PersonId, at: Timestamp) -> Result<(), Refused> {
        let place = self.due.iter().position(|due| due.window == window);
        let due = place.and_then(|place| self.due.get(place)).ok_or(Refused::NotNow)?;
        due.left().next().is_none().then_some(()).ok_or(Refused::NotNow)?;
        let Some(first) = self.signed.get(&window) else {
            self.signed.insert(window, by);
            return Ok(());
        };
        match due.certify([*first, by], at) {
            Ok(certificate) => {
                self.due.retain(|due| due.window != window);
                self.signed.remove(&window);
                self.certificates.push(certificate);
                Ok(())
            }
            Err(certificate::Refused::SecondPersonNeeded) => Err(Refused::SecondPersonNeeded),
            Err(_) => Err(Refused::NotNow),
        }
    }

    /// The duties that the end of a window begins: none where nothing was held.
    pub(crate) fn on_window(&self, fact: &WindowFact) -> Option<Custody> {
        let begun = match self.held.is_empty() {
            true => None,
            false => Destruction::begins(fact, self.held.clone()).ok()?,
        };
        let mut next = self.clone();
        if let Some(begun) = begun {
            next.held.clear();
            next.due.push(begun);
        }
        Some(next)
    }

    /// Everything that is still there, in a window or after one.
    pub fn held(&self) -> BTreeSet<Digest> {
        let left = self.due.iter().flat_map(Destruction::left);
        self.held.iter().chain(left).copied().collect()
    }

    /// What must go, and until when, of each window that is over.
    pub fn due(&self) -> &[Destruction] {
        &self.due
    }

    /// Who has signed for a window as the first.
    pub fn signed(&self, window: WindowId) -> Option<PersonId> {
        self.signed.get(&window).copied()
    }

    /// Every certificate, oldest first.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Ended;
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_held_when_a_window_ends_must_go_and_two_certify() {
        let (window, at) = (WindowId::new(Uuid::from_u128(1)), Timestamp::UNIX_EPOCH);
        let [one, two] = [1, 2].map(|of| Digest::new([of; 32]));
        let person = |number| PersonId::new(Uuid::from_u128(number));
        let ended = WindowFact::Ended { window, why: Ended::Withdrawn, at };
        let empty = Custody::default().on_window(&ended).unwrap();
        assert_eq!(empty, Custody::default(), "nothing held, nothing due");
        let mut custody = Custody::default();
        for object in [one, two] {
            custody = custody.after(CustodyFact::Held { object }, at).unwrap();
        }
        custody = custody.on_window(&ended).unwrap();
        let certified = |by| CustodyFact::Certified { window, by: person(by) };
        assert_eq!(custody.after(certified(1), at), Err(Refused::NotNow), "still held");
        for object in [one, two] {
            custody = custody.after(CustodyFact::Destroyed { object }, at).unwrap();
        }
        assert!(custody.held().is_empty());
        let once = custody.after(certified(1), at).unwrap();
        assert_eq!((once.signed(window), once.certificates().len()), (Some(person(1)), 0));
        assert_eq!(once.after(certified(1), at), Err(Refused::SecondPersonNeeded));
        let twice = once.after(certified(2), at).unwrap();
        assert_eq!(twice.certificates()[0].destroyed, [one, two]);
        assert!(twice.due().is_empty());
        let unknown = CustodyFact::Destroyed { object: Digest::new([9; 32]) };
        assert_eq!(twice.after(unknown, at), Err(Refused::NotNow));
    }
}
