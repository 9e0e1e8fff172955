//! Archives made here, laid out, and looked at; none writes outside, whatever its names.

use super::*;
use proptest::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

const BOUNDS: Bounds = Bounds { bytes: 1_000, entries: 30 };

/// A folder that is gone when it is dropped.
struct Place(PathBuf);

impl Place {
    fn new() -> Place {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("seawall-layout-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(path.join("inner")).unwrap();
        Place(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An archive of lines: `NAME/`, `NAME=TEXT`, `NAME>TARGET` for a link, `NAME&TARGET` for another
/// name, `NAME!` for a device, and `NAME*TEXT` for a program with all rights.
fn archive(lines: &[&str]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for line in lines {
        let at = line.find(['=', '>', '&', '!', '*']).unwrap_or(line.len());
        let (name, rest) = line.split_at(at);
        let value = rest.get(1..).unwrap_or_default();
        let mut header = tar::Header::new_gnu();
        let (kind, content) = match rest.get(..1) {
            Some("=" | "*") => (tar::EntryType::Regular, value),
            Some(">") => (tar::EntryType::Symlink, ""),
            Some("&") => (tar::EntryType::Link, ""),
            Some("!") => (tar::EntryType::Char, ""),
            _ => (tar::EntryType::Directory, ""),
        };
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(if rest.starts_with('*') { 0o7777 } else { 0o644 });
        // By hand: the library would refuse names that lead outside.
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        if content.is_empty() && !value.is_empty() {
            old.linkname[..value.len()].copy_from_slice(value.as_bytes());
        }
        header.set_cksum();
        archive.append(&header, content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}

/// What lies in a folder, in the words of [`archive`], each hard link as a file of its own.
fn told(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            let meta = fs::symlink_metadata(&path).unwrap();
            if meta.is_symlink() {
                found.push(format!("{name}>{}", fs::read_link(&path).unwrap().display()));
            } else if meta.is_dir() {
                found.push(format!("{name}/"));
                folders.push(path);
            } else {
                let mode = meta.permissions().mode() & 0o7777;
                let sign = if mode == 0o755 { '*' } else { '=' };
                assert!(mode == 0o755 || mode == 0o644, "{name} {mode:o}");
                found.push(format!("{name}{sign}{}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn laid(layers: &[Vec<u8>], whiteouts: Whiteouts) -> Result<Vec<String>, String> {
    let place = Place::new();
    let (aside, folder) = (place.0.join("inner/aside"), place.0.join("inner/folder"));
    let mut layout = Layout::new(aside, BOUNDS).unwrap();
    let laid = layers
        .iter()
        .try_for_each(|layer| layout.take(layer.as_slice(), whiteouts))
        .map_err(|error| error.to_string())
        .and_then(|()| layout.lay(&folder).map_err(|fault| fault.to_string()))
        .map(|()| told(&folder));
    let outside: Vec<_> = fs::read_dir(&place.0).unwrap().flatten().collect();
    assert_eq!(outside.len(), 1, "something is outside: {outside:?}");
    laid
}

fn check(whiteouts: Whiteouts, layers: &[&[&str]], expected: Result<&[&str], &str>) {
    let archives: Vec<Vec<u8>> = layers.iter().map(|lines| archive(lines)).collect();
    let told = laid(&archives, whiteouts);
    let expected = expected.map(|lines| lines.iter().map(|line| (*line).to_owned()).collect());
    assert_eq!(told, expected.map_err(str::to_owned), "{layers:?}");
}

#[test]
fn what_is_in_an_archive_is_laid_out() {
    let check = |lines: &[&str], expected| check(Whiteouts::Plain, &[lines], expected);
    check(&["./", "./a=1", "b/c=2", "b/", "d>b/c"], Ok(&["a=1", "b/", "b/c=2", "d>b/c"]));
    check(&["a=1", "b&a", "a=2"], Ok(&["a=2", "b=1"]));
    check(&["p*x", "q!", "/e/f=1"], Ok(&["e/", "e/f=1", "p*x"]));
    check(&["a=1", "a/b=2"], Ok(&["a/", "a/b=2"]));
    check(&["a/b=1", "a>x"], Ok(&["a>x"]));
    check(&[".wh.a=", "a=1"], Ok(&[".wh.a=", "a=1"]));
}

#[test]
fn no_name_leads_outside() {
    let check = |lines: &[&str], expected| check(Whiteouts::Plain, &[lines], expected);
    let outside = "a name leads outside or is none";
    for name in ["../x=1", "a/../../x=1", "..", "a/..", "/../x=1"] {
        check(&[name], Err(outside));
    }
    check(&["x&../../etc/passwd"], Err(outside));
    check(&["x&nothing"], Err("a name stands for no file"));
    // A link leads about among what is laid out, and nowhere else.
    check(&["l>/", "l/x=1"], Ok(&["l>/", "x=1"]));
    check(&["l>../../..", "l/x=1"], Ok(&["l>../../..", "x=1"]));
    check(&["l>/etc", "l/x=1"], Ok(&["etc/", "etc/x=1", "l>/etc"]));
    check(&["l>/etc/passwd", "l=1"], Ok(&["l=1"]));
    check(&["a>b", "b>a", "a/x=1"], Err("a name leads in circles"));
}

#[test]
fn every_bound_holds() {
    let many: Vec<String> = (0..31).map(|number| format!("f{number}=")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    check(Whiteouts::Plain, &[&many], Err("it has too many files"));
    let deep = format!("{}=", ["d"; 40].join("/"));
    check(Whiteouts::Plain, &[&[&deep]], Err("it has too many folders"));
    let long = format!("f={}", "x".repeat(600));
    check(Whiteouts::Plain, &[&[&long], &[&long]], Err("it holds too much"));
    let mut cut = archive(&["f=123"]);
    cut.truncate(514);
    assert!(laid(&[cut], Whiteouts::Plain).is_err());
}

#[test]
fn a_layer_takes_away_what_lies_below_it() {
    let check = |layers: &[&[&str]], expected| check(Whiteouts::Layer, layers, Ok(expected));
    check(&[&["a=1", "b=1"], &[".wh.a="]], &["b=1"]);
    check(&[&["d/a=1", "d/b=1"], &["d/.wh.a=", "d/c=2"]], &["d/", "d/b=1", "d/c=2"]);
    check(&[&["d/a=1"], &[".wh.d="]], &[]);
    check(&[&["d/a=1"], &[".wh.d=", "d/b=2"]], &["d/", "d/b=2"]);
    check(&[&["d/a=1"], &["d/b=2", "d/.wh..wh..opq="]], &["d/", "d/b=2"]);
    check(&[&["d/a=1"], &["d/.wh..wh..opq=", "d/b=2"]], &["d/", "d/b=2"]);
    check(&[&["d/a=1"], &["d/b=2", ".wh.d="]], &["d/", "d/b=2"]);
    // What it brings itself it does not take away, and what is not there neither.
    check(&[&["a=1", ".wh.a=", ".wh.b="]], &["a=1"]);
    check(&[&["u/l/a=1", "l>u/l"], &["l/.wh.a=", "l/b=2"]], &["l>u/l", "u/", "u/l/", "u/l/b=2"]);
    check(&[&["d/a=1", "e=1"], &["d>e"]], &["d>e", "e=1"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn never_panics_and_never_leaves(
        lines in proptest::collection::vec("(\\.wh\\.)?[a/.]{1,8}[=>&!*/][a/.]{0,6}", 0..12),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        layers in 1usize..3,
    ) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let archives = lines.chunks(lines.len().div_ceil(layers).max(1)).map(|part| {
            let mut bytes = archive(part);
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            bytes
        });
        let archives: Vec<Vec<u8>> = archives.collect();
        drop(laid(&archives, Whiteouts::Layer));
    }
}
