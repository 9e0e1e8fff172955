//! Bytes that are no text: lengths, stretches, single bytes, what stands before and after.

use super::{GROWTH_BYTES_MAX, Input};
use std::ops::Range;

/// So much of an input is searched for words.
const SEARCHED_BYTES_MAX: usize = 64 * 1024;
/// So much of an input is searched for lengths: heads are what has them.
const HEAD_BYTES_MAX: usize = 8 * 1024;
/// So many fields are changed, the likeliest.
const FIELDS_MAX: usize = 24;
/// So many single bytes are changed, and so many ends cut off.
const PLACES_MAX: usize = 16;
/// What a word in a binary is at least.
const WORD_BYTES_MIN: usize = 4;

/// A field that may hold a length or a count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Field {
    at: usize,
    width: usize,
    order: Order,
    value: u64,
    likely: Likely,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Order {
    Little,
    Big,
}

/// How likely a field is a length; the likeliest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Likely {
    /// It says exactly how much follows, or how long the whole is.
    Exactly,
    /// It says less than what follows.
    Possibly,
    /// It says by so much more than what follows: small for its width, or as large as can be.
    Beyond(u64),
}

/// What becomes of a field, by turn.
const STEPS: [fn(u64) -> u64; 6] = [
    |n| n.wrapping_add(1),
    |n| n.wrapping_sub(1),
    |n| n.wrapping_mul(2),
    |_| u64::MAX,
    |_| 0,
    |n| n / 2,
];

/// One field at a time by one step: likely fields and first steps before others.
pub(super) fn length(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let fields = fields(input.bytes);
    let pairs = (0..fields.len()).flat_map(|field| (0..STEPS.len()).map(move |step| (field, step)));
    let mut pairs: Vec<(usize, usize)> = pairs.collect();
    pairs.sort_by_key(|(field, step)| (field + step, *step));
    let (field, step) = *pairs.get(turn)?;
    let (field, step) = (fields.get(field)?, STEPS.get(step)?);
    let mut bytes = input.bytes.to_vec();
    let value = step(field.value);
    let place = bytes.get_mut(field.at..field.at + field.width)?;
    for (at, byte) in place.iter_mut().enumerate() {
        let shift = match field.order {
            Order::Little => at,
            Order::Big => field.width - 1 - at,
        };
        *byte = value.to_le_bytes().get(shift).copied().unwrap_or(0);
    }
    Some(bytes)
}

fn fields(bytes: &[u8]) -> Vec<Field> {
    let mut all = Vec::new();
    for at in 0..bytes.len().min(HEAD_BYTES_MAX) {
        for (width, order) in
            [(4, Order::Little), (4, Order::Big), (2, Order::Little), (2, Order::Big)]
        {
            let Some(place) = bytes.get(at..at + width) else { continue };
            let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
            let value = match order {
                Order::Little => place.iter().rev().fold(0, add),
                Order::Big => place.iter().fold(0, add),
            };
            let (whole, left) = (bytes.len() as u64, (bytes.len() - at - width) as u64);
            let likely = match value {
                0 => continue,
                value if value == left || value == whole || value == left + width as u64 => {
                    Likely::Exactly
                }
                value if value < left => Likely::Possibly,
                value if is_beyond(value, width) => Likely::Beyond(value - left),
                _ => continue,
            };
            all.push(Field { at, width, order, value, likely });
        }
    }
    // The same bytes are a length in one order and width only: the wider and likelier one.
    all.sort_by_key(|field| (field.likely, std::cmp::Reverse(field.width), field.at));
    let mut chosen: Vec<Field> = Vec::new();
    for field in all {
        let apart = |other: &Field| {
            other.at + other.width <= field.at || field.at + field.width <= other.at
        };
        if chosen.iter().all(apart) {
            chosen.push(field);
        }
        if chosen.len() == FIELDS_MAX {
            break;
        }
    }
    chosen
}

