//! Running a program of the host (a registry's client, an unpacker) with a deadline and bounds.

use crate::LabFault;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// No registry is waited for longer than this.
const CLIENT_SECONDS_MAX: u64 = 180;
/// No client has more to say than this.
const CLIENT_OUTPUT_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What a program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// The line that tells most, for a fault: the first that speaks of an error, or the last.
    pub(crate) fn reason(&self) -> String {
        let lines = || self.stderr.lines().map(str::trim).filter(|line| !line.is_empty());
        let error = |line: &&str| {
            let line = line.to_ascii_lowercase();
            line.contains("error") && !line.contains("warning")
        };
        let line = lines().find(error).or_else(|| lines().next_back());
        line.unwrap_or("it failed without a word").chars().take(400).collect()
    }
}

/// Runs a program of the host in a folder and gives back what it said.
pub(crate) fn run(program: &str, args: &[&str], folder: &Path) -> Result<Said, LabFault> {
    let fault = |error| LabFault::io(format!("running `{program}`"), error);
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("PIP_NO_INPUT", "1")
        .env("npm_config_update_notifier", "false")
        .env("npm_config_audit", "false")
        .env("npm_config_fund", "false")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CARGO_TARGET_DIR")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(fault)?;
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    let (ended, waiting) = mpsc::channel::<()>();
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
    let watch = std::thread::spawn(move || {
        let late = waiting.recv_timeout(Duration::from_secs(CLIENT_SECONDS_MAX));
        if late == Err(mpsc::RecvTimeoutError::Timeout) {
            // The group may be gone in this very moment, which is as good.
            let _ = killpg(group, Signal::SIGKILL);
        }
    });
    let status = child.wait().map_err(fault)?;
    drop(ended);
    let _ = watch.join();
    let text = |thread: std::thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&thread.join().unwrap_or_default()).into_owned()
    };
    Ok(Said { success: status.success(), stdout: text(stdout), stderr: text(stderr) })
}

fn reader<R: Read + Send + 'static>(stream: Option<R>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            // What was read before a fault is still worth having.
            let _ = stream.take(CLIENT_OUTPUT_BYTES_MAX).read_to_end(&mut bytes);
        }
        bytes
    })
}

/// Does the same to each of many things, two at a time, and keeps their order.
pub(crate) fn two_at_a_time<T: Sync, R: Send>(
    things: &[T],
    act: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let half = things.len().div_ceil(2).max(1);
    std::thread::scope(|scope| {
        let act = &act;
        let threads: Vec<_> = things
            .chunks(half)
            .map(|part| scope.spawn(move || part.iter().map(act).collect::<Vec<R>>()))
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
