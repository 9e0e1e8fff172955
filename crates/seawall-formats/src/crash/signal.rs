//! Signals and exceptions as debuggers, Android and crash handlers show them, and what keeps a
//! program from starting.

use super::draft::{Awaited, Draft, Rank};
use super::trigger::Table;
use super::undefined::null_class;
use super::wording::{address, between, capitalized, hexadecimal};

pub(super) const TABLE: Table = &[
    ("Program received signal ", gdb),
    ("Program terminated with signal ", gdb),
    ("Received signal ", handled),
    ("ignal ", android),
    ("backtrace:", |draft, line| {
        let begins = line.trim() == "backtrace:";
        if begins {
            draft.begin_tombstone();
        }
        begins
    }),
    (" >>> ", process),
    ("EXCEPTION_CODE: ", windows),
    ("ChildEBP RetAddr", begin_stack),
    ("Child-SP ", begin_stack),
    ("Attempt to read from address ", |draft, line| windows_access(draft, line, "READ")),
    ("Attempt to write to address ", |draft, line| windows_access(draft, line, "WRITE")),
    ("error while loading shared libraries: ", missing_library),
    ("CANNOT LINK EXECUTABLE", missing_library),
];

fn begin_stack(draft: &mut Draft, _: &str) -> bool {
    draft.begin_stack();
    true
}

/// `Program received signal SIGSEGV, Segmentation fault.`; the frame that follows has the address.
fn gdb(draft: &mut Draft, line: &str) -> bool {
    let Some((_, told)) = line.split_once(" signal ") else { return false };
    let name = told.split([',', '.', ' ']).next().unwrap_or(told);
    if draft.open(Rank::Raised, name) {
        draft.await_next(Awaited::Stop);
    }
    true
}

/// `0x0000000000000ac8 in memcpy ()`, where gdb stopped.
pub(super) fn stop(draft: &mut Draft, line: &str) -> bool {
    let at = address(line).filter(|_| line.contains(" in ")).and_then(hexadecimal);
    if let Some(at) = at {
        draft.crash.address = format!("0x{at:012x}");
    }
    at.is_some()
}

/// `Received signal 11 SEGV_MAPERR 7f6b0c580000`, of the crash handlers of Chromium and V8.
fn handled(draft: &mut Draft, line: &str) -> bool {
    let Some(told) = line.trim_start().strip_prefix("Received signal ") else { return false };
    let mut words = told.split_whitespace();
    let (number, _, at) = (words.next(), words.next(), words.next());
    let at = at.filter(|at| hexadecimal(at).is_some()).map(|at| format!("0x{at}"));
    match number {
        Some("11" | "7" | "10") => {
            let at = at.unwrap_or_default();
            if draft.open(Rank::Signal, null_class(&at)) {
                draft.crash.address = at;
            }
        }
        Some(_) | None => {
            draft.open(Rank::Signal, "Fatal-signal");
        }
    }
    true
}

/// `signal 11 (SIGSEGV), code 2 (SEGV_ACCERR), fault addr 0xb6e43000`, of Android.
fn android(draft: &mut Draft, line: &str) -> bool {
    let Some((_, told)) = line.split_once("ignal ") else { return false };
    let Some((name, _)) = told.split_once(" (").and_then(|(_, rest)| rest.split_once("), code"))
    else {
        return false;
    };
    let at = told.split_once("fault addr ").and_then(|(_, at)| address(at)).unwrap_or_default();
    let class = match name {
        "SIGSEGV" | "SIGBUS" => null_class(at),
        "SIGFPE" => "Floating-point-exception",
        "SIGILL" => "Ill",
        "SIGABRT" => "Abrt",
        "SIGTRAP" => "Trap",
        _ => "UNKNOWN",
    };
    if draft.open(Rank::Signal, class) && ["SIGSEGV", "SIGBUS"].contains(&name) {
        draft.crash.address = at.to_owned();
    }
    true
}

/// `pid: 1236, tid: 1544, name: surfaceflinger  >>> /system/bin/surfaceflinger <<<`, of Android.
fn process(draft: &mut Draft, line: &str) -> bool {
    let name = between(line, "name: ", " >>> ").filter(|_| draft.rank == Rank::Signal);
    if let Some(name) = name {
        draft.crash.process = Some(capitalized(name.trim()));
    }
    name.is_some()
}

/// Exceptions of Windows by their code (`ntstatus.h`), and the classes they are.
const EXCEPTIONS: [(u64, &str); 9] = [
    (0xc000_0005, "UNKNOWN"),
    (0xc000_0094, "Divide-by-zero"),
    (0xc000_0095, "Integer-overflow"),
    (0xc000_0374, "Heap-corruption"),
    (0xc000_00fd, "Stack-overflow"),
    (0xc000_0409, "Stack-buffer-overflow"),
    (0xc000_001d, "Ill"),
    (0xc000_0420, "ASSERT"),
    (0x8000_0003, "Breakpoint"),
];

/// `EXCEPTION_CODE: (NTSTATUS) 0xc0000094 - …`, of cdb's analysis.
fn windows(draft: &mut Draft, line: &str) -> bool {
    let code = line.split_once("(NTSTATUS) ").and_then(|(_, told)| address(told));
    let Some(code) = code.and_then(hexadecimal) else { return false };
    let known = EXCEPTIONS.iter().find(|(number, _)| *number == code);
    draft.open(Rank::Verdict, known.map_or("UNKNOWN", |(_, class)| class));
    true
}

fn windows_access(draft: &mut Draft, line: &str, verb: &str) -> bool {
    let at = line.rsplit(' ').next().unwrap_or_default();
    if draft.crash.class == "UNKNOWN" {
        let at = format!("0x{}", at.trim_start_matches("0x").replace('`', ""));
        draft.crash.class = format!("{} {verb}", null_class(&at));
        draft.crash.address = at;
    }
    true
}

/// `./test: error while loading shared libraries: libtest.so.1: cannot open …` of Linux, `CANNOT
/// LINK EXECUTABLE "…": library "libtest.so" not found` of Android.
fn missing_library(draft: &mut Draft, line: &str) -> bool {
    let linux = line.split_once("shared libraries: ").and_then(|(_, told)| told.split_once(':'));
    let library = match linux {
        Some((library, _)) => Some(library),
        None => between(line, "library \"", "\""),
    };
    let Some(library) = library else { return false };
    if draft.open(Rank::Statement, "Missing-library") {
        draft.crash.statement = vec![library.trim().to_owned()];
    }
    true
}
