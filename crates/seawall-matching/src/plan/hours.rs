//! A time in hours, as people write it: `6`, `1.5`, `1,5`.

use super::BUDGET_MINUTES_MAX;
use std::fmt;
use std::str::FromStr;

/// A number of hours of at most a week, to the minute.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hours {
    minutes: u32,
}

/// Why a text is no number of hours that can be planned.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HoursFault {
    /// It is no number.
    #[error("cannot read the hours: write a number such as 6 or 1.5")]
    NotANumber,
    /// It is more than a week.
    #[error("cannot plan so many hours: a week has {} of them", BUDGET_MINUTES_MAX / 60)]
    TooMany,
}

/// How many digits before the point are looked at: a week has three.
const WHOLE_DIGITS_MAX: usize = 3;

/// How many digits behind the point may stand: more are finer than a minute.
const PART_DIGITS_MAX: usize = 2;

impl Hours {
    /// The same in minutes.
    pub const fn minutes(self) -> u32 {
        self.minutes
    }
}

impl FromStr for Hours {
    type Err = HoursFault;

    fn from_str(text: &str) -> Result<Self, HoursFault> {
        let text = text.trim();
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > PART_DIGITS_MAX {
            return Err(HoursFault::NotANumber);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > WHOLE_DIGITS_MAX {
            return Err(HoursFault::TooMany);
        }
        // Both are ASCII digits and few; nothing is left of zeros only.
        let number = |text: &str| text.bytes().fold(0, |sum, b| sum * 10 + u32::from(b - b'0'));
        let hundredths = if part.len() == 1 { number(part) * 10 } else { number(part) };
        let minutes = number(whole) * 60 + (hundredths * 60 + 50) / 100;
        match minutes > BUDGET_MINUTES_MAX {
            true => Err(HoursFault::TooMany),
            false => Ok(Hours { minutes }),
        }
    }
}

impl fmt::Display for Hours {
    /// The shortest way to write it that is read as the same minutes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, minutes) = (self.minutes / 60, self.minutes % 60);
        let hundredths = (minutes * 100 + 30) / 60;
        match (hundredths, hundredths % 10) {
            (0, _) => write!(f, "{whole}"),
            (tens, 0) => write!(f, "{whole}.{}", tens / 10),
            (_, _) => write!(f, "{whole}.{hundredths:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Result<u32, HoursFault>) {
        assert_eq!(text.parse().map(Hours::minutes), expected, "{text}");
    }

    #[test]
    fn hours_are_read_to_the_minute() {
        for (text, minutes) in [
            ("6", 360),
            (" 6 ", 360),
            ("0", 0),
            ("0006", 360),
            ("1.5", 90),
            ("1,5", 90),
            ("1.25", 75),
            ("0.01", 1),
            ("0.99", 59),
            ("168", 10_080),
            ("168.00", 10_080),
        ] {
            check(text, Ok(minutes));
        }
        for text in ["", ".", ".5", "5.", "-1", "+1", "1e3", "six", "1.5.5", "1.555", "٦", "NaN"] {
            check(text, Err(HoursFault::NotANumber));
        }
        for text in ["168.1", "169", "9999999999999999999999"] {
            check(text, Err(HoursFault::TooMany));
        }
    }

    #[test]
    fn every_time_is_written_so_that_it_reads_the_same() {
        for minutes in 0..=BUDGET_MINUTES_MAX {
            check(&Hours { minutes }.to_string(), Ok(minutes));
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}", number in "[0-9]{0,30}[.,]?[0-9]{0,30}") {
            let _ = (text.parse::<Hours>(), number.parse::<Hours>());
        }
    }
}
