//! Concentration: which share of seats and tokens goes to whom, by parent, sector and size.
//!
//! Shares are in thousandths and add up to a thousand. What is public names no partner: parents are
//! not listed, and a sector or size with fewer than three parents goes into the rest.

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
    /// The tokens it used.
    pub tokens: u64,
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
    /// Of all tokens, in thousandths.
    pub tokens: u32,
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
    /// The Herfindahl-Hirschman index of tokens by parent, from 0 to 10,000.
    pub index: u32,
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
    /// The largest parent's share of tokens, in thousandths.
    pub largest: u32,
    /// The Herfindahl-Hirschman index of tokens by parent, from 0 to 10,000.
    pub index: u32,
}

/// Computes the report.
pub fn report(holdings: &[Holding]) -> Report {
    let mut parents = shares(holdings, |it| it.parent, 0);
    parents.sort_by_key(|share| (std::cmp::Reverse(share.tokens), share.group));
    Report {
        index: index(holdings),
        parents,
        sectors: shares(holdings, |it| it.sector, 0),
        sizes: shares(holdings, |it| it.size, 0),
    }
}

/// Computes what anybody may see.
pub fn public(holdings: &[Holding]) -> PublicReport {
    let whole = report(holdings);
    PublicReport {
        sectors: shares(holdings, |it| it.sector, PARENTS_MIN),
        sizes: shares(holdings, |it| it.size, PARENTS_MIN),
        parents: whole.parents.len(),
        largest: whole.parents.first().map_or(0, |share| share.tokens),
        index: whole.index,
    }
}

fn shares<K: Copy + Ord>(
    holdings: &[Holding],
    key: impl Fn(&Holding) -> K,
    parents_min: usize,
) -> Vec<Share<K>> {
    let mut groups: BTreeMap<K, (BTreeSet<PartyId>, u128, u128)> = BTreeMap::new();
    for it in holdings {
        let (parents, seats, tokens) = groups.entry(key(it)).or_default();
        parents.insert(it.parent);
        *seats += u128::from(it.seats);
        *tokens += u128::from(it.tokens);
    }
    let small = |group: &(BTreeSet<PartyId>, u128, u128)| group.0.len() < parents_min;
    let mut rows: Vec<(Option<K>, BTreeSet<PartyId>, u128, u128)> = Vec::new();
    let mut rest: (BTreeSet<PartyId>, u128, u128) = Default::default();
    for (group, sums) in groups {
        if small(&sums) {
            rest.0.extend(sums.0);
            rest.1 += sums.1;
            rest.2 += sums.2;
        } else {
            rows.push((Some(group), sums.0, sums.1, sums.2));
        }
    }
    if !rest.0.is_empty() {
        rows.push((None, rest.0, rest.1, rest.2));
    }
    let seats = thousandths(&rows.iter().map(|row| row.2).collect::<Vec<_>>());
    let tokens = thousandths(&rows.iter().map(|row| row.3).collect::<Vec<_>>());
    let rows = rows.into_iter().zip(seats.into_iter().zip(tokens));
    rows.map(|((group, parents, _, _), (seats, tokens))| Share {
        group,
        parents: parents.len(),
        seats,
        tokens,
    })
    .collect()
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
        *tokens.entry(it.parent).or_default() += u128::from(it.tokens);
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
