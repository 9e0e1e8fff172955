//! What a guest starts from: a kernel with its drivers, unpacked from Debian's packages, a first
//! file system of our own making, and a copy of our own executable.

use super::archive::Archive;
use crate::cache::{Cache, Scratch};
use crate::{LabFault, Laboratory, Preflight, client, tree};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The package whose dependency is the newest kernel. The kernel for clouds knows no 9p.
const KERNEL_PACKAGE: &str = "linux-image-amd64";
const BUSYBOX_PACKAGE: &str = "busybox-static";
/// Drivers that a guest needs: the bus of its devices, the serial port, and shared folders.
const DRIVERS: [&str; 4] = ["virtio_mmio", "virtio_console", "9pnet_virtio", "9p"];
/// The first steps in a guest.
const INIT: &[u8] = include_bytes!("init.sh");

fn folder(lab: &Laboratory) -> PathBuf {
    let cache = std::path::absolute(&lab.cache).unwrap_or_else(|_| lab.cache.clone());
    cache.join("microvm")
}

/// The folder of the guest's kernel, its drivers and busybox; fetched when it is missing.
pub(super) fn kernel(lab: &Laboratory, cache: &Cache) -> Result<PathBuf, LabFault> {
    let there = folder(lab);
    if there.is_dir() {
        return Ok(there);
    }
    if lab.offline {
        return Err(LabFault::Offline { what: "the kernel of microVMs".into() });
    }
    let scratch = cache.scratch()?;
    let made = scratch.path().join("made");
    make(scratch.path(), &made)?;
    if let Err(error) = fs::rename(&made, &there)
        && !there.is_dir()
    {
        return Err(LabFault::io("keeping the kernel of microVMs", error));
    }
    Ok(there)
}

fn make(scratch: &Path, made: &Path) -> Result<(), LabFault> {
    let fault = |error| LabFault::io("unpacking the kernel of microVMs", error);
    let drivers = made.join("drivers");
    fs::create_dir_all(&drivers).map_err(fault)?;
    let package = kernel_package()?;
    let unpacked = fetch(scratch, &package)?;
    let mut order = String::new();
    for path in drivers_of(&unpacked)? {
        let name = path.file_name().unwrap_or_default();
        fs::copy(&path, drivers.join(name)).map_err(fault)?;
        order.push_str(&format!("{}\n", name.to_string_lossy()));
    }
    fs::write(made.join("order"), order).map_err(fault)?;
    let image = fs::read_dir(unpacked.join("boot")).map_err(fault)?;
    let mut image = image.filter_map(|entry| Some(entry.ok()?.path()));
    let is_kernel = |path: &PathBuf| path.to_string_lossy().contains("/vmlinuz-");
    let missing = || LabFault::io("unpacking the kernel of microVMs", "it has no image");
    fs::copy(image.find(is_kernel).ok_or_else(missing)?, made.join("kernel")).map_err(fault)?;
    expand(made)?;
    let unpacked = fetch(scratch, BUSYBOX_PACKAGE)?;
    let places = ["bin/busybox", "usr/bin/busybox"].map(|place| unpacked.join(place));
    let busybox = places.iter().find(|place| place.is_file());
    let missing = || LabFault::io("unpacking busybox", "it has no program");
    fs::copy(busybox.ok_or_else(missing)?, made.join("busybox")).map_err(fault)?;
    fs::write(made.join("package"), format!("{package}\n")).map_err(fault)?;
    tree::open_for_reading(made)
}

/// The package of the newest kernel, by its own name.
fn kernel_package() -> Result<String, LabFault> {
    let said = client::run("apt-cache", &["depends", KERNEL_PACKAGE], Path::new("/"))?;
    let name = said.stdout.lines().find_map(|line| {
        let (_, name) = line.split_once("Depends: ")?;
        name.starts_with("linux-image-").then(|| name.trim().to_owned())
    });
    let why = || LabFault::io(format!("looking for the package `{KERNEL_PACKAGE}`"), said.reason());
    name.ok_or_else(why)
}

