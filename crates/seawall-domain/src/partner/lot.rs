//! A lot: the draw of one panel, from the pool that was named before anybody committed to a number.
//!
//! The pool, and who must stay out of it, are on record before the first commitment, so that nobody
//! can choose a pool that fits a number. A side that does not reveal in time ends the draw, and is
//! named (FRONTIER 5).

use super::lottery::{self, Draw, Hash};
use super::{Decided, Partner, PartnerFact, Refused, Register, Round, Stage};
use crate::digest::Digest;
use crate::id::{PartyId, PersonId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How long a draw may take, in days.
pub const DRAW_DAYS_MAX: i64 = 14;

/// The most people in a pool.
pub const POOL_MAX: usize = 1_000;

/// A draw under way.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Lot {
    /// Commitments and numbers.
    pub draw: Draw,
    /// From whom is drawn.
    pub pool: BTreeSet<PersonId>,
    /// Who of them has a tie to those whom it concerns.
    pub recused: BTreeSet<PersonId>,
    /// How many are drawn.
    pub wanted: u8,
    /// When a draw that is not finished is void.
    pub until: Timestamp,
}

impl Partner {
    /// Begins the draw of a panel between the developer and the clearinghouse.
    pub fn begin_draw(
        &self,
        clearinghouse: PartyId,
        pool: BTreeSet<PersonId>,
        wanted: u8,
        register: &Register,
        now: Timestamp,
    ) -> Decided {
        let Stage::Filed { lot: None, round } = &self.stage else {
            return Err(Refused::NotNow);
        };
        let sides = BTreeSet::from([self.application.developer, clearinghouse]);
        Draw::among(sides.clone())?;
        let concerned = BTreeSet::from([self.application.party, self.application.developer]);
        let mut recused = register.recused(&pool, &concerned, now);
        if let Round::Appealed { appeal } = round {
            recused.extend(pool.intersection(&appeal.before));
        }
        let left = pool.len() - recused.len();
        if pool.len() > POOL_MAX || left < usize::from(wanted) {
            return Err(lottery::Refused::TooFew { wanted: wanted.into(), left }.into());
        }
        let takes = SignedDuration::from_hours(24 * DRAW_DAYS_MAX);
        let until = now.checked_add(takes).unwrap_or(Timestamp::MAX);
        self.becomes(PartnerFact::DrawBegun { sides, pool, recused, wanted, until }, now)
    }

    /// A side commits to its number.
    pub fn commit_draw(&self, side: PartyId, to: Digest, now: Timestamp) -> Decided {
        self.lot()?.draw.commit(side, to)?;
        self.becomes(PartnerFact::DrawCommitted { side, to }, now)
    }

    /// A side reveals its number.
    pub fn reveal_draw(&self, side: PartyId, nonce: Digest, hash: Hash, now: Timestamp) -> Decided {
        self.lot()?.draw.reveal(side, *nonce.bytes(), hash)?;
        self.becomes(PartnerFact::DrawRevealed { side, nonce }, now)
    }

    /// Takes whom the finished draw gives.
    pub fn draw_lot(&self, register: &Register, hash: Hash, now: Timestamp) -> Decided {
        let lot = self.lot()?;
        let drawn = lot.draw.pick(&lot.pool, &lot.recused, lot.wanted.into(), hash)?;
        self.draw(drawn.into_iter().collect(), register, now)
    }

    /// Ends a draw that was not finished in time, or whose people can no longer look; names the
    /// sides that were silent.
    pub fn void_draw(&self, now: Timestamp) -> Decided {
        let lot = self.lot()?;
        if now < lot.until {
            return Err(Refused::NotNow);
        }
        self.becomes(PartnerFact::DrawVoided { silent: lot.draw.silent() }, now)
    }

    /// The draw under way.
    pub fn lot(&self) -> Result<&Lot, Refused> {
        match &self.stage {
            Stage::Filed { lot: Some(lot), .. } => Ok(lot),
            Stage::Filed { lot: None, .. }
            | Stage::Assessed { .. }
            | Stage::Decided { .. }
            | Stage::Seated { .. }
            | Stage::Over { .. } => Err(Refused::NotNow),
        }
    }
}

/// The lot after a fact of its draw; none when it cannot follow.
pub(super) fn after(lot: Option<&Lot>, fact: &PartnerFact) -> Option<Option<Lot>> {
    match (lot, fact) {
        (None, PartnerFact::DrawBegun { sides, pool, recused, wanted, until }) => {
            let draw = Draw::among(sides.clone()).ok()?;
            let (pool, recused) = (pool.clone(), recused.clone());
            Some(Some(Lot { draw, pool, recused, wanted: *wanted, until: *until }))
        }
        (Some(lot), PartnerFact::DrawCommitted { side, to }) => {
            Some(Some(Lot { draw: lot.draw.commit(*side, *to).ok()?, ..lot.clone() }))
        }
        (Some(lot), PartnerFact::DrawRevealed { side, nonce }) => {
            Some(Some(Lot { draw: lot.draw.with(*side, *nonce.bytes()).ok()?, ..lot.clone() }))
        }
        (Some(_), PartnerFact::DrawVoided { .. }) => Some(None),
        (None | Some(_), _) => None,
    }
}
