//! The table of contents of a ZIP file, and its members one by one (PKWARE APPNOTE 6.3.10).
//!
//! A name is only a label here: two members may have the same one, and both are listed. Sizes are
//! taken by their word only to refuse what is too large; a member that unpacks to more than it says
//! is refused while it is read. Methods: stored (0), deflate (8), Zstandard (93, of one frame or
//! several); ZIP64 (4.3.14 and 4.5.3).

use super::FORMAT;
use crate::archive::Unpacker;
use crate::fault::{FormatFault, quote};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// How many members a log may have; chunked samples have some ten each.
pub const MEMBERS_MAX: u64 = 2_000_000;

/// How large the table may be, in bytes.
pub const DIRECTORY_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// What a log may unpack to whatever its own size, in bytes.
pub const UNPACKED_BYTES_FREE: u64 = 1024 * 1024 * 1024;

/// How many times its own size a log may unpack to beyond that; real ones reach about ten.
pub const RATIO_MAX: u64 = 250;

/// The shortest entry of the table, in bytes (4.3.12).
const ENTRY_BYTES_MIN: u64 = 46;

/// How far from the end the table's end may stand: its own length and the longest comment.
const END_BYTES_MAX: u64 = 22 + 0xffff;

/// One member.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Member {
    /// Its name: a label, and never a path.
    pub(super) name: Box<str>,
    method: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
    /// Where its own header begins in the file.
    offset: u64,
}

/// What fails here.
type Listed<T> = Result<T, FormatFault>;

fn fault(message: impl Into<String>) -> FormatFault {
    FormatFault::new(FORMAT, "its table of contents", message)
}

fn broken(error: io::Error) -> FormatFault {
    fault(error.to_string())
}

/// Lists the members in the table's order.
pub(super) fn members<S: Read + Seek>(source: &mut S) -> Listed<Vec<Member>> {
    let length = source.seek(SeekFrom::End(0)).map_err(broken)?;
    let table = Table::find(source, length)?;
    if table.count > MEMBERS_MAX || table.size > DIRECTORY_BYTES_MAX {
        return Err(fault(format!("it has {} members, {} bytes of them", table.count, table.size)));
    }
    source.seek(SeekFrom::Start(table.start)).map_err(broken)?;
    let mut entries = BufReader::with_capacity(1 << 16, source.take(table.size));
    // A name of one letter is the least that an entry can have.
    let count = table.count.min(table.size / ENTRY_BYTES_MIN);
    let mut members = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
    let mut unpacked = 0_u64;
    for _ in 0..table.count {
        let member = entry(&mut entries, table.shift)?;
        unpacked = unpacked.saturating_add(member.unpacked);
        members.push(member);
    }
    let bound = length.saturating_mul(RATIO_MAX).saturating_add(UNPACKED_BYTES_FREE);
    if unpacked > bound {
        return Err(fault(format!("{length} bytes would unpack to {unpacked}")));
    }
    Ok(members)
}

/// Where the table is.
struct Table {
    start: u64,
    size: u64,
    count: u64,
    /// What stands before the archive in the file.
    shift: u64,
}

impl Table {
    fn find<S: Read + Seek>(source: &mut S, length: u64) -> Listed<Table> {
        let from = length.saturating_sub(END_BYTES_MAX);
        source.seek(SeekFrom::Start(from)).map_err(broken)?;
        let mut tail = Vec::new();
        source.take(END_BYTES_MAX).read_to_end(&mut tail).map_err(broken)?;
        let ends = |at: &usize| {
            let record = Fields(tail.get(*at..).unwrap_or_default());
            let comment = usize::from(record.u16(20).unwrap_or(u16::MAX));
            record.0.starts_with(b"PK\x05\x06") && at + 22 + comment <= tail.len()
        };
        let last = tail.len().saturating_sub(22);
        let Some(at) = (0..=last).rev().find(ends) else {
            return Err(fault("there is none: the file is no ZIP archive, or was cut off"));
        };
        let record = Fields(tail.get(at..).unwrap_or_default());
        let end = from.saturating_add(at as u64);
        let (count, size, offset) = (record.u16(10), record.u32(12), record.u32(16));
        let small = match (count, size, offset) {
            (Some(0xffff), _, _) | (_, Some(0xffff_ffff), _) | (_, _, Some(0xffff_ffff)) => None,
            (Some(count), Some(size), Some(offset)) => {
                Some((u64::from(count), u64::from(size), u64::from(offset), end))
            }
            _ => return Err(fault("its end is cut off")),
        };
        let (count, size, offset, end) = match small {
            Some(small) => small,
            None => Table::large(source, end)?,
        };
        let start = end.checked_sub(size);
        let shift = start.and_then(|start| start.checked_sub(offset));
        match (start, shift) {
            (Some(start), Some(shift)) => Ok(Table { start, size, count, shift }),
            _ => Err(fault("it does not fit into the file")),
        }
    }

    /// The record for large archives: how many members, how long, where, and where it stands.
    fn large<S: Read + Seek>(source: &mut S, end: u64) -> Listed<(u64, u64, u64, u64)> {
        let Some(at) = end.checked_sub(20) else {
            return Err(fault("its record for large archives is missing"));
        };
        let mut locator = [0; 20];
        read_at(source, at, &mut locator)?;
        let locator = Fields(&locator);
        let told = locator.u64(8).filter(|_| locator.0.starts_with(b"PK\x06\x07"));
        // The record stands right before its locator where the archive does not begin the file.
        for at in [told, at.checked_sub(56)].into_iter().flatten() {
            let mut record = [0; 56];
            if read_at(source, at, &mut record).is_err() {
                continue;
            }
            let record = Fields(&record);
            if !record.0.starts_with(b"PK\x06\x06") {
                continue;
            }
            if let (Some(count), Some(size), Some(offset)) =
                (record.u64(32), record.u64(40), record.u64(48))
            {
                return Ok((count, size, offset, at));
            }
        }
        Err(fault("its record for large archives is missing"))
    }
}

