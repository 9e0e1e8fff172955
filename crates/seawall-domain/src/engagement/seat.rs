//! Seats in a government's window: named people of the evaluating body, who get access tokens.
//!
//! The official seats each person by name. The developer sees who is seated, and refuses or stops
//! each of them at once and alone; whom it stopped has no seat again before it says so. The
//! clearinghouse stops alone as well, and what it stopped starts again by two of its people. A seat
//! ends with its window. Tokens are given as they are
//! from a partner's seat: by the same rules, for minutes, good only with the holder's key; to
//! people only, and to no machine (FRONTIER 4.2, I2 and I3; 4.3).

use super::grant::{Bearer, Cut, Grant};
use super::token::{Access, Full, Issued, KeyUse, Standing, Wanted};
use super::window::{Offer, Ring, WindowFact};
use super::{Engagement, EngagementFact, Who};
use crate::digest::Digest;
use crate::fact::Aggregate;
use crate::id::{PartyId, PersonId, WindowId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most people who are seated, who are stopped, and keys that are lost.
pub const PEOPLE_MAX: usize = 1_000;

/// The seats of an engagement's window.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Seats {
    people: BTreeMap<PersonId, PartyId>,
    stops: BTreeMap<PersonId, Who>,
    /// Who signed first for ending a stop of the clearinghouse's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    asked: BTreeMap<PersonId, Who>,
    lost_keys: BTreeSet<Digest>,
    #[serde(default, skip_serializing_if = "Access::is_empty")]
    access: Access,
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The official seats a person of the evaluating body.
    Name {
        /// Who.
        person: PersonId,
        /// Of which party.
        party: PartyId,
    },
    /// The developer refuses or stops a person; the official or the duty officer stops one.
    Stop {
        /// Whom.
        person: PersonId,
    },
    /// The developer ends its own stop; two people of the clearinghouse end one of theirs.
    Lift {
        /// Whom.
        person: PersonId,
    },
    /// A person who is seated accepts the terms of the window.
    Accept {
        /// Which window.
        window: WindowId,
        /// SHA-256 of its terms.
        terms: Digest,
    },
    /// A key was lost.
    LoseKey {
        /// Its thumbprint (RFC 7638).
        key: Digest,
        /// Whether anybody could use the model by it.
        used: KeyUse,
    },
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum SeatFact {
    Named { person: PersonId, party: PartyId },
    Stopped { person: PersonId, by: Who },
    LiftAsked { person: PersonId, by: Who },
    Lifted { person: PersonId },
    TermsAccepted { by: PersonId, terms: Digest },
    KeyLost { key: Digest },
    TokenIssued { token: Issued },
}

/// Why a step was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Somebody else does this.
    #[error("cannot do this: it is for somebody else to do")]
    NotYours,
    /// A person seats somebody else.
    #[error("cannot seat oneself: another official must")]
    Oneself,
    /// There is no government's window that somebody could be seated in.
    #[error("cannot seat anybody: no window is offered to the government, or open to it")]
    NoWindow,
    /// The developer refused or stopped the person.
    #[error("cannot seat this person without the developer, who refused or stopped it")]
    DeveloperNeeded,
    /// The clearinghouse stopped the person.
    #[error(
        "cannot seat this person: the clearinghouse stopped it; first two different people of it \
         end the stop"
    )]
    StopStands,
    /// Two different people.
    #[error("cannot start again alone: a second person must sign")]
    SecondPersonNeeded,
    /// Nobody stopped the person.
    #[error("nothing is stopped there")]
    NotStopped,
    /// No such window is open to the person.
    #[error("denied: no window of that id is open to this seat")]
    NotOpen,
    /// The person has no seat.
    #[error("denied: not a person who is seated in this window")]
    Stranger,
    /// The person is stopped.
    #[error("cannot give a token: denied: suspended")]
    Stopped,
    /// The key was lost.
    #[error("cannot give a token: denied: this key was reported lost")]
    LostKey,
    /// No token was ever given for that key.
    #[error(
        "cannot report this key lost: no token was ever given for it to anybody whom the \
         government seated here, so that it is good for nothing; name one as the tokens on record \
         show it, and a partner's key in its seat"
    )]
    NoToken,
    /// The person has not accepted the terms of the window.
    #[error("cannot give a token: the person has not accepted the terms of this window")]
    NotAccepted,
    /// Other terms than those of the window.
    #[error("cannot accept these terms: the window has others")]
    OtherTerms,
    /// No purpose was named.
    #[error("cannot give a token: say what it is for")]
    NoPurpose,
    /// What is looked at is claimed by nobody of the party.
    #[error("cannot give a token: what is looked at needs a scan claim of yours that stands")]
    NoClaim,
    /// A bound is reached.
    #[error(transparent)]
    Full(#[from] Full),
}

