//! Programs of other people's that are written in Python, each in a folder of the build's own.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program of a package in one version, installed once; none where it cannot be had.
pub fn program(package: &str, version: &str, program: &str) -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{package}-{version}"));
    let program = home.join("bin").join(program);
    let run = |command: &mut Command| command.output().is_ok_and(|done| done.status.success());
    if !run(Command::new(&program).arg("--help")) {
        let pinned = format!("{package}=={version}");
        let quiet = ["install", "--quiet", "--disable-pip-version-check", &pinned];
        let made = run(Command::new("python3").args(["-m", "venv"]).arg(&home))
            && run(Command::new(home.join("bin/pip")).args(quiet));
        if !made {
            return None;
        }
    }
    Some(program)
}
