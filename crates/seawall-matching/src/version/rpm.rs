//! The order of rpm's labels: epoch, version and release, the latter two by `rpmvercmp` with `~`
//! and `^` (rpm's manual, "Dependencies", and rpm-version(7)).

use super::code::{Cursor, Writer};

// INVARIANT: the marks stand in ascending order, below all numbers.
const TILDE: u8 = 1;
const END: u8 = 2;
const CARET: u8 = 3;
const WORD: u8 = 4;

const RELEASE_NONE: u8 = 1;
const RELEASE_SOME: u8 = 2;

/// An epoch (digits before the first colon), a version, and a release (behind the last hyphen).
pub(super) struct Label<'a> {
    pub(super) epoch: &'a str,
    pub(super) version: &'a str,
    pub(super) release: Option<&'a str>,
}

impl<'a> Label<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
            Some(_) | None => ("", text),
        };
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release)),
            None => (rest, None),
        };
        Label { epoch, version, release }
    }
}

/// Writes any text. A label without release comes before those with one.
pub(super) fn write(text: &str, out: &mut Writer) {
    let label = Label::new(text);
    if label.version.contains('~') {
        out.prerelease();
    }
    out.digits(label.epoch.as_bytes());
    segments(label.version, out);
    match label.release {
        Some(release) => {
            out.push(RELEASE_SOME);
            segments(release, out);
        }
        None => out.push(RELEASE_NONE),
    }
}

fn segments(text: &str, out: &mut Writer) {
    let mut rest = Cursor(text.as_bytes());
    loop {
        rest.run(|byte| !byte.is_ascii_alphanumeric() && byte != b'~' && byte != b'^');
        if rest.take(b'~') {
            out.push(TILDE);
        } else if rest.take(b'^') {
            out.push(CARET);
        } else if rest.is_empty() {
            break;
        } else {
            match rest.digits() {
                [] => {
                    out.push(WORD);
                    out.word(rest.run(|byte| byte.is_ascii_alphabetic()));
                }
                digits => out.digits(digits),
            }
        }
    }
    out.push(END);
}
