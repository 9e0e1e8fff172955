//! The files of a determination: read whole, and those that are secret kept for their owner only.

use super::Watched;
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::log::Log;
use seawall_domain::evaluation::run::Run;
use seawall_formats::inspect;
use seawall_services::evaluation::determination;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The largest paper that is read, in bytes.
const PAPER_BYTES_MAX: u64 = 256 << 20;

/// Who may read a file.
#[derive(Clone, Copy)]
pub(super) enum Readers {
    /// Its owner alone.
    Owner,
    /// Whoever may.
    Anybody,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let file = crate::command::open(path).with_context(|| format!("cannot open {shown}"))?;
    let mut bytes = Vec::new();
    file.take(PAPER_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {shown}"))?;
    if bytes.len() as u64 > PAPER_BYTES_MAX {
        bail!("cannot read {shown}: it has more than {PAPER_BYTES_MAX} bytes");
    }
    Ok(bytes)
}

/// Keeps a new file; what is there already is never written over.
pub(super) fn keep(path: &Path, bytes: &[u8], readers: Readers) -> anyhow::Result<()> {
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Anybody => 0o644,
    };
    let mut options = OpenOptions::new();
    let shown = path.display();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .with_context(|| format!("cannot make {shown}"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("writing {shown}"))
}

/// Keeps others who change files in the same folder waiting, for as long as it lives.
pub(super) struct Turn(#[allow(dead_code, reason = "it is held, never used")] File);

/// Waits until nobody else changes the files beside this one.
pub(super) fn turn(path: &Path) -> anyhow::Result<Turn> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let shown = folder.display();
    let opened = File::open(folder).with_context(|| format!("cannot open {shown}"))?;
    opened.lock().with_context(|| format!("cannot lock {shown}"))?;
    Ok(Turn(opened))
}

/// Puts other bytes in the place of a file, at once or not at all.
pub(super) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> anyhow::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(name);
    keep(&beside, bytes, readers)?;
    std::fs::rename(&beside, path).with_context(|| format!("writing {}", path.display()))
}

/// 32 bytes that nobody can guess.
pub(super) fn chance() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => bail!("cannot draw a random number"),
    }
}

/// Reads a log, with the SHA-256 of its bytes.
pub(super) fn log(path: &Path) -> anyhow::Result<(Log, Digest)> {
    let shown = path.display();
    let mut file = Watched::open(path)?;
    let digest = hashed(&mut file).with_context(|| format!("cannot read {shown}"))?;
    file.rewind().with_context(|| format!("cannot read {shown}"))?;
    file.bar.set_position(0);
    let log = inspect::read(file).with_context(|| format!("cannot use {shown}"))?;
    Ok((log, digest))
}

/// SHA-256 of a file, however large.
pub(super) fn digest(path: &Path) -> anyhow::Result<Digest> {
    let shown = path.display();
    let mut file = super::regular(path)?;
    hashed(&mut file).with_context(|| format!("cannot read {shown}"))
}

fn hashed(from: &mut impl Read) -> std::io::Result<Digest> {
    let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let mut piece = vec![0; 1 << 20];
    loop {
        let count = from.read(&mut piece)?;
        match piece.get(..count) {
            Some(read) if !read.is_empty() => hash.update(read),
            Some(_) | None => break,
        }
    }
    let bytes = <[u8; 32]>::try_from(hash.finish().as_ref()).map_err(std::io::Error::other)?;
    Ok(Digest::new(bytes))
}

/// Reads logs as evidence.
pub(super) fn runs(paths: &[PathBuf]) -> anyhow::Result<Vec<Run>> {
    let run = |path: &PathBuf| log(path).map(|(log, bytes)| determination::run(&log, bytes));
    paths.iter().map(run).collect()
}

/// SHA-256 of the program that runs.
pub(super) fn program() -> anyhow::Result<Digest> {
    digest(&std::env::current_exe().context("finding this program")?)
}
