//! What to run next. Each rule adds the places that it wants and that are still open; the rules
//! stand in the order in which their answers help most.

use super::lines::lines;
use super::{History, STRIDE_MIN};
use crate::version::Key;
use seawall_domain::verdict::Outcome;
use std::ops::Range;

/// How many releases of a line are tried from each end when they cannot be run.
const LINE_END_TRIES_MAX: usize = 3;

impl History {
    pub(super) fn plan(&self, wanted: &mut Wanted<'_>) {
        let lines = lines(&self.ecosystem, self.releases.iter().map(|r| &r.version));
        self.want_ends(wanted);
        self.want_claimed(wanted);
        self.want_boundaries(wanted);
        self.want_line_ends(wanted, &lines);
        self.want_relapses(wanted);
        self.want_samples(wanted);
    }

    fn is_open(&self, at: usize) -> bool {
        self.releases[at].outcome.is_none()
    }

    fn is_seen(&self, at: usize) -> bool {
        matches!(self.releases[at].outcome, Some(Outcome::Affected | Outcome::Unaffected))
    }

    /// The newest release that can be run, and the oldest.
    fn want_ends(&self, wanted: &mut Wanted<'_>) {
        let count = self.releases.len();
        wanted.add_first((0..count).rev(), count);
        wanted.add_first(0..count, LINE_END_TRIES_MAX);
    }

    /// The claimed release and the next one on either side that can be run.
    fn want_claimed(&self, wanted: &mut Wanted<'_>) {
        let key = Key::new(&self.ecosystem, &self.claimed);
        let count = self.releases.len();
        let from = self.releases.partition_point(|r| r.key < key);
        let to = self.releases.partition_point(|r| r.key <= key);
        wanted.add(from..to);
        wanted.add_first((0..from).rev(), LINE_END_TRIES_MAX);
        wanted.add_first(to..count, LINE_END_TRIES_MAX);
    }

    /// Halves every gap between an affected and an unaffected release, and what lies below the
    /// oldest affected one while nothing there was seen.
    fn want_boundaries(&self, wanted: &mut Wanted<'_>) {
        let seen = self.seen();
        for pair in seen.windows(2).filter(|pair| pair[0].affected != pair[1].affected) {
            wanted.add_cuts(pair[0].at + 1..pair[1].at);
        }
        if let Some(first) = seen.first().filter(|first| first.affected) {
            wanted.add_cuts(0..first.at);
        }
    }

    /// The first and the last release of every line that can be run.
    fn want_line_ends(&self, wanted: &mut Wanted<'_>, lines: &[Range<usize>]) {
        for line in lines {
            wanted.add_first(line.clone(), LINE_END_TRIES_MAX);
            wanted.add_first(line.clone().rev(), LINE_END_TRIES_MAX);
        }
    }

    /// Everything after a fix that is not between two affected releases, and the releases just
    /// below a fix.
    fn want_relapses(&self, wanted: &mut Wanted<'_>) {
        let seen = self.seen();
        let Some(oldest) = seen.iter().find(|seen| seen.affected).map(|seen| seen.at) else {
            return;
        };
        for pair in seen.windows(2).filter(|pair| pair[0].at >= oldest) {
            match (pair[0].affected, pair[1].affected) {
                (false, false) => wanted.add(pair[0].at + 1..pair[1].at),
                (true, false) => {
                    wanted.add((oldest..pair[1].at).rev().take(STRIDE_MIN));
                }
                (true, true) | (false, true) => {}
            }
        }
        if let Some(last) = seen.last() {
            wanted.add(last.at + 1..self.releases.len());
        }
    }

    /// The middle of every gap that is a stride long.
    fn want_samples(&self, wanted: &mut Wanted<'_>) {
        for pair in self.seen().windows(2).filter(|pair| pair[0].affected == pair[1].affected) {
            let open = (pair[0].at + 1..pair[1].at).filter(|at| self.is_open(*at));
            let gap: Vec<usize> = open.collect();
            if pair[1].at - pair[0].at > self.stride()
                && let Some(middle) = gap.get(gap.len() / 2)
            {
                wanted.add([*middle]);
            }
        }
    }
}

/// The places to run next: distinct, still open, at most `width`.
pub(super) struct Wanted<'a> {
    pub(super) history: &'a History,
    pub(super) places: Vec<usize>,
    pub(super) width: usize,
}

impl Wanted<'_> {
    pub(super) fn add(&mut self, places: impl IntoIterator<Item = usize>) {
        for at in places {
            if self.places.len() >= self.width {
                return;
            }
            if self.history.is_open(at) && !self.places.contains(&at) {
                self.places.push(at);
            }
        }
    }

    /// Adds the first place that is still open, unless one before it was seen already.
    fn add_first(&mut self, places: impl Iterator<Item = usize>, tries_max: usize) {
        for at in places.take(tries_max) {
            if self.history.is_seen(at) {
                return;
            }
            if self.history.is_open(at) {
                self.add([at]);
                return;
            }
        }
    }

    /// Adds the places that cut a gap into equal parts: the middle, or more if there is room. Where
    /// a release could not be run, older ones seldom can: what lies above it is cut first.
    fn add_cuts(&mut self, gap: Range<usize>) {
        let blind = gap.clone().rev().find(|at| !self.history.is_open(*at));
        let above = blind.map_or(gap.start, |at| at + 1);
        let from = if above < gap.end { above } else { gap.start };
        let open: Vec<usize> = (from..gap.end).filter(|at| self.history.is_open(*at)).collect();
        let cuts = self.width.saturating_sub(self.places.len()).min(open.len());
        self.add((1..=cuts).map(|cut| open[open.len() * cut / (cuts + 1)]));
    }
}
