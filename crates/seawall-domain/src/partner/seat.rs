//! Seats: whether a partner, and a person of it, may use the model now.
//!
//! Anybody of the three sides stops a person or the whole organisation at once and alone; starting
//! again takes two, and what a developer stopped starts again only with the developer. A lost
//! credential stops its key and not the seat. A seat whose yearly word was not renewed is stopped
//! by itself (FRONTIER 5).

use super::left::Left;
use super::token::Access;
use crate::digest::Digest;
use crate::engagement::grant::Cut;
use crate::id::{PartnerId, PartyId, PersonId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How long a partner's word that everything still holds is good for, in days.
pub const ATTESTED_DAYS: i64 = 365;

/// The most people of one partner, and the most keys it can lose.
pub const PEOPLE_MAX: usize = 10_000;

/// Who stops or starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "side", content = "person", rename_all = "snake_case")]
pub enum By {
    /// The developer.
    Developer(PersonId),
    /// The partner itself.
    Partner(PersonId),
    /// The duty officer of the clearinghouse.
    DutyOfficer(PersonId),
}

impl By {
    /// The person.
    pub fn person(self) -> PersonId {
        match self {
            By::Developer(person) | By::Partner(person) | By::DutyOfficer(person) => person,
        }
    }

    fn is_developer(self) -> bool {
        matches!(self, By::Developer(_))
    }

    fn is_partner(self) -> bool {
        matches!(self, By::Partner(_))
    }
}

/// What is stopped.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "whole", content = "person", rename_all = "snake_case")]
pub enum Extent {
    /// One person.
    Person(PersonId),
    /// Everybody.
    Organisation,
}

/// Why.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A credential was lost or copied.
    CredentialLost,
    /// The terms were broken.
    TermsBroken,
    /// It was used for something else.
    OtherPurpose,
    /// Something may have got out.
    LeakSuspected,
    /// An incident was not told in time.
    IncidentUntold,
    /// The person has left.
    PersonLeft,
    /// Whoever stopped it gives no reason.
    Unstated,
}

/// A stop in force.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Who.
    pub by: By,
    /// Why.
    pub why: Why,
    /// When.
    pub at: Timestamp,
}

impl Stop {
    /// The first of two stops of the same extent, unless only the other is the developer's.
    pub(super) fn or(self, other: Stop) -> Stop {
        if other.by.is_developer() && !self.by.is_developer() { other } else { self }
    }
}

/// What takes two people.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// To start again what is stopped.
    Resume {
        /// What.
        extent: Extent,
    },
    /// To stop it for good.
    Revoke {
        /// What.
        extent: Extent,
        /// Why.
        why: Why,
    },
}

impl Change {
    pub(super) fn extent(self) -> Extent {
        match self {
            Change::Resume { extent } | Change::Revoke { extent, .. } => extent,
        }
    }
}

/// The most changes that wait for a second person.
pub const ASKED_MAX: usize = 100;

/// A change that a first person signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// What.
    pub change: Change,
    /// Who signed first.
    pub by: By,
}

/// A partner's seat.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Seat {
    /// The partner.
    pub partner: PartnerId,
    /// Its party.
    pub party: PartyId,
    /// When the decision that it rests on ends.
    pub expires_at: Timestamp,
    attested_at: Timestamp,
    people: BTreeSet<PersonId>,
    #[serde(with = "crate::pairs")]
    stops: BTreeMap<Extent, Stop>,
    #[serde(with = "crate::pairs")]
    revoked: BTreeMap<Extent, Why>,
    lost_keys: BTreeSet<Digest>,
    asked: Vec<Asked>,
    #[serde(default, skip_serializing_if = "Access::is_empty")]
    access: Access,
    /// What came over and still stands; it is among the above as well.
    #[serde(default, skip_serializing_if = "Left::is_empty")]
    left: Box<Left>,
}

/// Why somebody may not use the model now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Denied {
    /// Not of this partner.
    #[error("denied: not a person of this partner")]
    Stranger,
    /// Stopped for now.
    #[error("denied: suspended")]
    Suspended,
    /// Stopped for good.
    #[error("denied: revoked")]
    Revoked,
    /// The decision has ended.
    #[error("denied: the decision has ended")]
    Expired,
    /// The yearly word is missing.
    #[error("denied: the yearly attestation is missing")]
    Unattested,
    /// The key was lost.
    #[error("denied: this key was reported lost")]
    LostKey,
}

