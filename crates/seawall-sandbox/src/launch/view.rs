//! What a sandbox sees: a read-only system, folders in memory, its own processes, and no more.

use super::plan::Step;
use super::{Job, Network};
use crate::{LabFault, toolchain};
use nix::libc;
use seawall_domain::recipe::Limits;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A file or folder of the host that the sandbox sees, read-only.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The file or folder on the host.
    pub host: PathBuf,
    /// Where the sandbox sees it.
    pub inside: &'static str,
}

/// The device by which a program of ours runs a virtual machine; no recipe is shown it.
pub(crate) const HYPERVISOR: &str = "/dev/kvm";
/// The writable folders of a sandbox, all in memory and bounded.
pub(super) const WRITABLE: [&CStr; 4] = [c"/tmp", c"/scratch", c"/build", c"/dev/shm"];
/// Files and folders in a writable folder, for each MiB of its bytes and at least: each costs the
/// kernel about a KiB, even an empty one.
const INODES_PER_MIB: u64 = 256;
const INODES_MIN: u64 = 1024;
/// Parts of the host's `/etc` that compilers and interpreters look up; none is about this host's
/// users or network.
const ETC: [&str; 3] = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/mime.types"];
/// The folders in `/etc` where Debian keeps what Java reads as it starts: `java-17-openjdk`.
fn settings_of_java() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/etc").into_iter().flatten().flatten();
    let java = entries.filter(|entry| entry.file_name().as_bytes().starts_with(b"java-"));
    java.take(ROOT_ENTRIES_MAX).map(|entry| entry.path()).collect()
}

/// What clients of registries look up besides: names of hosts, certificates of authorities, and
/// their own configuration, as far as this host has it.
const ETC_NETWORK: [&str; 13] = [
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/pip.conf",
    "/etc/npmrc",
    "/etc/maven",
    "/etc/apt",
];
/// Folders at the root of a system in an image that every sandbox has of its own.
const OWN_FOLDERS: [&str; 8] =
    ["proc", "sys", "dev", "tmp", "scratch", "build", "target", "recipe"];
/// No more is shown of the root of an image.
const ROOT_ENTRIES_MAX: usize = 64;
/// Links that Debian keeps at the root since its programs moved to `/usr`.
const ROOT_LINKS: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
/// All devices that there are: none of them leads to the host.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
/// Links that programs expect beside the devices.
const STREAMS: [(&str, &str); 4] = [
    ("/proc/self/fd", "dev/fd"),
    ("/proc/self/fd/0", "dev/stdin"),
    ("/proc/self/fd/1", "dev/stdout"),
    ("/proc/self/fd/2", "dev/stderr"),
];

const READ_ONLY: u64 = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
const DEVICE: u64 = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NOEXEC;

/// A text for the kernel; one with a zero byte in it names nothing, and is cut there.
pub(super) fn text(bytes: impl Into<Vec<u8>>) -> CString {
    let mut bytes = bytes.into();
    bytes.retain(|byte| *byte != 0);
    CString::new(bytes).unwrap_or_default()
}

fn path(path: &Path) -> CString {
    text(path.as_os_str().as_bytes())
}

/// A place in the sandbox, from its root.
fn place(inside: &str) -> CString {
    text(inside.trim_start_matches('/'))
}

fn show(host: &Path, inside: &str) -> Step {
    Step::Show { host: path(host), at: place(inside), attributes: READ_ONLY }
}

/// All steps on the way to what one run sees.
#[derive(Debug)]
pub(super) struct View {
    system: &'static [Step],
    own: Vec<Step>,
    /// Whether it shows the host's hypervisor.
    pub hypervisor: bool,
}

impl View {
    pub(super) fn of(job: &Job<'_>, limits: &Limits) -> Result<View, LabFault> {
        let (system, mut own) = match &job.root {
            None => (system(job.network), Vec::new()),
            Some(root) => (frame(), image(root)?),
        };
        own.extend(folders(&job.mounts, limits));
        let hypervisor = job.mounts.iter().any(|mount| mount.inside == HYPERVISOR);
        Ok(View { system, own, hypervisor })
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.system.iter().chain(&self.own)
    }
}

/// What every sandbox has of its own: empty folders, devices, its processes.
fn frame() -> &'static [Step] {
    static FRAME: OnceLock<Vec<Step>> = OnceLock::new();
    FRAME.get_or_init(|| {
        let folders = ["proc", "dev", "tmp", "scratch", "build"];
        let folders = folders.map(|folder| Step::Folder { at: place(folder) });
        let mut steps = Vec::from(folders);
        steps.extend(devices());
        steps.push(Step::Processes {
            at: c"proc".into(),
            options: c"subset=pid,hidepid=invisible".into(),
        });
        steps
    })
}

