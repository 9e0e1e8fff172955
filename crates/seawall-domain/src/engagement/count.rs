//! Counts: how much passed through the gateways of an engagement's windows, by party.
//!
//! A gateway signs what its journal adds up to. The developer, or the official, names the keys of
//! gateways ([`gateways`](super::gateways)) and brings counts in; the newest takes the place of the
//! older one from the same gateway. What was counted before the running quarter is kept beside it,
//! because what is public of it stands still for a quarter (FRONTIER 4.2, I9; FRONTIER 5).

use super::gateways::{Head, side};
use super::window::Ring;
use super::{Engagement, EngagementFact, Refused, Who};
use crate::digest::Digest;
use crate::fact::Aggregate;
use crate::id::{PartyId, WindowId};
use crate::time::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most parties in one count.
pub const PARTIES_MAX: usize = 1_000;

/// The most gateways of one engagement: each window, and each journal of it, may have its own.
pub const GATEWAYS_MAX: usize = 64;

/// The public half of the key by which a gateway signs: the 32 bytes of an Ed25519 key, written as
/// a digest is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GatewayKey(pub Digest);

/// What one party used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// Which party.
    pub party: PartyId,
    /// Requests that were sent on.
    pub requests: u64,
    /// Tokens that went in.
    pub tokens_in: u64,
    /// Tokens that came out.
    pub tokens_out: u64,
}

impl Used {
    /// Tokens in and out.
    pub fn tokens(&self) -> u64 {
        self.tokens_in.saturating_add(self.tokens_out)
    }
}

/// What a gateway says that it counted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Count {
    /// In which window.
    pub window: WindowId,
    /// How many lines the journal has, and the root over them.
    pub head: Head,
    /// What each party used, in the order of parties, each once.
    pub parties: Vec<Used>,
}

/// A count that was brought in.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// SHA-256 of the signed statement, as it was brought.
    pub statement: Digest,
    /// How many lines the journal had.
    pub lines: u64,
    /// The root of the tree over them; earlier versions did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Digest>,
    /// What each party used.
    pub parties: Vec<Used>,
    /// When it was brought in.
    pub at: Timestamp,
}

/// What one gateway counted in one window.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The window.
    pub window: WindowId,
    /// The gateway.
    pub key: GatewayKey,
    /// The newest count.
    pub newest: Counted,
    /// The newest of those from a quarter before that one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Counted>,
}

impl Kept {
    /// The newest count that was there at that instant, or at the end of a quarter before.
    fn as_of(&self, at: Timestamp) -> Option<&Counted> {
        [Some(&self.newest), self.before.as_ref()].into_iter().flatten().find(|it| it.at < at)
    }
}

/// What gateways counted.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    keys: BTreeSet<GatewayKey>,
    kept: Vec<Kept>,
}

impl Counts {
    /// Whether no gateway was named here, and nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.kept.is_empty()
    }

    /// The keys of gateways that were named for all windows, as earlier versions did it.
    pub fn keys(&self) -> &BTreeSet<GatewayKey> {
        &self.keys
    }

    /// What was counted, by window and gateway.
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    fn find(&self, window: WindowId, key: GatewayKey) -> Option<&Kept> {
        self.kept.iter().find(|it| it.window == window && it.key == key)
    }

    pub(super) fn naming(&self, key: GatewayKey) -> Result<Counts, Refused> {
        let mut next = self.clone();
        next.keys.insert(key);
        (next.keys.len() <= GATEWAYS_MAX).then_some(next).ok_or(Refused::Full(GATEWAYS_MAX))
    }

    pub(super) fn counting(&self, window: WindowId, key: GatewayKey, counted: &Counted) -> Counts {
        let mut next = self.clone();
        match next.kept.iter_mut().find(|it| it.window == window && it.key == key) {
            Some(kept) => {
                let old = std::mem::replace(&mut kept.newest, counted.clone());
                if old.at < quarter(counted.at) {
                    kept.before = Some(old);
                }
            }
            None => next.kept.push(Kept { window, key, newest: counted.clone(), before: None }),
        }
        next
    }
}

impl Engagement {
    /// Takes a count that the gateway with this key signed; `statement` is SHA-256 of it.
    pub fn bring_count(
        &self,
        (key, count): (GatewayKey, Count),
        statement: Digest,
        who: Who,
        now: Timestamp,
    ) -> Result<(Engagement, EngagementFact), Refused> {
        side(who)?;
        let Count { window, head, parties } = count;
        self.takes(window, key)?;
        let is_sorted = parties.windows(2).all(|two| two[0].party < two[1].party);
        if !is_sorted || parties.len() > PARTIES_MAX {
            return Err(Refused::BadCount);
        }
        let held = self.counts.find(window, key);
        if held.is_some_and(|held| held.newest.lines >= head.lines) {
            return Err(Refused::OlderCount);
        }
        self.extends(window, key, head)?;
        if held.is_none() && self.counts.kept.len() >= GATEWAYS_MAX {
            return Err(Refused::Full(GATEWAYS_MAX));
        }
        let at = self.seen.max(now);
        let fact = EngagementFact::CountBrought {
            window,
            key,
            counted: Counted { statement, lines: head.lines, root: Some(head.root), parties, at },
        };
        let next = Engagement::apply(Some(self.clone()), &fact, now).ok_or(Refused::NotNow)?;
        Ok((next, fact))
    }

    /// The tokens that each party used in partners' windows as of an instant; none unless each of
    /// them was counted.
    pub fn tokens_of(&self, party: PartyId, as_of: Timestamp) -> Tokens {
        let begun = self.lineage.uses().iter();
        let begun = begun.filter(|it| it.ring == Ring::Partners && it.span.start < as_of);
        let (mut windows, mut tokens) = (0, 0u64);
        for window in begun.map(|it| it.window) {
            let mut counted = 0;
            for kept in self.counts.kept.iter().filter(|it| it.window == window) {
                let Some(count) = kept.as_of(as_of) else { continue };
                counted += 1;
                let own = count.parties.iter().filter(|used| used.party == party);
                tokens = own.fold(tokens, |sum, used| sum.saturating_add(used.tokens()));
            }
            if counted == 0 {
                return Tokens::Unknown;
            }
            windows += 1;
        }
        match windows {
            0 => Tokens::NoWindow,
            _ => Tokens::Counted(tokens),
        }
    }
}

/// What is known of the tokens that a party used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tokens {
    /// No partners' window had begun.
    NoWindow,
    /// A window was not counted.
    Unknown,
    /// So many.
    Counted(u64),
}

/// What is known over several engagements of one developer; none where it is not known.
pub fn known(of: impl IntoIterator<Item = Tokens>) -> Option<u64> {
    let mut sum = None;
    for tokens in of {
        match tokens {
            Tokens::NoWindow => {}
            Tokens::Unknown => return None,
            Tokens::Counted(number) => {
                sum = Some(sum.unwrap_or(0u64).saturating_add(number));
            }
        }
    }
    sum
}

/// The beginning of the quarter of an instant, in UTC.
pub fn quarter(now: Timestamp) -> Timestamp {
    let today = Offset::UTC.to_datetime(now).date();
    let month = (today.month() - 1) / 3 * 3 + 1;
    let first = Date::new(today.year(), month, 1).unwrap_or(date(1970, 1, 1));
    Offset::UTC.to_timestamp(first.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
