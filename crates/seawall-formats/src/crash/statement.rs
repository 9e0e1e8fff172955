//! What programs say before they end themselves: failed checks and assertions of C and C++, of
//! Chromium, V8, glog and Abseil, Rust's panics, and memory that could not be had.

use super::draft::{Awaited, Draft, Rank};
use super::trigger::Table;
use super::wording::{Digits, between, closed, condition, source_name, stable};

pub(super) const TABLE: Table = &[
    ("ASSERTION FAILED: ", sealed),
    ("# Fatal error", fatal_error),
    ("Fatal process out of memory: ", |draft, _| draft.exhaust("Out-of-memory")),
    ("memory allocation of ", rust_exhausted),
    ("FATAL:", chromium),
    ("] assert failure: ", envoy),
    ("Assertion ", c_assertion),
    ("Assertion failed: ", c_assertion),
    ("assertion failed: ", c_assertion),
    ("abort: ", abort),
    ("' panicked at ", panicked),
    (".cc:", logged),
    (".h:", logged),
    (".cpp:", logged),
    ("CFI: Most likely a control flow integrity violation", |draft, _| {
        draft.open(Rank::Verdict, "Bad-cast")
    }),
    ("GPU process exited unexpectedly", gpu),
    ("*** stack smashing detected ***", |draft, _| {
        draft.open(Rank::Statement, "Stack-buffer-overflow")
    }),
    ("*** buffer overflow detected ***", |draft, _| draft.open(Rank::Statement, "Buffer-overflow")),
    ("double free or corruption", |draft, _| draft.open(Rank::Statement, "Heap-double-free")),
    ("corrupted size vs. prev_size", |draft, _| draft.open(Rank::Statement, "Heap-corruption")),
    ("malloc(): ", glibc_heap),
    ("free(): invalid", |draft, _| draft.open(Rank::Statement, "Invalid-free")),
];

/// The title of a failed check, `len > 0 in zygote_linux.cc`.
fn placed(message: &str, file: &str) -> String {
    if file.is_empty() { message.to_owned() } else { format!("{message} in {file}") }
}

/// Checks by the words before their condition, and the classes they are.
const CHECKS: [(&str, &str); 10] = [
    ("Security DCHECK failed: ", "Security DCHECK failure"),
    ("Security CHECK failed: ", "Security CHECK failure"),
    ("Debug check failed: ", "DCHECK failure"),
    ("DCHECK failed: ", "CHECK failure"),
    ("CHECK failed: ", "CHECK failure"),
    ("Check failed: ", "CHECK failure"),
    ("Check failure: ", "CHECK failure"),
    ("NOTREACHED hit. ", "CHECK failure"),
    ("NOTREACHED() hit. ", "CHECK failure"),
    ("Assertion failed: ", "ASSERT"),
];

/// A message that is a check: its class and the condition.
fn check(message: &str) -> Option<(&'static str, String)> {
    CHECKS.iter().find_map(|(words, class)| {
        let told = message.trim_start().strip_prefix(words)?;
        Some((*class, condition(told)))
    })
}

/// `[1:1:0603/182750:FATAL:host.cc(278)] Check failed: it != end().`, of Chromium's logging; also
/// as the reason that Android gives, `Abort message: [FATAL:memory.cc(19)] Out of memory.`
fn chromium(draft: &mut Draft, line: &str) -> bool {
    let Some((_, rest)) = line.split_once("FATAL:") else { return false };
    let Some((place, message)) = rest.split_once("] ") else { return false };
    let (file, message) = (source_name(place), message.trim());
    if message.starts_with("Out of memory") || message.contains("failed to allocate") {
        return draft.exhaust("Out-of-memory");
    }
    if let Some(told) = message.strip_prefix("V8 error: ") {
        let told = told.trim_end_matches('.');
        return draft.state("V8 API error", told);
    }
    if let Some(told) = message.strip_prefix("Assert failed: ") {
        return draft.state("ASSERT", stable(told, Digits::Long));
    }
    match check(message) {
        Some((class @ ("Security DCHECK failure" | "Security CHECK failure"), condition)) => {
            draft.state(class, condition)
        }
        Some((class, condition)) => draft.state(class, placed(&condition, file)),
        None => draft.state("CHECK failure", placed(&condition(message), file)),
    };
    true
}

