//! The bytes of a source turned into its documents: plain, packed, or many in one archive.
//!
//! Sources publish JSON, JSON lines and CSV, bare or inside gzip (RFC 1952), Zstandard (RFC 8878),
//! tar (POSIX ustar and pax) and ZIP (APPNOTE 6.3: stored and deflated). What the bytes are is seen
//! by their first bytes; the name only tells lines from one document. Documents are handed on one
//! by one while the archive is read, and never all held at once. A member's name is a label for
//! messages: it is never used as a path. An archive inside an archive is refused.

mod tarball;
mod zstandard;

use crate::fault::{FormatFault, quote};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

const FORMAT: &str = "an archive";

/// The largest document inside an archive, in bytes; the largest real ones stay below 20 MB.
pub const MEMBER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How many documents one archive may hold; the whole of a large database has about a million.
pub const MEMBERS_MAX: u64 = 4_000_000;

/// How many bytes one archive may unpack to in all.
pub const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;

/// How many times its own size an archive may unpack to; advisories in Zstandard reach about 31.
pub const RATIO_MAX: u64 = 250;

/// What any archive may unpack to whatever its ratio, in bytes.
pub const UNPACKED_BYTES_FREE: u64 = 16 * 1024 * 1024;

/// The longest label that is handed on, in characters.
pub const LABEL_LEN_MAX: usize = 200;

/// How many bytes tell what a file is: tar's mark ends at 262.
const HEAD_BYTES: usize = 512;

/// Why reading an archive ended early.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ArchiveFault<E> {
    /// The archive is broken, breaks a bound, or cannot be read.
    #[error(transparent)]
    Broken(FormatFault),
    /// Whoever takes the documents wanted no more.
    #[error("{0}")]
    Taker(E),
}

/// What takes the documents: each with its label, and an end to the reading where it wants no more.
pub type Taker<'t, E> = dyn FnMut(&str, &[u8]) -> Result<(), E> + 't;

/// What is allowed; `read` has the named ones.
#[derive(Clone, Copy)]
struct Bounds {
    member_bytes: u64,
    members: u64,
    unpacked_bytes: u64,
}

/// The content of a Zstandard file, of one frame or several (RFC 8878, section 3.1).
pub fn zstandard<'a>(source: impl io::BufRead + 'a) -> impl io::Read + 'a {
    zstandard::Frames::new(source)
}

/// Unpacks many Zstandard files one after the other, with the memory of the first for all.
pub(crate) struct Unpacker(ruzstd::decoding::FrameDecoder);

impl Unpacker {
    /// Has unpacked nothing yet.
    pub(crate) fn new() -> Unpacker {
        Unpacker(zstandard::decoder())
    }

    /// The content of a Zstandard file, as [`zstandard`] gives it.
    pub(crate) fn open<'a>(&'a mut self, source: impl io::BufRead + 'a) -> impl io::Read + 'a {
        zstandard::Frames::by(&mut self.0, source)
    }
}

/// Reads the documents of `source`, called `name`, and gives each with its label to `take`.
///
/// Of JSON lines (`.jsonl`, `.ndjson`, packed or not) every line that is not blank is a document.
/// A fault of the archive ends the reading; documents that were given before it stay given.
pub fn read<E>(
    name: &str,
    mut source: impl Read + Seek,
    take: &mut Taker<'_, E>,
) -> Result<(), ArchiveFault<E>> {
    let packed = source.seek(SeekFrom::End(0)).and_then(|end| source.rewind().map(|()| end));
    let packed = packed.map_err(|error| broken(name, &error.to_string()))?;
    let ratio = packed.saturating_mul(RATIO_MAX).saturating_add(UNPACKED_BYTES_FREE);
    let bounds = Bounds {
        member_bytes: MEMBER_BYTES_MAX,
        members: MEMBERS_MAX,
        unpacked_bytes: UNPACKED_BYTES_MAX.min(ratio),
    };
    read_within(bounds, name, source, take)
}

fn read_within<E>(
    bounds: Bounds,
    name: &str,
    mut source: impl Read + Seek,
    take: &mut Taker<'_, E>,
) -> Result<(), ArchiveFault<E>> {
    let fault = |error: io::Error| broken(name, &error.to_string());
    let mut reading = Reading { bounds, taken: 0, unpacked: Cell::new(0), take };
    let head = head(&mut source).map_err(fault)?;
    source.rewind().map_err(fault)?;
    let kind = Kind::of(&head);
    match kind {
        Kind::Zip => reading.zip(name, source),
        Kind::Gzip => {
            let unpacked = flate2::bufread::MultiGzDecoder::new(BufReader::new(source));
            reading.packed(name, kind, unpacked)
        }
        Kind::Zstandard => {
            let unpacked = zstandard::Frames::new(BufReader::new(source));
            reading.packed(name, kind, unpacked)
        }
        Kind::Tar => reading.tar(name, BufReader::new(source)),
        Kind::Document => reading.document(name, source),
    }
}

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Zip,
    Gzip,
    Zstandard,
    Tar,
    Document,
}

impl Kind {
    fn of(head: &[u8]) -> Kind {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Kind::Zip,
            [0x1f, 0x8b, ..] => Kind::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Kind::Zstandard,
            // A frame that is to be skipped (RFC 8878, section 3.1.2) may come first.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Kind::Zstandard,
            _ if head.get(257..262) == Some(b"ustar") => Kind::Tar,
            _ => Kind::Document,
        }
    }

    /// The endings that a packed file's name has beyond that of its content.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Kind::Gzip => &[".gz", ".gzip"],
            Kind::Zstandard => &[".zst", ".zstd"],
            Kind::Zip | Kind::Tar | Kind::Document => &[],
        }
    }
}

