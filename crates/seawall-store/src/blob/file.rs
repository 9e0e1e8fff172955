//! The files of blobs: written whole or not at all, off the threads that serve requests.

use crate::db::StoreFault;
use crate::keys::sync_folder;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells apart the writes of this process; the process id tells apart the processes.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// Writes beside the place, makes it lasting, and moves it there.
pub(super) async fn write(path: PathBuf, bytes: Vec<u8>) -> Result<(), StoreFault> {
    let shown = path.clone();
    run("write the blob file", shown, move || {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let serial = WRITES.fetch_add(1, Ordering::Relaxed);
        let beside = path.with_extension(format!("{}-{serial}.part", std::process::id()));
        let written = write_lasting(&beside, &bytes).and_then(|()| fs::rename(&beside, &path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written?;
        sync_folder(folder)?;
        // The folder itself may be new, so its name has to last too.
        folder.parent().map_or(Ok(()), sync_folder)
    })
    .await
}

fn write_lasting(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Reads a file, or gives nothing if it is not there.
pub(super) async fn read(path: PathBuf) -> Result<Option<Vec<u8>>, StoreFault> {
    let shown = path.clone();
    run("read the blob file", shown, move || absent_is_none(fs::read(&path))).await
}

/// Removes a file; one that is gone already is no fault.
pub(super) async fn remove(path: PathBuf) -> Result<(), StoreFault> {
    let shown = path.clone();
    let remove = move || absent_is_none(fs::remove_file(&path)).map(|_| ());
    run("remove the blob file", shown, remove).await
}

/// All files of the two levels, sorted.
pub(super) async fn list(dir: PathBuf) -> Result<Vec<PathBuf>, StoreFault> {
    let shown = dir.clone();
    run("list the blob folder", shown, move || {
        let mut files = Vec::new();
        let Some(folders) = absent_is_none(fs::read_dir(&dir))? else {
            return Ok(files);
        };
        for folder in folders {
            let folder = folder?.path();
            if folder.is_dir() {
                for file in fs::read_dir(folder)? {
                    files.push(file?.path());
                }
            }
        }
        files.sort();
        Ok(files)
    })
    .await
}

fn absent_is_none<T>(found: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn run<T: Send + 'static>(
    doing: &'static str,
    path: PathBuf,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, StoreFault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(std::io::Error::other(error)))
        .map_err(|source| StoreFault::file(doing, path, source))
}