/// Whether a field that says more than what follows may still be a length: its upper half is empty,
/// or all bits of it but the first and the last few are set.
fn is_beyond(value: u64, width: usize) -> bool {
    let bits = 8 * width as u32;
    let largest = (1u64 << (bits - 1)) - 1;
    value >> (bits / 2) == 0 || (value | 0xf) & largest == largest
}

/// Places spread over a length: the middle, the quarters, the eighths.
fn spread(length: usize, turn: usize) -> Option<usize> {
    let level = (turn + 1).ilog2();
    let nth = turn + 1 - (1 << level);
    let place = (length as u128 * (2 * nth as u128 + 1)) >> (level + 1);
    (turn < PLACES_MAX && length > 0).then(|| usize::try_from(place).unwrap_or(0).min(length - 1))
}

/// One byte: its lowest bit, then all its bits, at one place after another.
pub(super) fn byte(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let place = spread(input.bytes.len(), turn / 2)?;
    let mut bytes = input.bytes.to_vec();
    *bytes.get_mut(place)? ^= if turn.is_multiple_of(2) { 1 } else { 0xff };
    Some(bytes)
}

/// Something behind: zeros, letters, noise, much of it.
pub(super) fn appended(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    Some([input.bytes, &foreign(turn)?].concat())
}

/// Something in front.
pub(super) fn prepended(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    Some([&foreign(turn)?, input.bytes].concat())
}

fn foreign(turn: usize) -> Option<Vec<u8>> {
    Some(match turn {
        0 => vec![b'a'; 16],
        1 => vec![0; 1],
        2 => vec![0; 512],
        3 => (0..=255).rev().collect(),
        4 => vec![0xff; GROWTH_BYTES_MAX / 4],
        _ => return None,
    })
}

/// The quarters, by turn; the middle ones first, for heads and tails are of another kind.
fn quarter(length: usize, turn: usize) -> Option<Range<usize>> {
    let nth = [1, 2, 3, 0].get(turn)?;
    let size = length.div_ceil(4).max(1);
    Some((size * nth).min(length)..(size * (nth + 1)).min(length))
}

/// A quarter that stands twice.
pub(super) fn doubled(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let quarter = quarter(input.bytes.len(), turn)?;
    let (before, after) = input.bytes.split_at_checked(quarter.end)?;
    Some([before, input.bytes.get(quarter)?, after].concat())
}

/// A quarter of which the second half is missing.
pub(super) fn halved(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let quarter = quarter(input.bytes.len(), turn)?;
    let middle = quarter.start + quarter.len().div_ceil(2);
    Some([input.bytes.get(..middle)?, input.bytes.get(quarter.end..)?].concat())
}

/// The beginning alone: without the last byte, then up to places spread over the whole, late ones
/// first.
pub(super) fn cut(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let length = input.bytes.len();
    let end = match turn {
        0 => length.checked_sub(1)?,
        turn => {
            let eighths = 8usize.checked_sub(turn).filter(|eighths| *eighths > 0)?;
            length / 8 * eighths
        }
    };
    Some(input.bytes.get(..end)?.to_vec())
}

/// Everything again.
pub(super) fn twice(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    (turn == 0).then(|| input.bytes.repeat(2))
}

/// A word among the bytes with other letters, one word after another.
pub(super) fn string(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let searched = input.bytes.get(..SEARCHED_BYTES_MAX).unwrap_or(input.bytes);
    let mut start = 0;
    let words = searched.chunk_by(|a, b| a.is_ascii_alphabetic() == b.is_ascii_alphabetic());
    let spans = words.map(|word| {
        start += word.len();
        start - word.len()..start
    });
    let is_word = |span: &Range<usize>| {
        span.len() >= WORD_BYTES_MIN
            && searched.get(span.start).is_some_and(u8::is_ascii_alphabetic)
    };
    let span = spans.filter(is_word).nth(turn)?;
    let mut bytes = input.bytes.to_vec();
    for byte in bytes.get_mut(span)? {
        let first = if byte.is_ascii_lowercase() { b'a' } else { b'A' };
        *byte = (byte.wrapping_sub(first) + 13) % 26 + first;
    }
    Some(bytes)
}
