//! Debian's order of versions (Debian policy 5.6.12, "Version"), and that of opam, which compares
//! whole texts by the same rule.

use super::code::{Cursor, Writer};

// INVARIANT: `~` comes before the end of a run, and the end before every other character.
const TILDE: u8 = 1;
const END: u8 = 2;
/// Other characters come after letters.
const OTHER: u8 = 0x80;
const OTHER_LONG: u8 = 0xFF;

/// Writes any text: without digits before a colon there is no epoch, without hyphen there is no
/// revision, and no revision is the revision `0`.
pub(super) fn write(text: &str, out: &mut Writer) {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
        Some(_) | None => ("", text),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    if upstream.contains('~') {
        out.prerelease();
    }
    out.digits(epoch.as_bytes());
    part(upstream.as_bytes(), out);
    part(revision.as_bytes(), out);
}

/// Writes a text of opam ("Version ordering" of its manual): a single part.
pub(super) fn write_opam(text: &str, out: &mut Writer) {
    if text.contains('~') {
        out.prerelease();
    }
    part(text.as_bytes(), out);
}

/// Runs without digits and runs of digits in turn, the first without. Behind the last run stands
/// an end, as if empty runs and zeros followed for ever.
fn part(text: &[u8], out: &mut Writer) {
    let mut rest = Cursor(text);
    loop {
        rest.run(|byte| !byte.is_ascii_digit()).iter().for_each(|byte| mark(*byte, out));
        out.push(END);
        out.digits(rest.digits());
        if rest.is_empty() {
            break;
        }
    }
    out.push(END);
}

fn mark(byte: u8, out: &mut Writer) {
    match byte {
        b'~' => out.push(TILDE),
        byte if byte.is_ascii_alphabetic() => out.push(byte),
        byte if byte < 0x7F => out.push(OTHER + byte),
        byte => out.extend(&[OTHER_LONG, byte]),
    }
}
