//! Logistic regression on one figure, by iteratively reweighted least squares.

use super::Undefined;

/// A regular fit settles in fewer than ten steps; what has not settled by now never will.
const STEPS_MAX: u32 = 200;

/// A step that was halved so often goes nowhere.
const HALVINGS_MAX: u32 = 60;

/// Once a step is this small the next one would change no digit: convergence is quadratic.
const STEP_LAST: f64 = 1e-8;

/// Attempts at one place of the scale. Counts may be weighted, and so need not be whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// Where on the scale.
    pub x: f64,
    /// How many passed.
    pub passes: f64,
    /// How many there were.
    pub attempts: f64,
}

/// The fitted line of log-odds, around a centre: `a + b (x - centre)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// The log-odds at the centre.
    pub a: f64,
    /// The change of the log-odds along the scale.
    pub b: f64,
    /// The mean place of the attempts.
    pub centre: f64,
}

impl Line {
    fn moved(self, (a, b): (f64, f64)) -> Line {
        Line { a: self.a + a, b: self.b + b, centre: self.centre }
    }

    /// The chance of passing at a place.
    pub fn chance(&self, x: f64) -> f64 {
        1.0 / (1.0 + libm::exp(-(self.a + self.b * (x - self.centre))))
    }
}

/// The gradient and the curvature (negative second derivative) of the penalised log-likelihood.
#[derive(Clone, Copy, Debug, Default)]
struct Slopes {
    a: f64,
    b: f64,
    aa: f64,
    ab: f64,
    bb: f64,
}

impl Slopes {
    /// The slope along a step.
    fn along(&self, (a, b): (f64, f64)) -> f64 {
        self.a * a + self.b * b
    }
}

/// A symmetric two by two matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Symmetric {
    pub aa: f64,
    pub ab: f64,
    pub bb: f64,
}

impl Symmetric {
    /// The inverse of a positive matrix.
    pub fn inverse(self) -> Option<Symmetric> {
        let determinant = self.aa * self.bb - self.ab * self.ab;
        let positive = determinant > 0.0 && determinant.is_finite() && self.aa > 0.0;
        positive.then(|| Symmetric {
            aa: self.bb / determinant,
            ab: -self.ab / determinant,
            bb: self.aa / determinant,
        })
    }

    /// The product with a vector.
    pub fn times(self, a: f64, b: f64) -> (f64, f64) {
        (self.aa * a + self.ab * b, self.ab * a + self.bb * b)
    }
}

/// Fits the line. `ridge` is the weight of the penalty `ridge/2 · b²`; the intercept has none.
///
/// Without a penalty a maximum exists exactly when passes and failures overlap on the scale
/// (A. Albert and J. A. Anderson 1984), which is looked at first, so no iteration runs away.
pub(super) fn fit(points: &[Point], ridge: f64) -> Result<Line, Undefined> {
    let total: f64 = points.iter().map(|point| point.attempts).sum();
    let passed: f64 = points.iter().map(|point| point.passes).sum();
    if total <= 0.0 {
        return Err(Undefined::NoAttempts);
    }
    existence(points, ridge)?;
    let centre = points.iter().map(|point| point.attempts * point.x).sum::<f64>() / total;
    let mut line = Line { a: libm::log(passed / (total - passed)), b: 0.0, centre };
    let mut slopes = slopes(points, ridge, &line);
    for _ in 0..STEPS_MAX {
        let curvature = Symmetric { aa: slopes.aa, ab: slopes.ab, bb: slopes.bb };
        let step = curvature.inverse().ok_or(Undefined::Unsettled)?.times(slopes.a, slopes.b);
        let small = step.0.abs() <= STEP_LAST * (1.0 + line.a.abs())
            && step.1.abs() <= STEP_LAST * (1e-3 + line.b.abs());
        if small {
            return Ok(line.moved(step));
        }
        (line, slopes) = stepped(points, ridge, line, slopes, step);
    }
    Err(Undefined::Unsettled)
}

/// Takes the step, or a half, a quarter… of it, so that it does not lead far beyond the summit: the
/// slope along the step may turn, but not to the same height on the other side.
fn stepped(
    points: &[Point],
    ridge: f64,
    line: Line,
    before: Slopes,
    mut step: (f64, f64),
) -> (Line, Slopes) {
    for _ in 0..HALVINGS_MAX {
        let next = line.moved(step);
        let after = slopes(points, ridge, &next);
        let flat = after.aa <= 0.0 || after.bb <= 0.0;
        if !flat && after.along(step) >= -0.9 * before.along(step) {
            return (next, after);
        }
        step = (step.0 * 0.5, step.1 * 0.5);
    }
    (line, before)
}

fn slopes(points: &[Point], ridge: f64, line: &Line) -> Slopes {
    let mut sum = Slopes { b: -ridge * line.b, bb: ridge, ..Slopes::default() };
    for point in points {
        let x = point.x - line.centre;
        let chance = 1.0 / (1.0 + libm::exp(-(line.a + line.b * x)));
        let rest = point.passes - point.attempts * chance;
        let weight = point.attempts * chance * (1.0 - chance);
        sum.a += rest;
        sum.b += rest * x;
        sum.aa += weight;
        sum.ab += weight * x;
        sum.bb += weight * x * x;
    }
    sum
}

/// The curvature at the fitted line.
pub(super) fn curvature(points: &[Point], ridge: f64, line: &Line) -> Symmetric {
    let Slopes { aa, ab, bb, .. } = slopes(points, ridge, line);
    Symmetric { aa, ab, bb }
}

/// Whether the likelihood has a maximum.
fn existence(points: &[Point], ridge: f64) -> Result<(), Undefined> {
    let (pass, fail) = spans(points);
    if fail.is_empty() {
        return Err(Undefined::AllPassed);
    }
    if pass.is_empty() {
        return Err(Undefined::AllFailed);
    }
    if ridge > 0.0 {
        return Ok(());
    }
    if pass.low.min(fail.low) == pass.high.max(fail.high) {
        return Err(Undefined::OneLength);
    }
    if pass.high <= fail.low || fail.high <= pass.low {
        return Err(Undefined::Separated);
    }
    Ok(())
}

/// Where passes end and failures begin, when every pass lies below every failure: the middle of the
/// gap, which is where the crossing at one half goes as the slope grows without end.
pub(super) fn crossing(points: &[Point]) -> Option<f64> {
    let (pass, fail) = spans(points);
    let apart = !pass.is_empty() && !fail.is_empty() && pass.high <= fail.low;
    apart.then_some(pass.high + 0.5 * (fail.low - pass.high))
}

/// Where there are passes, and where there are failures.
fn spans(points: &[Point]) -> (Span, Span) {
    let (mut pass, mut fail) = (Span::EMPTY, Span::EMPTY);
    for point in points {
        if point.passes > 0.0 {
            pass.take(point.x);
        }
        if point.attempts > point.passes {
            fail.take(point.x);
        }
    }
    (pass, fail)
}

#[derive(Clone, Copy)]
struct Span {
    low: f64,
    high: f64,
}

impl Span {
    const EMPTY: Span = Span { low: f64::INFINITY, high: f64::NEG_INFINITY };

    fn take(&mut self, x: f64) {
        self.low = self.low.min(x);
        self.high = self.high.max(x);
    }

    fn is_empty(&self) -> bool {
        self.low > self.high
    }
}
