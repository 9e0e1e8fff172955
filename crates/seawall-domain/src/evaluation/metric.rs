//! What Inspect computes over the tasks of a battery, computed again from the numbers.

use std::collections::BTreeMap;

/// A metric that can be computed again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Metric {
    /// The mean; `accuracy` is the same thing.
    Mean,
    /// The sample's standard deviation.
    Deviation,
    /// Its square.
    Variance,
    /// The standard error of the mean by the central limit theorem.
    Error,
    /// The standard error of the mean, clustered, with the correction for few clusters
    /// (C / (C − 1)): Appendix A of arXiv 2411.00640, corrected as Inspect does.
    ClusteredError,
}

impl Metric {
    /// The metric by its name in logs; `clustered` where it names a field of clusters.
    pub fn of(name: &str, cluster: Option<&str>) -> Option<Metric> {
        match (name.strip_prefix("inspect_ai/").unwrap_or(name), cluster) {
            ("accuracy" | "mean", None) => Some(Metric::Mean),
            ("std", None) => Some(Metric::Deviation),
            ("var", None) => Some(Metric::Variance),
            ("stderr", None) => Some(Metric::Error),
            ("stderr", Some(_)) => Some(Metric::ClusteredError),
            _ => None,
        }
    }

    /// Computes it over numbers, each with its cluster; none where a clustered one lacks a
    /// cluster. Of too few numbers a spread is 0, as in Inspect; of none at all it is NaN.
    pub fn compute(self, numbers: &[(f64, Option<&str>)]) -> Option<f64> {
        let count = numbers.len() as f64;
        if numbers.is_empty() {
            return Some(f64::NAN);
        }
        let mean = numbers.iter().map(|(number, _)| number).sum::<f64>() / count;
        let squares: f64 = numbers.iter().map(|(number, _)| (number - mean).powi(2)).sum();
        let variance = if numbers.len() < 2 { 0.0 } else { squares / (count - 1.0) };
        match self {
            Metric::Mean => Some(mean),
            Metric::Deviation => Some(variance.sqrt()),
            Metric::Variance => Some(variance),
            Metric::Error => Some(variance.sqrt() / count.sqrt()),
            Metric::ClusteredError => clustered(numbers, mean),
        }
    }
}

fn clustered(numbers: &[(f64, Option<&str>)], mean: f64) -> Option<f64> {
    let mut clusters: BTreeMap<&str, f64> = BTreeMap::new();
    for (number, cluster) in numbers {
        *clusters.entry((*cluster)?).or_default() += number - mean;
    }
    let count = clusters.len() as f64;
    if clusters.len() < 2 {
        return Some(0.0);
    }
    let squares: f64 = clusters.values().map(|deviation| deviation.powi(2)).sum();
    Some((squares * count / (count - 1.0)).sqrt() / numbers.len() as f64)
}

/// Whether two computations of a number agree, but for the order in which it was added up.
pub fn agree(one: f64, other: f64) -> bool {
    let scale = one.abs().max(other.abs()).max(1.0);
    // Infinity is near to nothing but itself.
    let is_near = scale.is_finite() && (one - other).abs() <= 1e-9 * scale;
    one == other || (one.is_nan() && other.is_nan()) || is_near
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, numbers: &[(f64, Option<&str>)], expected: Option<f64>) {
        let metric = Metric::of(name, name.contains("cluster").then_some("family"));
        let metric = metric.or_else(|| Metric::of("stderr", Some("family")));
        let found = metric.and_then(|metric| metric.compute(numbers));
        let same = found.zip(expected).is_some_and(|(found, expected)| agree(found, expected));
        assert!(same || found == expected, "{name}: {found:?}, expected {expected:?}");
    }

    #[test]
    fn numbers_agree_but_for_rounding() {
        let check = |one, other, expected| {
            assert_eq!(agree(one, other), expected, "{one} {other}");
            assert_eq!(agree(other, one), expected, "{other} {one}");
        };
        check(0.5, 0.5 + 1e-12, true);
        check(0.5, 0.5 + 1e-6, false);
        check(1e12, 1e12 + 1.0, true);
        check(f64::NAN, f64::NAN, true);
        for odd in [f64::INFINITY, f64::NEG_INFINITY] {
            check(odd, odd, true);
            for other in [0.5, 0.0, f64::MAX, -odd, f64::NAN] {
                check(odd, other, false);
            }
        }
        check(f64::MAX, -f64::MAX, false);
    }

    #[test]
    fn metrics_are_those_of_the_harness() {
        let numbers = [(1.0, Some("a")), (0.0, Some("a")), (0.5, Some("b")), (0.5, Some("c"))];
        check("accuracy", &numbers, Some(0.5));
        check("inspect_ai/mean", &numbers, Some(0.5));
        check("var", &numbers, Some(1.0 / 6.0));
        check("std", &numbers, Some((1.0_f64 / 6.0).sqrt()));
        check("stderr", &numbers, Some((1.0_f64 / 24.0).sqrt()));
        check("clustered", &numbers, Some(0.0));
        check("clustered", &[(1.0, Some("a")), (0.0, Some("b"))], Some(0.5));
        check("clustered", &[(1.0, Some("a")), (0.0, None)], None);
        check("clustered", &[(1.0, Some("a"))], Some(0.0));
        check("stderr", &[(1.0, None)], Some(0.0));
        check("mean", &[], Some(f64::NAN));
        assert_eq!(Metric::of("ci_wilson", None), None);
        assert_eq!(Metric::of("accuracy", Some("family")), None);
    }
}
