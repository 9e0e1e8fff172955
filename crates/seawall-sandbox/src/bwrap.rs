//! The words for bubblewrap: new namespaces, a read-only system, folders in memory, no network.

use crate::inner::Starter;
use crate::toolchain;
use seawall_domain::recipe::Limits;
use std::path::{Path, PathBuf};

/// A folder of the host that the sandbox sees, read-only.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The folder on the host.
    pub host: PathBuf,
    /// Where the sandbox sees it.
    pub inside: &'static str,
}

/// The writable folders of a sandbox, all in memory and bounded.
const WRITABLE: [&str; 3] = ["/tmp", "/scratch", "/build"];
/// Parts of the host's `/etc` that compilers and interpreters look up; none is about this host's
/// users or network.
const ETC: [&str; 3] = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/mime.types"];
/// Links that Debian keeps at the root since its programs moved to `/usr`.
const ROOT_LINKS: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// The words after `bwrap` and before the command inside.
pub(crate) fn words(starter: Starter, mounts: &[Mount], limits: &Limits) -> Vec<String> {
    let mut words: Vec<String> = Vec::with_capacity(96);
    let mut add = |more: &[&str]| words.extend(more.iter().map(|word| (*word).to_owned()));
    add(&["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]);
    add(&["--unshare-cgroup-try", "--hostname", "sandbox"]);
    add(&["--die-with-parent", "--new-session"]);
    match starter {
        Starter::Root => {
            let kept = ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"];
            add(&["--cap-drop", "ALL"]);
            kept.iter().for_each(|right| add(&["--cap-add", right]));
        }
        Starter::Ordinary => {
            add(&["--unshare-user", "--uid", "61001", "--gid", "61001", "--cap-drop", "ALL"]);
        }
    }
    add(&["--ro-bind", "/usr", "/usr", "--perms", "0755", "--dir", "/etc"]);
    add(&["--perms", "0755", "--dir", "/opt"]);
    for link in ROOT_LINKS {
        let path = Path::new("/").join(link);
        let (host, target) = (path.to_string_lossy(), format!("usr/{link}"));
        if path.is_symlink() {
            add(&["--symlink", &target, &host]);
        } else if path.is_dir() {
            add(&["--ro-bind", &host, &host]);
        }
    }
    ETC.iter().for_each(|file| add(&["--ro-bind-try", file, file]));
    for tool in toolchain::outside_usr() {
        add(&["--ro-bind", &tool.host.to_string_lossy(), tool.inside]);
    }
    add(&["--proc", "/proc", "--dev", "/dev"]);
    let bytes = (u64::from(limits.disk_mib) << 20).to_string();
    for folder in WRITABLE {
        add(&["--perms", "1777", "--size", &bytes, "--tmpfs", folder]);
    }
    // The shared memory of POSIX programs would otherwise be as large as half the host's.
    add(&["--perms", "1777", "--size", &bytes, "--tmpfs", "/dev/shm"]);
    // In a user namespace the folder of devices belongs to the run, and nothing bounds its size.
    add(&["--remount-ro", "/dev"]);
    for mount in mounts {
        add(&["--ro-bind", &mount.host.to_string_lossy(), mount.inside]);
    }
    add(&["--remount-ro", "/", "--chdir", "/scratch", "--"]);
    words
}
