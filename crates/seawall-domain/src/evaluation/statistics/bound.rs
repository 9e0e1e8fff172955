//! One-sided bounds on the score of a battery.

use super::clustered::{score, stderr_clt, stderr_fixed_battery, variance_clustered};
use super::design::{Design, Row};
use super::proportion::wilson_at;
use super::special::{t_quantile, t_tail};
use super::{Alpha, Bounds, Undefined};
use serde::{Deserialize, Serialize};

/// Below this share of the largest variance possible, a variance counts as none: it is rounding.
const VARIANCE_ROUNDING: f64 = 1e-28;

/// The headline bound: Wilson's form with an effective number of independent tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effective {
    /// The effective number of tasks, never more than there are.
    pub n_eff: f64,
    /// The bounds.
    pub bounds: Bounds,
}

/// What the score speaks about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimand {
    /// Tasks like these: the families are a sample.
    #[default]
    Population,
    /// These tasks alone: only attempts vary.
    FixedBattery,
}

/// Wilson's bounds with `n = min(S(1-S)/V, T)` tasks and the quantile of t with one degree of
/// freedom fewer than there are families, each bound one-sided at `alpha`.
///
/// `V` is the clustered variance; where it is zero, or all or nothing passed, `n` is the number of
/// tasks. The bound is conservative: families that happen to agree earn no more than their tasks.
pub fn effective(design: &Design, alpha: Alpha) -> Result<Effective, Undefined> {
    effective_for(design, alpha, Estimand::Population)
}

/// The same about what the estimand names.
///
/// About these tasks alone, `V` is `Σ w² p (1-p) / (K-1)`, `n` is at most `1 / Σ (w²/K)` (with
/// equal weights the number of attempts), and t has `Σ (K-1)` degrees of freedom. Trials that
/// differ in their chances vary less than equal ones with the same mean, so this bound is
/// conservative too. It is not defined when a task has one attempt only.
pub fn effective_for(
    design: &Design,
    alpha: Alpha,
    estimand: Estimand,
) -> Result<Effective, Undefined> {
    let basis = Basis::of(design, estimand)?;
    let quantile = quantile(alpha, basis.degrees)?;
    let (mean, n_eff) = (score(design), basis.n_effective(score(design)));
    Ok(Effective { n_eff, bounds: wilson_at(mean, n_eff, quantile) })
}

/// What a bound rests on.
struct Basis {
    variance: f64,
    /// The effective number is never above this.
    most: f64,
    degrees: f64,
}

impl Basis {
    fn of(design: &Design, estimand: Estimand) -> Result<Basis, Undefined> {
        match estimand {
            Estimand::Population => Ok(Basis {
                variance: variance_clustered(design)?,
                most: design.rows().len() as f64,
                degrees: (design.families() - 1) as f64,
            }),
            Estimand::FixedBattery => {
                let error = stderr_fixed_battery(design)?;
                let share = |row: &Row| row.weight * row.weight / f64::from(row.attempts);
                let spread: f64 = design.rows().iter().map(share).sum();
                let degrees = design.rows().iter().map(|row| f64::from(row.attempts) - 1.0).sum();
                Ok(Basis { variance: error * error, most: 1.0 / spread, degrees })
            }
        }
    }

    /// The effective number of tasks, or of attempts where only these vary.
    fn n_effective(&self, mean: f64) -> f64 {
        let largest = mean * (1.0 - mean);
        if largest <= 0.0 || self.variance <= largest * VARIANCE_ROUNDING {
            return self.most;
        }
        (largest / self.variance).min(self.most)
    }
}

/// The secondary bound: the larger of the clustered and the plain standard error, times the
/// quantile of t, around the score; cut to 0 and 1.
pub fn largest_error(design: &Design, alpha: Alpha) -> Result<Bounds, Undefined> {
    let mean = score(design);
    let error = variance_clustered(design)?.sqrt().max(stderr_clt(design)?);
    let degrees = (design.families() - 1) as f64;
    let half = if error > 0.0 { error * quantile(alpha, degrees)? } else { 0.0 };
    Ok(Bounds { lower: (mean - half).max(0.0), upper: (mean + half).min(1.0) })
}

/// How many standard errors a bound lies away.
fn quantile(alpha: Alpha, degrees: f64) -> Result<f64, Undefined> {
    // The lower tail is what the level names, and tiny levels have no upper complement.
    match t_quantile(alpha.level(), degrees) {
        Ok(quantile) => Ok(-quantile),
        Err(Undefined::TooLarge) => Ok(f64::INFINITY),
        Err(why) => Err(why),
    }
}

/// How unlikely the observed score, or one further from it, would be if the true score were
/// `threshold`, on the side that `towards` names: the level at which the headline bound would just
/// reach the threshold.
pub fn probability(design: &Design, threshold: f64, towards: Towards) -> Result<f64, Undefined> {
    probability_for(design, threshold, towards, Estimand::Population)
}

/// The same about what the estimand names.
pub fn probability_for(
    design: &Design,
    threshold: f64,
    towards: Towards,
    estimand: Estimand,
) -> Result<f64, Undefined> {
    if !(threshold > 0.0 && threshold < 1.0) {
        return Err(Undefined::Probability);
    }
    let basis = Basis::of(design, estimand)?;
    let mean = score(design);
    let error = (threshold * (1.0 - threshold) / basis.n_effective(mean)).sqrt();
    let away = match towards {
        Towards::Above => mean - threshold,
        Towards::Below => threshold - mean,
    };
    Ok(t_tail(away / error, basis.degrees))
}

/// On which side of a threshold a score is claimed to lie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Towards {
    /// At it or above.
    Above,
    /// Below it.
    Below,
}
