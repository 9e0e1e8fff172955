//! The host as a sandbox must leave it: a picture before and after.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What no hostile program may change.
#[derive(Debug, Eq, PartialEq)]
pub struct Picture {
    files: BTreeMap<PathBuf, (u64, u32, i64, i64)>,
    /// Bytes of files that a sandbox could see.
    texts: BTreeMap<PathBuf, Vec<u8>>,
    mounts: String,
    name: String,
    core_pattern: String,
    domain: String,
}

impl Picture {
    /// The folders are watched with all that is below them.
    pub fn take(folders: &[&Path]) -> Picture {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let mut files = BTreeMap::new();
        let mut texts = BTreeMap::new();
        for folder in folders.iter().copied().chain([Path::new("/etc"), Path::new("/dev")]) {
            look(folder, &mut files);
        }
        for path in files.keys().filter(|path| folders.iter().any(|f| path.starts_with(f))) {
            texts.insert(path.clone(), fs::read(path).unwrap_or_default());
        }
        // Terminals and the like come and go by themselves.
        files.retain(|path, _| !path.starts_with("/dev/pts") && !path.starts_with("/dev/shm"));
        Picture {
            files,
            texts,
            mounts: read("/proc/self/mounts"),
            name: read("/proc/sys/kernel/hostname"),
            core_pattern: read("/proc/sys/kernel/core_pattern"),
            domain: read("/proc/sys/kernel/domainname"),
        }
    }
}

fn look(folder: &Path, files: &mut BTreeMap<PathBuf, (u64, u32, i64, i64)>) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(data) = fs::symlink_metadata(entry.path()) else { continue };
            let device = entry.path().starts_with("/dev");
            // A device that is written to is no change of the host.
            let time = if device { (0, 0) } else { (data.mtime(), data.mtime_nsec()) };
            files.insert(entry.path(), (data.len(), data.mode(), time.0, time.1));
            if data.is_dir() {
                folders.push(entry.path());
            }
        }
    }
}

/// Whether no process on this host has this word on its command line, soon.
pub fn gone(word: &str) -> bool {
    for _ in 0..100 {
        let lines = fs::read_dir("/proc").unwrap().flatten();
        let lines = lines.filter(|entry| entry.file_name() != "self");
        let mut lines = lines.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
        if !lines.any(|line| String::from_utf8_lossy(&line).contains(word)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// The control groups on this host that this process made and has not removed.
pub fn groups() -> Vec<PathBuf> {
    let name = format!("seawall-{}-", std::process::id());
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::from("/sys/fs/cgroup"), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) && depth < 8 {
                if entry.file_name().to_string_lossy().starts_with(&name) {
                    found.push(entry.path());
                }
                folders.push((entry.path(), depth + 1));
            }
        }
    }
    found
}

/// By how much the wall clock and the steady one have drifted apart, in seconds.
pub fn clock_jump(started: Instant, wall: std::time::SystemTime) -> f64 {
    let wall = wall.elapsed().map_or(f64::NEG_INFINITY, |passed| passed.as_secs_f64());
    (wall - started.elapsed().as_secs_f64()).abs()
}
