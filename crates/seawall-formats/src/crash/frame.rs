//! Frames of a stack, one a line, in the notations of the tools.

mod debugger;
mod mangled;
mod native;
mod runtime;

use seawall_domain::crash::{Frame, Notation};

/// The longest function, file or module that is kept, in bytes.
const NAME_BYTES_MAX: usize = 1_000;

/// What has been read before a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Context {
    /// Nothing of a crash: only a stack that stands for itself is one.
    Before,
    /// A crash whose frames are in a notation, or below the heading of a tombstone.
    In { language: Notation, tombstone: bool },
    /// A line that is known to be a frame.
    Any,
}

/// A frame, if a line is one.
pub(super) fn read(line: &str, context: Context) -> Option<Frame> {
    match context {
        Context::Before => native::read(line),
        Context::In { language: Notation::Java, .. } => runtime::java(line),
        Context::In { language: Notation::JavaScript, .. } => runtime::javascript(line),
        Context::In { language: Notation::Python, .. } => runtime::python(line),
        Context::In { language: Notation::Go, .. } => {
            runtime::go(line).or_else(|| native::read(line))
        }
        Context::In { language: Notation::Kernel, .. } => {
            debugger::kernel(line).or_else(|| native::read(line))
        }
        Context::In { tombstone, .. } => native::read(line).map(|frame| match tombstone {
            true => Frame { notation: Notation::Tombstone, ..frame },
            false => frame,
        }),
        Context::Any => native::read(line)
            .or_else(|| runtime::python(line))
            .or_else(|| runtime::java(line))
            .or_else(|| runtime::javascript(line))
            .or_else(|| runtime::go(line))
            .or_else(|| debugger::kernel(line)),
    }
}

/// Functions by which a process signals itself.
const RAISING: [&str; 8] = [
    "raise",
    "gsignal",
    "abort",
    "kill",
    "tgkill",
    "pthread_kill",
    "__pthread_kill",
    "__pthread_kill_implementation",
];

/// Whether a process signals itself in a frame.
pub(super) fn raises(frame: &Frame) -> bool {
    let function = frame.function.as_deref().unwrap_or_default();
    let function = function.strip_prefix("__GI_").unwrap_or(function);
    RAISING.contains(&function)
}

/// A name of foreign text, cut.
fn name(text: &str) -> Option<String> {
    let text = super::wording::start(text.trim(), NAME_BYTES_MAX);
    (!text.is_empty()).then(|| text.to_owned())
}
