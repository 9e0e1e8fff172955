//! Decimal numbers as integers: what the formulas of versions 2 and 3 are computed with.

use super::Points;
use std::ops::{Add, Mul, Sub};

/// Units in one; no formula's exact results have more than 18 decimals where rounding matters.
const ONE: i128 = 1_000_000_000_000_000_000;

/// A number with 18 decimals. The formulas stay between -30 and 30 and multiply nothing beyond 11
/// by more than 8, so no product leaves the integer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Decimal(i128);

impl Decimal {
    /// Zero.
    pub(super) const ZERO: Decimal = Decimal(0);
    /// One.
    pub(super) const ONE: Decimal = Decimal(ONE);

    /// A number given in ten-thousandths: 0.85 is 8500.
    pub(super) const fn parts(parts: i32) -> Decimal {
        Decimal(parts as i128 * (ONE / 10_000))
    }

    /// A score as a number.
    pub(super) const fn of(points: Points) -> Decimal {
        Decimal::parts(points.tenths() as i32 * 1_000)
    }

    /// What is left to one.
    pub(super) fn rest(self) -> Decimal {
        Decimal::ONE - self
    }

    /// The number multiplied with itself.
    pub(super) fn power(self, exponent: u32) -> Decimal {
        (0..exponent).fold(Decimal::ONE, |power, _| power * self)
    }

    /// The nearest tenth, halves away from zero (version 2.0, section 3.2.1).
    pub(super) fn nearest(self) -> Points {
        points(round(self.0, ONE / 10))
    }

    /// The next tenth upwards (version 3.0, section 8).
    pub(super) fn upwards(self) -> Points {
        points(self.0.div_euclid(ONE / 10) + i128::from(self.0.rem_euclid(ONE / 10) != 0))
    }

    /// The next tenth upwards of the number to five decimals (version 3.1, appendix A).
    pub(super) fn upwards_of_five(self) -> Points {
        Decimal(round(self.0, ONE / 100_000) * (ONE / 100_000)).upwards()
    }
}

/// The nearest multiple of a unit, halves away from zero.
fn round(number: i128, unit: i128) -> i128 {
    let half = if number < 0 { -unit / 2 } else { unit / 2 };
    (number + half) / unit
}

/// Tenths as points, held between 0.0 and 10.0.
fn points(tenths: i128) -> Points {
    Points(u8::try_from(tenths.clamp(0, 100)).unwrap_or(0))
}

impl Add for Decimal {
    type Output = Decimal;

    fn add(self, other: Decimal) -> Decimal {
        Decimal(self.0 + other.0)
    }
}

impl Sub for Decimal {
    type Output = Decimal;

    fn sub(self, other: Decimal) -> Decimal {
        Decimal(self.0 - other.0)
    }
}

impl Mul for Decimal {
    type Output = Decimal;

    fn mul(self, other: Decimal) -> Decimal {
        Decimal(round(self.0 * other.0, ONE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_as_each_version_says() {
        for (parts, nearest, upwards, of_five) in [
            (0, 0, 0, 0),
            (40_500, 41, 41, 41),
            (40_499, 40, 41, 41),
            (40_000, 40, 40, 40),
            (40_001, 40, 41, 41),
            (-2_000, 0, 0, 0),
            (120_000, 100, 100, 100),
        ] {
            let number = Decimal::parts(parts);
            let found = [number.nearest(), number.upwards(), number.upwards_of_five()];
            assert_eq!(found.map(Points::tenths), [nearest, upwards, of_five], "{parts}");
        }
        // 4.000002 is 4.0 to five decimals.
        let little = Decimal::parts(40_000) + Decimal(2_000_000_000_000);
        assert_eq!((little.upwards().tenths(), little.upwards_of_five().tenths()), (41, 40));
    }

    #[test]
    fn multiplies_exactly() {
        let product = Decimal::parts(8_500) * Decimal::parts(7_700);
        assert_eq!(product, Decimal::parts(6_545));
        assert_eq!(Decimal::parts(5_000).power(3), Decimal::parts(1_250));
        assert_eq!(Decimal::parts(5_000).rest(), Decimal::parts(5_000));
    }
}
