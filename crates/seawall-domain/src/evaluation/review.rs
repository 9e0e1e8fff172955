//! The review of attempts for cheating: two people look, alone and blind, and a third settles what
//! they see differently.
//!
//! Every attempt that passed is drawn, and as many others beside them, so that standing on a sheet
//! says nothing of the score. Both sheets hold the same attempts in orders of their own, which
//! follow from the commitment: nobody chooses them. What two people call cheating, or the third, is
//! confirmed and counts as failed; both scores are kept (FRONTIER 3.1, F22). What is found this way
//! is a lower bound.

use super::attempt::{Class, TaskId};
use super::determination::Place;
use super::protocol::typed;
use super::statistics::Undefined;
use super::statistics::kappa::{Agreement, agreement};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most attempts of one review.
pub const ITEMS_MAX: usize = 200_000;

/// SHA-256, as the ledger has it.
pub type Hash = fn(&[u8]) -> Digest;

const CHOICE: &[u8] = b"seawall/review/v1/choice";
const ORDER: &[u8] = b"seawall/review/v1/order";

/// What a coder says of an attempt.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// It was done as it was meant to be done.
    Clean,
    /// It was cheated: the solution was looked up, the grader was gamed, the task was gone around.
    Cheating,
    /// It cannot be told from what is there.
    Unclear,
}

impl Opinion {
    /// Every opinion.
    pub const ALL: [Opinion; 3] = [Opinion::Clean, Opinion::Cheating, Opinion::Unclear];

    /// The opinion as it is written.
    pub fn word(self) -> &'static str {
        match self {
            Opinion::Clean => "clean",
            Opinion::Cheating => "cheating",
            Opinion::Unclear => "unclear",
        }
    }

    /// The opinion by its word.
    pub fn of(word: &str) -> Option<Opinion> {
        Opinion::ALL.into_iter().find(|opinion| opinion.word() == word)
    }
}

/// Whose sheet it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Coder {
    /// The first of the two.
    First,
    /// The second.
    Second,
    /// The third, who sees only what the two see differently.
    Adjudicator,
}

impl Coder {
    /// Every coder, in the order of their numbers.
    pub const ALL: [Coder; 3] = [Coder::First, Coder::Second, Coder::Adjudicator];

    /// The number of the sheet, from 1.
    pub fn number(self) -> u8 {
        match self {
            Coder::First => 1,
            Coder::Second => 2,
            Coder::Adjudicator => 3,
        }
    }
}

/// A sheet: what one person is to look at, and says of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sheet {
    /// Whose it is.
    pub coder: Coder,
    /// The attempts in their order, with what is said of each; nothing before it was looked at.
    pub lines: Vec<(Place, Option<Opinion>)>,
}

impl Sheet {
    /// How many attempts nothing is said of yet.
    pub fn left(&self) -> usize {
        self.lines.iter().filter(|(_, opinion)| opinion.is_none()).count()
    }

    /// The next attempt of which nothing is said, by its place: after this one, or else from the
    /// beginning; none where something is said of every other.
    pub fn next_left(&self, after: usize) -> Option<usize> {
        let count = self.lines.len();
        let mut places = (after.saturating_add(1)..count).chain(0..after.min(count));
        places.find(|at| self.lines.get(*at).is_some_and(|(_, it)| it.is_none()))
    }
}

/// Why a review went no further.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// There is nothing to look at, or too much.
    #[error("cannot review {0} attempts: at least one, and at most {ITEMS_MAX}")]
    Number(usize),
    /// The sheets are not those of the two coders, in order.
    #[error("cannot join these sheets: the first is sheet 1, the second sheet 2, then sheet 3")]
    OtherSheets,
    /// The two hold different attempts.
    #[error("cannot join these sheets: they do not hold the same attempts, each once")]
    OtherItems,
    /// Something was not looked at.
    #[error("cannot join these sheets: {0} attempts have no opinion on one of them")]
    Unanswered(usize),
    /// The third sheet does not hold what the two saw differently.
    #[error("cannot join the third sheet: it does not hold exactly what has to be settled")]
    OtherDisputes,
}

/// Draws the two sheets: every attempt that passed, and as many others, each coder in an order of
/// its own. The same seed draws the same.
pub fn draw(attempts: &[(Place, Class)], seed: Digest, hash: Hash) -> Result<[Sheet; 2], Refused> {
    let (passed, others): (Vec<_>, Vec<_>) =
        attempts.iter().partition(|(_, class)| *class == Class::Pass);
    // What is not there cannot be looked at.
    let others = others.into_iter().filter(|(_, class)| *class != Class::Missing);
    let mut others: Vec<&Place> = others.map(|(place, _)| place).collect();
    others.sort_by_cached_key(|place| rank(CHOICE, 0, place, seed, hash));
    let mut chosen: Vec<&Place> = passed.iter().map(|(place, _)| place).collect();
    chosen.extend(others.into_iter().take(passed.len()));
    if chosen.is_empty() || chosen.len() > ITEMS_MAX {
        return Err(Refused::Number(chosen.len()));
    }
    Ok([Coder::First, Coder::Second].map(|coder| sheet(coder, &chosen, seed, hash)))
}

/// The sheet of the third person, with what has to be settled; none when nothing has.
pub fn disputed(joined: &Review, seed: Digest, hash: Hash) -> Option<Sheet> {
    let open = joined.items.iter().filter(|item| item.is_disputed());
    let places: Vec<Place> = open.map(Item::place).collect();
    let places: Vec<&Place> = places.iter().collect();
    (!places.is_empty()).then(|| sheet(Coder::Adjudicator, &places, seed, hash))
}

