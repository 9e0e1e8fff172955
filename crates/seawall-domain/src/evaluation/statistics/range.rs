//! Range tasks: ordered steps, of which an attempt reaches some. Never a single "solved".

use super::proportion::{clopper_pearson, share};
use super::{Alpha, Bounds, Undefined};

/// More steps than any range has.
pub const STEPS_MAX: u32 = 10_000;

/// What the attempts at a range come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// For each step the share of attempts that reached it.
    pub survival: Vec<f64>,
    /// The mean share of steps reached.
    pub mean_fraction: f64,
    /// The share of attempts that reached the last step.
    pub complete: f64,
    /// Clopper and Pearson's bounds on that share, each one-sided at the level asked for.
    pub complete_bounds: Bounds,
}

/// Counts attempts by the last step each reached, 0 for none of `steps`.
pub fn progress(reached: &[u32], steps: u32, alpha: Alpha) -> Result<Progress, Undefined> {
    if steps == 0 || reached.is_empty() {
        return Err(Undefined::NoAttempts);
    }
    if steps > STEPS_MAX {
        return Err(Undefined::TooMany);
    }
    if reached.iter().any(|last| *last > steps) {
        return Err(Undefined::Passes);
    }
    let attempts = u32::try_from(reached.len()).map_err(|_| Undefined::TooMany)?;
    let mut ended = vec![0u32; steps as usize + 1];
    for last in reached {
        if let Some(count) = ended.get_mut(*last as usize) {
            *count += 1;
        }
    }
    let mut left = attempts;
    let mut survival = Vec::with_capacity(steps as usize);
    for count in ended.iter().take(steps as usize) {
        left -= count;
        survival.push(share(left, attempts)?);
    }
    let sum: u64 = reached.iter().map(|last| u64::from(*last)).sum();
    Ok(Progress {
        survival,
        mean_fraction: sum as f64 / f64::from(steps) / f64::from(attempts),
        complete: share(left, attempts)?,
        complete_bounds: clopper_pearson(left, attempts, alpha)?,
    })
}
