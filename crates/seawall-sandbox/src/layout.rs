//! Folders of foreign files, laid out from archives: first a model of what will stand where, then
//! the files themselves.
//!
//! Nothing is ever written by a name out of an archive before all archives were read: contents go
//! to numbered files beside, and the model decides what each name means. Links lead about within
//! the model only, and are made last, so that no path of the host ever goes through one. What is
//! no folder, file or link is left out; of rights only executability stays.

use crate::LabFault;
use crate::tarball::{self, Entry, Kind};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::ops::Bound;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// How much a folder may come to hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes of all files, those that were replaced too.
    pub bytes: u64,
    /// Entries of all archives, those that were replaced too.
    pub entries: usize,
}

/// The longest path, below what the kernel takes together with the folder of the cache.
const PATH_BYTES_MAX: usize = 3000;
const PART_BYTES_MAX: usize = 255;
/// Links followed on the way to one name, as the kernel does.
const HOPS_MAX: usize = 40;
/// Names looked at in all, so that what leads about or takes away over and over comes to an end.
const STEPS_MAX: u64 = 50_000_000;
/// The marks of a layer that takes something away (OCI image specification, "Whiteouts").
const GONE: &[u8] = b".wh.";
const ALL_GONE: &[u8] = b".wh..wh..opq";

/// Whether an archive can take away what those before it brought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Whiteouts {
    /// Names are only names.
    Plain,
    /// As in the layers of an image.
    Layer,
}

#[derive(Clone, Debug)]
enum What {
    Folder,
    File { content: u32, executable: bool },
    Link(Vec<u8>),
}

#[derive(Clone, Debug)]
struct Node {
    what: What,
    /// The archive that brought it.
    layer: u32,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Layout {
    bounds: Bounds,
    /// Where contents wait.
    aside: PathBuf,
    contents: u32,
    bytes: u64,
    entries: usize,
    layer: u32,
    steps: u64,
    nodes: BTreeMap<Vec<u8>, Node>,
}

fn refused<T>(reason: &str) -> io::Result<T> {
    Err(io::Error::other(reason.to_owned()))
}

impl Layout {
    /// An empty one that keeps contents in this folder, which is made.
    pub(crate) fn new(aside: PathBuf, bounds: Bounds) -> Result<Layout, LabFault> {
        let fault = |error| LabFault::io("making a folder for contents", error);
        fs::create_dir_all(&aside).map_err(fault)?;
        Ok(Layout {
            bounds,
            aside,
            contents: 0,
            bytes: 0,
            entries: 0,
            layer: 0,
            steps: 0,
            nodes: BTreeMap::new(),
        })
    }

    /// Takes up one archive on top of those before it.
    pub(crate) fn take(&mut self, archive: impl Read, whiteouts: Whiteouts) -> io::Result<()> {
        self.layer += 1;
        tarball::entries(archive, &mut |entry, content| self.take_one(entry, content, whiteouts))
    }

    fn take_one(
        &mut self,
        entry: Entry,
        content: &mut dyn Read,
        whiteouts: Whiteouts,
    ) -> io::Result<()> {
        self.entries += 1;
        if self.entries > self.bounds.entries {
            return refused("it has too many files");
        }
        let parts = parts(&entry.name)?;
        let Some((last, folders)) = parts.split_last() else {
            return Ok(());
        };
        if whiteouts == Whiteouts::Layer
            && let Some(gone) = last.strip_prefix(GONE)
        {
            let folder = self.folder(folders)?;
            match *last == ALL_GONE {
                true => return self.take_away_below(&folder),
                false => return self.take_away(&joined(&folder, gone)),
            }
        }
        let what = match entry.kind {
            Kind::Folder => What::Folder,
            Kind::File { executable } => {
                What::File { content: self.put_aside(content, entry.bytes)?, executable }
            }
            Kind::Link(target) => What::Link(target),
            Kind::Same(target) => self.same(&target)?,
            Kind::Other => return Ok(()),
        };
        let folder = self.folder(folders)?;
        self.put(joined(&folder, last), what)
    }

    /// Keeps the content of a file under a number.
    fn put_aside(&mut self, content: &mut dyn Read, bytes: u64) -> io::Result<u32> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.bounds.bytes {
            return refused("it holds too much");
        }
        self.contents += 1;
        let mut file = fs::File::create_new(self.content(self.contents))?;
        let wrote = io::copy(&mut content.take(bytes), &mut file)?;
        if wrote == bytes { Ok(self.contents) } else { refused("it ends too early") }
    }

    fn content(&self, number: u32) -> PathBuf {
        self.aside.join(number.to_string())
    }

    /// The file that a hard link names.
    fn same(&mut self, target: &[u8]) -> io::Result<What> {
        let parts = parts(target)?;
        let Some((last, folders)) = parts.split_last() else {
            return refused("a name stands for nothing");
        };
        let folder = self.folder(folders)?;
        match self.nodes.get(&joined(&folder, last)).map(|node| &node.what) {
            Some(What::Folder) | None => refused("a name stands for no file"),
            Some(what) => Ok(what.clone()),
        }
    }

