//! Inspect, which other people make, in a folder of the build's own: for the tests that run it.
//!
//! `xtask/inspect.txt` pins it and everything that it needs. What is there already is used again as
//! long as that list stays the same.

use crate::run::run;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The list, below the repository.
const LIST: &str = "xtask/inspect.txt";
/// A copy of the list says, inside the folder, what is in it.
const STAMP: &str = "list.txt";

/// Where Inspect's program is.
pub fn program(root: &Path) -> PathBuf {
    folder(root).join("bin/inspect")
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/inspect")
}

/// Installs what the list says, unless it is there.
pub fn provide(root: &Path) -> Result<(), String> {
    let list = root.join(LIST);
    let wanted = fs::read(&list).map_err(|error| format!("{LIST}: {error}"))?;
    let folder = folder(root);
    if fs::read(folder.join(STAMP)).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    eprintln!("bringing Inspect with pip, for the tests that run it");
    let quiet = |command: &mut Command| {
        run(command.stdin(Stdio::null()).stdout(Stdio::from(std::io::stderr())))
    };
    quiet(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let options = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--retries=1"];
    quiet(Command::new(folder.join("bin/pip")).args(options).arg("-r").arg(&list))?;
    fs::write(folder.join(STAMP), wanted).map_err(|error| format!("{LIST}: {error}"))
}
