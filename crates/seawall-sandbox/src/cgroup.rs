//! Control groups, both versions: memory, number of processes, processor time, and an end for all.
//!
//! A group is made below our own where the host lets us; what can't be had is `None`, and the
//! launcher watches from outside instead. The address-space limit is never used: sanitizers
//! reserve terabytes of it.

use crate::LabFault;
use crate::cache::random_hex;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};
use std::time::Duration;

/// Our groups are named so, with the number of our process and random digits behind it.
const PREFIX: &str = "seawall-";

/// How long the kernel may take to let go of killed processes before we stop waiting.
const END_TRIES_MAX: u32 = 400;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Dialect {
    One,
    Two,
}

impl Dialect {
    /// The file by which one enters. In version 1 it is the one for threads: a process of one
    /// thread that enters by itself need not wait until the whole host has stood still.
    fn door(self) -> &'static str {
        match self {
            Dialect::One => "tasks",
            Dialect::Two => "cgroup.procs",
        }
    }
}

/// The ways into the groups of one run.
pub(crate) struct Doors {
    /// Files of version 1 into which a process writes a zero to join.
    pub files: Vec<File>,
    /// The folder of version 2, in which a process can be born, and its file for joining later.
    pub birthplace: Option<(File, File)>,
}

/// The groups of one run; they are emptied and removed when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Cgroup {
    memory: Option<(Dialect, PathBuf)>,
    pids: Option<(Dialect, PathBuf)>,
    cpu: Option<(Dialect, PathBuf)>,
}

impl Cgroup {
    /// Makes what this host allows: possibly nothing at all. The name is one that nobody else has.
    pub(crate) fn make(name: &str, memory_bytes: u64, processes: u32) -> Result<Cgroup, LabFault> {
        static SWEEP: Once = Once::new();
        SWEEP.call_once(sweep);
        let name = format!("{PREFIX}{}-{name}", std::process::id());
        let mut group = Cgroup::default();
        for parent in places().two.iter() {
            let folder = parent.join(&name);
            if fs::create_dir(&folder).is_err() {
                continue;
            }
            let has = |file: &str| folder.join(file).exists();
            if has("memory.max") {
                group.memory = Some((Dialect::Two, folder.clone()));
            }
            if has("pids.max") {
                group.pids = Some((Dialect::Two, folder.clone()));
            }
            if has("cpu.stat") && group.memory.is_some() {
                group.cpu = Some((Dialect::Two, folder.clone()));
            }
            if group.memory.is_some() {
                break;
            }
            let _ = fs::remove_dir(&folder);
            group = Cgroup::default();
        }
        let one = |controller: &str| {
            let parents = &places().one;
            let (_, parent) = parents.iter().find(|(kind, _)| *kind == controller)?;
            let folder = parent.join(&name);
            let there = folder.is_dir() || fs::create_dir(&folder).is_ok();
            there.then_some((Dialect::One, folder))
        };
        group.memory = group.memory.take().or_else(|| one("memory"));
        group.pids = group.pids.take().or_else(|| one("pids"));
        group.cpu = group.cpu.take().or_else(|| one("cpuacct"));
        group.limit(memory_bytes, processes);
        Ok(group)
    }

    fn limit(&mut self, memory_bytes: u64, processes: u32) {
        let bytes = memory_bytes.to_string();
        if let Some((dialect, folder)) = &self.memory {
            let held = match dialect {
                Dialect::One => {
                    let held = fs::write(folder.join("memory.limit_in_bytes"), &bytes);
                    // Absent without swap accounting, and then there is rarely any swap.
                    let _ = fs::write(folder.join("memory.memsw.limit_in_bytes"), &bytes);
                    held
                }
                Dialect::Two => {
                    let _ = fs::write(folder.join("memory.swap.max"), "0");
                    let _ = fs::write(folder.join("memory.oom.group"), "1");
                    fs::write(folder.join("memory.max"), &bytes)
                }
            };
            if held.is_err() {
                self.memory = None;
            }
        }
        if let Some((_, folder)) = &self.pids
            && fs::write(folder.join("pids.max"), processes.to_string()).is_err()
        {
            self.pids = None;
        }
    }

