//! Recipes: how to show one flaw in one release, so that anybody can repeat it.
//!
//! A recipe names a target and carries everything else inside itself: the harness files, the
//! commands that build and trigger, a benign control, the oracle that judges, and the limits.
//! It names the target by a catalogue and never by a way to get it: the release is brought by its
//! registry's own client.
//! Serves C16 (sandboxed reproduction) and C18 (a bundle that a third party runs again).
//!
//! # What a command finds
//!
//! - `/target`: the release, read-only. A Python wheel unpacked, an npm package's folder, or for a
//!   crate `Cargo.lock` and `vendor/NAME` of the crate and of everything it needs.
//! - `/recipe`: the files of the recipe, read-only.
//! - `/scratch`: empty and writable, the current folder, gone after the command.
//! - `/build`: empty and writable while building; what is left there is handed, as a fresh copy,
//!   to the trigger and to the control.
//! - `/tmp`: empty and writable.
//!
//! There is no network and no other file of the host besides its programs and libraries; a target
//! that is an image has its own instead. The environment holds `PATH`, `HOME` (`/scratch`), `LANG`,
//! `SEAWALL_VERSION` (the release), `SEAWALL_CANARY` (a random token, new in each run; under a
//! canary in a file or in the environment the harness is not told it), for growth `SEAWALL_SIZE`,
//! and what [`Canary`] says of each place of a canary.
//!
//! # What a command must do
//!
//! The trigger runs the attack, the control the same with a benign input. What each must say or
//! how it must end depends on the oracle: see [`Oracle`]. Where a recipe has a service, it is
//! started in the same sandbox first, and the command is called once it listens.

mod boundary;
mod oracle;

pub use boundary::{Boundary, Capability, Doubt, doubts};
pub use oracle::{Canary, Demand, Measure, Oracle};

use crate::package::{Package, Version};
use serde::{Deserialize, Serialize};

/// One recipe: a target, a harness, an oracle and limits.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// What it was written for.
    pub target: Target,
    /// The harness: files that appear below `/recipe`.
    pub files: Vec<RecipeFile>,
    /// Commands that build, one after another, without network; may be none.
    pub build: Vec<Vec<String>>,
    /// The command that runs the attack.
    pub trigger: Vec<String>,
    /// The command that runs the benign control.
    pub control: Vec<String>,
    /// What tells an affected release from an unaffected one.
    pub oracle: Oracle,
    /// What it may use up.
    pub limits: Limits,
    /// The file of the recipe that holds the attack's input: what is varied and made smaller.
    #[serde(default)]
    pub input: Option<String>,
    /// Files that can stand in the place of `input`: other inputs that show the same flaw, by which
    /// a patch is tried besides those that the laboratory makes.
    #[serde(default)]
    pub variants: Vec<String>,
    /// What runs beside trigger and control.
    #[serde(default)]
    pub service: Option<Service>,
    /// What must go on working under a patch.
    #[serde(default)]
    pub tests: Option<Tests>,
    /// Who attacks, with what, and what it gains.
    #[serde(default)]
    pub boundary: Option<Boundary>,
}

impl Recipe {
    /// A recipe with nothing in it yet but what it is for.
    pub fn new(target: Target, oracle: Oracle) -> Recipe {
        Recipe {
            target,
            files: Vec::new(),
            build: Vec::new(),
            trigger: Vec::new(),
            control: Vec::new(),
            oracle,
            limits: Limits::default(),
            input: None,
            variants: Vec::new(),
            service: None,
            tests: None,
            boundary: None,
        }
    }

    /// The file of this name.
    pub fn file(&self, name: &str) -> Option<&RecipeFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// The release that a recipe was written for; it runs against others of the same package as well.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The package.
    pub package: Package,
    /// The version.
    pub version: Version,
}

/// One file of the harness.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct RecipeFile {
    /// Its path below `/recipe`: relative, of plain segments.
    pub name: String,
    /// Its bytes; most are texts.
    pub bytes: Vec<u8>,
}

impl RecipeFile {
    /// Its text, unless it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// A program that runs beside trigger and control, in the same sandbox.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The command that starts it; it stays in the foreground.
    pub run: Vec<String>,
    /// The port of the sandbox's loopback on which it listens when it is ready.
    pub port: u16,
}

/// The tests that tell whether a patch breaks what worked before.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Tests {
    /// The commands, one after another; each is run even when one before it failed.
    pub run: Vec<Vec<String>>,
    /// How the names of those that passed are read from what they print.
    pub report: TestReport,
}

/// How a test command reports.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestReport {
    /// By its status alone: the command is one test.
    Status,
    /// In the Test Anything Protocol: `ok 1 - name`, `not ok 2 - name`.
    Tap,
    /// As Rust's test harness does: `test name ... ok`.
    Libtest,
    /// As Python's `unittest -v` does: `name (place) ... ok`.
    Unittest,
}

impl TestReport {
    /// Every way, with the name that recipes use.
    pub const ALL: [(TestReport, &'static str); 4] = [
        (TestReport::Status, "status"),
        (TestReport::Tap, "tap"),
        (TestReport::Libtest, "libtest"),
        (TestReport::Unittest, "unittest"),
    ];
}

/// What one command of a recipe may use up before it is ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Processor seconds of the whole process tree; the wall clock is bounded in proportion.
    pub seconds: u32,
    /// Resident memory of the whole process tree.
    pub memory_mib: u32,
    /// Processes and threads at one time.
    pub processes: u32,
    /// Bytes printed, both streams together.
    pub output_kib: u32,
    /// Bytes in each writable folder.
    pub disk_mib: u32,
}

impl Limits {
    /// The most that any recipe may ask for: one hostile recipe must not hold a worker for long.
    pub const MAX: Limits = Limits {
        seconds: 600,
        memory_mib: 8192,
        processes: 1024,
        output_kib: 16384,
        disk_mib: 8192,
    };

    /// Each limit held to [`Limits::MAX`] and to at least one.
    #[must_use]
    pub fn bounded(self) -> Limits {
        let max = Limits::MAX;
        Limits {
            seconds: self.seconds.clamp(1, max.seconds),
            memory_mib: self.memory_mib.clamp(1, max.memory_mib),
            processes: self.processes.clamp(1, max.processes),
            output_kib: self.output_kib.clamp(1, max.output_kib),
            disk_mib: self.disk_mib.clamp(1, max.disk_mib),
        }
    }
}

impl Default for Limits {
    /// Enough for a small compile and a short run.
    fn default() -> Self {
        Limits { seconds: 20, memory_mib: 512, processes: 64, output_kib: 256, disk_mib: 256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_stay_between_one_and_the_most() {
        let nothing =
            Limits { seconds: 0, memory_mib: 0, processes: 0, output_kib: 0, disk_mib: 0 };
        let all = Limits {
            seconds: u32::MAX,
            memory_mib: u32::MAX,
            processes: u32::MAX,
            output_kib: u32::MAX,
            disk_mib: u32::MAX,
        };
        assert_eq!(all.bounded(), Limits::MAX);
        assert_eq!(nothing.bounded().memory_mib, 1);
        assert_eq!(Limits::default().bounded(), Limits::default());
    }
}
