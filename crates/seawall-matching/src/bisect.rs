//! Which commit brought a flaw in, and which took it out: the searches of `git bisect`, over a line
//! of commits that somebody else runs.
//!
//! A search stands between two ends, one with the flaw and one without. Commits that cannot be run
//! are passed over, as `git bisect skip` does, so that the answer may be several commits of which
//! one must be it. Halving is right only where the line changes once, so a few commits on both
//! sides of the answer are run as well; when one of them says otherwise the line is not monotone,
//! and [`Bisect::full`] demands every commit.

use seawall_domain::verdict::Outcome;

/// Commits that are run on each side of the answer, to see whether the line changes only once.
const CHECKS: usize = 3;
/// A line that is not monotone is run whole up to this length.
pub const FULL_LEN_MAX: usize = 400;

/// A search in a line of commits, oldest first.
#[derive(Clone, Debug)]
pub struct Bisect {
    seen: Vec<Option<Outcome>>,
    full: bool,
}

/// A place where the line changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The last commit before it that was run.
    pub before: usize,
    /// The first commit after it that was run. Where it does not follow [`Self::before`] at once,
    /// what lies between cannot be run, and any of it or this one may be the change.
    pub after: usize,
    /// Whether the flaw is there after it.
    pub appears: bool,
}

impl Bisect {
    /// A search over so many commits, of which nothing is known yet.
    pub fn new(count: usize) -> Bisect {
        Bisect { seen: vec![None; count], full: false }
    }

    /// Demands every commit.
    #[must_use]
    pub fn full(mut self) -> Bisect {
        self.full = true;
        self
    }

    /// Takes what running a commit showed; one that is not in the line is passed over.
    pub fn record(&mut self, commit: usize, outcome: Outcome) {
        if let Some(seen) = self.seen.get_mut(commit) {
            *seen = Some(outcome);
        }
    }

    /// What to run next; none when nothing more can be learned.
    pub fn next(&self) -> Option<usize> {
        let unknown = |at: &usize| self.seen.get(*at) == Some(&None);
        let last = self.seen.len().checked_sub(1)?;
        if self.full {
            return (0..=last).find(unknown);
        }
        // The ends; where one cannot be run, the nearest that can.
        for end in [self.runnable(0..=last), self.runnable((0..=last).rev())] {
            if let Some(at) = end.filter(unknown) {
                return Some(at);
            }
        }
        let changes = self.changes();
        for change in &changes {
            let middle = change.before + (change.after - change.before) / 2;
            let between = change.before + 1..change.after;
            if let Some(at) = between.filter(unknown).min_by_key(|at| at.abs_diff(middle)) {
                return Some(at);
            }
        }
        self.checks(&changes).find(unknown)
    }

    /// The first commit of these that is not known to be past running.
    fn runnable(&self, mut line: impl Iterator<Item = usize>) -> Option<usize> {
        line.find(|at| self.seen.get(*at) != Some(&Some(Outcome::Untested)))
    }

    /// Commits spread over each stretch between changes.
    fn checks(&self, changes: &[Change]) -> impl Iterator<Item = usize> {
        let last = self.seen.len().saturating_sub(1);
        let starts = std::iter::once(0).chain(changes.iter().map(|change| change.after));
        let ends = changes.iter().map(|change| change.before).chain(std::iter::once(last));
        let stretches: Vec<(usize, usize)> = starts.zip(ends).collect();
        stretches.into_iter().flat_map(|(start, end)| {
            let wide = end.saturating_sub(start);
            (1..=CHECKS).map(move |part| start + wide * part / (CHECKS + 1))
        })
    }

    /// Where the line changes, by what was run so far, oldest first.
    pub fn changes(&self) -> Vec<Change> {
        let run = self.seen.iter().enumerate().filter_map(|(at, seen)| match seen {
            Some(Outcome::Affected) => Some((at, true)),
            Some(Outcome::Unaffected) => Some((at, false)),
            Some(Outcome::Untested) | None => None,
        });
        let run: Vec<(usize, bool)> = run.collect();
        run.windows(2)
            .filter_map(|pair| match pair {
                [(before, was), (after, is)] if was != is => {
                    Some(Change { before: *before, after: *after, appears: *is })
                }
                _ => None,
            })
            .collect()
    }