/// Brings one package, and unpacks it without running anything of it.
fn fetch(scratch: &Path, package: &str) -> Result<PathBuf, LabFault> {
    let folder = scratch.join(package);
    let (archive, unpacked) = (folder.join("archive"), folder.join("unpacked"));
    let fault = |error| LabFault::io(format!("fetching the package `{package}`"), error);
    fs::create_dir_all(&archive).map_err(fault)?;
    let said = client::run("apt-get", &["download", package], &archive)?;
    let mut files = fs::read_dir(&archive).map_err(fault)?.filter_map(|entry| entry.ok());
    let Some(file) = files.next().filter(|_| said.success) else {
        return Err(LabFault::io(format!("fetching the package `{package}`"), said.reason()));
    };
    let name = file.file_name().to_string_lossy().into_owned();
    let into = unpacked.to_string_lossy().into_owned();
    let said = client::run("dpkg-deb", &["-x", &format!("./{name}"), &into], &archive)?;
    if !said.success {
        return Err(LabFault::io(format!("unpacking the package `{package}`"), said.reason()));
    }
    Ok(unpacked)
}

/// The drivers that a guest needs and those that they need, in the order of loading. One that is
/// not there is part of the kernel.
fn drivers_of(unpacked: &Path) -> Result<Vec<PathBuf>, LabFault> {
    let mut found = BTreeMap::new();
    for path in tree::files(unpacked)? {
        if let Some((name, form)) = driver_name(&path) {
            found.insert(name, (unpacked.join(&path), form));
        }
    }
    let (mut ordered, mut paths) = (Vec::new(), Vec::new());
    let mut wanted: Vec<String> = DRIVERS.iter().rev().map(|name| (*name).to_owned()).collect();
    let mut known = HashMap::new();
    // Each driver is looked at when it is first met, and taken when all that it needs were.
    while let Some(name) = wanted.pop() {
        if ordered.contains(&name) {
            continue;
        }
        let Some((path, form)) = found.get(&name) else { continue };
        if let Some(path) = known.remove(&name) {
            ordered.push(name);
            paths.push(path);
            continue;
        }
        let path = plain(path, *form)?;
        let needs = needs(&fs::read(&path).map_err(|e| LabFault::io("reading a driver", e))?);
        known.insert(name.clone(), path);
        wanted.push(name);
        wanted.extend(needs.into_iter().filter(|name| !known.contains_key(name)));
    }
    Ok(paths)
}

/// How a driver is packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    Plain,
    Xz,
}

/// The name of a driver, when a file is one.
fn driver_name(path: &Path) -> Option<(String, Form)> {
    let name = path.file_name()?.to_str()?;
    let (name, form) = match name.strip_suffix(".ko") {
        Some(name) => (name, Form::Plain),
        None => (name.strip_suffix(".ko.xz")?, Form::Xz),
    };
    Some((name.replace('-', "_"), form))
}

/// The driver as the kernel takes it.
fn plain(path: &Path, form: Form) -> Result<PathBuf, LabFault> {
    match form {
        Form::Plain => Ok(path.to_owned()),
        Form::Xz => {
            unxz(path)?;
            Ok(path.with_extension(""))
        }
    }
}

/// Unpacks a file in its place.
fn unxz(path: &Path) -> Result<(), LabFault> {
    let said = client::run("xz", &["-d", "--", &path.to_string_lossy()], Path::new("/"))?;
    let why = || LabFault::io(format!("unpacking `{}`", path.display()), said.reason());
    if said.success { Ok(()) } else { Err(why()) }
}

