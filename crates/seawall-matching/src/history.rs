//! The planner that finds the affected range of a flaw by running few releases (capability C25).
//!
//! It runs nothing itself. It says what to run next, takes what running showed, and gives the
//! intervals that follow. What it may conclude, and what it must see:
//!
//! - Releases stand in version order. The oldest, the newest and both neighbours of the claimed
//!   release are run, and the first and last release of every release line: a major
//!   version, or a minor one where the major is 0 or has few minors.
//! - **Unaffected is never assumed above the oldest affected release**: there, every release that
//!   is not between two affected ones is run. So a claim "fixed since 2.0" rests on runs of 2.0
//!   and of everything after it.
//! - Affected may be assumed between two affected releases, if fewer than [`History::stride`]
//!   releases in a row were left out; just below a fix nothing is left out for [`STRIDE_MIN`]
//!   releases, because a fix that was lost again tends to lie there.
//! - Below the oldest affected release, unaffected may be assumed under the same stride.
//! - A release that cannot be run is neither affected nor unaffected; its neighbours are tried.
//!   A boundary lies between two adjacent releases that were run, or only such releases stand
//!   between them; then `introduced` is the first release *seen* affected and `fixed` the first
//!   *seen* unaffected.
//!
//! **What is guaranteed.** The intervals equal those of a full scan whenever (a) every run of
//! unaffected releases between affected ones, and every run of affected releases below the others,
//! is at least a stride long, or contains the first or last release of a line, the claimed release,
//! a neighbour of it or any release known before, or, for unaffected runs, lies within
//! [`STRIDE_MIN`] releases below a fix that was found; and (b) the releases that cannot be run do
//! not fill all the places that (a) names. A shorter island elsewhere may be missed: the full scan
//! ([`History::full`]) misses nothing.

mod lines;
mod plan;

use self::plan::Wanted;
use crate::version::Key;
use seawall_domain::package::{Ecosystem, Version};
use seawall_domain::range::{Interval, Tested};
use seawall_domain::verdict::Outcome;
use std::collections::BTreeSet;

/// The fewest releases after which one is sampled between two of equal outcome, and the number of
/// releases below a fix of which none is left out.
pub const STRIDE_MIN: usize = 8;

/// The most samples that the stride may cost over a whole catalogue; longer ones get a wider
/// stride.
pub const SAMPLES_MAX: usize = 32;

/// What is known of a catalogue of releases, and what must be run next.
#[derive(Clone, Debug)]
pub struct History {
    ecosystem: Ecosystem,
    releases: Vec<Release>,
    claimed: Version,
    extent: Extent,
}

#[derive(Clone, Debug)]
struct Release {
    key: Key,
    version: Version,
    outcome: Option<Outcome>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Extent {
    Planned,
    Full,
}

/// A release that was run to its end: its place and what it showed.
#[derive(Clone, Copy, Debug)]
struct Seen {
    at: usize,
    affected: bool,
}

impl History {
    /// Starts from a catalogue (in any order, yanked and hidden releases left out by the caller),
    /// the release the claim is about, and whatever was run before.
    pub fn new(
        ecosystem: Ecosystem,
        releases: Vec<Version>,
        claimed: Version,
        known: &[Tested],
    ) -> Self {
        Self::start(ecosystem, releases, claimed, known, Extent::Planned)
    }

    /// Starts a full scan: every release of the catalogue is run.
    pub fn full(
        ecosystem: Ecosystem,
        releases: Vec<Version>,
        claimed: Version,
        known: &[Tested],
    ) -> Self {
        Self::start(ecosystem, releases, claimed, known, Extent::Full)
    }

    fn start(
        ecosystem: Ecosystem,
        releases: Vec<Version>,
        claimed: Version,
        known: &[Tested],
        extent: Extent,
    ) -> Self {
        let distinct: BTreeSet<Version> = releases.into_iter().collect();
        let mut releases: Vec<Release> = distinct
            .into_iter()
            .map(|version| Release { key: Key::new(&ecosystem, &version), version, outcome: None })
            .collect();
        releases.sort_by(|a, b| (&a.key, &a.version).cmp(&(&b.key, &b.version)));
        let mut history = History { ecosystem, releases, claimed, extent };
        for tested in known {
            history.record(tested.clone());
        }
        history
    }

