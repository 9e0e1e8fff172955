//! A laboratory with a folder of clients' configuration, and short ways to make archives.

use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_sandbox::{Fetched, HostPaths, LabFault, Laboratory};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

pub struct World {
    pub folder: PathBuf,
    pub lab: Laboratory,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl World {
    pub fn new() -> World {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("seawall-fetching-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(folder.join("clients")).unwrap();
        let lab = Laboratory {
            clients: Some(folder.join("clients")),
            host_paths: HostPaths::Allowed,
            ..Laboratory::at(folder.join("cache"))
        };
        World { folder, lab }
    }

    /// A place among the clients' configuration, with its folder made.
    pub fn client(&self, name: &str) -> PathBuf {
        let path = self.folder.join("clients").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    pub fn fetch(&self, package: &Package, version: &str) -> Result<Fetched, LabFault> {
        let fetched = self.lab.fetch(package, &Version::from(version));
        let left = fs::read_dir(self.lab.cache.join("scratch")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "nothing half made stays behind");
        fetched
    }

    /// All versions that are listed, sorted.
    pub fn releases(&self, package: &Package) -> Vec<String> {
        let mut all: Vec<String> =
            self.lab.releases(package).unwrap().into_iter().map(|one| one.version.0).collect();
        all.sort();
        all
    }
}

pub fn package(ecosystem: Ecosystem, name: impl Into<String>) -> Package {
    Package { ecosystem, name: name.into() }
}

/// Whether a program is here; otherwise the test says that it is skipped.
pub fn has(test: &str, program: &str, args: &[&str]) -> bool {
    let asked = Command::new(program).args(args).output();
    let there = asked.is_ok_and(|said| said.status.success());
    if !there {
        println!("skipped: {test}: `{program}` is not installed here");
    }
    there
}

/// Runs a shell's script in a folder of ours; it must succeed.
pub fn shell(folder: &Path, script: &str) -> String {
    let said = Command::new("/bin/sh")
        .args(["-c", &format!("set -e\n{script}")])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Maker")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "m@example.invalid")))
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{script}: {complaint}");
    String::from_utf8_lossy(&said.stdout).trim().to_owned()
}

/// What lies in a folder: `NAME/`, `NAME>TARGET`, or `NAME=TEXT` with `*` for a program; no file
/// may have more rights than that.
pub fn told(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            let meta = fs::symlink_metadata(&path).unwrap();
            if meta.is_symlink() {
                found.push(format!("{name}>{}", fs::read_link(&path).unwrap().display()));
            } else if meta.is_dir() {
                found.push(format!("{name}/"));
                folders.push(path);
            } else {
                assert!(meta.is_file(), "{name} is something else");
                let mode = meta.permissions().mode() & 0o7777;
                assert!(mode == 0o755 || mode == 0o644, "{name} {mode:o}");
                let sign = if mode == 0o755 { '*' } else { '=' };
                found.push(format!("{name}{sign}{}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// A tar archive of entries that may be anything, made by hand.
#[derive(Default)]
pub struct Tar(Vec<u8>);

impl Tar {
    pub fn entry(mut self, kind: tar::EntryType, name: &str, value: &str, mode: u32) -> Tar {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        let content = if kind == tar::EntryType::Regular { value } else { "" };
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        if content.is_empty() {
            old.linkname[..value.len()].copy_from_slice(value.as_bytes());
        }
        if kind == tar::EntryType::Char {
            header.set_device_major(1).unwrap();
            header.set_device_minor(3).unwrap();
        }
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content.as_bytes());
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub fn file(self, name: &str, text: &str) -> Tar {
        self.entry(tar::EntryType::Regular, name, text, 0o644)
    }

    pub fn bytes(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, bytes).unwrap();
    packed.finish().unwrap()
}
