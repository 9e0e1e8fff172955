//! One-sided bounds on the score of a battery.

use super::clustered::{score, stderr_clt, variance_clustered};
use super::design::Design;
use super::proportion::wilson_at;
use super::special::{t_quantile, t_tail};
use super::{Alpha, Bounds, Undefined};

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

/// Wilson's bounds with `n = min(S(1-S)/V, T)` tasks and the quantile of t with one degree of
/// freedom fewer than there are families, each bound one-sided at `alpha`.
///
/// `V` is the clustered variance; where it is zero, or all or nothing passed, `n` is the number of
/// tasks. The bound is conservative: families that happen to agree earn no more than their tasks.
pub fn effective(design: &Design, alpha: Alpha) -> Result<Effective, Undefined> {
    let (mean, variance) = (score(design), variance_clustered(design)?);
    let quantile = quantile(design, alpha)?;
    let n_eff = n_effective(mean, variance, design.rows().len() as f64);
    Ok(Effective { n_eff, bounds: wilson_at(mean, n_eff, quantile) })
}

/// The effective number of tasks.
fn n_effective(mean: f64, variance: f64, tasks: f64) -> f64 {
    let most = mean * (1.0 - mean);
    if most <= 0.0 || variance <= most * VARIANCE_ROUNDING {
        return tasks;
    }
    (most / variance).min(tasks)
}

/// The secondary bound: the larger of the clustered and the plain standard error, times the
/// quantile of t, around the score; cut to 0 and 1.
pub fn largest_error(design: &Design, alpha: Alpha) -> Result<Bounds, Undefined> {
    let mean = score(design);
    let error = variance_clustered(design)?.sqrt().max(stderr_clt(design)?);
    let half = if error > 0.0 { error * quantile(design, alpha)? } else { 0.0 };
    Ok(Bounds { lower: (mean - half).max(0.0), upper: (mean + half).min(1.0) })
}

/// How many standard errors a bound lies away.
fn quantile(design: &Design, alpha: Alpha) -> Result<f64, Undefined> {
    if design.families() < 2 {
        return Err(Undefined::OneFamily);
    }
    let degrees = (design.families() - 1) as f64;
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
    if !(threshold > 0.0 && threshold < 1.0) {
        return Err(Undefined::Probability);
    }
    let (mean, variance) = (score(design), variance_clustered(design)?);
    let n_eff = n_effective(mean, variance, design.rows().len() as f64);
    let error = (threshold * (1.0 - threshold) / n_eff).sqrt();
    let away = match towards {
        Towards::Above => mean - threshold,
        Towards::Below => threshold - mean,
    };
    Ok(t_tail(away / error, (design.families() - 1) as f64))
}

/// On which side of a threshold a score is claimed to lie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Towards {
    /// At it or above.
    Above,
    /// Below it.
    Below,
}