    /// Takes what running a release showed. A release that the catalogue does not have is added to
    /// it. Of two answers about one release the graver stands: affected, unaffected, untested.
    pub fn record(&mut self, tested: Tested) {
        let key = Key::new(&self.ecosystem, &tested.version);
        let sought = (&key, &tested.version);
        let found = self.releases.binary_search_by(|r| (&r.key, &r.version).cmp(&sought));
        match found {
            Ok(at) => {
                let outcome = &mut self.releases[at].outcome;
                *outcome = Some(outcome.map_or(tested.outcome, |old| old.min(tested.outcome)));
            }
            Err(at) => {
                let outcome = Some(tested.outcome);
                self.releases.insert(at, Release { key, version: tested.version, outcome });
            }
        }
    }

    /// What to run now, most useful first, at most `width` releases; empty when nothing is left.
    /// The answer rests on what is recorded only: record these before asking again.
    pub fn next(&self, width: usize) -> Vec<Version> {
        let mut wanted = Wanted { history: self, places: Vec::new(), width };
        match self.extent {
            Extent::Full => wanted.add(0..self.releases.len()),
            Extent::Planned => self.plan(&mut wanted),
        }
        let versions = wanted.places.into_iter().map(|at| self.releases[at].version.clone());
        versions.collect()
    }

    /// The affected intervals, as far as they are seen; see the guarantee at the top. `introduced`
    /// is `None` only if the very oldest release was run and is affected. An interval that no
    /// later run closes names the `last_affected` release only if that is the newest one; if newer
    /// releases could not be run, it stays open, because nothing shows them unaffected.
    pub fn ranges(&self) -> Vec<Interval> {
        let mut intervals: Vec<Interval> = Vec::new();
        let mut inside = false;
        for Seen { at, affected } in self.seen() {
            let version = || self.releases[at].version.clone();
            if affected && !inside {
                let introduced = (at > 0).then(version);
                intervals.push(Interval { introduced, fixed: None, last_affected: None });
            } else if inside
                && !affected
                && let Some(interval) = intervals.last_mut()
            {
                interval.fixed = Some(version());
            }
            inside = affected;
        }
        let newest = self.releases.last().filter(|r| r.outcome == Some(Outcome::Affected));
        if let (Some(interval), Some(newest)) = (intervals.last_mut(), newest) {
            interval.last_affected = Some(newest.version.clone());
        }
        intervals
    }

    /// Everything that was run or could not be run, in version order.
    pub fn tested(&self) -> Vec<Tested> {
        let tested = |release: &Release| {
            let version = release.version.clone();
            release.outcome.map(|outcome| Tested { version, outcome })
        };
        self.releases.iter().filter_map(tested).collect()
    }

    /// How many releases the catalogue has.
    pub fn len(&self) -> usize {
        self.releases.len()
    }

    /// Tells whether the catalogue has no release at all.
    pub fn is_empty(&self) -> bool {
        self.releases.is_empty()
    }

    /// Between two releases of equal outcome fewer than this many in a row are left out.
    pub fn stride(&self) -> usize {
        STRIDE_MIN.max(self.releases.len().div_ceil(SAMPLES_MAX))
    }

    fn seen(&self) -> Vec<Seen> {
        let seen = |(at, release): (usize, &Release)| match release.outcome {
            Some(Outcome::Affected) => Some(Seen { at, affected: true }),
            Some(Outcome::Unaffected) => Some(Seen { at, affected: false }),
            Some(Outcome::Untested) | None => None,
        };
        self.releases.iter().enumerate().filter_map(seen).collect()
    }
}

/// The releases that come after a fix, in version order: what a release watch runs again, because
/// a fix can be lost.
pub fn after_fix(ecosystem: &Ecosystem, releases: &[Version], fixed: &Version) -> Vec<Version> {
    let fixed = Key::new(ecosystem, fixed);
    let mut later: Vec<(Key, &Version)> = releases
        .iter()
        .map(|version| (Key::new(ecosystem, version), version))
        .filter(|(key, _)| *key > fixed)
        .collect();
    later.sort();
    later.dedup();
    later.into_iter().map(|(_, version)| version.clone()).collect()
}

#[cfg(test)]
mod tests;