    /// Whether the kernel holds the memory limit; otherwise somebody must watch.
    pub(crate) fn holds_memory(&self) -> bool {
        self.memory.is_some()
    }

    /// Whether the kernel counts the processes, whoever owns them.
    pub(crate) fn holds_processes(&self) -> bool {
        self.pids.is_some()
    }

    fn folders(&self) -> Vec<(Dialect, &Path)> {
        let all = [&self.memory, &self.pids, &self.cpu];
        let mut folders: Vec<(Dialect, &Path)> = all
            .into_iter()
            .flatten()
            .map(|(dialect, folder)| (*dialect, folder.as_path()))
            .collect();
        folders.sort_unstable_by_key(|(_, folder)| *folder);
        folders.dedup();
        folders
    }

    /// The ways in, open for a process that is about to be born.
    pub(crate) fn doors(&self) -> Result<Doors, LabFault> {
        let fault = |error| LabFault::io("opening a control group", error);
        let mut doors = Doors { files: Vec::new(), birthplace: None };
        for (dialect, folder) in self.folders() {
            let file = File::options().write(true).open(folder.join(dialect.door()));
            let file = file.map_err(fault)?;
            match dialect {
                Dialect::One => doors.files.push(file),
                Dialect::Two => {
                    doors.birthplace = Some((File::open(folder).map_err(fault)?, file));
                }
            }
        }
        Ok(doors)
    }

    /// Whether the kernel counts the processor time of everything in the group.
    pub(crate) fn counts_cpu(&self) -> bool {
        self.cpu.is_some()
    }

    /// Processor time of everything that ever was in the group.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let (dialect, folder) = self.cpu.as_ref()?;
        match dialect {
            Dialect::One => number(&folder.join("cpuacct.usage")).map(Duration::from_nanos),
            Dialect::Two => {
                keyed(&folder.join("cpu.stat"), "usage_usec").map(Duration::from_micros)
            }
        }
    }

    /// The most memory that was in use at one time.
    pub(crate) fn peak_bytes(&self) -> Option<u64> {
        let (dialect, folder) = self.memory.as_ref()?;
        match dialect {
            Dialect::One => number(&folder.join("memory.max_usage_in_bytes")),
            Dialect::Two => number(&folder.join("memory.peak")),
        }
    }

    /// How many processes the kernel ended for want of memory.
    pub(crate) fn starved(&self) -> u64 {
        let Some((dialect, folder)) = &self.memory else {
            return 0;
        };
        let file = match dialect {
            Dialect::One => "memory.oom_control",
            Dialect::Two => "memory.events",
        };
        keyed(&folder.join(file), "oom_kill").unwrap_or(0)
    }

    /// Removes every folder that it can, and says whether that was all.
    fn remove(&self) -> bool {
        let mut all = true;
        for (_, folder) in self.folders() {
            all &= fs::remove_dir(folder).is_ok();
        }
        all
    }

    /// Ends whatever is still in the group and waits until it is gone.
    fn end(&self) {
        for _ in 0..END_TRIES_MAX {
            let mut left = 0;
            for (_, folder) in self.folders() {
                let members = fs::read_to_string(folder.join("cgroup.procs"));
                let members = members.unwrap_or_default();
                for pid in members.lines().filter_map(|line| line.parse().ok()) {
                    left += 1;
                    let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
                }
            }
            if left == 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // The end of the process namespace has emptied them already, as a rule.
        if !self.remove() {
            self.end();
            // A group with a process that cannot die yet stays; it is empty of rights already.
            self.remove();
        }
    }
}

