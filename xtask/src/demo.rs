//! `cargo xtask demo`: from a fresh clone to the running demo, in one command.
//!
//! Everything said here goes to stderr: with `--json`, stdout is the demo's one document.

use crate::{assets, run, system};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Prepares, builds, and becomes `seawall demo`, so that its exit status and signals are its own.
pub fn main(root: &Path, arguments: &[String]) -> ExitCode {
    if let Err(why) = system::provide(system::Purpose::Demo) {
        eprintln!("cannot run the demo: {why}");
        return ExitCode::from(2);
    }
    if let Err(why) = assets::provide(root) {
        eprintln!("the pages go on with the style sheets that are there, if any: {why}");
    }
    let program = match build(root) {
        Ok(program) => program,
        Err(why) => {
            eprintln!("cannot build: {why}");
            return ExitCode::from(2);
        }
    };
    let error = Command::new(&program).arg("demo").args(arguments).exec();
    eprintln!("cannot start `{}`: {error}", program.display());
    ExitCode::from(2)
}

/// Builds the executable in the profile that the tests share: on a fresh clone that is minutes
/// less than an optimised build, and the demo's time is spent in the programs that it runs.
fn build(root: &Path) -> Result<PathBuf, String> {
    eprintln!("building seawall");
    run::run(run::cargo().current_dir(root).args(["build", "--package", "seawall"]))?;
    let ours = std::env::current_exe().map_err(|error| format!("cannot find myself: {error}"))?;
    let program = ours.with_file_name("seawall");
    if program.is_file() {
        return Ok(program);
    }
    Err("cargo built seawall into another folder than xtask; unset CARGO_BUILD_TARGET".to_string())
}
