//! Special functions: the incomplete beta function and the quantiles of the normal and t
//! distributions.
//!
//! Formulas are those of the NIST Digital Library of Mathematical Functions (DLMF): the continued
//! fraction 8.17.22, and Stirling's series 5.11.1 for the factor before it, in C.
//! Loader's arrangement (*Fast and accurate computation of binomial probabilities*, 2000), which
//! loses no digits when the counts are large. Quantiles are found by bisection over the
//! floating-point numbers themselves, which ends after 63 steps on any input.

use super::Undefined;
use core::f64::consts::{FRAC_1_SQRT_2, PI};

/// Beyond this many degrees of freedom the t quantile is expanded around the normal one; the error
/// of the expansion is then below the last digit.
const DEGREES_EXPANDED: f64 = 1e7;

/// Beyond this a quantile of t is not told from an infinite one: its square would overflow.
const T_MAX: f64 = 1e150;

/// A bound on the terms of the continued fraction. It takes a fraction of the square root of the
/// larger parameter: six thousand terms for the largest counts there are.
const FRACTION_TERMS_MAX: f64 = 1e5;

/// The two tails of a distribution at a point; each is exact to its own size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// The probability of at most the point.
    pub lower: f64,
    /// The probability of more than the point.
    pub upper: f64,
}

impl Tails {
    fn of_lower(lower: f64) -> Tails {
        let lower = lower.clamp(0.0, 1.0);
        Tails { lower, upper: 1.0 - lower }
    }

    fn swapped(self) -> Tails {
        Tails { lower: self.upper, upper: self.lower }
    }
}

/// The regularized incomplete beta function at `x` with parameters `a` and `b`, both positive
/// (DLMF 8.17). `y` is 1 - `x`, given apart so that neither end loses digits.
pub fn beta(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x <= 0.0 {
        return Tails { lower: 0.0, upper: 1.0 };
    }
    if y <= 0.0 {
        return Tails { lower: 1.0, upper: 0.0 };
    }
    if x < (a + 1.0) / (a + b + 2.0) {
        Tails::of_lower(beta_below(a, b, x, y))
    } else {
        Tails::of_lower(beta_below(b, a, y, x)).swapped()
    }
}

/// The lower tail where the continued fraction converges quickly.
fn beta_below(a: f64, b: f64, x: f64, y: f64) -> f64 {
    beta_density(a, b, x, y) * (a * (b / (a + b))) / fraction(a, b, x, y)
}

/// `Γ(a+b+1) / (Γ(a+1) Γ(b+1)) · x^a · y^b`, without large intermediate figures.
fn beta_density(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let log = stirling_rest(n)
        - stirling_rest(a)
        - stirling_rest(b)
        - deviance(a, n * x)
        - deviance(b, n * y);
    libm::exp(log) * (n / (2.0 * PI * a * b)).sqrt()
}

/// What Stirling's formula leaves of the logarithm of `Γ(n+1)`.
fn stirling_rest(n: f64) -> f64 {
    if n < 16.0 {
        let half_log_two_pi = 0.5 * libm::log(2.0 * PI);
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - half_log_two_pi;
    }
    let square = n * n;
    let tail = 1.0 / 1260.0 - (1.0 / 1680.0 - (1.0 / 1188.0) / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - tail / square) / square) / n
}

