//! Several attempts at one task reduced to one number, as Inspect's epoch reducers do it.
//!
//! What is not scored (NaN) is left out first. Where too little is left for a reducer to mean
//! anything, its answer is "not scored" again, never 1 and never 0.

use super::value::Scalar;

/// From which value on an attempt counts as solved.
pub const SOLVED: f64 = 1.0;

/// A way to reduce the attempts at a task.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reducer {
    /// The mean.
    Mean,
    /// The median.
    Median,
    /// The value that is given most often; of several, the first.
    Mode,
    /// The value that more than half give, those that are not scored counted among all.
    Majority,
    /// The largest.
    Max,
    /// 1 if at least so many are solved.
    AtLeast(u32),
    /// The chance that at least one of so many is solved (Chen and others 2021, arXiv 2107.03374).
    PassAt(u32),
    /// The chance that all of so many are solved (arXiv 2406.12045).
    PassK(u32),
}

impl Reducer {
    /// The reducer by its name in logs, such as `mean` or `pass_at_4`.
    pub fn of(name: &str) -> Option<Reducer> {
        let count = |prefix: &str| name.strip_prefix(prefix)?.parse::<u32>().ok();
        match name {
            "mean" => Some(Reducer::Mean),
            "median" => Some(Reducer::Median),
            "mode" => Some(Reducer::Mode),
            "majority" => Some(Reducer::Majority),
            "max" => Some(Reducer::Max),
            _ => count("at_least_")
                .map(Reducer::AtLeast)
                .or_else(|| count("pass_at_").map(Reducer::PassAt))
                .or_else(|| count("pass_k_").map(Reducer::PassK)),
        }
    }

    /// What the attempts come to, counted as Inspect counts them; NaN where they come to nothing.
    pub fn reduce(self, values: &[&Scalar]) -> f64 {
        let votes: Vec<&Scalar> = values.iter().copied().filter(|v| !v.is_unscored()).collect();
        let mut numbers: Vec<f64> = votes.iter().map(|vote| vote.harness_number()).collect();
        if numbers.is_empty() {
            return f64::NAN;
        }
        let solved = numbers.iter().filter(|number| **number >= SOLVED).count();
        let (total, solved) = (numbers.len() as u64, solved as u64);
        match self {
            Reducer::Mean => numbers.iter().sum::<f64>() / total as f64,
            Reducer::Median => median(&mut numbers),
            Reducer::Mode => most_common(&votes).0.harness_number(),
            Reducer::Majority => match most_common(&votes) {
                (vote, count) if count * 2 > values.len() => vote.harness_number(),
                _ => f64::NAN,
            },
            Reducer::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Reducer::AtLeast(k) => f64::from(u8::from(solved >= u64::from(k))),
            Reducer::PassAt(k) => pass_at(total, solved, u64::from(k)),
            Reducer::PassK(k) => pass_k(total, solved, u64::from(k)),
        }
    }
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    let at = |place: usize| numbers.get(place).copied().unwrap_or(f64::NAN);
    match numbers.len() % 2 {
        1 => at(middle),
        _ => (at(middle.saturating_sub(1)) + at(middle)) / 2.0,
    }
}

/// The first of the votes that are cast most often, and how often it is.
fn most_common<'a>(votes: &[&'a Scalar]) -> (&'a Scalar, usize) {
    let mut counts: Vec<(&'a Scalar, usize)> = Vec::new();
    for vote in votes {
        match counts.iter_mut().find(|(other, _)| other.is_same_vote(vote)) {
            Some((_, count)) => *count += 1,
            None => counts.push((vote, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts.into_iter().find(|(_, count)| *count == most).unwrap_or((&Scalar::Null, 0))
}

/// 1 − C(total − solved, k) / C(total, k); NaN if there are fewer than k.
pub fn pass_at(total: u64, solved: u64, k: u64) -> f64 {
    if total < k {
        return f64::NAN;
    }
    let failed = total.saturating_sub(solved);
    if failed < k {
        return 1.0;
    }
    1.0 - (failed + 1..=total).map(|i| 1.0 - k as f64 / i as f64).product::<f64>()
}

/// C(solved, k) / C(total, k); NaN if there are fewer than k.
pub fn pass_k(total: u64, solved: u64, k: u64) -> f64 {
    if total < k {
        return f64::NAN;
    }
    if solved < k {
        return 0.0;
    }
    (0..k).map(|i| (solved - i) as f64 / (total - i) as f64).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, values: &[f64], expected: f64) {
        let values: Vec<Scalar> = values.iter().map(|value| Scalar::Number(*value)).collect();
        let values: Vec<&Scalar> = values.iter().collect();
        let found = Reducer::of(name).map_or(f64::NAN, |reducer| reducer.reduce(&values));
        let same = (found - expected).abs() < 1e-12 || (found.is_nan() && expected.is_nan());
        assert!(same, "{name} {values:?}: {found}, expected {expected}");
    }

    #[test]
    fn attempts_are_reduced_as_the_harness_does_it() {
        const NAN: f64 = f64::NAN;
        check("mean", &[1.0, 0.0, NAN, 0.5], 0.5);
        check("mean", &[NAN, NAN], NAN);
        check("median", &[3.0, 1.0, 2.0], 2.0);
        check("median", &[4.0, 1.0], 2.5);
        check("mode", &[0.0, 1.0, 1.0, 0.0], 0.0);
        check("mode", &[NAN, 1.0, 0.0, 1.0], 1.0);
        check("majority", &[1.0, 1.0, NAN, NAN], NAN);
        check("majority", &[1.0, 1.0, NAN], 1.0);
        check("max", &[0.25, 0.75, NAN], 0.75);
        check("at_least_2", &[1.0, 0.5, 1.0], 1.0);
        check("at_least_2", &[1.0, 0.5], 0.0);
        check("pass_at_1", &[1.0, 0.0, 0.0, 1.0], 0.5);
        check("pass_at_2", &[1.0, 0.0, 0.0, 1.0], 5.0 / 6.0);
        check("pass_at_4", &[1.0, 0.0, 0.0, 0.0], 1.0);
        check("pass_at_4", &[1.0, 0.0, NAN, 0.0], NAN);
        check("pass_at_3", &[0.0, 0.0, 0.0], 0.0);
        check("pass_k_2", &[1.0, 0.0, 1.0, 1.0], 0.5);
        check("pass_k_4", &[1.0, 0.0, 1.0, 1.0], 0.0);
        check("pass_k_5", &[1.0, 1.0], NAN);
        check("collect", &[1.0], NAN);
    }

    #[test]
    fn votes_keep_their_kind() {
        let values = ["I", "N", "N"].map(|text| Scalar::Text(text.into()));
        let votes: Vec<&Scalar> = values.iter().collect();
        assert_eq!(most_common(&votes).1, 2);
        assert_eq!(Reducer::of("pass_at_x"), None);
        assert_eq!(Reducer::of("pass_at_99999999999"), None);
    }
}
