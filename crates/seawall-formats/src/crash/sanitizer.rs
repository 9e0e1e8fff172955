//! The sanitizers of LLVM: AddressSanitizer, HWAddressSanitizer, MemorySanitizer, ThreadSanitizer
//! and LeakSanitizer, as their runtimes print it (compiler-rt, `sanitizer_common`).

use super::draft::{Draft, Rank};
use super::trigger::Table;
use super::wording::{address, between, capitalized, condition};
use super::{access, undefined};

pub(super) const TABLE: Table = &[
    ("Sanitizer: ", report),
    ("Sanitizer CHECK failed: ", |draft, line| {
        let failed = line.split_once("CHECK failed: ").map_or("", |(_, failed)| failed);
        failed_inside(draft, failed)
    }),
    ("Sanitizer:DEADLYSIGNAL", |_, _| true),
    (": runtime error: ", undefined::runtime_error),
    (" of size ", sized),
    ("The signal is caused by a ", signal),
    ("leak of ", leak),
    ("MiraclePtr Status: PROTECTED", |draft, _| {
        draft.protect();
        true
    }),
];

/// Errors that say that memory ran out.
const EXHAUSTED: [&str; 8] = [
    "requested allocation size",
    "allocation-size-too-big",
    "out-of-memory",
    "out of memory",
    "rss-limit-exceeded",
    "hard rss limit exhausted",
    "soft rss limit exhausted",
    "allocator is out of memory",
];

/// What a sanitizer says after its name, by its start, and the class that it is.
const TOLD: [(&str, &str); 6] = [
    ("attempting double-free", "Heap-double-free"),
    ("attempting free on address", "Invalid-free"),
    ("double-free", "Heap-double-free"),
    ("bad-free", "Invalid-free"),
    ("invalid-free", "Invalid-free"),
    ("data race", "Data race"),
];

/// Faults of the machine that a sanitizer caught, and what they are if the address does not say
/// more. By those of the second rank programs also end themselves.
const FAULTS: [(&str, &str, Rank); 12] = [
    ("SEGV", "UNKNOWN", Rank::Verdict),
    ("BUS", "UNKNOWN", Rank::Verdict),
    ("access-violation", "UNKNOWN", Rank::Verdict),
    ("unknown-crash", "UNKNOWN", Rank::Verdict),
    ("FPE", "Floating-point-exception", Rank::Verdict),
    ("int-divide-by-zero", "Divide-by-zero", Rank::Verdict),
    ("stack-overflow", "Stack-overflow", Rank::Verdict),
    ("ABRT", "Abrt", Rank::Raised),
    ("ILL", "Ill", Rank::Raised),
    ("illegal-instruction", "Ill", Rank::Raised),
    ("TRAP", "Trap", Rank::Raised),
    ("breakpoint", "Breakpoint", Rank::Raised),
];

/// `==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x… at pc …`.
fn report(draft: &mut Draft, line: &str) -> bool {
    let Some((tool, told)) = line.split_once("Sanitizer: ") else { return false };
    if !(tool.contains("ERROR: ") || tool.contains("WARNING: ")) {
        return false;
    }
    let tool = tool.rsplit(' ').next().unwrap_or(tool);
    if tool == "Leak" {
        return true;
    }
    if EXHAUSTED.iter().any(|words| told.starts_with(words)) {
        return draft.exhaust("Out-of-memory");
    }
    if let Some(failed) = told.strip_prefix("CHECK failed: ") {
        return failed_inside(draft, failed);
    }
    let word = told.split([' ', ';', ':', '(']).next().unwrap_or_default();
    if let Some((_, class, rank)) = FAULTS.iter().find(|(fault, ..)| *fault == word) {
        return fault(draft, told, class, *rank);
    }
    let class = match TOLD.iter().find(|(start, _)| told.starts_with(start)) {
        Some((_, class)) => (*class).to_owned(),
        None if tool == "Thread" => capitalized(told.split(" (").next().unwrap_or(told).trim()),
        None => capitalized(word),
    };
    if class.is_empty() || (tool == "Address" && !line.contains("ERROR: ")) {
        return false;
    }
    draft.open(Rank::Verdict, class);
    if draft.crash.address.is_empty() {
        draft.crash.address = touched(told).unwrap_or_default();
    }
    true
}

/// The address that an error names.
fn touched(told: &str) -> Option<String> {
    let marks = [
        "on address ",
        "malloc()-ed: ",
        " on ",
        "heap object [",
        "memory ranges [",
        "on unknown address ",
    ];
    let found = marks.iter().find_map(|mark| address(told.split_once(mark)?.1));
    found.map(str::to_owned)
}

fn fault(draft: &mut Draft, told: &str, class: &str, rank: Rank) -> bool {
    let touched = touched(told).unwrap_or_default();
    let is_access = class == "UNKNOWN";
    let class = match is_access {
        true if touched.is_empty() => "Segv on unknown address",
        true if access::is_null(&touched) => "Null-dereference",
        true | false => class,
    };
    if draft.open(rank, class) && class != "Floating-point-exception" {
        // An address in the code says nothing of the data.
        draft.crash.address = touched;
    }
    true
}

/// `CHECK failed: sanitizer_allocator.cc:61 "((0)) != (0)" (0x0, 0x0)`: the tool's own fault.
fn failed_inside(draft: &mut Draft, failed: &str) -> bool {
    let said = between(failed, "\"", "\"").unwrap_or(failed);
    draft.open(Rank::Verdict, "Sanitizer CHECK failure");
    if draft.crash.statement.is_empty() && draft.crash.class.starts_with("Sanitizer") {
        draft.crash.statement = vec![condition(said)];
    }
    true
}

/// `READ of size 4 at 0x… thread T0`, the line below the error.
fn sized(draft: &mut Draft, line: &str) -> bool {
    let line = line.trim_start();
    let line = line.split_once("] ").filter(|_| line.starts_with('[')).map_or(line, |(_, l)| l);
    let Some(told) = access::sized(line) else { return false };
    let waits = !draft.crash.class.is_empty()
        && draft.rank >= Rank::Verdict
        && !draft.crash.class.contains("READ")
        && !draft.crash.class.contains("WRITE")
        && !["UNKNOWN", "Null-dereference"].contains(&draft.crash.class.as_str())
        && draft.crash.frames.is_empty();
    if waits {
        draft.crash.class = format!("{}\n{told}", draft.crash.class);
        let at = line.split_once(" at ").map_or("", |(_, at)| at);
        let at = at.strip_prefix("addr ").unwrap_or(at);
        super::kernel::at(draft, at);
    }
    true
}

/// `The signal is caused by a READ memory access.`, below a fault.
fn signal(draft: &mut Draft, line: &str) -> bool {
    let verb = line.split_once("caused by a ").and_then(|(_, told)| access::verb(told));
    let plain = ["UNKNOWN", "Null-dereference"].contains(&draft.crash.class.as_str());
    if let Some(verb) = verb.filter(|_| plain) {
        draft.crash.class = format!("{} {verb}", draft.crash.class);
    }
    true
}

/// `Direct leak of 8 byte(s) in 1 object(s) allocated from:`; an indirect one hangs on another.
fn leak(draft: &mut Draft, line: &str) -> bool {
    let line = line.trim_start();
    let (class, rank) = match line.split_once(' ') {
        Some(("Direct", _)) => ("Direct-leak", Rank::Verdict),
        Some(("Indirect", _)) => ("Indirect-leak", Rank::Indirect),
        Some(_) | None => return false,
    };
    if !draft.open(rank, class) && draft.crash.class.ends_with("-leak") {
        draft.mute();
    }
    true
}
