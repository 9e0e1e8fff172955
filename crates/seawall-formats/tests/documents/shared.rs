//! The shared test data: found by `SEAWALL_DATA`, unpacked by the `tar` and `zstd` programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of the shared data; without it the test says by name that it is skipped.
fn file(test: &str, name: &str) -> Option<PathBuf> {
    let folder = std::env::var("SEAWALL_DATA").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.is_file() {
        println!("skipped: {test}: no SEAWALL_DATA");
        return None;
    }
    let zstd = Command::new("zstd").arg("--version").output();
    if !zstd.is_ok_and(|output| output.status.success()) {
        println!("skipped: {test}: no program zstd");
        return None;
    }
    Some(path)
}

/// An unpacked archive, removed when dropped.
pub struct Unpacked(PathBuf);

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Unpacked {
    /// Every file in it with its path inside, sorted.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.0, &self.0, &mut files);
        files.sort();
        files
    }

    /// One file in it.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).expect(name)
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below root").display().to_string();
            files.push((name, fs::read(&path).expect("a file")));
        }
    }
}

/// Unpacks an archive of the shared data.
pub fn unpack(test: &str, archive: &str) -> Option<Unpacked> {
    let path = file(test, archive)?;
    let stem = Path::new(archive).file_name().expect("a name").to_string_lossy().into_owned();
    let folder = format!("{}-{test}-{stem}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    let unpacked = Unpacked(folder);
    let mut tar = Command::new("tar");
    tar.arg("--zstd").arg("-xf").arg(path).arg("-C").arg(&unpacked.0);
    let done = tar.status().expect("tar");
    assert!(done.success(), "tar could not unpack {archive}");
    Some(unpacked)
}

/// The bytes of a file of the shared data.
pub fn bytes(test: &str, name: &str) -> Option<Vec<u8>> {
    file(test, name).map(|path| fs::read(path).expect(name))
}

/// The lines of a packed file of the shared data.
pub fn lines(test: &str, name: &str) -> Option<Vec<String>> {
    let output = Command::new("zstd").arg("-dc").arg(file(test, name)?).output().expect("zstd");
    assert!(output.status.success(), "zstd could not read {name}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Some(text.lines().map(str::to_owned).collect())
}
