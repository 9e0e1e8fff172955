//! Folders of foreign files: walked without following links, digested, copied, made readable.

use crate::LabFault;
use seawall_domain::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// One release holds no more than this, unpacked.
pub(crate) const TREE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// One release has no more files than this.
pub(crate) const TREE_FILES_MAX: usize = 50_000;
/// Nothing has more files: the system of an image is the largest.
const WALK_FILES_MAX: usize = 300_000;

/// What stands below a folder, links not followed.
struct Entry {
    path: PathBuf,
    kind: fs::FileType,
}

fn walk(root: &Path) -> Result<Vec<Entry>, LabFault> {
    let fault = |error| LabFault::io(format!("reading folder `{}`", root.display()), error);
    let mut entries = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let kind = entry.file_type().map_err(fault)?;
            let path = folder.join(entry.file_name());
            if kind.is_dir() {
                folders.push(path.clone());
            }
            entries.push(Entry { path, kind });
            if entries.len() > WALK_FILES_MAX {
                return Err(LabFault::io("reading a release", "it has too many files"));
            }
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// The ordinary files below a folder, relative to it, sorted.
pub(crate) fn files(root: &Path) -> Result<Vec<PathBuf>, LabFault> {
    let entries = walk(root)?.into_iter();
    Ok(entries.filter(|entry| entry.kind.is_file()).map(|entry| entry.path).collect())
}

/// The files and links below a folder, relative to it, sorted.
pub(crate) fn everything(root: &Path) -> Result<Vec<PathBuf>, LabFault> {
    let entries = walk(root)?.into_iter();
    Ok(entries.filter(|entry| !entry.kind.is_dir()).map(|entry| entry.path).collect())
}

/// The beginning of a file as text; bytes that are not UTF-8 are replaced.
pub(crate) fn text(path: &Path, bytes_max: u64) -> Result<String, LabFault> {
    let fault = |error| LabFault::io(format!("reading `{}`", path.display()), error);
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(fault)?;
    file.take(bytes_max).read_to_end(&mut bytes).map_err(fault)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The digest of a folder: SHA-256 over one line per entry in order of path. A line holds the
/// kind, the path, and the digest of a file's bytes or the target of a link.
pub(crate) fn digest(root: &Path) -> Result<Digest, LabFault> {
    let fault = |error| LabFault::io(format!("digesting `{}`", root.display()), error);
    let mut whole = Sha256::new();
    for entry in walk(root)? {
        let path = entry.path.to_string_lossy().into_owned();
        let full = root.join(&entry.path);
        let line = if entry.kind.is_symlink() {
            let target = fs::read_link(&full).map_err(fault)?;
            format!("link\0{path}\0{}\n", target.to_string_lossy())
        } else if entry.kind.is_file() {
            let mut file = fs::File::open(&full).map_err(fault)?;
            let mut sum = Sha256::new();
            let mut buffer = vec![0u8; 64 * 1024];
            loop {
                let read = file.read(&mut buffer).map_err(fault)?;
                if read == 0 {
                    break;
                }
                sum.update(buffer.get(..read).unwrap_or_default());
            }
            format!("file\0{path}\0{}\n", Digest::new(sum.finalize().into()))
        } else {
            continue;
        };
        whole.update(line.as_bytes());
    }
    Ok(Digest::new(whole.finalize().into()))
}

/// Makes every file readable by the user of a sandbox, and nothing writable or privileged.
pub(crate) fn open_for_reading(root: &Path) -> Result<(), LabFault> {
    let fault = |error| LabFault::io(format!("setting rights in `{}`", root.display()), error);
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(fault)
    };
    set(root, 0o755)?;
    // Folders first: a package may carry one that nobody may enter.
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let meta = entry.metadata().map_err(fault)?;
            if meta.is_dir() {
                set(&entry.path(), 0o755)?;
                folders.push(entry.path());
            } else if meta.is_file() {
                let executable = meta.permissions().mode() & 0o100 != 0;
                set(&entry.path(), if executable { 0o755 } else { 0o644 })?;
            } else if !meta.is_symlink() {
                fs::remove_file(entry.path()).map_err(fault)?;
            }
        }
    }
    Ok(())
}

/// Copies a folder's files, folders and links; links are copied and never followed.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), LabFault> {
    let fault = |error| LabFault::io(format!("copying `{}`", from.display()), error);
    fs::create_dir_all(to).map_err(fault)?;
    let mut bytes = 0u64;
    let entries = walk(from)?;
    if entries.len() > TREE_FILES_MAX {
        return Err(LabFault::io("copying a release", "it has too many files"));
    }
    for entry in entries {
        let (source, copy) = (from.join(&entry.path), to.join(&entry.path));
        if entry.kind.is_dir() {
            fs::create_dir_all(&copy).map_err(fault)?;
        } else if entry.kind.is_symlink() {
            let target = fs::read_link(&source).map_err(fault)?;
            std::os::unix::fs::symlink(target, &copy).map_err(fault)?;
        } else if entry.kind.is_file() {
            bytes += fs::copy(&source, &copy).map_err(fault)?;
        }
        if bytes > TREE_BYTES_MAX {
            return Err(LabFault::io("copying a release", "it is too large"));
        }
    }
    Ok(())
}
