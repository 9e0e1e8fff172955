//! The oracle that a crash report tells: which sanitizer's error in which function, or how the
//! program ended.

use crate::crash::{Exhaustion, read};
use seawall_domain::crash::Frame;
use seawall_domain::recipe::Oracle;

/// What stands in an oracle whose words no report told.
pub const UNKNOWN: &str = "unknown";

/// Kinds of UndefinedBehaviorSanitizer; the numbers in its messages are left out.
const UNDEFINED: [&str; 16] = [
    "signed integer overflow",
    "unsigned integer overflow",
    "shift exponent",
    "left shift",
    "division by zero",
    "null pointer",
    "misaligned address",
    "out of bounds",
    "insufficient space",
    "outside the range of representable values",
    "is not a valid value for type",
    "applying non-zero offset",
    "pointer index expression",
    "negation of",
    "unreachable program point",
    "incorrect function type",
];
/// Functions that are on many stacks and name no place in the target.
const MACHINERY: [&str; 22] = [
    "__interceptor_",
    "__asan",
    "__msan",
    "__tsan",
    "__ubsan",
    "__lsan",
    "__sanitizer",
    "__libc_",
    "_start",
    "__GI_",
    "memcpy",
    "memmove",
    "memset",
    "strlen",
    "strcpy",
    "strcmp",
    "main",
    "abort",
    "raise",
    "malloc",
    "free",
    "operator new",
];
/// What a shell, a debugger or a runtime says when a program ends by itself.
const ENDS: [(&str, End); 17] = [
    ("SIGSEGV", End::Signal("SIGSEGV")),
    ("Segmentation fault", End::Signal("SIGSEGV")),
    ("SIGABRT", End::Signal("SIGABRT")),
    ("Aborted", End::Signal("SIGABRT")),
    ("SIGBUS", End::Signal("SIGBUS")),
    ("Bus error", End::Signal("SIGBUS")),
    ("SIGFPE", End::Signal("SIGFPE")),
    ("Floating point exception", End::Signal("SIGFPE")),
    ("SIGILL", End::Signal("SIGILL")),
    ("Illegal instruction", End::Signal("SIGILL")),
    ("SIGTRAP", End::Signal("SIGTRAP")),
    ("' panicked at ", End::Status(101)),
    ("Traceback (most recent call last)", End::Status(1)),
    ("Exception in thread", End::Status(1)),
    ("Uncaught ", End::Status(1)),
    ("\ngoroutine ", End::Status(2)),
    ("Error: \n    at ", End::Status(1)),
];

#[derive(Clone, Copy)]
enum End {
    Signal(&'static str),
    Status(u8),
}

/// The oracle by which a run shows the same crash as a report; `None` when it tells of none.
pub fn judged_by(report: &str) -> Option<Oracle> {
    if let Some(kind) = report.lines().find_map(kind) {
        let function = function(report).unwrap_or_else(|| UNKNOWN.to_owned());
        return Some(Oracle::Sanitizer { kind, function });
    }
    let (_, end) = ENDS.iter().find(|(words, _)| report.contains(words))?;
    Some(match *end {
        End::Signal(name) => Oracle::Signal { name: name.to_owned() },
        End::Status(status) => Oracle::Exit { status },
    })
}

/// The kind of error that a line announces, in the words that the laboratory compares:
/// `ERROR: AddressSanitizer: heap-buffer-overflow on …`, `WARNING: ThreadSanitizer: data race
/// (pid=1)`, `a.c:3:9: runtime error: signed integer overflow: 1 + 2 …`.
fn kind(line: &str) -> Option<String> {
    if let Some((_, rest)) = line.split_once(": runtime error: ") {
        let said = rest.split(':').next().unwrap_or(rest);
        let known = UNDEFINED.iter().find(|known| said.contains(*known));
        return Some(known.map_or("undefined behaviour", |known| known).to_owned());
    }
    let after = ["ERROR: ", "WARNING: "].iter().find_map(|word| line.split_once(word));
    let (tool, rest) = after?.1.split_once(": ")?;
    if !tool.ends_with("Sanitizer") {
        return None;
    }
    let said = match tool {
        "ThreadSanitizer" => rest.split(" (").next().map(str::trim),
        _ => rest.split_whitespace().next(),
    };
    said.filter(|said| !said.is_empty()).map(|said| said.chars().take(100).collect())
}

/// The innermost function of the report's first stack that belongs to the target.
fn function(report: &str) -> Option<String> {
    let crash = read(report, Exhaustion::Reported).ok()?;
    crash.frames.iter().find_map(of_target)
}

fn of_target(frame: &Frame) -> Option<String> {
    if frame.file.as_deref().is_some_and(|file| file.starts_with("/recipe/")) {
        return None;
    }
    let name = frame.function.as_deref()?.split_whitespace().next()?;
    let ours = !MACHINERY.iter().any(|start| match *start {
        whole @ ("main" | "free" | "malloc" | "abort" | "raise") => name == whole,
        start => name.starts_with(start),
    });
    ours.then(|| name.chars().take(120).collect())
}
