//! Conan's order of versions (Conan's documentation, "Version ranges"): parts behind dots, then a
//! pre-release behind the first hyphen and a build behind the last plus, both ordered likewise.
//!
//! Conan compares a number with another text as texts, which is no order (9 < 10 < `1a` < 9). Here
//! a part is a number and what follows it: `1a` comes behind `1` and before `2`.

use super::code::{Cursor, NUMBER, Writer, is_zero};

// INVARIANT: the end of a list comes before every part; parts without number come behind them.
const END: u8 = 1;
const WORD: u8 = 0xFF;
const PRE_SOME: u8 = 1;
const PRE_NONE: u8 = 2;
const BUILD_NONE: u8 = 1;
const BUILD_SOME: u8 = 2;

/// Writes any text.
pub(super) fn write(text: &str, out: &mut Writer) {
    let (rest, build) =
        text.rsplit_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (main, pre) = rest.split_once('-').map_or((rest, None), |(main, pre)| (main, Some(pre)));
    parts(main, out);
    match pre {
        Some(pre) => {
            out.prerelease();
            out.push(PRE_SOME);
            parts(pre, out);
        }
        None => out.push(PRE_NONE),
    }
    match build {
        Some(build) => {
            out.push(BUILD_SOME);
            parts(build, out);
        }
        None => out.push(BUILD_NONE),
    }
}

fn parts(list: &str, out: &mut Writer) {
    let mut zeros = 0;
    for part in list.split('.') {
        let mut rest = Cursor(part.as_bytes());
        let digits = rest.digits();
        if rest.is_empty() && !digits.is_empty() && is_zero(digits) {
            zeros += 1;
            continue;
        }
        // Zeros at the end do not count.
        (0..zeros).for_each(|_| out.extend(&[NUMBER, 0]));
        zeros = 0;
        match digits {
            [] => out.push(WORD),
            digits => out.digits(digits),
        }
        out.word(rest.0);
    }
    out.push(END);
}