/// A group that nobody enters, to see what this host allows.
pub(crate) fn trial() -> Option<Cgroup> {
    random_hex().and_then(|name| Cgroup::make(&name, 64 << 20, 16)).ok()
}

/// What this host offers, in words, for the preflight.
pub(crate) fn offered() -> String {
    let Some(group) = trial() else {
        return "none".into();
    };
    let name = |part: &Option<(Dialect, PathBuf)>| match part {
        Some((Dialect::One, _)) => "version 1",
        Some((Dialect::Two, _)) => "version 2",
        None => "none",
    };
    let (memory, pids, cpu) = (name(&group.memory), name(&group.pids), name(&group.cpu));
    format!("memory {memory}, processes {pids}, processor time {cpu}")
}

/// Removes the groups of laboratories that were killed before they could.
fn sweep() {
    let ones = places().one.iter().map(|(_, parent)| parent);
    for parent in places().two.iter().chain(ones) {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let left = name.strip_prefix(PREFIX).is_some_and(crate::cache::is_left_behind);
            if left {
                // One that still has processes stays.
                let _ = fs::remove_dir(entry.path());
            }
        }
    }
}

/// What stands in a small file of the kernel: no more than one page of ours.
fn small_text(file: &Path) -> Option<String> {
    let mut bytes = [0; 1024];
    let read = File::open(file).ok()?.read(&mut bytes).ok()?;
    String::from_utf8(bytes.get(..read)?.to_vec()).ok()
}

fn number(file: &Path) -> Option<u64> {
    small_text(file)?.trim().parse().ok()
}

fn keyed(file: &Path, key: &str) -> Option<u64> {
    small_text(file)?.lines().find_map(|line| line.strip_prefix(key)?.trim().parse().ok())
}

/// The mount point of a kind of control group.
fn mounted(fits: impl Fn(&str, &str) -> bool) -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    mounts.lines().find_map(|line| {
        let mut words = line.split(' ');
        let (_, place, kind, options) =
            (words.next()?, words.next()?, words.next()?, words.next()?);
        fits(kind, options).then(|| PathBuf::from(place))
    })
}

/// Our own place in a hierarchy, as the third field of `/proc/self/cgroup` tells it.
fn own_place(controller: &str) -> Option<String> {
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, names, place) = (fields.next()?, fields.next()?, fields.next()?);
        let ours = names.split(',').any(|name| name == controller);
        ours.then(|| place.trim_start_matches('/').to_owned())
    })
}

/// Where groups can be made; it does not change while we run.
struct Places {
    one: Vec<(&'static str, PathBuf)>,
    two: Vec<PathBuf>,
}

fn places() -> &'static Places {
    static PLACES: OnceLock<Places> = OnceLock::new();
    PLACES.get_or_init(|| {
        let kinds = ["memory", "pids", "cpuacct"].into_iter();
        let one = kinds.filter_map(|kind| Some((kind, parent_one(kind)?))).collect();
        Places { one, two: parents_two() }
    })
}

fn parent_one(controller: &str) -> Option<PathBuf> {
    let root = mounted(|kind, options| {
        kind == "cgroup" && options.split(',').any(|option| option == controller)
    })?;
    let own = root.join(own_place(controller)?);
    Some(if own.is_dir() { own } else { root })
}

/// Version 2 lets a group with processes of its own have no limited children, so ours is tried
/// first and then each one above it.
fn parents_two() -> Vec<PathBuf> {
    let Some(root) = mounted(|kind, _| kind == "cgroup2") else {
        return Vec::new();
    };
    let Some(own) = own_place("") else {
        return Vec::new();
    };
    let own = root.join(own);
    let above = own.ancestors().take_while(|place| place.starts_with(&root));
    let offers = |place: &&Path| {
        fs::read_to_string(place.join("cgroup.subtree_control"))
            .is_ok_and(|text| text.split_whitespace().any(|word| word == "memory"))
    };
    above.filter(offers).map(Path::to_owned).collect()
}