impl Seats {
    /// Whether nobody was seated or stopped.
    pub fn is_empty(&self) -> bool {
        *self == Seats::default()
    }

    /// The people who are seated, each with its party.
    pub fn people(&self) -> impl Iterator<Item = (PersonId, PartyId)> {
        self.people.iter().map(|(person, party)| (*person, *party))
    }

    /// Who is stopped, and by whom.
    pub fn stops(&self) -> impl Iterator<Item = (PersonId, Who)> {
        self.stops.iter().map(|(person, by)| (*person, *by))
    }

    /// Who signed first for ending a person's stop, while a second signature is missing.
    pub fn asked(&self, person: PersonId) -> Option<Who> {
        self.asked.get(&person).copied()
    }

    /// What tokens rest on, and which are in force.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Of which party a person is seated.
    pub fn holds(&self, person: PersonId) -> Option<PartyId> {
        self.people.get(&person).copied()
    }

    /// Whom a gateway of the window must cut off.
    pub fn cut(&self) -> Cut {
        let people = self.stops.keys().copied().collect();
        Cut { people, keys: self.lost_keys.clone(), ..Cut::default() }
    }

    pub(super) fn decide(
        &self,
        event: Event,
        who: Who,
        of: &Engagement,
        now: Timestamp,
    ) -> Result<SeatFact, Refused> {
        let fact = match (event, who) {
            // Access takes two: nobody lets itself in.
            (Event::Name { person, .. }, Who::Official(by)) if by == person => {
                return Err(Refused::Oneself);
            }
            (Event::Name { person, party }, Who::Official(_)) => {
                let offer = of.window.offer().filter(|offer| offer.ring == Ring::Government);
                offer.ok_or(Refused::NoWindow)?;
                match self.stops.get(&person) {
                    Some(by) if is_developer(by) => return Err(Refused::DeveloperNeeded),
                    // A new name ends no stop: that takes two.
                    Some(_) => return Err(Refused::StopStands),
                    None => {}
                }
                SeatFact::Named { person, party }
            }
            (
                Event::Stop { person },
                by @ (Who::Developer(_) | Who::Official(_) | Who::DutyOfficer(_)),
            ) => SeatFact::Stopped { person, by },
            (
                Event::Lift { person },
                by @ (Who::Developer(_) | Who::Official(_) | Who::DutyOfficer(_)),
            ) => self.lifts(person, by)?,
            (Event::Accept { window, terms }, Who::Evaluator(by)) => {
                self.holds(by).ok_or(Refused::Stranger)?;
                let (offer, _) = of.open_to_government(window, now).ok_or(Refused::NotOpen)?;
                (offer.terms == terms).then_some(()).ok_or(Refused::OtherTerms)?;
                SeatFact::TermsAccepted { by, terms }
            }
            (Event::LoseKey { key, used }, Who::Evaluator(by)) => {
                self.holds(by).ok_or(Refused::Stranger)?;
                lost(key, used)?
            }
            (
                Event::LoseKey { key, used },
                Who::Developer(_) | Who::Official(_) | Who::DutyOfficer(_),
            ) => lost(key, used)?,
            (
                Event::Name { .. }
                | Event::Stop { .. }
                | Event::Lift { .. }
                | Event::Accept { .. }
                | Event::LoseKey { .. },
                _,
            ) => return Err(Refused::NotYours),
        };
        self.after(&fact, now)?;
        Ok(fact)
    }

    /// Ends a stop: the developer alone what it stopped; two different people of the clearinghouse,
    /// neither of them the one who is stopped, what somebody of it stopped.
    fn lifts(&self, person: PersonId, by: Who) -> Result<SeatFact, Refused> {
        let stopped = self.stops.get(&person).ok_or(Refused::NotStopped)?;
        match (is_developer(stopped), is_developer(&by)) {
            (true, true) => return Ok(SeatFact::Lifted { person }),
            (true, false) => return Err(Refused::DeveloperNeeded),
            (false, true) => return Err(Refused::NotYours),
            (false, false) => {}
        }
        if by.person() == Some(person) {
            return Err(Refused::Oneself);
        }
        match self.asked(person) {
            None => Ok(SeatFact::LiftAsked { person, by }),
            Some(first) if first.person() == by.person() => Err(Refused::SecondPersonNeeded),
            Some(_) => Ok(SeatFact::Lifted { person }),
        }
    }

