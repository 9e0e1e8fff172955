//! Several tests at once, by S. Holm's step-down method (1979).

/// The level at which each of several tests is held, by how many stronger ones came before it.
///
/// The strongest of `among` tests is held at `alpha/among`, the next at `alpha/(among-1)`, and so
/// on; the first that does not hold ends it. `place` counts from zero.
pub fn divisor(place: usize, among: usize) -> u32 {
    u32::try_from(among.saturating_sub(place).max(1)).unwrap_or(u32::MAX)
}

/// Which of the tests hold at the common level, given their probabilities.
pub fn hold(probabilities: &[f64], alpha: f64) -> Vec<bool> {
    adjusted(probabilities).into_iter().map(|adjusted| adjusted <= alpha).collect()
}

/// Holm's adjusted probabilities: each is the smallest common level at which its test holds.
/// A probability that is no number counts as 1.
pub fn adjusted(probabilities: &[f64]) -> Vec<f64> {
    let plain = |value: f64| if value.is_nan() { 1.0 } else { value.clamp(0.0, 1.0) };
    let mut order: Vec<(f64, usize)> =
        probabilities.iter().enumerate().map(|(place, value)| (plain(*value), place)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut adjusted = vec![1.0; probabilities.len()];
    let mut largest = 0.0f64;
    for (rank, (value, place)) in order.iter().enumerate() {
        largest = largest.max(value * f64::from(divisor(rank, probabilities.len()))).min(1.0);
        if let Some(slot) = adjusted.get_mut(*place) {
            *slot = largest;
        }
    }
    adjusted
}
