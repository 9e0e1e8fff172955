//! The crash as far as it has been read.

use super::frame::Context;
use super::wording::start;
use super::{Exhaustion, FRAMES_MAX, frame, fuzzer, signal, statement, undefined};
use seawall_domain::crash::{Crash, Frame, Guard, Notation, Origin};

/// The longest class, address or line of a statement that is kept, in bytes.
const TEXT_BYTES_MAX: usize = 1_000;

/// How much a line knows of what happened; a line opens the crash anew if it knows more than what
/// was read before, and of two that know the same the first counts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Rank {
    /// Nothing yet.
    Nothing,
    /// A stack that may be a log's and no crash's.
    Hint,
    /// A signal, or a fuzzer that saw one.
    Signal,
    /// A signal by which programs end themselves, caught by a sanitizer.
    Raised,
    /// What the program itself said before it ended: a failed check, a panic, an exception.
    Statement,
    /// A leak that is owed to another one.
    Indirect,
    /// What a sanitizer, a kernel or a debugger found in memory.
    Verdict,
    /// A statement after which the program ends itself by writing to a bad address.
    Sealed,
}

/// What the next line may add.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Awaited {
    #[default]
    Nothing,
    /// The message of a fatal error of V8, in the named file.
    FatalError(String),
    /// The message of a Rust panic.
    Panic,
    /// The frame in which a debugger stopped.
    Stop,
    /// What an object really is, for a bad cast to the named type.
    Object(String),
}

pub(super) struct Draft {
    pub crash: Crash,
    pub rank: Rank,
    awaited: Awaited,
    exhaustion: Exhaustion,
    /// Whether running out of something is passed over, so that there is no crash.
    passed_over: bool,
    /// Whether frames are no longer of this crash.
    muted: bool,
    /// Whether a fuzzer ended its target, so that the target is all there is to name.
    spent: bool,
    /// The fuzz target.
    target: Option<String>,
    language: Notation,
    /// How the frames of a tombstone begin.
    tombstone: bool,
}

impl Draft {
    pub(super) fn new(exhaustion: Exhaustion) -> Draft {
        Draft {
            crash: Crash::default(),
            rank: Rank::Nothing,
            awaited: Awaited::Nothing,
            exhaustion,
            passed_over: false,
            muted: false,
            spent: false,
            target: None,
            language: Notation::Sanitizer,
            tombstone: false,
        }
    }

    /// Opens the crash anew, unless as much is known already.
    pub(super) fn open(&mut self, rank: Rank, class: impl Into<String>) -> bool {
        if rank <= self.rank {
            return false;
        }
        let process = self.crash.process.take();
        self.crash = Crash { class: class.into(), process, ..Crash::default() };
        self.rank = rank;
        self.awaited = Awaited::Nothing;
        self.passed_over = false;
        self.muted = false;
        self.spent = false;
        self.language = Notation::Sanitizer;
        true
    }

    /// Opens the crash with the program's own words.
    pub(super) fn state(&mut self, class: &str, statement: impl Into<String>) -> bool {
        let opened = self.open(Rank::Statement, class);
        if opened {
            self.crash.statement = vec![statement.into()];
        }
        opened
    }

    /// Opens what is a crash only where running out of memory or time is one.
    pub(super) fn exhaust(&mut self, class: &str) -> bool {
        let opened = self.open(Rank::Statement, class);
        if opened {
            self.passed_over = self.exhaustion == Exhaustion::PassedOver;
        }
        opened
    }

    /// Opens a crash whose frames are of a runtime's notation.
    pub(super) fn open_in(&mut self, language: Notation, rank: Rank, class: &str) -> bool {
        let opened = self.open(rank, class);
        if opened {
            self.language = language;
        }
        opened
    }

    pub(super) fn await_next(&mut self, awaited: Awaited) {
        self.awaited = awaited;
    }

    /// Gives a line to what waits for it; whether it was that.
    pub(super) fn awaited(&mut self, line: &str) -> bool {
        match std::mem::take(&mut self.awaited) {
            Awaited::Nothing => false,
            Awaited::FatalError(file) => statement::fatal_message(self, &file, line),
            Awaited::Stop => signal::stop(self, line),
            Awaited::Panic => statement::panic_message(self, line),
            Awaited::Object(class) => undefined::object(self, &class, line),
        }
    }

    pub(super) fn context(&self) -> Context {
        if self.rank == Rank::Nothing {
            return Context::Before;
        }
        Context::In { language: self.language, tombstone: self.tombstone }
    }

    /// What is written from here on are frames of a tombstone.
    pub(super) fn begin_tombstone(&mut self) {
        self.tombstone = true;
        if self.rank == Rank::Signal {
            self.crash.frames.clear();
        }
    }

    /// The frames so far were of another stack.
    pub(super) fn begin_stack(&mut self) {
        self.crash.frames.clear();
    }

    /// Frames from here on are of something else.
    pub(super) fn mute(&mut self) {
        self.muted = true;
    }

    /// A fuzzer ended its target wherever that happened to be.
    pub(super) fn spend(&mut self) {
        self.muted = true;
        self.spent = true;
    }

    /// Names the fuzz target, if none is named yet.
    pub(super) fn aim(&mut self, target: Option<String>) {
        if self.target.is_none() {
            self.target = target;
        }
    }

    pub(super) fn protect(&mut self) {
        self.crash.guard = Guard::Protected;
    }

    pub(super) fn add(&mut self, frame: Frame) {
        if self.spent {
            self.aim(frame.module.as_deref().and_then(fuzzer::target));
        }
        if self.muted || self.crash.frames.len() >= FRAMES_MAX {
            return;
        }
        if self.crash.frames.is_empty() && frame::raises(&frame) {
            self.crash.origin = Origin::Raised;
        }
        self.crash.frames.push(frame);
    }

    /// The crash, read to its end.
    pub(super) fn done(mut self) -> Crash {
        if self.passed_over {
            return Crash::default();
        }
        if self.spent {
            self.crash.process = self.target;
        }
        if self.language == Notation::Python {
            // A traceback tells the outermost call first.
            self.crash.frames.reverse();
        }
        let crash = &mut self.crash;
        let texts = [&mut crash.class, &mut crash.address].into_iter();
        for text in texts.chain(&mut crash.statement).chain(&mut crash.process) {
            text.truncate(start(text, TEXT_BYTES_MAX).len());
        }
        self.crash
    }
}
