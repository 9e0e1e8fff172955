//! Reads the shared data; tests without it say so and return.

use std::path::PathBuf;
use std::process::Command;

/// The bytes that a program writes for a file of the shared data, or `None` (said aloud) when the
/// data or the program is not there.
pub fn read(test: &str, program: &[&str], file: &str) -> Option<String> {
    let folder = std::env::var("SEAWALL_DATA").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join(file);
    if !path.exists() {
        println!("skipped: {test}: no SEAWALL_DATA");
        return None;
    }
    let (name, arguments) = program.split_first()?;
    let output = Command::new(name).args(arguments).arg(&path).output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).ok(),
        Ok(_) | Err(_) => {
            println!("skipped: {test}: cannot unpack with `{name}` (zstd is needed)");
            None
        }
    }
}
