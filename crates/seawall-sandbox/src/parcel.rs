//! A release as one archive, and what else an outcome can depend on: for evidence that others
//! replay offline.

use crate::cache::Cache;
use crate::layout::{Bounds, Layout, Whiteouts};
use crate::{Fetched, LabFault, Laboratory, client, tree};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use seawall_domain::digest::Digest;
use seawall_domain::package::{Package, Version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tar::{Builder, EntryType, Header};

/// No archive of a release is larger, compressed: evidence travels by mail.
pub const PARCEL_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Programs whose version can change an outcome.
const TOOLS: [(&str, &[&str]); 6] = [
    ("cargo", &["--version"]),
    ("gcc", &["--version"]),
    ("git", &["--version"]),
    ("java", &["--version"]),
    ("node", &["--version"]),
    ("python3", &["--version"]),
];

/// What the outcome of a run can depend on besides recipe and release.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The laboratory's own version.
    pub seawall: String,
    /// The processor's architecture.
    pub architecture: String,
    /// The kernel's release.
    pub kernel: String,
    /// The first line of what each tool says of its version; those that are not there are left out.
    pub tools: BTreeMap<String, String>,
}

pub(crate) fn environment() -> Environment {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let said = client::two_at_a_time(&TOOLS, |(program, args)| {
        let said = client::run(program, args, Path::new("/")).ok().filter(|said| said.success)?;
        Some((program.to_string(), said.stdout.lines().next()?.trim().to_owned()))
    });
    Environment {
        seawall: env!("CARGO_PKG_VERSION").into(),
        architecture: std::env::consts::ARCH.into(),
        kernel: kernel.trim().into(),
        tools: said.into_iter().flatten().collect(),
    }
}

fn fault(error: std::io::Error) -> LabFault {
    LabFault::io("packing a release", error)
}

/// Packs a folder: entries in order of path, without times and owners.
pub(crate) fn pack(folder: &Path) -> Result<Option<Vec<u8>>, LabFault> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for path in tree::everything(folder)? {
        let full = folder.join(&path);
        let meta = full.symlink_metadata().map_err(fault)?;
        let mut header = Header::new_gnu();
        header.set_mtime(0);
        header.set_mode(if meta.permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 });
        if meta.is_symlink() {
            header.set_entry_type(EntryType::Symlink);
            header.set_size(0);
            let target = fs::read_link(&full).map_err(fault)?;
            builder.append_link(&mut header, &path, target).map_err(fault)?;
        } else if meta.is_file() {
            let bytes = fs::read(&full).map_err(fault)?;
            header.set_size(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            builder.append_data(&mut header, &path, bytes.as_slice()).map_err(fault)?;
        }
        if builder.get_ref().get_ref().len() > PARCEL_BYTES_MAX {
            return Ok(None);
        }
    }
    let bytes = builder.into_inner().and_then(GzEncoder::finish).map_err(fault)?;
    Ok((bytes.len() <= PARCEL_BYTES_MAX).then_some(bytes))
}

pub(crate) fn import(
    lab: &Laboratory,
    package: &Package,
    version: &Version,
    archive: &[u8],
    digest: &Digest,
) -> Result<Fetched, LabFault> {
    let cache = Cache::open(lab)?;
    let scratch = cache.scratch()?;
    let folder = scratch.path().join("release");
    unpack(archive, scratch.path(), &folder)?;
    tree::open_for_reading(&folder)?;
    let found = tree::digest(&folder)?;
    if found != *digest {
        let reason = format!("the release in the bundle has the digest {found}, not {digest}");
        return Err(LabFault::io("reading a release", reason));
    }
    cache.keep(package, version, &folder)
}

/// Lays out what [`pack`] made, or something hostile.
fn unpack(archive: &[u8], scratch: &Path, folder: &Path) -> Result<(), LabFault> {
    let bounds = Bounds { bytes: tree::TREE_BYTES_MAX, entries: tree::TREE_FILES_MAX };
    let mut layout = Layout::new(scratch.join("aside"), bounds)?;
    layout.take(GzDecoder::new(archive), Whiteouts::Plain).map_err(fault)?;
    layout.lay(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(folder: &Path) {
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("a/b/c.txt"), "text").unwrap();
        fs::write(folder.join("a/run"), "#!").unwrap();
        fs::set_permissions(folder.join("a/run"), fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink("b/c.txt", folder.join("a/link")).unwrap();
    }

    #[test]
    fn what_is_packed_is_unpacked_with_the_same_digest() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        sample(&from);
        let packed = pack(&from).unwrap().unwrap();
        assert_eq!(pack(&from).unwrap().unwrap(), packed);
        unpack(&packed, place.path(), &to).unwrap();
        tree::open_for_reading(&to).unwrap();
        assert_eq!(tree::digest(&from).unwrap(), tree::digest(&to).unwrap());
    }
}
