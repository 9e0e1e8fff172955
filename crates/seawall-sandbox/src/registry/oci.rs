//! Images of containers out of local archives (OCI image specification 1.1, "Image Layout", and the
//! form in which Docker saves images), read by Rust alone.
//!
//! What a version may be: a tag that the archive gives to an image, the digest of its manifest, or
//! that of its configuration. Every part is compared with its digest before it is believed, and a
//! layer's content with both. The result is the image's files, which a sandbox shows as its whole
//! system; users, rights and devices of the image do not come along.

use self::archive::{Archive, Layer};
use super::Visit;
use crate::cache::Kept;
use crate::layout::{Bounds, Layout, Whiteouts};
use crate::{Fetched, LabFault, Release};
use seawall_domain::digest::Digest;
use seawall_domain::package::Version;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

mod archive;

/// What one image may hold.
const IMAGE: Bounds = Bounds { bytes: 4 << 30, entries: 300_000 };
/// What one layer may unpack to, with all that is not kept of it.
const LAYER_BYTES_MAX: u64 = 5 << 30;

pub(super) fn releases(visit: &Visit<'_>) -> Result<Vec<Release>, LabFault> {
    let archive = Archive::open(Path::new(&visit.package.name));
    let names = archive.and_then(|mut archive| archive.names());
    let names = names.map_err(|error| visit.silent(error.to_string()))?.into_iter().map(Version);
    let names = names.filter(|version| visit.is_version(version));
    Ok(names.map(|version| Release { version, yanked: false }).collect())
}

pub(super) fn fetch(visit: &Visit<'_>, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
    let path = Path::new(&visit.package.name);
    let digest = match File::open(path).and_then(digest_of) {
        Ok(digest) => digest,
        Err(error) => {
            let fault = visit.silent(format!("the archive cannot be read: {error}"));
            return versions.iter().map(|_| Err(fault.clone())).collect();
        }
    };
    versions.iter().map(|version| bring(visit, version, path, digest)).collect()
}

fn digest_of(source: impl Read) -> io::Result<Digest> {
    let mut hashed = Hashed::new(source, u64::MAX);
    hashed.drain()?;
    Ok(hashed.digest())
}

fn bring(
    visit: &Visit<'_>,
    version: &Version,
    path: &Path,
    digest: Digest,
) -> Result<Fetched, LabFault> {
    // The archive may be another one tomorrow, so what it held is known by its digest too.
    let known = Version(format!("{version} of {digest}"));
    if let Some(Kept::Here(fetched)) = visit.cache.release(visit.package, &known) {
        return Ok(fetched);
    }
    let scratch = visit.cache.scratch()?;
    let mut layout = Layout::new(scratch.path().join("aside"), IMAGE)?;
    let taken = Archive::open(path).and_then(|mut archive| {
        let layers = archive.image(&version.0)?;
        layers.iter().try_for_each(|layer| take(&mut archive, layer, &mut layout))
    });
    taken.map_err(|error| visit.refused(version, error.to_string()))?;
    let folder = scratch.path().join("system");
    layout.lay(&folder)?;
    visit.cache.keep(visit.package, &known, &folder)
}

/// Lays one layer on top of those before it, and compares its digests.
fn take(archive: &mut Archive, layer: &Layer, layout: &mut Layout) -> io::Result<()> {
    let mut packed = Hashed::new(archive.member(&layer.member)?, u64::MAX);
    let mut buffered = BufReader::with_capacity(1 << 16, &mut packed);
    let start = buffered.fill_buf()?;
    let unpacked: Box<dyn Read + '_> = if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(&mut buffered))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(seawall_formats::archive::zstandard(&mut buffered))
    } else {
        Box::new(&mut buffered)
    };
    let mut unpacked = Hashed::new(unpacked, LAYER_BYTES_MAX);
    layout.take(&mut unpacked, Whiteouts::Layer)?;
    unpacked.drain()?;
    if unpacked.digest() != layer.content {
        return Err(io::Error::other("a layer holds something else than its digest says"));
    }
    packed.drain()?;
    match layer.packed {
        Some(expected) if expected != packed.digest() => {
            Err(io::Error::other("a layer is another one than its digest says"))
        }
        Some(_) | None => Ok(()),
    }
}

/// A reader that remembers what it gave.
struct Hashed<R> {
    source: R,
    left: u64,
    sum: Sha256,
}

impl<R: Read> Hashed<R> {
    fn new(source: R, most: u64) -> Hashed<R> {
        Hashed { source, left: most, sum: Sha256::new() }
    }

    fn drain(&mut self) -> io::Result<()> {
        let mut room = vec![0; 1 << 16];
        while self.read(&mut room)? > 0 {}
        Ok(())
    }

    fn digest(self) -> Digest {
        Digest::new(self.sum.finalize().into())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        let left = self.left.checked_sub(count as u64);
        self.left = left.ok_or_else(|| io::Error::other("it unpacks to too much"))?;
        self.sum.update(into.get(..count).unwrap_or_default());
        Ok(count)
    }
}
