//! `cargo xtask corpus`: the tests that are ignored by default, because they need the package
//! registries or take long. They are run on purpose, never by the gate.

use crate::{run, system, test};
use std::path::Path;
use std::process::ExitCode;

/// Runs every ignored test whose name holds the filter.
pub fn main(root: &Path, arguments: &[String]) -> ExitCode {
    if let Err(why) = system::provide(system::Purpose::Corpus) {
        eprintln!("{why}");
        return ExitCode::from(2);
    }
    let mut command = run::cargo();
    command.current_dir(root).args(["test", "--workspace", "--no-fail-fast"]).args(arguments);
    command.args(["--", "--ignored", "--show-output"]);
    if let Some(data) = test::data(root) {
        command.env("SEAWALL_DATA", data);
    }
    match run::run(&mut command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
