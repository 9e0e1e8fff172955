//! The entries of a tar archive of strangers (POSIX.1-2024, pax "ustar interchange format", and
//! GNU's long names), one after the other, every text bounded.

use std::io::{self, Read};

/// The longest name that an extra header may give, in bytes.
const NAME_BYTES_MAX: u64 = 64 * 1024;
/// Extra headers before one entry: a name, a target, and records of pax.
const EXTRAS_MAX: u32 = 8;
/// No archive has more entries, whatever they are.
const ENTRIES_MAX: u32 = 2_000_000;

/// What an entry is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Folder,
    /// A file with its content behind it.
    File {
        executable: bool,
    },
    /// A link to any text.
    Link(Vec<u8>),
    /// Another name of a file that came before.
    Same(Vec<u8>),
    /// A device, a pipe or what else there is.
    Other,
}

/// One entry, without its content.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub name: Vec<u8>,
    pub kind: Kind,
    /// Where its content begins in the archive.
    pub position: u64,
    pub bytes: u64,
}

/// What extra headers said about the entry that follows.
#[derive(Default)]
struct Extra {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    count: u32,
}

/// Gives every entry with its content to `take`, until it refuses one.
pub(crate) fn entries(
    source: impl Read,
    take: &mut dyn FnMut(Entry, &mut dyn Read) -> io::Result<()>,
) -> io::Result<()> {
    let mut archive = tar::Archive::new(source);
    let mut extra = Extra::default();
    let mut count = 0u32;
    // Raw: the long names are read here, because the library would hold one of any length.
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        count += 1;
        if count > ENTRIES_MAX {
            return Err(io::Error::other("it has too many entries"));
        }
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            continue;
        }
        if kind.is_gnu_longname() || kind.is_gnu_longlink() || kind.is_pax_local_extensions() {
            extra.count += 1;
            if extra.count > EXTRAS_MAX {
                return Err(io::Error::other("an entry has too many extra headers"));
            }
            let bytes = text(&mut entry)?;
            if kind.is_pax_local_extensions() {
                records(&bytes, &mut extra)?;
            } else {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                let bytes = bytes.get(..end).unwrap_or_default().to_vec();
                let place =
                    if kind.is_gnu_longname() { &mut extra.name } else { &mut extra.target };
                *place = Some(bytes);
            }
            continue;
        }
        let extra = std::mem::take(&mut extra);
        let header = entry.header();
        let target = || {
            let short = header.link_name_bytes().map(|name| name.into_owned());
            extra.target.clone().or(short).unwrap_or_default()
        };
        let kind = if kind.is_dir() {
            Kind::Folder
        } else if kind.is_file() || kind.is_contiguous() {
            Kind::File { executable: header.mode().unwrap_or(0) & 0o111 != 0 }
        } else if kind.is_symlink() {
            Kind::Link(target())
        } else if kind.is_hard_link() {
            Kind::Same(target())
        } else if kind.is_gnu_sparse() {
            return Err(io::Error::other("it has files with holes"));
        } else {
            Kind::Other
        };
        let name = extra.name.unwrap_or_else(|| header.path_bytes().into_owned());
        let (position, bytes) = (entry.raw_file_position(), entry.size());
        take(Entry { name, kind, position, bytes }, &mut entry)?;
    }
    Ok(())
}

fn text(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(NAME_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > NAME_BYTES_MAX {
        true => Err(io::Error::other(format!("a name is longer than {NAME_BYTES_MAX} bytes"))),
        false => Ok(bytes),
    }
}

/// The name and the target that pax records give. A size given there is refused: readers disagree
/// about it, and no entry here is so large that it would need one. So are holes.
fn records(mut rest: &[u8], extra: &mut Extra) -> io::Result<()> {
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length = rest.get(..space).and_then(|digits| std::str::from_utf8(digits).ok());
        let length = length.and_then(|digits| digits.parse::<usize>().ok());
        let record = length.and_then(|length| rest.get(space + 1..length));
        let (Some(length), Some(record)) = (length, record) else {
            return Err(io::Error::other("a pax header is broken"));
        };
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        if record.starts_with(b"size=") || record.starts_with(b"GNU.sparse.") {
            return Err(io::Error::other("a pax header gives a size of its own"));
        }
        if let Some(name) = record.strip_prefix(b"path=") {
            extra.name = Some(name.to_vec());
        } else if let Some(target) = record.strip_prefix(b"linkpath=") {
            extra.target = Some(target.to_vec());
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}
