//! Tasks of ordered steps, as a determination tells of them: how far attempts came at each, and how
//! often to the end (FRONTIER 3.2).

use super::{Reading, Row, Table, Tried};
use crate::evaluation::attempt::{Class, Evidence, Steps};
use crate::evaluation::protocol::Score;
use crate::evaluation::statistics::range::{Progress, progress};
use crate::evaluation::statistics::{Alpha, Undefined};

/// How far attempts came at one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The task, by its place in the protocol.
    pub task: usize,
    /// How many steps it has.
    pub steps: u32,
    /// How many of its attempts say something.
    pub attempts: usize,
    /// What they come to; each bound is one-sided.
    pub progress: Result<Progress, Undefined>,
}

impl Table {
    /// How far attempts came, at each task that has steps.
    pub fn ranges(&self, reading: Reading, alpha: Alpha) -> Vec<Range> {
        let range = |(task, row): (usize, &Row)| {
            let steps = row.tried.iter().find_map(|tried| tried.steps)?.of();
            let reached: Vec<u32> =
                row.tried.iter().filter_map(|tried| reached(tried, reading, steps)).collect();
            let progress = progress(&reached, steps, alpha);
            Some(Range { task, steps, attempts: reached.len(), progress })
        };
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| row.counts_in(reading)).filter_map(range).collect()
    }

    /// Whether it holds what a protocol's statistic is computed from, and nothing that would change
    /// it.
    pub(super) fn serves(&self, score: Score) -> bool {
        match score {
            Score::WeightedMean => self.tried().all(|tried| tried.steps.is_none()),
            Score::MeanSteps => self
                .tried()
                .all(|tried| tried.class.evidence() == Evidence::Nothing || tried.steps.is_some()),
        }
    }
}

/// How far an attempt came, if it says something. What was cheated came nowhere.
fn reached(tried: &Tried, reading: Reading, steps: u32) -> Option<u32> {
    let class = tried.class_in(reading);
    match class.evidence() {
        Evidence::Nothing => None,
        _ if class == Class::CheatingConfirmed => Some(0),
        Evidence::Success | Evidence::Failure | Evidence::Refusal => {
            Some(tried.steps.map_or(0, Steps::reached).min(steps))
        }
    }
}