fn head(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn broken<E>(place: &str, message: &str) -> ArchiveFault<E> {
    let letters = message.chars().take(200);
    let message: String = letters.map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    ArchiveFault::Broken(FormatFault::new(FORMAT, label(place.as_bytes()), message))
}

/// A name as it is shown: without control characters, cut, its first letters kept.
fn label(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name.get(..LABEL_LEN_MAX * 4).unwrap_or(name));
    let letters = text.chars().take(LABEL_LEN_MAX);
    letters.map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Whether a name says that each line is a document.
fn is_lines(name: &str) -> bool {
    [".jsonl", ".ndjson"].iter().any(|ending| name.ends_with(ending))
}

/// The reading of one archive: what has been taken from it so far.
struct Reading<'t, E> {
    bounds: Bounds,
    taken: u64,
    unpacked: Cell<u64>,
    take: &'t mut Taker<'t, E>,
}

impl<E> Reading<'_, E> {
    /// Content of a packed file: a tar archive or a document.
    fn packed(
        &mut self,
        name: &str,
        kind: Kind,
        mut unpacked: impl Read,
    ) -> Result<(), ArchiveFault<E>> {
        let mut endings = kind.endings().iter();
        let inner = endings.find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        let head = head(&mut unpacked).map_err(|error| broken(name, &error.to_string()))?;
        let kind = Kind::of(&head);
        let whole = Cursor::new(head).chain(unpacked);
        match kind {
            Kind::Tar => self.tar(inner, whole),
            Kind::Document => self.document(inner, whole),
            Kind::Zip | Kind::Gzip | Kind::Zstandard => Err(nested(name)),
        }
    }

    fn zip(&mut self, name: &str, source: impl Read + Seek) -> Result<(), ArchiveFault<E>> {
        let fault = |error: zip::result::ZipError| broken(name, &error.to_string());
        let mut archive = zip::ZipArchive::new(BufReader::new(source)).map_err(fault)?;
        if archive.len() as u64 > self.bounds.members {
            return Err(self.too_many(name));
        }
        for index in 0..archive.len() {
            let member = archive.by_index(index).map_err(fault)?;
            if member.is_file() {
                let label = label(member.name_raw());
                self.member(&label, member)?;
            }
        }
        Ok(())
    }

    fn tar(&mut self, name: &str, source: impl Read) -> Result<(), ArchiveFault<E>> {
        // What is not a member's content is counted as well, so that no header floods.
        let unpacked = Cell::new(0);
        let metered = Metered { inner: source, read: &unpacked, max: self.bounds.unpacked_bytes };
        tarball::members(metered, &mut |label, member| self.member(label, member)).map_err(
            |error| match error {
                tarball::Fault::Read(error) => broken(name, &error.to_string()),
                tarball::Fault::Member(fault) => fault,
            },
        )
    }

    /// A member of an archive, which must be no archive itself.
    fn member(&mut self, label: &str, mut member: impl Read) -> Result<(), ArchiveFault<E>> {
        let head = head(&mut member).map_err(|error| broken(label, &error.to_string()))?;
        match Kind::of(&head) {
            Kind::Document => self.document(label, Cursor::new(head).chain(member)),
            Kind::Zip | Kind::Gzip | Kind::Zstandard | Kind::Tar => Err(nested(label)),
        }
    }

    /// One document, or one for each line.
    fn document(&mut self, name: &str, source: impl Read) -> Result<(), ArchiveFault<E>> {
        let unpacked = Cell::new(self.unpacked.get());
        let metered = Metered { inner: source, read: &unpacked, max: self.bounds.unpacked_bytes };
        let result = match is_lines(name) {
            true => self.lines(name, BufReader::with_capacity(1 << 16, metered)),
            false => self.whole(name, metered),
        };
        self.unpacked.set(unpacked.get());
        result
    }

    fn whole(&mut self, name: &str, source: impl Read) -> Result<(), ArchiveFault<E>> {
        let mut bytes = Vec::new();
        let read = source.take(self.bounds.member_bytes.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| broken(name, &error.to_string()))?;
        self.hand_on(name, &bytes)
    }

    fn lines(&mut self, name: &str, mut source: impl BufRead) -> Result<(), ArchiveFault<E>> {
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let mut bounded = source.by_ref().take(self.bounds.member_bytes.saturating_add(1));
            let read = bounded.read_until(b'\n', &mut line);
            if read.map_err(|error| broken(name, &error.to_string()))? == 0 {
                break;
            }
            let document = line.trim_ascii_end();
            if !document.is_empty() {
                self.hand_on(&format!("{}:{number}", label(name.as_bytes())), document)?;
            }
        }
        Ok(())
    }

    fn hand_on(&mut self, label: &str, document: &[u8]) -> Result<(), ArchiveFault<E>> {
        if document.len() as u64 > self.bounds.member_bytes {
            let max = self.bounds.member_bytes;
            return Err(broken(label, &format!("it is longer than the {max} bytes allowed")));
        }
        self.taken += 1;
        if self.taken > self.bounds.members {
            return Err(self.too_many(label));
        }
        (self.take)(label, document).map_err(ArchiveFault::Taker)
    }

    fn too_many(&self, place: &str) -> ArchiveFault<E> {
        broken(place, &format!("there are more than {} documents", self.bounds.members))
    }
}

fn nested<E>(place: &str) -> ArchiveFault<E> {
    broken(place, &format!("{} is an archive inside an archive", quote(place)))
}

/// A reader that counts, and fails beyond a bound.
struct Metered<'c, R> {
    inner: R,
    read: &'c Cell<u64>,
    max: u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        let total = self.read.get().saturating_add(count as u64);
        self.read.set(total);
        if total > self.max {
            return Err(io::Error::other(format!("it unpacks to more than {} bytes", self.max)));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
