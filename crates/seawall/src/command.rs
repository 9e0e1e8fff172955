//! The commands, one module each: read the arguments, do it, say it.

pub mod admin;
pub mod advisories;
pub mod demo;
pub mod exposure;
pub mod inspect;
pub mod matching;
pub mod preflight;
pub mod recipe;
pub mod reproduce;
pub mod serve;
pub mod verify;

use std::future::Future;
use std::io::Write;
use std::process::ExitCode;

/// Runs a command's future on a runtime of its own.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Says which edition this is, as the command line itself would.
pub fn version() -> ExitCode {
    let said = print_text(concat!("seawall ", env!("CARGO_PKG_VERSION"), "\n"));
    if said.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// Prints a JSON document on standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print_text(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Prints a text on standard output. Whoever reads it may stop reading whenever they like.
fn print_text(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
