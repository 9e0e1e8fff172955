//! The regular files of a tar archive, with their long names (GNU and pax), bounded.

use super::label;
use std::io::{self, Read};

/// The longest name that an extra header may give, in bytes.
const NAME_BYTES_MAX: u64 = 64 * 1024;

/// Why the reading ended early.
pub(super) enum Fault<F> {
    Read(io::Error),
    Member(F),
}

/// Gives every regular file with its label to `take`.
pub(super) fn members<F>(
    source: impl Read,
    take: &mut dyn FnMut(&str, &mut dyn Read) -> Result<(), F>,
) -> Result<(), Fault<F>> {
    let mut archive = tar::Archive::new(source);
    // Raw: the long names are read here, because the library would hold one of any length.
    let entries = archive.entries().map_err(Fault::Read)?.raw(true);
    let mut long_name: Option<Vec<u8>> = None;
    for entry in entries {
        let mut entry = entry.map_err(Fault::Read)?;
        let kind = entry.header().entry_type();
        if kind.is_gnu_longname() {
            let name = extra(&mut entry).map_err(Fault::Read)?;
            long_name = Some(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec());
        } else if kind.is_pax_local_extensions() {
            let records = extra(&mut entry).map_err(Fault::Read)?;
            if let Some(name) = pax_path(&records).map_err(Fault::Read)? {
                long_name = Some(name);
            }
        } else if !kind.is_pax_global_extensions() && !kind.is_gnu_longlink() {
            let name = long_name.take();
            if kind.is_file() || kind.is_contiguous() {
                let name = name.unwrap_or_else(|| entry.path_bytes().into_owned());
                take(&label(&name), &mut entry).map_err(Fault::Member)?;
            }
        }
    }
    Ok(())
}

fn extra(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(NAME_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > NAME_BYTES_MAX {
        true => Err(io::Error::other(format!("a name is longer than {NAME_BYTES_MAX} bytes"))),
        false => Ok(bytes),
    }
}

/// The path that pax records give. A size given there is refused: readers disagree about it, and
/// no member here is so large that it would need one.
fn pax_path(records: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut path = None;
    let mut rest = records;
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length = rest.get(..space).and_then(|digits| std::str::from_utf8(digits).ok());
        let length = length.and_then(|digits| digits.parse::<usize>().ok());
        let record = length.and_then(|length| rest.get(space + 1..length));
        let (Some(length), Some(record)) = (length, record) else {
            return Err(io::Error::other("a pax header is broken"));
        };
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        if record.starts_with(b"size=") {
            return Err(io::Error::other("a pax header gives a size of its own"));
        }
        if let Some(name) = record.strip_prefix(b"path=") {
            path = Some(name.to_vec());
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(path)
}
