//! Crashes by their stacks: which are the same, whether one is a matter of security, and how bad it
//! is (capabilities C13 and C16).
//!
//! The key of a crash is ClusterFuzz's *crash state*: what the program itself said, then the
//! innermost frames that name a place in the code under test, three lines in all. Frames of
//! allocators, of the C library, of sanitizers and fuzzers, of what ends a program and of what
//! starts it are in every crash and name no place; [`noise`] says which those are.
//!
//! Reading a report is not done here: see `formats::crash`. The words of a class come from there.

mod cluster;
mod noise;
mod recursion;
mod severity;
mod similar;

use seawall_domain::crash::{Crash, Frame, Guard, Notation, Origin};

pub use cluster::{STACKS_MAX, clusters};
pub use severity::severity;
pub use similar::{SAME_MIN, Signature, similarity};

/// The most lines of a key.
const LINES_MAX: usize = 3;

/// The longest line of a key, in characters.
const LINE_CHARS_MAX: usize = 80;

/// The key of a crash without a frame that says where.
const NOWHERE: &str = "NULL";

/// The class of a stack that grew too far.
const STACK_OVERFLOW: &str = "Stack-overflow";

/// The class whose statement stands beside the lines of its key instead of being one of them.
const V8_API_ERROR: &str = "V8 API error";

/// The crash state: the same for crashes that are taken for one, each line with its line break.
/// Empty for a text that shows no crash, and `NULL` where no frame says where it was.
pub fn state(crash: &Crash) -> String {
    if crash.class.is_empty() {
        return String::new();
    }
    let said = if crash.class == V8_API_ERROR { 0 } else { crash.statement.len() };
    let places = places(crash);
    let mut lines: Vec<&str> = crash.statement.iter().map(String::as_str).collect();
    lines.extend(places.iter().take(LINES_MAX.saturating_sub(said)).map(String::as_str));
    if lines.is_empty() {
        lines.extend(crash.process.as_deref());
    }
    if lines.is_empty() {
        return NOWHERE.to_owned();
    }
    let mut state = String::new();
    for line in lines {
        state.extend(line.chars().take(LINE_CHARS_MAX));
        state.push('\n');
    }
    state
}

/// Where a crash was, innermost first; more than a key has lines only of a stack that overflowed.
fn places(crash: &Crash) -> Vec<String> {
    let symbolized = crash.frames.iter().any(|frame| frame.function.is_some());
    let overflowed = crash.class == STACK_OVERFLOW;
    let places_max = if overflowed { recursion::PLACES_MAX } else { LINES_MAX };
    let mut places = Vec::new();
    let mut named = 0;
    for frame in &crash.frames {
        let (place, ends) = match place(frame, symbolized) {
            Place::None => continue,
            Place::Module(place) => (place, false),
            Place::Named(place) => {
                named += usize::from(named == places.len());
                (place, false)
            }
            Place::Target(place) => (place, true),
        };
        places.push(place);
        if ends || places.len() >= places_max {
            break;
        }
    }
    if overflowed {
        // Where the limit is hit is chance: what calls itself is the place.
        let start = recursion::start(places.get(..named).unwrap_or_default());
        places.drain(..start);
    }
    places
}

/// What a frame says of where a crash was.
enum Place {
    None,
    /// A function of the code under test.
    Named(String),
    /// Its program or library, where the function is unknown.
    Module(String),
    /// The entry of the fuzz target, beyond which nothing is the target's.
    Target(String),
}

/// The place that a frame names, unless it names none of the code under test.
fn place(frame: &Frame, symbolized: bool) -> Place {
    let Some(function) = &frame.function else {
        return module_place(frame, symbolized).map_or(Place::None, Place::Module);
    };
    let name = plain(function, frame.notation);
    if noise::is_fuzz_target(name.as_str()) {
        // The entry of a fuzz target has one name in all of them; its file tells which it is.
        let file = frame.file.as_deref();
        return file.map_or(Place::None, |file| {
            Place::Target(file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned())
        });
    }
    let silent = name.is_empty() || noise::is_noise(frame, &name);
    if silent { Place::None } else { Place::Named(name) }
}

