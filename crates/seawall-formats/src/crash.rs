//! Reports of crashes: raw output of sanitizers, fuzzers, debuggers, kernels and runtimes, read
//! into one value (capabilities C13 and C16).
//!
//! A report is a log: it may hold several stacks and several verdicts, and a program that noticed
//! something usually aborts afterwards. Lines are read once, from the top. A line that tells what
//! happened (the tables of [`sanitizer`], [`kernel`], [`fuzzer`], [`statement`], [`signal`] and
//! [`runtime`]) opens the crash anew if it knows more than what was read before, by [`Rank`]; lines
//! that are frames are kept in their order. Which frames matter is no question of reading: see
//! `matching::stack`.
//!
//! The formats are those that the tools print: the sanitizers of LLVM, libFuzzer, Centipede,
//! honggfuzz, gdb, cdb, Android's tombstones, KASAN, Chromium and V8, glog and Abseil, Rust, Go,
//! Java and Jazzer, Python and Atheris. The words for classes are those of ClusterFuzz.

mod access;
mod draft;
mod frame;
mod fuzzer;
mod kernel;
mod runtime;
mod sanitizer;
mod signal;
mod statement;
mod trigger;
mod undefined;
mod wording;

use crate::fault::FormatFault;
use draft::Draft;
use seawall_domain::crash::{Crash, Frame};
use trigger::Triggers;

/// The largest report that is read, in bytes; a log with everything that a browser prints has less
/// than one MB.
pub const REPORT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most frames that are kept; sanitizers stop at 256 a stack.
pub const FRAMES_MAX: usize = 1024;

/// The longest line that is looked at, in bytes: the rest of a longer one is passed over.
const LINE_BYTES_MAX: usize = 16 * 1024;

/// Whether a program that ran out of memory or time crashed. Fuzzers run under limits that others
/// do not have, so ClusterFuzz asks its operator.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Exhaustion {
    /// It did not; such a report reads as none.
    #[default]
    PassedOver,
    /// It did: `Out-of-memory`, `Timeout`.
    Reported,
}

/// Reads a report. A text that shows no crash gives one without a class.
pub fn read(text: &str, exhaustion: Exhaustion) -> Result<Crash, FormatFault> {
    if text.len() > REPORT_BYTES_MAX {
        let message = format!("{} bytes are more than the {REPORT_BYTES_MAX} allowed", text.len());
        return Err(FormatFault::new("the crash report", "the document", message));
    }
    let triggers = Triggers::shared();
    let mut draft = Draft::new(exhaustion);
    for line in text.lines() {
        let line = wording::start(line, LINE_BYTES_MAX);
        let line = unprefixed(line);
        if draft.awaited(line) {
            continue;
        }
        let mut told = false;
        if !is_plain(line) {
            for reader in triggers.seen(line) {
                told |= reader(&mut draft, line);
            }
        }
        if !told && let Some(frame) = frame::read(line, draft.context()) {
            draft.add(frame);
        }
    }
    Ok(draft.done())
}

/// Reads one frame of a stack, as any of the tools writes it.
pub fn frame(line: &str) -> Option<Frame> {
    let line = wording::start(line, LINE_BYTES_MAX);
    frame::read(line, frame::Context::Any)
}

/// Whether a line is a frame or a row of memory, in which no word is looked for.
fn is_plain(line: &str) -> bool {
    let bytes = line.trim_start().as_bytes();
    let frame = bytes.first() == Some(&b'#') && bytes.get(1).is_some_and(u8::is_ascii_digit);
    frame || bytes.starts_with(b"0x") || bytes.starts_with(b"=>0x")
}

/// A line without what those write before it who pass a log on.
fn unprefixed(line: &str) -> &str {
    let line = line.trim_end();
    let line = line.strip_prefix("CRASH LOG: ").unwrap_or(line);
    // `11-26 00:43:07.123  1236  1544 F DEBUG   : #00 pc …`, of Android's log.
    let dated =
        line.as_bytes().get(2) == Some(&b'-') && line.starts_with(|c: char| c.is_ascii_digit());
    match line.split_once(" DEBUG ").filter(|_| dated) {
        Some((_, told)) => told.trim_start().trim_start_matches(':'),
        None => line,
    }
}

#[cfg(test)]
mod tests;
