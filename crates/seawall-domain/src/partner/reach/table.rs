//! How many operators there are in each group, as somebody counted them, and what of it is covered.
//!
//! Nothing is computed that was not brought in: each number stands beside its source and its date,
//! and a group that a partner declares without a number here is told as not known.

use super::super::concentration::{Sector, Size};
use super::{GROUPS_MAX, Group};
use crate::id::PartnerId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most operators in one group: more than there are businesses in any country.
pub const OPERATORS_MAX: u64 = 1_000_000_000;

/// The longest name of a group, in characters.
pub const NAME_LEN_MAX: usize = 120;

/// The longest region, in characters.
pub const REGION_LEN_MAX: usize = 80;

/// The longest source, in characters.
pub const SOURCE_LEN_MAX: usize = 300;

/// One group of operators, no operator of which is in another.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its number, by which partners declare it.
    pub group: Group,
    /// What it is, such as `rural hospitals below 50 beds`.
    pub name: String,
    /// What its operators are in.
    pub sector: Sector,
    /// How large each of them is.
    pub size: Size,
    /// Where they are; empty where the group is not of one region.
    #[serde(default)]
    pub region: String,
    /// How many there are.
    pub operators: u64,
    /// Who counted them, and where that can be read.
    pub source: String,
    /// As of when.
    pub as_of: Date,
}

/// Why a line cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Why {
    /// Another line has the group.
    #[error("this group has a line already")]
    Twice,
    /// More than there can be.
    #[error("more operators than {OPERATORS_MAX}")]
    TooMany,
    /// There is no text, or too much.
    #[error("write it down, in at most {0} characters")]
    Text(usize),
    /// A day that has not come.
    #[error("the day lies ahead")]
    Ahead,
    /// The table has no line, or too many.
    #[error("a table has from 1 to {GROUPS_MAX} lines")]
    Lines,
}

/// A table does not hold together.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct Unfit {
    /// In which line, counted from 0.
    pub line: usize,
    /// In which column.
    pub column: &'static str,
    /// Why.
    pub why: Why,
}

/// The lines, each group once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    lines: Vec<Line>,
}

impl Table {
    /// A table of lines that were counted by this day at the latest.
    pub fn of(lines: Vec<Line>, latest: Date) -> Result<Table, Unfit> {
        let mut groups = BTreeSet::new();
        for (number, line) in lines.iter().enumerate() {
            let unfit = |column: &'static str, why: Why| Unfit { line: number, column, why };
            line.fits(latest).map_err(|(column, why)| unfit(column, why))?;
            if !groups.insert(line.group) {
                return Err(unfit("group", Why::Twice));
            }
        }
        match (1..=GROUPS_MAX).contains(&lines.len()) {
            true => Ok(Table { lines }),
            false => Err(Unfit { line: 0, column: "group", why: Why::Lines }),
        }
    }

    /// The lines, in the order in which they were sent.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// All operators.
    pub fn operators(&self) -> u64 {
        self.lines.iter().map(|line| line.operators).sum()
    }

    /// The operators in some of the groups, and which of those groups have no line.
    pub fn within(&self, groups: &BTreeSet<Group>) -> (u64, BTreeSet<Group>) {
        let mut unknown = groups.clone();
        let known = self.lines.iter().filter(|line| unknown.remove(&line.group));
        (known.map(|line| line.operators).sum(), unknown)
    }

    /// What of it these partners cover, each operator once.
    pub fn coverage(&self, protects: &BTreeMap<PartnerId, BTreeSet<Group>>) -> Coverage {
        let mut by: BTreeMap<Group, usize> = BTreeMap::new();
        for group in protects.values().flatten() {
            *by.entry(*group).or_default() += 1;
        }
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let partners = by.remove(&line.group).unwrap_or_default();
            lines.push(Covered { line: line.clone(), partners });
        }
        Coverage {
            whole: sums(&lines, |_| ()).into_iter().map(|(_, count)| count).sum(),
            sectors: sums(&lines, |line| line.sector),
            sizes: sums(&lines, |line| line.size),
            regions: sums(&lines, |line| line.region.clone()),
            lines,
            unknown: by.into_keys().collect(),
        }
    }
}

impl Line {
    fn fits(&self, latest: Date) -> Result<(), (&'static str, Why)> {
        let told = |text: &str, bound: usize| !text.trim().is_empty() && short(text, bound);
        if !told(&self.name, NAME_LEN_MAX) {
            return Err(("name", Why::Text(NAME_LEN_MAX)));
        }
        if !short(&self.region, REGION_LEN_MAX) {
            return Err(("region", Why::Text(REGION_LEN_MAX)));
        }
        if self.operators > OPERATORS_MAX {
            return Err(("operators", Why::TooMany));
        }
        if !told(&self.source, SOURCE_LEN_MAX) {
            return Err(("source", Why::Text(SOURCE_LEN_MAX)));
        }
        match self.as_of <= latest {
            true => Ok(()),
            false => Err(("as_of", Why::Ahead)),
        }
    }
}

fn short(text: &str, bound: usize) -> bool {
    text.chars().count() <= bound && !text.chars().any(char::is_control)
}

/// Operators that exist, and those of them that somebody covers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Count {
    /// How many there are.
    pub existing: u64,
    /// How many of them are covered.
    pub covered: u64,
}

impl Count {
    /// How many nobody covers.
    pub fn uncovered(&self) -> u64 {
        self.existing.saturating_sub(self.covered)
    }
}

impl std::iter::Sum for Count {
    fn sum<I: Iterator<Item = Count>>(counts: I) -> Count {
        counts.fold(Count::default(), |sum, it| Count {
            existing: sum.existing.saturating_add(it.existing),
            covered: sum.covered.saturating_add(it.covered),
        })
    }
}

/// One line, and how many partners cover it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Covered {
    /// The line.
    pub line: Line,
    /// How many partners.
    pub partners: usize,
}

impl Covered {
    /// Its operators.
    pub fn count(&self) -> Count {
        let existing = self.line.operators;
        Count { existing, covered: if self.partners > 0 { existing } else { 0 } }
    }
}

/// What of a table is covered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Coverage {
    /// Over all.
    pub whole: Count,
    /// By sector.
    pub sectors: Vec<(Sector, Count)>,
    /// By size.
    pub sizes: Vec<(Size, Count)>,
    /// By region.
    pub regions: Vec<(String, Count)>,
    /// Line by line, in the order of the table.
    pub lines: Vec<Covered>,
    /// Groups that partners cover, and whose number of operators nobody brought in.
    pub unknown: BTreeSet<Group>,
}

impl Coverage {
    /// The groups that nobody covers, the largest first.
    pub fn left(&self) -> Vec<&Line> {
        let mut left: Vec<&Line> =
            self.lines.iter().filter(|it| it.partners == 0).map(|it| &it.line).collect();
        left.sort_by_key(|line| (std::cmp::Reverse(line.operators), line.group));
        left
    }
}

fn sums<K: Ord>(lines: &[Covered], key: impl Fn(&Line) -> K) -> Vec<(K, Count)> {
    let mut sums: BTreeMap<K, Vec<Count>> = BTreeMap::new();
    for it in lines {
        sums.entry(key(&it.line)).or_default().push(it.count());
    }
    sums.into_iter().map(|(key, counts)| (key, counts.into_iter().sum())).collect()
}

#[cfg(test)]
mod tests;
