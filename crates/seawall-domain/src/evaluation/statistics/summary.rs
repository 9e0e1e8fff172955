//! Everything that is said of a battery at once.

use super::bootstrap::{self, Drawn, Draws};
use super::bound::{Effective, effective, largest_error};
use super::clustered::{score, stderr_clt, stderr_clustered, stderr_fixed_battery};
use super::design::{Design, Row, Weighting};
use super::horizon::{Horizon, Method};
use super::pass::{pass_all, pass_at};
use super::{Alpha, Bounds, Undefined};
use crate::evaluation::battery::Battery;

/// More attempts at once than anybody asks about.
const K_MAX: u32 = 100;

/// A bound on tasks times k, so that even the largest battery takes a moment only.
const K_TASKS_MAX: usize = 1_000_000;

/// What the figures of a battery depend on besides the battery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The level of error of each bound.
    pub alpha: Alpha,
    /// The draws of the bootstrap.
    pub draws: Draws,
    /// The weights of the score.
    pub weighting: Weighting,
}

/// The figures of a battery; each is there or says why not.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The score: the weighted mean of the tasks' shares.
    pub mean: f64,
    /// Tasks with observed attempts.
    pub tasks: usize,
    /// Families of these.
    pub families: usize,
    /// The standard error if tasks were independent.
    pub stderr_clt: Result<f64, Undefined>,
    /// The standard error clustered by family.
    pub stderr_clustered: Result<f64, Undefined>,
    /// The standard error for these tasks only.
    pub stderr_fixed_battery: Result<f64, Undefined>,
    /// The secondary bound.
    pub bound_t: Result<Bounds, Undefined>,
    /// The headline bound.
    pub bound: Result<Effective, Undefined>,
    /// The chance that one of k attempts passes, for k from 1; where a task has fewer attempts than
    /// k it is not defined.
    pub pass_at: Vec<Result<f64, Undefined>>,
    /// The chance that each of k attempts passes, likewise.
    pub pass_all: Vec<Result<f64, Undefined>>,
    /// The time horizon by maximum likelihood.
    pub horizon: Result<Horizons, Undefined>,
    /// The time horizon by METR's method, with its diversity weights.
    pub horizon_metr: Result<Horizons, Undefined>,
}

/// A fit and what is read off it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizons {
    /// The fit.
    pub fit: Horizon,
    /// The minutes of which one half is passed.
    pub h50_minutes: Result<f64, Undefined>,
    /// The minutes of which four fifths are passed.
    pub h80_minutes: Result<f64, Undefined>,
    /// The bootstrap interval of the former.
    pub h50_drawn: Result<Drawn, Undefined>,
}

impl Summary {
    /// Computes everything.
    pub fn of(battery: &Battery, settings: Settings) -> Result<Summary, Undefined> {
        let design = Design::of(battery, settings.weighting)?;
        let diverse = Design::of(battery, Weighting::Diversity)?;
        let k_most = K_TASKS_MAX / design.rows().len().max(1);
        let k_most = u32::try_from(k_most).unwrap_or(K_MAX).clamp(1, K_MAX);
        let k_max = design.rows().iter().map(|row| row.attempts).max().unwrap_or(0).min(k_most);
        let over = |chance: fn(u32, u32, u32) -> Result<f64, Undefined>| {
            (1..=k_max)
                .map(|k| mean_of(&design, |row| chance(row.passes, row.attempts, k)))
                .collect()
        };
        Ok(Summary {
            mean: score(&design),
            tasks: design.rows().len(),
            families: design.families(),
            stderr_clt: stderr_clt(&design),
            stderr_clustered: stderr_clustered(&design),
            stderr_fixed_battery: stderr_fixed_battery(&design),
            bound_t: largest_error(&design, settings.alpha),
            bound: effective(&design, settings.alpha),
            pass_at: over(pass_at),
            pass_all: over(pass_all),
            horizon: horizons(&design, Method::Likelihood, settings),
            horizon_metr: horizons(&diverse, Method::Metr, settings),
        })
    }
}

fn mean_of(
    design: &Design,
    figure: impl Fn(&Row) -> Result<f64, Undefined>,
) -> Result<f64, Undefined> {
    let mut sum = 0.0;
    for row in design.rows() {
        sum += row.weight * figure(row)?;
    }
    Ok(sum)
}

fn horizons(design: &Design, method: Method, settings: Settings) -> Result<Horizons, Undefined> {
    let fit = Horizon::of(design, method)?;
    Ok(Horizons {
        fit,
        h50_minutes: fit.curve.minutes(0.5),
        h80_minutes: fit.curve.minutes(0.8),
        h50_drawn: bootstrap::h50(design, method, settings.alpha, settings.draws),
    })
}
