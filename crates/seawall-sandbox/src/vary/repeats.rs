//! What can be counted: numbers in a text, and what stands there again and again.

use super::{GROWTH_BYTES_MAX, Input, names};
use std::ops::Range;

/// So much of an input is searched for what repeats.
const SEARCHED_BYTES_MAX: usize = 1024 * 1024;
/// What repeats is at most so long.
const PERIOD_MAX: usize = 32;
/// Fewer bytes in all are no repetition.
const REPEATED_BYTES_MIN: usize = 6;
/// Of each period, so many are looked at, the longest.
const FOUND_MAX: usize = 16;
/// So many repetitions are changed, the longest.
const REPEATS_MAX: usize = 4;
/// So many numbers are changed one by one.
const NUMBERS_MAX: usize = 8;

/// A stretch in which the same stands again and again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Repeat {
    /// Where; a whole number of periods.
    span: Range<usize>,
    /// How long what repeats is.
    period: usize,
}

/// The longest repetitions that do not overlap; of equal ones that with the shorter period.
pub(super) fn repeats(bytes: &[u8]) -> Vec<Repeat> {
    let bytes = bytes.get(..SEARCHED_BYTES_MAX).unwrap_or(bytes);
    let mut all: Vec<Repeat> = Vec::new();
    for period in 1..=PERIOD_MAX {
        let mut found = Vec::new();
        let mut start = 0;
        while start + period < bytes.len() {
            let (here, later) = (bytes.get(start..), bytes.get(start + period..));
            let pairs = here.unwrap_or_default().iter().zip(later.unwrap_or_default());
            let equal = pairs.take_while(|(a, b)| a == b).count();
            let length = (equal + period) / period * period;
            if length >= REPEATED_BYTES_MIN.max(3 * period) {
                found.push(Repeat { span: start..start + length, period });
            }
            start += equal + 1;
        }
        found.sort_by_key(|repeat| std::cmp::Reverse(repeat.span.len()));
        all.extend(found.into_iter().take(FOUND_MAX));
    }
    all.sort_by_key(|repeat| (std::cmp::Reverse(repeat.span.len()), repeat.period));
    let mut chosen: Vec<Repeat> = Vec::new();
    for repeat in all {
        let apart = |other: &Repeat| {
            other.span.end <= repeat.span.start || repeat.span.end <= other.span.start
        };
        if chosen.iter().all(apart) {
            chosen.push(repeat);
        }
        if chosen.len() == REPEATS_MAX {
            break;
        }
    }
    chosen
}

/// The input with some repetitions at another length, in bytes.
fn at_length(
    input: &Input<'_>,
    chosen: &[Repeat],
    length: impl Fn(&Repeat) -> usize,
) -> Option<Vec<u8>> {
    let mut chosen: Vec<&Repeat> = chosen.iter().collect();
    if chosen.is_empty() {
        return None;
    }
    chosen.sort_by_key(|repeat| repeat.span.start);
    let mut other = Vec::new();
    let mut at = 0;
    for repeat in chosen {
        let (start, period) = (repeat.span.start, repeat.period);
        other.extend_from_slice(input.bytes.get(at..start).unwrap_or_default());
        let most = repeat.span.len() + input.bytes.len().max(GROWTH_BYTES_MAX);
        let unit = input.bytes.get(start..start + period).unwrap_or_default();
        other.extend_from_slice(&unit.repeat(length(repeat).min(most) / period));
        at = repeat.span.end;
    }
    other.extend_from_slice(input.bytes.get(at..).unwrap_or_default());
    Some(other)
}

/// Repetitions made longer: all to twice, then each by some steps.
pub(super) fn longer(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let Some(turn) = turn.checked_sub(1) else {
        return at_length(input, &input.repeats, |repeat| 2 * repeat.span.len());
    };
    let chosen = input.repeats.get(turn / 4..turn / 4 + 1)?;
    at_length(input, chosen, |repeat| match turn % 4 {
        0 => repeat.span.len() + repeat.period,
        1 => 2 * repeat.span.len(),
        2 => 4 * repeat.span.len(),
        _ => 16 * repeat.span.len(),
    })
}

/// Repetitions made shorter: all to half, then each by some steps.
pub(super) fn shorter(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let Some(turn) = turn.checked_sub(1) else {
        return at_length(input, &input.repeats, |repeat| repeat.span.len() / 2);
    };
    let chosen = input.repeats.get(turn / 4..turn / 4 + 1)?;
    at_length(input, chosen, |repeat| match turn % 4 {
        0 => repeat.span.len() - repeat.period,
        1 => repeat.span.len() / 2,
        2 => repeat.span.len() / 4,
        _ => 2 * repeat.period,
    })
}

/// A number in a text.
struct Number {
    span: Range<usize>,
    value: u64,
    hexadecimal: bool,
}

/// What becomes of a number, by turn.
const STEPS: [fn(u64) -> u64; 9] = [
    |n| n.saturating_add(1),
    |n| n.saturating_mul(2),
    |n| n.saturating_sub(1),
    |n| n.saturating_mul(10),
    |_| 1 << 31,
    |_| 1 << 32,
    |_| (1 << 31) - 1,
    |_| (1 << 32) - 1,
    |n| n / 2,
];

/// Numbers: all by one and to twice, then one after another by some steps.
pub(super) fn number(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let numbers = numbers(input.text);
    let put = |chosen: &[Number], step: fn(u64) -> u64| {
        let change = |number: &Number| {
            let value = step(number.value);
            let text = if number.hexadecimal { format!("{value:x}") } else { value.to_string() };
            (number.span.clone(), text)
        };
        names::spliced(input.text, chosen.iter().map(change))
    };
    if numbers.is_empty() {
        return None;
    }
    if let Some(step) = STEPS.get(turn).filter(|_| turn < 2) {
        return Some(put(&numbers, *step));
    }
    let (step, at) = ((turn - 2) / numbers.len(), (turn - 2) % numbers.len());
    Some(put(numbers.get(at..at + 1)?, *STEPS.get(step)?))
}

/// Digits that are not part of a word or of an escape.
fn numbers(text: &str) -> Vec<Number> {
    let bytes = text.as_bytes();
    let mut numbers = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).filter(|_| numbers.len() < NUMBERS_MAX) {
        let rest = bytes.get(at..).unwrap_or_default();
        let escape = super::escapes::escape_len(bytes, at);
        let run = |from: usize, is: fn(&u8) -> bool| {
            rest.iter().skip(from).take_while(|byte| is(byte)).count()
        };
        let length = if escape > 0 {
            escape
        } else if matches!(rest, [b'0', b'x' | b'X', ..]) {
            let digits = run(2, u8::is_ascii_hexdigit);
            let span = at + 2..at + 2 + digits;
            let value = text.get(span.clone()).map(|text| u64::from_str_radix(text, 16));
            if let Some(Ok(value)) = value {
                numbers.push(Number { span, value, hexadecimal: true });
            }
            2 + digits
        } else if byte.is_ascii_digit() {
            let digits = run(0, u8::is_ascii_digit);
            let span = at..at + digits;
            if let Some(Ok(value)) = text.get(span.clone()).map(str::parse) {
                numbers.push(Number { span, value, hexadecimal: false });
            }
            digits
        } else {
            // A word with its digits is passed over as a whole.
            run(0, |byte| byte.is_ascii_alphanumeric() || *byte == b'_').max(1)
        };
        at += length;
    }
    numbers
}
