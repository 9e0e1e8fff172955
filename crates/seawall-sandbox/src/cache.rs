//! The cache of fetched releases: addressed by content, shared by processes, written by renaming.
//!
//! `content/DIGEST/` holds a release, `index/ECOSYSTEM/NAME/VERSION` says which digest it has or
//! why it can't be had, `lists/ECOSYSTEM/NAME` keeps the registry's list for work offline,
//! `kept/ECOSYSTEM/NAME` what a client left for its next visit about the same package, and
//! `scratch/` holds what is being made.

use crate::{Fetched, LabFault, Laboratory, Release, tree};
use seawall_domain::package::{Ecosystem, Package, Version};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Once;

/// What clients left about one package is let go of when it has become more.
const KEPT_BYTES_MAX: u64 = 2 << 30;

pub(crate) struct Cache {
    root: PathBuf,
}

/// What the cache knows of one release.
pub(crate) enum Kept {
    Here(Fetched),
    Refused(String),
}

/// A folder that is gone when it is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind is only space; the next start is not hindered by it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Cache {
    pub(crate) fn open(lab: &Laboratory) -> Result<Cache, LabFault> {
        let root = std::path::absolute(&lab.cache)
            .map_err(|error| LabFault::io("finding the cache folder", error))?;
        for name in ["content", "index", "kept", "lists", "scratch"] {
            make(&root.join(name))?;
        }
        static SWEEP: Once = Once::new();
        SWEEP.call_once(|| sweep(&root.join("scratch")));
        Ok(Cache { root })
    }

    /// A new empty folder, on the same file system as the rest of the cache.
    pub(crate) fn scratch(&self) -> Result<Scratch, LabFault> {
        let name = format!("{}-{}", std::process::id(), random_hex()?);
        let path = self.root.join("scratch").join(name);
        make(&path)?;
        // Copies of the user's configuration may come to lie here.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))
            .map_err(|error| LabFault::io("closing a folder", error))?;
        Ok(Scratch(path))
    }

    pub(crate) fn release(&self, package: &Package, version: &Version) -> Option<Kept> {
        let note =
            fs::read_to_string(self.note("index", package).join(file_name(&version.0))).ok()?;
        match note.split_once(' ')? {
            ("sha256", digest) => {
                let digest = digest.trim().parse().ok()?;
                let path = self.content(&digest);
                path.is_dir().then_some(Kept::Here(Fetched { path, digest }))
            }
            ("refused", reason) => Some(Kept::Refused(reason.trim().to_owned())),
            _ => None,
        }
    }

    /// Takes a folder made in a scratch folder into the cache.
    pub(crate) fn keep(
        &self,
        package: &Package,
        version: &Version,
        folder: &Path,
    ) -> Result<Fetched, LabFault> {
        tree::open_for_reading(folder)?;
        let digest = tree::digest(folder)?;
        let path = self.content(&digest);
        if !path.is_dir()
            && let Err(error) = fs::rename(folder, &path)
            && !path.is_dir()
        {
            return Err(LabFault::io("keeping a release", error));
        }
        self.write(
            &self.note("index", package),
            &file_name(&version.0),
            &format!("sha256 {digest}\n"),
        )?;
        Ok(Fetched { path, digest })
    }

    pub(crate) fn refuse(
        &self,
        package: &Package,
        version: &Version,
        reason: &str,
    ) -> Result<(), LabFault> {
        let text = format!("refused {}\n", reason.replace('\n', " "));
        self.write(&self.note("index", package), &file_name(&version.0), &text)
    }

    pub(crate) fn catalogue(&self, package: &Package) -> Option<Vec<Release>> {
        let text = fs::read(self.note("lists", package).join("list.json")).ok()?;
        serde_json::from_slice(&text).ok()
    }

    pub(crate) fn catalogue_keep(
        &self,
        package: &Package,
        releases: &[Release],
    ) -> Result<(), LabFault> {
        let text = serde_json::to_string(releases)
            .map_err(|error| LabFault::io("writing a list of releases", error))?;
        self.write(&self.note("lists", package), "list.json", &text)
    }

    fn content(&self, digest: &seawall_domain::digest::Digest) -> PathBuf {
        self.root.join("content").join(digest.to_string())
    }

    fn note(&self, kind: &str, package: &Package) -> PathBuf {
        let folder = match &package.ecosystem {
            Ecosystem::Git => "git".to_owned(),
            other => match other.release() {
                Some(release) => format!("{}-{release}", other.purl_type()),
                None => other.purl_type().to_owned(),
            },
        };
        // Plain words and at most one `/` after an npm scope; `+` cannot stand in either part.
        let name = match package.ecosystem == Ecosystem::Npm {
            true => package.name.replace('/', "+"),
            false => package.name.clone(),
        };
        self.root.join(kind).join(file_name(&folder)).join(file_name(&name))
    }

    /// The folder of what a client left for its next visit; it may not be there.
    pub(crate) fn kept(&self, package: &Package) -> PathBuf {
        self.note("kept", package)
    }

    /// Lets go of what clients left in a folder when it has become too much.
    pub(crate) fn let_go(&self, kept: &Path) -> Result<(), LabFault> {
        let fault = |error| LabFault::io("letting go of what a client left", error);
        if !kept.is_dir() {
            return Ok(());
        }
        let size = |file| fs::metadata(kept.join(file)).map_or(0, |meta| meta.len());
        let held = tree::files(kept).map(|files| files.into_iter().map(size).sum::<u64>());
        match held.is_ok_and(|bytes| bytes <= KEPT_BYTES_MAX) {
            true => Ok(()),
            false => fs::remove_dir_all(kept).map_err(fault),
        }
    }

    /// Adds files to what clients left. A reader beside us sees old files or new ones, none half.
    pub(crate) fn keep_more(&self, kept: &Path, fresh: &Path) -> Result<(), LabFault> {
        let fault = |error| LabFault::io("keeping what a client left", error);
        for file in tree::files(fresh)? {
            let to = kept.join(&file);
            if let Some(folder) = to.parent() {
                make(folder)?;
            }
            fs::rename(fresh.join(&file), to).map_err(fault)?;
        }
        Ok(())
    }

    fn write(&self, folder: &Path, name: &str, text: &str) -> Result<(), LabFault> {
        make(folder)?;
        let fresh = format!("{}-{}", std::process::id(), random_hex()?);
        let fresh = self.root.join("scratch").join(fresh);
        let fault = |error| LabFault::io(format!("writing `{name}` in the cache"), error);
        fs::write(&fresh, text).map_err(fault)?;
        fs::rename(&fresh, folder.join(name)).map_err(fault)
    }
}

/// Removes the scratch folders of laboratories that were killed before they could.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_left_behind(&entry.file_name().to_string_lossy()) {
            // Another process may sweep at the same time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether a name that begins with the number of a process outlived that process.
pub(crate) fn is_left_behind(name: &str) -> bool {
    let pid = name.split('-').next().and_then(|pid| pid.parse::<u32>().ok());
    pid.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists())
}

/// A name for a file that stands for a text: the text itself where it can, else its digest.
fn file_name(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-+!:~@".contains(c);
    if (1..=128).contains(&text.len()) && text.chars().all(fits) && !text.starts_with('.') {
        return text.to_owned();
    }
    let digest = Sha256::digest(text.as_bytes());
    format!("sha256-{}", seawall_domain::digest::Digest::new(digest.into()))
}

fn make(folder: &Path) -> Result<(), LabFault> {
    let doing = || format!("making folder `{}`", folder.display());
    fs::create_dir_all(folder).map_err(|error| LabFault::io(doing(), error))
}

/// 128 bits from the system's generator, as hexadecimal digits.
pub(crate) fn random_hex() -> Result<String, LabFault> {
    let mut bytes = [0u8; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| LabFault::io("drawing a random number", error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
