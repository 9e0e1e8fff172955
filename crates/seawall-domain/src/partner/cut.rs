//! Whom the gateways of a developer's windows must cut off because of all its partners' seats.
//!
//! What one seat says of its own people never keeps another's stop from a gateway: the list is
//! bounded, and where it would be longer a whole organisation stands in the place of its people and
//! keys. A seat that has ended cuts off nobody who has another one (FRONTIER 5, F40).

use super::{Partner, Stage};
use crate::engagement::grant::Cut;
use crate::engagement::quota::Limit;
use crate::id::PartyId;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The most people, parties and keys of one list: a gateway can read as many, whatever they are.
pub const CUT_MAX: usize = 20_000;

/// The list, beside what is cut off already.
pub fn cut_of(own: Cut, partners: &[Partner], now: Timestamp) -> Cut {
    let standing: BTreeSet<PartyId> = quotas_of(partners, now).into_keys().collect();
    let counts = |it: &&Partner| !(it.has_ended(now) && standing.contains(&it.application.party));
    let mut cuts: Vec<(PartyId, Cut)> = partners
        .iter()
        .filter(counts)
        .map(|partner| (partner.application.party, partner.cut(now)))
        .collect();
    cuts.sort_by_key(|(_, cut)| length(cut));
    let mut total = length(&own) + cuts.iter().map(|(_, cut)| length(cut)).sum::<usize>();
    let mut all = own;
    while total > CUT_MAX
        && let Some((party, cut)) = cuts.pop()
    {
        total = total.saturating_sub(length(&cut)) + 1;
        all.parties.insert(party);
    }
    for (_, cut) in cuts {
        all.people.extend(cut.people);
        all.parties.extend(cut.parties);
        all.keys.extend(cut.keys);
    }
    all
}

/// What each party with a seat that stands may use; the smaller of two that it was given.
pub fn quotas_of(partners: &[Partner], now: Timestamp) -> BTreeMap<PartyId, Limit> {
    let mut quotas = BTreeMap::new();
    for partner in partners {
        let Some(limit) = partner.quota(now) else { continue };
        let held = quotas.entry(partner.application.party).or_insert(limit);
        if limit.whole.requests < held.whole.requests {
            *held = limit;
        }
    }
    quotas
}

fn length(cut: &Cut) -> usize {
    cut.people.len() + cut.parties.len() + cut.keys.len()
}

impl Partner {
    /// Whether it is still an application: it waits, is looked at, or is decided, and neither has a
    /// seat nor has its decision ended.
    pub fn is_applying(&self, now: Timestamp) -> bool {
        match &self.stage {
            Stage::Filed { .. } | Stage::Assessed { .. } => true,
            Stage::Decided { decision, .. } => now < decision.expires_at,
            Stage::Seated { .. } | Stage::Over { .. } => false,
        }
    }

    /// Whom a gateway must cut off because of this seat, or because there is none any more.
    pub fn cut(&self, now: Timestamp) -> Cut {
        let everybody = || Cut { parties: [self.application.party].into(), ..Cut::default() };
        match &self.stage {
            Stage::Seated { seat, .. } if seat.is_lapsed(now) => everybody(),
            Stage::Seated { seat, .. } => seat.cut(),
            Stage::Over { .. } => everybody(),
            Stage::Filed { .. } | Stage::Assessed { .. } | Stage::Decided { .. } => Cut::default(),
        }
    }

    /// Whether it had a seat that is over by its time, whatever was stopped in it before.
    fn has_ended(&self, now: Timestamp) -> bool {
        match &self.stage {
            Stage::Seated { seat, .. } => {
                seat.is_lapsed(now) && seat.stops().count() + seat.revoked().count() == 0
            }
            Stage::Over { .. } => true,
            Stage::Filed { .. } | Stage::Assessed { .. } | Stage::Decided { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests;
