//! Components that are commits of a repository whose history is at hand.

use crate::set::{Answer, Hit, Set, SetFault};
use seawall_domain::component::Component;
use seawall_domain::package::Version;
use seawall_domain::range::Basis;
use std::collections::HashSet;

/// Knows the histories of some repositories. It may be asked for every component, so it must
/// answer quickly where it knows nothing.
pub trait History {
    /// Where a component stands in a history; none where no repository at hand has it.
    fn placed(&self, component: &Component) -> Option<Placed<'_>>;
}

/// A commit and all that it descends from.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// The repository's name, as `domain::record::repository_name` writes it.
    pub repository: String,
    /// The commit, in hexadecimal.
    pub commit: String,
    /// The commit itself and every commit before it.
    pub before: &'a HashSet<String>,
}

/// No repository is at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHistory;

impl History for NoHistory {
    fn placed(&self, _component: &Component) -> Option<Placed<'_>> {
        None
    }
}

/// What is known by versions, and what the ranges over commits say of the place.
pub(super) fn join<B: AsRef<[u8]>>(
    set: &Set<B>,
    by_version: Answer,
    placed: &Placed<'_>,
) -> Result<Answer, SetFault> {
    let ranges = set.commit_ranges(&placed.repository)?;
    let mut hits = match by_version {
        Answer::Hits(hits) => hits,
        // Without a range nothing is known of the repository that was not known before.
        other if ranges.is_empty() => return Ok(other),
        Answer::Clear | Answer::Unknown(_) => Vec::new(),
    };
    for (record, range) in ranges {
        if !range.holds(&placed.commit, |commit| placed.before.contains(commit)) {
            continue;
        }
        let hit = Hit {
            record,
            interval: None,
            listed: false,
            intervals: Vec::new(),
            fixed: range.fixed.into_iter().map(Version).collect(),
            basis: Basis::Stated,
            product: None,
            commit: Some(placed.commit.clone()),
        };
        match hits.iter_mut().find(|known| known.record == hit.record) {
            Some(known) => known.also(hit),
            None => hits.push(hit),
        }
    }
    hits.sort_by_key(|hit| hit.record);
    Ok(if hits.is_empty() { Answer::Clear } else { Answer::Hits(hits) })
}
