//! Concentration: which share of seats and tokens goes to whom, by parent, sector and size.
//!
//! Shares are in thousandths and add up to a thousand. What is public names no partner: parents are
//! not listed, and a sector or size with fewer than three parents goes into the rest, which takes
//! in others until it has three as well. Tokens are those that gateways counted; where none did,
//! their shares are not known, and nothing is put in their place.

use crate::id::PartyId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// With fewer parents than this a group is not shown by itself.
pub const PARENTS_MIN: usize = 3;

/// What a partner is in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each arm is the sector of that name")]
pub enum Sector {
    Software,
    Security,
    Cloud,
    Finance,
    Health,
    Energy,
    Water,
    Transport,
    Communications,
    Government,
    OpenSource,
    Research,
    Other,
}

/// How large a partner is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// Below 50 people.
    Small,
    /// Below 1,000.
    Medium,
    /// More.
    Large,
}

/// What one partner has.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Holding {
    /// Who owns it in the end.
    pub parent: PartyId,
    /// What it is in.
    pub sector: Sector,
    /// How large it is.
    pub size: Size,
    /// Its seats.
    pub seats: u64,
    /// The tokens it used, as gateways counted them; none where no gateway's count was brought in.
    pub tokens: Option<u64>,
}

/// The share of one group; the rest has no key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Share<K> {
    /// Which group; none for the rest.
    pub group: Option<K>,
    /// How many parents are in it.
    pub parents: usize,
    /// Of all seats, in thousandths.
    pub seats: u32,
    /// Of all tokens that were counted, in thousandths; none where they are not known.
    pub tokens: Option<u32>,
}

/// The report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// By parent, the largest share of tokens first; for the official and the developer only.
    pub parents: Vec<Share<PartyId>>,
    /// By sector.
    pub sectors: Vec<Share<Sector>>,
    /// By size.
    pub sizes: Vec<Share<Size>>,
    /// The Herfindahl-Hirschman index of tokens by parent, from 0 to 10,000; none where they are
    /// not known.
    pub index: Option<u32>,
    /// How many partners there are whose tokens are not known, and in no share of tokens.
    pub uncounted: usize,
}

/// What anybody may see of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct PublicReport {
    /// By sector.
    pub sectors: Vec<Share<Sector>>,
    /// By size.
    pub sizes: Vec<Share<Size>>,
    /// How many parents there are.
    pub parents: usize,
    /// The largest parent's share of tokens, in thousandths; none where tokens are not known.
    pub largest: Option<u32>,
    /// The Herfindahl-Hirschman index of tokens by parent, from 0 to 10,000; none where they are
    /// not known.
    pub index: Option<u32>,
}

/// Computes the report. Tokens are shared among those that were counted.
pub fn report(holdings: &[Holding]) -> Report {
    let uncounted = holdings.iter().filter(|it| it.tokens.is_none()).count();
    let counted = uncounted < holdings.len();
    let mut parents = shares(holdings, |it| it.parent, 0, counted);
    parents.sort_by_key(|share| (std::cmp::Reverse(share.tokens), share.group));
    Report {
        index: counted.then(|| index(holdings)),
        parents,
        sectors: shares(holdings, |it| it.sector, 0, counted),
        sizes: shares(holdings, |it| it.size, 0, counted),
        uncounted,
    }
}

/// Computes what anybody may see. Shares of tokens are told only where each partner's were counted,
/// so that nobody is told apart by having been counted.
pub fn public(holdings: &[Holding]) -> PublicReport {
    let whole = report(holdings);
    let counted = whole.uncounted == 0 && !holdings.is_empty();
    PublicReport {
        sectors: shares(holdings, |it| it.sector, PARENTS_MIN, counted),
        sizes: shares(holdings, |it| it.size, PARENTS_MIN, counted),
        parents: whole.parents.len(),
        largest: whole.parents.first().and_then(|share| share.tokens).filter(|_| counted),
        index: whole.index.filter(|_| counted),
    }
}

