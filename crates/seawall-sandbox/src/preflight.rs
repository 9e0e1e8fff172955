//! What this host lacks for running proofs, and what to do about it. Nothing is changed here.

use crate::client;
use crate::errand::Errand;
use crate::inner::Starter;
use crate::launch::{How, Job, Loss, launch_with_losses};
use crate::{LabFault, Laboratory, cgroup};
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
const PROGRAMS: [(&str, &[&str], &str, &str); 8] = [
    ("tar", &["--version"], "unpacking packages", "apt install tar"),
    ("python3", &["--version"], "Python targets and harnesses", "apt install python3"),
    ("python3", &["-m", "pip", "--version"], "fetching wheels", "apt install python3-pip"),
    ("node", &["--version"], "npm targets and harnesses", "apt install nodejs"),
    ("npm", &["--version"], "fetching npm packages", "apt install npm"),
    ("cargo", &["--version"], "fetching and building crates", "install Rust from rustup.rs"),
    ("git", &["--version"], "fetching source trees", "apt install git"),
    ("gcc", &["--version"], "building C targets", "apt install gcc libc6-dev"),
];
/// Clients of ecosystems that not every host serves, with the argument that makes each say hello.
const FURTHER: [(&str, &[&str], &str); 4] = [
    ("mvn", &["-v"], "Maven artifacts"),
    ("go", &["version"], "Go modules"),
    ("apt-get", &["--version"], "Debian packages"),
    ("dpkg-deb", &["--version"], "Debian packages"),
];

pub(crate) fn preflight(lab: &Laboratory) -> Preflight {
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
    let further = client::two_at_a_time(&FURTHER, |(program, args, _)| {
        client::run(program, args, Path::new("/")).is_ok_and(|said| said.success)
    });
    for ((program, _, what), _) in FURTHER.iter().zip(further).filter(|(_, there)| !there) {
        found.notes.push(format!("there is no `{program}`: {what} cannot be fetched"));
    }
    sanitizer(&mut found);
    if isolation(&mut found) {
        connection(lab, &mut found);
    }
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

/// Runs `true` in a sandbox as the clients of registries have it.
fn connection(lab: &Laboratory, found: &mut Preflight) {
    let why = match Errand::client(lab, &["true"]).ask() {
        Ok(said) if said.success => {
            let note = "clients of registries run in sandboxes with this host's network, its \
                        loopback too: what listens there should ask who it is";
            found.notes.push(note.into());
            return;
        }
        Ok(said) => said.reason(),
        Err(fault) => fault.to_string(),
    };
    let why = format!("fetching releases: {why}");
    found.fault("a sandbox with this host's network", &why, remedy(Starter::here()));
}

/// Runs `true` in a real sandbox, and tells how limits are held here and whether it came to run.
fn isolation(found: &mut Preflight) -> bool {
    let limits = Limits::default();
    let job = Job::new(vec!["true".into()], &limits);
    let starter = Starter::here();
    let launched = launch_with_losses(&job);
    let runs = matches!(&launched, Ok((ended, _)) if ended.how == How::Exit(0));
    match launched {
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
    runs
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
