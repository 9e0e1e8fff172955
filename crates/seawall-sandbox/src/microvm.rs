//! A microVM around a run: the command has a kernel of its own, which is not the host's.
//!
//! QEMU's `microvm` runs inside a sandbox of [`launch`](mod@crate::launch), as a user without
//! rights, without network, and with a view of the system that is read-only. In the guest our own
//! executable is the first process and starts the command by the same launcher, so the walls stand
//! twice and a job ends in the same ways. The guest reads the host's system and the job's folders
//! by 9p, writes to its own memory only, has no network device at all, and answers by one serial
//! port. With KVM the processor runs the guest; without, QEMU emulates one, which is much slower
//! but counts the guest's time in instructions, so that a busy host changes no verdict.
//!
//! It deliberately does not install anything: the guest's kernel is unpacked into the cache. Only
//! x86-64 has this machine.

use crate::cache::{Cache, Scratch};
use crate::launch::{self, Ended, HYPERVISOR, How, Job, Mount};
use crate::{LabFault, Laboratory, Preflight, toolchain};
use machine::{Acceleration, Share};
use nix::sys::stat::{Mode, SFlag, mknod};
use question::{Question, Shown};
use seawall_domain::recipe::Limits;
use serde::{Deserialize, Serialize};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

mod archive;
mod guest;
mod machine;
mod question;
mod system;

pub use guest::{SUBCOMMAND, live};

/// Behind which walls foreign code runs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// Namespaces, limits and filters of the host's kernel.
    #[default]
    Namespaces,
    /// The same within a virtual machine, which has a kernel of its own.
    Microvm,
}

/// An isolation that does not exist was named.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot isolate by `{0}`: it is `namespaces` or `microvm`")]
pub struct UnknownIsolation(String);

impl std::str::FromStr for Isolation {
    type Err = UnknownIsolation;

    fn from_str(text: &str) -> Result<Isolation, UnknownIsolation> {
        match text {
            "namespaces" => Ok(Isolation::Namespaces),
            "microvm" => Ok(Isolation::Microvm),
            _ => Err(UnknownIsolation(text.chars().take(40).collect())),
        }
    }
}

impl std::fmt::Display for Isolation {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Isolation::Namespaces => "namespaces",
            Isolation::Microvm => "microvm",
        })
    }
}

/// Memory of the guest's kernel, and of our executable in it, which the recipe does not pay for.
const GUEST_MIB: u32 = 224;
/// Memory of QEMU besides the guest's own: what it translates, and the images it loads.
const QEMU_MIB: u32 = 512;
/// Threads of QEMU: one for each processor, and a pool for files.
const QEMU_THREADS: u32 = 128;
/// What QEMU writes to folders: nothing to speak of.
const QEMU_DISK_MIB: u32 = 16;
/// What the guest's console and QEMU may say.
const CONSOLE_KIB: u32 = 256;
/// What stands around the two streams in an answer.
const ANSWER_BYTES_MORE: u64 = 128 * 1024;

/// Runs one command behind the walls that the laboratory is set to.
pub(crate) fn launch(lab: &Laboratory, job: &Job<'_>) -> Result<Ended, LabFault> {
    match lab.isolation {
        Isolation::Namespaces => launch::launch(job),
        Isolation::Microvm => launch_in_guest(lab, job),
    }
}

fn launch_in_guest(lab: &Laboratory, job: &Job<'_>) -> Result<Ended, LabFault> {
    if !cfg!(target_arch = "x86_64") {
        let reason = "there is no microVM for this architecture; namespaces are there".into();
        return Err(LabFault::Isolation { reason });
    }
    if job.root.is_some() {
        let reason = "an image cannot be the system of a microVM yet; namespaces can run it".into();
        return Err(LabFault::Isolation { reason });
    }
    let cache = Cache::open(lab)?;
    let kernel = system::kernel(lab, &cache)?;
    let station = system::station(&cache, &kernel)?;
    let scratch = cache.scratch()?;
    let acceleration = Acceleration::here();
    let limits = acceleration.limits(job.limits);
    let shares = lay_question(&scratch, job, limits)?;
    let mut mounts = vec![
        Mount { host: kernel, inside: "/machine" },
        Mount { host: station, inside: "/guest" },
        Mount { host: scratch.path().join("question"), inside: "/question" },
    ];
    mounts.extend(job.mounts.iter().cloned());
    if acceleration == Acceleration::Kvm {
        mounts.push(Mount { host: hypervisor(&scratch)?, inside: HYPERVISOR });
    }
    let memory_mib = limits.memory_mib + limits.disk_mib + GUEST_MIB;
    let output = u64::from(limits.output_kib) * 1024;
    let stdout = job.stdout_bytes_max.map_or(output, |bytes| bytes + output);
    let outer = Limits {
        seconds: acceleration.seconds_outside(limits.seconds),
        memory_mib: memory_mib + QEMU_MIB,
        processes: QEMU_THREADS,
        output_kib: CONSOLE_KIB,
        disk_mib: QEMU_DISK_MIB,
    };
    let ended = launch::launch_own(&Job {
        mounts,
        stdout_bytes_max: Some(stdout + ANSWER_BYTES_MORE),
        ..Job::new(machine::words(acceleration, memory_mib, &shares), &outer)
    })?;
    question::answer(ended)
}

