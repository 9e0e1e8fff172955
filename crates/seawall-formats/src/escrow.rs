//! The file of one request under joint escrow, read without a key: for whom it is, and its pieces.
//!
//! A line says for whom it is; it is JSON and ends with a line feed. Behind it stands piece by
//! piece: four bytes with the length of what follows (big-endian), then the ciphertext
//! (AES-256-GCM), whose text begins with a byte for the [`Kind`]. Each side opens it with the other
//! only, by a [`Part`] of the key that it makes at home. What opens is the gateway's business; here
//! it is read.

use crate::enclosed::{Enclosed, from_hex, hex};
use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::id::WindowId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, BufRead, Read as _};
use uuid::Uuid;

const FORMAT: &str = "an escrowed request";

/// What a file says it is.
pub const SCHEMA: &str = "seawall/escrow/v1";

/// The most content in a piece, in bytes.
pub const PIECE_BYTES_MAX: usize = 16 << 10;

/// What encryption adds to a piece, in bytes (the tag of AES-256-GCM).
pub const TAG_BYTES: usize = 16;

/// The longest first line, its line feed with it, in bytes.
pub const HEAD_BYTES_MAX: usize = 4 << 10;

/// The largest part that is read, in bytes.
pub const PART_BYTES_MAX: usize = 4 << 10;

/// What a piece holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Of what was sent on.
    Asked,
    /// Of what went back.
    Answered,
    /// Nothing: the request has ended, and nothing follows.
    End,
}

impl Kind {
    /// The byte for it.
    pub fn byte(self) -> u8 {
        match self {
            Kind::Asked => 0,
            Kind::Answered => 1,
            Kind::End => 2,
        }
    }

    /// What a byte stands for.
    pub fn of(byte: u8) -> Option<Kind> {
        [Kind::Asked, Kind::Answered, Kind::End].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// Which of the two sides.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who made the model.
    Developer,
    /// Who asked.
    Partner,
}

impl Side {
    /// Both of them.
    pub const BOTH: [Side; 2] = [Side::Developer, Side::Partner];

    /// Its name in what is encrypted for it.
    pub fn word(self) -> &'static str {
        match self {
            Side::Developer => "developer",
            Side::Partner => "partner",
        }
    }
}

/// The first line of a file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    schema: String,
    /// The window.
    pub window: WindowId,
    /// The request.
    pub request: Uuid,
    /// SHA-256 of what both sides signed.
    pub consent: Digest,
    /// The developer's secret.
    pub developer: Enclosed,
    /// The partner's.
    pub partner: Enclosed,
}

impl Head {
    /// The line of a request, with the developer's secret and the partner's.
    pub fn new(
        (window, request): (WindowId, Uuid),
        consent: Digest,
        [developer, partner]: [Enclosed; 2],
    ) -> Head {
        Head { schema: SCHEMA.to_owned(), window, request, consent, developer, partner }
    }

    /// Reads a line, without its line feed.
    pub fn read(line: &[u8]) -> Result<Head, FormatFault> {
        let refuse = |why: &str| FormatFault::new(FORMAT, "line 1", why);
        if line.len() >= HEAD_BYTES_MAX {
            return Err(refuse("it is longer than such a line"));
        }
        let head: Head = serde_json::from_slice(line)
            .map_err(|_| refuse("it is no such line: a field is missing, unknown or misspelled"))?;
        match head.schema == SCHEMA {
            true => Ok(head),
            false => Err(refuse("it is of another edition")),
        }
    }

    /// What a side's secret is encrypted in.
    pub fn enclosed(&self, side: Side) -> &Enclosed {
        match side {
            Side::Developer => &self.developer,
            Side::Partner => &self.partner,
        }
    }
}

/// The first line of a file, without its line feed; none where there is no such line.
pub fn first_line(file: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    file.take(HEAD_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
    Ok((line.pop() == Some(b'\n')).then_some(line))
}

/// Reads the next piece into `room`, in place of what was there; false where none is whole.
pub fn piece(file: &mut impl BufRead, room: &mut Vec<u8>) -> io::Result<bool> {
    room.clear();
    file.by_ref().take(4).read_to_end(room)?;
    let Ok(length) = <[u8; 4]>::try_from(room.as_slice()) else { return Ok(false) };
    room.clear();
    let bytes = u64::from(u32::from_be_bytes(length));
    // One that says it is longer than any is read as such, and does not open.
    let bytes = bytes.min((PIECE_BYTES_MAX + 1 + TAG_BYTES) as u64);
    Ok(file.by_ref().take(bytes).read_to_end(room)? as u64 == bytes)
}

/// What a part says it is.
const PART: &str = "seawall/escrow-part/v1";

/// One side's part of the key of one request. It is secret, and opens nothing alone.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    schema: String,
    /// Which request.
    pub request: Uuid,
    /// SHA-256 of the first line of its file.
    pub head: Digest,
    /// Whose part.
    pub side: Side,
    secret: String,
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({:?} of {})", self.side, self.request)
    }
}

