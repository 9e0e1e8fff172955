//! Members of a tar archive (POSIX.1-2017, pax, "ustar Interchange Format"): other names, links and
//! kinds, with the sum of the header mended, so that a reader takes them.

use super::Input;

/// A header and every block of content.
const BLOCK_BYTES: usize = 512;
/// So many members are looked at.
const MEMBERS_MAX: usize = 4096;
/// Where in a header things stand: its offset and length.
const NAME: (usize, usize) = (0, 100);
const SIZE: (usize, usize) = (124, 12);
const SUM: (usize, usize) = (148, 8);
const KIND: usize = 156;
const LINK: (usize, usize) = (157, 100);
const MAGIC: (usize, usize) = (257, 5);

/// What becomes of every name and link target, by turn.
const SPELLINGS: [fn(&str) -> String; 9] = [
    |name| format!("./{name}"),
    |name| name.replace("../", "..//"),
    |name| name.replace("../", "./../"),
    |name| name.replace("../", "x/../../"),
    |name| name.replace('/', "//"),
    |name| name.replace("../", "..\\"),
    |name| if name.starts_with('/') { format!("/{name}") } else { format!("x/../{name}") },
    |name| name.trim_end_matches('/').to_owned(),
    |name| format!("{name}/."),
];
/// What becomes of kinds, by turn: files of old archives, hard links for symbolic ones, contiguous
/// files.
const KINDS: [fn(u8) -> u8; 4] = [
    |kind| if kind == b'0' { 0 } else { kind },
    |kind| if kind == b'2' { b'1' } else { kind },
    |kind| if kind == b'0' { b'7' } else { kind },
    |kind| if kind == b'1' { b'2' } else { kind },
];

/// Every member of a tar archive by another spelling of its name and its link, or of another kind.
pub(super) fn archive(input: &Input<'_>, turn: usize) -> Option<Vec<u8>> {
    let headers = headers(input.bytes);
    if headers.is_empty() {
        return None;
    }
    let mut bytes = input.bytes.to_vec();
    // Names, links, kinds, and then the next turn of each.
    let (step, what) = (turn / 3, turn % 3);
    if step >= SPELLINGS.len().max(KINDS.len()) {
        return None;
    }
    for at in headers {
        let header = bytes.get_mut(at..at + BLOCK_BYTES)?;
        match what {
            0 => respell(header, NAME, SPELLINGS.get(step)),
            1 => respell(header, LINK, SPELLINGS.get(step)),
            _ => {
                if let (Some(kind), Some(change)) = (header.get_mut(KIND), KINDS.get(step)) {
                    *kind = change(*kind);
                }
            }
        }
        mend(header);
    }
    Some(bytes)
}

/// Where headers stand.
fn headers(bytes: &[u8]) -> Vec<usize> {
    let mut headers = Vec::new();
    let mut at = 0usize;
    while let Some(header) = bytes.get(at..at.saturating_add(BLOCK_BYTES)) {
        if field(header, MAGIC) != b"ustar" || headers.len() == MEMBERS_MAX {
            break;
        }
        headers.push(at);
        let digits = String::from_utf8_lossy(field(header, SIZE)).into_owned();
        let digits = digits.trim_matches(|c: char| c == '\0' || c == ' ');
        let size = usize::from_str_radix(digits, 8).unwrap_or(0);
        let blocks = size.div_ceil(BLOCK_BYTES).saturating_add(1);
        at = at.saturating_add(blocks.saturating_mul(BLOCK_BYTES));
    }
    headers
}

fn field(header: &[u8], (at, length): (usize, usize)) -> &[u8] {
    header.get(at..at + length).unwrap_or_default()
}

/// Puts a name in another spelling, when it is a text and finds room.
fn respell(header: &mut [u8], place: (usize, usize), spelling: Option<&fn(&str) -> String>) {
    let name = field(header, place).split(|byte| *byte == 0).next().unwrap_or_default();
    let (Ok(name), Some(spelling)) = (std::str::from_utf8(name), spelling) else { return };
    let other = if name.is_empty() { String::new() } else { spelling(name) };
    if let Some(room) = header.get_mut(place.0..place.0 + place.1)
        && other.len() <= room.len()
        && !other.is_empty()
    {
        room.fill(0);
        room.iter_mut().zip(other.bytes()).for_each(|(room, byte)| *room = byte);
    }
}

/// The sum of all bytes, with blanks where it stands itself.
fn mend(header: &mut [u8]) {
    let set = |header: &mut [u8], sum: &[u8]| {
        let room = header.iter_mut().skip(SUM.0).take(SUM.1);
        room.zip(sum).for_each(|(room, byte)| *room = *byte);
    };
    set(header, &[b' '; SUM.1]);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    set(header, format!("{sum:06o}\0 ").as_bytes());
}
