//! `seawall __attend`: the process that stands between a run and everything it starts.
//!
//! Whatever the harness leaves behind becomes a child of this process, also what went into a
//! session of its own, and is ended with it. When whoever started this dies in any way, its input
//! ends, and so does everything here. It knows no secret.

use anyhow::Context;
use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The hidden subcommand.
pub(super) const SUBCOMMAND: &str = "__attend";
/// The word on its input that asks the run to end.
pub(super) const INTERRUPT: u8 = b'i';
/// How the name of a run's private folder begins, in which all this happens.
pub(super) const PRIVATE: &str = "seawall-run-";
/// What no kernel ends within this time hangs in the kernel.
const SWEEP_MAX: Duration = Duration::from_secs(20);

/// The program and its words.
#[derive(clap::Args)]
pub struct Arguments {
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// What it tells, each on a line.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// The program runs; the number is its process and its group.
    Started(i32),
    /// It ended with a status, or by a signal; so many processes were left.
    Ended { status: Option<i32>, left: usize },
    /// It could not be started.
    Failed(String),
}

/// Attends a program until it and everything it started is gone.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    set_child_subreaper(true).context("cannot adopt what a run leaves behind")?;
    let (program, words) = arguments.command.split_first().context("there is no program")?;
    let child = Command::new(program)
        .args(words)
        .process_group(0)
        .stdin(Stdio::null())
        // Both its streams go where our messages do not.
        .stdout(Stdio::from(std::io::stderr()))
        .spawn();
    let child = match child {
        Ok(child) => Pid::from_raw(i32::try_from(child.id()).context("a number is too large")?),
        Err(error) => {
            // Where the program's own words would stand.
            eprintln!("cannot start {}: {error}", program.display());
            say(&Word::Failed(error.to_string()));
            return Ok(ExitCode::from(2));
        }
    };
    say(&Word::Started(child.as_raw()));
    let running = Arc::new(Mutex::new(true));
    let heard = running.clone();
    std::thread::spawn(move || listen(child, &heard));
    let status = wait_for(child);
    *running.lock().unwrap_or_else(PoisonError::into_inner) = false;
    let left = sweep();
    clear();
    say(&Word::Ended { status, left });
    Ok(ExitCode::SUCCESS)
}

fn say(word: &Word) {
    // Whoever listened may be gone; what is to be done is done all the same.
    if let Ok(line) = serde_json::to_string(word) {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

/// Does what is said on the input, and kills when the input ends.
fn listen(child: Pid, running: &Mutex<bool>) {
    let mut input = std::io::stdin().lock();
    let mut byte = [0];
    loop {
        let signal = match input.read(&mut byte) {
            Ok(1) if byte == [INTERRUPT] => Signal::SIGINT,
            Ok(1) => continue,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Ok(_) | Err(_) => Signal::SIGKILL,
        };
        let running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if *running {
            // It may have ended a moment ago, which is as good.
            let _ = killpg(child, signal);
        }
        if signal == Signal::SIGKILL {
            return;
        }
    }
}

/// Waits for the program, and buries what others left on the way.
fn wait_for(child: Pid) -> Option<i32> {
    loop {
        match waitpid(None, None) {
            Ok(WaitStatus::Exited(pid, status)) if pid == child => return Some(status),
            Ok(WaitStatus::Signaled(pid, _, _)) if pid == child => return None,
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return None,
        }
    }
}

/// Ends everything below this process, and says how much there was.
fn sweep() -> usize {
    let (mut met, start) = (BTreeSet::new(), Instant::now());
    while start.elapsed() < SWEEP_MAX {
        for pid in below(Pid::this()) {
            met.insert(pid);
            let _ = kill(pid, Signal::SIGKILL);
        }
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => break,
                Ok(_) | Err(Errno::EINTR) => {}
                // No child is left, and so nothing below one.
                Err(_) => return met.len(),
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    met.len()
}

/// Removes the private folder, which whoever made it may not be there to do.
fn clear() {
    let Ok(folder) = std::env::current_dir() else { return };
    let is_private = folder
        .file_name()
        .is_some_and(|name| name.to_str().is_some_and(|name| name.starts_with(PRIVATE)));
    if is_private {
        // What cannot be removed here is tried again by whoever made it.
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// Every process below one, by the kernel's list.
fn below(top: Pid) -> Vec<Pid> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for entry in entries {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let (mut found, mut next) = (Vec::new(), vec![top.as_raw()]);
    while let Some(pid) = next.pop() {
        for child in children.remove(&pid).unwrap_or_default() {
            found.push(Pid::from_raw(child));
            next.push(child);
        }
    }
    found
}

/// The parent of a process: the second field behind its name, which may hold anything.
fn parent(pid: i32) -> Option<i32> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = line.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}