    /// The folder of these names, made where it is not there; links are followed within the model.
    fn folder(&mut self, names: &[&[u8]]) -> io::Result<Vec<u8>> {
        let mut at: Vec<u8> = Vec::new();
        let mut hops = 0;
        // The names that are still to be gone through, the next one last.
        let mut ahead: Vec<Vec<u8>> = names.iter().rev().map(|name| name.to_vec()).collect();
        while let Some(name) = ahead.pop() {
            self.step(1)?;
            if name == b".." {
                at.truncate(at.iter().rposition(|byte| *byte == b'/').unwrap_or(0));
                continue;
            }
            let next = joined(&at, &name);
            match self.nodes.get_mut(&next) {
                Some(Node { what: What::Folder, layer }) => {
                    *layer = self.layer;
                    at = next;
                }
                Some(Node { what: What::Link(target), .. }) => {
                    hops += 1;
                    if hops > HOPS_MAX || target.len() > PATH_BYTES_MAX {
                        return refused("a name leads in circles");
                    }
                    if target.starts_with(b"/") {
                        at.clear();
                    }
                    let more = target.split(|byte| *byte == b'/').rev();
                    let more = more.filter(|part| !part.is_empty() && *part != b".");
                    ahead.extend(more.map(<[u8]>::to_vec));
                }
                Some(Node { what: What::File { .. }, .. }) | None => {
                    self.put(next.clone(), What::Folder)?;
                    at = next;
                }
            }
        }
        Ok(at)
    }

    fn put(&mut self, path: Vec<u8>, what: What) -> io::Result<()> {
        let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        if path.len() > PATH_BYTES_MAX || last.len() > PART_BYTES_MAX {
            return refused("a name is too long");
        }
        let was_folder = matches!(self.nodes.get(&path), Some(Node { what: What::Folder, .. }));
        if was_folder && !matches!(what, What::Folder) {
            let below = self.below(&path);
            self.step(below.len())?;
            below.iter().for_each(|path| drop(self.nodes.remove(path)));
        }
        self.nodes.insert(path, Node { what, layer: self.layer });
        // A long name of many parts makes a folder for each.
        if self.nodes.len() > self.bounds.entries {
            return refused("it has too many folders");
        }
        Ok(())
    }

    /// Every path below a folder.
    fn below(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        if folder.is_empty() {
            return self.nodes.keys().cloned().collect();
        }
        let (mut first, mut end) = (folder.to_vec(), folder.to_vec());
        first.push(b'/');
        end.push(b'/' + 1);
        let range = (Bound::Included(first), Bound::Excluded(end));
        self.nodes.range::<Vec<u8>, _>(range).map(|(path, _)| path.clone()).collect()
    }

    /// Takes away what older archives brought there and below.
    fn take_away(&mut self, path: &[u8]) -> io::Result<()> {
        self.take_away_below(path)?;
        let old = self.nodes.get(path).is_some_and(|node| node.layer < self.layer);
        if old {
            self.nodes.remove(path);
        }
        Ok(())
    }

    fn take_away_below(&mut self, folder: &[u8]) -> io::Result<()> {
        let (layer, below) = (self.layer, self.below(folder));
        self.step(below.len())?;
        for path in below {
            if self.nodes.get(&path).is_some_and(|node| node.layer < layer) {
                self.nodes.remove(&path);
            }
        }
        Ok(())
    }

    fn step(&mut self, count: usize) -> io::Result<()> {
        self.steps = self.steps.saturating_add(count as u64 + 1);
        if self.steps > STEPS_MAX { refused("its names lead about for too long") } else { Ok(()) }
    }

    /// Makes a new folder of what the model has; the contents are moved there.
    pub(crate) fn lay(self, folder: &Path) -> Result<(), LabFault> {
        let fault = |error| LabFault::io("laying out files", error);
        fs::create_dir(folder).map_err(fault)?;
        let mut moved: BTreeMap<u32, PathBuf> = BTreeMap::new();
        let mut links = Vec::new();
        for (path, node) in &self.nodes {
            // INVARIANT: parents stand before what is in them, and each is a folder of ours.
            let place = folder.join(OsStr::from_bytes(path));
            match &node.what {
                What::Folder => fs::create_dir(&place).map_err(fault)?,
                What::Link(target) => links.push((place, target)),
                What::File { content, executable } => {
                    if let Some(first) = moved.get(content) {
                        fs::hard_link(first, &place).map_err(fault)?;
                        continue;
                    }
                    fs::rename(self.content(*content), &place).map_err(fault)?;
                    let mode = if *executable { 0o755 } else { 0o644 };
                    let mode = fs::Permissions::from_mode(mode);
                    fs::set_permissions(&place, mode).map_err(fault)?;
                    moved.insert(*content, place);
                }
            }
        }
        for (place, target) in links {
            let target = target
                .iter()
                .position(|byte| *byte == 0)
                .map_or(&target[..], |end| target.get(..end).unwrap_or_default());
            if !target.is_empty() && target.len() <= PATH_BYTES_MAX {
                std::os::unix::fs::symlink(OsStr::from_bytes(target), place).map_err(fault)?;
            }
        }
        // What was replaced is only space.
        let _ = fs::remove_dir_all(&self.aside);
        Ok(())
    }
}

/// The parts of a name, from the root of the folder; one that leads out of it is refused.
fn parts(name: &[u8]) -> io::Result<Vec<&[u8]>> {
    let parts = name.split(|byte| *byte == b'/');
    let parts: Vec<&[u8]> = parts.filter(|part| !part.is_empty() && *part != b".").collect();
    let bad = |part: &&[u8]| *part == b".." || part.contains(&0) || part.len() > PART_BYTES_MAX;
    if name.len() > PATH_BYTES_MAX || parts.iter().any(bad) {
        return refused("a name leads outside or is none");
    }
    Ok(parts)
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = folder.to_vec();
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

#[cfg(test)]
mod tests;