/// What one group has: its parents, seats, tokens.
#[derive(Default)]
struct Sums {
    parents: BTreeSet<PartyId>,
    seats: u128,
    tokens: u128,
}

impl Sums {
    fn take(&mut self, other: Sums) {
        self.parents.extend(other.parents);
        self.seats += other.seats;
        self.tokens += other.tokens;
    }
}

fn shares<K: Copy + Ord>(
    holdings: &[Holding],
    key: impl Fn(&Holding) -> K,
    parents_min: usize,
    counted: bool,
) -> Vec<Share<K>> {
    let mut groups: BTreeMap<K, Sums> = BTreeMap::new();
    for it in holdings {
        let sums = groups.entry(key(it)).or_default();
        sums.parents.insert(it.parent);
        sums.seats += u128::from(it.seats);
        sums.tokens += u128::from(it.tokens.unwrap_or_default());
    }
    let rest = rest(&mut groups, parents_min);
    let rows = groups.into_iter().map(|(group, sums)| (Some(group), sums));
    let rows: Vec<(Option<K>, Sums)> = rows.chain(rest.map(|sums| (None, sums))).collect();
    let seats = thousandths(&rows.iter().map(|row| row.1.seats).collect::<Vec<_>>());
    let tokens = thousandths(&rows.iter().map(|row| row.1.tokens).collect::<Vec<_>>());
    let rows = rows.into_iter().zip(seats.into_iter().zip(tokens));
    rows.map(|((group, sums), (seats, tokens))| Share {
        group,
        parents: sums.parents.len(),
        seats,
        tokens: counted.then_some(tokens),
    })
    .collect()
}

/// Takes out the groups with too few parents, and further ones, those with the fewest first, as
/// long as all of them together have too few: a rest of one would be told by what is missing.
fn rest<K: Copy + Ord>(groups: &mut BTreeMap<K, Sums>, parents_min: usize) -> Option<Sums> {
    let small: Vec<K> = groups
        .iter()
        .filter(|(_, sums)| sums.parents.len() < parents_min)
        .map(|(group, _)| *group)
        .collect();
    let mut rest = Sums::default();
    for group in small {
        rest.take(groups.remove(&group)?);
    }
    while (1..parents_min).contains(&rest.parents.len()) {
        let fewest = groups.iter().min_by_key(|(group, sums)| (sums.parents.len(), **group));
        let Some(group) = fewest.map(|(group, _)| *group) else { break };
        rest.take(groups.remove(&group)?);
    }
    (!rest.parents.is_empty()).then_some(rest)
}

/// Shares in thousandths that add up to a thousand (largest remainder, the earlier one first); all
/// of them nothing where there is nothing to share.
fn thousandths(parts: &[u128]) -> Vec<u32> {
    let whole: u128 = parts.iter().sum();
    if whole == 0 {
        return vec![0; parts.len()];
    }
    // At most a million parts of 64 bits each: a thousand of them still fit.
    let mut shares: Vec<u32> =
        parts.iter().map(|part| u32::try_from(part * 1_000 / whole).unwrap_or(1_000)).collect();
    let missing = 1_000u32.saturating_sub(shares.iter().sum());
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(parts[*at] * 1_000 % whole), *at));
    order.into_iter().take(missing as usize).for_each(|at| shares[at] += 1);
    shares
}

fn index(holdings: &[Holding]) -> u32 {
    let mut tokens: BTreeMap<PartyId, u128> = BTreeMap::new();
    for it in holdings {
        *tokens.entry(it.parent).or_default() += u128::from(it.tokens.unwrap_or_default());
    }
    let whole: u128 = tokens.values().sum();
    if whole == 0 {
        return 0;
    }
    // In hundredths of a percent, squared; a share is cut down before, so nothing overflows.
    let squares: u128 =
        tokens.values().map(|part| part * 1_000_000 / whole).map(|it| it * it).sum();
    u32::try_from(squares / 100_000_000).unwrap_or(10_000)
}

#[cfg(test)]
mod tests;
