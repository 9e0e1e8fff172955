//! One command in one sandbox: started, watched, ended with everything it started, and measured.
//!
//! The walls, from outside in: a process of the laboratory; control groups; bubblewrap's new
//! namespaces without network; a read-only system and writable folders in bounded memory; an own
//! user without rights; limits; a system call filter. Landlock would forbid nothing that the
//! mount namespace does not forbid already, and can't be set before bubblewrap mounts.

use crate::bwrap;
pub use crate::bwrap::Mount;
use crate::cache::{Cache, random_hex};
use crate::cgroup::Cgroup;
use crate::inner::{self, Starter};
use crate::{LabFault, Laboratory, inherited, seccomp, toolchain};
use seawall_domain::recipe::Limits;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod attend;
mod census;

/// Processes of the sandbox itself, which the recipe does not pay for.
const OWN_PROCESSES: u32 = 6;
/// Memory of the sandbox itself.
const OWN_MEMORY_MIB: u64 = 16;

/// Joins the control groups, opens the two files that bubblewrap takes by number, and becomes it.
const DOOR: &str = "status=$1 filter=$2 doors=$3; shift 3; \
    while [ \"$doors\" -gt 0 ]; do echo $$ > \"$1\" || exit 125; shift; doors=$((doors-1)); done; \
    exec \"$@\" 8>\"$status\" 9<\"$filter\"";

/// One command to run.
pub struct Job<'a> {
    /// What it sees besides the system.
    pub mounts: Vec<Mount>,
    /// Its environment, besides the fixed part.
    pub environment: Vec<(&'static str, String)>,
    /// The command; no shell reads it.
    pub command: Vec<String>,
    /// What stands on its input; nothing when absent.
    pub input: Option<PathBuf>,
    /// What it may use up.
    pub limits: &'a Limits,
    /// Bytes that it may print on standard output, when that is not the recipe's own limit.
    pub stdout_bytes_max: Option<u64>,
}

/// How a command ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum How {
    /// By itself, with this status; 128 and more is a signal.
    Exit(i32),
    /// It took longer than the wall clock allows.
    Late,
    /// It used more processor time than it may.
    Busy,
    /// It used more memory than it may.
    Starved,
    /// It printed more than it may.
    Flooded,
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended.
    pub how: How,
    /// What it printed, up to the limit.
    pub stdout: Vec<u8>,
    /// What it complained, up to the limit.
    pub stderr: Vec<u8>,
    /// Processor time of the whole tree.
    pub cpu: Duration,
    /// Time that passed.
    pub wall: Duration,
    /// The most memory at one time, where it could be measured.
    pub peak_mib: u32,
}

/// Runs one command in a new sandbox and waits for its end, which always comes.
pub fn launch(lab: &Laboratory, job: &Job<'_>) -> Result<Ended, LabFault> {
    inherited::keep()?;
    let cache = Cache::open(lab)?;
    let scratch = cache.scratch()?;
    let status = scratch.path().join("status");
    let filter = scratch.path().join("filter");
    if seccomp::program().is_empty() {
        let reason = "there is no system call filter for this architecture".into();
        return Err(LabFault::Isolation { reason });
    }
    fs::write(&filter, seccomp::program())
        .map_err(|error| LabFault::io("writing the system call filter", error))?;
    let limits = job.limits.bounded();
    let memory_mib = u64::from(limits.memory_mib) + u64::from(limits.disk_mib) + OWN_MEMORY_MIB;
    let group = Cgroup::make(memory_mib << 20, limits.processes + OWN_PROCESSES)?;
    let words = words(job, &limits, &group, [&status, &filter])?;
    let started = Instant::now();
    let mut child = start(job, &words)?;
    let seen = attend::attend(&mut child, &group, &limits, job.stdout_bytes_max)?;
    let wall = started.elapsed();
    group.end();
    let starved = group.starved() > 0;
    let how = match seen.how {
        Some(how) => how,
        None if starved => How::Starved,
        None => match exit_code(&status) {
            Some(code) => How::Exit(code),
            None => {
                return Err(LabFault::Isolation { reason: complaint(&seen.stderr) });
            }
        },
    };
    let peak_bytes = group.peak_bytes().unwrap_or(seen.peak_bytes);
    Ok(Ended {
        how,
        stdout: seen.stdout,
        stderr: seen.stderr,
        cpu: group.cpu().unwrap_or(seen.cpu),
        wall,
        peak_mib: u32::try_from(peak_bytes >> 20).unwrap_or(u32::MAX),
    })
}

/// All words of the door's command line.
fn words(
    job: &Job<'_>,
    limits: &Limits,
    group: &Cgroup,
    [status, filter]: [&PathBuf; 2],
) -> Result<Vec<String>, LabFault> {
    let starter = Starter::here();
    let random = random_hex()?;
    let user =
        inner::run_user(u32::from_str_radix(random.get(..8).unwrap_or("0"), 16).unwrap_or(0));
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let doors = group.doors();
    let mut words = vec!["-c".into(), DOOR.into(), "sh".into(), text(status), text(filter)];
    words.push(doors.len().to_string());
    words.extend(doors.iter().map(text));
    words.extend(["bwrap", "--json-status-fd", "8", "--seccomp", "9"].map(String::from));
    words.extend(bwrap::words(starter, &job.mounts, limits));
    words.extend(inner::prefix(starter, user, limits));
    words.extend(job.command.iter().cloned());
    Ok(words)
}

fn start(job: &Job<'_>, words: &[String]) -> Result<Child, LabFault> {
    let input = match &job.input {
        None => Stdio::null(),
        Some(path) => File::open(path)
            .map_err(|error| LabFault::io("opening the input of a sandbox", error))?
            .into(),
    };
    Command::new("/bin/sh")
        .args(words)
        .env_clear()
        .env("PATH", toolchain::PATH)
        .env("HOME", "/scratch")
        .env("LANG", "C.UTF-8")
        .env("TMPDIR", "/tmp")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("CARGO_NET_OFFLINE", "true")
        .env("ASAN_OPTIONS", "detect_leaks=0:color=never")
        .envs(job.environment.iter().map(|(key, value)| (*key, value.as_str())))
        .current_dir("/")
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| LabFault::io("starting a sandbox", error))
}

/// The status that bubblewrap wrote; there is none when it did not come so far.
fn exit_code(status: &PathBuf) -> Option<i32> {
    #[derive(serde::Deserialize)]
    struct Line {
        #[serde(rename = "exit-code")]
        exit_code: Option<i32>,
    }
    let text = fs::read_to_string(status).ok()?;
    text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()?.exit_code).next_back()
}

fn complaint(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or("bubblewrap failed without a word").chars().take(400).collect()
}
