//! Success by budget: how large a share of attempts had passed within so many tokens.

use super::Undefined;

/// One attempt: whether it passed, and what it spent until it ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Spent {
    /// Whether it passed.
    pub outcome: Outcome,
    /// Tokens spent.
    pub tokens: u64,
}

/// How an attempt ended, as far as the curve is concerned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It did not.
    Failed,
}

/// One point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The budget in tokens.
    pub tokens: u64,
    /// The share of all attempts that passed having spent no more than this.
    pub share: f64,
}

/// The curve at the given budgets, in their order.
pub fn curve(attempts: &[Spent], budgets: &[u64]) -> Result<Vec<Point>, Undefined> {
    if attempts.is_empty() {
        return Err(Undefined::NoAttempts);
    }
    let mut passed: Vec<u64> = attempts
        .iter()
        .filter(|attempt| attempt.outcome == Outcome::Passed)
        .map(|attempt| attempt.tokens)
        .collect();
    passed.sort_unstable();
    let all = attempts.len() as f64;
    let point = |tokens: &u64| {
        let within = passed.partition_point(|spent| spent <= tokens);
        Point { tokens: *tokens, share: within as f64 / all }
    };
    Ok(budgets.iter().map(point).collect())
}

/// What the end of a curve says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trend {
    /// Some larger budget did worse than a smaller one.
    Falling,
    /// More budget helped up to the last point: a result holds at most up to that budget.
    Rising,
    /// The last step of the budget brought nothing more than the tolerance.
    Level,
}

/// Reads the end of a curve whose budgets rise; a step of at most `tolerance` is no step.
pub fn trend(points: &[Point], tolerance: f64) -> Result<Trend, Undefined> {
    let mut steps = points.windows(2).filter_map(|pair| match pair {
        [a, b] => Some((a, b)),
        _ => None,
    });
    if points.len() < 2 || steps.clone().any(|(a, b)| a.tokens >= b.tokens) {
        return Err(Undefined::Unequal);
    }
    if steps.clone().any(|(a, b)| b.share < a.share - tolerance) {
        return Ok(Trend::Falling);
    }
    Ok(match steps.next_back() {
        Some((a, b)) if b.share > a.share + tolerance => Trend::Rising,
        Some(_) | None => Trend::Level,
    })
}
