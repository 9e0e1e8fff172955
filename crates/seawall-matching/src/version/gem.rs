//! The order of RubyGems (`Gem::Version`): runs of digits and runs of letters, where letters
//! announce a release to come and zeros at the end of either half do not count.

use super::code::{Cursor, NUMBER, Writer, is_zero};

// INVARIANT: marks stand in ascending order, below all numbers. The end stands for zeros without
// end, so zeros that lead to letters come before it and zeros that lead to numbers behind it.
const WORD: u8 = 1;
const ZERO_BEFORE_WORD: u8 = 2;
const END: u8 = 3;

/// Writes a version; false when it is none that RubyGems accepts.
pub(super) fn write(text: &str, out: &mut Writer) -> bool {
    if !is_version(text) {
        return false;
    }
    let mut rest = Cursor(text.as_bytes());
    let mut zeros = 0;
    let mut after_word = false;
    let mut word = |word: &[u8], zeros: &mut usize, out: &mut Writer| {
        // Zeros at the end of the numeric half do not count.
        let kept = if after_word { *zeros } else { 0 };
        (0..kept).for_each(|_| out.push(ZERO_BEFORE_WORD));
        *zeros = 0;
        after_word = true;
        out.prerelease();
        out.push(WORD);
        out.word(word);
    };
    while let Some(byte) = rest.peek() {
        match byte {
            b'0'..=b'9' => {
                let digits = rest.digits();
                if is_zero(digits) {
                    zeros += 1;
                    continue;
                }
                (0..zeros).for_each(|_| out.push(NUMBER));
                zeros = 0;
                out.digits(digits);
            }
            b'-' => {
                rest.skip(1);
                word(b"pre", &mut zeros, out);
            }
            byte if byte.is_ascii_alphabetic() => {
                word(rest.run(|byte| byte.is_ascii_alphabetic()), &mut zeros, out);
            }
            _ => rest.skip(1),
        }
    }
    out.push(END);
    true
}

/// A number, then parts of letters and digits behind dots, then perhaps a hyphen and more parts.
/// An empty text is the version `0`.
fn is_version(text: &str) -> bool {
    let (main, pre) = text.split_once('-').map_or((text, None), |(main, pre)| (main, Some(pre)));
    let part = |part: &str, hyphen: bool| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || hyphen && b == b'-')
    };
    let starts = main
        .split('.')
        .next()
        .is_some_and(|first| !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit()));
    text.is_empty()
        || starts
            && main.split('.').all(|it| part(it, false))
            && pre.is_none_or(|pre| pre.split('.').all(|it| part(it, true)))
}
