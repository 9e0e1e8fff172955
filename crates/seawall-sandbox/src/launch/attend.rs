//! Attending a sandbox: read what it prints, hold it to its limits, wait until it is gone.

use super::{How, census};
use crate::LabFault;
use crate::cgroup::Cgroup;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use seawall_domain::recipe::Limits;
use std::io::Read;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// So much more time passes on a busy machine than a process gets of it.
const WALL_PER_CPU: u32 = 4;
/// And so much is granted in any case, for starting up.
const WALL_SECONDS_MORE: u32 = 5;
/// How often the watcher looks where the kernel counts for it.
const WATCH: Duration = Duration::from_millis(20);
/// And where it must count by itself.
const WATCH_CLOSELY: Duration = Duration::from_millis(8);

/// What was seen of a sandbox from outside.
pub(super) struct Attended {
    /// Why it was ended, when it did not end by itself.
    pub how: Option<How>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// Processor time, for want of a control group that counts it.
    pub cpu: Duration,
    /// Memory, for want of a control group that counts it.
    pub peak_bytes: u64,
}

/// What the watcher found out.
#[derive(Default)]
struct Found {
    how: Option<How>,
    cpu: Duration,
    peak_bytes: u64,
}

/// Reads, watches and waits until the sandbox is gone.
pub(super) fn attend(
    child: &mut Child,
    group: &Cgroup,
    limits: &Limits,
    stdout_bytes_max: Option<u64>,
) -> Result<Attended, LabFault> {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
    let budget = Budget::of(u64::from(limits.output_kib) * 1024);
    let stdout_budget = stdout_bytes_max.map_or_else(|| budget.clone(), Budget::of);
    let stdout = reader(child.stdout.take(), &stdout_budget);
    let stderr = reader(child.stderr.take(), &budget);
    let budgets = [budget, stdout_budget];
    let found = Mutex::new(Found::default());
    let (ended, waiting) = mpsc::channel::<()>();
    let gone = std::thread::scope(|scope| {
        let watch = Watch { pid, group, limits, budgets: &budgets, found: &found };
        scope.spawn(move || watch.until_ended(&waiting));
        // Not reaped yet: the process table may still hold what the whole tree used.
        let gone = waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
        let cpu = census::own_and_children(pid);
        drop(ended);
        gone.map(|_| cpu)
    });
    child.wait().map_err(|error| LabFault::io("waiting for a sandbox", error))?;
    let cpu = gone.map_err(|error| LabFault::io("waiting for a sandbox", error))?;
    let stdout = stdout.join().unwrap_or_default();
    let stderr = stderr.join().unwrap_or_default();
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let flooded = budgets.iter().any(Budget::spent).then_some(How::Flooded);
    Ok(Attended {
        how: flooded.or(found.how),
        stdout,
        stderr,
        cpu: cpu.max(found.cpu),
        peak_bytes: found.peak_bytes,
    })
}

struct Watch<'a> {
    pid: Pid,
    group: &'a Cgroup,
    limits: &'a Limits,
    budgets: &'a [Budget],
    found: &'a Mutex<Found>,
}

impl Watch<'_> {
    fn until_ended(&self, ended: &Receiver<()>) {
        let started = Instant::now();
        let seconds = self.limits.seconds * WALL_PER_CPU + WALL_SECONDS_MORE;
        let wall = Duration::from_secs(u64::from(seconds));
        let counted = self.group.holds_memory() && self.group.cpu().is_some();
        let pause = if counted { WATCH } else { WATCH_CLOSELY };
        while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            let late = (started.elapsed() > wall).then_some(How::Late);
            let how = late.or_else(|| self.look());
            if how.is_some() || self.budgets.iter().any(Budget::spent) {
                let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                found.how = found.how.take().or(how);
                drop(found);
                self.end();
            }
        }
    }

    /// Which limit is passed, if any.
    fn look(&self) -> Option<How> {
        let mut cpu = self.group.cpu();
        if cpu.is_none() || !self.group.holds_memory() {
            let census = census::below(self.pid);
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.peak_bytes = found.peak_bytes.max(census.resident_bytes);
            found.cpu = found.cpu.max(census.cpu);
            cpu = cpu.or(Some(census.cpu));
            let most = u64::from(self.limits.memory_mib) << 20;
            if !self.group.holds_memory() && census.resident_bytes > most {
                return Some(How::Starved);
            }
        }
        let most = Duration::from_secs(u64::from(self.limits.seconds));
        cpu.filter(|cpu| *cpu > most).map(|_| How::Busy)
    }

    /// Ends bubblewrap, and with it the process namespace; then sweeps the groups.
    fn end(&self) {
        // It may be gone in this very moment, which is as good; it is not reaped before the
        // watcher has ended, so the number is still its own.
        let _ = kill(self.pid, Signal::SIGKILL);
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

fn reader<R: Read + Send + 'static>(stream: Option<R>, budget: &Budget) -> JoinHandle<Vec<u8>> {
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
