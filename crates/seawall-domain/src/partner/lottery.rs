//! The lottery that draws assessors: by commit and reveal, so that nobody can steer it.
//!
//! Each side commits to a number before any is revealed. Once all are revealed, each person of the
//! pool gets a rank by hashing; the lowest are drawn. Anybody can draw again and must get the same.
//! A side that commits and does not reveal ends the draw, by name; it cannot wait and choose.
//!
//! The hash comes from the caller; it is to be SHA-256 over the bytes that are given here.

use super::lot::POOL_MAX;
use crate::digest::Digest;
use crate::id::{PartyId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most sides of a draw.
pub const SIDES_MAX: usize = 16;

/// SHA-256, as the ledger has it.
pub type Hash = fn(&[u8]) -> Digest;

const COMMIT: &[u8] = b"seawall/lottery/v1/commit";
const SEED: &[u8] = b"seawall/lottery/v1/seed";
const RANK: &[u8] = b"seawall/lottery/v1/rank";

/// A number that nobody can guess.
pub type Nonce = [u8; 32];

/// What a side commits to: its own name is part of it, so nobody can copy another's.
pub fn commitment(side: PartyId, nonce: &Nonce, hash: Hash) -> Digest {
    hash(&[COMMIT, side.uuid().as_bytes(), nonce].concat())
}

/// A draw under way.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Draw {
    sides: BTreeSet<PartyId>,
    committed: BTreeMap<PartyId, Digest>,
    revealed: BTreeMap<PartyId, Nonce>,
}

/// Why a draw went no further.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// At least two sides, and not too many.
    #[error("cannot draw with so many sides: at least 2 and at most {SIDES_MAX}")]
    Sides,
    /// It is no side of this draw, or has done this already.
    #[error("cannot do this now in this draw")]
    NotNow,
    /// What was revealed is not what was committed to.
    #[error("cannot reveal that: it is not what was committed to")]
    OtherNonce,
    /// Too few people are left.
    #[error("cannot draw {wanted} people: {left} are left")]
    TooFew {
        /// How many were to be drawn.
        wanted: usize,
        /// How many there are.
        left: usize,
    },
    /// So few people are left that whoever named the pool would have named the panel.
    #[error("cannot draw {wanted} of {left} people who may look: the pool lacks {lacking}")]
    NoChoice {
        /// How many were to be drawn.
        wanted: usize,
        /// How many of the pool may look.
        left: usize,
        /// How many more there must be.
        lacking: usize,
    },
    /// The pool is too large.
    #[error("cannot draw from more than {POOL_MAX} people")]
    Pool,
}

impl Draw {
    /// Begins with these sides: the developer and the clearinghouse, at least.
    pub fn among(sides: BTreeSet<PartyId>) -> Result<Draw, Refused> {
        match (2..=SIDES_MAX).contains(&sides.len()) {
            true => Ok(Draw { sides, committed: BTreeMap::new(), revealed: BTreeMap::new() }),
            false => Err(Refused::Sides),
        }
    }

    /// A side commits, once.
    pub fn commit(&self, side: PartyId, to: Digest) -> Result<Draw, Refused> {
        if !self.sides.contains(&side) || self.committed.contains_key(&side) {
            return Err(Refused::NotNow);
        }
        let mut next = self.clone();
        next.committed.insert(side, to);
        Ok(next)
    }

    /// A side reveals, once all have committed.
    pub fn reveal(&self, side: PartyId, nonce: Nonce, hash: Hash) -> Result<Draw, Refused> {
        let committed = self.committed.get(&side).ok_or(Refused::NotNow)?;
        if commitment(side, &nonce, hash) != *committed {
            return Err(Refused::OtherNonce);
        }
        self.with(side, nonce)
    }

    /// The draw with a number that is known to be what was committed to.
    pub(super) fn with(&self, side: PartyId, nonce: Nonce) -> Result<Draw, Refused> {
        let whole = self.committed.len() == self.sides.len();
        if !whole || !self.committed.contains_key(&side) || self.revealed.contains_key(&side) {
            return Err(Refused::NotNow);
        }
        let mut next = self.clone();
        next.revealed.insert(side, nonce);
        Ok(next)
    }

    /// Who draws.
    pub fn sides(&self) -> &BTreeSet<PartyId> {
        &self.sides
    }

    /// The sides that have not committed.
    pub fn uncommitted(&self) -> BTreeSet<PartyId> {
        let open = self.sides.iter().filter(|side| !self.committed.contains_key(side));
        open.copied().collect()
    }

    /// The sides that have not revealed: when time is up, the draw is void and these are named.
    pub fn silent(&self) -> BTreeSet<PartyId> {
        let silent = self.sides.iter().filter(|side| !self.revealed.contains_key(side));
        silent.copied().collect()
    }

    /// The seed, once everybody has revealed.
    pub fn seed(&self, hash: Hash) -> Option<Digest> {
        if !self.silent().is_empty() {
            return None;
        }
        let mut bytes = SEED.to_vec();
        for (side, nonce) in &self.revealed {
            bytes.extend_from_slice(side.uuid().as_bytes());
            bytes.extend_from_slice(nonce);
        }
        Some(hash(&bytes))
    }

    /// Draws so many people from a pool, those who are recused left out; none before everybody has
    /// revealed. In the order in which they are drawn.
    pub fn pick(
        &self,
        pool: &BTreeSet<PersonId>,
        recused: &BTreeSet<PersonId>,
        wanted: usize,
        hash: Hash,
    ) -> Result<Vec<PersonId>, Refused> {
        let mut order = self.order(pool, recused, hash)?;
        if order.len() < wanted {
            return Err(Refused::TooFew { wanted, left: order.len() });
        }
        order.truncate(wanted);
        Ok(order)
    }

    /// The order in which a pool would be drawn to its last person, those who are recused left out;
    /// none before everybody has revealed.
    pub fn order(
        &self,
        pool: &BTreeSet<PersonId>,
        recused: &BTreeSet<PersonId>,
        hash: Hash,
    ) -> Result<Vec<PersonId>, Refused> {
        let seed = self.seed(hash).ok_or(Refused::NotNow)?;
        let mut ranked: Vec<(Digest, PersonId)> = pool
            .difference(recused)
            .map(|person| {
                let of = [RANK, seed.bytes().as_slice(), person.uuid().as_bytes()].concat();
                (hash(&of), *person)
            })
            .collect();
        ranked.sort();
        Ok(ranked.into_iter().map(|(_, person)| person).collect())
    }
}

#[cfg(test)]
pub(crate) mod tests;