/// `# Fatal error in ../../src/heap.cc, line 54`, of V8; the message stands on the next line.
fn fatal_error(draft: &mut Draft, line: &str) -> bool {
    let Some((_, rest)) = line.split_once("# Fatal error") else { return false };
    let place = rest.strip_prefix(" in ").unwrap_or_default();
    let file = if place.contains(", line ") { source_name(place) } else { "" };
    if draft.open(Rank::Statement, "Fatal error") {
        draft.crash.statement.extend((!file.is_empty()).then(|| file.to_owned()));
        draft.await_next(Awaited::FatalError(file.to_owned()));
    }
    true
}

/// The line below a fatal error of V8: `# Check failed: !is_null().`
pub(super) fn fatal_message(draft: &mut Draft, file: &str, line: &str) -> bool {
    let Some(message) = line.strip_prefix('#') else { return false };
    let message = message.trim();
    if message.is_empty() {
        return false;
    }
    if message == "unreachable code" {
        draft.crash.class = "Unreachable code".to_owned();
    } else if message.contains("out of memory") {
        draft.rank = Rank::Nothing;
        draft.exhaust("Out-of-memory");
        draft.crash.statement = vec![placed(closed(message), file)];
    } else if let Some((class, condition)) = check(message) {
        draft.crash.class = class.to_owned();
        draft.crash.statement = vec![placed(&condition, file)];
    } else {
        draft.crash.statement = vec![placed(&stable(closed(message), Digits::Any), file)];
    }
    true
}

/// `memory allocation of 2314885530818453516 bytes failed`, of Rust.
fn rust_exhausted(draft: &mut Draft, line: &str) -> bool {
    line.contains(" bytes failed") && draft.exhaust("Out-of-memory")
}

/// `ASSERTION FAILED: start <= end`, of WebKit, which then writes to an address of its own.
fn sealed(draft: &mut Draft, line: &str) -> bool {
    let Some(message) = line.trim_start().strip_prefix("ASSERTION FAILED: ") else { return false };
    if draft.open(Rank::Sealed, "ASSERT") {
        draft.crash.statement = vec![stable(closed(message), Digits::Long)];
    }
    true
}

/// `[…][critical][assert] source/address.cc:87] assert failure: length > 0`, of Envoy.
fn envoy(draft: &mut Draft, line: &str) -> bool {
    let Some((_, message)) = line.split_once("] assert failure: ") else { return false };
    let message = message.split(". Details:").next().unwrap_or(message);
    draft.state("ASSERT", stable(closed(message), Digits::Long))
}

/// The assertions of C libraries: ``prog: a.c:12: parse: Assertion `n > 0' failed.`` of glibc,
/// `Assertion failed: n > 0 (a.c: parse: 12)` of musl, `Assertion failed: (n > 0), function parse,
/// file a.c, line 12.` of the BSDs and Apple's, `assertion failed: …` of others.
fn c_assertion(draft: &mut Draft, line: &str) -> bool {
    let told = if let Some(told) = between(line, "Assertion `", "' failed") {
        told
    } else {
        let Some(told) =
            ["Assertion failed: ", "assertion failed: "].iter().find_map(|w| line.strip_prefix(w))
        else {
            return false;
        };
        let told = told.split(", function ").next().unwrap_or(told);
        let told = told.split(", file ").next().unwrap_or(told);
        told.rsplit_once(" (").filter(|(_, place)| place.ends_with(')')).map_or(told, |(t, _)| t)
    };
    let told = told.trim();
    let bare = told.strip_prefix('(').and_then(|told| told.strip_suffix(')'));
    draft.state("ASSERT", stable(closed(bare.unwrap_or(told)), Digits::Long))
}

