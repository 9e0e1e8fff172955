//! The oracle that a crash report tells: which sanitizer's error in which function, or how the
//! program ended.

use crate::sanitizer::read;
use seawall_domain::recipe::Oracle;

/// What stands in an oracle whose words no report told.
pub const UNKNOWN: &str = "unknown";

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
    if let Some(said) = read(report) {
        let function = said.functions.into_iter().next().unwrap_or_else(|| UNKNOWN.to_owned());
        return Some(Oracle::Sanitizer { kind: said.error, function });
    }
    let (_, end) = ENDS.iter().find(|(words, _)| report.contains(words))?;
    Some(match *end {
        End::Signal(name) => Oracle::Signal { name: name.to_owned() },
        End::Status(status) => Oracle::Exit { status },
    })
}
