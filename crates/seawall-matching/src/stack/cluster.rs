//! Stacks of one crash, brought together.

use super::similar::{SAME_MIN, Signature, similarity};
use std::collections::BTreeMap;

/// The most different stacks that are compared with each other; beyond, only equal ones meet.
pub const STACKS_MAX: usize = 4_096;

/// The stacks that are of one crash, as places in the list, each group and the list of groups in
/// ascending order. Every member of a group is like every other (complete linkage), and the answer
/// is the same whatever the order of the list.
pub fn clusters(stacks: &[Signature]) -> Vec<Vec<usize>> {
    let mut equal: BTreeMap<&Signature, Vec<usize>> = BTreeMap::new();
    let mut silent = Vec::new();
    for (place, stack) in stacks.iter().enumerate() {
        if *stack == Signature::default() {
            silent.push(vec![place]);
        } else {
            equal.entry(stack).or_default().push(place);
        }
    }
    // In the order of the signatures, which is nobody's order of input.
    let kinds: Vec<&Signature> = equal.keys().copied().collect();
    let compared = kinds.get(..kinds.len().min(STACKS_MAX)).unwrap_or_default();
    let mut groups = linked(compared);
    groups.extend((compared.len()..kinds.len()).map(|kind| vec![kind]));
    let places: Vec<&Vec<usize>> = equal.values().collect();
    let mut clusters: Vec<Vec<usize>> = groups
        .into_iter()
        .map(|group| {
            let members = group.into_iter().filter_map(|kind| places.get(kind));
            let mut members: Vec<usize> =
                members.flat_map(|places| places.iter().copied()).collect();
            members.sort_unstable();
            members
        })
        .chain(silent)
        .collect();
    clusters.sort();
    clusters
}

/// Joins what is most alike first, as long as all of both sides are.
fn linked(kinds: &[&Signature]) -> Vec<Vec<usize>> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in kinds.iter().enumerate() {
        for (j, b) in kinds.iter().enumerate().skip(i + 1) {
            let alike = similarity(a, b);
            if alike >= SAME_MIN {
                pairs.push((alike, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let like: std::collections::BTreeSet<(usize, usize)> =
        pairs.iter().map(|(_, i, j)| (*i, *j)).collect();
    let is_like = |i: usize, j: usize| like.contains(&(i.min(j), i.max(j)));
    let mut group_of: Vec<usize> = (0..kinds.len()).collect();
    let mut groups: Vec<Vec<usize>> = (0..kinds.len()).map(|kind| vec![kind]).collect();
    for (_, i, j) in pairs {
        let (Some(a), Some(b)) = (group_of.get(i).copied(), group_of.get(j).copied()) else {
            continue;
        };
        let (Some(of_a), Some(of_b)) = (groups.get(a), groups.get(b)) else { continue };
        if a == b || !of_a.iter().all(|x| of_b.iter().all(|y| is_like(*x, *y))) {
            continue;
        }
        let moved = groups.get_mut(b).map(std::mem::take).unwrap_or_default();
        for member in &moved {
            if let Some(group) = group_of.get_mut(*member) {
                *group = a;
            }
        }
        if let Some(group) = groups.get_mut(a) {
            group.extend(moved);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}