    /// Whether the line comes to have the flaw once at most, and loses it once at most after that.
    pub fn is_monotone(&self) -> bool {
        let changes = self.changes();
        match changes.as_slice() {
            [] | [_] => true,
            [first, second] => first.appears && !second.appears,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs a search over a line; `?` cannot be run. Gives the changes and the number of runs.
    fn search(line: &str, full: bool) -> (Vec<(usize, usize, bool)>, usize) {
        let truth: Vec<Outcome> = line
            .chars()
            .map(|c| match c {
                'x' => Outcome::Affected,
                '?' => Outcome::Untested,
                _ => Outcome::Unaffected,
            })
            .collect();
        let mut bisect = Bisect::new(truth.len());
        if full {
            bisect = bisect.full();
        }
        let mut runs = 0;
        while let Some(at) = bisect.next() {
            bisect.record(at, truth[at]);
            runs += 1;
            assert!(runs <= truth.len(), "a commit is run once: {line}");
        }
        let changes = bisect.changes();
        (changes.into_iter().map(|c| (c.before, c.after, c.appears)).collect(), runs)
    }

    #[test]
    fn the_commit_is_found_in_a_line_that_changes_once() {
        for (line, expected) in [
            (".......xxxxxxx", vec![(6, 7, true)]),
            ("xxxx......", vec![(3, 4, false)]),
            (".x", vec![(0, 1, true)]),
            ("..??xx", vec![(1, 4, true)]),
            ("??...xx??", vec![(4, 5, true)]),
            ("......", vec![]),
            ("xxxxxx", vec![]),
            ("????", vec![]),
            ("x", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(search(line, false).0, expected, "{line}");
        }
        let long = format!("{}{}", ".".repeat(700), "x".repeat(300));
        let (changes, runs) = search(&long, false);
        assert_eq!(changes, [(699, 700, true)]);
        assert!(runs <= 20, "{runs}");
    }

    #[test]
    fn a_line_that_changes_more_often_is_seen_to() {
        let line = "....xxxxxxxx........xxxxxxxxxxxxxxxxxxxx";
        assert_eq!(search(line, true).0, [(3, 4, true), (11, 12, false), (19, 20, true)]);
        let mut bisect = Bisect::new(4);
        for (at, outcome) in
            [Outcome::Affected, Outcome::Unaffected, Outcome::Affected].into_iter().enumerate()
        {
            bisect.record(at, outcome);
        }
        assert!(!bisect.is_monotone());
    }

    proptest! {
        #[test]
        fn any_line_with_one_change_is_solved(before in 0usize..300, after in 0usize..300,
                                              holes in prop::collection::vec(0usize..600, 0..40)) {
            let mut line: Vec<char> =
                std::iter::repeat_n('.', before).chain(std::iter::repeat_n('x', after)).collect();
            for hole in holes {
                if let Some(place) = line.get_mut(hole) {
                    *place = '?';
                }
            }
            let line: String = line.into_iter().collect();
            let bytes = line.as_bytes();
            let expected = (line.rfind('.'), line.find('x'));
            let found = search(&line, false).0;
            match expected {
                (Some(before), Some(after)) => prop_assert_eq!(found, [(before, after, true)]),
                _ => prop_assert!(found.is_empty()),
            }
            prop_assert!(bytes.len() == before + after);
        }

        #[test]
        fn a_full_scan_finds_every_change(line in "[.x?]{0,60}") {
            let (found, _) = search(&line, true);
            let run: Vec<(usize, char)> =
                line.char_indices().filter(|(_, c)| *c != '?').collect();
            let expected: Vec<(usize, usize, bool)> = run
                .windows(2)
                .filter(|pair| pair[0].1 != pair[1].1)
                .map(|pair| (pair[0].0, pair[1].0, pair[1].1 == 'x'))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
