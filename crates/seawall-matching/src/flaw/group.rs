//! Which records are about one flaw.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A record's names, which is all that grouping looks at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Named<'a> {
    /// Its own id.
    pub id: &'a str,
    /// Its aliases.
    pub aliases: &'a [String],
}

impl<'a> Named<'a> {
    fn all(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        std::iter::once(self.id).chain(self.aliases.iter().map(String::as_str))
    }

    fn cves(&self) -> BTreeSet<&'a str> {
        self.all().filter(|name| is_cve(name)).collect()
    }
}

fn is_cve(name: &str) -> bool {
    name.starts_with("CVE-")
}

/// The flaws that the records are about: for each flaw its names, the CVE id first, and the
/// indexes of its records, ascending. Flaws stand in the order of their first names. A record
/// that names several CVE ids stands in the flaw of each.
pub fn group(records: &[Named<'_>]) -> Vec<(Vec<String>, Vec<usize>)> {
    let mut names = Names::default();
    let mut order: Vec<usize> = (0..records.len()).collect();
    // The order of the input must not decide where a chain of aliases is cut.
    order.sort_by_key(|index| records.get(*index).map(|record| (record.id, record.aliases)));
    for index in &order {
        let Some(record) = records.get(*index) else { continue };
        if record.cves().len() <= 1 {
            let own = names.place(record.id);
            for alias in record.aliases {
                let alias = names.place(alias);
                names.join(own, alias);
            }
        }
    }
    let mut flaws: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        let cves = record.cves();
        let spoken_of = if cves.len() > 1 { cves } else { BTreeSet::from([record.id]) };
        let roots: BTreeSet<usize> = spoken_of
            .into_iter()
            .map(|name| {
                let place = names.place(name);
                names.root(place)
            })
            .collect();
        for root in roots {
            flaws.entry(root).or_default().push(index);
        }
    }
    let mut members: HashMap<usize, Vec<&str>> = HashMap::new();
    let known: Vec<(&str, usize)> = names.places.iter().map(|(name, at)| (*name, *at)).collect();
    for (name, place) in known {
        members.entry(names.root(place)).or_default().push(name);
    }
    let mut told: Vec<(Vec<String>, Vec<usize>)> = flaws
        .into_iter()
        .map(|(root, records)| {
            let mut names = members.remove(&root).unwrap_or_default();
            names.sort_by_key(|name| (!is_cve(name), *name));
            (names.into_iter().map(str::to_owned).collect(), records)
        })
        .collect();
    told.sort();
    told
}

/// Names that are one, as a forest; a tree holds at most one CVE id.
#[derive(Default)]
struct Names<'a> {
    places: HashMap<&'a str, usize>,
    parents: Vec<usize>,
    cves: Vec<Option<&'a str>>,
}

impl<'a> Names<'a> {
    fn place(&mut self, name: &'a str) -> usize {
        let next = self.parents.len();
        let place = *self.places.entry(name).or_insert(next);
        if place == next {
            self.parents.push(next);
            self.cves.push(Some(name).filter(|name| is_cve(name)));
        }
        place
    }

    fn root(&mut self, mut place: usize) -> usize {
        while let Some(parent) = self.parents.get(place).copied().filter(|up| *up != place) {
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(own) = self.parents.get_mut(place) {
                *own = above;
            }
            place = parent;
        }
        place
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        let (low, high) = (left.min(right), left.max(right));
        let cve = |place: usize| self.cves.get(place).copied().flatten();
        let joint = match (cve(low), cve(high)) {
            _ if low == high => return,
            (Some(one), Some(other)) if one != other => return,
            (Some(cve), _) | (None, Some(cve)) => Some(cve),
            (None, None) => None,
        };
        if let (Some(parent), Some(own)) = (self.parents.get_mut(high), self.cves.get_mut(low)) {
            *parent = low;
            *own = joint;
        }
    }
}
