//! The chance that at least one, or each, of `k` attempts passes (pass@k and pass^k), estimated
//! without bias from `n` attempts of which `c` passed: `1 - C(n-c,k)/C(n,k)` and `C(c,k)/C(n,k)`.

use super::Undefined;

/// The chance that at least one of `k` attempts passes. Not defined with fewer than `k` attempts.
pub fn pass_at(passes: u32, attempts: u32, k: u32) -> Result<f64, Undefined> {
    let failures = attempts.checked_sub(passes).ok_or(Undefined::Passes)?;
    all_among(failures, attempts, k).map(|none| 1.0 - none)
}

/// The chance that each of `k` attempts passes. Not defined with fewer than `k` attempts.
pub fn pass_all(passes: u32, attempts: u32, k: u32) -> Result<f64, Undefined> {
    if passes > attempts {
        return Err(Undefined::Passes);
    }
    all_among(passes, attempts, k)
}

/// `C(marked,k) / C(all,k)`: the chance that `k` drawn without replacement are all marked.
fn all_among(marked: u32, all: u32, k: u32) -> Result<f64, Undefined> {
    if k > all {
        return Err(Undefined::FewAttempts);
    }
    if k > marked {
        return Ok(0.0);
    }
    // Drawing k and missing the others is the same from both sides; the shorter product is taken.
    // Where both are long the product is soon zero: after two million factors at the most.
    let others = all - marked;
    let (short, long) = (k.min(others), k.max(others));
    let mut chance = 1.0;
    for i in 0..short {
        chance *= f64::from(all - long - i) / f64::from(all - i);
        if chance < f64::MIN_POSITIVE {
            return Ok(0.0);
        }
    }
    Ok(chance)
}
