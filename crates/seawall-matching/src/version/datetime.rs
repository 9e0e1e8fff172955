//! Moments of RFC 3339, section 5.6, ordered by the instant that they name.

use super::code::{Cursor, Writer, value};

/// Days of the year before each month.
const MONTH_STARTS: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAY_SECONDS: u64 = 86_400;

/// Writes a moment; false when it is none.
pub(super) fn write(text: &str, out: &mut Writer) -> bool {
    let Some((seconds, fraction)) = instant(text) else {
        return false;
    };
    out.extend(&seconds.to_be_bytes());
    let zeros = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
    out.word(&fraction[..fraction.len() - zeros]);
    true
}

/// Seconds since a day before year 0, and the digits of the fraction.
fn instant(text: &str) -> Option<(u64, &[u8])> {
    let mut rest = Cursor(text.as_bytes());
    let year = number(&mut rest, 4, u64::MAX)?;
    let month = rest.take(b'-').then(|| number(&mut rest, 2, 12))??;
    let day = rest.take(b'-').then(|| number(&mut rest, 2, 31))??;
    (rest.take(b'T') || rest.take(b't')).then_some(())?;
    let hour = number(&mut rest, 2, 23)?;
    let minute = rest.take(b':').then(|| number(&mut rest, 2, 59))??;
    // A leap second is 60.
    let second = rest.take(b':').then(|| number(&mut rest, 2, 60))??;
    let fraction = match rest.take(b'.') {
        true => Some(rest.digits()).filter(|digits| !digits.is_empty())?,
        false => &[],
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let starts = *MONTH_STARTS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let length = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=length).contains(&day).then_some(())?;
    // Leap days of the years before; year 0 was one.
    let leaps = year.div_ceil(4) - year.div_ceil(100) + year.div_ceil(400);
    let days = 1 + year * 365 + leaps + starts + u64::from(leap && month > 2) + day - 1;
    let seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    let seconds = offset(&mut rest, seconds)?;
    rest.is_empty().then_some((seconds, fraction))
}

/// Takes the offset from universal time away.
fn offset(rest: &mut Cursor<'_>, seconds: u64) -> Option<u64> {
    if rest.take(b'Z') || rest.take(b'z') {
        return Some(seconds);
    }
    let east = rest.take(b'+');
    (east || rest.take(b'-')).then_some(())?;
    let hours = number(rest, 2, 23)?;
    let minutes = rest.take(b':').then(|| number(rest, 2, 59))??;
    let offset = hours * 3600 + minutes * 60;
    Some(if east { seconds - offset } else { seconds + offset })
}

/// A number of exactly so many digits.
fn number(rest: &mut Cursor<'_>, len: usize, max: u64) -> Option<u64> {
    let digits = rest.0.get(..len).filter(|text| text.iter().all(u8::is_ascii_digit))?;
    rest.skip(len);
    value(digits).filter(|number| *number <= max)
}

/// Tells whether a moment is written as VERS wants it: with `T` and `Z` in upper case.
pub(crate) fn is_canonical(text: &str) -> bool {
    !text.contains(['t', 'z'])
}