/// The names behind `depends=` in a driver's description of itself.
fn needs(driver: &[u8]) -> Vec<String> {
    let mark = b"\0depends=";
    let Some(start) = driver.windows(mark.len()).position(|window| window == mark) else {
        return Vec::new();
    };
    let rest = driver.get(start + mark.len()..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(0);
    let names = String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned();
    names.split(',').filter(|name| !name.is_empty()).map(|name| name.replace('-', "_")).collect()
}

/// Unpacks the kernel, which would otherwise do so itself in every guest, by an emulated processor.
fn expand(made: &Path) -> Result<(), LabFault> {
    let fault = |error| LabFault::io("unpacking the kernel of microVMs", error);
    let image = fs::read(made.join("kernel")).map_err(fault)?;
    if let Some(payload) = payload(&image) {
        let packed = made.join("kernel.xz");
        fs::write(&packed, payload).map_err(fault)?;
        fs::remove_file(made.join("kernel")).map_err(fault)?;
        unxz(&packed)?;
    }
    Ok(())
}

/// The packed kernel in an image, by the "Linux/x86 Boot Protocol" 2.08; `None` when it is packed
/// by other means than xz, and then the image starts as it is.
fn payload(image: &[u8]) -> Option<&[u8]> {
    let word = |at: usize| image.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    if image.get(0x202..0x206)? != b"HdrS" {
        return None;
    }
    let sectors = usize::from(*image.get(0x1f1)?) + 1;
    let start = (sectors * 512).checked_add(usize::try_from(word(0x248)?).ok()?)?;
    let end = start.checked_add(usize::try_from(word(0x24c)?).ok()?)?;
    // The last four bytes are the length of the unpacked kernel, not part of the stream.
    let payload = image.get(start..end.checked_sub(4)?)?;
    payload.starts_with(b"\xfd7zXZ\0").then_some(payload)
}

/// The folder of our executable and of the guest's first file system, which lives as long as this
/// process: the next that starts removes what it left.
pub(super) fn station(cache: &Cache, kernel: &Path) -> Result<PathBuf, LabFault> {
    static STATIONS: Mutex<BTreeMap<PathBuf, Scratch>> = Mutex::new(BTreeMap::new());
    // Whoever panicked here left no station behind that is half made.
    let mut stations = STATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(there) = stations.get(kernel).filter(|there| there.path().is_dir()) {
        return Ok(there.path().to_owned());
    }
    let scratch = cache.scratch()?;
    let fault = |error| LabFault::io("laying out what a guest starts from", error);
    let exe = scratch.path().join("seawall");
    fs::copy("/proc/self/exe", &exe).map_err(fault)?;
    fs::write(scratch.path().join("initrd"), first_files(kernel).map_err(fault)?).map_err(fault)?;
    tree::open_for_reading(scratch.path())?;
    fs::set_permissions(&exe, fs::Permissions::from_mode(0o755)).map_err(fault)?;
    let path = scratch.path().to_owned();
    stations.insert(kernel.to_owned(), scratch);
    Ok(path)
}

fn first_files(kernel: &Path) -> std::io::Result<Vec<u8>> {
    let mut archive = Archive::default();
    for name in ["proc", "new", "modules"] {
        archive.folder(name);
    }
    archive.file("init", INIT);
    archive.file("busybox", &fs::read(kernel.join("busybox"))?);
    let order = fs::read_to_string(kernel.join("order"))?;
    for name in order.lines() {
        archive.file(&format!("modules/{name}"), &fs::read(kernel.join("drivers").join(name))?);
    }
    archive.file("modules/order", order.as_bytes());
    Ok(archive.end())
}

/// Says whether the kernel is there, and whether it could be fetched.
pub(super) fn preflight(lab: &Laboratory, found: &mut Preflight) -> bool {
    let there = folder(lab);
    if let Ok(package) = fs::read_to_string(there.join("package")) {
        found.notes.push(format!("microVMs run the kernel of `{}`", package.trim()));
        return true;
    }
    let remedy = "on Debian: run once without `--offline`, so that it is fetched (70 MB)";
    let fetchable = kernel_package().is_ok();
    if lab.offline || !fetchable {
        found.fault("the kernel of microVMs in the cache", "`--isolation microvm`", remedy);
    } else {
        let note = "the first microVM fetches its kernel (70 MB, `apt-get download`) and keeps it";
        found.notes.push(note.into());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_is_known_by_its_file_and_says_what_it_needs() {
        for (path, expected) in [
            ("lib/a/virtio-mmio.ko", Some(("virtio_mmio", Form::Plain))),
            ("9p.ko.xz", Some(("9p", Form::Xz))),
            ("9p.ko.zst", None),
            ("boot/config", None),
        ] {
            let name = driver_name(Path::new(path));
            assert_eq!(name.as_ref().map(|(name, form)| (name.as_str(), *form)), expected);
        }
        for (text, expected) in [
            (&b"x\0depends=virtio,9p-net\0y"[..], &["virtio", "9p_net"][..]),
            (b"x\0depends=\0y", &[]),
            (b"x\0depends=cut", &[]),
            (b"", &[]),
        ] {
            assert_eq!(needs(text), expected, "{text:?}");
        }
    }

    #[test]
    fn only_a_whole_image_has_a_packed_kernel() {
        let mut image = vec![0u8; 0x400 + 16];
        image[0x202..0x206].copy_from_slice(b"HdrS");
        image[0x1f1] = 1;
        image[0x24c] = 14;
        image[0x400..0x406].copy_from_slice(b"\xfd7zXZ\0");
        assert_eq!(payload(&image), Some(&b"\xfd7zXZ\0\0\0\0\0"[..]));
        assert_eq!(payload(&image[..0x400 + 9]), None);
        image[0x24f] = 0xff;
        assert_eq!(payload(&image), None);
        assert_eq!(payload(b""), None);
        let mut other = image.clone();
        other[0x24f] = 0;
        other[0x400] = 0x1f;
        assert_eq!(payload(&other), None);
    }
}
