//! What a seat leaves when it ends: who was stopped or revoked there, and which keys were lost.
//!
//! It comes over to the party's next seat for the same developer's models, or to one that stands
//! beside it. So nobody comes back by a renewal: what is stopped there starts again by two people,
//! as any stop does, and what was revoked by two of whom one is the developer's. No key comes back
//! (FRONTIER 5).

use super::seat::{Extent, PEOPLE_MAX, Seat, Stop, Why};
use super::{Decided, Partner, PartnerFact, Refused, Stage, seat};
use crate::digest::Digest;
use crate::id::PersonId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most stops, revocations and keys that come over together.
pub const LEFT_MAX: usize = PEOPLE_MAX;

/// What a seat leaves.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// What was stopped, as it was.
    #[serde(default, with = "crate::pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub stops: BTreeMap<Extent, Stop>,
    /// What was stopped for good.
    #[serde(default, with = "crate::pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub revoked: BTreeMap<Extent, Why>,
    /// The keys that were lost.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lost_keys: BTreeSet<Digest>,
}

impl Left {
    /// What that seat leaves, with what had come over to it.
    pub fn of(seat: &Seat) -> Left {
        let stops = seat.stops().map(|(extent, stop)| (*extent, *stop)).collect();
        let revoked = seat.revoked().map(|(extent, why)| (*extent, *why)).collect();
        Left { stops, revoked, lost_keys: seat.lost_keys().clone() }.bounded()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is among what was stopped, for then or for good.
    pub(super) fn holds(&self, extent: Extent) -> bool {
        self.stops.contains_key(&extent) || self.revoked.contains_key(&extent)
    }

    fn len(&self) -> usize {
        self.stops.len() + self.revoked.len() + self.lost_keys.len()
    }

    /// The same, or the whole organisation in the place of more than anybody keeps: nothing that
    /// was stopped is forgotten.
    fn bounded(self) -> Left {
        if self.len() <= LEFT_MAX {
            return self;
        }
        let revoked = BTreeMap::from([(Extent::Organisation, Why::Unstated)]);
        Left { revoked, ..Left::default() }
    }

    /// Both together; of two stops of the same extent the developer's.
    pub fn and(mut self, other: Left) -> Left {
        for (extent, stop) in other.stops {
            let held = self.stops.entry(extent).or_insert(stop);
            *held = held.or(stop);
        }
        for (extent, why) in other.revoked {
            self.revoked.entry(extent).or_insert(why);
        }
        self.lost_keys.extend(other.lost_keys);
        self.bounded()
    }

    /// What the seats that a party had for a developer's models leave to one that it takes now: the
    /// last that ended, to which everything before it came over, and those whose end is not
    /// recorded yet. A seat that stands beside the new one leaves its part when it ends.
    pub fn by(seats: &[Partner], now: Timestamp) -> Left {
        let last = seats.iter().filter_map(|it| it.ended_with().map(|(at, _)| at)).max();
        let ended = seats.iter().filter_map(Partner::ended_with);
        let ended = ended.filter(|(at, _)| Some(*at) == last).map(|(_, left)| left.clone());
        let ending = seats.iter().filter_map(|it| it.seated().ok());
        let ending = ending.filter(|seat| now >= seat.expires_at).map(Left::of);
        ended.chain(ending).fold(Left::default(), Left::and)
    }
}

impl Partner {
    /// Takes the seat that both sides signed for, for these people, with what seats before left.
    pub fn seat(&self, people: BTreeSet<PersonId>, left: Left, now: Timestamp) -> Decided {
        let Stage::Decided { decision, .. } = &self.stage else {
            return Err(Refused::NotNow);
        };
        decision.gives_access(now).ok_or(Refused::NotNow)?;
        if people.len() > PEOPLE_MAX {
            return Err(seat::Refused::Full.into());
        }
        self.becomes(PartnerFact::Seated { people, left }, now)
    }

    /// A timer looks whether the decision that the seat rests on has ended.
    pub fn expire(&self, now: Timestamp) -> Decided {
        let seat = self.seated()?;
        if now < seat.expires_at {
            return Err(Refused::NotNow);
        }
        self.becomes(PartnerFact::Expired { left: Left::of(seat) }, now)
    }

    /// When its seat's end was recorded, and what it left; none while it has one, or never had.
    fn ended_with(&self) -> Option<(Timestamp, &Left)> {
        match &self.stage {
            Stage::Over { at, left, .. } => Some((*at, left)),
            Stage::Filed { .. }
            | Stage::Assessed { .. }
            | Stage::Decided { .. }
            | Stage::Seated { .. } => None,
        }
    }

    /// What it left when its seat ended.
    pub fn left(&self) -> Left {
        self.ended_with().map(|(_, left)| left.clone()).unwrap_or_default()
    }

    /// What a seat that has ended left comes over to this one, which stands.
    pub fn take_over(&self, left: Left, now: Timestamp) -> Decided {
        self.seated()?;
        self.becomes(PartnerFact::CameOver { left }, now)
    }
}

#[cfg(test)]
mod tests;
