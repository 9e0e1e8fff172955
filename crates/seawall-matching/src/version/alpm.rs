//! The order of Arch Linux packages (`vercmp`, alpm): like rpm's of old, but letters directly
//! behind a number announce a release to come, and the separators count.

use super::code::{Cursor, Writer};
use super::rpm::Label;

// INVARIANT: marks stand in ascending order, below all numbers: `1.5b`, `1.5`, `1.5.b`, `1.5.1`.
const WORD: u8 = 1;
const END: u8 = 2;
const GLUED: u8 = 3;
const SEPARATED: u8 = 4;

/// Writes any text. `vercmp` leaves `pkgrel` out where one side has none, which gives no order of
/// more than two versions; here a missing `pkgrel` is 1, the first one. [`same_release`] puts two
/// versions on one footing.
pub(super) fn write(text: &str, out: &mut Writer) {
    let label = Label::new(text);
    out.digits(label.epoch.as_bytes());
    segments(label.version, out);
    segments(label.release.unwrap_or("1"), out);
}

/// Two texts as `vercmp` sees them: without `pkgrel` where one of them has none.
pub(crate) fn same_release<'a>(left: &'a str, right: &'a str) -> (&'a str, &'a str) {
    let without = |text: &'a str| text.rsplit_once('-').map_or(text, |(version, _)| version);
    match (Label::new(left).release, Label::new(right).release) {
        (Some(_), Some(_)) | (None, None) => (left, right),
        (Some(_), None) | (None, Some(_)) => (without(left), without(right)),
    }
}

fn segments(text: &str, out: &mut Writer) {
    let mut rest = Cursor(text.as_bytes());
    loop {
        let separators = rest.run(|byte| !byte.is_ascii_alphanumeric()).len();
        let separated = separators > 0;
        if separated {
            out.push(SEPARATED);
            out.push(u8::try_from(separators).unwrap_or(u8::MAX));
        }
        if rest.is_empty() {
            break;
        }
        match rest.digits() {
            [] => {
                out.push(WORD);
                out.word(rest.run(|byte| byte.is_ascii_alphabetic()));
            }
            digits => {
                out.push(GLUED);
                out.digits(digits);
            }
        }
    }
    out.push(END);
}
