//! What attempts that are not there could have changed: the worst and the best they could be.
//!
//! An attempt that ended in an error of the machinery, was invalidated, was answered by another
//! model, or has no score says nothing about the model. It is not counted as a failure and not
//! left out quietly: both ends are computed, all of them failed and all of them passed.

use super::Undefined;
use super::clustered::score;
use super::design::{Design, Weighting};
use crate::evaluation::battery::{Battery, Task};

/// How attempts of unknown outcome are counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Assumed {
    /// Every one of them failed.
    Failed,
    /// Every one of them passed.
    Passed,
}

/// The battery with every attempt of unknown outcome counted one way.
pub fn assuming(battery: &Battery, assumed: Assumed) -> Battery {
    let settled = |task: &Task| {
        let mut task = task.clone();
        let unknown = task.unknown.min(task.attempts);
        task.unknown = 0;
        match assumed {
            Assumed::Failed => {}
            Assumed::Passed => {
                task.passes = task.passes.saturating_add(unknown);
                if let Some(steps) = &mut task.steps {
                    let more = u64::from(unknown).saturating_mul(u64::from(steps.of));
                    steps.reached = steps.reached.saturating_add(more);
                }
            }
        }
        task
    };
    Battery { tasks: battery.tasks.iter().map(settled).collect() }
}

/// How many attempts have an unknown outcome.
pub fn count(battery: &Battery) -> u64 {
    battery.tasks.iter().map(|task| u64::from(task.unknown)).sum()
}

/// The score with every unknown attempt failed, and with every one passed.
pub fn worst_and_best(battery: &Battery) -> Result<(f64, f64), Undefined> {
    let at = |assumed| {
        Design::of(&assuming(battery, assumed), Weighting::Given).map(|design| score(&design))
    };
    Ok((at(Assumed::Failed)?, at(Assumed::Passed)?))
}