fn read_at<S: Read + Seek>(source: &mut S, at: u64, into: &mut [u8]) -> Listed<()> {
    source.seek(SeekFrom::Start(at)).map_err(broken)?;
    source.read_exact(into).map_err(broken)
}

/// Numbers within bytes, the lowest byte first.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        self.bytes(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.bytes(at).map(u32::from_le_bytes)
    }

    fn u64(&self, at: usize) -> Option<u64> {
        self.bytes(at).map(u64::from_le_bytes)
    }
}

/// Reads one entry of the table (4.3.12).
fn entry(table: &mut impl BufRead, shift: u64) -> Listed<Member> {
    let mut head = [0; 46];
    table.read_exact(&mut head).map_err(broken)?;
    let head = Fields(&head);
    let small = || {
        let sizes = (head.u32(20)?, head.u32(24)?, head.u32(42)?);
        let lengths = [head.u16(28)?, head.u16(30)?, head.u16(32)?];
        Some((head.u16(8)?, head.u16(10)?, head.u32(16)?, sizes, lengths))
    };
    let read = small().filter(|_| head.0.starts_with(b"PK\x01\x02"));
    let Some((flags, method, crc, (packed, unpacked, offset), lengths)) = read else {
        return Err(fault("an entry is broken"));
    };
    let mut texts = lengths.map(|length| vec![0; usize::from(length)]);
    for text in &mut texts {
        table.read_exact(text).map_err(broken)?;
    }
    let [name, extra, _] = texts;
    let name = String::from_utf8_lossy(&name).into_owned();
    if flags & 1 != 0 {
        return Err(fault(format!("{} is encrypted", quote(&name))));
    }
    let mut large = Fields(large_fields(&extra));
    let mut wide = |value: u32| -> Option<u64> {
        if value != u32::MAX {
            return Some(u64::from(value));
        }
        let found = large.u64(0)?;
        large = Fields(large.0.get(8..).unwrap_or_default());
        Some(found)
    };
    // They stand in this order, each only where it does not fit above (4.5.3).
    let sizes = (wide(unpacked), wide(packed), wide(offset));
    let (Some(unpacked), Some(packed), Some(offset)) = sizes else {
        return Err(fault(format!("{} lacks its large sizes", quote(&name))));
    };
    let Some(offset) = offset.checked_add(shift) else {
        return Err(fault(format!("{} lies outside of the file", quote(&name))));
    };
    Ok(Member { name: name.into_boxed_str(), method, crc, packed, unpacked, offset })
}

/// The field of large sizes among the extra ones.
fn large_fields(mut extra: &[u8]) -> &[u8] {
    loop {
        let fields = Fields(extra);
        let (Some(id), Some(length)) = (fields.u16(0), fields.u16(2)) else {
            return &[];
        };
        let end = 4 + usize::from(length);
        if id == 1 {
            return extra.get(4..end).unwrap_or_default();
        }
        extra = extra.get(end..).unwrap_or_default();
    }
}

impl Member {
    fn fault(&self, message: impl Into<String>) -> FormatFault {
        FormatFault::new(FORMAT, self.name.as_ref(), message)
    }

    /// The content, unpacked while it is read. At its end its length and checksum are compared.
    pub(super) fn open<'s, S: Read + Seek>(
        &self,
        source: &'s mut S,
        unpacker: &'s mut Unpacker,
    ) -> Listed<Box<dyn Read + 's>> {
        let mut head = [0; 30];
        let at = |at: u64, source: &mut S| source.seek(SeekFrom::Start(at)).map(|_| ());
        let read = at(self.offset, source).and_then(|()| source.read_exact(&mut head));
        read.map_err(|error| self.fault(error.to_string()))?;
        let head = Fields(&head);
        let lengths = head.u16(26).zip(head.u16(28)).filter(|_| head.0.starts_with(b"PK\x03\x04"));
        let Some((name, extra)) = lengths else {
            return Err(self.fault("it does not begin where the table of contents says"));
        };
        let skipped = 30 + u64::from(name) + u64::from(extra);
        at(self.offset.saturating_add(skipped), source)
            .map_err(|error| self.fault(error.to_string()))?;
        let packed = BufReader::with_capacity(1 << 16, source.take(self.packed));
        let content: Box<dyn Read + 's> = match self.method {
            0 => Box::new(packed),
            8 => Box::new(flate2::bufread::DeflateDecoder::new(packed)),
            93 => Box::new(unpacker.open(packed)),
            other => return Err(self.fault(format!("compression method {other} is not known"))),
        };
        let crc = flate2::Crc::new();
        Ok(Box::new(Checked { content, left: self.unpacked, crc, expected: self.crc }))
    }
}

/// Content whose length and checksum are compared.
struct Checked<R> {
    content: R,
    left: u64,
    crc: flate2::Crc,
    expected: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(into)?;
        let Some(left) = self.left.checked_sub(count as u64) else {
            return Err(io::Error::other("it unpacks to more than it says"));
        };
        self.left = left;
        self.crc.update(into.get(..count).unwrap_or_default());
        if count == 0 && !into.is_empty() {
            if self.left > 0 {
                return Err(io::Error::other("it unpacks to less than it says"));
            }
            if self.crc.sum() != self.expected {
                return Err(io::Error::other("its checksum is wrong"));
            }
        }
        Ok(count)
    }
}
