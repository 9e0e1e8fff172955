//! Reach: whom the partners protect together, and who is left (MISSION C62).
//!
//! Small operators are reached through somebody: an association, a provider, a vendor. Each partner
//! declares the groups that it protects; what is counted is the operators in them, each once.

use crate::id::PartnerId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod table;

pub use table::{
    Count, Coverage, Covered, Line, NAME_LEN_MAX, OPERATORS_MAX, REGION_LEN_MAX, SOURCE_LEN_MAX,
    Table, Unfit, Why,
};

/// The most groups of operators.
pub const GROUPS_MAX: usize = 100_000;

/// The most partners, and how many can be chosen of them.
pub const PARTNERS_MAX: usize = 1_000;

/// The most declarations of all partners together.
pub const DECLARED_MAX: usize = 1_000_000;

/// A group of operators.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Group(pub u32);

/// How many operators are in each group, and which groups each partner protects.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Map {
    groups: BTreeMap<Group, u64>,
    protects: BTreeMap<PartnerId, BTreeSet<Group>>,
}

/// What partners reach together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Operators that somebody protects.
    pub reached: u64,
    /// All operators.
    pub whole: u64,
    /// The groups that nobody protects, the largest first.
    pub left: Vec<Group>,
}

impl Map {
    /// A map of the operators in each group, no operator in two, and of what each partner declares;
    /// none beyond the bounds.
    pub fn of(
        groups: BTreeMap<Group, u64>,
        protects: BTreeMap<PartnerId, BTreeSet<Group>>,
    ) -> Option<Map> {
        let declared: usize = protects.values().map(BTreeSet::len).sum();
        let fits = groups.len() <= GROUPS_MAX
            && protects.len() <= PARTNERS_MAX
            && declared <= DECLARED_MAX;
        fits.then_some(Map { groups, protects })
    }

    /// What these partners reach together.
    pub fn reach(&self, partners: &BTreeSet<PartnerId>) -> Reach {
        let protected: BTreeSet<Group> = partners
            .iter()
            .filter_map(|partner| self.protects.get(partner))
            .flat_map(|groups| groups.iter().copied())
            .collect();
        let sum = |groups: &mut dyn Iterator<Item = (&Group, &u64)>| {
            groups.fold(0u64, |sum, (_, operators)| sum.saturating_add(*operators))
        };
        let mut left: Vec<(&Group, &u64)> =
            self.groups.iter().filter(|(group, _)| !protected.contains(group)).collect();
        left.sort_by_key(|(group, operators)| (std::cmp::Reverse(**operators), **group));
        Reach {
            reached: sum(&mut self.groups.iter().filter(|(group, _)| protected.contains(group))),
            whole: sum(&mut self.groups.iter()),
            left: left.into_iter().map(|(group, _)| *group).collect(),
        }
    }

    /// So many partners, one after the other, each the one that adds most; of equals the first by
    /// id. It ends early when nobody adds anything. By submodularity it reaches at least 63 % of
    /// what the best choice would.
    pub fn choose(&self, count: usize) -> Vec<PartnerId> {
        let mut chosen = Vec::new();
        let mut protected: BTreeSet<Group> = BTreeSet::new();
        while chosen.len() < count.min(self.protects.len()) {
            let adds = |groups: &BTreeSet<Group>| {
                let new = groups.difference(&protected).filter_map(|group| self.groups.get(group));
                new.fold(0u64, |sum, operators| sum.saturating_add(*operators))
            };
            let open = self.protects.iter().filter(|(partner, _)| !chosen.contains(*partner));
            let best = open
                .map(|(partner, groups)| (adds(groups), std::cmp::Reverse(*partner), groups))
                .max_by_key(|(adds, partner, _)| (*adds, *partner));
            let Some((1.., partner, groups)) = best else {
                break;
            };
            chosen.push(partner.0);
            protected.extend(groups);
        }
        chosen
    }
}

#[cfg(test)]
mod tests;
