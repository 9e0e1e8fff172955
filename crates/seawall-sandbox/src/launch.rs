//! One command in one sandbox: started, watched, ended with everything it started, and measured.
//!
//! The walls, from outside in: a process of the laboratory; control groups; namespaces of its own
//! for processes, mounts, network, messages, names, control groups and users; a read-only system
//! and writable folders in bounded memory; an own user without rights; limits; Landlock; a list
//! of system calls. Namespaces, mounts and the filter are a must: without them nothing is run.
//! What else the host does not allow is a [`Loss`], which the preflight tells.
//!
//! A sandbox can be [prepared](prepare) before its command is wanted: it stands and waits then,
//! and starting the command takes well under a millisecond.

use crate::cache::random_hex;
use crate::cgroup::Cgroup;
use crate::inner::{self, Starter};
use crate::seccomp::{self, Memory};
use crate::{LabFault, inherited, toolchain};
use seawall_domain::recipe::Limits;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

mod attend;
mod birth;
mod census;
mod child;
mod command;
mod kernel;
mod plan;
mod view;

use birth::Sandbox;
use plan::{Plan, Start};
pub(crate) use view::HYPERVISOR;
pub use view::Mount;

/// Processes of the sandbox itself, which the recipe does not pay for.
const OWN_PROCESSES: u32 = 1;
/// Memory of the sandbox itself.
const OWN_MEMORY_MIB: u64 = 16;

/// What a command reaches by sockets.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Network {
    /// A loopback of its own, and nobody else.
    #[default]
    None,
    /// What this host reaches, by TCP and UDP; it can connect and cannot be connected to. For
    /// clients of registries only: foreign code never runs so.
    Host,
}

/// One command to run.
pub struct Job<'a> {
    /// What it sees besides the system.
    pub mounts: Vec<Mount>,
    /// What it reaches.
    pub network: Network,
    /// The folder whose content it sees as its whole system, in place of this host's programs.
    pub root: Option<PathBuf>,
    /// Its environment, besides the fixed part.
    pub environment: Vec<(&'a str, String)>,
    /// The command; no shell reads it.
    pub command: Vec<String>,
    /// What stands on its input; nothing when absent.
    pub input: Option<PathBuf>,
    /// What it may use up.
    pub limits: &'a Limits,
    /// Bytes that it may print on standard output, when that is not the recipe's own limit.
    pub stdout_bytes_max: Option<u64>,
    /// The file in which its standard output is kept, in place of [`Ended::stdout`].
    pub output: Option<PathBuf>,
}

impl<'a> Job<'a> {
    /// A command that sees the system and nothing else, for filling in the rest.
    pub fn new(command: Vec<String>, limits: &'a Limits) -> Job<'a> {
        Job {
            mounts: Vec::new(),
            network: Network::None,
            root: None,
            environment: Vec::new(),
            command,
            input: None,
            limits,
            stdout_bytes_max: None,
            output: None,
        }
    }
}

/// How a command ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Time that passed since it was called, or since its sandbox was born.
    pub wall: Duration,
    /// The most memory at one time, where it could be measured.
    pub peak_mib: u32,
}

/// One wall that this host does not let a sandbox have; the others stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Loss {
    /// No user namespace of its own: the run's user is a number of the host, without rights.
    UserNamespace,
    /// No Landlock, or only its first version.
    Landlock,
    /// Landlock before version 6: sockets by abstract names and signals are held by namespaces
    /// alone.
    Scopes,
    /// Its loopback is down: a proof that talks to itself by TCP cannot run.
    Loopback,
}

/// Runs one command in a new sandbox and waits for its end, which always comes.
pub fn launch(job: &Job<'_>) -> Result<Ended, LabFault> {
    launch_with_losses(job).map(|(ended, _)| ended)
}

/// The same, and which walls this host does not let it have.
pub(crate) fn launch_with_losses(job: &Job<'_>) -> Result<(Ended, Vec<Loss>), LabFault> {
    let mut sandbox = bear(job, job.limits.bounded(), Start::AtOnce)?;
    let ended = attend::attend(&mut sandbox)?;
    Ok((ended, sandbox.losses().to_vec()))
}

/// The same for a program of ours, which may use up more than any recipe.
pub(crate) fn launch_own(job: &Job<'_>) -> Result<Ended, LabFault> {
    let mut sandbox = bear(job, *job.limits, Start::AtOnce)?;
    attend::attend(&mut sandbox)
}

/// Lays out a sandbox for a job, in which its command does not run yet.
///
/// It lives no longer than the thread that prepared it.
pub fn prepare(job: &Job<'_>) -> Result<Prepared, LabFault> {
    bear(job, job.limits.bounded(), Start::Called).map(Prepared)
}

fn bear(job: &Job<'_>, limits: Limits, start: Start) -> Result<Sandbox, LabFault> {
    inherited::keep()?;
    let name = random_hex()?;
    let random = u32::from_str_radix(name.get(..8).unwrap_or("0"), 16).unwrap_or(0);
    let memory_mib = u64::from(limits.memory_mib) + u64::from(limits.disk_mib) + OWN_MEMORY_MIB;
    let group = Cgroup::make(&name, memory_mib << 20, limits.processes + OWN_PROCESSES)?;
    let memory = if group.holds_memory() { Memory::Counted } else { Memory::Watched };
    let filter = seccomp::program(memory, job.network);
    if filter.is_empty() {
        let reason = "there is no system call filter for this architecture".into();
        return Err(LabFault::Isolation { reason });
    }
    let (starter, user) = (Starter::here(), inner::run_user(random));
    let command = command::Command::of(&job.command, &environment(job));
    let view = view::View::of(job, &limits)?;
    let identity = plan::Identity::of(starter, user);
    let plan = Plan::of(identity, view, job.network, &limits, filter, command, start);
    Sandbox::bear(plan, group, limits, job)
}

/// A sandbox that stands and waits; dropped, it ends.
#[derive(Debug)]
pub struct Prepared(Sandbox);

impl Prepared {
    /// Waits until every wall stands, which [`Self::start`] would wait for too.
    pub fn stand(&mut self) -> Result<(), LabFault> {
        self.0.stand()
    }

    /// Calls the command; when this comes back it is a program of its own.
    pub fn start(mut self) -> Result<Running, LabFault> {
        self.0.call()?;
        Ok(Running(self.0))
    }
}

/// A sandbox in which the command runs; dropped, it ends.
#[derive(Debug)]
pub struct Running(Sandbox);

impl Running {
    /// Waits for the end, which always comes.
    pub fn wait(mut self) -> Result<Ended, LabFault> {
        attend::attend(&mut self.0)
    }
}

/// The whole environment; what the job says stands for what is fixed.
fn environment(job: &Job<'_>) -> Vec<(String, String)> {
    let fixed = [
        ("PATH", toolchain::PATH),
        ("HOME", "/scratch"),
        ("LANG", "C.UTF-8"),
        ("TMPDIR", "/tmp"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("CARGO_NET_OFFLINE", "true"),
        ("ASAN_OPTIONS", "detect_leaks=0:color=never"),
        ("UBSAN_OPTIONS", "print_stacktrace=1:color=never"),
    ];
    let own = &job.environment;
    let kept = fixed.iter().filter(|(name, _)| own.iter().all(|(other, _)| other != name));
    let kept = kept.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    kept.chain(own.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))).collect()
}