/// The content of a folder in place of this host's programs, each entry of it by itself.
fn image(root: &Path) -> Result<Vec<Step>, LabFault> {
    let fault = |error| LabFault::io(format!("reading the system in `{}`", root.display()), error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(root).map_err(fault)?.take(ROOT_ENTRIES_MAX) {
        entries.push(entry.map_err(fault)?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut steps = Vec::new();
    for entry in entries {
        let at = text(entry.file_name().as_bytes());
        if OWN_FOLDERS.iter().any(|own| own.as_bytes() == at.as_bytes()) {
            continue;
        }
        let kind = entry.file_type().map_err(fault)?;
        if kind.is_symlink() {
            let target = std::fs::read_link(entry.path()).map_err(fault)?;
            steps.push(Step::Link { target: path(&target), at });
        } else if kind.is_dir() || kind.is_file() {
            steps.push(if kind.is_dir() {
                Step::Folder { at: at.clone() }
            } else {
                Step::File { at: at.clone() }
            });
            steps.push(Step::Show { host: path(&entry.path()), at, attributes: READ_ONLY });
        }
    }
    Ok(steps)
}

/// Makes a place for something of the host, and shows it there. What is not there is taken for a
/// folder, and named when it cannot be shown.
fn show_at(host: &Path, inside: &str) -> [Step; 2] {
    let at = place(inside);
    let made = if host.is_file() { Step::File { at } } else { Step::Folder { at } };
    [made, show(host, inside)]
}

/// The part that is the same for every run of this process which sees this host's programs.
fn system(network: Network) -> &'static [Step] {
    static ALONE: OnceLock<Vec<Step>> = OnceLock::new();
    static CONNECTED: OnceLock<Vec<Step>> = OnceLock::new();
    let (steps, more) = match network {
        Network::None => (&ALONE, Vec::new()),
        Network::Host => (&CONNECTED, ETC_NETWORK.map(PathBuf::from).into()),
    };
    steps.get_or_init(|| {
        let mut steps = frame().to_vec();
        steps.extend(["usr", "etc", "opt"].map(|folder| Step::Folder { at: place(folder) }));
        steps.push(show(Path::new("/usr"), "usr"));
        for link in ROOT_LINKS {
            let host = Path::new("/").join(link);
            if host.is_symlink() {
                steps.push(Step::Link { target: text(format!("usr/{link}")), at: place(link) });
            } else if host.is_dir() {
                steps.push(Step::Folder { at: place(link) });
                steps.push(show(&host, link));
            }
        }
        for file in ETC.map(PathBuf::from).into_iter().chain(settings_of_java()).chain(more) {
            if file.exists() {
                steps.extend(show_at(&file, &file.to_string_lossy()));
            }
        }
        for tool in toolchain::outside_usr() {
            steps.push(Step::Folder { at: place(tool.inside) });
            steps.push(show(&tool.host, tool.inside));
        }
        steps
    })
}

fn devices() -> Vec<Step> {
    let mut steps = vec![Step::Folder { at: c"dev/shm".into() }];
    for device in DEVICES {
        let (host, at) = (Path::new("/dev").join(device), text(format!("dev/{device}")));
        steps.push(Step::File { at: at.clone() });
        steps.push(Step::Show { host: path(&host), at, attributes: DEVICE });
    }
    let link = |(target, at): (&str, &str)| Step::Link { target: text(target), at: text(at) };
    steps.extend(STREAMS.map(link));
    steps
}

/// The part of one run: what it shows of the host, and its own folders in memory.
fn folders(mounts: &[Mount], limits: &Limits) -> Vec<Step> {
    let mib = u64::from(limits.disk_mib);
    let inodes = INODES_MIN + mib * INODES_PER_MIB;
    let options = text(format!("size={}m,nr_inodes={inodes},mode=1777", mib));
    let mut steps = Vec::with_capacity(WRITABLE.len() + mounts.len() * 2);
    for folder in WRITABLE {
        let at = text(folder.to_bytes().get(1..).unwrap_or_default());
        // Shared memory is for data; programs are built and run in the others.
        let more = if at.as_c_str() == c"dev/shm" { libc::MS_NOEXEC } else { 0 };
        let flags = libc::MS_NOSUID | libc::MS_NODEV | more;
        steps.push(Step::Memory { at, options: options.clone(), flags });
    }
    for mount in mounts {
        if mount.inside == HYPERVISOR {
            let (host, at) = (path(&mount.host), place(mount.inside));
            steps.push(Step::File { at: at.clone() });
            steps.push(Step::Show { host, at, attributes: DEVICE });
            continue;
        }
        steps.extend(show_at(&mount.host, mount.inside));
    }
    steps
}