/// The program or library of a frame whose function is unknown.
fn module_place(frame: &Frame, symbolized: bool) -> Option<String> {
    let module = frame.module.as_deref()?;
    match frame.notation {
        Notation::Tombstone => {
            // Where nothing is symbolized the offset is all there is, even in the system's library.
            let offset = frame.offset?;
            let silent = symbolized || noise::is_silent_module(module);
            (!silent).then(|| format!("{module}+0x{offset:08x}"))
        }
        Notation::Sanitizer
        | Notation::Chromium
        | Notation::Debugger
        | Notation::Kernel
        | Notation::Windows
        | Notation::Go
        | Notation::Java
        | Notation::JavaScript
        | Notation::Python => {
            let silent = noise::is_system_module(module) || noise::is_silent_module(module);
            (!silent).then(|| module.to_owned())
        }
    }
}

/// The name of a function without its arguments and without what namespaces that have no name are
/// called; Go's without the path of its package.
pub(crate) fn plain(function: &str, notation: Notation) -> String {
    match notation {
        Notation::Go => {
            let end = function.find('[').unwrap_or(function.len());
            let start = function.get(..end).and_then(|text| text.rfind('/')).map_or(0, |at| at + 1);
            function.get(start..).unwrap_or(function).to_owned()
        }
        Notation::Java | Notation::JavaScript | Notation::Python => function.to_owned(),
        Notation::Sanitizer
        | Notation::Chromium
        | Notation::Debugger
        | Notation::Tombstone
        | Notation::Kernel
        | Notation::Windows => {
            let mut name = function.replace("(anonymous namespace)::", "");
            for unnamed in ["`anonymous namespace'::", "`anonymous namespace::"] {
                name = name.replace(unnamed, "");
            }
            let end = name.find('(').unwrap_or(name.len());
            name.truncate(end);
            name.truncate(name.trim_end().len());
            name
        }
    }
}

/// What an operator holds for a matter of security beyond what memory alone says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Failed assertions (`ASSERT`).
    pub asserts: Implication,
    /// Failed checks that also run in releases (`CHECK failure`).
    pub checks: Implication,
}

/// Whether a kind of crash is a matter of security.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Implication {
    /// It may be used against the program.
    Security,
    /// It ends the program, as it was meant to.
    Stability,
}

impl Default for Policy {
    /// ClusterFuzz's: an assertion guards what follows it, and a check that runs in releases stops
    /// what it finds.
    fn default() -> Policy {
        Policy { asserts: Implication::Security, checks: Implication::Stability }
    }
}

/// Classes that end a program and harm nothing else, by their first line.
const STABILITY: [&str; 40] = [
    "",
    "Abrt",
    "Assumption-violation",
    "Breakpoint",
    "Data race",
    "Direct-leak",
    "Divide-by-zero",
    "Fatal Exception",
    "Fatal error",
    "Fatal-signal",
    "Float-cast-overflow",
    "Floating-point-exception",
    "Implicit-conversion",
    "Index out of range",
    "Indirect-leak",
    "Integer-overflow",
    "Invalid-bool-value",
    "Invalid-builtin-use",
    "Invalid-enum-value",
    "Invalid-null-argument",
    "Invalid-null-return",
    "Lock-order-inversion",
    "Makeslice: len out of range",
    "Misaligned-address",
    "Missing-library",
    "No-return-value",
    "Null-dereference",
    "Null-dereference READ",
    "Null-dereference WRITE",
    "Out-of-memory",
    "Overwrites-const-input",
    "Pointer-overflow",
    "Sanitizer CHECK failure",
    "Slice bounds out of range",
    "Stack-overflow",
    "Timeout",
    "Trap",
    "Undefined-shift",
    "Unexpected-exit",
    "Unsigned-integer-overflow",
];

/// More of them, in the words of programs and runtimes.
const STABILITY_STATED: [&str; 9] = [
    "Stack overflow",
    "Unreachable code",
    "Uncaught exception",
    "Upcast-of-null-pointer",
    "V8 API error",
    "V8 correctness failure",
    "Undefined-behavior",
    "Integer divide by zero",
    "Integer overflow",
];

/// Whether a crash is a matter of security. What is not known to be harmless is.
pub fn is_security(crash: &Crash, policy: Policy) -> bool {
    let class = crash.class.lines().next().unwrap_or_default();
    if crash.guard == Guard::Protected || STABILITY.contains(&class) {
        return false;
    }
    match class {
        "CHECK failure" => policy.checks == Implication::Security,
        "ASSERT" => policy.asserts == Implication::Security,
        // Code that is run at address zero was reached by a pointer that held nothing.
        "Ill" => address(&crash.address) == Some(0),
        class if class.starts_with("UNKNOWN") => crash.origin == Origin::Fault,
        class => !STABILITY_STATED.contains(&class),
    }
}

fn address(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
mod tests;