/// `abort: CSA_DCHECK failed: Torque assert 'n > 0' failed [src/js.tq:66] [src/gen.cc:164]`, of V8.
fn abort(draft: &mut Draft, line: &str) -> bool {
    let Some(told) = line.strip_prefix("abort: ") else { return false };
    let (message, places) = told.split_once(" [").map_or((told, None), |(m, p)| (m, Some(p)));
    if draft.state("ASSERT", message.trim()) {
        let file = places.and_then(|places| places.split(']').next());
        draft.crash.statement.extend(file.map(|file| source_name(file).to_owned()));
        // The stack is the interpreter's, the same for whatever script it ran.
        draft.mute();
    }
    true
}

/// `thread 'main' panicked at 'no port', src/utils.rs:27:5`, of Rust; since 1.73 the message stands
/// on the next line.
fn panicked(draft: &mut Draft, line: &str) -> bool {
    let Some((before, told)) = line.split_once("' panicked at ") else { return false };
    if !before.contains("thread '") {
        return false;
    }
    match told.strip_prefix('\'').and_then(|told| told.rsplit_once("', ")) {
        Some((message, _)) if overflows(message) => {
            draft.open(Rank::Statement, "Integer-overflow");
        }
        Some((message, _)) => {
            draft.state("ASSERT", stable(closed(message), Digits::Long));
        }
        None => {
            if draft.open(Rank::Statement, "ASSERT") {
                draft.await_next(Awaited::Panic);
            }
        }
    }
    true
}

/// `attempt to add with overflow`, of Rust's checks of its arithmetic.
fn overflows(message: &str) -> bool {
    message.trim().starts_with("attempt to ") && message.trim().ends_with(" with overflow")
}

/// The line below a Rust panic.
pub(super) fn panic_message(draft: &mut Draft, line: &str) -> bool {
    if overflows(line) {
        draft.crash.class = "Integer-overflow".to_owned();
        return true;
    }
    draft.crash.statement = vec![stable(closed(line), Digits::Long)];
    true
}

/// `F0812 20:32:32.874783   47273 file.h:195] Log fatal.`, of glog and Abseil.
fn logged(draft: &mut Draft, line: &str) -> bool {
    let Some((head, message)) = line.split_once("] ") else { return false };
    if !is_fatal(head) {
        return false;
    }
    let file = source_name(head.rsplit(' ').next().unwrap_or(head));
    if let Some((_, told)) = message.split_once("assertion failed at ") {
        // The place and the function precede the condition.
        let told = told.split_once(": ").map_or(told, |(_, told)| told);
        return draft.state("ASSERT", stable(told.trim(), Digits::Long));
    }
    match check(message) {
        Some((class, condition)) => draft.state(class, placed(&condition, file)),
        None => {
            let message = stable(closed(message), Digits::Long);
            draft.state("Fatal error", placed(&message, file))
        }
    };
    true
}

/// Whether a log line of glog is of the severity that ends the program: `F0812` or `F20260812`.
fn is_fatal(head: &str) -> bool {
    let Some(date) = head.strip_prefix('F') else { return false };
    let digits = date.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 4 || digits == 8) && date.get(digits..).is_some_and(|rest| rest.starts_with(' '))
}

/// `GPU process exited unexpectedly: exit_code=-1073741819`, of Chromium; a positive code is its
/// own doing.
fn gpu(draft: &mut Draft, line: &str) -> bool {
    line.contains("exit_code=-") && draft.open(Rank::Signal, "GPU failure")
}

/// `malloc(): corrupted top size`, of glibc.
fn glibc_heap(draft: &mut Draft, line: &str) -> bool {
    line.starts_with("malloc(): ") && draft.open(Rank::Statement, "Heap-corruption")
}