/// Why a step was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Two different people.
    #[error("cannot do this alone: a second person must sign")]
    SecondPersonNeeded,
    /// The developer stopped it.
    #[error("cannot start again without the developer: it stopped it, or it was revoked before")]
    DeveloperNeeded,
    /// The partner does not start itself again.
    #[error("cannot start again by the partner's own word alone")]
    OthersNeeded,
    /// Nothing of that kind is stopped.
    #[error("nothing is stopped there")]
    NotStopped,
    /// No token was ever given for that key.
    #[error(
        "cannot report this key lost: no token was ever given for it in a seat of this partner's, \
         so that it is good for nothing; name one as the tokens on record show it"
    )]
    NoToken,
    /// Nobody of that name has the seat, so that nothing of it can be stopped.
    #[error("cannot stop this person: it has no seat here")]
    Stranger,
    /// It is for good.
    #[error("cannot start again what was revoked")]
    Revoked,
    /// Too many.
    #[error("cannot keep more than {PEOPLE_MAX}")]
    Full,
}

impl Seat {
    /// A seat by a decision that is in force, for these people.
    pub fn of(
        partner: PartnerId,
        party: PartyId,
        people: BTreeSet<PersonId>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Seat, Refused> {
        if people.len() > PEOPLE_MAX {
            return Err(Refused::Full);
        }
        Ok(Seat {
            partner,
            party,
            expires_at,
            attested_at: now,
            people,
            stops: BTreeMap::new(),
            revoked: BTreeMap::new(),
            lost_keys: BTreeSet::new(),
            asked: Vec::new(),
            access: Access::default(),
            left: Box::default(),
        })
    }

    /// The same, with what an ended seat left. First signatures for starting any of it again fall:
    /// whoever signed did not know of it.
    pub fn with_left(&self, left: &Left) -> Seat {
        let mut next = self.clone();
        for (extent, stop) in &left.stops {
            let held = next.stops.entry(*extent).or_insert(*stop);
            *held = held.or(*stop);
        }
        let mut came = left.clone();
        came.revoked.retain(|extent, _| !self.revoked.contains_key(extent));
        next.revoked.extend(&came.revoked);
        next.lost_keys.extend(&left.lost_keys);
        let waits = |it: &Asked| !left.holds(it.change.extent());
        next.asked.retain(waits);
        next.left = Box::new(Left::clone(&self.left).and(came));
        next
    }

    /// Stops a person or everybody, at once. It is never refused; a second stop of the same extent
    /// takes the first one's place only if the developer makes it, so that it cannot be weakened.
    /// Whoever signed for starting again before did not know of it: that signature falls.
    pub fn suspend(&self, extent: Extent, by: By, why: Why, now: Timestamp) -> Seat {
        let mut next = self.clone();
        let stop = Stop { by, why, at: now };
        let held = next.stops.entry(extent).or_insert(stop);
        *held = held.or(stop);
        next.asked.retain(|asked| asked.change != Change::Resume { extent });
        next
    }

    /// Two people start again what was stopped here or in a seat before. What was revoked here
    /// stays so; what was revoked in a seat before starts again with the developer only.
    pub fn resume(&self, extent: Extent, by: [By; 2]) -> Result<Seat, Refused> {
        let (stop, came) = self.startable(extent)?;
        two(by)?;
        let needs_developer = came || stop.is_some_and(|stop| stop.by.is_developer());
        if needs_developer && !by.iter().any(|by| by.is_developer()) {
            return Err(Refused::DeveloperNeeded);
        }
        let mut next = self.clone();
        next.stops.remove(&extent);
        next.revoked.remove(&extent);
        next.left.stops.remove(&extent);
        next.left.revoked.remove(&extent);
        next.asked.retain(|asked| asked.change.extent() != extent);
        Ok(next)
    }

    /// What holds somebody that can be started again: the stop, and whether it was revoked in a
    /// seat before.
    fn startable(&self, extent: Extent) -> Result<(Option<&Stop>, bool), Refused> {
        let (stop, came) = (self.stops.get(&extent), self.left.revoked.contains_key(&extent));
        if stop.is_none() && !came {
            return Err(Refused::NotStopped);
        }
        if self.revoked.contains_key(&extent) && !came {
            return Err(Refused::Revoked);
        }
        Ok((stop, came))
    }

    /// Two people stop it for good.
    pub fn revoke(&self, extent: Extent, by: [By; 2], why: Why) -> Result<Seat, Refused> {
        two(by)?;
        let mut next = self.clone();
        next.revoked.entry(extent).or_insert(why);
        next.left.revoked.remove(&extent);
        next.asked.retain(|asked| asked.change.extent() != extent);
        Ok(next)
    }

    /// A first person signs for a change.
    pub fn ask(&self, asked: Asked) -> Result<Seat, Refused> {
        if let Change::Resume { extent } = asked.change {
            self.startable(extent)?;
        }
        let is_again =
            |it: &Asked| it.change == asked.change && it.by.person() == asked.by.person();
        if self.asked.iter().any(is_again) {
            return Err(Refused::SecondPersonNeeded);
        }
        if self.asked.len() >= ASKED_MAX {
            return Err(Refused::Full);
        }
        let mut next = self.clone();
        next.asked.push(asked);
        Ok(next)
    }

    /// Who has signed for a change as the first, beside this one.
    pub fn asked_by_another(&self, change: Change, by: By) -> Option<By> {
        let same = |asked: &&Asked| asked.change == change && asked.by.person() != by.person();
        self.asked.iter().find(same).map(|asked| asked.by)
    }

    /// The changes that wait for a second person.
    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// The people who have the seat.
    pub fn people(&self) -> &BTreeSet<PersonId> {
        &self.people
    }

    /// Whether the person has the seat at all, stopped or not.
    pub fn holds(&self, person: PersonId) -> Result<(), Denied> {
        self.people.contains(&person).then_some(()).ok_or(Denied::Stranger)
    }

    /// Whether it is about this seat: the whole of it, or a person who has it. So what is stopped
    /// is never more than the people who are seated, and what came over.
    pub(super) fn concerns(&self, extent: Extent) -> Result<(), Refused> {
        match extent {
            Extent::Organisation => Ok(()),
            Extent::Person(_) if self.left.holds(extent) => Ok(()),
            Extent::Person(person) => self.holds(person).map_err(|_| Refused::Stranger),
        }
    }

    /// What its tokens rest on, and which are in force.
    pub fn access(&self) -> &Access {
        &self.access
    }

    pub(super) fn with(&self, access: Access) -> Seat {
        Seat { access, ..self.clone() }
    }

    /// When the yearly word was last given.
    pub fn attested_at(&self) -> Timestamp {
        self.attested_at
    }

    /// What is stopped for good.
    pub fn revoked(&self) -> impl Iterator<Item = (&Extent, &Why)> {
        self.revoked.iter()
    }

    /// The keys that were lost here or in a seat before.
    pub fn lost_keys(&self) -> &BTreeSet<Digest> {
        &self.lost_keys
    }

    /// What came over from a seat before, and still stands.
    pub fn left(&self) -> &Left {
        &self.left
    }

    /// A key was lost: it is good for nothing any more, and its holder gets another one. The seat
    /// and everybody else in it go on. Keys that came over are not counted here.
    pub fn lose_key(&self, key: Digest) -> Result<Seat, Refused> {
        let own = self.lost_keys.difference(&self.left.lost_keys).count();
        if own >= PEOPLE_MAX && !self.lost_keys.contains(&key) {
            return Err(Refused::Full);
        }
        let mut next = self.clone();
        next.lost_keys.insert(key);
        Ok(next)
    }

    /// The partner says that everything still holds; it does so every year.
    pub fn attest(&self, now: Timestamp) -> Seat {
        Seat { attested_at: self.attested_at.max(now), ..self.clone() }
    }

    /// Whether the person may use the model now, with that key.
    pub fn admits(&self, person: PersonId, key: &Digest, now: Timestamp) -> Result<(), Denied> {
        let extents = [Extent::Person(person), Extent::Organisation];
        self.holds(person)?;
        if extents.iter().any(|extent| self.revoked.contains_key(extent)) {
            return Err(Denied::Revoked);
        }
        if extents.iter().any(|extent| self.stops.contains_key(extent)) {
            return Err(Denied::Suspended);
        }
        if self.lost_keys.contains(key) {
            return Err(Denied::LostKey);
        }
        if now >= self.expires_at {
            return Err(Denied::Expired);
        }
        match now < self.good_until() {
            true => Ok(()),
            false => Err(Denied::Unattested),
        }
    }

    /// Until when the partner's yearly word is good.
    pub fn good_until(&self) -> Timestamp {
        let good_for = SignedDuration::from_hours(24 * ATTESTED_DAYS);
        self.attested_at.checked_add(good_for).unwrap_or(Timestamp::MAX)
    }

    /// Whether the seat has ended, or stands still because the yearly word is missing.
    pub fn is_lapsed(&self, now: Timestamp) -> bool {
        now >= self.expires_at || now >= self.good_until()
    }

    /// Whom the gateway must cut off because of this seat.
    pub fn cut(&self) -> Cut {
        let mut cut = Cut { keys: self.lost_keys.clone(), ..Cut::default() };
        for extent in self.stops.keys().chain(self.revoked.keys()) {
            match extent {
                Extent::Person(person) => drop(cut.people.insert(*person)),
                Extent::Organisation => drop(cut.parties.insert(self.party)),
            }
        }
        cut
    }

    /// The stops in force.
    pub fn stops(&self) -> impl Iterator<Item = (&Extent, &Stop)> {
        self.stops.iter()
    }
}

/// Two different people, not both of them the partner's.
fn two(by: [By; 2]) -> Result<(), Refused> {
    if by[0].person() == by[1].person() {
        return Err(Refused::SecondPersonNeeded);
    }
    match by.iter().all(|by| by.is_partner()) {
        true => Err(Refused::OthersNeeded),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests;
