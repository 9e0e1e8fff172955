//! The paired t test, one-sided: does one wording, or one half of a pair of twins, do better?

use super::special::t_quantile;
use super::special::t_tail;
use super::{Alpha, Undefined};

/// What pairs of results say about their mean difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// The mean of first minus second.
    pub mean: f64,
    /// Its standard error.
    pub stderr: f64,
    /// Pairs less one.
    pub degrees: f64,
}

impl Paired {
    /// Takes the differences, first minus second, of at least two pairs.
    pub fn of(differences: &[f64]) -> Result<Paired, Undefined> {
        let n = differences.len() as f64;
        if n < 2.0 {
            return Err(Undefined::FewAttempts);
        }
        let mean = differences.iter().sum::<f64>() / n;
        let squares: f64 = differences.iter().map(|one| (one - mean) * (one - mean)).sum();
        let stderr = (squares / (n - 1.0) / n).sqrt();
        if !(mean.is_finite() && stderr.is_finite()) {
            return Err(Undefined::TooLarge);
        }
        Ok(Paired { mean, stderr, degrees: n - 1.0 })
    }

    /// The t statistic against a true mean of `margin`. Not defined when all differences are equal.
    pub fn statistic(&self, margin: f64) -> Result<f64, Undefined> {
        if self.stderr > 0.0 {
            Ok((self.mean - margin) / self.stderr)
        } else {
            Err(Undefined::Constant)
        }
    }

    /// The probability of a difference at least as large if the true mean were `margin`.
    pub fn probability_greater(&self, margin: f64) -> Result<f64, Undefined> {
        Ok(t_tail(self.statistic(margin)?, self.degrees))
    }

    /// The upper bound on the true mean, one-sided at `alpha`.
    pub fn upper(&self, alpha: Alpha) -> Result<f64, Undefined> {
        if self.stderr > 0.0 {
            Ok(self.mean - t_quantile(alpha.level(), self.degrees)? * self.stderr)
        } else {
            Ok(self.mean)
        }
    }
}