    pub(super) fn after(&self, fact: &SeatFact, at: Timestamp) -> Result<Seats, Refused> {
        let mut next = self.clone();
        match fact {
            SeatFact::Named { person, party } => {
                // Facts of earlier versions ended a stop of the clearinghouse's by a new name.
                next.people.insert(*person, *party);
                next.stops.remove(person);
                next.asked.remove(person);
            }
            // A second stop takes the first one's place only if the developer makes it, so that it
            // cannot be weakened.
            SeatFact::Stopped { person, by } => {
                let held = next.stops.entry(*person).or_insert(*by);
                if is_developer(by) {
                    *held = *by;
                }
                // Who signed for ending it did not know of this one.
                next.asked.remove(person);
            }
            SeatFact::LiftAsked { person, by } => drop(next.asked.insert(*person, *by)),
            SeatFact::Lifted { person } => {
                next.stops.remove(person);
                next.asked.remove(person);
            }
            SeatFact::TermsAccepted { by, terms } => {
                next.access = next.access.accepting(*by, *terms)?;
            }
            SeatFact::KeyLost { key } => drop(next.lost_keys.insert(*key)),
            SeatFact::TokenIssued { token } => {
                next.access = next.access.issuing(token.clone(), at);
            }
        }
        // Whoever is seated can always be stopped, however many are stopped who are not.
        let strangers = next.stops.keys().filter(|it| !next.people.contains_key(it)).count();
        let grows = match fact {
            SeatFact::Named { .. } => next.people.len(),
            SeatFact::Stopped { person, .. } if !next.people.contains_key(person) => strangers,
            SeatFact::KeyLost { .. } => next.lost_keys.len(),
            // A first signature is kept for those only who are stopped.
            SeatFact::Stopped { .. }
            | SeatFact::LiftAsked { .. }
            | SeatFact::Lifted { .. }
            | SeatFact::TermsAccepted { .. }
            | SeatFact::TokenIssued { .. } => 0,
        };
        match grows <= PEOPLE_MAX {
            true => Ok(next),
            false => Err(Full(PEOPLE_MAX).into()),
        }
    }

    /// A seat ends with its window; who was stopped stays so, and so do lost keys.
    pub(super) fn on_window(&self, fact: &WindowFact) -> Seats {
        match fact {
            WindowFact::Offered { .. } | WindowFact::Ended { .. } => {
                Seats { people: BTreeMap::new(), access: Access::default(), ..self.clone() }
            }
            WindowFact::Accepted
            | WindowFact::Began { .. }
            | WindowFact::Extended { .. }
            | WindowFact::Cut { .. }
            | WindowFact::WithdrawnAgain => self.clone(),
        }
    }
}

impl Engagement {
    /// The government's window that is open now, if it has this id, and when it ends.
    pub fn open_to_government(
        &self,
        window: WindowId,
        now: Timestamp,
    ) -> Option<(&Offer, Timestamp)> {
        let open = self.admits(now).filter(|open| *open == window)?;
        let offer = self.window.offer().filter(|offer| offer.window == open)?;
        let end = self.window.due()?;
        (offer.ring == Ring::Government).then_some((offer, end))
    }

    /// Gives a person who is seated a token for the government's window.
    pub fn give_token(
        &self,
        person: PersonId,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<(Engagement, EngagementFact, Grant), super::Refused> {
        let (fact, grant) = self.given(person, wanted, now)?;
        let fact = EngagementFact::SeatMoved { fact };
        let next = Engagement::apply(Some(self.clone()), &fact, now);
        Ok((next.ok_or(super::Refused::NotNow)?, fact, grant))
    }

    fn given(
        &self,
        person: PersonId,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<(SeatFact, Grant), Refused> {
        let seats = &self.seats;
        let party = seats.holds(person).ok_or(Refused::Stranger)?;
        if seats.stops.contains_key(&person) {
            return Err(Refused::Stopped);
        }
        if seats.lost_keys.contains(&wanted.key) {
            return Err(Refused::LostKey);
        }
        let (offer, end) = self.open_to_government(wanted.window, now).ok_or(Refused::NotOpen)?;
        let accepted = seats.access.has_accepted(person, &offer.terms);
        accepted.then_some(()).ok_or(Refused::NotAccepted)?;
        if wanted.purposes.is_empty() {
            return Err(Refused::NoPurpose);
        }
        let needs_claim = wanted.purposes.iter().any(|purpose| purpose.needs_claim());
        if needs_claim && wanted.claims.is_empty() {
            return Err(Refused::NoClaim);
        }
        let bearer = Bearer::Person { person };
        seats.access.room(&bearer, now)?;
        let standing = Standing { bearer, party, terms: offer.terms, end };
        let (grant, token) = standing.token(wanted, now).ok_or(Refused::NotOpen)?;
        Ok((SeatFact::TokenIssued { token }, grant))
    }
}

/// A key is lost if there was anything to lose by it.
fn lost(key: Digest, used: KeyUse) -> Result<SeatFact, Refused> {
    match used {
        KeyUse::Given => Ok(SeatFact::KeyLost { key }),
        KeyUse::Never => Err(Refused::NoToken),
    }
}

fn is_developer(by: &Who) -> bool {
    matches!(by, Who::Developer(_))
}

#[cfg(test)]
mod tests;
