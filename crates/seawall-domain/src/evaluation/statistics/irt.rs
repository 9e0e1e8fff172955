//! Ability on frozen items (two-parameter logistic item response theory), and whether the pattern
//! of passes fits it.
//!
//! For joining versions of a battery and for noticing odd patterns (easy tasks failed, hard ones
//! passed), never for the headline.

use super::Undefined;

/// Bounds on an item's parameters; real ones lie between 0.1 and 10, and between -10 and 10.
const PARAMETER_MAX: f64 = 1e6;

/// One item with its parameters as the protocol froze them, and what was observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// How sharply it tells abilities apart; positive.
    pub discrimination: f64,
    /// The ability at which half pass.
    pub difficulty: f64,
    /// Attempts that passed.
    pub passes: u32,
    /// Attempts.
    pub attempts: u32,
}

/// An estimate of ability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ability {
    /// The ability that makes what was observed most likely.
    pub theta: f64,
    /// Its standard error: one over the root of the information.
    pub stderr: f64,
    /// The standardised log-likelihood `l_z`; strongly negative when the pattern fits no ability.
    /// Absent when nothing about the pattern was uncertain.
    pub person_fit: Option<f64>,
}

/// Estimates ability: the root of `Σ a (u - n P)`, which falls everywhere. Not defined when every
/// attempt passed or every one failed.
pub fn ability(items: &[Item]) -> Result<Ability, Undefined> {
    usable(items)?;
    let theta = root(items);
    let (mut information, mut surprise, mut variance) = (0.0, 0.0, 0.0);
    for item in items {
        let (n, passes) = (f64::from(item.attempts), f64::from(item.passes));
        let odds = item.discrimination * (theta - item.difficulty);
        let chance = chance(odds);
        let spread = n * chance * (1.0 - chance);
        information += item.discrimination * item.discrimination * spread;
        // ln P - ln Q is the log-odds, so the likelihood less its mean is (u - n P) · log-odds.
        surprise += (passes - n * chance) * odds;
        variance += spread * odds * odds;
    }
    let stderr = 1.0 / information.sqrt();
    if !stderr.is_finite() {
        return Err(Undefined::TooLarge);
    }
    let person_fit = (variance > 0.0).then(|| surprise / variance.sqrt());
    Ok(Ability { theta, stderr, person_fit })
}

fn usable(items: &[Item]) -> Result<(), Undefined> {
    let within = |item: &Item| {
        item.discrimination > 1.0 / PARAMETER_MAX
            && item.discrimination < PARAMETER_MAX
            && item.difficulty.abs() < PARAMETER_MAX
    };
    if !items.iter().all(within) {
        return Err(Undefined::Items);
    }
    if items.iter().any(|item| item.passes > item.attempts) {
        return Err(Undefined::Passes);
    }
    if items.iter().all(|item| item.attempts == 0) {
        return Err(Undefined::NoAttempts);
    }
    if items.iter().all(|item| item.passes == item.attempts) {
        return Err(Undefined::AllPassed);
    }
    if items.iter().all(|item| item.passes == 0) {
        return Err(Undefined::AllFailed);
    }
    Ok(())
}

fn chance(odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-odds))
}

/// The root, between ends that are moved apart until they hold it: by halving until the two are
/// neighbours among the floating-point numbers, at most some hundred steps.
fn root(items: &[Item]) -> f64 {
    let excess = |theta: f64| -> f64 {
        let of = |item: &Item| {
            let chance = chance(item.discrimination * (theta - item.difficulty));
            item.discrimination * (f64::from(item.passes) - f64::from(item.attempts) * chance)
        };
        items.iter().map(of).sum()
    };
    let mut reach = 1.0;
    while reach < 1e12 && !(excess(-reach) > 0.0 && excess(reach) < 0.0) {
        reach *= 2.0;
    }
    let (mut low, mut high) = (-reach, reach);
    for _ in 0..1100 {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            break;
        }
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
    low + 0.5 * (high - low)
}
