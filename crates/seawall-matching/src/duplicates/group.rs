//! Groups of findings about one flaw.

use super::{Relation, Signature, pair, relation};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Two findings and how they relate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Link<K> {
    /// The smaller id.
    pub left: K,
    /// The greater id.
    pub right: K,
    /// How they relate.
    pub relation: Relation,
}

/// Findings about one flaw, and the links that a person may want to see.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Group<K> {
    /// The members, in the order of their ids; never empty.
    pub members: Vec<K>,
    /// The links that hold the group together.
    pub joined: Vec<Link<K>>,
    /// Unclear links from a member of this group to a finding outside of it.
    pub unclear: Vec<Link<K>>,
}

/// Groups findings: two groups grow together over a *same* link, unless some pair across them is
/// *different*. The answer does not depend on the order of the input; ids must be distinct.
pub fn group<K: Clone + Ord>(signatures: &[(K, Signature)]) -> Vec<Group<K>> {
    let mut sorted: Vec<&(K, Signature)> = signatures.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.dedup_by(|a, b| a.0 == b.0);
    let links = links(&sorted);
    let different: BTreeSet<(usize, usize)> = links
        .iter()
        .filter(|(_, relation)| matches!(relation, Relation::Different { .. }))
        .map(|(places, _)| *places)
        .collect();
    let mut group_of: Vec<usize> = (0..sorted.len()).collect();
    for ((a, b), relation) in &links {
        let (into, from) = (group_of[*a].min(group_of[*b]), group_of[*a].max(group_of[*b]));
        let barred =
            different.iter().any(|(x, y)| pair(group_of[*x], group_of[*y]) == [into, from]);
        if matches!(relation, Relation::Same { .. }) && into != from && !barred {
            group_of.iter_mut().filter(|group| **group == from).for_each(|group| *group = into);
        }
    }
    collected(&sorted, links, &group_of)
}

/// Every pair within one package, by places.
fn links<K>(sorted: &[&(K, Signature)]) -> Vec<((usize, usize), Relation)> {
    let mut shelves: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, (_, signature)) in sorted.iter().enumerate() {
        let name = signature.package.as_ref().map(|package| package.name.as_str());
        shelves.entry(name).or_default().push(at);
    }
    let mut links = Vec::new();
    for places in shelves.values() {
        for (nth, a) in places.iter().enumerate() {
            for b in places.iter().skip(nth + 1) {
                links.push(((*a, *b), relation(&sorted[*a].1, &sorted[*b].1)));
            }
        }
    }
    links.sort_by_key(|(places, _)| *places);
    links
}

fn collected<K: Clone + Ord>(
    sorted: &[&(K, Signature)],
    links: Vec<((usize, usize), Relation)>,
    group_of: &[usize],
) -> Vec<Group<K>> {
    let mut groups: BTreeMap<usize, Group<K>> = BTreeMap::new();
    for (at, (id, _)) in sorted.iter().enumerate() {
        let group = groups.entry(group_of[at]).or_insert_with(|| Group {
            members: Vec::new(),
            joined: Vec::new(),
            unclear: Vec::new(),
        });
        group.members.push(id.clone());
    }
    for ((a, b), relation) in links {
        let link = Link { left: sorted[a].0.clone(), right: sorted[b].0.clone(), relation };
        let together = group_of[a] == group_of[b];
        let homes = if together { vec![group_of[a]] } else { vec![group_of[a], group_of[b]] };
        for home in homes {
            let Some(group) = groups.get_mut(&home) else {
                continue;
            };
            match &link.relation {
                Relation::Same { .. } if together => group.joined.push(link.clone()),
                // A link that says "same" but was barred by another pair needs a person too.
                Relation::Same { .. } | Relation::Unclear { .. } if !together => {
                    group.unclear.push(link.clone());
                }
                Relation::Same { .. } | Relation::Unclear { .. } | Relation::Different { .. } => {}
            }
        }
    }
    groups.into_values().collect()
}
