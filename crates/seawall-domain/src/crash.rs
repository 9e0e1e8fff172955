//! A crash as a report tells it: what happened, where in memory, and the frames of the stack.
//!
//! `formats::crash` reads one from a text, and `matching::stack` says which crashes are the same
//! and how bad they are (capabilities C13 and C16). The words for classes are those of ClusterFuzz,
//! which OSS-Fuzz publishes with every finding.

/// A crash, before any rule is applied to it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Crash {
    /// What happened, such as `Heap-use-after-free`, then on lines of its own what the tool says of
    /// the access, such as `READ 8`. Empty where the text shows no crash.
    pub class: String,
    /// The address that was touched, as the report writes it; empty where it means nothing.
    pub address: String,
    /// What the program itself said, which stands before the frames in the crash's key: the
    /// condition of a failed check, the message of a panic.
    pub statement: Vec<String>,
    /// The frames of the stack, innermost first, those of the tools among them.
    pub frames: Vec<Frame>,
    /// How the signal came about.
    pub origin: Origin,
    /// Whether something in the program keeps the flaw from being used.
    pub guard: Guard,
    /// How bad a detector says that it is.
    pub claimed: Option<Severity>,
    /// What crashed, where the report names the process or the fuzz target.
    pub process: Option<String>,
}

/// One frame of a stack.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Frame {
    /// Whose way of writing it is.
    pub notation: Notation,
    /// The function as written, with its arguments where they are there.
    pub function: Option<String>,
    /// The source file as written.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
    /// The program or library, where the function is unknown or the debugger names it as well.
    pub module: Option<String>,
    /// The offset in bytes in the module or, where the function is known, in the function.
    pub offset: Option<u64>,
}

/// The notation of a frame, by which the rules for it differ.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Notation {
    /// `#0 0x4f6b78 in parse(char*) src/parse.c:12:3`, of the sanitizers and of libFuzzer.
    #[default]
    Sanitizer,
    /// `#0 0x7f48a51f99e0 base::Run()`, of Chromium, which prints its own stacks.
    Chromium,
    /// `#0  0x4f6b78 in parse (text=0x0) at parse.c:12`, of gdb.
    Debugger,
    /// `#00 pc 0003a1b0  /system/lib/libc.so (abort+4)`, of Android.
    Tombstone,
    /// `[<ffffffff92af056e>] keyring_destroy+0xe2/0x186`, of kernels.
    Kernel,
    /// `0915b084 6eefc617 MSHTML!Parse+0x46`, of the Windows debuggers.
    Windows,
    /// `encoding/json.Unmarshal(0x60, 0xa)`, of Go.
    Go,
    /// `at com.example.Parser.read(Parser.java:51)`, of Java.
    Java,
    /// `at check (/out/check.js:27:9)`, of JavaScript.
    JavaScript,
    /// `File "parse.py", line 24, in read`, of Python.
    Python,
}

/// How a crash came to be reported.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Origin {
    /// The machine or a tool found a fault.
    #[default]
    Fault,
    /// The process signalled itself, as `abort` does.
    Raised,
}

/// Whether a protection holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Guard {
    /// None is known.
    #[default]
    Open,
    /// The report says that the object was kept alive (`MiraclePtr Status: PROTECTED`).
    Protected,
}

/// How bad a crash is by itself, without knowledge of who can cause it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// It stops the program.
    Low,
    /// It reads what it must not.
    Medium,
    /// It writes what it must not, or uses what is gone.
    High,
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Low => "Low",
            Severity::Medium => "Medium",
            Severity::High => "High",
        }
    }
}
