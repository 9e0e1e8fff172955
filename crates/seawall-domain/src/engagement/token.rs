//! Access tokens: what they rest on, and which are in force.
//!
//! Whoever has a seat in a window accepted its terms by their digest, and gets tokens that last for
//! minutes and never longer than the window, each good only with a key that stays with its holder.
//! On record is who has one, for which window and key, and until when; the token itself is kept
//! nowhere (FRONTIER 4.3).

use super::grant::{Bearer, GRANT_SECONDS_MAX, Grant, Proof, Purpose};
use super::quota::{Amount, Limit};
use crate::digest::Digest;
use crate::id::{AccountId, PartyId, PersonId, ScanId, WindowId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most tokens of one holder that are in force at a time: renewing needs two of them.
pub const HELD_MAX: usize = 16;

/// The most tokens of one partner that are in force at a time.
pub const IN_FORCE_MAX: usize = 4_000;

/// The most acceptances that a seat keeps.
pub const ACCEPTED_MAX: usize = 20_000;

/// The most machines that people of one partner answer for.
pub const MACHINES_MAX: usize = 1_000;

/// What a gateway's settings begin with for a partner; whoever runs the gateway changes it.
pub const QUOTA: Limit = Limit {
    whole: Amount {
        requests: 10_000,
        tokens_in: 50_000_000,
        tokens_out: 5_000_000,
        cost_micros: u64::MAX,
    },
    concurrent: 20,
};

/// The same for a partner whose decision says that its quota is small.
pub const QUOTA_SMALL: Limit = Limit {
    whole: Amount {
        requests: 1_000,
        tokens_in: 5_000_000,
        tokens_out: 500_000,
        cost_micros: u64::MAX,
    },
    concurrent: 4,
};

/// Whether a token was ever given for a key that is reported lost: each is on record, and without
/// one no key is good for anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyUse {
    /// It was: in this seat, in an earlier one of this engagement, or in another of a partner's for
    /// the same developer's models.
    Given,
    /// It was not.
    Never,
}

/// A token that was given, without the token.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    /// To whom.
    pub bearer: Bearer,
    /// For which window.
    pub window: WindowId,
    /// The thumbprint of the holder's key (RFC 7638) or certificate (RFC 8705).
    pub key: Digest,
    /// For what.
    pub purposes: BTreeSet<Purpose>,
    /// Until when.
    pub until: Timestamp,
}

/// What tokens rest on: who accepted which terms, who answers for which machine, what is in force.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Access {
    accepted: BTreeSet<(PersonId, Digest)>,
    machines: BTreeMap<AccountId, PersonId>,
    in_force: Vec<Issued>,
}

/// What is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// For which window.
    pub window: WindowId,
    /// The thumbprint of the holder's key or certificate.
    pub key: Digest,
    /// How requests prove that they have it.
    pub proof: Proof,
    /// For what.
    pub purposes: BTreeSet<Purpose>,
    /// The partner's own claims that may be looked at, and until when each stands.
    pub claims: BTreeMap<ScanId, Timestamp>,
}

/// A bound is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot keep more than {0}: wait until one has ended")]
pub struct Full(pub usize);

/// Who gets a token, of which party, under which terms, and when it ends at the latest.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Who.
    pub bearer: Bearer,
    /// The party it acts for.
    pub party: PartyId,
    /// SHA-256 of the terms that the person accepted.
    pub terms: Digest,
    /// The end of what it rests on.
    pub end: Timestamp,
}

impl Standing {
    /// What a token says that is given now, and that it was given; none when its end is here.
    pub(crate) fn token(self, wanted: Wanted, now: Timestamp) -> Option<(Grant, Issued)> {
        let Standing { bearer, party, terms, end } = self;
        let life = SignedDuration::from_secs(GRANT_SECONDS_MAX);
        let until = whole(now).checked_add(life).unwrap_or(Timestamp::MAX);
        let until = whole(until.min(end));
        let Wanted { window, key, proof, purposes, claims } = wanted;
        let issued = Issued { bearer, window, key, purposes: purposes.clone(), until };
        let from = whole(now);
        let grant =
            Grant { bearer, party, window, key, proof, purposes, claims, terms, from, until };
        (now < until).then_some((grant, issued))
    }
}

impl Access {
    /// Whether nothing of it has begun.
    pub fn is_empty(&self) -> bool {
        *self == Access::default()
    }

    /// Whether the person has accepted these terms.
    pub fn has_accepted(&self, person: PersonId, terms: &Digest) -> bool {
        self.accepted.contains(&(person, *terms))
    }

    /// Who answers for a machine.
    pub fn sponsor(&self, machine: AccountId) -> Option<PersonId> {
        self.machines.get(&machine).copied()
    }

    /// The machines, each with who answers for it.
    pub fn machines(&self) -> impl Iterator<Item = (AccountId, PersonId)> {
        self.machines.iter().map(|(machine, sponsor)| (*machine, *sponsor))
    }

    /// The tokens in force at that instant, the newest last.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = &Issued> {
        self.in_force.iter().filter(move |token| now < token.until)
    }

    pub(crate) fn room(&self, bearer: &Bearer, now: Timestamp) -> Result<(), Full> {
        if self.in_force(now).count() >= IN_FORCE_MAX {
            return Err(Full(IN_FORCE_MAX));
        }
        let held = self.in_force(now).filter(|token| token.bearer == *bearer).count();
        (held < HELD_MAX).then_some(()).ok_or(Full(HELD_MAX))
    }

    pub(crate) fn accepting(&self, person: PersonId, terms: Digest) -> Result<Access, Full> {
        let mut next = self.clone();
        next.accepted.insert((person, terms));
        (next.accepted.len() <= ACCEPTED_MAX).then_some(next).ok_or(Full(ACCEPTED_MAX))
    }

    pub(crate) fn sponsoring(&self, machine: AccountId, sponsor: PersonId) -> Result<Access, Full> {
        let mut next = self.clone();
        next.machines.insert(machine, sponsor);
        (next.machines.len() <= MACHINES_MAX).then_some(next).ok_or(Full(MACHINES_MAX))
    }

    pub(crate) fn dismissing(&self, machine: AccountId) -> Option<Access> {
        let mut next = self.clone();
        next.machines.remove(&machine).map(|_| next)
    }

    /// Those that have ended by then are forgotten here; facts keep them.
    pub(crate) fn issuing(&self, token: Issued, at: Timestamp) -> Access {
        let mut next = self.clone();
        next.in_force.retain(|token| at < token.until);
        next.in_force.push(token);
        next
    }
}

/// Cut to the whole second before: tokens write whole seconds.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
