//! Languages that end a program by themselves: Go's panics, Java's and JavaScript's exceptions,
//! Python's tracebacks.

use super::draft::{Draft, Rank};
use super::trigger::Table;
use super::wording::{Digits, capitalized, closed, stable};
use seawall_domain::crash::{Notation, Severity};

pub(super) const TABLE: Table = &[
    ("anic: ", go_panic),
    ("anic in ", go_panic),
    ("fatal error: ", go_fatal),
    ("== Java Exception: ", java_exception),
    ("FATAL EXCEPTION: ", |draft, _| {
        draft.open_in(Notation::Java, Rank::Statement, "Fatal Exception")
    }),
    ("Exception in thread \"", |draft, _| {
        draft.open_in(Notation::Java, Rank::Hint, "Uncaught exception")
    }),
    ("Uncaught Exception: ", |draft, line| {
        line.contains("Jazzer.js")
            && draft.open_in(Notation::JavaScript, Rank::Statement, "Uncaught exception")
    }),
    ("Uncaught Python exception: ", |draft, _| {
        draft.open_in(Notation::Python, Rank::Statement, "Uncaught exception")
    }),
    ("Traceback (most recent call last)", |draft, _| {
        draft.open_in(Notation::Python, Rank::Hint, "Uncaught exception")
    }),
    ("com.google.security.wycheproof.", wycheproof),
];

/// Whether what stands before a runtime error is Go's.
pub(super) fn is_go(place: &str) -> bool {
    place.trim_end().ends_with("panic") || place.contains("anic in ")
}

/// `panic: runtime error: index out of range [3] with length 2`, or `panic: ` and what the program
/// says; a log may recover it and write `Panic in worker: runtime error: …`.
pub(super) fn go_panic(draft: &mut Draft, line: &str) -> bool {
    if let Some((before, told)) = line.split_once("runtime error: ") {
        return (before.contains("anic"))
            && draft.open_in(Notation::Go, Rank::Statement, &fault(told));
    }
    let Some(told) = line.trim_start().strip_prefix("panic: ") else { return false };
    if draft.open_in(Notation::Go, Rank::Statement, "ASSERT") {
        let told = told.split(" [recovered").next().unwrap_or(told);
        draft.crash.statement = vec![stable(closed(told), Digits::Long)];
    }
    true
}

/// The class of a fault that Go's runtime found.
fn fault(told: &str) -> String {
    let told = told.split(" [").next().unwrap_or(told);
    let told = told.split(" or nil pointer").next().unwrap_or(told);
    capitalized(told.trim())
}

/// `fatal error: all goroutines are asleep - deadlock!`, of Go.
fn go_fatal(draft: &mut Draft, line: &str) -> bool {
    let Some(told) = line.strip_prefix("fatal error: ") else { return false };
    let told = told.trim();
    if told.contains("out of memory") {
        return draft.exhaust("Out-of-memory");
    }
    if told == "stack overflow" {
        draft.open_in(Notation::Go, Rank::Statement, "Stack overflow");
    } else if draft.open_in(Notation::Go, Rank::Statement, "ASSERT") {
        draft.crash.statement = vec![stable(closed(told), Digits::Long)];
    }
    true
}

/// `== Java Exception: com.code_intelligence.jazzer.api.FuzzerSecurityIssueMedium: …`, of Jazzer.
fn java_exception(draft: &mut Draft, line: &str) -> bool {
    let Some((_, told)) = line.split_once("Java Exception: ") else { return false };
    if let Some((_, claimed)) = told.split_once(".FuzzerSecurityIssue") {
        if draft.open_in(Notation::Java, Rank::Statement, "Security exception") {
            draft.crash.claimed = claim(claimed);
        }
        return true;
    }
    if told.contains("OutOfMemoryError") {
        return draft.exhaust("Out-of-memory");
    }
    let overflowed = told.contains("StackOverflowError");
    let class = if overflowed { "Stack-overflow" } else { "Uncaught exception" };
    draft.open_in(Notation::Java, Rank::Statement, class);
    true
}

/// The severity at the end of the name of Jazzer's exception.
fn claim(text: &str) -> Option<Severity> {
    let words = [
        ("Low", Severity::Low),
        ("Medium", Severity::Medium),
        ("High", Severity::High),
        ("Critical", Severity::High),
    ];
    words.iter().find(|(word, _)| text.starts_with(word)).map(|(_, severity)| *severity)
}

/// `1) testLargeArrayAlias(com.google.security.wycheproof.AesGcmTest)`, a failed test of
/// Wycheproof's.
fn wycheproof(draft: &mut Draft, line: &str) -> bool {
    let Some((number, test)) = line.split_once(") ") else { return false };
    let listed = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    if !listed || !test.contains('(') {
        return false;
    }
    if draft.state("Wycheproof error", test.trim()) {
        draft.mute();
    }
    true
}