/// Writes down what the guest is to do, and says which folders it shares for that.
fn lay_question(scratch: &Scratch, job: &Job<'_>, limits: Limits) -> Result<Vec<Share>, LabFault> {
    let fault = |error| LabFault::io("laying out the question to a guest", error);
    let folder = scratch.path().join("question");
    fs::create_dir_all(&folder).map_err(fault)?;
    if let Some(input) = &job.input {
        let there = folder.join(question::INPUT);
        if fs::hard_link(input, &there).is_err() {
            fs::copy(input, &there).map_err(fault)?;
        }
    }
    let mut shares = machine::SHARES.map(|(name, path)| Share::of(name, path)).to_vec();
    let mut mounts = Vec::new();
    for (number, mount) in job.mounts.iter().enumerate() {
        let name = format!("share{number}");
        mounts.push(Shown { host: format!("/{name}").into(), inside: mount.inside.into() });
        shares.push(Share::of(&name, mount.inside));
    }
    // Tools outside `/usr` come by the one share of `/opt`, and are shown at the same places.
    mounts.extend(
        toolchain::outside_usr()
            .iter()
            .map(|tool| Shown { host: tool.inside.into(), inside: tool.inside.into() }),
    );
    let own = &job.environment;
    let question = Question {
        mounts,
        environment: own.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        command: job.command.clone(),
        input: job.input.is_some(),
        limits,
        stdout_bytes_max: job.stdout_bytes_max,
    };
    question.write(&folder)?;
    crate::tree::open_for_reading(&folder)?;
    Ok(shares)
}

/// The device of KVM as the user of a run may open it. Where the host's is for a group that the
/// run is not in, root makes a node of its own, in a cache that must not be mounted `nodev`.
fn hypervisor(scratch: &Scratch) -> Result<PathBuf, LabFault> {
    let host = Path::new(HYPERVISOR);
    let doing = "making a node for the device of KVM";
    let meta = fs::metadata(host).map_err(|error| LabFault::io(doing, error))?;
    let everybody = 0o006;
    if !nix::unistd::geteuid().is_root() || meta.mode() & everybody == everybody {
        return Ok(host.to_owned());
    }
    let node = scratch.path().join("kvm");
    mknod(&node, SFlag::S_IFCHR, Mode::empty(), meta.rdev())
        .map_err(|error| LabFault::io(doing, error))?;
    let all = fs::Permissions::from_mode(0o666);
    fs::set_permissions(&node, all).map_err(|error| LabFault::io(doing, error))?;
    Ok(node)
}

/// Says what this host lacks for microVMs; where nothing is missing, it runs `true` in one.
pub(crate) fn preflight(lab: &Laboratory, found: &mut Preflight) {
    if !cfg!(target_arch = "x86_64") {
        let remedy = "use `--isolation namespaces`";
        return found.fault("a microVM for this architecture", "`--isolation microvm`", remedy);
    }
    machine::preflight(found);
    let there = system::preflight(lab, found);
    found.notes.push(Acceleration::here().told().into());
    if !found.faults.is_empty() || !there {
        return;
    }
    let limits = Limits::default();
    let job = Job::new(vec!["true".into()], &limits);
    match launch_in_guest(lab, &job) {
        Ok(ended) if ended.how == How::Exit(0) => {
            let seconds = ended.wall.as_secs_f32();
            found.notes.push(format!("a microVM runs `true` in {seconds:.1} s, start to end"));
        }
        Ok(ended) => {
            let why = String::from_utf8_lossy(&ended.stderr);
            let why: String = why.trim().chars().take(300).collect();
            found.fault("a working microVM", &why, "see the reason");
        }
        Err(fault) => found.fault("a working microVM", &fault.to_string(), "see the reason"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opens the device and asks for the version of its interface, which is 12 for ever.
    const ASK_KVM: &str = "import fcntl, os
print(fcntl.ioctl(os.open('/dev/kvm', os.O_RDWR), 0xAE00))";

    #[test]
    fn the_device_of_kvm_answers_where_it_is_shown_and_only_there() {
        let device = fs::File::options().read(true).write(true).open(HYPERVISOR);
        if device.is_err() {
            println!("skipped: the device of KVM: it is not there, or not for our user");
            return;
        }
        let name = format!("seawall-microvm-{}", std::process::id());
        let cache = std::env::temp_dir().join(name);
        let isolation = Isolation::Microvm;
        let lab = Laboratory { offline: true, isolation, ..Laboratory::at(cache) };
        let scratch = Cache::open(&lab).unwrap().scratch().unwrap();
        let limits = Limits::default();
        let shown = Mount { host: hypervisor(&scratch).unwrap(), inside: HYPERVISOR };
        for (mounts, expected) in [(vec![shown], How::Exit(0)), (Vec::new(), How::Exit(1))] {
            let command = ["python3", "-c", ASK_KVM].map(String::from).to_vec();
            let ended = launch::launch(&Job { mounts, ..Job::new(command, &limits) });
            let ended = ended.unwrap();
            assert_eq!(ended.how, expected, "{}", String::from_utf8_lossy(&ended.stderr));
        }
        drop(scratch);
        fs::remove_dir_all(&lab.cache).unwrap();
    }

    #[test]
    fn an_isolation_is_read_as_it_is_written_and_namespaces_are_the_default() {
        for isolation in [Isolation::Namespaces, Isolation::Microvm] {
            assert_eq!(isolation.to_string().parse(), Ok(isolation));
        }
        assert!("docker".parse::<Isolation>().is_err());
        let old = r#"{"cache": "/c", "local_catalogue": null, "offline": true}"#;
        let lab: Laboratory = serde_json::from_str(old).unwrap();
        assert_eq!(lab.isolation, Isolation::Namespaces);
    }
}
