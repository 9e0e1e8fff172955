//! The commands, one module each: read the arguments, do it, say it.

pub mod admin;
pub mod advisories;
pub mod clearinghouse;
pub mod demo;
pub mod engagement;
pub mod evaluation;
pub mod exposure;
pub mod gateway;
pub mod inspect;
pub mod matching;
pub mod partner;
pub mod preflight;
pub mod recipe;
pub mod reproduce;
pub mod serve;
pub mod verify;
pub mod work;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use seawall_domain::job::WorkRole;
use std::fmt;
use std::fs::File;
use std::future::Future;
use std::io::{Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// Runs a command's future on a runtime of its own.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Listens from now on for an interrupt from the keyboard, or for the word of whatever supervises
/// services; the future ends when either came.
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    let (mut keyboard, mut supervisor) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = keyboard.recv() => {}
            _ = supervisor.recv() => {}
        }
    })
}

/// A kind of work by its name.
fn role(text: &str) -> Result<WorkRole, String> {
    let names: Vec<&str> = WorkRole::ALL.iter().map(|role| role.name()).collect();
    let found = WorkRole::ALL.into_iter().find(|role| role.name() == text);
    found.ok_or_else(|| format!("there is no such work; there is {}", names.join(", ")))
}

/// Says which edition this is, as the command line itself would.
pub fn version() -> ExitCode {
    let said = print_text(concat!("seawall ", env!("CARGO_PKG_VERSION"), "\n"));
    if said.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// Opens what is read, and never waits for somebody who writes: of a pipe that nobody writes to
/// there is nothing to read.
fn open(path: &Path) -> std::io::Result<File> {
    let wait = OFlag::O_NONBLOCK;
    let file = File::options().read(true).custom_flags(wait.bits()).open(path)?;
    // Once it is open, reading waits as it does elsewhere.
    let flags = OFlag::from_bits_retain(fcntl(&file, FcntlArg::F_GETFL)?);
    fcntl(&file, FcntlArg::F_SETFL(flags.difference(wait)))?;
    Ok(file)
}

/// The same, of a text.
fn read_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    open(path)?.read_to_string(&mut text).map(|_| text)
}

/// A number of things in words: `1 task`, `3 tasks`.
fn count<N: fmt::Display + PartialEq + From<u8>>(number: N, one: &str) -> String {
    let more = if number == N::from(1) { "" } else { "s" };
    format!("{number} {one}{more}")
}

/// Prints a JSON document on standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print_text(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Prints a line on standard output, as `println!` does, and never minds a reader that left.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::command::print_line(format_args!($($words)*))
    };
}
use say;

fn print_line(words: std::fmt::Arguments<'_>) {
    // A pipe that nobody reads any more needs no line, and every other fault shows at the end.
    let _ = writeln!(std::io::stdout(), "{words}");
}

/// Prints a text on standard output. Whoever reads it may stop reading whenever they like.
fn print_text(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
