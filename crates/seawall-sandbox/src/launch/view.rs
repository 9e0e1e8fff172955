//! What a sandbox sees: a read-only system, folders in memory, its own processes, and no more.

use super::plan::Step;
use crate::toolchain;
use nix::libc;
use seawall_domain::recipe::Limits;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A folder of the host that the sandbox sees, read-only.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The folder on the host.
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

/// The part that is the same for every run of this process.
pub(super) fn system() -> &'static [Step] {
    static SYSTEM: OnceLock<Vec<Step>> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let mut steps = Vec::new();
        let folders = ["usr", "etc", "opt", "proc", "dev", "tmp", "scratch", "build"];
        steps.extend(folders.map(|folder| Step::Folder { at: place(folder) }));
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
        for file in ETC.map(Path::new).into_iter().filter(|file| file.exists()) {
            let at = path(file.strip_prefix("/").unwrap_or(file));
            let kind = if file.is_dir() { Step::Folder { at } } else { Step::File { at } };
            steps.extend([kind, show(file, &file.to_string_lossy())]);
        }
        for tool in toolchain::outside_usr() {
            steps.push(Step::Folder { at: place(tool.inside) });
            steps.push(show(&tool.host, tool.inside));
        }
        steps.extend(devices());
        steps.push(Step::Processes {
            at: c"proc".into(),
            options: c"subset=pid,hidepid=invisible".into(),
        });
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
pub(super) fn own(mounts: &[Mount], limits: &Limits) -> Vec<Step> {
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
        let at = place(mount.inside);
        if mount.inside == HYPERVISOR {
            let host = path(&mount.host);
            steps.push(Step::File { at: at.clone() });
            steps.push(Step::Show { host, at, attributes: DEVICE });
            continue;
        }
        steps.push(Step::Folder { at });
        steps.push(show(&mount.host, mount.inside));
    }
    steps
}
