//! A lot: the draw of one panel, from the pool that was named before anybody committed to a number.
//!
//! The pool, and who must stay out of it, are on record before the first commitment, so that nobody
//! can choose a pool that fits a number. A side that does not reveal in time ends the draw, and is
//! named (FRONTIER 5).
//!
//! Whoever is in a pool has an account by which it could look; whose account is closed before the
//! draw is left out of it, and the draw says so.
//!
//! A pool is larger than the panel, or nothing would be drawn. The same draw says who is next:
//! those wait in reserve, on record, for marks that are too far apart.

use super::assessment::{self, ASSESSORS_MAX, ASSESSORS_MIN, Panel};
use super::lottery::{self, Draw, Hash};
use super::rubric::Rubric;
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

/// How many people who may look there are at least for each who is drawn: with no more than are
/// wanted, whoever names the pool would name the panel.
pub const POOL_PER_DRAWN: usize = 2;

/// The most people who wait in reserve: enough to pass over some who got a tie meanwhile.
pub const RESERVE_MAX: usize = 16;

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

/// Who could look at applications, and who must not.
#[derive(Clone, Debug, Default)]
pub struct Bench {
    /// The ties.
    pub register: Register,
    /// Who has an account by which it could look: a person's, of a party that evaluates, that is
    /// not closed.
    pub able: BTreeSet<PersonId>,
}

/// Whom a draw gave.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Drawn {
    /// The panel.
    pub members: BTreeSet<PersonId>,
    /// Who is next, in this order; at most [`RESERVE_MAX`].
    pub reserve: Vec<PersonId>,
    /// Who of the pool had no account any more.
    pub left_out: BTreeSet<PersonId>,
}

impl Partner {
    /// Begins the draw of a panel between the developer and the clearinghouse.
    pub fn begin_draw(
        &self,
        clearinghouse: PartyId,
        pool: BTreeSet<PersonId>,
        wanted: u8,
        bench: &Bench,
        now: Timestamp,
    ) -> Decided {
        let Stage::Filed { lot: None, round } = &self.stage else {
            return Err(Refused::NotNow);
        };
        let sides = BTreeSet::from([self.application.developer, clearinghouse]);
        Draw::among(sides.clone())?;
        if pool.len() > POOL_MAX {
            return Err(lottery::Refused::Pool.into());
        }
        let mut strangers = pool.difference(&bench.able);
        if let Some(person) = strangers.next() {
            return Err(Refused::NoAccount { person: *person, more: strangers.count() });
        }
        let mut recused = bench.register.recused(&pool, &self.application.concerned(), now);
        if let Round::Appealed { appeal } = round {
            recused.extend(pool.intersection(&appeal.before));
        }
        leaves_choice(pool.difference(&recused).count(), wanted.into())?;
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

    /// Takes whom the finished draw gives. Who has no account any more is left out; where too few
    /// are left then, the draw is void at once, and no side was silent.
    pub fn draw_lot(&self, bench: &Bench, hash: Hash, now: Timestamp) -> Decided {
        let lot = self.lot()?;
        let wanted = usize::from(lot.wanted);
        let left_out: BTreeSet<PersonId> = lot.pool.difference(&bench.able).copied().collect();
        let stays_out: BTreeSet<PersonId> = lot.recused.union(&left_out).copied().collect();
        let order = lot.draw.order(&lot.pool, &stays_out, hash)?;
        if order.len() < wanted && !left_out.is_empty() {
            return self.becomes(PartnerFact::DrawVoided { silent: BTreeSet::new() }, now);
        }
        let members = lot.draw.pick(&lot.pool, &stays_out, wanted, hash)?.into_iter().collect();
        let reserve = order.into_iter().skip(wanted).take(RESERVE_MAX).collect();
        self.draw(Drawn { members, reserve, left_out }, &bench.register, now)
    }

    /// Takes the people whom the lottery drew. The register decides again who must stay out, and
    /// after an appeal so does the first panel.
    pub fn draw(&self, drawn: Drawn, register: &Register, now: Timestamp) -> Decided {
        let Stage::Filed { round, .. } = &self.stage else {
            return Err(Refused::NotNow);
        };
        let Drawn { members, reserve, left_out } = drawn;
        let panel = Panel::of(members.iter().copied())?;
        if !register.recused(&members, &self.application.concerned(), now).is_empty() {
            return Err(Refused::Recused);
        }
        if let Round::Appealed { appeal } = round {
            appeal.draw(&panel)?;
        }
        self.becomes(PartnerFact::PanelDrawn { members, reserve, left_out }, now)
    }

    /// One more person, because marks are too far apart: the next in reserve. Nobody chooses who;
    /// whoever has a tie by now, or no account, is passed over.
    pub fn join(&self, rubric: &Rubric, bench: &Bench, now: Timestamp) -> Decided {
        let found = self.looking(rubric)?.findings(rubric)?;
        let Stage::Assessed { panel, reserve, round, .. } = &self.stage else {
            return Err(Refused::NotNow);
        };
        if found.apart.is_empty() {
            return Err(assessment::Refused::NotApart.into());
        }
        let waiting: BTreeSet<PersonId> = reserve.iter().copied().collect();
        let recused = bench.register.recused(&waiting, &self.application.concerned(), now);
        let may = |person: &PersonId| bench.able.contains(person) && !recused.contains(person);
        let next = reserve.iter().copied().find(may);
        let person = next.ok_or(Refused::NobodyInReserve)?;
        let panel = panel.join(person)?;
        if let Round::Appealed { appeal } = round {
            appeal.draw(&panel)?;
        }
        self.becomes(PartnerFact::AssessorJoined { person }, now)
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

/// Whether so many people leave something to draw.
fn leaves_choice(left: usize, wanted: usize) -> Result<(), Refused> {
    if !(ASSESSORS_MIN..=ASSESSORS_MAX).contains(&wanted) {
        return Err(assessment::Refused::Size.into());
    }
    match (wanted * POOL_PER_DRAWN).saturating_sub(left) {
        0 => Ok(()),
        lacking => Err(lottery::Refused::NoChoice { wanted, left, lacking }.into()),
    }
}

/// Who is left in reserve once somebody has joined: those behind. Whoever joined by facts of
/// earlier versions, which knew no reserve, was in none.
pub(super) fn behind(reserve: &[PersonId], joined: PersonId) -> Option<Vec<PersonId>> {
    if reserve.is_empty() {
        return Some(Vec::new());
    }
    let place = reserve.iter().position(|person| *person == joined)?;
    Some(reserve.iter().skip(place + 1).copied().collect())
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

#[cfg(test)]
mod tests;
