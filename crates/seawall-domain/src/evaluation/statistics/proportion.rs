//! Bounds on one share from independent trials: Wilson's score bound and the exact one of Clopper
//! and Pearson.

use super::special::{beta, last_where, normal_quantile};
use super::{Alpha, Bounds, Undefined};

/// Wilson's bounds for a share `p` of `n` trials, `c` standard deviations away (E. B. Wilson 1927).
///
/// `n` and `c` need not come from counting: the clustered bound gives an effective number of
/// trials and a quantile of t. Both are positive or zero; an infinite `c` gives 0 and 1.
pub fn wilson_at(p: f64, n: f64, c: f64) -> Bounds {
    let lower = wilson_lower(p, n, c);
    let upper = 1.0 - wilson_lower(1.0 - p, n, c);
    Bounds { lower: lower.min(p).max(0.0), upper: upper.max(p).min(1.0) }
}

/// The smaller root of the score equation, from the product of its roots: nothing cancels.
fn wilson_lower(p: f64, n: f64, c: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    let half = c / (2.0 * n);
    let spread = c * (p * (1.0 - p) / n + half * half).sqrt();
    let lower = p * p / (p + c * half + spread);
    if lower.is_nan() { 0.0 } else { lower }
}

/// Wilson's bounds, each one-sided at `alpha`, for `passes` of `attempts`.
pub fn wilson(passes: u32, attempts: u32, alpha: Alpha) -> Result<Bounds, Undefined> {
    let p = share(passes, attempts)?;
    let z = -normal_quantile(alpha.level())?;
    Ok(wilson_at(p, f64::from(attempts), z))
}

/// The bounds of Clopper and Pearson (1934), each one-sided at `alpha`: quantiles of the beta
/// distribution, so that the chance of error is at most `alpha` whatever the true share.
pub fn clopper_pearson(passes: u32, attempts: u32, alpha: Alpha) -> Result<Bounds, Undefined> {
    share(passes, attempts)?;
    let (passes, failures) = (f64::from(passes), f64::from(attempts) - f64::from(passes));
    let lower = exact_lower(passes, failures, alpha.level());
    let upper = 1.0 - exact_lower(failures, passes, alpha.level());
    Ok(Bounds { lower, upper })
}

/// The share at which as many passes or more have probability `alpha`.
fn exact_lower(passes: f64, failures: f64, alpha: f64) -> f64 {
    if passes == 0.0 {
        return 0.0;
    }
    last_where(1.0, |x| beta(passes, failures + 1.0, x, 1.0 - x).lower <= alpha)
}

/// The share itself.
pub fn share(passes: u32, attempts: u32) -> Result<f64, Undefined> {
    if attempts == 0 {
        return Err(Undefined::NoAttempts);
    }
    if passes > attempts {
        return Err(Undefined::Passes);
    }
    Ok(f64::from(passes) / f64::from(attempts))
}
