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
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use seawall_domain::recipe::Limits;
use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

mod census;

/// So much more time passes on a busy machine than a process gets of it.
const WALL_PER_CPU: u32 = 4;
/// And so much is granted in any case, for starting up.
const WALL_SECONDS_MORE: u32 = 5;
/// How often the watcher looks.
const WATCH: Duration = Duration::from_millis(20);
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
    let (how, stdout, stderr, cpu, peak) = attend(&mut child, &group, &limits, job)?;
    let wall = started.elapsed();
    group.end();
    let starved = group.starved() > 0;
    let how = match how {
        Some(how) => how,
        None if starved => How::Starved,
        None => match exit_code(&status) {
            Some(code) => How::Exit(code),
            None => {
                return Err(LabFault::Isolation { reason: complaint(&stderr) });
            }
        },
    };
    let cpu = group.cpu().unwrap_or(cpu);
    let peak_mib = u32::try_from(group.peak_bytes().unwrap_or(peak) >> 20).unwrap_or(u32::MAX);
    Ok(Ended { how, stdout, stderr, cpu, wall, peak_mib })
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
        .env("HOME", "/work")
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

/// What the watcher found, as a number that threads can share.
const CALM: u8 = 0;
const LATE: u8 = 1;
const BUSY: u8 = 2;
const STARVED: u8 = 3;

type Attended = (Option<How>, Vec<u8>, Vec<u8>, Duration, u64);

/// Reads, watches and waits until the sandbox is gone.
fn attend(
    child: &mut Child,
    group: &Cgroup,
    limits: &Limits,
    job: &Job<'_>,
) -> Result<Attended, LabFault> {
    let fault = |error: std::io::Error| LabFault::io("waiting for a sandbox", error);
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
    let bytes_max = u64::from(limits.output_kib) * 1024;
    let budget = Budget::of(bytes_max);
    let stdout_budget = job.stdout_bytes_max.map_or_else(|| budget.clone(), Budget::of);
    let flooded = || budget.spent() || stdout_budget.spent();
    let stdout = reader(child.stdout.take(), &stdout_budget);
    let stderr = reader(child.stderr.take(), &budget);
    let (verdict, peak) = (AtomicU8::new(CALM), AtomicU64::new(0));
    let (ended, waiting) = mpsc::channel::<()>();
    let own = std::thread::scope(|scope| {
        let watch = Watch { pid, group, limits, flooded: &flooded, peak: &peak };
        let verdict = &verdict;
        scope.spawn(move || watch.until_ended(&waiting, verdict));
        // Not reaped yet: the process table still holds what the whole tree used.
        let gone = waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
        let own = census::own_and_children(pid);
        drop(ended);
        gone.map(|_| own)
    });
    child.wait().map_err(fault)?;
    let own = own.map_err(|error| LabFault::io("waiting for a sandbox", error))?;
    let stdout = stdout.join().unwrap_or_default();
    let stderr = stderr.join().unwrap_or_default();
    let how = match verdict.load(Ordering::Relaxed) {
        _ if flooded() => Some(How::Flooded),
        LATE => Some(How::Late),
        BUSY => Some(How::Busy),
        STARVED => Some(How::Starved),
        _ => None,
    };
    Ok((how, stdout, stderr, own, peak.load(Ordering::Relaxed)))
}

struct Watch<'a, F> {
    pid: Pid,
    group: &'a Cgroup,
    limits: &'a Limits,
    flooded: &'a F,
    peak: &'a AtomicU64,
}

impl<F: Fn() -> bool> Watch<'_, F> {
    fn until_ended(&self, ended: &mpsc::Receiver<()>, verdict: &AtomicU8) {
        let started = Instant::now();
        let seconds = self.limits.seconds * WALL_PER_CPU + WALL_SECONDS_MORE;
        let wall = Duration::from_secs(u64::from(seconds));
        while ended.recv_timeout(WATCH) == Err(RecvTimeoutError::Timeout) {
            let found = if started.elapsed() > wall { LATE } else { self.look() };
            if found != CALM || (self.flooded)() {
                verdict.store(found, Ordering::Relaxed);
                self.kill();
            }
        }
    }

    fn look(&self) -> u8 {
        let mut cpu = self.group.cpu();
        if !self.group.holds_memory() || cpu.is_none() {
            let census = census::below(self.pid);
            self.peak.fetch_max(census.resident_bytes, Ordering::Relaxed);
            let most = u64::from(self.limits.memory_mib) << 20;
            if !self.group.holds_memory() && census.resident_bytes > most {
                return STARVED;
            }
            cpu = cpu.or(Some(census.cpu));
        }
        let most = Duration::from_secs(u64::from(self.limits.seconds));
        if cpu.is_some_and(|cpu| cpu > most) { BUSY } else { CALM }
    }

    /// Ends bubblewrap, and with it the process namespace; the groups are swept afterwards.
    fn kill(&self) {
        let _ = nix::sys::signal::kill(self.pid, nix::sys::signal::Signal::SIGKILL);
        self.group.end();
    }
}

/// Bytes that may still be printed, shared by the streams that it covers.
#[derive(Clone)]
struct Budget {
    left: Arc<AtomicU64>,
    spent: Arc<AtomicBool>,
}

impl Budget {
    fn of(bytes: u64) -> Budget {
        Budget { left: Arc::new(AtomicU64::new(bytes)), spent: Arc::default() }
    }

    /// Takes so many bytes, or what is left, and remembers when that was too little.
    fn take(&self, bytes: usize) -> usize {
        let wanted = bytes as u64;
        let rest = |left: u64| Some(left.saturating_sub(wanted));
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest);
        let left = left.unwrap_or_else(|left| left);
        if left < wanted {
            self.spent.store(true, Ordering::Relaxed);
        }
        usize::try_from(left).unwrap_or(usize::MAX).min(bytes)
    }

    fn spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed)
    }
}

fn reader<R: Read + Send + 'static>(
    stream: Option<R>,
    budget: &Budget,
) -> std::thread::JoinHandle<Vec<u8>> {
    let budget = budget.clone();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let Some(mut stream) = stream else {
            return bytes;
        };
        let mut buffer = vec![0u8; 64 * 1024];
        while !budget.spent() {
            // What was read before a fault is still worth having.
            let read = match stream.read(&mut buffer) {
                Ok(0) => return bytes,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => return bytes,
            };
            bytes.extend_from_slice(buffer.get(..budget.take(read)).unwrap_or_default());
        }
        bytes
    })
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
