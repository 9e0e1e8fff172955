//! Numbers of a protocol: decimals with exactly one spelling each.
//!
//! `0.1`, `0.10` and `1e-1` would be one number and three commitments, so a protocol holds numbers
//! as text in canonical form only: no exponent, no plus, no needless zero, no minus zero. They are
//! compared digit by digit; nothing is rounded on the way.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The longest decimal in characters; thresholds and shares have below ten.
pub const DECIMAL_LEN_MAX: usize = 40;

/// A decimal number in its one spelling, such as `0.05`, `-3` or `120`.
#[derive(Clone, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(String);

/// The text is not a decimal in canonical form.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read decimal `{0}`: it must have one spelling, such as `0.05` or `120`")]
pub struct NotADecimal(pub String);

impl Decimal {
    /// The number as its digits say.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The nearest binary number, for whoever computes with it.
    pub fn nearest(&self) -> f64 {
        // A canonical decimal of this length always reads as a finite number.
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// One half.
    pub fn half() -> Decimal {
        Decimal("0.5".to_owned())
    }

    /// Whether it is below zero, its whole digits, and those behind the point.
    fn parts(&self) -> (bool, &str, &str) {
        let digits = self.0.strip_prefix('-').unwrap_or(&self.0);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        (self.0.starts_with('-'), whole, part)
    }
}

fn is_canonical(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole_fits = all_digits(whole) && (whole == "0" || !whole.starts_with('0'));
    let part_fits = part.is_none_or(|part| all_digits(part) && !part.ends_with('0'));
    text.len() <= DECIMAL_LEN_MAX && whole_fits && part_fits && text != "-0"
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Decimal, NotADecimal> {
        match is_canonical(text) {
            true => Ok(Decimal(text.to_owned())),
            false => Err(NotADecimal(text.chars().take(DECIMAL_LEN_MAX).collect())),
        }
    }
}

impl TryFrom<String> for Decimal {
    type Error = NotADecimal;

    fn try_from(text: String) -> Result<Decimal, NotADecimal> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> String {
        decimal.0
    }
}

impl From<u64> for Decimal {
    fn from(number: u64) -> Decimal {
        Decimal(number.to_string())
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        let ((minus, whole, part), (other_minus, other_whole, other_part)) =
            (self.parts(), other.parts());
        // Neither has needless zeros, so a longer whole is larger, and parts compare as texts.
        let by_size = whole
            .len()
            .cmp(&other_whole.len())
            .then_with(|| whole.cmp(other_whole))
            .then_with(|| part.cmp(other_part));
        match (minus, other_minus) {
            (false, false) => by_size,
            (true, true) => by_size.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A sealed number must not reach a log by way of debug output.
impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decimal(…)")
    }
}

/// A whole number, written as a canonical decimal text.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Count(pub u64);

impl TryFrom<String> for Count {
    type Error = NotADecimal;

    fn try_from(text: String) -> Result<Count, NotADecimal> {
        let number = text.parse().ok().filter(|number: &u64| number.to_string() == text);
        number.map(Count).ok_or_else(|| NotADecimal(text.chars().take(DECIMAL_LEN_MAX).collect()))
    }
}

impl From<Count> for String {
    fn from(count: Count) -> String {
        count.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(text.parse::<Decimal>().is_ok(), expected, "{text}");
    }

    #[test]
    fn every_number_has_one_spelling() {
        for text in ["0", "1", "-1", "0.5", "-0.5", "120", "0.05", "10.01"] {
            check(text, true);
        }
        for text in ["", "-", ".", "+1", "01", "1.", ".5", "0.50", "1e-1", "-0", "-0.0", "1.0"] {
            check(text, false);
        }
        for text in ["NaN", "inf", "0x1", " 1", "1 ", "1,5", "１", "0.5\n", "--1", "1.2.3"] {
            check(text, false);
        }
        check(&"9".repeat(DECIMAL_LEN_MAX), true);
        check(&"9".repeat(DECIMAL_LEN_MAX + 1), false);
    }

    #[test]
    fn decimals_are_ordered_by_value() {
        let texts = ["-12", "-2", "-0.51", "-0.5", "0", "0.05", "0.1", "0.11", "1", "1.5", "11"];
        let numbers: Vec<Decimal> = texts.iter().map(|text| text.parse().unwrap()).collect();
        assert!(numbers.is_sorted());
        assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn debug_output_keeps_the_number() {
        let shown = format!("{:?}", "0.6180339".parse::<Decimal>().unwrap());
        assert_eq!(shown, "Decimal(…)");
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_numbers(one in -9_999i64..9_999, other in -9_999i64..9_999) {
            let decimal = |number: i64| -> Decimal {
                let (whole, part) = (number.abs() / 100, number.abs() % 100);
                let text = format!("{whole}.{part:02}");
                let text = text.trim_end_matches('0').trim_end_matches('.');
                format!("{}{text}", if number < 0 { "-" } else { "" }).parse().unwrap()
            };
            prop_assert_eq!(decimal(one).cmp(&decimal(other)), one.cmp(&other));
        }

        #[test]
        fn reading_never_panics(text: String) {
            if let Ok(decimal) = text.parse::<Decimal>() {
                prop_assert_eq!(decimal.text(), text.as_str());
                prop_assert!(decimal.nearest().is_finite());
            }
        }
    }
}