/// `x ln(x/m) + m - x`, without cancellation where the two are close.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) + m - x;
    }
    let ratio = difference / (x + m);
    let square = ratio * ratio;
    let mut sum = difference * ratio;
    let mut power = 2.0 * x * ratio;
    for odd in 1..1000 {
        power *= square;
        let next = sum + power / f64::from(2 * odd + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The reciprocal of the continued fraction of the incomplete beta function, by Lentz's method.
///
/// It is the even part of DLMF 8.17.22 as A. R. DiDonato and A. H. Morris write it (ACM TOMS 18,
/// 1992, equation 9): `a - (a+b)x` enters as one figure, so that nothing cancels near either end.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let excess = if x <= 0.5 { a - (a + b) * x } else { (a + b) * y - b };
    let mut value = a * (excess + 1.0) / (a + 1.0);
    let (mut c, mut d) = (value, 0.0);
    let mut n = 1.0;
    while n < FRACTION_TERMS_MAX {
        let s = a + 2.0 * n - 1.0;
        let above = (a + n - 1.0) / s * ((a + b + n - 1.0) / s) * n * (b - n) * x * x;
        let own = n
            + n * (b - n) * x / s
            + (a + n) * (excess + 1.0 + n * (1.0 + y)) / (a + 2.0 * n + 1.0);
        d = 1.0 / (own + above * d);
        c = own + above / c;
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() < 3e-16 {
            break;
        }
        n += 1.0;
    }
    value
}

/// The largest floating-point number from 0 to `top` for which `holds`, which is true at first and
/// then false; 0 when it never is.
pub(super) fn last_where(top: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0u64, top.max(0.0).to_bits());
    if holds(top) {
        return top;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(f64::from_bits(middle)) { low = middle } else { high = middle }
    }
    f64::from_bits(low)
}

/// The upper tail of the normal distribution.
pub fn normal_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// The quantile of the normal distribution at probability `p`.
pub fn normal_quantile(p: f64) -> Result<f64, Undefined> {
    signed(p, |tail| last_where(40.0, |z| normal_tail(z) >= tail))
}

/// The upper tail of Student's t distribution with `degrees` of freedom.
pub fn t_tail(t: f64, degrees: f64) -> f64 {
    let upper = 0.5 * t_beta(t.abs(), degrees).lower;
    if t < 0.0 { 1.0 - upper } else { upper }
}

/// The quantile of Student's t distribution at probability `p`.
pub fn t_quantile(p: f64, degrees: f64) -> Result<f64, Undefined> {
    if !(degrees > 0.0 && degrees.is_finite()) {
        return Err(Undefined::Degrees);
    }
    if degrees > DEGREES_EXPANDED {
        return normal_quantile(p).map(|z| expanded(z, degrees));
    }
    let value = signed(p, |tail| {
        // Near the middle the tail says little, and the mass around zero says it all.
        let middle = 1.0 - 2.0 * tail;
        last_where(T_MAX, |t| {
            let mass = t_beta(t, degrees);
            if tail < 0.25 { 0.5 * mass.lower >= tail } else { mass.upper <= middle }
        })
    })?;
    if value.abs() < T_MAX { Ok(value) } else { Err(Undefined::TooLarge) }
}

/// Twice the upper tail of t, as a lower tail of the beta distribution (DLMF 8.17.2).
fn t_beta(t: f64, degrees: f64) -> Tails {
    let root = degrees.sqrt();
    let (x, y) = if t < root {
        let square = (t / root) * (t / root);
        (1.0 / (1.0 + square), square / (1.0 + square))
    } else {
        let square = (root / t) * (root / t);
        (square / (1.0 + square), 1.0 / (1.0 + square))
    };
    beta(0.5 * degrees, 0.5, x, y)
}

/// Applies to the smaller tail of `p` and gives the answer its sign.
fn signed(p: f64, positive: impl Fn(f64) -> f64) -> Result<f64, Undefined> {
    if !(p > 0.0 && p < 1.0) {
        return Err(Undefined::Probability);
    }
    Ok(match p {
        p if p < 0.5 => -positive(p),
        p if p > 0.5 => positive(1.0 - p),
        _ => 0.0,
    })
}

/// The t quantile from the normal one (Abramowitz and Stegun 26.7.5).
fn expanded(z: f64, degrees: f64) -> f64 {
    let square = z * z;
    let first = z * (square + 1.0) / 4.0;
    let second = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    let third = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    z + (first + (second + third / degrees) / degrees) / degrees
}
