//! Money: what a model's tokens cost, in whole millionths of a dollar and never in fractions.
//!
//! A price is for a million tokens, so what a request costs is a product divided by a million and
//! rounded up. Tokens that the provider had in its cache, or puts there, have prices of their own
//! where there are any (FRONTIER 4.3).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How many tokens a price is for.
const TOKENS: u128 = 1_000_000;

/// The most digits before the point.
const WHOLE_DIGITS_MAX: usize = 12;
/// The most digits behind it.
const FRACTION_DIGITS_MAX: usize = 6;

/// An amount of money in millionths of a dollar; as text, dollars in decimal: `12.50`.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money {
    /// Millionths of a dollar.
    pub micros: u64,
}

/// The text is no amount of money.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "it must be dollars as a decimal text such as \"12.50\", with at most {FRACTION_DIGITS_MAX} \
     digits behind the point"
)]
pub struct NotMoney;

impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Money, NotMoney> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(NotMoney),
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fits =
            (1..=WHOLE_DIGITS_MAX).contains(&whole.len()) && fraction.len() <= FRACTION_DIGITS_MAX;
        if !fits || !digits(whole) || !digits(fraction) {
            return Err(NotMoney);
        }
        let micros = format!("{whole}{fraction:0<FRACTION_DIGITS_MAX$}");
        micros.parse().map(|micros| Money { micros }).map_err(|_| NotMoney)
    }
}

impl TryFrom<String> for Money {
    type Error = NotMoney;

    fn try_from(text: String) -> Result<Money, NotMoney> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let fraction = format!("{rest:06}");
        let kept = fraction.trim_end_matches('0').len().max(2);
        write!(f, "{whole}.{}", fraction.get(..kept).unwrap_or(&fraction))
    }
}

/// Tokens of one request, by what they cost.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tokens {
    /// All that went in, those of a cache with them.
    pub input: u64,
    /// Of these, those that the provider read from its cache.
    pub cached: u64,
    /// Of these, those that it put into its cache.
    pub stored: u64,
    /// What came out.
    pub output: u64,
}

/// What a million tokens of one model cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// That go in.
    #[serde(rename = "in")]
    pub input: Money,
    /// That come out.
    #[serde(rename = "out")]
    pub output: Money,
    /// That go in and are in the provider's cache; without a price of their own, as any that go in.
    pub cached: Option<Money>,
    /// That go in and are put into the cache; without a price of their own, as any that go in.
    pub stored: Option<Money>,
}

impl Price {
    /// What the tokens cost, in millionths of a dollar, rounded up; at most what can be counted.
    pub fn cost(&self, tokens: &Tokens) -> u64 {
        let cached = tokens.cached.min(tokens.input);
        let stored = tokens.stored.min(tokens.input - cached);
        let plain = tokens.input - cached - stored;
        sum(&[
            (plain, self.input),
            (cached, self.cached.unwrap_or(self.input)),
            (stored, self.stored.unwrap_or(self.input)),
            (tokens.output, self.output),
        ])
    }

    /// What so many tokens cost at most, whatever of them a cache has.
    pub fn cost_max(&self, input: u64, output: u64) -> u64 {
        let dearest = [Some(self.input), self.cached, self.stored].into_iter().flatten().max();
        sum(&[(input, dearest.unwrap_or(self.input)), (output, self.output)])
    }
}

fn sum(parts: &[(u64, Money)]) -> u64 {
    let product = |(tokens, price): &(u64, Money)| u128::from(*tokens) * u128::from(price.micros);
    let sum = parts.iter().map(product).fold(0, u128::saturating_add);
    u64::try_from(sum.div_ceil(TOKENS)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn money_is_decimal_and_has_one_value() {
        fn check(text: &str, expected: Option<u64>) {
            assert_eq!(text.parse::<Money>().ok().map(|it| it.micros), expected, "{text}");
        }
        check("0", Some(0));
        check("3", Some(3_000_000));
        check("3.00", Some(3_000_000));
        check("0.075", Some(75_000));
        check("0.000001", Some(1));
        check("999999999999.999999", Some(999_999_999_999_999_999));
        for bad in [
            "",
            ".",
            "3.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "1,5",
            " 1",
            "1 ",
            "0.0000001",
            "1.2.3",
            "x",
            "1000000000000",
            "NaN",
            "٣",
        ] {
            check(bad, None);
        }
        let shown = |micros| Money { micros }.to_string();
        assert_eq!([shown(0), shown(75_000), shown(12_500_000)], ["0.00", "0.075", "12.50"]);
        assert_eq!(shown(1), "0.000001");
    }

    fn price() -> Price {
        let money = |text: &str| text.parse::<Money>().unwrap();
        let (cached, stored) = (Some(money("0.30")), Some(money("3.75")));
        Price { input: money("3.00"), output: money("15.00"), cached, stored }
    }

    #[test]
    fn a_request_costs_the_sum_of_its_tokens_rounded_up() {
        fn check((input, cached, stored, output): (u64, u64, u64, u64), expected: u64) {
            let told = price().cost(&Tokens { input, cached, stored, output });
            assert_eq!(told, expected, "{input} {cached} {stored} {output}");
        }
        check((0, 0, 0, 0), 0);
        check((1_000_000, 0, 0, 0), 3_000_000);
        check((0, 0, 0, 1_000), 15_000);
        check((1_000, 400, 0, 0), 600 * 3 + 120);
        check((1_000, 400, 600, 0), 120 + 2_250);
        check((1, 1, 0, 0), 1);
        // More in the cache than went in is not believed.
        check((10, 99, 99, 0), 3);
        check((u64::MAX, 0, 0, u64::MAX), u64::MAX);
        let plain = Price { cached: None, stored: None, ..price() };
        assert_eq!(plain.cost(&Tokens { input: 10, cached: 5, stored: 5, output: 0 }), 30);
    }

    proptest! {
        /// What is set aside is never less than what is settled within it.
        #[test]
        fn what_is_set_aside_is_enough(
            prices in prop::array::uniform4(0u64..1_000_000_000),
            input: u64, output: u64, cached: u64, stored: u64, fewer in 0u64..1_000,
        ) {
            let [a, b, c, d] = prices.map(|micros| Money { micros });
            let price = Price { input: a, output: b, cached: Some(c), stored: Some(d) };
            let tokens = Tokens {
                input: input.saturating_sub(fewer), cached, stored,
                output: output.saturating_sub(fewer),
            };
            prop_assert!(price.cost(&tokens) <= price.cost_max(input, output));
        }

        #[test]
        fn money_reads_back_and_never_panics(
            micros in 0..=999_999_999_999_999_999u64, text: String,
        ) {
            let money = Money { micros };
            prop_assert_eq!(money.to_string().parse(), Ok(money));
            let _ = text.parse::<Money>();
        }
    }
}
