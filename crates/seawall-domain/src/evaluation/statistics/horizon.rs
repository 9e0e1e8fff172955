//! The time horizon: how long a task is, in human minutes, of which half are passed.
//!
//! The chance of passing is fitted as `logit P = a + b · log2(minutes)`. Two fits exist and are
//! never mixed: plain maximum likelihood over attempts, and METR's, which weights runs to a sum of
//! one and draws the slope towards zero (its published settings: `regularization: 0.1`, in
//! scikit-learn's terms `C = 10`). The penalty moves the horizons, most of all the long ones.

use super::Undefined;
use super::design::{Design, Row};
use super::logistic::{Line, Point, Symmetric, curvature, fit};

/// The weight of METR's penalty: its likelihood is a mean over weighted runs, less
/// `0.1/2 · slope²`.
pub const METR_REGULARIZATION: f64 = 0.1;

/// Which fit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// Maximum likelihood; every attempt counts the same.
    Likelihood,
    /// METR's: the design's weights, shared by a task's attempts, and [`METR_REGULARIZATION`].
    Metr,
}

impl Method {
    /// The weight of the penalty on the slope.
    pub fn regularization(self) -> f64 {
        match self {
            Method::Likelihood => 0.0,
            Method::Metr => METR_REGULARIZATION,
        }
    }

    /// What `passes` of `attempts` at this row count for.
    pub(super) fn counted(self, row: &Row, passes: f64, attempts: f64) -> (f64, f64) {
        match self {
            Method::Likelihood => (passes, attempts),
            Method::Metr => (row.weight * (passes / attempts), row.weight),
        }
    }
}

/// The fitted curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// The log-odds of passing a task of one minute.
    pub intercept: f64,
    /// The change of the log-odds when the minutes double.
    pub slope: f64,
}

impl Curve {
    pub(super) fn of(line: &Line) -> Curve {
        Curve { intercept: line.a - line.b * line.centre, slope: line.b }
    }

    /// The binary logarithm of the minutes of which a share `passed` is passed.
    pub fn log2_minutes(&self, passed: f64) -> Result<f64, Undefined> {
        if !(passed > 0.0 && passed < 1.0) {
            return Err(Undefined::Probability);
        }
        if self.slope >= 0.0 {
            return Err(Undefined::Rising);
        }
        let odds = libm::log(passed / (1.0 - passed));
        Ok((odds - self.intercept) / self.slope)
    }

    /// The minutes of which a share `passed` is passed.
    pub fn minutes(&self, passed: f64) -> Result<f64, Undefined> {
        minutes(self.log2_minutes(passed)?)
    }
}

/// Minutes from their binary logarithm.
pub(super) fn minutes(log2: f64) -> Result<f64, Undefined> {
    let minutes = libm::exp2(log2);
    if minutes > 0.0 && minutes.is_finite() { Ok(minutes) } else { Err(Undefined::TooLarge) }
}

/// A fit with what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizon {
    /// The curve.
    pub curve: Curve,
    /// The standard error of the binary logarithm of the horizon at one half, with tasks of one
    /// family varying together.
    pub stderr_log2_h50: Result<f64, Undefined>,
    /// The shortest and the longest task, in human minutes.
    pub minutes: (f64, f64),
    /// Tasks that entered: those with attempts and human minutes.
    pub tasks: usize,
}

impl Horizon {
    /// Fits a design.
    pub fn of(design: &Design, method: Method) -> Result<Horizon, Undefined> {
        let rows = timed(design)?;
        let points = points(&rows, method);
        let line = fit(&points, method.regularization())?;
        // As they were told: through the logarithm and back the last digits would be others.
        let told = || rows.iter().filter_map(|(row, _)| row.minutes);
        Ok(Horizon {
            curve: Curve::of(&line),
            stderr_log2_h50: stderr(&rows, &points, &line, method),
            minutes: (
                told().fold(f64::INFINITY, f64::min),
                told().fold(f64::NEG_INFINITY, f64::max),
            ),
            tasks: points.len(),
        })
    }

    /// Whether a horizon lies outside of what the tasks cover, and so is a guess.
    pub fn is_extrapolated(&self, minutes: f64) -> bool {
        minutes < self.minutes.0 || minutes > self.minutes.1
    }
}

/// The rows that say how long people take, and where on the scale they stand. METR's weights are
/// made to sum to one over them.
pub(super) fn timed(design: &Design) -> Result<Vec<(Row, f64)>, Undefined> {
    let timed = |row: &Row| row.log2_minutes.map(|x| (*row, x));
    let mut rows: Vec<(Row, f64)> = design.rows().iter().filter_map(timed).collect();
    if rows.is_empty() {
        return Err(Undefined::NoMinutes);
    }
    let sum: f64 = rows.iter().map(|(row, _)| row.weight).sum();
    for (row, _) in &mut rows {
        row.weight /= sum;
    }
    Ok(rows)
}

fn points(rows: &[(Row, f64)], method: Method) -> Vec<Point> {
    let point = |(row, x): &(Row, f64)| {
        let (passes, attempts) =
            method.counted(row, f64::from(row.passes), f64::from(row.attempts));
        Point { x: *x, passes, attempts }
    };
    rows.iter().map(point).collect()
}

/// The delta method on the covariance clustered by family, with the factor `C/(C-1)`: the gradient
/// of `-a/b` is `(-1/b, a/b²)`, and the centre of the scale drops out of it.
fn stderr(
    rows: &[(Row, f64)],
    points: &[Point],
    line: &Line,
    method: Method,
) -> Result<f64, Undefined> {
    if line.b >= 0.0 {
        return Err(Undefined::Rising);
    }
    let mut scores: Vec<Option<(f64, f64)>> = Vec::new();
    for ((row, _), point) in rows.iter().zip(points) {
        if scores.len() <= row.family {
            scores.resize(row.family + 1, None);
        }
        let rest = point.passes - point.attempts * line.chance(point.x);
        if let Some(score) = scores.get_mut(row.family) {
            let (a, b) = score.unwrap_or_default();
            *score = Some((a + rest, b + rest * (point.x - line.centre)));
        }
    }
    let scores: Vec<(f64, f64)> = scores.into_iter().flatten().collect();
    let families = scores.len() as f64;
    if families < 2.0 {
        return Err(Undefined::OneFamily);
    }
    let bread = curvature(points, method.regularization(), line);
    let bread = bread.inverse().ok_or(Undefined::Unsettled)?;
    let mut meat = Symmetric { aa: 0.0, ab: 0.0, bb: 0.0 };
    for (a, b) in scores {
        meat = Symmetric { aa: meat.aa + a * a, ab: meat.ab + a * b, bb: meat.bb + b * b };
    }
    // The covariance between its two gradients: first through the bread, then the meat.
    let (a, b) = bread.times(-1.0 / line.b, line.a / (line.b * line.b));
    let (through_a, through_b) = meat.times(a, b);
    Ok((families / (families - 1.0) * (a * through_a + b * through_b)).max(0.0).sqrt())
}
