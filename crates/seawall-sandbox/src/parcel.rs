//! A release as one archive, and what else an outcome can depend on: for evidence that others replay
//! offline.

use crate::cache::Cache;
use crate::{Fetched, LabFault, Laboratory, client, tree};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use seawall_domain::digest::Digest;
use seawall_domain::package::{Package, Version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path};
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
    unpack(archive, &folder)?;
    tree::open_for_reading(&folder)?;
    let found = tree::digest(&folder)?;
    if found != *digest {
        let reason = format!("the release in the bundle has the digest {found}, not {digest}");
        return Err(LabFault::io("reading a release", reason));
    }
    cache.keep(package, version, &folder)
}

/// Unpacks what [`pack`] made, or something hostile: files and links only, nothing through a link.
fn unpack(archive: &[u8], folder: &Path) -> Result<(), LabFault> {
    fs::create_dir_all(folder).map_err(fault)?;
    let bytes = GzDecoder::new(archive).take(tree::TREE_BYTES_MAX + 1);
    let mut archive = tar::Archive::new(bytes);
    let odd = |what: &str| LabFault::io("reading a release", format!("the archive has {what}"));
    let mut left = tree::TREE_BYTES_MAX;
    for (index, entry) in archive.entries().map_err(fault)?.enumerate() {
        let mut entry = entry.map_err(fault)?;
        let path = entry.path().map_err(fault)?.into_owned();
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        let parent = folder.join(path.parent().unwrap_or(Path::new("")));
        let through = path.ancestors().skip(1).any(|part| folder.join(part).is_symlink());
        if !plain || path.as_os_str().is_empty() || through || index >= tree::TREE_FILES_MAX {
            return Err(odd("a path that leads elsewhere, or too many files"));
        }
        let (place, mode) = (folder.join(&path), entry.header().mode().unwrap_or(0o644));
        if place.symlink_metadata().is_ok() {
            return Err(odd("one path twice"));
        }
        fs::create_dir_all(parent).map_err(fault)?;
        match entry.header().entry_type() {
            EntryType::Regular => {
                let mut bytes = Vec::new();
                let most = (&mut entry).take(left + 1).read_to_end(&mut bytes).map_err(fault)?;
                let most = u64::try_from(most).unwrap_or(u64::MAX);
                left = left.checked_sub(most).ok_or_else(|| odd("too much in it"))?;
                fs::write(&place, bytes).map_err(fault)?;
                let mode = if mode & 0o100 == 0 { 0o644 } else { 0o755 };
                fs::set_permissions(&place, fs::Permissions::from_mode(mode)).map_err(fault)?;
            }
            EntryType::Symlink => {
                let target = entry.link_name().map_err(fault)?.ok_or_else(|| odd("a bare link"))?;
                std::os::unix::fs::symlink(target, &place).map_err(fault)?;
            }
            _ => return Err(odd("something that is neither a file nor a link")),
        }
    }
    Ok(())
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
        unpack(&packed, &to).unwrap();
        assert_eq!(tree::digest(&from).unwrap(), tree::digest(&to).unwrap());
        assert!(unpack(&packed, &to).is_err(), "a second time every path is there already");
    }

    #[test]
    fn an_archive_that_leads_elsewhere_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let mut number = 0;
        let mut check = |build: &dyn Fn(&mut Builder<Vec<u8>>)| {
            number += 1;
            let mut builder = Builder::new(Vec::new());
            build(&mut builder);
            let bytes = builder.into_inner().unwrap();
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            std::io::copy(&mut bytes.as_slice(), &mut packed).unwrap();
            let to = place.path().join(format!("{number}/in"));
            assert!(unpack(&packed.finish().unwrap(), &to).is_err());
            assert!(!place.path().join(format!("{number}/out")).exists());
        };
        let entry = |kind, name: &str| {
            let mut header = Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(0);
            header.set_mode(0o644);
            let bytes = &mut header.as_old_mut().name;
            bytes[..name.len()].copy_from_slice(name.as_bytes());
            header
        };
        let sealed = |mut header: Header| {
            header.set_cksum();
            header
        };
        check(&|b| b.append(&sealed(entry(EntryType::Regular, "../out")), &b""[..]).unwrap());
        check(&|b| b.append(&sealed(entry(EntryType::Regular, "/out")), &b""[..]).unwrap());
        check(&|b| b.append(&sealed(entry(EntryType::Block, "x")), &b""[..]).unwrap());
        check(&|b| {
            let mut link = entry(EntryType::Symlink, "x");
            b.append_link(&mut link, "x", "..").unwrap();
            b.append(&sealed(entry(EntryType::Regular, "x/out")), &b""[..]).unwrap();
        });
    }
}