impl Part {
    /// A side's part of the key of a request, whose first line has that SHA-256.
    pub fn new((request, head): (Uuid, Digest), side: Side, secret: &[u8]) -> Part {
        Part { schema: PART.to_owned(), request, head, side, secret: hex(secret) }
    }

    /// Reads a part.
    pub fn read(bytes: &[u8]) -> Result<Part, FormatFault> {
        let refuse = |why: &str| FormatFault::new("a part of a key", "the document", why);
        if bytes.len() > PART_BYTES_MAX {
            return Err(refuse("it is longer than a part"));
        }
        let part: Part = serde_json::from_slice(bytes)
            .map_err(|_| refuse("a field is missing, unknown or misspelled"))?;
        match part.schema == PART {
            true => Ok(part),
            false => Err(refuse("it is of another edition")),
        }
    }

    /// The secret; none where it is not 32 bytes.
    pub fn secret(&self) -> Option<[u8; 32]> {
        from_hex(&self.secret)?.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use seawall_domain::recipient::Recipient;

    fn head() -> Head {
        let enclosed = |byte| Enclosed::new(Recipient::new([byte; 32]), [&[byte], &[byte; 48]]);
        let named = (WindowId::new(Uuid::from_u128(1)), Uuid::from_u128(2));
        Head::new(named, Digest::new([3; 32]), [enclosed(4), enclosed(5)])
    }

    #[test]
    fn a_file_is_a_line_and_pieces() {
        let line = serde_json::to_vec(&head()).unwrap();
        let mut file = [line.as_slice(), b"\n\0\0\0\x02ab\0\0\0\0\0\0\0\x03ab"].concat();
        let mut rest = file.as_slice();
        let read = first_line(&mut rest).unwrap().unwrap();
        assert_eq!(Head::read(&read).unwrap(), head());
        let mut room = Vec::new();
        let mut next = || piece(&mut rest, &mut room).unwrap().then(|| room.clone());
        assert_eq!(next(), Some(b"ab".to_vec()));
        assert_eq!(next(), Some(Vec::new()));
        assert_eq!(next(), None, "one byte is missing");
        file.truncate(line.len());
        assert_eq!(first_line(&mut file.as_slice()).unwrap(), None, "no line feed");
        // However long a piece says it is, no more than a piece's room is taken.
        let mut endless = io::BufReader::new(io::repeat(0xff));
        assert!(piece(&mut endless, &mut room).unwrap());
        assert_eq!(room.len(), PIECE_BYTES_MAX + 1 + TAG_BYTES);
        assert_eq!(first_line(&mut endless).unwrap(), None, "a line without end");
    }

    #[test]
    fn what_is_no_such_line_is_refused() {
        let text = serde_json::to_string(&head()).unwrap();
        let long = format!("{text}{}", " ".repeat(HEAD_BYTES_MAX));
        let more = text.replacen('{', "{\"more\":1,", 1);
        for bad in ["", "{}", &text.replace("/v1", "/v2"), &text[1..], &long, &more] {
            assert!(Head::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_part_has_a_secret_that_is_not_shown() {
        let part =
            Part::new((Uuid::from_u128(2), Digest::new([1; 32])), Side::Partner, &[0xab; 32]);
        let text = serde_json::to_vec(&part).unwrap();
        assert_eq!(Part::read(&text).unwrap(), part);
        assert_eq!(part.secret(), Some([0xab; 32]));
        assert!(!format!("{part:?}").contains("abab"));
        let short = Part::new((Uuid::from_u128(2), Digest::new([1; 32])), Side::Partner, &[1; 31]);
        assert_eq!(short.secret(), None);
        assert!(Part::read(&text[1..]).is_err());
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes: Vec<u8>) {
            let _ = (Head::read(&bytes), Part::read(&bytes), first_line(&mut bytes.as_slice()));
            let (mut rest, mut room) = (bytes.as_slice(), Vec::new());
            while piece(&mut rest, &mut room).unwrap() {}
        }
    }
}
