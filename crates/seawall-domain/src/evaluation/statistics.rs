//! The estimators of evaluations: shares, intervals, clustered errors, time horizons, person fit.
//!
//! Pure arithmetic over a [`Battery`](super::battery::Battery). Every sum is taken in the order of
//! the battery and every transcendental function comes from `libm`, which is the same code on every
//! machine; so whoever recomputes a figure gets the same bits. Nothing here decides anything: that
//! is [`decision`](super::decision). In plain words: `docs/determination.md`.

pub mod bootstrap;
pub mod bound;
pub mod budget;
pub mod clustered;
pub mod design;
pub mod holm;
pub mod horizon;
pub mod irt;
pub mod kappa;
mod logistic;
pub mod missing;
pub mod paired;
pub mod pass;
pub mod proportion;
pub mod range;
pub mod special;
pub mod summary;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// Why a figure does not exist for what was given.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Undefined {
    /// The level of an error is not above 0 and at most one half.
    #[error("the level of error lies above 0 and is at most 0.5")]
    Alpha,
    /// A probability is not strictly between 0 and 1.
    #[error("a probability lies strictly between 0 and 1")]
    Probability,
    /// Degrees of freedom are not positive and finite.
    #[error("degrees of freedom are positive and finite")]
    Degrees,
    /// The figure is too large for a floating-point number.
    #[error("the figure is too large to be written")]
    TooLarge,
    /// A task has more passes than attempts.
    #[error("there are more passes than attempts")]
    Passes,
    /// There is nothing to count.
    #[error("there is no observed attempt")]
    NoAttempts,
    /// Fewer attempts than the figure speaks of.
    #[error("there are fewer attempts than the figure speaks of")]
    FewAttempts,
    /// Some tasks have a weight and some have none, or a weight is not positive and finite.
    #[error("weights are positive and finite, and either all tasks have one or none")]
    Weights,
    /// One family alone says nothing about how families differ.
    #[error("there are fewer than two families")]
    OneFamily,
    /// No task says how long people take.
    #[error("no task with attempts says how long people take")]
    NoMinutes,
    /// A human time is not positive and finite.
    #[error("human minutes are positive and finite")]
    Minutes,
    /// Every attempt passed, so the curve has no end.
    #[error("every attempt passed")]
    AllPassed,
    /// Every attempt failed, so the curve has no beginning.
    #[error("every attempt failed")]
    AllFailed,
    /// All tasks are equally long.
    #[error("all tasks take people equally long")]
    OneLength,
    /// Passes and failures do not overlap in length: the likelihood has no maximum.
    #[error("passes and failures do not overlap, so the slope has no estimate")]
    Separated,
    /// The iteration did not settle.
    #[error("the fit did not settle")]
    Unsettled,
    /// Success does not fall with length.
    #[error("success does not fall with length, so there is no horizon")]
    Rising,
    /// An item's parameters are not usable.
    #[error("an item has a positive, finite discrimination and a finite difficulty")]
    Items,
    /// More than the engine takes in one piece.
    #[error("the battery is larger than this figure is computed for")]
    TooMany,
    /// Two lists that belong together differ in length.
    #[error("two lists that belong together differ in length")]
    Unequal,
    /// Nothing varies, so there is nothing to compare with.
    #[error("nothing varies")]
    Constant,
}

/// A level of error for a one-sided bound: the chance that the bound is on the wrong side.
///
/// Above 0 and at most one half; above that a lower bound would lie over the upper.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Alpha(f64);

impl TryFrom<f64> for Alpha {
    type Error = Undefined;

    fn try_from(level: f64) -> Result<Alpha, Undefined> {
        Alpha::new(level)
    }
}

impl From<Alpha> for f64 {
    fn from(alpha: Alpha) -> f64 {
        alpha.0
    }
}

impl Alpha {
    /// Takes a level of error.
    pub fn new(level: f64) -> Result<Alpha, Undefined> {
        if level > 0.0 && level <= 0.5 { Ok(Alpha(level)) } else { Err(Undefined::Alpha) }
    }

    /// The level as a number.
    pub fn level(self) -> f64 {
        self.0
    }

    /// The level that each of several looks or tests gets when they share this one (Bonferroni).
    pub fn shared(self, among: u32) -> Alpha {
        Alpha((self.0 / f64::from(among.max(1))).max(f64::MIN_POSITIVE))
    }
}

/// A lower and an upper bound, each one-sided, within 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The lower bound.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
}