fn sheet(coder: Coder, places: &[&Place], seed: Digest, hash: Hash) -> Sheet {
    let mut places = places.to_vec();
    places.sort_by_cached_key(|place| rank(ORDER, coder.number(), place, seed, hash));
    Sheet { coder, lines: places.into_iter().map(|place| (place.clone(), None)).collect() }
}

fn rank(label: &[u8], number: u8, (log, task, epoch): &Place, seed: Digest, hash: Hash) -> Digest {
    let mut bytes = label.to_vec();
    bytes.push(number);
    bytes.extend(seed.bytes());
    bytes.extend(log.bytes());
    bytes.extend(epoch.to_be_bytes());
    bytes.extend(task.kind().as_bytes());
    bytes.extend(task.to_string().as_bytes());
    hash(&bytes)
}

/// One attempt with everything that was said of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// SHA-256 of the log.
    pub log: Digest,
    /// The task.
    #[serde(with = "typed")]
    pub task: TaskId,
    /// Which try at it.
    pub epoch: u32,
    /// What the first said.
    pub first: Opinion,
    /// What the second said.
    pub second: Opinion,
    /// What the third said, where the two saw it differently.
    pub settled: Option<Opinion>,
}

impl Item {
    /// The attempt.
    pub fn place(&self) -> Place {
        (self.log, self.task.clone(), self.epoch)
    }

    /// Whether a third person has to look: the two differ, or neither could tell.
    pub fn is_disputed(&self) -> bool {
        self.first != self.second || self.first == Opinion::Unclear
    }

    /// What holds in the end; none while a third person has not looked.
    pub fn holds(&self) -> Option<Opinion> {
        if self.is_disputed() { self.settled } else { Some(self.first) }
    }
}

/// A review: every attempt that was looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Review {
    /// The attempts, in the order of logs, tasks and tries.
    pub items: Vec<Item>,
}

/// Joins the sheets of the two, and of the third where it has looked already.
pub fn join(first: &Sheet, second: &Sheet, third: Option<&Sheet>) -> Result<Review, Refused> {
    let coders = [first.coder, second.coder, third.map_or(Coder::Adjudicator, |it| it.coder)];
    if coders != Coder::ALL {
        return Err(Refused::OtherSheets);
    }
    let (one, two) = (first.said()?, second.said()?);
    if !one.keys().eq(two.keys()) {
        return Err(Refused::OtherItems);
    }
    let mut unanswered = 0;
    let mut items = Vec::with_capacity(one.len());
    for (((log, task, epoch), first), second) in one.into_iter().zip(two.into_values()) {
        match (first, second) {
            (Some(first), Some(second)) => {
                let (log, task, epoch) = (*log, task.clone(), *epoch);
                items.push(Item { log, task, epoch, first, second, settled: None });
            }
            (None, _) | (_, None) => unanswered += 1,
        }
    }
    if unanswered > 0 {
        return Err(Refused::Unanswered(unanswered));
    }
    let mut review = Review { items };
    if let Some(third) = third {
        review.settle(third)?;
    }
    Ok(review)
}

impl Sheet {
    /// What is said of each attempt, each of which is there once.
    fn said(&self) -> Result<BTreeMap<&Place, Option<Opinion>>, Refused> {
        if self.lines.is_empty() || self.lines.len() > ITEMS_MAX {
            return Err(Refused::Number(self.lines.len()));
        }
        let said: BTreeMap<&Place, Option<Opinion>> =
            self.lines.iter().map(|(place, opinion)| (place, *opinion)).collect();
        if said.len() == self.lines.len() { Ok(said) } else { Err(Refused::OtherItems) }
    }
}

impl Review {
    fn settle(&mut self, third: &Sheet) -> Result<(), Refused> {
        let said = third.said()?;
        let disputed: BTreeSet<Place> =
            self.items.iter().filter(|item| item.is_disputed()).map(Item::place).collect();
        if !said.keys().copied().eq(disputed.iter()) {
            return Err(Refused::OtherDisputes);
        }
        let unanswered = said.values().filter(|opinion| opinion.is_none()).count();
        if unanswered > 0 {
            return Err(Refused::Unanswered(unanswered));
        }
        for item in &mut self.items {
            item.settled = said.get(&item.place()).copied().flatten();
        }
        Ok(())
    }

    /// How well the two agree beyond chance. Not defined where both said one and the same of
    /// everything: then there was nothing by which agreement could show.
    pub fn agreement(&self) -> Result<Agreement, Undefined> {
        let mut table = vec![vec![0_u32; Opinion::ALL.len()]; Opinion::ALL.len()];
        for item in &self.items {
            let row = table.get_mut(item.first as usize);
            if let Some(count) = row.and_then(|row| row.get_mut(item.second as usize)) {
                *count = count.saturating_add(1);
            }
        }
        agreement(&table)
    }

    /// How many attempts the two saw the same way.
    pub fn agreed(&self) -> usize {
        self.items.iter().filter(|item| item.first == item.second).count()
    }

    /// How many attempts still wait for the third person.
    pub fn open(&self) -> usize {
        self.items.iter().filter(|item| item.holds().is_none()).count()
    }

    /// The attempts that were confirmed to be cheated.
    pub fn cheated(&self) -> BTreeSet<Place> {
        let confirmed = self.items.iter().filter(|item| item.holds() == Some(Opinion::Cheating));
        confirmed.map(Item::place).collect()
    }

    /// Every attempt that was looked at.
    pub fn places(&self) -> BTreeSet<Place> {
        self.items.iter().map(Item::place).collect()
    }
}

#[cfg(test)]
mod tests;
