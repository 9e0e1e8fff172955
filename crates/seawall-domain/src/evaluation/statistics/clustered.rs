//! The score of a battery and how much it would vary: over tasks, over families, over attempts.

use super::Undefined;
use super::design::Design;

/// The score: the weighted mean of the tasks' shares of passed attempts.
pub fn score(design: &Design) -> f64 {
    let sum: f64 = design.rows().iter().map(|row| row.weight * row.rate()).sum();
    sum.clamp(0.0, 1.0)
}

/// The standard error of the score if tasks were independent (central limit theorem). With equal
/// weights it is the sample standard deviation of the tasks' shares over the root of their number.
pub fn stderr_clt(design: &Design) -> Result<f64, Undefined> {
    let tasks = design.rows().len() as f64;
    if tasks < 2.0 {
        return Err(Undefined::FewAttempts);
    }
    let mean = score(design);
    let squares: f64 =
        design.rows().iter().map(|row| square(row.weight * (row.rate() - mean))).sum();
    Ok((tasks / (tasks - 1.0) * squares).sqrt())
}

/// The variance of the score when tasks of one family vary together:
/// `C/(C-1) · Σ_g (Σ_{t in g} w_t (p_t - S))²` over the `C` families.
///
/// The factor `C/(C-1)` is the correction for a finite number of clusters. With equal weights the
/// root of this is Inspect's `stderr(cluster=…)` over tasks, and the cluster-robust standard error
/// of the intercept of an ordinary regression on a constant.
pub fn variance_clustered(design: &Design) -> Result<f64, Undefined> {
    let families = design.families() as f64;
    if families < 2.0 {
        return Err(Undefined::OneFamily);
    }
    let mean = score(design);
    let mut deviations = vec![0.0; design.families()];
    for row in design.rows() {
        if let Some(sum) = deviations.get_mut(row.family) {
            *sum += row.weight * (row.rate() - mean);
        }
    }
    let squares: f64 = deviations.into_iter().map(square).sum();
    Ok(families / (families - 1.0) * squares)
}

/// The root of [`variance_clustered`].
pub fn stderr_clustered(design: &Design) -> Result<f64, Undefined> {
    variance_clustered(design).map(f64::sqrt)
}

/// The standard error when the question is about these tasks and no others: only attempts vary,
/// `Σ w² p (1-p) / (K-1)`. Not defined when a task has one attempt only.
pub fn stderr_fixed_battery(design: &Design) -> Result<f64, Undefined> {
    let mut sum = 0.0;
    for row in design.rows() {
        if row.attempts < 2 {
            return Err(Undefined::FewAttempts);
        }
        let rate = row.rate();
        sum += square(row.weight) * rate * (1.0 - rate) / (f64::from(row.attempts) - 1.0);
    }
    Ok(sum.sqrt())
}

fn square(value: f64) -> f64 {
    value * value
}
