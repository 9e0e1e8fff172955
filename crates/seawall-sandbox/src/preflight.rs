//! What this host lacks for running proofs, and what to do about it. Nothing is changed here.

use crate::client;
use crate::inner::Starter;
use crate::launch::{How, Job, Loss, launch_with_losses};
use crate::{LabFault, cgroup};
use seawall_domain::recipe::Limits;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One thing that the host lacks.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct PreflightFault {
    /// What is missing.
    pub what: String,
    /// What it is needed for.
    pub why: String,
    /// What an administrator does about it.
    pub remedy: String,
}

/// What the host lacks and what is worth knowing about it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Preflight {
    /// What is missing; empty when every recipe can run.
    pub faults: Vec<PreflightFault>,
    /// What is held by other means here, or may surprise.
    pub notes: Vec<String>,
}

/// Programs, what each is for, and the Debian package that has it.
const PROGRAMS: [(&str, &[&str], &str, &str); 7] = [
    ("tar", &["--version"], "unpacking packages", "apt install tar"),
    ("python3", &["--version"], "Python targets and harnesses", "apt install python3"),
    ("python3", &["-m", "pip", "--version"], "fetching wheels", "apt install python3-pip"),
    ("node", &["--version"], "npm targets and harnesses", "apt install nodejs"),
    ("npm", &["--version"], "fetching npm packages", "apt install npm"),
    ("cargo", &["--version"], "fetching and building crates", "install Rust from rustup.rs"),
    ("gcc", &["--version"], "building C targets", "apt install gcc libc6-dev"),
];

pub(crate) fn preflight() -> Preflight {
    let mut found = Preflight::default();
    let said = client::two_at_a_time(&PROGRAMS, |(program, args, ..)| {
        client::run(program, args, Path::new("/")).is_ok_and(|said| said.success)
    });
    for ((program, args, why, remedy), there) in PROGRAMS.iter().zip(said) {
        if !there {
            let what = match args {
                ["-m", module, ..] => format!("`{program}` with module `{module}`"),
                _ => format!("program `{program}`"),
            };
            found.fault(&what, why, remedy);
        }
    }
    sanitizer(&mut found);
    isolation(&mut found);
    found
}

impl Preflight {
    pub(crate) fn fault(&mut self, what: &str, why: &str, remedy: &str) {
        let (what, why, remedy) = (what.into(), why.into(), remedy.into());
        self.faults.push(PreflightFault { what, why, remedy });
    }
}

fn sanitizer(found: &mut Preflight) {
    let asked = client::run("gcc", &["-print-file-name=libasan.so"], Path::new("/"));
    let there = asked.is_ok_and(|said| said.stdout.trim().starts_with('/'));
    if !there {
        let remedy = "apt install libgcc-12-dev, or the libgcc-N-dev of this gcc";
        found.fault("the runtime of AddressSanitizer", "memory errors in C targets", remedy);
    }
    let bits = std::fs::read_to_string("/proc/sys/vm/mmap_rnd_bits").unwrap_or_default();
    if let Ok(bits) = bits.trim().parse::<u32>()
        && bits > 28
    {
        found.notes.push(format!(
            "vm.mmap_rnd_bits is {bits}: the AddressSanitizer of gcc 12 and older may fail now \
             and then; `sysctl vm.mmap_rnd_bits=28` helps"
        ));
    }
}

/// Runs `true` in a real sandbox, and tells how limits are held here.
fn isolation(found: &mut Preflight) {
    let limits = Limits::default();
    let job = Job {
        mounts: Vec::new(),
        environment: Vec::new(),
        command: vec!["true".into()],
        input: None,
        limits: &limits,
        stdout_bytes_max: None,
    };
    let starter = Starter::here();
    match launch_with_losses(&job) {
        Ok((ended, losses)) if ended.how == How::Exit(0) => {
            found.notes.extend(losses.into_iter().map(|loss| said(loss).to_owned()));
        }
        Ok((ended, _)) => {
            let why = String::from_utf8_lossy(&ended.stderr);
            let why: String = why.trim().chars().take(300).collect();
            found.fault("a working sandbox", &why, remedy(starter));
        }
        Err(fault @ (LabFault::Isolation { .. } | LabFault::Io { .. })) => {
            found.fault("a working sandbox", &fault.to_string(), remedy(starter));
        }
        Err(fault) => found.fault("a working laboratory", &fault.to_string(), "see the reason"),
    }
    found.notes.push(match starter {
        Starter::Root => "runs as root: each run gets a user of its own without any right".into(),
        Starter::Ordinary => "runs as an ordinary user: each run gets a user namespace".to_owned(),
    });
    found.notes.push(format!("control groups: {}", cgroup::offered()));
    if let Some(group) = cgroup::trial() {
        if !group.holds_memory() {
            let note = "memory is held by a watcher that looks every 8 ms, not by the kernel";
            found.notes.push(note.into());
        }
        if !group.holds_processes() {
            let note = "processes are held by the user's process limit, not by a control group";
            found.notes.push(note.into());
        }
    }
}

/// What a loss means, for whoever runs this host.
fn said(loss: Loss) -> &'static str {
    match loss {
        Loss::UserNamespace => {
            "a run gets no user namespace of its own: its user is a number of this host, without \
             rights (`sysctl user.max_user_namespaces=10000` allows it)"
        }
        Loss::Landlock => {
            "this kernel has no Landlock, or only its first version: files are held by mounts and \
             users alone (Linux 5.19 and newer have it; `landlock` must stand in `lsm=`)"
        }
        Loss::Scopes => {
            "this kernel's Landlock is older than version 6: sockets and signals are held by \
             namespaces alone (Linux 6.12 and newer have it)"
        }
        Loss::Loopback => {
            "the loopback of a run stays down: proofs that talk to themselves by TCP cannot run"
        }
    }
}

fn remedy(starter: Starter) -> &'static str {
    match starter {
        Starter::Root => {
            "run it where root may mount and make namespaces: not in an unprivileged container"
        }
        Starter::Ordinary => {
            "allow user namespaces: `sysctl kernel.unprivileged_userns_clone=1` (older Debian), or \
             an AppArmor profile with `userns` for seawall (Ubuntu 24.04 and newer), or \
             `sysctl user.max_user_namespaces=10000`"
        }
    }
}
